"""Question sets for tests: one about a mill, and strategies for any set there can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from hypothesis import strategies as st

from assistant.core.kinds import Kind
from assistant.questions.spec.cases import DIALOGUE, UNANSWERABLE, Case, Expected
from assistant.questions.spec.wordings import holds, pattern, problem

TEXT = "The mill burned down in 1912. Anna Berg rebuilt it. The mill burned down in 1950 again."
MILL = f"The mill\n\n{TEXT}"

GOOD_SET = """\
version: 1
articles: [mill.txt]
cases:
  - id: when
    question: When did it burn down?
    answers: ["1912", "/19\\\\d2/"]
    evidence: [burned down in 1912]
    tags: [when]
  - id: talk
    turns:
      - question: Who rebuilt it?
        answers: [Anna Berg]
      - question: Who paid?
        answerable: false
"""


def write_set(folder: Path, text: str | bytes, name: str = "set.yaml") -> Path:
    """A set beside the article about the mill."""
    (folder / "mill.txt").write_text(MILL, encoding="utf-8")
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# Any set there can be

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: bool(text.strip())
)
ids = st.from_regex(r"[\w.-]{1,12}", fullmatch=True)
tags = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=","), min_size=1, max_size=8).filter(
    lambda tag: bool(tag.strip()) and tag not in (DIALOGUE, UNANSWERABLE)
)
wordings = (texts | st.sampled_from(["1912", r"/19\d2/", "/^Anna/", "no", "12:30", "2024-06-18", "~", "/[/"])).filter(
    lambda wording: not problem(wording)
)
lines = st.integers(0, len(MILL) - 1).flatmap(
    lambda start: st.integers(start + 1, len(MILL)).map(lambda end: MILL[start:end])
)
quotes = lines.filter(lambda quote: bool(quote.strip()))


def clash(answers: list[str], forbidden: list[str]) -> bool:
    """Whether a wording that is accepted is forbidden too."""
    return any(
        answer == word or (not pattern(answer) and holds(answer, word)) for answer in answers for word in forbidden
    )


@st.composite
def expectations(draw: st.DrawFn, name: str, labels: tuple[str, ...], depth: int) -> Expected:
    """One question with what is expected."""
    answerable = draw(st.booleans())
    answers = draw(st.lists(wordings, max_size=3)) if answerable else []
    evidence = draw(st.lists(quotes, max_size=3)) if answerable else []
    forbidden = draw(st.lists(wordings, max_size=2, unique=True))
    if clash(answers, forbidden):
        forbidden = []
    verdict = draw(st.sampled_from(["", "yes", "no"])) if answerable else ""
    kind = draw(st.none() | st.sampled_from(get_args(Kind)))
    if answerable and not (answers or evidence or forbidden or verdict or kind):
        evidence = ["Anna Berg"]
    return Expected(
        id=name,
        question=draw(texts),
        answers=tuple(answers),
        evidence=tuple(evidence),
        all_evidence=draw(st.booleans()),
        only_evidence=bool(evidence) and draw(st.booleans()),
        in_order=len(evidence) > 1 and draw(st.booleans()),
        verdict=verdict,
        kind=kind,
        answerable=answerable,
        must_not_say=tuple(forbidden),
        max_seconds=draw(st.none() | st.floats(0, 1e9, exclude_min=True)),
        tags=labels if answerable else (*labels, UNANSWERABLE),
        note=draw(st.just("") | texts),
        depth=depth,
    )


@st.composite
def cases(draw: st.DrawFn, name: str) -> Case:
    """A single question or a dialogue."""
    labels = tuple(draw(st.lists(tags, max_size=2, unique=True)))
    if not draw(st.booleans()):
        return Case(name, (draw(expectations(name, labels, 1)),))
    turns = [
        draw(expectations(f"{name}/turn-{depth}", (*labels, DIALOGUE), depth))
        for depth in range(1, draw(st.integers(1, 3)) + 1)
    ]
    return Case(name, tuple(turns), dialogue=True)


several_cases = st.lists(ids, min_size=1, max_size=4, unique=True).flatmap(
    lambda names: st.tuples(*(cases(name) for name in names))
)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["any", "all", "1912", "yes", "list"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)
KEYS = (
    "version articles defaults cases id question turns answers evidence evidence_mode answerable must_not_say".split()
)
KEYS += "max_seconds tags note path sha256 other all_evidence only_evidence in_order verdict kind".split()


def places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where something stands in JSON data."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(data, dict):
        inner = list(data.items())
    elif isinstance(data, list):
        inner = list(enumerate(data))
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn, data: Any) -> Any:
    """The data with something replaced, taken out or put in, once or twice; changes it in place."""
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(places(data)))
        value = draw(json_values)
        if not place:
            continue
        holder = data
        for key in place[:-1]:
            holder = holder[key]
        change = draw(st.sampled_from(["replace", "remove", "add", "double"]))
        if change == "replace":
            holder[place[-1]] = value
        elif change == "remove":
            del holder[place[-1]]
        elif change == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(KEYS))] = value
        elif isinstance(holder, list):
            holder.append(holder[place[-1]])
    return data

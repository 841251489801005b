"""Question set + answers -> outcomes: the strict loader of a question set, and the grading of one answer.

A question set is a YAML file::

    version: 1
    articles: [path, ...]           # relative to the set, or absolute
    cases:
      - id: some-id                 # unique
        question: Who did it?       # or `turns`: a list of {question, answers, evidence, evidence_mode, answerable}
        answers: [wording, /regex/] # one of them must stand in what is said; case, punctuation, a/an/the don't count
        evidence: [quote, ...]      # verbatim from an article; a citation must overlap one of them
        evidence_mode: any          # or `all`: every quote must be overlapped by a citation
        answerable: true            # false: the articles don't say; then neither answers nor evidence
        tags: [who]
        note: why it is so

A turn of a dialogue is graded as a case of its own, `<id>/turn-<n>`.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import yaml

from assistant.answer import Answer, Citation
from index.article import Article
from index.errors import ArticleNotFoundError

if TYPE_CHECKING:
    from assistant.assistant import Assistant

Verdict = Literal[
    "right and cited",
    "right, wrong evidence",
    "wrong",
    "refused rightly",
    "refused wrongly",
    "answered what it shouldn't",
    "law broken",
]
RIGHT: frozenset[str] = frozenset({"right and cited", "refused rightly"})

_SET_KEYS = {"version", "articles", "cases"}
_EXPECTED_KEYS = {"question", "answers", "evidence", "evidence_mode", "answerable"}
_CASE_KEYS = _EXPECTED_KEYS | {"id", "turns", "tags", "note"}
_KEY_F1 = 0.5


class Articles(Protocol):
    """What grading needs of an Assistant."""

    def article(self, article_id: str) -> Article:
        """One article; raises ArticleNotFoundError."""
        ...


@dataclass(frozen=True, slots=True)
class Expected:
    """One question and what is expected of its answer. `id` is the case's, or `<case>/turn-<n>`."""

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    all_evidence: bool = False
    answerable: bool = True
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A single question (one turn) or a dialogue (its turns, in order)."""

    id: str
    turns: tuple[Expected, ...]
    dialogue: bool = False


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A file of fixed questions. `articles` are absolute paths."""

    path: Path
    articles: tuple[Path, ...]
    cases: tuple[Case, ...]

    @property
    def expected(self) -> tuple[Expected, ...]:
        """Every question of every case, in the file's order."""
        return tuple(turn for case in self.cases for turn in case.turns)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an answer was graded.

    Attributes:
        verdict: one of seven words.
        key_right: an accepted wording overlaps the marked key words (token F1 >= 0.5); None where no wording is given.
        reason: which law was broken, and where; else empty.
    """

    verdict: Verdict
    key_right: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A question, the answer it got, how that was graded, and how long it took."""

    expected: Expected
    answer: Answer
    outcome: Outcome
    seconds: float


# Running


def run(question_set: QuestionSet, assistant: Assistant) -> list[Result]:
    """Ask every question of a set, dialogues in a conversation each; the articles must be in the library.

    Raises:
        ValueError: an expected quote does not stand in any article of the library.
    """
    texts = [article.text for article in assistant.articles()]
    _check_evidence(question_set, texts, "the library")
    results: list[Result] = []
    for case in question_set.cases:
        ask = assistant.conversation().ask if case.dialogue else assistant.ask
        for expected in case.turns:
            start = time.perf_counter()
            answer = ask(expected.question)
            seconds = time.perf_counter() - start
            results.append(Result(expected, answer, grade(expected, answer, assistant), seconds))
    return results


# Grading


def grade(expected: Expected, answer: Answer, articles: Articles) -> Outcome:
    """Grade one answer. A broken law comes first: no answer is right then."""
    if reason := broken_law(answer, articles):
        return Outcome("law broken", reason=reason)
    key_right = _key_right(expected, answer) if expected.answers else None
    if answer.status != "answered":
        return Outcome("refused wrongly" if expected.answerable else "refused rightly", key_right)
    if not expected.answerable:
        return Outcome("answered what it shouldn't", key_right)
    said = _says(expected.answers, answer)
    if (said or not expected.answers) and _is_cited(expected, answer.citations, articles):
        return Outcome("right and cited", key_right)
    return Outcome("right, wrong evidence" if said else "wrong", key_right)


def broken_law(answer: Answer, articles: Articles) -> str:
    """Which of the laws "verbatim" and "no proof, no answer" the answer breaks, and where; empty if none."""
    for citation in (*answer.citations, *answer.closest):
        try:
            text = articles.article(citation.article_id).text
        except ArticleNotFoundError:
            return f"citation {citation.number} cites the article {citation.article_id!r}, which is not in the library"
        stands = text[citation.start : citation.end] if 0 <= citation.start < citation.end else None
        if stands != citation.quote:
            place = f"[{citation.start}:{citation.end}]"
            return f"citation {citation.number} is not verbatim: {place} is {stands!r}, the quote {citation.quote!r}"
    if answer.status != "answered":
        return f"status {answer.status!r} with sentences or citations" if answer.sentences or answer.citations else ""
    if not answer.sentences or not answer.citations:
        return "answered without a sentence or without a citation"
    return _broken_sentence(answer)


def _broken_sentence(answer: Answer) -> str:
    cited = {citation.number: citation for citation in answer.citations}
    if len(cited) != len(answer.citations):
        return "two citations have the same number"
    for sentence in answer.sentences:
        if not sentence.citations:
            return f"the sentence {sentence.text!r} carries no citation"
        if missing := [number for number in sentence.citations if number not in cited]:
            return f"the sentence {sentence.text!r} cites {missing}, which do not exist"
        if sentence.key not in cited[sentence.citations[0]].quote:
            return f"the key words {sentence.key!r} are not in the first quote of the sentence {sentence.text!r}"
    return ""


def _says(wordings: Sequence[str], answer: Answer) -> bool:
    # From the sentences and not from answer.text: a marker "[2]" must not count as the number 2.
    said = " ".join(f"{sentence.key} | {sentence.text}" for sentence in answer.sentences)
    return any(_contains(said, wording) for wording in wordings)


def _contains(text: str, wording: str) -> bool:
    if pattern := _pattern(wording):
        return bool(pattern.search(text))
    return f" {' '.join(tokens(wording))} " in f" {' '.join(tokens(text))} "


def _key_right(expected: Expected, answer: Answer) -> bool:
    keys = [sentence.key for sentence in answer.sentences if sentence.key]
    return any(_agrees(key, wording) for key in keys for wording in expected.answers)


def _agrees(key: str, wording: str) -> bool:
    if pattern := _pattern(wording):
        return bool(pattern.search(key))
    return token_f1(key, wording) >= _KEY_F1


def _is_cited(expected: Expected, citations: Sequence[Citation], articles: Articles) -> bool:
    """Whether the citations overlap the expected quotes, wherever these stand in the cited articles."""
    cited = [(citation, articles.article(citation.article_id).text) for citation in citations]
    hit = [any(_overlaps(citation, quote, text) for citation, text in cited) for quote in expected.evidence]
    return all(hit) if expected.all_evidence or not hit else any(hit)


def _overlaps(citation: Citation, quote: str, text: str) -> bool:
    places = (found.span() for found in re.finditer(re.escape(quote), text))
    return any(max(start, citation.start) < min(end, citation.end) for start, end in places)


_POSSESSIVE = re.compile(r"['’]s\b")
_INSIDE_NUMBER = re.compile(r"(?<=\d),(?=\d)")
_WORD = re.compile(r"\d+(?:\.\d+)+|\w+")
_ARTICLE_WORDS = frozenset({"a", "an", "the"})


def tokens(text: str) -> list[str]:
    """Words in lower case, without punctuation, possessive endings and a/an/the, as SQuAD's scorer compares them.

    Unlike there, dashes and hyphens part words, and a decimal point stays, so that 3.5 is not 35.
    """
    text = _INSIDE_NUMBER.sub("", _POSSESSIVE.sub("", text.lower()))
    text = re.sub(r"['’]|(?<=\b\w)\.(?=\w\b)", "", text)
    return [word for word in _WORD.findall(text) if word not in _ARTICLE_WORDS]


def token_f1(first: str, second: str) -> float:
    """SQuAD's F1 of the words that two texts have in common, 0..1."""
    ours, theirs = Counter(tokens(first)), Counter(tokens(second))
    common = sum((ours & theirs).values())
    return 2 * common / (ours.total() + theirs.total()) if common else 0.0


def _pattern(wording: str) -> re.Pattern[str] | None:
    if len(wording) > 2 and wording.startswith("/") and wording.endswith("/"):
        return re.compile(wording[1:-1], re.IGNORECASE)
    return None


# Loading


class _Mapping(dict[Any, Any]):
    """A YAML mapping that knows its line, counted from 1."""

    line = 0


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that refuses a doubled key instead of taking the last, and keeps line numbers."""

    def mapping(self, node: yaml.MappingNode) -> Iterator[_Mapping]:
        found = _Mapping()
        found.line = node.start_mark.line + 1
        yield found
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node)
            if not isinstance(key, str) or key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"bad or doubled key {key!r}", key_node.start_mark)
            seen.add(key)
        found.update(self.construct_mapping(node))


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _StrictLoader.mapping)


def load_set(path: str | Path) -> QuestionSet:
    """Read a question set and check all of it, its quotes against the canonical text of its articles too.

    Raises:
        ValueError: file, line, case and what is wrong: bad YAML, an unknown key, a doubled id, a value of the wrong kind,
            a missing article, an expected quote that does not stand in the articles.
    """
    path = Path(path).absolute()
    try:
        with path.open(encoding="utf-8") as stream:
            data = yaml.load(stream, _StrictLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"The question set {path} can't be read: {error}") from error
    _keys(data, _SET_KEYS, f"{path}")
    if data.get("version") != 1 or isinstance(data["version"], bool):
        raise ValueError(f"{path}: version is {data.get('version')!r}; only 1 is known.")
    articles = tuple(path.parent / name for name in _texts(data, "articles", f"{path}"))
    if not articles or not isinstance(data.get("cases"), list) or not data["cases"]:
        raise ValueError(f"{path}: `articles` and `cases` must be lists with at least one entry.")
    cases = tuple(_case(entry, str(path)) for entry in data["cases"])
    doubled = [name for name, count in Counter(case.id for case in cases).items() if count > 1]
    if doubled:
        raise ValueError(f"{path}: the id {doubled[0]!r} is used more than once.")
    question_set = QuestionSet(path, tuple(article.resolve() for article in articles), cases)
    _check_evidence(question_set, [_canonical_text(article, path) for article in articles], "the set's articles")
    return question_set


def _canonical_text(article: Path, path: Path) -> str:
    from index.loading import load_file
    from index.settings import IndexSettings

    if not article.is_file():
        raise ValueError(f"{path}: the article {article} does not exist.")
    return load_file(article, IndexSettings()).text


def _check_evidence(question_set: QuestionSet, texts: Sequence[str], where: str) -> None:
    for expected in question_set.expected:
        for quote in expected.evidence:
            if not any(quote in text for text in texts):
                raise ValueError(
                    f"{question_set.path}: case {expected.id!r}: the expected quote {quote!r} does not stand in {where}. "
                    "Copy it from the article, character by character."
                )


def _case(entry: Any, path: str) -> Case:
    name = entry.get("id") if isinstance(entry, Mapping) else None
    where = f"{path}:{getattr(entry, 'line', '?')}: case {name!r}"
    _keys(entry, _CASE_KEYS, where)
    if not isinstance(name, str) or not re.fullmatch(r"[\w.-]+", name):
        raise ValueError(f"{where}: `id` must be a word of letters, digits, hyphens, dots.")
    if not isinstance(entry.get("note", ""), str):
        raise ValueError(f"{where}: `note` must be text.")
    tags = tuple(_texts(entry, "tags", where))
    if "turns" not in entry:
        return Case(name, (_expected(entry, name, tags, where),))
    if extra := sorted(_EXPECTED_KEYS & set(entry)):
        raise ValueError(f"{where}: has `turns` and also {extra}; put these into the turns.")
    if not isinstance(entry["turns"], list) or not entry["turns"]:
        raise ValueError(f"{where}: `turns` must be a list with at least one entry.")
    turns: list[Expected] = []
    for number, turn in enumerate(entry["turns"], start=1):
        spot = f"{path}:{getattr(turn, 'line', '?')}: case '{name}/turn-{number}'"
        _keys(turn, _EXPECTED_KEYS, spot)
        turns.append(_expected(turn, f"{name}/turn-{number}", (*tags, "dialogue"), spot))
    return Case(name, tuple(turns), dialogue=True)


def _expected(entry: Mapping[str, Any], name: str, tags: tuple[str, ...], where: str) -> Expected:
    question, answerable, mode = entry.get("question"), entry.get("answerable", True), entry.get("evidence_mode", "any")
    if not isinstance(question, str) or not question.strip():
        raise ValueError(f"{where}: `question` is {question!r}; it must be text.")
    if not isinstance(answerable, bool):
        raise ValueError(f"{where}: `answerable` is {answerable!r}; it must be true or false.")
    if mode not in ("any", "all"):
        raise ValueError(f"{where}: `evidence_mode` is {mode!r}; it must be any or all.")
    answers, evidence = tuple(_texts(entry, "answers", where)), tuple(_texts(entry, "evidence", where))
    if answerable != bool(answers or evidence):
        raise ValueError(f"{where}: give `answers` or `evidence` if it is answerable, and neither if it is not.")
    for wording in answers:
        _check_wording(wording, where)
    tags = tags if answerable else (*tags, "unanswerable")
    return Expected(name, question, answers, evidence, mode == "all", answerable, tuple(dict.fromkeys(tags)))


def _check_wording(wording: str, where: str) -> None:
    try:
        if not _pattern(wording) and not tokens(wording):
            raise ValueError(f"{where}: the accepted wording {wording!r} has no word that counts.")
    except re.error as error:
        raise ValueError(f"{where}: the accepted wording {wording!r} is not a regular expression: {error}.") from error


def _keys(entry: Any, known: set[str], where: str) -> None:
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where}: must be a mapping, not {entry!r}.")
    if unknown := sorted(set(entry) - known):
        raise ValueError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}.")


def _texts(entry: Mapping[str, Any], key: str, where: str) -> list[str]:
    found = entry.get(key, [])
    if not isinstance(found, list) or not all(isinstance(text, str) and text.strip() for text in found):
        raise ValueError(f"{where}: `{key}` is {found!r}; it must be a list of texts (put numbers in quotes).")
    return found

"""Measures how well what is asked is recognised: the kind, the parts, what is compared, the topic; prints the confusion table.

python -m tests.benchmarks.kinds [DATA] [--json]

DATA is the folder of the written data; with it the kinds of its dev part are also compared with the kinds of the answers, as its
writers gave them: "Who voted against?" is then a list where two did. The baseline answers "fact" to everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from assistant.training.kinds.asked import (
    DEV,
    MARKED_SIDES_DEV,
    MARKED_TOPICS_DEV,
    WRITTEN_DEV,
    AskedQuestion,
    read_marked,
    read_questions,
    written_dev,
)
from assistant.understanding.dividing import parts_of, sides_of, topic_of
from assistant.understanding.kinds import Kinds
from index.embedding import open_embedder
from index.settings import IndexSettings
from tests.benchmarks import _common

Judged = tuple[str, frozenset[str], str]
"""A question, the kinds that are right, the one that is counted where several are."""


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("kinds", __doc__ or "")
    parser.add_argument("data", type=Path, nargs="?", help="folder with written/")
    arguments = parser.parse_args()
    settings = IndexSettings()
    kinds = Kinds(open_embedder(settings), settings)
    sets = {"questions by another hand": _judged(DEV), "written, as a careful reader takes them": _judged(WRITTEN_DEV)}
    if arguments.data:
        sets["written, by their answers"] = [
            (one.text, frozenset(one.kinds), one.kinds[0]) for one in written_dev(arguments.data)
        ]
    rows: list[dict[str, object]] = []
    for name, judged in sets.items():
        told = [kinds.of(text) for text, _, _ in judged]
        rows.append(_row(name, judged, told))
        if not arguments.json:
            _common.show(f"kinds: {name}", _confusion(judged, told), as_json=False)
    rows += [_several(read_questions(DEV)), _marked()]
    _common.show("what is asked", rows, as_json=arguments.json)


def _judged(path: Path) -> list[Judged]:
    """The questions of a file that are one question; where two kinds are fair, both are right."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        named, _, text = line.partition("|")
        if text and "+" not in named:
            kinds = [kind.strip() for kind in named.split("/")]
            found.append((text.strip(), frozenset(kinds), kinds[0]))
    return found


def _row(name: str, judged: Sequence[Judged], told: Sequence[str]) -> dict[str, object]:
    right = [one in fair for one, (_, fair, _) in zip(told, judged, strict=True)]
    always = ["fact" in fair for _, fair, _ in judged]
    return {
        "what": name,
        "questions": len(judged),
        "right": round(sum(right) / len(right), 4),
        "always fact": round(sum(always) / len(always), 4),
    }


def _confusion(judged: Sequence[Judged], told: Sequence[str]) -> list[dict[str, object]]:
    counts = Counter((kind if one not in fair else one, one) for one, (_, fair, kind) in zip(told, judged, strict=True))
    names = sorted({name for pair in counts for name in pair})
    return [{"asked": kind, **{other: counts[kind, other] or "" for other in names}} for kind in names]


def _several(asked: Sequence[AskedQuestion]) -> dict[str, object]:
    right = [len(parts_of(one.text)) == len(one.cuts) + 1 for one in asked]
    several = [ok for ok, one in zip(right, asked, strict=True) if one.cuts]
    return {"what": f"parts ({len(several)} are several: {sum(several)} right)", "questions": len(asked)} | {
        "right": round(sum(right) / len(right), 4),
        "always fact": round(1 - len(several) / len(asked), 4),
    }


def _marked() -> dict[str, object]:
    sides, topics = read_marked(MARKED_SIDES_DEV), read_marked(MARKED_TOPICS_DEV)
    right = [[words for words, _ in sides_of(text)] == [text[s:e] for s, e in spans] for text, spans in sides]
    right += [topic_of(text) == " ".join(text[s:e] for s, e in spans) for text, spans in topics]
    empty = [not spans for _, spans in (*sides, *topics)]
    return {"what": "sides and topics, to the letter", "questions": len(right)} | {
        "right": round(sum(right) / len(right), 4),
        "always fact": round(sum(empty) / len(empty), 4),
    }


if __name__ == "__main__":
    main()

"""How near resolved questions come to what people made of them: added terms, ROUGE-1 recall, exact match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.understanding.followup.terms import WORD, content_words

KEYS = (
    "added_term_precision", "added_term_recall", "added_term_f1", "rouge1_recall", "exact_match",
    "changed_self_contained", "unchanged_follow_ups",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question as it was asked, as somebody rewrote it, and as a resolver made it."""

    question: str
    rewrite: str
    resolved: str


def figures(found: Sequence[Resolved]) -> dict[str, float]:
    """The figures over at least one question: `KEYS`, each 0..1; 0.0 where nothing is there to be counted.

    Added terms are the content words that the rewrite has and the question has not: stop words aside, lower-cased, stemmed;
    precision, recall and F1 are over all questions together (micro), as in QuReTeC (Voskarides et al., 2020). ROUGE-1 recall is
    over all words of the rewrite, exact match aside from case and punctuation. A question is self-contained if people added no
    term to it.
    """
    right = offered = wanted = changed = selfs = unchanged = follow_ups = exact = 0
    rouge = 0.0
    for one in found:
        own = content_words(one.question).keys()
        gold, added = (content_words(text).keys() - own for text in (one.rewrite, one.resolved))
        right, offered, wanted = right + len(gold & added), offered + len(added), wanted + len(gold)
        selfs, follow_ups = selfs + (not gold), follow_ups + bool(gold)
        changed, unchanged = changed + bool(added and not gold), unchanged + bool(gold and not added)
        exact += _words(one.resolved) == _words(one.rewrite)
        rouge += rouge1_recall(one.resolved, one.rewrite)
    precision, recall = _share(right, offered), _share(right, wanted)
    f1 = _share(2 * precision * recall, precision + recall)
    values = (precision, recall, f1, rouge / len(found), exact / len(found), _share(changed, selfs))
    return dict(zip(KEYS, (*values, _share(unchanged, follow_ups)), strict=True))


def rouge1_recall(text: str, reference: str) -> float:
    """Share of the reference's words, each as often as it stands there, that the text has (Lin, 2004)."""
    wanted = Counter(_words(reference))
    return _share((wanted & Counter(_words(text))).total(), wanted.total())


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in WORD.findall(text)]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0

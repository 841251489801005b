"""Compares an answer with the accepted wordings: which one matches and how; exact match and F1 as in SQuAD's scorer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.core import squad_scores as scoring
from assistant.core.answer import Answer
from assistant.questions.reports import Match
from assistant.questions.spec.wordings import holds, pattern, tokens
from index.stemming import stem
from index.stopwords import STOP_WORDS

LEAST_F1 = 0.8
"""Least share of common words (F1) at which an answer still says what a wording says."""

_TELLING = re.compile(
    r".*\d.*|not|no|nor|never|none|nobody|nothing|neither|without|cannot|before|after|above|below|over|under|up|down|more|few"
    r"|(?:ai|are|ca|could|did|does|do|had|has|have|is|must|sha|should|was|were|wo|would)nt",
    re.DOTALL,
)
"""Words that no paraphrase may change: numbers, negations ("didn't" is tokenized as "didnt"), words of order."""
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Matched:
    """How an answer's words agree with the accepted wordings.

    Attributes:
        how: "exact" (normalised, it is the wording), "contains" (its words in a row), "regex", "f1" (a word more or
            less); None = none does.
        wording: the one that matches; "" if none does.
        exact: 1.0 or 0.0, as SQuAD's scorer gives it for the best wording.
        f1: token F1, 0..1, likewise.
    """

    how: Match | None
    wording: str
    exact: float
    f1: float


def match(wordings: Sequence[str], answer: Answer) -> Matched:
    """Compare what an answer says with each wording, and name the strictest way in which one matches.

    Exact match and F1 are computed on the key words where the reader marked some, else on whole sentences, as SQuAD's scorer
    would be given them (Rajpurkar et al. 2018, "Know What You Don't Know", evaluate-v2.0.py).

    Args:
        wordings: accepted; at least one.
        answer: any; a refusal says nothing.
    """
    keys = [key for sentence in answer.sentences for key in sentence.keys if key in sentence.text]
    whole = said(answer)
    spans = keys or [whole]
    exact, f1 = (max(score(wording, span) for wording in wordings for span in spans) for score in (_exact, _f1))
    if answer.status != "answered":
        return Matched(None, "", exact, f1)
    for how, agrees in _WAYS:
        for wording in wordings:
            if any(agrees(wording, text) for text in (*keys, whole)):
                return Matched(how, wording, exact, f1)
    return Matched(None, "", exact, f1)


def said(answer: Answer) -> str:
    """The sentences of an answer without the citation markers: "[2]" must not count as the number 2.

    Nor with what stands around them: headings are the user's words, remarks count, and a verdict is expected by a key of its own.
    """
    return " ".join(sentence.text for sentence in answer.sentences)


def forbidden(wordings: Sequence[str], answer: Answer) -> str:
    """The first of the forbidden wordings that the answer says; "" if it says none."""
    return next((wording for wording in wordings if holds(said(answer), wording)), "")


def _is_exact(wording: str, text: str) -> bool:
    # SQuAD's scorer drops decimal points and signs, so that 3.5 would equal 35; hence the further comparison.
    same = bool(text) and not pattern(wording) and scoring.exact(wording, text) == 1.0
    return same and bool(tokens(wording)) and _telling(wording) == _telling(text)


def _contains(wording: str, text: str) -> bool:
    return not pattern(wording) and holds(text, wording)


def _matches(wording: str, text: str) -> bool:
    return pattern(wording) is not None and holds(text, wording)


def _is_close(wording: str, text: str) -> bool:
    """Whether two texts differ only by words that one of them adds: no word is replaced, and names keep their order."""
    ours, theirs = tokens(wording), tokens(text)
    if pattern(wording) or not ours or not theirs:
        return False
    common = 2 * (Counter(ours) & Counter(theirs)).total() / (len(ours) + len(theirs))
    if common < LEAST_F1 or _telling(wording) != _telling(text):
        return False
    first, second = (Counter(stem(word) for word in words if word not in STOP_WORDS) for words in (ours, theirs))
    if (first - second) and (second - first):
        return False
    names = (_names(wording) | _names(text)) & set(ours) & set(theirs)
    return [word for word in ours if word in names] == [word for word in theirs if word in names]


def _telling(text: str) -> list[str]:
    return [token for token in tokens(text) if _TELLING.fullmatch(token)]


def _names(text: str) -> set[str]:
    words = (found.group() for found in _LETTERS.finditer(text))
    return {token for word in words if word[0].isupper() for token in tokens(word)} - STOP_WORDS


_WAYS: tuple[tuple[Match, Callable[[str, str], bool]], ...] = (
    ("exact", _is_exact),
    ("contains", _contains),
    ("regex", _matches),
    ("f1", _is_close),
)


def _exact(wording: str, text: str) -> float:
    if found := pattern(wording):
        return float(found.fullmatch(text) is not None)
    return scoring.exact(wording, text)


def _f1(wording: str, text: str) -> float:
    if found := pattern(wording):
        hit = found.search(text)
        return scoring.f1(hit.group(), text) if hit and hit.group().strip() else 0.0
    return scoring.f1(wording, text)

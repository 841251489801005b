"""A language model's reply to `contextualize` -> a question, and the objection to searching for it, if any.

A reply may answer instead of asking, name somebody who was never mentioned, or follow an instruction in an article.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.terms import WORD, content, content_words
from index.sentences import sentences

MAX_CHARS = 2_000
"""The most characters of a rewrite, as of any question."""

_MOST_NEW = 2
"""How many common words that nobody said ("people", "start") a rewrite may have. Of 535 rewrites by people, this limit rejects 2;
a limit of 1 would reject 6, a limit of 0 would reject 40."""
_LINKING = frozenset(
    content_words("besides aside asides apart addition along together instead regard regarding concerning")
)
"""Words that link earlier words to the question: "Besides the mayor, who ..."."""

_QUOTED = re.compile(r"[\"'“‘«](?!.*(?:^|[\s(])[\"'“‘«])(.+)[\"'”’»]")
"""A text in one pair of quote marks, not one that merely begins and ends with quotations."""
_LABEL = re.compile(r"[\s*]*(?:[\w'’,!.-]+ ){0,6}(?:question|rewrite|rewritten)(?: \w+){0,3}\s*:[\s*]*", re.IGNORECASE)
"""A label that models like to put before their reply: "Standalone question:"."""

_LINK = re.compile(r"://|\bwww\.|\]\(|<\w", re.IGNORECASE)
_ASKS = re.compile(
    r"\?|\b(?:who|whom|whose|what|when|where|why|how|which)\b"
    r"|^\W*(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|may|tell|name|list|describe)\b",
    re.IGNORECASE,
)
_GIVES_WAY = re.compile(
    r"\b(?:this|that|these|those)\W+(\w+)|\b(first|second|third|last|former|latter|other|rest|ones?)\b", re.IGNORECASE
)
"""Words that point at something and may be replaced by it: "that film", "the second"."""


def read(reply: str) -> str:
    """The question in a reply, without the white space, quote marks or label that models put around it."""
    text = reply.strip()
    text = text.removeprefix(label[0]) if (label := _LABEL.match(text)) else text
    text = text.strip("*` \n")
    return quoted[1].strip() if (quoted := _QUOTED.fullmatch(text)) else text


def objection(rewrite: str, question: str, history: Sequence[Utterance], fence: str = "") -> str:
    """Why a rewrite can't be searched for; empty if it can. The reason holds nothing of the texts.

    Args:
        rewrite: the rewrite, as `read` gives it.
        question: the question as it was asked.
        history: the utterances in the prompt.
        fence: the request's marker; empty = none.
    """
    if not any(letter.isalnum() for letter in rewrite):
        return "it is empty"
    if len(rewrite) > MAX_CHARS:
        return f"it is longer than {MAX_CHARS:,} characters"
    if not rewrite.isprintable():
        return "it has more than one line, or characters that can't be shown"
    if (fence and fence in rewrite) or (_LINK.search(rewrite) and not _LINK.search(question)):
        return "it has a marker, a link or markup"
    if len(sentences(rewrite)) > len(sentences(question)):
        return "it has more sentences than the question"
    if _ASKS.search(question) and not _ASKS.search(rewrite):
        return "it asks nothing"
    answers = [piece.text for piece in history if piece.role == "assistant"]
    if not same(rewrite, question) and any(_words(rewrite) in _words(answer) for answer in answers):
        return "it repeats an answer"
    return _foreign(rewrite, question, history) or _lost(rewrite, question)


def same(one: str, other: str) -> bool:
    """Whether two texts have the same words, case and punctuation aside."""
    return _words(one) == _words(other)


def _words(text: str) -> str:
    return f" {' '.join(word.lower() for word in WORD.findall(text))} ".replace("’", "'")


def _foreign(rewrite: str, question: str, history: Sequence[Utterance]) -> str:
    """The objection if a name or number, or too many other words, were never said; else empty."""
    own = content_words(question).keys()
    said = own | {stem for piece in history for stem in content_words(piece.text)}
    new = set()
    for n, word in enumerate(WORD.findall(rewrite)):
        stem = content(word)
        if not stem or stem in said or stem in _LINKING:
            continue
        # A sentence's first word is capitalised anyway.
        if any(letter.isdigit() for letter in word) or (n and not word.islower()):
            return "it has a name or a number that nobody said"
        if not _near(stem, said):
            new.add(stem)
    # A question without content words ("Why?") allows no new ones: with them the rewrite could be any other question.
    return "it has words that nobody said" if len(new) > min(_MOST_NEW, len(own)) else ""


def _lost(rewrite: str, question: str) -> str:
    """The objection if more than half of the question's words are lost; else empty. Only the last sentence needs to be kept."""
    kept = content_words(rewrite).keys()
    start, _ = [(0, 0), *sentences(question)][-1]
    for part in (question, question[start:]):
        pointing = {content(word) for found in _GIVES_WAY.finditer(part) for word in found.groups() if word}
        own = content_words(part).keys() - pointing
        if 2 * sum(_near(stem, kept) for stem in own) >= len(own):
            return ""
    return "it lacks most words of the question"


def _near(stem: str, others: Collection[str]) -> bool:
    """Whether a stem is among others, apart from one typing error or an ending that the stemmer leaves on."""
    from rapidfuzz.distance import OSA

    return stem in others or any(
        min(len(stem), len(other)) >= 4
        and (stem.startswith(other) or other.startswith(stem) or OSA.distance(stem, other, score_cutoff=1) <= 1)
        for other in others
    )

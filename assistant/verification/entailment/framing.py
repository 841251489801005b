"""Sentence -> claim: removes words that only lead in or name the article as the source, which its quotes show. English."""

from __future__ import annotations

import re

_SOURCE = r"(?:the|this|that|these|those|our)\s(?:news\s)?(?:article|text|passage|report|story|source|document|excerpt|piece)s?"
_SAYS = (
    r"(?:(?:also|further|clearly)\s)?(?:says?|said|states?|stated|notes?|noted|reports?|reported|mentions?|mentioned|adds?|added"
    r"|explains?|explained|describes?|indicates?|indicated|tells?\sus|writes?|wrote|points?\sout|makes?\sclear|shows?)"
)
_SAID = r"(?:(?:also|further)\s)?(?:said|reported|stated|noted|mentioned|written|explained|added)"
_LEADS = (
    r"in\s(?:short|summary|brief|sum|particular|addition|fact|conclusion|other\swords)|to\s(?:summari[sz]e|sum\sup|conclude|answer)"
    r"|overall|additionally|moreover|furthermore|also|besides|specifically|notably|indeed|meanwhile|however|finally|lastly|then"
    r"|first(?:ly)?|second(?:ly)?|third(?:ly)?|as\ssuch|for\scontext|more\sprecisely"
)
_FRAME = re.compile(
    rf"\s*(?:"
    rf"(?:according\sto|based\son|from|in|as\sper|per)\s{_SOURCE}(?:\sitself)?\s?[,:]"
    rf"|as\s{_SOURCE}\s{_SAYS}\s?[,:]"
    rf"|{_SOURCE}\s{_SAYS}(?:\sthat\b|\s?[,:])"
    rf"|it\s(?:is|was|has\sbeen)\s{_SAID}(?:\sin\s{_SOURCE})?\sthat\b"
    rf"|the\s(?:short\s)?answer\sis(?:\sthat\b|\s?:)"
    rf"|(?:{_LEADS})\s?[,:]"
    rf")\s*",
    re.IGNORECASE,
)
_END = re.compile(rf",\s(?:according\sto\s{_SOURCE}|(?:as\s)?{_SOURCE}\s{_SAYS})(?=[.!?]*\s*\Z)", re.IGNORECASE)
_MOST = 3
"""The most frames in a row, as in "In short, the article says that ..."."""


def without_frame(sentence: str) -> str:
    """The sentence without its frame: what it says about the world.

    Language models frame what they repeat ("In short, the article says that ..."). No premise can have the words of a frame,
    so the entailment checker would count them against the sentence.
    """
    found = _END.sub("", sentence)
    for _ in range(_MOST):
        frame = _FRAME.match(found)
        if not frame or not any(char.isalnum() for char in found[frame.end() :]):
            break
        found = found[frame.end() :]
    return found[:1].upper() + found[1:] if found != sentence else sentence

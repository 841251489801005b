"""Elliptical questions, which leave out what the last one said: "Why?", "And in 2023?", "What about Norway?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.understanding.followup.leaning import PREPOSED
from assistant.understanding.followup.names import PRONOUNS, names
from assistant.understanding.followup.terms import content_words
from index.stopwords import STOP_WORDS

QUESTION_WORDS = frozenset(["who", "what", "when", "where", "why", "how", "which", "whom", "whose"])
AUXILIARIES = frozenset(
    "did does do is was were are am has have had will would can could should may might must".split()
)
_WORD = re.compile(r"[\w’'-]+")
_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_LEAD_IN = re.compile(
    r"^\s*(?:(?:ok(?:ay)?|so|and|but|or|then|now|well)\b[\s,]*)*(?:(?:what|how) about\b[\s,]*)?", re.IGNORECASE
)
_LONGEST_SUBJECT = 4
"""Words of an answer that may stand as the subject of a question."""
_MOST_WORDS = 6
"""If more words follow the lead-in, the question is a full sentence."""
_BARE = re.compile(
    r"^\s*(?:and |but |so )?(why|when|where|who|how|how many|how much|how long|how often|how come|why not|what for"
    r"|(?:since|until|till|by|from) when)"
    r"(?:\s+(?:exactly|then|so|that|is that|was that))?\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_WHICH_ALONE = re.compile(r"\s*(?:and |but |so )?which(?: ones?| of them)?(?: then| exactly)?[\s?.!]*", re.IGNORECASE)
_LEADING_QUESTION = re.compile(
    r"^\s*(?:(?:since|until|till|by|from)\s+)?(?:(?:how (?:many|much|long|often|old|far)|(?:what|which)(?: \w+)?"
    r"(?= (?:did|does|do|is|was|were|are|has|have|had|will)\b)|who|whom|what|when|where|why|how)\b)",
    re.IGNORECASE,
)
_HELPING = "will|would|can|could|has|have|had|was|were|should|may|might|must"
_NO_VERB = rf"(?:{'|'.join(sorted(AUXILIARIES | PRONOUNS))}|the|an?|this|that|these|those|my|your|our|i|you|we|there|in|on|of)\b"
_SUBJECT = re.compile(
    rf"^\s*(?:[Ww]ho|[Ww]hat)\s+(?:({_HELPING})\s+)?(?!{_NO_VERB})(?!\w+(?:\s+\w+)?\s+(?:{'|'.join(sorted(AUXILIARIES))})\b)(?=[a-z])"
)
"""The beginning of a question for a subject, as "Who will" in "Who will visit the bridge?"; group 1 is the auxiliary."""
_WHICH_SUBJECT = re.compile(
    r"^\s*(?:[Ww]hich|[Ww]hat)\s+[\w’'-]+\s+(?!(?:did|does|do)\b)(?!\w+\s+(?:(?:the|an?|this|that|he|she|it|they)\b|[A-Z]))"
)
"""The beginning of a question that may be for a subject, as "Which minister was sacked?"."""
_PREPOSITION = re.compile(
    r"^(?:in|on|at|for|of|by|from|with|without|to|against|about|after|before|during|per|under|over|until|since|near|between)\s+",
    re.IGNORECASE,
)
_IN_YEAR = re.compile(r"\s+(?:(?:in|for|from|of|during)\s+)?(?:1\d|20)\d\d$")
"""A year behind another topic, as in "the ferry in 2021"."""
_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
)
_TIME = re.compile(
    rf"(?:(?:on|in|at|during|since|until)\s+)?(?:(?:(?:next|last|this)\s+(?:year|month|week|season|\w*day|summer|winter|spring|autumn))"
    rf"|today|yesterday|tomorrow|(?:early|late|mid|the\s+\w+\s+of)?\s*(?:{_DAY}))\b",
    re.IGNORECASE,
)
_LATER = frozenset({"after", "following", "next"})
_YEAR_STEP = re.compile(
    r"(?:in\s+)?the\s+(?:year\s+)?(before|after|previous|preceding|following|next)(?:\s+(?:year|one))?(?:\s+(?:that|it))?",
    re.I,
)
"""The year before or after the one that was asked about."""
_ORDINAL = re.compile(
    r"the\s+(?:first|second|third|fourth|fifth|sixth|last|next|previous|other)(?:\s+one)?\b", re.IGNORECASE
)
_COUNTED = re.compile(
    r"(?:how (?:many|much)|which|what) (?!(?:did|does|do|is|was|were|are|has|have|had|will|can|of)\b)[\w’'-]+", re.I
)
"""A counted or chosen noun at the beginning of a question, as in "How many ferries ..."."""
_CUT_OFF = re.compile(
    r"^\W*(?:(?:and|but|so)\b[\s,]*)?(?:(why)\s+(?:is|was|are|were)|(?:(why|when|where|how|what|who)\s+)?"
    r"(?:did|does|do|has|have|will|would|can|could))\s+([^?.!,]+?)\W*$",
    re.IGNORECASE,
)
"""A question cut off after its subject: "And when did Olav Lie?"."""
_HOW_MANY = re.compile(r"how many ([\w’'-]+s)\b(?!\s+(?:did|does|do)\b)", re.IGNORECASE)
"""What a question counts, unless it asks how many of them something else has or takes."""
_PLURAL = re.compile(r"(?:the )?([\w’'-]+(?<!s)(?<!u)(?<!i)s)", re.IGNORECASE)
"""A topic that may take the place of what "how many" counts."""
_WITH_ARTICLE = re.compile(r"(an?|the|my|your|our|their) [\w’'-]+", re.IGNORECASE)
_BRACKET = re.compile(r"(.*\S)\s+\(([^()]+)\)")


def completed(question: str, before: str, answer: str = "") -> str:
    """The standalone form of an elliptical question; "" if the question is not elliptical.

    Args:
        question: the question as it was asked.
        before: the standalone question of the last turn.
        answer: the words that were marked as its answer; empty = unknown.
    """
    before = _told(before)
    if match := _BARE.match(question):
        return _with_question_word(match.group(1), _with_subject(before, answer))
    bare = _LEAD_IN.sub("", question, count=1)
    if PREPOSED.match(bare):
        return _preposed(bare.strip().rstrip("?.! "), before, answer)
    if _WHICH_ALONE.fullmatch(question):
        return f"{question.strip().rstrip('?.! ')}? ({before})"
    lead_in = _LEAD_IN.match(question)
    rest = question[lead_in.end() :] if lead_in else ""
    words = [word.lower() for word in _WORD.findall(rest)]
    if (counted := _COUNTED.fullmatch(rest.rstrip("?.! "))) and (old := _COUNTED.match(before)):
        return f"{counted.group()[:1].upper()}{counted.group()[1:]}{before[old.end() :]}"
    if whole := _of_another(question, before):
        return whole
    told = set(words) & (QUESTION_WORDS | AUXILIARIES | PRONOUNS)
    leads = rest != question or takes_a_place(rest.strip().rstrip("?.! "))
    if not words or not leads or told or len(words) > _MOST_WORDS or re.search(r"[.!?]\s+\w", rest):
        return ""
    return _with_topic(rest.strip().rstrip("?.! "), before)


def topic_of(question: str) -> str:
    """What an elliptical question asks the last one of: "a ticket" for "And a ticket?"; "" for "Why?"."""
    return "" if is_bare(question) or PREPOSED.match(question) else _LEAD_IN.sub("", question, count=1).strip(" ?.!")


def is_bare(question: str) -> bool:
    """Whether a question is a question word alone, or little more: "Why?", "Since when?"."""
    return _BARE.match(question) is not None


def takes_a_place(topic: str) -> bool:
    """Whether words tell a time, or begin with a preposition or a question word: they can't stand for a thing."""
    begins = topic.partition(" ")[0].lower().rstrip("?")
    timely = any(kind.fullmatch(topic) for kind in (_TIME, _ORDINAL)) or _YEAR.search(topic) is not None
    return timely or bool(_parted(topic)[0]) or begins in QUESTION_WORDS


def asks_itself(topic: str) -> bool:
    """Whether words are a question themselves: "how long it takes"."""
    first, *rest = _WORD.findall(topic.lower()) or [""]
    return first in QUESTION_WORDS and len(rest) > 1


def points_at_nothing(question: str) -> bool:
    """Whether a first question can't be understood: no content word, but a pronoun or at most two words."""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(question)]
    pointing = any(word in PRONOUNS or word in {"this", "that", "these", "those"} for word in words)
    telling = content_words(question)
    return not telling and (pointing or len(words) <= 2) and "about" not in words[2:] and not _asks_of_article(words)


def _asks_of_article(words: Sequence[str]) -> bool:
    return "about" in words and bool({"this", "it"} & set(words)) and words[:2] != ["what", "about"]


def without_terms(question: str) -> str:
    """A question without the words in brackets behind it."""
    match = _BRACKET.fullmatch(question)
    return match.group(1) if match else question


def _told(before: str) -> str:
    """An earlier question without brackets: the text inside them if that is a question, else the text before them."""
    match = _BRACKET.fullmatch(before)
    if not match:
        return before
    first = match.group(2).partition(" ")[0].lower()
    return match.group(2 if first in QUESTION_WORDS | AUXILIARIES else 1)


def _with_question_word(word: str, before: str) -> str:
    rest = _LEADING_QUESTION.sub("", before, count=1).strip(" ?.!")
    if rest.partition(" ")[0].lower() in STOP_WORDS:
        rest = rest[:1].lower() + rest[1:]
    return f"{word.capitalize()} {rest}?"


def _preposed(word: str, before: str, answer: str) -> str:
    """The last question with "by whom" or the like for its question word; of one for a subject, with the answer as subject."""
    if not _SUBJECT.match(before) and not _WHICH_SUBJECT.match(before):
        return _with_question_word(word, before)
    # A longer answer is no subject, but a clause.
    whole = _with_subject(before, answer if len(answer.split()) <= _LONGEST_SUBJECT else "")
    return f"{word}? ({before})" if whole == before else f"{word} {whole}"


def _with_subject(before: str, answer: str) -> str:
    """A question for a subject ("Who wanted it?") with the answer in the place of its question word; another one as it is."""
    asked = _SUBJECT.match(before)
    if not asked or not answer:
        return before
    auxiliary = f"{asked.group(1)} " if asked.group(1) else ""
    return f"{auxiliary}{answer} {before[asked.end() :]}"


def _of_another(question: str, before: str) -> str:
    """The last question about the name that ends this one ("And when did Olav Lie?"); "" if this one has another form."""
    cut = _CUT_OFF.match(question)
    # Every question begins with a capital, which makes its first word no name.
    old = names(before[:1].lower() + before[1:])
    if not cut or not old or names(cut.group(3)) != [cut.group(3)]:
        return ""
    whole = before.replace(_counterpart(old, cut.group(3)), cut.group(3))
    word = cut.group(1) or cut.group(2)
    return _with_question_word(word, whole) if word else whole


def _with_topic(topic: str, before: str) -> str:
    """The last question with the new words in place of what they correspond to: a time, a phrase, a name; else both texts."""
    preposition, bare = _parted(topic)
    old = _YEAR.findall(before)
    if old and (step := _YEAR_STEP.fullmatch(topic)):
        return before.replace(old[-1], str(int(old[-1]) + (1 if step.group(1).lower() in _LATER else -1)))
    year = _IN_YEAR.search(topic)
    if year and content_words(other := topic[: year.start()]) and not _TIME.fullmatch(other):
        return _with_topic(year.group().strip(), _with_topic(other, before))
    if _YEAR.search(bare):
        return before.replace(old[-1], _YEAR.findall(bare)[-1]) if old else f"{before.rstrip('?.! ')} {topic}?"
    for kind in (_TIME, _ORDINAL):
        if kind.fullmatch(topic) and (found := kind.search(before)):
            topic = topic if found.group().endswith(" one") else topic.removesuffix(" one")
            return before[: found.start()] + topic + before[found.end() :]
    if preposition and (found := re.search(rf"\b{preposition}\b(?!.*\b{preposition}\b).*", before, re.IGNORECASE)):
        return f"{before[: found.start()]}{topic}?"
    # Every question begins with a capital, which makes its first word no name.
    if names(bare) and (named := names(before[:1].lower() + before[1:])):
        other = _counterpart(named, bare)
        whole = f"the {other}"
        return before.replace(whole if bare.lower().startswith("the ") and whole in before else other, bare)
    if preposition or names(bare):
        return f"{before.rstrip('?.! ')} {topic}?"
    many = _PLURAL.fullmatch(bare)
    if many and many.group(1).lower() not in STOP_WORDS and (found := _HOW_MANY.match(before)):
        return f"{before[: found.start(1)]}{many.group(1)}{before[found.end(1) :]}"
    if found := _alike(topic, before):
        return f"{before[: found.start(1)]}{topic}{before[found.end(1) :]}"
    return f"{topic[:1].upper()}{topic[1:]}? ({before})"


def _alike(topic: str, before: str) -> re.Match[str] | None:
    """The noun that a new one replaces, as group 1: the only one with the same determiner."""
    if not (match := _WITH_ARTICLE.fullmatch(topic)):
        return None
    article = "an?" if match.group(1).lower() in {"a", "an"} else match.group(1)
    found = list(re.finditer(rf"\b({article} [\w’'-]+)", before, re.IGNORECASE))
    return found[0] if len(found) == 1 else None


def _parted(topic: str) -> tuple[str, str]:
    """(preposition, rest) of some words: the preposition that they begin with, lower-cased, or "" if there is none."""
    match = _PREPOSITION.match(topic)
    return (match.group().strip().lower(), topic[match.end() :]) if match else ("", topic)


def _counterpart(old: Sequence[str], new: str) -> str:
    """The name that the new one replaces: the first other name, which is mostly the subject."""
    return next((name for name in old if name.lower() != new.lower()), old[0])

"""Sentence -> the questions that it answers, made of its own words in another order.

Only of sentences whose parts are told apart by the small closed classes of English (auxiliaries, articles, "because", "by", "in"
before a date): of others no question could be made that is sure to be good English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from assistant.verification.details.dates import dates, is_calendar
from assistant.verification.details.numbers import numbers
from index.stopwords import STOP_WORDS

Lowered = Callable[[str], str]
"""Words that begin a sentence -> the same as they are written inside one."""

_MOST_CHARS = 300
"""Longer sentences seldom have a simple part, and expressions over them could take long."""
_MOST_WORDS = 6
"""A subject has at most so many words; longer ones seldom are one."""
_MOST_REST = 9
"""So many words at most stand behind it."""

_WORD = r"[^\W_](?:[\w’'-]*\w)?"
_WORDS = rf"{_WORD}(?: {_WORD})*"
_ARTICLES = frozenset(("The", "A", "An", "the", "a", "an"))
_OPEN = frozenset(
    "and but or nor so yet because although though while when where if unless who whom whose which that than as before after "
    "until since to it its he his him she her they their them this these those i we our you your".split()
)
"""Words that open or lean on something outside: what holds one is more than a subject, or can't be understood alone."""

# Where a clause begins within a sentence, and with what it must begin to be taken.
_CLAUSE = re.compile(r"[;:,] (?:(?:and|but|so) )?| – ")
_CLAUSE_BEGINS = re.compile(r"(?:the|an?|[A-Z]\w+|\d[\d,]*|[a-z]+) ")

_WHEN_OR_WHERE = re.compile(r"(?:On|In|At|By|Since|Until|After|Before|During|From|For)\b")

# "The deck | was | strengthened in 1938 by the county"
_INVERTED = re.compile(
    rf"(?P<subject>{_WORDS}?) (?P<aux>was|were|is|are|will|can|could|must|has|have|had) (?P<rest>.+)"
)
_TIMED = frozenset(("was", "were", "is", "are", "will"))
_PARTICIPLE = re.compile(r"(?:not )?(?:been|\w+ed)\b")
_BECAUSE = re.compile(rf"(?P<rest>(?:not )?{_WORDS}?),? because\b")
_MADE_BY = re.compile(r"(?P<made>\w+ed) by (?P<maker>[A-Z]\w+ [A-Z]\w+)")
_BEFORE_DATE = re.compile(r" (?:in|on) (?:(?:early|late|mid) )?(?=(?P<date>\w+))")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")

# What follows a person's name: "is the head of the school", "designed the present structure"
_DID = re.compile(rf"(?:(?:is|was) (?:the|in) {_WORDS}|\w+ed (?:the|an?|its|all|\d[\d,]*|\w+s)(?: {_WORDS})?)(?=[.,;])")

# "about 90 | people | were at the quay", "The hostel | has | 24 | beds", "There are | 14 | pumps", "The permit costs £25"
_ABOUT = re.compile(
    r"(?:(?:about|around|some|almost|nearly|more than|over|at least|up to|only|just|another) )?", re.IGNORECASE
)
_PLURAL = r"(?P<things>(?:[a-z][\w’'-]* ){0,2}?(?:[a-z][\w’'-]*s|people|children|men|women))"
_COUNTED = re.compile(rf" {_PLURAL} (?P<rest>{_WORDS})(?=[.,;])")
_VERB = re.compile(r"(?:was|were|are|will|can|could|must|have|had|\w+ed)\b")
_HAS = re.compile(rf"(?P<subject>{_WORDS}?) (?P<has>has|have|had) ")
_HAVE = {"has": "does", "have": "do", "had": "did"}
_THINGS = re.compile(rf" {_PLURAL}(?=[.,;]| (?:and|in|on|at|with|for|but)\b)")
_THERE = re.compile(r"There (?P<are>are|were) ")
_FRACTIONS = (" third", " quarter", " half", " other", " year")
"""What may stand behind a number and is not what is counted."""
_COSTS = re.compile(
    rf"(?P<subject>{_WORDS}?) (?:costs [^\d.,;]{{0,15}}?[£$€]?\d|(?P<are>is|are|was|were) (?:about |now |up to )?[£$€]\d)"
)


class Made(NamedTuple):
    """A question, and the kind of its making: "why", "when", "who" or "number"."""

    kind: str
    question: str


def questions_of(sentence: str, lowered: Lowered, people: Sequence[str] = ()) -> Iterator[Made]:
    """The questions that a sentence answers; of most sentences none.

    Args:
        sentence: one sentence.
        lowered: how its first words are written inside a sentence.
        people: full names of those whom the text names.
    """
    # In a quotation "I" and "now" are somebody else's; brackets break clauses.
    if len(sentence) > _MOST_CHARS or any(sign in sentence for sign in '“”"‘?!()\n'):
        return
    for start in (0, *(found.end() for found in _CLAUSE.finditer(sentence))):
        clause = sentence[start:]
        if start and not _CLAUSE_BEGINS.match(clause):
            continue
        if found := _INVERTED.match(clause):
            yield from _inverted(found, lowered)
        # How many there are depends on when and where, which a question about the clause alone would leave out.
        if not (start and _WHEN_OR_WHERE.match(sentence)):
            yield from _counted(clause, lowered)
        yield from _done_by(clause, people)
        if (found := _COSTS.match(clause)) and (subject := _subject(found["subject"], lowered)):
            are = found["are"]
            yield Made("number", f"How much {are} {subject}?" if are else f"How much does {subject} cost?")


def _done_by(clause: str, people: Sequence[str]) -> Iterator[Made]:
    """Who is or did what a clause says of somebody: a question about its subject keeps the order of its words."""
    for name in people:
        if clause.startswith(f"{name} ") and (found := _DID.match(clause, len(name) + 1)):
            words = found[0].split()
            if len(words) <= _MOST_REST and not _leans(words):
                yield Made("who", f"Who {found[0]}?")


def _inverted(found: re.Match[str], lowered: Lowered) -> Iterator[Made]:
    """Why and when something was, and who did it: the auxiliary comes before the subject."""
    subject, aux, rest = _subject(found["subject"], lowered), found["aux"], found["rest"]
    # "have" is an auxiliary before a participle only.
    if not subject or (aux in _HAVE and not _PARTICIPLE.match(rest)):
        return
    if (reason := _BECAUSE.match(rest)) and _is_rest(reason["rest"].removeprefix("not ")):
        yield Made("why", f"Why {aux} {subject} {reason['rest']}?")
    if aux in ("was", "were") and (by := _MADE_BY.match(rest)):
        yield Made("who", f"Who {by['made']} {subject}?")
    elif aux in _TIMED and (told := _before_date(rest)):
        yield Made("when", f"When {aux} {subject} {told}?")


def _before_date(rest: str) -> str:
    """What is said before the date that a clause ends with; empty if it is not said when."""
    starts = {found.start for found in dates(rest)}
    for found in _BEFORE_DATE.finditer(rest):
        date, told = found["date"], rest[: found.start()]
        dated = found.end() in starts or _YEAR.fullmatch(date) or (is_calendar(date) and date[0].isupper())
        if dated:
            return told if _is_rest(told) and not any(letter.isdigit() for letter in told) else ""
    return ""


def _counted(sentence: str, lowered: Lowered) -> Iterator[Made]:
    """How many there are of what is counted: as the subject, as what somebody has, or after "there are"."""
    if (place := _after_number(sentence, 0)) and (found := _COUNTED.match(sentence, place)):
        words = found["rest"].split()
        if _VERB.match(words[0]) and 1 < len(words) <= _MOST_REST and not _leans(words[1:]):
            yield Made("number", f"How many {found['things']} {found['rest']}?")
    has, there = _HAS.match(sentence), _THERE.match(sentence)
    subject = _subject(has["subject"], lowered) if has else ""
    if has and subject and (things := _things(sentence, has.end())):
        yield Made("number", f"How many {things} {_HAVE[has['has']]} {subject} have?")
    if there and (things := _things(sentence, there.end())):
        yield Made("number", f"How many {things} {there['are']} there?")


def _things(sentence: str, place: int) -> str:
    """What is counted by the number at a place; empty if nothing is."""
    end = _after_number(sentence, place)
    found = _THINGS.match(sentence, end) if end else None
    return found["things"] if found else ""


def _after_number(sentence: str, place: int) -> int:
    """One past the number that stands at a place, "about" and the like before it; 0 = none does."""
    about = _ABOUT.match(sentence, place)
    start = about.end() if about else place
    end = next((one.end for one in numbers(sentence) if one.start == start and not one.unsure), 0)
    return 0 if sentence.startswith(_FRACTIONS, end) else end


def _subject(words: str, lowered: Lowered) -> str:
    """A subject as it stands inside a question; empty if the words may be more or less than one."""
    first, *others = words.split()
    article = first in _ARTICLES
    # Within a sentence only an article or a name shows where a subject begins.
    begins = bool(others) if article else not first.islower() and first.casefold() not in STOP_WORDS
    ends = words.split()[-1].casefold() not in ("one", "ones", "others", "of")
    # "of" and the articles are the only stop words within a subject that does not lean on something else.
    whole = not any(word in STOP_WORDS and word != "of" and word not in _ARTICLES for word in others)
    short = len(others) < _MOST_WORDS and not any(letter.isdigit() for letter in words)
    if not (begins and ends and whole and short):
        return ""
    return f"{first.lower()} {' '.join(others)}" if article else lowered(words)


def _is_rest(words: str) -> bool:
    """Whether words can end a question: a verb or a state with what belongs to it, and nothing that needs other words."""
    said = words.split()
    clean = bool(re.fullmatch(_WORDS, words)) and said[0].casefold() not in STOP_WORDS
    return clean and len(said) <= _MOST_REST and not _leans(said)


def _leans(words: list[str]) -> bool:
    # "to" alone may stand inside: "expected to open", "raised to 12".
    return any(word.casefold() in _OPEN - {"to"} for word in words)

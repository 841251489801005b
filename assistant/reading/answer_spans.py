"""Sentence + question -> candidate answer spans by rules for the answer type: dates, numbers, names, places, reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.understanding.analysis import AnswerType, QuestionAnalysis
from index.stopwords import STOP_WORDS

Span = tuple[int, int]

_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_YEAR = r"(?:1[0-9]|20)\d\d(?:s|[-–]\d\d(?:\d\d)?)?"
_WORD_NUMBER = (
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    r"nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion|dozen|half|a third|"
    r"a quarter|twice|once|both|single|first|second|third|fourth|fifth|dozens|hundreds|thousands|millions|several)"
)
_UNIT_TIME = r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|decades?|centur(?:y|ies)|seasons?)"
_DATE = re.compile(
    rf"(?:{_DAY},?\s+)?(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+{_YEAR})?|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?"
    rf"|{_MONTH}(?:\s+of)?,?\s+{_YEAR})|\b{_DAY}(?:\s+(?:morning|afternoon|evening|night))?|\b{_YEAR}\b|\b\d{{4}}-\d\d-\d\d\b"
    rf"|\b(?:yesterday|today|tomorrow|tonight|overnight)\b|\b(?:last|next|this|earlier this|later this)\s+(?:{_UNIT_TIME}|{_DAY}|{_MONTH}|spring|summer|autumn|fall|winter)\b"
    rf"|\b\d{{1,2}}(?:[:.]\d\d)?\s?(?:a\.?m\.?|p\.?m\.?)|\b\d{{1,2}}:\d\d\b|\b(?:the\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)|(?:{_WORD_NUMBER}))\s+(?:century|minute)"
    rf"|\b(?:in|by|around|circa|until|since)\s(?:AD\s)?\d{{3}}\b|\b(?:midnight|noon|dawn)\b|\b(?:Christmas|Easter|New Year)\b|\b(?:in|during|early|late|mid-)\s?(?:{_MONTH}|spring|summer|autumn|winter)\b"
    rf"|\b(?:{_WORD_NUMBER}|\d+)\s+{_UNIT_TIME}\s+(?:ago|later|earlier|before|after)\b"
    rf"|\bpost-\w[\w\s]{{0,20}}?(?:War(?: [IVX]+)?|war)\b|\b(?:after|before|following|during)\s+(?:the\s+)?[A-Z]\w+(?:\s+[A-Z]\w+)*"
)
_NUMBER = re.compile(
    rf"(?:[$€£¥]\s?)?\b\d+(?:[.,]\d+)*(?:\s?(?:%|percent|per cent))?(?:\s(?:hundred|thousand|million|billion|trillion))?\b(?:\s?%)?|\b{_WORD_NUMBER}\b(?:[-\s]{_WORD_NUMBER}\b)*",
    re.IGNORECASE,
)
_DURATION = re.compile(
    rf"\b(?:(?:about|nearly|almost|over|more than|less than|at least|up to)\s+)?(?:\d+(?:[.,]\d+)*|{_WORD_NUMBER}|an?)(?:[-\s]{_WORD_NUMBER})*[-\s]{_UNIT_TIME}\b|\bsince\s+(?:[\w\s]{{2,30}}?)?{_YEAR}|\bbriefly\b|\b(?:decades|centuries|years|months)\b",
    re.IGNORECASE,
)
_LENGTH = r"(?:[kcm]?m|mm|(?:kilo|centi|milli)?met(?:re|er)s?|miles?|feet|foot|ft|inch(?:es)?|yards?|light[- ]years?)"
_MEASURES = tuple(
    (
        word,
        re.compile(
            rf"\b(?:\d+(?:[.,]\d+)*|{_WORD_NUMBER})(?:[-\s](?:hundred|thousand|million|billion))?[-\s]?{unit}\b",
            re.IGNORECASE,
        ),
    )
    for word, unit in (
        ("old", r"(?:years?(?:[- ]old)?|months?[- ]old|days?[- ]old)"),
        ("(?:tall|wide|far|deep|high|big|large)", _LENGTH),
        ("heavy", r"(?:kg|g|tons?|tonnes?|(?:kilo)?grams?|pounds?|lbs?|ounces?)"),
        ("(?:hot|cold|warm)", r"(?:°|degrees?)\s?[CF]?"),
        ("fast", r"(?:km/h|mph|kmh|m/s|kilomet(?:re|er)s|miles|knots)"),
        ("often", r"(?:times?|a (?:day|week|month|year)|per (?:day|week|month|year))"),
    )
)
_ORDINALS = frozenset(["first", "second", "third", "once", "both", "single", "one"])
_CAPITALISED = r"[A-Z0-9][\w’'.&-]*[\w’']|[A-Z]"
_NAME = re.compile(rf"(?:{_CAPITALISED})(?:\s+(?:(?:of|the|de|la|van|von|al|bin|and the|for)\s+)?(?:{_CAPITALISED}))*")
_ROLE = re.compile(
    r"(?:(?:\b[A-Z][\w-]+\s+)*\b(?:president|minister|secretary|spokes\w+|chief|leader|captain|coach|director|professor|general|king|queen|chairman|officer|author|scientist|goalkeeper|striker|defender|mayor|senator|judge)\s+)$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    rf"\b(?:in|at|to|from|near|across|toward|towards|outside|inside|around|through|over|on|into|along|between|off|beneath|under|within)\s+((?:the\s+)?(?:[a-z]+(?:ern)?\s+){{0,2}}(?:{_CAPITALISED})(?:\s+(?:(?:of|the|and)\s+)?(?:{_CAPITALISED}))*(?:\s+(?:peninsula|border|coast|river|sea|city|province|state|region|airport|university|stadium|street|island|valley|mountains?|lake|bay))?)"
    r"|\b(?:in|at|to|from|near|across|outside|inside|on|along|beneath|under)\s+((?:the|a|an|its|their|his|her)\s+[\w-]+(?:\s+[\w-]+)?)"
)
_DATELINE = re.compile(
    r"^((?:[A-Z][A-Z.’'-]+)(?:[ ,/]+(?:[A-Z][A-Z.’'-]+|[A-Z][a-z]+\.?))*)(?=\s*(?:\([^)]{1,30}\)\s*)?(?::|\s[—–-]\s?|[—–]))"
)
_PURPOSE = (
    "achieve address allow attract avoid ban bolster boost bring build buy celebrate change check clear combat connect control create cut "
    "defend deter develop discuss encourage end enhance ensure escape establish examine expand explore express fight find finish "
    "fund gain get give greet hail halt help honour honor improve increase investigate join keep learn limit maintain make mark meet "
    "mourn negotiate obtain open pay persuade prepare preserve press prevent promote protect protest prove provide raise reach "
    "reduce remove replace rescue restore save secure seek sell show sign speed stop strengthen study support take talk teach test win"
)
_REASON = re.compile(
    r"\b(?:because|due to|owing to|thanks to|so that|so as to|in order to|in (?:a bid|an effort|response|exchange|protest|retaliation|return|recognition)\b|"
    r"on the grounds|in the hope|aim(?:s|ed|ing)? (?:to|at)|amid|caused by|prompted by|driven by|as a result|over|as|since(?! (?:\d|then))|after|"
    r"facing|seeking|hoping|due|which (?:led|caused|prompted|means|made)|to (?:"
    + "|".join(_PURPOSE.split())
    + r"))\s[^.;]+"
)
_QUOTED = re.compile(r"“[^”]{3,}”|\"[^\"]{3,}\"")
_REPORTED = re.compile(
    r"\b(?:said|says|stated|stating|wrote|noted|told|remarked|added|announced|claim(?:s|ed)?|suggest(?:s|ed)?|accus(?:ed|es|ing)|prais(?:ed|es)|voiced|"
    r"express(?:ed|es)|warn(?:ed|s)|den(?:ied|ies)|argu(?:ed|es)|report(?:ed|s)|explain(?:ed|s)|call(?:ed|s)|describ(?:ed|es)|believ(?:ed|es)|commended|highlighted)\b",
)


def candidates(sentence: str, asked: QuestionAnalysis) -> list[Span]:
    """Spans of the sentence that fit the answer type, best first; empty if none does or the type needs no span.

    A span needs a content word that the question does not have.
    """
    find = _FINDERS.get(asked.answer_type)
    if find is None:
        return []
    given = set(asked.terms)
    spans = [span for span in find(sentence, asked) if _is_news(sentence[slice(*span)], given)]
    return list(dict.fromkeys(spans))


def needs_span(answer_type: AnswerType) -> bool:
    """Whether an answer of this type must have a span of its own."""
    return answer_type in _FINDERS


def _is_news(text: str, given: set[str]) -> bool:
    words = [word.lower().removesuffix("’s").removesuffix("'s") for word in re.findall(r"\w+(?:[’']\w+)?", text)]
    return any(word not in given and word not in STOP_WORDS for word in words)


def _dates(sentence: str, asked: QuestionAnalysis) -> Iterator[Span]:
    """Dates and times, those with digits first; for "When was it last ...?" durations ("four years") instead, if there are any."""
    lengths = list(_durations(sentence, asked)) if re.search(r"\b(?:last|previous)", asked.text, re.IGNORECASE) else []
    if lengths:
        yield from lengths
        return
    found = [match.span() for match in _DATE.finditer(sentence)]
    yield from sorted(
        found, key=lambda span: -(span[1] - span[0]) if any(c.isdigit() for c in sentence[slice(*span)]) else 0
    )


def _numbers(sentence: str, asked: QuestionAnalysis) -> Iterator[Span]:
    """Numbers with the noun or unit that is asked for; if there are none, numbers that are neither years nor ordinals."""
    measured = next(
        (unit for word, unit in _MEASURES if re.search(rf"\bhow {word}\b", asked.text, re.IGNORECASE)), None
    )
    if measured:
        yield from (match.span() for match in measured.finditer(sentence))
        return
    counted: list[Span] = []
    loose: list[Span] = []
    for match in _NUMBER.finditer(sentence):
        text = match.group().lower()
        if noun := _counted(sentence[match.end() :], asked.focus):
            counted.append((match.start(), match.end() + noun))
        elif not re.fullmatch(_YEAR, text) and text not in _ORDINALS and not sentence[match.end() :].startswith("-"):
            loose.append(match.span())
    yield from counted or loose


def _counted(after: str, focus: str) -> int:
    """The end of the noun asked for if it stands among the first four words after a number, perhaps misspelt; else 0."""
    for match in list(re.finditer(r"[\w-]+", after[:50]))[:4]:
        noun = match.group().lower()
        if focus and (noun[:5] == focus[:5] or (len(focus) > 4 and _misspelt(noun, focus))):
            return match.end()
        if re.search(r"[.;:,]", after[: match.start()]):
            break
    return 0


def _misspelt(noun: str, focus: str) -> bool:
    from rapidfuzz.distance import DamerauLevenshtein

    return bool(DamerauLevenshtein.distance(noun, focus, score_cutoff=2) <= 2)


def _durations(sentence: str, asked: QuestionAnalysis) -> Iterator[Span]:
    yield from (match.span() for match in _DURATION.finditer(sentence))


def _names(sentence: str, asked: QuestionAnalysis) -> Iterator[Span]:
    """Names, or the role before a name that the question has itself; then words for people ("troops", "experts")."""
    given = set(asked.terms)
    for match in _NAME.finditer(sentence):
        start, end = match.span()
        first = re.match(r"[\w’']+", match.group())
        while first and first.group().lower() in STOP_WORDS and start + first.end() < end:
            start += first.end()
            start += len(sentence[start:end]) - len(sentence[start:end].lstrip())
            first = re.match(r"[\w’']+", sentence[start:end])
        text = sentence[start:end]
        if not text or text.lower() in STOP_WORDS or text.replace(",", "").isdigit():
            continue
        if all(word.lower().removesuffix("’s") in given or word.lower() in STOP_WORDS for word in text.split()):
            # The question has this name itself: the role before it ("spokesman X") is the answer.
            role = re.search(r"((?:[A-Z][\w-]+\s+)*[a-z]*(?:[A-Z][\w-]+\s+)*(?:[a-z]+\s+)?)$", sentence[:start])
            if role and _is_news(role.group(1), given) and _ROLE.search(role.group(1)):
                yield start - len(role.group(1)), start - (len(role.group(1)) - len(role.group(1).rstrip()))
            continue
        yield start, end
    for match in re.finditer(
        r"\b(?:its|their|the|some|many|\d+)?\s?(troops|soldiers|experts|officials|researchers|scientists|residents|students|members|players|fans|police|allies|people|authorities|staff|customers|applicants|tenants)\b",
        sentence,
    ):
        yield match.start(1), match.end(1)


def _places(sentence: str, asked: QuestionAnalysis) -> Iterator[Span]:
    if match := _DATELINE.match(sentence):
        yield match.span(1)
    for match in _PLACE.finditer(sentence):
        group = 1 if match.group(1) else 2
        if not re.fullmatch(rf"(?:the )?(?:{_DAY}|{_MONTH}|{_YEAR}).*", match.group(group)):
            yield match.span(group)


def _reasons(sentence: str, asked: QuestionAnalysis) -> Iterator[Span]:
    yield from (
        (match.start(), match.start() + len(match.group().rstrip(" ,”"))) for match in _REASON.finditer(sentence)
    )


def _words_said(sentence: str, asked: QuestionAnalysis) -> Iterator[Span]:
    yield from (match.span() for match in _QUOTED.finditer(sentence))
    if match := _REPORTED.search(sentence):
        yield match.start(), len(sentence)


_FINDERS: dict[AnswerType, Callable[[str, QuestionAnalysis], Iterator[Span]]] = {
    "when": _dates,
    "number": _numbers,
    "duration": _durations,
    "who": _names,
    "where": _places,
    "why": _reasons,
    "said": _words_said,
}


def dateline(sentence: str) -> Span | None:
    """The span of the place that begins a report ("PARIS (AP) - ..."), or None."""
    match = _DATELINE.match(sentence)
    return match.span(1) if match else None

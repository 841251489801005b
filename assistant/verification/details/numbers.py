"""Text -> the numbers in it, by their values: 5,000 = 5 000 = 5000, four = 4, 3rd = third, $5 million = 5,000,000."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
).split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_ENGLISH = {
    **{word: n for n, word in enumerate(_WORDS)},
    **{word: n for n, word in enumerate(_ORDINALS, 1)},
    **_TENS,
    **{f"{ten}-{_WORDS[n]}": value + n for ten, value in _TENS.items() for n in range(1, 10)},
    "dozen": 12,
}
_OTHERS = (
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "deux trois quatre cinq six sept huit neuf dix onze douze",
    "dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "due tre quattro cinque sei sette otto nove dieci undici dodici",
    "dois três quatro cinco seis sete oito nove dez onze doze",
    "twee drie vier vijf zes zeven acht negen tien elf twaalf",
)
"""The numbers from two to twelve in other languages."""
_NUMBER_WORDS = (*_ENGLISH.items(), *((word, n) for line in _OTHERS for n, word in enumerate(line.split(), 2)))
_MEANT = {word: frozenset((str(n),) for name, n in _NUMBER_WORDS if name == word) for word, _ in _NUMBER_WORDS}
_CLAIMED = _ENGLISH.keys() - {"one", "first", "zero"}
"""Number words that must be proven: not `one` and `first`, which mostly mean no number, nor other languages' words."""

_SCALES = {
    2: "hundred hundreds",
    3: "thousand thousands k tausend mille mil mila duizend",
    6: "million millions mn mio mln m millionen millón millones milione milioni milhão milhões miljoen",
    9: "billion billions bn milliard milliards mrd mld milliarden miliardo miliardi miljard",
    12: "trillion trillions tn billionen",
}
_SHIFTS = {word: shift for shift, words in _SCALES.items() for word in words.split()}
_UNSURE = {"k", "m", "mil", "mille"}
"""Scales that may mean something else after a number, such as metres, unless a currency sign stands before it."""

_TOKEN = re.compile(
    r"(?P<digits>\d+(?:[,.'’]\d+)*(?:[ \u00a0\u2009\u202f]\d{3}(?!\d))*(?:,\d+)?)(?:st|nd|rd|th)?"
    rf"|(?P<word>(?:{'|'.join(_TENS)})-(?:{'|'.join(_WORDS[1:10])})(?![^\W\d_])|[^\W\d_]+)",
    re.IGNORECASE,
)
_SCALE = re.compile(r"[\s-]?([^\W\d_]+)")
_JOINED = re.compile(r"\s?(?:-|–|—|to|or|and|bis|à|a|und|oder|et|ou|o)?\s?[$€£¥]?")
_CURRENCY = re.compile(r"[$€£¥]\s?\Z")

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text.

    Attributes:
        start: first character.
        end: one past its last character, a word such as "million" included.
        readings: its possible meanings, each of one value or of several in a row; values are plain decimals.
        unsure: it is written as a word that may not be a number, or not be meant as one.
        shift: the power of ten of the word after it; 0 = no such word.
    """

    start: int
    end: int
    readings: frozenset[Values]
    unsure: bool = False
    shift: int = 0

    @property
    def values(self) -> frozenset[str]:
        """The values of all readings."""
        return frozenset(value for reading in self.readings for value in reading)


def numbers(text: str) -> list[Number]:
    """The numbers of a text, in order."""
    found = list(_numbers(text))
    for n in range(len(found) - 2, -1, -1):
        this, after = found[n], found[n + 1]
        if after.shift and not this.shift and _JOINED.fullmatch(text, this.end, after.start):
            # In "5 or 6 million" the first number may mean millions too.
            found[n] = replace(this, readings=this.readings | _shifted(this.readings, after.shift))
    return found


def _numbers(text: str) -> Iterator[Number]:
    for token in _TOKEN.finditer(text):
        word = token["word"] and token["word"].casefold()
        readings = _readings(token["digits"]) if token["digits"] else _MEANT.get(word, frozenset())
        scale = _SCALE.match(text, token.end()) if readings or word in {"a", "an"} else None
        shift = _SHIFTS.get(scale[1].casefold(), 0) if scale else 0
        if not readings:
            if not shift:
                continue
            readings = frozenset({("1",)})
        if not (scale and shift):
            yield Number(token.start(), token.end(), readings, bool(word) and word not in _CLAIMED)
            continue
        scaled = _shifted(readings, shift)
        if scale[1].casefold() in _UNSURE and not _CURRENCY.search(text, max(token.start() - 2, 0), token.start()):
            scaled |= readings
        yield Number(token.start(), scale.end(), scaled, False, shift)


def _readings(digits: str) -> frozenset[Values]:
    digits = _ascii(digits)
    groups = re.split(r"[ \u00a0\u2009\u202f]", digits)
    if len(groups) == 1:
        return frozenset(_written(digits))
    parts = tuple(value for group in groups for reading in _written(group)[:1] for value in reading)
    whole = re.fullmatch(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+([.,]\d+)?", digits)
    if not whole:
        return frozenset({parts})
    fraction = whole[1] or ""
    joined = (plain_decimal(re.sub(r"\D", "", digits[: len(digits) - len(fraction)]), fraction[1:]),)
    # "on June 18 300 people" may be a row of numbers, "5 000" may not: no number begins with 0.
    return frozenset({joined} if any(group.startswith("0") for group in groups[1:]) else {joined, parts})


def _written(digits: str) -> list[Values]:
    """The readings of digits without white space, the likeliest first."""
    whole, dot, fraction = digits.rpartition(".")
    if re.fullmatch(r"(?!0)\d{1,3}(?:[,'’]\d{3})+|\d{1,2}(?:,\d\d)+,\d{3}", whole if dot else digits):
        return [(plain_decimal(re.sub(r"\D", "", whole if dot else digits), fraction if dot else ""),)]
    whole, comma, fraction = digits.rpartition(",")
    whole, fraction = (whole, fraction) if comma else (digits, "")
    if re.fullmatch(r"(?!0)\d{1,3}(?:\.\d{3})+", whole):
        grouped = (plain_decimal(whole.replace(".", ""), fraction),)
        certain = comma or whole.count(".") > 1 or whole.endswith(".000")
        return (
            [grouped]
            if certain
            else [grouped, (plain_decimal(whole[: whole.index(".")], whole[whole.index(".") + 1 :]),)]
        )
    pieces = re.split(r"[,.'’]", digits)
    if len(pieces) == 2:
        return [(plain_decimal(pieces[0], pieces[1]),)]
    return [tuple(plain_decimal(piece) for piece in pieces)]


def plain_decimal(whole: str, fraction: str = "", shift: int = 0) -> str:
    """A number in the form in which values are compared: no superfluous zeros, no exponent.

    It is text, since Python's numbers refuse or round numbers with thousands of digits.
    """
    digits = whole + fraction.ljust(shift, "0")
    point = len(whole) + shift
    left, right = digits[:point].lstrip("0") or "0", digits[point:].rstrip("0")
    return f"{left}.{right}" if right else left


def _shifted(readings: frozenset[Values], shift: int) -> frozenset[Values]:
    """The readings with the last number of each times a power of ten."""
    found = set()
    for *before, last in readings:
        whole, _, fraction = last.partition(".")
        found.add((*before, plain_decimal(whole, fraction, shift)))
    return frozenset(found)


def _ascii(digits: str) -> str:
    if digits.isascii():
        return digits
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in digits)

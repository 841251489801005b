"""Elliptical follow-ups ("And a ticket?", "In euros?"): the answer before, said again, does not answer them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.core.answer import Answer, Citation
from index.telling import telling_stems, telling_words

_SHORT = re.compile(r"(?<=\d)\s?([^\W\d_]{1,3})\b")
"""A unit behind a number, as in "20 km"."""
_FIGURE = re.compile(r"\d")
_IN_UNITS = re.compile(
    r"in (?:(?:us|american|british|canadian|australian|swiss) )?(?:dollars|euros|pounds|yen|francs|kroner|kronor|rubles|rupees"
    r"|yuan|cents|miles|(?:kilo|centi|milli)?met(?:re|er)s|feet|inches|yards|acres|hectares|lit(?:re|er)s|gallons|kilos"
    r"|(?:kilo)?grams|ounces|tonnes|tons|degrees|celsius|fahrenheit|seconds|minutes|hours|days|weeks|months|years|per ?cent)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A question that asks the last one of something else, or in another unit.

    Attributes:
        topic: of what: "a ticket", "in euros".
        before: the last answer.
    """

    topic: str
    before: Answer

    def missing(self, cited: Sequence[Citation], key: str) -> str:
        """The topic, if a sentence doesn't name it and says the last answer again, or a figure in other units; else "".

        Args:
            cited: the quotes of the sentence.
            key: the words that it marks as the answer.
        """
        marked = {word for sentence in self.before.sentences for word in sentence.keys}
        again = all(any(one.overlaps(other) for other in self.before.citations) for one in cited)
        another = bool(key and marked and key not in marked)
        if (not again or another) and not self._asks_unit(key):
            return ""
        return "" if any(states(self.topic, one.quote) for one in cited) else self.topic

    def _asks_unit(self, key: str) -> bool:
        """Whether a figure follows a figure, and the topic may be what it is to be counted in: "in euros"."""
        marked = " ".join(word for sentence in self.before.sentences for word in sentence.keys)
        return all(map(_FIGURE.search, (key, marked))) and _IN_UNITS.fullmatch(self.topic.strip()) is not None


def states(topic: str, quote: str) -> bool:
    """Whether a quote has a word of the topic, a sign that is called so (€ for euros), or a unit that is short for one (km)."""
    wanted = telling_stems(topic)
    if not wanted or wanted & telling_stems(quote):
        return True
    named = {word for sign in set(quote) if not sign.isalnum() for word in unicodedata.name(sign, "").lower().split()}
    if wanted & telling_stems(" ".join(named)):
        return True
    short = {match.group(1).lower() for match in _SHORT.finditer(quote)}
    return any(_short_for(unit, word.lower()) for unit in short for word in telling_words(topic))


def _short_for(unit: str, word: str) -> bool:
    """Whether a unit's letters stand in a word in this order, the first letter first."""
    letters = iter(word)
    return word[:1] == unit[:1] and all(letter in letters for letter in unit)

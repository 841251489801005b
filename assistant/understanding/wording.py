"""Question -> the features that tell how it is worded: words, their shapes, their places and their neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:['-][^\W\d_]+)*|\S")
_NAME, _NUMBER = "Name", "0"
_PLACES = 6
"""Of so many words from the first also their places count."""
_SHORT = 5
"""Words of fewer letters tell how a question is built: "Which of the huts were ..." asks for several."""
_PLURAL = re.compile(r"(?<![sui])s\Z|(?<=[^aeiou])ies\Z")
_BEFORE, _AFTER = 4, 5
"""So many tokens on the left and on the right of a cut count."""


class Wording:
    """The tokens of a question: as they are written, in lower case with digits as 0, and with names as one word.

    Attributes:
        starts: where each token begins in the question.
        written: the tokens as they stand there.
        lower: in lower case; a number is "0".
        shaped: the same, and "Name" for a capitalised word that is not the first.
    """

    def __init__(self, question: str) -> None:
        """Cut the question into tokens."""
        found = list(_TOKEN.finditer(question.replace("’", "'")))
        self.starts = [one.start() for one in found]
        self.written = [one.group() for one in found]
        self.lower = [_NUMBER if word[0].isdigit() else word.lower() for word in self.written]
        capitals = (n > 0 and word[0].isupper() for n, word in enumerate(self.written))
        self.shaped = [_NAME if name else word for name, word in zip(capitals, self.lower, strict=True)]


def features_of_word(word: str) -> Iterator[str]:
    """The features of a word wherever it stands, in lower case."""
    yield f"word {word}"
    if len(word) > 4 and word[0].isalnum():
        yield f"ending {word[-3:]}"
        yield f"begins {word[:5]}"


def features_of(wording: Wording) -> Iterator[str]:
    """The features of a whole question."""
    yield from (feature for word in wording.lower for feature in features_of_word(word))
    around = ["<", *wording.shaped, ">"]
    yield from (f"two {a} {b}" for a, b in pairwise(around))
    yield from (f"three {' '.join(around[n : n + 3])}" for n in range(len(around) - 2))
    yield from (f"gap {around[n]} {around[n + 2]}" for n in range(len(around) - 2))
    words = [word for word in wording.shaped if word[0].isalnum()]
    yield from (f"first {' '.join(words[:n])}" for n in range(1, 5))
    plain = [word for word in wording.lower if word[0].isalnum()]
    yield from (f"at {n} {word}" for n, word in enumerate(plain[:_PLACES]))
    yield from (f"ends {n} {word[-2:]}" for n, word in enumerate(plain[:_PLACES]) if len(word) > 3)
    for word in set(plain[1:_PLACES]):
        if len(word) < _SHORT:
            yield f"opens {plain[0]} {word}"
    if len(plain) > 1:
        several = next(
            (n for n, word in enumerate(plain[1:_PLACES]) if len(word) >= _SHORT - 1 and _PLURAL.search(word)), 9
        )
        yield f"plural {plain[0]} {several}"
        yield f"plural {plain[0]} {several < 9}"
    yield f"length {min(len(plain) // 3, 6)}"
    yield f"last {(wording.lower or [''])[-1]}"
    yield f"names {min(wording.shaped.count(_NAME), 4)}"


def features_of_cut(wording: Wording, place: int) -> Iterator[str]:
    """The features of the place before a token, where another question may begin.

    Args:
        wording: of the whole.
        place: number of the token, from 1.
    """
    left, right = ["<", *wording.shaped[:place]][-_BEFORE:], [*wording.shaped[place:], ">"][:_AFTER]
    yield from (f"left {n} {word}" for n, word in enumerate(reversed(left)))
    yield from (f"right {n} {word}" for n, word in enumerate(right))
    yield from (f"from {' '.join(right[:n])}" for n in range(2, 4))
    yield f"to {' '.join(left[-2:])}"
    yield f"between {left[-1]} {right[0]} {_next(right)}"
    yield from (f"whole {word} {right[0]} {_next(right)}" for word in wording.shaped[:1])
    yield f"before {min(place, 8)}"
    yield f"after {min(len(wording.shaped) - place, 8)}"
    yield f"asks {wording.lower[-1] == '?'}"


def features_of_token(wording: Wording, place: int) -> Iterator[str]:
    """The features of a token that may name a thing that is compared.

    Args:
        wording: of the whole.
        place: number of the token, from 0.
    """
    yield from features_of_cut(wording, place)
    word, written = wording.shaped[place], wording.written[place]
    yield f"here {word}"
    yield f"form {written[0].isupper()} {written[0].isdigit()} {written[0].isalnum()} {len(written) > 3}"
    yield from (f"behind {word}" for word in set(wording.lower[:place]) if len(word) < 9)
    yield from (f"ahead {word}" for word in set(wording.lower[place + 1 :]) if len(word) < 9)


def _next(right: Sequence[str]) -> str:
    return right[1] if len(right) > 1 else ""

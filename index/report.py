"""What adding articles tells: how far it is, and in the end what became of each source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Progress = Callable[[float, int, str], None]
"""Called with (articles done, articles in all, name of the next). The first number is a fraction, by the bytes of the sources: a
file of twenty times the length counts twenty times as much. It never falls."""

_READING = 0.1
"""Reading and cutting an article up, as a part of the time that it takes in all; the rest is for embedding and storing it."""


@dataclass(frozen=True, slots=True)
class AddReport:
    """The result of an `add`.

    Attributes:
        added: ids of new articles.
        unchanged: ids of articles that were there already.
        replaced: ids of articles whose old version was replaced.
        skipped: (path, reason) for each source that could not be added.
    """

    added: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON types."""
        return {
            "added": list(self.added),
            "unchanged": list(self.unchanged),
            "replaced": list(self.replaced),
            "skipped": [list(pair) for pair in self.skipped],
        }


class Meter:
    """Tells how far an `add` is.

    Attributes:
        left: bytes that are not read yet.
        waiting: bytes that were read and are to be stored.
    """

    def __init__(self, sizes: Sequence[int], tell: Progress | None) -> None:
        """Nothing is done yet.

        Args:
            sizes: bytes of each source, in any order.
            tell: is told.
        """
        self._count = len(sizes)
        self._all = sum(sizes)
        self._done = 0.0
        self._tell = tell
        self.left = self._all
        self.waiting = 0.0

    def next(self, name: str) -> None:
        """A source is about to be read."""
        self._say(self._done, name)

    def dropped(self, size: int) -> None:
        """A source was read, and nothing of it is to be stored."""
        self._done += size
        self.left -= size

    def read(self, size: int) -> None:
        """A source was read, and waits to be stored."""
        self.left -= size
        self._done += _READING * size
        self.waiting += (1 - _READING) * size

    def embedded(self, done: int, total: int) -> None:
        """So much of what waits was embedded."""
        self._say(self._done + self.waiting * done / max(1, total), "")

    def stored(self) -> None:
        """What waited is stored."""
        self._done += self.waiting
        self.waiting = 0.0
        self._say(self._done, "")

    def ended(self) -> None:
        """All is done."""
        self._say(self._all, "")

    def _say(self, done: float, name: str) -> None:
        if self._tell:
            part = min(1.0, done / self._all) if self._all else 1.0
            self._tell(part * self._count, self._count, name)

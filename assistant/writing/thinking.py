"""A reply as it comes in -> the same without the thoughts that some models write before it."""

from __future__ import annotations

_OPEN, _CLOSE = "<think>", "</think>"


class ThoughtFilter:
    """Takes `<think>…</think>` out of the beginning of a reply; thoughts without an end take everything with them.

    However the reply is cut into pieces, what is let through is the same.
    """

    def __init__(self) -> None:
        self._held = ""
        """What may be the beginning of a mark."""
        self._look_for: str | None = _OPEN

    def feed(self, piece: str) -> str:
        """What can be let through now that this piece has come."""
        if self._look_for is None:
            return piece
        self._held += piece
        if self._look_for == _OPEN:
            begun = self._held.lstrip()
            if begun.startswith(_OPEN):
                self._look_for, self._held = _CLOSE, begun.removeprefix(_OPEN)
            elif not _OPEN.startswith(begun):
                return self._release(self._held)
        if self._look_for == _CLOSE:
            _, mark, after = self._held.partition(_CLOSE)
            if mark:
                return self._release(after)
            self._held = self._held[1 - len(_CLOSE) :]
        return ""

    def end(self) -> str:
        """What was held back and is no thought, now that the reply has ended."""
        return self._release(self._held) if self._look_for == _OPEN else ""

    def _release(self, text: str) -> str:
        self._held, self._look_for = "", None
        return text

"""A reply as it comes in -> the reply without the thoughts that some models write before it."""

from __future__ import annotations

_OPEN, _CLOSE = "<think>", "</think>"


class ThoughtFilter:
    """Removes `<think>…</think>` from the beginning of a reply; thoughts without an end take the whole reply with them.

    The result does not depend on how the reply is cut into pieces.
    """

    def __init__(self) -> None:
        self._held = ""
        """Text that may be the beginning of a tag."""
        self._look_for: str | None = _OPEN

    def feed(self, piece: str) -> str:
        """Take the next piece. Returns the text that can be let through now."""
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
        """Note the reply's end. Returns the text that was held back and turned out to be no thought."""
        return self._release(self._held) if self._look_for == _OPEN else ""

    def _release(self, text: str) -> str:
        self._held, self._look_for = "", None
        return text

"""Evidence -> the windows that are read: passages with their neighbours, where they are short."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.article import Passage
from index.evidence import Evidence

_MOST_CHARS, _MOST_TOKENS = 900, 210
"""A window has so many characters and about so many tokens, if its passage has no more."""
_TOKEN = re.compile(r"\d{1,2}|[a-zA-Z\u00c0-\u024f]{1,6}|\S")
"""Roughly a WordPiece token; of other scripts than the Latin each letter is one."""
_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class EvidenceWindow:
    """Neighbouring passages of an article as one text.

    Attributes:
        evidence: the found passage.
        rank: its rank, from 0.
        pieces: passages or ends of them, with where they begin in the context and in the passage.
        context: the text that is read.
    """

    evidence: Evidence
    rank: int
    pieces: tuple[tuple[Passage, int, int], ...]
    context: str

    def place(self, start: int) -> tuple[Passage, int]:
        """The passage that a character of the context belongs to, and its place in that."""
        passage, begins, skipped = [piece for piece in self.pieces if piece[1] <= start][-1]
        return passage, start - begins + skipped

    @property
    def head(self) -> str:
        """The article's title and the headings above, which tell what the context is about."""
        heading = self.pieces[0][0].heading
        return f"{self.evidence.title} › {heading}" if heading else self.evidence.title

    def is_silent(self, start: int) -> bool:
        """Whether what begins at a character of the context is no evidence, such as a heading."""
        passage, place = self.place(start)
        return passage.is_silent(place)

    @property
    def passages(self) -> tuple[str, ...]:
        """Ids of the passages that the window has whole."""
        return tuple(passage.id for passage, _, skipped in self.pieces if not skipped)


def windows_of(evidence: Sequence[Evidence]) -> list[EvidenceWindow]:
    """The windows, in the order of the evidence; a passage that an earlier window has is not read again.

    A headline or a date line is read only if nothing else was found.
    """
    bodies = [(rank, item) for rank, item in enumerate(evidence) if item.passage.kind == "body"]
    windows: list[EvidenceWindow] = []
    read: set[str] = set()
    for rank, item in bodies or list(enumerate(evidence)):
        if item.passage.id not in read:
            windows.append(_window(rank, item))
            read.update(windows[-1].passages)
    return windows


def _window(rank: int, item: Evidence) -> EvidenceWindow:
    """The passage, with the one behind it and the one before it if there is room."""
    parts = [item.passage]
    for other, place in ((item.after, len(parts)), (item.before, 0)):
        if other is not None and other.kind == "body" and _fits("".join(part.text for part in (*parts, other))):
            parts.insert(place, other)
    pieces: list[tuple[Passage, int, int]] = []
    context = ""
    end = 0
    for part in parts:
        # Passages of a paragraph that was cut share a sentence.
        skipped = max(0, end - part.start)
        if skipped < len(part.text):
            context += _BETWEEN if context else ""
            pieces.append((part, len(context), skipped))
            context += part.text[skipped:]
            end = part.end
    return EvidenceWindow(item, rank, tuple(pieces), context)


def _fits(text: str) -> bool:
    return len(text) <= _MOST_CHARS and len(_TOKEN.findall(text)) <= _MOST_TOKENS

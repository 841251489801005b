"""A reader with a substitute, for where its network can't be loaded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from assistant.core.draft import Draft
from assistant.core.errors import ReaderError
from assistant.core.kinds import Kind
from assistant.reading.protocol import NetworkedReader
from index.evidence import Evidence

_log = logging.getLogger(__name__)
Result = TypeVar("Result")


class SubstituteReader:
    """Reads with one reader until that can't be loaded, then with another, and says so in each answer."""

    def __init__(self, reader: NetworkedReader, substitute: NetworkedReader) -> None:
        """Loads nothing yet.

        Args:
            reader: reads as long as it can.
            substitute: reads from then on.
        """
        self._reader, self._substitute = reader, substitute
        self._problem = ""

    @property
    def name(self) -> str:
        """See `Reader.name`: that of the reader that reads now."""
        return self._now.name

    @property
    def _now(self) -> NetworkedReader:
        return self._substitute if self._problem else self._reader

    def _tried(self, ask: Callable[[NetworkedReader], Result]) -> Result:
        if not self._problem:
            try:
                return ask(self._reader)
            except ReaderError as error:
                self._problem = str(error)
                _log.warning("The fast reader is used instead of the strong one. %s", error)
        return ask(self._substitute)

    def read_as(self, kind: Kind, question: str, evidence: Sequence[Evidence]) -> Draft:
        """See `ByKind.read_as`."""
        return self._noted(self._tried(lambda reader: reader.read_as(kind, question, evidence)))

    def warm(self) -> None:
        """See `Loaded.warm`."""
        self._tried(lambda reader: reader.warm())

    @property
    def candidates(self) -> int:
        """See `Reranking.candidates`."""
        return self._now.candidates

    def reranked(self, question: str, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
        """See `Reranking.reranked`."""
        return self._tried(lambda reader: reader.reranked(question, evidence))

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """See `Reader.read`."""
        return self._noted(self._tried(lambda reader: reader.read(question, evidence)))

    def _noted(self, draft: Draft) -> Draft:
        """The draft, with a note if the substitute made it."""
        notice = f"Read by the fast reader instead of the strong one. {self._problem}" if self._problem else ""
        return replace(draft, notice=notice) if notice else draft

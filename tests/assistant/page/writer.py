"""A reader that writes what a test hands it, when the test does, as a language model would; and tells when it was closed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence

from assistant.core.draft import Draft, DraftSentence, Proof, Quote
from assistant.reading.protocol import Drafting, Prove
from index.evidence import Evidence

_SECONDS_BETWEEN_SIGNS = 0.1


class Writer:
    """Writes for one question, asked once at a time; finds nothing for others, such as those that the page tries out itself.

    Attributes:
        writing: somebody waits for it to write.
        closed: whoever waited has gone before the end.
        proofs: what came of each sentence so far.
    """

    name = "writer"

    def __init__(self, question: str) -> None:
        self._question = question
        self.writing = threading.Event()
        self.closed = threading.Event()
        self.proofs: list[Proof] = []
        self._given: queue.Queue[tuple[str, str] | Draft | Exception] = queue.Queue()

    def write(self, text: str, quote: str) -> None:
        """Write a sentence.

        Args:
            text: in words of its own; empty = the quote speaks for itself.
            quote: looked for in the passages; one that stands in none is invented.
        """
        self._given.put((text, quote))

    def end(self, notice: str = "") -> None:
        """Write no more."""
        self._given.put(Draft((), 0.95, notice=notice))

    def fail(self, error: Exception) -> None:
        """End in an error."""
        self._given.put(error)

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """Nothing: only `stream` writes."""
        return Draft((), 0.0)

    def stream(self, question: str, evidence: Sequence[Evidence], prove: Prove, tokens: int | None = None) -> Drafting:
        """See `Streaming.stream`."""
        if question != self._question:
            return Draft((), 0.0)
        self.closed.clear()
        self.writing.set()
        sentences: list[DraftSentence] = []
        try:
            while True:
                try:
                    given = self._given.get(timeout=_SECONDS_BETWEEN_SIGNS)
                except queue.Empty:
                    yield
                    continue
                if isinstance(given, Exception):
                    raise given
                if isinstance(given, Draft):
                    return Draft(tuple(sentences), given.confidence, notice=given.notice)
                sentences.append(_sentence(*given, evidence))
                self.proofs.append(prove(sentences[-1]))
                yield
        except GeneratorExit:
            self._given = queue.Queue()
            self.closed.set()
            raise
        finally:
            self.writing.clear()


def _sentence(text: str, quote: str, evidence: Sequence[Evidence]) -> DraftSentence:
    passages = [item.passage for item in evidence]
    passage = next((one for one in passages if quote in one.text), passages[0])
    return DraftSentence((Quote(passage, quote),), text)

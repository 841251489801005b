"""The reader that the settings name, and its loading beside other work."""

from __future__ import annotations

import threading
from contextlib import suppress

from assistant.generating.model import LanguageModel
from assistant.generating.writing import Limits
from assistant.reading.generating import GeneratingReader
from assistant.reading.protocol import Loaded, Reader
from assistant.reading.quoting import QuotingReader
from assistant.reading.trained import TrainedReader
from assistant.settings import Settings
from index.embedding import Embedder


def open_reader(settings: Settings, embedder: Embedder, model: LanguageModel | None = None) -> Reader:
    """The reader of `settings.reader`, behind a language model if there is one; its network is loaded at the first question."""
    reader: Reader
    if settings.reader == "quoting":
        reader = QuotingReader(embedder, settings.threshold)
    else:
        reader = TrainedReader(embedder, settings.reader, settings.threshold)
    if model is None:
        return reader
    return GeneratingReader(model, reader, limits_of(settings))


def without_model(reader: Reader) -> Reader:
    """The reader that quotes where a language model can't be asked; the reader itself if it asks none."""
    return reader.fallback if isinstance(reader, GeneratingReader) else reader


def limits_of(settings: Settings) -> Limits:
    """How much the settings give a language model, and let it write."""
    return Limits(settings.llm_passage_tokens, settings.llm_answer_tokens, settings.llm_format)


class Loader:
    """Loads what a reader has to load; a reader without `warm` has nothing. Safe to use from several threads."""

    def __init__(self, reader: Reader) -> None:
        """Loads nothing yet."""
        self._reader = reader
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()

    def load(self) -> None:
        """Load now. Errors as the reader's."""
        if isinstance(self._reader, Loaded):
            self._reader.warm()

    def begin(self) -> None:
        """Begin to load beside other work, once; what goes wrong is said when the reader is asked to read."""
        with self._guard:
            if self._thread is None and isinstance(self._reader, Loaded):
                self._thread = threading.Thread(target=self._quietly, name="footnote-reader")
                self._thread.start()

    def close(self) -> None:
        """Wait for the loading that has begun."""
        with self._guard:
            if self._thread is not None:
                self._thread.join()

    def _quietly(self) -> None:
        with suppress(Exception):
            self.load()

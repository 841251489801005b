"""The reader that the settings name."""

from __future__ import annotations

from assistant.reading.protocol import Reader
from assistant.reading.quoting import QuotingReader
from assistant.reading.trained import TrainedReader
from assistant.settings import Settings
from index.embedding import Embedder


def open_reader(settings: Settings, embedder: Embedder) -> Reader:
    """The reader of `settings.reader`; its model is loaded at the first question."""
    if settings.reader == "quoting":
        return QuotingReader(embedder, settings.threshold)
    return TrainedReader(embedder, settings.reader, settings.threshold)

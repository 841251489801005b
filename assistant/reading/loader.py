"""Loads a reader's model in the background."""

from __future__ import annotations

import threading
from contextlib import suppress

from assistant.reading.protocol import Loaded, Reader


class Loader:
    """Loads a reader's model; a reader without `warm` has none. Safe to use from several threads."""

    def __init__(self, reader: Reader) -> None:
        """Loads nothing yet."""
        self._reader = reader
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()

    def load(self) -> None:
        """Load now. Raises the reader's errors."""
        if isinstance(self._reader, Loaded):
            self._reader.warm()

    def begin(self) -> None:
        """Begin to load in the background, once; an error shows when the reader reads."""
        with self._guard:
            if self._thread is None and isinstance(self._reader, Loaded):
                self._thread = threading.Thread(target=self._quietly, name="footnote-reader")
                self._thread.start()

    def close(self) -> None:
        """Wait until a loading that has begun is over."""
        with self._guard:
            if self._thread is not None:
                self._thread.join()

    def _quietly(self) -> None:
        with suppress(Exception):
            self.load()

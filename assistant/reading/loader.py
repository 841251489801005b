"""Loads what a reader has to load, beside other work."""

from __future__ import annotations

import threading
from contextlib import suppress

from assistant.reading.protocol import Loaded, Reader


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

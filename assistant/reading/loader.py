"""Loads a model in the background."""

from __future__ import annotations

import threading
from contextlib import suppress

from assistant.reading.protocol import Loaded


class Loader:
    """Loads the model of a reader or the like; one without `warm` has none. Safe to use from several threads."""

    def __init__(self, user: object) -> None:
        """Loads nothing yet."""
        self._user = user
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()

    def load(self) -> None:
        """Load now. Raises the errors of `warm`."""
        if isinstance(self._user, Loaded):
            self._user.warm()

    def begin(self) -> None:
        """Begin to load in the background, once; an error shows when the model is used."""
        with self._guard:
            if self._thread is None and isinstance(self._user, Loaded):
                self._thread = threading.Thread(target=self._quietly, name="footnote-loader")
                self._thread.start()

    def close(self) -> None:
        """Wait until a loading that has begun is over."""
        with self._guard:
            if self._thread is not None:
                self._thread.join()

    def _quietly(self) -> None:
        with suppress(Exception):
            self.load()

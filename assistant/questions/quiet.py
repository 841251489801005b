"""Makes questions that no user asked wait for those that users ask."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SECONDS_TO_QUIET = 10.0
"""Whoever waits so long for quiet goes on: on a busy page there may be none."""


class Quiet:
    """Knows whether users wait for answers. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._one = threading.Lock()
        self._asking = 0
        self._quiet = threading.Event()
        self._quiet.set()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let nothing be asked in the background inside this block: a user waits for an answer."""
        with self._lock:
            self._asking += 1
            self._quiet.clear()
        try:
            yield
        finally:
            with self._lock:
                self._asking -= 1
                if not self._asking:
                    self._quiet.set()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Ask one question in the background inside this block: when no user waits, and nobody else asks one so."""
        with self._one:
            self._quiet.wait(_SECONDS_TO_QUIET)
            yield

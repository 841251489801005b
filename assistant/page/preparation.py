"""Prepares in a background thread what questions need, while the page is served already."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from assistant.core.errors import FootnoteError
from assistant.page.words import say

_log = logging.getLogger(__name__)


class Preparation:
    """Work in the background when the page starts; questions wait for its end."""

    def __init__(self, work: Callable[[], None]) -> None:
        """`work` runs once `start` is called."""
        self._work = work
        self._thread = threading.Thread(target=self._run, name="footnote-preparation", daemon=True)
        self._ended = threading.Event()
        self.error = ""

    @classmethod
    def done(cls) -> Preparation:
        """A preparation that has ended already."""
        over = cls(lambda: None)
        over._ended.set()
        return over

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    @property
    def started(self) -> bool:
        """Whether it has begun."""
        return self._thread.ident is not None

    @property
    def ended(self) -> bool:
        """Whether it has ended, successfully or not."""
        return self._ended.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; False if it has not ended in time."""
        return self._ended.wait(seconds)

    def _run(self) -> None:
        try:
            self._work()
        except FootnoteError as error:
            self.error = str(error)
            _log.warning("preparing the library: %s", error)
        except Exception:
            self.error = say("failed")
            _log.exception("preparing the library")
        finally:
            self._ended.set()

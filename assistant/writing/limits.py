"""Limits of requests: how many a server gets at once, and how long to wait before one is sent again."""

from __future__ import annotations

import math
import os
import threading
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenacity import AsyncRetrying, RetryCallState

_PLACES: dict[tuple[int, str, int], threading.BoundedSemaphore] = {}
_GUARD = threading.Lock()


def places(server: str, most: int) -> threading.BoundedSemaphore:
    """The semaphore of requests to one server, shared by everything in this process that asks the server.

    Args:
        server: the server's address, or another name that is unique to it.
        most: how many requests may be open at once.
    """
    with _GUARD:
        # A forked process has its own semaphores: places that its parent took would never be given back.
        return _PLACES.setdefault((os.getpid(), server, most), threading.BoundedSemaphore(most))


def status_of(error: BaseException) -> int | None:
    """The HTTP status of an adapter's exception; None if it has none."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def is_passing(error: BaseException) -> bool:
    """Whether the same request may succeed a little later: the server was too busy (429) or failed (5xx)."""
    status = status_of(error)
    return status == 429 or (status is not None and 500 <= status < 600)


def retrying(retries: int, seconds: float) -> AsyncRetrying:
    """Retries a call while that may help: after the time that the server names, else after growing delays.

    Args:
        retries: the most retries.
        seconds: if the next retry would come later than this, the error is raised at once.
    """
    from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, stop_before_delay

    return AsyncRetrying(
        retry=retry_if_exception(is_passing),
        stop=stop_after_attempt(retries + 1) | stop_before_delay(seconds),
        wait=_wait,
        reraise=True,
    )


def _wait(state: RetryCallState) -> float:
    from tenacity import wait_exponential_jitter

    error = state.outcome.exception() if state.outcome else None
    asked = retry_after(getattr(getattr(error, "response", None), "headers", None))
    # Random, so that requests that were refused together are not sent again together.
    return wait_exponential_jitter(multiplier=0.4, max=20, jitter=0.4)(state) if asked is None else asked


def retry_after(headers: Any) -> float | None:
    """Seconds to wait by the server's Retry-After (RFC 9110, 10.2.3: seconds or a date); None = it does not say."""
    said = str(headers.get("retry-after", "")).strip() if headers is not None else ""
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(said).timestamp() - time.time()
        except (ValueError, OverflowError, OSError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None

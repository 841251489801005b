"""What all events share: how errors reach the browser, and how a handler waits until everything is loaded."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

from assistant.core.errors import FootnoteError
from assistant.page.preparation import Preparation
from assistant.page.words import say

Told = dict[str, Any]
"""What a queued event yields: a name under "event", and its data."""

SECONDS_BETWEEN_SIGNS = 0.25
"""Interval at which a waiting event yields; only then is it noticed that the client has disconnected."""

_log = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")


def quick(handler: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make a quick event of a handler: errors become HTTP 500 with {"error": a sentence for the user}."""

    @functools.wraps(handler)
    def handled(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return handler(*args, **kwargs)
        except Exception as error:
            raise _shown(message(error)) from None

    return handled


def queued(handler: Callable[_P, Iterator[Told]]) -> Callable[_P, Iterator[Told]]:
    """Make a queued event of a handler: an error becomes its last value, {"event": "failed", "message": a sentence for users}."""

    @functools.wraps(handler)
    def handled(*args: _P.args, **kwargs: _P.kwargs) -> Iterator[Told]:
        try:
            yield from handler(*args, **kwargs)
        except Exception as error:
            yield failed(error)

    return handled


def failed(error: Exception) -> Told:
    """The value by which a queued event reports an error."""
    return {"event": "failed", "message": message(error)}


def message(error: Exception) -> str:
    """The message for the user: our own errors' text; for any other error only that something failed."""
    if isinstance(error, FootnoteError):
        return str(error)
    _log.error("an event of the page failed", exc_info=error)
    return say("failed")


def preparing(preparation: Preparation) -> Iterator[Told]:
    """Yield "preparing" several times a second until everything is loaded."""
    while not preparation.ended:
        yield {"event": "preparing", "note": say("preparing")}
        preparation.wait(SECONDS_BETWEEN_SIGNS)


def _shown(text: str) -> Exception:
    import gradio

    error: Exception = gradio.Error(text, print_exception=False)
    return error

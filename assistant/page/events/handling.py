"""What all events of the page share: how errors reach the browser, and how one waits until all is loaded."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

from assistant.core.errors import FootnoteError
from assistant.page.preparation import Preparation
from assistant.page.words import say

Told = dict[str, Any]
"""What a queued event yields: its name under "event", and what belongs to it."""

SECONDS_BETWEEN_SIGNS = 0.25
"""How often a queued event that waits says so; only when it does is it seen that nobody listens any more."""

_log = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")


def quick(handler: Callable[_P, _T]) -> Callable[_P, _T]:
    """An event that is answered at once: errors become HTTP 500 with {"error": a sentence for the user}."""

    @functools.wraps(handler)
    def handled(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return handler(*args, **kwargs)
        except Exception as error:
            raise _shown(message(error)) from None

    return handled


def queued(handler: Callable[_P, Iterator[Told]]) -> Callable[_P, Iterator[Told]]:
    """An event that yields: an error is the last thing it yields, {"event": "failed", "message": a sentence for the user}."""

    @functools.wraps(handler)
    def handled(*args: _P.args, **kwargs: _P.kwargs) -> Iterator[Told]:
        try:
            yield from handler(*args, **kwargs)
        except Exception as error:
            yield failed(error)

    return handled


def failed(error: Exception) -> Told:
    """What a queued event yields of an error."""
    return {"event": "failed", "message": message(error)}


def message(error: Exception) -> str:
    """What a user is told of an error: our own say it themselves; of others he only hears that there was one."""
    if isinstance(error, FootnoteError):
        return str(error)
    _log.error("an event of the page failed", exc_info=error)
    return say("failed")


def preparing(preparation: Preparation) -> Iterator[Told]:
    """Signs of life until all is loaded."""
    while not preparation.ended:
        yield {"event": "preparing", "note": say("preparing")}
        preparation.wait(SECONDS_BETWEEN_SIGNS)


def _shown(text: str) -> Exception:
    import gradio

    error: Exception = gradio.Error(text, print_exception=False)
    return error

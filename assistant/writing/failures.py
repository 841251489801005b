"""A language model's failure -> a ModelError in our own words.

The exception's text is not repeated, since servers write keys, prompts and web pages into it. Each adapter has its own
exceptions, so they are told apart by their HTTP status and the names of their classes, those of their causes included.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from assistant.core.errors import ModelError
from assistant.core.settings import Settings
from assistant.writing.limits import status_of
from assistant.writing.naming import KEY_VARIABLE

_CHECK = "Check the address in the setting llm (FOOTNOTE_LLM)"


class NoReplyError(Exception):
    """The server's response ended without a single piece of a reply."""


class TornError(Exception):
    """The reply was cut off: it ended without the server's mark of its end."""


class SlowError(Exception):
    """The first piece, or the next one, did not come in time."""


def explained(error: BaseException, name: str, settings: Settings, tries: int = 1) -> ModelError:
    """The error that users see.

    Args:
        error: the exception that the adapter raised.
        name: the model's name.
        settings: the settings with the limits.
        tries: how often the request was sent.
    """
    status = status_of(error)
    problem = _of_status(status, tries) if status is not None else _of_cause(error, settings)
    return ModelError(f"The language model {name} {problem}")


def too_long(name: str, settings: Settings) -> ModelError:
    """The error for a whole reply that took too long."""
    return ModelError(
        f"The language model {name} did not finish within {settings.llm_seconds:g} seconds. Ask again, or raise the setting "
        "llm_seconds (FOOTNOTE_LLM_SECONDS)."
    )


def unusable(error: BaseException, name: str) -> ModelError:
    """The error for an adapter that can't be made."""
    return ModelError(
        f"The language model {name} can't be used: its adapter does not take it ({type(error).__name__}). Choose another one."
    )


def _of_status(status: int, tries: int) -> str:
    if status in {401, 403}:
        return f"refuses the key (HTTP {status}). Set the right one in {KEY_VARIABLE}."
    if status == 404:
        return (
            "is not known at that address (HTTP 404). Check its name and the address in the setting llm (FOOTNOTE_LLM); the "
            "address ends where the API begins, often with /v1."
        )
    if 300 <= status < 400:
        return (
            f"is elsewhere, says its server (HTTP {status}); that is not followed, for the key would go there too. "
            "Set the address that it has now (FOOTNOTE_LLM)."
        )
    if status == 429:
        return f"turns requests away (HTTP 429), {_tried(tries)}. Wait, or look at the limits of your account there."
    if status >= 500:
        return f"fails at its server (HTTP {status}), {_tried(tries)}. Look into that server's log."
    return (
        f"refuses the request (HTTP {status}). It may be too long for the model: lower the setting llm_passage_tokens "
        "(FOOTNOTE_LLM_PASSAGE_TOKENS)."
    )


def _tried(tries: int) -> str:
    return "asked once" if tries == 1 else f"asked {tries} times"


def _of_cause(error: BaseException, settings: Settings) -> str:
    causes = list(_causes(error))
    names = {kind.__name__ for cause in causes for kind in type(cause).__mro__}
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"can't be reached: its host is not known. {_CHECK}, and the network."
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return (
            "can't be reached safely: its server does not speak TLS, or shows a certificate that is not trusted. "
            f"{_CHECK}; it begins with http:// where there is no TLS."
        )
    if names & {"ConnectTimeout", "PoolTimeout"}:
        return (
            f"can't be reached: no connection within {settings.llm_connect_seconds:g} seconds. {_CHECK}, or raise the setting "
            "llm_connect_seconds (FOOTNOTE_LLM_CONNECT_SECONDS)."
        )
    if names & {"ConnectError", "ConnectionRefusedError", "ProxyError"}:
        return f"can't be reached: the connection was refused. Start its server. {_CHECK}."
    if names & {"SlowError", "TimeoutException", "TimeoutError", "APITimeoutError"}:
        return (
            f"wrote nothing for {settings.llm_first_token_seconds:g} seconds. Ask again, or raise the setting "
            "llm_first_token_seconds (FOOTNOTE_LLM_FIRST_TOKEN_SECONDS)."
        )
    if names & {"TornError", "NetworkError", "RemoteProtocolError", "ConnectionError", "APIConnectionError"}:
        return "broke off before the end of its reply. Ask again; if it stays so, look into its server's log."
    if "APIError" in names and "APIResponseValidationError" not in names:
        return "reports a failure in the middle of its reply. Look into its server's log."
    return (
        f"gave no reply that can be read ({type(error).__name__}): its server may speak another protocol. {_CHECK}; "
        "it ends where the API begins, often with /v1."
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and its causes."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or found.__context__

"""The name of a language model -> llama-index's adapter for it, with a connection of its own that sends only what is needed.

The adapters and their clients read many environment variables; none has an effect here. Only the connection knows the key:
adapters, their events and their errors see a placeholder. Import this module when a model is first asked: it takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from assistant.writing.naming import ModelName

_PLACEHOLDER = "none"
_ANTHROPIC = "https://api.anthropic.com"


def openai_like(name: ModelName, key: SecretStr | None, connect_seconds: float) -> Any:
    """A llama-index LLM for any server that speaks the OpenAI protocol."""
    from llama_index.llms.openai_like import OpenAILike
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    http = _http_of(DefaultAsyncHttpxClient)
    headers = {"authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    client = AsyncOpenAI(
        api_key=_PLACEHOLDER,
        base_url=name.address,
        timeout=http.Timeout(None, connect=connect_seconds),
        max_retries=0,
        http_client=_connection(http, name.address, headers),
    )
    return OpenAILike(
        model=name.model,
        api_base=name.address,
        api_key=_PLACEHOLDER,
        is_chat_model=True,
        temperature=0.0,
        max_retries=0,
        async_openai_client=client,
    )


def anthropic(name: ModelName, key: SecretStr | None, connect_seconds: float) -> Any:
    """A llama-index LLM for Anthropic's models; needs the extra `anthropic`."""
    from anthropic import (  # type: ignore[import-not-found,unused-ignore]
        AsyncAnthropic,
        DefaultAsyncHttpxClient,
    )
    from llama_index.llms.anthropic import Anthropic

    http = _http_of(DefaultAsyncHttpxClient)
    address = name.address or _ANTHROPIC
    headers = {"anthropic-version": "2023-06-01"}
    if key:
        headers["x-api-key"] = key.get_secret_value()
    llm = Anthropic(model=name.model, base_url=address, api_key=_PLACEHOLDER, temperature=0.0, max_retries=0)
    # There is no other way to give this adapter a client.
    llm._aclient = AsyncAnthropic(
        api_key=_PLACEHOLDER,
        base_url=address,
        timeout=http.Timeout(None, connect=connect_seconds),
        max_retries=0,
        http_client=_connection(http, address, headers),
    )
    return llm


def _connection(http: Any, address: str, headers: Mapping[str, str]) -> Any:
    """An asynchronous HTTP client.

    Args:
        http: the module `httpx`, or its successor with the same API.
        address: the server's address.
        headers: the headers to send, which hold the key.
    """
    return http.AsyncClient(
        auth=_sealing(http, headers),
        # A proxy can't reach a server on this machine.
        trust_env=not _is_loopback(address),
        follow_redirects=False,
        # The server may close a kept-alive connection just when the next request is sent.
        limits=http.Limits(max_keepalive_connections=0),
    )


def _sealing(http: Any, headers: Mapping[str, str]) -> Callable[[Any], Any]:
    """Replaces a request's headers by the needed ones, which include the key."""

    def seal(request: Any) -> Any:
        request.headers = http.Headers(
            {
                "host": request.url.netloc.decode("ascii"),
                "accept": "text/event-stream, application/json",
                "accept-encoding": "identity",
                "connection": "close",
                "content-type": "application/json",
                "content-length": str(len(request.content)),
                "user-agent": "footnote",
                **headers,
            }
        )
        return request

    return seal


def _http_of(client: type) -> Any:
    """The HTTP module that a package's own client is made with: `httpx` in older versions, its successor in newer ones."""
    name = next(kind.__module__ for kind in client.__mro__ if kind.__name__ == "AsyncClient")
    return import_module(name.partition(".")[0])


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

"""Any llama-index LLM as a LanguageModel, for several threads at once, within the limits of the settings."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from typing import Any

from assistant.core.draft import Usage
from assistant.core.errors import ModelError, SettingsError
from assistant.core.settings import Settings, load_settings
from assistant.writing.calling import Call, Options
from assistant.writing.failures import too_long, unusable
from assistant.writing.limits import places
from assistant.writing.loop import LoopThread, closed
from assistant.writing.model import Request
from assistant.writing.naming import ModelName, load_key, parse_model_name

_SIGN_OF_LIFE_SECONDS = 0.25


class LlamaModel:
    """A `LanguageModel` over a llama-index LLM. Its packages are imported and its server is called at the first request."""

    def __init__(self, llm: Any, settings: Settings | None = None, *, name: str = "", server: str = "") -> None:
        """Wraps an LLM, which the caller closes.

        Args:
            llm: a llama-index LLM whose `astream_chat` does not block, or a function that makes it when it is needed.
                Its own retries should be off. A subclass of llama-index's OpenAI is held to the schema of a request.
            settings: the settings with the limits; None = from the environment.
            name: the `LanguageModel.name`; "" = class and model of the LLM, for which `llm` must not be a function.
            server: models with the same server share its `Settings.llm_requests` places; "" = the name.
        """
        self._llm = llm
        self._settings = settings or load_settings()
        self._name = name or f"{type(llm).__name__}:{llm.metadata.model_name}"
        self._server = server or self._name
        self._opened: tuple[Any, Options] | None = None
        self._loop = LoopThread()

    @property
    def name(self) -> str:
        """See `LanguageModel.name`."""
        return self._name

    def stream(self, request: Request) -> LlamaStream:
        """See `LanguageModel.stream`."""
        free = places(self._server, self._settings.llm_requests)
        return LlamaStream(Call(request, self._name, self._settings), self._run, self._loop, free, self._settings)

    def close(self) -> None:
        """See `LanguageModel.close`; replies that still run end with a ModelError."""
        self._loop.close()

    async def _run(self, call: Call, seconds: float, send: Callable[[str], None]) -> ModelError | None:
        """Runs in the loop's thread, so that only one thread opens the LLM; that time does not count for the server's limits."""
        if self._opened is None:
            start = time.monotonic()
            try:
                llm = self._llm() if callable(self._llm) else self._llm
            except Exception as error:
                return unusable(error, self._name)
            self._opened = llm, Options(llm)
            call.setup_seconds = time.monotonic() - start
        return await call.run(*self._opened, seconds, send)


class LlamaStream:
    """See `ReplyStream`. It can be iterated once."""

    def __init__(
        self,
        call: Call,
        run: Callable[..., Any],
        loop: LoopThread,
        free: threading.BoundedSemaphore,
        settings: Settings,
    ) -> None:
        """See `LlamaModel.stream`."""
        self._call = call
        self._run = run
        self._loop = loop
        self._free = free
        self._settings = settings
        self._came: queue.SimpleQueue[str | ModelError | None] = queue.SimpleQueue()
        self._seconds = 0.0
        self._closed = False
        self._cancel: Callable[[], None] | None = None

    @property
    def usage(self) -> Usage:
        """See `ReplyStream.usage`."""
        return Usage(1, *self._call.counted, max(0.0, self._seconds - self._call.setup_seconds))

    def __iter__(self) -> Iterator[str]:
        """See `ReplyStream.__iter__`."""
        try:
            yield from self._place()
            while not self._closed:
                came = self._waited(self._next)
                if isinstance(came, str):
                    yield came
                elif came is None or self._closed:
                    return
                else:
                    raise came
        finally:
            self.close()

    def close(self) -> None:
        """See `ReplyStream.close`."""
        self._closed = True
        if self._cancel:
            self._cancel()

    def _place(self) -> Iterator[str]:
        """Wait for a place at the server, then begin."""
        while not self._waited(partial(self._free.acquire, timeout=_SIGN_OF_LIFE_SECONDS)):
            if self._closed:
                return
            if self._loop.closed:
                raise closed()
            if self._seconds > self._settings.llm_seconds:
                raise too_long(self._call.name, self._settings)
            yield ""
        left = self._settings.llm_seconds - self._seconds
        try:
            self._cancel = self._loop.begin(lambda: self._run(self._call, left, self._came.put), self._done)
        except ModelError:
            self._free.release()
            raise
        if self._closed:
            self._cancel()

    def _done(self, failure: ModelError | None) -> None:
        self._free.release()
        self._came.put(failure)

    def _next(self) -> str | ModelError | None:
        try:
            return self._came.get(timeout=_SIGN_OF_LIFE_SECONDS)
        except queue.Empty:
            return ""

    def _waited(self, wait: Callable[[], Any]) -> Any:
        start = time.monotonic()
        try:
            return wait()
        finally:
            self._seconds += time.monotonic() - start


def open_model(settings: Settings) -> LlamaModel:
    """The language model that `settings.llm` names, with its key from the environment. Imports and connects nothing yet.

    Args:
        settings: the settings with `llm`.

    Raises:
        SettingsError: the name or the key can't be used, or the provider's package is not installed.
    """
    name = parse_model_name(settings.llm)
    if name.provider == "anthropic" and not _installed("llama_index.llms.anthropic"):
        raise SettingsError(
            "Anthropic's models (setting llm, environment FOOTNOTE_LLM) need a package that is not installed. "
            "Install it: pip install 'footnote[anthropic]'"
        )
    make = partial(_make, name, load_key(), settings.llm_connect_seconds)
    return LlamaModel(make, settings, name=str(name), server=name.address or name.provider)


def _make(name: ModelName, *options: Any) -> Any:
    from assistant.writing import adapters

    return (adapters.anthropic if name.provider == "anthropic" else adapters.openai_like)(name, *options)


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False

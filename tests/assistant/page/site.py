"""The page's events over real HTTP, in this process: an application of their own, without the page and its guard."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from assistant import Assistant
from assistant.page.preparation import Preparation
from assistant.page.serving import engine
from assistant.page.serving.spool import spool
from tests.helpers import free_port

if TYPE_CHECKING:
    from fastapi import FastAPI

SECONDS_TO_HANG = 120
"""Whatever takes longer hangs. No test says how quick something is: the machine may be busy."""
HTTP = httpx.Client(
    timeout=SECONDS_TO_HANG, trust_env=False, verify=False, limits=httpx.Limits(max_keepalive_connections=0)
)
"""Asks over a new connection each time, and waits for as long as it takes."""


class EventFailedError(Exception):
    """A quick event that gave an error; its text is what the user is told."""


@dataclass
class Site:
    """The events at an address."""

    assistant: Assistant
    url: str

    def run(self, name: str, *arguments: Any) -> Any:
        """Call a quick event."""
        response = _post(f"{self.url}/run/{name}", arguments)
        if response.status_code != 200:
            raise EventFailedError(response.json()["error"])
        return response.json()["data"][0]

    def begin(self, name: str, *arguments: Any) -> str:
        """Address of the stream of a queued event."""
        joined = _post(f"{self.url}/call/{name}", arguments)
        joined.raise_for_status()
        return f"{self.url}/call/{name}/{joined.json()['event_id']}"

    def messages(self, name: str, *arguments: Any) -> list[tuple[str, Any]]:
        """All of a stream, as (name, data) of its server-sent events."""
        text = HTTP.get(self.begin(name, *arguments)).text
        parts = [part.split("\n", 1) for part in text.split("\n\n") if part.strip()]
        return [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in parts]

    def stream(self, name: str, *arguments: Any) -> list[dict[str, Any]]:
        """What a queued event yields."""
        return [data[0] for kind, data in self.messages(name, *arguments) if kind == "generating"]

    def last(self, name: str, *arguments: Any) -> dict[str, Any]:
        """The last thing that a queued event yields."""
        return self.stream(name, *arguments)[-1]

    def upload(self, *files: tuple[str, bytes]) -> list[dict[str, str]]:
        """Upload files as the browser does."""
        response = HTTP.post(f"{self.url}/upload", files=[("files", file) for file in files])
        response.raise_for_status()
        return [{"path": path, "name": name} for path, (name, _) in zip(response.json(), files, strict=True)]


def _post(address: str, arguments: tuple[Any, ...]) -> httpx.Response:
    """With escapes for all that is not ASCII: halves of characters are JSON, and no UTF-8."""
    body = json.dumps({"data": arguments})
    return HTTP.post(address, content=body, headers={"Content-Type": "application/json"})


@contextmanager
def served(assistant: Assistant, preparation: Preparation | None = None) -> Iterator[Site]:
    """Serve the events of an assistant for as long as the block lasts."""
    with spool():
        app = engine.build(assistant, preparation or Preparation.done())
        with listening(app) as port:
            yield Site(assistant, f"http://127.0.0.1:{port}/gradio_api")


@contextmanager
def listening(app: FastAPI) -> Iterator[int]:
    """Serve an application from a thread for as long as the block lasts; the port."""
    import uvicorn

    port = free_port()
    config = uvicorn.Config(app, port=port, log_level="warning", ws="none", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + SECONDS_TO_HANG
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield port
    finally:
        server.should_exit = True
        thread.join(SECONDS_TO_HANG)

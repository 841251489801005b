"""A server on loopback that speaks Anthropic's protocol as far as one streamed reply goes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PIECE = 9


class AnthropicServer(ThreadingHTTPServer):
    """What it was asked, and the one text that it always replies.

    Attributes:
        requests: path, headers (names in small letters) and JSON of each request.
    """

    daemon_threads = True

    def __init__(self, text: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.text = text
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    @property
    def llm(self) -> str:
        """The setting that names it."""
        return f"anthropic:claude-sonnet-4-5@http://127.0.0.1:{self.server_port}"


@contextmanager
def anthropic_server(text: str) -> Iterator[AnthropicServer]:
    """A running server that replies with a text, in pieces: 25 tokens read, 15 written."""
    server = AnthropicServer(text)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: AnthropicServer

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append((self.path, headers, body))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        usage = {"input_tokens": 25, "output_tokens": 1}
        about = {"id": "m", "type": "message", "role": "assistant", "model": body["model"], "content": []}
        self._event("message_start", message={**about, "stop_reason": None, "stop_sequence": None, "usage": usage})
        self._event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        text = self.server.text
        for start in range(0, len(text), _PIECE):
            delta = {"type": "text_delta", "text": text[start : start + _PIECE]}
            self._event("content_block_delta", index=0, delta=delta)
        self._event("content_block_stop", index=0)
        end = {"stop_reason": "end_turn", "stop_sequence": None}
        self._event("message_delta", delta=end, usage={"output_tokens": 15})
        self._event("message_stop")
        self.close_connection = True

    def _event(self, name: str, **data: Any) -> None:
        self.wfile.write(f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode())

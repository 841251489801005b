"""Language models for tests: scripted, deterministic, behind the project's own protocol; nothing is sent anywhere."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat

from assistant.core.draft import Usage
from assistant.core.errors import ModelError
from assistant.writing.model import Request

Piece = str | Exception
"""Of a reply; an exception is raised where it stands."""
Script = str | Sequence[Piece] | Exception | Callable[[Request], "str | Sequence[Piece] | Exception"]


class ScriptedStream:
    """The pieces of one reply; a token each, as far as usage goes."""

    def __init__(self, pieces: Sequence[Piece], prompt_tokens: int) -> None:
        self.pieces = pieces
        self.closed = False
        self.given = 0
        self._prompt_tokens = prompt_tokens

    @property
    def usage(self) -> Usage:
        """One request; a token for each word of the prompt and each piece given."""
        return Usage(1, self._prompt_tokens, self.given, 0.0)

    def __iter__(self) -> Iterator[str]:
        """The pieces; a RuntimeError where somebody reads on after closing."""
        for piece in self.pieces:
            if self.closed:
                raise RuntimeError("a closed reply was read on")
            if isinstance(piece, Exception):
                raise piece
            self.given += bool(piece)
            yield piece

    def close(self) -> None:
        """Remember it."""
        self.closed = True


class ScriptedModel:
    """Gives the replies that it was given, one after the other; the last one again and again.

    Attributes:
        requests: what it was asked.
        streams: what it gave.
        closed: whether somebody let go of it.
    """

    def __init__(self, *scripts: Script, name: str = "scripted:model") -> None:
        """Replies, whole or in pieces, exceptions, or functions of the request that give one; none = every request fails."""
        self.name = name
        self.requests: list[Request] = []
        self.streams: list[ScriptedStream] = []
        self.closed = False
        self._scripts = chain(scripts, repeat(scripts[-1] if scripts else ModelError("The double has no script.")))
        self._guard = threading.Lock()

    def stream(self, request: Request) -> ScriptedStream:
        """See `LanguageModel.stream`."""
        with self._guard:
            script = next(self._scripts)
            self.requests.append(request)
        if callable(script):
            script = script(request)
        pieces = [script] if isinstance(script, (str, Exception)) else script
        stream = ScriptedStream(pieces, sum(len(message.text.split()) for message in request.messages))
        self.streams.append(stream)
        return stream

    def close(self) -> None:
        """Remember it."""
        self.closed = True


Said = tuple[str, Sequence[tuple[int, str]]]
"""A sentence with its quotes: passage numbers and words."""


def json_reply(*sentences: Said) -> str:
    """A reply in the JSON form; without sentences, that nothing was found."""
    said = [
        {"quotes": [{"passage": number, "words": words} for number, words in quotes], "text": text}
        for text, quotes in sentences
    ]
    return json.dumps({"found": bool(said), "sentences": said}, ensure_ascii=False)


def line_reply(*sentences: Said) -> str:
    """The same in the line form."""
    if not sentences:
        return "NOT FOUND\n"
    lines = [
        line
        for text, quotes in sentences
        for line in (*(f"QUOTE {number}: {words}" for number, words in quotes), f"SENTENCE: {text}")
    ]
    return "\n".join([*lines, "END\n"])


def shown_passages(request: Request) -> list[str]:
    """The passages of a request, in order, as the model sees them; without the lines that name their articles."""
    text, fence = request.messages[0].text, re.escape(request.fence)
    parts = re.split(rf"^{fence} (?:[0-9]+|end)\n?", text, flags=re.MULTILINE)[1:-1]
    return [re.sub(r"\AArticle: .*\n", "", part).rstrip("\n") for part in parts]


def pieces(text: str, size: int = 4) -> list[str]:
    """A text cut into pieces, as models send it."""
    return [text[n : n + size] for n in range(0, len(text), size)]

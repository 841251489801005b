"""Many users of the page at once: nobody gets another's answer, nobody waits longer than the work that is before them."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from tests.benchmarks import _common
from tests.browser.server import Server

_SPEAKERS = ("John Kirby", "Jens Stoltenberg", "Putin", "the Kremlin", "South Korea", "the United States")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the crowd.

    Attributes:
        user: who asked.
        question: what was asked; it has its asker's number in it.
        answered: the question of the turn that came back; "" for an error.
        seconds: from asking to the answer.
        error: what went wrong; empty when nothing did.
    """

    user: int
    question: str
    answered: str
    seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a crowd met."""

    asked: Sequence[Asked]
    mixed_up: int
    alone: float
    wall: float
    users: int

    def rows(self) -> list[dict[str, Any]]:
        """Rows of the page's table."""
        seconds = [one.seconds for one in self.asked]
        errors = sum(bool(one.error) for one in self.asked)
        cores = os.cpu_count() or 1
        return [
            _line("errors", errors, "errors", f"of {len(self.asked)} questions by {self.users} users at once"),
            _line("answers of another's question, or turns of another's chat", self.mixed_up, "found", ""),
            _line(
                "a question among the crowd, median",
                _common.median(seconds),
                "s",
                f"p95 {_common.percentile(seconds, 95):.3f}, worst {max(seconds):.3f}; a fair share of the work would be "
                f"{self.users * self.alone / cores:.3f} (users x {self.alone:.3f} alone / {cores} cores)",
            ),
            _line("questions answered a second", len(self.asked) / self.wall, "1/s", f"alone {1 / self.alone:.1f}"),
        ]

    def notes(self) -> list[str]:
        """The first errors."""
        return [one.error for one in self.asked if one.error][:3]


def measure_crowd(server: Server, users: int, questions: int) -> Crowd:
    """Let users ask at once, each in a conversation of their own, one question after the other."""
    alone = []
    with httpx.Client(base_url=server.url, timeout=300) as client:
        for n in range(12):
            begin = time.perf_counter()
            _chat(client, "", "", f"What did {_SPEAKERS[n % len(_SPEAKERS)]} say, visitor {n}?")
            alone.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    with ThreadPoolExecutor(users) as crowd:
        visits = list(crowd.map(lambda user: _visit(server, user, questions), range(users)))
    wall = time.perf_counter() - begin
    asked = [one for visit, _ in visits for one in visit]
    foreign = sum(one.answered not in ("", one.question) for one in asked) + sum(strangers for _, strangers in visits)
    return Crowd(asked, foreign, _common.median(alone), wall, users)


def _visit(server: Server, user: int, questions: int) -> tuple[list[Asked], int]:
    """One user's questions, and how many turns of others stood in the conversation at its end, or were missing."""
    visitor, conversation, asked = secrets.token_urlsafe(24), "", []
    with httpx.Client(base_url=server.url, timeout=300) as client:
        for n in range(questions):
            question = f"What did {_SPEAKERS[(user + n) % len(_SPEAKERS)]} say, user {user}, question {n}?"
            begin = time.perf_counter()
            try:
                last = _chat(client, visitor, conversation, question)
                conversation = last["conversation"]["id"]
                asked.append(Asked(user, question, last["turn"]["question"], time.perf_counter() - begin))
            except (httpx.HTTPError, KeyError, ValueError) as error:
                asked.append(Asked(user, question, "", time.perf_counter() - begin, f"{type(error).__name__}: {error}"))
        opened = client.post("/gradio_api/run/open_conversation", json={"data": [visitor, conversation, None]}).json()
        kept = [turn["question"] for turn in opened["data"][0]["turns"]]
    return asked, sum(kept[n : n + 1] != [one.question] for n, one in enumerate(asked)) + max(0, len(kept) - len(asked))


def _chat(client: httpx.Client, visitor: str, conversation: str, question: str) -> dict[str, Any]:
    """The last event of the page's `chat`."""
    joined = client.post("/gradio_api/call/chat", json={"data": [visitor, conversation, question, None, None]})
    joined.raise_for_status()
    stream = client.get(f"/gradio_api/call/chat/{joined.json()['event_id']}").text
    events = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")]
    last = next(data[0] for data in reversed(events) if data)
    if last.get("event") != "answered":
        raise ValueError(f"the chat ended with {last}")
    return dict(last)


def _line(what: str, value: float, unit: str, beside: str) -> dict[str, Any]:
    return {"what": f"crowd: {what}", "figure": value, "unit": unit, "beside it": beside}

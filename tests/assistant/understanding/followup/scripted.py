"""A resolver network double that says what it is told, and turns to lean on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from assistant.core.answer import Answer, AnswerSentence, Citation, Trace
from assistant.core.turns import Turn
from assistant.network.weights import open_tokenizer
from assistant.understanding.followup.layout import Layout
from assistant.understanding.followup.resolver_network import LINKS, Prediction, Thresholds
from index.article import Passage
from index.evidence import Evidence

_FAR = -20.0


@lru_cache(maxsize=1)
def tokenizer() -> Any:
    return open_tokenizer()


class ScriptedNetwork:
    """Says that some words of the history are needed, that some of the question give way, and that some are put in.

    Replaced words may stand for several spans, each with its log-chance.
    """

    name = "scripted"
    thresholds = Thresholds()

    def __init__(
        self,
        *,
        needed: Mapping[str, float] | None = None,
        replaced: Mapping[str, Mapping[str, float]] | None = None,
        put_in: Mapping[str, tuple[str, str]] | None = None,
        changed: float = 1.0,
    ) -> None:
        """`needed`: word -> chance. `replaced`: word -> span -> log-chance. `put_in`: word before, "" = none -> (link, span)."""
        self.needed = needed or {}
        self.replaced = replaced or {}
        self.put_in = put_in or {}
        self.changed = changed
        self.read: list[Layout] = []

    @property
    def tokenizer(self) -> Any:
        return tokenizer()

    def predict(self, layout: Layout) -> Prediction:
        self.read.append(layout)
        asked, said = len(layout.asked), len(layout.said)
        links = np.zeros((1 + asked, 1 + len(LINKS)))
        links[:, 0] = 1.0
        places = {
            name: np.full((rows, said), _FAR)
            for name, rows in {
                "starts": asked,
                "ends": asked,
                "inner_starts": 1 + asked,
                "inner_ends": 1 + asked,
            }.items()
        }
        replaced = np.zeros(asked)
        for n, before in enumerate(["", *(word.text.lower() for word in layout.asked)]):
            if before in self.put_in:
                link, span = self.put_in[before]
                links[n] = 0.0
                links[n, 1 + LINKS.index(link)] = 1.0
                _point(layout, span, 0.0, places["inner_starts"][n], places["inner_ends"][n])
        for n, word in enumerate(layout.asked):
            for span, chance in self.replaced.get(word.text.lower(), {}).items():
                replaced[n] = 1.0
                _point(layout, span, chance, places["starts"][n], places["ends"][n])
        needed = np.array([self.needed.get(word.text.lower(), 0.0) for word in layout.said])
        return Prediction(self.changed, needed, replaced, links, **places)


def _point(layout: Layout, span: str, chance: float, starts: Any, ends: Any) -> None:
    words = span.lower().split()
    texts = [word.text.lower() for word in layout.said]
    for first in range(len(texts) - len(words) + 1):
        if texts[first : first + len(words)] == words:
            starts[first] = ends[first + len(words) - 1] = chance / 2
            return
    raise AssertionError(f"“{span}” is not in the history")


def turn(question: str, said: str = "", standalone: str = "", passage: str = "", title: str = "") -> Turn:
    """A turn that was answered with a quote of a passage; without words, one that was not."""
    if not said:
        return Turn(question, Answer(question, "not_found", message="The articles don't say.", trace=Trace(standalone)))
    passage = passage or said
    start = 100 + passage.index(said)
    evidence = (Evidence(Passage("p1", "a1", 100, 100 + len(passage), passage, 1), 1.0),)
    citation = Citation(1, "a1", title, start, start + len(said), said)
    sentence = AnswerSentence(said, (1,))
    trace = Trace(standalone or question)
    return Turn(question, Answer(question, "answered", (sentence,), (citation,), 0.9, evidence, trace=trace))

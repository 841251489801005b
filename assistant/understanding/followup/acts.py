"""What an utterance does in a conversation: asks, puts right what was meant, goes back, or doubts what was answered.

Learned: `training.kinds` fits it to utterances that were written and marked for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal, cast

from assistant.understanding.linear import load
from assistant.understanding.wording import Wording, features_of, features_of_token

ActKind = Literal["ask", "meant", "back", "source", "speaker"]
ACTS, TAGS = (Path(__file__).with_name(name) for name in ("acts.npz", "tags.npz"))
TOPIC, REST = "topic", "rest"
_SURE = 0.6
"""An utterance is taken for something else than a question from this probability on."""

_CERTAIN = 0.97
_FEW = 4
"""An utterance of more words says what it means."""

_model = cache(load)


@dataclass(frozen=True, slots=True)
class Act:
    """What an utterance does.

    Attributes:
        kind: "ask" (it asks something), "meant" (it says what the last question was about: "no, I meant the ferry"), "back" (it
            says what the next question is about: "back to the bridge"), "source" (it asks where the last answer is from, or
            whether it is right: "are you sure?"), "speaker" (it asks who says what was answered: "who says so?").
        topic: the words for what is meant, or for what it goes back to; empty for other kinds, and where nothing is named:
            "no, I meant".
        rest: the question behind them, as in "Back to the bridge: who built it?"; may be empty.
        certain: hardly anything else can be meant.
    """

    kind: ActKind
    topic: str = ""
    rest: str = ""
    certain: bool = False


def act_of(utterance: str) -> Act:
    """What an utterance does, judged by its words alone; with nothing said before it, each only asks."""
    model, wording = _model(ACTS), Wording(utterance)
    if not wording.starts:
        return Act("ask")
    likely = model.probabilities(features_of(wording))
    best = int(likely.argmax())
    kind = cast(ActKind, model.classes[best])
    if kind == "ask" or likely[best] < _SURE:
        return Act("ask")
    if kind in ("source", "speaker"):
        return Act(kind)
    tags = _tags(wording)
    topic = _longest_run(utterance, wording, tags, TOPIC)
    if not topic:
        nothing = likely[best] >= _CERTAIN and len(wording.starts) <= _FEW
        return Act(kind if nothing else "ask")
    rest = _longest_run(utterance, wording, tags, REST) if kind == "back" else ""
    return Act(kind, topic, rest, bool(likely[best] >= _CERTAIN))


def _tags(wording: Wording) -> list[str]:
    """What each token belongs to: the topic, the question behind it, or neither. Nothing but the question follows it."""
    model = _model(TAGS)
    found: list[str] = []
    for place in range(len(wording.starts)):
        likely = model.probabilities(features_of_token(wording, place))
        found.append(REST if REST in found else model.classes[int(likely.argmax())])
    return found


def _longest_run(utterance: str, wording: Wording, tags: list[str], tag: str) -> str:
    """The words of the longest run of tokens with a tag, the first of several; "" if there is none."""
    runs = [[n for n, _ in run] for found, run in groupby(enumerate(tags), key=lambda one: one[1]) if found == tag]
    if not runs:
        return ""
    run = max(runs, key=len)
    return utterance[wording.starts[run[0]] : wording.starts[run[-1]] + len(wording.written[run[-1]])]

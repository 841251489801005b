"""Trains the small network on what the strong one says, too: `python -m assistant.training.reader.distilling DATA RUN`.

Beside what is known of a window, it learns how likely the strong one holds each sentence and each word (Hinton et al., 2015).
Both read the same tokens of a context, so what is said of each is said of the same place. The strong one is what `export` has
written; further arguments are those of `shared.loop`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from assistant.core.settings import load_settings
from assistant.network.reading_models import StrongModel
from assistant.network.readings import WindowReading
from assistant.network.window_network import WindowNetwork
from assistant.network.windows import SENTENCES
from assistant.training.reader.batches import Asked, Encoded, arrays, targets
from assistant.training.reader.train import SMALL_RECIPE, Trunk, loss_of, shared_loss
from assistant.training.shared.loop import half, run
from index.compiling import built_in_model_dir

_SHARE = 0.5
"""The share that the teacher has in the loss."""


class Distilled(Trunk):
    """Training of the small network with the strong one as its teacher, which must have been exported."""

    def __init__(self) -> None:
        """Loads nothing."""
        super().__init__(built_in_model_dir(), small=True)

    @cached_property
    def _teacher(self) -> WindowNetwork:
        settings = load_settings()
        return StrongModel(settings.cache_dir, settings.base_model).load()

    def loss(self, network: Any, rows: Sequence[Asked], device: torch.device) -> Any:
        """See `Task.loss`."""
        read = [one for row in rows for one in row.windows]
        given = {name: torch.from_numpy(values).to(device) for name, values in arrays(read).items()}
        width = given["input_ids"].shape[1]
        wanted = {name: torch.from_numpy(values).to(device) for name, values in targets(read, width).items()}
        with half(device):
            outputs = network(**given)
        known = loss_of(outputs, wanted) + shared_loss(
            outputs[2], wanted["sentence"], [len(row.windows) for row in rows]
        )
        readings = [self._teacher.read([one.window])[0] for one in read]
        said = {name: torch.from_numpy(v).to(device) for name, v in taught(read, readings, width).items()}
        return (1 - _SHARE) * known + _SHARE * _apart(outputs, said)


def taught(rows: Sequence[Encoded], readings: Sequence[WindowReading], width: int) -> dict[str, Any]:
    """What the teacher says, as distributions: `start`, `end`, (windows, width); `sentence`, (windows, 1 + SENTENCES).

    Args:
        rows: the windows as the student reads them.
        readings: what the teacher says of each.
        width: tokens of the longest row.
    """
    start, end = np.zeros((len(rows), width), np.float32), np.zeros((len(rows), width), np.float32)
    sentence = np.zeros((len(rows), 1 + SENTENCES), np.float32)
    for n, (row, reading) in enumerate(zip(rows, readings, strict=True)):
        count = min(len(reading.margins), SENTENCES)
        sentence[n, : 1 + count] = _softmax(np.append(0.0, reading.margins[:count]))
        first, places = reading.encoded.first, np.flatnonzero(row.context)
        places = places[: int(reading.encoded.context.sum())]
        for filled, logits in ((start, reading.start), (end, reading.end)):
            shares = _softmax(np.append(logits[0], logits[first : first + len(places)]))
            filled[n, 0], filled[n, places] = shares[0], shares[1:]
    return {"start": start, "end": end, "sentence": sentence}


def _apart(outputs: tuple[Any, Any, Any, Any], said: dict[str, Any]) -> Any:
    """Cross-entropy of what the student says with what the teacher says, summed over the windows."""
    start, end, sentence, _ = outputs
    spans = (_soft(start, said["start"]) + _soft(end, said["end"])) / 2
    return (spans + 2 * _soft(sentence, said["sentence"])).sum()


def _soft(logits: Any, shares: Any) -> Any:
    return -(functional.log_softmax(logits, dim=1) * shares).sum(1)


def _softmax(logits: Any) -> Any:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


if __name__ == "__main__":
    run(Distilled(), SMALL_RECIPE)

"""Trains the reader: `python -m assistant.reading.training.train FOLDER RUN`; started again, it goes on where it was.

FOLDER is what `prepare` wrote. RUN receives `recipe.json`, `log.jsonl` and checkpoints: `last.safetensors` with
`last.state` to resume from, and `average.safetensors`, the running mean of the weights, which is what is exported. The rounds of
the recipe say how often each kind of example is read. On a CPU each worker has one thread and reads its share of every batch;
with an accelerator there is one worker.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as together
from torch.nn import functional

from assistant.reading.training.batches import Encoded, arrays, batches, encoded, shares, tokenized
from assistant.reading.training.examples import Example, read
from assistant.reading.training.network import ReadingNetwork, learnt, load

_RECIPE = Path(__file__).with_name("recipes") / "1.json"
_ANSWERABLE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of, as in `recipes/`; the shipped network went through them one after the other.

    Attributes:
        rounds: one after the other; each says how often a kind ("near") or a source ("squad2-dev", which goes before
            its kind) is read, 0.5 being a random half.
        crop: share of the contexts that are cut to a random part.
        batch: examples a step.
        rate: highest learning rate.
        floor: share of it that is left at the end.
        warmup: share of the steps in which the rate rises.
        average: how much of the running mean of the weights is kept at a step.
        seed: of everything random.
    """

    rounds: tuple[dict[str, float], ...]
    crop: float = 0.3
    batch: int = 32
    rate: float = 2e-4
    floor: float = 0.0
    warmup: float = 0.04
    average: float = 0.998
    seed: int = 7


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, or go on training."""
    parser = argparse.ArgumentParser(description="Train the reader.")
    parser.add_argument("folder", type=Path, help="what prepare wrote")
    parser.add_argument("run", type=Path, help="folder of the run; an unfinished run goes on")
    parser.add_argument("--recipe", type=Path, default=_RECIPE)
    parser.add_argument("--start", type=Path, help="a checkpoint to start from instead of all-MiniLM-L6-v2")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes, on a CPU")
    parser.add_argument("--every", type=int, default=200, help="steps between checkpoints")
    options = parser.parse_args(arguments)
    options.run.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(**json.loads(options.recipe.read_text(encoding="utf-8")))
    (options.run / "recipe.json").write_text(options.recipe.read_text(encoding="utf-8"), encoding="utf-8")
    workers = 1 if torch.cuda.is_available() else options.workers
    if workers == 1:
        _work(0, 1, recipe, options)
        return
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", str(29_000 + os.getpid() % 1_000))
    torch.multiprocessing.spawn(_worker, args=(workers, recipe, options), nprocs=workers)


def _worker(number: int, workers: int, recipe: Recipe, options: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    together.init_process_group("gloo", rank=number, world_size=workers)
    try:
        _work(number, workers, recipe, options)
    finally:
        together.destroy_process_group()


def planned(examples: Sequence[Example], recipe: Recipe) -> list[list[Encoded]]:
    """The batches of all rounds, in order."""
    rng = random.Random(recipe.seed)
    known = tokenized([text for e in examples for text in (e.question, e.context)])
    by_kind: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        by_kind[example.kind, example.source].append(example)
    plan: list[list[Encoded]] = []
    for one in recipe.rounds:
        chosen: list[Example] = []
        for (kind, source), group in sorted(by_kind.items()):
            times = one.get(f"{kind}/{source}", one.get(kind, 0.0))
            chosen += group * int(times) + rng.sample(group, int(len(group) * (times % 1)))
        plan += batches(encoded(chosen, rng, recipe.crop, known), recipe.batch, rng)
    return plan


def rate(step: int, steps: int, recipe: Recipe) -> float:
    """The learning rate of a step: up, then linearly down."""
    rising = max(1, int(steps * recipe.warmup))
    if step < rising:
        return recipe.rate * (step + 1) / rising
    left = (steps - step) / max(1, steps - rising)
    return recipe.rate * (recipe.floor + (1 - recipe.floor) * left)


def loss_of(outputs: tuple[Any, Any, Any], start: Any, end: Any) -> Any:
    """Mean cross-entropy of start and end, and of answerability, summed over the rows."""
    starts, ends, answerable = outputs
    spans = functional.cross_entropy(starts, start, reduction="sum") + functional.cross_entropy(
        ends, end, reduction="sum"
    )
    known = functional.binary_cross_entropy_with_logits(answerable, (start > 0).float(), reduction="sum")
    return spans / 2 + _ANSWERABLE_WEIGHT * known


class _Average:
    """Running mean of the weights (Polyak & Juditsky, 1992), corrected for its beginning."""

    def __init__(self, network: ReadingNetwork, keep: float) -> None:
        self.keep, self.steps = keep, 0
        self.values = {name: torch.zeros_like(v, dtype=torch.float32) for name, v in learnt(network).items()}

    def update(self, network: ReadingNetwork) -> None:
        self.steps += 1
        for name, value in learnt(network).items():
            self.values[name].lerp_(value.float(), 1 - self.keep)

    def corrected(self) -> dict[str, Any]:
        share = 1 - self.keep**self.steps
        return {name: value / share for name, value in self.values.items()}


def _work(number: int, workers: int, recipe: Recipe, options: argparse.Namespace) -> None:
    """One worker's part of a run."""
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    plan = planned(read(options.folder / "examples.jsonl.gz"), recipe)
    last = options.run / "last.safetensors"
    network = load(last if last.exists() else options.start).to(device)
    parameters = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(_groups(network), lr=recipe.rate, betas=(0.9, 0.98), fused=True)
    average = _Average(network, recipe.average)
    done = 0
    if last.exists():
        state = torch.load(options.run / "last.state", map_location=device)
        optimizer.load_state_dict(state["optimizer"])
        average.values, average.steps, done = state["average"], state["average_steps"], state["step"]
    log = _log(options.run / "log.jsonl") if number == 0 else None
    network.train()
    torch.manual_seed(recipe.seed + 1 + number + workers * done)
    since, total, count = time.perf_counter(), 0.0, 0
    for step in range(done, len(plan)):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, len(plan), recipe)
        share = list(shares(plan[step], workers))[number]
        total += _step(network, share, parameters, device, workers, len(plan[step]))
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average.update(network)
        count += len(share)
        if log and (step + 1) % 50 == 0:
            seconds = time.perf_counter() - since
            log(
                step=step + 1,
                of=len(plan),
                loss=total / count,
                rate=rate(step, len(plan), recipe),
                per_second=workers * count / seconds,
            )
            since, total, count = time.perf_counter(), 0.0, 0
        if number == 0 and ((step + 1) % options.every == 0 or step + 1 == len(plan)):
            _save(options.run, network, optimizer, average, step + 1)


def _step(
    network: ReadingNetwork, share: Sequence[Encoded], parameters: Sequence[Any], device: Any, workers: int, size: int
) -> float:
    """Gradients of a batch, the same in every worker afterwards; the summed loss of this worker's share."""
    inputs = {name: torch.from_numpy(values).to(device) for name, values in arrays(share).items()}
    start = torch.tensor([row.start for row in share], device=device)
    end = torch.tensor([row.end for row in share], device=device)
    with torch.autocast(device.type, torch.bfloat16):
        outputs = network(**inputs)
    loss = loss_of(outputs, start, end)
    (loss / size).backward()
    if workers > 1:
        flat = torch.cat([p.grad.reshape(-1) for p in parameters])
        together.all_reduce(flat)
        place = 0
        for p in parameters:
            p.grad.copy_(flat[place : place + p.numel()].view_as(p))
            place += p.numel()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    return float(loss.detach())


def _groups(network: ReadingNetwork) -> list[dict[str, Any]]:
    """Parameters, biases and norms without decay."""
    learnt_ones = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    return [
        {"params": [p for _, p in learnt_ones if p.dim() > 1], "weight_decay": 0.01},
        {"params": [p for _, p in learnt_ones if p.dim() <= 1], "weight_decay": 0.0},
    ]


def _save(run: Path, network: ReadingNetwork, optimizer: Any, average: _Average, step: int) -> None:
    """Write a checkpoint; one that is cut off leaves the one before."""
    from safetensors.torch import save_file

    state = {
        "optimizer": optimizer.state_dict(),
        "average": average.values,
        "average_steps": average.steps,
        "step": step,
    }
    torch.save(state, run / "last.state.new")
    save_file({name: value.contiguous() for name, value in learnt(network).items()}, run / "last.safetensors.new")
    save_file(average.corrected(), run / "average.safetensors.new")
    for name in ("last.state", "last.safetensors", "average.safetensors"):
        (run / f"{name}.new").replace(run / name)


def _log(path: Path) -> Callable[..., None]:
    """Writes a line to the log and to the terminal."""

    def write(**values: float) -> None:
        line = json.dumps({name: round(value, 6) for name, value in values.items()})
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    return write


if __name__ == "__main__":
    main()

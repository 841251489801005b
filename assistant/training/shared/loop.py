"""The training loop: AdamW, a running mean of the weights, checkpoints to resume from, a worker for each core.

What is trained is a `Task`. A run's folder receives `recipe.json`, `log.jsonl` and checkpoints: `last.state` to resume from, and
`average.safetensors`, the running mean of the weights, which is what is exported. On a CPU each worker has one thread and reads
its share of every batch; with an accelerator there is one worker.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
import torch.distributed as together
from torch import nn


@dataclass(frozen=True, slots=True)
class Recipe:
    """The hyperparameters of a run, as in `recipes/`.

    Attributes:
        rounds: kind of example -> how often it is read in this round, 0.5 being a random half; one round after the other.
        batch: examples a step.
        rate: peak learning rate.
        floor: learning rate at the end, as a share of the peak.
        warmup: share of the steps in which the learning rate rises.
        average: decay of the running mean of the weights, per step.
        seed: of everything random.
        dropout: share of the hidden values that are left out.
        rank: of low-rank adapters, where there are any.
        frozen: how many of the lowest layers do not learn, where some don't.
    """

    rounds: tuple[dict[str, float], ...]
    batch: int = 32
    rate: float = 2e-4
    floor: float = 0.0
    warmup: float = 0.04
    average: float = 0.998
    seed: int = 7
    dropout: float = 0.1
    rank: int = 16
    frozen: int = 0


_STATE = "last.state"
Plan = list[list[Any]]
"""The batches of all rounds, in order."""


class Task(Protocol):
    """A network and what it learns from. It is pickled for each worker. A row of its plan has `ids`, its tokens.

    Attributes:
        at_once: rows a worker reads at once: their activations are kept until the gradients are known, gigabytes in a large
            network.
    """

    at_once: int = 8

    def plan(self, folder: Path, recipe: Recipe) -> Plan:
        """What is read: the same for the same recipe and data."""

    def load(self, checkpoint: Path | None, recipe: Recipe) -> nn.Module:
        """The network, with a checkpoint's weights or as it starts."""

    def tokens(self, row: Any) -> int:
        """How long a row of a batch is."""

    def loss(self, network: nn.Module, rows: Sequence[Any], device: torch.device) -> Any:
        """The loss of rows, summed."""


def half(device: torch.device) -> Any:
    """A context that multiplies in bfloat16 if the processor supports it; without support that takes fifty times as long."""
    able = device.type != "cpu" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.autocast(device.type, torch.bfloat16, enabled=able)


def learnt(network: nn.Module) -> dict[str, Any]:
    """The weights that training changes."""
    return {name: value.detach() for name, value in network.named_parameters() if value.requires_grad}


def run(task: Task, recipe_path: Path, arguments: Sequence[str] | None = None) -> None:
    """Train, or go on training.

    Args:
        task: what is trained.
        recipe_path: the recipe, where the arguments name no other.
        arguments: of the command line.
    """
    parser = argparse.ArgumentParser(description="Train a network.")
    parser.add_argument("folder", type=Path, help="what is learnt from; see the command")
    parser.add_argument("run", type=Path, help="folder of the run; an unfinished run goes on")
    parser.add_argument("--recipe", type=Path, help="of a new run; one that goes on keeps its own")
    parser.add_argument("--start", type=Path, help="a checkpoint to start from instead of the base model")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes, on a CPU")
    parser.add_argument("--every", type=int, default=200, help="steps between checkpoints")
    options = parser.parse_args(arguments)
    options.run.mkdir(parents=True, exist_ok=True)
    kept = options.run / "recipe.json"
    if not (options.run / _STATE).exists():
        kept.write_text((options.recipe or recipe_path).read_text(encoding="utf-8"), encoding="utf-8")
    elif options.recipe is not None and options.recipe.read_text(encoding="utf-8") != kept.read_text(encoding="utf-8"):
        raise SystemExit(f"{options.run} was begun with another recipe than {options.recipe}: name another folder.")
    recipe = Recipe(**json.loads(kept.read_text(encoding="utf-8")))
    workers = 1 if torch.cuda.is_available() else min(options.workers, recipe.batch)
    plan = task.plan(options.folder, recipe)
    if workers == 1:
        _work(0, 1, task, recipe, options, plan)
        return
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", str(29_000 + os.getpid() % 1_000))
    torch.multiprocessing.spawn(_worker, args=(workers, task, recipe, options, plan), nprocs=workers)


def _worker(number: int, workers: int, task: Task, recipe: Recipe, options: argparse.Namespace, plan: Plan) -> None:
    torch.set_num_threads(1)
    together.init_process_group("gloo", rank=number, world_size=workers)
    try:
        _work(number, workers, task, recipe, options, plan)
    finally:
        together.destroy_process_group()


def shares(batch: Sequence[Any], workers: int, task: Task) -> Iterator[list[Any]]:
    """Deal a batch out to the workers, with about the same work for each."""
    order = sorted(batch, key=task.tokens)
    for worker in range(workers):
        yield order[worker::workers]


def rate(step: int, steps: int, recipe: Recipe) -> float:
    """The learning rate of a step: up, then linearly down."""
    rising = max(1, int(steps * recipe.warmup))
    if step < rising:
        return recipe.rate * (step + 1) / rising
    left = (steps - step) / max(1, steps - rising)
    return recipe.rate * (recipe.floor + (1 - recipe.floor) * left)


class _Average:
    """Running mean of the weights (Polyak & Juditsky, 1992), corrected for its beginning."""

    def __init__(self, network: nn.Module, keep: float) -> None:
        self.keep, self.steps = keep, 0
        self.values = {name: torch.zeros_like(v, dtype=torch.float32) for name, v in learnt(network).items()}

    def update(self, network: nn.Module) -> None:
        self.steps += 1
        for name, value in learnt(network).items():
            self.values[name].lerp_(value.float(), 1 - self.keep)

    def corrected(self) -> dict[str, Any]:
        share = 1 - self.keep**self.steps
        return {name: value / share for name, value in self.values.items()}


def _work(number: int, workers: int, task: Task, recipe: Recipe, options: argparse.Namespace, plan: Plan) -> None:
    """One worker's part of a run."""
    torch.manual_seed(recipe.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    known = _plan_digest(plan)
    last = options.run / _STATE
    network = task.load(None if last.exists() else options.start, recipe).to(device)
    optimizer = torch.optim.AdamW(_groups(network), lr=recipe.rate, betas=(0.9, 0.98), fused=True)
    average = _Average(network, recipe.average)
    done = 0
    if last.exists():
        state = torch.load(last, map_location=device)
        if state["plan"] != known:
            raise SystemExit(
                f"{options.run} was begun with other data or code, so it can't go on: name another folder."
            )
        network.load_state_dict(state["weights"], strict=False)
        optimizer.load_state_dict(state["optimizer"])
        average.values, average.steps, done = state["average"], state["average_steps"], state["step"]
    log = _log(options.run / "log.jsonl") if number == 0 else None
    network.train()
    torch.manual_seed(recipe.seed + 1 + number + workers * done)
    since, total, count = time.perf_counter(), 0.0, 0
    for step in range(done, len(plan)):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, len(plan), recipe)
        share = list(shares(plan[step], workers, task))[number]
        total += _step(task, network, share, workers, len(plan[step]))
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
            _save(options.run, network, optimizer, average, {"step": step + 1, "plan": known})


def _step(task: Task, network: nn.Module, share: Sequence[Any], workers: int, size: int) -> float:
    """Compute the gradients of a batch; afterwards they are the same in every worker.

    Args:
        task: has the loss.
        network: what is trained, on its device.
        share: this worker's examples.
        workers: how many share the batch.
        size: examples in the whole batch.

    Returns:
        The loss of the share, summed.
    """
    parameters = _trained(network)
    total = 0.0
    for first in range(0, len(share), task.at_once):
        loss = task.loss(network, share[first : first + task.at_once], parameters[0].device)
        (loss / size).backward()
        total += float(loss.detach())
    if workers > 1:
        flat = torch.cat([p.grad.reshape(-1) for p in parameters])
        together.all_reduce(flat)
        place = 0
        for p in parameters:
            p.grad.copy_(flat[place : place + p.numel()].view_as(p))
            place += p.numel()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    return total


def _trained(network: nn.Module) -> list[Any]:
    """The parameters that are trained."""
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


def _groups(network: nn.Module) -> list[dict[str, Any]]:
    """Parameters, biases and norms without decay."""
    parameters = _trained(network)
    return [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": 0.01},
        {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
    ]


def _plan_digest(plan: Sequence[Sequence[Any]]) -> str:
    """What tells a plan from others: its tokens, in their order."""
    known = hashlib.sha256()
    for batch in plan:
        for row in batch:
            known.update(np.asarray(row.ids, np.int64).tobytes())
    return known.hexdigest()


def _save(run: Path, network: nn.Module, optimizer: Any, average: _Average, place: dict[str, Any]) -> None:
    """Write a checkpoint; one that is cut off leaves the one before."""
    from safetensors.torch import save_file

    state = {
        **place,
        "weights": learnt(network),
        "optimizer": optimizer.state_dict(),
        "average": average.values,
        "average_steps": average.steps,
    }
    torch.save(state, run / f"{_STATE}.new")
    save_file(average.corrected(), run / "average.safetensors.new")
    for name in ("average.safetensors", _STATE):
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

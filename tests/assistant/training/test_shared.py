"""What all training shares: batches are the same for the same seed, and earlier turns come before the question."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from assistant.training.shared.batches import batches, sampled
from assistant.training.shared.loop import Recipe, Task, run
from assistant.training.shared.rows import with_history


@dataclass(frozen=True)
class Row:
    ids: tuple[int, ...]


ROWS = [Row(tuple(range(n % 7 + 1))) for n in range(10)]


def test_batches_are_the_same_for_the_same_seed_and_the_short_one_is_left_out() -> None:
    first, second = (batches(ROWS, 4, random.Random(5)) for _ in range(2))
    assert first == second
    assert [len(batch) for batch in first] == [4, 4]
    assert first != batches(ROWS, 4, random.Random(6))


def test_rows_of_a_batch_are_of_like_length() -> None:
    rows = [Row(tuple(range(n))) for n in random.Random(3).sample(range(1, 41), 40)]
    spread = [max(len(row.ids) for row in batch) - len(batch[0].ids) for batch in batches(rows, 5, random.Random(5))]
    assert spread == [4] * 8


def test_rows_that_are_alike_come_in_one_batch() -> None:
    rows = [Row(tuple(range(n))) for n in range(1, 13)]
    found = batches(rows, 4, random.Random(5), lambda row: "pair" if len(row.ids) in (2, 11) else "")
    [paired] = [batch for batch in found if len(batch[0].ids) == 2 or any(len(row.ids) == 2 for row in batch)]
    assert 11 in [len(row.ids) for row in paired]
    assert sorted(len(row.ids) for batch in found for row in batch) == list(range(1, 13))


def test_no_row_is_lost_where_alike_ones_make_parts_of_other_sizes() -> None:
    rows = [Row((n,)) for n in range(4_000)]
    found = batches(rows, 8, random.Random(5), lambda row: str(row.ids[0] // 3))
    assert sorted(row.ids[0] for batch in found for row in batch) == list(range(4_000))
    whole = sum(len({row.ids[0] // 3 for row in batch}) <= 4 for batch in found)
    assert whole == len(found)


def test_a_share_says_how_often_a_group_is_read() -> None:
    chosen = sampled({"a": [1, 2, 3, 4], "b": [5, 6], "c": [7]}, {"a": 1.5, "b": 0.5}, random.Random(1))
    assert sorted(set(chosen)) == sorted({1, 2, 3, 4, *[n for n in chosen if n > 4]})
    assert (len(chosen), len([n for n in chosen if n > 4]), 7 in chosen) == (7, 1, False)


def test_earlier_turns_come_first() -> None:
    assert with_history("And then?", [{"role": "user", "text": " Who? "}]) == "Who? And then?"


class Line(Task):
    """Learns a slope from points."""

    def __init__(self, slope: float = 2.0) -> None:
        self.slope = slope

    def plan(self, folder: Path, recipe: Recipe) -> list[list[Row]]:
        rows = [Row((n, int(n * self.slope))) for n in range(-4, 4)]
        return [rows[n : n + recipe.batch] for n in range(0, 8, recipe.batch)] * 4

    def load(self, checkpoint: Path | None, recipe: Recipe) -> nn.Module:
        torch.manual_seed(recipe.seed)
        return nn.Linear(1, 1)

    def tokens(self, row: Row) -> int:
        return 1

    def loss(self, network: nn.Module, rows: Sequence[Row], device: torch.device) -> torch.Tensor:
        points = torch.tensor([row.ids for row in rows], dtype=torch.float32)
        return ((network(points[:, :1]) - points[:, 1:]) ** 2).sum()


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps({"rounds": [], "batch": 2, "rate": 0.1, "average": 0.5}))
    return path


def test_a_run_that_was_broken_off_goes_on_as_if_nothing_had_happened(recipe: Path, tmp_path: Path) -> None:
    class BreaksOff(Line):
        def loss(self, network: nn.Module, rows: Sequence[Row], device: torch.device) -> torch.Tensor:
            if (calls := next(count)) == 9:
                raise KeyboardInterrupt(calls)
            return super().loss(network, rows, device)

    count = iter(range(100))
    options = ["--workers", "1", "--every", "4", "--recipe", str(recipe)]
    run(Line(), recipe, [str(tmp_path), str(tmp_path / "whole"), *options])
    with pytest.raises(KeyboardInterrupt):
        run(BreaksOff(), recipe, [str(tmp_path), str(tmp_path / "broken"), *options])
    run(Line(), recipe, [str(tmp_path), str(tmp_path / "broken"), *options[:4]])
    whole, broken = (load_file(tmp_path / name / "average.safetensors") for name in ("whole", "broken"))
    assert {name: value.tolist() for name, value in whole.items()} == {name: v.tolist() for name, v in broken.items()}


def test_a_run_goes_on_with_nothing_but_what_it_was_begun_with(recipe: Path, tmp_path: Path) -> None:
    arguments = [str(tmp_path), str(tmp_path / "run"), "--workers", "1"]
    run(Line(), recipe, arguments)
    with pytest.raises(SystemExit, match="other data or code"):
        run(Line(3.0), recipe, arguments)
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"rounds": [], "batch": 4}))
    with pytest.raises(SystemExit, match=r"another recipe than .*other\.json"):
        run(Line(), recipe, [*arguments, "--recipe", str(other)])

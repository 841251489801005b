"""How far an `add` is, is told by bytes, and never falls."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from assistant import Article, Assistant
from index.report import Meter

Told = tuple[float, int, str]


def text(words: int, seed: str) -> str:
    lines = (
        f"The {seed} number {n} stands at the river and is {n} metres high, as they say."
        for n in range(words // 16 + 1)
    )
    return "\n\n".join(lines)


def told(assistant: Assistant, source: object) -> list[Told]:
    seen: list[Told] = []
    assistant.add(source, lambda *state: seen.append(state))
    assert all(before[0] <= after[0] for before, after in pairwise(seen)), "it fell"
    assert seen[-1][0] == seen[-1][1]
    return seen


def test_a_long_file_counts_for_its_length(fast_assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text(3_200, "mill"))
    (tmp_path / "b.txt").write_text(text(160, "barn"))
    seen = told(fast_assistant, tmp_path)
    begins = {Path(name).name: done / total for done, total, name in seen if name}
    assert begins["a.txt"] == 0
    # It is read by then, but not embedded.
    assert 0.05 < begins["b.txt"] < 0.15
    assert {total for _, total, _ in seen} == {2}


def test_within_one_long_file_it_goes_on_evenly(fast_assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text(9_000, "mill"))
    seen = [done / total for done, total, _ in told(fast_assistant, tmp_path / "a.txt")]
    assert max(after - before for before, after in pairwise(seen)) < 0.15


def test_it_does_not_fall_whatever_becomes_of_the_sources(fast_assistant: Assistant, tmp_path: Path) -> None:
    old = Article(text(800, "tower"), source="old")
    fast_assistant.add(old)
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "damaged.pdf").write_bytes(b"%PDF-1.4 damaged" * 100)
    for n in range(4):
        (tmp_path / f"{n}.txt").write_text(text(9_000 * (n % 2) + 30, f"mill {n}"))
    seen = told(
        fast_assistant, [old, tmp_path, Article("The shed\n\nThe shed is new.", source="old"), Article("Short.")]
    )
    assert {total for _, total, _ in seen} == {9}


def test_nothing_to_add_is_all_done(fast_assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    assert told(fast_assistant, tmp_path)[-1] == (1.0, 1, "")
    assert told(fast_assistant, [])[-1] == (0.0, 0, "")


def test_the_meter_stays_within_its_bounds() -> None:
    seen: list[Told] = []
    meter = Meter([10, 30, 0], lambda *state: seen.append(state))
    meter.next("a")
    meter.read(10)
    meter.next("b")
    meter.dropped(30)
    meter.next("c")
    meter.read(0)
    meter.embedded(1, 2)
    meter.embedded(2, 2)
    meter.stored()
    meter.ended()
    assert [done / total for done, total, _ in seen] == pytest.approx([0, 0.025, 0.775, 0.8875, 1, 1, 1])

"""What was trained of the strong reader ships in a quarter of its size, and comes back as it was but for the rounding."""

from __future__ import annotations

import numpy as np

from assistant.network.adapters import packed, unpacked


def test_factors_come_back_but_for_their_rounding() -> None:
    rng = np.random.default_rng(1)
    weights = {
        "a.up": rng.normal(size=(8, 4)),
        "a.down": rng.normal(size=(4, 8)),
        "span.weight": rng.normal(size=(2, 8)),
    }
    weights["a.up"][3] = 0
    kept = packed(weights)
    assert kept["a.up"].dtype == kept["a.down"].dtype == np.int8
    again = unpacked(kept)
    assert set(again) == set(weights)
    for name, values in weights.items():
        assert again[name].dtype == np.float32
        np.testing.assert_allclose(again[name], values, atol=np.abs(values).max() / 250)


def test_files_made_before_are_read() -> None:
    before = {"a.up": np.ones((2, 2), np.float16), "a.largest": np.ones(3, np.float16)}
    again = unpacked(before)
    assert {name: values.tolist() for name, values in again.items()} == {
        "a.up": [[1, 1], [1, 1]],
        "a.largest": [1, 1, 1],
    }

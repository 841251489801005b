"""Many passages are embedded in bfloat16 where the processor can: the model's vectors, and those of the text alone."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from index.bulk import open_bulk
from index.compiling import compiled_model, open_session
from index.embedding import CompiledEmbedder
from index.processors import has_bfloat16_units
from index.settings import IndexSettings
from tests.index.test_embedding import TEXTS, cosines, varied

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not has_bfloat16_units(), reason="this processor has no units for bfloat16"),
]
MANY = 140


@pytest.fixture(scope="module")
def embedder() -> CompiledEmbedder:
    return CompiledEmbedder(IndexSettings())


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [*TEXTS, "", *varied(MANY, seed=11)][:MANY]


@pytest.fixture(scope="module")
def vectors(embedder: CompiledEmbedder, texts: list[str]) -> Any:
    return embedder.embed(texts)


def test_the_vectors_are_those_of_the_model_but_for_rounding(
    embedder: CompiledEmbedder, texts: list[str], vectors: Any
) -> None:
    alone = np.concatenate([embedder.embed(texts[n : n + 20]) for n in range(0, MANY, 20)])
    assert cosines(vectors, alone).min() >= 0.9999
    assert not np.array_equal(vectors, alone)  # else nothing was tested
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_neighbours_order_and_threads_change_no_bit(texts: list[str], vectors: Any) -> None:
    order = list(range(MANY))
    random.Random(5).shuffle(order)
    others = varied(30, seed=12)
    for threads in (1, 3):
        shuffled = CompiledEmbedder(IndexSettings(threads=threads)).embed([*others, *(texts[n] for n in order)])
        assert np.array_equal(shuffled[len(others) :], vectors[order])


def test_torch_keeps_the_threads_that_it_had(embedder: CompiledEmbedder, texts: list[str]) -> None:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    try:
        embedder.embed(texts)
        assert torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(("count", "expected"), [(100, "False"), (MANY, "True")])
def test_few_texts_do_not_import_torch(count: int, expected: str) -> None:
    code = (
        "import sys; from index.embedding import CompiledEmbedder; from index.settings import IndexSettings;"
        f"CompiledEmbedder(IndexSettings()).embed(['a text'] * {count}); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == expected


class _OtherModel:
    """A session whose vectors are another model's: each the next one's."""

    def __init__(self) -> None:
        self._session = open_session(compiled_model(None))

    def run(self, outputs: Any, given: dict[str, Any]) -> list[Any]:
        found = self._session.run(outputs, given)
        return [np.roll(found[0], 1, axis=1)]


def test_it_is_not_used_where_its_vectors_are_not_the_models() -> None:
    assert open_bulk(open_session(compiled_model(None))) is not None
    assert open_bulk(_OtherModel()) is None

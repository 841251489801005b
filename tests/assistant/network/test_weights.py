"""The shipped networks: what they say must not depend on the processor they run on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.network.weights import READER
from assistant.understanding.followup import resolver_network as resolver
from assistant.verification.entailment import checker

FILES = [resolver.BUILT_IN / "resolver.onnx", checker.BUILT_IN / "support.onnx"]


def arrays(path: Path, ending: str) -> list[Any]:
    import onnx
    from onnx import numpy_helper

    constants = onnx.load(path).graph.initializer
    return [numpy_helper.to_array(constant) for constant in constants if constant.name.endswith(ending)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_product_is_cut_off_on_processors_without_vnni(path: Path) -> None:
    """ONNX Runtime adds pairs of unsigned by signed products in 16 bits there, which overflow; unsigned ones it does not."""
    weights = arrays(path, "_quantized")
    assert len(weights) >= 24
    assert {weight.dtype for weight in weights} == {np.dtype(np.uint8)}


def test_no_sum_of_two_products_of_the_reader_is_cut_off() -> None:
    """Signed weights of 7 bits: twice 255 by 63 fits into 16 bits."""
    weights = [weight for weight in arrays(READER / "reader.onnx", ".bytes") if weight.shape[0] < 2_000]
    assert len(weights) == 24
    assert {weight.dtype for weight in weights} == {np.dtype(np.int8)}
    assert max(int(np.abs(weight.astype(int)).max()) for weight in weights) <= 63

"""The shipped networks: what they say must not depend on the processor they run on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.network import span_network as reader
from assistant.understanding.followup import resolver_network as resolver
from assistant.verification.entailment import checker

FILES = [
    reader.BUILT_IN / "reader.onnx",
    resolver.BUILT_IN / "resolver.onnx",
    checker.BUILT_IN / "support.onnx",
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_product_is_cut_off_on_processors_without_vnni(path: Path) -> None:
    """ONNX Runtime adds pairs of unsigned by signed products in 16 bits there, which overflow; unsigned ones it does not."""
    import onnx
    from onnx import numpy_helper

    weights = [i for i in onnx.load(path).graph.initializer if i.name.endswith("_quantized")]
    assert len(weights) >= 24
    assert {numpy_helper.to_array(weight).dtype for weight in weights} == {np.dtype(np.uint8)}

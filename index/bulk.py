"""The built-in embedding model for adding many passages: matrix products in bfloat16, on processors with units for them.

All of it is torch's, which takes seconds to import: worth that only for many passages, never for a question. Sums, layer norms
and the way from layer to layer stay in float32. Each text goes through alone, padded to a multiple of 16 tokens, so its vector
depends on nothing but the text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from index.arrays import Vectors
from index.compiling import MIN_COSINE, built_in_model_dir, run_model
from index.processors import has_bfloat16_units

_log = logging.getLogger(__name__)
_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_EPSILON = 1e-12
_TILE = 16
"""Rows of a tile of AMX; attention over a length that is no multiple takes up to twice the time."""
_PROBE_LENGTHS = (3, 5, 16, 17, 100, 255, 256)


def open_bulk(session: Any) -> BulkModel | None:
    """The model in bfloat16; None where this processor or this torch can't, or where its vectors would not be the model's.

    Args:
        session: the compiled model, whose vectors it must have.
    """
    if not has_bfloat16_units():
        return None
    try:
        model = BulkModel()
        rows = _probes()
        with model.one_thread_each():
            found = model(rows)
        cosine = float(min(found[n] @ run_model(session, [row])[0] for n, row in enumerate(rows)))
    except (ImportError, OSError, RuntimeError, AttributeError, KeyError, NotImplementedError) as error:
        _log.info("Passages are embedded in float32: %s", error)
        return None
    if not cosine >= MIN_COSINE:
        _log.warning("Passages are embedded in float32, since bfloat16 gives a cosine of %.6f only.", cosine)
        return None
    return model


class BulkModel:
    """all-MiniLM-L6-v2 in torch. Several threads may call it at once, each within `one_thread_each`."""

    def __init__(self) -> None:
        """Reads the model's weights.

        Raises:
            EmbeddingError: the model is not completely installed.
        """
        import torch
        from safetensors.torch import load_file

        self._torch = torch
        weights = load_file(str(built_in_model_dir() / "model.safetensors"))
        self._words = weights["embeddings.word_embeddings.weight"]
        places = weights["embeddings.position_embeddings.weight"]
        self._places = places + weights["embeddings.token_type_embeddings.weight"][0]
        self._norm = _Norm(weights, "embeddings.LayerNorm")
        with torch.inference_mode():
            self._layers = [_Layer(weights, f"encoder.layer.{n}") for n in range(_LAYERS)]

    def __call__(self, rows: Sequence[Sequence[int]]) -> Vectors:
        """Rows of token ids -> unit vectors, shape (len(rows), 384), float32."""
        with self._torch.inference_mode():
            return np.stack([self._vector(list(row)) for row in rows])

    @contextmanager
    def one_thread_each(self) -> Iterator[None]:
        """Calls run in their callers' threads, here and in threads that are started inside."""
        before = self._torch.get_num_threads()
        self._torch.set_num_threads(1)
        try:
            yield
        finally:
            self._torch.set_num_threads(before)

    def _vector(self, ids: list[int]) -> Any:
        torch, used = self._torch, len(ids)
        padding = -used % _TILE
        mask = None
        if padding:
            mask = torch.zeros(1, 1, 1, used + padding, dtype=torch.bfloat16)
            mask[..., used:] = -torch.inf
        hidden = torch.nn.functional.embedding(torch.tensor(ids + [0] * padding), self._words)
        hidden = self._norm(hidden + self._places[: used + padding])
        for layer in self._layers:
            hidden = layer(hidden, mask)
        return torch.nn.functional.normalize(hidden[:used].mean(0), dim=-1).numpy()


class _Layer:
    """A transformer layer: float32 in and out, bfloat16 within."""

    def __init__(self, weights: dict[str, Any], name: str) -> None:
        own = f"{name}.attention.self"
        self._asked = _Linear(weights, f"{own}.query", f"{own}.key", f"{own}.value")
        self._told = _Linear(weights, f"{name}.attention.output.dense")
        self._told_norm = _Norm(weights, f"{name}.attention.output.LayerNorm")
        self._wide = _Linear(weights, f"{name}.intermediate.dense", gelu=True)
        self._narrow = _Linear(weights, f"{name}.output.dense")
        self._norm = _Norm(weights, f"{name}.output.LayerNorm")

    def __call__(self, hidden: Any, mask: Any) -> Any:
        from torch.nn.functional import scaled_dot_product_attention

        parts = self._asked(hidden.bfloat16()).view(1, len(hidden), 3, _HEADS, _WIDTH // _HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = scaled_dot_product_attention(query, key, value, attn_mask=mask)
        hidden = self._told_norm(hidden + self._told(seen.transpose(1, 2).reshape(len(hidden), _WIDTH)))
        return self._norm(hidden + self._narrow(self._wide(hidden.bfloat16())))


class _Linear:
    """A matrix in the order that the processor's units take it in, with its bias; several are put side by side."""

    def __init__(self, weights: dict[str, Any], *names: str, gelu: bool = False) -> None:
        import torch

        matrix = torch.cat([weights[f"{name}.weight"] for name in names]).bfloat16()
        self._bias = torch.cat([weights[f"{name}.bias"] for name in names]).bfloat16()
        # torch's compiler uses these. Without the order made beforehand and the activation done on the way, all takes half as
        # long again.
        self._matrix = torch.ops.mkldnn._reorder_linear_weight(matrix, 256)
        self._call = torch.ops.mkldnn._linear_pointwise
        self._kind: tuple[Any, ...] = ("gelu", [], "none") if gelu else ("none", [], "")

    def __call__(self, rows: Any) -> Any:
        return self._call(rows, self._matrix, self._bias, *self._kind)


class _Norm:
    """A layer norm, in float32."""

    def __init__(self, weights: dict[str, Any], name: str) -> None:
        from torch.nn.functional import layer_norm

        self._call = layer_norm
        self._parts = weights[f"{name}.weight"], weights[f"{name}.bias"]

    def __call__(self, rows: Any) -> Any:
        return self._call(rows, (_WIDTH,), *self._parts, _EPSILON)


def _probes() -> list[list[int]]:
    """Rows of token ids of every kind of length, with tokens from all over the vocabulary."""
    rng = np.random.default_rng(1)
    return [[101, *(int(n) for n in rng.integers(1_000, 30_000, length - 2)), 102] for length in _PROBE_LENGTHS]

"""A transformer with the heads of a reader as an ONNX graph, in 32 or 8 bits, from plain arrays, without torch or transformers.

Vaswani et al. (2017) with layer norms behind the sums, as BERT (Devlin et al., 2019) and MPNet (Song et al., 2020) have them.
MPNet adds a bias by distance to the attention, one for all layers; BERT adds a vector to the tokens of the context.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Weights = Mapping[str, Any]
"""Name -> array, float32. `words`, `positions`: a vector for each; `types`: for tokens before and in the context, may be missing;
`distances`: the bias of each bucket of distances for each head, may be missing; `embedded.weight`, `.bias`: the first layer norm.

Of layer N: `N.q`, `N.k`, `N.v`, `N.o`: the attention's linear layers; `N.wide`, `N.narrow`: those behind it, each with `.weight`,
(out, in), `.bias`, and in 8 bits `.largest`, the largest size of each of its inputs, (in,); `N.seen`, `N.done`: the layer norms.
Of the heads: `span`, `sentence.0`, `sentence.2`, `verdict.0`, `verdict.2`."""

MAX_TOKENS = 512
_BUCKETS, _FAR = 32, 128
_LARGEST = 63
"""Weights have 7 bits: products of larger ones are cut off on processors without VNNI, and each would give answers of its own.
Signed, since processors with matrix units multiply signed bytes nine times as fast."""
_APART = 32
"""Some few of the values that a linear layer is given are ten times as large as all others, and rounding to 8 bits would leave
little of the rest. The largest, one of so many, are multiplied apart, in 32 bits (as in LLM.int8(), Dettmers et al., 2022)."""
JOINED, DENSE = ("q", "k", "v"), ("o", "wide", "narrow")
"""The linear layers of a layer: those that are multiplied side by side, under the name of the first, and the others."""
OUTPUTS = ("start", "end", "sentence", "verdict")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the weights don't tell: number of layers, attention heads a layer, and what a layer norm adds to the variance."""

    layers: int
    heads: int
    epsilon: float


def graph(weights: Weights, shape: Shape, *, exact: bool = False) -> bytes:
    """The network as a serialized ONNX model.

    Its inputs: `input_ids` and `attention_mask`, int64, (batch, tokens), padding behind the tokens; `context`, float32, likewise,
    1 where a token can answer; `members`, float32, (batch, sentences, tokens), a row for each sentence, which is 1 / its tokens
    at each of its tokens, the first row choosing the first token. Its outputs, float32: `start`, `end`, (batch, tokens);
    `sentence`, (batch, sentences); `verdict`, (batch, sentences, 3).

    Args:
        weights: of the network.
        shape: of the network.
        exact: 32-bit weights.
    """
    built = _Graph(weights, exact, shape.epsilon)
    hidden = _embedded(built)
    bias = _attention_bias(built)
    for number in range(shape.layers):
        hidden = _layer(built, str(number), hidden, bias, shape.heads)
    _heads(built, hidden)
    return built.serialized()


class _Graph:
    """Nodes and constants of a graph, each named by itself."""

    def __init__(self, weights: Weights, exact: bool, epsilon: float) -> None:
        from onnx import helper, numpy_helper

        self.weights, self.exact, self._epsilon = weights, exact, epsilon
        self._helper, self._arrays = helper, numpy_helper
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def constant(self, name: str, values: Any) -> str:
        """The name of an array that the graph holds."""
        if name not in self._constants:
            self._constants[name] = self._arrays.from_array(np.asarray(values, order="C"), name)
        return name

    def weight(self, name: str) -> str:
        """The name of a weight that the graph holds as it is."""
        return self.constant(name, np.asarray(self.weights[name], np.float32))

    def node(self, kind: str, inputs: Sequence[str], domain: str = "", **attributes: Any) -> str:
        """Add a node; returns the name of its output."""
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(kind, list(inputs), [name], name, domain=domain, **attributes))
        return name

    def named(self, name: str, value: str) -> None:
        """Give a value the name of an output."""
        self._nodes.append(self._helper.make_node("Identity", [value], [name], name))

    def linear(self, values: str, *names: str) -> str:
        """Linear layers side by side, `values @ weight.T + bias`, unless exact in 8 bits but for the largest values."""
        weight = np.concatenate([np.asarray(self.weights[f"{name}.weight"], np.float32) for name in names]).T
        bias = np.concatenate([np.asarray(self.weights[f"{name}.bias"], np.float32) for name in names])
        first = names[0]
        if self.exact:
            product = self.node("MatMul", [values, self.constant(f"{first}.matrix", weight)])
            return self.node("Add", [product, self.constant(f"{first}.bias", bias)])
        largest = np.asarray(self.weights[f"{first}.largest"], np.float32)
        apart = np.sort(np.argsort(-largest, kind="stable")[: len(largest) // _APART])
        usual = np.ones(len(largest), np.float32)
        usual[apart] = 0
        rounded = weight * usual[:, None]
        scale = np.maximum(np.abs(rounded).max(axis=0), 1e-8) / _LARGEST
        product = self.node(
            "DynamicQuantizeMatMul",
            [
                self.node("Mul", [values, self.constant(f"{first}.usual", usual)]),
                self.constant(f"{first}.bytes", np.round(rounded / scale).astype(np.int8)),
                self.constant(f"{first}.scale", scale),
                self.constant(f"{first}.zero", np.zeros(len(scale), np.int8)),
                self.constant(f"{first}.bias", bias),
            ],
            "com.microsoft",
        )
        if not len(apart):
            return product
        large = self.node("Gather", [values, self.constant(f"{first}.apart", apart.astype(np.int64))], axis=-1)
        exact = self.node("MatMul", [large, self.constant(f"{first}.large", weight[apart])])
        return self.node("Add", [product, exact])

    def norm(self, name: str, values: str) -> str:
        """A layer norm."""
        known = [self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        return self.node("LayerNormalization", [values, *known], axis=-1, epsilon=self._epsilon)

    def serialized(self) -> bytes:
        """The model, checked for its form."""
        from onnx import TensorProto, checker

        make, info = self._helper, self._helper.make_tensor_value_info
        ids, real, three = TensorProto.INT64, TensorProto.FLOAT, ["batch", "sentences", "tokens"]
        types = {"input_ids": ids, "attention_mask": ids, "context": real}
        inputs = [info(name, kind, ["batch", "tokens"]) for name, kind in types.items()] + [
            info("members", real, three)
        ]
        shapes = (["batch", "tokens"], ["batch", "tokens"], ["batch", "sentences"], ["batch", "sentences", 3])
        outputs = [info(name, real, shape) for name, shape in zip(OUTPUTS, shapes, strict=True)]
        whole = make.make_graph(self._nodes, "trunk", inputs, outputs, list(self._constants.values()))
        opsets = [make.make_opsetid("", 17), make.make_opsetid("com.microsoft", 1)]
        model = make.make_model(whole, opset_imports=opsets, ir_version=9)
        checker.check_model(model)
        return bytes(model.SerializeToString())


def _embedded(built: _Graph) -> str:
    """Vectors of words and of places, summed and normed. Word vectors have 8 bits with a scale each, unless exact."""
    vectors = np.asarray(built.weights["words"], np.float32)
    if built.exact:
        words = built.node("Gather", [built.constant("words", vectors), "input_ids"])
    else:
        scale = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-8) / 127
        rounded = built.constant("words.bytes", np.round(vectors / scale).astype(np.int8))
        whole = built.node("Cast", [built.node("Gather", [rounded, "input_ids"])], to=1)
        factor = built.node("Gather", [built.constant("words.scale", scale.astype(np.float32)), "input_ids"])
        words = built.node("Mul", [whole, factor])
    places = built.node("Gather", [built.weight("positions"), _range(built)])
    summed = built.node("Add", [words, places])
    if "types" in built.weights:
        before, inside = np.asarray(built.weights["types"], np.float32)
        last = built.constant("axis.2", np.array([2], np.int64))
        marked = built.node("Unsqueeze", ["context", last])
        added = built.node("Mul", [marked, built.constant("types.context", inside - before)])
        summed = built.node("Add", [summed, built.node("Add", [added, built.constant("types.before", before)])])
    return built.norm("embedded", summed)


def _range(built: _Graph) -> str:
    """0, 1, ... up to the number of tokens."""
    shape = built.node("Shape", ["input_ids"])
    count = built.node("Gather", [shape, built.constant("one", np.int64(1))])
    return built.node("Range", [built.constant("zero", np.int64(0)), count, built.constant("one", np.int64(1))])


def _attention_bias(built: _Graph) -> str:
    """What is added to the attention, (batch, heads or 1, tokens, tokens): by distance; very low for padding."""
    absent = built.node("Sub", [built.constant("present", np.float32(1)), built.node("Cast", ["attention_mask"], to=1)])
    axes = built.constant("axes", np.array([1, 2], np.int64))
    masked = built.node("Mul", [built.node("Unsqueeze", [absent, axes]), built.constant("low", np.float32(-1e4))])
    places, axis = _range(built), built.constant("axis", np.array([0], np.int64))
    down = built.node("Unsqueeze", [places, built.constant("axis.1", np.array([1], np.int64))])
    distance = built.node("Sub", [built.node("Unsqueeze", [places, axis]), down])
    if "distances" in built.weights:
        apart = np.arange(-MAX_TOKENS, MAX_TOKENS + 1)
        table = np.asarray(built.weights["distances"], np.float32)[_bucket(apart)].T
        shifted = built.node("Add", [distance, built.constant("shift", np.int64(MAX_TOKENS))])
        added = built.node("Gather", [built.constant("distances", table), shifted], axis=1)
    else:
        zero = built.constant("nothing", np.float32(0))
        added = built.node("Mul", [built.node("Unsqueeze", [built.node("Cast", [distance], to=1), axis]), zero])
    return built.node("Add", [built.node("Unsqueeze", [added, axis]), masked])


def _bucket(apart: Any) -> Any:
    """The bucket of a distance between two tokens, as `MPNetEncoder.relative_position_bucket`."""
    half, near = _BUCKETS // 2, _BUCKETS // 4
    size = np.abs(apart)
    far = near + (np.log(np.maximum(size, 1) / near) / np.log(_FAR / near) * (half - near)).astype(np.int64)
    return np.where(apart > 0, half, 0) + np.where(size < near, size, np.minimum(far, half - 1))


def _layer(built: _Graph, name: str, hidden: str, bias: str, heads: int) -> str:
    joined = built.linear(hidden, *(f"{name}.{part}" for part in JOINED))
    width = len(built.weights["embedded.bias"])
    axis = built.constant("last", np.array([-1], np.int64))
    bounds = [built.constant(f"bound.{n}", np.array([n * width], np.int64)) for n in range(4)]
    parts = [built.node("Slice", [joined, bounds[n], bounds[n + 1], axis]) for n in range(3)]
    seen = built.node("MultiHeadAttention", [*parts, "", "", bias], "com.microsoft", num_heads=heads)
    hidden = built.norm(f"{name}.seen", built.node("Add", [hidden, built.linear(seen, f"{name}.o")]))
    wide = built.node("Gelu", [built.linear(hidden, f"{name}.wide")], "com.microsoft")
    return built.norm(f"{name}.done", built.node("Add", [hidden, built.linear(wide, f"{name}.narrow")]))


def _heads(built: _Graph, hidden: str) -> None:
    """The heads have 32 bits: they are small."""
    spans = _exact(built, "span", hidden)
    first = built.node("Cast", [built.node("Equal", [_range(built), built.constant("zero", np.int64(0))])], to=1)
    allowed = built.node("Add", ["context", first])
    absent = built.node("Sub", [allowed, built.constant("there", np.float32(1))])
    outside = built.node("Mul", [absent, built.constant("lowest", np.float32(1e4))])
    last = built.constant("axis.2", np.array([2], np.int64))
    for number, name in enumerate(("start", "end")):
        logits = built.node("Gather", [spans, built.constant(f"part.{number}", np.array([number], np.int64))], axis=2)
        built.named(name, built.node("Add", [built.node("Squeeze", [logits, last]), outside]))
    means = built.node("MatMul", ["members", hidden])
    scores = _exact(built, "sentence.2", built.node("Gelu", [_exact(built, "sentence.0", means)], "com.microsoft"))
    built.named("sentence", built.node("Squeeze", [scores, last]))
    decided = built.node("Gelu", [_exact(built, "verdict.0", means)], "com.microsoft")
    built.named("verdict", _exact(built, "verdict.2", decided))


def _exact(built: _Graph, name: str, values: str) -> str:
    matrix = built.constant(f"{name}.matrix", np.asarray(built.weights[f"{name}.weight"], np.float32).T)
    return built.node("Add", [built.node("MatMul", [values, matrix]), built.weight(f"{name}.bias")])

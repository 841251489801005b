"""The strong reader's network: the graph is the base with adapters and heads, its 8 bits are near it, windows are read right."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from assistant.core.errors import ReaderError
from assistant.network.architectures import bert, mpnet
from assistant.network.graph import Shape, _Graph, graph
from assistant.network.trunk import merged, open_trunk_tokenizer, opened
from assistant.network.weights import open_tokenizer
from assistant.network.window_network import WindowNetwork
from assistant.network.windows import BERT, MAX_TOKENS, MPNET, Signs, Window, encode, inputs
from assistant.training.reader.export import write_weights
from assistant.training.reader.network import SmallNetwork, TrunkNetwork
from index.compiling import built_in_model_dir
from tests.tiny_base import write_base

WINDOWS = (
    Window("who mends it?", "bridge", "It is shut. Kari mends it, he said. It costs 400."),
    Window("how long?", "", "It opened after nine days."),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(folder / "tokenizer.json"))


@pytest.fixture(scope="module")
def network(folder: Path) -> TrunkNetwork:
    """With adapters that change something."""
    torch.manual_seed(2)
    made = TrunkNetwork(folder, rank=4, frozen=1, dropout=0.0).eval()
    with torch.no_grad():
        for name, value in made.named_parameters():
            if name.endswith(".up"):
                value.normal_(std=0.05)
            elif value.requires_grad and value.dim() > 1:
                value.normal_(std=0.2)
    return made


@pytest.fixture(scope="module")
def built(folder: Path, network: TrunkNetwork, tokenizer: Any) -> dict[str, WindowNetwork]:
    path = folder / "trunk.safetensors"
    write_weights(network, tokenizer, [WINDOWS], path)
    shape = Shape(3, 2, 1e-12)
    weights = mpnet(merged(folder / "model.safetensors", path), shape)
    made = {}
    for name, exact in (("exact", True), ("bytes", False)):
        file = folder / f"{name}.onnx"
        file.write_bytes(graph(weights, shape, exact=exact))
        made[name] = opened(file, tokenizer)
    return made


def test_the_exact_graph_is_the_network_that_was_trained(
    built: dict[str, WindowNetwork], network: TrunkNetwork, tokenizer: Any
) -> None:
    encoded = [encode(tokenizer, window) for window in WINDOWS]
    given = inputs(encoded)
    sentence = np.full(given["input_ids"].shape, -1, np.int64)
    for n, one in enumerate(encoded):
        sentence[n, : len(one.ids)] = one.sentence
    tensors = {name: torch.from_numpy(given[name]) for name in ("input_ids", "attention_mask")}
    with torch.inference_mode():
        context = torch.from_numpy(given["context"].astype(np.int64))
        _, _, scores, verdict = network(**tensors, context=context, sentence=torch.from_numpy(sentence))
    for n, reading in enumerate(built["exact"].read(WINDOWS)):
        count = len(reading.sentences)
        wanted = (scores[n, 1 : 1 + count] - scores[n, 0]).float().numpy()
        # The trained network multiplies in bfloat16, with three digits.
        np.testing.assert_allclose(reading.margins, wanted, atol=0.15)
        np.testing.assert_allclose(reading.verdicts, verdict[n, 1 : 1 + count].float().numpy(), atol=0.15)


def test_eight_bits_are_near_32(built: dict[str, WindowNetwork]) -> None:
    for exact, near in zip(built["exact"].read(WINDOWS), built["bytes"].read(WINDOWS), strict=True):
        np.testing.assert_allclose(near.margins, exact.margins, atol=0.15)


def test_a_window_is_read_alike_whatever_is_read_beside_it(built: dict[str, WindowNetwork]) -> None:
    alone = [built["exact"].read([window])[0] for window in WINDOWS]
    for one, other in zip(alone, built["exact"].read(WINDOWS), strict=True):
        np.testing.assert_array_equal(one.margins, other.margins)
        for n in range(len(one.sentences)):
            assert one.words(n, most=3) == other.words(n, most=3)


def test_words_are_of_their_sentence_and_do_not_overlap(built: dict[str, WindowNetwork]) -> None:
    for window, reading in zip(WINDOWS, built["bytes"].read(WINDOWS), strict=True):
        for number, (start, end) in enumerate(reading.sentences):
            words = reading.words(number, most=4)
            assert words
            assert all(start <= one.start < one.end <= end for one in words)
            assert all(window.context[one.start : one.end].strip() for one in words)
            assert [one.score for one in words] == sorted((one.score for one in words), reverse=True)
            ordered = sorted(words, key=lambda one: one.start)
            assert all(a.end <= b.start for a, b in pairwise(ordered))
            assert sum(one.share for one in words) <= 1 + 1e-6


def test_nothing_read_is_nothing(built: dict[str, WindowNetwork]) -> None:
    assert built["bytes"].read([]) == []
    [empty] = built["bytes"].read([Window("who?", "", "")])
    assert empty.sentences == ()
    assert empty.words(0) == []


def test_what_has_no_room_is_cut_off_behind(tokenizer: Any) -> None:
    long = encode(tokenizer, Window("who? " * 50, "head " * 50, "It is shut. " * 100))
    assert len(long.ids) == MAX_TOKENS
    assert long.ids[0] == 0
    assert long.ids[-1] == 2
    told = {int(n) for n in long.sentence if n >= 0}
    assert told == set(range(len(told)))
    assert len(told) < len(long.sentences)


def test_the_longest_passage_is_read_to_its_end_whatever_is_asked() -> None:
    tokenizer = open_tokenizer()
    passage = " ".join(["ferry"] * 253 + ["sank"])
    for signs in (BERT, MPNET):
        one = encode(tokenizer, Window("who? " * 50, "head " * 50, passage), signs)
        assert len(one.offsets) == 254
        assert one.offsets[-1].tolist() == [len(passage) - 4, len(passage)]


@pytest.mark.parametrize(
    ("signs", "text"), [(BERT, "Then [SEP] came. [CLS] He left."), (MPNET, "Use <s> and </s></s> here.")]
)
def test_an_article_that_speaks_of_signs_makes_none(signs: Signs, text: str) -> None:
    tokenizer = open_tokenizer() if signs is BERT else open_trunk_tokenizer()
    one = encode(tokenizer, Window("Who left?", "", text), signs)
    made = {signs.first, *signs.between, signs.last, signs.padding}
    assert not made & set(one.ids[one.first : -1].tolist())
    assert one.offsets[-1].tolist() == [len(text) - 1, len(text)]


@pytest.mark.parametrize("before", [0, 3, 400])
def test_tokens_stand_at_their_very_characters(before: int) -> None:
    tokenizer = open_tokenizer()
    text = "Ünïcödé 漢字 👑 word. " * before + "The treasure lies here. Zdene\u030ck has it."
    one = encode(tokenizer, Window("Where is the treasure?", "", text), BERT)
    assert one.first + len(one.offsets) <= MAX_TOKENS
    [treasure] = tokenizer.encode("treasure", add_special_tokens=False).ids
    places = [int(place) for place in np.flatnonzero(one.ids == treasure) if place >= one.first]
    said = [text[slice(*one.offsets[place - one.first])] for place in places]
    assert said == (["treasure"] if before < 400 else []), "what has no room is cut off behind"


def test_of_a_long_question_the_end_is_read(tokenizer: Any) -> None:
    one = encode(tokenizer, Window("what was said before. " * 50 + "where is it?", "", "It is here."))
    alone = encode(tokenizer, Window("where is it?", "", "It is here."))
    asked = alone.ids[1 : alone.first - 2]
    assert one.ids[one.first - 2 - len(asked) : one.first - 2].tolist() == asked.tolist()


def test_a_file_that_is_no_network_is_named_with_the_remedy(tmp_path: Path, tokenizer: Any) -> None:
    path = tmp_path / "trunk.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(ReaderError, match=r"trunk\.onnx can't be loaded.*footnote doctor --repair"):
        opened(path, tokenizer)


def test_the_exact_graph_is_the_small_network_too() -> None:
    from tokenizers import Tokenizer

    torch.manual_seed(4)
    small = SmallNetwork(dropout=0.0).eval()
    with torch.no_grad():
        for head in (small.sentence, small.verdict, small.span):
            for value in head.parameters():
                value.normal_(std=0.2)
    known = {name.removeprefix("encoder."): value.numpy() for name, value in small.state_dict().items()}
    shape = Shape(6, 12, 1e-12)
    tokenizer = Tokenizer.from_file(str(built_in_model_dir() / "tokenizer.json"))
    tokenizer.no_padding()
    encoded = [encode(tokenizer, window, BERT) for window in WINDOWS]
    given = inputs(encoded, BERT)
    session = onnxruntime.InferenceSession(graph(bert(known, shape), shape, exact=True))
    start, _, scores, verdict = session.run(None, given)
    tensors = {name: torch.from_numpy(given[name]) for name in ("input_ids", "attention_mask")}
    sentence = np.full(given["input_ids"].shape, -1, np.int64)
    for n, one in enumerate(encoded):
        sentence[n, : len(one.ids)] = one.sentence
    with torch.inference_mode():
        context = torch.from_numpy(given["context"].astype(np.int64))
        found = small(**tensors, context=context, sentence=torch.from_numpy(sentence))
    count = 1 + len(encoded[0].sentences)
    np.testing.assert_allclose(scores[0, :count], found[2][0, :count].float().numpy(), atol=0.15)
    np.testing.assert_allclose(verdict[0, :count], found[3][0, :count].float().numpy(), atol=0.15)
    np.testing.assert_allclose(start[0], found[0][0].float().numpy(), atol=0.3, rtol=0.01)


def test_a_few_large_values_leave_the_others_their_digits() -> None:
    rng = np.random.default_rng(3)
    values = rng.standard_normal((5, 64)).astype(np.float32)
    values[:, [7, 40]] *= 100
    weight = rng.standard_normal((8, 64)).astype(np.float32)
    known = {"0.o.weight": weight, "0.o.bias": np.zeros(8, np.float32), "0.o.largest": np.abs(values).max(axis=0)}
    found = {exact: _product(known, values, exact=exact) for exact in (True, False)}
    np.testing.assert_allclose(found[True], values @ weight.T, rtol=1e-4)
    # In 8 bits all alike, a step would be as large as 2, and the sums miss by some 5.
    assert np.abs(found[False] - found[True]).max() < 0.5


def _product(weights: dict[str, Any], values: Any, *, exact: bool) -> Any:
    """What a linear layer makes of values."""
    from onnx import TensorProto, helper

    built = _Graph(weights, exact, 1e-12)
    built.named("made", built.linear("given", "0.o"))
    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("given", "made")]
    made = helper.make_graph(built._nodes, "linear", sides[:1], sides[1:], list(built._constants.values()))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    session = onnxruntime.InferenceSession(
        helper.make_model(made, opset_imports=opsets, ir_version=9).SerializeToString()
    )
    return session.run(None, {"given": values})[0]

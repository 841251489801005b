"""Writes a checkpoint as the strong reader's files: `python -m assistant.training.trunk.export DATA CHECKPOINT [FOLDER]`.

DATA is the folder of the data: the layers' inputs are measured on some of its windows, so that they can be rounded to 8 bits.
The calibration of the files that are replaced is kept until `calibrate` writes a new one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from assistant.network import weights
from assistant.network.base import base_model
from assistant.network.trunk_windows import Window, encode
from assistant.reading.judging import TRUST
from assistant.training.reader.loop import Recipe
from assistant.training.trunk.batches import Encoded, arrays
from assistant.training.trunk.examples import all_written, windows
from assistant.training.trunk.network import SCALE, Adapted, TrunkNetwork
from assistant.training.trunk.train import Trunk

NEUTRAL = {"evidence": {"choose": [], "trust": [0.0, 0.5, *[0.0] * (len(TRUST) - 1)], "threshold": 0.5}}
"""The calibration of a network that `calibrate` has not seen yet."""
_ARTICLES = 24


def main(arguments: Sequence[str] | None = None) -> None:
    """Export."""
    parser = argparse.ArgumentParser(description="Export the trunk.")
    parser.add_argument("data", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=weights.TRUNK)
    parser.add_argument("--base", type=Path, help="folder of all-mpnet-base-v2; else the hub's cache or the packages")
    parser.add_argument("--recipe", type=Path, default=Path(__file__).with_name("recipes") / "2.json")
    parser.add_argument("--name", default="trunk 1")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(**json.loads(options.recipe.read_text(encoding="utf-8")))
    with base_model(options.base) as base:
        network = Trunk(base).load(options.checkpoint, recipe).eval()
        tokenizer, trained = options.folder / "tokenizer.json", options.folder / "trunk.safetensors"
        write_weights(network, _write_tokenizer(base / "tokenizer.json", tokenizer), _probes(options.data), trained)
    checksums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (trained, tokenizer)}
    path = options.folder / "trunk.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"calibration": NEUTRAL}
    path.write_text(json.dumps({**known, "name": options.name, "sha256": checksums}, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps({"folder": str(options.folder), "megabytes": trained.stat().st_size / 1e6}) + "\n")


def _write_tokenizer(source: Path, path: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    path.write_text(tokenizer.to_str(), encoding="utf-8")
    return tokenizer


def write_weights(network: TrunkNetwork, tokenizer: Any, asked: Sequence[Sequence[Window]], path: Path) -> None:
    """The adapters, their factor multiplied in, the heads and the sizes of the layers' inputs, in 16 bits.

    Args:
        network: what was trained.
        tokenizer: of its base.
        asked: windows to measure the layers' inputs on, those of each entry read at once.
        path: the file.
    """
    from safetensors.torch import save_file

    values = {name: value.detach() for name, value in network.named_parameters() if value.requires_grad}
    scaled = {name: value * SCALE if name.endswith(".up") else value for name, value in values.items()}
    named = scaled | _largest(network, tokenizer, asked)
    save_file({name.removeprefix("encoder."): value.half().contiguous() for name, value in named.items()}, path)


def _largest(network: TrunkNetwork, tokenizer: Any, asked: Sequence[Sequence[Window]]) -> dict[str, Any]:
    """The largest size of each input of each linear layer: name.largest -> (in,)."""
    found: dict[str, Any] = {}

    def watch(name: str) -> Any:
        def see(_module: Any, given: tuple[Any, ...]) -> None:
            size = given[0].float().abs().reshape(-1, given[0].shape[-1]).amax(0)
            found[name] = torch.maximum(found.get(name, size), size)

        return see

    layers = {
        f"{name}.largest": module
        for name, module in network.named_modules()
        if isinstance(module, Adapted | torch.nn.Linear) and ".layer." in name
    }
    hooks = [module.register_forward_pre_hook(watch(name)) for name, module in layers.items()]
    for read in asked:
        encoded = [encode(tokenizer, window) for window in read]
        rows = [Encoded(one.ids, one.context, one.sentence, (), (), (), -1) for one in encoded]
        with torch.inference_mode():
            network(**{name: torch.from_numpy(values) for name, values in arrays(rows).items()})
    for hook in hooks:
        hook.remove()
    return {name: size for name, size in found.items() if name.rsplit(".", 2)[1] not in ("k", "v")}


def _probes(data: Path) -> list[list[Window]]:
    """Questions over windows of written articles."""
    rng = random.Random(1)
    return [
        [Window(asked, article.title, article.text[s:e]) for s, e in list(windows(article.text))[:3]]
        for article in rng.sample(all_written(data / "written", dev=False), _ARTICLES)
        for asked in [rng.choice(article.questions).text]
    ]


if __name__ == "__main__":
    main()

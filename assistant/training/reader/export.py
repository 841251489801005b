"""Writes a checkpoint as a reader's files: `python -m assistant.training.reader.export DATA CHECKPOINT [FOLDER] [--small]`.

DATA is the folder of the data: the layers' inputs are measured on some of its windows, so that they can be rounded to 8 bits. Of
the strong reader's network the trained parts are written, of the small one all of it, in 8 bits. The calibration of the files
that are replaced is kept until `calibrate` writes a new one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from assistant.core.settings import load_settings
from assistant.network import weights
from assistant.network.adapters import packed
from assistant.network.architectures import bert, shape_of
from assistant.network.base import base_model
from assistant.network.graph import graph
from assistant.network.windows import BERT, MPNET, Signs, Window, encode
from assistant.reading.judging import TRUST
from assistant.training.reader.batches import Encoded, arrays
from assistant.training.reader.examples import all_written, windows
from assistant.training.reader.network import SCALE, Adapted, SmallNetwork, TrunkNetwork, WindowReader
from assistant.training.reader.train import Trunk
from assistant.training.shared.loop import Recipe
from index.compiling import built_in_model_dir

NEUTRAL = {"trust": [0.0, 0.5, *[0.0] * (len(TRUST) - 1)], "threshold": 0.5}
"""The calibration of a network that `calibrate` has not seen yet."""
_ARTICLES = 24


def main(arguments: Sequence[str] | None = None) -> None:
    """Export."""
    parser = argparse.ArgumentParser(description="Export a reader.")
    parser.add_argument("data", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--small", action="store_true", help="the fast reader's network")
    parser.add_argument("--base", type=Path, default=load_settings().base_model, help="folder of all-mpnet-base-v2")
    parser.add_argument("--recipe", type=Path, help="of the run; the one that lies beside the checkpoint by default")
    parser.add_argument("--name", required=True, help="what the network is called in answers and reports")
    options = parser.parse_args(arguments)
    folder = options.folder or (weights.READER if options.small else weights.TRUNK)
    folder.mkdir(parents=True, exist_ok=True)
    recipe_path = options.recipe or options.checkpoint.with_name("recipe.json")
    recipe = Recipe(**json.loads(recipe_path.read_text(encoding="utf-8")))
    tokenizer = folder / "tokenizer.json"
    if options.small:
        trained, details = folder / "reader.onnx", folder / "reader.json"
        base = built_in_model_dir()
        small: Any = Trunk(base, small=True).load(options.checkpoint, recipe).eval()
        trained.write_bytes(
            small_graph(small, _write_tokenizer(base / "tokenizer.json", tokenizer), _probes(options.data))
        )
    else:
        trained, details = folder / "trunk.safetensors", folder / "trunk.json"
        with base_model(options.base) as base:
            network: Any = Trunk(base).load(options.checkpoint, recipe).eval()
            write_weights(network, _write_tokenizer(base / "tokenizer.json", tokenizer), _probes(options.data), trained)
    checksums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (trained, tokenizer)}
    known = json.loads(details.read_text(encoding="utf-8")) if details.exists() else {"calibration": NEUTRAL}
    known = {**known, "name": options.name, "sha256": checksums}
    details.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps({"folder": str(folder), "megabytes": trained.stat().st_size / 1e6}) + "\n")


def _write_tokenizer(source: Path, path: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    path.write_text(tokenizer.to_str(), encoding="utf-8")
    tokenizer.encode_special_tokens = True
    return tokenizer


def small_graph(
    network: SmallNetwork, tokenizer: Any, asked: Sequence[Sequence[Window]], *, exact: bool = False
) -> bytes:
    """The small network as an ONNX model; arguments as of `write_weights` and `graph`."""

    def read(given: Mapping[str, Any]) -> None:
        # Its own forward pass multiplies with the weights of layers, which no hook sees.
        network.encoder(given["input_ids"], given["attention_mask"], token_type_ids=given["context"])

    known = dict(network.state_dict()) | _largest(network, tokenizer, asked, BERT, read)
    named = {name.removeprefix("encoder."): value.float().numpy() for name, value in known.items()}
    shape = shape_of(network.encoder.config.to_dict())
    return graph(bert(named, shape), shape, exact=exact)


def write_weights(network: TrunkNetwork, tokenizer: Any, asked: Sequence[Sequence[Window]], path: Path) -> None:
    """The adapters, their factor multiplied in, the heads and the sizes of the layers' inputs, as `adapters.packed`.

    Args:
        network: what was trained.
        tokenizer: of its base.
        asked: windows to measure the layers' inputs on, those of each entry read at once.
        path: the file.
    """
    from safetensors.numpy import save_file

    values = {name: value.detach() for name, value in network.named_parameters() if value.requires_grad}
    scaled = {name: value * SCALE if name.endswith(".up") else value for name, value in values.items()}
    named = scaled | _largest(network, tokenizer, asked, MPNET, lambda given: network(**given))
    save_file(
        packed({name.removeprefix("encoder."): value.float().cpu().numpy() for name, value in named.items()}), path
    )


def _largest(
    network: WindowReader, tokenizer: Any, asked: Sequence[Sequence[Window]], signs: Signs, read: Callable[[Any], Any]
) -> dict[str, Any]:
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
    for together in asked:
        encoded = [encode(tokenizer, window, signs) for window in together]
        rows = [
            Encoded(one.ids, one.context, one.sentence, (), (), (), -1, window)
            for one, window in zip(encoded, together, strict=True)
        ]
        with torch.inference_mode():
            read({name: torch.from_numpy(values) for name, values in arrays(rows).items()})
    for hook in hooks:
        hook.remove()
    return {name: size for name, size in found.items() if name.rsplit(".", 2)[1] not in ("k", "v", "key", "value")}


def _probes(data: Path) -> list[list[Window]]:
    """Questions over windows of written articles."""
    rng = random.Random(1)
    return [
        [Window(asked, article.title, article.text[s:e]) for s, e in list(windows(article))[:3]]
        for article in rng.sample(all_written(data / "written", dev=False), _ARTICLES)
        for asked in [rng.choice(article.questions).text]
    ]


if __name__ == "__main__":
    main()

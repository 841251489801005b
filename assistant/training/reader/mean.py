"""Averages checkpoints: `python -m assistant.training.reader.mean NEW CHECKPOINT=SHARE CHECKPOINT=SHARE ...`.

Runs that go on from one another lie close enough for the mean of their weights to read better than each ("model soups", Wortsman
et al., 2022).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the mean."""
    from safetensors.torch import load_file, save_file

    parser = argparse.ArgumentParser(description="Average checkpoints.")
    parser.add_argument("new", type=Path)
    parser.add_argument("parts", nargs="+", type=_part, metavar="CHECKPOINT=SHARE")
    options = parser.parse_args(arguments)
    total = sum(share for _, share in options.parts)
    loaded = [(load_file(path), share / total) for path, share in options.parts]
    mean = {name: sum(values[name].float() * share for values, share in loaded) for name in loaded[0][0]}
    save_file({name: value.contiguous() for name, value in mean.items()}, options.new)


def _part(text: str) -> tuple[Path, float]:
    path, _, share = text.rpartition("=")
    return Path(path), float(share)


if __name__ == "__main__":
    main()

"""Goes on from landed files: turns `resolver.onnx` back into a checkpoint, to within its 8-bit rounding.

`python -m assistant.training.resolver.restore CHECKPOINT [FOLDER]`, then `train ... --start CHECKPOINT`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from assistant.training.resolver.network import HEADS, FollowUpNetwork
from assistant.training.shared.restore import restored
from assistant.understanding.followup.resolver_network import BUILT_IN


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the checkpoint."""
    from safetensors.torch import save_file

    parser = argparse.ArgumentParser(description="Turn an exported resolver back into a checkpoint.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    options = parser.parse_args(arguments)
    save_file(restored(options.folder / "resolver.onnx", FollowUpNetwork(), HEADS), options.checkpoint)


if __name__ == "__main__":
    main()

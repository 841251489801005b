"""The files of built-in networks: checked against what was exported, opened with onnxruntime and tokenizers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from assistant.core.errors import ReaderError

MODELS = Path(__file__).with_name("models")
"""Folder of the built-in networks: for each a folder with its weights, its figures and its card."""

READER = MODELS / "reader"
"""Folder of the reader's files, whose tokenizer every built-in network uses."""


def details(path: Path) -> dict[str, Any]:
    """What `export` wrote beside a network: name, checksums, calibration.

    Raises:
        ReaderError: the file is missing or damaged.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReaderError(f"The model's file {path} can't be read: {error}. Install footnote again.") from error
    return found


def open_tokenizer(folder: Path = READER) -> Any:
    """The tokenizer of a folder with the reader's files; it neither pads nor cuts.

    Raises:
        ReaderError: it is missing, or not what was exported.
    """
    from tokenizers import Tokenizer

    known = details(folder / "reader.json")["sha256"]
    return Tokenizer.from_str(checked(folder / "tokenizer.json", known["tokenizer.json"]).decode("utf-8"))


def checked(path: Path, checksum: str) -> bytes:
    """A file's content, if it is what was exported.

    Raises:
        ReaderError: it is missing, or another file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReaderError(f"The model's file {path} can't be read: {error}. Install footnote again.") from error
    if hashlib.sha256(content).hexdigest() != checksum:
        raise ReaderError(
            f"The model's file {path} is damaged: its checksum is not {checksum}. Install footnote again."
        )
    return content


def open_session(path: Path, checksum: str, threads: int = 1) -> Any:
    """A session of onnxruntime.

    Args:
        path: the network's file.
        checksum: of what was exported.
        threads: that a run has, the caller's among them; the others sleep between runs.

    Raises:
        ReaderError: the file is missing, not what was exported, or no network.
    """
    model = checked(path, checksum)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # A thread that waits by spinning takes the processor from whoever has something to do.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # tanh instead of erf: a third of the time, and a difference far below that of the 8-bit weights.
    options.add_session_config_entry("optimization.enable_gelu_approximation", "1")
    try:
        # See `export`: the fused operator is the slower one.
        return onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
        )
    except Exception as error:
        raise ReaderError(f"The network {path} can't be loaded: {error}. Install footnote again.") from error

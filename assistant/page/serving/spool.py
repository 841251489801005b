"""The private folder where uploads wait until they are added: cleaned of old files, and deleted when the server ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

FORGOTTEN_SECONDS = 3600
"""An upload that has not been added by then is deleted."""
_SECONDS_BETWEEN_SWEEPS = 60


@contextlib.contextmanager
def spool() -> Iterator[Path]:
    """Create a folder that only this user can read, and delete it at the end of the block.

    Gradio stores uploads there. Its default, `gradio` in the system's temporary folder, is shared by all users and never
    emptied.
    """
    before = os.environ.get("GRADIO_TEMP_DIR")
    with tempfile.TemporaryDirectory(prefix="footnote-", ignore_cleanup_errors=True) as folder:
        os.environ["GRADIO_TEMP_DIR"] = str(Path(folder).resolve())
        try:
            yield Path(folder).resolve()
        finally:
            if before is None:
                os.environ.pop("GRADIO_TEMP_DIR", None)
            else:
                os.environ["GRADIO_TEMP_DIR"] = before


@contextlib.asynccontextmanager
async def swept(folder: Path) -> AsyncIterator[None]:
    """Sweep a folder every minute until the end of the block."""

    async def sweeping() -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_SWEEPS)
            await asyncio.to_thread(sweep, folder)

    task = asyncio.create_task(sweeping())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def sweep(folder: Path, older_than: float = FORGOTTEN_SECONDS) -> None:
    """Delete files last written more than `older_than` seconds ago, and old folders that are then empty."""
    before = time.time() - older_than
    for path in sorted(folder.rglob("*"), reverse=True):  # a folder comes after its contents
        with contextlib.suppress(OSError):  # in use, not empty, or deleted meanwhile
            if path.is_symlink() or not path.is_dir():
                if path.lstat().st_mtime < before:
                    path.unlink()
            elif path.stat().st_mtime < before:
                path.rmdir()

"""Where uploads wait until they are added: a private folder, swept of what nobody adds, gone when the server ends."""

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
    """A folder that only this user can read, for as long as the block lasts.

    Gradio keeps its uploads there. Its own choice, `gradio` in the machine's temporary folder, is shared by all users
    and never emptied.
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
    """Sweep a folder every minute for as long as the block lasts."""

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
    """Delete the files that were last written more than so many seconds ago, and the folders they leave empty."""
    before = time.time() - older_than
    for path in sorted(folder.rglob("*"), reverse=True):  # a folder comes after what is in it
        with contextlib.suppress(OSError):  # in use, not empty, or gone meanwhile
            if path.is_symlink() or not path.is_dir():
                if path.lstat().st_mtime < before:
                    path.unlink()
            elif path.stat().st_mtime < before:
                path.rmdir()

"""The sample article: what the page opens with when the library is empty."""

from __future__ import annotations

import json
from pathlib import Path

_FOLDER = Path(__file__).parent


def sample_path() -> Path:
    """The file of the sample article, ready for `Assistant.add`."""
    return next(_FOLDER.glob("*.txt"))


def example_questions() -> tuple[str, ...]:
    """Questions that the sample article answers."""
    return tuple(json.loads((_FOLDER / "examples.json").read_text(encoding="utf-8")))

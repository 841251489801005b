"""A fixed part of the large question sets is asked in `make test`, all of them in `make slow`."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import pytest

_HERE = Path(__file__).parent
_LARGE = {_HERE / "written": 10, _HERE / "documents": 10, _HERE / "kinds": 3}
"""Of their questions one of so many."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the others to `make slow`, the same ones whatever is added."""
    for item in items:
        if crc32(item.name.encode()) % _LARGE.get(item.path.parent, 1):
            item.add_marker(pytest.mark.slow)

"""A fixed tenth of the questions of `written` and `documents` is asked in `make test`, all of them in `make slow`."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import pytest

_HERE = Path(__file__).parent
_LARGE = {_HERE / "written", _HERE / "documents"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave nine of ten to `make slow`, the same ones whatever is added."""
    for item in items:
        if item.path.parent in _LARGE and crc32(item.name.encode()) % 10:
            item.add_marker(pytest.mark.slow)

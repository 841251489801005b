"""Fixtures of the tests of question sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Ended, Run, run_footnote


@pytest.fixture
def footnote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `footnote test` in this process, in the folder `tmp_path`."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ended:
        return run_footnote(monkeypatch, "test", *arguments)

    return run

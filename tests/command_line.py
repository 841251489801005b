"""Runs `footnote` in the process of a test."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest

from assistant.cli import main


@dataclass(frozen=True)
class Ended:
    """How a run of `footnote` ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed."""
        return json.loads(self.out)

    @property
    def json_line(self) -> Any:
        """The same, for commands that print it on one line."""
        assert self.out.count("\n") == 1, f"not one line: {self.out}"
        return json.loads(self.out)


Run = Callable[..., Ended]


def run_footnote(monkeypatch: pytest.MonkeyPatch, *arguments: str, stdin: str = "") -> Ended:
    """Run it with these arguments."""
    monkeypatch.setattr(sys, "argv", ["footnote", *arguments])
    monkeypatch.setattr(sys, "stdin", StringIO(stdin))
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    return Ended(code, out.getvalue(), err.getvalue())

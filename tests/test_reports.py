"""No package that we use reports what is done with it: law 3, in a process that knows of no test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.core.settings import load_settings
from index.compiling import compiled_model

pytestmark = pytest.mark.system

ASK = """
import sys
from assistant import Assistant
from assistant.sample import sample_path
with Assistant.open(sys.argv[1]) as assistant:
    assistant.add(sample_path())
    assert assistant.ask("Who landed on Wednesday?").status == "answered"
"""
_SPOKEN_OF = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY", "PYTEST_CURRENT_TEST")
"""What onnxruntime is silent for by itself, or has been told by this process already."""


def test_a_process_that_asks_leaves_no_report_to_be_sent(tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in _SPOKEN_OF}
    environment |= {"HOME": str(home), "TMPDIR": str(temporary), "XDG_CACHE_HOME": str(home / "cache")}
    # Compiling the model would take most of the time.
    environment["FOOTNOTE_CACHE_DIR"] = str(compiled_model(load_settings().cache_dir).parent)
    subprocess.run(
        [sys.executable, "-c", ASK, str(tmp_path / "library")],
        env=environment,
        cwd=Path(__file__).resolve().parent.parent,
        check=True,
        timeout=250,
    )
    left = [path for folder in (home, temporary) for path in folder.rglob("*")]
    assert [path for path in left if path.name == ".ses" or "Microsoft" in path.parts] == []

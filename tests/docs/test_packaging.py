"""What an installation holds: extras that the pages name, files in the wheel, and a plugin that needs pytest alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from tests.docs.commands import project
from tests.docs.pages import ROOT

FOR_TESTS_ONLY = (
    "hypothesis",
    "jsonschema",
    "playwright",
    "pytest_socket",
    "pytest_timeout",
    "torchmetrics",
    "xdist",
    "axe_playwright_python",
)


def test_a_wheel_has_no_training_and_every_other_file() -> None:
    setuptools = project()["tool"]["setuptools"]
    assert "assistant.training*" in setuptools["packages"]["find"]["exclude"]
    assert setuptools["exclude-package-data"]["assistant"] == ["training/**"]
    for package, patterns in setuptools["package-data"].items():
        # `**/` of setuptools stands for no folder too.
        either = [*patterns, *(pattern.removeprefix("**/") for pattern in patterns)]
        for path in sorted((ROOT / package).rglob("*")):
            name = path.relative_to(ROOT / package).as_posix()
            if path.is_dir() or path.suffix in (".py", ".pyc", ".png") or name.startswith("training/"):
                continue
            assert any(fnmatch(name, pattern) for pattern in either), f"{package}/{name} is not in the wheel"
    kinds = {path.suffix for path in (ROOT / "assistant/network/models").rglob("*") if path.is_file()}
    assert kinds == {".onnx", ".safetensors", ".json", ".md"}


def test_the_extras_are_those_that_the_readme_names() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| extra |")[2].partition("\n\n")[0]
    named = {name for row in re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert named == project()["project"]["optional-dependencies"].keys()


def test_the_licence_names_files_that_are_there() -> None:
    named = re.findall(r"assistant/[\w./-]*[\w/]", (ROOT / "LICENSE").read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_hooks_before_a_commit_are_local_alone() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (repository,) = config["repos"]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    assert {hook["entry"] for hook in repository["hooks"]} == {"ruff check", "ruff format --check", "mypy"}


@pytest.mark.system
def test_question_sets_are_tests_where_pytest_is_all_that_was_installed(tmp_path: Path) -> None:
    """What the extra `pytest` brings is enough, also in a checkout: what only our own tests need can not be imported here."""
    blocked = (
        "import sys\n"
        f"NAMES = {FOR_TESTS_ONLY!r}\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in NAMES:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
    )
    (tmp_path / "blocked.py").write_text(blocked, encoding="utf-8")
    plugins = ["-p", "blocked", "-p", "assistant.questions.plugin", "-p", "no:cacheprovider"]
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    environment = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": paths,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-m", "pytest", *plugins, "examples/ferry.questions.yaml"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert "3 passed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0

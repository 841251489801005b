"""Shell commands that pages show, looked up: the command, its options and the files that it names must be there."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer

from assistant.cli import app
from assistant.core.settings import Settings
from assistant.questions import plugin
from assistant.questions.command import test as test_app
from assistant.writing.naming import KEY_VARIABLE
from tests.docs.pages import ROOT

PLACEHOLDER = re.compile(r"[A-Z][A-Z_]+(/.*)?|\.\.\.")
"""Stands for something of the reader's: FILE, FOLDER, NAME, RUN/average.safetensors."""

SETTINGS = {f"FOOTNOTE_{name.upper()}" for name in Settings.model_fields} | {KEY_VARIABLE, "FOOTNOTE_AUTH"}
_ASSIGNMENT = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)
_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


def check(line: str, *, whole: bool = True) -> None:
    """Fails if a line of shell names something that is not there.

    Args:
        line: one command, with or without a comment behind it.
        whole: False = it may lack what it would need to be run, as prose does ("`footnote ask --json` prints ...").
    """
    words = shlex.split(line, comments=True)
    words = words[1:] if words[:1] == ["export"] else words
    while words and (assigned := _ASSIGNMENT.fullmatch(words[0])):
        assert not assigned[1].startswith("FOOTNOTE_") or assigned[1] in SETTINGS, f"no setting {assigned[1]}"
        words = words[1:]
    if words:
        assert words[0] in ("footnote", *_CHECKS), f"nobody looks {words[0]!r} up: add it to tests/docs/commands.py"
        if words[0] == "footnote":
            _footnote(words[1:], whole=whole)
        else:
            _CHECKS[words[0]](words[1:])


def command_of(arguments: Sequence[str]) -> tuple[Any, list[str]]:
    """The command of `footnote` that some arguments call, and the arguments that are left for it."""
    group: Any = typer.main.get_command(app)
    name, *rest = arguments
    if name != "test":
        command = group.get_command(None, name)
        assert command is not None, f"footnote has no command {name!r}"
        if rest and rest[0] in getattr(command, "commands", {}):
            return command.commands[rest[0]], rest[1:]
        return command, rest
    sets: Any = typer.main.get_command(test_app)
    if rest and rest[0] in sets.commands:
        return sets.commands[rest[0]], rest[1:]
    return sets.commands["run"], rest


def options_of(command: Any) -> set[str]:
    """Every option of a command, long and short."""
    return {option for parameter in command.params for option in parameter.opts if option.startswith("-")}


def _footnote(arguments: list[str], *, whole: bool) -> None:
    if arguments[0].startswith("-"):
        wrong = set(arguments) - options_of(typer.main.get_command(app))
        assert not wrong, f"footnote has no {', '.join(sorted(wrong))}"
    elif not PLACEHOLDER.fullmatch(arguments[0]):
        command, rest = command_of(arguments)
        if whole and not any(PLACEHOLDER.fullmatch(word) for word in rest):
            try:
                command.make_context(arguments[0], list(rest))
            except Exception as error:
                raise AssertionError(f"footnote {' '.join(arguments)}: {error or type(error).__name__}") from error
        else:
            # It can't be parsed, but its options can be looked up.
            wrong = {word for word in rest if re.match(r"--?[a-z]", word)} - options_of(command) - {"--help"}
            assert not wrong, f"footnote {arguments[0]} has no {', '.join(sorted(wrong))}"


def _make(arguments: list[str]) -> None:
    targets = set(_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    wanted = {word for word in arguments if "=" not in word}
    assert wanted <= targets, f"the Makefile has no {', '.join(sorted(wanted - targets))}"


def _pip(arguments: list[str]) -> None:
    extras = project()["project"]["optional-dependencies"].keys()
    wheel = f"footnote-{project()['project']['version']}-py3-none-any.whl"
    for word in arguments:
        path, _, named = word.rstrip("]").partition("[")
        assert set(filter(None, named.split(","))) <= extras, f"no extra of {word}"
        if path.endswith(".whl"):
            assert Path(path).name == wheel
        elif path.endswith(".txt"):
            assert (ROOT / path).is_file()


def _python(arguments: list[str]) -> None:
    if arguments[0] != "-m":
        assert (ROOT / arguments[0]).is_file(), f"no file {arguments[0]}"
        return
    module, *rest = arguments[1:]
    if module == "pytest":
        _pytest(rest)
        return
    spec = find_spec(module)
    assert spec is not None, f"no module {module}"
    if not module.startswith(("assistant", "tests")):
        return
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    # Some share their options: those of training stand in the loop that all use, `--json` in `_common`.
    shared = [ROOT / "tests/benchmarks/_common.py", ROOT / "assistant/training/shared/loop.py"]
    known = source + "".join(path.read_text(encoding="utf-8") for path in shared)
    for word in rest:
        if word.startswith("--"):
            assert f'"{word}"' in known, f"{module} has no option {word}"
        elif "/" in word and not PLACEHOLDER.fullmatch(word):
            assert (ROOT / word).exists(), f"no file {word}"


def _pytest(arguments: list[str]) -> None:
    for word in arguments:
        if word.startswith("--footnote-"):
            assert word in _plugin_options(), f"no option {word}"
        elif "/" in word and not PLACEHOLDER.fullmatch(word):
            assert (ROOT / word).exists(), f"no file {word}"


def _plugin_options() -> set[str]:
    """The options that the pytest plugin adds."""
    found = set()

    class Parser:
        def getgroup(self, name: str, description: str = "") -> Parser:
            return self

        def addoption(self, name: str, **_: Any) -> None:
            found.add(name)

        def addini(self, *_: Any, **__: Any) -> None:
            pass

    plugin.pytest_addoption(Parser())  # type: ignore[arg-type]
    return found


def _nothing(arguments: list[str]) -> None:
    """Programs of others, of which there is nothing to look up."""


_CHECKS: dict[str, Callable[[list[str]], None]] = {
    "make": _make,
    "pip": _pip,
    "python": _python,
    "python3": _python,
    "pytest": _pytest,
    "pre-commit": _nothing,
    ".": _nothing,
}


@cache
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def can_run(line: str) -> bool:
    """Whether a line is a `footnote` command that needs no server, browser, port, language model or value of the reader's."""
    words = shlex.split(line, comments=True)
    if words[:1] != ["footnote"] or words[1] in ("serve", "doctor"):
        return False
    needs_model = {"--llm", "--record", "--replay"} & set(words)
    return not needs_model and not any(PLACEHOLDER.fullmatch(word) for word in words)


def exports(line: str) -> dict[str, str]:
    """The settings that a line exports; none for any other line."""
    words = shlex.split(line, comments=True)
    found = [_ASSIGNMENT.fullmatch(word) for word in words[1:]] if words[:1] == ["export"] else []
    return {match[1]: os.path.expandvars(match[2]) for match in found if match}

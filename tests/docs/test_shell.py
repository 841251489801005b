"""Every shell command that a page shows: looked up, and run where that needs no server, browser or language model."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import yaml

from assistant.core.kinds import Kind
from assistant.questions import load
from tests.benchmarks.document import PAGE as BENCHMARKS
from tests.command_line import Ended, run_footnote
from tests.docs.commands import SETTINGS, can_run, check, command_of, exports, options_of
from tests.docs.pages import PAGES, ROOT, blocks, inline, prose, shell_lines

SHOWN = [pytest.param(line, id=f"{place} {line}") for page in PAGES for place, line in shell_lines(page)]
RUN = [page for page in PAGES if page != BENCHMARKS and any(can_run(line) for _, line in shell_lines(page))]
"""Those of the benchmarks take minutes, and need data that is not here."""
IN_CONSOLES = {
    shlex.join(shlex.split(line))
    for page in PAGES
    for block in blocks(page, "console")
    for line in re.findall(r"^\$ (.*)$", block.text, re.MULTILINE)
}
_RUNS = ("footnote ", "make ", "python -m ", "pip install ", "pytest ", "pre-commit ")
_PROMPT = "> "


@pytest.mark.parametrize("line", SHOWN)
def test_what_a_command_names_is_there(line: str) -> None:
    check(line)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_prose_names_is_there(page: Path) -> None:
    for code in inline(page):
        if code.startswith(_RUNS):
            check(code, whole=False)
        for name in re.findall(r"\bFOOTNOTE_[A-Z_]+\b", code):
            assert name in SETTINGS, f"no setting {name}"
    unmarked = re.findall(r"(?<![`\w])FOOTNOTE_[A-Z_]+", re.sub(r"`[^`]*`", "", prose(page)))
    assert unmarked == [], "a setting in prose stands in backticks"


@pytest.mark.system
@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_commands_do_what_the_page_says(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, in one folder. A console says what is printed; of the others nothing may be wrong use.

    What is shown again is not run again: a command that some console shows is run there.
    """
    run = set() if blocks(page, "console") else set(IN_CONSOLES)
    for block in blocks(page, "sh", "console"):
        for line, said in _commands(block.text, console=block.language == "console"):
            for name, value in exports(line).items():
                if name != "FOOTNOTE_LLM":
                    monkeypatch.setenv(name, value)
            if not can_run(line) or bare(line) in run:
                continue
            run.add(bare(line))
            typed = "\n".join(text.removeprefix(_PROMPT) for text in said if text.startswith(_PROMPT))
            ended = run_footnote(monkeypatch, *shlex.split(line, comments=True)[1:], stdin=typed)
            assert ended.code in (0, 1), f"{block}: {line}\n{ended.err}"
            _assert_printed([text for text in said if not text.startswith(_PROMPT)], ended, f"{block}: {line}")


def bare(line: str) -> str:
    """A command without the comment behind it."""
    return shlex.join(shlex.split(line, comments=True))


def _commands(text: str, *, console: bool) -> Iterator[tuple[str, list[str]]]:
    """Each command with the lines that are said to follow it."""
    if not console:
        yield from ((line, []) for line in text.splitlines() if line.strip())
        return
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, *said = part.splitlines()
        yield line, said


def _assert_printed(said: list[str], ended: Ended, place: str) -> None:
    """The lines stand in what was printed, in their order; "..." stands for any."""
    rest = "\n".join(line.rstrip() for line in ended.out.splitlines())
    for line in said:
        if line != "...":
            assert line in rest, f"{place} does not print {line!r}, but:\n{ended.out}{ended.err}"
            rest = rest.partition(line)[2]


@pytest.mark.parametrize(
    "wrong",
    [
        "footnote answer 'Who?'",
        "footnote ask 'Who?' --nothing",
        "footnote ask",
        "footnote serve --port 70000",
        "footnote test --fail-over accuracy=1 SETS",
        "footnote test new article.txt --nothing",
        "FOOTNOTE_NOTHING=1 footnote list",
        "export FOOTNOTE_NOTHING=1",
        "make nothing",
        'pip install ".[nothing]"',
        "pip install dist/other-1.0-py3-none-any.whl",
        "python -m tests.benchmarks.nothing FILE",
        "python -m tests.benchmarks.cold --nothing",
        "python examples/nothing.py",
        "pytest examples/ferry.questions.yaml --footnote-nothing FILE",
        "pytest examples/nothing.questions.yaml",
        "unheard-of command",
    ],
)
def test_what_is_not_there_is_noticed(wrong: str) -> None:
    """The look-up itself must be able to fail."""
    with pytest.raises(AssertionError):
        check(wrong)


def test_the_snippets_for_continuous_integration_can_be_used() -> None:
    (snippet,) = (block for block in blocks(ROOT / "docs/question-sets.md", "yaml") if "runs-on" in block.text)
    steps = yaml.safe_load(snippet.text)["jobs"]["questions"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert len(commands) == 2
    for command in commands:
        check(command)


def test_the_set_that_is_shown_is_the_one_that_ships() -> None:
    shown = next(block for block in blocks(ROOT / "docs/question-sets.md", "yaml") if "cases:" in block.text)
    assert shown.text == (ROOT / "examples/ferry.questions.yaml").read_text(encoding="utf-8")


def test_the_set_that_shows_quotes_verdicts_and_kinds_loads_and_names_every_kind(tmp_path: Path) -> None:
    page = ROOT / "docs/question-sets.md"
    (shown,) = (block for block in blocks(page, "yaml") if "only_evidence" in block.text)
    (tmp_path / "shown.questions.yaml").write_text(
        shown.text.replace("articles/", f"{ROOT}/examples/articles/"), encoding="utf-8"
    )
    works, free = load(tmp_path / "shown.questions.yaml").expected
    assert (works.all_evidence, works.only_evidence, works.in_order) == (True, True, True)
    assert (free.verdict, free.kind) == ("yes", "yes_no")
    assert [kind for kind in get_args(Kind) if f"`{kind}`" not in page.read_text(encoding="utf-8")] == []


def test_every_command_and_option_is_on_its_page() -> None:
    everywhere = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in _ABOUT_COMMANDS)
    for name in (
        "add",
        "list",
        "remove",
        "collection list",
        "collection make",
        "collection extend",
        "collection reduce",
        "collection rename",
        "collection delete",
        "ask",
        "chat",
        "serve",
        "doctor",
        "test",
        "test new",
        "test import",
        "test schema",
    ):
        assert f"footnote {name}" in everywhere, name
        missing = {option for option in options_of(command_of(name.split())[0]) if option not in everywhere}
        assert not missing, f"footnote {name}: {missing}"


def test_every_setting_is_on_its_page() -> None:
    everywhere = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in _ABOUT_COMMANDS)
    assert {name for name in SETTINGS if name not in everywhere} == set()


_ABOUT_COMMANDS = ("command-line.md", "question-sets.md", "language-models.md", "page.md")

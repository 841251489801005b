"""The pages themselves: short where they must be, links that lead somewhere, files, modules, tests and figures that are there."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant import Assistant
from tests.benchmarks.document import FIGURES, PAGE, Kept, keep, kept, tables
from tests.benchmarks.document import page as made
from tests.docs.commands import check
from tests.docs.pages import PAGES, ROOT, anchors, blocks, inline, links, prose

README = ROOT / "README.md"
_TESTS = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_FILE = re.compile(
    r"(?:assistant|index|prompts|tests|docs|examples|\.ci)(?:/[\w.-]+)*/?|app\.py|[a-zA-Z]+\.(?:toml|md|txt)|Makefile"
)
_DOTTED = re.compile(r"(?:assistant|index|prompts)(?:\.\w+)+")
_MADE_BY_THE_READER = {"article.txt", "article.questions.yaml"}


# The README


def test_the_readme_is_short() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 120
    assert [line for line in lines if len(line) > 130] == []


def test_the_readme_has_the_two_commands_and_the_picture() -> None:
    shown = "".join(block.text for block in blocks(README, "sh"))
    assert "make chat " in shown
    assert "make test " in shown
    text = prose(README)
    assert "`make check`" in text
    assert "`make slow`" in text
    assert links(README).count("assistant/page/pictures/answer.png") == 1


def test_the_readme_says_how_good_the_answers_are_by_the_committed_baseline() -> None:
    sets = json.loads((ROOT / "tests/questions/baseline.json").read_text(encoding="utf-8"))["sets"]
    names = ("sample", "science", "policy", "match", "written", "documents")
    said = dict(zip(names, re.findall(r"\| (\.\d\d)", prose(README)), strict=True))
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    by_kind = {path.name.partition(".")[0] for path in (ROOT / "tests/questions/kinds").glob("*.questions.yaml")}
    asked = sum(len(one["outcomes"]) for one in sets.values())
    told: Counter[str] = Counter()
    for name, one in sets.items():
        if name in by_kind:
            told.update(one["outcomes"].values())
            continue
        many = "documents" if name.startswith("form-") else "written"
        counted[name if name in names else many].update(one["outcomes"].values())
    for name, outcomes in counted.items():
        right = outcomes["right and cited"] + outcomes["refused rightly"]
        assert said[name] == f"{right / outcomes.total():.2f}".removeprefix("0"), name
    right = told["right and cited"] + told["refused rightly"]
    share = f"{right / told.total():.2f}".removeprefix("0")
    said_of_kinds = (
        f"{told.total()} more questions, for lists, verdicts, comparisons and the like, also expect the form"
    )
    assert f"{said_of_kinds} of the answer: {share}" in " ".join(prose(README).split())
    assert f"asks {asked:,} questions" in prose(README)


# What pages name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        assert "://" not in path, f"{link}: pages link to what is in this repository"
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert ROOT in target.parents, link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_modules_that_are_named_are_there(page: Path) -> None:
    for code in inline(page):
        if _FILE.fullmatch(code) and code not in _MADE_BY_THE_READER:
            assert (ROOT / code).exists(), f"no file {code}"
        elif _DOTTED.fullmatch(code):
            _assert_importable(code)


def _assert_importable(dotted: str) -> None:
    """A module, or something in one."""
    module, _, name = dotted.rpartition(".")
    try:
        if find_spec(dotted) is not None:
            return
    except ModuleNotFoundError:
        pass
    # `assistant.ask` and the like speak of the object that pages call so.
    assert hasattr(import_module(module), name) or hasattr(Assistant, name), f"no {dotted}"


def test_every_page_of_docs_is_linked_from_the_readme() -> None:
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in links(README)}
    assert set((ROOT / "docs").glob("*.md")) <= linked


# Contributing


def test_the_map_has_every_package() -> None:
    drawn = next(block.text for block in blocks(ROOT / "CONTRIBUTING.md", "") if "app.py" in block.text)
    named = set(re.findall(r"(\w+)/", drawn))
    packages = [path.parent for top in ("assistant", "index") for path in (ROOT / top).rglob("__init__.py")]
    assert [str(path.relative_to(ROOT)) for path in packages if path.name not in named] == []
    houses = [ROOT / top for top in ("assistant", "index", "prompts", "tests", "docs", "examples")]
    real = {path.name for top in houses for path in (top, *top.rglob("*")) if path.is_dir()}
    assert named <= real, f"there is no {', '.join(sorted(named - real))}"


# Faults


def test_every_fault_and_every_law_names_tests_that_are_there() -> None:
    text = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    laws, faults = text.split("## Faults and bad input")
    for part, numbers in ((laws, range(1, 9)), (faults, range(1, 36))):
        rows = dict(re.findall(r"^\| (\d+) \| (.+) \|$", part, re.MULTILINE))
        assert [int(number) for number in rows] == list(numbers)
        for number, row in rows.items():
            held = _TESTS.findall(row)
            assert held, f"row {number} names no test"
            for file, name in held:
                source = (ROOT / file).read_text(encoding="utf-8")
                assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), f"no {file}::{name}"


# Benchmarks


def test_the_page_of_benchmarks_is_made_of_the_kept_figures() -> None:
    assert PAGE.read_text(encoding="utf-8") == made(kept()), "run: python -m tests.benchmarks.document"


def test_each_kept_figure_has_a_command_that_is_there_and_rows() -> None:
    figures = kept()
    assert len({one.title for one in figures}) == len(figures) > 10
    for one in figures:
        check(one.command)
        assert all(rows for rows in tables(one.result)), one.name


def test_what_a_benchmark_prints_is_kept_with_the_day_and_the_machine(tmp_path: Path) -> None:
    (tmp_path / "07-followup.json").write_text(
        (FIGURES / "07-followup.json").read_text(encoding="utf-8"), encoding="utf-8"
    )
    printed = {"f1": 0.5625, "rows": 535, "by_source": {"CANARD": {"f1": 0.6}}, "machine": "2 cores"}
    keep("followup", "a laptop", json.dumps(printed), tmp_path)
    (one,) = kept(tmp_path)
    assert (one.machine, one.result) == ("a laptop", printed)
    assert one.measured is not None
    text = made([one])
    assert "| all | 0.562 | 535 |" in text
    assert "| CANARD | 0.6 |  |" in text
    assert "Machine: a laptop." in text
    with pytest.raises(SystemExit, match=r"NUMBER-other\.json"):
        keep("other", "a laptop", "{}", tmp_path)


def test_ways_beside_each_other_make_a_row_each_with_their_intervals() -> None:
    reports = {"ours": {"R@1": [0.7948, 0.73, 0.86]}, "plain": {"R@1": [1.0, 1.0, 1.0]}}
    (rows,) = tables({"set": "sample", "reports": reports})
    assert [row[""] for row in rows] == ["ours", "plain"]
    one = Kept("02-beside", "Beside", "", "footnote list", None, "a laptop", {"set": "sample", "reports": reports})
    assert "| ours | 0.795 [0.73, 0.86] |" in made([one])


def test_of_a_run_of_question_sets_only_the_figures_are_kept(tmp_path: Path) -> None:
    (tmp_path / "01-questions.json").write_text(
        (FIGURES / "01-questions.json").read_text(encoding="utf-8"), encoding="utf-8"
    )
    accuracy = {"value": 0.75, "low": 0.5, "high": 0.9, "n": 60}
    metrics = {"overall": {"accuracy": accuracy}, "outcomes": {"law broken": 1}}
    small = {"overall": {"accuracy": {"value": 0.5, "low": 0.2, "high": 0.8, "n": 8}}, "outcomes": {}}
    sets = [{"report": {"name": "ferry"}, "metrics": metrics}, *[{"report": {"name": "a"}, "metrics": small}] * 2]
    keep("questions", "a laptop", json.dumps({"sets": sets}), tmp_path)
    (one,) = kept(tmp_path)
    assert "| ferry | 60 | 0.75 | 0.50 to 0.90 | 1 |" in made([one])
    assert "| 2 sets of fewer than 50 | 16 | 0.5 | 0.26 to 0.74 | 0 |" in made([one])

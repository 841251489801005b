"""The pytest plugin, in runs of pytest of its own: a test for each case, accounts without a traceback, nothing for others.

A run of pytest in a process of its own takes seconds, so most of these are left to `make slow`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from assistant import Assistant

pytestmark = pytest.mark.system

MILL = """The mill

The paper mill burned down in March 1912. Anna Berg rebuilt it with 40 workers.

Mayor Olav Lunde opened the new hall on Saturday. It is 80 metres long.
"""
WHEN = """
  - id: when
    question: When did the paper mill burn down?
    answers: ["1912", /19\\d2/]
    tags: [dates]
"""
WHO = """
  - id: who
    question: Who rebuilt the mill?
    answers: [Astrid Lie]
    note: She did not.
"""
TALK = """
  - id: talk
    turns:
      - question: Who opened the new hall?
        answers: [Olav Lunde]
      - question: Who rebuilt the mill?
        answers: [Astrid Lie]
"""
HEAVY = ("torch", "chromadb", "onnxruntime", "gradio", "llama_index", "rich")


def pytest_in(folder: Path, *arguments: str) -> tuple[int, str]:
    """A run of pytest in a folder: its exit code and what it prints."""
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", *arguments]
    environment = {**os.environ, "COLUMNS": "200", "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}
    environment["FOOTNOTE_READER"] = "auto"
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def a_set(folder: Path, *cases: str, name: str = "mill.questions.yaml") -> Path:
    """A set about the mill, with the article beside it."""
    (folder / "mill.txt").write_text(MILL, encoding="utf-8")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("version: 1\narticles: [mill.txt]\ncases:" + "".join(cases), encoding="utf-8")
    return path


def test_each_case_is_a_test_and_what_is_wrong_is_accounted_for(tmp_path: Path) -> None:
    a_set(tmp_path, WHEN, WHO, TALK)
    a_set(tmp_path, WHEN, name="plain.yaml")
    code, out = pytest_in(tmp_path, "-v", "--strict-markers", "--strict-config")
    assert code == 1
    for line in (
        "mill.questions.yaml::when PASSED",
        "mill.questions.yaml::who FAILED",
        "mill.questions.yaml::talk FAILED",
    ):
        assert line in out
    alone, dialogue = out.split(" mill: who ___")[1].split(" mill: talk ___")
    for line in (
        "wrong (read wrongly)\n",
        "  question   Who rebuilt the mill?\n",
        "  expected   “Astrid Lie”\n",
        "  got        Anna Berg — “Anna Berg rebuilt it with 40 workers.” [1]\n",
        "  broke at   read wrongly\n",
        "  reason     no accepted wording is said",
        "  note       She did not.\n",
    ):
        assert line in alone
    assert "turn-2: wrong (" in dialogue
    assert "  after      Who opened the new hall? — " in dialogue
    assert "turn-1" not in dialogue
    assert "FAILED mill.questions.yaml::who - Failed: wrong (read wrongly)" in out
    assert "Traceback" not in out
    assert ".py" not in out.split("FAILURES")[1]
    assert not [path for path in (tmp_path / "temporary").iterdir() if path.is_dir()], "the library is left"


@pytest.mark.slow
def test_cases_are_chosen_by_id_and_by_tag(tmp_path: Path) -> None:
    a_set(tmp_path, WHEN, WHO, TALK, WHO.replace("id: who", "id: else"))
    code, out = pytest_in(tmp_path, "--collect-only", "-q", "-k", "dates or dialogue or else")
    assert code == 0
    assert [line.split("::")[1] for line in out.splitlines() if "::" in line] == ["when", "talk", "else"]


@pytest.mark.slow
def test_what_the_baseline_knows_is_expected_to_fail_and_nothing_else(tmp_path: Path) -> None:
    """The baseline is named in the ini-file; the dialogue's second turn got worse, the other case is new."""
    (tmp_path / "sets").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\nfootnote_baseline = sets/base.json\n")
    a_set(tmp_path, WHEN, WHO, TALK, WHO.replace("id: who", "id: other"))
    outcomes = '{"when": "wrong", "who": "wrong", "talk/turn-1": "right and cited", "talk/turn-2": "right and cited"}'
    (tmp_path / "sets" / "base.json").write_text(outcomes)
    code, out = pytest_in(tmp_path, "-v", "-rx")
    assert code == 1
    assert [line.split("::")[1].split()[:2] for line in out.splitlines() if "::" in line and "%]" in line] == [
        ["when", "PASSED"],
        ["who", "XFAIL"],
        ["talk", "FAILED"],
        ["other", "FAILED"],
    ]
    assert "known from the baseline: wrong (read wrongly)" in out
    assert "  baseline   right and cited\n" in out


@pytest.mark.slow
def test_the_command_line_is_stronger_than_the_ini_file(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nfootnote_baseline = nowhere.json\n")
    a_set(tmp_path, WHO)
    (tmp_path / "base.json").write_text('{"who": "wrong"}')
    assert pytest_in(tmp_path, "--footnote-baseline", "base.json")[0] == 0
    code, out = pytest_in(tmp_path)
    assert code == 2
    assert "nowhere.json: can't be read" in out
    assert "Traceback" not in out


def test_a_set_that_does_not_load_is_an_error_with_its_lines(tmp_path: Path) -> None:
    a_set(tmp_path, WHEN.replace("answers", "anwsers"))
    code, out = pytest_in(tmp_path)
    assert code == 2
    account = out.split("ERROR collecting mill.questions.yaml")[1]
    assert "\nmill.questions.yaml:6: case 'when': unknown key 'anwsers'." in account
    assert "Traceback" not in out
    assert ".py" not in account


@pytest.mark.slow
def test_two_sets_of_one_name_are_refused_where_a_baseline_could_not_tell_them_apart(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    a_set(tmp_path, WHEN)
    a_set(tmp_path / "below", WHEN)
    (tmp_path / "base.json").write_text("{}")
    code, out = pytest_in(tmp_path, "--collect-only", "--footnote-baseline", "base.json")
    assert code == 2
    assert "is called 'mill' too" in out


@pytest.mark.slow
def test_a_library_can_be_asked(tmp_path: Path) -> None:
    a_set(tmp_path, WHEN + "    evidence: [burned down]\n")
    with Assistant.open(tmp_path / "library") as assistant:
        (tmp_path / "bridge.txt").write_text("The bridge\n\nThe bridge was closed in May.")
        assistant.add(tmp_path / "bridge.txt")
    code, out = pytest_in(tmp_path, "--footnote-library", "library")
    assert code == 1
    assert "  broke at   not in the library\n" in out


def test_a_few_libraries_are_open_at_once_and_no_assistant_outlives_its_own(tmp_path: Path) -> None:
    for name in ("one", "two", "three", "four", "five"):
        a_set(tmp_path, WHEN, name=f"{name}.questions.yaml")
    (tmp_path / "conftest.py").write_text(
        "import gc, tempfile\nfrom pathlib import Path\nfrom assistant import Assistant\n\ndef pytest_runtest_call(item):\n"
        "    there = len(list(Path(tempfile.gettempdir()).glob('*/library.db')))\n"
        "    gc.collect()\n"
        "    alive = sum(isinstance(one, Assistant) for one in gc.get_objects())\n"
        "    assert there <= 3 and alive <= 3, f'{there} libraries, {alive} assistants'\n"
    )
    _, out = pytest_in(tmp_path)
    assert "5 passed" in out
    assert list((tmp_path / "temporary").glob("*/library.db")) == []


@pytest.mark.slow
def test_a_library_that_cannot_be_used_is_an_error_of_every_case_without_a_traceback(tmp_path: Path) -> None:
    a_set(tmp_path, WHEN, WHO)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "library.db").write_bytes(b"not a library")
    code, out = pytest_in(tmp_path, "--footnote-library", "library")
    assert code == 1
    assert "2 errors" in out
    assert "library.db" in out
    assert "Traceback" not in out
    assert ".py" not in out.split("= ERRORS =")[1]


@pytest.mark.slow
@pytest.mark.parametrize(("package", "ended"), [("yaml", pytest.ExitCode.INTERRUPTED), ("filelock", 1)])
def test_a_package_that_is_missing_is_named_with_how_to_install_it(tmp_path: Path, package: str, ended: int) -> None:
    """The first is needed to read a set, the second to ask."""
    a_set(tmp_path, WHEN)
    (tmp_path / "conftest.py").write_text(f"import sys\nsys.modules[{package!r}] = None\n")
    code, out = pytest_in(tmp_path)
    assert code == ended
    assert f"Footnote needs {package}, which is not installed here. " in out
    assert f"Install Footnote with all that it needs for {sys.executable}" in out
    assert "Traceback" not in out


def test_without_a_set_nothing_but_pytest_is_needed(tmp_path: Path) -> None:
    script = (
        "import sys, pytest; before = set(sys.modules); import assistant.questions.plugin; "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["assistant", "index"]


@pytest.mark.slow
def test_projects_without_sets_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("a: b")
    (tmp_path / "test_it.py").write_text(
        f"import sys\ndef test_it():\n    assert not set(sys.modules) & set({HEAVY})\n"
    )
    code, out = pytest_in(tmp_path)
    assert code == 0
    assert "1 passed" in out


@pytest.mark.slow
def test_it_can_be_turned_off(tmp_path: Path) -> None:
    a_set(tmp_path, WHEN)
    assert pytest_in(tmp_path, "-p", "no:footnote")[0] == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.slow
def test_it_is_found_by_pytest() -> None:
    (found,) = (entry for entry in entry_points(group="pytest11") if entry.name == "footnote")
    assert found.value == "assistant.questions.plugin"

"""The command line: exit codes, JSON, one-line errors, and asking while another process is the writer."""

from __future__ import annotations

import importlib.metadata
import os
import re
import socket
from pathlib import Path

import pytest

from assistant import Answer, Assistant
from tests import processes
from tests.command_line import Ended, Run, run_footnote

FAIR = (
    "Record crowd by the water\n\n"
    "The harbour fair in Bergen drew 12,400 visitors on Saturday, the organisers said.\n\n"
    "Mayor Astrid Lunde opened the fair at noon. Rain was expected in the evening."
)
ANSWERABLE = "How many visitors did the harbour fair in Bergen draw on Saturday?"
LISTED = (
    "The ferry\n\nBy Tora Vind\n\nPublished 3 May 2024, updated 5 May 2024\n\nThe ferry of Korpo is yellow, and it is free.\n\n"
    "Its timetable\n\nIt leaves the island twice a day:\n\n- at noon\n- at night\n"
)
UNANSWERABLE = "What did the king of Denmark eat for breakfast?"

STAGES = ["followup", "understanding", "retrieval", "reranking", "reading", "citing"]


@pytest.fixture
def footnote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `footnote` in this process, on the library `tmp_path/library`."""
    monkeypatch.setenv("FOOTNOTE_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, stdin: str = "") -> Ended:
        return run_footnote(monkeypatch, *arguments, stdin=stdin)

    return run


@pytest.fixture
def filled(footnote: Run, article: Path) -> Run:
    """The same with the article added."""
    assert footnote("add", str(article)).code == 0
    return footnote


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "fair.txt"
    path.write_text(FAIR, encoding="utf-8")
    return path


def outside(*arguments: str, library: Path) -> Ended:
    """`footnote` as another process."""
    done = processes.run("from assistant.cli import main; main()", *arguments, "--library", library)
    return Ended(done.returncode, done.stdout, done.stderr)


# add


def test_add_reports_what_it_did(footnote: Run, article: Path) -> None:
    first = footnote("add", str(article))
    assert (first.code, first.out) == (0, "added 1, unchanged 0, replaced 0, skipped 0\n")
    again = footnote("add", str(article))
    assert (again.code, again.out) == (0, "added 0, unchanged 1, replaced 0, skipped 0\n")
    article.write_text(FAIR.replace("12,400", "13,000"), encoding="utf-8")
    changed = footnote("add", str(article))
    assert (changed.code, changed.out) == (0, "added 0, unchanged 0, replaced 1, skipped 0\n")


def test_add_prints_json(footnote: Run, article: Path) -> None:
    report = footnote("add", "--json", str(article)).json_line
    assert list(report) == ["added", "unchanged", "replaced", "skipped"]
    assert len(report["added"]) == 1
    assert report["skipped"] == []


def test_what_is_skipped_is_said_with_its_reason(footnote: Run, article: Path, tmp_path: Path) -> None:
    blank = tmp_path / "blank.txt"
    blank.write_text(" \n")
    mixed = footnote("add", str(article), str(blank))
    assert mixed.code == 0
    assert mixed.out.startswith("added 1,")
    assert "blank.txt: " in mixed.err
    alone = footnote("add", "--json", str(blank))
    assert alone.code == 1
    ((path, reason),) = alone.json_line["skipped"]
    assert path.endswith("blank.txt")
    assert reason


def test_no_progress_bar_where_nobody_watches(footnote: Run, article: Path) -> None:
    assert footnote("add", str(article)).err == ""


def test_add_says_what_it_understood_of_a_file(footnote: Run, tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text(LISTED, encoding="utf-8")
    plain, told = footnote("add", str(path)).out, footnote("add", str(path), "--verbose")
    assert plain == "added 1, unchanged 0, replaced 0, skipped 0\n"
    lines = dict(line.strip().split(": ", 1) for line in told.out.splitlines()[1:])
    assert lines["title"] == "The ferry"
    assert (lines["published"], lines["updated"], lines["authors"]) == ("2024-05-03", "2024-05-05", "Tora Vind")
    assert lines["kind of file"] == ".txt"
    assert "2 headings" in lines["blocks"]
    assert "2 items" in lines["blocks"]
    assert int(lines["passages"]) > 1
    assert "site" not in lines
    understood = footnote("add", str(path), "--verbose", "--json").json_line["understood"]
    assert [dict(file)["title"] for file in understood] == ["The ferry"]


def test_add_says_what_it_understood_of_each_file_of_a_folder(footnote: Run, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    for name in ("a.txt", "below/b.txt"):
        (folder / name).write_text(f"Ship {name}\n\n{LISTED}", encoding="utf-8")
    (folder / "old.doc").write_bytes(b"old")
    (folder / "blank.txt").write_text(" \n")
    told = footnote("add", str(folder), "--verbose")
    assert told.out.startswith("added 2, unchanged 0, replaced 0, skipped 2\n")
    files = [line.split(": ")[1] for line in told.out.splitlines() if line.startswith("  file: ")]
    assert files == [str(folder / "a.txt"), str(folder / "below" / "b.txt")]
    skipped = [line.partition(": ")[0] for line in told.err.splitlines()]
    assert skipped == [f"  skipped {folder / name}" for name in ("old.doc", "blank.txt")]


def test_what_cannot_be_added_is_skipped_verbosely_too(footnote: Run, article: Path, tmp_path: Path) -> None:
    blank = tmp_path / "blank.txt"
    blank.write_text(" \n")
    mixed = footnote("add", "--verbose", str(blank), str(article))
    assert mixed.out.startswith("added 1, unchanged 0, replaced 0, skipped 1\n  title: Record crowd")
    assert "blank.txt: " in mixed.err


# show


def test_show_prints_the_text_with_its_blocks(footnote: Run, tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text(LISTED, encoding="utf-8")
    footnote("add", str(path))
    (listed,) = footnote("list", "--json").json_line
    shown = footnote("show", listed["id"])
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert lines[0] == "# The ferry"
    assert "## Its timetable" in lines
    assert "- at noon" in lines
    data = footnote("show", listed["id"], "--json").json_line
    items = [data["text"][block["start"] : block["end"]] for block in data["blocks"] if block["kind"] == "item"]
    assert items == ["at noon", "at night"]
    assert (data["id"], data["authors"]) == (listed["id"], ["Tora Vind"])


def test_show_of_an_unknown_article_is_wrong_use(filled: Run) -> None:
    shown = filled("show", "no-such-id")
    assert shown.code == 2
    assert "no-such-id" in shown.err


# list and remove


def test_list_shows_the_articles(filled: Run) -> None:
    shown = filled("list")
    assert shown.code == 0
    assert "Record crowd by the water" in shown.out
    (listed,) = filled("list", "--json").json_line
    keys = ["id", "title", "source", "published", "updated", "authors", "site", "content_hash", "characters"]
    assert list(listed) == keys
    assert (listed["title"], listed["characters"]) == ("Record crowd by the water", len(FAIR))
    assert listed["id"] in shown.out


def test_list_of_an_empty_library_says_how_to_fill_it(footnote: Run) -> None:
    assert "footnote add" in footnote("list").out
    assert footnote("list", "--json").json_line == []


def test_a_title_is_shown_as_it_is(footnote: Run, tmp_path: Path) -> None:
    """No markup of rich, no escape sequence of the terminal."""
    hostile = tmp_path / "hostile.txt"
    hostile.write_text("[bold red]Fair[/bold red] is on\n\nIt is open to everybody.", encoding="utf-8")
    footnote("add", str(hostile))
    assert "[bold red]Fair[/bold red] is on" in footnote("list").out


def test_remove_forgets_an_article(filled: Run) -> None:
    (listed,) = filled("list", "--json").json_line
    removed = filled("remove", listed["id"])
    assert (removed.code, removed.out) == (0, f"removed {listed['id']}\n")
    assert filled("list", "--json").json_line == []


def test_remove_of_an_unknown_id_changes_nothing(filled: Run) -> None:
    wrong = filled("remove", "000000000000")
    assert wrong.code == 2
    assert one_line(wrong.err)
    assert "'000000000000'" in wrong.err
    assert "footnote list" in wrong.err
    assert len(filled("list", "--json").json_line) == 1


# ask


def test_ask_answers_with_the_place_of_each_quote(filled: Run) -> None:
    answered = filled("ask", ANSWERABLE)
    assert answered.code == 0
    assert "12,400" in answered.out
    assert "[1]" in answered.out.splitlines()[0]
    start, end = answered.out.splitlines()[1].split("characters ")[1].split(",")[0].split("-")
    assert f"“{FAIR[int(start) : int(end)]}” [1]" in answered.out


def test_ask_prints_the_answer_as_json(filled: Run) -> None:
    data = filled("ask", "--json", ANSWERABLE).json_line
    answer = Answer.from_dict(data)
    assert answer.status == "answered"
    assert answer.to_dict() == data
    assert all(FAIR[c.start : c.end] == c.quote for c in answer.citations)


def test_ask_refuses_with_the_closest_passages(filled: Run) -> None:
    refused = filled("ask", UNANSWERABLE)
    assert refused.code == 1
    assert "not an answer" in refused.out
    answer = Answer.from_dict(filled("ask", "--json", UNANSWERABLE).json_line)
    assert (answer.status, answer.citations) == ("not_found", ())


def test_ask_of_what_cannot_be_understood_is_not_found(filled: Run) -> None:
    assert filled("ask", "What about it?").code == 1
    assert filled("ask", "🙂").code == 1


def test_small_talk_is_answered_in_words_alone(filled: Run) -> None:
    thanked = filled("ask", "Thanks a lot!")
    assert (thanked.code, thanked.err) == (0, "")
    assert "welcome" in thanked.out
    assert thanked.out.count("\n") == 1
    assert Answer.from_dict(filled("ask", "--json", "hello").json_line).status == "small_talk"


def test_ask_can_be_limited_to_an_article(filled: Run, tmp_path: Path) -> None:
    other = tmp_path / "mill.txt"
    other.write_text("Mill reopens\n\nThe paper mill reopened in March 2019.")
    mill = filled("add", "--json", str(other)).json_line["added"][0]
    assert filled("ask", ANSWERABLE, "--article", mill).code == 1
    assert filled("ask", ANSWERABLE).code == 0
    unknown = filled("ask", ANSWERABLE, "--article", "nonsense")
    assert unknown.code == 2
    assert "'nonsense'" in unknown.err


def test_ask_says_where_the_time_went(filled: Run) -> None:
    timed = filled("ask", "--timings", "--json", ANSWERABLE)
    assert [line.partition(":")[0] for line in timed.err.splitlines()] == STAGES
    assert Answer.from_dict(timed.json_line).status == "answered"


def test_ask_of_an_empty_library_says_how_to_fill_it(footnote: Run) -> None:
    empty = footnote("ask", ANSWERABLE)
    assert empty.code == 2
    assert one_line(empty.err)
    assert "footnote add" in empty.err


@pytest.mark.system
def test_ask_works_while_another_process_is_the_writer(filled: Run, tmp_path: Path) -> None:
    library = tmp_path / "library"
    with Assistant.open(library) as writer:
        assert writer.can_write
        answered = outside("ask", "--json", ANSWERABLE, library=library)
        assert answered.code == 0, answered.err
        assert "12,400" in Answer.from_dict(answered.json_line).text
        assert writer.ask(ANSWERABLE).status == "answered"


@pytest.mark.system
def test_a_second_writer_is_told_who_the_first_is(filled: Run, article: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    with Assistant.open(library):
        refused = outside("add", str(article), library=library)
    assert refused.code == 2
    assert one_line(refused.err)
    assert f"in use by PID {os.getpid()}" in refused.err


# chat


def test_chat_answers_each_line_and_ends_with_the_input(filled: Run) -> None:
    ended = filled("chat", stdin=f"{ANSWERABLE}\n{UNANSWERABLE}\n")
    assert ended.code == 0
    assert "12,400" in ended.out
    assert "not an answer" in ended.out


def test_chat_replies_to_small_talk_and_goes_on(filled: Run) -> None:
    ended = filled("chat", stdin="Who opened the fair?\nthanks!\nWhen did she open it?\n")
    assert ended.code == 0
    assert "welcome" in ended.out
    assert ended.out.count("searched for:") == 1
    assert re.search(r"searched for: When did .*Lunde open", ended.out)


def test_chat_ends_at_an_empty_line(filled: Run) -> None:
    ended = filled("chat", stdin=f"\n{ANSWERABLE}\n")
    assert (ended.code, ended.out) == (0, "")


def test_chat_remembers_the_turns_before(filled: Run) -> None:
    ended = filled("chat", stdin="Who opened the fair?\nWhen did she open it?\n")
    assert ended.code == 0
    assert re.search(r"searched for: When did .*Lunde open", ended.out)


# doctor


def test_doctor_finds_a_healthy_library_healthy(filled: Run, free_port: int) -> None:
    healthy = filled("doctor", "--port", str(free_port))
    assert healthy.code == 0, healthy.out
    assert all(line.startswith("ok ") for line in healthy.out.splitlines())
    findings = filled("doctor", "--json", "--port", str(free_port)).json_line
    assert [finding["name"] for finding in findings] == ["embedding model", "reader", "library", "vectors", "port"]
    assert all(list(finding) == ["name", "ok", "detail", "remedy"] for finding in findings)


def test_doctor_of_a_file_says_whether_it_can_be_read(footnote: Run, article: Path, tmp_path: Path) -> None:
    good = footnote("doctor", str(article))
    assert good.code == 0
    assert "ok   title: Record crowd by the water" in good.out.splitlines()
    assert footnote("list", "--json").json_line == []
    bad = tmp_path / "drawing.xyz"
    bad.write_bytes(b"\x89XYZ")
    sick = footnote("doctor", str(bad), "--json")
    assert sick.code == 1
    by_name = {finding["name"]: finding for finding in sick.json_line}
    assert not by_name["kind of file"]["ok"]
    assert ".xyz" in by_name["reading"]["detail"]


def test_doctor_fails_when_something_is_wrong(filled: Run, tmp_path: Path, free_port: int) -> None:
    (tmp_path / "library" / "library.db").write_bytes(b"not a library")
    sick = filled("doctor", "--port", str(free_port))
    assert sick.code == 1
    assert "FAIL library" in sick.out


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Wrong use, and errors


def one_line(text: str) -> bool:
    return text.startswith("footnote: ") and text.count("\n") == 1 and text.endswith("\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ask"],
        ["add"],
        ["remove"],
        ["collection", "nonsense"],
        ["collection", "make"],
        ["collection", "extend", "birds"],
        ["ask", "one", "two"],
        ["ask", "--nonsense", "Who?"],
        ["doctor", "--port", "many"],
        ["serve", "--port", "0"],
        ["serve", "--port", "70000"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_and_usage(footnote: Run, arguments: list[str]) -> None:
    wrong = footnote(*arguments)
    assert wrong.code == 2
    assert "Usage: " in wrong.err
    assert "Traceback" not in wrong.err
    assert wrong.out == ""


@pytest.mark.parametrize(
    "command", ["add", "list", "show", "remove", "ask", "chat", "serve", "doctor", "collection list"]
)
def test_every_command_has_help(footnote: Run, command: str) -> None:
    shown = footnote(*command.split(), "--help")
    assert shown.code == 0
    assert "--library" in shown.out


def test_the_version_is_printed(footnote: Run) -> None:
    shown = footnote("--version")
    assert (shown.code, shown.out, shown.err) == (0, f"footnote {importlib.metadata.version('footnote')}\n", "")
    assert re.fullmatch(r"footnote \d+\.\d+\.\d+\n", shown.out)
    assert "--version" in footnote("--help").out


def test_a_source_tree_that_is_not_installed_says_so(footnote: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", unknown)
    shown = footnote("--version")
    assert (shown.code, shown.out) == (0, "footnote (not installed: it runs from its source tree)\n")


def test_a_path_that_is_not_there(footnote: Run, tmp_path: Path) -> None:
    wrong = footnote("add", str(tmp_path / "nowhere.txt"))
    assert wrong.code == 2
    assert one_line(wrong.err)
    assert "nowhere.txt" in wrong.err


def test_an_error_is_one_line_whatever_is_in_it(footnote: Run, tmp_path: Path) -> None:
    wrong = footnote("add", str(tmp_path / "no\nwhere.txt"))
    assert wrong.code == 2
    assert one_line(wrong.err)


def test_a_setting_that_can_not_be_used(footnote: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_EVIDENCE", "many")
    wrong = footnote("ask", ANSWERABLE)
    assert wrong.code == 2
    assert one_line(wrong.err)
    assert "FOOTNOTE_EVIDENCE" in wrong.err
    assert "'many'" in wrong.err


@pytest.mark.system
def test_a_damaged_library_is_named_without_a_traceback(article: Path, tmp_path: Path) -> None:
    library = tmp_path / "damaged"
    library.mkdir()
    (library / "library.db").write_bytes(b"this was a library once" * 100)
    for arguments in (["ask", ANSWERABLE], ["list"]):
        wrong = outside(*arguments, library=library)
        assert wrong.code == 2
        assert one_line(wrong.err)
        assert "library.db" in wrong.err
        assert wrong.out == ""


# The login of the page


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--host", "0.0.0.0"], ""),
        (["--host", "192.168.1.5", "--mcp"], ""),
        (["--auth", "quite-secret"], ""),
        (["--host", "0.0.0.0"], "quite-secret"),
        (["--auth", ":quite-secret"], "ann:word"),
    ],
)
def test_a_page_for_the_network_without_a_login_is_refused_before_anything_is_opened(
    footnote: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], environment: str
) -> None:
    if environment:
        monkeypatch.setenv("FOOTNOTE_AUTH", environment)
    refused = footnote("serve", *arguments)
    assert refused.code == 2
    assert one_line(refused.err)
    assert "--auth USER:PASSWORD" in refused.err
    assert "FOOTNOTE_AUTH" in refused.err
    assert "quite-secret" not in refused.err
    assert not (tmp_path / "library").exists()


def test_help_names_the_variable_but_not_what_is_in_it(footnote: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_AUTH", "ann:quite-secret")
    shown = footnote("serve", "--help").out
    assert "FOOTNOTE_AUTH" in shown
    assert "quite-secret" not in shown
    for option in ("--auth", "--allow-host", "--open", "--mcp"):
        assert option in shown

"""`footnote test`: exit codes, what is checked before anything is asked, reports, baselines, and writing sets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from assistant import Answer, Assistant
from assistant.questions import Expected, Grade, Report, Result, load
from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.comparing.failing import Threshold, failed
from assistant.questions.metrics.figures import Comparison, Figure, Metrics
from assistant.questions.spec.schema import json_schema
from assistant.questions.testing import Plan, update
from tests.assistant.questions.command_line import COST, MILL, WHEN, WHO, WRONG, a_set
from tests.command_line import Run

# Exit codes


def test_a_set_whose_answers_are_right_holds(footnote: Run) -> None:
    a_set(WHEN, WHO, COST)
    held = footnote("mill.questions.yaml")
    assert (held.code, held.err) == (0, "")
    assert "mill: 3 of 3" in held.out


def test_without_a_baseline_every_wrong_answer_fails(footnote: Run) -> None:
    a_set(WHEN, WRONG)
    failed = footnote("mill.questions.yaml")
    assert failed.code == 1
    assert failed.err == "footnote: mill: 1 of 2 questions failed: who\n"
    for shown in ("who: wrong", "Who rebuilt the mill?", "Astrid Lie", "Anna Berg", "read wrongly"):
        assert shown in failed.out


def test_what_is_too_slow_fails_unless_timings_are_left_out(footnote: Run) -> None:
    a_set(WHEN + "    max_seconds: 0.000001\n")
    slow = footnote("mill.questions.yaml")
    assert slow.code == 1
    assert "when: too slow" in slow.out
    assert footnote("mill.questions.yaml", "--no-timings").code == 0


def test_with_a_baseline_only_what_got_worse_or_is_new_fails(footnote: Run) -> None:
    a_set(WRONG)
    made = footnote("mill.questions.yaml", "--baseline", "base.json", "--update-baseline")
    assert (made.code, made.err) == (0, "footnote: base.json: mill: 1 new, none before\n")
    assert footnote("mill.questions.yaml", "--baseline", "base.json").code == 0
    a_set(WRONG, WRONG.replace("id: who", "id: who-else"))
    new = footnote("mill.questions.yaml", "--baseline", "base.json")
    assert (new.code, new.err) == (1, "footnote: mill: 1 of 2 questions failed: who-else\n")
    a_set(WHO)
    better = footnote("mill.questions.yaml", "--baseline", "base.json", "--update-baseline")
    assert (better.code, better.err) == (0, "footnote: base.json: mill: 1 improved, 0 got worse\n")
    a_set(WRONG)
    worse = footnote("mill.questions.yaml", "--baseline", "base.json")
    assert (worse.code, worse.err) == (1, "footnote: mill: 1 of 1 questions failed: who\n")
    accepted = footnote("mill.questions.yaml", "--baseline", "base.json", "--update-baseline")
    assert (accepted.code, accepted.err) == (0, "footnote: base.json: mill: 0 improved, 1 got worse\n")


def test_a_baseline_keeps_what_was_not_asked(footnote: Run) -> None:
    a_set(WHEN, WHO)
    a_set(COST, name="other.questions.yaml")
    footnote("mill.questions.yaml", "other.questions.yaml", "--baseline", "base.json", "--update-baseline")
    before = json.loads(Path("base.json").read_bytes())["sets"]
    a_set(WHEN, WRONG)
    footnote("mill.questions.yaml", "-k", "who", "--baseline", "base.json", "--update-baseline")
    after = json.loads(Path("base.json").read_bytes())["sets"]
    assert after["other"] == before["other"]
    assert after["mill"]["outcomes"] == {"when": "right and cited", "who": "wrong"}


def test_a_threshold_decides_alone_where_there_is_no_baseline(footnote: Run) -> None:
    a_set(WHEN, COST, WRONG)
    assert footnote("mill.questions.yaml", "--fail-under", "accuracy=0.6").code == 0
    under = footnote("mill.questions.yaml", "--fail-under", "accuracy=0.7", "--fail-under", "R@5=1")
    assert (under.code, under.err) == (1, "footnote: mill: accuracy 0.6667 is under 0.7\n")
    nothing = footnote("mill.questions.yaml", "--fail-under", "follow_up_success=0")
    assert (nothing.code, nothing.err) == (
        1,
        "footnote: follow_up_success is measured by no question of this run\n",
    )


def test_a_threshold_and_a_baseline_must_both_hold(footnote: Run) -> None:
    a_set(WHEN, WRONG)
    footnote("mill.questions.yaml", "--baseline", "base.json", "--update-baseline")
    both = ("mill.questions.yaml", "--baseline", "base.json", "--fail-under")
    assert footnote(*both, "accuracy=0.5").code == 0
    assert footnote(*both, "accuracy=0.6").code == 1
    a_set(WRONG.replace("who", "when"), WHO)
    assert footnote(*both, "accuracy=0.5").code == 1


# Wrong use, found before anything is asked


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "SETS"),
        (["nowhere.questions.yaml"], "nowhere.questions.yaml: this is not there"),
        (["empty"], "empty: no question set lies below it"),
        (["mill.questions.yaml", "--fail-under", "acuracy=0.9"], "Did you mean accuracy?"),
        (["mill.questions.yaml", "--fail-under", "accuracy=90"], "from 0 to 1"),
        (["mill.questions.yaml", "--fail-under", "accuracy"], "from 0 to 1"),
        (["mill.questions.yaml", "--junit", "nowhere/report.xml"], "nowhere/report.xml: can't be written"),
        (["mill.questions.yaml", "--html", "empty"], "empty: this is a folder"),
        (["mill.questions.yaml", "--html", "mill.questions.yaml"], "this file is named twice"),
        (["mill.questions.yaml", "--html", "report", "--junit", "./report"], "this file is named twice"),
        (["mill.questions.yaml", "--baseline", "nowhere.json"], "nowhere.json: can't be read"),
        (["mill.questions.yaml", "--record", "r.jsonl"], "r.jsonl: there is no language model to record"),
        (["mill.questions.yaml", "--record", "empty", "--llm", "x"], "empty: this is a folder"),
        (["mill.questions.yaml", "--record", "r.jsonl", "--llm", "nonsense"], "The language model that was set"),
        (["mill.questions.yaml", "--record", "r.jsonl", "--replay", "s.jsonl"], "can't be used together"),
        (["mill.questions.yaml", "--record", "r.jsonl", "--html", "r.jsonl"], "this file is named twice"),
        (["mill.questions.yaml", "--replay", "r.jsonl", "--html", "r.jsonl"], "this file is named twice"),
        (["mill.questions.yaml", "--replay", "nowhere.jsonl"], "nowhere.jsonl: can't be read"),
        (["mill.questions.yaml", "--replay", "mill.txt"], "mill.txt:1: this is not JSON"),
        (["mill.questions.yaml", "--update-baseline"], "needs --baseline"),
        (["mill.questions.yaml", "--tags", "nonsense"], "no case has a tag of nonsense"),
        (["mill.questions.yaml", "-k", "nonsense"], "'nonsense'"),
        (["mill.questions.yaml", "sub/mill.questions.yaml"], "is called 'mill' too"),
        (["mill.questions.yaml", "--workers", "0"], "--workers"),
        (["hashed.questions.yaml"], "named by its hash alone"),
    ],
)
def test_wrong_use_ends_with_2_before_anything_is_asked(
    footnote: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.setattr(Assistant, "open", _never)
    Path("empty/.hidden").mkdir(parents=True)
    a_set(WHEN, name="empty/.hidden/mill.questions.yaml")
    a_set(WHEN, name="sub/mill.questions.yaml")
    content = a_set(WHEN).read_bytes()
    Path("hashed.questions.yaml").write_text(f"version: 1\narticles: ['sha256:{'0' * 64}']\ncases:{COST}")
    wrong = footnote(*arguments)
    assert wrong.code == 2
    assert " ".join(said.split()) in " ".join(wrong.err.replace("│", " ").split())
    assert "Traceback" not in wrong.err
    assert wrong.out == ""
    assert Path("mill.questions.yaml").read_bytes() == content


def _never(*_: object, **__: object) -> None:
    raise AssertionError("asked though it was wrong use")


def test_each_thing_that_is_wrong_with_the_sets_is_said_on_its_line(footnote: Run) -> None:
    a_set(WHEN + "    anwsers: [x]\n", "\n  - id: what\n    question: ''\n    answerable: false\n")
    a_set(WHEN.replace("March", "April"), name="other.questions.yaml")
    wrong = footnote("mill.questions.yaml", "other.questions.yaml")
    assert wrong.code == 2
    lines = wrong.err.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["footnote", "mill.questions.yaml:9"],
        ["footnote", "mill.questions.yaml:12"],
        ["footnote", "other.questions.yaml:7"],
    ]
    assert "'answers'" in lines[0]


# Choosing


def test_sets_are_found_in_folders_and_each_is_run_once(footnote: Run) -> None:
    a_set(COST, name="sets/b.questions.yml")
    a_set(COST, name="sets/deep/a.questions.yaml")
    a_set(COST, name="sets/.hidden/c.questions.yaml")
    a_set(COST, name="sets/plain.yaml")
    found = footnote("sets/deep/a.questions.yaml", "sets", "--json")
    assert [one["name"] for one in sets_in(found.json)] == ["a", "b"]


def test_cases_are_chosen_by_tags_and_by_a_word(footnote: Run) -> None:
    a_set(WHEN, WHO, COST)
    a_set(COST, name="other.questions.yaml")

    def asked(*arguments: str) -> list[list[str]]:
        found = footnote("mill.questions.yaml", "other.questions.yaml", "--json", *arguments).json
        return [[result["expected"]["id"] for result in one["results"]] for one in sets_in(found)]

    assert asked("--tags", "dates,names") == [["when", "who"]]
    assert asked("--tags", "dates", "--tags", "unanswerable") == [["when", "cost"], ["cost"]]
    assert asked("-k", "WHO", "--tags", "names") == [["who"]]


def sets_in(data: Any) -> list[Any]:
    """The reports in what `--json` prints."""
    return [one["report"] for one in data["sets"]]


# Whom it asks


def test_a_library_is_asked_as_it_is(footnote: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    a_set(WHEN, COST)
    Path("other.txt").write_text("The bridge\n\nThe bridge was closed in May.")
    with Assistant.open("library") as assistant:
        assistant.add("other.txt")
    # The variable is for asking; a test must not depend on it.
    monkeypatch.setenv("FOOTNOTE_LIBRARY", "library")
    assert footnote("mill.questions.yaml").code == 0
    missing = footnote("mill.questions.yaml", "--library", "library")
    assert missing.code == 1
    assert "not in the library" in missing.out
    with Assistant.open("library", write=False) as assistant:
        assert [article.title for article in assistant.articles()] == ["The bridge"]


def test_a_library_that_is_not_there_is_not_made(footnote: Run) -> None:
    a_set(WHEN)
    Path("empty").mkdir()
    for name in ("nowhere", "empty", "mill.txt"):
        refused = footnote("mill.questions.yaml", "--library", name)
        assert refused.code == 2
        assert f"{name}: there is no library here" in refused.err
    assert not Path("nowhere").exists()
    assert not any(Path("empty").iterdir())


# Reports


def test_reports_are_written_though_cases_failed_and_replace_older_ones(footnote: Run) -> None:
    a_set(WHEN, WRONG)
    Path("report.xml").write_text("older")
    failed = footnote(
        "mill.questions.yaml", "--junit", "report.xml", "--html", "report.html", "--json-file", "report.json", "--json"
    )
    assert failed.code == 1
    assert ElementTree.fromstring(Path("report.xml").read_text("utf-8")).get("failures") == "1"
    assert "Who rebuilt the mill?" in Path("report.html").read_text("utf-8")
    assert json.loads(Path("report.json").read_text("utf-8")) == failed.json
    assert sorted(path.name for path in Path().iterdir()) == [
        *("mill.questions.yaml", "mill.txt", "report.html", "report.json", "report.xml")
    ]


def test_the_same_report_for_any_number_of_workers(footnote: Run) -> None:
    a_set(WHEN, WHO, COST, WRONG.replace("who", "wrong"))
    written = []
    for workers in ("1", "3"):
        *texts, data = reports(footnote, workers)
        # Words are embedded together with those that happen to be new, so confidences differ from the ninth digit on.
        written.append([*texts, json.loads(data, parse_float=lambda number: round(float(number), 6))])
    assert written[0] == written[1]


def test_two_runs_give_the_same_bytes(footnote: Run) -> None:
    a_set(WHEN, WRONG)
    assert reports(footnote, "1") == reports(footnote, "1")


def reports(footnote: Run, workers: str) -> list[str]:
    """JUnit XML, HTML and JSON of a run without timings."""
    footnote(
        *("mill.questions.yaml", "--no-timings", "--workers", workers),
        *("--junit", "r.xml", "--html", "r.html", "--json-file", "r.json"),
    )
    return [Path(f"r.{form}").read_text("utf-8") for form in ("xml", "html", "json")]


def test_a_device_is_written_to_and_not_replaced(footnote: Run) -> None:
    a_set(COST)
    assert footnote("mill.questions.yaml", "--junit", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


# Thresholds


@pytest.mark.parametrize(("figure", "fails"), [("accuracy", [0.1, 0.2]), ("AURC", [0.4, 0.5])])
def test_a_figure_is_held_to_the_side_on_which_it_is_better(figure: str, fails: list[float]) -> None:
    def missed(value: float) -> list[str]:
        metrics = Metrics({figure: Figure(value, value, value, 10)})
        return Threshold.parse(f" {figure} = 0.3 ").missed([Evaluation(Report("mill", (), "", ()), metrics)])

    assert [value for value in (0.1, 0.2, 0.3, 0.1 + 0.2, 0.4, 0.5) if missed(value)] == fails


# A broken law


LAWLESS = Report(
    "mill",
    (),
    "",
    (Result(Expected("who", "Who?"), Answer("Who?", "answered"), Grade("law broken", reason="no citation")),),
)


def test_a_broken_law_fails_though_the_baseline_knows_of_it() -> None:
    known = Comparison(changes=())
    assert [result.expected.id for result in failed(LAWLESS, known)] == ["who"]


def test_no_baseline_is_written_where_a_law_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    broken, _ = update(Plan((), path=path), [Evaluation(LAWLESS, Metrics({}))])
    assert broken[0].startswith("mill: a law is broken")
    assert not path.exists()


# Help, and writing sets


def test_help_says_what_the_exit_codes_mean(footnote: Run) -> None:
    shown = footnote("--help")
    assert shown.code == 0
    assert " test [OPTIONS]" in shown.out
    for said in ("Exit code", "--baseline", "--fail-under", "nDCG@10", "footnote test new"):
        assert said in shown.out
    assert " test new [OPTIONS]" in footnote("new", "--help").out


def test_a_new_set_loads_and_is_not_written_over(footnote: Run) -> None:
    Path("mill.txt").write_text(MILL, encoding="utf-8")
    made = footnote("new", "mill.txt")
    assert made.code == 0
    assert made.out.startswith("wrote mill.questions.yaml.")
    assert load("mill.questions.yaml").cases
    Path("mill.questions.yaml").write_text("mine")
    refused = footnote("new", "mill.txt")
    assert refused.code == 2
    assert "--force" in refused.err
    assert Path("mill.questions.yaml").read_text() == "mine"
    assert footnote("new", "mill.txt", "--force").code == 0
    assert load("mill.questions.yaml").cases


def test_a_set_that_is_called_like_a_command_is_reached_by_its_path(footnote: Run) -> None:
    a_set(COST, name="new/cost.questions.yaml")
    assert footnote("./new").code == 0
    assert footnote("new").code == 2


def test_importing_tells_promptfoo_from_squad(footnote: Run) -> None:
    Path("mill.txt").write_text(MILL, encoding="utf-8")
    tests = [{"vars": {"question": "When did it burn down?"}, "assert": [{"type": "contains", "value": "1912"}]}]
    Path("promptfoo.yaml").write_text(json.dumps({"prompts": ["{{question}}"], "tests": tests}))
    needs = footnote("import", "promptfoo.yaml", "-o", "p.questions.yaml")
    assert needs.code == 2
    assert "--article" in needs.err
    assert footnote("import", "promptfoo.yaml", "--article", "mill.txt", "-o", "p.questions.yaml").code == 0
    assert load("p.questions.yaml").expected[0].answers == ("1912",)
    answer = {"text": "1912", "answer_start": MILL.index("1912")}
    paragraph = {"context": MILL, "qas": [{"id": "q1", "question": "When did it burn down?", "answers": [answer]}]}
    Path("squad.json").write_text(json.dumps({"version": "1.1", "data": [{"title": "M", "paragraphs": [paragraph]}]}))
    assert footnote("import", "squad.json", "-o", "s.questions.yaml").code == 0
    assert load("s.questions.yaml").expected[0].answers == ("1912",)
    assert footnote("import", "squad.json", "-o", "s.questions.yaml").code == 2
    assert footnote("import", "squad.json", "-o", "s.txt").code == 2


def test_the_schema_is_printed_or_written(footnote: Run) -> None:
    assert json.loads(footnote("schema").out) == json_schema()
    assert footnote("schema", "-o", "schema.json").code == 0
    assert json.loads(Path("schema.json").read_bytes()) == json_schema()


def test_other_commands_do_not_wait_for_question_sets() -> None:
    script = (
        "import sys, assistant.cli; print([name for name in sys.modules if name.startswith('assistant.questions')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"

"""Answers of several sentences, parts and a verdict: shown whole in every report, beside what was expected of their form."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from rich.console import Console

from assistant.core.answer import Answer, Part
from assistant.core.remarks import TEXTS, Remark
from assistant.questions.comparing.baseline import Baseline, SetOutcomes, compare, read_baseline, write_baseline
from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.comparing.failing import Threshold, failed
from assistant.questions.plugin import _account
from assistant.questions.rendering import to_html, to_json, to_junit, to_terminal
from assistant.questions.rendering.words import clean, form, quoting
from assistant.questions.reports import OUTCOMES, Report
from assistant.questions.spec.cases import Expected
from tests.assistant.questions.rendered import HOSTILE, RESULTS, evaluated, laid_out, mill

SHOWN = laid_out()
ONE = SHOWN.report.results[0]
ROWS = [
    ("quotes", "all of them, in this order, nothing besides"),
    ("verdict", "“yes” expected, “no” given"),
    ("kind", "yes_no expected, understood as list"),
]


def flat(text: str) -> str:
    """Without spaces, since a terminal breaks lines."""
    return "".join(text.split())


def printed(evaluation: Evaluation) -> str:
    file = io.StringIO()
    to_terminal([evaluation], Console(file=file, width=80))
    return file.getvalue()


class _Data(HTMLParser):
    """The data of a page, and the text outside of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.data = self.text = self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = dict(attrs).get("id") or "" if tag == "script" else ""

    def handle_data(self, data: str) -> None:
        if self._inside == "data":
            self.data += data
        self.text += data


def page_case(evaluation: Evaluation) -> dict[str, Any]:
    [case] = json.loads(_Data(to_html([evaluation])).data)["cases"]
    return dict(case)


def whole(told: str, answer: Answer) -> None:
    """Every word of an answer stands in an account."""
    for part, said in answer.laid_out():
        for text in (part.heading, *(remark.text for remark in part.remarks), *(one.text for one in said)):
            assert flat(clean(text)) in flat(told), text
    assert flat(clean(answer.text)) in flat(told)


def test_the_rows_on_the_form() -> None:
    assert list(form(ONE)) == ROWS
    assert list(form(RESULTS[0])) == []
    without = replace(ONE, answer=replace(ONE.answer, verdict=""))
    assert ("verdict", "“yes” expected, none given") in list(form(without))


def test_how_quotes_must_be_cited_in_words() -> None:
    both = Expected("a", "?", evidence=("a", "b"))
    assert quoting(both) == ""
    assert quoting(replace(both, all_evidence=True)) == "all of them"
    assert quoting(replace(both, evidence=("a",), all_evidence=True, only_evidence=True)) == "nothing besides"
    assert quoting(replace(both, in_order=True)) == "in this order"


def test_the_terminal_shows_it_whole() -> None:
    said = printed(SHOWN)
    whole(said, ONE.answer)
    for name, text in ROWS:
        assert f"  {name}".ljust(14) + text in said
    assert "  verdicts    1 wrong" in said
    assert "  kinds       1 yes_no as list" in said
    assert max(map(len, said.splitlines())) <= 80


def test_junit_shows_it_whole() -> None:
    root = ElementTree.fromstring(to_junit([SHOWN]).encode())
    [failure] = root.iter("failure")
    whole(failure.text or "", ONE.answer)
    for name, text in ROWS:
        assert f"\n{name}: {text}\n" in (failure.text or "")
    properties = {one.get("name"): one.get("value") for one in root.iter("property")}
    assert (properties["verdicts wrong"], properties["kinds yes_no as list"]) == ("1", "1")
    assert properties["verdict_wrong"] == "1.000000"


def test_the_account_of_pytest_shows_it_whole() -> None:
    said = _account(ONE, SHOWN.report.results, "")
    whole(said, ONE.answer)
    for name, text in ROWS:
        assert f"\n  {name:<10} {text}\n" in said


def test_json_keeps_it_and_reads_it_back() -> None:
    [found] = json.loads(to_json([SHOWN]))["sets"]
    assert Report.from_dict(found["report"]) == SHOWN.report
    assert found["metrics"]["verdicts"] == {"wrong": 1}
    [result] = found["report"]["results"]
    assert (result["expected"]["verdict"], result["expected"]["kind"]) == ("yes", "yes_no")
    assert (result["answer"]["verdict"], result["answer"]["kind"]) == ("no", "list")


def test_the_page_gets_it_whole() -> None:
    case = page_case(SHOWN)
    assert (case["quoting"], case["verdict"], case["kind"]) == (ROWS[0][1], "yes", "yes_no")
    assert (case["decided"], case["understood"]) == ("no", "list")
    assert case["said"] == [[one.text, list(one.keys), list(one.citations)] for one in ONE.answer.sentences]
    assert case["parts"] == [
        [1, HOSTILE, ["Other articles say:"], ["Both are equal."]],
        [2, "who paid?", [], ["The text counts 3; 2 found."]],
        [0, "and why?", [], ["I found no sentence that answers this."]],
    ]
    told = _Data(to_html([SHOWN])).text
    assert "Verdicts" in told
    assert "yes_no as list 1" in told


def test_the_page_lays_every_remark_out_on_the_side_where_the_answer_has_it() -> None:
    remarks = tuple(Remark(name, (1, 2)) for name in TEXTS)
    answer = replace(ONE.answer, verdict="", parts=(Part(3, "", remarks),))
    [[_, _, before, after]] = page_case(evaluated(Report("r", (), "", (replace(ONE, answer=answer),))))["parts"]
    places = {text: answer.text.index(text) for text in (*before, *after)}
    sentence = answer.text.index(answer.sentences[0].text)
    assert all(places[text] < sentence for text in before)
    assert all(places[text] > sentence for text in after)
    assert len(places) == len(TEXTS)


def test_of_plain_answers_nothing_more_is_said() -> None:
    text = to_html([mill()])
    cases = json.loads(_Data(text).data)["cases"]
    more = {"quoting", "verdict", "kind", "decided", "understood", "parts"}
    assert [one["id"] for one in cases if more & set(one)] == []
    assert "Verdicts" not in text
    assert "verdicts" not in printed(mill())
    assert not {"verdicts", "kinds"} & set(json.loads(to_json([mill()]))["sets"][0]["metrics"])


# The baseline, thresholds, and what older versions wrote


def test_an_answer_of_the_wrong_form_is_kept_and_its_loss_fails_the_run(tmp_path: Path) -> None:
    near = replace(ONE, grade=replace(ONE.grade, outcome="right, wrong form"))
    report = replace(SHOWN.report, results=(near,))
    write_baseline(tmp_path / "base.json", [report])
    assert read_baseline(tmp_path / "base.json").sets["parts"].outcomes == {"parts": "right, wrong form"}
    before = Baseline({"parts": SetOutcomes({"parts": "right and cited"})})
    assert failed(report, compare(report, before)) == (near,)
    assert failed(report, compare(report, read_baseline(tmp_path / "base.json"))) == ()
    assert failed(report) == (near,)
    assert "right, wrong form" in OUTCOMES


def test_a_run_can_fail_by_wrong_verdicts() -> None:
    assert Threshold.parse("verdict_wrong=0").missed([SHOWN]) == ["parts: verdict_wrong 1 is over 0"]
    assert Threshold.parse("kind_accuracy=0.5").missed([SHOWN]) == ["parts: kind_accuracy 0 is under 0.5"]


def test_a_report_of_an_older_version_is_read() -> None:
    data = mill().report.to_dict()
    for result in data["results"]:
        for key in ("only_evidence", "in_order", "verdict", "kind"):
            del result["expected"][key]
        for key in ("kind", "verdict", "parts"):
            del result["answer"][key]
    assert Report.from_dict(data) == mill().report

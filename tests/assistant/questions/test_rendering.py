"""How a run is shown: nothing is left out, nothing foreign becomes markup, the same run gives the same bytes."""

from __future__ import annotations

import io
import json
import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from rich.console import Console

from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.metrics.figures import Change, Comparison
from assistant.questions.rendering import to_html, to_json, to_junit, to_terminal
from assistant.questions.rendering.words import difference, without_timings
from assistant.questions.reports import OUTCOMES, TOO_SLOW, Report
from tests.assistant.questions.rendered import (
    BURNED,
    HOSTILE,
    PASSAGES,
    RESULTS,
    TEXT,
    cite,
    evaluated,
    many,
    mill,
    with_model,
)

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMS: Sequence[Callable[..., str]] = (to_json, to_junit, to_html)


def printed(*evaluations: Evaluation, verbose: bool = False, width: int = 80, **options: object) -> str:
    file = io.StringIO()
    to_terminal(evaluations, Console(file=file, width=width, **options), verbose=verbose)
    return file.getvalue()


# All forms


@pytest.mark.parametrize("form", FORMS)
def test_the_same_run_gives_the_same_bytes(form: Callable[..., str]) -> None:
    assert form([mill()]) == form([mill()])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("baseline", [True, False])
def test_without_timings_a_slower_run_gives_the_same_bytes(form: Callable[..., str], baseline: bool) -> None:
    quick, slow = mill(baseline=baseline), mill(baseline=baseline, seconds=3.5)
    assert form([quick], timings=False) == form([slow], timings=False)
    assert form([quick]) != form([slow])


@pytest.mark.parametrize("form", FORMS)
def test_without_timings_a_slower_language_model_gives_the_same_bytes(form: Callable[..., str]) -> None:
    quick, slow = with_model(mill()), with_model(mill(), seconds=2.5)
    assert form([quick], timings=False) == form([slow], timings=False)
    assert form([quick]) != form([slow])


@pytest.mark.parametrize("form", FORMS)
def test_half_a_surrogate_pair_can_be_written(form: Callable[..., str]) -> None:
    first = replace(RESULTS[0], expected=replace(RESULTS[0].expected, question="half \ud83c", note="\udfff"))
    broken = evaluated(Report("half \ud800", (), "\udc00", (first,)))
    assert form([broken]).encode()


def test_what_no_set_is_run_of_can_be_shown_too() -> None:
    empty = Evaluation(
        Report("empty", (), "", ()),
        replace(mill().metrics, overall={}, by_tag={}, by_depth={}, risk_coverage=(), confidence=()),
    )
    assert "0 of 0 questions right" in printed(empty)
    assert "0 of 0 questions right" in to_html([empty])
    assert ElementTree.fromstring(to_junit([empty]).encode()).get("tests") == "0"
    assert ElementTree.fromstring(to_junit([]).encode()).get("tests") == "0"
    assert json.loads(to_json([])) == {"version": 1, "sets": []}
    assert to_html([])


# A language model


SUM = "3 requests, 1,400 tokens read, 50 written"


def test_what_a_language_model_took_is_summed_in_every_form() -> None:
    evaluation = with_model(mill())
    assert f" language model {SUM}, 2.5 s\n" in printed(evaluation)
    assert f"<dt>Language model</dt><dd>{SUM}, 2.5 s</dd>" in to_html([evaluation])
    usage = {"requests": 3, "prompt_tokens": 1400, "completion_tokens": 50}
    assert json.loads(to_json([evaluation]))["sets"][0]["metrics"]["usage"] == {**usage, "seconds": 2.5}
    named = {one.get("name"): one.get("value") for one in junit(evaluation).iter("property")}
    assert {name: value for name, value in named.items() if "model" in (name or "")} == {
        "language model requests": "3",
        "language model tokens read": "1400",
        "language model tokens written": "50",
        "language model seconds": "2.500",
    }


def test_without_timings_a_language_models_tokens_stay_and_its_seconds_go() -> None:
    evaluation = with_model(mill())
    assert f"<dd>{SUM}</dd>" in to_html([evaluation], timings=False)
    metrics = json.loads(to_json([evaluation], timings=False))["sets"][0]["metrics"]
    assert metrics["usage"] == {"requests": 3, "prompt_tokens": 1400, "completion_tokens": 50}
    names = [one.get("name") for one in junit(evaluation, timings=False).iter("property")]
    assert "language model tokens read" in names
    assert "language model seconds" not in names
    assert f" language model {SUM}\n" in printed(without_timings(evaluation))


def test_nothing_is_said_of_a_language_model_where_there_was_none() -> None:
    assert "language model" not in printed(mill())
    assert "Language model" not in to_html([mill()])
    assert "usage" not in json.loads(to_json([mill()]))["sets"][0]["metrics"]
    assert "language model" not in to_junit([mill()])


def test_the_page_gets_notices_and_what_was_missing_in_a_dropped_sentence() -> None:
    first, second, third, *_ = page_data(with_model(mill()))["cases"]
    assert first["notice"] == "It broke off."
    assert first["dropped"] == [["It cost 7.", "not proven", "7 & 8"]]
    assert second["dropped"] == [["So be it.", "not supported", ""]]
    assert not {"notice", "dropped"} & set(third)


# Words


@pytest.mark.parametrize(
    ("worse", "better", "p", "said"),
    [
        (3, 1, 0.625, "3 got worse, 1 better: such a difference may be chance (McNemar p = 0.62)."),
        (0, 9, 0.0039, "None got worse, 9 better: such a difference is unlikely to be chance (McNemar p = 0.0039)."),
        (
            20,
            0,
            0.0000019,
            "20 got worse, none better: such a difference is unlikely to be chance (McNemar p < 0.001).",
        ),
        (0, 0, 1.0, "None got worse, none better."),
    ],
)
def test_a_difference_in_words(worse: int, better: int, p: float, said: str) -> None:
    change = Change("a", "wrong", "wrong")
    assert difference(Comparison((change,) * worse, (change,) * better, p=p)) == said


# JSON


def test_json_holds_the_report_its_figures_and_what_changed() -> None:
    evaluation = mill()
    data = json.loads(to_json([evaluation, mill(baseline=False)]))
    assert data["version"] == 1
    first, second = data["sets"]
    assert Report.from_dict(first["report"]) == evaluation.report
    assert first["metrics"]["overall"]["accuracy"]["n"] == len(RESULTS)
    assert [change["id"] for change in first["comparison"]["regressions"]] == ["wall", "slow"]
    assert first["comparison"]["gone"] == ["old"]
    assert second["comparison"] is None


# JUnit XML


def junit(*evaluations: Evaluation, **options: bool) -> ElementTree.Element:
    text = to_junit(evaluations, **options)
    assert not FORBIDDEN.search(text)
    return ElementTree.fromstring(text.encode())


def named(root: ElementTree.Element, kind: str) -> list[str | None]:
    return [case.get("name") for case in root.iter("testcase") if case.find(kind) is not None]


def test_junit_fails_what_regressed_is_new_breaks_a_law_or_is_too_slow() -> None:
    root = junit(mill())
    assert named(root, "failure") == ["wall", "talk/turn-2", "slow", "law"]
    assert named(root, "skipped") == ["rye"]
    [known] = root.iter("skipped")
    assert known.get("message") == "known: refused wrongly: no passage found holds the evidence"


def test_junit_fails_all_that_is_not_right_without_a_baseline() -> None:
    root = junit(mill(baseline=False))
    assert named(root, "failure") == ["wall", "rye", "talk/turn-2", "slow", "law"]
    assert named(root, "skipped") == []


def test_junit_counts_over_all_suites() -> None:
    root = junit(mill(), mill(name="other", baseline=False))
    assert [suite.get("name") for suite in root] == ["mill", "other"]
    assert [(suite.get("tests"), suite.get("failures"), suite.get("skipped")) for suite in root] == [
        ("8", "4", "1"),
        ("8", "5", "0"),
    ]
    assert (root.get("tests"), root.get("failures"), root.get("skipped"), root.get("errors")) == ("16", "9", "1", "0")
    assert float(root.get("time", "")) == pytest.approx(2 * sum(one.seconds for one in RESULTS))
    assert {case.get("classname") for case in root[1].iter("testcase")} == {"other"}


def test_junit_tells_all_that_a_reader_of_a_log_needs() -> None:
    root = junit(mill())
    cases = {case.get("name"): case for case in root.iter("testcase")}
    failure = cases["talk/turn-2"].find("failure")
    assert failure is not None
    assert failure.get("type") == "wrong"
    assert failure.get("message") == "wrong: searched for something else"
    lines = (failure.text or "").strip().split("\n")
    assert lines == [
        "question: And what did she sell?",
        "searched for: What did Anna 👩‍🌾 rebuild?",
        "expected: her farm",
        "expected evidence: sold her farm",
        "got: 1914 then. [1]",
        "citation [1]: It was rebuilt in 1914.",
        "broke at: follow-up misunderstood",
        "reason: searched for something else",
        "baseline: new",
    ]
    assert cases["slow"].find("failure").get("message") == "too slow: 0.750 s, and 0.5 s are allowed."  # type: ignore[union-attr]
    properties = {one.get("name"): one.get("value") for one in root.iter("property")}
    assert properties["fingerprint"] == "hashed words"
    assert float(properties["accuracy"] or "") == 0.5


def test_junit_shows_foreign_text_as_it_is_but_for_control_characters() -> None:
    [failure] = [one for one in junit(mill()).iter("failure") if one.get("type") == "wrong"][:1]
    assert HOSTILE.replace("\x1b", "\ufffd").replace("\x00", "\ufffd") in (failure.text or "")


def test_junit_without_timings_says_no_time_and_nothing_is_too_slow() -> None:
    root = junit(mill(), timings=False)
    assert "slow" not in named(root, "failure")
    assert not [element for element in root.iter() if element.get("time")]


# The terminal


def test_the_terminal_fits_into_80_columns_and_obeys_no_foreign_text() -> None:
    said = printed(mill(), verbose=True)
    assert max(len(line) for line in said.splitlines()) <= 80
    assert "\x1b" not in said
    assert "\x00" not in said
    flat = "".join(said.split())
    assert "".join("</script><img src=x onerror=alert(1)> [bold red]loud[/] {{ data }}".split()) in flat


def test_foreign_text_is_no_markup_in_a_terminal_with_colours() -> None:
    said = printed(mill(), verbose=True, force_terminal=True, color_system="standard", width=300)
    assert "[bold red]loud[/]" in said
    assert "\x1b[31m" not in said


def test_the_terminal_shows_figures_counts_and_changes() -> None:
    said = printed(mill())
    assert "mill: 3 of 8 questions right" in said
    assert re.search(r"accuracy +0\.500 +\d\.\d{3}–\d\.\d{3} +8", said)
    assert re.search(r"follow-up success +0\.000", said)
    assert "latency p50" in said
    assert re.search(r"when +2 +1\.000", said)
    for name, n in mill().metrics.outcomes.items():
        assert f"{n} {name}" in " ".join(said.split())
    assert "2 got worse, 1 better: such a difference may be chance (McNemar p = 1)." in said
    for row in ("2 got worse   wall, slow", "1 got better  fire", "1 new         talk/turn-2", "1 gone        old"):
        assert row in said
    assert "The baseline was made with: older words" in said


def test_the_terminal_tells_of_what_failed_regressions_first() -> None:
    said = printed(mill())
    heads = re.findall(r"^([\w/-]+): (?:wrong|refused|law|too)", said, re.MULTILINE)
    assert heads == ["wall", "slow", "talk/turn-2", "rye", "law"]
    assert "rye: refused wrongly (as before)" in said
    assert "slow: too slow (got worse, was right and cited)" in said
    assert "took        750 ms, and 500 ms are allowed" in said
    assert "searched for  What did Anna" in said
    assert "broke at    follow-up misunderstood" in said.replace("broke at      ", "broke at    ")


def test_the_terminal_shows_twenty_that_failed_or_all() -> None:
    evaluation = many(48)
    failed = [one.expected.id for one in evaluation.report.results if not one.held]
    assert len(failed) == 30
    heads = re.compile(r"^[\w/-]+: (?:wrong|refused wrongly|law broken|too slow)$", re.MULTILINE)
    said = printed(evaluation)
    assert len(heads.findall(said)) == 20
    assert "and 10 more: --html FILE shows all" in said
    said = printed(evaluation, verbose=True)
    assert len(heads.findall(said)) == 30
    assert "more: --html" not in said


# HTML


class Page(HTMLParser):
    """The elements of a page, and what stands in each script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.inside: dict[str, str] = {}
        self.policy = ""
        self._name = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes += given.items()
        self._name = given.get("id", tag) if tag in ("script", "style", "title") else ""
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]

    def handle_data(self, data: str) -> None:
        if self._name:
            self.inside[self._name] = self.inside.get(self._name, "") + data

    def handle_endtag(self, tag: str) -> None:
        self._name = ""


def page_data(*evaluations: Evaluation) -> dict:
    return json.loads(Page(to_html(evaluations)).inside["data"])


def hostile() -> Evaluation:
    """Foreign text in every place that a set or an article fills."""
    report = mill(name=HOSTILE).report
    articles = (replace(report.articles[0], title=HOSTILE, content_hash=HOSTILE),)
    evaluation = evaluated(replace(report, articles=articles, fingerprint=HOSTILE))
    return replace(evaluation, comparison=Comparison(gone=(HOSTILE,), fingerprint=f"{HOSTILE}2"))


def test_the_page_holds_no_address_and_no_handler() -> None:
    text = to_html([hostile(), mill()])
    assert "http:" not in text
    assert "https:" not in text
    page = Page(text)
    assert not {"img", "iframe", "object", "base"} & set(page.tags)
    assert page.tags.count("script") == 2
    assert page.tags.count("style") == 1
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "style", "srcset")]
    assert all(value.startswith(("#", "data:,")) for name, value in page.attributes if name == "href")
    assert not FORBIDDEN.search(text)


def test_the_policy_allows_the_pages_own_style_and_script_and_no_more() -> None:
    page = Page(to_html([mill()]))

    def digest(text: str) -> str:
        return b64encode(sha256(text.encode()).digest()).decode()

    assert page.policy == (
        f"default-src 'none'; style-src 'sha256-{digest(page.inside['style'])}'; "
        f"script-src 'sha256-{digest(page.inside['script'])}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_the_script_makes_no_elements_of_text() -> None:
    script = Page(to_html([mill()])).inside["script"]
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(|DOMParser", script)


def test_the_data_can_not_leave_its_element() -> None:
    data = Page(to_html([hostile()])).inside["data"]
    assert not re.search("[<>&\u2028\u2029]", data)
    [case] = [one for one in json.loads(data)["cases"] if one["id"] == "wall"]
    assert case["question"] == HOSTILE
    assert case["note"] == HOSTILE


def test_marks_count_characters_of_the_passage() -> None:
    data = page_data(mill())
    [fire] = [one for one in data["cases"] if one["id"] == "fire"]
    number, _, searched, marks = fire["found"][0]
    text = data["passages"][number][3]
    assert text == PASSAGES[1].text
    assert searched == 5
    assert "".join(text[start:end] for start, end, kind, _ in marks if kind & 1) == BURNED
    assert "".join(text[start:end] for start, end, kind, _ in marks if kind & 2) == "burned down in 1912. It was"
    assert [numbers for *_, numbers in marks] == [[1], [1], []]


def test_each_passage_stands_in_the_page_once_and_only_as_far_as_it_is_needed() -> None:
    text = to_html([mill(), mill(name="other")])
    assert text.count("She sold her farm.") == 1
    passages = json.loads(Page(text).inside["data"])["passages"]
    assert len(passages) == len(PASSAGES) - 1
    wheel = next(each for each in passages if each[3].startswith("The wheel"))
    assert wheel[1:3] == [PASSAGES[5].start, PASSAGES[5].end]
    assert len(wheel[3]) < 110 < len(PASSAGES[5].text)


def test_a_citation_outside_of_the_passages_found_still_shows_its_quote() -> None:
    [law] = [one for one in page_data(mill())["cases"] if one["id"] == "law"]
    assert law["beside"] == [[1, cite(1, "The wheel").title, "The wheel turns slowly"]]
    over = TEXT[PASSAGES[1].start + 5 : PASSAGES[2].start + 5]
    both = replace(RESULTS[0], answer=replace(RESULTS[0].answer, citations=(cite(1, over),)))
    [case] = page_data(evaluated(Report("mill", (), "", (both,))))["cases"]
    assert case["beside"] == [[1, cite(1, over).title, over]]


def test_expected_evidence_that_was_not_found_is_told() -> None:
    cases = {one["id"]: one for one in page_data(mill())["cases"]}
    assert cases["rye"]["missed"] == [0]
    assert "missed" not in cases["fire"]


def test_the_page_tells_what_each_question_was_in_the_baseline() -> None:
    cases = {one["id"]: (one["change"], one.get("before", "")) for one in page_data(mill())["cases"]}
    assert cases["wall"] == ("got worse", "right and cited")
    assert cases["fire"] == ("got better", "wrong")
    assert cases["rye"] == ("as before", "refused wrongly")
    assert cases["talk/turn-2"] == ("new", "")
    assert "change" not in page_data(mill(baseline=False))["cases"][0]


def test_sets_of_the_same_name_are_told_apart() -> None:
    assert page_data(mill(), mill(), mill(name="other"))["sets"] == ["mill", "mill (2)", "other"]
    assert page_data(mill(name="mill (2)"), mill(), mill())["sets"] == ["mill (2)", "mill", "mill (3)"]


def test_every_outcome_has_its_colour_in_both_halves_of_the_page() -> None:
    script = Page(to_html([mill()])).inside["script"]
    for outcome in (*OUTCOMES, TOO_SLOW):
        assert re.search(rf'(?:"{re.escape(outcome)}"|\b{re.escape(outcome)}): "', script), outcome


def test_a_thousand_questions_stay_under_five_megabytes() -> None:
    assert len(to_html([many(1000)]).encode()) < 5_000_000

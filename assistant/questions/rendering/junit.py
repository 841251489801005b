"""Writes runs as JUnit XML for continuous integration: a suite for each set, a test for each question."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.comparing.failing import failed
from assistant.questions.rendering.words import Shown, clean, difference, form, line, questions, without_timings
from assistant.questions.reports import TOO_SLOW


def to_junit(evaluations: Sequence[Evaluation], *, timings: bool = True) -> str:
    """Make JUnit XML. With a baseline, a question that was not right there is skipped, unless it breaks a law or is too slow.

    Args:
        evaluations: one for each set.
        timings: False = without seconds, and nothing is too slow: the same bytes for two runs that give the same answers.
    """
    suites = Element("testsuites", name="footnote")
    for evaluation in evaluations:
        suites.append(_suite(evaluation if timings else without_timings(evaluation), timings))
    _count(suites, list(suites), timings)
    ElementTree.indent(suites, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(suites, encoding="unicode")}\n'


def _suite(evaluation: Evaluation, timings: bool) -> Element:
    suite = Element("testsuite", name=line(evaluation.report.name))
    properties = SubElement(suite, "properties")
    for name, value in _properties(evaluation):
        SubElement(properties, "property", name=name, value=value)
    failures = {result.expected.id for result in failed(evaluation.report, evaluation.comparison)}
    cases = [
        _case(one, one.result.expected.id in failures, evaluation.report.name, timings) for one in questions(evaluation)
    ]
    suite.extend(cases)
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    if timings:
        suite.set("time", _time(sum(one.seconds for one in evaluation.report.results)))
    return suite


def _properties(evaluation: Evaluation) -> list[tuple[str, str]]:
    report, metrics = evaluation.report, evaluation.metrics
    found = [("fingerprint", line(report.fingerprint))]
    found += [("article", line(f"{article.title} (sha256:{article.content_hash})")) for article in report.articles]
    for name, figure in metrics.overall.items():
        found += [(name, f"{figure.value:.6f}"), (f"{name} 95 %", f"{figure.low:.6f} {figure.high:.6f}")]
    found += [(f"verdicts {name}", str(n)) for name, n in metrics.verdicts.items()]
    found += [(f"kinds {name}", str(n)) for name, n in metrics.kinds.items()]
    if metrics.latency:
        found += [("latency p50", _time(metrics.latency.p50)), ("latency p95", _time(metrics.latency.p95))]
    used = metrics.usage
    if used.requests:
        found += [
            ("language model requests", str(used.requests)),
            ("language model tokens read", str(used.prompt_tokens)),
        ]
        found.append(("language model tokens written", str(used.completion_tokens)))
    if used.seconds:
        found.append(("language model seconds", _time(used.seconds)))
    if evaluation.comparison:
        found.append(("baseline", difference(evaluation.comparison)))
    return found


def _case(shown: Shown, fails: bool, suite: str, timings: bool) -> Element:
    result = shown.result
    case = Element("testcase", classname=line(suite), name=line(result.expected.id))
    if timings:
        case.set("time", _time(result.seconds))
    if result.held:
        return case
    if fails:
        failure = SubElement(case, "failure", type=result.verdict, message=line(f"{result.verdict}: {_why(shown)}"))
        failure.text = _account(shown)
    else:
        SubElement(case, "skipped", message=line(f"known: {result.verdict}: {_why(shown)}"))
    return case


def _why(shown: Shown) -> str:
    result = shown.result
    if result.verdict == TOO_SLOW:
        return f"{result.seconds:.3f} s, and {result.expected.max_seconds:g} s are allowed."
    return result.grade.reason


def _account(shown: Shown) -> str:
    """Question, expected, got, stage and reason: readers of a CI log see nothing else."""
    result = shown.result
    expected = result.expected
    searched = result.answer.trace.standalone_question
    lines = [
        ("question", expected.question),
        ("searched for", searched if searched != " ".join(expected.question.split()) else ""),
        *(("expected", wording) for wording in expected.answers),
        *(("expected evidence", quote) for quote in expected.evidence),
        *form(result),
        ("expected", "" if expected.answerable else "a refusal: the articles don't say"),
        *(("must not say", wording) for wording in expected.must_not_say),
        ("got", result.answer.text),
        *((f"citation [{citation.number}]", citation.quote) for citation in result.answer.citations),
        ("broke at", result.grade.stage or ""),
        ("reason", _why(shown)),
        ("baseline", shown.before or shown.change),
        ("note", expected.note),
    ]
    return "\n" + "".join(f"{name}: {clean(text)}\n" for name, text in lines if text)


def _count(suites: Element, inside: list[Element], timings: bool) -> None:
    for name in ("tests", "failures", "errors", "skipped"):
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in inside)))
    if timings:
        suites.set("time", _time(sum(float(suite.get("time", "0")) for suite in inside)))


def _time(value: float) -> str:
    return f"{value:.3f}"

"""Builds the upper part of the HTML report: a set's articles, figures, changes, outcomes, stages, tags and curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.metrics.figures import FIGURES, LESS_IS_BETTER, Comparison, Figure, Metrics
from assistant.questions.rendering.curves import bar, reliability, risk_coverage, shares
from assistant.questions.rendering.markup import Markup, el, join
from assistant.questions.rendering.words import (
    BETTER,
    CHANGES,
    NEW,
    OTHER,
    WORSE,
    difference,
    interval,
    label,
    number,
    questions,
    seconds,
    usage,
)
from assistant.questions.reports import OUTCOMES, STAGES, TOO_SLOW

KINDS: Mapping[str, str] = {
    "right and cited": "good",
    "refused rightly": "good refusal",
    "right, wrong evidence": "near",
    "right, wrong form": "near form",
    "wrong": "bad",
    "refused wrongly": "bad refusal",
    "answered what it shouldn't": "bad rash",
    "law broken": "bad law",
    TOO_SLOW: "near slow",
}
"""Outcome -> CSS classes for its colour."""

NOT_RIGHT = "not right"
"""The choice in the filter of outcomes for every question that is not right, or too slow."""

_BY = ("accuracy", "answer_f1", "R@1", "R@5", "citation_recall", "abstention_f1", "verdict_right", "kind_accuracy")


def choice(names: Sequence[str]) -> Markup:
    """Links to choose a set by."""
    links = [el("a", {"href": "#", "data-set": ""}, "All sets")]
    links += [el("a", {"href": link(set=name), "data-set": str(n)}, name) for n, name in enumerate(names)]
    return el("nav", {"class": "choice", "aria-label": "Question sets"}, *links)


def link(**chosen: str) -> str:
    """The URL fragment that sets these filters of the list."""
    return "#" + "&".join(f"{key}={quote(value.encode('utf-8', 'replace'), safe='')}" for key, value in chosen.items())


def overview(evaluations: Sequence[Evaluation], names: Sequence[str]) -> Markup:
    """A table with a row for each set."""
    groups = {name: one.metrics.overall for name, one in zip(names, evaluations, strict=True)}
    sizes = {name: len(one.report.results) for name, one in zip(names, evaluations, strict=True)}
    table = _groups("set", groups, sizes, {name: link(set=name) for name in names})
    title = el("h2", {"id": "overview"}, "All sets")
    return el("section", {"class": "card set", "data-set": "", "aria-labelledby": "overview"}, title, table)


def summary(evaluation: Evaluation, name: str, number: int, several: bool) -> Markup:
    """One set. Where there are several, its links choose it too."""
    metrics = evaluation.metrics
    within = {"set": name} if several else {}
    parts = [_about(evaluation, name if several else "About the run", number)]
    if evaluation.comparison:
        parts.append(_comparison(evaluation.comparison, evaluation.report.fingerprint, within))
    left = [_figures(metrics)]
    right = [_outcomes(evaluation, within), _stages(metrics, within), _form(metrics), _curves(metrics)]
    parts.append(el("div", {"class": "columns"}, el("div", None, *left), el("div", None, *right)))
    parts += _breakdowns(metrics, within)
    given = {"class": "card set", "data-set": str(number), "aria-labelledby": f"set-{number}"}
    return el("section", given, *parts)


def _about(evaluation: Evaluation, title: str, number: int) -> Markup:
    report, latency, used = evaluation.report, evaluation.metrics.latency, evaluation.metrics.usage
    titles = [
        el("li", None, el("bdi", {"title": f"sha256:{article.content_hash}"}, article.title or article.id))
        for article in report.articles
    ]
    facts = [
        el("dt", None, "Articles" if len(titles) > 1 else "Article"),
        el("dd", None, el("ul", None, *titles)),
        el("dt", None, "Models and settings"),
        el("dd", None, report.fingerprint),
    ]
    if latency:
        said = f"half within {seconds(latency.p50)}, 95 % within {seconds(latency.p95)}; all together {seconds(latency.total)}"
        facts += [el("dt", None, "Time for an answer"), el("dd", None, said)]
    if used.requests:
        facts += [el("dt", None, "Language model"), el("dd", None, usage(used))]
    head = el("h2", {"id": f"set-{number}"}, el("bdi", None, title))
    return join(head, el("dl", {"class": "facts"}, *facts))


# Figures


def _figures(metrics: Metrics) -> Markup:
    rows = [_figure(name, figure) for name, figure in metrics.overall.items()]
    heads = [el("th", {"scope": "col", "class": style}, text) for text, style in _HEADS]
    table = el("table", {"class": "figures"}, el("thead", None, el("tr", None, *heads)), el("tbody", None, *rows))
    return join(el("h3", None, "Figures"), table)


_HEADS = (("figure", ""), ("", "picture"), ("value", "number"), ("95 % interval", "number"), ("n", "number"))


def _figure(name: str, figure: Figure) -> Markup:
    told = FIGURES.get(name, "")
    head = el("th", {"scope": "row"}, label(name), el("span", {"class": "hint"}, told))
    less = "picture less" if name in LESS_IS_BETTER else "picture"
    return el(
        "tr",
        None,
        head,
        el("td", {"class": less}, bar(figure)),
        el("td", {"class": "number strong"}, number(figure.value)),
        el("td", {"class": "number"}, interval(figure)),
        el("td", {"class": "number"}, f"{figure.n:,}"),
    )


def _breakdowns(metrics: Metrics, within: Mapping[str, str]) -> Iterable[Markup]:
    if metrics.by_tag:
        links = {tag: link(**within, tag=tag) for tag in metrics.by_tag}
        yield el(
            "details", None, el("summary", None, f"By tag ({len(links)})"), _groups("tag", metrics.by_tag, {}, links)
        )
    if len(metrics.by_depth) > 1:
        turns = {str(depth): figures for depth, figures in metrics.by_depth.items()}
        yield el(
            "details",
            None,
            el("summary", None, f"By turn of a dialogue ({len(turns)})"),
            _groups("turn", turns, {}, {}),
        )


def _groups(
    what: str, groups: Mapping[str, Mapping[str, Figure]], sizes: Mapping[str, int], links: Mapping[str, str]
) -> Markup:
    """A table with a row for each group of questions; it scrolls sideways if it is too wide."""
    names = [name for name in _BY if any(name in figures for figures in groups.values())]
    heads = [el("th", {"scope": "col"}, what), el("th", {"scope": "col", "class": "number"}, "n")]
    heads += [el("th", {"scope": "col", "class": "number"}, label(name)) for name in names]
    rows = []
    for group, figures in groups.items():
        n = sizes.get(group) or max((figure.n for figure in figures.values()), default=0)
        named = el("a", {"href": links[group]}, el("bdi", None, group)) if group in links else el("bdi", None, group)
        cells = [el("th", {"scope": "row"}, named), el("td", {"class": "number"}, f"{n:,}")]
        cells += [_cell(figures.get(name)) for name in names]
        rows.append(el("tr", None, *cells))
    table = el("table", {"class": "groups"}, el("thead", None, el("tr", None, *heads)), el("tbody", None, *rows))
    return el("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": f"Figures by {what}"}, table)


def _cell(figure: Figure | None) -> Markup:
    if figure is None:
        return el("td", {"class": "number"}, "–")
    return el("td", {"class": "number", "title": f"{interval(figure)}, n = {figure.n:,}"}, number(figure.value))


# What changed, how it ended, where it broke


def _comparison(comparison: Comparison, fingerprint: str, within: Mapping[str, str]) -> Markup:
    counts = [
        (WORSE, len(comparison.regressions)),
        (BETTER, len(comparison.improvements)),
        (OTHER, len(comparison.changes)),
        (NEW, len(comparison.new)),
    ]
    links = [
        el("a", {"href": link(**within, change=name), "class": _slug(name)}, f"{n:,} {name}") for name, n in counts if n
    ]
    parts = [el("h3", None, "Against the baseline"), el("p", None, difference(comparison))]
    if links:
        parts.append(el("p", {"class": "chips"}, *links))
    if comparison.gone:
        ids = ", ".join(comparison.gone)
        parts.append(el("details", None, el("summary", None, f"{len(comparison.gone):,} gone"), el("p", None, ids)))
    if comparison.fingerprint and comparison.fingerprint != fingerprint:
        parts.append(
            el("p", {"class": "hint"}, f"The baseline was made with other models or settings: {comparison.fingerprint}")
        )
    return el("div", {"class": "baseline"}, *parts)


def _outcomes(evaluation: Evaluation, within: Mapping[str, str]) -> Markup:
    counts = _counted((one.verdict for one in evaluation.report.results), (*OUTCOMES, TOO_SLOW))
    rows = [
        el(
            "li",
            None,
            el("a", {"href": link(**within, outcome=name)}, el("i", {"class": f"dot {KINDS[name]}"}), name, _n(n)),
        )
        for name, n in counts.items()
    ]
    return join(el("h3", None, "Outcomes"), shares(counts, KINDS), el("ul", {"class": "legend"}, *rows))


def _stages(metrics: Metrics, within: Mapping[str, str]) -> Markup:
    if not metrics.stages:
        return join()
    ordered = [name for name in STAGES if name in metrics.stages]
    rows = [
        el("li", None, el("a", {"href": link(**within, stage=name)}, name, _n(metrics.stages[name])))
        for name in ordered
    ]
    return join(el("h3", None, "Where it broke"), el("ul", {"class": "legend"}, *rows))


def _form(metrics: Metrics) -> Markup:
    """How the expected verdicts and kinds came out."""
    parts = []
    for title, counts in (("Verdicts", metrics.verdicts), ("Kinds of questions", metrics.kinds)):
        rows = [el("li", None, name, _n(n)) for name, n in counts.items()]
        parts += [el("h3", None, title), el("ul", {"class": "legend plain"}, *rows)] if rows else []
    return join(*parts)


def _n(n: int) -> Markup:
    return join(" ", el("b", None, f"{n:,}"))


def _curves(metrics: Metrics) -> Markup:
    plots = []
    if metrics.risk_coverage:
        plots.append(risk_coverage(metrics.risk_coverage))
    if metrics.confidence:
        plots.append(reliability(metrics.confidence))
    return el("div", {"class": "plots"}, *plots) if plots else join()


# The filters


def filters(evaluations: Sequence[Evaluation]) -> Markup:
    """Select boxes with all choices and their counts; the page's script makes them work."""
    shown = [one for evaluation in evaluations for one in questions(evaluation)]
    results = [one.result for one in shown]
    failed = sum(not one.held for one in results)
    outcomes = _counted((one.verdict for one in results), (*OUTCOMES, TOO_SLOW))
    named = {NOT_RIGHT: failed, **outcomes} if failed else outcomes
    tags = _counted((tag for one in results for tag in one.expected.tags), ())
    return join(
        _select("outcome", named),
        _select("tag", dict(sorted(tags.items()))),
        _select("stage", _counted((one.grade.stage or "" for one in results), STAGES)),
        _select("change", _counted((one.change for one in shown), CHANGES)),
    )


def _select(name: str, counts: Mapping[str, int]) -> Markup:
    if not counts:
        return join()
    options = [el("option", {"value": ""}, "any")]
    options += [el("option", {"value": value}, f"{value} ({n:,})") for value, n in counts.items()]
    return el("label", None, el("span", None, name), el("select", {"name": name}, *options))


def _counted(values: Iterable[str], order: Sequence[str]) -> dict[str, int]:
    """How often each value occurs, in the order of `order`, then the others; "" is left out."""
    counts = dict.fromkeys(order, 0)
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return {value: n for value, n in counts.items() if n and value}


def _slug(name: str) -> str:
    return name.replace(" ", "-")

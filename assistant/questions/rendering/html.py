"""Writes runs as one HTML file that loads nothing: figures, curves, and every question in detail."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import chain, count

from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.rendering.casedata import page_data
from assistant.questions.rendering.data import escaped
from assistant.questions.rendering.markup import el, join
from assistant.questions.rendering.summary import NOT_RIGHT, choice, filters, link, overview, summary
from assistant.questions.rendering.words import counted, line, without_timings

# Characters that could close the data's element, that end a line in older JavaScript, or that UTF-8 can't encode.
_UNFIT = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_PLACE = re.compile(r"\{\{ (\w+) \}\}")


def to_html(evaluations: Sequence[Evaluation], *, timings: bool = True) -> str:
    """Make a report that can be opened from a folder, or sent as it is.

    Style, script and data are in the file, and its content security policy allows nothing else. Articles' texts and answers are
    data: the script turns them into text, never into elements.

    Args:
        evaluations: one for each set.
        timings: False = without seconds, and nothing is too slow: the same bytes for two runs that give the same answers.
    """
    shown = list(evaluations) if timings else [without_timings(one) for one in evaluations]
    names = _names(shown)
    style, script = _part("report.css"), _part("report.js")
    several = len(shown) > 1
    content = {
        "policy": _policy(style, script),
        "title": join(f"{', '.join(names)} – question sets"),
        "style": style,
        "script": script,
        "heading": _heading(shown, names),
        "choice": choice(names) if several else "",
        "overview": overview(shown, names) if several else "",
        "summaries": join(
            *(summary(one, name, n, several) for n, (one, name) in enumerate(zip(shown, names, strict=True)))
        ),
        "filters": filters(shown),
        "data": escaped(_compact(page_data(shown, names, timings)), _UNFIT),
    }
    return _PLACE.sub(lambda match: content[match[1]], _part("template.html"))


def _heading(evaluations: Sequence[Evaluation], names: Sequence[str]) -> str:
    results = [result for one in evaluations for result in one.report.results]
    held = sum(result.held for result in results)
    what = names[0] if len(names) == 1 else counted(len(names), "question set")
    right = f"{held:,} of {counted(len(results), 'question')} right"
    failed = len(results) - held
    rest = join(" · ", el("a", {"href": link(outcome=NOT_RIGHT)}, f"the {failed:,} that are not")) if failed else join()
    return join(el("h1", None, el("bdi", None, what)), el("p", {"class": "verdict"}, right, rest))


def _names(evaluations: Sequence[Evaluation]) -> list[str]:
    """Names of the sets, each on one line and unlike the others."""
    names: list[str] = []
    for evaluation in evaluations:
        name = line(evaluation.report.name)
        numbered = chain([name], (f"{name} ({n})" for n in count(2)))
        names.append(next(one for one in numbered if one not in names))
    return names


def _policy(style: str, script: str) -> str:
    allowed = (f"{kind}-src 'sha256-{_digest(text)}'" for kind, text in (("style", style), ("script", script)))
    return f"default-src 'none'; {'; '.join(allowed)}; img-src data:; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _compact(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


@cache
def _part(name: str) -> str:
    return files("assistant.questions.rendering").joinpath("page", name).read_text(encoding="utf-8").strip()

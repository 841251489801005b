"""Question sets: fixed questions with expected answers, run as regression tests; no judge model, no network.

from assistant.questions import load, run

report = run(load("my.questions.yaml"), assistant)
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from assistant.questions.reports import Grade, Report, Result
    from assistant.questions.running.run import run
    from assistant.questions.spec.cases import Case, Expected, QuestionSet, Source
    from assistant.questions.spec.loading import load

__all__ = ["Case", "Expected", "Grade", "QuestionSet", "Report", "Result", "Source", "load", "run"]

_FROM = {
    "Case": "spec.cases",
    "Expected": "spec.cases",
    "Grade": "reports",
    "QuestionSet": "spec.cases",
    "Report": "reports",
    "Result": "reports",
    "Source": "spec.cases",
    "load": "spec.loading",
    "run": "running.run",
}
"""The module that each name lives in; imported when the name is first used, as in `assistant`."""


def __getattr__(name: str) -> typing.Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f"{__name__}.{_FROM[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_FROM})

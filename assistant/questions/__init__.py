"""Question sets: fixed questions with what is expected of each, run as regression tests; no judge model, no network.

from assistant.questions import load, run

report = run(load("my.questions.yaml"), assistant)
"""

from assistant.questions.cases import Case, Expected, QuestionSet, Source
from assistant.questions.loading import load
from assistant.questions.reports import Grade, Report, Result
from assistant.questions.running import run

__all__ = ["Case", "Expected", "Grade", "QuestionSet", "Report", "Result", "Source", "load", "run"]

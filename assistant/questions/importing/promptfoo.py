"""Turns promptfoo's tests into drafts of cases: questions from their variables, expectations from their assertions.

In promptfoo all assertions of a test must hold, while one of a case's `answers` must match; so several that must hold together
become one regular expression. Source: https://www.promptfoo.dev/docs/configuration/expected-outputs/
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.questions.importing.drafting import Draft
from assistant.questions.spec.wordings import YesNo, literal, problem, verdict_of

QUESTION_NAMES = ("question", "query", "q", "input", "user_input", "user_question", "message", "prompt", "text")
"""Names of variables that may hold the question, the likeliest first."""

_MOST_COMBINATIONS = 1_000
_MOST_CHARS = 200
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_ANY = {"contains-any", "icontains-any"}
_ALL = {"contains-all", "icontains-all"}
_ONE = {"equals", "contains", "icontains"}

Test = Mapping[str, Any]


def drafts(config: Mapping[str, Any]) -> Iterator[Draft]:
    """A draft for each test, and for each combination where variables are lists.

    Args:
        config: with `tests`, and perhaps `prompts` and `defaultTest`.
    """
    prompts = _prompts(config.get("prompts"))
    default = config.get("defaultTest")
    for test in config["tests"]:
        merged = _merged(default if isinstance(default, dict) else {}, test)
        for variables in _combinations(merged["vars"]):
            yield _draft(merged, variables, prompts)


def _prompts(found: Any) -> list[str]:
    items = found if isinstance(found, list) else [found]
    texts = [item.get("raw") if isinstance(item, dict) else item for item in items]
    return [text for text in texts if isinstance(text, str) and not text.startswith("file://")]


def _merged(default: Test, test: Test) -> dict[str, Any]:
    def part(key: str, kind: type) -> list[Any]:
        return [found[key] for found in (default, test) if isinstance(found.get(key), kind)]

    variables: dict[str, Any] = {}
    for found in part("vars", dict):
        variables |= found
    return {**test, "vars": variables, "assert": [item for found in part("assert", list) for item in found]}


def _combinations(variables: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Each way to give every variable one of its values."""
    values = [[_text(item) for item in (found if isinstance(found, list) else [found])] for found in variables.values()]
    for chosen in itertools.islice(itertools.product(*values), _MOST_COMBINATIONS):
        yield dict(zip(variables, chosen, strict=True))


def _text(value: Any) -> str:
    """A value as nunjucks would put it into a prompt."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "true", False: "false"}[value]
    return str(value)


def _draft(test: Test, variables: Mapping[str, str], prompts: Sequence[str]) -> Draft:
    draft = Draft(_question(variables, prompts))
    if isinstance(description := test.get("description"), str) and description.strip():
        draft.name = description
        draft.notes.append(description.strip())
    metadata = test.get("metadata")
    if isinstance(metadata, dict):
        tags = metadata.get("tags", [])
        draft.tags = [tag for tag in (tags if isinstance(tags, list) else [tags]) if isinstance(tag, str)]
        if "conversationId" in metadata:
            draft.notes.append(
                "Not taken over: this is a turn of a conversation. Put its turns into one case with `turns`."
            )
    if "threshold" in test:
        draft.notes.append("Not taken over: threshold. All that could be taken over must hold.")
    _Assertions(draft, variables).take(test["assert"])
    return draft


def _question(variables: Mapping[str, str], prompts: Sequence[str]) -> str:
    """The question itself, not the prompt around it, which is written for a language model."""
    named = [variables[name] for name in QUESTION_NAMES if variables.get(name, "").strip()]
    if named:
        # A variable may name others, which promptfoo puts in, too; those in them it leaves as they are.
        return _rendered(named[0], variables)
    if len(variables) == 1:
        return next(iter(variables.values()))
    rendered = [_rendered(prompt, variables) for prompt in prompts[:1]]
    return rendered[0] if rendered and "{{" not in rendered[0] and "{%" not in rendered[0] else ""


def _rendered(template: str, variables: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda match: variables.get(match[1], match[0]), template)


class _Assertions:
    """Collects what the assertions of one test demand."""

    def __init__(self, draft: Draft, variables: Mapping[str, str]) -> None:
        self._draft, self._variables = draft, variables
        self._groups: list[list[str]] = []
        self._refusal: bool | None = None

    def take(self, assertions: Sequence[Any]) -> None:
        """Put all of them into the draft."""
        for item in self._flat(assertions):
            if not self._taken(item):
                self._leave(item)
        if self._refusal:
            self._draft.answerable = False
        if len(self._groups) == 1:
            self._draft.answers += self._groups[0]
        elif self._groups:
            self._draft.answers.append(_together(self._groups))

    def _flat(self, assertions: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
        for item in assertions:
            if not isinstance(item, dict) or not isinstance(item.get("type"), str):
                self._leave(item)
            elif item["type"] == "assert-set" and isinstance(item.get("assert"), list) and "threshold" not in item:
                yield from self._flat(item["assert"])
            else:
                yield item

    def _taken(self, item: Mapping[str, Any]) -> bool:
        kind, negated = item["type"].removeprefix("not-"), item["type"].startswith("not-")
        if item.get("weight") == 0:
            return False
        if kind == "is-refusal":
            # "Not a refusal" alone would expect nothing; what else is expected says it.
            self._refusal = self._refusal or not negated
            return True
        if kind == "latency":
            return not negated and self._limit(item.get("threshold"))
        values = self._values(item)
        if not negated and kind in _ONE and len(values) == 1 and (verdict := verdict_of(values[0])):
            return self._decide(verdict)
        if kind == "regex" and len(values) == 1:
            wordings = [f"/{values[0]}/"]
        elif (kind in _ONE and len(values) == 1) or kind in _ANY | _ALL:
            wordings = [literal(value) for value in values]
        else:
            return False
        if not wordings or any(map(problem, wordings)) or (negated and kind == "equals"):
            return False
        self._add(kind, negated, wordings)
        return True

    def _add(self, kind: str, negated: bool, wordings: list[str]) -> None:
        groups = [[wording] for wording in wordings] if kind in _ALL else [wordings]
        if not negated:
            self._groups += groups
        elif len(groups) == 1:
            self._draft.must_not_say += groups[0]
        else:
            self._draft.must_not_say.append(_together(groups))

    def _decide(self, verdict: YesNo) -> bool:
        """Take a verdict over, which stands before the quotes here and so is no wording; False if the other one is taken."""
        if self._draft.verdict not in ("", verdict):
            return False
        self._draft.verdict = verdict
        return True

    def _limit(self, milliseconds: Any) -> bool:
        if isinstance(milliseconds, bool) or not isinstance(milliseconds, (int, float)):
            return False
        if not (math.isfinite(milliseconds) and milliseconds > 0):
            return False
        self._draft.max_seconds = min(milliseconds / 1_000, self._draft.max_seconds or math.inf)
        return True

    def _values(self, item: Mapping[str, Any]) -> list[str]:
        """The values with their variables filled in; none if one is not text, names a file, or stays a template."""
        found = item.get("value")
        if isinstance(found, str) and item["type"].endswith(("-any", "-all")):
            found = [part.strip() for part in found.split(",")]
        texts = [_rendered(_text(value), self._variables) for value in (found if isinstance(found, list) else [found])]
        usable = all(
            text.strip() and not text.startswith("file://") and "{{" not in text and "{%" not in text for text in texts
        )
        return texts if usable else []

    def _leave(self, item: Any) -> None:
        if isinstance(item, dict):
            said = [f"{key} {_text(item[key])!r}" for key in ("value", "threshold", "weight") if key in item]
            item = ", ".join([str(item.get("type", "an assertion without a type")), *said])
        self._draft.notes.append(f"Not taken over: {str(item)[:_MOST_CHARS]}")


def _together(groups: Sequence[Sequence[str]]) -> str:
    """One regular expression that matches if each group has a wording that does, in any order."""
    return "/^" + "".join(rf"(?=[\s\S]*{_either(group)})" for group in groups) + "/"


def _either(wordings: Sequence[str]) -> str:
    return "(?:" + "|".join(_expression(wording) for wording in wordings) + ")"


def _expression(wording: str) -> str:
    if len(wording) > 2 and wording.startswith("/") and wording.endswith("/"):
        return f"(?:{wording[1:-1]})"
    # Whole words only, as for a wording on its own.
    start, end = (r"\b" if wording[:1].isalnum() else ""), (r"\b" if wording[-1:].isalnum() else "")
    return start + r"\s+".join(map(re.escape, wording.split())) + end

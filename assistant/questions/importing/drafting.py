"""Writes imported cases as a set that loads: ids are made unique, and comments say what could not be taken over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.core.errors import QuestionSetError
from assistant.questions.spec.wordings import YesNo, holds, pattern, problem
from assistant.questions.spec.writing import article_path, comment, to_yaml
from assistant.understanding import small_talk

_ID_WORDS = 6
_ID_CHARS = 60


@dataclass(slots=True)
class Draft:
    """A case in the making; `notes` say what of the original the format has no place for."""

    question: str
    name: str = ""
    answers: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    verdict: YesNo = ""
    answerable: bool = True
    must_not_say: list[str] = field(default_factory=list)
    max_seconds: float | None = None
    tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def set_text(drafts: Sequence[Draft], articles: Sequence[str | Path], header: str, folder: Path | None = None) -> str:
    """The YAML of a set.

    Args:
        drafts: those that can be cases become cases; comments at the end name the others.
        articles: a Path is named relative to `folder`, a string as it is.
        header: a comment for the beginning.
        folder: where the set will lie.

    Raises:
        QuestionSetError: there is no article, or no draft that can be a case.
    """
    if not articles:
        raise QuestionSetError(
            "A question set names at least one article. Give the articles that the questions are about."
        )
    names = [article_path(item, folder) if isinstance(item, Path) else item for item in articles]
    cases: list[dict[str, Any]] = []
    left: list[str] = []
    used: set[str] = set()
    for draft in drafts:
        if why := _clean(draft):
            left.append("\n".join([f"{draft.question or draft.name}: {why}", *(f"  {note}" for note in draft.notes)]))
        else:
            cases.append({"id": _unique(slug(draft.name) or slug(draft.question) or "case", used), **_keys(draft)})
    if not cases:
        raise QuestionSetError("\n".join(["Nothing here can be taken over as a case:", *left]))
    tail = comment("Not taken over:\n" + "\n".join(left)) if left else ""
    return comment(header) + to_yaml({"version": 1, "articles": list(dict.fromkeys(names)), "cases": cases}) + tail


def slug(text: str) -> str:
    """Turn a few words into a name of letters, digits, hyphens, dots and underscores."""
    return "-".join(re.findall(r"[\w.]+", text.lower())[:_ID_WORDS])[:_ID_CHARS].strip("-.")


def whole(text: str) -> str:
    """A text without lone surrogates, which JSON escapes can leave and UTF-8 can't hold."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _clean(draft: Draft) -> str:
    """Leave out of a draft what the loader would refuse, with a note for each. Returns why it can't be a case; "" if it can."""
    draft.question = whole(draft.question)
    for key in ("answers", "evidence", "must_not_say", "tags", "notes"):
        setattr(draft, key, [whole(text) for text in getattr(draft, key)])
    if not draft.question.strip():
        return "there is no question."
    if small_talk.reply(draft.question):
        return "it is small talk, for which nothing is searched."
    for key in ("answers", "must_not_say"):
        wordings: list[str] = getattr(draft, key)
        for wording in list(dict.fromkeys(wordings)):
            if what := problem(wording):
                draft.notes.append(f"Not taken over: {wording!r} {what}")
        setattr(draft, key, [wording for wording in dict.fromkeys(wordings) if not problem(wording)])
    if not draft.answerable and (draft.answers or draft.evidence or draft.verdict):
        return "a refusal is expected, and an answer too."
    for answer in draft.answers:
        for word in draft.must_not_say:
            if answer == word or (pattern(answer) is None and holds(answer, word)):
                return f"{answer!r} is accepted, and {word!r} forbidden."
    if draft.answerable and not (draft.answers or draft.evidence or draft.must_not_say or draft.verdict):
        return "nothing is left that can be expected."
    return ""


def _keys(draft: Draft) -> dict[str, Any]:
    tags = [tag.replace(",", " ").strip() for tag in draft.tags]
    data: dict[str, Any] = {
        "question": draft.question.strip(),
        "answers": draft.answers,
        "evidence": list(dict.fromkeys(draft.evidence)),
        "verdict": draft.verdict,
        "answerable": None if draft.answerable else False,
        "must_not_say": draft.must_not_say,
        "max_seconds": draft.max_seconds,
        "tags": [tag for tag in dict.fromkeys(tags) if tag],
        "note": "\n".join(draft.notes),
    }
    return {key: value for key, value in data.items() if value is False or value}


def _unique(name: str, used: set[str]) -> str:
    number, found = 2, name
    while found in used:
        found, number = f"{name}-{number}", number + 1
    used.add(found)
    return found

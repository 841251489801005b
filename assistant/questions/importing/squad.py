"""Reads SQuAD's JSON (1.1 and 2.0) as articles and drafts of cases; their evidence is the sentence with the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.questions.importing.drafting import Draft, slug, whole
from assistant.questions.spec.wordings import literal, problem
from index.cleaning import clean
from index.sentences import sentences


@dataclass(slots=True)
class SquadArticle:
    """An entry of SQuAD's data: a Wikipedia article. `text` is its file's, the title first and the paragraphs after it."""

    title: str
    text: str
    drafts: list[Draft] = field(default_factory=list)


class NotSquadError(ValueError):
    """A part is missing or of the wrong kind; the message says which."""


def articles(data: Any) -> Iterator[SquadArticle]:
    """The articles with their questions.

    Args:
        data: as `json.load` gives it.

    Raises:
        NotSquadError: a part is missing or of the wrong kind.
    """
    for n, entry in enumerate(_list(data, "data", "the file")):
        where = f"data[{n}]"
        paragraphs = _list(entry, "paragraphs", where)
        places = [f"{where}.paragraphs[{p}]" for p in range(len(paragraphs))]
        contexts = [whole(_get(item, "context", str, at)) for item, at in zip(paragraphs, places, strict=True)]
        title = " ".join(whole(str(entry.get("title", ""))).replace("_", " ").split()) or f"Article {n + 1}"
        found = SquadArticle(title, "\n\n".join([title, *contexts]) + "\n")
        canonical = clean(found.text)
        for item, context, place in zip(paragraphs, contexts, places, strict=True):
            for q, asked in enumerate(_list(item, "qas", place)):
                found.drafts.append(_draft(asked, context, canonical, f"{place}.qas[{q}]", slug(title)))
        yield found


def _draft(asked: Any, context: str, canonical: str, where: str, tag: str) -> Draft:
    question = _get(asked, "question", str, where)
    name = str(asked.get("id", ""))
    tags = [tag] if tag else []
    if asked.get("is_impossible", False) is True:
        return Draft(question, name, answerable=False, tags=tags)
    draft = Draft(question, name, tags=tags)
    for n, answer in enumerate(_list(asked, "answers", where)):
        text = _get(answer, "text", str, f"{where}.answers[{n}]")
        if not problem(wording := literal(text.strip())):
            draft.answers.append(wording)
        quote = _sentence(context, text, answer.get("answer_start"))
        if quote and (quote := clean(quote)) in canonical:
            draft.evidence.append(quote)
    if not draft.evidence:
        draft.notes.append("The place of the answer was not found in the article's text: there is no evidence.")
    return draft


def _sentence(context: str, text: str, start: Any) -> str:
    """The sentences around an answer; "" if it is not at its given offset and not at exactly one other place."""
    if not text.strip():
        return ""
    if type(start) is not int or start < 0 or context[start : start + len(text)] != text:
        if context.count(text) != 1:
            return ""
        start = context.index(text)
    spans = [(a, b) for a, b in sentences(context) if a < start + len(text) and start < b]
    return context[spans[0][0] : spans[-1][1]] if spans else ""


def _list(holder: Any, key: str, where: str) -> list[Any]:
    return list(_get(holder, key, list, where))


def _get(holder: Any, key: str, kind: type, where: str) -> Any:
    found = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(found, kind):
        raise NotSquadError(f"{where} has no {key!r}, or it is no {'text' if kind is str else 'list'}")
    return found

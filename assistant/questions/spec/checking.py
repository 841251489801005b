"""Checks what types can't: doubled ids, wordings, contradictions, missing articles, and quotes that stand in none of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.core.errors import FootnoteError
from assistant.questions.spec.cases import Case, Expected, Source
from assistant.questions.spec.complaints import Problem, place_of, shown
from assistant.questions.spec.parsing import Key, Parsed
from assistant.questions.spec.schema import ArticleFile, Defaults, SetFile
from assistant.questions.spec.wordings import holds, pattern, problem, tokens
from index.article import Article

_ID = re.compile(r"[\w.-]+")
_HASH = re.compile(r"sha256:([0-9a-fA-F]{64})")
_CLOSE = 75.0
"""Least similarity, of 100, at which a place in an article is offered to correct a quote by."""

_OF_ANSWERS = ("answers", "evidence", "verdict", "only_evidence", "in_order")
"""What can be expected of an answer, but not of a refusal."""
_LEAST_ORDERED = 2
_MOST_NEAREST = 10
"""For how many wrong quotes the nearest place is looked for, which takes a while in a long article."""

Texts = Sequence[tuple[str, str]]
"""File names with canonical texts."""


# Articles


def check_articles(
    file: SetFile, parsed: Parsed, folder: Path
) -> tuple[tuple[Source, ...], Texts | None, list[Problem]]:
    """Find and read the articles that a set names.

    Args:
        file: the set.
        parsed: for the lines.
        folder: the set's own; relative paths start there.

    Returns:
        The sources; the texts of the articles, None if some are named by hash alone; what is wrong.
    """
    sources: list[Source] = []
    texts: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for n, entry in enumerate(file.articles):
        found, text, what = _article(entry, folder)
        if not what and found in sources:
            what = "this article is named twice. Take one out."
        if what:
            problems.append((parsed.line(("articles", n)), what))
        elif found is not None:
            sources.append(found)
            texts.append((found.path.name if found.path else "", text))
    whole = all(source.path is not None for source in sources)
    return tuple(sources), texts if whole else None, problems


def _article(entry: str | ArticleFile, folder: Path) -> tuple[Source | None, str, str]:
    """The source, its text ("" where only the library has it), and what is wrong."""
    path, wanted = (entry.path, entry.sha256.lower()) if isinstance(entry, ArticleFile) else (entry, "")
    if path.startswith("sha256:"):
        match = _HASH.fullmatch(path)
        if match is None or wanted:
            return None, "", f"{shown(path)} is no SHA-256. Write sha256: and 64 hexadecimal digits, nothing else."
        path, wanted = "", match[1].lower()
    if not path:
        return Source(None, wanted), "", ""
    try:
        found = (folder / path).resolve()
        article = _load(found)
    except FootnoteError as error:
        return None, "", f"the article {shown(path)} can't be used: {error}"
    except (OSError, ValueError, RuntimeError) as error:
        return None, "", f"the article {shown(path)} can't be used: {error}. Check its path."
    if wanted and wanted != article.content_hash:
        return None, "", _changed(found, article, wanted)
    return Source(found, wanted), article.text, ""


def _load(path: Path) -> Article:
    from index.loading.files import load_file
    from index.settings import IndexSettings

    return load_file(path, IndexSettings())


def _changed(path: Path, article: Article, wanted: str) -> str:
    if hashlib.sha256(path.read_bytes()).hexdigest() == wanted:
        return (
            f"this is the SHA-256 of the file {path.name}; the set needs that of its text as Footnote reads it: "
            f"{article.content_hash}."
        )
    return (
        f"{path.name} is not the version that this set was made for: the SHA-256 of its text is {article.content_hash}, "
        f"not {wanted}. Check what is expected against the new text, then write the new one here."
    )


# Cases


def check_cases(cases: Sequence[Case], defaults: Defaults, parsed: Parsed) -> list[Problem]:
    """Find problems in the cases of a set whose types are right.

    Args:
        cases: as the set will hold them, in the file's order.
        defaults: of the set; their wordings are checked too.
        parsed: for the lines.
    """
    problems = list(_bad_wordings(defaults.must_not_say, ("defaults", "must_not_say"), parsed))
    usable = [wording for wording in defaults.must_not_say if not problem(wording)]
    first: dict[str, int] = {}
    for n, case in enumerate(cases):
        key: Key = ("cases", n)
        line = parsed.line((*key, "id"))
        if not _ID.fullmatch(case.id):
            what = f"{place_of(key, parsed.data)}`id` must be made of letters, digits, hyphens, dots and underscores."
            problems.append((line, what))
        elif case.id in first:
            problems.append(
                (line, f"the id {case.id!r} is used more than once, first on line {first[case.id]}. Rename it.")
            )
        first.setdefault(case.id, line)
        for number, expected in enumerate(case.turns):
            place = (*key, "turns", number) if case.dialogue else key
            problems += _turn_problems(expected, place, parsed, usable)
    return problems


def _turn_problems(expected: Expected, key: Key, parsed: Parsed, defaults: Sequence[str]) -> Iterator[Problem]:
    place = place_of(key, parsed.data)
    own: list[str] = _at(key, parsed).get("must_not_say", [])
    wrong = [
        *_bad_wordings(expected.answers, (*key, "answers"), parsed),
        *_bad_wordings(own, (*key, "must_not_say"), parsed),
    ]
    yield from wrong
    if what := _expects(expected, own) or _twice(_at(key, parsed)):
        yield parsed.line(key), f"{place}{what}"
    if not wrong:
        for n, answer in enumerate(expected.answers):
            if clash := next((word for word in (*own, *defaults) if _contradicts(answer, word)), ""):
                what = f"`answers` accepts {shown(answer)}, and `must_not_say` forbids {shown(clash)}. Take one out."
                yield parsed.line((*key, "answers", n)), f"{place}{what}"


def _expects(expected: Expected, must_not_say: Sequence[str]) -> str:
    """Why the expectations of a question don't go together; "" if they do."""
    if not expected.answerable:
        given = [key for key in _OF_ANSWERS if getattr(expected, key)]
        if given:
            return f"it has `answerable: false` and also `{given[0]}`. Take one of the two out."
        return ""
    if expected.only_evidence and not expected.evidence:
        return "it has `only_evidence`, but no `evidence`. Give the quotes that may be cited."
    if expected.in_order and len(expected.evidence) < _LEAST_ORDERED:
        return "it has `in_order`, which needs two or more quotes in `evidence`. Give them in the order of the answer."
    if expected.answers or expected.evidence or must_not_say or expected.verdict or expected.kind:
        return ""
    return "it expects nothing. Give `answers` or `evidence`, or `answerable: false` where the articles don't say."


def _twice(turn: Mapping[str, Any]) -> str:
    """Why the two ways to ask for all quotes don't go together; "" if there is one at most."""
    if "all_evidence" in turn and "evidence_mode" in turn:
        return "it has `all_evidence` and also `evidence_mode`, which say the same. Take one of the two out."
    return ""


def _contradicts(answer: str, forbidden: str) -> bool:
    """Whether an answer can't say the accepted wording without the forbidden one; regular expressions must be equal for that."""
    if pattern(answer) is not None:
        return answer == forbidden
    return holds(answer, forbidden)


def _bad_wordings(wordings: Sequence[str], key: Key, parsed: Parsed) -> Iterator[Problem]:
    for n, wording in enumerate(wordings):
        if what := problem(wording):
            place = place_of(key, parsed.data)
            yield parsed.line((*key, n)), f"{place}the wording {shown(wording)} of `{key[-1]}` {what}"


def _at(key: Key, parsed: Parsed) -> dict[str, Any]:
    found = parsed.data
    for part in key:
        found = found[part]
    return dict(found)


# Quotes


def check_quotes(cases: Sequence[Case], parsed: Parsed, texts: Texts) -> list[Problem]:
    """Find the expected quotes that stand in none of the articles.

    Args:
        cases: as the set will hold them, in the file's order.
        parsed: for the lines.
        texts: of all articles of the set.
    """
    problems: list[Problem] = []
    for n, case in enumerate(cases):
        for number, expected in enumerate(case.turns):
            key: Key = ("cases", n, "turns", number) if case.dialogue else ("cases", n)
            for index, quote in enumerate(expected.evidence):
                if any(quote in text for _, text in texts):
                    continue
                what = f"the quote {shown(quote)} does not stand in the set's articles."
                what += " Copy it from there, character by character."
                near = _nearest(quote, texts) if len(problems) < _MOST_NEAREST else ""
                line = parsed.line((*key, "evidence", index))
                problems.append((line, f"{place_of(key, parsed.data)}{what}{near}"))
    return problems


def _nearest(quote: str, texts: Texts) -> str:
    """A sentence that names the place most like a quote; "" if nothing is like it."""
    from rapidfuzz import fuzz

    found = [(fuzz.partial_ratio_alignment(quote, text), name, text) for name, text in texts]
    best = max(found, key=lambda item: item[0].score if item[0] else 0.0)
    if best[0] is None or best[0].score < _CLOSE:
        return ""
    near = best[2][best[0].dest_start : best[0].dest_end].strip()
    return f" Nearest is {near!r} in {best[1]}." if tokens(near) else ""

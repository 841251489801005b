"""Imports other tools' files as question sets: promptfoo's YAML and SQuAD's JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from assistant.core.errors import QuestionSetError
from assistant.questions.importing import promptfoo, squad
from assistant.questions.importing.drafting import Draft, set_text, slug
from assistant.questions.spec.parsing import decode, load_foreign_yaml, wrong
from index.cleaning import clean

_FROM_PROMPTFOO = """Made from promptfoo's {name}. Case and punctuation don't count here, and what is said must be cited as well.
Assertions that a question set has no place for stand in the notes."""
_FROM_SQUAD = """Made from SQuAD's {name}. An answer's evidence is the sentence that it stands in. What SQuAD calls impossible
is so by its own paragraph: another paragraph of the article may answer it. Read such cases before you rely on them."""


def import_promptfoo(path: str | Path, articles: Sequence[str | Path], *, folder: Path | None = None) -> str:
    """The YAML of a question set for a promptfoo configuration, or for a list of its tests.

    Taken over: equals, contains, icontains, contains-any, contains-all, regex, is-refusal and latency, and the negations of
    all but equals and latency. Of the first three, a bare yes or no becomes the verdict. The case's note lists other
    assertions; tests that have only such ones become comments.

    Args:
        path: a YAML or JSON file.
        articles: what the questions are about. A Path is named relative to `folder`, a string as it is.
        folder: where the set will lie; None = articles are named by absolute paths.

    Raises:
        QuestionSetError: the file can't be read, holds no tests, or none of them can be a case.
    """
    path = Path(path)
    config = _config(_promptfoo(path), path)
    try:
        found = list(promptfoo.drafts(config))
    except RecursionError as error:
        raise wrong(str(path), 1, "its assertions hold themselves. Take the alias (*name) out.") from error
    return _set(found, articles, _FROM_PROMPTFOO.format(name=path.name), folder, path)


def import_squad(path: str | Path, folder: str | Path) -> str:
    """The YAML of a question set for a SQuAD file; its articles are written into `folder`, where the set is to lie too.

    Args:
        path: SQuAD's JSON, 1.1 or 2.0.
        folder: made if it is not there. A file that is there already is kept if it holds the same.

    Raises:
        QuestionSetError: the file can't be read or is not SQuAD's; the folder can't be written, or another article has
            the name of one of these.
    """
    path, folder = Path(path), Path(folder)
    try:
        found = list(squad.articles(json.loads(_text(path))))
    except json.JSONDecodeError as error:
        raise wrong(str(path), error.lineno, f"this is not JSON: {error.msg}. Mend it there.") from error
    except (squad.NotSquadError, RecursionError, ValueError) as error:
        raise wrong(str(path), 1, f"this is not SQuAD's JSON: {error}.") from error
    files = _named([article for article in found if article.drafts and clean(article.text)])
    drafts = [draft for article in files.values() for draft in article.drafts]
    text = _set(drafts, list(files) or ["none"], _FROM_SQUAD.format(name=path.name), folder, path)
    _write(folder, {name: article.text for name, article in files.items()})
    return text


def _text(path: Path) -> str:
    try:
        return decode(path.read_bytes(), str(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise QuestionSetError(f"{path}: can't be read: {reason}. Check that it exists and may be read.") from error


def _promptfoo(path: Path) -> Any:
    """The configuration in the file; a bare list is taken for its tests."""
    text = _text(path)
    try:
        data = json.loads(text) if path.suffix.lower() == ".json" else load_foreign_yaml(text)
    except json.JSONDecodeError as error:
        raise wrong(str(path), error.lineno, f"this is not JSON: {error.msg}. Mend it there.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise wrong(str(path), line, f"this is not YAML: {error.problem}. Mend it there.") from error
    except (yaml.YAMLError, RecursionError, ValueError, KeyError, AttributeError, TypeError) as error:
        # PyYAML raises the last three where a tag does not fit its value.
        raise wrong(str(path), 1, f"this can't be read: {error}. Mend it.") from error
    return {"tests": data} if isinstance(data, list) else data


def _config(data: Any, path: Path) -> dict[str, Any]:
    tests = data.get("tests") if isinstance(data, dict) else None
    if isinstance(tests, str):
        raise wrong(str(path), 1, f"its tests stand in another file, {tests!r}. Import that file.")
    if not isinstance(tests, list) or not tests:
        raise wrong(str(path), 1, "there are no `tests`. Give a promptfoo configuration, or a list of its tests.")
    if not all(isinstance(test, dict) for test in tests):
        raise wrong(str(path), 1, "`tests` names other files. Import these one by one.")
    return dict(data)


def _set(drafts: Sequence[Draft], articles: Sequence[str | Path], header: str, folder: Path | None, path: Path) -> str:
    try:
        return set_text(drafts, articles, header, folder)
    except QuestionSetError as error:
        raise wrong(str(path), 1, str(error)) from error


def _named(articles: Sequence[squad.SquadArticle]) -> dict[str, squad.SquadArticle]:
    """File name -> article."""
    files: dict[str, squad.SquadArticle] = {}
    for article in articles:
        base, number = slug(article.title) or "article", 2
        name = f"{base}.txt"
        while name in files:
            name, number = f"{base}-{number}.txt", number + 1
        files[name] = article
    return files


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write all files, or none of them if one would overwrite another article."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            if (folder / name).exists() and (folder / name).read_bytes() != text.encode():
                raise QuestionSetError(
                    f"{folder / name} is there already and holds something else. Choose another folder."
                )
        for name, text in files.items():
            (folder / name).write_bytes(text.encode())
    except (OSError, ValueError) as error:
        raise QuestionSetError(f"The articles can't be written to {folder}: {error}. Choose another folder.") from error

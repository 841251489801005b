"""The words of the page stand in one file: nothing is said that is not in it, and nothing is in it that is not said."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import assistant.page
from assistant.page.words import say, words

PAGE = Path(assistant.page.__file__).parent
SCRIPTS = sorted((PAGE / "static").rglob("*.js"))
SOURCES = [*SCRIPTS, PAGE / "static/index.html", *PAGE.rglob("*.py")]
_KEYS = re.compile(r"""(?:\bsay\(|\bsayCount\(|words\[|words\(\)\[f?)["'`]([a-z_0-9]+)(?=["'`])""")
_BEGINNINGS = re.compile(r"""["'`]([a-z_]+_)[{$]|`\$\{kind\}(_hint)`""")


def _source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)


def test_all_that_is_said_has_its_words() -> None:
    known = {key.partition(".")[0] for key in words()}
    assert set(_KEYS.findall(_source())) - known == set()


def test_all_words_are_said_somewhere() -> None:
    source = _source()
    quoted = set(re.findall(r"""["'`]([a-z_0-9]+)["'`]""", source))
    beginnings = tuple(start for start, _ in _BEGINNINGS.findall(source) if start)
    unused = [
        key
        for key in words()
        if key.partition(".")[0] not in quoted and not key.startswith(beginnings) and not key.endswith("_hint")
    ]
    assert unused == []


def test_each_plural_has_the_form_for_others() -> None:
    counted = {key.partition(".")[0] for key in words() if "." in key}
    assert counted
    assert all(f"{key}.other" in words() for key in counted)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_hold_no_sentences_of_their_own(path: Path) -> None:
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    sentences = re.findall(r'"([A-Z][a-z]+(?: [a-z]+)+[.?!]?)"', code)
    assert sentences == []


def test_names_are_filled_in_and_what_is_missing_is_an_error() -> None:
    assert say("removed", title="{x}") == "“{x}” was removed."
    with pytest.raises(KeyError):
        say("removed")
    with pytest.raises(KeyError):
        say("no such words")


def test_the_file_is_flat_text_so_that_it_can_be_translated() -> None:
    given = json.loads((PAGE / "words/en.json").read_text(encoding="utf-8"))
    assert all(isinstance(text, str) and text for text in given.values())

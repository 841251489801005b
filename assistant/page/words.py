"""The page's texts, one file per language: `words/<language>.json`, key -> text with {names} to fill in.

Texts with a count have a key for each plural form of the language: `key.one`, `key.other` (Unicode's plural categories).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

LANGUAGE = "en"
"""Language of the page; a further one needs a further file."""

_FOLDER = Path(__file__).parent / "words"


@cache
def words(language: str = LANGUAGE) -> Mapping[str, str]:
    """All texts of a language.

    Raises:
        FileNotFoundError: there is no file for it.
    """
    return MappingProxyType(json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8")))


def say(key: str, **values: object) -> str:
    """A text by its key, with its names filled in.

    Raises:
        KeyError: there is no such text, or a name is missing.
    """
    return words()[key].format(**values)

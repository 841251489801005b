"""Every word the page says, in one file a language: `words/<language>.json`, flat, key -> text with {names} to be filled in.

Counted sentences have a key for each plural form of the language: `key.one`, `key.other` (Unicode's plural categories).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

LANGUAGE = "en"
"""Language of the page; another one is another file."""

_FOLDER = Path(__file__).parent / "words"


@cache
def words(language: str = LANGUAGE) -> Mapping[str, str]:
    """All words of a language.

    Raises:
        FileNotFoundError: there is no file for it.
    """
    return MappingProxyType(json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8")))


def say(key: str, **values: object) -> str:
    """A sentence by its key, with its names filled in.

    Raises:
        KeyError: there is no such sentence, or a name is missing.
    """
    return words()[key].format(**values)

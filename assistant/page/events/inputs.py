"""Validates what the browser sends: any JSON may arrive, and only values with a meaning are let through."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from assistant.core.errors import ConversationNotFoundError, QuestionError
from assistant.page.words import say
from index.naming import REORDERING, one_line

_VISITOR = re.compile(r"[A-Za-z0-9_-]{22,64}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{0,64}")
_MOST_TURNS = 2**31


def owner_of(visitor: Any) -> str:
    """The owner's name for a visitor's conversations: a hash, so that nobody who reads the library can pose as the visitor.

    Args:
        visitor: the random token that the browser holds, 22 to 64 letters, digits, "-" and "_".

    Returns:
        64 hexadecimal digits; "" for any other token: the owner for whom nothing is kept.
    """
    if not isinstance(visitor, str) or not _VISITOR.fullmatch(visitor):
        return ""
    return hashlib.sha256(visitor.encode("ascii")).hexdigest()


def identifier(value: Any) -> str:
    """The id of a conversation; "" for none.

    Raises:
        ConversationNotFoundError: no conversation can have this id.
    """
    if value is None:
        return ""
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise ConversationNotFoundError(say("conversation_gone"))
    return value


def text(value: Any, most: int | None = None) -> str:
    """A text, cut to a number of characters; "" for anything else. Lone surrogates, which JSON allows, are replaced."""
    if not isinstance(value, str):
        return ""
    return value[:most].encode("utf-8", "replace").decode("utf-8")


def line(value: Any, most: int) -> str:
    """A text of one line, without control characters and bidirectional marks."""
    return one_line(text(value, 4 * most), most)


def number(value: Any) -> int | None:
    """A whole number from 0; None for anything else."""
    return value if type(value) is int and 0 <= value < _MOST_TURNS else None


def article_ids(value: Any) -> Sequence[str] | None:
    """Ids that limit a search; None = all articles.

    Raises:
        QuestionError: neither null nor a list with at least one id.
    """
    if value is None:
        return None
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise QuestionError(say("articles_unclear"))
    return list(dict.fromkeys(text(item, 100) for item in value))


def without_reordering(value: str) -> str:
    """A text without the bidirectional marks that reorder it and what follows it."""
    return REORDERING.sub("", value)

"""What was understood of a file, in words for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from index.article import Article, Block, BlockKind
from index.errors import EmbeddingError
from index.settings import IndexSettings

Understood = list[tuple[str, str]]
"""(what, value), only what is known."""


def understood(article: Article, notices: Iterable[str], kind: str, settings: IndexSettings) -> Understood:
    """What was understood of a file: what it states about itself, and of what it consists.

    Args:
        article: made of the file.
        notices: how it was read.
        kind: the suffix of the file.
        settings: name the embedding model, which decides how many passages there are.
    """
    passages = _passage_count(article, settings)
    rows = [
        ("title", article.title),
        ("published", str(article.published or "")),
        ("updated", str(article.updated or "")),
        ("authors", ", ".join(article.authors)),
        ("site", article.site),
        ("kind of file", kind),
        ("characters", f"{len(article.text):,}"),
        ("passages", "" if passages is None else f"{passages:,}"),
        ("blocks", _counted(article.blocks)),
        ("pages", f"{max((block.page for block in article.blocks), default=0) or ''}"),
        *(("notice", notice) for notice in notices),
    ]
    return [(name, value) for name, value in rows if value]


def _counted(blocks: Iterable[Block]) -> str:
    """How many blocks there are of each kind: "2 headings, 1 note"; furniture has no plural."""
    counts = Counter(block.kind for block in blocks)
    plural = {kind: f"{kind}s" for kind in get_args(BlockKind)} | {"furniture": "furniture"}
    return ", ".join(
        f"{counts[kind]:,} {kind if counts[kind] == 1 else plural[kind]}"
        for kind in get_args(BlockKind)
        if counts[kind]
    )


def _passage_count(article: Article, settings: IndexSettings) -> int | None:
    """How many passages an article has; None if the embedding model, which measures them, can't be used."""
    from index.embedding import open_embedder
    from index.passages import split

    embedder = open_embedder(settings)
    try:
        return len(split(article, embedder.count_tokens, embedder.max_tokens))
    except EmbeddingError:
        return None

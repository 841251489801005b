"""The fingerprint of a library, which tells how its vectors were made, so that they are never mixed with others."""

from __future__ import annotations

from index.embedding import Embedder
from index.passages import PASSAGE_RULES


def fingerprint(embedder: Embedder) -> str:
    """All that decides the vectors, in words: model, dimension, passage rules (law 6: one fingerprint)."""
    return f"{embedder.name}, {embedder.dimension} dimensions, passage rules {PASSAGE_RULES}"

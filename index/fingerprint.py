"""What decides the vectors of a library: they are never mixed with others."""

from __future__ import annotations

from index.embedding import Embedder
from index.passages import PASSAGE_RULES


def fingerprint(embedder: Embedder) -> str:
    """What decides the vectors, in words: model, dimension, passage rules (laws: one fingerprint)."""
    return f"{embedder.name}, {embedder.dimension} dimensions, passage rules {PASSAGE_RULES}"

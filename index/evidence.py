"""A passage found for a question, with its scores and its surroundings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from index.article import Passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage found for a question.

    Attributes:
        passage: the passage.
        score: larger is better; only comparable within one question.
        similarity: cosine of the passage's vector and the question's.
        title: title of the passage's article.
        before: the passage before it in the article, if any.
        after: the passage after it, if any.
        head: the article's headline, date line and first body passage, as far as there are any.
        published: the article's publication date, if the source states one.
    """

    passage: Passage
    score: float
    similarity: float = 0.0
    title: str = field(default="", compare=False)
    before: Passage | None = field(default=None, compare=False)
    after: Passage | None = field(default=None, compare=False)
    head: tuple[Passage, ...] = field(default=(), compare=False)
    published: date | None = field(default=None, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The passage with its scores, as JSON types; its surroundings are left out."""
        passage = self.passage
        return {
            "passage": {
                **{name: getattr(passage, name) for name in Passage.__slots__},
                "silent": [list(span) for span in passage.silent],
            },
            "score": self.score,
            "similarity": self.similarity,
            "title": self.title,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Evidence:
        """The evidence that `to_dict` was called on, without its surroundings."""
        stored = data["passage"]
        silent = tuple((start, end) for start, end in stored.get("silent", ()))
        passage = Passage(**{**stored, "silent": silent})
        return cls(passage, data["score"], data["similarity"], data["title"])

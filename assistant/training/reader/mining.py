"""Windows that a search finds for a question though they do not answer it: what a reader must learn to pass over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.training.reader.examples import Nearest, head_of, touches, windows
from assistant.training.reader.written import Question, Span, Written
from index.embedding import CompiledEmbedder
from index.settings import IndexSettings

_OWN, _OTHERS = 2, 4
"""One of so many windows is taken: the nearest of the article, and of the others."""


def nearest(articles: Sequence[Written]) -> Nearest:
    """The nearest windows of the articles' questions by the vectors of all-MiniLM-L6-v2, all articles being the library."""
    parts = [(article, span) for article in articles for span in windows(article)]
    embedder = CompiledEmbedder(IndexSettings())
    known = embedder.embed([f"{head_of(article, s)}. {article.text[s:e]}" for article, (s, e) in parts])
    answering = {
        (article.id, question.text): question
        for article in articles
        for question in (*article.questions, *article.turns)
    }
    questions = list(dict.fromkeys(text for _, text in answering))
    asked = dict(zip(questions, embedder.embed(questions), strict=True))
    owners = np.array([article.id for article, _ in parts])

    def find(question: str, article: Written, others: bool) -> list[tuple[Written, Span]]:
        if (article.id, question) not in answering:
            return []
        order = np.argsort(-(known @ asked[question]), kind="stable")
        mine = owners[order] == article.id
        if others:
            return [parts[n] for n in order[~mine][:_OTHERS]]
        known_answers = answering[article.id, question]
        apart = [parts[n] for n in order[mine] if not touches(parts[n][1], known_answers)]
        return [part for part in apart if not _says(part, known_answers)][:_OWN]

    return find


def _says(part: tuple[Written, Span], question: Question) -> bool:
    """Whether a window has the words of the answer: it may say it, too."""
    article, (start, end) = part
    return any(article.text[s:e] in article.text[start:end] for s, e in question.answers)

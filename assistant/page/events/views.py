"""Types of the JSON that the page receives (answers, turns, articles, conversations), and functions that make it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast, get_args

from assistant.core.standalone import reworded
from assistant.page.events.layout import LayoutView, layout_view
from assistant.page.events.marking import marks
from assistant.page.export.footnotes import OriginOf, answer_as_markdown
from assistant.page.words import say
from assistant.understanding.followup.borrowing import borrowed_spans
from index.article import Article
from index.blocks import blocks_of
from index.heading import find_head

if TYPE_CHECKING:
    from assistant.core.answer import Answer, AnswerSentence, Citation, Status
    from assistant.core.turns import Rating, Turn
    from index.library.store import ArticleEntry, StoredConversation

Reason = Literal["quote_not_found", "detail_not_in_the_quote", "not_supported", "not_proven"]
"""Why a sentence was left out: the verdict on it, as the key of a text; "not_proven" for a verdict of an older version."""


class ArticleView(TypedDict):
    """An article in a list. `source` is short: a file name or an address; `published` is YYYY-MM-DD, `date` for people."""

    id: str
    title: str
    source: str
    published: str | None
    date: str
    characters: int


class Block(TypedDict):
    """A block of an article's text: `text[start:end]`, in Unicode code points."""

    kind: Literal["title", "date", "heading", "paragraph", "item", "row", "caption", "quote", "note", "furniture"]
    start: int
    end: int
    level: int
    page: int


class ArticlePage(ArticleView):
    """An article to read. `blocks` cover all of the text except white space and the bullets of lists, in order.

    `pictures` says whether its pages can be shown as pictures.
    """

    text: str
    content_hash: str
    blocks: list[Block]
    pictures: bool


class CitationView(TypedDict):
    """A proven quote: `text[start:end] == quote` in the version `content_hash` of the article; `page` 0 = it has no pages.

    `date` is the article's date of publication, for people; "" = not known.
    """

    number: int
    article_id: str
    title: str
    start: int
    end: int
    quote: str
    content_hash: str
    stale: bool
    page: int
    date: str


class ClosestView(CitationView):
    """A passage that a refusal shows; `marks` are where words of the question stand in its quote, in Unicode code points."""

    marks: list[tuple[int, int]]


class SentenceView(TypedDict):
    """A sentence of an answer; `keys`, the answer's words, stand in the last of its citations' quotes that has them all."""

    text: str
    keys: list[str]
    citations: list[int]


class ConfidenceView(TypedDict):
    """How sure an answer is, in words and as a percentage."""

    words: str
    percent: int


class QuoteView(TypedDict):
    """The words in an article that the user says should have been quoted."""

    article_id: str
    start: int
    end: int
    quote: str


class RatingView(TypedDict):
    """A user's rating of an answer."""

    verdict: Literal["up", "down"]
    said: str
    quote: QuoteView | None


class LeftOutView(TypedDict):
    """How many sentences were left out of an answer for one reason."""

    reason: Reason
    count: int


class TurnView(TypedDict):
    """A question with its answer.

    `number` counts the turns of the conversation from 0. `searched` is the standalone question where it differs from the
    question in more than letter case, white space and end punctuation, else ""; `borrowed` is where words stand in it that
    are not in the question, in Unicode code points. `did_you_mean` has other standalone questions that may be meant. `layout`
    says how the sentences are set. `closest` has the nearest passage first. `notice` says what the user should know about
    how the answer was made; `left_out` has the commonest reason first. `markdown` is the answer with footnotes, for copying.
    """

    number: int
    question: str
    status: Status
    layout: LayoutView
    sentences: list[SentenceView]
    citations: list[CitationView]
    closest: list[ClosestView]
    message: str
    notice: str
    searched: str
    borrowed: list[tuple[int, int]]
    did_you_mean: list[str]
    left_out: list[LeftOutView]
    confidence: ConfidenceView | None
    markdown: str
    rating: RatingView | None


class ConversationView(TypedDict):
    """A conversation in a list; `updated` is in seconds since 1970."""

    id: str
    title: str
    updated: float
    turns: int


def pdf_of(article: Article) -> Path | None:
    """The PDF that an article was read from; None = it is none, or it isn't there, as that of an upload."""
    path = Path(article.source)
    try:
        return path if path.is_absolute() and path.suffix.lower() == ".pdf" and path.is_file() else None
    except (OSError, ValueError):
        return None


def article_view(entry: ArticleEntry) -> ArticleView:
    """An article in a list."""
    return _listed(entry.id, entry.title, entry.source, entry.published, entry.characters)


def article_page(article: Article) -> ArticlePage:
    """An article to be read."""
    listed = _listed(article.id, article.title, article.source, article.published, len(article.text))
    return {
        **listed,
        "text": article.text,
        "content_hash": article.content_hash,
        "blocks": list(block_views(article)),
        "pictures": pdf_of(article) is not None,
    }


def block_views(article: Article) -> Iterator[Block]:
    """The typed blocks of an article, its headline and its date line among them."""
    head = find_head(article.text)
    for block in article.blocks or blocks_of(article.text):
        span = block.start, block.end
        kind: Any = "title" if span == head.title else "date" if span == head.date else block.kind
        yield {"kind": kind, "start": block.start, "end": block.end, "level": block.level, "page": block.page}


def citation_view(citation: Citation, origin_of: OriginOf) -> CitationView:
    """A proven quote."""
    return {
        "number": citation.number,
        "article_id": citation.article_id,
        "title": citation.title,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "content_hash": citation.content_hash,
        "stale": citation.stale,
        "page": citation.page,
        "date": origin_of(citation).date,
    }


def closest_view(citation: Citation, question: str, origin_of: OriginOf) -> ClosestView:
    """A passage that is near to a question, with the question's words in it."""
    return {**citation_view(citation, origin_of), "marks": marks(question, citation.quote)}


def sentence_view(sentence: AnswerSentence) -> SentenceView:
    """A sentence of an answer."""
    return {"text": sentence.text, "keys": list(sentence.keys), "citations": list(sentence.citations)}


def turn_view(number: int, turn: Turn, origin_of: OriginOf, rating: Rating | None = None) -> TurnView:
    """A question with its answer.

    Args:
        number: of the turn in its conversation, from 0.
        turn: the question with its answer.
        origin_of: says where a citation's article is from.
        rating: the user's rating of the answer.
    """
    answer = turn.answer
    asked = answer.trace.standalone_question or turn.question
    shown = searched(answer)
    return {
        "number": number,
        "question": turn.question,
        "status": answer.status,
        "layout": layout_view(answer),
        "sentences": [sentence_view(sentence) for sentence in answer.sentences],
        "citations": [citation_view(citation, origin_of) for citation in answer.citations],
        "closest": [closest_view(citation, asked, origin_of) for citation in answer.closest],
        "message": answer.message,
        "notice": answer.notice,
        "searched": shown,
        "borrowed": list(borrowed_spans(shown, turn.question)),
        "did_you_mean": list(answer.did_you_mean),
        "left_out": left_out_view(answer),
        "confidence": confidence_of(answer),
        "markdown": answer_as_markdown(answer, origin_of),
        "rating": rating_view(rating),
    }


def searched(answer: Answer) -> str:
    """The standalone question if it is not the question in other letters; else "", as for a question that was unclear."""
    standalone = answer.trace.standalone_question
    return standalone if answer.status != "unclear" and reworded(standalone, answer.question) else ""


def left_out_view(answer: Answer) -> list[LeftOutView]:
    """How many sentences were left out of an answer, by reason, the commonest first."""
    counts: Counter[Reason] = Counter()
    for verdict, count in answer.left_out.items():
        counts[reason_of(verdict)] += count
    return [{"reason": reason, "count": count} for reason, count in counts.most_common()]


def reason_of(verdict: str) -> Reason:
    """The reason that belongs to a verdict; stored answers may have verdicts of older versions."""
    reason = verdict.replace(" ", "_")
    return cast("Reason", reason) if reason in get_args(Reason) else "not_proven"


def confidence_of(answer: Answer) -> ConfidenceView | None:
    """How sure an answer is; None if it has no level."""
    level = answer.level
    if level is None:
        return None
    return {"words": say("confidence", right=level.right, of=level.of), "percent": round(100 * answer.confidence)}


def rating_view(rating: Rating | None) -> RatingView | None:
    """A user's rating of an answer."""
    if rating is None:
        return None
    chosen: QuoteView | None = None
    if quote := rating.quote:
        chosen = {"article_id": quote.article_id, "start": quote.start, "end": quote.end, "quote": quote.quote}
    return {"verdict": rating.verdict, "said": rating.said, "quote": chosen}


def conversation_view(stored: StoredConversation) -> ConversationView:
    """A conversation in a list."""
    return {"id": stored.id, "title": stored.title, "updated": stored.updated, "turns": stored.turns}


def short_source(source: str) -> str:
    """The file name of a path, the whole of an address."""
    return source if "://" in source else re.split(r"[/\\]", source)[-1]


def spoken_date(day: date | None) -> str:
    """A date as people write it; "" for none."""
    if day is None:
        return ""
    month = say("months").split()[day.month - 1]
    return say("date", day=day.day, month=month, year=day.year)


def _listed(id: str, title: str, source: str, published: date | None, characters: int) -> ArticleView:
    return {
        "id": id,
        "title": title,
        "source": short_source(source),
        "published": published.isoformat() if published else None,
        "date": spoken_date(published),
        "characters": characters,
    }

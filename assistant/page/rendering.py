"""Answers and articles -> HTML. Every foreign word goes through `safe` first; only then are our own tags put around it.

The page shows the result in a Markdown component, because that one needs no `eval` in the browser. Two things keep the
Markdown parser out of it: each piece is one line that starts with `<div` (an HTML block, which Markdown leaves alone up
to the next empty line), and `safe` writes every punctuation mark as a character reference, so nothing is left that
could mean anything in Markdown, HTML, CSS, a template or a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.answer import Answer, AnswerSentence, Citation
from assistant.conversation import Turn
from assistant.page import strings
from index.article import Article

SHOWN_TURNS = 50
"""The most turns that are shown; all are kept."""

SHOWN_ARTICLES = 100
"""The most articles that are listed; all are asked."""

_LONG_KEY = 90
"""Key words longer than this are only marked in their quote; said twice they would be tiresome to read."""

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_LINE = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_REORDERING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


_WELCOME = f'<div class="fn-welcome"><h2>{strings.WELCOME}</h2><p>{strings.WELCOME_HINT}</p></div>'


def safe(text: str) -> str:
    """Text that means nothing but itself: one line, every punctuation mark a character reference, bidi-isolated.

    Args:
        text: anything at all: from an article, a file name or a question.
    """
    text = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)
    lines = _LINE.split(text)
    return f"<bdi>{'<br>'.join(_escaped(line) for line in lines)}</bdi>"


def name(text: str) -> str:
    """A title, file name or question: as `safe`, without the marks that make text run backwards."""
    return safe(_REORDERING.sub("", text))


def conversation(turns: Sequence[Turn], pending: str | None = None, notice: str = "") -> str:
    """The whole log.

    Args:
        turns: oldest first.
        pending: a question that has no answer yet.
        notice: something to say about the conversation; our words or an error's.
    """
    hidden = len(turns) - SHOWN_TURNS
    parts = [_note(strings.EARLIER.format(count=hidden))] if hidden > 0 else []
    parts += [_turn(turn.question, _searched(turn.answer) + answer(turn.answer)) for turn in turns[-SHOWN_TURNS:]]
    if pending is not None:
        parts.append(_turn(pending, f'<p class="fn-looking">{safe(strings.LOOKING)}</p>'))
    if notice:
        parts.append(_note(notice))
    return f'<div class="fn-log">{"".join(parts)}</div>' if parts else _WELCOME


def answer(given: Answer) -> str:
    """One answer: what is said, the numbered quotes, how sure it is; or the refusal with the closest passages folded."""
    if given.status != "answered":
        said = f'<p class="fn-message">{safe(given.message)}</p>'
        return f'<div class="fn-answer fn-{given.status.replace("_", "-")}">{said}{_closest(given.closest)}</div>'
    keys = _keys(given.sentences)
    said = "".join(_sentence(sentence, given.citations) for sentence in given.sentences)
    quotes = "".join(_quote(citation, keys.get(citation.number, "")) for citation in given.citations)
    return (
        f'<div class="fn-answer fn-answered">{said}<ol class="fn-citations">{quotes}</ol>'
        f"{_confidence(given.confidence)}</div>"
    )


def articles(loaded: Sequence[Article]) -> str:
    """The list of articles: title, date, source."""
    if not loaded:
        return _block(strings.NO_ARTICLES)
    items = "".join(_article(article) for article in loaded[:SHOWN_ARTICLES])
    hidden = len(loaded) - SHOWN_ARTICLES
    more = f'<p class="fn-date">{safe(strings.MORE_ARTICLES.format(count=hidden))}</p>' if hidden > 0 else ""
    return f'<div class="fn-articles"><ul>{items}</ul>{more}</div>'


def status(text: str) -> str:
    """A line of our own words."""
    return _block(text) if text else ""


def _turn(question: str, body: str) -> str:
    return f'<div class="fn-turn"><p class="fn-question" title="{strings.YOU_ASKED}">{name(question)}</p>{body}</div>'


def _searched(given: Answer) -> str:
    """What was searched for, where a follow-up was understood from the turns before."""
    searched = given.trace.standalone_question
    if given.status == "unclear" or not searched or searched.split() == given.question.split():
        return ""
    return f'<p class="fn-searched">{strings.SEARCHED} {name(searched)}</p>'


def _note(text: str) -> str:
    return f'<p class="fn-notice">{safe(text)}</p>'


def _block(text: str) -> str:
    return f'<div class="fn-status">{safe(text)}</div>'


def _keys(sentences: Iterable[AnswerSentence]) -> dict[int, str]:
    """Number of a citation -> the key words that stand in it."""
    return {sentence.citations[0]: sentence.key for sentence in reversed(tuple(sentences)) if sentence.key}


def _sentence(sentence: AnswerSentence, citations: Sequence[Citation]) -> str:
    """What is said, the key words in bold. What only repeats the quotes is left out: they stand right below."""
    quotes = {citation.number: citation.quote for citation in citations}
    quoted = " … ".join(f"“{quotes.get(number, '')}”" for number in sentence.citations)
    repeats = sentence.text in (quoted, f"{sentence.key} — {quoted}")
    if repeats and (sentence.text == quoted or len(sentence.key) > _LONG_KEY):
        return ""
    text = sentence.key if repeats else sentence.text
    head, key, tail = text.partition(sentence.key) if sentence.key else (text, "", "")
    said = f'{safe(head)}<b class="fn-key">{safe(key)}</b>{safe(tail)}' if key else safe(text)
    markers = "".join(f'<sup class="fn-marker">{number:d}</sup>' for number in sentence.citations)
    return f'<p class="fn-said">{said}{markers}</p>'


def _quote(citation: Citation, key: str = "") -> str:
    head, found, tail = citation.quote.partition(key) if key else (citation.quote, "", "")
    marked = f"{safe(head)}<mark>{safe(found)}</mark>{safe(tail)}" if found else safe(citation.quote)
    badge = (
        f'<span class="fn-stale" title="{strings.STALE_HINT}">{strings.STALE}</span>'
        if citation.stale
        else f'<span class="fn-verbatim" title="{strings.VERBATIM_HINT}">{strings.VERBATIM}</span>'
    )
    return (
        f'<li value="{citation.number:d}"><span class="fn-number">{citation.number:d}</span>'
        f'<blockquote class="fn-quote">{marked}</blockquote>'
        f'<p class="fn-source"><cite>{name(citation.title)}</cite> {badge}</p></li>'
    )


def _closest(citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    quotes = "".join(_quote(citation) for citation in citations)
    return (
        f'<details class="fn-closest"><summary>{strings.CLOSEST}</summary>'
        f'<ol class="fn-citations">{quotes}</ol></details>'
    )


def _confidence(probability: float) -> str:
    words = next(said for least, said in strings.CONFIDENCE if probability >= least or least == 0)
    hint = strings.CONFIDENCE_HINT.format(percent=round(100 * probability))
    return f'<p class="fn-confidence" title="{_attribute(hint)}">{words}</p>'


def _article(article: Article) -> str:
    published = article.published.strftime("%d %B %Y").lstrip("0") if article.published else strings.NO_DATE
    return (
        f'<li><span class="fn-title">{name(article.title)}</span>'
        f'<span class="fn-date">{published}</span>'
        f'<span class="fn-file" title="{_attribute(article.source)}">{name(_short(article.source))}</span></li>'
    )


def _short(source: str) -> str:
    """The file name of a path, the whole of an address."""
    return source if "://" in source else re.split(r"[/\\]", source)[-1]


def _attribute(text: str) -> str:
    """For the value of an attribute: one line, escaped, nothing that makes it run backwards."""
    return _escaped(_REORDERING.sub("", _LINE.sub(" ", _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text))))


def _escaped(line: str) -> str:
    return _PUNCTUATION.sub(lambda mark: f"&#{ord(mark[0])};", line)

"""Article -> Passages: whole sentences, exact offsets by construction, each passage within the embedder's limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from index.article import Article, Passage, PassageKind
from index.heading import find_head

PASSAGE_RULES = "2"
"""Version of the rules in this module; part of the library's fingerprint, so a change of the rules must change it."""

MAX_CHARS = 2_000
"""A passage is never longer, whatever the tokenizer says: WordPiece counts a megabyte without a space as one token."""

WIDE_TOKENS = 200
"""Paragraphs are joined up to so many tokens: a news paragraph is often one line, which says little without its neighbours. The
answering sentence is among the first eight passages of its article for 99.9 % of the written questions, of a library of 42
articles for 66 %; with a passage for each paragraph for 94 % and 60 % (`tests.benchmarks.recall`)."""

_HEADING_CHARS = 80
_ENDS = frozenset(".!?:;,…”\"’')")
_SENTENCE_WINDOW = 8_000
"""The sentence splitter takes quadratic time on unclosed quotation marks, so it gets no more characters than this at once."""

_TITLE = re.compile(r"(?<![\w.])(?:Ms|Mx|Amb|Atty)\.$")
_SHORTENED = re.compile(
    r"(?<![\w.])(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun|(?i:vol|ch|sect|tab|app|eqs?|figs|refs|approx|est|avg|max|incl|excl|resp"
    r"|tel|ext|lbs))\.$"
)
"""Abbreviations that the sentence splitter does not know: of people, and others, which may end a sentence before a capital."""

Span = tuple[int, int]
TokenCounter = Callable[[Sequence[str]], list[int]]


def split(article: Article, count_tokens: TokenCounter, max_tokens: int) -> tuple[Passage, ...]:
    """Cut an article into passages.

    The headline and the date line are passages of their own. Consecutive paragraphs are one passage, up to `WIDE_TOKENS`; a
    heading begins another. A paragraph that does not fit is cut between sentences, and neighbouring passages share a sentence. A
    sentence that does not fit is cut between words.

    Args:
        article: the article; offsets count the characters of its `text`.
        count_tokens: texts -> their token counts, not counting special tokens.
        max_tokens: the most tokens in a passage, not counting special tokens.
    """
    text = article.text
    spans: list[tuple[Span, PassageKind]] = []
    for kind, parts in _runs_of_kind(text):
        if kind == "body":
            spans += [(span, kind) for span in _wide(text, parts, count_tokens, max_tokens)]
        else:
            spans += [(span, kind) for part in parts for span in _fit(text, part, count_tokens, max_tokens)]
    version = article.content_hash[:12]
    return tuple(
        Passage(f"{article.id}-{version}-{n}", article.id, start, end, text[start:end], n, kind)
        for n, ((start, end), kind) in enumerate(spans)
    )


def _runs_of_kind(text: str) -> Iterator[tuple[PassageKind, list[Span]]]:
    """Consecutive parts of one kind."""
    for kind, parts in groupby(_parts(text), key=lambda part: part[1]):
        yield kind, [span for span, _ in parts]


def _wide(text: str, parts: Sequence[Span], count_tokens: TokenCounter, max_tokens: int) -> Iterator[Span]:
    """Spans of consecutive paragraphs that fit together; those of a paragraph that does not fit by itself."""
    trimmed = [span for part in parts if (span := _trim(text, part))]
    counts = count_tokens([text[s:e] if e - s <= MAX_CHARS else "" for s, e in trimmed])
    together: Span | None = None
    total = 0
    for n, ((start, end), count) in enumerate(zip(trimmed, counts, strict=True)):
        fits = end - start <= MAX_CHARS and count <= max_tokens
        if together is not None:
            # Tokens never span two paragraphs.
            joins = fits and total + count <= min(WIDE_TOKENS, max_tokens) and end - together[0] <= MAX_CHARS
            if joins and not _is_heading(text, trimmed, n):
                together, total = (together[0], end), total + count
                continue
            yield together
            together = None
        if fits:
            together, total = (start, end), count
        else:
            yield from _fit(text, (start, end), count_tokens, max_tokens)
    if together is not None:
        yield together


def _is_heading(text: str, spans: Sequence[Span], n: int) -> bool:
    """Whether a paragraph looks like the heading of the next one: a short line without a stop, before a longer one with one."""
    line = text[slice(*spans[n])]
    if n + 1 == len(spans) or len(line) > _HEADING_CHARS or "\n" in line or line[-1] in _ENDS:
        return False
    after = text[slice(*spans[n + 1])]
    return len(after) > len(line) and after[-1] in _ENDS


def _parts(text: str) -> Iterator[tuple[Span, PassageKind]]:
    """The headline, the date line and the paragraphs (or the rest of a paragraph that has one of the first two), in order."""
    head = find_head(text)
    known: list[tuple[Span, PassageKind]] = [(head.title, "title")] if head.title else []
    known += [(head.date, "date")] if head.date else []
    for start, end in paragraphs(text):
        for span, kind in sorted(known):
            if start <= span[0] < end:
                yield (start, span[0]), "body"
                yield span, kind
                start = span[1]
        yield (start, end), "body"


def paragraphs(text: str) -> Iterator[Span]:
    """Spans of the paragraphs between blank lines, without the white space around them."""
    start = 0
    while start < len(text):
        end = text.find("\n\n", start)
        end = len(text) if end < 0 else end
        if span := _trim(text, (start, end)):
            yield span
        start = end + 2


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Spans of the sentences of `text[start:end]`, without the white space around them, in order."""
    import sentencex

    spans: list[Span] = []
    for window_start, window_end in _windows(text, start, len(text) if end is None else end):
        position = window_start
        for sentence in sentencex.segment("en", text[window_start:window_end]):
            if span := _trim(text, (position, position + len(sentence))):
                if spans and _goes_on(text, spans[-1], span[0]):
                    span = (spans.pop()[0], span[1])
                spans.append(span)
            position += len(sentence)
    return spans


def _goes_on(text: str, before: Span, start: int) -> bool:
    """Whether what ends with an abbreviation goes on at `start`, on the same line."""
    if text[before[1] - 1] != "." or "\n" in text[before[1] : start]:
        return False
    tail = text[max(before[0], before[1] - 9) : before[1]]
    return bool(_TITLE.search(tail) or (_SHORTENED.search(tail) and not text[start].isupper()))


def _windows(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > _SENTENCE_WINDOW:
        cut = text.rfind(" ", start + _SENTENCE_WINDOW // 2, start + _SENTENCE_WINDOW)
        cut = start + _SENTENCE_WINDOW if cut < 0 else cut
        yield start, cut
        start = cut
    yield start, end


def _trim(text: str, span: Span) -> Span | None:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _fit(text: str, span: Span, count_tokens: TokenCounter, max_tokens: int) -> list[Span]:
    """The paragraph as one span if it fits, else as runs of sentences that do."""
    trimmed = _trim(text, span)
    if trimmed is None:
        return []
    start, end = trimmed
    if end - start <= MAX_CHARS and count_tokens([text[start:end]])[0] <= max_tokens:
        return [trimmed]
    pieces = _short_sentences(text, sentences(text, start, end), count_tokens, max_tokens)
    counts = count_tokens([text[s:e] for s, e in pieces])
    return _runs(pieces, counts, max_tokens)


def _short_sentences(text: str, spans: Sequence[Span], count_tokens: TokenCounter, max_tokens: int) -> list[Span]:
    """The sentences; those that are too long are halved between words (or letters) until they fit."""
    done: list[Span] = []
    while spans:
        counts = count_tokens([text[s:e] for s, e in spans])
        fits = [n <= max_tokens and e - s <= MAX_CHARS for (s, e), n in zip(spans, counts, strict=True)]
        done.extend(span for span, fit in zip(spans, fits, strict=True) if fit)
        spans = [half for span, fit in zip(spans, fits, strict=True) if not fit for half in _halves(text, span)]
    return sorted(done)


def _halves(text: str, span: Span) -> list[Span]:
    start, end = span
    middle = (start + end) // 2
    cut = text.rfind(" ", start + 1, middle + 1)
    cut = middle if cut < (start + middle) // 2 else cut
    return [half for half in (_trim(text, (start, cut)), _trim(text, (cut, end))) if half]


def _runs(pieces: Sequence[Span], counts: Sequence[int], max_tokens: int) -> list[Span]:
    """Group neighbouring sentences into runs that fit; a run starts with the last sentence of the run before if that fits.

    A run has at most the sum of its sentences' tokens, since no token spans two sentences.
    """
    bounds: list[tuple[int, int]] = []
    first = 0
    while first < len(pieces):
        last, total = first, counts[first]
        while (
            last + 1 < len(pieces)
            and total + counts[last + 1] <= max_tokens
            and pieces[last + 1][1] - pieces[first][0] <= MAX_CHARS
        ):
            last += 1
            total += counts[last]
        bounds.append((first, last))
        if last + 1 >= len(pieces):
            break
        overlaps = last > first and counts[last] + counts[last + 1] <= max_tokens
        overlaps = overlaps and pieces[last + 1][1] - pieces[last][0] <= MAX_CHARS
        first = last if overlaps else last + 1
    return [(pieces[a][0], pieces[b][1]) for a, b in bounds]

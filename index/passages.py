"""Article -> Passages: consecutive blocks under one heading, whole sentences, exact offsets, each within the embedder's limit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.article import Article, Block, Passage, PassageKind
from index.blocks import blocks_of
from index.heading import find_head
from index.sentences import sentences
from index.spans import Span, trimmed

PASSAGE_RULES = "3"
"""Version of the rules in this module; part of the library's fingerprint, so a change of the rules must change it."""

MAX_CHARS = 2_000
"""A passage is never longer, whatever the tokenizer says: WordPiece counts a megabyte without a space as one token."""

WIDE_TOKENS = 200
"""Blocks are joined up to so many tokens: a news paragraph is often one line, which says little without its neighbours. The
answering sentence is among the first eight passages of its article for 99.9 % of the written questions, of a library of 42
articles for 66 %; with a passage for each paragraph for 94 % and 60 % (`tests.benchmarks.recall`)."""

TokenCounter = Callable[[Sequence[str]], list[int]]


_HEAD_BLOCKS = 8
"""The headline, the date line and the byline are among so many blocks from the first."""

_SILENT_RUN = 3
"""More furniture in a row than this, such as a table of contents, belongs to no passage."""

_ABOVE = " › "
_MAX_OUTER = 80
"""An item of more characters is no heading of the list in it."""

_MOST_OUTER = 8
"""Lists nested deeper are one: each of their items would repeat all those around it."""


def split(article: Article, count_tokens: TokenCounter, max_tokens: int) -> tuple[Passage, ...]:
    """Cut an article into passages.

    The headline, the date line and other lines of the head are passages of their own. Consecutive blocks are one passage, up to
    `WIDE_TOKENS`; a heading begins another, and a list or table is kept whole if it fits. A block that does not fit is cut
    between sentences, and neighbouring passages share a sentence. A sentence that does not fit is cut between words. Furniture
    behind the head is in a passage only where little of it stands between other blocks.

    Args:
        article: the article; offsets count the characters of its `text`. If it has no blocks, they are found here.
        count_tokens: texts -> their token counts, not counting special tokens.
        max_tokens: the most tokens in a passage, not counting special tokens.
    """
    blocks = article.blocks or blocks_of(article.text)
    head, body = _head(article, blocks)
    cut = [
        _Cut(span, kind) for block, kind in head for span in _fit(article.text, _span(block), count_tokens, max_tokens)
    ]
    cut += _Joining(article.text, count_tokens, max_tokens).passages(body)
    version = article.content_hash[:12]
    return tuple(
        Passage(
            f"{article.id}-{version}-{n}",
            article.id,
            *one.span,
            article.text[slice(*one.span)],
            n,
            one.kind,
            one.heading,
            _silent(one, blocks),
            article.page_at(one.span[0]),
        )
        for n, one in enumerate(sorted(cut, key=lambda one: one.span))
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """A passage to be: its span, its kind, and the headings above it."""

    span: Span
    kind: PassageKind = "body"
    heading: str = ""


def _span(block: Block) -> Span:
    return block.start, block.end


def _head(article: Article, blocks: Sequence[Block]) -> tuple[list[tuple[Block, PassageKind]], list[Block]]:
    """The blocks of the head, each with the kind of its passage, and the other blocks."""
    found = find_head(article.text)
    head: list[tuple[Block, PassageKind]] = []
    body: list[Block] = []
    for n, block in enumerate(blocks):
        is_title = block.kind == "heading" and (
            _span(block) == found.title or article.text[block.start : block.end] == article.title
        )
        if n < _HEAD_BLOCKS and is_title and all(kind != "title" for _, kind in head):
            head.append((block, "title"))
        elif n < _HEAD_BLOCKS and _span(block) == found.date:
            head.append((block, "date"))
        elif n < _HEAD_BLOCKS and block.kind == "furniture" and (not body or _span(block) in found.lines):
            head.append((block, "byline"))
        else:
            body.append(block)
    if sum(kind == "byline" for _, kind in head) > _SILENT_RUN:
        head = [(block, kind) for block, kind in head if kind != "byline"]
    return head, body


def _silent(cut: _Cut, blocks: Sequence[Block]) -> tuple[Span, ...]:
    """What of a body passage is no evidence, as spans of the passage's text."""
    start, end = cut.span
    first = bisect_left(blocks, start, key=lambda block: block.end)
    found: list[Span] = []
    for n in range(first, len(blocks)):
        block = blocks[n]
        if block.start >= end or cut.kind != "body":
            break
        if block.kind in {"heading", "furniture"}:
            found.append((max(block.start, start) - start, min(block.end, end) - start))
    return tuple(found)


@dataclass(slots=True)
class _Joining:
    """Joins blocks to passages."""

    text: str
    count_tokens: TokenCounter
    max_tokens: int
    path: list[tuple[int, str]] = field(default_factory=list)
    counts: dict[Block, int] = field(default_factory=dict)

    def passages(self, blocks: Sequence[Block]) -> Iterator[_Cut]:
        """The passages of consecutive blocks."""
        texts = [self.text[b.start : b.end] if b.end - b.start <= MAX_CHARS else "" for b in blocks]
        self.counts = dict(zip(blocks, self.count_tokens(texts), strict=True))
        for section in _sections(self.text, blocks):
            own = [block for block in section if block.kind == "heading"]
            above = _ABOVE.join(name for level, name in self.path if not own or level < min(b.level or 2 for b in own))
            for block in own:
                level = block.level or 2
                self.path = [
                    *((n, name) for n, name in self.path if n < level),
                    (level, self.text[slice(*_span(block))]),
                ]
            inside = [name for _, name in self.path]
            outer = _outer_items(self.text, section)
            starts = [block.start for block in section]
            for span in self._joined(section):
                under = _ABOVE.join((*inside, *outer[bisect_right(starts, span[0]) - 1]))
                yield _Cut(span, heading=above if own and span[0] == section[0].start else under)

    def _joined(self, section: Sequence[Block]) -> Iterator[Span]:
        """Spans of blocks that fit together; those of a block that does not fit by itself."""
        spans = [_span(block) for block in section]
        counts = [self.counts[block] for block in section]
        groups = _groups(self.text, section)
        together: Span | None = None
        total = 0
        for n, (span, count) in enumerate(zip(spans, counts, strict=True)):
            fits = span[1] - span[0] <= MAX_CHARS and count <= self.max_tokens
            most = min(WIDE_TOKENS, self.max_tokens)
            if together is not None:
                # Tokens never span two blocks; a bullet between them is one.
                joins = fits and total + count + 1 <= most and span[1] - together[0] <= MAX_CHARS
                after_heading = section[n - 1].kind == "heading" and n > 0
                group = groups.get(n)
                if group and not after_heading:
                    whole = sum(counts[n:group]) + group - n
                    joins = joins and (total + whole <= most or whole > most)
                if joins:
                    together, total = (together[0], span[1]), total + count + 1
                    continue
                yield together
                together = None
            if fits:
                together, total = span, count
            else:
                yield from _fit(self.text, span, self.count_tokens, self.max_tokens)
        if together is not None:
            yield together


def _outer_items(text: str, blocks: Sequence[Block]) -> list[tuple[str, ...]]:
    """For each block, the items whose inner lists it stands in, outermost first: they are its headings."""
    found: list[tuple[str, ...]] = []
    path: list[Block] = []
    for block in blocks:
        path = [one for one in path if block.kind == "item" and one.level < block.level]
        names = [text[slice(*_span(one))] for one in path if one.end - one.start <= _MAX_OUTER]
        found.append(tuple(name.rstrip(":") for name in names))
        if block.kind == "item" and len(path) < _MOST_OUTER:
            path.append(block)
    return found


def _sections(text: str, blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Runs of blocks that begin with headings or have none, without furniture at their ends and without lines of the head."""
    section: list[Block] = []
    furniture: list[Block] = []
    has_body = False
    for block in blocks:
        if block.kind == "furniture":
            furniture.append(block)
            continue
        begins = block.kind == "heading" and has_body
        before = furniture[-1:] or section[-1:]
        apart = bool(before) and any(map(str.isalnum, text[before[0].end : block.start]))
        if begins or apart or len(furniture) > _SILENT_RUN:
            if section:
                yield section
            section, has_body = [], False
        elif section:
            section += furniture
            has_body = has_body or bool(furniture)
        furniture = []
        section.append(block)
        has_body = has_body or block.kind != "heading"
    if section:
        yield section


def _groups(text: str, blocks: Sequence[Block]) -> dict[int, int]:
    """Number of the first block of a list or table, with the line that introduces it -> the number behind its last."""
    close = ["\n\n" not in text[before.end : after.start] for before, after in pairwise(blocks)]
    found: dict[int, int] = {}
    first = 0
    for n, together in enumerate([*close, False], start=1):
        if not together:
            if n - first > 1:
                found[first] = n
            first = n
    return found


def _fit(text: str, span: Span, count_tokens: TokenCounter, max_tokens: int) -> list[Span]:
    """The paragraph as one span if it fits, else as runs of sentences that do."""
    whole = trimmed(text, span)
    if whole is None:
        return []
    start, end = whole
    if end - start <= MAX_CHARS and count_tokens([text[start:end]])[0] <= max_tokens:
        return [whole]
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
    cut = max(text.rfind(" ", start + 1, middle + 1), text.rfind("\n", start + 1, middle + 1))
    cut = middle if cut < (start + middle) // 2 else cut
    return [half for half in (trimmed(text, (start, cut)), trimmed(text, (cut, end))) if half]


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

"""What a loader gives -> an Article: canonical text with blocks, title, dates and authors, and a head that can be cited."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from index.article import Article, Block, article_id, content_hash
from index.blocks import are_blocks_of, blocks_of, put_together
from index.cleaning import clean
from index.errors import ArticleTooLargeError, EmptyArticleError, LoadError
from index.heading import Head, byline_author, find_head, parse_date
from index.loading.layout import laid_out, with_levels
from index.pieces import Loaded, Piece
from index.settings import IndexSettings

_MAX_TITLE = 300
_NAME_CHARS = 60
_HEAD_LINES = 6
_HEAD_CHARS = 1_000
_MIN_COMMON = 8
"""Two titles must share so many letters to be forms of the same one."""

_RAW_FACTOR = 4
"""A raw text longer than so many times the limit is refused before it is cleaned."""


def article_from(loaded: Loaded, source: str, settings: IndexSettings) -> Article:
    """Make an article of what a loader gives.

    The title is the one that the document states, else its headline, else its source's name. A stated title, author or date that
    does not stand at the head of the text is put there, so that it can be cited.

    Raises:
        EmptyArticleError: nothing is left to read after cleaning.
        ArticleTooLargeError: the text is over `max_article_chars`.
    """
    text, blocks = _canonical(loaded, source, settings)
    stated = replace(loaded, title=_stated_title(loaded.title, text))
    return _article(text, blocks, stated, source, settings)


def article_from_text(
    text: str, *, title: str = "", source: str = "", published: date | None = None, settings: IndexSettings
) -> Article:
    """Make an article from a text. An article's own text and attributes give the same article again.

    Args:
        text: the text, which is cleaned here.
        title: the headline; put at the head of the text unless it is there. Empty = the text's own, or its first words.
        source: a path, a URL or a name; decides the article's id. Empty = the text decides it.
        published: the publication date; put under the title unless the text has a date line. None = the text's own.
        settings: the settings with the limits.

    Raises:
        LoadError: `text` is not a string.
        EmptyArticleError: nothing is left to read after cleaning.
        ArticleTooLargeError: the text is over `max_article_chars`.
    """
    if not isinstance(text, str):
        raise LoadError(f"An article's text must be a string, not a {type(text).__name__}.")
    source = printable(source)
    loaded = Loaded(text=text, title="" if _same(title, _name(source)) else title, published=published)
    canonical, blocks = _canonical(loaded, source or title, settings)
    return _article(canonical, blocks, loaded, source, settings)


def article_again(article: Article, settings: IndexSettings) -> Article:
    """An article that a caller gives: the same if it is one that was made here, else one made from its text and attributes.

    Raises: as `article_from_text`.
    """
    _check(article)
    own = article.content_hash == content_hash(article.text) and article.id == article_id(article.source, article.text)
    fits = own and article.title == _one_line(article.title) != "" and len(article.text) <= settings.max_article_chars
    if fits and are_blocks_of(article.blocks, article.text):
        return article
    made = article_from_text(
        article.text, title=article.title, source=article.source, published=article.published, settings=settings
    )
    return replace(made, updated=article.updated, authors=article.authors or made.authors, site=article.site)


def _check(article: Article) -> None:
    """Raises LoadError if an attribute has another type than it says."""
    texts = (article.text, article.title, article.source, article.site, *article.authors)
    days = (article.published, article.updated)
    whole = all(isinstance(block, Block) for block in article.blocks)
    if not (
        all(isinstance(text, str) for text in texts)
        and all(day is None or isinstance(day, date) for day in days)
        and whole
    ):
        raise LoadError(
            f"The article {article.title!r} can't be added: its text, title, source, site and authors must be strings, its dates "
            "dates or None, and its blocks Blocks."
        )


def article_from_document(document: Any, settings: IndexSettings) -> Article:
    """Make an article from a llama-index Document (anything with `.text`, `.metadata` and `.id_`).

    The source is the first of file_path, source and url in the metadata, else the document's own id unless that is random.
    If the metadata has a "page_label", the source has it too: some readers give each page of a file as a document.

    Raises:
        LoadError: the document's text is not a string.
        EmptyArticleError: nothing is left to read after cleaning.
        ArticleTooLargeError: the text is over `max_article_chars`.
    """
    metadata = document.metadata if isinstance(document.metadata, dict) else {}

    def first(*keys: str) -> str:
        return next((str(metadata[key]) for key in keys if isinstance(metadata.get(key), (str, int, Path, date))), "")

    source = first("file_path", "source", "url") or _own_id(document)
    if source and (page := first("page_label", "page")):
        source = f"{source}#page={page}"
    return article_from_text(
        document.text,
        title=first("title"),
        source=source,
        published=parse_date(first("published", "date", "publish_date", "pubdate")),
        settings=settings,
    )


def printable(path: Path | str) -> str:
    r"""A path as text that can be stored and shown: bytes that are not UTF-8 become "\udcff" and the like."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _canonical(loaded: Loaded, label: str, settings: IndexSettings) -> tuple[str, tuple[Block, ...]]:
    """The canonical text with its blocks; `label` names it in messages."""
    label = label or "The text"
    raw = len(loaded.text) + sum(len(piece.text) for piece in loaded.pieces)
    if raw > _RAW_FACTOR * settings.max_article_chars:
        raise _too_large(label, raw, settings)
    if loaded.pieces:
        text, blocks = put_together(loaded.pieces)
    else:
        shown = laid_out(loaded.text)
        text = clean(shown)
        blocks = with_levels(blocks_of(text), text, shown)
    if not text:
        raise EmptyArticleError(
            f"{label} holds no text after cleaning: there is nothing to answer from. Check what is in it."
        )
    if len(text) > settings.max_article_chars:
        raise _too_large(label, len(text), settings)
    return text, blocks


def _article(text: str, blocks: tuple[Block, ...], loaded: Loaded, source: str, settings: IndexSettings) -> Article:
    """Make an article of a canonical text, with what the document states at its head.

    Without a stated title, the title is its headline, its source's name, or its first words.
    """
    title = _one_line(loaded.title)
    text, blocks = _with_head(text, blocks, title, loaded)
    if len(text) > settings.max_article_chars:
        raise _too_large(source or title or "The text", len(text), settings)
    head = _head(text, blocks)
    title = title or (text[slice(*head.title)] if head.title else "") or _name(source) or _first_words(text)
    return Article(
        text=text,
        title=title,
        source=source,
        published=loaded.published or head.published,
        blocks=blocks,
        updated=loaded.updated or head.updated,
        authors=loaded.authors or head.authors,
        site=loaded.site,
    )


def _with_head(text: str, blocks: tuple[Block, ...], title: str, loaded: Loaded) -> tuple[str, tuple[Block, ...]]:
    """The text with its blocks, with the title, the authors and the date put before it if its own head lacks them."""
    if title and not _begins_with(text, title):
        text, blocks = _inserted(text, blocks, 0, Piece("heading", title, 1))
    head = _head(text, blocks)
    # The title may stand there without looking like a headline ("It was enough.").
    end = head.title[1] if head.title else len(title) if title and text.startswith(f"{title}\n") else 0
    published = loaded.published
    if published is not None and head.date is None and not _begins_with(text, published.isoformat()):
        text, blocks = _inserted(text, blocks, end, Piece("furniture", published.isoformat()))
    byline = f"By {', '.join(loaded.authors)}"
    if loaded.authors and not _is_any(loaded.authors, head.author) and byline_author(byline):
        text, blocks = _inserted(text, blocks, end, Piece("furniture", byline))
    return text, blocks


def _head(text: str, blocks: tuple[Block, ...]) -> Head:
    """The head of a text, of which no row of a table or item of a list is a part."""
    head = find_head(text)
    data = [(block.start, block.end) for block in blocks if block.kind in {"row", "item"}]

    def told(span: tuple[int, int] | None) -> bool:
        return span is not None and any(start <= span[0] < end for start, end in data)

    if told(head.date):
        head = replace(head, date=None, published=None, updated=None)
    return replace(head, title=None) if told(head.title) else head


def _is_any(names: tuple[str, ...], author: str) -> bool:
    """Whether a byline names one of the authors."""
    return any(_folded(name) in _folded(author) for name in names)


def _inserted(text: str, blocks: tuple[Block, ...], place: int, piece: Piece) -> tuple[str, tuple[Block, ...]]:
    """The text with a piece as a paragraph of its own at a place between blocks."""
    line, _ = put_together([piece])
    if not line:
        return text, blocks
    before, after = text[:place].rstrip("\n"), text[place:].lstrip("\n")
    start = len(before) + 2 * bool(before)
    moved = start + len(line) + 2 * bool(after) - (len(text) - len(after))
    made = f"{before}{chr(10) * 2 * bool(before)}{line}{chr(10) * 2 * bool(after)}{after}"
    first = [block for block in blocks if block.end <= place]
    rest = [
        replace(block, start=block.start + moved, end=block.end + moved) for block in blocks if block.start >= place
    ]
    new = Block(start, start + len(line), piece.kind, piece.level, rest[0].page if rest else 0)
    return made, (*first, new, *rest)


def _begins_with(text: str, title: str) -> bool:
    """Whether a title or date is one of the first lines, or the title consists of the words that `_first_words` took."""
    lines = text[:_HEAD_CHARS].split("\n")[:_HEAD_LINES]
    return any(_same(line, title) for line in lines) or (title.endswith("…") and title == _first_words(text))


def _stated_title(title: str, text: str) -> str:
    """The title of a page's metadata, or the visible headline if one of the two is a part of the other."""
    head = find_head(text)
    if not title or not head.title:
        return title
    headline = text[slice(*head.title)]
    shorter, longer = sorted((_folded(headline), _folded(title)), key=len)
    return headline if len(shorter) >= _MIN_COMMON and shorter in longer else title


def _one_line(title: str) -> str:
    return " ".join(clean(title[: 4 * _MAX_TITLE]).split())[:_MAX_TITLE].strip()


def _name(source: str) -> str:
    """The title of an article that has no other: the name of its file, without suffix."""
    return _one_line(Path(source).stem) if source else ""


def _same(one: str, other: str) -> bool:
    """Whether two titles say the same, case, spaces and the shape of quotation marks aside."""
    return _folded(one) == _folded(other)


def _folded(title: str) -> str:
    plain = title.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"})
    return " ".join(plain.casefold().split())


def _first_words(text: str) -> str:
    dated = find_head(text).date
    body = text[dated[1] :].lstrip("\n") if dated and dated[0] == 0 else text
    line = (body or text).split("\n", 1)[0]
    if len(line) <= _NAME_CHARS:
        return line
    return f"{line[:_NAME_CHARS].rsplit(' ', 1)[0].rstrip()}…"


def _too_large(label: str, characters: int, settings: IndexSettings) -> ArticleTooLargeError:
    return ArticleTooLargeError(
        f"{label} has {characters:,} characters; the limit is {settings.max_article_chars:,}. "
        "Split it, or raise FOOTNOTE_MAX_ARTICLE_CHARS."
    )


def _own_id(document: Any) -> str:
    """The id of a document if its maker chose one; llama-index gives others a random UUID, new each time."""
    own = str(getattr(document, "id_", "") or "")
    try:
        UUID(own)
    except ValueError:
        return own
    return ""

"""Prints articles in a terminal: their text with its blocks, and what was understood of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assistant.core.errors import LoadError
from assistant.core.settings import Settings
from index.article import Article, Block
from index.blocks import blocks_of
from index.loading.describing import Understood, understood

_MARKS = {"row": "| ", "quote": "> ", "caption": "[caption] ", "note": "[note] ", "furniture": "[furniture] "}
_INDENT = "  "


def shown_article(article: Article) -> str:
    """The text of an article with its blocks: "#" before headings, bullets before items, "--- p. 12 ---" where a page begins."""
    return "".join(_pieces(article)).strip("\n")


def article_data(article: Article) -> dict[str, Any]:
    """An article with its text and its blocks, as JSON types."""
    blocks = article.blocks or blocks_of(article.text)
    return {**article.to_dict(), "text": article.text, "blocks": [asdict(block) for block in blocks]}


@dataclass(frozen=True, slots=True)
class ReadFirst:
    """Files that were read before they are added.

    Attributes:
        sources: what to add: articles, and each path that is none, or whose reason is found again when it is added.
        told: what was understood of each article.
        skipped: (path, reason) for the files in folders that are of no use.
    """

    sources: list[str | Article] = field(default_factory=list)
    told: list[Understood] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


def read_first(paths: Iterable[str], settings: Settings) -> ReadFirst:
    """Load the files at some paths, and in folders among them, so that it can be told what was understood of each."""
    from index.loading.files import find_files, load_with_notices

    read = ReadFirst()
    for path in paths:
        is_folder = Path(path).is_dir()
        try:
            files, skipped = find_files(Path(path)) if is_folder else ([Path(path)], [])
        except LoadError:
            files, skipped = [Path(path)], []
        read.skipped.extend(skipped)
        for file in files:
            name = str(file) if is_folder else path
            try:
                article, notices = load_with_notices(file, settings)
            except LoadError:
                read.sources.append(name)  # a link; or the reason is found again, and reported, when it is added
                continue
            read.sources.append(article)
            told = understood(article, notices, file.suffix.lower(), settings)
            read.told.append([("file", name), *told] if is_folder else told)
    return read


def _pieces(article: Article) -> Iterator[str]:
    end, page = 0, 0
    for block in article.blocks or blocks_of(article.text):
        gap = article.text[end : block.start]
        yield "\n\n" if "\n\n" in gap else "\n"
        if block.page and block.page != page:
            yield f"--- p. {block.page} ---\n\n"
        yield _block(block, article.text[block.start : block.end], "- " if gap.strip() else "")
        end, page = block.end, block.page


def _block(block: Block, text: str, bullet: str) -> str:
    if block.kind == "heading":
        return f"{'#' * max(block.level, 1)} {text}"
    if block.kind == "item":
        return f"{_INDENT * max(block.level - 1, 0)}{bullet}{text}"
    mark = _MARKS.get(block.kind, "")
    return "\n".join(f"{mark}{line}" for line in text.split("\n")) if block.kind == "quote" else f"{mark}{text}"

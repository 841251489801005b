"""The pages that a newcomer reads, and what is taken from them: fenced blocks, inline code, links, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
EXAMPLES = tuple(sorted((ROOT / "examples").glob("*.py")))

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CHECKED_ONLY = re.compile(r"<!-- checked only: (.+?) -->\n\Z")
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img\s[^>]*src=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page.

    Attributes:
        page: the file.
        line: of its first line of code, from 1.
        language: as the fence says.
        text: the code.
        checked_only: why it can't be run, as the comment `<!-- checked only: ... -->` above it says; "" = it is run.
    """

    page: Path
    line: int
    language: str
    text: str
    checked_only: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path, *languages: str) -> list[Block]:
    """The fenced blocks of a page in these languages, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        if match[1] in languages:
            why = _CHECKED_ONLY.search(text, 0, match.start())
            line = text.count("\n", 0, match.start()) + 2
            found.append(Block(page, line, match[1], match[2], why[1] if why else ""))
    return found


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def inline(page: Path) -> list[str]:
    """What stands between backticks in a page's prose."""
    return [match[1] for match in _INLINE.finditer(prose(page))]


def links(page: Path) -> list[str]:
    """Where a page's links and pictures lead."""
    return [match[1] or match[2] for match in _LINK.finditer(prose(page))]


def anchors(page: Path) -> set[str]:
    """The names of a page's headings in links, as code hosts make them."""
    headings = _HEADING.findall(prose(page))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def shell_lines(page: Path) -> Iterator[tuple[str, str]]:
    """Every shell command of a page with its place; comments and the output of consoles left out."""
    for block in blocks(page, "sh", "console"):
        for number, line in enumerate(block.text.splitlines(), block.line):
            if block.language == "console":
                if not line.startswith("$ "):
                    continue
                line = line.removeprefix("$ ")
            if line.strip():
                yield f"{page.relative_to(ROOT)}:{number}", line

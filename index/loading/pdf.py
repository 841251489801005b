"""PDF -> text: runs pypdf in a child process with limits of memory and time, and joins lines to paragraphs."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from index.boilerplate import is_boilerplate
from index.errors import ArticleTooLargeError, EmptyArticleError, UnreadableFileError
from index.heading import find_head, is_date_line
from index.loading.html import Page
from index.settings import IndexSettings

_ENDS_SENTENCE = re.compile(r"[.!?:。！？…][\"'”’)\]»]*$")
_BULLET = re.compile(r"(?:[-*•‣▪–—●○]|\(?[0-9]{1,3}[.)]|\(?[a-z][.)]) ")
_HYPHENATED = re.compile(r"([^\W\d_]+)[-‐\u00ad]$")
_WORD_WITH_HYPHEN = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"[0-9]+")
_PAGE_NUMBER = re.compile(r"(?:page |p\. ?|[-–—|] ?)?[0-9]{1,4}(?: ?(?:of|/) ?[0-9]{1,4})?(?: ?[-–—|])?", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"untitled|document ?[0-9]*$|microsoft word|\.(?:docx?|pdf|indd|qxd|tex|pptx?|xlsx?|rtf|html?|dvi|ps)$|[\\/]|^\S*$",
    re.IGNORECASE,
)
_HEAD_CHARS = 1_000
_HEAD_LINES = 15
"""A line that is only a date counts as one within the first so many lines; further down it may be part of a sentence."""

_EDGE_LINES = 2
_MIN_REPEATS = 3
_SHORT = 0.75
"""A line shorter than this share of the usual width may end a paragraph."""


def read_pdf(file: BinaryIO, name: str, settings: IndexSettings) -> Page:
    """The text of a PDF, and the title in its metadata.

    Args:
        file: the open file, which the child process reads.
        name: the file's name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: the file is encrypted, damaged, without pages, or over a limit of memory or time.
        EmptyArticleError: the file has no text, as with scanned pages.
        ArticleTooLargeError: the file has more text than the settings allow.
    """
    result = _run_child(file, name, settings)
    if "reason" in result:
        advice = f" Raise {result['setting']} to allow more." if "setting" in result else ""
        raise UnreadableFileError(f"{name} can't be read: {result['reason']}.{advice}")
    if result.get("too_long"):
        raise ArticleTooLargeError(
            f"{name} holds more than {settings.max_article_chars:,} characters. Split it, or raise FOOTNOTE_MAX_ARTICLE_CHARS."
        )
    pages = [_lines(str(page)) for page in result["pages"]]
    if not any(pages):
        raise EmptyArticleError(
            f"{name} holds no text: its {len(pages)} page(s) are probably scanned images. Run it through OCR and add the result."
        )
    text = "\n\n".join(join_lines(_without_furniture(pages)))
    return Page(text, _sensible(" ".join(str(result["title"]).split()), text))


def _sensible(title: str, text: str) -> str:
    """The title in the metadata, unless it is a file name, a single word, or left over from another document."""
    if _NO_TITLE.search(title):
        return ""
    stands_there = title.casefold() in text[:_HEAD_CHARS].casefold()
    return title if stands_there or find_head(text).title is None else ""


def _run_child(file: BinaryIO, name: str, settings: IndexSettings) -> dict[str, Any]:
    command = [
        sys.executable,
        "-P",  # The folder of the script holds modules of ours that must not hide the standard library's.
        str(Path(__file__).with_name("pdf_child.py")),
        str(settings.pdf_memory_mb),
        str(math.ceil(settings.pdf_seconds) + 1),
        str(2 * settings.max_article_chars),  # Cleaning may take away as much.
    ]
    try:
        done = subprocess.run(command, stdin=file, capture_output=True, timeout=settings.pdf_seconds, check=False)
    except subprocess.TimeoutExpired:
        return {"reason": f"reading it takes more than {settings.pdf_seconds:g} s", "setting": "FOOTNOTE_PDF_SECONDS"}
    except OSError as error:
        raise UnreadableFileError(f"{name} can't be read: no process for it could be started ({error}).") from error
    try:
        result = json.loads(done.stdout)
    except ValueError:
        return {
            "reason": f"reading it ended the process that tried (exit status {done.returncode}), probably out of memory or time"
        }
    return result if isinstance(result, dict) else {"reason": "its reader gave no result"}


def _lines(page: str) -> list[str]:
    """The lines of a page without the space around them; blank lines between others stay as ""."""
    lines = [" ".join(line.split()) for line in page.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def _without_furniture(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages without running heads, feet and page numbers: lines at an edge that recur, digits aside, on most pages."""
    edges = Counter(_masked(line) for page in pages for line in {*page[:_EDGE_LINES], *page[-_EDGE_LINES:]} if line)
    least = max(_MIN_REPEATS, len(pages) // 2)

    def is_furniture(line: str) -> bool:
        return edges[_masked(line)] >= least or bool(len(pages) > 1 and _PAGE_NUMBER.fullmatch(line))

    kept: list[list[str]] = []
    for page in pages:
        first, last = 0, len(page)
        while first < min(_EDGE_LINES, last) and (not page[first] or is_furniture(page[first])):
            first += 1
        while last > max(first, len(page) - _EDGE_LINES) and (not page[last - 1] or is_furniture(page[last - 1])):
            last -= 1
        kept.append(page[first:last])
    return kept


def _masked(line: str) -> str:
    """The line with all digits replaced by the same one, unless it has only digits, as a row of a table may."""
    return _DIGITS.sub("#", line) if _WORD.search(line) else line


def join_lines(pages: Sequence[Sequence[str]]) -> list[str]:
    """The lines of pages as paragraphs.

    A paragraph ends at a blank line, before a list item, and after a line that is short and either ends a sentence or is
    followed by a capital letter. At the end of a page it continues on the next one unless its last line ends a sentence.
    """
    lengths = sorted(len(line) for page in pages for line in page if line)
    width = lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
    words = Counter(word.lower() for page in pages for line in page for word in _WORD.findall(line))
    compounds = {word.lower() for page in pages for line in page for word in _WORD_WITH_HYPHEN.findall(line)}
    paragraphs: list[list[str]] = []
    before = ""
    for n, (number, line) in enumerate((number, line) for page in pages for number, line in enumerate(page)):
        if not line or is_boilerplate(line):
            # The first line of a page may continue the last line of the page before.
            before = before if number == 0 else ""
            continue
        alone = n < _HEAD_LINES and is_date_line(line)
        ends = _ENDS_SENTENCE.search(before) if number == 0 else _ends_paragraph(before, line, width)
        if not before or ends or alone or _BULLET.match(line):
            paragraphs.append([line])
        else:
            _append(paragraphs[-1], line, words, compounds)
        before = "" if alone else line
    return ["".join(parts) for parts in paragraphs]


def _ends_paragraph(before: str, after: str, width: int) -> bool:
    if not before or len(before) >= _SHORT * width:
        return not before
    return bool(_ENDS_SENTENCE.search(before)) or not (after[0].islower() or before[-1] in ",;-")


def _append(parts: list[str], line: str, words: Counter[str], compounds: set[str]) -> None:
    """Add a line to a paragraph. A hyphen between two halves of a word is removed, one between two words stays."""
    broken = _HYPHENATED.search(parts[-1])
    rest = _WORD.match(line)
    if broken is None or rest is None or not line[0].islower():
        parts.append(f" {line}")
        return
    left, right = broken.group(1).lower(), rest.group().lower()
    whole = words[left + right] > 0
    if not whole and (f"{left}-{right}" in compounds or (words[left] > 1 and words[right] > 1)):
        parts.append(line)
    else:
        parts[-1] = parts[-1][:-1]
        parts.append(line)

"""Writes an answer as Markdown with footnotes: each quote with its article, place and hash.

Text from an article, a file name or a question can't become a link, an image, HTML or other markup: every character that
could begin one is escaped. Line breaks become spaces, and bidirectional marks are removed; in these alone may a quote here
differ from the article. Its offsets say what was quoted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.core.answer import Answer, AnswerSentence, Citation
from assistant.page.events.inputs import without_reordering
from assistant.page.words import say

SourceOf = Callable[[str], str]
"""Article id -> the article's source; "" if it was removed."""

_MARKUP = re.compile(r"[\\`*_\[\]<&~$^]")
_ADDRESS = re.compile(r"\b(www)\.|(\w):(?=//)|\b(mailto|xmpp|javascript|data|tel):|@", re.IGNORECASE)
_BEGINNING = re.compile(r"[-+=:#>|]|\d+(?=[.)])")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")


def plain(text: str) -> str:
    """Escape a text as one line of Markdown that shows it as it is."""
    text = " ".join(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", without_reordering(text)).split())
    text = _MARKUP.sub(r"\\\g<0>", text)
    # Many viewers make links of bare addresses; an escaped character inside prevents it.
    text = _ADDRESS.sub(_broken, text)
    beginning = _BEGINNING.match(text)
    if beginning is None:
        return text
    end = beginning.end()
    return f"{text[:end]}\\{text[end:]}" if beginning[0].isdigit() else f"\\{text}"


def answer_as_markdown(answer: Answer, source_of: SourceOf, first: int = 1) -> str:
    """The answer's sentences and their footnotes; for a refusal its message, with the closest passages as footnotes.

    Between the two is the answer's notice, in italics.

    Args:
        answer: to be written.
        source_of: gives an article's source.
        first: number of the first footnote.
    """
    said, notes = answer_parts(answer, source_of, first)
    return "\n\n".join(part for part in (said, "\n".join(notes)) if part) + "\n"


def answer_parts(answer: Answer, source_of: SourceOf, first: int = 1) -> tuple[str, list[str]]:
    """The same in two parts: the text, and the footnotes, one for each citation."""
    numbers = {citation.number: first + n for n, citation in enumerate(answer.citations or answer.closest)}
    cited = {citation.number: citation for citation in answer.citations}
    if answer.status == "answered":
        said = "\n\n".join(_sentence(sentence, cited, numbers) for sentence in answer.sentences)
    elif answer.closest:
        markers = " ".join(f"[^{number}]" for number in numbers.values())
        said = f"{plain(answer.message)}\n\n{plain(say('export_closest'))} {markers}"
    else:
        said = plain(answer.message)
    if notice := answer.notice.strip():
        said += f"\n\n*{_inside(notice)}*"
    return said, [
        _footnote(numbers[citation.number], citation, source_of(citation.article_id))
        for citation in answer.citations or answer.closest
    ]


def _sentence(sentence: AnswerSentence, cited: dict[int, Citation], numbers: dict[int, int]) -> str:
    quoted = " … ".join(f"“{cited[number].quote}”" for number in sentence.citations if number in cited)
    # The footnotes have the quotes, so a sentence of key words and quotes is written as its key words alone.
    said = sentence.key if sentence.text == f"{sentence.key} — {quoted}" else sentence.text
    markers = "".join(f"[^{numbers[number]}]" for number in sentence.citations if number in numbers)
    return f"{_with_bold_key(said, sentence.key)}{markers}"


def _with_bold_key(said: str, key: str) -> str:
    head, found, tail = said.partition(key) if key else (said, "", "")
    # Markdown reads ** as bold only with letters right inside it and none right outside.
    bold = found and key[0].isalnum() and key[-1].isalnum() and not (head[-1:].isalnum() or tail[:1].isalnum())
    if not bold:
        return plain(said)
    before = f"{plain(head)} " if head.strip() and head[-1:].isspace() else plain(head)
    after = f" {_inside(tail)}" if tail[:1].isspace() and tail.strip() else _inside(tail)
    return f"{before}**{_inside(key)}**{after}"


def _inside(text: str) -> str:
    """As `plain`, for text that does not begin a line."""
    return plain(f"x{text}")[1:] if text.strip() else ""


def _footnote(number: int, citation: Citation, source: str) -> str:
    return f"[^{number}]: " + ", ".join(_places(citation, source))


def _places(citation: Citation, source: str) -> Iterator[str]:
    yield f"“{_inside(citation.quote)}” — *{_inside(citation.title or citation.article_id)}*"
    if source:
        yield _inside(source)
    key = "export_page" if citation.page else "export_place"
    yield say(key, page=citation.page, start=citation.start, end=citation.end)
    if citation.content_hash:
        yield say("export_hash", hash=_inside(citation.content_hash))
    if citation.stale:
        yield say("export_stale")


def _broken(found: re.Match[str]) -> str:
    """An address with one character escaped, so that no viewer makes a link of it."""
    whole = found[0]
    return f"{whole[:-1]}\\{whole[-1]}"

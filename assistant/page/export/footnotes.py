"""Writes an answer as Markdown with footnotes: each quote with its article, date, place and hash.

Text from an article, a file name or a question can't become a link, an image, HTML or other markup: every character that
could begin one is escaped. Line breaks become spaces, and bidirectional marks are removed; in these alone may a quote here
differ from the article. Its offsets say what was quoted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from assistant.core.answer import Answer, AnswerSentence, Citation
from assistant.page.events.inputs import without_reordering
from assistant.page.events.layout import is_listed, split_remarks, verdict_words
from assistant.page.words import say


class Origin(NamedTuple):
    """Where an article is from, as people are told.

    Attributes:
        source: its file's name or its address; "" if it was removed.
        date: its date of publication; "" if that is not known.
    """

    source: str = ""
    date: str = ""


OriginOf = Callable[[Citation], Origin]
"""A citation -> where its article is from."""

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


def answer_as_markdown(answer: Answer, origin_of: OriginOf, first: int = 1) -> str:
    """The answer's sentences and their footnotes; for a refusal its message, with the closest passages as footnotes.

    Between the two is the answer's notice, in italics.

    Args:
        answer: to be written.
        origin_of: says where a citation's article is from.
        first: number of the first footnote.
    """
    said, notes = answer_parts(answer, origin_of, first)
    return "\n\n".join(part for part in (said, "\n".join(notes)) if part) + "\n"


def answer_parts(answer: Answer, origin_of: OriginOf, first: int = 1) -> tuple[str, list[str]]:
    """The same in two parts: the text, and the footnotes, one for each citation."""
    numbers = {citation.number: first + n for n, citation in enumerate(answer.citations or answer.closest)}
    if answer.status == "answered":
        said = "\n\n".join(_laid_out(answer, numbers))
    elif answer.closest:
        markers = " ".join(f"[^{number}]" for number in numbers.values())
        said = f"{plain(answer.message)}\n\n{plain(say('export_closest'))} {markers}"
    else:
        said = plain(answer.message)
    if notice := answer.notice.strip():
        said += f"\n\n*{_inside(notice)}*"
    return said, [
        _footnote(numbers[citation.number], citation, origin_of(citation))
        for citation in answer.citations or answer.closest
    ]


def _laid_out(answer: Answer, numbers: dict[int, int]) -> Iterator[str]:
    """The paragraphs, lists and headings of an answer."""
    cited = {citation.number: citation for citation in answer.citations}
    if answer.verdict:
        yield plain(verdict_words(answer.verdict))
    for part, sentences in answer.laid_out():
        if part.heading:
            yield f"### {plain(part.heading)}"
        before, after = split_remarks(part)
        yield from (plain(remark.text) for remark in before)
        said = [_sentence(sentence, cited, numbers) for sentence in sentences]
        if is_listed(answer, len(said)):
            yield "\n".join(f"- {line}" for line in said)
        else:
            yield from said
        yield from (plain(remark.text) for remark in after)


def _sentence(sentence: AnswerSentence, cited: dict[int, Citation], numbers: dict[int, int]) -> str:
    quoted = " … ".join(f"“{cited[number].quote}”" for number in sentence.citations if number in cited)
    # The footnotes have the quotes, so a sentence of key words and quotes is written as its key words alone.
    words = ", ".join(sentence.keys)
    said = words if words and sentence.text == f"{words} — {quoted}" else sentence.text
    markers = "".join(f"[^{numbers[number]}]" for number in sentence.citations if number in numbers)
    return f"{_with_bold_keys(said, sentence.keys, plain)}{markers}"


def _with_bold_keys(said: str, keys: Sequence[str], escape: Callable[[str], str]) -> str:
    """A text with the answer's words in bold, each behind the one before it.

    Args:
        said: the text.
        keys: the words.
        escape: `plain` at the beginning of a line, else `_inside`.
    """
    if not keys:
        return escape(said)
    key = keys[0]
    head, found, tail = said.partition(key) if key else (said, "", "")
    # Markdown reads ** as bold only with letters right inside it and none right outside.
    bold = found and key[0].isalnum() and key[-1].isalnum() and not (head[-1:].isalnum() or tail[:1].isalnum())
    if not bold or (not head and escape is not plain):
        return _with_bold_keys(said, keys[1:], escape)
    before = f"{escape(head)} " if head.strip() and head[-1:].isspace() else escape(head)
    gap = " " if tail[:1].isspace() and tail.strip() else ""
    return f"{before}**{_inside(key)}**{gap}{_with_bold_keys(tail, keys[1:], _inside)}"


def _inside(text: str) -> str:
    """As `plain`, for text that does not begin a line."""
    return plain(f"x{text}")[1:] if text.strip() else ""


def _footnote(number: int, citation: Citation, origin: Origin) -> str:
    return f"[^{number}]: " + ", ".join(_places(citation, origin))


def _places(citation: Citation, origin: Origin) -> Iterator[str]:
    yield f"“{_inside(citation.quote)}” — *{_inside(citation.title or citation.article_id)}*"
    yield from (_inside(part) for part in (origin.date, origin.source) if part)
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

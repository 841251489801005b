"""E-books (.epub) -> pieces, chapter by chapter."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from html.entities import html5
from typing import TYPE_CHECKING, Any, BinaryIO

from index.loading.office.drafting import Draft
from index.loading.office.packages import Package, resolved
from index.pieces import Loaded

if TYPE_CHECKING:
    from index.settings import IndexSettings

_DC = "{http://purl.org/dc/elements/1.1/}"
_OPF = "{http://www.idpf.org/2007/opf}"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_TYPE = "{http://www.idpf.org/2007/ops}type"
_ENCRYPTED = "{http://www.w3.org/2001/04/xmlenc#}"
_FONT_LOCKS = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_NOTES = frozenset({"footnote", "endnote", "rearnote", "footnotes", "endnotes", "rearnotes"})
_LISTS = frozenset({"toc", "landmarks", "page-list", "loi", "lot", "index", "pagebreak"})
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,500}(?:\[[^\]]{0,5000}\]\s{0,99})?>", re.IGNORECASE)


def read_epub(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """The pieces of a book in reading order, without its contents pages; what is beside the main text comes last.

    Args:
        file: the open file.
        name: the file's name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: the file is copy-protected, damaged or no e-book.
        ArticleTooLargeError: it has more text than the settings allow.
    """
    package = Package(file, name, settings)
    with package.reading():
        _refuse_protected(package)
        member = next(package.xml("META-INF/container.xml").iter("{*}rootfile")).get("full-path", "")
        book = package.xml(member)
        draft = Draft(name, settings)
        chapters = _chapters(book, posixpath.dirname(member))
        for chapter in chapters:
            if chapter in package.names:
                draft.extend(_pieces(package.read(chapter), chapter, chapters))
            else:
                draft.notices.append(f"the chapter {chapter[:100]} is missing from the file")
        stated = {tag: [" ".join((e.text or "").split()) for e in found] for tag, found in _metadata(book).items()}
        loaded = draft.loaded()
        return replace(
            loaded,
            title=next(iter(stated["title"]), "") or loaded.title,
            published=next((day for text in stated["date"] if (day := _day(text))), None),
            authors=tuple(dict.fromkeys(filter(None, stated["creator"]))),
            site=next(iter(stated["publisher"]), ""),
        )


def _refuse_protected(package: Package) -> None:
    locks = package.optional("META-INF/encryption.xml")
    for method in () if locks is None else locks.iter(f"{_ENCRYPTED}EncryptionMethod"):
        if method.get("Algorithm") not in _FONT_LOCKS and method.getparent().tag == f"{_ENCRYPTED}EncryptedData":
            raise package.unreadable("it is copy-protected (DRM)", "Add a copy without protection, or another edition")


def _chapters(book: Any, folder: str) -> list[str]:
    """The members that hold the text, in reading order."""
    items = {item.get("id"): item for item in book.iter(f"{_OPF}item")}
    contents = {
        resolved(folder, reference.get("href", ""))
        for reference in book.iter(f"{_OPF}reference")
        if reference.get("type") == "toc"
    }
    found: list[tuple[bool, str]] = []
    for reference in book.iter(f"{_OPF}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in item.get("properties", "").split() or "html" not in item.get("media-type", "html"):
            continue
        member = resolved(folder, item.get("href", ""))
        if member not in contents:
            found.append((reference.get("linear") == "no", member))
    return list(dict.fromkeys(member for _, member in sorted(found, key=lambda one: one[0])))


def _metadata(book: Any) -> dict[str, list[Any]]:
    """The elements of the metadata that say who wrote the book, and when it came out."""
    roles = {
        meta.get("refines", "").lstrip("#"): (meta.text or "").strip()
        for meta in book.iter(f"{_OPF}meta")
        if meta.get("property") == "role"
    }
    found = {tag: list(book.iter(f"{_DC}{tag}")) for tag in ("title", "creator", "date", "publisher")}
    found["creator"] = [
        e for e in found["creator"] if e.get(f"{_OPF}role", roles.get(e.get("id", ""), "aut")) in {"aut", "edt"}
    ]
    events = {"publication", "original-publication"}
    found["date"] = [e for e in found["date"] if e.get(f"{_OPF}event", "publication") in events]
    return found


def _day(text: str) -> date | None:
    """A whole day; programs write the year 101 where they know none."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if day.year > 1400 else None


def _pieces(data: bytes, chapter: str, chapters: list[str]) -> Iterable[Any]:
    from lxml import etree

    from index.loading.html import pieces_of
    from index.loading.text import decode

    markup = decode(data, "a chapter", html=True)
    # XHTML is no HTML: in <title/> or <a id="p1"/>, an HTML parser never sees the end.
    plain = _ENTITY.sub(_character, _DOCTYPE.sub("", markup, count=1))
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(plain.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return pieces_of(markup)
    if _is_contents(root, posixpath.dirname(chapter), {*chapters} - {chapter}):
        return ()
    _mark(root)
    return pieces_of(etree.tostring(root, encoding="unicode", method="html"))


def _is_contents(root: Any, folder: str, others: set[str]) -> bool:
    """Whether a chapter has hardly more than links to the others."""
    body = root.find("{*}body")
    links = [] if body is None else list(body.iter("{*}a"))
    led = [link for link in links if resolved(folder, link.get("href", "")) in others]
    words = sum(len("".join(link.itertext()).split()) for link in led)
    return len(led) > 1 and words * 2 > len("".join(body.itertext()).split())


def _mark(root: Any) -> None:
    """Say in HTML's own terms what EPUB says in its own: notes, their marks, lists of contents."""
    for element in list(root.iter("{*}*")):
        if element.tag.startswith(_XHTML):
            element.tag = element.tag.removeprefix(_XHTML)
        kinds = set(element.get(_TYPE, "").split())
        if kinds & _NOTES:
            element.set("role", "doc-footnote")
        elif kinds & _LISTS and element.getparent() is not None:
            _remove(element)
        elif "noteref" in kinds and not _is_raised(element):
            element.tag = "sup"


def _is_raised(element: Any) -> bool:
    return any(str(e.tag).removeprefix(_XHTML) == "sup" for e in (*element.iter(), *element.iterancestors()))


def _remove(element: Any) -> None:
    parent, before = element.getparent(), element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)


def _character(match: re.Match[str]) -> str:
    return match.group() if match.group(1) in _XML_ENTITIES else html5.get(match.group(1), match.group())

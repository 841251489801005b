"""Small office documents and e-books, made with the formats' usual writers or zipped by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CHAPTER = (
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://127.0.0.1:9/xhtml11.dtd">'
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
    "<head><title/></head><body>{}</body></html>"
)
_NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing", "svg": "svg-compatible",
        "presentation": "presentation", "meta": "meta",
    }.items()
)  # fmt: skip


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip file with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return out.getvalue()


def members_of(data: bytes) -> dict[str, bytes]:
    """The members of a zip file, to change some and zip them again."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def saved(document: Any) -> bytes:
    """What the document's writer saves."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def docx_of(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A Word document of this body, which may use the prefix "w"; `parts` has other parts by the end of their type."""
    types = {kind: f"{kind}.xml" for kind in parts or {}}
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{base}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(types.items())
    )
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return zipped(
        {
            "_rels/.rels": f'{head}<Relationship Id="a" Type="{base}/officeDocument" Target="word/document.xml"/>'
            "</Relationships>",
            "word/_rels/document.xml.rels": f"{head}{relations}</Relationships>",
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
            **{
                f"word/{types[kind]}": content.replace(">", f' xmlns:w="{_W}">', 1)
                for kind, content in (parts or {}).items()
            },
        }
    )


def epub_of(
    chapters: Mapping[str, str], *, metadata: str = "", spine: str = "", more: Mapping[str, str] | None = None
) -> bytes:
    """A book of these chapters (file name -> what is in its body), in this order unless a spine is given."""
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in chapters)
    spine = spine or "".join(f'<itemref idref="{name}"/>' for name in chapters)
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OPS/book.opf"/></rootfiles></container>',
            "OPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>{metadata}</metadata>'
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
            **{f"OPS/{name}": _CHAPTER.format(body) for name, body in chapters.items()},
            **(more or {}),
        }
    )


def opendocument_of(kind: str, body: str, styles: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """An OpenDocument file whose body is of this kind: text, spreadsheet or presentation."""
    content = (
        f"<office:document-content {_NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    return zipped({"content.xml": content, **(more or {})})

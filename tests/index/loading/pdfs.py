"""Small PDFs, written by hand: sound ones and broken ones."""

from __future__ import annotations

import io
from collections.abc import Sequence

_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def pdf(objects: Sequence[bytes], *, info: bytes = b"") -> bytes:
    """A file of these objects, numbered from 1; the first is the catalogue."""
    out = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer<</Size %d/Root 1 0 R%b>>" % (len(objects) + 1, b"/Info" + info if info else b"")
    return out + b"xref\n0 %d\n0000000000 65535 f \n%b%b\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, trailer, len(out)
    )  # fmt: skip


def pdf_of_streams(streams: Sequence[bytes], *, filters: bytes = b"", title: str = "") -> bytes:
    """One page for each content stream."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(streams)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, len(streams)), _FONT]
    for n, stream in enumerate(streams):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % (5 + 2 * n)
        )
        objects.append(b"<<%b/Length %d>>stream\n%b\nendstream" % (filters, len(stream), stream))
    return pdf(objects, info=b"<</Title(%b)>>" % title.encode() if title else b"")


def pdf_of_pages(pages: Sequence[Sequence[str]], *, title: str = "") -> bytes:
    """One page for each list of lines; "" is a blank line."""
    streams = []
    for lines in pages:
        shown = b"".join(
            b"(%b) Tj T*\n" % line.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)") for line in lines
        )
        streams.append(b"BT /F1 10 Tf 12 TL 50 740 Td\n%bET" % shown)
    return pdf_of_streams(streams, title=title)


def encrypted(data: bytes, password: str) -> bytes:
    """The same PDF, protected; an empty password lets everybody read it."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()

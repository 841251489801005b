"""PDFs drawn by reportlab: text at given places, on pages of A4."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from index.loading.pdf import read_pdf
from index.pieces import Loaded, Piece
from index.settings import IndexSettings

Draw = Callable[[Any], None]

PROSE = (
    "The harbour of the town was built in three years by men who came from the islands, and it has kept its shape "
    "since then. Boats of every size lie there in winter, when the ice closes the sound and the ferries stop for weeks. "
    "Nobody knows who drew the plan, but the stones were cut by prisoners, and the light burnt oil until the war."
)


def drawn(*pages: Draw, title: str = "", author: str = "", password: str | None = None) -> bytes:
    """A PDF with a page for each function, which draws on a reportlab canvas. Points count from the bottom left."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    encrypt = None if password is None else StandardEncryption(password, ownerPassword="owner", canPrint=0, canCopy=0)
    canvas = Canvas(out, pagesize=A4, encrypt=encrypt, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines(
    canvas: Any,
    texts: Sequence[str],
    *,
    x: float = 72,
    y: float = 720,
    size: float = 11,
    font: str = "Helvetica",
    leading: float = 1.3,
) -> float:
    """Draw lines under each other; the place of the next one."""
    canvas.setFont(font, size)
    for text in texts:
        canvas.drawString(x, y, text)
        y -= leading * size
    return y


def wrapped(text: str, width: float, size: float = 11, font: str = "Helvetica") -> list[str]:
    """Lines filled as far as the words allow."""
    from reportlab.lib.utils import simpleSplit

    return list(simpleSplit(text, font, size, width))


def prose(number: int) -> str:
    """A text of its own for each number."""
    words = PROSE.split()
    turned = [*words[5 * number + 1 :], *words[: 5 * number + 1]]
    return f"Part {'abcdefgh'[number]} begins here. {' '.join(turned)} ends."


def flow(*flowables: Any) -> bytes:
    """A PDF of platypus flowables in one column."""
    from reportlab.platypus import SimpleDocTemplate

    out = io.BytesIO()
    SimpleDocTemplate(out, invariant=1).build(list(flowables))
    return out.getvalue()


def read(data: bytes, **limits: Any) -> Loaded:
    """What the loader makes of it."""
    return read_pdf(io.BytesIO(data), "file.pdf", IndexSettings.model_validate({"pdf_seconds": 60, **limits}))


def shown(loaded: Loaded) -> list[tuple[str, str]]:
    """Kind and text of each piece."""
    return [(piece.kind, piece.text) for piece in loaded.pieces]


def texts(loaded: Loaded, kind: str) -> list[str]:
    """The texts of the pieces of a kind."""
    return [piece.text for piece in loaded.pieces if piece.kind == kind]


def only(loaded: Loaded, kind: str) -> Piece:
    """The only piece of a kind."""
    (piece,) = (piece for piece in loaded.pieces if piece.kind == kind)
    return piece

"""What a loader gives: the pieces of a document in reading order, and what the document states about itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from index.article import BlockKind


@dataclass(frozen=True, slots=True)
class Piece:
    """A typed piece of a document, not yet cleaned.

    Attributes:
        kind: as in `Block`.
        text: the words that a reader sees, in one line; only verse and preformatted text have line ends. An item has no bullet,
            but keeps its number ("3. "). Raised marks are raised digits ("1,200⁴") or letters in brackets ("Bicycle[b]"), a power
            is "10^6", a lowered digit is plain ("CO2"), and so is one raised after a unit ("m2").
        level: depth of a heading or an item, from 1; 0 = it has none.
        page: page, slide or sheet of the document, from 1; 0 = it has none.
        group: pieces with the same number, not 0, that follow each other are set without a blank line between them: the items of
            one list with the line that introduces it, the rows of one table with its caption.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int = 0
    group: int = 0


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document as its loader understood it.

    Attributes:
        pieces: its pieces, in reading order; the headline stands among them where it is shown.
        title: the title that the document states in its metadata, or shows; may be empty.
        published: the publication date that it states; None = none, or less than a whole day.
        updated: the date of its last change that it states; None as above.
        authors: the names of its authors, without "By" and offices.
        site: the name of its site, newspaper or institution; may be empty.
        text: a plain text, whose pieces are found when it is cleaned; only if there are no `pieces`.
        notices: what a user should know about how it was read, such as "3 pages were read from pictures".
    """

    pieces: tuple[Piece, ...] = ()
    title: str = ""
    published: date | None = None
    updated: date | None = None
    authors: tuple[str, ...] = ()
    site: str = ""
    text: str = ""
    notices: tuple[str, ...] = ()

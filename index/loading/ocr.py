"""Pictures of text -> words with their places (OCR), and picture files (.png, .jpg, .tiff, .webp) -> pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO

from index.errors import UnreadableFileError
from index.loading.ocr_layout import Word, layout
from index.pieces import Loaded, Piece
from index.settings import IndexSettings

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray
    from PIL.Image import Image

_THREADS = 2
_MAX_PIXELS = 80_000_000
"""An A3 page at 600 dpi has 70 million."""

_MAX_PAGES = 100
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")
_TALL = 2.2
"""A picture so many times as high as wide is read in parts: as a whole it would be shrunk until its letters can't be told."""

_MIN_SIDE = 8
_MAX_SIDE = 2_400
_MIN_BAND = 1_000
_SURE = 0.85
"""A page whose letters are less sure than this may stand on its head; then they are at 0.7, upright ones at 0.95 or more."""

_LOCK = Lock()


def available() -> bool:
    """Whether pictures can be read: it takes the extra "ocr"."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read_picture(pixels: NDArray[uint8]) -> list[Word]:
    """The words in a picture, line by line as they were found: not in reading order if it has columns.

    Args:
        pixels: the picture, shape (height, width, 3), red, green and blue from 0 to 255.
    """
    return [word for _, words in _lines(pixels) for word in words]


def read_image(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """Read a picture of text: its columns in reading order, as headings, paragraphs and rows of tables.

    Args:
        file: the picture.
        name: its name, for messages.
        settings: not used: a picture is bounded by its pixels.

    Raises:
        UnreadableFileError: it is damaged, no picture, too large, or the extra "ocr" isn't installed.
    """
    if not available():
        raise UnreadableFileError(
            f'{name} is a picture, and reading text from pictures isn\'t installed: pip install "footnote[ocr]".'
        )
    pieces: list[Piece] = []
    cut = False
    for page, pixels in _pages(file, name):
        cut = page > _MAX_PAGES
        if not cut:
            pieces += layout(_upright_lines(pixels), page)
    notices = ("read from a picture", *([f"only its first {_MAX_PAGES} pages were read"] if cut else []))
    title = next((piece.text for piece in pieces[:3] if piece.kind == "heading"), "")
    return Loaded(pieces=tuple(pieces), title=title, notices=notices)


def _pages(file: BinaryIO, name: str) -> Iterator[tuple[int, NDArray[uint8]]]:
    """(number, pixels) of each page, up to one more than are read; the number is 0 if there is but one."""
    from PIL import Image

    try:
        with Image.open(file, formats=_FORMATS) as image:
            pages = min(getattr(image, "n_frames", 1), _MAX_PAGES + 1) if image.format == "TIFF" else 1
            for page in range(pages):
                if pages > 1:
                    image.seek(page)
                if image.width * image.height > _MAX_PIXELS:
                    raise Image.DecompressionBombError
                yield page + 1 if pages > 1 else 0, _pixels(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableFileError(
            f"{name} has over {_MAX_PIXELS:,} pixels. Save it smaller: 300 dots per inch are enough."
        ) from None
    except UnreadableFileError:
        raise
    except Exception as error:  # Pillow's readers raise all kinds of errors for damaged files.
        raise UnreadableFileError(
            f"{name} is no whole picture ({type(error).__name__}). Save it again as .png."
        ) from error


def _pixels(image: Image) -> NDArray[uint8]:
    import numpy as np
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):
        # More than 8 bits a pixel, which plain conversion cuts off.
        deep = np.asarray(image, dtype=np.float64)
        image = Image.fromarray((deep * (255 / max(float(deep.max()), 1.0))).clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return np.asarray(image.convert("RGB"))


def _upright_lines(pixels: NDArray[uint8]) -> list[Word]:
    """The lines of a page, which may have been put into the scanner upside down."""
    lines = [line for line, _ in _lines(pixels)]
    if not lines or _sureness(lines) > _SURE:
        return lines
    turned = [line for line, _ in _lines(pixels[::-1, ::-1])]
    return max(lines, turned, key=_sureness)


def _sureness(lines: Sequence[Word]) -> float:
    """The mean confidence of a letter."""
    letters = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / max(letters, 1)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    settings = {
        "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Global.log_level": "critical",
        "Global.return_word_box": True,
        # The part that turns lines which stand on their head also turns some that don't.
        "Global.use_cls": False,
        # Lines are found in a smaller picture and read in the whole one: as good, with less memory.
        "Global.max_side_len": _MAX_SIDE,
        "Det.limit_type": "max",
        "Det.limit_side_len": 1344,
        "Rec.rec_batch_num": 3,
    }
    return RapidOCR(params=settings)


def _lines(pixels: NDArray[uint8]) -> list[tuple[Word, list[Word]]]:
    """Each line that is found, whole and as its words."""
    return [line for top, band in _bands(pixels) if _has_room(band) for line in _lines_of(band, top)]


def _has_room(pixels: NDArray[uint8]) -> bool:
    """Whether a line is high enough to be read, also after the picture is shrunk to the engine's limit."""
    short, long = sorted(pixels.shape[:2])
    return bool(short >= _MIN_SIDE and short * _MAX_SIDE >= 3 * _MIN_SIDE * long)


def _lines_of(pixels: NDArray[uint8], top: int) -> Iterator[tuple[Word, list[Word]]]:
    with _LOCK:
        found = _engine()(pixels[:, :, ::-1])
    if not found.txts:
        return
    spelled = found.word_results if len(found.word_results) == len(found.txts) else [()] * len(found.txts)
    for text, score, box, parts in zip(found.txts, found.scores, found.boxes, spelled, strict=True):
        text = " ".join(text.split())
        line = _word(text, box, float(score), top)
        yield (
            line,
            _split(line, [_word(part, place, float(sure), top) for part, sure, place in parts if place is not None]),
        )


def _bands(pixels: NDArray[uint8]) -> Iterator[tuple[int, NDArray[uint8]]]:
    """(upper edge, part) of a tall picture, cut between lines: where a row of pixels is most even."""
    height, width = pixels.shape[:2]
    top, step = 0, max(int(1.5 * width), _MIN_BAND)
    while height > _TALL * width and height - top > step:
        near = pixels[top + step // 2 : top + step].std(axis=(1, 2))
        # The last of the most even rows, so that the parts are few.
        end = top + step - int(near[::-1].argmin())
        yield top, pixels[top:end]
        top = end
    yield top, pixels[top:]


def _word(text: str, box: Any, confidence: float, top: int) -> Word:
    across, down = [float(x) for x, _ in box], [float(y) + top for _, y in box]
    return Word(text, min(across), min(down), max(across), max(down), confidence)


def _split(line: Word, parts: list[Word]) -> list[Word]:
    """The words of a line between its spaces, placed by those that the reader gives, which may be single letters."""
    words: list[Word] = []
    if "".join(part.text for part in parts).replace(" ", "") != line.text.replace(" ", ""):
        parts, step = [], (line.x1 - line.x0) / max(len(line.text), 1)
        for found in re.finditer(r"\S+", line.text):
            left, right = line.x0 + found.start() * step, line.x0 + found.end() * step
            words.append(Word(found.group(), left, line.y0, right, line.y1, line.confidence))
        return words
    rest = iter(parts)
    for text in line.text.split():
        taken: list[Word] = []
        while sum(len(part.text.replace(" ", "")) for part in taken) < len(text) and (part := next(rest, None)):
            taken.append(part)
        if taken:
            box = (
                min(w.x0 for w in taken),
                min(w.y0 for w in taken),
                max(w.x1 for w in taken),
                max(w.y1 for w in taken),
            )
            words.append(Word(text, *box, min(w.confidence for w in taken)))
    return words

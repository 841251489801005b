"""Pictures of text are read in reading order, by models that come with the package; without it the remedy is told."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import time
import zlib
from contextlib import suppress
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from index.errors import LoadError, UnreadableFileError
from index.loading import ocr
from index.loading.ocr import Word, read_image, read_picture
from index.loading.ocr_layout import layout
from index.settings import IndexSettings

Image = pytest.importorskip("PIL.Image", reason="pictures are made with Pillow")

_SETTINGS = IndexSettings()
needs_ocr = pytest.mark.skipif(not ocr.available(), reason='the extra "ocr" is not installed')

_LEFT = "The ferry to Korpo carried 41,000 cars last year, said Anna Berg of the harbour office. It was the most since 2004."
_RIGHT = (
    "The council wants a second ferry by 2027, but the state has promised only 1.2 million euros for all the islands."
)


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _drawn(columns: list[str], title: str = "Ferries carry record numbers") -> Image.Image:
    from PIL import ImageDraw, ImageFont

    image = Image.new("RGB", (60 + 620 * len(columns), 130 + 42 * len(_wrapped(columns[0], 34)) + 60), "white")
    pen = ImageDraw.Draw(image)
    pen.text((50, 30), title, fill="black", font=ImageFont.load_default(size=54))
    for n, column in enumerate(columns):
        for row, line in enumerate(_wrapped(column, 34)):
            pen.text((50 + 620 * n, 130 + 42 * row), line, fill="black", font=ImageFont.load_default(size=30))
    return image


def _saved(image: Image.Image, kind: str, **how: object) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, kind, **how)
    file.seek(0)
    return file


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


@needs_ocr
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_two_columns_are_read_one_after_the_other_under_the_headline(kind: str) -> None:
    loaded = read_image(_saved(_drawn([_LEFT, _RIGHT]), kind), "scan", _SETTINGS)
    assert [piece.kind for piece in loaded.pieces] == ["heading", "paragraph", "paragraph"]
    assert loaded.title == "Ferries carry record numbers"
    assert _alike(loaded.pieces[1].text, _LEFT) > 0.98
    assert _alike(loaded.pieces[2].text, _RIGHT) > 0.98
    assert loaded.notices == ("read from a picture",)


@needs_ocr
def test_pictures_that_lie_on_their_side_or_head_are_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    side = read_image(
        _saved(_drawn([_LEFT]).rotate(90, expand=True), "JPEG", exif=exif, quality=95), "photo.jpg", _SETTINGS
    )
    head = read_image(_saved(_drawn([_LEFT]).rotate(180), "PNG"), "scan.png", _SETTINGS)
    for loaded in (side, head):
        assert _alike(" ".join(piece.text for piece in loaded.pieces[1:]), _LEFT) > 0.98


@needs_ocr
def test_pages_of_a_tiff_and_what_is_seen_through() -> None:
    clear = Image.new("RGBA", _drawn([_LEFT]).size, (0, 0, 0, 0))
    clear.paste(_drawn([_LEFT]), mask=_drawn([_LEFT]).convert("L").point(lambda value: 255 - value))
    assert (
        _alike(" ".join(p.text for p in read_image(_saved(clear, "PNG"), "a.png", _SETTINGS).pieces[1:]), _LEFT) > 0.98
    )
    pages = _saved(_drawn([_LEFT]), "TIFF", save_all=True, append_images=[_drawn([_RIGHT])])
    loaded = read_image(pages, "scan.tif", _SETTINGS)
    assert [piece.page for piece in loaded.pieces] == [1, 1, 2, 2]
    assert _alike(loaded.pieces[3].text, _RIGHT) > 0.98


@pytest.mark.system
@needs_ocr
def test_tall_pictures_are_not_shrunk() -> None:
    loaded = read_image(_saved(_drawn([" ".join([_LEFT] * 10)]), "PNG"), "screen.png", _SETTINGS)
    assert _alike(" ".join(piece.text for piece in loaded.pieces[1:]), " ".join([_LEFT] * 10)) > 0.98


@needs_ocr
def test_words_lie_where_they_are_drawn() -> None:
    import numpy as np

    words = read_picture(np.asarray(_drawn([_LEFT])))
    found = {word.text: word for word in words}
    assert 40 < found["Ferries"].x0 < 60 < found["carry"].x0 < found["record"].x0
    assert found["41,000"].y0 > 130
    assert all(word.confidence > 0.5 and word.x0 < word.x1 and word.y0 < word.y1 for word in words)


@pytest.mark.system
@needs_ocr
def test_nothing_is_downloaded() -> None:
    code = (
        "import socket, sys, numpy as np\n"
        "def refused(*_, **__): raise SystemExit('a socket was opened')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refused\n"
        "from index.loading.ocr import read_picture\n"
        "from PIL import Image\n"
        "print(' '.join(word.text for word in read_picture(np.asarray(Image.open(sys.stdin.buffer)))))\n"
    )
    folder = str(Path(ocr.__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=_saved(_drawn([_LEFT]), "PNG").read(),
        capture_output=True,
        cwd=folder,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode()
    assert b"41,000 cars" in run.stdout


@needs_ocr
@pytest.mark.parametrize("size", [(300, 200), (3, 3), (9, 9), (8, 30_000), (30_000, 8)])
def test_an_empty_picture_has_no_pieces(size: tuple[int, int]) -> None:
    assert read_image(_saved(Image.new("L", size, 255), "PNG"), "a.png", _SETTINGS).pieces == ()


def test_without_the_extra_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(UnreadableFileError, match=r'pip install "footnote\[ocr\]"'):
        read_image(_saved(Image.new("L", (30, 20)), "PNG"), "a.png", _SETTINGS)


def _bomb() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1_000_000)))
        + chunk(b"IEND", b"")
    )


@needs_ocr
def test_hostile_and_damaged_pictures_are_refused_in_time() -> None:
    with pytest.raises(UnreadableFileError, match="pixels"):
        read_image(io.BytesIO(_bomb()), "bomb.png", _SETTINGS)
    with pytest.raises(UnreadableFileError, match="no whole picture"):
        read_image(io.BytesIO(b"GIF89a no picture"), "a.png", _SETTINGS)
    begun = time.process_time()
    chance = random.Random(3)
    for kind in ("PNG", "JPEG", "TIFF", "WEBP"):
        whole = _saved(Image.new("RGB", (64, 48), "white"), kind).read()
        for n in range(30):
            data = bytearray(whole[: chance.randrange(len(whole))] if n % 3 == 0 else whole)
            for _ in range(n // 5):
                if data:
                    data[chance.randrange(len(data))] = chance.randrange(256)
            with suppress(LoadError):
                read_image(io.BytesIO(bytes(data)), "a", _SETTINGS)
    assert time.process_time() - begun < 120


def _line(text: str, x: float, y: float, height: float = 20.0) -> Word:
    return Word(text, x, y, x + 10 * len(text), y + height, 0.99)


def test_cells_beside_each_other_are_rows() -> None:
    cells = [("Place", "2021", "2023"), ("Korpo", "214", "201"), ("Nagu", "98", "102")]
    lines = [_line(text, 200.0 * n, 40.0 * row) for row, texts in enumerate(cells) for n, text in enumerate(texts)]
    assert [(piece.kind, piece.text) for piece in layout(lines)] == [
        ("row", "Place, 2021, 2023"),
        ("row", "Korpo: 2021 214, 2023 201"),
        ("row", "Nagu: 2021 98, 2023 102"),
    ]


def test_words_cut_at_line_ends_are_joined_as_the_page_spells_them() -> None:
    lines = [
        _line("The well-known ferry and the har-", 0, 0),
        _line("bour are well-", 0, 24),
        _line("known, it is said here.", 0, 48),
    ]
    assert [piece.text for piece in layout(lines)] == [
        "The well-known ferry and the harbour are well-known, it is said here."
    ]


def test_paragraphs_end_at_space_and_at_indents() -> None:
    lines = [
        _line(f"line {n} of the text in full", 40 if n == 3 else 0, 24.0 * n + (60 if n > 5 else 0)) for n in range(8)
    ]
    assert [piece.text.count("line") for piece in layout(lines)] == [3, 3, 2]


def test_a_headline_is_known_by_the_width_of_its_letters_too() -> None:
    head = Word("Annual Water Report", 148, 85, 667, 133, 0.97)
    text = "The water level fell by twelve centimetres in the northern basin during 2023 while"
    lines = [Word(text, 145, 149 + 44 * n, 1410, 186 + 44 * n, 0.99) for n in range(4)]
    assert [piece.kind for piece in layout([head, *lines])] == ["heading", "paragraph"]
    loud = Word(text.upper(), 145, 105, 1410 + 380, 142, 0.99)
    assert [piece.kind for piece in layout([loud, *lines])] == ["paragraph"]

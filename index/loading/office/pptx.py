"""PowerPoint presentations (.pptx) -> pieces, slide by slide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from index.loading.office.boxes import Box, in_reading_order
from index.loading.office.drafting import Draft, label, raised
from index.loading.office.packages import Package
from index.loading.row_texts import Across
from index.pieces import Loaded

if TYPE_CHECKING:
    from index.settings import IndexSettings

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_NUMBER_FORMS = {"alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman"}


def read_pptx(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """The pieces of a presentation: each slide's title, text, tables, charts and notes; hidden slides are left out.

    Args:
        file: the open file.
        name: the file's name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: the file is encrypted, damaged or no presentation.
        ArticleTooLargeError: it has more text than the settings allow.
    """
    package = Package(file, name, settings)
    with package.reading():
        package.refuse_entities()
        from pptx import Presentation

        presentation = Presentation(BytesIO(package.data))
        draft = Draft(name, settings)
        running = _running(presentation.slides)
        for number, slide in enumerate(presentation.slides, 1):
            if slide._element.get("show") not in {"0", "false"}:
                draft.page = number
                _slide(slide, draft, {*running, str(number)})
        properties = presentation.core_properties
        return draft.loaded(properties.title or "", [properties.author or ""])


def _running(slides: Iterable[Any]) -> set[str]:
    """The texts of the boxes that stand on most slides at the same place, as feet do."""
    found = [
        {(s.left, s.top, s.text_frame.text) for s in slide.shapes if s.has_text_frame and not s.is_placeholder}
        for slide in slides
    ]
    times = Counter(box for boxes in found for box in boxes)
    return {text for (*_, text), count in times.items() if count > 2 and 2 * count > len(found)}


def _slide(slide: Any, draft: Draft, running: set[str]) -> None:
    title = slide.shapes.title
    if title is not None:
        text = " ".join(_text(paragraph) for paragraph in title.text_frame.paragraphs)
        if draft.shown:
            draft.add("heading", text, 1)
        else:
            draft.title(text)
    rest = [s for s in slide.shapes if title is None or s.shape_id != title.shape_id]
    _shapes([s for s in rest if not (s.has_text_frame and s.text_frame.text.strip() in running)], slide, draft)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        for paragraph in notes.paragraphs:
            draft.add("note", _text(paragraph))


def _shapes(shapes: Iterable[Any], slide: Any, draft: Draft) -> None:
    shown = [shape for shape in shapes if _is_shown(shape)]
    for shape in in_reading_order(shown, _box):
        if hasattr(shape, "shapes"):
            _shapes(shape.shapes, slide, draft)
        elif getattr(shape, "has_table", False):
            _table(shape.table, draft)
        elif getattr(shape, "has_chart", False):
            _chart(shape.chart, draft)
        elif shape.has_text_frame:
            _frame(shape, slide, draft)
        else:
            _diagram(shape, slide, draft)


def _diagram(shape: Any, slide: Any, draft: Draft) -> None:
    """The words of SmartArt, which is kept in a part of its own."""
    from lxml import etree

    for part in shape._element.xpath(".//*[local-name()='relIds']/@*[local-name()='dm']"):
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        for paragraph in etree.fromstring(slide.part.related_part(part).blob, parser).iter(f"{_A}p"):
            draft.add("item", _words(paragraph), 1)


def _box(shape: Any) -> Box:
    return (shape.left or 0, shape.top or 0, shape.width or 0, shape.height or 0)


def _is_shown(shape: Any) -> bool:
    """Whether a shape is visible, and no date, foot or slide number."""
    from pptx.enum.shapes import PP_PLACEHOLDER as KINDS

    marked = next(iter(shape._element.xpath(".//p:cNvPr/@hidden")), "0")
    if marked in {"1", "true"}:
        return False
    kinds = {KINDS.DATE, KINDS.FOOTER, KINDS.SLIDE_NUMBER, KINDS.HEADER}
    return not (shape.is_placeholder and shape.placeholder_format.type in kinds)


def _frame(shape: Any, slide: Any, draft: Draft) -> None:
    bulleted = _has_bullets(shape, slide)
    counts: dict[int, int] = {}
    for paragraph in shape.text_frame.paragraphs:
        text = _text(paragraph).strip()
        if not text:
            continue
        level = paragraph.level
        properties = paragraph._p.find(f"{_A}pPr")
        marks = set() if properties is None else {child.tag for child in properties}
        number = None if properties is None else properties.find(f"{_A}buAutoNum")
        counts = {
            depth: count for depth, count in counts.items() if depth < level or (depth == level and number is not None)
        }
        if number is not None:
            counts[level] = counts.get(level, int(number.get("startAt", "1")) - 1) + 1
            form = number.get("type", "arabicPeriod")
            sign = ")" if "Paren" in form else "."
            text = f"{label(counts[level], _NUMBER_FORMS.get(form[:7], 'decimal'))}{sign} {text}"
        listed = number is not None or f"{_A}buChar" in marks or (bulleted and f"{_A}buNone" not in marks)
        draft.add("item" if listed else "paragraph", text, level + 1 if listed else 0)


def _has_bullets(shape: Any, slide: Any) -> bool:
    """Whether the paragraphs of a placeholder have bullets where they state nothing."""
    from pptx.enum.shapes import PP_PLACEHOLDER as KINDS

    if not shape.is_placeholder or shape.placeholder_format.type not in {KINDS.BODY, KINDS.OBJECT}:
        return False
    index = shape.placeholder_format.idx
    layout = [p for p in slide.slide_layout.placeholders if p.placeholder_format.idx == index]
    return not any(p._element.xpath(".//a:lstStyle/a:lvl1pPr/a:buNone") for p in (shape, *layout))


def _text(paragraph: Any) -> str:
    return _words(paragraph._p)


def _words(paragraph: Any) -> str:
    """The words of a paragraph without struck-out ones."""
    text = ""
    for run in paragraph:
        kind = run.tag.removeprefix(_A)
        if kind == "br":
            text += " "
        elif kind in {"r", "fld"}:
            properties = run.find(f"{_A}rPr")
            words = run.findtext(f"{_A}t") or ""
            if properties is None:
                text += words
            elif properties.get("strike", "noStrike") == "noStrike":
                text += raised(text, words) if _is_raised(properties.get("baseline", "0")) else words
    return text


def _is_raised(baseline: str) -> bool:
    return baseline.rstrip("%").isdecimal() and int(baseline.rstrip("%")) > 0


def _table(table: Any, draft: Draft) -> None:
    width = len(table.columns)
    rows: list[list[str]] = []
    for row in table.rows:
        draft.spend(width)
        rows.append([" ".join(map(_text, cell.text_frame.paragraphs)) for cell in row.cells])
    for n, row in enumerate(table.rows):
        for m, cell in enumerate(row.cells):
            if cell.is_merge_origin:
                # A line across the whole table stands above no column.
                across = 1 if cell.span_width >= width else cell.span_width
                rows[n][m] = Across(rows[n][m]) if across > 1 else rows[n][m]
                for below in range(n, min(n + cell.span_height, len(rows))):
                    for right in range(m, min(m + across, len(rows[below]))):
                        rows[below][right] = rows[n][m]
    draft.table(rows, 1 if table.first_row else None)


def _chart(chart: Any, draft: Draft) -> None:
    """The numbers that a chart shows, as far as the file has them beside the picture."""
    if chart.has_title and chart.chart_title.has_text_frame:
        draft.add("caption", chart.chart_title.text_frame.text)
    for plot in chart.plots:
        series = list(plot.series)
        rows = [["", *(one.name or "" for one in series)]]
        columns = [list(one.values) for one in series]
        for n, category in enumerate(plot.categories):
            values = [column[n] if n < len(column) else None for column in columns]
            rows.append([str(category), *("" if value is None else f"{value:.10g}" for value in values)])
        draft.table(rows, 1)

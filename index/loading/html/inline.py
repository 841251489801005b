"""The small elements within a line: raised and lowered text, and formulas."""

from __future__ import annotations

import re
from typing import Any

from index.loading.marks import letter_mark

_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_NUMBERS = re.compile(r"[\[(]?([0-9]{1,4}(?:\s?[,–-]\s?[0-9]{1,4})*)(?::[0-9]{1,3})?[\])]?\.?")
_SEVERAL = re.compile(r"(?=.*[*†‡§,;])(?=.*[0-9])[0-9a-z*†‡§,; ]{2,12}")
_POWER = re.compile(r"[+−-]?[0-9]{1,4}|[−-]?[a-z]")
_UNIT = re.compile(
    r"(?:^|[0-9\s/·*(\u2009\u00a0])(?:[kcdmnµμ]?m|ft|in|yd|mi|s|h|min|kg|mol|ha|mile[s]?|met(?:er|re)s?|feet)$"
)
_TEN = re.compile(r"(?:^|[^0-9.,])10$")
_VARIABLE = re.compile(r"(?:^|[\s(=+−*/·×-])[A-Za-zα-ω)]$")
_FORMULA_NEXT = re.compile(r"\s?[=≈×·+*/^]")
_SHORT_NUMBER = re.compile(r"(?:^|[^0-9.,])[0-9]{1,2}$")
_RAISED_STYLE = re.compile(r"vertical-align\s*:\s*(?:super|text-top)", re.IGNORECASE)
_RAISED_NAMES = frozenset("sup superscript footnote-ref footnote-mark footnote-marker footnote-reference fnref".split())
_BARE_NUMBER = re.compile(r"\s*[0-9]{1,3}\s*")
_MAX_DEPTH = 40


def is_raised(element: Any, before: str) -> bool:
    """Whether an element is shown raised: a "sup", what style or name say so, and a link with a number right behind a word."""
    if element.tag == "sup":
        return True
    if element.tag == "a" and len(element) == 0 and _BARE_NUMBER.fullmatch(element.text or ""):
        return before[-1:].isalnum() or before[-1:] in {*".,;:!?)”’\"'"} - {""}
    if element.tag not in {"a", "span"} or not element.attrib:
        return False
    named = not _RAISED_NAMES.isdisjoint(element.get("class", "").split())
    return (named or bool(_RAISED_STYLE.search(element.get("style", "")[:500]))) and element.find(".//sup") is None


def raised(element: Any, before: str) -> str:
    """The text of a raised element: "⁴" or "[a]" for a mark, "^3" for a power, plain after a unit and for other letters.

    Args:
        element: the "sup", or another one that is raised.
        before: the text that it follows, as far as it stands in the same block.
    """
    text = " ".join("".join(element.itertext()).split())
    after = element.tail or ""
    around = element.getparent()
    linked = element.tag == "a" or element.find(".//a") is not None or (around is not None and around.tag == "a")
    number = _NUMBERS.fullmatch(text)
    lowered = element.getnext()
    if text.isdecimal() and after.strip() in {"/", "⁄"} and lowered is not None and lowered.tag == "sub":
        return f" {text}" if before[-1:].isdecimal() else text
    if not linked and _POWER.fullmatch(text):
        if re.fullmatch(r"[−-]?[1-4]", text) and _UNIT.search(before):
            return text
        if _is_power(text, before, after):
            return f"^{text}"
    if number is None and _SEVERAL.fullmatch(text):
        return text.replace(" ", "").translate(_RAISED)
    if number is None:
        return letter_mark(text, before.lstrip(), after, linked=linked) or text
    if (not before.strip(" ") or before.endswith((" ", "("))) and after[:1].isalpha() and not linked:
        return text
    mark = number.group(1).replace(" ", "").translate(_RAISED)
    return f" {mark}" if before[-1:] in "⁰¹²³⁴⁵⁶⁷⁸⁹" and before else mark


def _is_power(text: str, before: str, after: str) -> bool:
    if text.isalpha():
        # "n" and the like count; others are marks, and "o" ends ordinals and stands for degrees.
        variable = _VARIABLE.search(before) or (_SHORT_NUMBER.search(before) and text in "knmtxyz")
        return bool(variable) and text != "o"
    if not text.isdecimal():
        return before[-1:].isalnum()
    if _TEN.search(before) or (_VARIABLE.search(before) and len(text) < 3):
        return True
    return before[-1:].isdecimal() and bool(_FORMULA_NEXT.match(after))


def formula(element: Any) -> str:
    """A MathML formula in one line: "(a + b)/c^2"; the author's own text for it if it has no elements."""
    shown = _formula(element, 0) if len(element) else ""
    return " ".join((shown or element.get("alttext") or "".join(element.itertext())).split())


def _formula(element: Any, depth: int) -> str:
    tag = str(element.tag).rpartition(":")[2]
    if depth > _MAX_DEPTH:
        return "".join(element.itertext())
    if tag in {"annotation", "annotation-xml"}:
        return ""
    own = (element.text or "").strip()
    if tag == "mo":
        return (
            own
            if own in {"(", ")", "[", "]", "{", "}", ",", "|", "!", "\u2061", "\u2062"}
            else f" {own} "
            if own
            else ""
        )
    parts = [part for part in (_formula(child, depth + 1) for child in element) if part]
    match tag, len(parts):
        case "msup" | "mover", 2:
            return f"{_bracketed(parts[0])}^{_bracketed(parts[1])}"
        case "msubsup", 3:
            return f"{parts[0]}{parts[1]}^{_bracketed(parts[2])}"
        case "mfrac", 2:
            return f"{_bracketed(parts[0])}/{_bracketed(parts[1])}"
        case "msqrt", n if n:
            return f"√{_bracketed(''.join(parts))}"
        case "mtr" | "mtd" | "mtable", _:
            return own + " ".join(parts)
    return own + "".join(parts)


def _bracketed(part: str) -> str:
    part = part.strip()
    return f"({part})" if " " in part and not (part.startswith("(") and part.endswith(")")) else part

"""Formulas and signs of Word documents in one line of text."""

from __future__ import annotations

from typing import Any

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SIGNS = {
    **{ord("A") + n: sign for n, sign in enumerate("ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ")},
    **{ord("a") + n: sign for n, sign in enumerate("αβχδεφγηιϕκλμνοπθρστυϖωξψζ")},
    **{0xA3 + n: sign for n, sign in enumerate("≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…")},
    **dict(zip((0xC7, 0xC8, 0xCE, 0xD1, 0xD5, 0xD6, 0xD7, 0xE5, 0xF2), "∩∪∈∇∏√⋅∑∫", strict=True)),
}
"""The characters of the font Symbol, which stand at other places in Unicode."""


def symbols(text: str) -> str:
    """Text in the font Symbol as Unicode: "m" is "μ"."""
    codes = (ord(character) - 0xF000 if 0xF000 <= ord(character) < 0xF100 else ord(character) for character in text)
    return "".join(_SIGNS.get(code, chr(code)) for code in codes)


def formula(element: Any) -> str:
    """A formula of Office Math in one line: "x^2", "x_i", "(a+b)/c", "√(b^2-4ac)"."""
    kind = element.tag.rpartition("}")[2]
    if kind == "t":
        return element.text or ""
    children = [child for child in element if not str(child.tag).endswith("Pr")]
    parts = [(child.tag.removeprefix(_M), formula(child)) for child in children]
    named = dict(parts)
    base, low, high = (named.get(name, "") for name in ("e", "sub", "sup"))
    marks = (f"_{_bracketed(low)}" if low else "") + (f"^{_bracketed(high)}" if high else "")
    match kind:
        case "sSup" | "sSub" | "sSubSup":
            return _bracketed(base) + marks
        case "nary":
            return f"{_stated(element, 'nary', 'chr', '∫')}{marks} {base}"
        case "f":
            return f"{_bracketed(named.get('num', ''))}/{_bracketed(named.get('den', ''))}"
        case "rad":
            return f"{named.get('deg', '')}√{_bracketed(base)}"
        case "d":
            inner = _stated(element, "d", "sepChr", "|").join(text for _, text in parts)
            return f"{_stated(element, 'd', 'begChr', '(')}{inner}{_stated(element, 'd', 'endChr', ')')}"
        case "limLow":
            return f"{base}_{_bracketed(named.get('lim', ''))}"
        case "func" | "m" | "eqArr" | "mr":
            return " ".join(text for _, text in parts)
    return "".join(text for _, text in parts)


def _stated(element: Any, kind: str, name: str, default: str) -> str:
    child = element.find(f"{_M}{kind}Pr/{_M}{name}")
    return default if child is None else child.get(f"{_M}val", "")


def _bracketed(part: str) -> str:
    plain = len(part) < 2 or part.isalpha() or part.isdecimal() or (part[0] == "(" and part.find(")") == len(part) - 1)
    return part if plain else f"({part})"

"""Lists as Word and Outlook write them: paragraphs that say only in their style which list and level they belong to."""

from __future__ import annotations

import re
from typing import Any

_LISTED = re.compile(r"(?<![\w-])mso-list\s*:\s*l\d{1,6}\s+level([1-9])\b", re.IGNORECASE)
_MARK = re.compile(r"(?<![\w-])mso-list\s*:\s*ignore\b", re.IGNORECASE)
_NUMBER = re.compile(r"\(?[0-9A-Za-z]{1,5}[.)]|[0-9]{1,3}(?:\.[0-9]{1,3})+")


def set_lists(tree: Any) -> None:
    """Give the paragraphs of Word's lists the elements of lists; their numbers stay, their bullets are left out."""
    from lxml import etree

    lists: list[Any] = []
    for paragraph in list(tree.iter("p")):
        found = _LISTED.search(paragraph.get("style", "")[:500])
        if found is None:
            continue
        before = paragraph.getprevious()
        # Those of one list follow each other: the last one stands in a list now, right before this one.
        goes_on = bool(lists) and before is lists[0] and not (before.tail or "").strip()
        if not goes_on:
            lists = [etree.Element("ul")]
            paragraph.addprevious(lists[0])
        lists[0].tail, paragraph.tail = paragraph.tail, None
        level = min(int(found[1]), len(lists) + 1) if goes_on else 1
        del lists[level:]
        while len(lists) < level:
            outer = lists[-1]
            lists.append(etree.SubElement(outer[-1] if len(outer) else outer, "ul"))
        paragraph.tag = "li"
        lists[-1].append(paragraph)
        _set_mark(paragraph)


def _set_mark(item: Any) -> None:
    mark = next((one for one in item.iter("span") if _MARK.search(one.get("style", "")[:500])), None)
    if mark is None:
        return
    number = "".join(mark.itertext()).strip("\u00a0 \t\r\n")
    tail = mark.tail
    mark.clear()
    mark.text, mark.tail = f"{number} " if _NUMBER.fullmatch(number) else "", tail

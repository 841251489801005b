"""Where text stands in a tree: which elements are blocks, and what is known of the block that is being read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from index.article import BlockKind
from index.loading.html.looks import is_summary
from index.loading.html.tree import KIND

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr "
    "ul".split()
)
_BLOCK_STYLE = re.compile(r"(?<![\w-])display\s*:\s*(block|flex|grid|list-item|table)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text being read stands."""

    kind: BlockKind = "paragraph"
    level: int = 0
    depth: int = 0
    group: int = 0
    lead: str = ""
    lines: bool = False
    preformatted: bool = False
    term: bool = False


def is_block(element: Any) -> bool:
    """Whether an element begins a block of its own, by its tag, its role or its style."""
    if element.tag in _BLOCKS or element.get("role") == "heading" or element.get(KIND) or is_summary(element):
        return True
    style = element.get("style")
    return bool(style) and bool(_BLOCK_STYLE.search(style[:500]))

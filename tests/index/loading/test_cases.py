"""Small documents that once went wrong, each with what a reader sees in it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from index.article import Article
from index.blocks import are_blocks_of
from index.loading.files import load_file
from index.settings import IndexSettings

CASES = Path(__file__).with_name("cases")


def article(name: str) -> Article:
    return load_file(CASES / name, IndexSettings())


RIGHT: dict[str, tuple[str, ...]] = {
    "hours.html": ("Monday: 10:00 AM - 6:00 PM", "Tuesday: Closed", "Wednesday: 9:00 AM - 12:30 PM, 2:00 PM - 7:00 PM"),
    "table.html": ("Bera: Buyer Rost Shipping, Price €840,000", "Cilla: Buyer Town of Agby, Price €95,000"),
    "post.html": ("- The insurance ran out on 28 February.", "- Nobody had measured the deck since 1998."),
    "list.html": (
        "cards and cash alike.\n- Agby station kiosk\n- Lund harbour office\n- Norrvik town hall\n- The post office in Vessby",
        "3. A radio on channel 72.",
    ),
    "small.html": ("He gets 5,000 kronor, and a loaf of his will be sent to the king in Norrvik.",),
    "long.html": ("By Tora Vind", "The mayor of Lund", "at 340,000 kronor", "In the end it was the horses"),
    "chunks.html": (*(f"Paragraph {n} says" for n in range(8)), "90,000 kronor will be paid"),
    "statement.html": ("Eligible depositors are paid up to 85,000 crowns.",),
    "live.html": (
        "16:40 Power is back in Vessby\n\nThe grid company",
        "reopened at 16:15",
        "12:05 Two hurt in Agby\n\nA falling tree",
        "09:30 Bridge closed\n\nThe Lerbro bridge",
        "06:00 Good morning\n\nWelcome",
    ),
    "talks.html": ("meet again on 5 May in Lund", "began on 22 April", "until 2011", "since 2019"),
    "fire.html": ("The rope works in 1962, when 400 people worked there.", "Fire chief Ida Rask on Wednesday morning."),
    "correction.html": ("Correction, 4 March:", "It will cost 26 million kronor."),
    "updated.html": ("Last updated: December 20, 2023 | First published: February 3, 2021",),
    "hyphens.pdf": (
        "price-determining", "cost-effective", "economist", "ten-year", "three-room", "well-known", "Jean-Pierre", "vice-mayor",
        "unbelievable", "4.5-5 million", "2024-2030", "low-income", "shipbuilders",
    ),
    "columns.pdf": ("412 hands,¹ most of them women from the villages", "The census of that year has 398.", "3.2 million kronor"),
    "first-page-different.pdf": ("paid them by the metre of rope and not by the hour",),
    "five-pages-odd-even.pdf": ("paid them by the metre of rope and not by the hour",),
    "one-col-page-of.pdf": ("paid them by the metre of rope and not by the hour",),
    "three-pages.pdf": ("paid them by the metre of rope and not by the hour",),
    "two-pages.pdf": ("paid them by the metre of rope and not by the hour",),
    "placed.pdf": ("The leak was found by the foreman, Nils Holm, and closed", "until the second of June."),
    "superscript.pdf": ("1,200⁴ pupils in 1998⁵", "30⁶ %", "450 m2", "by 2026.⁸", "10^6 books"),
    "table.pdf": ("Korpo: 2021 410, 2022 388, 2023 201", "Lund: 2021 1,240, 2022 1,180", "Total: 2021 1,745"),
    "notes.md": ("TG-2: Depth 40 m, Price 9,900", "TG-1: Depth 12 m", "By Ulla Strand", "10^6 baud"),
    "faq.html": ("How much does a car cost?\n\nA crossing is 140 crowns",),
    "faq.md": ("Who owns the ferry?\n\nThe town of Agby, since 2016.",),
    "schools.html": ("1,200⁴ pupils in 1998⁵", "30⁶ percent", "450 m2", "10^3 people", "2026⁸"),
    "schools.md": ("1,200⁴ pupils in 1998⁵", "12 million kronor¹", "2019²"),
    "price.html": ("costs 290 kronor", "3,900 kronor", "captain is Greta Falk", "sails at 8"),
    "price.md": ("costs 290 kronor", "captain is Greta Falk"),
    "storm.txt": ("By TORA VIND and OLLE BERG", "CORRECTION: An earlier version"),
    "catch.txt": ("12 500 t of cod and 3 400 t of herring", "1 250 000 kronor", "78.5 %"),
    "class.html": ("all of the 41 passengers",),
    "inline.html": ("all of the 41 passengers",),
}  # fmt: skip

LEFT_OUT: dict[str, tuple[str, ...]] = {
    "long.html": ("Advertisement", "Recommended", "ate the budget", "Subscribe", "Politics"),
    "statement.html": ("cookie", "analytics"),
    "live.html": ("Most read", "Subscribe"),
    "columns.pdf": ("Yearbook of the Norrvik Society", "Norrvik 2019", "114"),
    "price.html": ("310", "4,200"),
    "notes.md": ("<!--", "---", "|"),
    "superscript.pdf": ("1,2004", "19985", "306 %", "m 2"),
    "schools.html": ("1,2004", "19985", "306 ", "20268"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_a_reader_sees_stands_in_the_text(name: str) -> None:
    text = article(name).text
    assert [words for words in RIGHT[name] if words not in text] == []


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_no_part_of_the_article_does_not(name: str) -> None:
    text = article(name).text
    assert [words for words in LEFT_OUT[name] if words in text] == []


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_the_blocks_hold_every_word_once(name: str) -> None:
    loaded = article(name)
    assert are_blocks_of(loaded.blocks, loaded.text)
    long = Counter(part for part in loaded.text.split("\n\n") if len(part) > 60)
    assert [part for part, times in long.items() if times > 1] == []


def test_running_heads_and_feet_of_every_layout_are_gone() -> None:
    names = ("first-page-different", "five-pages-odd-even", "one-col-page-of", "three-pages", "two-pages")
    texts = {name: article(f"{name}.pdf").text for name in names}
    furniture = ("Yearbook", "Page ", "page ", "Norrvik Society")
    assert [(name, words) for name, text in texts.items() for words in furniture if words in text] == []


def test_what_documents_state_of_themselves() -> None:
    updated = article("updated.html")
    assert (updated.published, updated.updated) == (date(2021, 2, 3), date(2023, 12, 20))
    assert article("long.html").authors == ("Tora Vind",)
    assert article("notes.md").authors == ("Ulla Strand",)
    assert article("storm.txt").authors == ("TORA VIND", "OLLE BERG")
    assert article("placed.pdf").title == "Oil leak at pad seven"
    assert {block.page for block in article("three-pages.pdf").blocks} <= {1, 2, 3}


def test_texts_in_every_encoding_are_read() -> None:
    western = ("cp1252", "crlf-cr", "nfd", "utf16", "utf16le-nobom", "utf8bom")
    for name in western:
        assert "The café “Ålesund” charges 4 € for a crème – it’s dear" in article(f"encoded-{name}.txt").text
    assert "charges 4 € for a crème" in article("encoded-latin9.txt").text
    assert "The café “Holm” charges 4 € & more" in article("encoded-entities.txt").text
    assert "新桥耗资三亿元" in article("encoded-gbk.txt").text
    assert "мост стоит триста миллионов рублей" in article("encoded-cyr1251.txt").text

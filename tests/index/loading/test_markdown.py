"""Markdown: its markup becomes typed pieces, its front matter what the text states about itself."""

from __future__ import annotations

import time
from datetime import date

import pytest

from index.loading.markdown import read_markdown
from index.pieces import Piece


def texts(source: str) -> list[str]:
    return [piece.text for piece in read_markdown(source).pieces]


def test_markdown_becomes_pieces() -> None:
    source = """# What *Happened*

It was **bold**, `code` and a [link](http://example.com "t")
on two lines. ![A chart](http://example.com/x.png)

It has:

- one
- [x] two
  1. [ ] deep

> quoted

| x | y |
|---|---|
| 1 | 2 |

<!-- HIDDEN --><script>HIDDEN</script>

```python
# no heading
print("x")
```

Under_score_d and 2 * 3 * 4 &amp; more.
"""
    assert read_markdown(source).pieces == (
        Piece("heading", "What Happened", 1),
        Piece("paragraph", "It was bold, code and a link on two lines."),
        Piece("paragraph", "It has:", group=1),
        Piece("item", "one", 1, group=1),
        Piece("item", "☑ two", 1, group=1),
        Piece("item", "1. ☐ deep", 2, group=1),
        Piece("quote", "quoted"),
        Piece("row", "x, y", group=2),
        Piece("row", "x 1: y 2", group=2),
        Piece("paragraph", '# no heading\nprint("x")'),
        Piece("paragraph", "Under_score_d and 2 * 3 * 4 & more."),
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A ticket costs ~~340~~ 290 kronor.", "A ticket costs 290 kronor."),
        ("Up to 10^6^ baud of H~2~O.", "Up to 10^6 baud of H2O."),
        ("Paid 1,200^4^ and 450 m^2^ of it.", "Paid 1,200⁴ and 450 m2 of it."),
        ("Set `a^2^` and ~/x~ here.", "Set a^2^ and ~/x~ here."),
        ("About ~5 to ~7 metres.", "About ~5 to ~7 metres."),
        ("<span>HTML</span> in it<sup>3</sup>.", "HTML in it³."),
        ("Term\n: What it means.", "Term: What it means."),
    ],
)
def test_extensions(source: str, expected: str) -> None:
    assert texts(source) == [expected]


def test_a_table_without_names_has_none() -> None:
    assert texts("|  |  |\n|---|---|\n| Date | 14 May |\n| Place | Canteen |\n") == ["Date: 14 May", "Place: Canteen"]


def test_a_date_in_a_list_of_facts_is_one_of_them() -> None:
    found = read_markdown("# Minutes\n\n- **Date:** Tuesday, 14 May 2024\n- **Place:** Canteen\n\nWe met.").pieces
    assert found[1:3] == (
        Piece("item", "Date: Tuesday, 14 May 2024", 1, group=1),
        Piece("item", "Place: Canteen", 1, group=1),
    )
    found = read_markdown("# Minutes\n\n- By Ada Holm\n- 14 May 2024\n\nWe met.").pieces
    assert [piece.kind for piece in found] == ["heading", "furniture", "furniture", "paragraph"]


def test_footnotes_are_notes_with_their_marks() -> None:
    found = read_markdown("It cost 12 million[^k] in 2019[^2].\n\n[^2]: In May.\n[^k]: Without wages.\n")
    assert found.pieces == (
        Piece("paragraph", "It cost 12 million¹ in 2019²."),
        Piece("note", "¹ Without wages."),
        Piece("note", "² In May."),
    )


@pytest.mark.parametrize("end", ["---", "..."])
def test_front_matter_states_title_dates_and_authors(end: str) -> None:
    found = read_markdown(
        f"---\ntitle: 'What: it is'\ndate: 2024-06-18\nlastmod: 2024-07-01T10:00:00Z\nauthor: [Ida Rask, {{name: Bo Ek}}]"
        f"\n{end}\n\nBody."
    )
    assert [piece.text for piece in found.pieces] == ["Body."]
    assert (found.title, found.published, found.updated) == ("What: it is", date(2024, 6, 18), date(2024, 7, 1))
    assert found.authors == ("Ida Rask", "Bo Ek")


@pytest.mark.parametrize(
    "source",
    [
        "---\n\nA rule, and text: [not yaml\n\n---\n\nBody.",
        "---\n- a\n- list\n---\n\nBody.",
        "---\n!!python/object/apply:os.system ['true']\n---\n\nBody.",
        "---\n" + "[" * 1200 + "\n---\n\nBody.",
        "---\ntitle: [1, 2]\ndate: {}\nauthor: {}\n---\n\nBody.",
        "---\ndate: 2024-05\n---\n\nBody.",
        "---\ndate: May 2024\n---\n\nBody.",
    ],
)
def test_odd_front_matter_does_no_harm(source: str) -> None:
    found = read_markdown(source)
    assert "Body." in [piece.text for piece in found.pieces]
    assert (found.title, found.published, found.updated, found.authors) == ("", None, None, ())


@pytest.mark.system
@pytest.mark.parametrize(
    "source",
    [
        pytest.param("." * 400_000, id="dots"),
        pytest.param("[a](b" * 20_000, id="links"),
        pytest.param("*a _b " * 20_000, id="emphasis"),
        pytest.param("^a" * 100_000, id="raised"),
        pytest.param("~a" * 100_000, id="lowered"),
        pytest.param("<" * 200_000, id="tags"),
        pytest.param("[^1]" * 20_000 + "\n\n[^1]: x", id="footnotes"),
        pytest.param(">" * 20_000 + " x", id="quotes"),
        pytest.param("word and more. " * 1_000_000, id="15 MB line"),
    ],
)
def test_row_17_markdown_takes_bounded_time(source: str) -> None:
    started = time.process_time()
    found = read_markdown(source)
    assert time.process_time() - started < 30
    assert found.pieces or found.text


def test_front_matter_without_rules_alerts_and_bylines() -> None:
    found = read_markdown(
        "Title: Ship\nAuthor: Tora Vind\n\n# Ship\n\n*By Tora Vind, 2 April 2023*\n\n> [!NOTE]\n> Mind it.\n"
    )
    assert (found.title, found.authors) == ("Ship", ("Tora Vind",))
    assert [(piece.kind, piece.text) for piece in found.pieces] == [
        ("heading", "Ship"),
        ("furniture", "By Tora Vind, 2 April 2023"),
        ("quote", "Note\nMind it."),
    ]

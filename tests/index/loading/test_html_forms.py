"""HTML: the forms that real pages write the same things in, and what a reader sees of them."""

from __future__ import annotations

from datetime import date

import pytest

from index.loading.html import read_page
from index.pieces import Loaded

_LONG = (
    "<p>The town of Agby has bought a ship that nobody else wanted, and it will sail to the island in the summer.</p>"
)
_MORE = (
    "<p>The council paid two million kronor for it, of which half came from the state, and nobody voted against it.</p>"
)


def article(body: str, head: str = "") -> Loaded:
    """A page with a headline, two paragraphs and something between them."""
    return read_page(
        f"<html><head>{head}</head><body><article><h1>Ship</h1>{_LONG}{body}{_MORE}</article></body></html>"
    )


def between(body: str) -> list[tuple[str, str]]:
    """Kind and text of the pieces between the two paragraphs."""
    return [(piece.kind, piece.text) for piece in article(body).pieces[2:-1]]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("in 2019<a href='#footnote-2'>2</a>.", "in 2019²."),
        ("41,000<span class='footnote-ref'>3</span> parts", "41,000³ parts"),
        ("It is slow.<span style='vertical-align:super'>9</span>", "It is slow.⁹"),
        ("41,000<sup>a</sup> people", "41,000[a] people"),
        ("Bicycle<sup>b</sup>", "Bicycle[b]"),
        ("Child (4–15)<sup>a</sup>", "Child (4–15)[a]"),
        ("Bicycle<sup>a,b</sup> and seat.<sup>c</sup>", "Bicycle[a, b] and seat.[c]"),
        ("M<a href='#n'><sup>d</sup></a> and UK<sup><a href='#n'>e</a></sup>", "M[d] and UK[e]"),
        ("<sup>a</sup>Not in winter<br><sup>b</sup>Not on Sundays", "[a] Not in winter\n[b] Not on Sundays"),
        ("the 4<sup>e</sup> and the XIX<sup>e</sup> of them", "the 4e and the XIXe of them"),
        ("the 1<sup>a</sup> vez, 4<sup>th</sup>, C<sup>ie</sup>", "the 1a vez, 4th, Cie"),
        ("x<sup>n</sup> and 5 m<sup>2</sup>", "x^n and 5 m2"),
        ("40<sup>o</sup>C and n<sup>o</sup> 5", "40oC and no 5"),
        ("12<sup>h</sup>30", "12h30"),
        ("2<sup>n</sup> and e<sup>x</sup>", "2^n and e^x"),
        ("3<sup>1</sup>/<sub>2</sub> cups", "3 1/2 cups"),
        ("<sup>1</sup>/<sub>2</sub> cup", "1/2 cup"),
        ("in 2023<a href='#n'>[1]</a> and", "in 2023[1] and"),
        ("41,000<sup>[1:1]</sup> people", "41,000¹ people"),
        ("Bo<sup>1*</sup> and Anna<sup>2,a</sup>", "Bo¹* and Anna²,a"),
        ("Fe<sup>3+</sup> is an ion", "Fe3+ is an ion"),
        ("see page <a href='#p'>7</a>", "see page 7"),
    ],
)
def test_marks_stay_apart_from_what_they_stand_behind(markup: str, text: str) -> None:
    assert between(f"<p>{markup}</p>") == [("paragraph", text)]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<span>Serves</span><span>4</span>", "Serves 4"),
        ("<span>HOST:</span><span>By when?</span>", "HOST: By when?"),
        ("<time>April 2, 2023</time><time>April 5, 2023</time>", "April 2, 2023 April 5, 2023"),
        ("<b>Mon</b><span>9:00</span>", "Mon 9:00"),
        ("<span>A</span><span>B</span>", "AB"),
        ("<span>T</span><span>he</span>", "The"),
        ("<span>CO</span><span>2</span>", "CO2"),
        ("the <b>Agby</b><b>Post</b> said", "the AgbyPost said"),
        ("<code><span>foo</span><span>Bar</span></code>", "fooBar"),
    ],
)
def test_labels_that_only_a_style_sets_apart(markup: str, text: str) -> None:
    assert [found for _, found in between(f"<div>{markup}</div>")] == [text]


@pytest.mark.parametrize(
    ("body", "pieces"),
    [
        ("<div class=footnote><a href='#r'>1</a><div><p>In May.</p></div></div>", [("note", "¹ In May.")]),
        ("<p><a href='#r' name=n>[2]</a> In May.</p>", [("note", "[2] In May.")]),
        ("<p class=correction>It is 2019.</p>", [("note", "It is 2019.")]),
        ("<figure><img><span>Olle Berg</span></figure>", [("caption", "Olle Berg")]),
        ("<figure><pre>x = 1</pre></figure>", [("paragraph", "x = 1")]),
        ("<aside class=pullquote><p>“nobody else”</p></aside>", [("quote", "“nobody else”")]),
        ("<div class=hatnote>See <a href=/a>Agby</a>.</div>", [("furniture", "See Agby.")]),
        (
            "<p>It cost two<span class=sidenote>Without wages.</span> crowns.</p>",
            [("paragraph", "It cost two crowns."), ("note", "Without wages.")],
        ),
        (
            "<div><h3>Trade</h3><span>[<a href=/e>edit</a>]</span></div><p>Fish.</p>",
            [("heading", "Trade"), ("paragraph", "Fish.")],
        ),
        ("<p>* * *</p>", []),
        ("<ul><li><span>1931</span><div>Built</div></li></ul>", [("item", "1931 Built")]),
        ("<ol reversed><li>x</li><li>y</li></ol>", [("item", "2. x"), ("item", "1. y")]),
        ("<ol type=i><li>x</li><li>y</li></ol>", [("item", "i. x"), ("item", "ii. y")]),
        ("<p>1. one<br>2. two</p>", [("item", "1. one"), ("item", "2. two")]),
        ("<ul><li><input type=checkbox> 7 g yeast</li></ul>", [("item", "7 g yeast")]),
        (
            "<ul><li><input type=checkbox disabled checked>Flour<li><input type=checkbox disabled> Yeast</ul>",
            [("item", "☑ Flour"), ("item", "☐ Yeast")],
        ),
        ("<ul><li>Mail: <a href='mailto:a@b.example'>a@b.example</a></li></ul>", [("item", "Mail: a@b.example")]),
    ],
)
def test_what_pieces_are(body: str, pieces: list[tuple[str, str]]) -> None:
    assert between(body) == pieces


@pytest.mark.parametrize(
    "fold",
    [
        "<details><summary>When?</summary><p>At noon.</p></details>",
        "<h3><button aria-expanded=false aria-controls=p>When?</button></h3><div id=p hidden><p>At noon.</p></div>",
        "<div><button aria-expanded=false aria-controls=p>When?</button><div id=p style='display:none'>At noon.</div></div>",
    ],
)
def test_folds_have_a_heading_and_a_text(fold: str) -> None:
    assert between(fold) == [("heading", "When?"), ("paragraph", "At noon.")]


def test_what_a_button_hides_without_being_its_heading_stays_hidden() -> None:
    assert between("<button aria-controls=p>x</button><div id=p hidden><p>At noon.</p></div>") == []


def test_words_of_a_sentence_that_can_be_pressed_stay() -> None:
    assert between("<p>See <span role=button>neap tide</span> here.</p><a role=button href=/t>Buy</a>") == [
        ("paragraph", "See neap tide here.")
    ]


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (
            "<thead><tr><th>Ship<th>Buyer<tbody><tr><td><a href=/a>Alva</a><td><a href=/k>Kelm</a>",
            ["Ship, Buyer", "Alva: Buyer Kelm"],
        ),
        (
            "<tr><td><b>Ship</b><td><b>Buyer</b><tr><td>Alva<td>Kelm<tr><td>Bera<td>Rost",
            ["Ship, Buyer", "Alva: Buyer Kelm", "Bera: Buyer Rost"],
        ),
        ("<tr><th><th>Price<br>(kr)<tr><td>Cod<td>410*", ["Price (kr)", "Cod: Price (kr) 410*"]),
        ("<tr><td><b>Length</b><td>41 m<tr><td><b>Crew</b><td>9", ["Length: 41 m", "Crew: 9"]),
    ],
)
def test_tables(table: str, rows: list[str]) -> None:
    assert between(f"<table>{table}</table>") == [("row", row) for row in rows]


def test_tables_that_are_told_by_roles() -> None:
    made = "".join(
        f"<div role=row><span role={role}>{a}</span><span role={role}>{b}</span></div>"
        for role, a, b in (("columnheader", "Boat", "Length"), ("cell", "Alva", "41 m"))
    )
    assert between(f"<div role=table>{made}</div>") == [("row", "Boat, Length"), ("row", "Alva: Length 41 m")]


def test_a_time_in_a_sentence_is_no_date_of_the_page() -> None:
    found = article(
        "<p>On <time datetime=2023-04-02>2 April</time> the town and the state met in Lund to talk of it.</p>"
    )
    assert found.published is None
    assert article("<p><time datetime=2023-04-02>2 April</time></p>").published == date(2023, 4, 2)


def test_a_short_article_that_ends_in_a_link_stays() -> None:
    markup = f"<article><div>{_LONG}<ul><li><a href=/c>Add new comment</a></li></ul></div></article>"
    assert "nobody else wanted" in " ".join(piece.text for piece in read_page(markup).pieces)


def test_a_label_goes_with_the_links_below_it() -> None:
    links = "<div>Explore more on these topics<ul><li><a href=/a>Agby</a></li><li><a href=/n>news</a></li></ul></div>"
    assert "Explore" not in " ".join(
        p.text for p in read_page(f"<article><h1>Ship</h1>{_LONG}{_MORE}{links}</article>").pieces
    )


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("<div class=author>Tora Vind</div>", ("Tora Vind",)),
        ("<p class=byline>By Tora Vind, Harbour Correspondent</p>", ("Tora Vind",)),
        ("<p class=byline>By Tora Vind and Olle Berg</p>", ("Tora Vind", "Olle Berg")),
        ("<p class=byline>From our own staff</p>", ()),
    ],
)
def test_authors_that_only_a_class_tells(line: str, authors: tuple[str, ...]) -> None:
    assert read_page(f"<article><h1>Ship</h1>{line}{_LONG}{_MORE}</article>").authors == authors


def test_the_time_of_an_entry_and_its_writer_stand_in_its_heading() -> None:
    entry = "<div><div><span>4:40 p.m.</span><span>Tora Vind</span></div><h3>Power is back</h3><p>All homes have it.</p></div>"
    assert between(entry) == [("heading", "4:40 p.m. Tora Vind Power is back"), ("paragraph", "All homes have it.")]
    assert between("<p>At 16:40 it ended.</p><h3>Now</h3><p>All is well.</p>")[0] == ("paragraph", "At 16:40 it ended.")


@pytest.mark.parametrize("name", ["script", "title", "style", "p", "table"])
def test_pages_that_are_cut_anywhere_are_read(name: str) -> None:
    table = "<div role=table><div role=row><span role=cell>a</span></div></div>"
    page = f"<{name}>x</{name}>{_LONG}{table}<p>a<span class=sidenote>n"
    for end in range(0, len(page), 3):
        assert all(piece.text.strip() for piece in read_page(page[:end]).pieces)

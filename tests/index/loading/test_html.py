"""HTML: what a reader sees becomes typed pieces; nothing else does, and nothing is fetched."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.loading.html import pieces_of, read_page
from index.loading.html.tree import ASKS, KIND
from index.pieces import Piece
from tests.helpers import examples

_BODY = "".join(f"<p>Paragraph {n} of the report, with enough words in it to be taken for one.</p>" for n in range(5))


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def texts(markup: str) -> list[str]:
    return [piece.text for piece in pieces_of(markup)]


def shown(markup: str) -> str:
    return "\n".join(piece.text for piece in read_page(markup).pieces)


def kinds(markup: str) -> list[tuple[str, int, str]]:
    return [(piece.kind, piece.level, piece.text) for piece in pieces_of(markup)]


# What is shown


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>HIDDEN</script>",
        "<style>p { content: 'HIDDEN' }</style>",
        "<noscript>HIDDEN</noscript>",
        "<template><p>HIDDEN</p></template>",
        "<!-- HIDDEN -->",
        "<p hidden>HIDDEN</p>",
        "<div hidden><p>deep <b>HIDDEN</b></p></div>",
        "<p aria-hidden='true'>HIDDEN</p>",
        "<p style='color: red; DISPLAY : none'>HIDDEN</p>",
        "<p style='visibility:hidden'>HIDDEN</p>",
        "<p style='content-visibility: hidden'>HIDDEN</p>",
        "<p style='opacity: 0'>HIDDEN</p>",
        "<p style='font-size:0px'>HIDDEN</p>",
        "<p style='position:absolute;left:-9999px'>HIDDEN</p>",
        "<p class='note sr-only'>HIDDEN</p>",
        "<span class='visually-hidden'>HIDDEN</span>",
        "<style>.secret, #other { display: none }</style><p class='a secret'>HIDDEN</p>",
        "<style>/* .x{} */ #secret{color:red;display:none}</style><p id=secret>HIDDEN</p>",
        "<style>.modal{display:none} .modal.open{display:block}</style><div class=modal>HIDDEN</div>",
        "<textarea>HIDDEN</textarea><select><option>HIDDEN</option></select>",
        "<svg><title>HIDDEN</title><text>HIDDEN</text></svg>",
        "<iframe>HIDDEN</iframe>",
        "<dialog>HIDDEN</dialog>",
        "<button>HIDDEN</button>",
        "<img alt='HIDDEN' src='http://example.com/x.png'>",
        "<input value='HIDDEN'>",
        "<p>A <del>HIDDEN</del><s>HIDDEN</s><strike>HIDDEN</strike></p>",
        "<p>A <span style='text-decoration: line-through'>HIDDEN</span></p>",
        "<span class='material-icons' aria-hidden='true'>HIDDEN</span>",
        "<h2>Head <a class='anchor' aria-hidden='true' href='#h'>HIDDEN</a></h2>",
    ],
)
@pytest.mark.parametrize("long", [False, True], ids=["short page", "article"])
def test_row_19_only_visible_text(hidden: str, long: bool) -> None:
    found = shown(page(f"<article><p>Before it.</p>{hidden}<p>Behind it.</p>{_BODY if long else ''}</article>"))
    assert "HIDDEN" not in found
    assert "Before it." in found
    assert "Behind it." in found


@pytest.mark.parametrize(
    "markup",
    [
        "<style>@media print { .shown { display: none } }</style><p class=shown>SHOWN</p>",
        "<style>.shown .other { display: none }</style><p class=shown>SHOWN</p>",
        "<style>.shown { -webkit-backface-visibility: hidden }</style><p class=shown>SHOWN</p>",
        "<style>.shown { opacity: 0; transition: opacity 1s }</style><p class=shown>SHOWN</p>",
        "<style>.tab { display: none } .tab.active { display: block }</style><div class=tab>SHOWN</div>",
        "<p style='backface-visibility: hidden'>SHOWN</p>",
        "<p style='content-visibility: auto'>SHOWN</p>",
        "<p style='opacity: 0; transform: translateY(20px)'>SHOWN</p>",
        "<p style='opacity: 0.9; font-size: 0.8em'>SHOWN</p>",
        "<p class='d-none d-md-block'>SHOWN</p>",
        "<div role=tabpanel hidden><p>SHOWN</p></div>",
        "<div hidden=until-found><p>SHOWN</p></div>",
        "<p aria-hidden=false>SHOWN</p>",
        "<p>On <span aria-hidden=true>SHOWN</span><span class=sr-only>the fifth</span></p>",
        "<p>It is <ins>SHOWN</ins> now.</p>",
        "<details><summary>More</summary><p>SHOWN</p></details>",
        "<dialog open><p>SHOWN</p></dialog>",
        "<h3><button aria-expanded=false>SHOWN</button></h3>",
        "<label>SHOWN</label>",
        "<x-box><template shadowrootmode=open><p>SHOWN</p></template></x-box>",
    ],
)
def test_what_is_not_hidden_stays(markup: str) -> None:
    assert "SHOWN" in shown(page(f"<p>Before.</p>{markup}"))


def test_row_19_entities_are_decoded_once() -> None:
    assert texts("<p>&ldquo;a&rdquo; &amp; &#8212; &lt;script&gt; &amp;amp; caf&eacute;</p>") == [
        "“a” & — <script> &amp; café"
    ]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>one <b>two <p>three</i> four", ["one two", "three four"]),
        ("<table><td>a<td>b</table>", ["a: b"]),
        ("<", ["<"]),
        ("<div><p>open", ["open"]),
        ("</p></div>closed", ["closed"]),
        ("<p>a\0b\ud800", ["ab"]),
        ("<?xml version='1.0' encoding='utf-16'?><html><body><p>x</p></body></html>", ["x"]),
        ("just text", ["just text"]),
        ("<p class='never ended>text", []),
        ("<script>never ended <p>text", []),
        ("", []),
    ],
)
def test_row_19_broken_markup(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected
    assert [piece.text for piece in read_page(markup).pieces] == expected


# Blocks


def test_headings_have_their_level() -> None:
    markup = (
        "<h1>A</h1><h3>B<br>b</h3><div role=heading aria-level=4>C</div><div role=heading>D</div>"
        "<p><strong>E</strong></p><p>x</p>"
    )
    assert kinds(markup) == [
        ("heading", 1, "A"),
        ("heading", 3, "B b"),
        ("heading", 4, "C"),
        ("heading", 2, "D"),
        ("heading", 3, "E"),
        ("paragraph", 0, "x"),
    ]


def test_a_bold_sentence_is_no_heading() -> None:
    assert kinds("<p><b>What did you do then?</b></p><p><b>Nothing.</b></p>") == [
        ("paragraph", 0, "What did you do then?"),
        ("paragraph", 0, "Nothing."),
    ]


def test_a_list_stands_with_the_line_that_introduces_it() -> None:
    markup = """<p>First.</p><p>It needs:</p><ul><li>a</li><li><p>b</p><ol start="3"><li>c</li><li value=7>d</li></ol></li>
      <li>e<p>more of e</p></li></ul><p>Last.</p><ol type=a reversed><li>x</ol>"""
    assert pieces_of(markup) == (
        Piece("paragraph", "First."),
        Piece("paragraph", "It needs:", group=1),
        Piece("item", "a", 1, group=1),
        Piece("item", "b", 1, group=1),
        Piece("item", "3. c", 2, group=1),
        Piece("item", "7. d", 2, group=1),
        Piece("item", "e", 1, group=1),
        Piece("paragraph", "more of e", group=1),
        Piece("paragraph", "Last.", group=2),
        Piece("item", "a. x", 1, group=2),
    )


def test_definitions_stand_with_their_terms() -> None:
    markup = "<dl><dt>Ebb<dd>The sea falls.<dt>Flood:<dt>Tide<dd><p>It rises.</p><dd>It is high.<dt>Alone</dl>"
    assert kinds(markup) == [
        ("item", 1, "Ebb: The sea falls."),
        ("item", 1, "Flood:, Tide: It rises."),
        ("item", 1, "Flood:, Tide: It is high."),
        ("item", 1, "Alone"),
    ]


def test_questions_of_a_definition_list_are_headings() -> None:
    assert kinds("<h2>FAQ</h2><dl><dt>Who pays?</dt><dd>The town.</dd></dl>")[1:] == [
        ("heading", 2, "Who pays?"),
        ("paragraph", 0, "The town."),
    ]


def test_captions_quotes_notes_and_addresses() -> None:
    markup = """<figure><img alt=x><figcaption>The mill.</figcaption></figure><p class="wp-caption-text">The dam.</p>
      <blockquote><p>We go.</p><footer>The miller</footer></blockquote><address>Mill Road 1<br>Lund</address>
      <article><p>Text.</p><footer><p>Correction: it was 5.</p></footer></article>
      <section role="doc-endnotes"><ol><li>See p. 4. <a role="doc-backlink" href="#r1">↩</a></li></ol></section>"""
    assert kinds(markup) == [
        ("caption", 0, "The mill."),
        ("caption", 0, "The dam."),
        ("quote", 0, "We go."),
        ("quote", 0, "The miller"),
        ("paragraph", 0, "Mill Road 1\nLund"),
        ("paragraph", 0, "Text."),
        ("note", 0, "Correction: it was 5."),
        ("note", 0, "¹ See p. 4."),
    ]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (
            "<p>He came in the morning of that day, and he brought all of the<br>\n books with him, as he had said.</p>",
            1,
        ),
        ("<p>The first sentence.<br>The second sentence.</p>", 1),
        ("<p>The sea is grey,<br>the ship is small,<br>and nobody<br>is here at all.</p>", "lines"),
        ("<p>One.<br><br>Two.</p>", 2),
        ("<p>• a<br>• b</p>", 2),
        ("<pre>a\n  b\n</pre>", "lines"),
    ],
)
def test_line_breaks(markup: str, expected: int | str) -> None:
    found = texts(markup)
    assert len(found) == (1 if expected == "lines" else expected)
    assert ("\n" in found[0]) == (expected == "lines")


def test_preformatted_text_keeps_its_spaces() -> None:
    assert texts("<pre>\ncode\n  more   x\n</pre><p>run<span>ning</span> on</p>") == ["code\n  more   x", "running on"]


# Lines


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("1,200<sup>4</sup> pupils", "1,200⁴ pupils"),
        ("in 1998<sup><a href='#n'>5</a></sup>.", "in 1998⁵."),
        ("the fox<sup>[12]</sup>", "the fox¹²"),
        ("fox<sup>1</sup><sup>2</sup>", "fox¹ ²"),
        ("10<sup>3</sup> people", "10^3 people"),
        ("3 × 10<sup>−6</sup>", "3 × 10^−6"),
        ("2<sup>8</sup> = 256", "2^8 = 256"),
        ("450 m<sup>2</sup> and 5 km<sup>2</sup>", "450 m2 and 5 km2"),
        ("the 1<sup>st</sup>", "the 1st"),
        ("1905<sup>*</sup>", "1905*"),
        ("CO<sub>2</sub>", "CO2"),
        ("<sup>14</sup>C", "14C"),
        ("Ca<sup>2+</sup>", "Ca2+"),
        ("he said <q>go <q>now</q></q>.", "he said “go ‘now’”."),
        ("on <time datetime='2024-05-05'>5 May</time> in", "on 5 May in"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字", "漢字"),
        ("<math><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>", "E = mc^2"),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>", "(a + b)/2"),
        ("is <math alttext='x+1'></math> here", "is x+1 here"),
        ("<span style='display:none'><math><mi>x</mi></math></span><img alt=x>", "x"),
        ("non\u00a0breaking", "non\u00a0breaking"),
    ],
)
def test_small_elements(markup: str, expected: str) -> None:
    assert texts(f"<p>{markup}</p>") == [expected]


# Tables


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("<tr><th>x</th><th>y</th></tr><tr><td>1</td><td><p>2</p></td></tr>", ["x, y", "x 1: y 2"]),
        ("<caption>Ships</caption><tr><td>Alva<td>3", ["Ships", "Alva: 3"]),
        (
            "<tr><td>Monday<td><ul><li>9-12<li>14-19</ul></tr><tr><td>Sunday<td>Closed,<br>always",
            ["Monday: 9-12, 14-19", "Sunday: Closed, always"],
        ),
        ("<tr><th>Born<td>1901<tr><th>Died<td>1990", ["Born: 1901", "Died: 1990"]),
        (
            "<thead><tr><th rowspan=2>Town<th colspan=2>Year</tr><tr><th>2021<th>2023</tr></thead><tr><td>Agby<td>1<td>2",
            ["Town, Year 2021, Year 2023", "Agby: Year 2021 1, Year 2023 2"],
        ),
        (
            "<tr><th>Town<th>Ship<th>Seats</tr><tr><td rowspan=2>Agby<td>Alva<td>5</tr><tr><td>Bera<td>6</tr>",
            ["Town, Ship, Seats", "Agby: Ship Alva, Seats 5", "Agby: Ship Bera, Seats 6"],
        ),
        (
            "<tr><th>Time<th>Title<th>Speaker<tr><td>10.00<td>Peat<td>Ada Holm<tr><td>11.00<td colspan=2>Lunch",
            ["Time, Title, Speaker", "Time 10.00: Title Peat, Speaker Ada Holm", "Time 11.00: Lunch"],
        ),
        (
            "<tr><th>Day<th>Time<th>Title<th>Speaker<tr><td rowspan=2>Monday<td>10<td>Peat<td>Ada<tr><td>11<td colspan=2>Lunch",
            ["Day, Time, Title, Speaker", "Monday: Time 10, Title Peat, Speaker Ada", "Monday: Time 11, Lunch"],
        ),
        (
            "<tr><th>Town<th>2021<th>2022<th>2023<tr><td>Agby<td>5<td colspan=2>closed<tr><td>Korpo<td>7<td>7<td>7",
            ["Town, 2021, 2022, 2023", "Agby: 2021 5, 2022 closed, 2023 closed", "Korpo: 2021 7, 2022 7, 2023 7"],
        ),
        (
            "<thead><tr><th><th></thead><tr><td>Date<td>14 May<tr><td>Place<td>Canteen",
            ["Date: 14 May", "Place: Canteen"],
        ),
        ("<tr><td>a<td>b<tr><td colspan=9999>all<tr><td rowspan=9999>c<td>d", ["a: b", "all", "c: d"]),
    ],
)
def test_tables(table: str, expected: list[str]) -> None:
    found = pieces_of(f"<table>{table}</table>")
    assert [piece.text for piece in found] == expected
    assert {piece.group for piece in found} == {1}


@pytest.mark.parametrize(
    "table",
    [
        f"<tr><td><h2>Head</h2>{_BODY}<td>Menu",
        "<tr><td>One cell</tr><tr><td>a row</tr>",
        "<table role=presentation><tr><td>a<td>b",
        "<tr><td><table><tr><td>1<td>2</table><td>b",
    ],
)
def test_tables_for_layout_are_no_rows(table: str) -> None:
    found = kinds(table if table.startswith("<table") else f"<table>{table}</table>")
    assert len(found) > 1
    assert found[0][0] != "row" or "1: 2" in found[0][2]


# Bounds


@pytest.mark.system
@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<p>" + "word and more. " * 700_000, id="10 MB line"),
        pytest.param("<table><tr>" + "<td>a" * 70_000, id="cells of one row"),
        pytest.param("<table>" + "<tr><td rowspan=99>a<td colspan=99>b" * 20_000, id="spans"),
        pytest.param("<table>" + "<tr><td colspan=1000000000 rowspan=1000000000>a<td>b" * 300, id="huge spans"),
        pytest.param('<div class="x"><a href="/i">Read more of it</a> text.</div>' * 8_000, id="offers"),
        pytest.param("<ol>" + "<li>a" * 20_000, id="list items"),
        pytest.param("<div>" * 10_000 + "deep", id="nested"),
        pytest.param("<ul><li>" * 5_000 + "deep", id="nested lists"),
        pytest.param("<table><tr><td>" * 3_000 + "deep", id="nested tables"),
        pytest.param("<math>" + "<mrow>" * 5_000 + "x", id="nested formula"),
        pytest.param("<p>" + "a<sup>1</sup>" * 60_000, id="marks"),
        pytest.param("<p>" + "<i hidden>x</i>y" * 60_000, id="hidden"),
        pytest.param("<style>" + "/*" * 200_000 + "</style><p>x", id="comments of a style sheet"),
        pytest.param("<style>" + "{" * 200_000 + "</style><p>x", id="braces"),
        pytest.param("<div class='related'>" * 20_000 + "<a>x", id="named boxes"),
        pytest.param("<script type='application/ld+json'>" + "[" * 100_000 + "</script><p>x", id="nested JSON"),
        pytest.param("<" * 500_000, id="brackets"),
    ],
)
def test_row_17_19_time_is_bounded(markup: str) -> None:
    started = time.process_time()
    read_page(markup)
    assert time.process_time() - started < 60


_PARTS = """<p> </p> <b> <td> <tr> <table> <li> <ul> <ol> <dl> <dt> <dd> <h1> <q> <sup> <math> <msup> <br> <pre> <time> <figure>
  </table> <!-- &#0; & x <nav> <article> <main> <footer> <button> <style>.a{display:none} class=a \0""".split()


@settings(max_examples=examples(50), deadline=None)
@given(
    st.lists(
        st.sampled_from([*_PARTS, "<li hidden>", "<td colspan=3 rowspan=2>", "word ", "<a href=#x>1</a>"]), max_size=40
    )
)
def test_any_markup_is_read(parts: list[str]) -> None:
    for piece in read_page("".join(parts)).pieces:
        assert piece.text.strip()


def test_damaged_pages_are_read() -> None:
    whole = page(f"<article><h1>What &amp; why</h1>{_BODY}<table><tr><td>a<td>b</table><ul><li>x</ul></article>")
    for end in range(0, len(whole), 7):
        read_page(whole[:end])
        read_page(whole[:end] + chr(end % 0x250) + whole[end + 1 :])


@pytest.mark.parametrize("value", ["banana", "furniture", "999999999999", "x"])
def test_a_page_says_of_no_element_what_only_we_may_say(value: str) -> None:
    body = "The ferry sank at noon in the harbour of Korpo."
    marked = f'<div {KIND}="{value}" {ASKS}="{value}"><p {KIND}="{value}">{body}</p></div>'
    assert [(p.kind, p.text) for p in read_page(f"<article><h1>Ferry</h1>{marked}</article>").pieces] == [
        ("heading", "Ferry"),
        ("paragraph", body),
    ]

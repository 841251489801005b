"""HTML and Markdown: what a reader sees becomes text, in paragraphs; nothing else does, and nothing is fetched."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.loading.html import read_page, visible_text
from index.loading.markdown import read_markdown
from tests.helpers import examples

_BODY = "".join(f"<p>Paragraph {n} of the report, with enough words in it to be taken for one.</p>" for n in range(5))


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def test_the_main_text_is_taken_and_the_furniture_is_not() -> None:
    nav = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/news'>All the news</a></li></ul></nav>"
    found = read_page(page(f"{nav}<article><h1>What Happened</h1>{_BODY}</article><footer>Imprint</footer>"))
    assert found.text.split("\n\n")[:2] == [
        "What Happened",
        "Paragraph 0 of the report, with enough words in it to be taken for one.",
    ]
    assert "All the news" not in found.text
    assert "Imprint" not in found.text


def test_short_pages_are_read_whole() -> None:
    assert read_page("<h1>Title</h1><p>Short.</p>").text == "Title\n\nShort."
    assert read_page("just text").text == "just text"


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
        "<p style='opacity: 0'>HIDDEN</p>",
        "<p style='font-size:0px'>HIDDEN</p>",
        "<p class='note sr-only'>HIDDEN</p>",
        "<style>.secret, #other { display: none }</style><p class='a secret'>HIDDEN</p>",
        "<style>/* .x{} */ #secret{color:red;display:none}</style><p id=secret>HIDDEN</p>",
        "<textarea>HIDDEN</textarea><select><option>HIDDEN</option></select>",
        "<svg><title>HIDDEN</title><text>HIDDEN</text></svg>",
        "<iframe>HIDDEN</iframe>",
        "<img alt='HIDDEN' src='http://example.com/x.png'>",
        "<input value='HIDDEN'>",
    ],
)
@pytest.mark.parametrize("long", [False, True], ids=["short page", "article"])
def test_row_19_only_visible_text(hidden: str, long: bool) -> None:
    found = read_page(page(f"<article><p>Before it.</p>{hidden}<p>Behind it.</p>{_BODY if long else ''}</article>"))
    assert "HIDDEN" not in found.text
    assert "Before it." in found.text
    assert "Behind it." in found.text


@pytest.mark.parametrize(
    "shown",
    [
        "<style>@media print { .shown { display: none } }</style><p class=shown>SHOWN</p>",
        "<style>.shown .other { display: none }</style><p class=shown>SHOWN</p>",
        "<p style='opacity: 0.9; font-size: 0.8em'>SHOWN</p>",
        "<p aria-hidden=false>SHOWN</p>",
    ],
)
def test_what_is_not_hidden_stays(shown: str) -> None:
    assert "SHOWN" in read_page(page(f"<p>Before.</p>{shown}")).text


def test_row_19_entities_are_decoded_once() -> None:
    assert (
        visible_text("<p>&ldquo;a&rdquo; &amp; &#8212; &lt;script&gt; &amp;amp; caf&eacute;</p>")
        == "“a” & — <script> &amp; café"
    )


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>one <b>two <p>three</i> four", "one two\n\nthree four"),
        ("<table><td>a<td>b</table>", "a | b"),
        ("<", "<"),
        ("<div><p>open", "open"),
        ("</p></div>closed", "closed"),
        ("<p>a\0b", "ab"),
        ("<?xml version='1.0' encoding='utf-16'?><html><body><p>x</p></body></html>", "x"),
        ("<p class='never ended>text", ""),
        ("<script>never ended <p>text", ""),
        ("", ""),
    ],
)
def test_row_19_broken_markup(markup: str, expected: str) -> None:
    assert read_page(markup).text.strip() == expected


def test_structure_is_kept() -> None:
    markup = """
      <h2>Head</h2><p>One line
      of the source.<br>Another.</p>
      <ul><li>a</li><li><p>b</p><ol start="3"><li>c</li><li>d</li></ol></li></ul>
      <table><tr><th>x</th><th>y</th></tr><tr><td>1</td><td><p>2</p></td></tr></table>
      <pre>code
  more</pre><p>run<span>ning</span> on</p>"""
    assert visible_text(markup) == (
        "Head\n\nOne line of the source.\nAnother.\n\n- a\n- b\n3. c\n4. d\n\nx | y\n1 | 2\n\ncode\nmore\n\nrunning on"
    )


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta property="article:published_time" content="2024-06-18T10:00:00Z">', "2024-06-18T10:00:00Z"),
        ('<meta name="DC.date.issued" content="2024-06-18">', "2024-06-18"),
        (
            '<script type="application/ld+json">{"dateModified": "x", "datePublished": "2024-06-18"}</script>',
            "2024-06-18",
        ),
        ('<meta name="generator" content="2024-06-18">', ""),
    ],
)
def test_published_is_what_the_page_states(head: str, published: str) -> None:
    found = read_page(page(f"<article>{_BODY}<p>It was 2019-03-04. Copyright 2021.</p></article>", head))
    assert found.published == published


def test_title_of_the_metadata() -> None:
    found = read_page(page(f"<article>{_BODY}</article>", '<meta property="og:title" content="What &amp; why">'))
    assert found.title == "What & why"


@pytest.mark.system
@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<p>" + "word and more. " * 700_000, id="10 MB line"),
        pytest.param("<table><tr>" + "<td>a" * 70_000, id="cells of one row"),
        pytest.param("<ol>" + "<li>a" * 20_000, id="list items"),
        pytest.param("<div>" * 10_000 + "deep", id="nested"),
        pytest.param("<style>" + "/*" * 200_000 + "</style><p>x", id="comments of a style sheet"),
        pytest.param("<style>" + "{" * 200_000 + "</style><p>x", id="braces"),
        pytest.param("<" * 500_000, id="brackets"),
    ],
)
def test_row_17_19_time_is_bounded(markup: str) -> None:
    started = time.process_time()
    read_page(markup)
    assert time.process_time() - started < 60


@settings(max_examples=examples(50))
@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<b>", "<td>", "<li hidden>", "</table>", "<!--", "&#0;", "&", "x ", "\0"]),
        max_size=30,
    )
)
def test_any_markup_is_read(parts: list[str]) -> None:
    assert isinstance(read_page("".join(parts)).text, str)


# Markdown


def test_markdown_becomes_plain_text() -> None:
    source = """# What *Happened*

It was **bold**, `code` and a [link](http://example.com "t")
on two lines. ![A chart](http://example.com/x.png)

- one
- two
  1. deep

> quoted

| x | y |
|---|---|
| 1 | 2 |

<!-- HIDDEN --><script>HIDDEN</script>

```python
print("x")
```

Under_score_d and 2 * 3 * 4 &amp; more.
"""
    assert read_markdown(source).text == (
        "What Happened\n\nIt was bold, code and a link on two lines.\n\n- one\n- two\n1. deep\n\nquoted\n\nx | y\n1 | 2\n\n"
        'print("x")\n\nUnder_score_d and 2 * 3 * 4 & more.'
    )


@pytest.mark.parametrize("end", ["---", "..."])
def test_front_matter_gives_title_and_date(end: str) -> None:
    found = read_markdown(f"---\ntitle: 'What: it is'\ndate: 2024-06-18\ntags: [a]\n{end}\n\nBody.")
    assert (found.text, found.title, found.published) == ("Body.", "What: it is", "2024-06-18")


@pytest.mark.parametrize(
    "source",
    [
        "---\n\nA rule, and text: [not yaml\n\n---\n\nBody.",
        "---\n- a\n- list\n---\n\nBody.",
        "---\n!!python/object/apply:os.system ['true']\n---\n\nBody.",
        "---\n" + "[" * 1200 + "\n---\n\nBody.",
        "---\ntitle: [1, 2]\ndate: {}\n---\n\nBody.",
    ],
)
def test_odd_front_matter_does_no_harm(source: str) -> None:
    found = read_markdown(source)
    assert "Body." in found.text
    assert (found.title, found.published) == ("", "")


@pytest.mark.system
@pytest.mark.parametrize(
    "source",
    [
        pytest.param("." * 400_000, id="dots"),
        pytest.param("[a](b" * 20_000, id="links"),
        pytest.param("*a _b " * 20_000, id="emphasis"),
        pytest.param(">" * 20_000 + " x", id="quotes"),
        pytest.param("word and more. " * 1_000_000, id="15 MB line"),
    ],
)
def test_row_17_markdown_takes_bounded_time(source: str) -> None:
    started = time.process_time()
    read_markdown(source)
    assert time.process_time() - started < 30

"""HTML: the article of a web page is told from what stands beside it, and the page's own statements are read."""

from __future__ import annotations

import json
from datetime import date

import pytest

from index.loading.html import read_page
from index.pieces import Loaded
from tests.benchmarks.html_pages import made, measured

_BODY = "".join(
    f"<p>Paragraph {n} of the report, with enough words in it to be taken for one by anybody.</p>" for n in range(6)
)
_WORDS = "The town of Agby has bought a ship that nobody else wanted, and it will sail to the island in the summer of next year."


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def texts(found: Loaded) -> list[str]:
    return [piece.text for piece in found.pieces]


@pytest.mark.parametrize(
    "beside",
    [
        "<nav><ul><li><a href='/'>BESIDE</a></li><li><a href='/n'>BESIDE news</a></li></ul></nav>",
        "<footer>BESIDE 2024</footer>",
        "<div role=dialog><p>BESIDE we use cookies, all of them, for all that can be counted.</p><button>Yes</button></div>",
        "<div class='cookie-banner'><p>BESIDE we use cookies.</p></div>",
        "<div class='x1y2'><p>BESIDE we use cookies for all of it.</p><button>Yes</button><button>No</button></div>",
        "<aside><h3>BESIDE</h3><ul><li><a href=/a>BESIDE another story about boats</a></li></ul></aside>",
        "<section><h2>BESIDE</h2><ul><li><a href=/a>BESIDE bus</a></li><li><a href=/b>King BESIDE</a></li></ul></section>",
        "<div class='newsletter'><h3>BESIDE</h3><p>Get it BESIDE.</p><input type=email></div>",
        "<form role=search><label>BESIDE</label><input></form>",
        "<a href='#main'>BESIDE</a>",
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_what_stands_beside_the_article_goes(beside: str, before: bool) -> None:
    article = f"<main><article><h1>What happened</h1>{_BODY}</article></main>"
    found = read_page(page(beside + article if before else article + beside))
    assert "BESIDE" not in " ".join(texts(found))
    assert len(found.pieces) == 7


@pytest.mark.parametrize(
    "inside",
    [
        "<ul><li><a href=/a>INSIDE kiosk</a></li><li><a href=/b>Town hall</a></li></ul><p>More text follows it.</p>",
        "<p>These sell it:</p><ul><li><a href=/a>INSIDE kiosk</a></li><li><a href=/b>Town hall</a></li></ul>",
        "<aside><h3>INSIDE</h3><p>A box of facts about the ship and its crew.</p></aside>",
        "<footer><p>Correction: INSIDE, not outside.</p></footer>",
        "<pre><code class='language-python'>INSIDE()</code></pre>",
        "<div class='language-sh'><pre>INSIDE</pre><button>Copy</button></div>",
        "<table class='share-price'><tr><th>Bank<th>Price</tr><tr><td>INSIDE<td>5</table>",
        "<div class='menu'><p>INSIDE soup of the day, with bread and butter</p></div>",
        "<div class='paywall'><p>INSIDE the paid part.</p>" + _BODY * 3 + "</div>",
        "<div class='social-embed'><blockquote>INSIDE post</blockquote><a href=/x>5 May</a></div>",
        "<div class='faq'><h3><button aria-expanded=false>INSIDE?</button></h3><div>Yes, for everybody.</div></div>",
        "<div class='cookie-recipe'><p>INSIDE flour and butter.</p></div>",
        "<dl><dt>Ship<dd>INSIDE</dl>",
        "<figure><figcaption>INSIDE harbour. <a href=/p>Photo</a></figcaption></figure>",
        "<div><p>INSIDE one.</p><a href=/1>Source</a></div><div><p>Two.</p><a href=/2>Source</a></div>",
    ],
)
def test_what_stands_in_the_article_stays(inside: str) -> None:
    nav = "<nav><a href='/'>BESIDE</a></nav>"
    found = " ".join(
        texts(read_page(page(f"{nav}<article><h1>What happened</h1>{_BODY}{inside}{_BODY[:90]}</article>")))
    )
    assert "INSIDE" in found
    assert "BESIDE" not in found


def test_several_parts_of_one_article_are_joined() -> None:
    parts = [
        f"<div class='grid'><div class='body'><p>Part {n}: {_WORDS}</p><p>More {n}: {_WORDS}</p></div></div>"
        for n in range(3)
    ]
    found = read_page(page(f"<div><h1>Ship</h1>{'<div class=ad>Advertisement</div>'.join(parts)}</div>"))
    assert [text.split(":")[0] for text in texts(found)] == [
        "Ship",
        "Part 0",
        "More 0",
        "Part 1",
        "More 1",
        "Part 2",
        "More 2",
    ]


def test_nothing_is_given_twice() -> None:
    twice = f"<p class='d-md-none'>{_WORDS}</p>"
    quote = "<blockquote class=pull>“It will sail to the island in the summer”</blockquote>".replace("It", "it")
    found = texts(read_page(page(f"<article><h1>Ship</h1>{twice}{twice}{quote}{_BODY}</article>")))
    assert found.count(_WORDS) == 1
    assert len(found) == 8


def test_the_headline_is_kept_where_it_stands_outside_the_text() -> None:
    found = read_page(
        page(
            f"<div><div><h1>Ship bought</h1></div></div><div id=a><div id=b>{_BODY}</div></div>",
            "<title>Ship bought</title>",
        )
    )
    assert texts(found)[0] == "Ship bought"
    assert found.title == "Ship bought"


def test_entries_of_a_live_page_keep_time_and_heading() -> None:
    entries = "".join(
        f"<div class=post><time datetime='2024-02-11T{hour}:00Z'>{hour}</time><h2>Entry of {hour}</h2><p>{_WORDS} {hour}</p>"
        "<div class=share>Share on X</div></div>"
        for hour in ("16:40", "12:05", "09:30")
    )
    found = read_page(page(f"<article><h1>Storm</h1>{entries}</article>"))
    assert [piece.text for piece in found.pieces if piece.kind == "heading"] == [
        "Storm",
        "16:40 Entry of 16:40",
        "12:05 Entry of 12:05",
        "09:30 Entry of 09:30",
    ]
    assert "Share" not in " ".join(texts(found))


def test_an_entry_without_a_heading_stays() -> None:
    entry = f"<div><span>09:10</span><p>{_WORDS}</p><button>Share</button></div>"
    found = texts(read_page(page(f"<article><h1>Storm</h1>{_BODY}{entry}</article>")))
    assert found[-2:] == ["09:10", _WORDS]


@pytest.mark.parametrize(
    "inside",
    [
        "<div><button role=tab>A</button><div role=tabpanel>One.</div><div role=tabpanel hidden>Two.</div></div>",
        "<div><h2>Desk</h2><address>One.</address><a href='tel:1'>Two.</a></div>",
    ],
)
def test_tabs_and_addresses_stay(inside: str) -> None:
    found = texts(read_page(page(f"<main><h1>Prices</h1>{_BODY}{inside}</main>")))
    assert found[-2:] == ["One.", "Two."]


def test_a_page_that_a_script_shows_is_read() -> None:
    found = read_page(page(f"<h1>Ship</h1>{_BODY}", "<style>body{display:none}</style>"))
    assert len(found.pieces) == 7


def test_the_parts_of_an_encyclopedia() -> None:
    markup = f"""<main><h1>Korpo</h1><p>It is an island<sup><a href="#n1">[1]</a></sup>.</p>{_BODY}
      <h2><span>History</span><span class=e>[<a href=/e>edit</a>]</span></h2><p>{_WORDS}</p>
      <ol class=references><li><a href="#c1">^</a> <span>Rask, Ida (2001).</span></li></ol></main>"""
    found = read_page(page(markup)).pieces
    assert [(piece.kind, piece.text) for piece in (found[1], found[-3], found[-1])] == [
        ("paragraph", "It is an island¹."),
        ("heading", "History"),
        ("note", "¹ Rask, Ida (2001)."),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "<p class='byline'>By Tora Vind</p>",
        "<p>By Tora Vind and Nils Holm</p>",
        "<div><a rel=author href=/t>Tora Vind</a></div>",
        "<p>Published on 10 March 2023</p>",
        "<div class='c-dateline'>Lund, Monday</div>",
        "<p>Last updated: December 20, 2023 | First published: February 3, 2021</p>",
    ],
)
def test_bylines_and_date_lines_are_known_as_such(line: str) -> None:
    found = read_page(page(f"<article><h1>Ship</h1>{line}<p>{_WORDS}</p>{_BODY}</article>"))
    assert [piece.kind for piece in found.pieces[:3]] == ["heading", "furniture", "paragraph"]


# What the page states


def ld(*nodes: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(nodes[0] if len(nodes) == 1 else nodes)}</script>'


_STATED = {"@type": "NewsArticle", "headline": "Ship &amp; crew", "datePublished": "2024-06-18T23:30:00-05:00"}


@pytest.mark.parametrize(
    ("head", "published", "updated"),
    [
        ('<meta property="article:published_time" content="2024-06-18T10:00:00Z">', date(2024, 6, 18), None),
        ('<meta name="DC.date.issued" content="2024-06-18">', date(2024, 6, 18), None),
        ('<meta name="date" content="18 June 2024">', date(2024, 6, 18), None),
        (ld(_STATED), date(2024, 6, 18), None),
        (
            ld({"@graph": [{"@type": "WebSite"}, {**_STATED, "dateModified": "2024-07-01"}]}),
            date(2024, 6, 18),
            date(2024, 7, 1),
        ),
        (ld({**_STATED, "dateModified": "2024-06-01"}), date(2024, 6, 18), None),
        (ld({"@type": "NewsArticle", "datePublished": "2024-05"}), None, None),
        ('<meta name="date" content="May 2024">', None, None),
        ('<meta name="date" content="1970-01-01T00:00:00Z">', None, None),
        ('<meta name="date" content="2024-02-31">', None, None),
        ('<meta name="generator" content="2024-06-18">', None, None),
        ('<script type="application/ld+json">{"datePublished": </script>', None, None),
    ],
)
def test_dates_are_what_the_page_states(head: str, published: date | None, updated: date | None) -> None:
    found = read_page(page(f"<article>{_BODY}<p>It was 2019-03-04. Copyright 2021.</p></article>", head))
    assert (found.published, found.updated) == (published, updated)


def test_the_article_whose_headline_is_shown_is_taken() -> None:
    other = {"@type": "NewsArticle", "headline": "Other", "datePublished": "2001-01-01"}
    found = read_page(page(f"<article><h1>Ship & crew</h1>{_BODY}</article>", ld(other, _STATED)))
    assert (found.title, found.published) == ("Ship & crew", date(2024, 6, 18))


@pytest.mark.parametrize(
    ("head", "authors", "site"),
    [
        (ld({**_STATED, "author": {"@type": "Person", "name": "Ida Rask"}}), ("Ida Rask",), ""),
        (ld({**_STATED, "author": [{"name": "Ida Rask"}, {"name": "Bo Ek"}]}), ("Ida Rask", "Bo Ek"), ""),
        (ld({**_STATED, "author": "By Ida Rask and Bo Ek"}), ("Ida Rask", "Bo Ek"), ""),
        (ld({"@graph": [{**_STATED, "author": {"@id": "#p"}}, {"@id": "#p", "name": "Ida Rask"}]}), ("Ida Rask",), ""),
        (ld({**_STATED, "author": {"name": "The Times"}, "publisher": {"name": "The Times"}}), (), "The Times"),
        (
            '<meta name=author content="Ida Rask, Bo Ek"><meta property="og:site_name" content="The Times">',
            ("Ida Rask", "Bo Ek"),
            "The Times",
        ),
        ('<meta property="article:author" content="https://social.example/ida">', (), ""),
    ],
)
def test_authors_and_site(head: str, authors: tuple[str, ...], site: str) -> None:
    found = read_page(page(f"<article>{_BODY}</article>", head))
    assert (found.authors, found.site) == (authors, site)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="og:title" content="What &amp; why">', "What & why"),
        ('<meta property="og:title" content="Why | Times"><meta property="og:site_name" content="Times">', "Why"),
        ("<title>The Times</title>", "Shown"),
        ("<title>Shown - The Times</title>", "Shown"),
    ],
)
def test_titles(head: str, title: str) -> None:
    assert read_page(page(f"<article><h1>Shown</h1>{_BODY}</article>", head)).title == title


@pytest.mark.system
def test_made_pages_are_read_whole_and_alone() -> None:
    figures = measured(made(40, seed=7))
    assert figures["kept"]["all"] >= 0.99  # type: ignore[index]
    assert figures["let_in"]["all"] <= 0.01  # type: ignore[index]


def test_captions_of_a_wiki_are_captions_and_links_to_edit_go() -> None:
    wiki = (
        "<div class=thumb><div class=thumbinner><img><div class=thumbcaption>The ruins are open.</div></div></div>"
        "<ul class=gallery><li><div class=thumb><img></div><div class=gallerytext><p>A char in spring</p></div></li></ul>"
        "<h2>Islands<span class=mw-editsection>[edit]</span></h2><p>Five islands are in it.</p><h2>Arrays <span>[x]</span></h2>"
    )
    found = read_page(page(f"<main><h1>Lake</h1>{_BODY}{wiki}{_BODY}</main>")).pieces
    kinds = {piece.text: piece.kind for piece in found}
    assert [kinds[text] for text in ("The ruins are open.", "A char in spring")] == ["caption"] * 2
    assert [kinds[text] for text in ("Islands", "Arrays [x]")] == ["heading"] * 2


def test_a_live_blog_states_when_it_was_updated() -> None:
    stated = {
        "@type": "LiveBlogPosting",
        "headline": "Storm",
        "datePublished": "2024-11-21",
        "dateModified": "2024-11-22T01:00Z",
    }
    head = f"<script type='application/ld+json'>{json.dumps(stated)}</script>"
    found = read_page(page(f"<main><h1>Storm</h1>{_BODY}</main>", head))
    assert (found.published, found.updated) == (date(2024, 11, 21), date(2024, 11, 22))


_MENU = "<main><h2>Starters</h2><ul><li>Nettle soup, £6</li><li>Smoked eel, £9</li></ul></main>"
_NAME = "<header><h1>The Quay</h1><p>Spring menu, with the eels of the season</p></header>"
_FOOT = "<footer><p>8 Quay Street. Book on 0555 870 31</p></footer>"


def test_a_page_that_leads_nowhere_keeps_its_header_and_its_footer() -> None:
    found = [piece.text for piece in read_page(f"<body>{_NAME}{_MENU}{_FOOT}</body>").pieces]
    assert found == [
        "The Quay",
        "Spring menu, with the eels of the season",
        "Starters",
        "Nettle soup, £6",
        "Smoked eel, £9",
        "8 Quay Street. Book on 0555 870 31",
    ]


@pytest.mark.parametrize(
    "site", ["<nav><a href=/>Home</a></nav>", "<p><a href=/shop>Shop</a></p>", "<form><input></form>"]
)
def test_the_footer_of_a_site_stays_out(site: str) -> None:
    found = [piece.text for piece in read_page(f"<body>{site}{_NAME}{_MENU}{_FOOT}</body>").pieces]
    assert "Smoked eel, £9" in found
    assert not any("Quay Street" in text for text in found)


def test_a_menu_without_links_is_no_footer_of_the_article() -> None:
    found = [piece.text for piece in read_page(f"<body>{_NAME}{_MENU}<footer>Courier · Contact</footer></body>").pieces]
    assert found[-1] == "Smoked eel, £9"

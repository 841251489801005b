"""An article of typed blocks in the page: set as what they are, with exact places for quotes and selections."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assistant import Article
from index.article import Block, BlockKind
from tests.browser.accessibility import expect_accessible
from tests.browser.conftest import Visit, Visitor
from tests.browser.server import Server, doubles, serving
from tests.browser.visits import PHONE
from tests.index.loading.pdfs import pdf_of_pages

pytestmark = pytest.mark.browser

PIECES: list[tuple[str, BlockKind, int, int, str]] = [
    ("", "heading", 1, 1, "The harbour of Korpo 🚢"),
    ("\n\n", "furniture", 0, 1, "By Tora Vind, science editor"),
    ("\n\n", "paragraph", 0, 1, "The harbour was built in 1911, and it has two piers."),
    ("\n\n", "heading", 2, 1, "What it has"),
    ("\n\n", "paragraph", 0, 1, "Visitors find there:"),
    ("\n- ", "item", 1, 1, "a café 🍰 with cakes"),
    ("\n- ", "item", 2, 1, "open from noon"),
    ("\n- ", "item", 1, 2, "a crane of forty tonnes"),
    ("\n", "item", 1, 2, "3. a lighthouse"),
    ("\n\n", "heading", 3, 2, "Visitors by year"),
    ("\n\n", "caption", 0, 2, "Table 1. Boats in July"),
    ("\n", "row", 0, 2, "2021, 2023"),
    ("\n", "row", 0, 2, "Korpo: 2021 214, 2023 201"),
    ("\n", "row", 0, 2, "Houtskär: 2021 98, 2023 120"),
    ("\n\n", "quote", 0, 3, "We shall not build a third pier."),
    ("\n\n", "note", 0, 3, "¹ Counted by the harbour master."),
    ("\n\n", "furniture", 0, 3, "Read more: The ferries of Houtskär"),
]


def made() -> Article:
    text, blocks = "", []
    for gap, kind, level, page, words in PIECES:
        start = len(text) + len(gap)
        text += gap + words
        blocks.append(Block(start, len(text), kind, level, page))
    return Article(text, PIECES[0][4], "korpo", blocks=tuple(blocks))


KORPO = made()


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("blocks")
    with doubles(folder / "library") as assistant:
        assistant.add(KORPO)
        with serving(assistant, folder / "log") as server:
            yield server


@pytest.fixture
def reader(harbour: Server, visit: Visitor) -> Visit:
    """Somebody who reads the article."""
    reader = visit(harbour)
    expect(reader.page.locator("#article .block-title")).to_be_visible()
    return reader


def test_each_kind_is_set_as_what_it_is(reader: Visit) -> None:
    article = reader.page.locator("#article")
    shown = article.locator(".block").evaluate_all("all => all.map(one => [one.tagName, one.textContent])")
    assert [words for _, words in shown] == [words for *_, words in PIECES]
    tags = [tag for tag, _ in shown]
    assert tags[:7] == ["H2", "P", "P", "H3", "P", "LI", "LI"]
    assert tags[9:15] == ["H4", "P", "LI", "LI", "LI", "BLOCKQUOTE"]
    assert article.get_by_role("list").count() == 3  # the items before and after the turn of the page, and the rows
    assert article.locator(".page-mark").all_inner_texts() == ["p. 1", "p. 2", "p. 3"]
    assert article.locator(".bullet").count() == 3
    expect_accessible(reader.page, "blocks")


def test_a_selection_over_bullets_and_pages_has_the_words_of_the_article(reader: Visit) -> None:
    quotes = {
        ("with cakes", "forty"): "with cakes\n- open from noon\n- a crane of forty",
        ("a café", "a café"): "a café",
        ("find there:", "🍰 with"): "find there:\n- a café 🍰 with",
        ("2021 214", "Houtskär: 2021"): "2021 214, 2023 201\nHoutskär: 2021",
    }
    for (first, last), quote in quotes.items():
        assert located(reader, first, last) == [KORPO.text.index(quote), KORPO.text.index(quote) + len(quote), quote]


def located(reader: Visit, first: str, last: str) -> list[object]:
    """Where the page places a selection from the beginning of some words to the end of others."""
    return list(
        reader.page.evaluate(
            """async ([first, last]) => {
              const { ArticlePane } = await import("/page/js/article.js");
              const root = document.querySelector("#article").cloneNode(false);
              document.body.append(root);
              const pane = new ArticlePane(root, document.createElement("div"));
              const [{ id }] = (await (await fetch("/gradio_api/run/list_articles",
                { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"data": []}' })).json()).data[0];
              await pane.open(id);
              const place = (words, atEnd) => {
                for (const block of root.querySelectorAll(".block")) {
                  const at = block.textContent.indexOf(words);
                  if (at >= 0) return [block.firstChild, at + (atEnd ? words.length : 0)];
                }
              };
              const range = document.createRange();
              range.setStart(...place(first, false));
              range.setEnd(...place(last, true));
              const found = pane.locate(range);
              root.remove();
              return [found.start, found.end, found.quote];
            }""",
            [first, last],
        )
    )


def test_a_click_that_selects_a_whole_item_takes_no_bullet_along(reader: Visit) -> None:
    reader.page.locator(".block-item", has_text="open from noon").click(click_count=3)
    reader.page.locator("#selection-ask").click()
    assert reader.page.input_value("#question") == "What is said about “open from noon”?"


def test_a_quote_says_its_page_and_is_lit_where_it_stands(reader: Visit) -> None:
    reader.ask("How many boats came to Houtskär in July 2023?")
    [quote, *_] = reader.quotes()
    assert KORPO.page_at(KORPO.text.index(quote)) == 2
    expect(reader.turn.locator(".source .page").first).to_have_text("p. 2")
    reader.marker().click()
    reader.expect_passage_lit(quote)
    expect(reader.page.locator("#show-page")).to_be_hidden()  # there is no file whose page could be shown


def test_it_is_read_on_a_phone(harbour: Server, visit: Visitor) -> None:
    reader = visit(harbour, **PHONE)
    reader.page.click("#show-reading")
    expect(reader.page.locator("#article .block-row").first).to_be_visible()
    assert reader.page.locator("#article-scroll").evaluate("one => one.scrollWidth <= one.clientWidth")


# The page of the file, as a picture

OWNER = "The tannery closed when its owner Maria Lind left for Turku in the spring."


@pytest.fixture
def tannery(tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """The page over a PDF of two pages, and the file."""
    file = tmp_path / "tannery.pdf"
    lines = ["The tannery", "", "The tannery stood by the river and made leather for boots."]
    file.write_bytes(pdf_of_pages([lines, [OWNER]], title="The tannery"))
    with doubles(tmp_path / "library") as assistant:
        assistant.add(file)
        with serving(assistant, tmp_path / "log") as server:
            yield server, file


def test_a_quote_is_seen_on_its_page_and_back_in_the_text(tannery: tuple[Server, Path], visit: Visitor) -> None:
    server, file = tannery
    reader = visit(server)
    button, figure = reader.page.locator("#show-page"), reader.page.locator("#page-picture")
    expect(reader.page.locator("#article .block-title")).to_be_visible()
    expect(button).to_be_hidden()  # no quote is shown yet
    reader.ask("When did the tannery close?")
    quotes = reader.quotes()
    reader.marker().click()
    reader.expect_passage_lit(quotes[0])
    assert not any("page-picture" in address for address in reader.requests)
    button.focus()
    reader.page.keyboard.press("Enter")
    image = figure.locator("img")
    expect(image).to_be_visible()
    assert image.evaluate("one => one.naturalWidth") > 100
    assert quotes[0] in (image.get_attribute("alt") or "")
    expect(figure.locator("figcaption")).to_contain_text("The tannery")
    expect(reader.page.locator("#article")).to_be_hidden()
    expect_accessible(reader.page, "the page as a picture")
    reader.page.keyboard.press("Enter")
    expect(figure).to_be_hidden()
    reader.expect_passage_lit(quotes[0])
    file.unlink()
    reader.forgiven.append("status of 409")
    button.click()
    expect(figure.get_by_role("alert")).to_contain_text("changed or is gone")
    reader.marker().click()
    reader.expect_passage_lit(quotes[0])
    expect(figure).to_be_hidden()


def test_the_page_of_an_upload_is_not_offered(harbour: Server, visit: Visitor, tmp_path: Path) -> None:
    reader = visit(harbour)
    file = tmp_path / "tannery.pdf"
    file.write_bytes(pdf_of_pages([["The tannery", "", OWNER]], title="The tannery"))
    reader.upload(file)
    assert "Added" in reader.report()
    reader.ask("When did the tannery close?")
    reader.marker().click()
    reader.lit()
    expect(reader.page.locator("#show-page")).to_be_hidden()

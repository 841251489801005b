"""The list of articles in the page: add, replace, paste, drop, choose, remove and take back; quotes that went stale."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Server, Visit, Visitor
from tests.browser.server import doubles, serving
from tests.index.loading.pdfs import pdf_of_pages

pytestmark = pytest.mark.browser

FERRY = "The harbour ferry\n\nMon Mar 03 2025\n\nThe harbour ferry carries {} passengers on each crossing.\n"
HOW_MANY = "How many passengers does the harbour ferry carry?"

CANCEL_AND_CHOOSE = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name, {type: "text/plain"}));
  document.querySelector("#same-name button[value='']").click();
  document.querySelector("#files").files = files.files;
  document.querySelector("#files").dispatchEvent(new Event("change"));
}"""
"""Leave a file out and choose the next before the page comes to anything else."""


@pytest.fixture
def visitor(changed: Server, visit: Visitor) -> Visit:
    """Somebody new who looks at the list of articles."""
    visitor = visit(changed)
    visitor.open_library()
    return visitor


def test_files_of_every_kind_are_added_together_and_what_is_skipped_has_its_reason(
    visitor: Visit, tmp_path: Path
) -> None:
    files = {
        "lighthouse.txt": b"The lighthouse\n\nThe lighthouse was lit by Ada Holm in 1893.\n",
        "windmill.md": b"# The windmill\n\nThe **windmill** grinds rye for the baker Nils Krog.\n",
        "quarry.html": b"<html><head><title>The quarry</title></head><body><article><h1>The quarry</h1>"
        b"<p>The quarry gave the granite for the bridge over the river Lune in the year 1911.</p>"
        b"<p>Forty masons worked in it until the autumn of that year.</p></article></body></html>",
        "tannery.pdf": pdf_of_pages(
            [["The tannery", "", "The tannery closed when its owner Maria Lind left."]], title="The tannery"
        ),
        "picture.png": b"\x89PNG\r\n\x1a\n\x00\x00",
        "blank.txt": b"  \n",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    visitor.upload(*(tmp_path / name for name in files))
    said = visitor.report()
    for title in ("The lighthouse", "The windmill", "The quarry", "The tannery"):
        assert title in said
        assert title in visitor.titles()
    skipped = visitor.page.locator("#report .warning").all_inner_texts()
    assert len(skipped) == 2
    for name in ("picture.png", "blank.txt"):
        [line] = [line for line in skipped if name in line]
        assert len(line.partition(name)[2].strip(" :.")) > 10, line
    assert "lighthouse.txt" in (visitor.row("The lighthouse").text_content() or "")
    visitor.ask("Who closed the tannery?")
    assert any("Maria Lind" in quote for quote in visitor.quotes())


def test_an_added_article_opens_and_shows_its_headline_date_and_paragraphs(visitor: Visit) -> None:
    text = "The glass works\n\nTue Apr 01 2025\n\nThe glass works makes lamps.\n\nIts lamps hang in Bergen.\n"
    visitor.upload(_file("glass.txt", text))
    article = visitor.page.locator("#article")
    expect(article.locator(".block-title")).to_have_text("The glass works")
    expect(article.locator(".block-date")).to_have_text("Tue Apr 01 2025")
    expect(article.locator(".block-paragraph")).to_have_text(
        ["The glass works makes lamps.", "Its lamps hang in Bergen."]
    )
    visitor.open_library()
    assert "1 April 2025" in (visitor.row("The glass works").text_content() or "")


def test_the_same_content_again_changes_nothing(visitor: Visit) -> None:
    _add(visitor, _file("salt.txt", "The salt pans\n\nThe salt pans were dug by monks.\n"))
    before = visitor.titles()
    visitor.upload(_file("salt.txt", "The salt pans\n\nThe salt pans were dug by monks.\n"))
    assert "unchanged" in visitor.report()
    expect(visitor.page.locator("#same-name")).to_be_hidden()  # there is nothing to be asked
    assert visitor.titles() == before


def test_a_file_of_the_same_name_replaces_the_old_one_and_its_quotes_are_stale(visitor: Visit) -> None:
    _add(visitor, _file("ferry.txt", FERRY.format("ninety")))
    visitor.ask(HOW_MANY)
    [quote] = visitor.quotes()
    assert "ninety" in quote
    visitor.upload(_file("ferry.txt", FERRY.format("forty")))
    dialog = visitor.page.locator("#same-name")
    expect(dialog).to_contain_text("ferry.txt")
    dialog.locator("button[value=replace]").click()
    assert "The harbour ferry" in visitor.report()
    assert visitor.titles().count("The harbour ferry") == 1
    expect(visitor.turn.locator(".quotes .stale")).to_have_text("stale")  # at once, without a reload
    visitor.marker().click()
    notice = visitor.page.locator("#article-notice")
    expect(notice).to_contain_text("has changed")
    expect(notice.locator("blockquote")).to_have_text(quote)
    expect(visitor.page.locator("#article")).to_contain_text("forty passengers")
    expect(visitor.page.locator("#article mark")).to_have_count(0)
    visitor.reload()
    expect(visitor.turn.locator(".stale")).to_have_text("stale")
    expect(visitor.turn.locator(".verbatim")).to_have_count(0)
    visitor.ask(HOW_MANY)
    assert "forty" in visitor.quotes()[0]
    expect(visitor.turn.locator(".verbatim")).to_have_count(1)
    visitor.marker().click()
    visitor.expect_lit(visitor.quotes()[0])
    expect(notice).to_be_hidden()


def test_the_open_article_is_set_anew_when_it_is_replaced(visitor: Visit) -> None:
    _add(visitor, _file("clock.txt", "The town clock\n\nThe town clock strikes twelve.\n"))
    visitor.row("The town clock").locator(".article-open").click()
    expect(visitor.page.locator("#article")).to_contain_text("strikes twelve")
    _add(visitor, _file("clock.txt", "The town clock\n\nThe town clock strikes thirteen.\n"), same_name="replace")
    expect(visitor.page.locator("#article")).to_contain_text("strikes thirteen")


def test_a_file_over_the_limit_is_skipped_with_its_reason_and_the_others_are_added(
    tmp_path: Path, visit: Visitor
) -> None:
    with (
        doubles(tmp_path / "library", max_file_bytes=2_000_000) as assistant,
        serving(assistant, tmp_path / "log") as server,
    ):
        visitor = visit(server)
        visitor.upload(
            _file("long.txt", "It is long. " * 200_000), _file("mint.txt", "The mint\n\nThe mint made coins.\n")
        )
        said = visitor.report()
        assert "long.txt: it has 2.3 MB; the limit is 1.9 MB" in said
        assert visitor.titles()[0] == "The mint"


def test_both_of_the_same_name_can_be_kept_or_neither_added(visitor: Visit) -> None:
    _add(visitor, _file("mill.txt", "The paper mill\n\nThe paper mill stands at Osby.\n"))
    other = _file("mill.txt", "The saw mill\n\nThe saw mill stands at Lund.\n")
    visitor.upload(other)
    visitor.page.click("#same-name button[value='']")
    expect(visitor.page.locator("#same-name")).to_be_hidden()
    assert "The saw mill" not in visitor.titles()
    visitor.upload(other)
    expect(visitor.page.locator("#same-name")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("#same-name")).to_be_hidden()
    assert "The saw mill" not in visitor.titles()
    _add(visitor, other, same_name="keep")
    assert {"The paper mill", "The saw mill"} <= set(visitor.titles())


def test_what_is_answered_for_one_file_does_not_answer_for_the_next(visitor: Visit) -> None:
    _add(visitor, _file("quarry.txt", "The old quarry\n\nThe old quarry lies at Mora.\n"))
    visitor.upload(_file("quarry.txt", "The new quarry\n\nThe new quarry lies at Rana.\n"))
    expect(visitor.page.locator("#same-name")).to_be_visible()
    visitor.page.evaluate(CANCEL_AND_CHOOSE, ["quarry.txt", "The last quarry\n\nThe last quarry lies at Orsa.\n"])
    visitor.page.click("#same-name button[value=keep]")
    assert "Added" in visitor.report()
    visitor.open_library()
    assert "The last quarry" in visitor.titles()
    assert "The new quarry" not in visitor.titles()


def test_a_pasted_text_is_added_with_its_title(visitor: Visit) -> None:
    visitor.page.click("#paste summary")
    visitor.page.fill("#paste-title", "The bell tower")
    visitor.page.fill("#paste-text", "The bell tower leans.\n\nIts bell was cast by Otto Grau.")
    visitor.page.click("#paste-form button")
    expect(visitor.page.locator("#article")).to_contain_text("cast by Otto Grau")
    visitor.open_library()
    assert "The bell tower" in visitor.titles()
    expect(visitor.page.locator("#paste-text")).to_have_value("")
    visitor.ask("Who cast the bell?")
    assert any("Otto Grau" in quote for quote in visitor.quotes())


def test_files_are_dropped_on_the_pane(visitor: Visit) -> None:
    dropped = visitor.page.evaluate_handle(
        """() => {
          const given = new DataTransfer();
          given.items.add(new File(["The rope walk\\n\\nThe rope walk is a mile long.\\n"], "rope.txt"));
          return given;
        }"""
    )
    visitor.page.dispatch_event("#reading", "dragover", {"dataTransfer": dropped})
    expect(visitor.page.locator("#reading")).to_have_class("dropping")
    visitor.page.dispatch_event("#reading", "drop", {"dataTransfer": dropped})
    expect(visitor.page.locator("#article")).to_contain_text("a mile long")
    expect(visitor.page.locator("#reading")).not_to_have_class("dropping")


def test_adding_shows_how_far_it_is_and_can_be_stopped(visitor: Visit) -> None:
    file = _file("kiln.txt", "The kiln\n\nThe kiln burns birch.\n")
    progress = visitor.page.locator("#progress")
    with visitor.held("add_articles"):
        visitor.upload(file)
        expect(progress).to_be_visible()
        expect(progress.locator("progress")).to_be_visible()
        visitor.page.click("#add-cancel")
        expect(progress).to_be_hidden()
    expect(visitor.page.locator("#report")).to_have_text("Stopped.")
    visitor.reload()
    visitor.upload(file)
    assert "The kiln" in visitor.report()
    assert visitor.titles().count("The kiln") == 1


def test_only_chosen_articles_are_asked(visitor: Visit) -> None:
    for name, keeper in (("east.txt", "Eva Strand"), ("west.txt", "Olaf Berg")):
        side = name[:4]
        _add(visitor, _file(name, f"The {side} gate\n\nThe keeper of the {side} gate is {keeper}.\n"))
    visitor.row("The east gate").locator("input").check()
    scope = visitor.page.locator("#scope")
    expect(scope).to_contain_text("The east gate")
    visitor.ask("Who is the keeper of the gate?")
    assert all("Eva Strand" in quote for quote in visitor.quotes())
    visitor.ask("Who is the keeper of the west gate?")
    assert not any("Olaf Berg" in quote for quote in visitor.quotes())
    visitor.open_library()
    visitor.row("The west gate").locator("input").check()
    expect(scope).to_contain_text("2 of")
    visitor.page.click("#scope-all")
    expect(scope).to_be_hidden()
    expect(visitor.page.locator(".article-row input:checked")).to_have_count(0)
    visitor.ask("Who is the keeper of the west gate?")
    assert any("Olaf Berg" in quote for quote in visitor.quotes())


def test_the_open_article_alone_can_be_asked(visitor: Visit) -> None:
    _add(visitor, _file("pier.txt", "The pier\n\nThe pier was built by Tor Vik.\n"))
    visitor.row("The pier").locator(".article-open").click()
    only = visitor.page.locator("#ask-only")
    only.click()
    expect(only).to_have_attribute("aria-pressed", "true")
    expect(visitor.page.locator("#scope")).to_contain_text("The pier")
    only.click()
    expect(only).to_have_attribute("aria-pressed", "false")
    expect(visitor.page.locator("#scope")).to_be_hidden()


def test_removing_can_be_undone_and_leaves_no_quote_stale(visitor: Visit) -> None:
    _add(visitor, _file("forge.txt", "The forge\n\nThe forge was run by the smith Helga Moen.\n"))
    visitor.ask("Who ran the forge?")
    [quote] = visitor.quotes()
    visitor.open_library()
    before = visitor.titles()
    visitor.row("The forge").locator(".remove").click()
    expect(visitor.row("The forge")).to_have_count(0)
    expect(visitor.page.locator("#library-heading")).to_be_focused()
    notice = visitor.page.locator(".notice").filter(has_text="The forge")
    visitor.ask("Who ran the forge?")
    assert not any("Helga Moen" in other for other in visitor.quotes())
    notice.get_by_role("button", name="Undo").focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.row("The forge")).to_have_count(1)
    expect(visitor.page.locator("#library-heading")).to_be_focused()
    assert visitor.titles() == before
    visitor.reload()
    expect(visitor.turns).to_have_count(2)
    expect(visitor.turns.first.locator(".verbatim")).to_have_count(1)
    visitor.marker(1, visitor.turns.first).click()
    visitor.expect_lit(quote)


def test_the_quotes_of_a_removed_article_are_stale_and_its_words_are_still_shown(visitor: Visit) -> None:
    _add(visitor, _file("chapel.txt", "The chapel\n\nThe chapel was painted by Karin Dahl.\n"))
    visitor.ask("Who painted the chapel?")
    [quote] = visitor.quotes()
    visitor.open_library()
    visitor.row("The chapel").locator(".remove").click()
    expect(visitor.row("The chapel")).to_have_count(0)
    visitor.reload()
    expect(visitor.turn.locator(".stale")).to_be_visible()
    visitor.forgiven.append("status of 500")
    visitor.marker().click()
    expect(visitor.page.locator("#article-notice blockquote")).to_have_text(quote)


def test_what_one_adds_another_finds(changed: Server, visitor: Visit, visit: Visitor) -> None:
    other = visit(changed)
    _add(visitor, _file("well.txt", "The well\n\nThe well was dug by Anders Roos.\n"))
    other.ask("Who dug the well?")
    [quote] = other.quotes()
    assert "Anders Roos" in quote
    other.marker().click()
    other.expect_lit(quote)
    other.reload()
    assert "The well" in other.titles()


def test_the_same_file_from_two_people_at_once_is_added_for_both(
    changed: Server, visitor: Visit, visit: Visitor
) -> None:
    other = visit(changed)
    other.open_library()
    pattern = "**/gradio_api/call/add_articles"
    waiting: list[Route] = []
    visitor.page.route(pattern, lambda route: waiting.append(route))  # sent to the server, and not added yet
    file = _file("lock.txt", "The canal lock\n\nThe canal lock was dug by hand.\n")
    with visitor.page.expect_request(pattern):
        visitor.upload(file)
    _add(other, file)
    waiting[0].continue_()
    assert "unchanged" in visitor.report()
    visitor.page.unroute(pattern)


def test_the_last_article_can_go_and_the_page_says_what_to_do(changed: Server, visit: Visitor) -> None:
    visitor = visit(changed)
    visitor.open_library()
    visitor.page.locator(".article-row .remove").click()
    expect(visitor.page.locator("#no-articles")).to_be_visible()
    expect(visitor.page.locator("#welcome-hint")).to_contain_text("no article")
    expect(visitor.page.locator("#examples button")).to_have_count(0)
    visitor.type("Who is John Kirby?")
    message = visitor.page.locator("#log .failed .message")
    expect(message).to_be_visible()
    assert len(message.inner_text()) > 20
    visitor.upload(_file("ferry.txt", FERRY.format("ninety")))
    visitor.report()
    visitor.ask(HOW_MANY)
    assert "ninety" in visitor.quotes()[0]


def _file(name: str, text: str) -> dict[str, object]:
    """A file as Playwright takes it."""
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def _add(visitor: Visit, file: object, same_name: str = "") -> None:
    """Add one file, and go back to the list."""
    visitor.upload(file)
    if same_name:
        visitor.page.click(f"#same-name button[value={same_name}]")
    assert ("Replaced" if same_name == "replace" else "Added") in visitor.report()
    visitor.open_library()

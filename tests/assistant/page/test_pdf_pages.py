"""A page of a PDF as a picture: only of a file that still is the article, with a reason where there is none."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from assistant import Assistant
from assistant.core.errors import ArticleNotFoundError, LoadError
from assistant.page.events.views import article_page
from assistant.page.pdf_pages import PagePictures, pdf_of
from assistant.page.serving.pictures import route
from index.article import Article
from tests.index.loading.pdfs import pdf_of_pages

PAGES = [
    ["The tannery", "", "The tannery stood by the river and made leather for boots."],
    ["It closed when its owner Maria Lind left for Turku in the spring."],
]
QUOTE = "its owner Maria Lind left"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tannery.pdf"
    path.write_bytes(pdf_of_pages(PAGES, title="The tannery"))
    return path


@pytest.fixture
def tannery(eager_assistant: Assistant, file: Path) -> Article:
    eager_assistant.add(file)
    (article,) = eager_assistant.articles()
    return article


def place(article: Article) -> tuple[int, int]:
    start = article.text.index(QUOTE)
    return start, start + len(QUOTE)


def get(assistant: Assistant, address: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=Starlette(routes=[route(assistant)]))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(address)

    return asyncio.run(ask())


def test_the_page_of_a_quote_is_drawn_with_the_quote_marked(eager_assistant: Assistant, tannery: Article) -> None:
    start, end = place(tannery)
    assert tannery.page_at(start) == 2
    assert article_page(tannery)["pictures"]
    response = get(eager_assistant, f"/page-picture/{tannery.id}?start={start}&end={end}")
    assert (response.status_code, response.headers["content-type"]) == (200, "image/png")
    assert response.headers["cache-control"] == "no-store"
    drawn = Image.open(io.BytesIO(response.content))
    other = Image.open(io.BytesIO(PagePictures(eager_assistant).draw(tannery.id, 0, len("The tannery"))))
    assert drawn.size == other.size
    assert drawn.tobytes() != other.tobytes()


def test_a_file_that_has_changed_or_is_gone_is_not_shown(
    eager_assistant: Assistant, tannery: Article, file: Path
) -> None:
    pictures = PagePictures(eager_assistant)
    pictures.draw(tannery.id, *place(tannery))
    file.write_bytes(pdf_of_pages([*PAGES, ["Nobody bought it."]], title="The tannery"))
    with pytest.raises(LoadError, match="changed or is gone"):
        pictures.draw(tannery.id, *place(tannery))
    file.unlink()
    with pytest.raises(LoadError, match="changed or is gone"):
        pictures.draw(tannery.id, *place(tannery))
    assert not article_page(tannery)["pictures"]


def test_what_is_damaged_since_is_said_in_words_without_the_folder(
    eager_assistant: Assistant, tannery: Article, file: Path
) -> None:
    file.write_bytes(b"%PDF-1.4\nno more")
    start, end = place(tannery)
    response = get(eager_assistant, f"/page-picture/{tannery.id}?start={start}&end={end}")
    assert response.status_code == 409
    assert response.headers["content-type"].startswith("text/plain")
    assert str(file.parent) not in response.text


@pytest.mark.parametrize(
    "query", ["", "start=0", "start=0&end=0", "start=-1&end=3", "start=x&end=3", "start=0&end=999999999"]
)
def test_words_that_are_none_have_no_page(eager_assistant: Assistant, tannery: Article, query: str) -> None:
    assert get(eager_assistant, f"/page-picture/{tannery.id}?{query}").status_code == 404
    assert get(eager_assistant, f"/page-picture/none?{query}").status_code == 404


def test_an_article_without_pages_has_no_picture(eager_assistant: Assistant) -> None:
    eager_assistant.add(Article("The ferry leaves at noon.", "The ferry", "ferry.txt"))
    (ferry,) = eager_assistant.articles()
    with pytest.raises(ArticleNotFoundError):
        PagePictures(eager_assistant).draw(ferry.id, 0, 9)


@pytest.mark.parametrize(
    "source", ["", "tannery.pdf", "https://example.org/tannery.pdf", "/no/such/tannery.pdf", "/\x00.pdf", "/etc/passwd"]
)
def test_only_a_pdf_that_lies_there_can_be_shown(source: str) -> None:
    assert pdf_of(Article("The tannery", source=source)) is None


def test_an_upload_has_no_file(tannery: Article) -> None:
    assert pdf_of(tannery) is not None
    assert pdf_of(replace(tannery, source="tannery.pdf")) is None

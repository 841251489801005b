"""Fixtures of the tests of the page's server side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Article, Assistant
from tests.assistant.page.site import Site, served
from tests.doubles import EagerReader, HashEmbedder

FERRY = Article("The ferry leaves at noon.\n\nIt carries ninety passengers to the island.", "The ferry", "ferry.txt")
ANNA, BEN = "a" * 32, "b" * 32
"""Two visitors."""


@pytest.fixture
def ferry(eager_assistant: Assistant) -> Assistant:
    """An assistant with one article, that always answers."""
    eager_assistant.add(FERRY)
    return eager_assistant


@pytest.fixture
def reading(ferry: Assistant, tmp_path: Path) -> Iterator[Assistant]:
    """Beside a writer, so that nothing can be stored."""
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=EagerReader(), write=False) as reader:
        yield reader


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The events over an empty library. One for all tests of a worker."""
    folder = tmp_path_factory.mktemp("site")
    with (
        Assistant.open(folder / "library", embedder=HashEmbedder(), reader=EagerReader()) as assistant,
        served(assistant) as site,
    ):
        yield site


@pytest.fixture
def ferry_site(site: Site) -> Site:
    """The same with one article and no other."""
    for article in site.assistant.articles():
        site.assistant.remove(article.id)
    site.assistant.add(FERRY)
    return site

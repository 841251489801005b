"""Answering inside a llama-index program: the response's sources are the proven citations, and nothing else is needed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant import Answer, Article, Assistant, Citation, EmptyLibraryError
from assistant.integrations.llama import response_of

FAIR = (
    "Record crowd by the water\n\n"
    "The harbour fair in Bergen drew 12,400 visitors on Saturday, the organisers said.\n\n"
    "Mayor Astrid Lunde opened the fair at noon. Rain was expected in the evening."
)
MILL = "Mill reopens\n\nThe paper mill reopened in March 2019 with 80 workers."


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Assistant.open(tmp_path_factory.mktemp("library")) as assistant:
        assistant.add([Article(FAIR, source="fair"), Article(MILL, source="mill")])
        yield assistant


def test_it_is_a_llama_index_query_engine(assistant: Assistant) -> None:
    from llama_index.core.query_engine import CustomQueryEngine

    assert isinstance(assistant.as_query_engine(), CustomQueryEngine)


def test_the_response_is_the_answer(assistant: Assistant) -> None:
    question = "How many visitors did the fair in Bergen draw on Saturday?"
    response = assistant.as_query_engine().query(question)
    answer = Answer.from_dict(response.metadata)
    assert answer.status == "answered"
    assert str(response) == answer.text
    assert "12,400" in answer.text
    assert answer.text == assistant.ask(question).text


def test_sources_are_the_citations_exactly(assistant: Assistant) -> None:
    response = assistant.as_query_engine().query("How many visitors did the fair in Bergen draw on Saturday?")
    answer = Answer.from_dict(response.metadata)
    assert len(response.source_nodes) == len(answer.citations) > 0
    for found, citation in zip(response.source_nodes, answer.citations, strict=True):
        node = found.node
        assert (node.metadata["article_id"], node.start_char_idx, node.end_char_idx, node.text) == (
            citation.article_id,
            citation.start,
            citation.end,
            citation.quote,
        )
        assert assistant.article(node.ref_doc_id).text[node.start_char_idx : node.end_char_idx] == node.text
        assert node.metadata["number"] == citation.number
        assert node.metadata["title"] == "Record crowd by the water"
        assert found.score is not None


def test_a_refusal_has_no_sources(assistant: Assistant) -> None:
    response = assistant.as_query_engine().query("What did the king of Norway eat for breakfast?")
    assert response.metadata["status"] == "not_found"
    assert response.source_nodes == []
    assert str(response) == response.metadata["message"]


def test_the_metadata_is_plain_json(assistant: Assistant) -> None:
    metadata = assistant.as_query_engine().query("Who opened the fair?").metadata
    assert json.loads(json.dumps(metadata)) == metadata


def test_the_search_can_be_limited_to_articles(assistant: Assistant) -> None:
    mill = next(article.id for article in assistant.articles() if article.source == "mill")
    response = assistant.as_query_engine(articles=[mill]).query(
        "How many visitors did the fair in Bergen draw on Saturday?"
    )
    assert {found.node.ref_doc_id for found in response.source_nodes} <= {mill}
    assert "12,400" not in str(response)


def test_async_questions_get_their_own_answers(assistant: Assistant) -> None:
    engine = assistant.as_query_engine()

    async def both() -> list[str]:
        questions = (
            "How many visitors did the fair in Bergen draw on Saturday?",
            "When did the paper mill reopen?",
        )
        return [str(response) for response in await asyncio.gather(*(engine.aquery(q) for q in questions))]

    fair, mill = asyncio.run(both())
    assert "12,400" in fair
    assert "March 2019" in mill


def test_our_errors_come_through(tmp_path_factory: pytest.TempPathFactory) -> None:
    with (
        Assistant.open(tmp_path_factory.mktemp("empty")) as empty,
        pytest.raises(EmptyLibraryError, match="footnote add"),
    ):
        empty.as_query_engine().query("Who?")


def test_a_source_with_pages_says_its_page() -> None:
    citation = Citation(1, "a", "The ferry", 3, 9, "sank", page=12)
    answer = Answer("When?", "answered", citations=(citation, replace(citation, number=2, page=0)))
    first, second = response_of(answer).source_nodes
    assert first.node.metadata["page_label"] == "12"
    assert "page_label" not in second.node.metadata

"""Finding inside a llama-index program: nodes with exact offsets, no language model, no global settings, no network."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core import Document, QueryBundle
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import MetadataMode

from assistant import Article, Assistant

REPEATED = "The bridge was closed."
TEXTS = {
    "bridge": (
        f"Old bridge closed again\n\n{REPEATED} {'Crowds gathered at the toll house. ' * 28}\n\n{REPEATED}\n\n"
        f"{REPEATED} 🌉 {'Ferries ran instead. ' * 52}"
    ),
    "orchard": "Orchard yields double\n\nApples were plentiful this autumn.\n\nCider makers hired forty pickers.",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Assistant.open(tmp_path_factory.mktemp("library")) as assistant:
        assistant.add([Article(text, source=name) for name, text in TEXTS.items()])
        yield assistant


def test_it_is_a_llama_index_retriever(assistant: Assistant) -> None:
    assert isinstance(assistant.as_retriever(), BaseRetriever)


def test_the_best_node_answers_the_query(assistant: Assistant) -> None:
    best = assistant.as_retriever().retrieve("How many pickers did cider makers hire?")[0]
    assert best.node.text.endswith("Cider makers hired forty pickers.")


def test_nodes_are_slices_of_their_article(assistant: Assistant) -> None:
    nodes = assistant.as_retriever(limit=20).retrieve("When was the bridge closed?")
    for found in nodes:
        article = assistant.article(found.node.metadata["article_id"])
        assert article.text[found.node.start_char_idx : found.node.end_char_idx] == found.node.text
    repeated = [found.node.start_char_idx for found in nodes if found.node.text.startswith(REPEATED)]
    assert len(set(repeated)) == len(repeated) == 3


def test_a_node_says_where_it_comes_from(assistant: Assistant) -> None:
    nodes = assistant.as_retriever(limit=20).retrieve("Old bridge closed again")
    article = next(article for article in assistant.articles() if article.source == "bridge")
    own = [found.node for found in nodes if found.node.ref_doc_id == article.id]
    assert {node.metadata["title"] for node in own} == {"Old bridge closed again"}
    assert {node.metadata["kind"] for node in own} == {"title", "body"}
    assert len({node.node_id for node in own}) == len(own)


def test_a_language_model_sees_title_and_text_only(assistant: Assistant) -> None:
    node = assistant.as_retriever(limit=1).retrieve("cider makers")[0].node
    seen = node.get_content(MetadataMode.LLM)
    assert node.text in seen
    assert "Orchard yields double" in seen
    assert node.metadata["article_id"] not in seen


def test_scores_fall(assistant: Assistant) -> None:
    scores = [found.score for found in assistant.as_retriever(limit=20).retrieve("bridge")]
    assert scores == sorted(scores, reverse=True)


def test_no_more_nodes_than_asked_for(assistant: Assistant) -> None:
    assert len(assistant.as_retriever(limit=2).retrieve("bridge")) == 2
    with pytest.raises(ValueError, match="limit is 0"):
        assistant.as_retriever(limit=0)


def test_the_search_can_be_limited_to_articles(assistant: Assistant) -> None:
    orchard = next(article.id for article in assistant.articles() if article.source == "orchard")
    nodes = assistant.as_retriever(limit=20, articles=[orchard]).retrieve("When was the bridge closed?")
    assert {found.node.ref_doc_id for found in nodes} == {orchard}


def test_bundles_and_async_find_the_same(assistant: Assistant) -> None:
    retriever = assistant.as_retriever()

    async def several() -> list[list[str]]:
        found = await asyncio.gather(*(retriever.aretrieve(QueryBundle(question)) for question in questions))
        return [[node.node_id for node in nodes] for nodes in found]

    questions = ["Who gathered?", "What ran instead?", "How were apples?"]
    expected = [[node.node_id for node in retriever.retrieve(question)] for question in questions]
    assert asyncio.run(several()) == expected


def test_a_document_of_llama_index_can_be_added(tmp_path: Path) -> None:
    text = "Lighthouse lamp relit\n\nKeepers relit the lamp on Sunday after nine dark years."
    with Assistant.open(tmp_path) as assistant:
        report = assistant.add(Document(text=text, metadata={"file_path": "lamp.txt", "anything": "else"}))
        assert len(report.added) == 1
        assert assistant.article(report.added[0]).text == text
        again = assistant.add([Document(text=text, metadata={"file_path": "lamp.txt", "anything": "else"})])
        assert again.unchanged == report.added
        node = assistant.as_retriever(limit=1).retrieve("When was the lamp relit?")[0].node
        assert node.ref_doc_id == report.added[0]


def test_documents_without_metadata_are_told_apart_by_their_text(tmp_path: Path) -> None:
    with Assistant.open(tmp_path) as assistant:
        report = assistant.add(
            [Document(text="Barges carried coal upriver."), Document(text="Barges carried salt downriver.")]
        )
        assert len(set(report.added)) == 2


@pytest.mark.system
def test_it_needs_no_language_model_package(assistant: Assistant) -> None:
    """In a fresh interpreter: with llama-index's own settings untouched, nothing of OpenAI is even looked for."""
    script = f"""
import sys
from assistant import Assistant
with Assistant.open({str(assistant.folder)!r}, write=False) as assistant:
    assert assistant.as_retriever().retrieve("bridge")
    assert assistant.as_query_engine().query("Who gathered at the toll house?").response
from llama_index.core import Settings
assert Settings._llm is None and Settings._embed_model is None, Settings
assert not [name for name in sys.modules if "openai" in name.split(".")], "openai was imported"
assert "sentence_transformers" not in sys.modules and "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

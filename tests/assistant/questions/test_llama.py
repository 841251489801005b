"""Question sets asked of llama-index engines: real ones, with llama-index's own stand-ins for models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import AgentChatResponse
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.query_engine import CustomQueryEngine, RetrieverQueryEngine
from llama_index.core.response_synthesizers.no_text import NoText
from llama_index.core.schema import NodeRelationship, NodeWithScore, RelatedNodeInfo, TextNode

from assistant.core.answer import Answer
from assistant.core.turns import Turn
from assistant.questions import Case, Expected, QuestionSet, run
from assistant.questions.llama import LlamaIndexAssistant, documents
from index.article import Article
from tests.assistant.questions.doctored import (
    ARTICLES,
    COST,
    HARBOUR,
    LIGHT,
    LONG,
    OPENED_IN,
    OTHER,
    SAID,
    WHO,
    passage,
)
from tests.doubles import HashEmbedder


class Hashed(BaseEmbedding):
    """Our deterministic double as an embedding model of llama-index."""

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(value) for value in HashEmbedder().embed([text])[0]]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


@pytest.fixture(scope="module")
def index() -> VectorStoreIndex:
    splitter = SentenceSplitter(chunk_size=40, chunk_overlap=0)
    return VectorStoreIndex.from_documents(documents(ARTICLES), embed_model=Hashed(), transformations=[splitter])


def node(text: str, article: Article = HARBOUR, start: int | None = None) -> NodeWithScore:
    source = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.id)}
    return NodeWithScore(node=TextNode(text=text, start_char_idx=start, relationships=source), score=0.6)


class Saying(CustomQueryEngine):
    """A query engine that says what it was told to, from the nodes it was told."""

    said: str
    nodes: Any

    def custom_query(self, query_str: str) -> Response:
        return Response(self.said, source_nodes=list(self.nodes))


def saying(said: str, *nodes: NodeWithScore, articles: Sequence[Article] = ARTICLES, **kept: Any) -> Answer:
    return LlamaIndexAssistant(Saying(said=said, nodes=list(nodes)), articles, **kept).ask(WHO.question)


def quotes(answer: Answer) -> list[str]:
    texts = {article.id: article.text for article in ARTICLES}
    assert all(texts[c.article_id][c.start : c.end] == c.quote for c in answer.citations)
    return [citation.quote for citation in answer.citations]


PARAGRAPH = passage(1).text
QUESTIONS = QuestionSet(
    "harbour",
    None,
    (),
    (Case("who", (WHO,)), Case("cost", (Expected("cost", "What did the repairs cost?", evidence=(COST,)),))),
)


def test_a_retriever_is_graded_by_what_it_finds(index: VectorStoreIndex) -> None:
    report = run(QUESTIONS, LlamaIndexAssistant(index.as_retriever(similarity_top_k=4), ARTICLES))
    for result in report.results:
        assert len(result.answer.evidence) == 4
        assert result.answer.status == "answered", "a retriever is taken to say its best node"
        assert result.grade.outcome != "law broken", result.grade.reason


def test_a_query_engine_is_asked(index: VectorStoreIndex) -> None:
    engine = index.as_query_engine(llm=MockLLM(max_tokens=8), similarity_top_k=2)
    report = run(QUESTIONS, LlamaIndexAssistant(engine, ARTICLES))
    assert all(result.answer.status == "answered" for result in report.results)
    assert all(len(result.answer.evidence) == 2 for result in report.results)


def test_a_query_engine_without_words_too(index: VectorStoreIndex) -> None:
    engine = RetrieverQueryEngine(index.as_retriever(similarity_top_k=2), NoText(llm=MockLLM()))
    answer = LlamaIndexAssistant(engine, ARTICLES).ask(WHO.question)
    assert quotes(answer) == [answer.evidence[0].passage.text]


def test_a_chat_engine_is_given_the_turns_before() -> None:
    seen: list[list[tuple[str, str]]] = []

    class Chatting:
        def chat(self, message: str, chat_history: Sequence[Any]) -> AgentChatResponse:
            seen.append([(str(said.role.value), str(said.content)) for said in chat_history])
            return AgentChatResponse(response=OPENED_IN, source_nodes=[node(PARAGRAPH)])

    turns = tuple(Expected(f"talk/turn-{n}", f"{n}?", evidence=(OPENED_IN,), depth=n) for n in (1, 2))
    run(QuestionSet("s", None, (), (Case("talk", turns, dialogue=True),)), LlamaIndexAssistant(Chatting(), ARTICLES))
    assert seen == [[], [("user", "1?"), ("assistant", f"{OPENED_IN} [1]")]]


def test_quotes_in_what_is_said_are_cited_and_what_quotes_nothing_is_cited_by_its_nodes() -> None:
    answer = saying(f"It says “{LONG}” Nobody doubts it.", node(PARAGRAPH))
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (2,)]
    assert quotes(answer) == [LONG, PARAGRAPH]


def test_a_sentence_that_stands_in_a_node_is_its_own_quote() -> None:
    assert quotes(saying(LONG, node(passage(2).text), node(PARAGRAPH))) == [LONG]


def test_a_quote_that_stands_in_no_node_proves_nothing() -> None:
    answer = saying(f"He said “{SAID}”", node(PARAGRAPH))
    assert quotes(answer) == [PARAGRAPH]


def test_a_node_is_found_where_it_stands_whatever_offset_it_claims() -> None:
    answer = saying("Well.", node(LIGHT, start=3))
    assert quotes(answer) == [LIGHT]


def test_of_a_text_that_stands_twice_the_claimed_place_is_taken_if_it_is_one() -> None:
    twice = Article("A bell rang. Then it was dark. A bell rang.", "Bells", "bells.txt")
    second = twice.text.rindex("A bell")
    engine = Saying(said="Well.", nodes=[node("A bell rang.", twice, start=second)])
    (citation,) = LlamaIndexAssistant(engine, [twice]).ask("?").citations
    assert citation.start == second


def test_the_same_text_in_two_articles_is_taken_from_the_nodes_own() -> None:
    twin = Article(HARBOUR.text, "Twin", "twin.txt")
    engine = Saying(said="Well.", nodes=[node(LIGHT, twin)])
    (citation,) = LlamaIndexAssistant(engine, [HARBOUR, twin]).ask("?").citations
    assert citation.article_id == twin.id


def test_a_splitters_spaces_do_not_hide_a_node() -> None:
    joined = " ".join([*passage(1).text.split(), *passage(2).text.split()])
    answer = saying("Well.", node(joined))
    assert quotes(answer) == [f"{passage(1).text}\n\n{passage(2).text}"]


def test_a_node_that_stands_nowhere_is_told_and_proves_nothing() -> None:
    answer = saying("Ada Lind did.", node("Ada Lind opened it."))
    assert answer.evidence == ()
    assert "stands in no article" in answer.trace.dropped[0][1]
    result = run(QUESTIONS, LlamaIndexAssistant(Saying(said="Ada did.", nodes=[node("Ada did.")]), ARTICLES)).results[0]
    assert result.grade.outcome == "law broken"


def test_refusals_are_known_by_their_words() -> None:
    assert saying("Empty Response").status == "not_found"
    assert saying("", *()).status == "not_found"
    assert saying("I don't know that.", node(PARAGRAPH)).status == "answered"
    assert saying("I don't know that.", node(PARAGRAPH), refusals=["/don.t know/"]).status == "not_found"


def test_history_is_nothing_to_a_query_engine() -> None:
    engine = LlamaIndexAssistant(Saying(said=LIGHT, nodes=[node(passage(2).text)]), ARTICLES)
    before = engine.ask("Who?")
    assert engine.ask("Who?", history=[Turn("Who?", before)]) == before


def test_something_else_is_refused() -> None:
    with pytest.raises(TypeError, match="neither query, chat nor retrieve"):
        LlamaIndexAssistant(object(), [OTHER])

"""Makes the assistant a llama-index query engine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import NodeRelationship, NodeWithScore, RelatedNodeInfo, TextNode

from assistant.core.answer import Answer, Citation


class FootnoteQueryEngine(CustomQueryEngine):  # type: ignore[misc]  # llama-index is untyped here
    """A llama-index query engine whose every answer is proven. Does not use llama-index's language models or global settings.

    The response has the answer's text, the citations as its source nodes (exactly these, with exact offsets, and the page as
    "page_label" where there is one), and `Answer.to_dict()` as its metadata. A refusal has no source nodes.
    """

    assistant: Any
    articles: tuple[str, ...] | None = None

    def __init__(self, assistant: Any, *, articles: Sequence[str] | None = None) -> None:
        """Usually made by `Assistant.as_query_engine`.

        Args:
            assistant: an `Assistant`; the caller closes it.
            articles: ids that limit the search; None = all.
        """
        super().__init__(assistant=assistant, articles=None if articles is None else tuple(articles))

    def custom_query(self, query_str: str) -> Response:
        """Answer a question. Errors as `Assistant.ask`.

        Args:
            query_str: a standalone question.
        """
        return response_of(self.assistant.ask(query_str, articles=self.articles))

    async def acustom_query(self, query_str: str) -> Response:
        """The same without blocking the event loop."""
        return await asyncio.to_thread(self.custom_query, query_str)


def response_of(answer: Answer) -> Response:
    """An answer as a llama-index response."""
    return Response(
        answer.text,
        source_nodes=[_node_of(citation, answer) for citation in answer.citations],
        metadata=answer.to_dict(),
    )


def _node_of(citation: Citation, answer: Answer) -> NodeWithScore:
    metadata: dict[str, Any] = {"number": citation.number, "article_id": citation.article_id, "title": citation.title}
    if citation.page:
        metadata["page_label"] = str(citation.page)  # the name that llama-index's own readers of PDFs give it
    node = TextNode(
        id_=f"{citation.article_id}-{citation.content_hash[:12]}-{citation.start}-{citation.end}",
        text=citation.quote,
        start_char_idx=citation.start,
        end_char_idx=citation.end,
        metadata=metadata,
        excluded_llm_metadata_keys=["number", "article_id"],
        excluded_embed_metadata_keys=list(metadata),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=citation.article_id)},
    )
    return NodeWithScore(node=node, score=_score_of(citation, answer))


def _score_of(citation: Citation, answer: Answer) -> float | None:
    """The score of the evidence that contains the quote; None if none does."""
    for evidence in answer.evidence:
        passage = evidence.passage
        same = passage.article_id == citation.article_id
        if same and passage.start <= citation.start and citation.end <= passage.end:
            return evidence.score
    return None

"""The search for llama-index programs: our retriever as one of theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from index.evidence import Evidence
from index.retrieval import Retriever


class FootnoteRetriever(BaseRetriever):  # type: ignore[misc]  # llama-index is untyped here
    """A llama-index retriever over a library. Uses no language model and none of llama-index's global settings.

    Each node is a passage: `article.text[node.start_char_idx:node.end_char_idx] == node.text`, and `node.ref_doc_id` is the
    article's id.
    """

    def __init__(self, retriever: Retriever, *, limit: int = 8, articles: Sequence[str] | None = None) -> None:
        """`Assistant.as_retriever` is the usual way.

        Args:
            retriever: finds the passages.
            limit: the most nodes for a query.
            articles: ids that limit the search; None = all.

        Raises:
            ValueError: `limit` is less than 1.
        """
        if limit < 1:
            raise ValueError(f"limit is {limit}; a retriever needs to give at least one passage.")
        self._retriever = retriever
        self._limit = limit
        self._articles = tuple(articles) if articles is not None else None
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._retriever.retrieve(query_bundle.query_str, limit=self._limit, articles=self._articles)
        return [node_of(evidence) for evidence in found]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        # In a thread, since the search would block the event loop for tens of milliseconds.
        return await asyncio.to_thread(self._retrieve, query_bundle)


def node_of(evidence: Evidence) -> NodeWithScore:
    """Evidence as a llama-index node, with the passage's own offsets (llama-index would look for them in the text)."""
    passage = evidence.passage
    metadata = {"article_id": passage.article_id, "title": evidence.title, "kind": passage.kind}
    node = TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=metadata,
        # The title helps a model to place a passage; the other metadata means nothing to it.
        excluded_llm_metadata_keys=["article_id", "kind"],
        excluded_embed_metadata_keys=list(metadata),
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.article_id)},
    )
    return NodeWithScore(node=node, score=evidence.score)

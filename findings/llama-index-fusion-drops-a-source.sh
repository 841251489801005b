#!/usr/bin/env bash
# llama-index-core: QueryFusionRetriever drops all but one of the documents that say the same.
#
# Expected: two documents that hold the same sentence are two sources; fusing the results of one retriever with one query (num_queries=1)
#   gives what that retriever found, in its order.
# Instead: results are told apart by a hash of text and metadata, not by their ids. Nodes with the same text and no metadata of their own
#   are taken for one: a document is lost, and in the mode "reciprocal_rerank" the one that is left gets the marks of both and comes first,
#   even where the retriever had put another node at the top.
# Seen with: llama-index-core 0.14.25.
# What to do: give each document metadata of its own (a file name is enough), or fuse the lists yourself by node id.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check llama-index-core==0.14.25

"$folder/venv/bin/python" -I - <<'PYTHON'
import sys
from importlib.metadata import version

from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import BaseRetriever, QueryFusionRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, RelatedNodeInfo, TextNode


class Fixed(BaseRetriever):
    """Finds three nodes of three documents; two of them hold the same sentence."""

    def _retrieve(self, query_bundle):
        texts = {"best": "The ferry leaves at noon.", "letter": "Tickets cost five euros.", "notice": "Tickets cost five euros."}
        return [
            NodeWithScore(
                node=TextNode(
                    id_=name, text=text, relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=f"{name}.txt")}
                ),
                score=1.0 - place / 10,
            )
            for place, (name, text) in enumerate(texts.items())
        ]


def sources(retriever):
    return [found.node.ref_doc_id for found in retriever.retrieve("When does the ferry leave?")]


alone = sources(Fixed())
fused = {}
for mode in ("simple", "reciprocal_rerank"):
    fusing = QueryFusionRetriever([Fixed()], llm=MockLLM(), mode=mode, num_queries=1, similarity_top_k=3, use_async=False)
    fused[mode] = sources(fusing)
print(f"llama-index-core {version('llama-index-core')}")
print(f"{'the retriever alone':30} {alone}")
for mode, found in fused.items():
    print(f"{'fused, ' + mode:30} {found}")
if [len(found) for found in fused.values()] != [2, 2] or fused["reciprocal_rerank"][0] == alone[0]:
    sys.exit("changed: documents that say the same are told apart now")
print("as described")
PYTHON

#!/usr/bin/env bash
# llama-index-vector-stores-chroma: a node that is added again with a new text keeps its old text and its old vector.
#
# Expected: `ChromaVectorStore.add` with the id of a stored node replaces it, as llama-index's own SimpleVectorStore does, or fails.
# Instead: it returns the id as if it had stored the node, and what is found from then on is the old text with the old vector. It calls
#   Chroma's `add`, which skips ids that it knows, where `upsert` would replace.
# Seen with: llama-index-vector-stores-chroma 0.6.0 on chromadb 1.5.9.
# What to do: `store.delete_nodes([id])` before `store.add([node])`, or upsert into the Chroma collection yourself.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check \
    llama-index-vector-stores-chroma==0.6.0 llama-index-core==0.14.25 chromadb==1.5.9

"$folder/venv/bin/python" -I - <<'PYTHON'
import sys
from importlib.metadata import version

import chromadb
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores import SimpleVectorStore, VectorStoreQuery
from llama_index.vector_stores.chroma import ChromaVectorStore

OLD = TextNode(id_="opening", text="The museum opens at nine.", embedding=[1.0, 0.0])
NEW = TextNode(id_="opening", text="The museum opens at ten.", embedding=[0.0, 1.0])

client = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))
chroma = ChromaVectorStore(chroma_collection=client.create_collection("museum", embedding_function=None))
simple = SimpleVectorStore()
for store in (chroma, simple):
    store.add([OLD])
    print(f"{type(store).__name__}.add of the new text returns {store.add([NEW])}")

found = chroma.query(VectorStoreQuery(query_embedding=NEW.embedding, similarity_top_k=1)).nodes[0].text
kept = [float(number) for number in chroma.client.get(ids=["opening"], include=["embeddings"])["embeddings"][0]]
print(f"llama-index-vector-stores-chroma {version('llama-index-vector-stores-chroma')}, chromadb {chromadb.__version__}")
print(f"ChromaVectorStore now has {found!r} with the vector {kept}")
print(f"SimpleVectorStore now has the vector {simple.get('opening')}")
if found != OLD.text or kept != OLD.embedding or simple.get("opening") != NEW.embedding:
    sys.exit("changed: a node that is added again is replaced, or the two stores agree")
print("as described")
PYTHON

#!/usr/bin/env bash
# chromadb: vectors that all lie equally far apart don't find themselves.
#
# Expected: a stored vector, asked for again, is its own nearest neighbour. An approximate index may lose a place or two, but hardly an
#   exact copy at distance 0, and among a thousand vectors not most of them.
# Instead: of 1,000 one-hot vectors (what counting words gives for texts that share none) four in five don't find themselves, and a query
#   for all 1,000 may give far fewer. There is no error and no warning; `count()` and `get()` have them all. Which ones are lost differs
#   from run to run. Up to 100 vectors there is no loss, so a small trial shows nothing.
# Seen with: chromadb 1.5.9, embedded, with the settings of a new collection.
# What to do: use dense vectors, or compare exactly over what `get(include=["embeddings"])` gives. An "ef_search" as large as the number of
#   vectors is no way out: some runs find all then, others lose as many, for parts of the graph have no link that leads to them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check chromadb==1.5.9 numpy==2.4.6

"$folder/venv/bin/python" -I - <<'PYTHON'
import sys

import chromadb
import numpy as np

COUNT = 1000
ONE_HOT = np.eye(COUNT, dtype=np.float32)
DENSE = np.random.default_rng(0).normal(size=(COUNT, 64)).astype(np.float32)
IDS = [f"v{number}" for number in range(COUNT)]

client = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))


def filled(name, vectors):
    collection = client.create_collection(name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    collection.add(ids=IDS, embeddings=vectors)
    return collection


def lost(collection, vectors):
    """How many vectors are not the answer when they are asked for."""
    found = collection.query(query_embeddings=vectors, n_results=1, include=[])["ids"]
    return sum(first != [id] for first, id in zip(found, IDS, strict=True))


usual = filled("one-hot", ONE_HOT)
everything = usual.query(query_embeddings=ONE_HOT[:1], n_results=COUNT, include=[])["ids"][0]
missed, missed_dense = lost(usual, ONE_HOT), lost(filled("dense", DENSE), DENSE)
print(f"chromadb {chromadb.__version__}")
print(f"count() says {usual.count()}, get() gives {len(usual.get(include=[])['ids'])}, query(n_results={COUNT}) {len(everything)}")
print(f"{missed} of {COUNT} one-hot vectors don't find themselves, {missed_dense} of {COUNT} random ones")
if usual.count() != COUNT or missed < COUNT / 2:
    sys.exit("changed: most vectors find themselves now")
print("as described")
PYTHON

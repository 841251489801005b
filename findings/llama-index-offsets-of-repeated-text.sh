#!/usr/bin/env bash
# llama-index-core: `start_char_idx` is wrong where a text repeats itself.
#
# Expected: without overlap, each node starts where the one before it ended, and `start_char_idx` says so.
# Instead: the splitter forgets where it cut. The offset is found afterwards by searching for the node's text from one character behind
#   the start of the node before, so a node whose text also stands earlier is given the earlier place. The text between start_char_idx
#   and end_char_idx is equal to the node's, which hides it: only what stands around it, and the number of its line or page, is wrong.
# Seen with: llama-index-core 0.14.25. Minutes, logs, poems with a refrain and tables have such texts.
# What to do: don't cite by these offsets; keep your own while you split, or give nodes whose text is unique in the document.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check llama-index-core==0.14.25

"$folder/venv/bin/python" -I - <<'PYTHON'
import sys
from importlib.metadata import version

from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import Document

# A log of 35 equal sentences. Words are counted as tokens, so that no tokenizer is needed.
log = Document(text=" ".join(["The pump on the lower deck is running well."] * 35))
splitter = SentenceSplitter(chunk_size=64, chunk_overlap=0, tokenizer=str.split)
nodes = splitter.get_nodes_from_documents([log])
texts = [node.text for node in nodes]

said = [node.start_char_idx for node in nodes]
right = [sum(len(text) + 1 for text in texts[:number]) for number in range(len(texts))]
print(f"llama-index-core {version('llama-index-core')}")
print(f"{len(nodes)} nodes of {len(texts[0])} characters; joined by spaces they are the document: {' '.join(texts) == log.text}")
print(f"start_char_idx:   {said}")
print(f"where they start: {right}")
if " ".join(texts) != log.text or said == right:
    sys.exit("changed: the offsets are those of the nodes, or the text is split otherwise")
print("as described")
PYTHON

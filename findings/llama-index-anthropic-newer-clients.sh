#!/usr/bin/env bash
# llama-index-llms-anthropic: with the newest `anthropic`, which pip chooses by itself, each request is a TypeError.
#
# Expected: the adapter works with every client that its own requirement lets in: anthropic>=0.75, with no upper end.
# Instead: it installs, imports and is made without a complaint, and then fails before anything is sent.
#   Since anthropic 1.0.0: it passes `temperature` to `messages.create`, which no longer has that argument. Models for which the adapter
#   leaves the temperature out still work, so a trial with one of those shows nothing.
#   Since anthropic 2.0.0: no model works; the adapter calls `MessageParam` to make a message, and that has become a union of types.
# Seen with: llama-index-llms-anthropic 0.12.3 and anthropic 1.0.0 to 2.14.0.
# What to do: pip install "anthropic<1", and write that into your own requirements.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"

for client in 0.125.0 1.17.0 2.14.0; do
    "$folder/venv/bin/pip" install -qq --disable-pip-version-check \
        llama-index-llms-anthropic==0.12.3 llama-index-core==0.14.25 anthropic=="$client"

    no_proxy=127.0.0.1 "$folder/venv/bin/python" -I - <<'PYTHON'
import sys
from importlib.metadata import version

from llama_index.llms.anthropic import Anthropic

SENT = "APIConnectionError"
EXPECTED = {"0.125.0": [SENT, SENT], "1.17.0": ["TypeError", SENT], "2.14.0": ["TypeError", "TypeError"]}

seen = []
print(f"llama-index-llms-anthropic {version('llama-index-llms-anthropic')}, anthropic {version('anthropic')}")
# One model that takes a temperature, one that does not.
for model in ("claude-sonnet-4-5", "claude-opus-4-7"):
    # Nothing listens there: a request that is sent ends with an APIConnectionError.
    adapter = Anthropic(model=model, api_key="none", base_url="http://127.0.0.1:9", max_retries=0)
    try:
        adapter.complete("Who owns the ferry?")
    except Exception as error:
        seen.append(type(error).__name__)
        print(f"  {model}: {type(error).__name__}: {error}")
if seen != EXPECTED[version("anthropic")]:
    sys.exit("changed: the adapter and this client fit each other, or fail otherwise")
PYTHON
done
echo "as described"

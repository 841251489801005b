"""The network that is trained: the transformer of all-MiniLM-L6-v2 with heads for the words that are needed and for the edits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from assistant.training.shared.encoder import built_in_encoder
from assistant.understanding.followup.layout import MARKS, TYPES
from assistant.understanding.followup.resolver_network import LINKS

_WIDTH = 64
"""Of the vectors that are compared to find where a span starts or ends."""
HEADS = ("edits", "places", "words", "links")
"""What each token is multiplied by above the transformer, in the order in which it is."""
POINTERS = 4
"""First and last token of a span that replaces, first and last of one that is put in."""


class FollowUpNetwork(nn.Module):  # type: ignore[misc]
    """Token ids and kinds -> logits of what is needed, what is changed, and where the words for it stand."""

    def __init__(self, dropout: float = 0.1) -> None:
        """Starts from all-MiniLM-L6-v2, whose word vectors stay as they are."""
        super().__init__()
        self.encoder = built_in_encoder(dropout, attention="eager")
        width = self.encoder.config.hidden_size
        known = self.encoder.embeddings.token_type_embeddings.weight.detach()
        kinds = nn.Embedding(TYPES, width)
        with torch.no_grad():
            kinds.weight[:] = known[1]
            kinds.weight[:8] = known[0]
        self.encoder.embeddings.token_type_embeddings = kinds
        self.encoder.config.type_vocab_size = TYPES
        self.marks = nn.Embedding(MARKS, width)
        nn.init.zeros_(self.marks.weight)  # It begins as the transformer knows it.
        self.words = nn.Linear(width, 2)
        self.links = nn.Linear(width, 1 + len(LINKS))
        self.changed = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1))
        self.edits = nn.Linear(width, POINTERS * _WIDTH)
        self.places = nn.Linear(width, POINTERS * _WIDTH)
        for layer in (self.words, self.links, self.changed[0], self.changed[2]):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)

    def forward(
        self, input_ids: Any, attention_mask: Any, token_type_ids: Any, marks: Any
    ) -> tuple[Any, Any, Any, Any]:
        """All (batch, tokens), int64.

        Returns:
            Logits of a word being needed and of one being replaced, (batch, tokens, 2), at a word's first token; of what is
            put in after it, (batch, tokens, 1 + links), the first for nothing; of the places that an edit's span starts and
            ends at, (batch, 4, tokens, tokens), very low outside the history; of the question needing a change, (batch,).
        """
        known = self.encoder.embeddings.word_embeddings(input_ids) + self.marks(marks)
        hidden = self.encoder(
            inputs_embeds=known, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        batch, tokens, _ = hidden.shape
        edits = self.edits(hidden).view(batch, tokens, POINTERS, _WIDTH).permute(0, 2, 1, 3)
        places = self.places(hidden).view(batch, tokens, POINTERS, _WIDTH).permute(0, 2, 3, 1)
        said = ((token_type_ids >= 8) & (attention_mask > 0)).view(batch, 1, 1, tokens)
        pointers = (torch.matmul(edits, places) * _WIDTH**-0.5).float().masked_fill(~said, -1e4)
        return (
            self.words(hidden).float(),
            self.links(hidden).float(),
            pointers,
            self.changed(hidden[:, 0]).float().squeeze(-1),
        )


def load(path: Path | None, dropout: float = 0.1) -> FollowUpNetwork:
    """The network with the weights of a checkpoint, of the reader's (its transformer alone), or as it starts."""
    network = FollowUpNetwork(dropout)
    if path is None:
        return network
    from safetensors.torch import load_file

    weights = load_file(path)
    if "words.weight" not in weights:
        weights = {
            name: value for name, value in weights.items() if name.startswith("encoder.") and "token_type" not in name
        }
        missing, unexpected = network.load_state_dict(weights, strict=False)
        if unexpected:
            raise ValueError(f"{path} is no checkpoint of a like network: {unexpected[:4]}")
        return network
    missing, unexpected = network.load_state_dict(weights, strict=False)
    if unexpected or any("word_embeddings" not in name for name in missing):
        raise ValueError(f"{path} is no checkpoint of this network: {[*missing, *unexpected][:4]}")
    return network

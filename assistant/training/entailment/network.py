"""The network that is trained: the transformer of all-MiniLM-L6-v2 with one head over its first token.

A claim and its evidence are read together, as in Devlin et al. (2019, section 4.1) for entailment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import nn

from assistant.training.shared.encoder import built_in_encoder


class SupportNetwork(nn.Module):  # type: ignore[misc]
    """Token ids of a claim and its evidence -> logit of the evidence supporting the claim."""

    def __init__(self, dropout: float = 0.1) -> None:
        """Starts from all-MiniLM-L6-v2, whose word vectors stay as they are."""
        super().__init__()
        self.encoder = built_in_encoder(dropout, attention="eager")
        width = self.encoder.config.hidden_size
        self.supported = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, 1))
        for layer in (self.supported[0], self.supported[3]):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> Any:
        """All (batch, tokens), int64; the evidence's tokens have type 1.

        Returns:
            Logits, (batch,).
        """
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.supported(hidden[:, 0]).float().squeeze(-1)


def load(path: Path | None, dropout: float = 0.1) -> SupportNetwork:
    """The network with the weights of a checkpoint, of the reader's (its transformer alone), or as it starts."""
    network = SupportNetwork(dropout)
    if path is None:
        return network
    from safetensors.torch import load_file

    weights = load_file(path)
    if "supported.0.weight" not in weights:
        weights = {name: value for name, value in weights.items() if name.startswith("encoder.")}
    missing, unexpected = network.load_state_dict(weights, strict=False)
    if unexpected or any("word_embeddings" not in name and name.startswith("encoder.") for name in missing):
        raise ValueError(f"{path} is no checkpoint of a like network: {[*missing, *unexpected][:4]}")
    return network

"""The network that is trained: the transformer of all-MiniLM-L6-v2 with heads for spans and for answerability.

Wang et al. (2020) for the transformer, Devlin et al. (2019, section 4.3) for the spans: the first token stands for "no answer".
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from index.compiling import built_in_model_dir


class ReadingNetwork(nn.Module):  # type: ignore[misc]
    """Token ids -> logits of where the answer starts and ends, and of whether there is one."""

    def __init__(self, dropout: float = 0.1) -> None:
        """Starts from all-MiniLM-L6-v2, whose word vectors stay as they are: rare words keep their meaning."""
        super().__init__()
        self.encoder = built_in_encoder(dropout)
        width = self.encoder.config.hidden_size
        self.span = nn.Linear(width, 2)
        self.answerable = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1))
        for layer in (self.span, self.answerable[0], self.answerable[2]):
            nn.init.normal_(layer.weight, std=0.02)
            nn.init.zeros_(layer.bias)

    def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any) -> tuple[Any, Any, Any]:
        """All (batch, tokens), int64; the context's tokens have type 1.

        Returns:
            Start and end logits, (batch, tokens): of the first token for "no answer"; those of the question are very low.
            Logits of there being an answer, (batch,).
        """
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        allowed = (token_type_ids * attention_mask).bool()
        first = torch.zeros_like(allowed)
        first[:, 0] = True
        logits = self.span(hidden).float().masked_fill(~(allowed | first).unsqueeze(-1), -1e4)
        return logits[..., 0], logits[..., 1], self.answerable(hidden[:, 0]).float().squeeze(-1)


def built_in_encoder(dropout: float, attention: str = "sdpa") -> Any:
    """The transformer of all-MiniLM-L6-v2, whose word vectors do not learn.

    Args:
        dropout: share of the hidden values that are left out in training.
        attention: how it is reckoned; on a CPU "eager" takes two thirds of the time for windows below 200 tokens.
    """
    from transformers import BertConfig, BertModel

    config = BertConfig.from_pretrained(built_in_model_dir())
    config.hidden_dropout_prob = dropout
    config.attention_probs_dropout_prob = 0.0
    encoder = BertModel.from_pretrained(
        built_in_model_dir(),
        config=config,
        add_pooling_layer=False,
        attn_implementation=attention,
        local_files_only=True,
    )
    encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    return encoder


def load(path: Path | None, dropout: float = 0.1) -> ReadingNetwork:
    """The network with the weights of a checkpoint, or as it starts."""
    network = ReadingNetwork(dropout)
    if path is not None:
        from safetensors.torch import load_file

        missing, unexpected = network.load_state_dict(load_file(path), strict=False)
        if unexpected or any("word_embeddings" not in name for name in missing):
            raise ValueError(f"{path} is no checkpoint of this network: {[*missing, *unexpected][:4]}")
    return network

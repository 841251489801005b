"""The network that is trained: a frozen transformer with low-rank adapters (Hu et al., 2021, LoRA) and heads for reading.

Song et al. (2020) for the transformer, MPNet-base as in all-mpnet-base-v2. A window is `<s> question </s></s> title. heading.
context </s>`; only tokens of the context can answer, and the first token stands for "no answer" (Devlin et al., 2019, 4.3).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from torch import nn

SENTENCES = 64
"""The most sentences of a window that are told apart."""


class Adapted(nn.Module):  # type: ignore[misc]
    """A linear layer that does not learn, and a low-rank change of it that does."""

    def __init__(self, layer: nn.Linear, rank: int, dropout: float) -> None:
        """Starts as the layer itself."""
        super().__init__()
        self.weight = nn.Parameter(layer.weight.detach().to(torch.bfloat16), requires_grad=False)
        self.bias = nn.Parameter(layer.bias.detach().to(torch.bfloat16), requires_grad=False)
        self.down = nn.Parameter(torch.empty(rank, layer.in_features))
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))
        self.dropout = dropout
        self.scale = 2.0
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, values: Any) -> Any:
        """(..., in) -> (..., out)."""
        lean = nn.functional.dropout(values, self.dropout, self.training)
        change = nn.functional.linear(nn.functional.linear(lean, self.down), self.up)
        return nn.functional.linear(values, self.weight, self.bias) + change * self.scale


class TrunkNetwork(nn.Module):  # type: ignore[misc]
    """Token ids -> logits of spans, of sentences and of a verdict."""

    def __init__(self, base: Path, rank: int = 16, frozen: int = 0, dropout: float = 0.05) -> None:
        """Starts from the base, with heads that know nothing.

        Args:
            base: folder of all-mpnet-base-v2.
            rank: of the adapters.
            frozen: how many of the lowest layers stay as they are.
            dropout: share of the adapters' inputs, and of the heads', that are left out.
        """
        super().__init__()
        from transformers import MPNetModel

        self.encoder = MPNetModel.from_pretrained(base, add_pooling_layer=False, local_files_only=True)
        self.encoder.requires_grad_(False)
        for module in self.encoder.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        self.frozen = frozen
        for number, layer in enumerate(self.encoder.encoder.layer):
            if number >= frozen:
                _adapt(layer, rank, dropout)
            else:
                for module in layer.modules():
                    if isinstance(module, nn.Linear):
                        module.to(torch.bfloat16)
        width = self.encoder.config.hidden_size
        self.leave_out = nn.Dropout(dropout)
        self.span = nn.Linear(width, 2)
        self.sentence = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1))
        self.verdict = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 3))
        for head in (self.span, *self.sentence, *self.verdict):
            if isinstance(head, nn.Linear):
                nn.init.normal_(head.weight, std=0.02)
                nn.init.zeros_(head.bias)

    def forward(self, input_ids: Any, attention_mask: Any, context: Any, sentence: Any) -> tuple[Any, Any, Any, Any]:
        """Read windows.

        Args:
            input_ids: (batch, tokens), int64.
            attention_mask: likewise; 1 = a token, 0 = padding.
            context: likewise; 1 = a token that can answer.
            sentence: likewise; number of the token's sentence from 0, below `SENTENCES`; -1 = of none.

        Returns:
            Logits of an answer's first and last token, (batch, tokens), very low outside the context, the first token's for "no
            answer"; of the sentences, (batch, 1 + SENTENCES), the first for "none", very low where there is no sentence; of the
            verdict, (batch, 3): neither, yes, no.
        """
        hidden = self.leave_out(self.hidden(input_ids, attention_mask))
        allowed = context.bool()
        allowed[:, 0] = True
        spans = self.span(hidden).float().masked_fill(~allowed.unsqueeze(-1), -1e4)
        member = nn.functional.one_hot(sentence + 1, SENTENCES + 1)[..., 1:].to(hidden.dtype)
        counts = member.sum(1)
        means = member.transpose(1, 2) @ hidden / counts.clamp(min=1).unsqueeze(-1)
        first = hidden[:, :1]
        scores = self.sentence(torch.cat([first, means], 1)).float().squeeze(-1)
        there = torch.cat([torch.ones_like(counts[:, :1]), counts], 1) > 0
        return spans[..., 0], spans[..., 1], scores.masked_fill(~there, -1e4), self.verdict(hidden[:, 0]).float()

    def hidden(self, input_ids: Any, attention_mask: Any) -> Any:
        """The last hidden values, (batch, tokens, width). As in `MPNetModel`, but that the lowest layers keep no gradients."""
        encoder = self.encoder
        with torch.no_grad():
            values = encoder.embeddings(input_ids=input_ids)
            mask = (1.0 - attention_mask[:, None, None, :].to(values.dtype)) * -1e4
            bias = encoder.encoder.compute_position_bias(values)
            for layer in encoder.encoder.layer[: self.frozen]:
                values = layer(values, mask, position_bias=bias)[0]
        for layer in encoder.encoder.layer[self.frozen :]:
            values = layer(values, mask, position_bias=bias)[0]
        return values


def _adapt(layer: nn.Module, rank: int, dropout: float) -> None:
    """Give each linear layer inside an adapter."""
    for name, child in list(layer.named_children()):
        if isinstance(child, nn.Linear):
            setattr(layer, name, Adapted(child, rank, dropout))
        else:
            _adapt(child, rank, dropout)

"""The networks that are trained: a transformer with heads for reading, frozen with low-rank adapters (Hu et al., 2021) or small.

MPNet-base (Song et al., 2020) as in all-mpnet-base-v2, or MiniLM (Wang et al., 2020) as in all-MiniLM-L6-v2. Of a window, see
`network.windows`, only tokens of the context can answer; the first token stands for "no answer" (Devlin et al., 2019, 4.3).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from assistant.network.windows import SENTENCES
from assistant.training.shared.encoder import built_in_encoder

SCALE = 2.0
"""What the product of an adapter's factors is multiplied by."""


class _Changed(torch.autograd.Function):  # type: ignore[misc]
    """`values @ weight.T + bias + values @ down.T @ up.T`, added where it lands instead of in further passes over memory.

    On a CPU, passes over memory and casts take longer than the multiplications: so everything here has one type.
    """

    @staticmethod
    def forward(ctx: Any, values: Any, weight: Any, bias: Any, down: Any, up: Any) -> Any:
        """(rows, in) -> (rows, out)."""
        narrow = values @ down.t()
        ctx.save_for_backward(values, weight, down, up, narrow)
        return nn.functional.linear(values, weight, bias).addmm_(narrow, up.t())

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        """Gradients of the values and of the two factors."""
        values, weight, down, up, narrow = ctx.saved_tensors
        (gradient,) = gradients
        gradient_narrow = gradient @ up
        wide = (gradient @ weight).addmm_(gradient_narrow, down) if ctx.needs_input_grad[0] else None
        return wide, None, None, gradient_narrow.t() @ values, gradient.t() @ narrow


class Adapted(nn.Module):  # type: ignore[misc]
    """A linear layer that does not learn, and a low-rank change of it that does."""

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        """Starts as the layer itself."""
        super().__init__()
        self.weight = nn.Parameter(layer.weight.detach(), requires_grad=False)
        self.bias = nn.Parameter(layer.bias.detach(), requires_grad=False)
        self.down = nn.Parameter(torch.empty(rank, layer.in_features))
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, values: Any) -> Any:
        """(..., in) -> (..., out)."""
        rows = values.reshape(-1, values.shape[-1])
        down, up = self.down.to(values.dtype), (self.up * SCALE).to(values.dtype)
        return _Changed.apply(rows, self.weight, self.bias, down, up).view(*values.shape[:-1], -1)


class WindowReader(nn.Module):  # type: ignore[misc]
    """A transformer with heads. Token ids -> logits of spans, of sentences and of a verdict."""

    def __init__(self, encoder: nn.Module, dropout: float) -> None:
        """The heads know nothing yet.

        Args:
            encoder: the transformer.
            dropout: share of the heads' inputs that are left out.
        """
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
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
            verdict of each, likewise with a third dimension: neither, yes, no.
        """
        hidden = self.leave_out(self.hidden(input_ids, attention_mask, context).float())
        allowed = context.bool()
        allowed[:, 0] = True
        spans = self.span(hidden).float().masked_fill(~allowed.unsqueeze(-1), -1e4)
        member = nn.functional.one_hot(sentence + 1, SENTENCES + 1)[..., 1:].to(hidden.dtype)
        counts = member.sum(1)
        means = member.transpose(1, 2) @ hidden / counts.clamp(min=1).unsqueeze(-1)
        first = hidden[:, :1]
        vectors = torch.cat([first, means], 1)
        scores = self.sentence(vectors).float().squeeze(-1)
        there = torch.cat([torch.ones_like(counts[:, :1]), counts], 1) > 0
        return spans[..., 0], spans[..., 1], scores.masked_fill(~there, -1e4), self.verdict(vectors).float()

    def hidden(self, input_ids: Any, attention_mask: Any, context: Any) -> Any:
        """The last hidden values, (batch, tokens, width)."""
        raise NotImplementedError


class TrunkNetwork(WindowReader):
    """The strong reader's: a frozen base with adapters."""

    def __init__(self, base: Path, rank: int = 16, frozen: int = 0, dropout: float = 0.05) -> None:
        """Starts from the base, with heads that know nothing.

        Args:
            base: folder of all-mpnet-base-v2.
            rank: of the adapters.
            frozen: how many of the lowest layers stay as they are.
            dropout: share of the heads' inputs that are left out.
        """
        from transformers import MPNetModel

        super().__init__(MPNetModel.from_pretrained(base, add_pooling_layer=False, local_files_only=True), dropout)
        self.encoder.requires_grad_(False).to(dtype())
        self.frozen = frozen
        for layer in self.encoder.encoder.layer[frozen:]:
            _adapt(layer, rank)

    def hidden(self, input_ids: Any, attention_mask: Any, context: Any) -> Any:
        """See `WindowReader.hidden`."""
        with torch.autocast(input_ids.device.type, enabled=False):
            return self._hidden(input_ids, attention_mask)

    def _hidden(self, input_ids: Any, attention_mask: Any) -> Any:
        layers = self.encoder.encoder.layer
        with torch.no_grad():
            values = self.encoder.embeddings(input_ids=input_ids)
            bias = self.encoder.encoder.compute_position_bias(values[:1])
            bias = bias + ((1.0 - attention_mask[:, None, None, :].to(values.dtype)) * -1e4)
            for layer in layers[: self.frozen]:
                values = _layer(layer, values, bias)
        for layer in layers[self.frozen :]:
            values = _layer(layer, values, bias)
        return values


class SmallNetwork(WindowReader):
    """The fast reader's: all-MiniLM-L6-v2, all of which learns but its word vectors."""

    def __init__(self, dropout: float = 0.05) -> None:
        """Starts from the embedding model, with heads that know nothing."""
        super().__init__(built_in_encoder(0.0), dropout)

    def hidden(self, input_ids: Any, attention_mask: Any, context: Any) -> Any:
        """See `WindowReader.hidden`; the context's tokens have type 1."""
        with torch.autocast(input_ids.device.type, enabled=False):
            values = self.encoder.embeddings(input_ids=input_ids, token_type_ids=context).to(dtype())
            bias = (1.0 - attention_mask[:, None, None, :].to(values.dtype)) * -1e4
            bias = bias.expand(-1, self.encoder.config.num_attention_heads, values.shape[1], -1).contiguous()
            for layer in self.encoder.encoder.layer:
                values = self._layer(layer, values, bias)
            return values

    def _layer(self, layer: Any, values: Any, bias: Any) -> Any:
        attention = layer.attention.self
        parts = [_linear(part, values) for part in (attention.query, attention.key, attention.value)]
        seen = _linear(layer.attention.output.dense, _attended(parts, bias))
        values = _norm(layer.attention.output.LayerNorm, values + seen)
        wide = nn.functional.gelu(_linear(layer.intermediate.dense, values))
        return _norm(layer.output.LayerNorm, values + _linear(layer.output.dense, wide))


def _linear(layer: nn.Linear, values: Any) -> Any:
    """The layer, multiplied in the type of the values; what is learnt keeps its 32 bits."""
    return nn.functional.linear(values, layer.weight.to(values.dtype), layer.bias.to(values.dtype))


def _norm(norm: nn.LayerNorm, values: Any) -> Any:
    weight, bias = norm.weight.to(values.dtype), norm.bias.to(values.dtype)
    return nn.functional.layer_norm(values, norm.normalized_shape, weight, bias, norm.eps)


def _attended(parts: Sequence[Any], bias: Any) -> Any:
    """What each token sees, (batch, tokens, width).

    Args:
        parts: queries, keys and values, likewise.
        bias: added to the attention, (batch, heads, tokens, tokens).
    """
    batch, heads, tokens, _ = bias.shape
    query, key, value = (
        part.view(batch, tokens, heads, -1).transpose(1, 2).reshape(batch * heads, tokens, -1) for part in parts
    )
    scores = torch.baddbmm(bias.view(-1, tokens, tokens), query, key.transpose(1, 2), alpha=query.shape[-1] ** -0.5)
    return (scores.softmax(-1) @ value).view(batch, heads, tokens, -1).transpose(1, 2).reshape(batch, tokens, -1)


def dtype() -> torch.dtype:
    """The type that is multiplied in: bfloat16 if the processor supports it; without support that takes fifty times as long."""
    able = torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.bfloat16 if able else torch.float32


def _layer(layer: Any, values: Any, bias: Any) -> Any:
    """A layer of `MPNetModel`, (batch, tokens, width) -> likewise; `bias` is added to the attention."""
    attention = layer.attention.attn
    seen = _attended([part(values) for part in (attention.q, attention.k, attention.v)], bias)
    values = layer.attention.LayerNorm(values + attention.o(seen))
    wide = nn.functional.gelu(layer.intermediate.dense(values))
    return layer.output.LayerNorm(values + layer.output.dense(wide))


def _adapt(layer: nn.Module, rank: int) -> None:
    """Give each linear layer inside an adapter."""
    for name, child in list(layer.named_children()):
        if isinstance(child, nn.Linear):
            setattr(layer, name, Adapted(child, rank))
        else:
            _adapt(child, rank)

"""The transformer of all-MiniLM-L6-v2 (Wang et al., 2020), which the small networks start from."""

from __future__ import annotations

from typing import Any

from index.compiling import built_in_model_dir


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

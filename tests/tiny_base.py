"""A tiny network in the files of all-mpnet-base-v2, with the letters as its words."""

from __future__ import annotations

from pathlib import Path


def write_base(folder: Path) -> Path:
    """Write config, weights and tokenizer into the folder; returns it."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    from transformers import MPNetConfig, MPNetModel

    words = ["<s>", "<pad>", "</s>", "<unk>", *sorted(set('abcdefghijklmnopqrstuvwxyz0123456789.,?"'))]
    words += [f"##{word}" for word in words[4:]]
    tokenizer = Tokenizer(models.WordPiece({word: n for n, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = MPNetConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=3, num_attention_heads=2, intermediate_size=64
    )
    torch.manual_seed(1)
    MPNetModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder

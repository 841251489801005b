"""The compiled model gives sentence-transformers' vectors, whatever the text, the batch and the thread."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import compiling
from index.compiling import built_in_model_dir
from index.embedding import CompiledEmbedder, SentenceTransformerEmbedder, open_embedder
from index.errors import EmbeddingError
from index.settings import BUILT_IN_MODEL, IndexSettings

pytestmark = pytest.mark.system

WORDS = (
    "the river froze early that winter and nobody in town could remember when such a thing had last happened, "
    "although old ledgers kept by the harbour master spoke of skaters, bonfires and a bear"
).split()

TEXTS = [
    "When did it happen?",
    "a",
    "42",
    "…",
    "The quick brown fox jumps over the lazy dog.",
    "  spaces   and\ttabs\nand lines  ",
    "Ünïcödé, naïve café, Straße, İstanbul, ﬁligree",
    "漢字かな交じり文です。これは二つ目の文です。",
    "مرحبا بالعالم، كيف حالك اليوم؟",
    "emoji 👩‍👩‍👧‍👦 and flags 🇰🇵🇷🇺 and e\u0301 combining",
    "“Quoted,” she said—then: 3.14 × 10⁻⁵ ≈ 0.0000314 (p < 0.05).",
    "antidisestablishmentarianism " * 30,
    "x" * 5_000,
    "word " * 254,
    "word " * 255,
    "word " * 1_000,
    " ".join(WORDS * 20),
]


def varied(count: int, seed: int) -> list[str]:
    """Texts of 1 to 400 words: some far over what the model reads."""
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.choice([1, 3, 8, 20, 60, 150, 400]))) for _ in range(count)]


@pytest.fixture(scope="module")
def compiled() -> CompiledEmbedder:
    return CompiledEmbedder(IndexSettings())


@pytest.fixture(scope="module")
def original() -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(built_in_model_dir()), device="cpu", local_files_only=True)


def cosines(left: Any, right: Any) -> Any:
    return np.sum(left * right, axis=1) / np.linalg.norm(left, axis=1) / np.linalg.norm(right, axis=1)


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:20].encode("ascii", "replace").decode())
def test_a_text_alone_has_the_vector_of_the_original(compiled: CompiledEmbedder, original: Any, text: str) -> None:
    assert cosines(compiled.embed([text]), original.encode([text]))[0] >= 0.9999


@pytest.mark.slow
def test_many_texts_have_the_vectors_of_the_original_in_their_order(compiled: CompiledEmbedder, original: Any) -> None:
    texts = TEXTS + varied(20, seed=1)
    vectors = compiled.embed(texts)
    assert vectors.shape == (len(texts), compiled.dimension)
    assert vectors.dtype == np.float32
    assert cosines(vectors, original.encode(texts, batch_size=32)).min() >= 0.9999


def test_vectors_have_length_one(compiled: CompiledEmbedder) -> None:
    assert np.allclose(np.linalg.norm(compiled.embed(TEXTS), axis=1), 1.0, atol=1e-5)


def test_the_other_texts_of_a_batch_do_not_change_a_vector(compiled: CompiledEmbedder) -> None:
    texts = varied(30, seed=2)
    together = compiled.embed(texts)
    alone = np.concatenate([compiled.embed([text]) for text in texts[:10]])
    assert cosines(together[:10], alone).min() >= 0.9999


def test_no_text_gives_no_vector(compiled: CompiledEmbedder) -> None:
    assert compiled.embed([]).shape == (0, compiled.dimension)
    assert compiled.count_tokens([]) == []


def test_an_empty_text_has_a_finite_vector(compiled: CompiledEmbedder) -> None:
    assert np.isfinite(compiled.embed(["", " "])).all()


@pytest.mark.slow
def test_tokens_are_counted_as_the_original_does(compiled: CompiledEmbedder, original: Any) -> None:
    texts = TEXTS + varied(20, seed=3)
    expected = [len(ids) for ids in original.tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]]
    assert compiled.count_tokens(texts) == expected


@pytest.mark.slow
def test_the_token_limit_is_that_of_the_original(compiled: CompiledEmbedder, original: Any) -> None:
    assert compiled.max_tokens == original.max_seq_length - 2
    assert compiled.dimension == original.get_embedding_dimension()


def test_what_is_past_the_limit_changes_nothing(compiled: CompiledEmbedder) -> None:
    base = "word " * compiled.max_tokens
    assert cosines(compiled.embed([base]), compiled.embed([base + "elephants and other matters"]))[0] >= 0.999999
    shorter = "word " * (compiled.max_tokens - 4)
    assert cosines(compiled.embed([shorter]), compiled.embed([shorter + "elephants and other"]))[0] < 0.9999


def test_progress_rises_to_the_number_of_texts(compiled: CompiledEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    compiled.embed(varied(20, seed=4), lambda done, total: seen.append((done, total)))
    assert seen == sorted(set(seen))
    assert seen[-1] == (20, 20)


def test_threads_do_not_disturb_each_other() -> None:
    embedder = CompiledEmbedder(IndexSettings())
    batches = [varied(n, seed=n) for n in (1, 3, 12, 2, 9, 5)]
    with ThreadPoolExecutor(len(batches)) as pool:
        results = list(pool.map(embedder.embed, batches))
    for texts, vectors in zip(batches, results, strict=True):
        assert cosines(vectors, embedder.embed(texts)).min() >= 0.99999


def test_the_settings_name_the_embedder(tmp_path: Path) -> None:
    assert open_embedder(IndexSettings()).name == BUILT_IN_MODEL
    other = open_embedder(IndexSettings(embedding_model=str(tmp_path)))
    assert isinstance(other, SentenceTransformerEmbedder)
    assert other.name == str(tmp_path)


@pytest.mark.slow
def test_another_model_runs_through_sentence_transformers(compiled: CompiledEmbedder) -> None:
    other = SentenceTransformerEmbedder(str(built_in_model_dir()))
    texts = varied(5, seed=5)
    assert (other.dimension, other.max_tokens) == (compiled.dimension, compiled.max_tokens)
    assert other.count_tokens(texts) == compiled.count_tokens(texts)
    assert cosines(other.embed(texts), compiled.embed(texts)).min() >= 0.9999


def test_a_model_that_is_not_there_is_named_and_not_downloaded() -> None:
    with pytest.raises(EmbeddingError, match=r"no-such/model.*Nothing is downloaded.*FOOTNOTE_EMBEDDING_MODEL"):
        SentenceTransformerEmbedder("no-such/model").embed(["a"])


def test_a_cache_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(EmbeddingError, match="FOOTNOTE_CACHE_DIR"):
        CompiledEmbedder(IndexSettings(cache_dir=blocked)).embed(["a"])


def test_a_model_that_can_not_be_compiled_is_no_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "damaged").mkdir()
    monkeypatch.setattr(compiling, "built_in_model_dir", lambda: tmp_path / "damaged")
    with pytest.raises(EmbeddingError, match=r"can't be compiled: .*pip install --force-reinstall"):
        compiling.compiled_model(tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*.onnx"))


def test_a_compiled_model_that_was_damaged_makes_no_vectors(tmp_path: Path) -> None:
    """Bytes that change inside the weights leave a model that loads; its vectors would stay in the library."""
    sound = compiling.compiled_model(None)
    for file in (sound, sound.with_name(f"{sound.name}.sha256")):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    content = bytearray(sound.read_bytes())
    content[len(content) // 2] ^= 0x41
    (tmp_path / sound.name).write_bytes(content)
    with pytest.raises(EmbeddingError, match=r"is damaged\. Run: footnote doctor --repair"):
        CompiledEmbedder(IndexSettings(cache_dir=tmp_path)).embed(["a"])

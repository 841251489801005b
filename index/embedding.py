"""Texts -> unit vectors: the Embedder protocol, with sentence-transformers behind it.

The built-in model is compiled once to ONNX (`index/compiling.py`), because importing sentence-transformers takes seconds
that a question can't wait. Any other model runs through sentence-transformers itself.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any, Protocol

import numpy as np

from index.arrays import Vectors
from index.bulk import BulkModel, open_bulk
from index.compiling import built_in_model_dir, compiled_model, open_session, run_model
from index.errors import EmbeddingError
from index.processors import usable_cores
from index.settings import BUILT_IN_MODEL, IndexSettings

_BATCH_TOKENS = 512
"""The most tokens of a model call: with more, the activations don't fit a core's own cache, and the rate falls."""

_SHORT = 5
"""Most single words have at most so many tokens, the two special ones included; embedded together they take a third of the time
that they take one by one."""

_FEW = 64
"""So many texts or fewer belong to a question; more belong to an article that is added."""

_MANY = 128
"""So many texts or more are worth the import of torch, where `index/bulk.py` makes the model three times as fast."""

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


class Embedder(Protocol):
    """What the search needs of an embedding model."""

    @property
    def name(self) -> str:
        """Name of the model; part of the library's fingerprint."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """The most tokens that a text may have, not counting special tokens; the model would silently ignore the rest."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Token counts, special tokens left out."""

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), float32.

        Raises:
            EmbeddingError: the model can't be loaded or fails.
        """


def open_embedder(settings: IndexSettings) -> Embedder:
    """The embedder that the settings name. It loads nothing until its first use."""
    if settings.embedding_model == BUILT_IN_MODEL:
        return CompiledEmbedder(settings)
    return SentenceTransformerEmbedder(settings.embedding_model)


class CompiledEmbedder:
    """all-MiniLM-L6-v2 through onnxruntime: the vectors of sentence-transformers (cosine >= 0.9999) without its import.

    Safe to use from several threads.
    """

    name = BUILT_IN_MODEL
    dimension = 384
    max_tokens = 254

    def __init__(self, settings: IndexSettings) -> None:
        """Loads nothing yet.

        Args:
            settings: for `cache_dir` and `threads`.
        """
        self._settings = settings
        self._lock = threading.Lock()
        self._tokenizer: Any = None
        self._session: Any = None
        self._bulk: BulkModel | None = None
        self._bulk_tried = False

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Token counts, special tokens left out."""
        tokenizer = self._load_tokenizer()
        return [len(encoding.ids) for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, shape (len(texts), 384), float32; texts over 254 tokens are cut there.

        Raises:
            EmbeddingError: the model can't be compiled or loaded.
        """
        encoded = [encoding.ids for encoding in self._load_tokenizer().encode_batch_fast(list(texts))]
        rows = [ids if len(ids) <= self.max_tokens + 2 else ids[: self.max_tokens + 1] + ids[-1:] for ids in encoded]
        session = self._load_session()
        bulk = self._load_bulk(session) if len(rows) >= _MANY else None

        def run(batch: list[int]) -> Vectors:
            some = [rows[n] for n in batch]
            return bulk(some) if bulk else run_model(session, some)

        batches = _batches([len(row) for row in rows])
        # One thread for a question: users ask at the same time, and more threads than cores slow all of them down.
        threads = 1 if len(rows) <= _FEW else self._settings.threads or usable_cores()
        vectors = np.zeros((len(rows), self.dimension), dtype=np.float32)
        done = 0
        with bulk.one_thread_each() if bulk else nullcontext():
            for batch, found in zip(batches, _in_parallel(run, batches, threads), strict=True):
                vectors[batch] = found
                done += len(batch)
                if progress:
                    progress(done, len(rows))
        return vectors

    def _load_tokenizer(self) -> Any:
        with self._lock:
            if self._tokenizer is None:
                from tokenizers import Tokenizer

                self._tokenizer = Tokenizer.from_file(str(built_in_model_dir() / "tokenizer.json"))
                self._tokenizer.no_padding()
                self._tokenizer.no_truncation()
            return self._tokenizer

    def _load_session(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = open_session(compiled_model(self._settings.cache_dir))
            return self._session

    def _load_bulk(self, session: Any) -> BulkModel | None:
        with self._lock:
            if not self._bulk_tried:
                self._bulk = open_bulk(session)
                self._bulk_tried = True
            return self._bulk


class SentenceTransformerEmbedder:
    """Any other sentence-transformers model, from a folder or the local hub cache; never downloaded."""

    def __init__(self, model: str) -> None:
        """Loads nothing yet.

        Args:
            model: a folder, or a name in the local hub cache.
        """
        self.name = model
        self._lock = threading.Lock()
        self._model: Any = None

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._load().get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        """The most tokens in a text, special tokens left out."""
        return int(self._load().max_seq_length or 512) - 2

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Token counts, special tokens left out."""
        tokenizer = self._load().tokenizer
        return [len(ids) for ids in tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]]

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), float32."""
        model = self._load()
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), 256):
            part = list(texts[start : start + 256])
            vectors[start : start + len(part)] = model.encode(
                part, batch_size=32, normalize_embeddings=True, show_progress_bar=False
            )
            if progress:
                progress(start + len(part), len(texts))
        return vectors

    def _load(self) -> Any:
        with self._lock:
            if self._model is None:
                # Without this, an offline start waits for the hub's retries.
                os.environ.setdefault("HF_HUB_OFFLINE", "1")
                try:
                    from sentence_transformers import SentenceTransformer

                    self._model = SentenceTransformer(self.name, device="cpu", local_files_only=True)
                except Exception as error:
                    # The hub's advice about connections, from the second line on, would mislead.
                    reason = str(error).partition("\n")[0].rstrip(".") or type(error).__name__
                    raise EmbeddingError(
                        f"The embedding model {self.name!r} can't be loaded: {reason}. Nothing is downloaded: name a folder "
                        f"that holds a sentence-transformers model, or unset FOOTNOTE_EMBEDDING_MODEL for {BUILT_IN_MODEL}."
                    ) from error
            return self._model


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indexes of texts that go through the model together, the longest first: short texts of one length, longer ones alone.

    Matrix products of other shapes round differently in the last digits. So a text's vector would depend on the texts embedded
    with it, and an answer on what was asked before. For texts of at most five tokens it did not, in 13,000 tries.
    """
    order = sorted(range(len(lengths)), key=lambda n: -lengths[n])
    batches: list[list[int]] = []
    for n in order:
        alike = batches and lengths[batches[-1][0]] == lengths[n] <= _SHORT
        if alike and (len(batches[-1]) + 1) * lengths[n] <= _BATCH_TOKENS:
            batches[-1].append(n)
        else:
            batches.append([n])
    return batches


def _in_parallel(run: Callable[[list[int]], Vectors], batches: Sequence[list[int]], threads: int) -> Iterator[Vectors]:
    """The results of `run` for each batch, in the batches' order.

    The batches run in parallel, each in one thread: threads that share a model call wait for each other at every step.
    """
    if threads == 1:
        yield from map(run, batches)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="embedding") as pool:
        try:
            yield from pool.map(run, batches)
        finally:
            # If the caller gave up (Ctrl-C), don't wait for the rest.
            pool.shutdown(wait=False, cancel_futures=True)

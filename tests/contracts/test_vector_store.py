"""What every VectorStore must do: the double, Chroma inside the process, and a Chroma server."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.arrays import Vectors
from index.errors import VectorStoreError
from index.vectors.stores import VectorStore, open_embedded, open_server
from tests.doubles import MemoryStore

DIMENSION = 8
LARGE = 6_200
"""More than one Chroma batch (5,461 where SQLite allows 32,766 variables)."""
VERY_LARGE = 35_000
"""More than those variables."""


@pytest.fixture(params=["double", "embedded", pytest.param("server", marks=pytest.mark.system)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorStore]:
    name = f"contract-{uuid.uuid4().hex[:12]}"
    if request.param == "double":
        opened: VectorStore = MemoryStore()
    elif request.param == "embedded":
        opened = open_embedded(tmp_path / "vectors", name)
    else:
        opened = open_server(request.getfixturevalue("chroma_server"), name)
    yield opened
    opened.close()


def unit(*values: float) -> Vectors:
    """A unit vector that starts with these values."""
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[: len(values)] = values
    return vector / np.float32(np.linalg.norm(vector))


def many(count: int, seed: int = 0) -> Vectors:
    """Random unit vectors, shape (count, DIMENSION)."""
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def put(store: VectorStore, **vectors: Vectors) -> None:
    """Store vectors whose article is the first letter of their id."""
    store.upsert(list(vectors), [pid[0] for pid in vectors], np.stack(list(vectors.values())))


def test_the_nearest_comes_first_with_its_cosine(store: VectorStore) -> None:
    put(store, a1=unit(1), a2=unit(1, 1), b1=unit(0, 1), b2=unit(-1))
    hits = store.query(unit(1, 0.1), 3)
    assert [pid for pid, _ in hits] == ["a1", "a2", "b1"]
    assert [score for _, score in hits] == pytest.approx([0.99504, 0.77395, 0.09950], abs=1e-3)


def test_upsert_replaces_vector_and_article(store: VectorStore) -> None:
    put(store, a1=unit(1), a2=unit(0, 1))
    store.upsert(["a1"], ["z"], unit(0, 0, 1).reshape(1, -1))
    assert store.count() == 2
    assert store.query(unit(0, 0, 1), 1) == [("a1", pytest.approx(1.0, abs=1e-5))]
    assert store.query(unit(1), 5, ["z"]) == [("a1", pytest.approx(0.0, abs=1e-5))]
    assert [pid for pid, _ in store.query(unit(1), 5, ["a"])] == ["a2"]


def test_what_is_deleted_is_not_found_again(store: VectorStore) -> None:
    put(store, a1=unit(1), a2=unit(0, 1))
    store.delete(["a1"])
    assert store.ids() == {"a2"}
    assert [pid for pid, _ in store.query(unit(1), 5)] == ["a2"]


def test_deleting_unknown_ids_is_no_error(store: VectorStore) -> None:
    put(store, a1=unit(1))
    store.delete(["a1", "never there"])
    store.delete(["never there"])
    assert store.count() == 0


def test_empty_lists_do_nothing(store: VectorStore) -> None:
    put(store, a1=unit(1))
    store.upsert([], [], np.zeros((0, DIMENSION), dtype=np.float32))
    store.delete([])
    assert store.ids() == {"a1"}
    assert store.query(unit(1), 5, []) == []
    assert store.query(unit(1), 0) == []


def test_an_empty_store_finds_nothing(store: VectorStore) -> None:
    assert store.query(unit(1), 5) == []
    assert store.ids() == set()
    assert store.count() == 0


@pytest.mark.system
def test_row_12_more_than_one_batch_at_once(store: VectorStore) -> None:
    vectors = many(LARGE)
    ids = [f"a{n:05}" if n % 2 else f"b{n:05}" for n in range(LARGE)]
    store.upsert(ids, [pid[0] for pid in ids], vectors)
    assert store.count() == LARGE
    assert store.ids() == set(ids)
    for n in (0, 1, LARGE // 2, LARGE - 1):
        assert store.query(vectors[n], 1)[0] == (ids[n], pytest.approx(1.0, abs=1e-4))
    limited = store.query(vectors[0], 100, ["a"])
    assert len(limited) == 100
    assert all(pid.startswith("a") for pid, _ in limited)
    store.delete([*ids[:-2], *(f"unknown {n}" for n in range(VERY_LARGE))])
    assert store.ids() == set(ids[-2:])


def test_a_search_may_be_limited_to_thousands_of_articles(store: VectorStore) -> None:
    put(store, a1=unit(1), b1=unit(1, 0.1), c1=unit(1, 0.2))
    everything_but_a = ["b", "c", *(f"article {n}" for n in range(VERY_LARGE))]
    assert [pid for pid, _ in store.query(unit(1), 5, everything_but_a)] == ["b1", "c1"]


def test_the_best_of_the_wanted_articles_is_found_however_many_others_are_nearer(store: VectorStore) -> None:
    vectors = many(3_000, seed=1)
    vectors[:, 0] = np.abs(vectors[:, 0]) + 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    store.upsert([f"n{n}" for n in range(3_000)], ["near"] * 3_000, vectors)
    store.upsert(["f1", "f2"], ["far", "far"], np.stack([unit(-1), unit(-1, 0.5)]))
    assert [pid for pid, _ in store.query(unit(1, 0.1), 10, ["far"])] == ["f2", "f1"]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_vector_that_is_not_finite_finds_nothing(store: VectorStore, bad: float) -> None:
    put(store, a1=unit(1))
    vector = unit(1)
    vector[3] = bad
    assert store.query(vector, 5) == []


def test_a_limit_above_the_count_gives_all(store: VectorStore) -> None:
    put(store, a1=unit(1), a2=unit(0, 1))
    assert len(store.query(unit(1), 1_000)) == 2


def test_clear_forgets_everything_and_leaves_it_usable(store: VectorStore) -> None:
    put(store, a1=unit(1), a2=unit(0, 1))
    store.clear()
    assert store.count() == 0
    assert store.query(unit(1), 5) == []
    put(store, b1=unit(1))
    assert store.ids() == {"b1"}


def test_after_clear_vectors_may_have_another_length(store: VectorStore) -> None:
    put(store, a1=unit(1))
    store.clear()
    store.upsert(["b1"], ["b"], np.eye(1, DIMENSION * 2, dtype=np.float32))
    assert store.query(np.eye(1, DIMENSION * 2, dtype=np.float32)[0], 1) == [("b1", pytest.approx(1.0, abs=1e-5))]


def test_many_threads_may_use_it_at_once(store: VectorStore) -> None:
    vectors = many(200, seed=2)
    failures: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for n in range(worker * 50, worker * 50 + 50, 10):
                ids = [f"{worker}-{i}" for i in range(n, n + 10)]
                store.upsert(ids, [str(worker)] * 10, vectors[n : n + 10])
                assert store.query(vectors[n], 1, [str(worker)])[0][0] == ids[0]
            store.delete([f"{worker}-{worker * 50}"])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.count() == 196


def test_closing_twice_is_no_error(store: VectorStore) -> None:
    put(store, a1=unit(1))
    store.close()
    store.close()


def test_embedded_vectors_are_there_after_reopening(tmp_path: Path) -> None:
    first = open_embedded(tmp_path / "vectors", "reopened")
    put(first, a1=unit(1), b1=unit(0, 1))
    first.close()
    second = open_embedded(tmp_path / "vectors", "reopened")
    assert second.query(unit(0, 1), 1) == [("b1", pytest.approx(1.0, abs=1e-5))]
    second.close()


def test_a_server_that_is_not_there_is_a_clear_error() -> None:
    with pytest.raises(VectorStoreError, match=r"http://127\.0\.0\.1:9.*FOOTNOTE_VECTORS"):
        open_server("http://127.0.0.1:9", "nobody")

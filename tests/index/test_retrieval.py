"""Retrieval: both searches, their fusion, typos, borrowed words, limits; one consistent state whatever is written meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.arrays import Vectors
from index.article import Article
from index.embedding import Embedder
from index.library.store import Library
from index.retrieval import Retriever, fuse
from index.spelling import Speller
from index.vectors.stores import Hits, LibraryVectors
from tests.doubles import HashEmbedder, MemoryStore
from tests.helpers import EMBEDDER, FINGERPRINT, cut, store

BIRDS = "\n".join(
    (
        "The heron stands in the shallow water.",
        "A stork builds its nest on the chimney.",
        "Kirchschlager photographed the pelican.",
        "The café owner feeds the gulls.",
        "Vladimir Petrosyan counted forty swans.",
    )
)


@pytest.fixture
def retriever(library: Library) -> Retriever:
    """Over one article about birds."""
    store(library, BIRDS, "birds")
    return Retriever(library, EMBEDDER, LibraryVectors(library))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The article about birds, for asking only."""
    library = Library(tmp_path_factory.mktemp("birds"))
    store(library, BIRDS, "birds")
    yield library
    library.close()


def best(retriever: Retriever, question: str, asked: str = "") -> str:
    return retriever.retrieve(question, asked=asked)[0].passage.text


def test_fusion_sums_reciprocal_ranks() -> None:
    assert fuse([["a", "b"], ["b", "c"]]) == [
        ("b", pytest.approx(1 / 12 + 1 / 11)),
        ("a", pytest.approx(1 / 11)),
        ("c", pytest.approx(1 / 12)),
    ]
    assert fuse([]) == []
    assert [pid for pid, _ in fuse([["a"], ["b"]])] == ["a", "b"], "a tie goes to the first ranking"


def test_evidence_comes_best_first_with_its_surroundings(retriever: Retriever) -> None:
    evidence = retriever.retrieve("Where does the stork build its nest?", limit=3)
    assert evidence[0].passage.text == "A stork builds its nest on the chimney."
    assert [item.score for item in evidence] == sorted((item.score for item in evidence), reverse=True)
    assert len(evidence) == 3
    assert evidence[0].before is not None
    assert evidence[0].after is not None
    assert evidence[0].before.text.startswith("The heron")
    assert evidence[0].after.text.startswith("Kirchschlager")
    assert evidence[0].title == "About birds"


def test_words_alone_find_what_the_vectors_miss(library: Library) -> None:
    store(library, BIRDS, "birds")
    assert best(Retriever(library, EMBEDDER, MemoryStore()), "pelicans") == "Kirchschlager photographed the pelican."


def test_vectors_alone_find_what_the_words_miss(library: Library, embedder: Embedder) -> None:
    article = Article(BIRDS, "Birds", "birds")
    passages, _ = cut(article)
    made, vectors = embedder.embed([p.text for p in passages]), MemoryStore()
    library.put(article, passages, made, FINGERPRINT)
    vectors.upsert([p.id for p in passages], [article.id] * 5, made)
    retriever = Retriever(library, embedder, vectors)
    assert retriever.lexical("Who took pictures?", 10) == []
    assert best(retriever, "Who took pictures?") == "Kirchschlager photographed the pelican."


def test_the_similarity_of_a_passage_does_not_depend_on_who_found_it(library: Library) -> None:
    store(library, BIRDS, "birds")
    embedder, empty = HashEmbedder(), MemoryStore()
    [passage, *_] = Retriever(library, embedder, empty).retrieve("Kirchschlager pelican")
    question, own = embedder.embed(["Kirchschlager pelican", passage.passage.text])
    assert passage.similarity == pytest.approx(float(question @ own), abs=1e-6)


def test_accents_case_and_endings_do_not_matter(retriever: Retriever) -> None:
    for question in ("CAFE?", "the cafés", "Café's"):
        assert retriever.lexical(question, 1)
        assert best(retriever, question).startswith("The café")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Kirchschlagr", "Kirchschlager"),
        ("Krichschlager", "Kirchschlager"),
        ("Kirchslager", "Kirchschlager"),
        ("Kirschlager", "Kirchschlager"),
        ("Petrosian", "Petrosyan"),
        ("Petrossjan", "Petrosyan"),
        ("Valdimir", "Vladimir"),
        ("herron", "heron"),
        ("pelcan", "pelican"),
        ("chimeny", "chimney"),
    ],
)
def test_a_name_with_up_to_two_letters_wrong_finds_the_passage(retriever: Retriever, typed: str, meant: str) -> None:
    assert meant in best(retriever, f"What about {typed}?")


def test_a_word_of_the_library_is_never_corrected(library: Library) -> None:
    store(library, "The hero sleeps.\nThe heron stands.", "1")
    speller = Speller(library)
    assert speller.nearest("hero") == []
    assert speller.nearest("heron") == []
    assert speller.nearest("heros") == []
    assert speller.nearest("2024") == speller.nearest("cat") == speller.nearest("") == []


def test_the_vocabulary_follows_the_library(library: Library) -> None:
    speller = Speller(library)
    assert speller.nearest("pelikan") == []
    article = store(library, "A pelican.", "1")
    assert speller.nearest("pelikan") == ["pelican"]
    library.remove(article.id)
    assert speller.nearest("pelikan") == []


CROWD = "\n".join(
    (
        "Petrosyan met Petrosyan and Petrosyan.",
        "Storks arrived in March.",
        "Storks left in August.",
        *(f"Line {n} is about other matters." for n in range(20)),
    )
)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What of Petrosyan's storks?", "What of his storks?"),
        ("What of the storks? (Petrosyan)", "What of the STORK?"),
        ("What of Petrosyan's storcks?", "What of his storcks?"),
        ("What of Petrosyan's storks?", "What of his storcks?"),
        ("What of Petrosian's storks?", "What of his storks?"),
    ],
)
def test_the_users_own_word_counts_more_than_a_borrowed_one(library: Library, question: str, asked: str) -> None:
    store(library, CROWD, "1")
    retriever = Retriever(library, EMBEDDER, MemoryStore())
    assert best(retriever, question).startswith("Petrosyan"), "the borrowed word is rarer, and there more often"
    assert best(retriever, question, asked).startswith("Storks")


def test_the_vector_of_a_follow_up_lies_between_both_questions_nearer_to_the_standalone_one(shared: Library) -> None:
    searched = []

    class Noting(MemoryStore):
        def query(self, vector: Vectors, limit: int, articles: Sequence[str] | None = None) -> Hits:
            searched.append(vector)
            return super().query(vector, limit, articles)

    embedder = HashEmbedder()
    question, asked = "Where does the heron stand?", "Where does it stand?"
    Retriever(shared, embedder, Noting()).retrieve(question, asked=asked)
    assert embedder.calls == 2
    whole, part = embedder.embed([question, asked])
    assert np.linalg.norm(searched[0]) == pytest.approx(1, abs=1e-6)
    assert whole @ part < searched[0] @ part < searched[0] @ whole < 0.9999


WORDS = st.lists(st.sampled_from([*BIRDS.lower().replace(".", "").split(), "pelcan", "unheard", "why"]), max_size=8)


@given(WORDS, st.randoms(use_true_random=False))
def test_a_question_that_borrows_nothing_is_searched_by_its_text_alone(shared: Library, words: list[str], rng) -> None:  # type: ignore[no-untyped-def]
    vectors, question = LibraryVectors(shared), " ".join(words)
    retriever = Retriever(shared, EMBEDDER, vectors)
    rankings = retriever.lexical(question, 100), vectors.query(EMBEDDER.embed([question])[0], 100)
    expected = fuse([[pid for pid, _ in ranking] for ranking in rankings])[:8]
    reordered = " ".join([*rng.sample(words, len(words)), "these"])
    for asked in ("", question, question.upper(), reordered, "And why is that?" if "why" not in words else ""):
        found = retriever.retrieve(question, asked=asked)
        assert [(item.passage.id, item.score) for item in found] == expected


@given(WORDS, WORDS)
def test_a_passage_without_an_own_word_never_overtakes_one_with_it(
    shared: Library, own: list[str], borrowed: list[str]
) -> None:
    retriever = Retriever(shared, EMBEDDER, MemoryStore())
    asked = " ".join(own)
    having = {pid for pid, _ in retriever.lexical(asked, 100)}
    before, after = (
        [item.passage.id for item in retriever.retrieve(" ".join(own + borrowed), asked=said)] for said in ("", asked)
    )
    for higher in having.intersection(before):
        lower = set(before[before.index(higher) :]) - having
        assert lower <= set(after[after.index(higher) :])


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "?",
        "🛳️🛳️",
        "___",
        '"',
        "\"' OR 1=1 -- NEAR(a b) col:x ^y * AND NOT (",
        "NULL\x00byte heron",
        "AND OR NOT NEAR",
        "the of and",
        "heron " * 5_000,
        "a" * 1_000_000,
        "\u0301\u0301",
        "船在哪里？",
    ],
)
def test_no_question_breaks_the_search(retriever: Retriever, question: str) -> None:
    for asked in ("", "heron", question[:-1]):
        assert len(retriever.retrieve(question, asked=asked)) <= 8
        assert len(retriever.retrieve("heron " + question, asked=asked or question)) <= 8


def test_a_search_limited_to_articles_finds_nothing_else(library: Library) -> None:
    store(library, BIRDS, "1")
    wanted = store(library, "Nothing about water here.", "2")
    retriever = Retriever(library, EMBEDDER, LibraryVectors(library))
    evidence = retriever.retrieve("The heron stands in the shallow water.", articles=[wanted.id])
    assert [item.passage.article_id for item in evidence] == [wanted.id]
    many = [wanted.id, *(f"unknown {n}" for n in range(40_000))]
    assert [item.passage.article_id for item in retriever.retrieve("heron", articles=many)] == [wanted.id]


def test_vectors_that_are_ahead_or_behind_give_no_stale_evidence(library: Library) -> None:
    old = store(library, "The heron stands.", "1")
    vectors = MemoryStore()
    vectors.upsert(*library.all_vectors())
    vectors.upsert(["not yet there-1"], [old.id], EMBEDDER.embed(["The heron flies."]))
    store(library, "The stork flies.", "1")
    evidence = Retriever(library, EMBEDDER, vectors).retrieve("The heron stands.")
    assert evidence == ()


class MeddlingStore(MemoryStore):
    """A store during whose search another thread rewrites the article."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library

    def query(self, vector: Vectors, limit: int, articles: Sequence[str] | None = None) -> Hits:
        hits = super().query(vector, limit, articles)
        writer = threading.Thread(target=store, args=(self._library, version(1), "1"))
        writer.start()
        writer.join()
        return hits


def version(number: int) -> str:
    """Text of an article whose every line names its version."""
    return "\n".join(f"Version {number} line {n} heron." for n in range(5))


def test_row_32_a_question_sees_one_state_whatever_is_written_meanwhile(library: Library) -> None:
    store(library, version(0), "1")
    vectors = MeddlingStore(library)
    vectors.upsert(*library.all_vectors())
    evidence = Retriever(library, EMBEDDER, vectors).retrieve("heron line")
    around = [p for item in evidence for p in (item.passage, item.before, item.after) if p is not None]
    assert len(evidence) == 5
    assert {p.text.split()[1] for p in around} == {"0"}
    assert library.articles()[0].text == version(1)


def test_a_vector_that_is_not_finite_leaves_the_words(library: Library) -> None:
    class Broken(HashEmbedder):
        def embed(self, texts, progress=None):  # type: ignore[no-untyped-def]
            return np.full((len(texts), self.dimension), np.nan, dtype=np.float32)

    store(library, BIRDS, "birds")
    retriever = Retriever(library, Broken(), LibraryVectors(library))
    assert best(retriever, "pelican") == "Kirchschlager photographed the pelican."

"""Citing: a sentence is said only if its quotes stand in the article, its details in them, and they say what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Article, Citation, Draft, DraftSentence, Passage, Quote
from assistant.core.answer import AnswerSentence, Dropped
from assistant.core.draft import Proof
from assistant.verification.citations import closest, locate, numbered, whole
from assistant.verification.entailment.checker import EntailmentChecker, open_checker
from assistant.verification.prover import Prover, prove
from index.errors import ArticleNotFoundError

TEXT = "The ferry sank at noon. The ferry sank at noon. Nobody was hurt 🛳️."
ARTICLE = Article(TEXT, title="Ferry", source="1")
PASSAGE = Passage("p1", ARTICLE.id, 24, len(TEXT), TEXT[24:], 1)


def article_of(article_id: str) -> Article:
    """A library with one article."""
    if article_id != ARTICLE.id:
        raise ArticleNotFoundError(article_id)
    return ARTICLE


class Checker:
    """A EntailmentChecker that always says the same, and remembers what it was asked."""

    name = "always the same"
    threshold = 0.5

    def __init__(self, support: float = 1.0) -> None:
        self.asked: list[tuple[str, str]] = []
        self._support = support

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += pairs
        return [self._support] * len(pairs)


def unneeded() -> EntailmentChecker:
    raise AssertionError("the support checker was opened for nothing")


def quote(text: str, start: int | None = None, passage: Passage = PASSAGE) -> Quote:
    return Quote(passage, text, start)


def drafted(*sentences: DraftSentence) -> Draft:
    return Draft(sentences, 0.9)


def test_a_quote_is_found_in_its_own_passage_not_in_an_earlier_copy() -> None:
    citation = locate(quote("sank at noon"), article_of)
    assert citation == Citation(0, ARTICLE.id, "Ferry", 34, 46, "sank at noon", ARTICLE.content_hash)


def test_a_quote_with_a_start_is_taken_at_its_word() -> None:
    assert locate(quote("sank at noon", 10), article_of) is not None
    assert locate(quote("sank at noon", 11), article_of) is None


@pytest.mark.parametrize(
    "said",
    [
        quote("sank at midnight"),
        quote("Sank at noon"),
        quote("sank at … noon"),
        quote("."),
        quote("\ud800"),
        quote("sank  at noon", 34),
        quote(""),
        quote("  ", 3),
        quote(" ", 3),
        quote("The ferry", -len(TEXT)),
        quote("🛳️.", 10**9),
        quote("sank", passage=Passage("gone", "no such article", 0, 4, "sank", 0)),
        # The passage is of an old version: what it says stands nowhere now.
        quote("old words", passage=Passage("old", ARTICLE.id, 0, 9, "old words", 0)),
        quote(TEXT + " and more", 0),
    ],
)
def test_what_does_not_stand_there_is_not_cited(said: Quote) -> None:
    assert locate(said, article_of) is None


def test_a_quote_without_a_start_is_cited_as_the_article_has_it() -> None:
    text = "She said: “We\u00a0won,\nall of us.”"
    article = Article(text, source="2")
    passage = Passage("p", article.id, 10, len(text), text[10:], 0)
    citation = locate(Quote(passage, '"We won, all  of us"'), lambda wanted: article)
    assert citation is not None
    assert citation.quote == "We\u00a0won,\nall of us"
    assert text[citation.start : citation.end] == citation.quote
    # With a start it is taken at its word.
    assert locate(Quote(passage, "We won, all of us", 11), lambda wanted: article) is None


def test_sentences_with_any_unproven_quote_are_dropped_with_the_verdict() -> None:
    proven = prove(
        drafted(
            DraftSentence((quote("sank at noon"), quote("sank at dawn")), "Noon or dawn."),
            DraftSentence((), "No quote."),
            DraftSentence((quote("Nobody was hurt"),), "Nobody was hurt.", key="Everybody"),
            DraftSentence((quote("Nobody was hurt"),), key="Nobody"),
        ),
        article_of,
    )
    assert [sentence.text for sentence in proven.sentences] == ["Nobody — “Nobody was hurt”"]
    assert proven.dropped == (
        Dropped("Noon or dawn.", "quote not found", "sank at dawn"),
        Dropped("No quote.", "quote not found"),
        Dropped("Nobody was hurt.", "detail not in the quote", "Everybody"),
    )
    assert [c.number for c in proven.citations] == [1]


def test_the_same_place_is_one_citation_and_numbers_follow_first_use() -> None:
    noon, hurt = quote("sank at noon"), quote("Nobody was hurt")
    proven = prove(
        drafted(
            DraftSentence((hurt,), "was hurt"),
            DraftSentence((noon, hurt, noon), "at noon"),
            DraftSentence((noon,), "sank"),
        ),
        article_of,
    )
    assert [(s.text, s.citations) for s in proven.sentences] == [
        ("was hurt", (1,)),
        ("at noon", (2, 1)),
        ("sank", (2,)),
    ]
    assert [(c.number, c.quote) for c in proven.citations] == [(1, "Nobody was hurt"), (2, "sank at noon")]
    assert proven.sentences[1].render() == "at noon [2][1]"


def test_a_dropped_sentence_leaves_no_citation_behind() -> None:
    proven = prove(drafted(DraftSentence((quote("sank at noon"), quote("nowhere")), "A.")), article_of)
    assert (proven.sentences, proven.citations) == ((), ())


def test_the_key_is_not_said_twice() -> None:
    whole = prove(drafted(DraftSentence((quote("Nobody was hurt"),), key="Nobody was hurt")), article_of)
    assert whole.sentences[0].text == "“Nobody was hurt”"


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ("Nobody was hurt [7].", "[7]"),
        ("Nobody was hurt, see https://evil.example.", "https://evil.example."),
        ("Nobody of the 12 was hurt.", "12"),
        ("Nobody was hurt on June 3.", "June 3"),
        ("Nobody in Oslo was hurt.", "Oslo"),
    ],
)
def test_a_detail_that_stands_nowhere_drops_the_sentence(said: str, detail: str) -> None:
    proof, dropped, citations = Prover("Who was hurt?", article_of, unneeded).prove(
        DraftSentence((quote("Nobody was hurt"),), said)
    )
    assert proof == Proof("detail not in the quote", detail, 0.0)
    assert dropped == Dropped(said, "detail not in the quote", detail)
    assert citations == ()


def test_a_detail_may_stand_in_the_question() -> None:
    sentence = DraftSentence((quote("Nobody was hurt"),), "In Oslo nobody was hurt.")
    assert Prover("Who was hurt in Oslo?", article_of, Checker).prove(sentence).proof.verdict == "proven"
    assert prove(drafted(sentence), article_of, "Who was hurt in Oslo?", Checker).dropped == ()


def test_a_quote_proves_no_part_of_a_number() -> None:
    article = Article("It took 1,524 days.", source="3")
    passage = Passage("p", article.id, 0, len(article.text), article.text, 0)
    prover = Prover("", lambda wanted: article, Checker)
    assert prover.prove(DraftSentence((Quote(passage, "24 days"),), "24 days")).proof.detail == "24"


@pytest.mark.parametrize(("support", "verdict"), [(0.5, "proven"), (0.49, "not supported")])
def test_the_support_checker_decides_on_the_whole_sentences_of_the_quotes(support: float, verdict: str) -> None:
    checker = Checker(support)
    sentence = DraftSentence((quote("noon"), quote("ferry"), quote("hurt")), "All was well at noon.")
    proof = Prover("Was all well?", article_of, lambda: checker).prove(sentence).proof
    assert proof == Proof(verdict, "", support)  # type: ignore[arg-type]
    assert checker.asked == [("All was well at noon.", "The ferry sank at noon. Nobody was hurt 🛳️.")]


def test_evidence_of_another_place_than_the_passage_is_the_quote() -> None:
    checker = Checker()
    sentence = DraftSentence((quote("ferry sank", 4),), "A ferry was lost.")
    assert Prover("", article_of, lambda: checker).prove(sentence).proof.verdict == "proven"
    assert checker.asked == [("A ferry was lost.", "ferry sank")]


@pytest.mark.parametrize(
    "sentence",
    [
        DraftSentence((quote("Nobody was hurt"),)),
        DraftSentence((quote("sank at noon"),), "“The ferry sank at  noon.”"),
        DraftSentence((quote("Nobody was hurt"), quote("The ferry sank at noon")), "The ferry sank at noon"),
        DraftSentence((quote("The ferry sank at dawn"),), "It was dawn."),
        DraftSentence((quote("The ferry sank at noon"),), "The tanker sank on Tuesday."),
        DraftSentence((quote("The ferry sank at noon"),), "The ferry did not sink at noon."),
        DraftSentence((quote("The ferry sank at noon"),), "noon " * 20_000),
    ],
    ids=lambda sentence: sentence.text[:30],
)
def test_the_support_checker_is_not_asked_what_is_plain_without_it(sentence: DraftSentence) -> None:
    Prover("", article_of, unneeded).prove(sentence)


@pytest.mark.parametrize(
    ("text", "question", "asked"),
    [
        ("The answer is here.", "", 0),
        ("The answer is here.", "What is the answer?", 1),
        ("The ferry sinks.", "", 1),
        ("It is.", "", 0),
    ],
)
def test_a_sentence_needs_a_word_of_its_quotes_or_of_the_question(text: str, question: str, asked: int) -> None:
    checker = Checker()
    proof = Prover(question, article_of, lambda: checker).prove(DraftSentence((quote("sank at noon"),), text)).proof
    assert len(checker.asked) == asked
    assert (proof.verdict == "proven") == bool(asked)


def test_what_only_frames_a_sentence_is_not_checked() -> None:
    checker = Checker()
    prover = Prover("", article_of, lambda: checker)
    assert (
        prover.prove(DraftSentence((quote("sank at noon"),), "The article says that it sank.")).proof.verdict
        == "proven"
    )
    assert checker.asked == [("It sank.", "The ferry sank at noon.")]


def test_a_part_of_a_sentence_is_checked_beside_all_of_it() -> None:
    text = "Nobody believed that the ferry sank."
    passage = Passage("p1", ARTICLE.id, 0, len(text), text, 1)
    checker = Checker()
    said = DraftSentence((Quote(passage, "the ferry sank"),), "The ferry sank.")
    Prover("", lambda _: Article(text, id=ARTICLE.id), lambda: checker).prove(said)
    assert checker.asked == [("The ferry sank.", text)]


def test_a_denial_needs_a_quote_that_denies() -> None:
    denied = DraftSentence((quote("The ferry sank at noon"),), "The ferry never sank at noon.")
    assert Prover("", article_of, Checker).prove(denied).proof == Proof("not supported", "", 0.0)
    right = DraftSentence((quote("Nobody was hurt"),), "People were not hurt.")
    assert Prover("", article_of, Checker).prove(right).proof.verdict == "proven"


def test_the_built_in_checker_tells_what_the_quotes_say_from_what_they_do_not() -> None:
    said, other = "At noon the ferry sank.", "The crew were drunk and stole the money."
    proven = prove(
        drafted(*(DraftSentence((quote("The ferry sank at noon"),), text) for text in (said, other))), article_of
    )
    assert [sentence.text for sentence in proven.sentences] == [said]
    assert [(dropped.text, dropped.reason) for dropped in proven.dropped] == [(other, "not supported")]
    assert open_checker().threshold > 0


def test_closest_passages_are_proven_too() -> None:
    stale = Passage("old", ARTICLE.id, 0, 9, "old words", 0)
    gone = Passage("gone", "no such article", 0, 4, "sank", 0)
    assert [(c.number, c.quote) for c in closest(map(whole, [stale, PASSAGE, gone]), article_of)] == [(1, PASSAGE.text)]


def test_numbering_keeps_everything_else() -> None:
    citation = Citation(0, "a", "t", 1, 2, "q", "h", stale=True)
    assert list(numbered([citation, citation])) == [
        Citation(1, "a", "t", 1, 2, "q", "h", stale=True),
        Citation(2, "a", "t", 1, 2, "q", "h", stale=True),
    ]


@given(st.text(max_size=60), st.one_of(st.none(), st.integers(-70, 140)), st.integers(0, 60), st.integers(0, 60))
def test_whatever_is_cited_is_a_slice(text: str, start: int | None, first: int, length: int) -> None:
    for said in (text, TEXT[first : first + length]):
        citation = locate(quote(said, start), article_of)
        if citation is not None:
            assert TEXT[citation.start : citation.end] == citation.quote == said
            assert citation.quote.strip()


QUOTES = st.sampled_from(
    ["sank at noon", "Nobody was hurt", "sank at dawn", "ferry", "“ferry", "Nobody  was", "x", "."]
)
SENTENCES = st.builds(
    DraftSentence,
    st.lists(QUOTES.map(quote), max_size=3).map(tuple),
    st.sampled_from(["", "was hurt", "All is well.", "Ana left in 1999.", "It was not so.", "\ud800 sank"]),
)


@given(st.lists(SENTENCES, max_size=8), st.sampled_from([0.0, 1.0]))
def test_what_is_given_out_sentence_by_sentence_is_what_is_there_in_the_end(
    sentences: list[DraftSentence], support: float
) -> None:
    prover = Prover("", article_of, lambda: Checker(support))
    given_out = [prover.prove(sentence) for sentence in sentences]
    proven = prover.proven
    assert proven == prove(drafted(*sentences), article_of, "", lambda: Checker(support))
    assert [one.said for one in given_out if one.proof.verdict == "proven"] == list(proven.sentences)
    assert [one.said for one in given_out if one.proof.verdict != "proven"] == list(proven.dropped)
    assert [c.number for c in proven.citations] == list(range(1, len(proven.citations) + 1))
    for one in given_out:
        if isinstance(one.said, AnswerSentence):
            assert one.citations
            assert one.said.citations == tuple(c.number for c in one.citations)
            assert all(proven.citations[c.number - 1] == c for c in one.citations)
        else:
            assert (one.citations, one.said.reason, one.said.detail) == ((), one.proof.verdict, one.proof.detail)
    assert all(TEXT[c.start : c.end] == c.quote for c in proven.citations)


HOSTILE = [
    "\ud800",
    "\u202e[1]{}%s",
    "א\u200fב",
    "\u200b" * 100_000,
    "'\" " * 33_000,
    "x" * 100_000,
    "1," * 50_000,
    "\0",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:8]))
@pytest.mark.parametrize("build", [lambda text: (text, "noon"), lambda text: ("noon", text), lambda text: (text, text)])
def test_nothing_that_a_model_writes_makes_it_fail(text: str, build: Callable[[str], tuple[str, str]]) -> None:
    words, said = build(text)
    prover = Prover(text, article_of)
    proof, dropped, _ = prover.prove(DraftSentence((quote(words),), said, key=""))
    assert proof.verdict in {"quote not found", "detail not in the quote", "not supported"}
    dropped.text.encode()
    assert len(proof.detail.encode()) <= 1_000

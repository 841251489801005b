"""Citing: a quote is cited only if it stands in the article, character by character, where it is said to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Article, Citation, Draft, DraftSentence, Passage, Quote
from assistant.citing import closest, locate, numbered, prove
from index.errors import ArticleNotFoundError

TEXT = "The ferry sank at noon. The ferry sank at noon. Nobody was hurt 🛳️."
ARTICLE = Article(TEXT, title="Ferry", source="1")
PASSAGE = Passage("p1", ARTICLE.id, 24, len(TEXT), TEXT[24:], 1)


def article_of(article_id: str) -> Article:
    """A library with one article."""
    if article_id != ARTICLE.id:
        raise ArticleNotFoundError(article_id)
    return ARTICLE


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
        quote("sank  at noon"),
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


def test_sentences_with_any_unproven_quote_are_dropped_with_the_reason() -> None:
    proven = prove(
        drafted(
            DraftSentence((quote("sank at noon"), quote("sank at dawn")), "Noon or dawn."),
            DraftSentence((), "No quote."),
            DraftSentence((quote("Nobody was hurt"),), "All are well.", key="Everybody"),
            DraftSentence((quote("Nobody was hurt"),), key="Nobody"),
        ),
        article_of,
    )
    assert [sentence.text for sentence in proven.sentences] == ["Nobody — “Nobody was hurt”"]
    assert proven.dropped == (
        ("Noon or dawn.", "quote not found in the article"),
        ("No quote.", "quote not found in the article"),
        ("All are well.", "key words not in the quote"),
    )
    assert [c.number for c in proven.citations] == [1]


def test_the_same_place_is_one_citation_and_numbers_follow_first_use() -> None:
    noon, hurt = quote("sank at noon"), quote("Nobody was hurt")
    proven = prove(
        drafted(DraftSentence((hurt,), "A."), DraftSentence((noon, hurt), "B."), DraftSentence((noon,), "C.")),
        article_of,
    )
    assert [(s.text, s.citations) for s in proven.sentences] == [("A.", (1,)), ("B.", (2, 1)), ("C.", (2,))]
    assert [(c.number, c.quote) for c in proven.citations] == [(1, "Nobody was hurt"), (2, "sank at noon")]
    assert proven.sentences[1].render() == "B. [2][1]"


def test_a_dropped_sentence_leaves_no_citation_behind() -> None:
    proven = prove(drafted(DraftSentence((quote("sank at noon"), quote("nowhere")), "A.")), article_of)
    assert (proven.sentences, proven.citations) == ((), ())


def test_the_key_is_not_said_twice() -> None:
    whole = prove(drafted(DraftSentence((quote("Nobody was hurt"),), key="Nobody was hurt")), article_of)
    assert whole.sentences[0].text == "“Nobody was hurt”"


def test_a_marker_in_the_readers_words_is_text_and_no_citation() -> None:
    proven = prove(drafted(DraftSentence((quote("Nobody was hurt"),), "Nobody was hurt [7].")), article_of)
    assert [c.number for c in proven.citations] == [1]
    assert proven.sentences[0].citations == (1,)


def test_closest_passages_are_proven_too() -> None:
    stale = Passage("old", ARTICLE.id, 0, 9, "old words", 0)
    gone = Passage("gone", "no such article", 0, 4, "sank", 0)
    assert [(c.number, c.quote) for c in closest([stale, PASSAGE, gone], article_of)] == [(1, PASSAGE.text)]


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

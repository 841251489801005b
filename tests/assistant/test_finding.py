"""Finding what supports some words, and asking with a standalone question that the user corrected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant import Article, Assistant, Turn
from assistant.core.errors import ArticleNotFoundError, EmptyLibraryError, QuestionError
from assistant.core.events import Done, Searching
from tests.doubles import HashEmbedder, ScriptedReader

HERON = "Herons\n\nThe heron stands in the water. It waits for fish. At dusk the bird flies home.\n\nNobody feeds the heron."
STORK = "Storks\n\nThe stork builds its nest on a roof. It comes back in spring."

# Support


@pytest.fixture
def filled(eager_assistant: Assistant) -> Assistant:
    """Two articles in a library."""
    eager_assistant.add([Article(HERON, source="heron"), Article(STORK, source="stork")])
    return eager_assistant


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("It waits for fish.", "It waits for fish."),
        ("waits for fish", "It waits for fish."),
        ("  waits for fish\n", "It waits for fish."),
        ("fish. At dusk", "It waits for fish. At dusk the bird flies home."),
        ("at dusk the bird went home", "At dusk the bird flies home."),
        ("a stork has a nest on our roof", "The stork builds its nest on a roof."),
    ],
)
def test_the_sentences_that_support_the_words_are_quoted(filled: Assistant, words: str, quote: str) -> None:
    (found,) = filled.find(words)
    assert (found.quote, found.number, found.stale) == (quote, 1, False)
    article = filled.article(found.article_id)
    assert article.text[found.start : found.end] == found.quote
    assert (found.title, found.content_hash) == (article.title, article.content_hash)


def test_several_quotes_are_of_several_passages_and_numbered(filled: Assistant) -> None:
    found = filled.find("Nobody feeds the heron.", limit=3)
    assert [citation.number for citation in found] == [1, 2, 3]
    assert found[0].quote == "Nobody feeds the heron."
    assert len({citation.quote for citation in found}) == 3
    assert len(filled.find("heron", limit=99)) <= 5
    assert filled.find("heron", limit=0) == filled.find("heron", limit=-1) == ()


def test_the_search_may_be_limited_to_some_articles(filled: Assistant) -> None:
    stork = next(article.id for article in filled.articles() if article.source == "stork")
    assert {c.article_id for c in filled.find("The heron stands in the water.", articles=[stork], limit=5)} == {stork}
    with pytest.raises(QuestionError, match="at least one article"):
        filled.find("heron", articles=[])
    with pytest.raises(ArticleNotFoundError):
        filled.find("heron", articles=["none"])


@pytest.mark.parametrize("words", ["", "  \n", "?!", "\ud800", "🐢"])
def test_where_there_are_no_words_there_is_nothing_to_find(filled: Assistant, words: str) -> None:
    assert filled.find(words) == ()


def test_what_can_not_be_looked_for_is_refused(filled: Assistant) -> None:
    with pytest.raises(QuestionError, match=r"2,001 characters.*2,000"):
        filled.find("x" * 2_001)
    with pytest.raises(QuestionError, match="not int"):
        filled.find(7)  # type: ignore[arg-type]


def test_nothing_is_found_in_an_empty_library(fast_assistant: Assistant) -> None:
    with pytest.raises(EmptyLibraryError):
        fast_assistant.find("heron")


def test_the_real_model_finds_a_paraphrase(sample_assistant: Assistant) -> None:
    (found,) = sample_assistant.find("America is worried about what the trip means for security")
    assert "voiced concern" in found.quote


# A corrected standalone question


@pytest.fixture
def reader() -> ScriptedReader:
    """It abstains, and says what it was asked."""
    return ScriptedReader()


@pytest.fixture
def asked(tmp_path: Path, reader: ScriptedReader) -> Sequence[Turn]:
    """One turn, about herons."""
    with Assistant.open(tmp_path / "before", embedder=HashEmbedder()) as assistant:
        assistant.add(Article(HERON, source="heron"))
        return (Turn("Who is Anna Berg?", assistant.ask("Who is Anna Berg?")),)


def test_the_corrected_question_is_searched_and_read(
    tmp_path: Path, reader: ScriptedReader, asked: Sequence[Turn]
) -> None:
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=reader) as assistant:
        assistant.add([Article(HERON, source="heron"), Article(STORK, source="stork")])
        assistant.ask("And where is her nest?", history=asked)
        answer = assistant.ask("And where is her nest?", history=asked, standalone=" Where is the\n stork’s nest? ")
    assert "Anna Berg" in reader.questions[0]
    assert reader.questions[1] == "Where is the stork’s nest?"
    assert answer.question == "And where is her nest?"
    assert answer.trace.standalone_question == "Where is the stork’s nest?"
    assert answer.evidence[0].passage.text.startswith("The stork")


def test_the_corrected_question_is_not_rewritten_nor_called_unclear(filled: Assistant) -> None:
    assert filled.ask("What about it?").status == "unclear"
    events = list(filled.stream("What about it?", standalone="Why does it wait?"))
    assert isinstance(events[0], Searching)
    assert events[0].standalone_question == "Why does it wait?"
    assert isinstance(events[-1], Done)
    assert events[-1].answer.status == "answered"


def test_a_conversation_goes_on_from_the_corrected_question(filled: Assistant) -> None:
    chat = filled.conversation(keep=True)
    chat.ask("What about that?", standalone="Where does the Stork nest?")
    assert chat.ask("Why?").trace.standalone_question == "Why does the Stork nest?"
    assert filled.turns(chat.id)[0].answer.trace.standalone_question == "Where does the Stork nest?"


@pytest.mark.parametrize("standalone", ["", "  \n", "?", "\ud800", "x" * 2_001])
def test_a_corrected_question_that_is_none_is_refused_politely(filled: Assistant, standalone: str) -> None:
    answer = filled.ask("What does the heron do?", standalone=standalone)
    assert (answer.status, answer.question) == ("unclear", "What does the heron do?")
    assert "please" in answer.text.lower()


def test_a_question_that_is_none_stays_one_whatever_is_corrected(filled: Assistant) -> None:
    assert filled.ask("?", standalone="What does the heron do?").status == "unclear"
    with pytest.raises(QuestionError):
        filled.ask("What does the heron do?", standalone=7)  # type: ignore[arg-type]


def test_a_corrected_question_about_the_article_is_about_the_one_cited_last(filled: Assistant) -> None:
    stork = next(article.id for article in filled.articles() if article.source == "stork")
    history = [Turn("q", filled.ask("Where does the stork build its nest?", articles=[stork]))]
    answer = filled.ask("And the heading?", history=history, standalone="What is the title of the article?")
    assert {item.passage.article_id for item in answer.evidence} == {stork}

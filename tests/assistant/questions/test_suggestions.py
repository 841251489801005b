"""Next questions: known to be answered by the article, not asked before, not told already, never in a user's way."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from assistant import Article, Assistant, Draft, Evidence
from assistant.core.answer import Answer, Citation
from assistant.core.draft import DraftSentence, Quote
from assistant.core.turns import Turn
from assistant.questions.quiet import Quiet
from assistant.questions.suggestions import MOST, Suggestion, Suggestions, next_questions, suggested_article
from tests.doubles import EagerReader

SECONDS_TO_HANG = 120
TALK = Article(
    "Glaciers shrink\n\n12 March 2025\n\nProfessor Maria Lopez said that small glaciers will go. Anna Berg noted that "
    "each degree counts.\n\nThe station was opened in 1938.",
    "Glaciers shrink",
    "glaciers.txt",
)
OTHER = Article("Ferries\n\nProfessor Maria Lopez said that the ferry is late.", "Ferries", "ferries.txt")


class CountingReader(EagerReader):
    """Answers all with the first passage, and remembers what it was asked, and of which articles."""

    def __init__(self, confidence: float = 0.9) -> None:
        super().__init__()
        self.asked: list[tuple[str, frozenset[str]]] = []
        self.confidence = confidence

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        self.asked.append((question, frozenset(item.passage.article_id for item in evidence)))
        return Draft(super().read(question, evidence).sentences, self.confidence)


def found(suggestions: Suggestions, assistant: Assistant, article_id: str) -> tuple[Suggestion, ...]:
    suggestions.look(article_id)
    assert suggestions.wait(SECONDS_TO_HANG)
    assert not suggestions.looking(article_id)
    return suggestions.known(assistant.article(article_id).content_hash)


def test_they_are_asked_within_the_article_and_remembered_for_its_version(tmp_path, hash_embedder) -> None:
    reader = CountingReader()
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, reader=reader) as assistant:
        talk, _ = assistant.add([TALK, OTHER]).added
        suggestions = Suggestions(assistant, Quiet())
        known = found(suggestions, assistant, talk)
        assert "What did Maria Lopez say?" in [one.question for one in known]
        assert {articles for _, articles in reader.asked} == {frozenset({talk})}
        count = len(reader.asked)
        assert found(suggestions, assistant, talk) == known
        assert len(reader.asked) == count
        assistant.add(Article(f"{TALK.text} It snows.", TALK.title, TALK.source))
        assert found(suggestions, assistant, talk)
        assert len(reader.asked) > count


def test_what_is_not_answered_surely_is_not_suggested(tmp_path, hash_embedder) -> None:
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, reader=CountingReader(0.5)) as assistant:
        (talk,) = assistant.add(TALK).added
        # What an article is about is told without a reader.
        known = found(Suggestions(assistant, Quiet()), assistant, talk)
        assert [one.question for one in known] == ["What is this about?"]


class Elsewhere:
    """Answers all surely, but from one sentence."""

    name = "elsewhere"

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        words = "Nothing else is known."
        passage = next(item.passage for item in evidence if words in item.passage.text)
        return Draft((DraftSentence((Quote(passage, words, passage.text.index(words)),)),), 0.9)


def test_what_is_answered_from_another_sentence_than_it_was_made_of_is_not_suggested(tmp_path, hash_embedder) -> None:
    text = "The station was opened in 1938 by her. Nothing else is known."
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, reader=Elsewhere()) as assistant:
        (station,) = assistant.add(Article(text, "Station", "station.txt")).added
        assert assistant.ask("When was the station opened?").status == "answered"
        known = found(Suggestions(assistant, Quiet()), assistant, station)
        assert [one.question for one in known] == ["What is this about?"]


def test_they_wait_while_a_user_waits(tmp_path, hash_embedder) -> None:
    reader = CountingReader()
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, reader=reader) as assistant:
        (talk,) = assistant.add(TALK).added
        quiet = Quiet()
        suggestions = Suggestions(assistant, quiet)
        assistant.ask("Who is Maria Lopez?")  # so that the next one is quick
        reader.asked.clear()
        with quiet.paused():
            suggestions.look(talk)
            assert not suggestions.wait(1.0)
            assert reader.asked == []
        assert suggestions.wait(SECONDS_TO_HANG)
        assert reader.asked


def test_an_article_or_library_that_is_gone_harms_nobody(tmp_path, hash_embedder) -> None:
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, reader=CountingReader()) as assistant:
        (talk,) = assistant.add(TALK).added
        suggestions = Suggestions(assistant, Quiet())
        assistant.remove(talk)
        suggestions.look(talk)
        assert suggestions.wait(SECONDS_TO_HANG)
    suggestions.look(talk)
    assert suggestions.wait(SECONDS_TO_HANG)
    assert "footnote-suggestions" not in {thread.name for thread in threading.enumerate()}


def citation(start: int, end: int, article: str = "a", version: str = "v") -> Citation:
    return Citation(1, article, "T", start, end, "…", version)


def turn(question: str, *citations: Citation) -> Turn:
    return Turn(question, Answer(question, "answered" if citations else "not_found", citations=citations))


KNOWN = [
    Suggestion("Who is Anna?", ((0, 10),)),
    Suggestion("What did Anna say?", ((0, 10),)),
    Suggestion("When was it built?", ((20, 30),)),
    Suggestion("What is this about?", ((0, 10), (40, 50))),
    Suggestion("How many are there?", ((60, 70),)),
]


def test_at_most_three_and_none_with_the_same_answer_as_another() -> None:
    assert next_questions(KNOWN, "v", []) == ("Who is Anna?", "When was it built?", "What is this about?")
    assert len(next_questions(KNOWN, "v", [])) == MOST


def test_what_was_asked_in_the_conversation_is_not_suggested() -> None:
    asked = next_questions(KNOWN, "v", [turn("when was it built"), turn("Why?")])
    assert asked == ("Who is Anna?", "What is this about?", "How many are there?")


def test_what_was_quoted_already_is_not_suggested() -> None:
    told = next_questions(KNOWN, "v", [turn("Tell me.", citation(0, 12), citation(60, 70))])
    assert told == ("When was it built?", "What is this about?")
    # Of another version the places say nothing.
    assert "Who is Anna?" in next_questions(KNOWN, "v", [turn("Tell me.", citation(0, 12, version="old"))])


def test_they_are_of_the_article_cited_first_and_after_a_refusal_of_the_one_ticked_or_closest() -> None:
    answered = Answer("?", "answered", citations=(citation(0, 1, "a"), citation(0, 1, "b")))
    refused = Answer("?", "not_found", closest=(citation(0, 1, "c"),))
    assert suggested_article(answered, ["b"]) == "a"
    assert suggested_article(refused, None) == "c"
    assert suggested_article(refused, ["d"]) == "d"
    assert suggested_article(refused, ["d", "e"]) == "c"
    assert suggested_article(Answer("?", "not_found"), None) == ""
    assert suggested_article(Answer("Hi", "small_talk"), ["d"]) == ""

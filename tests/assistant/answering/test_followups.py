"""Follow-ups: other readings, and turns that ask about the last answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from assistant import Article, Assistant, Draft, DraftSentence, Evidence, Quote, Turn
from assistant.core.answer import Answer
from assistant.core.events import Done
from assistant.core.query import Query
from assistant.core.standalone import Standalone
from assistant.understanding.followup.resolving import Resolver
from tests.doubles import HashEmbedder, ScriptedReader

TEXT = """The bridge

The bridge at Lund is shut. Engineers found rust in a pier. Ada Lund told the council so.

The ferry is new.

Nobody uses the road."""
Makes = Callable[[str, Sequence[Evidence]], Draft]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


class ScriptedResolver(Resolver):
    """Understands questions as it was told."""

    name = "scripted"

    def __init__(self, **standalone: Standalone) -> None:
        self._known = standalone

    def resolve(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
        return self._known.get(question.strip("?"), Standalone(question, "self-contained"))


def quoting(words: str, key: str = "", confidence: float = 0.9) -> Makes:
    """A draft that quotes the sentence with some words; none if no passage has them."""

    def draft(question: str, evidence: Sequence[Evidence]) -> Draft:
        for passage in (item.passage for item in evidence):
            line = next((one for one in passage.text.replace(". ", ".\n").split("\n") if words in one), "")
            if line:
                return Draft((DraftSentence((Quote(passage, line),), key=key),), confidence)
        return Draft((), 0.0)

    return draft


def opened(folder: Path, reader: ScriptedReader, resolver: Resolver | None = None) -> Assistant:
    assistant = Assistant.open(folder, embedder=HashEmbedder(), reader=reader, resolver=resolver)
    assistant.add(Article(TEXT, source="1"))
    return assistant


# Another reading

OTHER = ScriptedResolver(it=Standalone("Is the bridge shut?", "follow-up", other="Is the ferry new?"))


def test_another_reading_that_is_answered_otherwise_is_offered(folder: Path) -> None:
    with opened(folder, ScriptedReader(quoting("shut"), quoting("new")), OTHER) as assistant:
        answer = assistant.ask("it?")
    assert answer.citations[0].quote == "The bridge at Lund is shut."
    assert answer.did_you_mean == ("Is the ferry new?",)
    assert "Did you mean: Is the ferry new?" in str(answer)
    assert Answer.from_json(answer.to_json()).did_you_mean == answer.did_you_mean


@pytest.mark.parametrize("second", [quoting("shut"), Draft((), 0.0)])
def test_one_that_is_answered_by_the_same_words_or_not_at_all_is_not_offered(
    folder: Path, second: Draft | Makes
) -> None:
    with opened(folder, ScriptedReader(quoting("shut"), second), OTHER) as assistant:
        assert assistant.ask("it?").did_you_mean == ()


def test_where_only_the_other_reading_is_answered_that_is_the_answer(folder: Path) -> None:
    with opened(folder, ScriptedReader(Draft((), 0.0), quoting("new")), OTHER) as assistant:
        answer = assistant.ask("it?")
    assert (answer.question, answer.trace.standalone_question) == ("it?", "Is the ferry new?")
    assert (answer.citations[0].quote, answer.did_you_mean) == ("The ferry is new.", ())
    assert not answer.trace.corrected


# Turns about the last answer


@pytest.mark.parametrize("doubt", ["Are you sure?", "How do you know that?", "where does it say so?"])
def test_an_answer_that_is_doubted_is_shown_where_it_stands(folder: Path, doubt: str) -> None:
    reader = ScriptedReader(quoting("rust", "rust"))
    with opened(folder, reader) as assistant:
        talk = assistant.conversation()
        talk.ask("Why is the bridge shut?")
        answer = talk.ask(doubt)
    assert [citation.quote for citation in answer.citations] == [
        "The bridge at Lund is shut.",
        "Engineers found rust in a pier.",
        "Ada Lund told the council so.",
    ]
    assert (answer.kind, answer.text.count("\n- ")) == ("fact", 0)
    assert "So it stands in the article." in answer.text
    assert len(reader.questions) == 1


def test_it_is_read_around_the_answer_who_says_so(folder: Path) -> None:
    reader = ScriptedReader(quoting("rust"), quoting("Ada Lund", "Ada Lund"))
    with opened(folder, reader) as assistant:
        talk = assistant.conversation()
        talk.ask("Why is the bridge shut?")
        answer = talk.ask("who says so?")
    assert answer.sentences[0].key == "Ada Lund"
    assert reader.questions[1] == "Who says “Engineers found rust in a pier.”?"


def test_why_is_looked_for_around_the_answer_first_then_everywhere(folder: Path) -> None:
    near = ScriptedReader(quoting("shut"), quoting("rust"))
    far = ScriptedReader(quoting("shut"), Draft((), 0.1), quoting("road"))
    for name, reader, found in (("a", near, "Engineers found rust in a pier."), ("b", far, "Nobody uses the road.")):
        with opened(folder / name, reader) as assistant:
            talk = assistant.conversation()
            talk.ask("Is the bridge shut?")
            assert talk.ask("why?").citations[0].quote == found
        assert len(reader.questions) == 2 + (reader is far)


def test_a_changed_article_is_read_anew(folder: Path) -> None:
    reader = ScriptedReader(quoting("rust"), quoting("ice"))
    with opened(folder, reader) as assistant:
        talk = assistant.conversation()
        talk.ask("Why is the bridge shut?")
        assistant.add(Article(TEXT.replace("rust", "ice"), source="1"))
        assert talk.ask("Are you sure?").citations[0].quote == "Engineers found ice in a pier."


def test_what_stands_around_an_article_that_is_not_asked_any_more_is_not_read(folder: Path) -> None:
    with opened(folder, ScriptedReader(quoting("rust"))) as assistant:
        assistant.add(Article("The mill\n\nThe mill is old.", source="2"))
        bridge, mill = (one.id for one in sorted(assistant.articles(), key=lambda one: one.source))
        first = assistant.ask("Why is the bridge shut?", articles=[bridge])
        talk = [Turn(first.question, first)]
        for doubt in ("Are you sure?", "who says so?", "why?"):
            *_, done = assistant.stream(Query(doubt, tuple(talk), (mill,)))
            assert isinstance(done, Done)
            assert {one.passage.article_id for one in done.answer.evidence} <= {mill}


def test_after_a_refusal_a_doubt_is_small_talk(folder: Path) -> None:
    with opened(folder, ScriptedReader()) as assistant:
        talk = assistant.conversation()
        talk.ask("Why is the bridge shut?")
        assert talk.ask("Are you sure?").status == "small_talk"


# The same again


def test_the_answer_before_said_again_does_not_answer_of_something_else(folder: Path) -> None:
    reader = ScriptedReader(quoting("rust", "a pier"), quoting("rust", "a pier"))
    with opened(folder, reader) as assistant:
        talk = assistant.conversation()
        talk.ask("Where did engineers find rust?")
        answer = talk.ask("in inches?")
    assert answer.status == "not_found"
    assert answer.trace.dropped[0].detail == "in inches"


def test_what_the_user_corrected_is_his_own_words(folder: Path) -> None:
    with opened(folder, ScriptedReader(quoting("rust"))) as assistant:
        assert assistant.ask("Why?", standalone="Why is the bridge shut?").trace.corrected
        assert not assistant.ask("Why is the bridge shut?").trace.corrected

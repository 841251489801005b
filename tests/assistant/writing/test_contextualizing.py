"""Follow-ups by a language model: when it is asked, what it is shown, what is taken of its reply, and what if there is none."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.core.answer import Answer
from assistant.core.draft import Usage
from assistant.core.errors import CassetteError, ModelError
from assistant.core.standalone import Standalone
from assistant.core.turns import Turn
from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.resolving import Resolver
from assistant.understanding.followup.term_resolver import TermResolver
from assistant.writing.contextualizing import NOT_REACHED, ModelResolver, latest
from assistant.writing.model import Request
from assistant.writing.passages import estimate_tokens
from tests.assistant.understanding.followup.scripted import ScriptedNetwork, turn
from tests.models import ScriptedModel

MAYOR = turn("Who is Anna Berg?", "The mayor, Anna Berg, said the bridge is safe.")
SHE = "What did Anna Berg say?"
SPEAKERS = ("Question", "Answer", "Question")
THANKS = Turn("Thanks!", Answer("Thanks!", "small_talk", message="You're welcome."))


class Fallback(Resolver):
    """Says that it was asked."""

    name = "fallback"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def resolve(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
        self.asked.append(question)
        return Standalone("the fallback's", "follow-up", own="its own")


def resolved(
    model: ScriptedModel, question: str = "What did she say?", history: Sequence[Turn] = (MAYOR,)
) -> Standalone:
    return ModelResolver(model, Fallback()).resolve(question, history)


def test_a_rewrite_is_searched_for_with_the_users_own_words_beside_it() -> None:
    found = resolved(ScriptedModel(["What did ", "", "Anna Berg say?"]), "What  did she\nsay?")
    assert (found.kind, found.question, found.own) == ("follow-up", SHE, "What did she say?")
    assert (found.usage.requests, found.usage.completion_tokens) == (1, 2)
    assert found.usage.prompt_tokens > 0
    assert found.notice == ""


@pytest.mark.parametrize(
    "reply", ["And who owns the ferry?", "who owns the ferry", "Standalone question: Who owns the ferry?"]
)
def test_a_question_that_is_only_repeated_was_understood_as_it_is(reply: str) -> None:
    found = resolved(ScriptedModel(reply), "And who owns the ferry?")
    assert (found.kind, found.question, found.own) == ("self-contained", "Who owns the ferry?", "")
    assert found.usage.requests == 1


def test_a_question_that_points_at_nothing_and_is_repeated_is_unclear() -> None:
    found = resolved(ScriptedModel("And them?"), "And them?")
    assert (found.kind, found.usage.requests) == ("unclear", 1)


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("When did the ferry sink?", ()),
        ("What about it?", ()),
        ("What about it?", (THANKS,)),
        ("When was it published?", (MAYOR,)),
    ],
)
def test_what_leans_on_nothing_or_means_the_article_goes_the_built_in_way(
    question: str, history: Sequence[Turn]
) -> None:
    model = ScriptedModel(SHE)
    built_in = TermResolver(ScriptedNetwork(changed=0.0)).resolve(question, history)
    assert resolved(model, question, history) == built_in
    assert model.requests == []


def test_the_model_is_shown_the_turns_as_understood_between_two_lines_that_nobody_can_know() -> None:
    history = [MAYOR, turn("And her deputy?", "He is\nill.", standalone="How is Olav Lie?")]
    model = ScriptedModel("Why is Olav Lie ill?", "Why is Olav Lie ill?")
    resolver = ModelResolver(model, Fallback(), max_tokens=77)
    assert [resolver.resolve("Why?", history).question for _ in range(2)] == ["Why is Olav Lie ill?"] * 2
    one, other = model.requests
    (message,) = one.messages
    shown = message.text.split(f"\n{one.fence}\n")[1]
    assert shown.splitlines() == [
        "Question: Who is Anna Berg?",
        "Answer: The mayor, Anna Berg, said the bridge is safe.",
        "Question: How is Olav Lie?",
        "Answer: He is ill.",
    ]
    assert "Last question: Why?" in message.text
    assert (one.name, one.max_tokens) == ("contextualize: Why?", 77)
    assert one.fence != other.fence
    assert one.key("m") == other.key("m")


def test_the_latest_that_fits_is_shown_cut_between_sentences() -> None:
    history = [
        Utterance("user", "Who is Anna Berg?"),
        Utterance("assistant", "She is the mayor. She was born in Bodø a long time ago."),
        Utterance("user", "Where? In Bodø?"),
    ]
    first, said, last = [estimate_tokens(f"{name}: {one.text}\n") for name, one in zip(SPEAKERS, history, strict=True)]
    assert [piece.text for piece in latest(history, first + said + last)][::2] == [
        "Who is Anna Berg?",
        "Where? In Bodø?",
    ]
    assert len(latest(history, first + said + last - 1)) == 2
    assert latest(history, said + last - 1) == [
        Utterance("assistant", "She is the mayor."),
        Utterance("user", "Where? In Bodø?"),
    ]
    assert latest(history, 1) == []


def test_a_word_is_taken_from_what_was_shown_alone() -> None:
    history = [turn("Who is Olav Lie?", "The deputy, Olav Lie, is ill."), MAYOR]
    model = ScriptedModel("What did Olav Lie say?")
    assert ModelResolver(model, Fallback()).resolve("What did he say?", history).question == "What did Olav Lie say?"
    short = ModelResolver(model, Fallback(), history_tokens=30)
    assert short.resolve("What did he say?", history).question == "the fallback's"


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "She said the bridge is safe.",
        "What did Olav Lie say?",
        "What did Anna Berg say?\nNothing.",
        "safe " * 10_000,
    ],
    ids=["empty", "an answer", "somebody else", "two lines", "endless"],
)
def test_row_27_where_a_reply_is_no_rewrite_the_fallback_is_taken_in_silence(
    reply: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "assistant"):
        found = resolved(ScriptedModel(reply))
    assert (found.question, found.own, found.notice) == ("the fallback's", "its own", "")
    assert found.usage.requests == 1
    (said,) = caplog.messages
    assert "is not used: it " in said
    assert not {"bridge", "Berg", "Olav"} & set(said.split())


def test_a_marker_that_is_given_back_is_no_question(caplog: pytest.LogCaptureFixture) -> None:
    def with_marker(request: Request) -> str:
        return f"What did Anna Berg say {request.fence}?"

    with caplog.at_level(logging.DEBUG, "assistant"):
        assert resolved(ScriptedModel(with_marker)).question == "the fallback's"
    assert "it has a marker" in caplog.text


def test_row_27_an_endless_reply_is_not_waited_for() -> None:
    model = ScriptedModel(["What did Anna Berg say? "] * 10_000)
    assert resolved(model).question == "the fallback's"
    (stream,) = model.streams
    assert stream.closed
    assert stream.given < 500


@pytest.mark.parametrize(
    "script", [ModelError("It is not there."), ["What did ", ModelError("It is gone.")]], ids=["at once", "within"]
)
def test_row_25_where_the_model_is_not_there_the_fallback_is_taken_and_said_so(script: ModelError | list[str]) -> None:
    model = ScriptedModel(script)
    found = resolved(model)
    assert (found.question, found.notice) == ("the fallback's", NOT_REACHED)
    assert found.usage.requests == 1
    assert model.streams[0].closed


def test_a_recording_that_lacks_the_request_is_not_answered_around() -> None:
    with pytest.raises(CassetteError):
        resolved(ScriptedModel(CassetteError("It is not in it.")))


def test_each_model_prompt_and_fallback_has_a_name_of_its_own() -> None:
    names = {ModelResolver(ScriptedModel(name=name), Fallback()).name for name in ("a", "b")}
    assert len(names) == 2
    assert all("fallback" in name for name in names)


def test_what_a_fallback_took_is_counted_too() -> None:
    class Dear(Fallback):
        def resolve(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
            return Standalone("the fallback's", "follow-up", usage=Usage(3), notice="It was dear.")

    found = ModelResolver(ScriptedModel("1998"), Dear()).resolve("What did she say?", [MAYOR])
    assert (found.usage.requests, found.notice) == (4, "It was dear.")


def test_a_conversation_that_has_taken_its_tokens_is_left_to_the_fallback() -> None:
    def spent(tokens: int) -> Turn:
        trace = replace(MAYOR.answer.trace, spent=tokens)
        return Turn(MAYOR.question, replace(MAYOR.answer, trace=trace))

    for tokens, asked in ((499, 1), (500, 0)):
        model = ScriptedModel(SHE)
        resolver = ModelResolver(model, Fallback(), conversation_tokens=500)
        found = resolver.resolve("What did she say?", [spent(tokens)])
        assert (len(model.requests), found.question) == (asked, SHE if asked else "the fallback's")

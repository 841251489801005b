"""Writing with a language model: which replies become an answer, which are mended, and where the fallback quotes."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Answer, Article, Assistant, Turn
from assistant.core.errors import CassetteError, ModelError
from assistant.core.events import Done, Event, SentenceDropped, SentenceProven, Waiting
from assistant.core.settings import Settings, load_settings
from assistant.questions.examples import Examples
from assistant.writing.generating_reader import GeneratingReader
from assistant.writing.model import LanguageModel, Request, SchemaRefusedError
from tests.doubles import EagerReader, HashEmbedder
from tests.models import ScriptedModel, json_reply, line_reply, pieces, shown_passages

TEXT = (
    "The ferry Aurora sank at noon on 3 May 1911. Forty people were on board. Nobody was hurt.\n\nA tug towed her home."
)
RIGHT = ("The Aurora sank at noon.", [(1, "The ferry Aurora sank at noon")])
INVENTED = ("It sank in a storm.", [(1, "a terrible storm")])
QUESTION = "When did the ferry Aurora sink?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=EagerReader()) as assistant:
        assistant.add(Article(TEXT, title="The Aurora", source="1"))
    return tmp_path / "library"


def opened(folder: Path, model: LanguageModel, **values: object) -> Assistant:
    settings: Settings = load_settings(**values)
    return Assistant.open(
        folder, settings=settings, embedder=HashEmbedder(), reader=reader_of(model, settings), llm=model
    )


def reader_of(model: LanguageModel, settings: Settings) -> GeneratingReader:
    from assistant.opening import limits_of

    return GeneratingReader(model, EagerReader(), limits_of(settings))


def ask(folder: Path, model: LanguageModel, question: str = QUESTION, **values: object) -> Answer:
    with opened(folder, model, **values) as assistant:
        return assistant.ask(question)


def quoted(answer: Answer) -> bool:
    """Whether the fallback answered."""
    return answer.status == "answered" and answer.citations[0].quote == "The ferry Aurora sank at noon on 3 May 1911."


def test_what_is_proven_of_a_reply_is_the_answer_in_the_models_own_words(folder: Path) -> None:
    model = ScriptedModel(json_reply(RIGHT))
    answer = ask(folder, model)
    assert (answer.status, answer.text, answer.notice) == ("answered", "The Aurora sank at noon. [1]", "")
    assert [citation.quote for citation in answer.citations] == ["The ferry Aurora sank at noon"]
    assert (answer.written, len(model.requests)) == (True, 1)
    assert 0 < answer.confidence <= 1
    assert model.streams[0].closed


def test_what_fails_the_proof_is_left_out_counted_and_kept_in_the_trace(folder: Path) -> None:
    answer = ask(folder, ScriptedModel(json_reply(INVENTED, RIGHT, ("It sank in 1912.", [(1, "3 May 1911")]))))
    assert answer.text == "The Aurora sank at noon. [1]"
    assert answer.left_out == {"quote not found": 1, "detail not in the quote": 1}
    assert [dropped.text for dropped in answer.trace.dropped] == ["It sank in a storm.", "It sank in 1912."]
    assert "1912" in answer.trace.dropped[1].detail
    assert "storm" not in answer.text
    assert Answer.from_json(answer.to_json()) == answer


def test_the_models_own_not_found_is_a_refusal_and_not_asked_again(folder: Path) -> None:
    model = ScriptedModel(json_reply())
    answer = ask(folder, model)
    assert (answer.status, answer.notice, len(model.requests)) == ("not_found", "", 1)
    assert answer.closest


def test_a_reply_without_a_proven_sentence_is_asked_for_again_with_what_failed(folder: Path) -> None:
    model = ScriptedModel(json_reply(INVENTED), json_reply(RIGHT))
    answer = ask(folder, model)
    assert answer.text == "The Aurora sank at noon. [1]"
    assert answer.left_out == {"quote not found": 1}
    first, second = model.requests
    assert [message.role for message in second.messages] == ["user", "assistant", "user"]
    assert second.messages[0] == first.messages[0]
    assert second.messages[1].text == json_reply(INVENTED)
    assert "It sank in a storm." in second.messages[2].text
    assert "quote not found" in second.messages[2].text


def test_a_second_reply_may_say_that_nothing_was_found(folder: Path) -> None:
    answer = ask(folder, ScriptedModel(json_reply(INVENTED), json_reply()))
    assert (answer.status, answer.notice) == ("not_found", "")


def test_where_the_second_reply_fails_too_the_articles_are_quoted_with_a_notice(folder: Path) -> None:
    model = ScriptedModel(json_reply(INVENTED))
    answer = ask(folder, model)
    assert quoted(answer)
    assert not answer.written
    assert "could be proven" in answer.notice
    assert len(model.requests) == 2
    assert answer.trace.usage.requests == 2


@pytest.mark.parametrize("reply", ["", "I am sorry, Dave.", '{"found": tru', "{}", "[]", "null", "\ud800", "{" * 9_000])
def test_a_reply_that_can_not_be_read_is_asked_for_again_in_lines(folder: Path, reply: str) -> None:
    model = ScriptedModel(reply, line_reply(RIGHT))
    answer = ask(folder, model)
    assert answer.text == "The Aurora sank at noon. [1]"
    assert answer.notice == ""
    assert model.requests[0].schema
    assert not model.requests[1].schema
    assert "SENTENCE:" in model.requests[1].messages[-1].text


def test_a_format_that_was_set_is_kept_to(folder: Path) -> None:
    for name, reply in (("json", json_reply(RIGHT)), ("lines", line_reply(RIGHT))):
        model = ScriptedModel("nonsense", reply)
        assert ask(folder, model, llm_format=name).text == "The Aurora sank at noon. [1]"
        assert [bool(request.schema) for request in model.requests] == [name == "json"] * 2


def test_a_server_that_takes_no_schema_is_asked_for_lines_from_then_on(folder: Path) -> None:
    model = ScriptedModel(SchemaRefusedError("no schema"), line_reply(RIGHT))
    with opened(folder, model) as assistant:
        for _ in range(2):
            assert assistant.ask(QUESTION).text == "The Aurora sank at noon. [1]"
    assert [bool(request.schema) for request in model.requests] == [True, False, False]


def test_a_model_that_fails_is_not_asked_again_and_the_articles_are_quoted(folder: Path) -> None:
    model = ScriptedModel(ModelError("Nobody listens at http://127.0.0.1:1."))
    answer = ask(folder, model)
    assert quoted(answer)
    assert answer.notice.endswith("Nobody listens at http://127.0.0.1:1.")
    assert len(model.requests) == 1


def test_what_was_proven_before_a_reply_broke_off_is_said_with_a_notice(folder: Path) -> None:
    whole = json_reply(RIGHT, ("Nobody was hurt.", [(1, "Nobody was hurt.")]))
    torn = [whole[: whole.index("Nobody")], ModelError("The server hung up.")]
    answer = ask(folder, ScriptedModel(torn))
    assert answer.text == "The Aurora sank at noon. [1]"
    assert "broke off" in answer.notice
    assert "The server hung up." in answer.notice
    cut = ask(folder, ScriptedModel(whole[:-30]))
    assert cut.text == "The Aurora sank at noon. [1]"
    assert "broke off" in cut.notice


def test_a_request_that_a_recording_lacks_is_an_error_and_never_answered_around(folder: Path) -> None:
    with pytest.raises(CassetteError, match="not there"):
        ask(folder, ScriptedModel(CassetteError("not there")))


def test_facts_of_the_head_are_not_asked_of_a_model(folder: Path) -> None:
    model = ScriptedModel(json_reply(RIGHT))
    answer = ask(folder, model, "What is the title?")
    assert (answer.status, answer.notice) == ("answered", "")
    assert model.requests == []


def test_the_model_is_shown_numbered_passages_the_question_and_a_schema(folder: Path) -> None:
    model = ScriptedModel(json_reply(RIGHT))
    ask(folder, model)
    (request,) = model.requests
    assert request.name == f"answer: {QUESTION}"
    assert any("sank at noon" in passage for passage in shown_passages(request))
    assert QUESTION in request.messages[0].text
    assert request.fence in request.messages[0].text
    assert request.max_tokens == load_settings().llm_answer_tokens
    numbers = request.schema["properties"]["sentences"]["items"]["properties"]["quotes"]["items"]["properties"]
    assert numbers["passage"]["enum"] == list(range(1, len(shown_passages(request)) + 1))


def test_the_marker_differs_from_request_to_request_and_what_is_asked_does_not(folder: Path) -> None:
    model = ScriptedModel(json_reply(RIGHT))
    for _ in range(2):
        ask(folder, model)
    first, second = model.requests
    assert first.fence != second.fence
    assert first.key("m") == second.key("m")
    assert first.key("m") != first.key("another")


def test_the_fingerprint_names_the_model(folder: Path) -> None:
    assert "scripted:model" in ask(folder, ScriptedModel(json_reply(RIGHT))).trace.fingerprint


def test_what_the_model_takes_is_in_the_trace(folder: Path) -> None:
    model = ScriptedModel([*pieces(json_reply(INVENTED))], [*pieces(json_reply(RIGHT))])
    trace = ask(folder, model).trace
    assert trace.usage.requests == 2
    assert trace.usage.completion_tokens == sum(stream.given for stream in model.streams)
    assert trace.spent == trace.usage.tokens


def test_an_answer_may_write_no_more_tokens_than_allowed(folder: Path) -> None:
    model = ScriptedModel([*pieces(json_reply(INVENTED), 1)])
    written = len(json_reply(INVENTED))
    answer = ask(folder, model, llm_answer_tokens=written + 60)
    assert [request.max_tokens for request in model.requests] == [written + 60, 60]
    assert quoted(answer)
    model = ScriptedModel([*pieces(json_reply(INVENTED), 1)])
    assert quoted(ask(folder, model, llm_answer_tokens=written + 40))
    assert len(model.requests) == 1


def test_a_conversation_takes_no_more_tokens_than_allowed(folder: Path) -> None:
    model = ScriptedModel(json_reply(RIGHT))
    with opened(folder, model, llm_conversation_tokens=2_000) as assistant:
        chat = assistant.conversation()
        answers = [chat.ask(question) for question in (QUESTION, "Thanks!", *[QUESTION] * 12)]
        fresh = assistant.ask(QUESTION)
    spent = [answer.trace.spent for answer in answers]
    assert spent == sorted(spent)
    assert spent[1] == spent[0] > 0, "small talk takes nothing and forgets nothing"
    assert spent[-1] <= 2_000
    assert quoted(answers[-1])
    assert "used up" in answers[-1].notice
    assert fresh.notice == "", "another conversation has tokens of its own"


def test_sentences_are_told_as_soon_as_they_are_whole(folder: Path) -> None:
    reply = json_reply(RIGHT, INVENTED, ("Nobody was hurt.", [(1, "Nobody was hurt.")]))
    first_whole = reply.index("}, {", reply.index("sank at noon.")) + 1
    came: list[int] = []

    def dripping(request: Request) -> list[str]:
        return [*pieces(reply, 1)]

    model = ScriptedModel(dripping)
    with opened(folder, model) as assistant:
        events: list[Event] = []
        for event in assistant.stream(QUESTION):
            events.append(event)
            if isinstance(event, SentenceProven | SentenceDropped):
                came.append(model.streams[0].given)
    assert came[0] == first_whole
    assert came == sorted(set(came))
    kinds = [type(event) for event in events if not isinstance(event, Waiting)][2:]
    assert kinds == [SentenceProven, SentenceDropped, SentenceProven, Done]
    done = events[-1]
    assert isinstance(done, Done)
    proven = [event for event in events if isinstance(event, SentenceProven)]
    assert tuple(event.sentence for event in proven) == done.answer.sentences
    assert tuple(c for event in proven for c in event.citations) == done.answer.citations


def test_a_stream_that_is_closed_closes_the_reply(folder: Path) -> None:
    model = ScriptedModel([*pieces(json_reply(RIGHT, RIGHT))])
    with opened(folder, model) as assistant:
        stream = assistant.stream(QUESTION)
        assert any(isinstance(event, SentenceProven) for event in iter(lambda: next(stream), None))
        assert not model.streams[0].closed
        stream.close()
        assert model.streams[0].closed
        assert model.streams[0].given < len(pieces(json_reply(RIGHT, RIGHT)))


def test_a_model_that_repeats_itself_is_shown_once(folder: Path) -> None:
    assert ask(folder, ScriptedModel(json_reply(*[RIGHT] * 9))).text == "The Aurora sank at noon. [1]"


def test_an_article_that_changes_while_the_model_writes_is_cited_as_it_was_and_said_to_be_stale(folder: Path) -> None:
    def changing(request: Request) -> str:
        assistant.add(Article("Everything is new.", title="The Aurora", source="1"))
        return json_reply(RIGHT)

    with opened(folder, ScriptedModel(changing)) as assistant:
        before = assistant.articles()[0].text
        answer = assistant.ask(QUESTION)
        assert assistant.articles()[0].text != before
        assert [(c.quote, c.stale) for c in answer.citations] == [("The ferry Aurora sank at noon", True)]
        assert before[answer.citations[0].start : answer.citations[0].end] == answer.citations[0].quote


def test_a_model_of_ones_own_stays_open_and_one_of_the_settings_does_not(folder: Path) -> None:
    model = ScriptedModel(json_reply(RIGHT))
    ask(folder, model)
    assert not model.closed


def test_follow_ups_are_made_standalone_by_the_model_where_the_settings_want_it(folder: Path) -> None:
    def reply(request: Request) -> str:
        follow_up = request.name.startswith("contextualize: ")
        return "How many people were on board the ferry Aurora?" if follow_up else json_reply(RIGHT)

    for wanted in (True, False):
        model = ScriptedModel(reply)
        with opened(folder, model, llm_followups=wanted) as assistant:
            chat = assistant.conversation()
            first = chat.ask(QUESTION)
            second = chat.ask("How many people were on board?")
        assert second.trace.usage.requests == 1 + wanted
        assert second.trace.spent == first.trace.usage.tokens + second.trace.usage.tokens
        if wanted:
            assert second.trace.standalone_question == "How many people were on board the ferry Aurora?"


def test_a_question_can_be_answered_without_the_model_that_is_set(folder: Path) -> None:
    model = ScriptedModel(json_reply(RIGHT))
    with opened(folder, model) as assistant:
        answer = assistant.ask(QUESTION, llm=False)
        assert quoted(answer)
        assert (answer.notice, model.requests) == ("", [])
        assert "scripted:model" not in answer.trace.fingerprint


def test_nor_is_it_asked_what_such_a_question_leans_on(folder: Path) -> None:
    model = ScriptedModel(json_reply(RIGHT))
    with opened(folder, model, llm_followups=True) as assistant:
        turn = Turn(QUESTION, assistant.ask(QUESTION))
        before = len(model.requests)
        answer = assistant.ask("How many people were on board?", history=[turn], llm=False)
        assert len(model.requests) == before
        assert "scripted:model" not in answer.trace.fingerprint


def test_questions_to_begin_with_are_found_without_asking_a_model(folder: Path) -> None:
    model = ScriptedModel(json_reply(RIGHT))
    with opened(folder, model) as assistant:
        examples = Examples(assistant, seconds=30)
        examples.look()
        assert examples.wait(30)
        assert model.requests == []

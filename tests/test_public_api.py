"""The Python API as DESIGN.md has it, line by line: programs outside this repository rely on it."""

from __future__ import annotations

import dataclasses
import inspect
import json
import types
from datetime import date
from pathlib import Path

import pytest

import assistant
import assistant.errors
from assistant import Answer, Article, Assistant, Citation, EmptyLibraryError, FootnoteError
from assistant.events import Done, Found, Searching, SentenceDropped, SentenceProven
from assistant.sample import example_questions, sample_path

EXPORTED = [
    "AddReport",
    "Answer",
    "AnswerSentence",
    "Article",
    "Assistant",
    "Citation",
    "Conversation",
    "Draft",
    "DraftSentence",
    "EmptyLibraryError",
    "Evidence",
    "FootnoteError",
    "Passage",
    "Quote",
    "Rating",
    "Reader",
    "Settings",
    "Trace",
    "Turn",
]


def test_what_is_exported_is_what_is_visible() -> None:
    visible = {
        name
        for name in dir(assistant)
        if not name.startswith("_") and not isinstance(getattr(assistant, name), types.ModuleType)
    }
    assert set(assistant.__all__) == visible
    assert assistant.__all__ == EXPORTED, "the public API changed: say so in CHANGELOG.md"


@pytest.mark.parametrize("part", ["embedder", "reader", "resolver", "llm"])
def test_a_part_given_by_its_name_is_refused_with_what_to_do(tmp_path: Path, part: str) -> None:
    with pytest.raises(assistant.errors.SettingsError, match=f"{part}='fast' is a name.*load_settings"):
        Assistant.open(tmp_path / "library", **{part: "fast"})  # type: ignore[arg-type]
    assert not (tmp_path / "library").exists()


def test_what_is_exported_is_documented() -> None:
    for name in assistant.__all__:
        thing = getattr(assistant, name)
        assert thing.__doc__, name
        methods = [value for key, value in vars(thing).items() if not key.startswith("_") and callable(value)]
        assert all(method.__doc__ for method in methods), name


def test_every_error_is_a_footnote_error_and_has_its_name_in_one_place() -> None:
    errors = [
        value for value in vars(assistant.errors).values() if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert all(issubclass(error, FootnoteError) for error in errors)
    assert {error.__name__ for error in errors} == set(assistant.errors.__all__)
    tree = assistant.errors.__doc__ or ""
    drawn = tree + (inspect.getdoc(inspect.getmodule(FootnoteError)) or "")
    assert all(error.__name__ in drawn for error in errors)


def test_assistant_open_add_and_articles(tmp_path: Path, embedder: object) -> None:
    path = tmp_path / "article.txt"
    path.write_text("The heron stands in the water. It waits for fish.")
    with Assistant.open(str(tmp_path / "my-library"), embedder=embedder) as opened:
        report = opened.add(str(path))
        assert [type(part) for part in (report.added, report.unchanged, report.replaced, report.skipped)] == [tuple] * 4
        (article_id,) = report.added
        assert [article.id for article in opened.articles()] == [article_id]
        assert opened.article(article_id).text == "The heron stands in the water. It waits for fish."
        assert isinstance(opened.articles()[0], Article)
        opened.remove(article_id)
        assert opened.articles() == ()


def test_add_takes_a_file_a_folder_an_article_a_document_and_lists(fast_assistant: Assistant, tmp_path: Path) -> None:
    from llama_index.core import Document

    (tmp_path / "folder").mkdir()
    for n in range(2):
        (tmp_path / "folder" / f"{n}.txt").write_text(f"Text number {n} of the folder.")
    (tmp_path / "blank.txt").write_text("  \n ")
    (tmp_path / "one.md").write_text("A single file.")
    assert len(fast_assistant.add(tmp_path / "folder").added) == 2
    assert len(fast_assistant.add(Article("An article.", title="By hand", published=date(2024, 1, 2))).added) == 1
    assert len(fast_assistant.add(Document(text="A llama-index document.")).added) == 1
    report = fast_assistant.add([tmp_path / "one.md", tmp_path / "blank.txt"])
    assert len(report.added) == 1
    ((path, reason),) = report.skipped
    assert path.endswith("blank.txt")
    assert reason
    assert len(fast_assistant.articles()) == 5
    assert fast_assistant.articles()[1].text == "A llama-index document.", "newest first"


def test_an_answer_has_all_that_the_contract_names(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("Who is John Kirby?")
    assert answer.status == "answered"
    assert "[1]" in answer.text
    citation = answer.citations[0]
    assert all(hasattr(citation, name) for name in ("number", "article_id", "title", "start", "end", "quote"))
    assert 0 <= answer.confidence <= 1
    assert answer.evidence[0].passage.text
    assert [item.score for item in answer.evidence] == sorted((item.score for item in answer.evidence), reverse=True)
    assert answer.trace.standalone_question == "Who is John Kirby?"
    assert set(answer.trace.timings) >= {"followup", "retrieval", "reading", "citing"}
    assert all(seconds >= 0 for seconds in answer.trace.timings.values())
    assert "384 dimensions" in answer.trace.fingerprint
    assert answer.trace.ranked == tuple((item.passage.id, item.score) for item in answer.evidence)
    article = sample_assistant.article(citation.article_id)
    assert article.text[citation.start : citation.end] == citation.quote
    assert article.published == date(2024, 6, 18)


def test_a_refusal_has_a_message_and_the_closest_passages(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("Who won the 1966 World Cup final at Wembley?")
    assert (answer.status, answer.citations, answer.sentences) == ("not_found", (), ())
    assert answer.text == answer.message
    assert answer.message.startswith("The articles don't say.")
    assert answer.closest


def test_a_conversation_is_understood_from_its_turns(sample_assistant: Assistant) -> None:
    chat = sample_assistant.conversation()
    chat.ask("Who is John Kirby?")
    answer = chat.ask("What did he say?")
    assert "John Kirby" in answer.trace.standalone_question
    assert [turn.question for turn in chat.turns] == ["Who is John Kirby?", "What did he say?"]


def test_streaming_ends_with_the_answer_that_ask_gives(sample_assistant: Assistant) -> None:
    events = list(sample_assistant.stream("Who is John Kirby?"))
    assert [type(event) for event in events] == [Searching, Found, SentenceProven, Done]
    done = events[-1]
    assert isinstance(done, Done)
    assert done.answer.text == sample_assistant.ask("Who is John Kirby?").text
    refused = [type(event) for event in sample_assistant.stream("Who won the 1966 World Cup final?")]
    assert refused[-1] is Done
    assert SentenceProven not in refused
    assert SentenceDropped not in refused


def test_a_search_may_be_limited_to_some_articles(eager_assistant: Assistant) -> None:
    eager_assistant.add([Article(f"The heron number{n} stands.", source=str(n)) for n in range(5)])
    wanted = [article.id for article in eager_assistant.articles()[:2]]
    answer = eager_assistant.ask("Does the heron number4 stand?", articles=wanted)
    assert {item.passage.article_id for item in answer.evidence} == set(wanted)
    chat = eager_assistant.conversation(articles=wanted[:1])
    assert {c.article_id for c in chat.ask("Does the heron number3 stand?").citations} == set(wanted[:1])


def test_answers_are_json_and_back(sample_assistant: Assistant) -> None:
    for question in ("Who is John Kirby?", "Who won the 1966 World Cup final at Wembley?", "What about it?"):
        answer = sample_assistant.ask(question)
        data = json.loads(json.dumps(answer.to_dict()))
        assert data == answer.to_dict()
        assert Answer.from_dict(data) == answer
        assert {"question", "status", "text", "citations", "confidence", "evidence", "trace"} <= data.keys()


def test_the_same_question_gives_the_same_answer(sample_assistant: Assistant) -> None:
    def without_timings(answer: Answer) -> str:
        data = answer.to_dict()
        del data["trace"]["timings"]
        return json.dumps(data)

    first, second = (without_timings(sample_assistant.ask("What did Kirby say?")) for _ in range(2))
    assert first == second


def test_an_empty_library_says_what_to_do(fast_assistant: Assistant) -> None:
    with pytest.raises(EmptyLibraryError, match=r"no articles.*footnote add"):
        fast_assistant.ask("Who is John Kirby?")
    with pytest.raises(EmptyLibraryError):
        fast_assistant.conversation().ask("Who?")


def test_answers_and_citations_can_not_be_changed(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask("Who is John Kirby?")
    with pytest.raises(dataclasses.FrozenInstanceError):
        answer.status = "not_found"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        answer.citations[0].quote = "changed"  # type: ignore[misc]
    assert isinstance(answer.citations, tuple)
    assert isinstance(answer.citations[0], Citation)


def test_no_folder_means_the_one_of_the_settings_or_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_LIBRARY", str(tmp_path / "set"))
    with Assistant.open() as opened:
        assert opened.folder == tmp_path / "set"
    monkeypatch.delenv("FOOTNOTE_LIBRARY")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with Assistant.open() as opened:
        assert tmp_path in opened.folder.parents
        assert "footnote" in str(opened.folder)


def test_the_sample_article_comes_with_the_package() -> None:
    assert sample_path().is_file()


def test_the_questions_that_greet_a_visitor_are_answered(sample_assistant: Assistant) -> None:
    for question in example_questions():
        assert sample_assistant.ask(question).status == "answered", question


def test_a_model_adapter_is_where_it_was_documented_first() -> None:
    import assistant.generating.serving
    import assistant.writing.serving

    assert assistant.generating.serving.LlamaModel is assistant.writing.serving.LlamaModel

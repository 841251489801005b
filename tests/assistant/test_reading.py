"""The quoting reader over a small article: what it quotes, which words it marks, when it abstains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant

TEXT = """Harbour bridge closes for repairs

12 March 2021

BERGEN: The harbour bridge will stay closed for six weeks because its steel cables have rusted, the city said on Friday.

Mayor Anna Berg said, “No one should cross the bridge on foot.” She promised that two ferries would carry 3,400
commuters a day.

The bridge was designed by Olav Lie and opened in 1961. It is owned by the port
authority, which spent 12 million euros on it in 2015.
"""


@pytest.fixture(scope="module")
def reader_assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("reading")
    path: Path = folder / "bridge.txt"
    path.write_text(TEXT, encoding="utf-8")
    with Assistant.open(folder / "library") as assistant:
        assistant.add(path)
        yield assistant


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who designed the bridge?", "Olav Lie"),
        ("When did the bridge open?", "1961"),
        ("How many ferries will carry commuters?", "two ferries"),
        ("How long will the bridge stay closed?", "six weeks"),
        ("Why is the bridge closed?", "because its steel cables have rusted"),
    ],
)
def test_the_words_that_answer_are_marked_inside_the_quote(
    reader_assistant: Assistant, question: str, words: str
) -> None:
    answer = reader_assistant.ask(question)
    assert answer.status == "answered"
    assert words in answer.sentences[0].key
    assert answer.sentences[0].key in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("What is the title?", "Harbour bridge closes for repairs"),
        ("When was it published?", "12 March 2021"),
        ("Where was it filed?", "BERGEN: The harbour bridge will stay closed"),
        ("What did Anna Berg say?", "No one should cross the bridge on foot."),
        ("Did the bridge open in 1961?", "opened in 1961"),
    ],
)
def test_the_sentence_that_decides_is_quoted(reader_assistant: Assistant, question: str, quote: str) -> None:
    answer = reader_assistant.ask(question)
    assert answer.status == "answered"
    assert any(quote in citation.quote for citation in answer.citations)


def test_what_it_is_about_is_headline_and_lead(reader_assistant: Assistant) -> None:
    answer = reader_assistant.ask("What is this about?")
    assert [c.quote[:10] for c in answer.citations] == ["Harbour br", "BERGEN: Th"]


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote this article?",
        "What is the capital of France?",
        "How many people died in the earthquake?",
        "Why did Elvis leave?",
    ],
)
def test_what_the_article_does_not_say_is_refused(reader_assistant: Assistant, question: str) -> None:
    answer = reader_assistant.ask(question)
    assert answer.status == "not_found"
    assert answer.closest
    assert not answer.citations


def test_a_misspelt_name_is_understood(reader_assistant: Assistant) -> None:
    answer = reader_assistant.ask("What did Ana Breg say?")
    assert any("on foot" in citation.quote for citation in answer.citations)

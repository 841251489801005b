"""The readers over a small article: what it quotes, which words it marks, when it abstains."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant import Article, Assistant, Draft, Evidence
from assistant.core.errors import ReaderError
from assistant.core.settings import load_settings
from tests.doubles import EagerReader, HashEmbedder, ScriptedReader

TEXT = """Harbour bridge closes for repairs

12 March 2021

BERGEN: The harbour bridge will stay closed for six weeks because its steel cables have rusted, the city said on Friday.

Mayor Anna Berg said, “No one should cross the bridge on foot.” She promised that two ferries would carry 3,400
commuters a day.

The bridge was designed by Olav Lie and opened in 1961. It is owned by the port
authority, which spent 12 million euros on it in 2015.
"""


@pytest.fixture(scope="module", params=["quoting", "strong"])
def reader_assistant(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("reading")
    path: Path = folder / "bridge.txt"
    path.write_text(TEXT, encoding="utf-8")
    with Assistant.open(folder / "library", settings=load_settings(reader=request.param)) as assistant:
        assistant.add(path)
        yield assistant


@pytest.fixture
def unrefusing_assistant(reader_assistant: Assistant) -> Iterator[Assistant]:
    """The same library with a reader that never refuses: what is marked is another matter than how sure it is."""
    settings = reader_assistant.settings.model_copy(update={"threshold": 0.0})
    with Assistant.open(reader_assistant.folder, settings=settings, write=False) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who designed the bridge?", "Olav Lie"),
        ("When did the bridge open?", "1961"),
        ("How many ferries will carry commuters?", "two"),
        ("How long will the bridge stay closed?", "six weeks"),
        ("Why is the bridge closed?", "its steel cables have rusted"),
    ],
)
def test_the_words_that_answer_are_marked_inside_the_quote(
    unrefusing_assistant: Assistant, question: str, words: str
) -> None:
    answer = unrefusing_assistant.ask(question)
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


def test_what_it_is_about_begins_with_headline_and_lead(reader_assistant: Assistant) -> None:
    answer = reader_assistant.ask("What is this about?")
    assert [c.quote[:10] for c in answer.citations][:2] == ["Harbour br", "BERGEN: Th"]


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
    answer = reader_assistant.ask("What did Anna Breg say?")
    assert any("on foot" in citation.quote for citation in answer.citations)


def test_the_evidence_comes_in_the_order_that_the_reader_gives(tmp_path: Path) -> None:
    searched: list[str] = []

    def last_first(question: str, evidence: Sequence[Evidence]) -> Draft:
        searched.extend(item.passage.id for item in evidence)
        return Draft((), 0.1, order=(searched[-1], "of no passage", searched[1]))

    with Assistant.open(tmp_path, embedder=HashEmbedder(max_tokens=60), reader=ScriptedReader(last_first)) as assistant:
        (tmp_path / "bridge.txt").write_text(TEXT * 2, encoding="utf-8")
        assistant.add(tmp_path / "bridge.txt")
        answer = assistant.ask("Who designed the harbour bridge?")
    assert len(searched) >= 4
    wanted = [searched[-1], searched[1], searched[0], *searched[2:-1]]
    assert [item.passage.id for item in answer.evidence] == wanted
    assert list(answer.trace.searched) == searched
    scores = [item.score for item in answer.evidence]
    assert scores == sorted(scores, reverse=True)
    assert answer.evidence[0].passage.text.startswith(answer.closest[0].quote[:5])


class SlowReader(EagerReader):
    """Has something to load, which may fail."""

    def __init__(self, fails: bool = False) -> None:
        super().__init__()
        self.fails = fails
        self.loaded: list[str] = []

    def warm(self) -> None:
        self.loaded.append(threading.current_thread().name)
        if self.fails:
            raise ReaderError("The reader's files are gone. Install footnote again.")

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        if self.fails:
            raise ReaderError("The reader's files are gone. Install footnote again.")
        return super().read(question, evidence)


def test_a_reader_is_loaded_beside_the_first_search_and_only_once(tmp_path: Path) -> None:
    reader = SlowReader()
    with Assistant.open(tmp_path, embedder=HashEmbedder(), reader=reader) as assistant:
        assert reader.loaded == []
        assistant.add(Article(TEXT, source="bridge"))
        for _ in range(3):
            assert assistant.ask("Who designed the bridge?").citations
    assert len(reader.loaded) == 1
    assert reader.loaded != [threading.current_thread().name]


def test_a_reader_that_can_not_be_loaded_is_an_error_of_the_question(tmp_path: Path) -> None:
    with Assistant.open(tmp_path, embedder=HashEmbedder(), reader=SlowReader(fails=True)) as assistant:
        assistant.add(Article(TEXT, source="bridge"))
        with pytest.raises(ReaderError, match="Install footnote again"):
            assistant.ask("Who designed the bridge?")
        with pytest.raises(ReaderError, match="Install footnote again"):
            assistant.warm()

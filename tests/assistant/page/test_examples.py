"""Questions to begin with: only such as are really answered, found behind the scenes, never in the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from assistant import Article, Assistant, Draft, Evidence
from assistant.questions.candidates import Wordings, candidates
from assistant.questions.examples import MOST, Examples
from assistant.sample import example_questions, sample_path
from tests.assistant.page.site import SECONDS_TO_HANG
from tests.doubles import EagerReader

TALK = Article(
    "Glaciers shrink\n\n12 March 2025\n\nProfessor Maria Lopez said that small glaciers will go. Anna Berg noted that "
    "each degree counts.\n\nCoach Tom Hill was there. The Kremlin announced nothing. Ahead of Easter it snowed.",
    "Glaciers shrink",
    "glaciers.txt",
)


class CountingReader(EagerReader):
    """Answers all, and remembers what it was asked."""

    def __init__(self, confidence: float = 0.9, seconds: float = 0.0) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.confidence = confidence
        self.seconds = seconds

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        self.asked.append(question)
        time.sleep(self.seconds)
        return Draft(super().read(question, evidence).sentences, self.confidence)


def found(examples: Examples) -> tuple[str, ...]:
    examples.look()
    assert examples.wait(SECONDS_TO_HANG)
    return examples.now()


def test_candidates_are_about_whom_and_what_the_article_speaks_of(fast_assistant: Assistant) -> None:
    (added,) = fast_assistant.add(TALK).added
    assert [one.question for one in candidates(fast_assistant.article(added), Wordings())] == [
        "What did Maria Lopez say?",
        "Who is Tom Hill?",
        "What is this about?",
        "When was it published?",
        "What did Anna Berg say?",
        "Who is Maria Lopez?",
        "Who is Anna Berg?",
    ]


def test_only_what_is_answered_surely_is_an_example(tmp_path, hash_embedder) -> None:
    # What an article is about is told without a reader.
    for confidence, count in ((0.9, MOST), (0.5, 1)):
        reader = CountingReader(confidence)
        with Assistant.open(tmp_path / str(count), embedder=hash_embedder, reader=reader) as assistant:
            assistant.add(TALK)
            examples = Examples(assistant)
            assert examples.now() == ()
            assert len(found(examples)) == count
            asked = len(reader.asked)
            assert found(examples) == examples.now()
            assert len(reader.asked) == asked  # remembered by the article's version
            assistant.add(Article(f"{TALK.text} More.", TALK.title, TALK.source))
            found(examples)
            assert len(reader.asked) > asked


def test_the_sample_brings_its_own_and_nothing_is_asked(tmp_path, hash_embedder) -> None:
    reader = CountingReader()
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, reader=reader) as assistant:
        assistant.add(sample_path())
        assert found(Examples(assistant)) == example_questions()
        assert reader.asked == []


def test_the_newest_article_comes_first_though_the_sample_is_there(assistant: Assistant) -> None:
    assistant.add(sample_path())
    examples = Examples(assistant)
    assert found(examples) == example_questions()
    (added,) = assistant.add(TALK).added
    first, *_ = found(examples)
    assert first not in example_questions()
    assert {citation.article_id for citation in assistant.ask(first).citations} == {added}


def test_without_articles_there_are_none(eager_assistant: Assistant) -> None:
    assert found(Examples(eager_assistant)) == ()


def test_looking_is_bounded_in_time(tmp_path, hash_embedder) -> None:
    reader = CountingReader(confidence=0.1, seconds=0.1)
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, reader=reader) as assistant:
        assistant.add([Article(f"{TALK.text} {n}", f"Talk {n}", f"{n}.txt") for n in range(5)])
        assert found(Examples(assistant, seconds=0.35)) == ()
        assert 1 <= len(reader.asked) <= 5


def test_it_waits_while_somebody_waits_for_an_answer(tmp_path, hash_embedder) -> None:
    reader = CountingReader()
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, reader=reader) as assistant:
        assistant.add(TALK)
        examples = Examples(assistant, seconds=30)
        with examples.quiet.paused():
            examples.look()
            assert not examples.wait(0.3)
            assert reader.asked == []
        assert examples.wait(SECONDS_TO_HANG)
        assert len(examples.now()) == MOST


def test_a_library_that_is_closed_meanwhile_harms_nobody(tmp_path, hash_embedder) -> None:
    reader = CountingReader(seconds=0.2)
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, reader=reader) as assistant:
        assistant.add(TALK)
        examples = Examples(assistant)
        examples.look()
    assert examples.wait(SECONDS_TO_HANG)
    assert "footnote-examples" not in {thread.name for thread in threading.enumerate()}


def test_the_built_in_reader_answers_them(assistant: Assistant) -> None:
    assistant.add(TALK)
    questions = found(Examples(assistant))
    assert "What did Maria Lopez say?" in questions
    assert all(assistant.ask(question).status == "answered" for question in questions)

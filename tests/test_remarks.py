"""The law of the fixed sentences: of our own words an answer has only these, and each only where the quotes make it true."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from assistant import Assistant, Draft
from assistant.answering.remarking import remarks_of
from assistant.core.answer import Answer, AnswerSentence, Citation, Part
from assistant.core.kinds import Kind
from assistant.core.remarks import ONLY_ENGLISH, TEXTS, Remark
from assistant.core.standalone import Standalone
from assistant.core.turns import Turn
from assistant.reading.protocol import Reader
from index.article import Article
from tests.doubles import EagerReader, HashEmbedder, PlainReader, ScriptedReader

Said = tuple[AnswerSentence, Citation]


def said(article: Article, quote: str, key: str = "") -> Said:
    start = article.text.index(quote)
    citation = Citation(1, article.id, article.title, start, start + len(quote), quote)
    return AnswerSentence(f"“{quote}”", (1,), key), citation


def remarks(kind: Kind, question: str, text: str, *quotes: tuple[str, str]) -> list[str]:
    article = Article(text, source="1")
    found = remarks_of(kind, question, [said(article, quote, key) for quote, key in quotes], lambda _: article)
    return [remark.text for remark in found]


def test_the_fixed_sentences_are_these() -> None:
    assert set(TEXTS) == {
        "others",
        "nothing",
        "counted",
        "first_larger",
        "second_larger",
        "equal",
        "some_articles",
        "in_context",
    }


# The text counts more than was found


COUNTED = "There are four new rules. Dogs stay out. Bikes stay out. Cars pay."


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (("Dogs stay out.", "Bikes stay out."), ["The text counts 4; 2 found."]),
        (("Dogs stay out.",), ["The text counts 4; 1 found."]),
    ],
)
def test_fewer_than_the_text_counts_is_said(found: tuple[str, ...], told: list[str]) -> None:
    assert remarks("list", "What are the new rules?", COUNTED, *((one, "") for one in found)) == told


@pytest.mark.parametrize(
    ("kind", "question", "text"),
    [
        ("list", "What are the new rules?", COUNTED.replace("four", "two")),  # As many as were found.
        ("list", "What are the new rules?", COUNTED.replace("four new rules", "new rules")),  # Nothing is counted.
        ("list", "What are the new rules?", COUNTED.replace("four new rules", "four dogs")),  # Something else is.
        ("fact", "What are the new rules?", COUNTED),  # One thing was asked for.
    ],
)
def test_nothing_is_said_of_a_count_otherwise(kind: Kind, question: str, text: str) -> None:
    assert remarks(kind, question, text, ("Dogs stay out.", ""), ("Bikes stay out.", "")) == []


def test_items_among_the_marked_words_count() -> None:
    text = "Nine streets are closed, among them Tanner Row and Cask Lane."
    assert remarks("list", "Which streets are closed?", text, (text, "Tanner Row and Cask Lane")) == [
        "The text counts 9; 2 found."
    ]


def test_a_count_that_is_marked_itself_is_no_item_of_it() -> None:
    text = "We did it in three northern towns."
    assert remarks("list", "Which towns were part of it?", text, (text, "three northern")) == []
    assert remarks("list", "Which towns were part of it?", text, (text, "northern")) == ["The text counts 3; 1 found."]
    text = "Of the ten towns that were flooded, Kempten and Lindau got help."
    assert remarks("list", "Which towns got help?", text, (text, "Kempten and Lindau")) == [
        "The text counts 10; 2 found."
    ]


# Which is larger


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("241 km", "405 km", ["The second is larger."]),
        ("5,000 km", "405 km", ["The first is larger."]),
        ("two km", "2 km", ["Both are equal."]),
        ("$5 million", "$300,000", ["The first is larger."]),
        ("241 km", "405 miles", []),
        ("241", "405", []),
        ("241 km", "long", []),
        ("5 or 6 km", "7 km", []),
    ],
)
def test_numbers_of_one_unit_are_compared_and_no_others(first: str, second: str, told: list[str]) -> None:
    text = f"The Arno has {first}. The Tiber has {second}."
    quotes = ((f"The Arno has {first}.", first), (f"The Tiber has {second}.", second))
    assert remarks("comparison", "Which is longer, the Arno or the Tiber?", text, *quotes) == told


def test_a_larger_number_is_said_of_two_sides_of_a_comparison_alone() -> None:
    text = "The Arno has 241 km. The Tiber has 405 km."
    quotes = (("The Arno has 241 km.", "241 km"), ("The Tiber has 405 km.", "405 km"))
    assert remarks("fact", "How long is the Arno?", text, *quotes) == []
    assert remarks("comparison", "Which is longer?", text, quotes[0]) == []


# Where they stand in the text


def laid_out(*parts: Part, verdict: str = "") -> Answer:
    sentences = tuple(AnswerSentence(f"“Quote {n}.”", (n,)) for n in range(1, 1 + sum(p.sentences for p in parts)))
    return Answer("?", "answered", sentences, parts=parts, verdict=verdict)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda: laid_out(Part(1), verdict="yes"), "Yes. “Quote 1.” [1]"),
        (
            lambda: laid_out(Part(1), Part(1, remarks=(Remark("others"),))),
            "“Quote 1.” [1]\n\nOther articles say:\n“Quote 2.” [2]",
        ),
        (
            lambda: laid_out(Part(1, "Who?"), Part(0, "Why?", (Remark("nothing"),))),
            "Who?\n“Quote 1.” [1]\n\nWhy?\nI found no sentence that answers this.",
        ),
    ],
)
def test_each_stands_where_it_is_true(answer: Callable[[], Answer], text: str) -> None:
    assert answer().text == text
    assert Answer.from_json(answer().to_json()) == answer()


# The question is in another language


GERMAN, ENGLISH = "Wem gehört die alte Fähre?", "Who owns the old ferry?"


class _Unclear:
    """A resolver that understands nothing, and says something of it."""

    name = "unclear"

    def resolve(self, question: str, history: Sequence[Turn]) -> Standalone:
        return Standalone(question, "unclear", notice="It was dear.")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Assistant]]:
    """Opens assistants that know of a ferry."""
    made: list[Assistant] = []

    def open_(reader: Reader, resolver: _Unclear | None = None) -> Assistant:
        folder = tmp_path / str(len(made))
        made.append(Assistant.open(folder, embedder=HashEmbedder(), reader=reader, resolver=resolver))
        made[-1].add(Article("Anna Berg owns the old ferry.", source="ferry"))
        return made[-1]

    yield open_
    for one in made:
        one.close()


@pytest.mark.parametrize(
    ("reader", "status"),
    [(EagerReader(), "answered"), (ScriptedReader(*[Draft((), 0.1)] * 2), "not_found")],
)
def test_who_asks_in_another_language_is_told_with_answers_and_refusals(
    opened: Callable[..., Assistant], reader: Reader, status: str
) -> None:
    assistant = opened(reader)
    told = [assistant.ask(question) for question in (GERMAN, ENGLISH)]
    assert [answer.status for answer in told] == [status] * 2
    assert [answer.notice for answer in told] == [ONLY_ENGLISH, ""]
    assert ONLY_ENGLISH in str(told[0])


def test_it_is_said_before_other_notices_where_nothing_is_understood(opened: Callable[..., Assistant]) -> None:
    told = opened(EagerReader(), _Unclear()).ask(GERMAN)
    assert (told.status, told.notice) == ("unclear", f"{ONLY_ENGLISH} It was dear.")


def test_a_language_model_that_writes_the_answer_is_not_held_to_english(opened: Callable[..., Assistant]) -> None:
    assert opened(PlainReader()).ask(GERMAN).notice == ""


def test_of_a_question_that_was_corrected_the_correction_counts(opened: Callable[..., Assistant]) -> None:
    assistant = opened(EagerReader())
    assert assistant.ask(GERMAN, standalone=ENGLISH).notice == ""
    assert assistant.ask(ENGLISH, standalone=GERMAN).notice == ONLY_ENGLISH


def test_small_talk_is_answered_without(opened: Callable[..., Assistant]) -> None:
    assert opened(EagerReader()).ask("Thanks!").notice == ""

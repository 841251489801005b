"""Questions that are made of an article's own words: good English, and only where the parts of a sentence are clear."""

from __future__ import annotations

import pytest

from assistant import Article
from assistant.questions.candidates import Candidate, Wordings, candidates
from assistant.questions.inverting import questions_of
from assistant.questions.people import people_of
from index.blocks import blocks_of

BRIDGE = """The Orle Bridge

The Orle Bridge is a stone bridge at Orle. The deck was strengthened in 1938 by the county.

Tolls

Tolls were charged until 1877: a penny for a walker, fourpence for a horse and cart. Clergy and pupils crossed free at all hours.

May I cross with a van?

Vans up to 3 tonnes may cross; all others take the ford two miles up the river."""


def asked(text: str, title: str = "Some article") -> list[str]:
    return [one.question for one in made(text, title)]


def made(text: str, title: str = "Some article") -> list[Candidate]:
    return candidates(Article(text, title, "some.txt", blocks=blocks_of(text)), Wordings())


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The deck was strengthened in 1938 and raised.", "When was the deck strengthened?"),
        ("The report is due on 3 May.", "When is the report due?"),
        ("The judges will decide on Friday morning, before the start.", "When will the judges decide?"),
        ("Although it rained, the roof was closed on Monday.", "When was the roof closed?"),
        ("The high jump was moved indoors because of the wind.", "Why was the high jump moved indoors?"),
        ("The ferry was not repaired because the yard is full.", "Why was the ferry not repaired?"),
        ("The present structure was designed by Tobias Renwick.", "Who designed the present structure?"),
        ("Anna Berg supervised the last course.", "Who supervised the last course?"),
        ("The hostel has 24 beds.", "How many beds does the hostel have?"),
        ("An early design had twelve flaps, but it was dropped.", "How many flaps did an early design have?"),
        ("Six trees are to be felled, not 23.", "How many trees are to be felled?"),
        ("There are 14 pumps in the valley.", "How many pumps are there?"),
        ("The permit costs £25 a year.", "How much does the permit cost?"),
        ("The weekend card is £9.", "How much is the weekend card?"),
    ],
)
def test_a_sentence_is_turned_into_what_it_answers(sentence: str, question: str) -> None:
    assert question in [one.question for one in questions_of(sentence, str.lower, ["Anna Berg"])]


@pytest.mark.parametrize(
    "sentence",
    [
        "It was closed in 1938.",
        "The one was closed in 1938.",
        "The firm that replaced him was closed in 1938.",
        "Ships and boats were sold in 1938.",
        "The bridge was a ruin in 1800.",
        "The rate was 3 per cent in May.",
        "“The deck was strengthened in 1938,” he said.",
        "The police have doubts because of the key.",
        "Two thirds were sold early.",
        "The tower is 20 metres high.",
        "On 1 January, 143 people were waiting there.",
        "Was the deck strengthened in 1938?",
    ],
)
def test_of_an_unclear_sentence_nothing_is_made(sentence: str) -> None:
    assert list(questions_of(sentence, str.lower)) == []


def test_people_are_told_from_places_and_parties() -> None:
    text = (
        "In Port Ellery the mayor, Prime Minister Anna Berg, met Tom Hill, who owns the ferry. Fjellmark's Maria Lopez "
        "said nothing. The Coast Trust said no. The Coast Party, who won, waits. Hill was late."
    )
    found = {person.name: (person.titled, bool(person.speaks)) for person in people_of(text)}
    assert found == {"Anna Berg": (True, False), "Tom Hill": (False, False), "Maria Lopez": (False, True)}


def test_an_articles_sections_definitions_and_own_questions() -> None:
    assert asked(BRIDGE, "The Orle Bridge") == [
        "May I cross with a van?",
        "What is the Orle Bridge?",
        "What does the section “Tolls” say?",
        "When was the deck strengthened?",
        "What is this about?",
    ]


def test_each_says_where_its_answer_probably_stands() -> None:
    (dated,) = [one for one in made(BRIDGE) if one.question.startswith("When")]
    assert BRIDGE[dated.start : dated.end] == "The deck was strengthened in 1938 by the county."
    (section,) = [one for one in made(BRIDGE) if "Tolls" in one.question]
    assert BRIDGE[section.start : section.end].startswith("Tolls\n\nTolls were")


def test_glossaries_and_tables() -> None:
    text = (
        "Your bill\n\nThe words\n\n- Day rate: The price of a unit between 6 am and 10 pm.\n- Peak charge: A charge on the "
        "highest hour of the month.\n\nCorrection: An earlier version of this page gave another price."
    )
    assert {"What does “Day rate” mean?", "What does “Peak charge” mean?"} <= set(asked(text))
    assert not any("Correction" in question for question in asked(text))
    row = "Day rate: Home 118.4, Farm 104.9"
    table = Article(row, "Rates", "rates.csv", blocks=(blocks_of(row)[0].__class__(0, len(row), "row"),))
    assert "What is listed for “Day rate”?" in [one.question for one in candidates(table, Wordings())]

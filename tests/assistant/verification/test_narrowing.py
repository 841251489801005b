"""The last answer said again does not answer a question of something else."""

from __future__ import annotations

import pytest

from assistant.core.answer import Answer, AnswerSentence, Citation
from assistant.verification.narrowing import Narrowed

PRICE = "A dog costs 10 kroner, a cat costs €8 and the way is 20 km."


def cited(quote: str, start: int = 0) -> Citation:
    return Citation(1, "a", "Ferry", start, start + len(quote), quote)


def narrowed(topic: str, key: str = "10 kroner") -> Narrowed:
    return Narrowed(topic, Answer("?", "answered", (AnswerSentence(PRICE, (1,), key),), (cited(PRICE),)))


@pytest.mark.parametrize("topic", ["a ticket", "in dollars", "on Sundays"])
def test_the_same_words_again_do_not_answer_of_something_else(topic: str) -> None:
    assert narrowed(topic).missing([cited(PRICE)], "10 kroner") == topic


@pytest.mark.parametrize("topic", ["a cat", "in euros", "in kilometres", "the"])
def test_they_do_where_they_name_it(topic: str) -> None:
    assert narrowed(topic).missing([cited(PRICE)], "10 kroner") == ""


def test_other_words_or_another_sentence_may_answer() -> None:
    assert narrowed("a ticket").missing([cited(PRICE)], "€8") == ""
    assert narrowed("a ticket").missing([cited("It is 45 kroner.", 100)], "45 kroner") == ""


def test_a_figure_in_other_units_does_not_answer() -> None:
    other = cited("The region pays 4 million kroner, which is €350,000.", 100)
    assert narrowed("in dollars").missing([other], "4 million kroner") == "in dollars"
    assert narrowed("in euros").missing([other], "€350,000") == ""
    assert narrowed("in feet").missing([other], "4 million kroner") == "in feet"
    assert narrowed("in Paris").missing([other], "4 million kroner") == ""
    assert narrowed("in winter").missing([other], "4 million kroner") == ""
    assert narrowed("in dollars").missing([other], "the region") == ""

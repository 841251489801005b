"""What `print(answer)` and `repr(answer)` show: some lines, not all that was read."""

from __future__ import annotations

from datetime import date

from assistant import Article, Assistant

LONG = "The heron stands in the water. " + " ".join(f"Word number {n} follows." for n in range(400))


def test_an_answer_is_printed_with_its_quotes_and_where_they_stand(eager_assistant: Assistant) -> None:
    eager_assistant.add(Article("The heron stands in the water.", title="Herons", source="herons.txt"))
    answer = eager_assistant.ask("Where does the heron stand?")
    first, *others = str(answer).splitlines()
    assert first == answer.text
    assert others == [f"  [1] “The heron stands in the water.” ({answer.citations[0].title}, characters 0-30)"]


def test_each_quote_is_printed_with_the_date_of_its_article(eager_assistant: Assistant) -> None:
    text = "The heron stands in the water."
    eager_assistant.add(Article(text, title="Herons", source="herons.txt", published=date(2024, 5, 3)))
    assert ", 3 May 2024, characters " in str(eager_assistant.ask("Where does the heron stand?")).splitlines()[-1]


def test_a_refusal_is_printed_with_the_closest_quotes_marked_as_no_answer(fast_assistant: Assistant) -> None:
    fast_assistant.add(Article("The heron stands in the water.", title="Herons", source="herons.txt"))
    answer = fast_assistant.ask("Who won the cup final of 1966?")
    assert answer.status == "not_found"
    assert str(answer).splitlines()[:2] == [answer.text, "Closest, not an answer:"]
    assert "The heron stands" in str(answer)


def test_a_long_article_makes_neither_long(eager_assistant: Assistant) -> None:
    eager_assistant.add(Article(LONG, title="Herons", source="herons.txt"))
    for question in ("Where does the heron stand?", "x" * 1_900):
        answer = eager_assistant.ask(question)
        assert len(str(answer)) < 3_000
        assert len(repr(answer)) < 1_000
        assert "\n" not in repr(answer)
        assert repr(answer).startswith("Answer(question='")

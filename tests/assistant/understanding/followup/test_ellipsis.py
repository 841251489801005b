"""Questions that leave out what the one before said."""

from __future__ import annotations

import pytest

from assistant.understanding.followup.ellipsis import completed, points_at_nothing


@pytest.mark.parametrize(
    ("question", "before", "whole"),
    [
        ("Why?", "When did the bridge close?", "Why did the bridge close?"),
        ("When exactly?", "Did the bridge close?", "When did the bridge close?"),
        ("And in 2021?", "How many ferries sank in 2019?", "How many ferries sank in 2021?"),
        ("And in 2021?", "How many ferries sank?", "How many ferries sank in 2021?"),
        ("And Olav Lie?", "What did Anna Berg say?", "What did Olav Lie say?"),
        ("What about Olav Lie?", "Did Anna Berg resign?", "Did Olav Lie resign?"),
        ("And for students?", "What does it cost for guests of the town?", "What does it cost for students?"),
        ("And next Saturday?", "Who plays on Wednesday?", "Who plays next Saturday?"),
        ("And the second?", "When did the first phase end?", "When did the second phase end?"),
        ("And how many swans?", "How many geese live on the lake?", "How many swans live on the lake?"),
        ("What about bees?", "How many hens may I keep?", "How many bees may I keep?"),
        ("And why is Norway?", "Why is Iceland so cold?", "Why is Norway so cold?"),
        ("And why is Norway?", "Since when is Iceland in the treaty?", "Why is Norway in the treaty?"),
        ("And when did Olav Lie?", "Why did Anna Berg resign?", "When did Olav Lie resign?"),
        ("Did Olav Lie?", "Did Anna Berg resign?", "Did Olav Lie resign?"),
        ("And a pond?", "How large may a shed be?", "How large may a pond be?"),
        ("And an owl?", "Did a cat see a dog?", "An owl? (Did a cat see a dog?)"),
        ("And the keeper?", "How old is the striker of the club?", "The keeper? (How old is the striker of the club?)"),
        ("What about bees?", "May I keep hens?", "Bees? (May I keep hens?)"),
        ("Why?", "Did it rain? (Oslo, June)", "Why did it rain?"),
        ("And when?", "With whom? (Who signed it?)", "When signed it?"),
        ("which ones then", "Did a strike end?", "which ones then? (Did a strike end?)"),
        ("And per day?", "How much is a canoe per hour?", "How much is a canoe per day?"),
        (
            "And Holm Lines in 2023?",
            "How many people did Rost Shipping carry in 2022?",
            "How many people did Holm Lines carry in 2023?",
        ),
        ("And for Lund in 2022?", "What is the figure for Korpo in 2023?", "What is the figure for Lund in 2022?"),
        ("And by whom?", "When was the depot built?", "By whom was the depot built?"),
        ("By whom?", "Which minister was sacked?", "By whom? (Which minister was sacked?)"),
        ("And the second one?", "When was the first match?", "When was the second match?"),
        ("And the bus?", "How many minutes does the ferry take?", "How many minutes does the bus take?"),
        ("And students?", "How many euros does a ticket cost?", "Students? (How many euros does a ticket cost?)"),
        ("by whom?", "When was the depot built?", "By whom was the depot built?"),
        ("And the dolls?", "How many clocks are kept in the cellar?", "How many dolls are kept in the cellar?"),
        ("With which country?", "Who signed the treaty?", "With which country? (Who signed the treaty?)"),
    ],
)
def test_it_is_completed(question: str, before: str, whole: str) -> None:
    assert completed(question, before) == whole


@pytest.mark.parametrize(
    "question",
    [
        "And who owns the ferry?",
        "What did she say?",
        "And what about her?",
        "How deep is the lake?",
        "And?",
        "Who is Olav Lie?",
        "Where is Oslo?",
        "Did Olav Lie sing?",
    ],
)
def test_other_questions_are_left_to_the_network(question: str) -> None:
    assert completed(question, "When did the bridge of Anna Berg close?") == ""


@pytest.mark.parametrize("question", ["What about it?", "And?", "Why?", "And them?", "What did he do then?"])
def test_a_question_that_points_at_nothing(question: str) -> None:
    assert points_at_nothing(question)


@pytest.mark.parametrize(
    "question", ["What is this about?", "What's it about?", "When did the ferry sink?", "Who is she married to?"]
)
def test_a_question_with_something_to_search_for(question: str) -> None:
    assert not points_at_nothing(question)


@pytest.mark.parametrize(
    ("question", "before", "answer", "whole"),
    [
        ("Why?", "Who wanted the pool closed?", "Ada Lund", "Why Ada Lund wanted the pool closed?"),
        ("when?", "Who will visit the bridge?", "Ada Lund", "When will Ada Lund visit the bridge?"),
        ("since when?", "Who lives on tankers?", "1,900 people", "Since when 1,900 people lives on tankers?"),
        ("Why?", "Who is Ada Lund?", "the mayor", "Why is Ada Lund?"),
        ("By whom?", "What colour was the bridge painted?", "red", "By whom was the bridge painted?"),
        ("Why?", "What time does the mill close?", "4 pm", "Why does the mill close?"),
        ("At whom?", "Who fired?", "Norway said that its troops did", "At whom? (Who fired?)"),
        ("Against whom?", "Who won the cup?", "Ada Lund", "Against whom Ada Lund won the cup?"),
        ("Against whom?", "Did Ada Lund win the cup?", "Ada Lund", "Against whom did Ada Lund win the cup?"),
        ("Why?", "What did Ada Lund say?", "nothing", "Why did Ada Lund say?"),
        ("Why?", "Who wanted the pool closed?", "", "Why wanted the pool closed?"),
    ],
)
def test_a_question_for_a_subject_is_completed_with_its_answer(
    question: str, before: str, answer: str, whole: str
) -> None:
    assert completed(question, before, answer) == whole


def test_an_article_is_not_said_twice() -> None:
    found = completed("and the Glass Museum?", "How many people did the Salt Museum draw?")
    assert found == "How many people did the Glass Museum draw?"

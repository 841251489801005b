"""Question and history -> tokens: what is read of a long history, and that words are known by where they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.followup.layout import MARKS, MAX_TOKENS, MOST_UTTERANCES, TYPES, Utterance, lay_out
from tests.assistant.understanding.followup.scripted import tokenizer

PIECES = st.builds(
    Utterance, st.sampled_from(["topic", "user", "assistant"]), st.text(max_size=60) | st.just("word " * 400)
)


@given(st.text(max_size=80), st.lists(PIECES, max_size=30))
def test_every_word_stands_where_it_says_and_all_fits(question: str, history: list[Utterance]) -> None:
    layout = lay_out(tokenizer(), question, history)
    assert len(layout.ids) == len(layout.types) == len(layout.marks) <= MAX_TOKENS
    assert layout.types.max() < TYPES
    assert layout.marks.max() < MARKS
    for word in (*layout.asked, *layout.said):
        text = history[word.utterance].text if word.utterance >= 0 else question
        assert text[word.start : word.end] == word.text
        assert (word.utterance >= 0) == (layout.types[word.token] >= 8)


def test_the_newest_comes_first_and_the_title_before_all() -> None:
    history = [
        Utterance("topic", "Harbour"),
        Utterance("user", "old"),
        Utterance("assistant", "older"),
        Utterance("user", "new"),
    ]
    said = [word.text for word in lay_out(tokenizer(), "Why?", history).said]
    assert said == ["Harbour", "new", "old", "older"]


def test_of_a_long_history_the_last_turn_and_earlier_questions_are_read() -> None:
    history = [
        utterance
        for n in range(9)
        for utterance in (Utterance("user", f"question{n}"), Utterance("assistant", "long " * 300))
    ]
    history += [Utterance("user", "lastquestion"), Utterance("assistant", "lastanswer")]
    said = {word.text for word in lay_out(tokenizer(), "Why?", history).said}
    assert {"lastquestion", "lastanswer", "question0", "question8"} <= said


def test_two_hundred_turns_are_read_like_the_last_ten() -> None:
    history = [
        utterance for n in range(200) for utterance in (Utterance("user", f"q{n}"), Utterance("assistant", f"a{n}"))
    ]
    many, few = (lay_out(tokenizer(), "Why?", h) for h in (history, history[-MOST_UTTERANCES:]))
    assert many.ids.tolist() == few.ids.tolist()
    assert [w.text for w in many.said] == [w.text for w in few.said]


def test_capitals_within_a_sentence_are_told_from_others() -> None:
    layout = lay_out(tokenizer(), "Why?", [Utterance("assistant", "Rain fell on Bergen")])
    kinds = {word.text: layout.types[word.token] for word in layout.said}
    assert kinds["Bergen"] != kinds["fell"] == kinds["Rain"]


def test_words_are_marked_by_who_said_them_how_often_and_whether_they_are_asked_for_again() -> None:
    history = [
        Utterance("topic", "Harbour"),
        Utterance("user", "Who built the bridge?"),
        Utterance("assistant", "The bridge was built by Anna."),
        Utterance("user", "Who paid?"),
        Utterance("assistant", "Olav paid for the bridge."),
    ]
    layout = lay_out(tokenizer(), "Did Anna see harbour or rain?", history)
    asked = {word.text: layout.marks[word.token] for word in layout.asked}
    said = {word.text: layout.marks[word.token] for word in layout.said}
    assert (asked["rain"], asked["Anna"], asked["harbour"], asked["or"]) == (1, 2, 3, 0)
    assert said["Anna"] == said["Harbour"] == 4
    # By a user, by an answer; in three utterances, in one; in the last question and not.
    assert len({said[word] for word in ("bridge", "built", "paid", "Olav")}) == 4
    assert said["the"] == 0

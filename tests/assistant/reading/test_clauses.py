"""What of a sentence is marked: all that was said, the whole clause, every item; elsewhere the words themselves."""

from __future__ import annotations

import pytest

from assistant.reading.clauses import whole
from assistant.understanding.analysis import analyse


@pytest.mark.parametrize(
    ("question", "sentence", "words", "marked"),
    [
        (
            "What did the banner say?",
            "Flags hung beside a banner that read “Be welcome, all of you” over the gate.",
            "Flags",
            "“Be welcome, all of you”",
        ),
        (
            "What did Berg say?",
            "Berg said the ferries would run until May.",
            "ferries",
            "Berg said the ferries would run until May",
        ),
        ("What did he call it?", "He said, “It is the rusty queen of bridges.”", "rusty queen", "rusty queen"),
        ("What did Berg say?", "“Stay away,” Berg said, “it is not safe.”", "not safe", "“it is not safe.”"),
        (
            "Why did they cross?",
            "By then the ice had gone, and the ford was shallow.",
            "shallow",
            "and the ford was shallow",
        ),
        ("Why is it shut?", "It is shut because of rust in the cables.", "because of rust in", "because of rust in"),
        ("Which towns did it flood?", "It flooded Odda, Voss and Bergen in May.", "Odda", "Odda, Voss and Bergen"),
        ("Which fruits are grown?", "They grow apples and plums.", "apples", "apples and plums"),
        ("Which town did it flood?", "It flooded Odda, Voss and Bergen in May.", "Odda", "Odda"),
        ("Who opened it?", "The mayor, Anna Berg, opened it.", "Anna Berg", "Anna Berg"),
    ],
)
def test_a_scrap_is_made_whole(question: str, sentence: str, words: str, marked: str) -> None:
    start = sentence.index(words)
    found = whole(analyse(question), sentence, (start, start + len(words)))
    assert sentence[slice(*found)] == marked


@pytest.mark.parametrize("sentence", ["", "x", "“", ", and", "(”", "a, b and c"], ids=ascii)
def test_no_sentence_makes_it_fail(sentence: str) -> None:
    for question in ("What did he say?", "Why?", "Which towns?", "Who?"):
        for words in ((0, 0), (0, len(sentence)), (len(sentence) // 2, len(sentence))):
            start, end = whole(analyse(question), sentence, words)
            assert 0 <= start <= end <= len(sentence)

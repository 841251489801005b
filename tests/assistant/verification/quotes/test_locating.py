"""Locating: a quote stands where its words do, to the letter, white space and quote marks aside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.verification.quotes.folding import says_only
from assistant.verification.quotes.locating import find

SPACES = st.text(" \n\t\u00a0\u202f\u3000", min_size=1, max_size=3)
MARKS = st.sampled_from(["“", "”", "„", "«", "»", '"', "'", "‘", "’", "''", "``", "»\u00a0", "\u00a0«"])
NOTHING = st.sampled_from(["\u00ad", "\u200b", "\u2060", "\ufeff"])
WORDS = st.text("abcXYZ019é中.,—", min_size=1, max_size=6)
TEXTS = st.lists(st.one_of(WORDS, SPACES, MARKS, NOTHING), max_size=20).map("".join)


def bare(text: str) -> str:
    """What must be equal whatever a quote is copied into."""
    return "".join(char for char in text if char.isalnum() or char in ".,—")


@pytest.mark.parametrize(
    ("quote", "text", "stands"),
    [
        ("sank at noon", "It sank at noon.", "sank at noon"),
        ("sank at noon", "It sank\u00a0at\n\nnoon.", "sank\u00a0at\n\nnoon"),
        ("sank  at\nnoon ", "It sank at noon.", "sank at noon"),
        ("he said 'no' twice", "And he said “no” twice.", "he said “no” twice"),
        ('he said "no" twice', "And he said ''no'' twice.", "he said ''no'' twice"),
        ("il a dit « non » hier", "Puis il a dit “non” hier.", "il a dit “non” hier"),
        ('il a dit "non" hier', "Puis il a dit «\u00a0non\u00a0» hier.", "il a dit «\u00a0non\u00a0» hier"),
        ("it's Kim's", "Well, it’s Kim’s.", "it’s Kim’s"),
        ("“It sank”", "It sank at noon.", "It sank"),
        ("''It sank at''", "It sank at noon.", "It sank at"),
        ('"We won," he said', "Then: “We won,” he said.", "“We won,” he said"),
        ("'yes'", "She said “yes” “no”.", "“yes”"),
        ("co-operation", "their co\u00ad-oper\u00adation", "co\u00ad-oper\u00adation"),
        ("cooperation", "their co\u200boperation grew", "co\u200boperation"),
        ("عند الظهر", "غرقت عند\u00a0\u200fالظهر.", "عند\u00a0\u200fالظهر"),
        ("noon", "noon, then noon", "noon"),
        ("It 'sank'", "It “sank”, it 'sank'. It 'sank'", "It 'sank'"),
    ],
)
def test_white_space_quote_marks_and_invisible_characters_are_forgiven(quote: str, text: str, stands: str) -> None:
    found = find(quote, text)
    assert found is not None
    assert text[slice(*found)] == stands


@pytest.mark.parametrize(
    "quote",
    [
        "Sank at noon",
        "sank at noo n",
        "sankat noon",
        "sank at … noon",
        "sank ... noon",
        "sank at noon!",
        "sank, at noon",
        "sänk at noon",
        "it s Kim",
        "its Kim",
        "",
        " \n",
        "“”",
        "'.'",
        ". ",
        "\u200b",
        "\ud800",
        "\u202e",
    ],
)
def test_letters_case_and_punctuation_are_not(quote: str) -> None:
    assert find(quote, "It sank at noon. “.” it’s Kim") is None


def test_the_first_place_to_the_letter_is_taken_else_the_first_that_fits() -> None:
    assert find("a 'b'", "a “b” a 'b' a 'b'") == (6, 11)
    assert find("a 'b'", "a “b” a ‘b’") == (0, 5)


@given(TEXTS, st.data())
def test_what_is_copied_with_other_spaces_and_marks_is_found_with_the_same_words(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    copied = "".join(_changed(char, data) for char in text[start:end])
    found = find(data.draw(st.sampled_from(["", "“", '"', " '"])) + copied, text)
    if not any(char.isalnum() for char in copied):
        assert found is None
    else:
        assert found is not None
        assert bare(text[slice(*found)]) == bare(copied)


@given(TEXTS, TEXTS)
def test_nothing_else_is_found(quote: str, text: str) -> None:
    found = find(quote, text)
    if found is not None:
        start, end = found
        assert 0 <= start < end <= len(text)
        assert bare(text[start:end]) == bare(quote)


def _changed(char: str, data: st.DataObject) -> str:
    if char.isspace():
        return data.draw(SPACES)
    if char in "“”„«»\"'‘’`":
        return data.draw(st.sampled_from(["“", '"', "'", "’"]))
    return char


@pytest.mark.parametrize(
    "text", ['"' * 100_000, "' \"" * 33_000, "a '" * 33_000, " " * 100_000, "ab" * 50_000, "\u200b '" * 33_000]
)
def test_hostile_lengths_are_no_trouble(text: str) -> None:
    assert find(text + "x", text + "y") is None
    found = find(text.replace('"', "'") + "x", text + "x")
    assert found is not None
    assert found[1] == len(text) + 1


@pytest.mark.parametrize(
    ("sentence", "quote", "only"),
    [
        ("It sank at noon.", "it sank  at noon", True),
        ("“It sank at noon”", "it sank at noon.", True),
        ("It sank at noon!", "It sank at noon, he said", False),
        ("It sank.", "It burned. It sank.", False),
        ("it's noon", "It’s noon", True),
        ("It sank at noon.", "It sank at noontime.", False),
        ("It SANK at noon.", "It sank at noon.", False),
        ("It sank at midnight.", "It sank at noon.", False),
        ("At noon it sank.", "It sank at noon.", False),
        ("…", "It sank…", False),
        ("", "It sank", False),
    ],
)
def test_a_sentence_that_only_repeats_another_is_known(sentence: str, quote: str, only: bool) -> None:
    assert says_only(sentence, quote) is only

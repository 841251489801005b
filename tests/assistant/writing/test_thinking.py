"""Thoughts before a reply are taken out, however the stream is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.writing.thinking import ThoughtFilter


def filtered(pieces: list[str]) -> str:
    thoughts = ThoughtFilter()
    return "".join([*map(thoughts.feed, pieces), thoughts.end()])


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("Hello.", "Hello."),
        ("", ""),
        ("<think>hm</think>Hello.", "Hello."),
        (" \n<think>hm\n<b></think>Hello.", "Hello."),
        ("<think></think>", ""),
        ("<think>hm", ""),
        ("<think>hm</thin", ""),
        ("<thi", "<thi"),
        ("  ", "  "),
        ("<thinner>Hello.", "<thinner>Hello."),
        ("Hello <think>hm</think>", "Hello <think>hm</think>"),
        ("<think>a</think><think>b</think>", "<think>b</think>"),
        ('{"found":true}', '{"found":true}'),
    ],
)
def test_thoughts_are_taken_out_of_the_beginning(reply: str, shown: str) -> None:
    assert filtered([reply]) == shown
    assert filtered(list(reply)) == shown


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "think", ">", " ", "\n", "a", "</"]), max_size=12), st.data()
)
def test_it_does_not_matter_how_a_reply_is_cut(parts: list[str], data: st.DataObject) -> None:
    reply = "".join(parts)
    cut = data.draw(st.integers(0, len(reply)))
    assert filtered([reply[:cut], reply[cut:]]) == filtered([reply]) == filtered(list(reply))


def test_nothing_is_held_back_once_it_is_clear_that_there_are_no_thoughts() -> None:
    thoughts = ThoughtFilter()
    assert [thoughts.feed(piece) for piece in ("<", "b", "> <think>")] == ["", "<b", "> <think>"]

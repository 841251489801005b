"""The head of a text: headline, date line and publication date, found where they stand and nowhere else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.sample import sample_path
from index.cleaning import clean
from index.heading import find_head, is_date_line, parse_date

_DAY = date(2024, 6, 18)


def head_of(text: str) -> tuple[str | None, str | None, date | None]:
    """Title, date line and date, as text."""
    head = find_head(text)
    return (
        text[slice(*head.title)] if head.title else None,
        text[slice(*head.date)] if head.date else None,
        head.published,
    )


def test_the_sample_has_headline_and_date() -> None:
    title, line, published = head_of(clean(sample_path().read_text(encoding="utf-8")))
    assert title is not None
    assert title == sample_path().read_text(encoding="utf-8").split("\n")[0]
    assert (line, published) == ("Tue Jun 18 2024", _DAY)


@pytest.mark.parametrize(
    "line",
    [
        "Tue Jun 18 2024",
        "June 18, 2024",
        "18 June 2024",
        "18-Jun-2024",
        "the 18th of June, 2024",
        "Tuesday, June 18th, 2024",
        "2024-06-18",
        "2024/06/18",
        "2024-06-18T10:30:00Z",
        "2024-06-18T10:30:00+02:00",
        "2024-06-18 10:30:00.123",
        "Tue, 18 Jun 2024 10:30:00 +0000",
        "18/06/2024",
        "06/18/2024",
        "18.06.2024",
        "2024年6月18日",
        "Published: Jun. 18, 2024 10:30 GMT",
        "Published 10:30 GMT, 18 June 2024",
        "First published on Tue 18 Jun 2024 06.00 BST",
        "Posted on June 18, 2024 at 5:30 pm",
        "Last updated at 10:30, Tue 18 June 2024",
        "Updated: June 18, 2024 3:45 p.m. ET",
        "June 18 2024, 0930 GMT",
        "June 18, 2024 · 5 min read",
        "By Jane Doe, June 18, 2024",
        "By Jane Doe and John van der Berg | June 18, 2024 | Updated June 19, 2024",
        "Updated June 19, 2024; published June 18, 2024",
        "Daily News, 18 June 2024",
        "LONDON, June 18, 2024",
    ],
)
def test_date_lines(line: str) -> None:
    assert head_of(f"What Happened Today\n\n{line}\n\nThe body follows here.") == ("What Happened Today", line, _DAY)


@pytest.mark.parametrize(
    "line",
    [
        "He visited on June 18, 2024",
        "The vote of June 18, 2024 changed everything",
        "On June 18, 2024, the president signed the treaty.",
        "It was 2024-06-18 when it happened",
        "Flight 2024-06-18-77 crashed",
        "June 31, 2024",
        "June 2024",
        "99/99/2024",
        "She was born on 18 June 2024.",
    ],
)
def test_a_date_inside_other_text_is_no_date_line(line: str) -> None:
    assert not is_date_line(line)
    assert head_of(f"What Happened Today\n\n{line}\n\nThe body follows here.")[1:] == (None, None)


def test_a_date_that_can_be_read_in_two_ways_is_cited_but_not_believed() -> None:
    assert head_of("What Happened\n\n05/06/2024\n\nBody.") == ("What Happened", "05/06/2024", None)
    assert head_of("What Happened\n\n06/06/2024\n\nBody.")[2] == date(2024, 6, 6)


def test_an_update_yields_to_the_publication() -> None:
    text = "What Happened\n\nUpdated June 20, 2024\nPublished June 18, 2024\n\nBody."
    assert head_of(text)[1:] == ("Published June 18, 2024", _DAY)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("What Happened Today\n\nBody.", "What Happened Today"),
        ("What Happened Today\nJune 18, 2024\nBody.", "What Happened Today"),
        ("June 18, 2024\n\nWhat Happened Today\n\nBody.", "What Happened Today"),
        ("By Jane Doe\n\nWhat Happened Today\n\nBody.", "What Happened Today"),
        ("Who Won the Election of June 18, 2024?\n\nBody.", "Who Won the Election of June 18, 2024?"),
        ("Back to the U.S.\n\nBody.", "Back to the U.S."),
        ("“We go,” says minister\n\nBody.", "“We go,” says minister"),
        ("今天发生了什么\n\n2024年6月18日\n\n正文开始。", "今天发生了什么"),
        ("ما الذي حدث اليوم\n\nالنص.", "ما الذي حدث اليوم"),
        ("It rained all day. Nobody came.\n\nBody.", None),
        ("“It rained all day.”\n\nBody.", None),
        ("- a list item\n\nBody.", None),
        ("* * *\n\nBody.", None),
        ("word " * 60 + "\n\nBody.", None),
        ("a first line that goes on\nin the second\n\nBody.", None),
        ("Only a line", None),
        ("", None),
    ],
)
def test_headlines(text: str, title: str | None) -> None:
    assert head_of(text)[0] == title


def test_dates_of_the_body_do_not_count() -> None:
    body = "It went on for a very long time in the town. " * 10
    assert find_head(f"What Happened\n\n{body}\n\nJune 18, 2024\n\nMore.").date is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-06-18T10:30:00Z", _DAY),
        ("Tue, 18 Jun 2024 10:30:00 GMT", _DAY),
        ("2024-06-18 00:00:00", _DAY),
        ("05/06/2024", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_of_metadata(text: str, expected: date | None) -> None:
    assert parse_date(text) == expected


_LINES = [
    "Title",
    "June 18, 2024",
    "By Jane, 2024-06-18",
    "Body. " * 60,
    "a",
    "2024年6月18日",
    "05/06/2024",
    "中文。",
    "- x",
    "…",
]


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(_LINES), max_size=9).map("\n\n".join)).map(clean))
def test_row_16_spans_are_whole_lines_of_any_text(text: str) -> None:
    head = find_head(text)
    for span in (head.title, head.date):
        if span:
            start, end = span
            assert 0 <= start < end <= len(text)
            assert "\n" not in text[start:end]
            assert start == 0 or text[start - 1] == "\n"
            assert end == len(text) or text[end] == "\n"
    assert head.title is None or head.title != head.date
    assert head.published is None or head.date is not None

"""What the page is told of answers and articles: exact offsets, words for confidence, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant import Answer, AnswerSentence, Article, Citation, Trace, Turn
from assistant.core.answer import Dropped, Status
from assistant.core.draft import Verdict
from assistant.page.events.views import (
    Reason,
    article_page,
    block_views,
    confidence_of,
    reason_of,
    short_source,
    spoken_date,
    turn_view,
)
from assistant.page.export.footnotes import Origin
from assistant.page.words import say
from assistant.sample import sample_path
from index.article import Block
from index.loading.files import load_file
from index.settings import IndexSettings

CITATION = Citation(1, "a1", "The ferry", 4, 9, "ferry", "hash", stale=True)
ANSWERED = Answer(
    "When?",
    "answered",
    (AnswerSentence("noon — “The ferry leaves at noon.”", (1,), "noon"),),
    (CITATION,),
    0.914,
    trace=Trace("When does the ferry leave?"),
)
_BULLETS = ["", *"-*+•‣◦▪–—·"]
_LINES = st.sampled_from(
    [
        "The ferry",
        "18 June 2024",
        "By Anna Berg",
        "It leaves at noon. So they say.",
        "- an item",
        "2. second",
        " ",
        "",
        "\t",
        "😀 é",
    ]
)


@given(st.lists(_LINES | st.text(max_size=20), max_size=12).map("\n".join))
@example("The ferry\n18 June 2024\n\nIt leaves at noon. It comes back at night.")
def test_blocks_cover_all_that_is_seen_in_order(text: str) -> None:
    found = list(block_views(Article(text)))
    end = 0
    for block in found:
        assert text[end : block["start"]].strip() in _BULLETS
        assert block["start"] < block["end"]
        piece = text[block["start"] : block["end"]]
        assert piece == piece.strip()
        end = block["end"]
    assert text[end:].strip() == ""
    assert len([block for block in found if block["kind"] == "title"]) <= 1


def test_the_sample_is_set_like_an_article() -> None:
    page = article_page(load_file(sample_path(), IndexSettings()))
    kinds = [block["kind"] for block in page["blocks"]]
    assert kinds[:2] == ["title", "date"]
    assert set(kinds[2:]) <= {"heading", "paragraph"}
    assert "paragraph" in kinds
    assert page["title"] == page["text"][slice(page["blocks"][0]["start"], page["blocks"][0]["end"])]
    assert (page["published"], page["date"], page["source"]) == ("2024-06-18", "18 June 2024", sample_path().name)
    assert page["characters"] == len(page["text"])


def test_a_turn_has_all_that_the_page_shows() -> None:
    view = turn_view(3, Turn("When?", ANSWERED), lambda _: Origin("ferry.txt"))
    assert view["number"] == 3
    assert view["searched"] == "When does the ferry leave?"
    assert view["confidence"] == {"words": "right in about 19 of 20 cases", "percent": 91}
    assert view["citations"][0]["stale"] is True
    assert view["citations"][0]["quote"] == "ferry"
    assert view["sentences"] == [{"text": "noon — “The ferry leaves at noon.”", "keys": ["noon"], "citations": [1]}]
    assert "ferry.txt" in view["markdown"]
    assert view["rating"] is None


def test_of_what_a_language_model_wrote_nobody_knows_how_often_it_is_right() -> None:
    assert (
        turn_view(0, Turn("Who?", replace(ANSWERED, written=True)), lambda _: Origin("ferry.txt"))["confidence"] is None
    )


def test_a_refusal_has_no_confidence_and_unclear_searched_for_nothing() -> None:
    refused = Answer("Who?", "not_found", closest=(CITATION,), message="No.", trace=Trace(" Who? "))
    view = turn_view(0, Turn("Who?", refused), lambda _: Origin())
    assert (view["confidence"], view["searched"], view["message"]) == (None, "", "No.")
    assert len(view["closest"]) == 1
    unclear = Answer("It?", "unclear", message="What?", trace=Trace("it"))
    assert turn_view(0, Turn("It?", unclear), lambda _: Origin())["searched"] == ""


def test_borrowed_words_of_what_was_searched_for_are_told_in_code_points() -> None:
    follow_up = replace(ANSWERED, question="And 😀 when?", trace=Trace("😀 When does the ferry leave?"))
    view = turn_view(1, Turn("And 😀 when?", follow_up), lambda _: Origin())
    assert [view["searched"][start:end] for start, end in view["borrowed"]] == ["does the ferry leave"]


@pytest.mark.parametrize("searched", ["when", "When", " WHEN ?", "When?!"])
def test_the_same_question_in_other_letters_is_not_shown_as_searched_for(searched: str) -> None:
    view = turn_view(0, Turn("When?", replace(ANSWERED, trace=Trace(searched))), lambda _: Origin())
    assert (view["searched"], view["borrowed"]) == ("", [])


@pytest.mark.parametrize("status", ["answered", "not_found"])
def test_other_readings_of_a_question_are_told(status: Status) -> None:
    others = ("When does the train leave?", "When does the bus leave?")
    view = turn_view(0, Turn("When?", replace(ANSWERED, status=status, did_you_mean=others)), lambda _: Origin())
    assert view["did_you_mean"] == list(others)
    assert "train" not in view["markdown"]
    assert turn_view(0, Turn("When?", ANSWERED), lambda _: Origin())["did_you_mean"] == []


def test_small_talk_is_shown_as_its_words_alone() -> None:
    thanks = Answer("Thanks!", "small_talk", message="You're welcome.", trace=Trace("", fingerprint="x"))
    view = turn_view(1, Turn("Thanks!", thanks), lambda _: Origin())
    assert (view["status"], view["message"], view["searched"]) == ("small_talk", "You're welcome.", "")
    assert (view["confidence"], view["sentences"], view["citations"], view["closest"]) == (None, [], [], [])
    assert view["markdown"] == "You're welcome.\n"


def test_a_turn_says_how_its_answer_came_about_and_what_was_left_out() -> None:
    verdicts = (
        "not supported",
        "quote not found",
        "not supported",
        "key words not in the quote",
        "detail not in the quote",
    )
    dropped = tuple(Dropped(f"Sentence {n}.", verdict) for n, verdict in enumerate(verdicts))
    answer = replace(ANSWERED, notice="The model stopped.", trace=Trace("When?", dropped=dropped))
    view = turn_view(0, Turn("When?", answer), lambda _: Origin())
    assert view["notice"] == "The model stopped."
    assert view["left_out"] == [
        {"reason": "not_supported", "count": 2},
        {"reason": "quote_not_found", "count": 1},
        {"reason": "not_proven", "count": 1},  # a verdict of an older version
        {"reason": "detail_not_in_the_quote", "count": 1},
    ]
    assert "Sentence" not in str(view)


def test_every_verdict_has_its_words() -> None:
    for verdict in get_args(Verdict):
        if verdict != "proven":
            assert reason_of(verdict) != "not_proven"
    assert all(say(f"reason_{reason}") for reason in get_args(Reason))


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (1.0, "right in about 19 of 20 cases"),
        (0.8, "right in about 8 of 10 cases"),
        (0.6, "right in about 6 of 10 cases"),
        (0.4, "right in about 4 of 10 cases"),
        (0.1, "right in about 1 of 10 cases"),
    ],
)
def test_confidence_in_words(probability: float, said: str) -> None:
    view = confidence_of(replace(ANSWERED, confidence=probability))
    assert view is not None
    assert view["words"] == said


def test_sources_and_dates_are_short() -> None:
    assert short_source("/home/anna/texts/ferry.txt") == "ferry.txt"
    assert short_source("C:\\texts\\ferry.txt") == "ferry.txt"
    assert short_source("https://example.org/a/b") == "https://example.org/a/b"
    assert short_source("") == ""
    assert spoken_date(date(2024, 6, 1)) == "1 June 2024"
    assert spoken_date(None) == ""


def test_offsets_count_code_points() -> None:
    article = Article("😀 Title\n\n😀😀 The body of the text stands here.", "Title")
    for block in article_page(article)["blocks"]:
        assert article.text[block["start"] : block["end"]].startswith("😀")


def test_blocks_are_shown_as_they_were_read_and_found_where_they_were_not() -> None:
    text = "Timetable\n\nThe ferry leaves:\n- at noon\n- at night"
    read = Article(
        text,
        "Timetable",
        blocks=(Block(0, 9, "heading", 1, 3), Block(11, 28, "caption", 0, 3), Block(31, 38, "item", 2, 4)),
    )
    assert [(b["kind"], b["level"], b["page"]) for b in block_views(read)] == [
        ("title", 1, 3),
        ("caption", 0, 3),
        ("item", 2, 4),
    ]
    assert [b["kind"] for b in block_views(Article(text))] == ["title", "paragraph", "item", "item"]


def test_a_quote_says_its_page() -> None:
    paged = replace(ANSWERED, citations=(replace(CITATION, page=12),))
    view = turn_view(0, Turn("When?", paged), lambda _: Origin("ferry.pdf"))
    assert view["citations"][0]["page"] == 12
    assert "p. 12, characters 4–9" in view["markdown"]
    assert "p. " not in turn_view(0, Turn("When?", ANSWERED), lambda _: Origin("ferry.pdf"))["markdown"]

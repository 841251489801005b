"""Cleaning: the canonical text is the same however often it is made, keeps every visible word, and takes bounded time."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.boilerplate import is_boilerplate
from index.cleaning import clean
from tests.helpers import examples

_PIECES = [
    "a", "B", "é", "e\u0301", " ", "  ", "\n", "\n\n", "\r", "\r\n", "\t", "\v", "\f", "\x00", "\x1b", "\x85", "\x93", "\x9d",
    "\u00a0", "\u00ad", "\u0301", "\u0316", "\u0344", "\u0344" * 40, "\u200b", "\u200d", "\u2028", "\u2029", "\u202e", "\u2066",
    "\u3000", "\u3099", "か", "中文" * 13, "\ufeff", "\ufffe", "\ud83d", "\ude00", "😀", "שלום", "‐", "-", "- ", "1. ", " | ",
    ".", "“", "”", "—", "\u1100", "\u1161", "icon-facebook", "Share", "Share on\nFacebook", "Print ", "Facebook Twitter ",
    "Read more: ", "It was a dark and stormy night, and the rain fell in torrents, ", "word word another ",
]  # fmt: skip
_NASTY = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)
# st.text() leaves surrogates out.
_ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@settings(max_examples=examples(400))
@given(st.one_of(_ANY, _NASTY))
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    assert clean(clean(raw)) == clean(raw)


@settings(max_examples=examples(400))
@given(st.one_of(_ANY, _NASTY))
def test_row_14_16_the_result_is_canonical_whatever_goes_in(raw: str) -> None:
    text = clean(raw)
    text.encode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert not re.search(r"\n\n\n| \n|\n |  |^\s|\s$", text)
    assert not [c for c in text if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c != "\n"]
    assert not set(text) & set("\ufeff\u200b\u00ad\u00a0\u3000\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@settings(max_examples=examples(200))
@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60))
def test_words_are_never_lost(word: str) -> None:
    sentence = f"They said that {word} was there."
    assert clean(sentence) == unicodedata.normalize("NFC", sentence)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one\u2028two\u2029three\ffour\vfive", "one\ntwo\n\nthree\n\nfour\nfive"),
        ("\ufeffBOM", "BOM"),
        ("NUL\x00 and\x07 bell", "NUL and bell"),
        ("lone \ud800half", "lone half"),
        ("two \ud83d\ude00 halves", "two 😀 halves"),
        ("cafe\u0301", "café"),
        ("ﬁne ² ½", "ﬁne ² ½"),
        ("“We—he said—go,” it’s ‘so’ …", "“We—he said—go,” it’s ‘so’ …"),
        ("a\u00a0b\u2009c\u3000d\te", "a b c d e"),
        ("misread \x93quotes\x94, it\x92s", "misread “quotes”, it’s"),
        ("evil \u202etxet\u202c and \u2066iso\u2069", "evil txet and iso"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("👩\u200d👩\u200d👧 and می\u200cخواهم", "👩\u200d👩\u200d👧 and می\u200cخواهم"),
        ("  lead   and trail   \n\n\n\n  next ", "lead and trail\n\nnext"),
        ("", ""),
        (" \n\t\n\x00", ""),
    ],
)
def test_row_14_16_characters(raw: str, expected: str) -> None:
    assert clean(raw) == expected


def test_wrapped_prose_becomes_one_line() -> None:
    wrapped = (
        "The committee met in the small hours of the morning, and after a debate\n"
        "that nobody had expected to last so long, it voted for the long-\n"
        "standing proposal of its chair. Members left without a word to the\n"
        "press."
    )
    assert clean(wrapped) == wrapped.replace("-\n", "-").replace("\n", " ")


def test_wrapped_chinese_is_joined_without_spaces() -> None:
    line = "我们在清晨的小时里召开了会议经过长时间的辩论之后"
    assert clean(f"{line}\n{line}\n投票。") == f"{line}{line}投票。"


@pytest.mark.parametrize(
    "block",
    [
        "- bread, which was bought this morning from the baker in the street\n- milk, which was bought in the very same street",
        "1. the first of the points that were made in the long debate\n2. the second of the points that were made in it",
        "Country | Capital | Inhabitants of the capital, last count\nFrance | Paris | 2,102,650 inhabitants at the last count",
        "Shall I compare thee to a summer’s day?\nThou art more lovely and more temperate:\nRough winds do shake the buds",
        "A Headline of Some Length That Says What Has Happened Today\nTue Jun 18 2024\nBy Jane Doe in London",
    ],
)
def test_lists_tables_verse_and_heads_keep_their_lines(block: str) -> None:
    assert clean(f"Before.\n\n{block}\n\nAfter.") == f"Before.\n\n{block}\n\nAfter."


def test_long_lines_are_paragraphs_of_their_own() -> None:
    one, two = "The first paragraph goes on. " * 8, "The second one goes on too. " * 8
    assert clean(f"Headline\n{one}\n{two}") == f"Headline\n\n{one.strip()}\n\n{two.strip()}"


@pytest.mark.parametrize(
    "line",
    [
        "icon-facebook icon-twitter icon-whatsapp",
        "icon-linkedin icon-telegram",
        "fa fa-facebook fa fa-envelope-o fa-x-twitter",
        "social-facebook social-x social-linkedin",
        "facebook-icon twitter-icon",
        "Facebook Twitter WhatsApp",
        "Facebook | Twitter | Email",
        "Facebook - Pinterest - WhatsApp",
        "Share: Facebook, Twitter",
        "Tweet Share Pin Email",
        "Share on Facebook",
        "Click to share on Facebook (Opens in new window)",
        "Share this article",
        "Share",
        "Tweet",
        "Print",
        "Email",
        "Advertisement",
        "ADVERTISEMENT - SCROLL TO CONTINUE",
        "Story continues below advertisement",
        "Sponsored content",
        "Sign up for our newsletter",
        "Subscribe to our daily morning newsletter!",
        "Follow us on Facebook, Instagram and YouTube!",
        "Read more",
        "Read more: Quake shakes islands, no one is hurt",
        "Also read | What we know so far",
        "Copy link",
        "Skip to main content",
        "3 comments",
        "Related articles",
    ],
)
def test_boilerplate_lines_go(line: str) -> None:
    assert clean(f"A headline\n{line}\n\nThe body of it.\n\n{line}") == "A headline\n\nThe body of it."


@pytest.mark.parametrize(
    "line",
    [
        "She told Facebook to remove the post.",
        "Facebook",
        "Facebook, Instagram and Reddit",
        "WhatsApp and Telegram",
        "Facebook said it would share data with Twitter.",
        "Share prices fell on Tuesday.",
        "Share this burden",
        "Email: press@example.com",
        "“No comment.”",
        "No comment.",
        "- Print",
        "Follow the money",
        "Advertisement for a Murder",
        "Read more books, experts say.",
        "Read more: it is good for you.",
        "Sign up for the army, they said.",
        "social-democratic",
        "fa-la-la-la-la",
        "Like it or not",
        "Medium rare",
        "X",
        "* * *",
    ],
)
def test_lines_that_only_mention_such_words_stay(line: str) -> None:
    assert not is_boilerplate(line)
    assert line in clean(f"A headline\n\nThe body of it.\n\n{line}")


@pytest.mark.system
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("." * 400_000, id="dots"),
        pytest.param("x" * 1_000_000, id="no space"),
        pytest.param("word and more. " * 1_333_333, id="20 MB line"),
        pytest.param("a" + "\u0301\u0316" * 500_000, id="a million marks on one letter"),
        pytest.param(("share on facebook, " * 10 + "\n") * 5_000, id="share rows"),
        pytest.param(" \n" * 1_000_000, id="blank lines"),
    ],
)
def test_row_17_time_is_bounded(raw: str) -> None:
    started = time.process_time()
    clean(raw)
    # Linear work takes 0.1 to 3 s here; the quadratic kind, minutes.
    assert time.process_time() - started < 30


def test_row_17_content_of_long_lines_stays() -> None:
    assert clean("." * 400_000) == "." * 400_000
    assert clean("x" * 1_000_000 + " end") == "x" * 1_000_000 + " end"


def test_boilerplate_that_was_wrapped_goes_too() -> None:
    wrapped = "Please subscribe today to our weekly morning and evening\nnewsletter"
    assert clean(f"The body of it.\n\n{wrapped}") == "The body of it."
    assert clean(clean(wrapped)) == clean(wrapped) == ""

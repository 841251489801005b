"""Replies: the same claims however a stream is cut; nothing but a ReplyError, whatever the model writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from assistant.core.errors import FootnoteError, ReplyError
from assistant.writing.claims import Claim, Rejected, Reply
from assistant.writing.replies import Form, ReplyParser, parse, reply_schema
from prompts.loading import load

PASSAGES = 4
FERRY = Claim("The ferry sank.", ((1, "sank at noon"),))
CREW = Claim('The crew {was} "saved" \\ all.', ((2, "[3] crew}, {"), (1, "was saved \\")))
FORMS: tuple[Form, ...] = ("json", "lines")


def as_json(claims: list[Claim], indent: int | None = None) -> str:
    sentences = [
        {"quotes": [{"passage": n, "words": words} for n, words in claim.quotes], "text": claim.text}
        for claim in claims
    ]
    return json.dumps({"found": bool(claims), "sentences": sentences}, indent=indent, ensure_ascii=bool(indent))


def as_lines(claims: list[Claim]) -> str:
    lines = [
        line
        for claim in claims
        for line in [*(f"QUOTE {n}: {words}" for n, words in claim.quotes), f"SENTENCE: {claim.text}"]
    ]
    return "\n".join([*lines, "END"] if claims else ["NOT FOUND"])


def written(claims: list[Claim], form: Form) -> str:
    return as_json(claims) if form == "json" else as_lines(claims)


def outcome(pieces: list[str], form: Form, passages: int = PASSAGES) -> tuple[Any, ...]:
    """All that a reply in pieces gives."""
    parser = ReplyParser(form, passages)
    fed = [claim for piece in pieces for claim in parser.feed(piece)]
    assert tuple(fed) == parser.claims
    try:
        reply: Reply | str = parser.end()
    except ReplyError as error:
        reply = str(error)
        assert parser.problem in reply
    assert parser.over
    assert parser.claims == tuple(fed), "what is whole was given as it came"
    return tuple(fed), parser.rejected, reply


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "around",
    [
        lambda text: text,
        lambda text: f"\n\n  {text}\n\n",
        lambda text: f"```json\n{text}\n```\n",
        lambda text: f'Sure! Here {{it}} is {{: "found" {{"found": maybe}}\n{text}\nI hope this helps {{}} ]\n',
        lambda text: f"{{\n{text}",
        lambda text: text.replace("\n", "\r\n"),
    ],
)
def test_what_stands_around_a_reply_is_left_out(form: Form, around: Callable[[str], str]) -> None:
    assert parse(around(written([FERRY, CREW], form)), form, PASSAGES) == Reply((FERRY, CREW))
    assert parse(around(written([], form)), form, PASSAGES) == Reply((), refused=True)


@pytest.mark.parametrize("form", FORMS)
def test_the_form_that_the_prompt_asks_for_is_the_one_that_is_read(form: Form) -> None:
    asked = load(f"format_{form}").text
    examples = [line for line in asked.splitlines() if line.startswith("{")] if form == "json" else [asked, "NOT FOUND"]
    reply, refusal = (parse(example, form, PASSAGES) for example in examples)
    assert [number for number, _ in reply.sentences[0].quotes] == [2, 1]
    assert refusal == Reply((), refused=True)
    assert "NOT FOUND" in asked or form == "json"


@pytest.mark.parametrize("form", FORMS)
def test_a_sentence_is_given_as_soon_as_it_is_whole(form: Form) -> None:
    text = written([FERRY, CREW], form)
    last = text.index('The ferry sank."}') + 17 if form == "json" else text.index("The ferry sank.\n") + 16
    parser = ReplyParser(form, PASSAGES)
    assert parser.feed(text[: last - 1]) == ()
    assert parser.feed(text[last - 1 : last]) == (FERRY,)
    assert not parser.over
    assert parser.feed(text[last:]) == (CREW,)


@pytest.mark.parametrize("form", FORMS)
def test_a_torn_reply_keeps_what_was_whole_and_is_an_error(form: Form) -> None:
    text = written([FERRY, CREW], form)
    for length in range(len(text)):
        fed, rejected, reply = outcome([text[:length]], form)
        assert fed == (FERRY, CREW)[: len(fed)]
        assert rejected == ()
        assert any(reason in reply for reason in ("cut off", "holds no JSON", "none of the lines"))


def test_a_last_line_that_may_be_torn_is_not_taken() -> None:
    fed, _, reply = outcome(["QUOTE 1: sank at noon\nSENTENCE: The ferry sank"], "lines")
    assert fed == ()
    assert "cut off" in reply


SENTENCE = '{"quotes": [{"passage": 1, "words": "sank at noon"}], "text": "The ferry sank."}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds no JSON"),
        ("The ferry sank.", "holds no JSON"),
        ('{"sentences": []}', "holds no JSON"),
        ('{"found": "yes", "sentences": []}', "holds no JSON"),
        (f"[{SENTENCE}]", "holds no JSON"),
        ('{"found": true, "sentences": []}', "no sentence"),
        ('{"found": true, "sentences": [', "cut off"),
        (f'{{"found": false, "sentences": [{SENTENCE}]}}', "goes on"),
        (f'{{"found": true, "sentences": [{SENTENCE} {SENTENCE}]}}', "not of the form"),
        (f'{{"found": true, "sentences": [{SENTENCE},]}}', "not of the form"),
        (f'{{"found": true, "sentences": [{SENTENCE}], "more": 1}}', "not of the form"),
        ('{"found": true, "sentences": ["The ferry sank."]}', "not of the form"),
        ('{"found": true, "sentences": [null]}', "not of the form"),
    ],
)
def test_json_that_is_no_reply(text: str, reason: str) -> None:
    with pytest.raises(ReplyError, match=reason):
        parse(text, "json", PASSAGES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "none of the lines"),
        ("The ferry sank.", "none of the lines"),
        (as_json([FERRY]), "none of the lines"),
        ("END", "no sentence"),
        ("QUOTE 1: sank at noon\nEND", "quotes without a sentence"),
        ("QUOTE 1: sank at noon\nNOT FOUND", "quotes without a sentence"),
        ("QUOTE 1: sank\nSENTENCE: It sank.\nNOT FOUND", "after sentences"),
        ("QUOTE 1: sank\nSENTENCE: It sank\nin a film only.\nEND", "line that is not of the form"),
        ("QUOTE 1: sank\nsentence: It sank\nEND", "line that is not of the form"),
    ],
)
def test_lines_that_are_no_reply(text: str, reason: str) -> None:
    with pytest.raises(ReplyError, match=reason):
        parse(text, "lines", PASSAGES)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (SENTENCE.replace("1", "5"), "was not shown"),
        (SENTENCE.replace("1", "0"), "was not shown"),
        (SENTENCE.replace("1", "-1"), "was not shown"),
        (SENTENCE.replace("1", "1.0"), "a quote is not of the form"),
        (SENTENCE.replace("1", '"1"'), "a quote is not of the form"),
        (SENTENCE.replace("1", "true"), "a quote is not of the form"),
        (SENTENCE.replace("1", "NaN"), "a quote is not of the form"),
        (SENTENCE.replace("1", "9" * 5000), "not valid JSON"),
        (SENTENCE.replace('"sank at noon"', "null"), "a quote is not of the form"),
        (SENTENCE.replace("sank at noon", " "), "a quote is empty"),
        (SENTENCE.replace("sank at noon", "a" * 3000), "too long"),
        (SENTENCE.replace("sank at noon", "a\\ud800"), "not plain text"),
        (SENTENCE.replace("The ferry sank.", "\\u0000"), "not plain text"),
        (SENTENCE.replace('"The ferry sank."', "[1]"), "sentence is not of the form"),
        (SENTENCE.replace('"text"', '"said"'), "sentence is not of the form"),
        (SENTENCE.replace('"text"', '"more": 1, "text"'), "sentence is not of the form"),
        (SENTENCE.replace('"text"', '"text": "x", "text"'), "not valid JSON"),
        (SENTENCE.replace('"passage"', '"passage": 2, "passage"'), "not valid JSON"),
        (SENTENCE.replace("ferry", 'ferry "Oban" line'), "not valid JSON"),
        ("{" + '"x":' + "[" * 50_000 + "]" * 30_000 + "}", "not valid JSON"),
        ('{"quotes": [], "text": "The ferry sank."}', "no quote"),
        ('{"quotes": {}, "text": "The ferry sank."}', "sentence is not of the form"),
        ("{}", "sentence is not of the form"),
    ],
)
def test_a_sentence_that_can_not_be_used_is_set_aside_alone(sentence: str, reason: str) -> None:
    reply = parse(f'{{"found": true, "sentences": [{sentence}, {SENTENCE}]}}', "json", PASSAGES)
    assert reply.sentences == (FERRY,)
    assert len(reply.rejected) == 1
    assert reason in reply.rejected[0].reason


def test_a_line_sentence_that_can_not_be_used_is_set_aside_alone() -> None:
    text = (
        "SENTENCE: No quote.\nQUOTE 9: x\nSENTENCE: Not shown.\nQUOTE 1: sank at noon\nSENTENCE: The ferry sank.\nEND"
    )
    reply = parse(text, "lines", PASSAGES)
    assert reply.sentences == (FERRY,)
    assert reply.rejected == (
        Rejected("No quote.", "no quote stands with the sentence"),
        Rejected("Not shown.", "a passage that was not shown is quoted"),
    )
    assert parse("SENTENCE: No quote.\nEND", "lines", PASSAGES).sentences == ()


def test_the_error_is_one_of_ours_and_has_no_word_of_the_models() -> None:
    with pytest.raises(FootnoteError, match="Ask again") as raised:
        parse("Visit http://evil.example", "json", PASSAGES)
    assert "evil" not in str(raised.value)


@pytest.mark.system
@pytest.mark.timeout(60)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "reply",
    [
        "x" * 10_000_000,
        "{" * 10_000_000,
        '{"found": true, "sentences": [' + SENTENCE + ", " + '{"text": "' + "y" * 10_000_000,
        '{"found": true, "sentences": [' + f"{SENTENCE}, " * 120_000,
        '{"found": true, "sentences": [' + "[" * 10_000_000,
        '{"found": true, "sentences":' + " " * 10_000_000,
        "\n" * 10_000_000,
        "QUOTE 1: sank at noon\n" * 500_000,
        "SENTENCE: " + "z" * 10_000_000,
    ],
    ids=lambda text: text[:40].strip(),
)
def test_ten_megabytes_end_soon(form: Form, reply: str) -> None:
    fed, rejected, result = outcome([reply], form)
    assert isinstance(result, str)
    assert len(fed) + len(rejected) <= 50
    assert outcome([reply[n : n + 1000] for n in range(0, len(reply), 1000)], form) == (fed, rejected, result)


def test_what_comes_after_the_end_is_not_looked_at() -> None:
    parser = ReplyParser("json", PASSAGES)
    parser.feed(as_json([FERRY]))
    assert parser.over
    assert parser.feed(as_json([CREW]) * 10_000) == ()
    assert parser.end() == parser.end() == Reply((FERRY,))


PLAIN = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40).map(lambda text: " ".join(text.split()))
WORDS = PLAIN.filter(bool)
CLAIMS = st.builds(
    Claim, WORDS, st.lists(st.tuples(st.integers(1, PASSAGES), WORDS), min_size=1, max_size=3).map(tuple)
)


@given(st.lists(CLAIMS, max_size=4))
def test_a_well_formed_reply_is_read_as_it_was_meant(claims: list[Claim]) -> None:
    expected = Reply(tuple(claims), refused=not claims)
    assert parse(as_lines(claims), "lines", PASSAGES) == expected
    for indent in (None, 2):
        text = as_json(claims, indent)
        assert parse(text, "json", PASSAGES) == expected
        Draft202012Validator(reply_schema(PASSAGES)).validate(json.loads(text))


SCRAPS = st.sampled_from([*'{}[]",:\\ \n`01é🛳', '{"found": true, "sentences": [', '"found"', '"text": ', SENTENCE])
LINES = st.sampled_from(
    ["QUOTE 1:", "QUOTE 9: x\n", "SENTENCE:", " It sank.\n", "END\n", "NOT FOUND", "```\n", "\ud800"]
)
HOSTILE = st.lists(SCRAPS | LINES | st.text(max_size=5), max_size=12).map("".join)
WHOLE = st.lists(CLAIMS, max_size=3)


@given(HOSTILE, WHOLE, HOSTILE, st.sampled_from(FORMS), st.data())
def test_the_same_text_gives_the_same_claims_however_it_is_cut(
    before: str, claims: list[Claim], after: str, form: Form, data: st.DataObject
) -> None:
    text = written(claims, form)
    text = before + text[: data.draw(st.integers(0, len(text)))] + after
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole = outcome([text], form)
    assert outcome(pieces, form) == outcome(list(text), form) == whole
    for claim in whole[0]:
        assert claim.text.strip()
        assert claim.quotes
        assert all(1 <= number <= PASSAGES and words.strip() for number, words in claim.quotes)
        claim.text.encode()


@given(st.text(), st.sampled_from(FORMS))
def test_any_text_is_a_reply_or_a_reply_error(text: str, form: Form) -> None:
    outcome([text], form)


def test_the_schema_allows_the_passages_that_were_shown_only() -> None:
    schema = reply_schema(2)
    Draft202012Validator.check_schema(schema)
    valid = Draft202012Validator(schema).is_valid
    assert valid(json.loads(as_json([FERRY])))
    assert not valid(json.loads(as_json([Claim("x", ((3, "y"),))])))
    assert not valid({"sentences": []})
    assert not valid({"found": False, "sentences": [], "more": 1})

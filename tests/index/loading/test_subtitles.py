"""Subtitles are read as what is said, by whom, and when."""

from __future__ import annotations

import io
import random
import time
from contextlib import suppress

import pytest

from index.errors import LoadError, UnreadableFileError
from index.loading.subtitles import read_srt, read_vtt
from index.settings import IndexSettings

_SETTINGS = IndexSettings()


def _texts(data: str | bytes) -> list[str]:
    raw = data if isinstance(data, bytes) else data.encode()
    return [piece.text for piece in read_srt(io.BytesIO(raw), "talk.srt", _SETTINGS).pieces]


def _said(data: str) -> list[str]:
    return [text for text in _texts(data) if not text.startswith("[0")]


def _srt(*cues: tuple[float, float, str]) -> str:
    def written(seconds: float) -> str:
        whole = int(seconds)
        return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02},{round(seconds % 1 * 1000):03}"

    return "".join(
        f"{n}\n{written(start)} --> {written(end)}\n{text}\n\n" for n, (start, end, text) in enumerate(cues, 1)
    )


def test_cues_are_joined_to_paragraphs_with_their_time() -> None:
    text = _srt((1, 3, "<i>The ferry carried</i>"), (3.1, 5, "{\\an8}41,000 cars."), (725, 727, "Later &amp; more."))
    loaded = read_srt(io.BytesIO(text.encode("utf-8-sig")), "a.srt", _SETTINGS)
    assert [(piece.kind, piece.text) for piece in loaded.pieces] == [
        ("furniture", "[00:00:01]"),
        ("paragraph", "The ferry carried 41,000 cars."),
        ("furniture", "[00:12:05]"),
        ("paragraph", "Later & more."),
    ]


def test_each_speaker_has_a_paragraph() -> None:
    text = _srt(
        (1, 2, "ANNA BERG: How many?"), (2, 3, "And when?"), (3, 4, "BO: Twelve."), (4, 5, "- Why?\n- Nobody knows.")
    )
    assert _said(text) == ["ANNA BERG: How many? And when?", "BO: Twelve.", "Why?", "Nobody knows."]


@pytest.mark.parametrize(
    "name",
    ["Speaker 1", "INTERVIEWER 2", "MAN #2", "Dr. Ann Lee", "Anna van der Berg", "MAYOR (on the phone)", "J. R. Vance"],
)
def test_names_of_speakers_have_numbers_titles_and_offices(name: str) -> None:
    assert _said(_srt((1, 2, f"{name}: How are you?"), (2, 3, "BO: Fine."), (3, 4, f"[{name}]:\nGood."))) == [
        f"{name}: How are you?",
        "BO: Fine.",
        f"{name}: Good.",
    ]


def test_each_paragraph_says_who_speaks() -> None:
    text = _srt(
        (1, 2, "MAYOR: Item four."),
        (2, 3, "MAYOR: It is short."),
        (70, 71, "MAYOR: Item five."),
        (75, 76, "[applause]"),
        (76, 77, "Thank you."),
        *((77 + n, 78 + n, f"Sentence {n}.") for n in range(6)),
    )
    assert _said(text) == [
        "MAYOR: Item four. It is short.",
        "MAYOR: Item five.",
        "[applause] MAYOR: Thank you. Sentence 0. Sentence 1. Sentence 2. Sentence 3. Sentence 4.",
        "MAYOR: Sentence 5.",
    ]


def test_who_is_not_named_is_not_taken_for_the_one_before() -> None:
    asked = [
        (2, 3, "STUDENT: Do tablets help?"),
        (8, 9, "They do not."),
        (20, 21, "STUDENT: And naps?"),
        (30, 31, "Yes."),
    ]
    said = ["STUDENT: Do tablets help?", "They do not.", "STUDENT: And naps?", "Yes."]
    assert _said(_srt((0, 1, "Lecture four."), *asked)) == ["Lecture four.", *said]
    assert _said(_srt((0, 1, "DR LEE: Lecture four."), (8, 9, "- Why?"), (15, 16, "Who knows."))) == [
        "DR LEE: Lecture four.",
        "Why?",
        "Who knows.",
    ]


def test_words_before_a_colon_are_no_name_where_names_look_otherwise() -> None:
    marked = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v bob>Two rules.\nFirst: no shoes.</v> <v Al>Why?</v>\n"
    assert _said(marked) == ["bob: Two rules. First: no shoes.", "Al: Why?"]
    assert _said(_srt((1, 2, "ANN: Two rules."), (2, 3, "First: no shoes."), (3, 4, "BO: Why?"))) == [
        "ANN: Two rules. First: no shoes.",
        "BO: Why?",
    ]
    begins = _srt(
        (1, 2, "Speaker 1: Two rules.\nToday: no shoes."), (2, 3, "Speaker 2: Why?"), (3, 4, "Speaker 1: So.")
    )
    assert _said(begins) == ["Speaker 1: Two rules. Today: no shoes.", "Speaker 2: Why?", "Speaker 1: So."]
    steps = _srt(
        (1, 2, "Bread, then."), (2, 3, "Step 1: Mix."), (3, 4, "Note: Cold."), (4, 5, "Note: Dry."), (9, 10, "So.")
    )
    assert _said(steps) == ["Bread, then.", "Step 1: Mix.", "Note: Cold.", "Note: Dry.", "So."]


def test_where_each_cue_begins_with_a_name_it_may_look_like_anything() -> None:
    text = _srt(
        (1, 2, "Priya Raman (she/her): Nine."),
        (2, 3, "tomas k.: Why?"),
        (3, 4, "iPhone of Lu: I propose: four."),
        (4, 5, "tomas k.: Yes."),
    )
    assert _said(text) == [
        "Priya Raman (she/her): Nine.",
        "tomas k.: Why?",
        "iPhone of Lu: I propose: four.",
        "tomas k.: Yes.",
    ]


def test_turns_follow_each_other_without_a_time_between_question_and_answer() -> None:
    cues = [(n * 20, n * 20 + 19, f"{'BO: Why' if n % 2 else 'ANNA: So'} {n}{'?' if n % 2 else '.'}") for n in range(8)]
    pieces = read_srt(io.BytesIO(_srt(*cues, (170, 171, "ANNA: Late.")).encode()), "a.srt", _SETTINGS).pieces
    assert [piece.text for piece in pieces if piece.kind == "furniture"] == [
        "[00:00:00]",
        "[00:01:00]",
        "[00:02:20]",
        "[00:02:50]",
    ]
    texts = {piece.text: piece.group for piece in pieces}
    assert texts["BO: Why 1?"] == texts["ANNA: So 2."]
    assert texts["BO: Why 5?"] == texts["ANNA: So 6."]
    assert texts["ANNA: Late."] != texts["BO: Why 7?"]


def test_long_talks_are_cut_at_ends_of_sentences() -> None:
    said = _said(_srt(*((n, n + 1, f"This is sentence {n}.") for n in range(20))))
    assert " ".join(said) == " ".join(f"This is sentence {n}." for n in range(20))
    assert [part.count(".") for part in said] == [6, 6, 6, 2]


def test_talk_without_sentences_is_cut_too() -> None:
    said = _said(_srt(*((n, n + 1, f"and so on it goes {n}") for n in range(300))))
    assert len(said) > 4
    assert " ".join(said) == " ".join(f"and so on it goes {n}" for n in range(300))


def test_webvtt_without_notes_styles_and_settings() -> None:
    text = (
        "WEBVTT - title\nKind: captions\n\nNOTE\nsecret note\n\nSTYLE\n::cue { color: secret }\n\nREGION\nid:secret\n\n"
        "intro\n00:01.000 --> 00:02.000 align:start position:0%\n<v.loud Anna Berg>It &lt;is</v>\n<c.yellow>so</c>.\n\n"
        "1:00:02.000 --> 1:00:03.000\n<v Bo>Yes.\n"
    )
    loaded = read_vtt(io.BytesIO(text.encode()), "a.vtt", _SETTINGS)
    assert [piece.text for piece in loaded.pieces] == ["[00:00:01]", "Anna Berg: It <is so.", "[01:00:02]", "Bo: Yes."]


def test_rolling_captions_are_read_once() -> None:
    text = (
        "WEBVTT\n\n00:00.000 --> 00:02.000\n \nthe<00:00:00.500><c> ferry</c>\n\n00:02.000 --> 00:02.010\nthe ferry\n \n\n"
        "00:02.010 --> 00:04.000\nthe ferry\ncarried<00:00:02.500><c> cars</c>\n\n00:04.000 --> 00:04.010\ncarried cars\n \n\n"
        "00:04.010 --> 00:06.000\ncarried cars\nno no\n\n00:06.000 --> 00:07.000\nno no\nno no\n"
    )
    assert _texts(text) == ["[00:00:00]", "the ferry carried cars no no no no"]


def test_words_said_again_later_stay() -> None:
    assert _said(_srt((1, 2, "No."), (4, 5, "No."))) == ["No. No."]


def test_cues_without_blank_lines_between_them() -> None:
    assert _texts("1\n00:00:01,000 --> 00:00:02,000\nOne.\n2\n00:00:02,000 --> 00:00:03,000\nTwo.\n")[1] == "One. Two."


@pytest.mark.parametrize("data", [b"", b"WEBVTT\n\nno times", random.Random(1).randbytes(3_000)])
def test_what_has_no_cues_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        _texts(data)


@pytest.mark.parametrize(
    "data",
    [
        _srt((0, 1, "<" * 1_000_000)),
        _srt((0, 1, "<v " * 300_000)),
        _srt((0, 1, "A" * 1_000_000 + ":")),
        _srt((0, 1, "&" * 1_000_000)),
        "00:" * 300_000,
        _srt((0, 1, "A b " * 300_000)),
        _srt((0, 1, "x\n" * 30_000), (1, 2, "x\n" * 30_000)),
    ],
    ids=["tags", "voices", "speaker", "entities", "times", "words", "lines"],
)
def test_hostile_subtitles_take_bounded_time(data: str) -> None:
    begun = time.process_time()
    with suppress(LoadError):
        _texts(data)
    assert time.process_time() - begun < 10


def test_damaged_subtitles_give_text_or_a_reason() -> None:
    whole = _srt((1, 2, "ANNA: <i>How</i> many?"), (2, 3, "- Twelve.\n- Why?")).encode()
    chance = random.Random(3)
    for n in range(300):
        data = bytearray(whole[: chance.randrange(len(whole))] if n % 2 else whole)
        for _ in range(n // 10):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(LoadError):
            _texts(bytes(data))

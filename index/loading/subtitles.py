"""Subtitles (.srt, .vtt) -> pieces: paragraphs of what is said, with the time about every minute."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import BinaryIO

from index.errors import UnreadableFileError
from index.loading.text import decode
from index.pieces import Loaded, Piece
from index.settings import IndexSettings

_TIMES = re.compile(
    r"\s*((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})(?:\s.*)?"
)
_VOICE = re.compile(r"<v(?:\.[^\s>]{1,99})?[ \t]+([^<>]{1,100})>")
_TAG = re.compile(r"</?[a-zA-Z0-9][^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")
_SPEAKER = re.compile(r"(?:[-–—]\s*|>{2,3}\s*)?\[?([^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){0,3})\]?:\s+(?=\S)")
_DASH = re.compile(r"(?:[-–—]|>{2,3})\s*(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_PAUSE = 3.0
"""Seconds of silence that end a paragraph."""

_MINUTE = 60.0
"""A time is told again after so many seconds."""

_QUESTION_END = re.compile(r"[?？؟][\"'”’»)\]]*$")
_SENTENCES = 6
_MAX_ROLLED = 8
_MAX_CHARS = 900
"""A paragraph ends at the next cue after so many characters: captions made by machines have no sentences."""


@dataclass(frozen=True, slots=True)
class _Cue:
    start: float
    end: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """What one speaker says; `changed` = another one than before."""

    start: float
    end: float
    changed: bool
    text: str


def read_srt(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """Read subtitles: what is said in paragraphs, each with its speaker where one is named.

    Turns of a conversation follow each other without a blank line. The time stands at the beginning, after a pause, and about
    every minute, but not between a question and its answer.

    Lines that rolling captions show twice are read once. Notes, styles and sounds' positions are left out.

    Args:
        file: the subtitles.
        name: its name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: it is binary, or has no line with a cue's times.
    """
    cues = list(_cues(decode(file.read(settings.max_file_bytes), name).lstrip("\ufeff")))
    if not cues:
        raise UnreadableFileError(
            f"{name} has no line such as 00:00:01,000 --> 00:00:04,000: save its text as .txt instead."
        )
    return Loaded(pieces=tuple(_pieces(_unrolled(cues))))


read_vtt = read_srt
"""WebVTT differs only in parts that no cue's times stand before; they are left out of both."""


def _cues(text: str) -> Iterator[_Cue]:
    """The cues: lines with times, and those after them up to a blank line or the next cue."""
    times: tuple[float, float] | None = None
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        match = _TIMES.fullmatch(line[:300])
        # Captions made by machines have a line with one space where no line is shown yet.
        if match is None and (line.strip() or (line and times and not lines)):
            lines.append(line)
            continue
        if times:
            # A number before the times belongs to the next cue, if no blank line stands before it.
            said = lines[:-1] if match and lines and lines[-1].strip().isdecimal() else lines
            yield _Cue(*times, tuple(filter(None, map(_plain, said))))
        times, lines = (_seconds(match[1]), _seconds(match[2])) if match else None, []


def _seconds(time: str) -> float:
    *hours, minutes, seconds = time.replace(",", ".").split(":")
    return int(hours[0] if hours else 0) * 3600 + int(minutes) * 60 + float(seconds)


def _plain(line: str) -> str:
    """A line without its styles; a voice tag as "Name: "."""
    voiced = _VOICE.sub(lambda match: f"{match[1].strip()}: ", line)
    return " ".join(unescape(_TAG.sub("", voiced)).split())


def _unrolled(cues: Iterable[_Cue]) -> Iterator[_Cue]:
    """The cues without the lines that the cue before them showed last, as captions that roll up repeat them."""
    shown: tuple[str, ...] = ()
    end = 0.0
    for cue in cues:
        touching = cue.start - end < 1.0
        repeated = next(
            (n for n in range(min(len(cue.lines), _MAX_ROLLED), 0, -1) if touching and cue.lines[:n] == shown[-n:]), 0
        )
        if cue.lines[repeated:]:
            yield _Cue(cue.start, cue.end, cue.lines[repeated:])
        shown, end = cue.lines or shown, cue.end


def _turns(cues: Iterable[_Cue]) -> Iterator[tuple[_Cue, str, str]]:
    """(cue, speaker, what is said) for each turn in a cue; a speaker "" is that of before, "-" another one who isn't named."""
    for cue in cues:
        turns: list[tuple[str, list[str]]] = []
        for line in cue.lines:
            named, dashed = _SPEAKER.match(line), _DASH.match(line)
            if named or dashed or not turns:
                turns.append((named[1] if named else "-" if dashed else "", []))
            turns[-1][1].append(line[named.end() if named else dashed.end() if dashed else 0 :])
        yield from ((cue, speaker, " ".join(said)) for speaker, said in turns)


def _pieces(cues: Iterable[_Cue]) -> Iterator[Piece]:
    told, group, end, before = 0.0, 0, 0.0, ""
    for turn in _paragraphs(cues):
        paused = not group or turn.start - end > _PAUSE
        timed = paused or (turn.start - told >= _MINUTE and not _QUESTION_END.search(before))
        if timed:
            told = turn.start
            yield Piece("furniture", _clock(told))
        group += timed or not turn.changed
        yield Piece("paragraph", turn.text, group=group)
        end, before = turn.end, turn.text


def _paragraphs(cues: Iterable[_Cue]) -> Iterator[_Paragraph]:
    parts: list[str] = []
    start, end, sentences, speaking, taken = 0.0, 0.0, 0, "", False
    for cue, speaker, said in _turns(cues):
        changed = (bool(speaker) and speaker != speaking) or speaker == "-"
        whole = sentences >= _SENTENCES or sum(map(len, parts)) > _MAX_CHARS
        if parts and (changed or whole or cue.start - end > _PAUSE):
            yield _Paragraph(start, end, taken, " ".join(parts))
            parts, sentences = [], 0
        if not parts:
            start, taken = cue.start, changed
        if changed:
            speaking = speaker
            said = said if speaker == "-" else f"{speaker}: {said}"
        parts.append(said)
        sentences += bool(_SENTENCE_END.search(said))
        end = cue.end
    if parts:
        yield _Paragraph(start, end, taken, " ".join(parts))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"[{minutes // 60:02}:{minutes % 60:02}:{rest:02}]"

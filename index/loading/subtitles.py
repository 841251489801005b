"""Subtitles (.srt, .vtt) -> pieces: paragraphs of what is said, with the time about every minute."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from index.errors import UnreadableFileError
from index.loading.speakers import UNNAMED, Line, is_sound, lasting, lines_of, names_only
from index.loading.text import decode
from index.pieces import Loaded, Piece
from index.settings import IndexSettings

_TIMES = re.compile(
    r"\s*((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})(?:\s.*)?"
)
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
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one speaker says in one cue; `speaker` as in `Line`."""

    start: float
    end: float
    speaker: str
    said: str


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """What one speaker says; `changed` = another one than before."""

    start: float
    end: float
    changed: bool
    text: str


def read_srt(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """Read subtitles: what is said in paragraphs, each with its speaker as far as the file says who speaks.

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
    return Loaded(pieces=tuple(_pieces(list(_unrolled(cues)))))


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
            yield _Cue(*times, tuple(shown for one in said for shown in lines_of(one)))
        times, lines = (_seconds(match[1]), _seconds(match[2])) if match else None, []


def _seconds(time: str) -> float:
    *hours, minutes, seconds = time.replace(",", ".").split(":")
    return int(hours[0] if hours else 0) * 3600 + int(minutes) * 60 + float(seconds)


def _unrolled(cues: Iterable[_Cue]) -> Iterator[_Cue]:
    """The cues without the lines that the cue before them showed last, as captions that roll up repeat them."""
    shown: tuple[Line, ...] = ()
    end = 0.0
    for cue in cues:
        touching = cue.start - end < 1.0
        repeated = next(
            (n for n in range(min(len(cue.lines), _MAX_ROLLED), 0, -1) if touching and cue.lines[:n] == shown[-n:]), 0
        )
        if cue.lines[repeated:]:
            yield _Cue(cue.start, cue.end, cue.lines[repeated:])
        shown, end = cue.lines or shown, cue.end


def _turns(cues: Sequence[_Cue], named: Sequence[Line]) -> Iterator[_Turn]:
    """What is said in the cues, whose lines with their speakers are `named`."""
    lines = iter(named)
    for cue in cues:
        turns: list[tuple[str, list[str]]] = []
        for line in islice(lines, len(cue.lines)):
            if line.speaker or not turns:
                turns.append((line.speaker, []))
            turns[-1][1].append(line.said)
        for speaker, said in turns:
            yield _Turn(cue.start, cue.end, speaker, " ".join(filter(None, said)))


def _pieces(cues: Sequence[_Cue]) -> Iterator[Piece]:
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


def _paragraphs(cues: Sequence[_Cue]) -> Iterator[_Paragraph]:
    """What is said in paragraphs, each with the name of its speaker if that is sure."""
    lines = names_only(cue.lines for cue in cues)
    sure = lasting(lines)
    parts: list[str] = []
    start, end, sentences, speaking, taken, owed = 0.0, 0.0, 0, "", False, False
    for turn in _turns(cues, lines):
        changed = bool(turn.speaker) and (turn.speaker != speaking or turn.speaker not in sure)
        speaking = turn.speaker or speaking
        whole = sentences >= _SENTENCES or sum(map(len, parts)) > _MAX_CHARS
        if parts and (changed or whole or turn.start - end > _PAUSE):
            yield _Paragraph(start, end, taken, " ".join(parts))
            parts, sentences = [], 0
        if not parts:
            start, taken, owed = turn.start, changed, speaking in sure or (changed and speaking != UNNAMED)
        if owed and (turn.speaker or not is_sound(turn.said)):
            parts.append(f"{speaking}:")
            owed = False
        if turn.said:
            parts.append(turn.said)
        sentences += bool(_SENTENCE_END.search(turn.said))
        end = turn.end
    if parts:
        yield _Paragraph(start, end, taken, " ".join(parts))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"[{minutes // 60:02}:{minutes % 60:02}:{rest:02}]"

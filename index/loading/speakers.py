"""Who speaks in subtitles: the names before what is said, and which of them are names of speakers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape

_VOICE = re.compile(r"<v(?:\.[^\s>]{1,99})?[ \t]+([^<>]{1,100})>")
_TAG = re.compile(r"</?[a-zA-Z0-9][^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")
_WORD = r"[^\W\d_a-z][\w.'’-]{0,40}"
_NAME = (
    rf"{_WORD}(?: (?:{_WORD}|#?[0-9]{{1,3}}|&|and|of|the|de|del|la|le|di|da|van|von|der|den|al|bin)){{0,5}}"
    r"(?: ?[(\[][^()\[\]]{1,40}[)\]])?"
)
_LABEL = re.compile(rf"(?:[-–—]\s*|>{{2,3}}\s*)?\[?({_NAME})\]?:(?:\s+|$)")
"""A name that begins a line: "ANNA BERG:", "Dr. Ann Lee:", "- Speaker 2:", "[MAYOR]:", "MAYOR (on the phone):"."""

_DASH = re.compile(r"(?:[-–—]|>{2,3})\s*(?=\S)")
_BEGUN = re.compile(r"([^:]{1,60}):\s+(?=\S)")
_SOUND = re.compile(r"[\[(♪♫#].*[\])♪♫#]")
_DASHES = "-–—>"
UNNAMED = "-"
"""Another speaker than before, whom the file doesn't name."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of subtitles.

    Attributes:
        text: all that it shows, without styles.
        speaker: the name before what is said; "" = none, `UNNAMED` = a dash or ">>".
        said: the text behind the name.
        tagged: whether the file marks the name as a speaker's.
    """

    text: str
    speaker: str = ""
    said: str = ""
    tagged: bool = False


def lines_of(raw: str) -> Iterator[Line]:
    """The line as it is shown; several if it has the words of several voices."""
    before, *voices = _VOICE.split(raw)
    if text := _plain(before):
        named, dashed = _LABEL.match(text), _DASH.match(text)
        found = named or dashed
        yield Line(text, named[1] if named else UNNAMED if dashed else "", text[found.end() :] if found else text)
    for name, rest in zip(voices[::2], voices[1::2], strict=True):
        said = _plain(rest)
        yield Line(said, _plain(name), said, tagged=True)


def _plain(text: str) -> str:
    return " ".join(unescape(_TAG.sub("", text)).split())


def is_sound(text: str) -> bool:
    """Whether a line tells what is heard, such as "[applause]", instead of what is said."""
    return bool(_SOUND.fullmatch(text))


def names_only(cues: Iterable[Sequence[Line]]) -> list[Line]:
    """The lines of all cues, with words before a colon that can be no name taken as said.

    A file that marks its speakers, writes them in capitals, or only at the beginning of cues, does so with all of them. Where
    each cue begins with words and a colon, as programs for meetings write them, these are names whatever they look like.
    """
    cues = list(cues)
    if _all_begun(cues):
        cues = [(*map(_begun, cue[:1]), *cue[1:]) for cue in cues]
    lines = [line for cue in cues for line in cue]
    tagged = any(line.tagged for line in lines)
    labels = Counter(line.speaker for line in lines if _is_label(line))
    capitals = 2 * sum(n for label, n in labels.items() if label.isupper()) > labels.total()
    later = Counter(line.speaker for cue in cues for line in cue[1:] if _is_label(line) and line.text[0] not in _DASHES)
    first = not any(labels[label] > 1 for label in later) and max(labels.values(), default=0) > 1

    def is_said(line: Line) -> bool:
        unlike = not line.speaker.isupper() and (capitals or (first and line.speaker in later))
        return _is_label(line) and (tagged or unlike)

    return [replace(line, speaker="", said=line.text) if is_said(line) else line for line in lines]


def _all_begun(cues: Sequence[Sequence[Line]]) -> bool:
    """Whether each cue begins with words and a colon, some of them again, but for a few whose speaker was not known."""
    first = [cue[0] for cue in cues if cue]
    names = [found[1] for line in first if (found := _BEGUN.match(line.text))]
    mixed = sum(map(str.isupper, names)) * 2 <= len(names)
    return mixed and len(set(names)) < len(names) and 10 * len(names) >= 9 * len(first)


def _begun(line: Line) -> Line:
    found = _BEGUN.match(line.text)
    return Line(line.text, found[1], line.text[found.end() :], tagged=True) if found and not line.tagged else line


def _is_label(line: Line) -> bool:
    return not line.tagged and line.speaker not in ("", UNNAMED)


def lasting(lines: Sequence[Line]) -> frozenset[str]:
    """The speakers who go on until another one is named.

    They do if the file says of all that is said who says it: from its first words on, or each time when two take turns. If it
    names only those who ask a lecturer something, what is said next may be the lecturer's.
    """
    named = [line for line in lines if line.speaker not in ("", UNNAMED)]
    times = Counter(line.speaker for line in named)
    first = next((line for line in lines if not is_sound(line.text)), None)
    begun = first is not None and first.speaker in times and len(named) > 1
    if not begun and sum(n > 1 for n in times.values()) < 2:
        return frozenset()
    return frozenset(line.speaker for line in named if line.tagged or times[line.speaker] > 1 or line.speaker.isupper())

"""A question and the earlier utterances -> the token ids that the network reads, and the words that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from assistant.understanding.followup.terms import WORD, content

Role = Literal["topic", "user", "assistant"]

MAX_TOKENS = 384
"""The most tokens of question and history together, special tokens included."""
MAX_QUESTION_TOKENS = 64
MOST_UTTERANCES = 20
"""How many of the latest utterances are read; 200 turns cost no more than 10."""
TYPES = 32
"""Number of token types: each stands for a speaker, an age in turns, and whether the word is capitalised."""
MARKS = 23
"""Number of marks, which tell how the talk has used a word: see `_marks`."""

NEW, SAID, TITLED = 1, 2, 3
"""Marks of the question's content words: new, said before, in a topic."""

_WORD = re.compile(rf"{WORD.pattern}|[^\w\s]")
_CAPS = {"topic": 24, "user": 60, "assistant": 64}
"""The most tokens of one utterance; only the beginning of a longer one is read."""
_LAST_ANSWER = 200
_MARKS = {"topic": "title", "user": "question", "assistant": "answer"}
_ROLES = ("question", "topic", "user", "assistant")


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that was said earlier.

    Attributes:
        role: "topic" (the title of what is talked about), "user" (a question) or "assistant" (an answer).
        text: the words.
    """

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question or of the history.

    Attributes:
        utterance: index of its utterance in the history; -1 = the question.
        start: first character in that text.
        end: one past the last character.
        token: position of its first token.
        text: the word as it was written.
        stem: the stem of a content word; empty for other words.
    """

    utterance: int
    start: int
    end: int
    token: int
    text: str
    stem: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The network's input.

    Attributes:
        question: the question.
        history: all utterances, oldest first.
        ids: token ids: `[CLS] question [SEP] history, newest turn first [SEP]`, shape (tokens,).
        types: type of each token, below `TYPES`, shape (tokens,).
        marks: how the talk has used the word that begins at each token, below `MARKS`, shape (tokens,).
        asked: the question's words, in order.
        said: the history's words, in the order of `ids`.
    """

    question: str
    history: tuple[Utterance, ...]
    ids: npt.NDArray[np.int64]
    types: npt.NDArray[np.int64]
    marks: npt.NDArray[np.int64]
    asked: tuple[Word, ...]
    said: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Tokens:
    """A text's words, each with its token ids."""

    words: list[tuple[int, int, str]]
    ids: list[list[int]]

    def cut(self, most: int) -> _Tokens:
        """The longest beginning of whole words that has at most so many tokens."""
        total = 0
        for n, ids in enumerate(self.ids):
            total += len(ids)
            if total > most:
                return _Tokens(self.words[:n], self.ids[:n])
        return self

    @property
    def count(self) -> int:
        return sum(map(len, self.ids))


def lay_out(tokenizer: Any, question: str, history: Sequence[Utterance], max_tokens: int = MAX_TOKENS) -> Layout:
    """Lay out a question with as much of the history as fits: the last turn, then earlier questions, then earlier answers.

    Args:
        tokenizer: a `tokenizers.Tokenizer` that neither pads nor truncates.
        question: the question as it was asked.
        history: oldest first; the last `MOST_UTTERANCES` and the topics are read.
        max_tokens: the most tokens of the layout.
    """
    history = tuple(history)
    read = [
        n for n, utterance in enumerate(history) if utterance.role == "topic" or n >= len(history) - MOST_UTTERANCES
    ]
    ages = _ages(history)
    texts = [(question, MAX_QUESTION_TOKENS), *((history[n].text, _cap(history[n], ages[n])) for n in read)]
    tokens = dict(zip([-1, *read], _tokens(tokenizer, texts), strict=True))
    chosen = _chosen(history, ages, tokens, max_tokens - tokens[-1].count - 3)
    builder = _Builder(tokenizer)
    builder.special("[CLS]", 0)
    builder.text(-1, tokens[-1], 0, 0)
    builder.special("[SEP]", 0)
    for n in sorted(chosen, key=lambda n: (history[n].role != "topic", ages[n], n)):
        role = _ROLES.index(history[n].role)
        builder.mark(_MARKS[history[n].role], role, ages[n])
        builder.text(n, tokens[n], role, ages[n])
    builder.special("[SEP]", 8)
    asked = tuple(word for word in builder.words if word.utterance < 0)
    said = tuple(word for word in builder.words if word.utterance >= 0)
    ids, types = np.array(builder.ids), np.array(builder.types)
    return Layout(question, history, ids, types, _marks(ids, asked, said, history), asked, said)


class _Builder:
    """Collects the tokens and words of a layout."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.ids: list[int] = []
        self.types: list[int] = []
        self.words: list[Word] = []

    def special(self, token: str, kind: int) -> None:
        self.ids.append(self._tokenizer.token_to_id(token))
        self.types.append(kind)

    def mark(self, word: str, role: int, age: int) -> None:
        self.special(word, _kind(role, age, capital=False))

    def text(self, utterance: int, tokens: _Tokens, role: int, age: int) -> None:
        for n, ((start, end, text), ids) in enumerate(zip(tokens.words, tokens.ids, strict=True)):
            self.words.append(Word(utterance, start, end, len(self.ids), text, content(text)))
            self.ids += ids
            # The capital at the beginning of a sentence says nothing.
            capital = text[:1].isupper() and (n > 0 or role == 1)
            self.types += [_kind(role, age, capital=capital)] * len(ids)


def _kind(role: int, age: int, *, capital: bool) -> int:
    return role * 8 + min(age, 3) * 2 + capital


def _marks(
    ids: npt.NDArray[np.int64], asked: Sequence[Word], said: Sequence[Word], history: Sequence[Utterance]
) -> npt.NDArray[np.int64]:
    """The mark of each token: where else the talk has its word. Small transformers are bad at counting and looking far back.

    A word's mark stands at its first token; 0 = no content word. A word of the question is `NEW`, `SAID` or `TITLED`. A word of
    the history has mark 4 if the question has it too; else a mark from 5 on tells who said it first, whether the last question
    has it, and how many utterances have it (1, 2, more).
    """
    found_in: dict[str, set[int]] = {}
    for word in said:
        if word.stem:
            found_in.setdefault(word.stem, set()).add(word.utterance)
    last = max((n for n, utterance in enumerate(history) if utterance.role == "user"), default=-1)
    own = {word.stem for word in asked}
    marks: dict[str, int] = {}
    for stem, found in found_in.items():
        first = _ROLES.index(history[min(found)].role) - 1
        marks[stem] = 4 if stem in own else 5 + (first * 2 + (last in found)) * 3 + min(len(found), 3) - 1
    values = np.zeros_like(ids)
    for word in said:
        values[word.token] = marks.get(word.stem, 0)
    for word in asked:
        titled = any(history[n].role == "topic" for n in found_in.get(word.stem, ()))
        values[word.token] = (TITLED if titled else SAID if word.stem in found_in else NEW) if word.stem else 0
    return values


def _ages(history: Sequence[Utterance]) -> list[int]:
    """How many turns ago each utterance was said: 0 = the last turn. A topic always has age 0."""
    ages = [0] * len(history)
    age = 0
    answered = False
    for n in range(len(history) - 1, -1, -1):
        role = history[n].role
        if role == "topic":
            continue
        if role == "assistant" and answered:
            age += 1
        ages[n] = age
        answered = role == "assistant"
        if role == "user":
            age += 1
    return ages


def _chosen(history: Sequence[Utterance], ages: Sequence[int], tokens: dict[int, _Tokens], room: int) -> list[int]:
    def importance(n: int) -> tuple[int, int]:
        role = history[n].role
        return (0 if role == "topic" or ages[n] == 0 else 1 if role == "user" else 2, ages[n])

    chosen = []
    for n in sorted((n for n in tokens if n >= 0), key=importance):
        needed = tokens[n].count + 1
        if needed <= room:
            chosen.append(n)
            room -= needed
    return chosen


def _cap(utterance: Utterance, age: int) -> int:
    return _LAST_ANSWER if utterance.role == "assistant" and age == 0 else _CAPS[utterance.role]


def _tokens(tokenizer: Any, texts: Sequence[tuple[str, int]]) -> Iterator[_Tokens]:
    """The words at the beginning of each text, up to its most tokens, with their token ids."""
    # Nearly every word has at least one token, so later words can't fit.
    words = [[(m.start(), m.end(), m.group()) for m in islice(_WORD.finditer(text), most)] for text, most in texts]
    # All texts as one: encoding a batch would start threads, which costs more than the work itself.
    encoding = tokenizer.encode(
        [word for found in words for _, _, word in found], is_pretokenized=True, add_special_tokens=False
    )
    ids: list[list[int]] = [[] for found in words for _ in found]
    for place, token in zip(encoding.word_ids, encoding.ids, strict=True):
        ids[place].append(token)
    first = 0
    for found, (_, most) in zip(words, texts, strict=True):
        yield _Tokens(*_without_empty(found, ids[first : first + len(found)])).cut(most)
        first += len(found)


def _without_empty(
    words: list[tuple[int, int, str]], ids: list[list[int]]
) -> tuple[list[tuple[int, int, str]], list[list[int]]]:
    """Drop the words without a token: the tokenizer drops all their characters."""
    kept = [n for n, found in enumerate(ids) if found]
    return [words[n] for n in kept], [ids[n] for n in kept]

"""Makes questions that their context does not answer, of five kinds, so that a reader learns when to abstain.

near: the most similar other paragraph of the same article (BM25). removed: the paragraph without the sentence that answers.
swapped: a name or a number of the question replaced by another of the article. opposite: a word of the question replaced by
its opposite, or negated (the commonest tricks of SQuAD 2.0's authors; Rajpurkar et al., 2018, table 1). replaced: a verb, noun
or adjective of the question replaced by another of the article that is like it but does not mean the same.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from assistant.training.reader.examples import Example
from index.compiling import built_in_model_dir
from index.passages import sentences
from index.stemming import stem
from index.stopwords import STOP_WORDS

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?:(?: (?:of|the|de|von|van) | )[A-Z][\w’'-]+)*")
_YEAR = re.compile(r"\b1[0-9]{3}s?\b|\b20[0-9]{2}s?\b")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w.,]*\d)")
_OPPOSITES = """
first last|earliest latest|oldest youngest|old new|largest smallest|biggest smallest|larger smaller|highest lowest|higher lower
high low|most least|more less|more fewer|best worst|better worse|before after|north south|northern southern|east west
eastern western|increase decrease|increased decreased|increasing decreasing|rise fall|rose fell|won lost|win lose
winner loser|began ended|begin end|begins ends|start stop|started stopped|open close|opened closed|allowed banned
allow forbid|accept reject|accepted rejected|support oppose|supported opposed|supporters opponents|male female|men women
man woman|king queen|father mother|son daughter|husband wife|brother sister|major minor|majority minority|maximum minimum
public private|internal external|positive negative|strong weak|strongest weakest|strength weakness|advantages disadvantages
advantage disadvantage|success failure|successful unsuccessful|similar different|same different|common rare
always never|often rarely|usually rarely|early late|earlier later|fast slow|faster slower|fastest slowest|rich poor
richest poorest|wealthy poor|hot cold|light dark|long short|longest shortest|left right|inside outside|above below|with without
over under|upper lower|import export|imported exported|buy sell|bought sold|built destroyed|created destroyed|gained lost
gain lose|lose gain|cause prevent|caused prevented|causes prevents|help harm|helped hindered|agree disagree|agreed disagreed
approved rejected|defeated supported|attack defend|attacked defended|arrive leave|arrived left|enter leave|entered left
born died|birth death|alive dead|war peace|ally enemy|allies enemies|friend enemy|include exclude|included excluded
includes excludes|legal illegal|popular unpopular|famous unknown|important unimportant|necessary unnecessary|heavy light
modern ancient|urban rural|domestic foreign|national local|liberal conservative|conservative liberal|day night|summer winter
winter summer|expensive cheap|simple complex|natural artificial|direct indirect|primary secondary|permanent temporary
joined left|gave took|received gave|teach learn|taught learned|love hate|liked disliked|likes dislikes|encouraged discouraged
encourage discourage|expand shrink|expanded shrank|grow shrink|grew shrank|improve worsen|improved worsened|find lose
founded dissolved|established abolished|introduced abolished|appointed dismissed|hired fired|elected defeated|raised lowered
""".replace("\n", "|")
_LIKE = (0.2, 0.42)
"""Cosines of two words' vectors: nearer ones tend to mean the same, farther ones make a question that is nonsense."""
_ENDINGS = ("ing", "ed", "ly", "tion", "ment", "ity", "er", "est", "al", "ous", "ive", "s")
"""Words that end alike are mostly of the same part of speech."""
_EMPTY = frozenset(["many", "much", "name", "named", "called", "located", "used", "type", "kind", "year", "known"])
"""Words that a question means little by."""
_AUXILIARY = re.compile(
    r"\b(did|does|do|is|are|was|were|can|could|has|have|had|will|would|should) (?!not\b)(?=\w)", re.IGNORECASE
)


def _opposites() -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = defaultdict(list)
    for pair in _OPPOSITES.split("|"):
        if pair.strip():
            one, other = pair.split()
            for word, opposite in ((one, other), (other, one)):
                if opposite not in pairs[word]:
                    pairs[word].append(opposite)
    return pairs


_OPPOSITE = _opposites()


def tokens(text: str) -> list[str]:
    """Stemmed words, stop words aside."""
    return [stem(word) for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]


class Paragraphs:
    """BM25 (Robertson & Zaragoza, 2009) over the paragraphs of one article."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        self._counts = [Counter(tokens(text)) for text in self.texts]
        seen: Counter[str] = Counter(word for counts in self._counts for word in counts)
        self._weight = {word: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for word, n in seen.items()}
        self._mean = sum(map(Counter.total, self._counts)) / max(1, len(texts))

    def ranked(self, question: str) -> list[int]:
        """Paragraphs that share a word with the question, best first."""
        words = set(tokens(question))
        scores = {}
        for n, counts in enumerate(self._counts):
            length = 1.2 * (0.25 + 0.75 * counts.total() / self._mean) if self._mean else 1.0
            score = sum(self._weight[w] * counts[w] * 2.2 / (counts[w] + length) for w in words if counts[w])
            if score > 0:
                scores[n] = score
        return sorted(scores, key=lambda n: (-scores[n], n))


def near(example: Example, paragraphs: Paragraphs, rng: random.Random) -> Example | None:
    """The question over one of the three most similar paragraphs that lack its answer."""
    answer = example.answer.lower()
    others = [
        text
        for n in paragraphs.ranked(example.question)[:6]
        if (text := paragraphs.texts[n]) != example.context and answer not in text.lower()
    ]
    return _without_answer(example, rng.choice(others[:3]), "near") if others else None


def removed(example: Example, spans: Sequence[tuple[int, int]]) -> Example | None:
    """The question over its paragraph without the sentence(s) that the answer stands in."""
    kept = [(start, end) for start, end in spans if end <= example.start or start >= example.end]
    text = " ".join(example.context[start:end] for start, end in kept)
    if len(kept) < 2 or len(kept) == len(spans) or example.answer.lower() in text.lower():
        return None
    return _without_answer(example, text, "removed")


def swapped(example: Example, article: str, rng: random.Random) -> Example | None:
    """The question with a name, a year or a number exchanged for another one of the context, or else of the article."""
    places = list(_replaceable(example.question))
    rng.shuffle(places)
    for start, end, pattern in places:
        old = example.question[start:end]
        for text in (example.context, article):
            found = {m.group() for m in pattern.finditer(text) if _fits(m, text, old, example)}
            if found:
                new = rng.choice(sorted(found))
                question = example.question[:start] + new + example.question[end:]
                return _without_answer(replace(example, question=question), example.context, "swapped")
    return None


def opposite(example: Example, rng: random.Random) -> Example | None:
    """The question with a word replaced by its opposite; now and then negated instead."""
    found = [m for m in _WORD.finditer(example.question) if m.group().lower() in _OPPOSITE and m.group().islower()]
    if found:
        match = rng.choice(found)
        new = rng.choice(_OPPOSITE[match.group()])
        question = example.question[: match.start()] + new + example.question[match.end() :]
        return _without_answer(replace(example, question=question), example.context, "opposite")
    verb = _AUXILIARY.search(example.question)
    if verb is None or rng.random() > 0.06:
        return None
    return _without_answer(replace(example, question=_negated(example.question, verb)), example.context, "opposite")


class Likeness:
    """Which words are like another: cosines of the word vectors of all-MiniLM-L6-v2, whose mean is taken off."""

    @cached_property
    def _vectors(self) -> Any:
        from safetensors.numpy import load_file

        tensors = load_file(built_in_model_dir() / "model.safetensors")
        vectors = next(v for name, v in tensors.items() if name.endswith("word_embeddings.weight")).astype(np.float32)
        vectors -= vectors.mean(axis=0)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    @cached_property
    def _places(self) -> dict[str, int]:
        from tokenizers import Tokenizer

        return dict(Tokenizer.from_file(str(built_in_model_dir() / "tokenizer.json")).get_vocab())

    def words(self, text: str) -> list[str]:
        """Plain lower-case words of a text that have a vector, sorted."""
        return sorted(word for word in set(_WORD.findall(text)) if self.plain(word))

    def plain(self, word: str) -> bool:
        """Whether a word is of the vocabulary, lower-case, and says something."""
        telling = word not in STOP_WORDS and word not in _EMPTY
        return len(word) >= 4 and word.isalpha() and word.islower() and telling and word in self._places

    def like(self, word: str, others: Sequence[str]) -> list[str]:
        """The four most like it of those that are neither too like nor too unlike."""
        others = [other for other in others if _ending(other) == _ending(word)]
        cosines = self._vectors[[self._places[other] for other in others]] @ self._vectors[self._places[word]]
        order = [n for n in np.argsort(-cosines, kind="stable") if _LIKE[0] <= cosines[n] <= _LIKE[1]]
        return [others[n] for n in order[:4]]


def replaced(example: Example, words: Sequence[str], likeness: Likeness, rng: random.Random) -> Example | None:
    """The question with a word that its context has exchanged for one of the article's words that is like it.

    Args:
        example: a question with an answer.
        words: the article's, as `Likeness.words`.
        likeness: of words.
        rng: chooses.
    """
    said = {stem(word) for word in _WORD.findall(example.context.lower())}
    taken = {stem(word) for word in _WORD.findall(f"{example.question} {example.answer}".lower())}
    places = [m for m in _WORD.finditer(example.question) if likeness.plain(m.group()) and stem(m.group()) in said]
    rng.shuffle(places)
    for match in places:
        found = likeness.like(match.group(), [word for word in words if stem(word) not in taken])
        if found and match.group() not in _OPPOSITE:
            question = example.question[: match.start()] + rng.choice(found) + example.question[match.end() :]
            return _without_answer(replace(example, question=question), example.context, "replaced")
    return None


def _ending(word: str) -> str:
    return next((ending for ending in _ENDINGS if word.endswith(ending)), "")


def _negated(question: str, verb: re.Match[str]) -> str:
    """`did she say` -> `didn't she say`; can't, won't and the like included."""
    word = verb.group(1)
    short = {"can": "can't", "will": "won't"}.get(word.lower(), word.lower() + "n't")
    short = short.capitalize() if word[0].isupper() else short
    return question[: verb.start()] + short + " " + question[verb.end() :]


def _replaceable(question: str) -> Iterator[tuple[int, int, re.Pattern[str]]]:
    """Names, years and numbers of a question, its first word aside."""
    first = question.find(" ") + 1
    for pattern in (_YEAR, _NUMBER, _NAME):
        for match in pattern.finditer(question, first):
            if pattern is not _NUMBER or not _YEAR.fullmatch(match.group()):
                yield match.start(), match.end(), pattern


def _fits(match: re.Match[str], text: str, old: str, example: Example) -> bool:
    """Whether a found name may stand in for another: not part of it, not in the question, not the answer, not a mere opening."""
    new = match.group()
    lower, question = new.lower(), example.question.lower()
    opening = match.start() == 0 or text[max(0, match.start() - 2) : match.start()].strip() in {".", "!", "?", '."', ""}
    if match.re is _NAME and opening and " " not in new:
        return False
    if lower in STOP_WORDS or lower in question or old.lower() in lower or lower in old.lower():
        return False
    return lower not in example.answer.lower() and example.answer.lower() not in lower


def _without_answer(example: Example, context: str, kind: str) -> Example:
    return replace(example, kind=kind, context=context, start=-1, end=-1)


def sentence_spans(context: str, known: dict[str, list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """The sentences of a context, remembered."""
    if context not in known:
        known[context] = sentences(context)
    return known[context]

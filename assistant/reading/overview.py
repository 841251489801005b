"""The passages of an article, or of a section of it -> the few sentences that carry it, as quotes, in the order of the text.

Sentences are taken one by one: the lead first, then the one that adds most. It adds the telling words that recur in the text
and were not said yet (as SumBasic: Nenkova and Vanderwende, 2005), for its length; it lies near to many other sentences
(continuous LexRank: Erkan and Radev, 2004); it stands alone (`openings`); and it is far from those that were taken (MMR:
Carbonell and Goldstein, 1998). The weights were chosen on the training part of the written articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from assistant.core.draft import Quote
from assistant.reading.openings import PROBE, openings
from assistant.reading.statements import FEWEST, Statement, statements
from index.arrays import Vectors
from index.article import Passage
from index.telling import telling_stems

Embed = Callable[[Sequence[str]], Vectors]
"""Texts -> unit vectors, shape (texts, dimension)."""

MOST_EMBEDDED = 48
"""So many texts are embedded for an overview, some 5 ms each."""

_A_SENTENCE_OF = 4
"""An overview is no longer than this part of a short text."""
_CENTRAL, _ALONE, _ALIKE = 0.5, 1.0, 0.25
"""Weights beside that of the words that are new, which is 1."""
_LEANS, _ASIDE = 0.25, 0.15
"""Taken behind all others: sentences that are less likely than this to open a paragraph, and this part of the sentences that are
least central, such as a correction or a line about a newsletter."""
_HEADLINE = 2.0
"""What a word of the headline weighs more than it would otherwise: the headline says what the text is about."""
_LENGTH = 0.5
"""Power of a sentence's length that its words are divided by: 0 would favour long sentences, 1 short ones."""
_SHORT = 8
_SAME = 0.85
"""Sentences with vectors nearer than this say the same."""
_DAMPING = 0.85
_STEPS = 50


def overview(
    passages: Sequence[Passage], vectors: Vectors, embed: Embed, most: int = 5, headline: str = ""
) -> tuple[Quote, ...]:
    """Up to `most` sentences, verbatim, in the order of the text; fewer of a text of few sentences, none of one without any.

    Whole sentences are taken before list items, rows and fragments, which only fill up to three where sentences are few.
    Questions, halves of quotes, bylines and repeats of the headline are taken only where there is nothing else.

    Args:
        passages: the body passages of one article, or of one section, in order; their silent spans are no evidence.
        vectors: theirs, unit length, shape (passages, dimension).
        embed: embeds the sentences, at most 48 texts in one call.
        most: the most sentences.
        headline: the article's; its words say what matters, and sentences that repeat it are left out. Empty = unknown.
    """
    found = statements(passages, vectors, headline, MOST_EMBEDDED - 1) if len(passages) else []
    if not found or most < 1:
        return ()
    texts = [one.text for one in found]
    embedded = embed([*texts, PROBE])
    alike = embedded[:-1] @ embedded[:-1].T
    alone = openings(texts, embedded[:-1], embedded[-1])
    central = _centrality(alike)
    behind = (alone < _LEANS) | (central <= np.quantile(central, _ASIDE))
    worth = _CENTRAL * central + _ALONE * alone - len(found) * behind
    chosen = _chosen(found, alike, worth, _count(found, most), telling_stems(headline))
    return tuple(Quote(found[n].passage, found[n].text, found[n].place) for n in sorted(chosen))


def _count(found: Sequence[Statement], most: int) -> int:
    """How many sentences to take: a quarter of a short text's, but three if it has them."""
    return min(most, len(found), max(FEWEST, len(found) // _A_SENTENCE_OF))


def _chosen(
    found: Sequence[Statement], alike: Vectors, worth: Vectors, count: int, headline: frozenset[str]
) -> list[int]:
    """Numbers of the sentences, best first: the first whole one, then whichever adds most to those before."""
    stems = [telling_stems(one.text) for one in found]
    weights = _weights(stems, headline)
    lengths = np.array([max(len(one.text.split()), _SHORT) for one in found]) ** _LENGTH
    chosen = [next((n for n, one in enumerate(found) if one.form == "whole"), 0)]
    while len(chosen) < count:
        said = frozenset[str]().union(*(stems[n] for n in chosen))
        new = np.array([sum(weights[word] for word in words - said) for words in stems]) / lengths
        nearest = alike[:, chosen].max(axis=1)
        gain = new / max(new.max(), 1e-9) + worth - _ALIKE * nearest
        gain[nearest >= _SAME] = -np.inf
        gain[chosen] = -np.inf
        # What is no sentence fills up behind those that are.
        gain[[n for n, one in enumerate(found) if one.form != "whole"]] -= len(found)
        best = int(gain.argmax())
        if not np.isfinite(gain[best]):
            break
        chosen.append(best)
    return chosen


def _weights(stems: Sequence[frozenset[str]], headline: frozenset[str]) -> Mapping[str, float]:
    """What each word counts: nothing if it stands in one sentence only, more the more sentences it stands in."""
    counts = Counter(word for words in stems for word in words)
    return {word: (number - 1) ** 0.5 + _HEADLINE * (word in headline) for word, number in counts.items()}


def _centrality(alike: Vectors) -> Vectors:
    """Continuous LexRank, scaled to 0..1: how often a walk from sentence to sentence that are alike comes to each."""
    steps = np.clip(alike, 0.0, None)
    steps /= np.maximum(steps.sum(axis=1, keepdims=True), 1e-9)
    rank = np.full(len(steps), 1 / len(steps))
    for _ in range(_STEPS):
        rank = (1 - _DAMPING) / len(steps) + _DAMPING * (rank @ steps)
    spread = rank.max() - rank.min()
    return np.asarray((rank - rank.min()) / max(float(spread), 1e-9), dtype=np.float32)

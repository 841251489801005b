"""Which sentence is chosen: either reader's, each once, the better one first, a headline only where nothing says it better."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.network.spans import Reading, Span
from assistant.reading.calibration import Calibration, fit, fit_choice
from assistant.reading.choosing import CHOICE, TRUST, candidates, ranked, reordered, trust_values
from assistant.reading.quoting_reader import Judged, Sentence
from assistant.understanding.analysis import analyse
from index.article import Passage
from index.evidence import Evidence

TEXT = "The mill burned in 1871. Ada Berg rebuilt it. It grinds rye."
OTHER = "Rye is a grass."
BY_SCORE = Calibration(np.zeros(len(TRUST) + 1), 0.5, np.array([1.0, *[0.0] * (len(CHOICE) - 1)]))
BY_QUOTING = Calibration(np.zeros(len(TRUST) + 1), 0.5, np.array([0.0, 0.0, 1.0, 0.0]))


def passage(text: str, start: int = 0, kind: str = "body") -> Evidence:
    made = Passage(f"{start}{kind}", "a", start, start + len(text), text, 0, kind=kind)
    return Evidence(made, 1.0)


def span(text: str, words: str, score: float) -> Span:
    start = text.index(words)
    return Span(start, start + len(words), score, 0.5, 0.5, 0.5)


def opinion(item: Evidence, text: str, probability: float) -> Judged:
    start = item.passage.start + item.passage.text.index(text)
    sentence = Sentence(item.passage, start, text, (), (), 0)
    return Judged(sentence, np.zeros(1), probability, text[:3])


def test_either_readers_sentence_is_a_candidate_once() -> None:
    item = passage(TEXT, 100)
    reading = Reading((span(TEXT, "Ada Berg", 3.0), span(TEXT, "Berg rebuilt", 2.0), span(TEXT, "1871", 1.0)), 0.4)
    opinions = [opinion(item, "Ada Berg rebuilt it.", 0.6), opinion(item, "It grinds rye.", 0.9)]
    found = {item.passage.text[c.start : c.end]: c for c in candidates([reading], opinions, [item])}
    assert set(found) == {"The mill burned in 1871.", "Ada Berg rebuilt it.", "It grinds rye."}
    assert len(candidates([reading], opinions, [item])) == 3
    both, quoted_only = found["Ada Berg rebuilt it."], found["It grinds rye."]
    assert (both.score, both.quoting) == (3.0, 0.6)
    assert quoted_only.span is None
    assert quoted_only.key == "It "
    assert quoted_only.score < 1.0


def test_a_passage_that_comes_twice_gives_its_sentences_once() -> None:
    reading = Reading((span(TEXT, "Ada Berg", 3.0),), 0.4)
    inner = Passage("p2", "a", 25, len(TEXT), TEXT[25:], 1)
    second = Reading((span(TEXT[25:], "Ada Berg", 5.0),), 0.4)
    found = candidates([reading, second], [], [passage(TEXT), Evidence(inner, 0.5)])
    assert [(c.rank, c.start) for c in found] == [(0, 25)]


def test_words_across_two_sentences_quote_both() -> None:
    reading = Reading((span(TEXT, "1871. Ada Berg", 3.0),), 0.4)
    (found,) = candidates([reading], [], [passage(TEXT)])
    assert TEXT[found.start : found.end] == "The mill burned in 1871. Ada Berg rebuilt it."


def test_the_fitted_weights_choose() -> None:
    item = passage(TEXT)
    reading = Reading((span(TEXT, "Ada Berg", 3.0),), 0.4)
    found = candidates([reading], [opinion(item, "It grinds rye.", 0.9)], [item])
    for calibration, text in ((BY_SCORE, "Ada Berg rebuilt it."), (BY_QUOTING, "It grinds rye.")):
        best_first = ranked(found, calibration)
        best = best_first[0][1]
        assert TEXT[best.start : best.end] == text
        assert trust_values(analyse("Who rebuilt it?"), best_first).shape == (len(TRUST),)


def test_a_headline_comes_after_a_sentence_that_is_as_good() -> None:
    head, body = passage(OTHER, 0, "title"), passage(OTHER, 50)
    readings = [Reading((span(OTHER, "a grass", 3.0),), 0.4), Reading((span(OTHER, "a grass", 2.9),), 0.4)]
    best_first = ranked(candidates(readings, [], [head, body]), BY_SCORE)
    assert [c.evidence.passage.kind for _, c in best_first] == ["body", "title"]


def test_nothing_read_is_no_candidate() -> None:
    assert candidates([Reading((), -10.0)], [], [passage(TEXT)]) == []


def test_choosing_learns_what_right_ones_have_more_of_than_the_others_beside_them() -> None:
    rng = np.random.default_rng(1)
    groups, right = [], []
    for _ in range(200):
        level = rng.normal(0, 50)  # What all of a question have alike must not matter.
        values = [np.array([level, rng.normal(), rng.normal()]) for _ in range(4)]
        groups.append(values)
        right.append([n == max(range(4), key=lambda n: values[n][1]) for n in range(4)])
    weights = fit_choice([*groups, groups[0]], [*right, [False] * 4])
    assert weights[1] > 2
    assert abs(weights[0]) < 0.1
    assert abs(weights[2]) < 0.5


def test_probabilities_are_those_of_the_data() -> None:
    rng = np.random.default_rng(2)
    values = [np.array([rng.normal()]) for _ in range(2_000)]
    right = [bool(rng.random() < 1 / (1 + np.exp(-(0.5 + 1.5 * v[0])))) for v in values]
    weights = fit(values, right)
    assert weights == pytest.approx([0.5, 1.5], abs=0.2)
    assert Calibration(weights, 0.5, np.array([])).probability(np.array([0.0])) == pytest.approx(0.62, abs=0.05)


def test_passages_are_reordered_by_what_was_read_in_them_and_keep_their_order_where_that_says_little() -> None:
    items = [passage(OTHER, start) for start in (0, 50, 100)]
    readings = [Reading((), known) for known in (-3.0, 2.0, 2.1)]
    assert reordered(readings, items) == ("50body", "100body", "0body")
    assert reordered([Reading((), 0.0)] * 3, items) == ("0body", "50body", "100body")

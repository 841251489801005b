"""Sentences from readings: each once, the likeliest first; what the question asks for and the sentence lacks counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.core.logistic import logistic
from assistant.network.encoded import Encoded
from assistant.network.readings import WindowReading
from assistant.reading.judging import TRUST, Found, found_sentences, shares, trust_values
from assistant.reading.passage_windows import EvidenceWindow, windows_of
from assistant.understanding.analysis import analyse
from index.article import Passage
from index.evidence import Evidence
from index.sentences import sentences

TEXT = "The bridge shut in 2021. Kari Holm mends it. It costs 400 crowns."


def reading(context: str, margins: list[float], verdict: tuple[float, float, float] = (0, 0, 0)) -> WindowReading:
    """One token a letter."""
    spans = tuple(sentences(context))
    offsets = np.array([(n, n + 1) for n in range(len(context))], np.int32)
    numbers = np.array([next((k for k, (s, e) in enumerate(spans) if s <= n < e), -1) for n in range(len(context))])
    encoded = Encoded(np.zeros(len(context)), np.ones(len(context)), numbers, offsets, 0, spans)  # type: ignore[arg-type]
    logits = np.linspace(0, 1, len(context)).astype(np.float32)
    verdicts = np.zeros((len(spans), 3), np.float32)
    if margins:
        verdicts[int(np.argmax(margins))] = verdict
    return WindowReading(spans, np.array(margins, np.float32), verdicts, encoded, logits, logits[::-1])


def evidence(text: str, start: int = 0, number: int = 0) -> Evidence:
    return Evidence(Passage(f"a-{number}", "a", start, start + len(text), text, number), 1.0, similarity=0.4)


def windows(*items: Evidence) -> list[EvidenceWindow]:
    return windows_of(items)


def found(margins: list[float], verdict: tuple[float, float, float] = (0, 0, 0)) -> list[Found]:
    return found_sentences(windows(evidence(TEXT)), [reading(TEXT, margins, verdict)])


def values(question: str, best_first: list[Found]) -> dict[str, float]:
    return dict(zip(TRUST, trust_values(analyse(question), best_first), strict=True))


def test_the_likeliest_sentence_comes_first() -> None:
    assert [one.text for one in found([-1, 3, 0])] == [
        "Kari Holm mends it.",
        "It costs 400 crowns.",
        "The bridge shut in 2021.",
    ]


def test_what_is_no_evidence_is_never_found() -> None:
    text = "Dogs pay nothing\n\nA ticket costs 400 crowns."
    passage = Passage("a-0", "a", 0, len(text), text, 0, silent=((0, 16),))
    [window] = windows(Evidence(passage, 1.0))
    assert [one.text for one in found_sentences([window], [reading(text, [9, 1])])] == ["A ticket costs 400 crowns."]


def test_a_sentence_in_two_windows_is_one_with_its_better_reading() -> None:
    first, second = (
        Passage("a-0", "a", 0, 17, "One is. Two are. ", 0),
        Passage("a-1", "a", 8, 25, "Two are. Three is", 1),
    )
    both = windows(Evidence(first, 1.0), Evidence(second, 1.0))
    read = [reading(both[0].context, [0.0, 1.0]), reading(both[1].context, [4.0, 2.0])]
    best_first = found_sentences(both, read)
    assert [(one.text, one.margin) for one in best_first] == [("Two are.", 4.0), ("Three is", 2.0), ("One is.", 0.0)]
    assert best_first[0].passage is second


def test_shares_are_those_of_all_windows_and_of_no_answer() -> None:
    share = shares(found([0, 0, 0]))
    assert share == pytest.approx([0.25] * 3)
    assert shares(found([9, -9, -9]))[0] > 0.99


def test_what_is_asked_for_and_missing_is_counted() -> None:
    best_first = found([-1, -2, 3])
    there, not_there = (
        values("What does it cost in crowns?", best_first),
        values("What did Ada Lund pay in 2019?", best_first),
    )
    assert there["terms missing"] < not_there["terms missing"]
    assert not_there["names missing"] == 1
    assert not_there["numbers missing"] == 1
    assert there["names missing"] == there["numbers missing"] == 0


def test_the_verdict_counts_for_yes_no_questions_only() -> None:
    best_first = found([3, 0, 0], verdict=(1, 4, 2))
    assert values("Did the bridge shut?", best_first)["verdict"] == 3
    assert values("When did the bridge shut?", best_first)["verdict"] == 0


def test_a_question_of_the_text_is_known_as_one() -> None:
    text = "Who mends it? Kari does."
    best_first = found_sentences(windows(evidence(text)), [reading(text, [2, 1])])
    assert values("Who mends it?", best_first)["is the question"] == 1
    assert values("Who mends it?", best_first[1:])["is the question"] == 0


@pytest.mark.parametrize(
    ("text", "no_sentence"),
    [("Child: Single 12, Return 20", 1), ("It costs 12.", 0), ("Does it cost 12?", 0)],
)
def test_a_row_is_known_as_no_sentence(text: str, no_sentence: int) -> None:
    best_first = found_sentences(windows(evidence(text)), [reading(text, [2])])
    assert values("What does it cost?", best_first)["is no sentence"] == no_sentence


def test_what_the_headings_above_say_is_not_missing() -> None:
    text = "Child: Single 12, Return 20"
    passage = Passage("a-0", "a", 0, len(text), text, 0, heading="Fares › Summer")
    best_first = found_sentences(windows(Evidence(passage, 1.0, 0.4, "Osby ferry")), [reading(text, [2])])
    known = values("What is the summer fare of the Osby ferry for a child?", best_first)
    assert known["terms missing above"] == 0
    assert known["terms missing"] > 0.5


def test_a_sentence_alone_leads_over_none_by_its_margin() -> None:
    """Where nothing else could answer, that is no reason to trust what does."""
    text = "Kari Holm mends it."
    for margin in (-1.75, 2.5):
        alone = found_sentences(windows(evidence(text)), [reading(text, [margin])])
        assert values("Who mends it?", alone)["lead"] == pytest.approx(margin)


def test_the_opinion_of_another_network_is_a_value_of_its_own() -> None:
    asked, best_first = analyse("Who mends it?"), found([-1, 3, 0])
    without, with_it = trust_values(asked, best_first), trust_values(asked, best_first, 4.5)
    assert [TRUST[n] for n in np.flatnonzero(without != with_it)] == ["opinion"]
    assert trust_values(asked, best_first, 1e9)[TRUST.index("opinion")] == 15


@pytest.mark.parametrize("said", ["ri", "Ka", "ar", "ri Hol", "olm"])
def test_words_are_whole_though_tokens_are_parts_of_words(said: str) -> None:
    start = TEXT.index(said)
    inside = np.full(len(TEXT), -9, np.float32)
    first, last = inside.copy(), inside.copy()
    first[start], last[start + len(said) - 1] = 9, 9
    one = replace(reading(TEXT, [-1, 3, 0]), start=first, end=last)
    [best, *_] = found_sentences(windows(evidence(TEXT)), [one])
    marked = TEXT[best.words[0].start : best.words[0].end]
    assert marked == {"ri": "Kari", "Ka": "Kari", "ar": "Kari", "ri Hol": "Kari Holm", "olm": "Holm"}[said]


def test_a_sentence_that_stands_twice_is_as_sure_as_once() -> None:
    copies = [Evidence(Passage(f"{name}-0", name, 0, len(TEXT), TEXT, 0), 1.0, similarity=0.4) for name in "ab"]
    read = [reading(TEXT, [-9.0, 5.0, -9.0]) for _ in copies]
    once = found_sentences(windows(copies[0]), read[:1])
    twice = found_sentences(windows(*copies), read)
    first, second = (logistic(values("Who mends it?", known)["odds"]) for known in (once, twice))
    assert first == pytest.approx(second, abs=0.01)


@pytest.mark.parametrize(
    ("text", "likely", "whole"),
    [
        ("It cost 3,400 crowns.", "400", "3,400"),
        ("It rose by 2.5 per cent.", "2", "2.5"),
        ("In 2019, 400 came.", "400", "400"),
        ("A gun of 3.5mm was found.", "3", "3.5mm"),
        ("Farmers came.", "arm", "Farmers"),
        ("Write to ida@lund.example or call.", "ida@lund", "ida@lund.example"),
        ("They sail at 5 a.m. and at noon.", "5 a.m", "5 a.m."),
        ("Its cost is T(n) at most.", "T(n", "T(n)"),
        ("The sign (in red) says so.", "in red", "in red"),
        ("He “never saw it” himself.", "“never saw it", "“never saw it”"),
    ],
)
def test_words_and_numbers_are_marked_whole(text: str, likely: str, whole: str) -> None:
    start = text.index(likely)
    one = spoken(text, {start: 9.0}, {start + len(likely) - 1: 9.0})
    [best] = found_sentences(windows(evidence(text)), [one])
    assert text[best.words[0].start : best.words[0].end] == whole


TWO = "Two doctors and a nurse care for 1,900 people."


@pytest.mark.parametrize(
    ("starts", "ends", "marked"),
    [
        ({"Two": 1.0, "1,900": 0.6}, {"doctors": 0.2, "1,900": 1.0}, "1,900"),
        ({"Two": 1.0, "1,900": 0.2}, {"doctors": 0.6, "1,900": 1.0}, "Two doctors"),
        ({"Two": 3.0, "1,900": -2.0}, {"doctors": -2.0, "nurse": 3.0}, "Two doctors and a nurse"),
    ],
)
def test_words_are_never_those_from_one_answer_to_another(
    starts: dict[str, float], ends: dict[str, float], marked: str
) -> None:
    given = spoken(
        TWO,
        {TWO.index(words): logit for words, logit in starts.items()},
        {TWO.index(words) + len(words) - 1: logit for words, logit in ends.items()},
    )
    best = given.words(0, most=3)[0]
    assert TWO[best.start : best.end] == marked


def spoken(text: str, starts: dict[int, float], ends: dict[int, float]) -> WindowReading:
    """A reading of one sentence, with logits of the characters at which its words begin and end."""
    one = reading(text, [5.0])
    start, end = np.full(len(text), -9.0, np.float32), np.full(len(text), -9.0, np.float32)
    for filled, given in ((start, starts), (end, ends)):
        for place, logit in given.items():
            filled[place] = logit
    return replace(one, start=start, end=end)

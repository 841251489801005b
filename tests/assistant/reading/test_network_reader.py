"""The reader with a network quotes the likeliest sentence of all windows, marks its words, and refuses where it is not sure."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from assistant.network.readings import WindowReading, Words
from assistant.network.windows import Window
from assistant.reading.judging import TRUST
from assistant.reading.marking import _together, _told_apart, only_points
from assistant.reading.network_reader import NetworkReader
from assistant.reading.protocol import candidates, chosen
from index.article import Passage
from index.evidence import Evidence
from tests.assistant.reading.test_judging import reading


class KnowsSentences:
    """A network that holds the sentences with certain words for answers."""

    def __init__(self, known: Mapping[str, float], calibration: dict[str, Any] | None = None) -> None:
        self.known = known
        self.calibration = calibration or NEUTRAL
        self.read_windows: list[Window] = []

    @property
    def name(self) -> str:
        return "knows sentences"

    def details(self) -> dict[str, Any]:
        return {"calibration": self.calibration}

    def load(self) -> KnowsSentences:
        return self

    def read(self, windows: Sequence[Window]) -> list[WindowReading]:
        self.read_windows += windows
        return [self._read(window.context) for window in windows]

    def _read(self, context: str) -> WindowReading:
        spans = reading(context, []).sentences
        margins = [
            max((m for words, m in self.known.items() if words in context[s:e]), default=-12.0) for s, e in spans
        ]
        return reading(context, margins)


class Unloadable(KnowsSentences):
    """A network that must not be loaded."""

    def __init__(self) -> None:
        super().__init__({})

    def load(self) -> KnowsSentences:
        raise AssertionError("loaded")


class SlowToLoad(KnowsSentences):
    """Counts how often it is loaded."""

    loaded = 0

    def load(self) -> KnowsSentences:
        self.loaded += 1
        time.sleep(0.05)
        return self


def evidence(*texts: str) -> list[Evidence]:
    found, start = [], 0
    for n, text in enumerate(texts):
        passage = Passage(f"a-{n}", "a", start, start + len(text), text, n)
        found.append(Evidence(passage, 1.0, similarity=0.5, title="The bridge"))
        start += len(text) + 2
    return found


NEUTRAL = {"trust": [0.0, 1.0, *[0.0] * (len(TRUST) - 1)], "threshold": 0.9}
"""The share of the best sentence alone."""
BRIDGE = "The bridge shut in 2021. Kari Holm mends the bridge. It costs 400 crowns."
FERRY = "A ferry crosses instead. Ada Lund steers it."


def test_the_likeliest_sentence_of_all_windows_is_quoted_at_its_place() -> None:
    reader = NetworkReader(KnowsSentences({"Ada Lund": 9.0, "Kari": 2.0}))
    draft = reader.read("Who steers the ferry?", evidence(BRIDGE, FERRY))
    [sentence] = draft.sentences
    [quote] = sentence.quotes
    assert quote.text == "Ada Lund steers it."
    assert quote.start == len(BRIDGE) + 2 + FERRY.index("Ada")
    assert quote.passage.id == "a-1"
    assert sentence.key in quote.text
    assert draft.order == ("a-1", "a-0")
    assert draft.confidence > 0.5


def test_what_is_not_likely_enough_is_refused() -> None:
    draft = NetworkReader(KnowsSentences({})).read("Who steers the ferry?", evidence(BRIDGE, FERRY))
    assert draft.sentences == ()
    assert draft.confidence < 0.5


def test_a_refusal_names_the_likeliest_sentence_of_each_passage_with_its_neighbours_there() -> None:
    long = "It rains.\n\nKari Holm mends the bridge. It costs 400 crowns. It hails."
    reader = NetworkReader(KnowsSentences({"Kari": 0.5, "steers": -1.0}))
    draft = reader.read("Who owns it?", evidence(long, "A ferry crosses instead. Ada Lund steers it."))
    assert draft.sentences == ()
    told = [(quote.passage.id, quote.text) for quote in draft.nearest]
    assert told == [
        ("a-0", "Kari Holm mends the bridge. It costs 400 crowns."),
        ("a-1", "A ferry crosses instead. Ada Lund steers it."),
    ]
    assert all(one.passage.text[(one.start or 0) - one.passage.start :].startswith(one.text) for one in draft.nearest)


@pytest.mark.parametrize(("threshold", "said"), [(0.0, 1), (1.0, 0)])
def test_a_threshold_that_was_set_decides(threshold: float, said: int) -> None:
    reader = NetworkReader(KnowsSentences({"Kari": 1.0}), threshold=threshold)
    draft = reader.read("Who mends the bridge?", evidence(BRIDGE))
    assert (len(draft.sentences), draft.threshold) == (said, threshold)
    [item] = evidence(BRIDGE)
    headline = Passage("a-9", "a", 0, 10, "The bridge", 0, "title")
    of_the_head = reader.read("What is the title?", [replace(item, head=(headline,))])
    assert (len(of_the_head.sentences), of_the_head.confidence > 0.9) == (said, True)


def test_the_network_reads_the_title_with_each_window_and_the_question_without_typing_errors() -> None:
    network = KnowsSentences({"Kari": 1.0})
    NetworkReader(network).read("Who mends the bridgge?", evidence(BRIDGE, FERRY))
    assert {window.head for window in network.read_windows} == {"The bridge"}
    assert {window.question for window in network.read_windows} == {"Who mends the bridge?"}


def test_no_evidence_is_no_answer_and_nothing_is_loaded() -> None:
    draft = NetworkReader(Unloadable()).read("Who mends the bridge?", [])
    assert (draft.sentences, draft.confidence) == ((), 0.0)


def test_of_a_yes_no_question_all_of_the_sentence_decides() -> None:
    reader = NetworkReader(KnowsSentences({"shut": 9.0}), threshold=0.0)
    [sentence] = reader.read("Did the bridge shut?", evidence(BRIDGE)).sentences
    assert sentence.key == ""


def test_two_sentences_that_answer_alike_are_both_given() -> None:
    reader = NetworkReader(KnowsSentences({"Kari": 8.0, "400": 8.0}), threshold=0.0)
    draft = reader.read("What is said of the mending?", evidence(BRIDGE))
    assert [sentence.quotes[0].text for sentence in draft.sentences] == [
        "Kari Holm mends the bridge.",
        "It costs 400 crowns.",
    ]


def apart(*texts: str) -> list[Evidence]:
    """Passages of articles of their own."""
    return [
        Evidence(Passage(f"{n}-0", str(n), 0, len(text), text, 0), 1.0, similarity=0.5, title="")
        for n, text in enumerate(texts)
    ]


def test_the_first_network_chooses_what_the_other_reads() -> None:
    strong, small = KnowsSentences({"Ada": 9.0}), KnowsSentences({"Ada": 3.0, "ferry": 1.0})
    reader = NetworkReader(strong, first=small)
    found = apart("It rains.", "A ferry crosses.", "It snows.", "Ada Lund steers.")
    best = chosen(reader, "Who steers the ferry?", found, 2)
    assert [item.passage.id for item in best] == ["3-0", "1-0"]
    assert reader.read("Who steers the ferry?", best).sentences
    assert [window.context for window in strong.read_windows] == ["Ada Lund steers.", "A ferry crosses."]


def test_passages_that_are_read_together_stay_together() -> None:
    first, second, third = apart("It rains.", "It snows.", "Ada Lund steers.")
    behind = Evidence(Passage("2-1", "2", 18, 31, "She is afraid.", 1), 1.0, before=third.passage)
    steers = replace(third, after=behind.passage)
    reader = NetworkReader(Unloadable(), first=KnowsSentences({"Ada": 3.0}))
    reranked = reader.reranked("Who steers?", [first, second, behind, steers])
    assert [item.passage.id for item in reranked] == ["2-1", "2-0", "0-0", "1-0"]


def test_the_search_decides_where_all_is_read_anyway() -> None:
    reader = NetworkReader(Unloadable(), first=Unloadable())
    found = apart("It rains.", "A ferry crosses.", "It snows.", "Ada Lund steers.")
    assert chosen(reader, "Who steers the ferry?", found, 4) == tuple(found)


def test_without_a_first_network_no_more_is_looked_for_than_is_read() -> None:
    assert candidates(NetworkReader(Unloadable()), 8) == 8
    assert candidates(NetworkReader(Unloadable(), first=Unloadable()), 8) == 24
    assert candidates(NetworkReader(Unloadable(), first=Unloadable()), 50) == 50


@pytest.mark.parametrize("opinion", [-5.0, 5.0])
def test_the_first_networks_opinion_of_the_sentence_counts(opinion: float) -> None:
    trust = [-4.0, *[0.0] * len(TRUST)]
    trust[1 + TRUST.index("opinion")] = 2.0
    strong = KnowsSentences({"Kari": 9.0}, {"trust": trust, "threshold": 0.5})
    reader = NetworkReader(strong, first=KnowsSentences({"Kari": opinion}))
    draft = reader.read("Who mends the bridge?", evidence(BRIDGE))
    assert bool(draft.sentences) == (opinion > 0)
    assert reader.name == "knows sentences, of what knows sentences chose"


def test_each_network_is_loaded_once_though_a_question_comes_while_it_is_warmed() -> None:
    slow = SlowToLoad({"Kari": 9.0})
    reader = NetworkReader(slow, first=slow)
    threads = [
        threading.Thread(target=work)
        for work in (reader.warm, lambda: reader.read("Who mends the bridge?", evidence(BRIDGE)), reader.warm)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert slow.loaded == 1


@pytest.mark.parametrize(
    ("shares", "marked"),
    [
        ({(0, 6): 0.4, (11, 17): 0.35}, "Hallin and Sorvik"),
        ({(0, 6): 0.6, (11, 17): 0.1}, "Hallin"),
        ({(11, 17): 0.4, (60, 65): 0.35}, "Sorvik"),
    ],
)
def test_words_that_are_as_likely_and_near_are_marked_together(
    shares: dict[tuple[int, int], float], marked: str
) -> None:
    text = "Hallin and Sorvik drink the water of the lake, and nobody in Vange does."
    words = [Words(start, end, 1.0, share) for (start, end), share in shares.items()]
    assert text[slice(*_together(words))] == marked


def test_a_network_that_gives_no_number_answers_nothing() -> None:
    draft = NetworkReader(KnowsSentences({"Kari": float("nan")})).read("Who mends the bridge?", evidence(BRIDGE))
    assert draft.sentences == ()
    assert draft.confidence < 0.1


def test_a_key_that_can_not_be_told_apart_stays_short() -> None:
    text = "no, " * 30 + "no"
    assert _told_apart(text, len(text) - 2, len(text)) == "no"


def test_a_network_without_bounds_answers_nothing() -> None:
    draft = NetworkReader(KnowsSentences({"Kari": float("inf")})).read("Who mends the bridge?", evidence(BRIDGE))
    assert draft.sentences == ()


@pytest.mark.parametrize(
    ("text", "words", "key"),
    [
        ("It has room for 15 cars and 5 bicycles.", "5", "5 bicycles"),
        ("The 5 of 2021 and the 5 of 2022.", "5", "the 5"),
        ("It has room for 5 bicycles and 15 cars.", "5", "5"),
        ("From 2010–2012 and 2010–2014 it ran.", "2010", "2010–2014"),
    ],
)
def test_a_key_is_found_first_where_it_is_meant(text: str, words: str, key: str) -> None:
    place = text.rindex(f" {words}") + 1
    found = _told_apart(text, place, place + len(words))
    assert found == key
    assert text.find(found) <= place < text.find(found) + len(found)


@pytest.mark.parametrize(
    ("words", "points"),
    [
        ("She", True),
        ("whom they", True),
        ("one", False),
        ("Her sister", False),
        ("both", False),
        ("May", False),
        ("I had", True),
        ("I did not", True),
        ("She’d", True),
        ("I didn’t", True),
        ("US", False),
        ("the WHO", False),
        ("IT", False),
        ("Will", False),
        ("off", False),
        ("yes", False),
        ("%", False),
        ("did not", False),
    ],
)
def test_what_only_points_at_somebody_is_no_answer(words: str, points: bool) -> None:
    assert only_points(words) is points

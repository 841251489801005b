"""The strong reader quotes the likeliest sentence of all windows, marks its words, and refuses where it isn't sure enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from assistant.network.trunk import WindowReading
from assistant.network.trunk_windows import Window
from assistant.reading.strong_reader import StrongReader
from index.article import Passage
from index.evidence import Evidence
from tests.assistant.reading.test_judging import reading


class KnowsSentences:
    """A network that holds the sentences with certain words for answers."""

    def __init__(self, known: Mapping[str, float]) -> None:
        self.known = known
        self.read_windows: list[Window] = []

    def read(self, windows: Sequence[Window]) -> list[WindowReading]:
        self.read_windows += windows
        return [self._read(window.context) for window in windows]

    def _read(self, context: str) -> WindowReading:
        spans = reading(context, []).sentences
        margins = [
            max((m for words, m in self.known.items() if words in context[s:e]), default=-12.0) for s, e in spans
        ]
        return reading(context, margins)


def evidence(*texts: str) -> list[Evidence]:
    found, start = [], 0
    for n, text in enumerate(texts):
        passage = Passage(f"a-{n}", "a", start, start + len(text), text, n)
        found.append(Evidence(passage, 1.0, similarity=0.5, title="The bridge"))
        start += len(text) + 2
    return found


BRIDGE = "The bridge shut in 2021. Kari Holm mends the bridge. It costs 400 crowns."
FERRY = "A ferry crosses instead. Ada Lund steers it."


def test_the_likeliest_sentence_of_all_windows_is_quoted_at_its_place() -> None:
    reader = StrongReader(network=KnowsSentences({"Ada Lund": 9.0, "Kari": 2.0}))
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
    draft = StrongReader(network=KnowsSentences({})).read("Who steers the ferry?", evidence(BRIDGE, FERRY))
    assert draft.sentences == ()
    assert draft.confidence < 0.5


@pytest.mark.parametrize(("threshold", "said"), [(0.0, 1), (1.0, 0)])
def test_a_threshold_that_was_set_decides(threshold: float, said: int) -> None:
    reader = StrongReader(threshold=threshold, network=KnowsSentences({"Kari": 1.0}))
    assert len(reader.read("Who mends the bridge?", evidence(BRIDGE)).sentences) == said


def test_the_network_reads_the_title_with_each_window_and_the_question_without_typing_errors() -> None:
    network = KnowsSentences({"Kari": 1.0})
    StrongReader(network=network).read("Who mends the bridgge?", evidence(BRIDGE, FERRY))
    assert {window.head for window in network.read_windows} == {"The bridge"}
    assert {window.question for window in network.read_windows} == {"Who mends the bridge?"}


def test_no_evidence_is_no_answer_and_nothing_is_loaded() -> None:
    draft = StrongReader().read("Who mends the bridge?", [])
    assert (draft.sentences, draft.confidence) == ((), 0.0)


def test_of_a_yes_no_question_all_of_the_sentence_decides() -> None:
    reader = StrongReader(threshold=0.0, network=KnowsSentences({"shut": 9.0}))
    [sentence] = reader.read("Did the bridge shut?", evidence(BRIDGE)).sentences
    assert sentence.key == ""


def test_two_sentences_that_answer_alike_are_both_given() -> None:
    reader = StrongReader(threshold=0.0, network=KnowsSentences({"Kari": 8.0, "400": 8.0}))
    draft = reader.read("What is said of the mending?", evidence(BRIDGE))
    assert [sentence.quotes[0].text for sentence in draft.sentences] == [
        "Kari Holm mends the bridge.",
        "It costs 400 crowns.",
    ]

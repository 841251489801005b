"""The trained reader with a network that finds given words: how many sentences it says, what it marks, when it says none."""

from __future__ import annotations

from typing import Any

import numpy as np

from assistant.network.span_network import BUILT_IN
from assistant.reading.trained_reader import TrainedReader
from index.article import Passage
from index.evidence import Evidence
from tests.doubles import HashEmbedder

BETWEEN = "Nobody was hurt there, and the water went down again within a day or two, as it always does in spring. "
TEXT = f"Oslo was flooded in April. {BETWEEN * 3}Bergen was flooded in June."
"""The two towns are farther apart than a span is long."""


class WordsFinder:
    """A network double: each of some words may be the answer; other words are none."""

    name = "words finder"
    max_tokens = 128

    def __init__(self, **logits: float) -> None:
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(BUILT_IN / "tokenizer.json"))
        self._logits = {self.tokenizer.encode(word, add_special_tokens=False).ids[0]: z for word, z in logits.items()}

    def logits(self, arrays: dict[str, Any]) -> tuple[Any, Any, None]:
        inside = arrays["token_type_ids"] == 1
        found = np.full(inside.shape, -9.0, dtype=np.float32)
        for token, logit in self._logits.items():
            found[(arrays["input_ids"] == token) & inside] = logit
        found[:, 0] = 0.0
        return found, found.copy(), None


def evidence(*texts: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(Passage(f"p{n}", f"a{n}", 0, len(t), t, 0), 1.0) for n, t in enumerate(texts))


def test_a_question_for_several_things_may_cite_two_sentences() -> None:
    reader = TrainedReader(HashEmbedder(), WordsFinder(oslo=4.0, bergen=4.0), threshold=0.0)
    quotes = [s.quotes[0].text for s in reader.read("Which towns were flooded?", evidence(TEXT)).sentences]
    assert set(quotes) == {"Oslo was flooded in April.", "Bergen was flooded in June."}


def test_a_question_for_one_thing_cites_one() -> None:
    reader = TrainedReader(HashEmbedder(), WordsFinder(oslo=4.0, bergen=4.0), threshold=0.0)
    assert len(reader.read("Where was the flood?", evidence(TEXT)).sentences) == 1


def test_a_second_sentence_that_is_unlikely_is_left_out() -> None:
    reader = TrainedReader(HashEmbedder(), WordsFinder(oslo=4.0, bergen=1.0), threshold=0.0)
    (sentence,) = reader.read("Which towns were flooded?", evidence(TEXT)).sentences
    assert (sentence.quotes[0].text, sentence.key) == ("Oslo was flooded in April.", "Oslo")


def test_a_yes_no_question_is_decided_by_a_whole_sentence() -> None:
    reader = TrainedReader(HashEmbedder(), WordsFinder(bergen=4.0), threshold=0.0)
    (sentence,) = reader.read("Was Bergen flooded?", evidence(TEXT)).sentences
    assert (sentence.quotes[0].text, sentence.key) == ("Bergen was flooded in June.", "")


def test_what_is_less_probable_than_the_threshold_is_not_said_but_orders_the_evidence() -> None:
    reader = TrainedReader(HashEmbedder(), WordsFinder(bergen=4.0), threshold=1.0)
    draft = reader.read("Where was the flood in June?", evidence("It rained.", "A ferry sank.", TEXT))
    assert draft.sentences == ()
    assert 0 < draft.confidence < 1
    assert draft.order == ("p2", "p0", "p1")


def test_answers_never_abstain() -> None:
    reader = TrainedReader(HashEmbedder(), WordsFinder(bergen=4.0))
    (words, sure), (_, unsure), nothing = reader.answers([
        ("Where was the flood in June?", TEXT), ("Where did a ferry sink?", "A ferry sank."), ("Where?", ""),
    ])  # fmt: skip
    assert words == "Bergen"
    assert sure > unsure
    assert nothing == ("", 0.0)

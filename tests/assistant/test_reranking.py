"""A reader that chooses gets more passages than it reads; the trace says what the search had found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant import Article, Assistant
from assistant.core.settings import load_settings
from assistant.network.reading_models import GivenModel, SmallModel, StrongModel
from assistant.opening import open_reader
from assistant.reading.network_reader import NetworkReader
from assistant.writing.generating_reader import GeneratingReader
from index.evidence import Evidence
from tests.doubles import EagerReader, HashEmbedder
from tests.models import ScriptedModel


class Backwards(EagerReader):
    """Thinks the last of the passages the best."""

    candidates = 24

    def reranked(self, question: str, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
        self.seen = len(evidence)
        return evidence[::-1]


def herons(count: int) -> list[Article]:
    return [Article(f"The heron number{n} stands.", f"Heron {n}", f"heron-{n}") for n in range(count)]


def test_the_best_of_many_are_read_and_the_trace_keeps_the_searchs_order(tmp_path: Path) -> None:
    reader = Backwards()
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=reader) as assistant:
        assistant.add(herons(40))
        answer = assistant.ask("Where does the heron stand?")
    assert reader.seen == len(answer.trace.searched) == 24
    assert len(answer.evidence) == 8
    assert [item.passage.id for item in answer.evidence] == list(answer.trace.searched[::-1][:8])
    assert answer.citations[0].article_id == answer.evidence[0].passage.article_id
    assert "reranking" in answer.trace.timings


def test_few_passages_are_read_in_the_searchs_order(tmp_path: Path) -> None:
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=Backwards()) as assistant:
        assistant.add(herons(3))
        answer = assistant.ask("Where does the heron stand?")
    assert [item.passage.id for item in answer.evidence] == list(answer.trace.searched)


def test_a_language_model_reads_what_its_fallback_chooses() -> None:
    plain, choosing = (GeneratingReader(ScriptedModel(), fallback) for fallback in (EagerReader(), Backwards()))
    evidence: list[Evidence] = []
    assert (plain.candidates, choosing.candidates) == (0, 24)
    assert plain.reranked("Who?", evidence) is evidence


def test_a_setting_names_the_networks() -> None:
    small = SmallModel().name
    names = {
        name: open_reader(load_settings(reader=name), HashEmbedder()).name for name in ("strong", "fast", "trained")
    }
    assert names["fast"] == names["trained"] == NetworkReader(SmallModel(), first=SmallModel()).name
    assert names["strong"] == f"{StrongModel().name}, of what {small} chose"
    assert (
        open_reader(load_settings(reader="somewhere/a-model"), HashEmbedder()).name
        == GivenModel("somewhere/a-model").name
    )

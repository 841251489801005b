"""Any history of adding, editing, removing, asking and reopening leaves what a plain dict says (Hypothesis)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assistant import Answer, Article, Assistant
from index.passages import split
from index.report import AddReport
from tests.doubles import EagerReader, HashEmbedder
from tests.helpers import examples

SOURCES = ("one.txt", "two.txt", "folder/one.txt", "három 🛳️.md", "")
WORDS = (
    "heron",
    "stork",
    "egret",
    "water",
    "roof",
    "Zdeněk",
    "船在中午沉没",
    "السفينة",
    "🛳️",
    "1961",
    "Kirby's",
    "naïve",
)
ENDS = (". ", ".\n\n", "! ", "。", "?\n", ".\n\nTue Jun 18 2024\n\n")

texts = st.lists(
    st.tuples(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), st.sampled_from(ENDS)),
    min_size=1,
    max_size=6,
).map(lambda parts: "".join(text + end for text, end in parts))


class LibraryMachine(RuleBasedStateMachine):
    """The assistant beside a dict: article id -> its text."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="footnote-model-"))
        self.texts: dict[str, str] = {}
        self.seen: set[str] = set()
        self.cited: list[tuple[Answer, dict[str, str]]] = []

    @initialize()
    def open(self) -> None:
        self.embedder = HashEmbedder()
        self.assistant = Assistant.open(self.folder, embedder=self.embedder, reader=EagerReader(passages=3))

    def teardown(self) -> None:
        self.assistant.close()
        shutil.rmtree(self.folder)

    @rule(source=st.sampled_from(SOURCES), text=texts)
    def add(self, source: str, text: str) -> None:
        report = self.assistant.add(Article(text, title="A title", source=source))
        (article_id,) = report.added + report.replaced + report.unchanged
        stored = self.assistant.article(article_id).text
        known = self.texts.get(article_id)
        if report.added:
            assert known is None
            assert stored not in self.texts.values()
        elif report.replaced:
            assert known not in (None, stored)
        else:
            assert known == stored
        self.texts[article_id] = stored
        self.seen.add(stored)

    @rule(first=texts, second=texts)
    def add_several(self, first: str, second: str) -> None:
        report = self.assistant.add([Article(first, source="a"), Article(second, source="b")])
        for article_id in report.added + report.replaced + report.unchanged:
            self.texts[article_id] = self.assistant.article(article_id).text
            self.seen.add(self.texts[article_id])

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def add_again(self, data: st.DataObject) -> None:
        article = self.assistant.article(data.draw(st.sampled_from(sorted(self.texts))))
        embedded = self.embedder.calls
        assert self.assistant.add(article) == AddReport(unchanged=(article.id,))
        assert self.embedder.calls == embedded

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        article_id = data.draw(st.sampled_from(sorted(self.texts)))
        self.assistant.remove(article_id)
        del self.texts[article_id]

    @precondition(lambda self: self.texts)
    @rule(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).filter(lambda words: words != ["🛳️"]))
    def ask(self, words: list[str]) -> None:
        answer = self.assistant.ask(f"What about {' '.join(words)} then?")
        for citation in answer.citations + answer.closest:
            assert self.texts[citation.article_id][citation.start : citation.end] == citation.quote
            assert not citation.stale
        for item in answer.evidence:
            passage = item.passage
            assert self.texts[passage.article_id][passage.start : passage.end] == passage.text
        if any(word.casefold() in text.casefold() for word in words for text in self.texts.values()):
            assert answer.evidence
        self.cited.append((answer, dict(self.assistant_versions())))

    @rule()
    def reopen(self) -> None:
        self.assistant.close()
        self.assistant = Assistant.open(self.folder, embedder=self.embedder, reader=EagerReader(passages=3))

    @rule()
    def lose_the_vectors(self) -> None:
        self.assistant.close()
        shutil.rmtree(self.folder / "vectors", ignore_errors=True)
        self.assistant = Assistant.open(self.folder, embedder=self.embedder, reader=EagerReader(passages=3))

    @rule()
    def look_at_the_vectors(self) -> None:
        if self.texts:
            self.assistant.warm()
        assert self.assistant.vector_problems() == []

    def assistant_versions(self) -> dict[str, str]:
        return {article.id: article.content_hash for article in self.assistant.articles()}

    @invariant()
    def articles_are_those_of_the_dict(self) -> None:
        assert {article.id: article.text for article in self.assistant.articles()} == self.texts
        assert self.assistant.library_problems() == []

    @invariant()
    def citations_are_stale_exactly_when_their_version_is_gone(self) -> None:
        now = self.assistant_versions()
        refreshed = self.assistant.refreshed([answer for answer, _ in self.cited])
        for answer in refreshed:
            for citation in answer.citations:
                assert citation.stale == (now.get(citation.article_id) != citation.content_hash)

    @invariant()
    def every_article_can_be_cut_and_found(self) -> None:
        for article in self.assistant.articles():
            passages = split(article, self.embedder.count_tokens, self.embedder.max_tokens)
            assert [article.text[p.start : p.end] for p in passages] == [p.text for p in passages]


TestLibrary = pytest.mark.system(LibraryMachine.TestCase)
TestLibrary.settings = settings(max_examples=examples(60), stateful_step_count=20)

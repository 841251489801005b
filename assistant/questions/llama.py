"""A llama-index query engine, chat engine or retriever as an assistant that question sets can ask.

Its source nodes become evidence: the text of each is looked for in the articles, since a node's own `start_char_idx` is found by
text search in llama-index and is wrong where a text occurs twice. Quotes in its response that stand in these nodes become the
citations; a sentence without such a quote is cited by all nodes, which llama-index gives as the sources of a response.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from assistant.core.answer import Answer, AnswerSentence, Citation, Dropped, Trace
from assistant.core.turns import Turn
from assistant.questions.spec.wordings import holds
from index.article import Article, Passage
from index.evidence import Evidence
from index.sentences import sentences

REFUSALS = ("Empty Response",)
"""What llama-index answers when it found no node."""

_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“”]+)[“”]")
_SPACE = re.compile(r"\s+")


class LlamaIndexAssistant:
    """Makes any llama-index engine testable with a question set: `run(question_set, LlamaIndexAssistant(engine, articles))`.

    A query engine or a retriever has no memory and is asked each question as it stands; a chat engine is given the turns before.
    An engine without a text of its own (a retriever, or `response_mode="no_text"`) is taken to answer with its best node.
    """

    def __init__(self, engine: Any, articles: Sequence[Article], *, refusals: Sequence[str] = REFUSALS) -> None:
        """Wrap an engine.

        Args:
            engine: has `query`, `chat` or `retrieve`. A chat engine holds a conversation: give `run` one worker.
            articles: what the engine's index was made from, e.g. by `documents`; nodes and quotes are looked for in them.
            refusals: wordings, as in a question set's `answers`, by which the engine refuses to answer.

        Raises:
            TypeError: it has none of the three.
        """
        if not any(hasattr(engine, name) for name in ("query", "chat", "retrieve")):
            raise TypeError(f"{type(engine).__name__} has neither query, chat nor retrieve; give a llama-index engine.")
        self._engine = engine
        self._articles = tuple(articles)
        self._refusals = tuple(refusals)

    def articles(self) -> tuple[Article, ...]:
        """The articles in which nodes and quotes are looked for."""
        return self._articles

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """Answer one question.

        Args:
            question: as it is asked.
            history: the turns before, oldest first; for a chat engine.
        """
        said, nodes = self._response(question, history)
        located = [(node, self._locate(node)) for node in nodes]
        evidence = tuple(found for _, found in located if found)
        lost = tuple(
            Dropped(_text(node)[:80], "this node stands in no article") for node, found in located if not found
        )
        # A chat engine does not report the standalone question.
        remembers = bool(history) and not hasattr(self._engine, "query")
        trace = Trace(
            "" if remembers else question,
            tuple((found.passage.id, found.score) for found in evidence),
            fingerprint=type(self._engine).__name__,
            dropped=lost,
            searched=tuple(found.passage.id for found in evidence),
        )
        base = Answer(question, "not_found", evidence=evidence, message=said, trace=trace)
        if (said and any(holds(said, wording) for wording in self._refusals)) or not (said or evidence):
            return base
        answered, citations = self._cited(said, evidence) if said else self._quoted(evidence[0])
        confidence = min(max(evidence[0].score, 0.0), 1.0) if evidence else 0.0
        return replace(
            base, status="answered", sentences=answered, citations=citations, confidence=confidence, message=""
        )

    def _response(self, question: str, history: Sequence[Turn]) -> tuple[str, Sequence[Any]]:
        """What the engine says, "" for nothing, and its source nodes."""
        if hasattr(self._engine, "query"):
            response = self._engine.query(question)
        elif hasattr(self._engine, "chat"):
            response = self._engine.chat(question, chat_history=list(_messages(history)))
        else:
            return "", self._engine.retrieve(question)
        return str(response.response or "").strip(), response.source_nodes

    def _locate(self, node: Any) -> Evidence | None:
        """A node as evidence; None if its text stands in no article."""
        text, start = _text(node), getattr(node.node, "start_char_idx", None)
        first = [article for article in self._articles if article.id == node.node.ref_doc_id]
        for article in [*first, *self._articles]:
            if span := _span(text, article.text, start):
                passage = Passage(node.node.node_id, article.id, *span, article.text[slice(*span)], 0)
                return Evidence(passage, float(node.score or 0.0), title=article.title)
        return None

    def _quoted(self, best: Evidence) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
        """The best node as an answer."""
        passage = best.passage
        article = next(article for article in self._articles if article.id == passage.article_id)
        cited = _citation(1, (passage.article_id, passage.start, passage.end), article)
        return (AnswerSentence(f"“{passage.text}”", (1,)),), (cited,)

    def _cited(
        self, said: str, evidence: Sequence[Evidence]
    ) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
        """The sentences of the response with the numbers of their citations, and the citations."""
        articles = {article.id: article for article in self._articles}
        whole = [(one.passage.article_id, one.passage.start, one.passage.end) for one in evidence]
        numbers: dict[tuple[str, int, int], int] = {}
        answered: list[AnswerSentence] = []
        for start, end in sentences(said):
            places = list(_quotes(said[start:end], evidence)) or whole
            used = tuple(dict.fromkeys(numbers.setdefault(place, len(numbers) + 1) for place in places))
            answered.append(AnswerSentence(said[start:end], used))
        return tuple(answered), tuple(_citation(number, place, articles[place[0]]) for place, number in numbers.items())


def documents(articles: Sequence[Article]) -> list[Any]:
    """Articles as llama-index Documents, to make an index from: the document's id is the article's."""
    from llama_index.core import Document

    return [Document(text=article.text, id_=article.id, metadata={"title": article.title}) for article in articles]


def _text(node: Any) -> str:
    return str(node.node.get_content())


def _span(text: str, within: str, hint: int | None) -> tuple[int, int] | None:
    """Find a text, whatever its spaces: at `hint` (a character offset) if it stands there, else at its first place."""
    text = text.strip()
    if not text:
        return None
    if hint is not None and within.startswith(text, hint):
        return hint, hint + len(text)
    if (start := within.find(text)) >= 0:
        return start, start + len(text)
    # Splitters put their own space between sentences.
    found = re.search(r"\s+".join(map(re.escape, text.split())), within)
    return found.span() if found else None


def _quotes(sentence: str, evidence: Sequence[Evidence]) -> Iterator[tuple[str, int, int]]:
    """Find a sentence's quotes, or the whole sentence, in the evidence: (article id, start, end)."""
    wanted = [next(filter(None, match.groups())) for match in _QUOTED.finditer(sentence)] + [sentence.strip('“”"«»„ ')]
    for text in wanted:
        for one in evidence:
            if span := _span(text, one.passage.text, None):
                yield one.passage.article_id, one.passage.start + span[0], one.passage.start + span[1]
                break


def _citation(number: int, place: tuple[str, int, int], article: Article) -> Citation:
    _, start, end = place
    return Citation(number, article.id, article.title, start, end, article.text[start:end], article.content_hash)


def _messages(history: Sequence[Turn]) -> Iterator[Any]:
    from llama_index.core.llms import ChatMessage

    for turn in history:
        yield ChatMessage(role="user", content=turn.question)
        yield ChatMessage(role="assistant", content=_SPACE.sub(" ", turn.answer.text))

"""Next questions: what an article answers, found by asking it candidates in the background, and which of these to offer when."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant import sample
from assistant.core.answer import Answer
from assistant.core.protocols import AnswersQuestions
from assistant.core.turns import Turn
from assistant.questions.candidates import Candidate, Wordings, candidates
from assistant.questions.examples import LEAST_CONFIDENCE
from assistant.questions.quiet import Quiet
from index.article import Article
from index.spans import Span

MOST = 3
_KEPT = 12
"""So many questions are found for an article: enough for a conversation about it."""
_CANDIDATES = 30
_SECONDS = 60.0
_WANTED = 8
_REMEMBERED = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that an article answers.

    Attributes:
        question: as it is asked, of this article.
        spans: where the quotes of its answer stand, start and end.
    """

    question: str
    spans: tuple[Span, ...]


@dataclass(slots=True)
class _Looked:
    """How far one version of an article has been looked at: what was found, and what is to be asked yet, the next one last."""

    found: list[Suggestion] = field(default_factory=list)
    left: list[Candidate] | None = None
    until: float = 0.0

    @property
    def over(self) -> bool:
        return self.left is not None and (not self.left or len(self.found) >= _KEPT)


class Suggestions:
    """Finds what articles answer, one question at a time, the article wanted last first; remembers it for each version."""

    def __init__(self, assistant: AnswersQuestions, quiet: Quiet, wordings: Wordings | None = None) -> None:
        """For the articles of one assistant.

        Args:
            assistant: is asked the candidates.
            quiet: for whose users the search waits.
            wordings: how the questions are put; None = in English.
        """
        self._assistant = assistant
        self._quiet = quiet
        self._wordings = wordings or Wordings()
        self._looked: OrderedDict[str, _Looked] = OrderedDict()
        self._wanted: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def look(self, article_id: str) -> None:
        """Start to look for what an article answers, before all others. Returns at once."""
        with self._lock:
            self._wanted[article_id] = None
            self._wanted.move_to_end(article_id)
            while len(self._wanted) > _WANTED:
                self._wanted.popitem(last=False)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="footnote-suggestions")
                self._thread.start()

    def looking(self, article_id: str) -> bool:
        """Whether more may be found for an article yet."""
        with self._lock:
            return article_id in self._wanted

    def wait(self, seconds: float) -> bool:
        """Wait for the search to end; False if it has not ended in time."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def known(self, content_hash: str) -> tuple[Suggestion, ...]:
        """What has been found for a version of an article, the best first. Asks no question."""
        looked = self._looked.get(content_hash)
        return tuple(looked.found) if looked else ()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._wanted:
                    self._thread = None
                    return
                article_id = next(reversed(self._wanted))
            try:
                more = self._ask_next(article_id)
            except Exception:
                # The library may have been closed or the article removed; no user should see an error because of this.
                _log.debug("looking for next questions", exc_info=True)
                more = False
            if not more:
                with self._lock:
                    self._wanted.pop(article_id, None)

    def _ask_next(self, article_id: str) -> bool:
        """Ask an article its next candidate; False if there is no need to go on."""
        with self._quiet.alone():
            article = self._assistant.article(article_id)
            looked = self._looked_at(article)
            if looked.over or time.monotonic() > looked.until:
                return False
            candidate = (looked.left or []).pop()
            if suggestion := self._answered(candidate, article):
                looked.found.append(suggestion)
        return not looked.over

    def _looked_at(self, article: Article) -> _Looked:
        looked = self._looked.setdefault(article.content_hash, _Looked())
        if looked.left is None:
            own = sample.example_questions() if Path(article.source).name == sample.sample_path().name else ()
            first = [Candidate(question, 0, len(article.text)) for question in own]
            looked.left = [*first, *candidates(article, self._wordings)][:_CANDIDATES][::-1]
            looked.until = time.monotonic() + _SECONDS
            while len(self._looked) > _REMEMBERED:
                self._looked.popitem(last=False)
        return looked

    def _answered(self, candidate: Candidate, article: Article) -> Suggestion | None:
        """The candidate, if the article answers it surely, and from where it was made of."""
        # Without the language model: its tokens may cost money, and no user asked this.
        answer = self._assistant.ask(
            candidate.question, articles=(article.id,), standalone=candidate.question, llm=False
        )
        sure = answer.status == "answered" and answer.confidence >= LEAST_CONFIDENCE
        spans = tuple((one.start, one.end) for one in answer.citations if one.content_hash == article.content_hash)
        meant = _within(spans, [(candidate.start, candidate.end)])
        return Suggestion(candidate.question, spans) if sure and spans and meant else None


def suggested_article(answer: Answer, articles: Sequence[str] | None) -> str:
    """Id of the article that next questions are to be about; empty if there is none.

    The first that the answer cites; after a refusal the one that alone was asked, else the closest.

    Args:
        answer: the last one.
        articles: ids of the articles that were asked; None = all.
    """
    if answer.status == "answered":
        return answer.citations[0].article_id
    if answer.status != "not_found":
        return ""
    if articles and len(articles) == 1:
        return articles[0]
    near = [*(one.article_id for one in answer.closest), *(one.passage.article_id for one in answer.evidence)]
    return near[0] if near else ""


def next_questions(known: Sequence[Suggestion], content_hash: str, turns: Sequence[Turn]) -> tuple[str, ...]:
    """At most three of the questions: such as were not asked in a conversation, and say more than it has quoted.

    Args:
        known: what the article answers.
        content_hash: its version.
        turns: the conversation so far.
    """
    asked = {_words(words) for turn in turns for words in (turn.question, turn.answer.trace.standalone_question)}
    told = [(one.start, one.end) for turn in turns for one in turn.answer.citations if one.content_hash == content_hash]
    new: list[Suggestion] = []
    for one in known:
        # Two questions with the same answer are one.
        if _words(one.question) not in asked and not _within(one.spans, told) and len(new) < MOST:
            new.append(one)
            asked.add(_words(one.question))
            told += one.spans
    return tuple(one.question for one in new)


def _within(spans: Sequence[Span], told: Sequence[Span]) -> bool:
    """Whether all spans stand within ones that were told."""
    return all(any(start <= a and b <= end for start, end in told) for a, b in spans)


def _words(question: str) -> str:
    """A question without its case and signs."""
    return " ".join(re.findall(r"\w+", question.casefold()))

"""Example questions for the page: a few that the articles really answer, found by asking candidates in the background."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from pathlib import Path

from assistant import sample
from assistant.core.protocols import AnswersQuestions
from assistant.questions.candidates import Wordings, candidates
from assistant.questions.quiet import Quiet
from index.article import Article, ArticleEntry

MOST = 3
LEAST_CONFIDENCE = 0.75
"""Least confidence of an answer whose question is offered as an example."""

_SECONDS = 2.0
_ARTICLES = 3
"""How many articles are looked at, the newest first."""
_CANDIDATES = 8
_REMEMBERED = 100

_log = logging.getLogger(__name__)


class Examples:
    """Finds example questions in a background thread, remembers them for each version of an article, and makes way for users.

    Attributes:
        quiet: tells of users who wait for an answer; for them the search waits.
    """

    def __init__(
        self, assistant: AnswersQuestions, wordings: Wordings | None = None, seconds: float = _SECONDS
    ) -> None:
        """For the articles of one assistant.

        Args:
            assistant: is asked the candidates.
            wordings: how the questions are put; None = in English.
            seconds: how long a search may take; candidates not asked by then are left out.
        """
        self._assistant = assistant
        self._wordings = wordings or Wordings()
        self._seconds = seconds
        self._found: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._again = False
        self.quiet = Quiet()

    def now(self) -> tuple[str, ...]:
        """The examples known for the newest articles in their current versions. Asks no question."""
        found = [question for entry in self._newest() for question in self._known(entry) or ()]
        return tuple(dict.fromkeys(found))[:MOST]

    def look(self) -> None:
        """Start to look for more, unless there are enough or every article was looked at. Returns at once."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                self._again = True
            elif self._missing():
                self._thread = threading.Thread(target=self._run, name="footnote-examples")
                self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait for a running search to end; False if it has not ended in time."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def _newest(self) -> tuple[ArticleEntry, ...]:
        return self._assistant.entries(limit=_ARTICLES)

    def _known(self, entry: ArticleEntry) -> tuple[str, ...] | None:
        """An article's questions; None if it has not been looked at. The sample brings its own."""
        if Path(entry.source).name == sample.sample_path().name:
            return sample.example_questions()
        return self._found.get(entry.content_hash)

    def _missing(self) -> list[str]:
        """Ids of the articles that have not been looked at, newest first, as far as examples are wanted."""
        missing: list[str] = []
        count = 0
        for entry in self._newest():
            known = self._known(entry)
            if known is None:
                missing.append(entry.id)
            count += len(known or ())
            if count >= MOST:
                break
        return missing

    def _run(self) -> None:
        try:
            until = time.monotonic() + self._seconds
            while time.monotonic() < until and (missing := self._missing()):
                self._look_at(self._assistant.article(missing[0]), until)
        except Exception:
            # The library may have been closed or an article removed; no user should see an error because of examples.
            _log.debug("looking for examples", exc_info=True)
        finally:
            with self._lock:
                self._thread, again, self._again = None, self._again, False
            if again:
                self.look()

    def _look_at(self, article: Article, until: float) -> None:
        good: list[str] = []
        for candidate in candidates(article, self._wordings)[:_CANDIDATES]:
            with self.quiet.alone():
                if time.monotonic() > until or len(good) == MOST:
                    break
                if self._is_answered(candidate.question, article):
                    good.append(candidate.question)
        with self._lock:
            self._found[article.content_hash] = tuple(good)
            while len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)

    def _is_answered(self, question: str, article: Article) -> bool:
        # Without the language model: its tokens may cost money, and no user asked this.
        answer = self._assistant.ask(question, llm=False)
        cites = any(citation.article_id == article.id for citation in answer.citations)
        return answer.status == "answered" and answer.confidence >= LEAST_CONFIDENCE and cites

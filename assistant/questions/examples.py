"""Example questions for the page: a few that the articles really answer, found by asking candidates in the background."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant import sample
from assistant.core.protocols import AnswersQuestions
from index.article import Article, ArticleEntry
from index.stopwords import STOP_WORDS

MOST = 3
LEAST_CONFIDENCE = 0.75
"""Least confidence of an answer whose question is offered as an example."""

_SECONDS = 2.0
_ARTICLES = 3
"""How many articles are looked at, the newest first."""
_READ_CHARS = 20_000
"""How many characters of an article are looked at; people named further down are seldom what it is about."""
_CANDIDATES = 8
_REMEMBERED = 100
_SECONDS_TO_QUIET = 10.0

_TITLES = frozenset(
    "president minister secretary general king queen prince princess mr mrs ms miss dr sir lord lady professor prof captain "
    "spokesman spokeswoman spokesperson leader chancellor senator judge coach director manager mayor governor chief".split()
)
_WORD = r"[A-ZÀ-ÖØ-Þ][\w’'-]+"
_NAME = rf"(?P<name>{_WORD}(?:[ ]{_WORD}|[ ](?:de|da|di|van|von|der|al|bin)[ ]{_WORD}){{1,3}})"
_SPEAKER = re.compile(
    rf"\b{_NAME}[ ](?:said|says|told|wrote|noted|added|remarked|argued|explained|claimed|warned|stated|announced)\b"
)
_TITLED = re.compile(rf"\b(?i:{'|'.join(sorted(_TITLES))})\.?[ ]{_NAME}")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wordings:
    """Templates of the questions, in the user's language; `{name}` stands for a person.

    Attributes:
        said: asks what somebody said.
        who: asks who somebody is.
        about: asks what an article is about.
        published: asks when it was published.
    """

    said: str = "What did {name} say?"
    who: str = "Who is {name}?"
    about: str = "What is this about?"
    published: str = "When was it published?"


class Examples:
    """Finds example questions in a background thread, remembers them for each version of an article, and makes way for users."""

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
        self._asking = 0
        self._quiet = threading.Event()
        self._quiet.set()

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

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Ask no candidate inside this block: a user waits for an answer."""
        with self._lock:
            self._asking += 1
            self._quiet.clear()
        try:
            yield
        finally:
            with self._lock:
                self._asking -= 1
                if not self._asking:
                    self._quiet.set()

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
        for question in candidates(article, self._wordings):
            self._quiet.wait(_SECONDS_TO_QUIET)
            if time.monotonic() > until or len(good) == MOST:
                break
            if self._is_answered(question, article):
                good.append(question)
        with self._lock:
            self._found[article.content_hash] = tuple(good)
            while len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)

    def _is_answered(self, question: str, article: Article) -> bool:
        # Without the language model: its tokens may cost money, and no user asked this.
        answer = self._assistant.ask(question, llm=False)
        cites = any(citation.article_id == article.id for citation in answer.citations)
        return answer.status == "answered" and answer.confidence >= LEAST_CONFIDENCE and cites


def candidates(article: Article, wordings: Wordings) -> list[str]:
    """Questions that the article may answer, the most specific first: who said what, what it is about, who is who, when."""
    text = article.text[:_READ_CHARS]
    speakers = _people(_SPEAKER, text)
    titled = [name for name in _people(_TITLED, text) if name not in speakers]
    said = [wordings.said.format(name=name) for name in speakers]
    who = [wordings.who.format(name=name) for name in (*titled, *speakers)]
    dated = [wordings.published] if article.published else []
    ordered = [*said[:1], *who[:1], wordings.about, *dated, *said[1:3], *who[1:3]]
    return list(dict.fromkeys(ordered))[:_CANDIDATES]


def _people(pattern: re.Pattern[str], text: str) -> list[str]:
    """Full names (first and last) that the pattern finds, in the order of the text, without titles."""
    found: list[str] = []
    for match in pattern.finditer(text):
        words = match["name"].split()
        while words and (words[0].lower() in _TITLES or words[0].lower() in STOP_WORDS):
            del words[0]
        if len(words) >= 2:
            found.append(" ".join(words))
    return list(dict.fromkeys(found))

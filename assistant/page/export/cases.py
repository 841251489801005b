"""Turns answers with a thumbs-down into draft cases of a question set, as YAML that its loader accepts.

A thumbs-down says that another answer was expected. The words that the user chose in the article become the expected
evidence; what he wrote becomes an accepted wording if it is short. Since every case must expect something, a case without
either gets a placeholder, and its note says that somebody must decide.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from assistant.core.answer import Citation
from assistant.core.errors import LibraryError
from assistant.core.turns import KeptTurn, Rating
from assistant.page.events.inputs import line, text
from assistant.page.events.views import short_source, spoken_date
from assistant.page.words import say
from assistant.understanding.followup.history import HISTORY_TURNS
from index.article import Article

ArticleOf = Callable[[str], Article]
"""Article id -> the article in its current version; raises LibraryError if there is none."""

_WORDING_CHARS = 80
_WORDING_WORDS = 10
"""Longest accepted wording; a longer text is taken for an explanation."""
_MOST_QUOTES = 20
"""How many quotes a case expects at most: a long list has one for each item."""
_MOST_READ = 3
"""How many of the passages that were read tell which articles a refusal was made from."""
_MOST_ANSWER_CHARS = 4_000
_ID_WORDS = 6
_SAYS_NOTHING = re.compile(
    r"\s*(?:(?:the |this )?(?:articles?|texts?|it|they) (?:do(?:es)?(?: not|n['’]t)|never) (?:say|tell|mention|state)\b.*"
    r"|(?:it (?:is|was) )?not (?:in|stated|said|mentioned|answer(?:ed|able))\b.*"
    r"|nothing|no answer|not found|unanswerable)[\s.!]*",
    re.IGNORECASE | re.DOTALL,
)
_FILE = re.compile(r"\.(?:txt|md|html?|pdf)$", re.IGNORECASE)


class Drafts:
    """Collects draft cases from one conversation after the other."""

    def __init__(self, article_of: ArticleOf) -> None:
        """Take the lookup of articles in their current versions."""
        self._article_of = article_of
        self._known: dict[str, Article | None] = {}
        self._used: dict[str, Article] = {}
        self._cases: dict[str, dict[str, Any]] = {}

    def __len__(self) -> int:
        """How many cases there are."""
        return len(self._cases)

    def add(self, turns: Iterable[KeptTurn]) -> None:
        """Make a case of each thumbs-down in a conversation. Small talk is skipped: it is no question.

        Args:
            turns: all turns of one conversation, oldest first.
        """
        before: deque[KeptTurn] = deque(maxlen=HISTORY_TURNS)
        for kept in turns:
            if kept.turn.answer.status == "small_talk":
                continue
            if kept.rating is not None and kept.rating.verdict == "down" and _question(kept):
                self._add(before, kept, kept.rating)
            before.append(kept)

    def to_yaml(self, others: Sequence[Article] = ()) -> str:
        """The question set.

        Args:
            others: articles to name if the cases name none, since a set must name one.

        Raises:
            LibraryError: there is no article to name.
        """
        from assistant.questions.spec.writing import to_yaml

        used = list(self._used.values()) or list(others)
        if not used:
            raise LibraryError(say("nothing_to_export"))
        names = _file_names(used)
        lines = [say("cases_header"), say("cases_articles")]
        lines += [f"  {'  '.join(_told(name, article))}" for name, article in names.items()]
        data = {"version": 1, "articles": list(names), "cases": list(self._cases.values())}
        return "".join(f"# {text}\n" for text in lines) + to_yaml(data)

    def _add(self, before: Iterable[KeptTurn], kept: KeptTurn, rating: Rating) -> None:
        expected, notes = self._expected(kept, rating)
        case: dict[str, Any] = {"id": self._id(_question(kept))}
        turns = self._history(before) if _leans_on_history(kept) else []
        if turns:
            case["turns"] = [*turns, {"question": _question(kept), **expected}]
        else:
            case |= {"question": kept.turn.answer.trace.standalone_question.strip() or _question(kept), **expected}
        self._cases[case["id"]] = {**case, "tags": ["draft"], "note": "\n".join(notes)}
        self._use(kept)

    def _history(self, before: Iterable[KeptTurn]) -> list[dict[str, Any]]:
        """The turns before, each expecting the quotes of its answer; without those whose quotes have gone from the articles."""
        turns: list[dict[str, Any]] = []
        for kept in before:
            expected: dict[str, Any] = {"answerable": False}
            if kept.rating is not None and kept.rating.verdict == "down":
                expected, _ = self._expected(kept, kept.rating)
            elif kept.turn.answer.status == "answered":
                expected = {"evidence": self._quotes(kept.turn.answer.citations)}
                expected |= (
                    {"verdict": kept.turn.answer.verdict} if expected["evidence"] and kept.turn.answer.verdict else {}
                )
            if _question(kept) and expected != {"evidence": []}:
                # The turns before the first one are cut off, so it is asked as its standalone question.
                alone = kept.turn.answer.trace.standalone_question.strip()
                turns.append({"question": _question(kept) if turns else alone or _question(kept), **expected})
                self._use(kept)
        return turns

    def _expected(self, kept: KeptTurn, rating: Rating) -> tuple[dict[str, Any], list[str]]:
        """The expected answer as keys of a case, and notes for its reader."""
        answer, said = kept.turn.answer, text(rating.said).strip()
        key = "case_answered" if answer.status == "answered" else "case_refused"
        notes = [say(key, answer=text(answer.text, _MOST_ANSWER_CHARS))]
        if said:
            notes.append(say("case_said", text=said))
        expected: dict[str, Any] = {}
        if rating.quote is None and _SAYS_NOTHING.fullmatch(said):
            return {"answerable": False}, notes
        expected |= _wanted(said)
        if rating.quote is not None:
            expected |= _evidence(self._quotes([rating.quote]))
            notes += [] if "evidence" in expected else [say("case_quote_gone")]
        if not expected and answer.status != "answered":
            expected = _evidence(self._quotes(answer.closest))
            notes += [say("case_closest")] if expected else []
        if not expected:
            return {"answerable": False}, [*notes, say("case_undecided")]
        return expected, notes

    def _quotes(self, citations: Iterable[Citation]) -> list[str]:
        """The quotes that stand in the current version of their article; the set then names these articles."""
        found: list[str] = []
        for citation in citations:
            article = self._article(citation.article_id)
            if article and citation.quote.strip() and citation.quote in article.text and len(found) < _MOST_QUOTES:
                found.append(citation.quote)
                self._used.setdefault(article.id, article)
        return list(dict.fromkeys(found))

    def _use(self, kept: KeptTurn) -> None:
        """Make the set name the articles that an answer was made from."""
        answer = kept.turn.answer
        cited = [citation.article_id for citation in (*answer.citations, *answer.closest)]
        read = [item.passage.article_id for item in answer.evidence[:_MOST_READ]]
        for article_id in cited or read:
            if article := self._article(article_id):
                self._used.setdefault(article.id, article)

    def _article(self, article_id: str) -> Article | None:
        if article_id not in self._known:
            try:
                self._known[article_id] = self._article_of(article_id)
            except LibraryError:
                self._known[article_id] = None
        return self._known[article_id]

    def _id(self, question: str) -> str:
        base = _slug(question) or "case"
        numbered = (f"{base}-{n}" for n in range(2, len(self._cases) + 3))
        return next(name for name in (base, *numbered) if name not in self._cases)


def _told(name: str, article: Article) -> Iterator[str]:
    """What is said of an article of the set: its file, its version, its date."""
    yield line(name, 300)
    yield f"SHA-256 {article.content_hash}"
    if article.published:
        yield spoken_date(article.published)


def _question(kept: KeptTurn) -> str:
    return text(kept.turn.question).strip()


def _leans_on_history(kept: KeptTurn) -> bool:
    answer = kept.turn.answer
    return answer.status == "unclear" or answer.trace.standalone_question.split() != kept.turn.question.split()


def _evidence(quotes: list[str]) -> dict[str, Any]:
    return {"evidence": quotes} if quotes else {}


def _wanted(said: str) -> dict[str, Any]:
    """What the user wrote as an expectation: a bare yes or no is the verdict, a short text is a wording."""
    from assistant.questions.spec.wordings import verdict_of

    if verdict := verdict_of(said):
        return {"verdict": verdict}
    return {"answers": [said]} if _is_wording(said) else {}


def _is_wording(said: str) -> bool:
    """Whether a text can be an accepted wording: short, with words, and not read as a regular expression by the loader."""
    short = len(said) <= _WORDING_CHARS and len(said.split()) <= _WORDING_WORDS and "\n" not in said
    # The grading drops punctuation, apostrophes and a/an/the; a word must be left.
    counted = [word for word in re.findall(r"\w+", said.lower()) if word not in {"a", "an", "the", "s"}]
    return short and bool(counted) and not (said.startswith("/") and said.endswith("/"))


def _file_names(articles: Iterable[Article]) -> dict[str, Article]:
    """The path of each article relative to the set: its file's name, or a made-up one for a text without a file.

    Never the whole path: sets are shared, and the folders of the machine they were made on are private.
    """
    names: dict[str, Article] = {}
    for article in articles:
        source = short_source(article.source).strip()
        is_file = "://" not in source and _FILE.search(source)
        name = source if is_file else f"{_slug(article.title) or article.id}.txt"
        names[f"{article.id}-{name}" if name in names else name] = article
    return names


def _slug(title: str) -> str:
    """Turn a few words into a name of lower-case letters, digits and hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower())[:_ID_WORDS])[:60].strip("-")

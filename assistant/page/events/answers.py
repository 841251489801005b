"""The events that answer: `ask` for programs, `chat` for the page, and `find_support` for words that somebody selected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from assistant.answering.checking import MAX_QUESTION_CHARS
from assistant.core.answer import Answer
from assistant.core.events import Done, Event, Found, Searching, SentenceDropped, SentenceProven, Waiting
from assistant.core.protocols import AnswersQuestions
from assistant.core.query import Query
from assistant.core.standalone import reworded
from assistant.core.turns import Turn
from assistant.page.chats import Chats
from assistant.page.events import inputs, views
from assistant.page.events.handling import Told, preparing, queued, quick
from assistant.page.events.views import CitationView
from assistant.page.export.footnotes import OriginOf
from assistant.page.preparation import Preparation
from assistant.questions.quiet import Quiet


class Answers:
    """Handlers of the events that answer."""

    def __init__(
        self,
        assistant: AnswersQuestions,
        preparation: Preparation,
        chats: Chats,
        quiet: Quiet,
        origin_of: OriginOf,
    ) -> None:
        """Over one assistant, whose models are being loaded by the preparation; `quiet` is told of who waits."""
        self._assistant = assistant
        self._preparation = preparation
        self._chats = chats
        self._quiet = quiet
        self._origin_of = origin_of

    @quick
    def ask(self, question: str, articles: list[str] | None = None) -> dict[str, Any]:
        """Answer one question from the articles: the JSON of `Answer.to_dict()`, every sentence with proven quotes.

        Args:
            question: In words, to be understood alone; at most 2,000 characters.
            articles: Ids of the articles to ask; none = all.

        Returns:
            The answer. Its "status" is "answered", "not_found" (the articles don't say), "unclear", or "small_talk"
            (thanks and the like, which nothing is searched for).
        """
        self._preparation.wait()
        with self._quiet.paused():
            return self._assistant.ask(inputs.text(question), articles=inputs.article_ids(articles)).to_dict()

    @queued
    def chat(
        self, visitor: str, conversation: str, question: str, articles: list[str] | None, standalone: str | None
    ) -> Iterator[Told]:
        """Ask in a conversation. Yields what happens, last that it is "answered" or has "failed".

        The turn is kept when all of the answer has been told. Who leaves or stops before that leaves nothing behind, and
        ends the work, at a language model's server too: a client that is gone is noticed whenever something is yielded.
        So something is yielded several times a second, and once more between the reading and the keeping.

        Args:
            visitor: the browser's own token; "" = nobody, for whom nothing is kept.
            conversation: its id; "" = a new one.
            question: at most 2,000 characters; may lean on the turns before.
            articles: ids of the articles to ask; null = all.
            standalone: the question as it is to be searched, corrected by the user; null = made from the question.

        Yields:
            {"event": "preparing", "note"}: models are being loaded; about four times a second.
            {"event": "searching", "question"}: the standalone question where it differs (as `searched` in TurnView); else "".
            {"event": "reading"}: passages were found and are being read.
            {"event": "writing", "seconds"}: a language model is being waited for, since so long; about four times a second.
            {"event": "sentence", "sentence": SentenceView, "citations": [CitationView]}: one proven sentence.
            {"event": "dropped", "reason"}: a sentence that could not be proven (reason as in LeftOutView); never its text.
            {"event": "keeping"}: all has been said.
            {"event": "answered", "turn": TurnView, "conversation": ConversationView, "notice"}: all of it; it is kept.
            {"event": "failed", "message"}: why not; the conversation is as it was.
        """
        yield from preparing(self._preparation)
        owner, name = inputs.owner_of(visitor), inputs.identifier(conversation)
        answer: Answer | None = None
        with self._quiet.paused():
            query = Query(
                inputs.text(question),
                self._chats.history(owner, name),
                inputs.article_ids(articles),
                inputs.text(standalone) or None,
            )
            with closing(self._assistant.stream(query)) as events:
                for event in events:
                    yield self._told(event, query.text)
                    if isinstance(event, Done):
                        answer = event.answer
        assert answer is not None
        yield self._kept(owner, name, answer)

    @quick
    def find_support(self, words: str, articles: list[str] | None) -> CitationView | None:
        """The quote that supports some words best, however far it is from them; null if there is none.

        The page looks first whether the words stand in a quote that it shows; this is for all others.

        Args:
            words: what somebody selected; at most 2,000 characters count.
            articles: ids of the articles to look in; null = all.
        """
        self._preparation.wait()
        wanted = inputs.text(words, MAX_QUESTION_CHARS).strip()
        if not any(letter.isalnum() for letter in wanted):
            return None
        found = self._assistant.find(wanted, articles=inputs.article_ids(articles), limit=1)
        return views.citation_view(found[0], self._origin_of) if found else None

    def _kept(self, owner: str, conversation: str, answer: Answer) -> Told:
        kept = self._chats.keep(owner, conversation, answer)
        return {
            "event": "answered",
            "turn": views.turn_view(kept.number, Turn(answer.question, answer), self._origin_of),
            "conversation": views.conversation_view(kept.stored),
            "notice": kept.notice,
        }

    def _told(self, event: Event, asked: str) -> Told:
        """A typed event of the answer to a question as the page receives it."""
        match event:
            case Searching(standalone_question=question):
                return {"event": "searching", "question": question if reworded(question, asked) else ""}
            case Found():
                return {"event": "reading"}
            case Waiting(seconds=seconds):
                return {"event": "writing", "seconds": round(seconds, 1)}
            case SentenceProven(sentence=sentence, citations=citations):
                quotes = [views.citation_view(citation, self._origin_of) for citation in citations]
                return {"event": "sentence", "sentence": views.sentence_view(sentence), "citations": quotes}
            case SentenceDropped(reason=reason):
                return {"event": "dropped", "reason": views.reason_of(reason)}
            case Done():
                return {"event": "keeping"}

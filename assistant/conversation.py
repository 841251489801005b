"""A conversation: the list of turns, held by the caller and, when asked, kept in the library; and what is said of an answer."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from assistant.answer import Answer, Citation
from assistant.errors import RatingError
from assistant.events import Done, Event

if TYPE_CHECKING:
    from assistant.assistant import Assistant


Verdict = Literal["up", "down"]

MAX_SAID_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Rating:
    """What somebody says of an answer.

    Attributes:
        verdict: "up" or "down".
        said: in his own words, at most 2,000 characters; may be empty.
        quote: the words of an article that would have been the right answer's support (`Assistant.quote`, `find`).
    """

    verdict: Verdict
    said: str = ""
    quote: Citation | None = None

    def __post_init__(self) -> None:
        """Raises RatingError: neither verdict, or too much said."""
        if self.verdict not in get_args(Verdict):
            raise RatingError(f"A verdict is 'up' or 'down', not {self.verdict!r}.")
        if len(self.said) > MAX_SAID_CHARS:
            raise RatingError(
                f"{len(self.said):,} characters can't be kept with a rating; the limit is {MAX_SAID_CHARS:,}."
            )


class Conversation:
    """Turns that understand each other. Made by `Assistant.conversation`.

    Attributes:
        id: name under which it is kept in the library; "" for one that only the caller holds.
        articles: ids that limit the search; None = all.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        id: str = "",
        turns: Sequence[Turn] = (),
        articles: Sequence[str] | None = None,
    ) -> None:
        """For `Assistant.conversation`; call that."""
        self._assistant = assistant
        self._turns = list(turns)
        self.id = id
        self.articles = tuple(articles) if articles is not None else None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns, oldest first; their citations say whether they are stale by now."""
        answers = self._assistant.refreshed([turn.answer for turn in self._turns])
        return tuple(Turn(turn.question, answer) for turn, answer in zip(self._turns, answers, strict=True))

    def ask(self, question: str, *, standalone: str | None = None) -> Answer:
        """Answer a question that may lean on the turns before; the turn is added (and kept, if the conversation is).

        Args:
            question: in words.
            standalone: as in `Assistant.ask`.

        Raises:
            FootnoteError: as `Assistant.ask`; the conversation is then unchanged.
        """
        *_, last = self.stream(question, standalone=standalone)
        assert isinstance(last, Done)
        return last.answer

    def stream(self, question: str, *, standalone: str | None = None) -> Generator[Event, None, None]:
        """The same answer as it comes about, as `Assistant.stream`; the turn is added with the last event.

        A stream that is closed before that leaves nothing behind.
        """
        events = self._assistant.stream(
            question, history=tuple(self._turns), articles=self.articles, standalone=standalone
        )
        with closing(events):
            for event in events:
                if isinstance(event, Done):
                    self._add(question, event.answer)
                yield event

    def _add(self, question: str, answer: Answer) -> None:
        if self.id:
            self._assistant.keep_turn(self.id, answer)
        self._turns.append(Turn(question, answer))

"""A conversation: the list of turns, held by the caller and, when asked, kept in the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answer import Answer

if TYPE_CHECKING:
    from assistant.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer."""

    question: str
    answer: Answer


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

    def ask(self, question: str) -> Answer:
        """Answer a question that may lean on the turns before; the turn is added (and kept, if the conversation is).

        Raises:
            FootnoteError: as `Assistant.ask`; the conversation is then unchanged.
        """
        answer = self._assistant.ask(question, history=self._turns, articles=self.articles)
        if self.id:
            self._assistant.keep_turn(self.id, answer)
        self._turns.append(Turn(question, answer))
        return answer

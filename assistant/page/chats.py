"""Conversations behind the page: kept in the library where it can be written, else in memory; and getting ready at start."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from assistant.assistant import Assistant
from assistant.conversation import Turn
from assistant.errors import ConversationNotFoundError, FootnoteError, LibraryError
from assistant.page import strings

MOST_IN_MEMORY = 200
"""Conversations held in memory; the one not used for longest goes first."""
MOST_TURNS_IN_MEMORY = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation as the page shows it.

    Attributes:
        id: what the browser holds to come back to it; "" before the first question.
        turns: oldest first.
        notice: what the user should know about it; may be empty.
    """

    id: str = ""
    turns: tuple[Turn, ...] = ()
    notice: str = ""


class Chats:
    """Opens and continues conversations by their unguessable id. Safe to use from several threads."""

    def __init__(self, assistant: Assistant) -> None:
        """Over one assistant."""
        self._assistant = assistant
        self._memory: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, id: str) -> Chat:
        """The conversation of this id; an empty one if there is none (any more)."""
        with self._lock:
            held = self._memory.get(id)
        if held is not None:
            answers = self._assistant.refreshed([turn.answer for turn in held])
            turns = tuple(Turn(turn.question, answer) for turn, answer in zip(held, answers, strict=True))
            return Chat(id, turns, _in_memory())
        try:
            return Chat(id, self._assistant.conversation(id).turns) if id else Chat()
        except ConversationNotFoundError:
            return Chat()

    def ask(self, id: str, question: str) -> Chat:
        """Ask in a conversation, a new one if there is none of this id.

        Raises:
            FootnoteError: as `Assistant.ask`; the conversation is then unchanged.
        """
        chat = self.open(id)
        answer = self._assistant.ask(question, history=chat.turns)
        turns = (*chat.turns, Turn(answer.question, answer))
        try:
            if chat.notice:
                return self._hold(Chat(chat.id, turns), "")
            kept = chat.id or self._assistant.conversation(keep=True).id
            self._assistant.keep_turn(kept, answer)
            return Chat(kept, turns)
        except LibraryError as error:
            return self._hold(Chat(chat.id, turns), str(error))

    def _hold(self, chat: Chat, reason: str) -> Chat:
        name = chat.id or secrets.token_urlsafe(16)
        with self._lock:
            self._memory[name] = chat.turns[-MOST_TURNS_IN_MEMORY:]
            self._memory.move_to_end(name)
            while len(self._memory) > MOST_IN_MEMORY:
                self._memory.popitem(last=False)
        return Chat(name, chat.turns, _in_memory(reason))


def _in_memory(reason: str = "") -> str:
    return f"{strings.IN_MEMORY} {reason}".strip()


class Preparation:
    """Work done behind the served page at start; questions wait for its end."""

    def __init__(self, work: Callable[[], None]) -> None:
        """Prepare by `work`, once `start` is called."""
        self._work = work
        self._thread = threading.Thread(target=self._run, name="footnote-preparation", daemon=True)
        self._ended = threading.Event()
        self.error = ""

    @classmethod
    def done(cls) -> Preparation:
        """One that is over already."""
        over = cls(lambda: None)
        over._ended.set()
        return over

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    @property
    def started(self) -> bool:
        """Whether it has begun."""
        return self._thread.ident is not None

    @property
    def ended(self) -> bool:
        """Whether it is over, well or not."""
        return self._ended.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; False if it has not come within the time."""
        return self._ended.wait(seconds)

    def _run(self) -> None:
        try:
            self._work()
        except FootnoteError as error:
            self.error = str(error)
            _log.warning("preparing the library: %s", error)
        except Exception:
            self.error = strings.FAILED
            _log.exception("preparing the library")
        finally:
            self._ended.set()

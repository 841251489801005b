"""Footnote: ask articles questions, get answers whose every sentence carries a proven quote.

from assistant import Assistant

with Assistant.open("my-library") as assistant:
assistant.add("article.txt")
print(assistant.ask("What is this about?").text)
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from assistant.answer import Answer, AnswerSentence, Citation, Draft, DraftSentence, Quote, Trace
    from assistant.assistant import Assistant
    from assistant.conversation import Conversation, Rating, Turn
    from assistant.errors import EmptyLibraryError, FootnoteError
    from assistant.reading.protocol import Reader
    from assistant.settings import Settings
    from index.article import Article, Passage
    from index.ingest import AddReport
    from index.retrieval import Evidence

__all__ = [
    "AddReport",
    "Answer",
    "AnswerSentence",
    "Article",
    "Assistant",
    "Citation",
    "Conversation",
    "Draft",
    "DraftSentence",
    "EmptyLibraryError",
    "Evidence",
    "FootnoteError",
    "Passage",
    "Quote",
    "Rating",
    "Reader",
    "Settings",
    "Trace",
    "Turn",
]

_FROM = {
    "Answer": "assistant.answer",
    "AnswerSentence": "assistant.answer",
    "Citation": "assistant.answer",
    "Draft": "assistant.answer",
    "DraftSentence": "assistant.answer",
    "Quote": "assistant.answer",
    "Trace": "assistant.answer",
    "Assistant": "assistant.assistant",
    "Conversation": "assistant.conversation",
    "Rating": "assistant.conversation",
    "Turn": "assistant.conversation",
    "EmptyLibraryError": "assistant.errors",
    "FootnoteError": "assistant.errors",
    "Reader": "assistant.reading.protocol",
    "Settings": "assistant.settings",
    "Article": "index.article",
    "Passage": "index.article",
    "AddReport": "index.ingest",
    "Evidence": "index.retrieval",
}
"""Where each name lives. It is imported when it is first asked for: pytest imports this package for its plugin in every run."""


def __getattr__(name: str) -> typing.Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_FROM[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_FROM})

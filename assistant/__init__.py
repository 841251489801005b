"""Footnote: ask articles questions, get answers whose every sentence carries a proven quote.

from assistant import Assistant

with Assistant.open("my-library") as assistant:
assistant.add("article.txt")
print(assistant.ask("What is this about?").text)
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.conversations import Conversation
    from assistant.core.answer import Answer, AnswerSentence, Citation, Trace
    from assistant.core.draft import Draft, DraftSentence, Quote
    from assistant.core.errors import EmptyLibraryError, FootnoteError
    from assistant.core.settings import Settings
    from assistant.core.turns import Rating, Turn
    from assistant.reading.protocol import Reader
    from index.article import Article, Passage
    from index.evidence import Evidence
    from index.report import AddReport

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
    "Answer": "assistant.core.answer",
    "AnswerSentence": "assistant.core.answer",
    "Citation": "assistant.core.answer",
    "Draft": "assistant.core.draft",
    "DraftSentence": "assistant.core.draft",
    "Quote": "assistant.core.draft",
    "Trace": "assistant.core.answer",
    "Assistant": "assistant.assistant",
    "Conversation": "assistant.conversations",
    "Rating": "assistant.core.turns",
    "Turn": "assistant.core.turns",
    "EmptyLibraryError": "assistant.core.errors",
    "FootnoteError": "assistant.core.errors",
    "Reader": "assistant.reading.protocol",
    "Settings": "assistant.core.settings",
    "Article": "index.article",
    "Passage": "index.article",
    "AddReport": "index.ingest",
    "Evidence": "index.evidence",
}
"""Where each name lives. It is imported when it is first asked for: pytest imports this package for its plugin in every run."""


def __getattr__(name: str) -> typing.Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_FROM[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_FROM})

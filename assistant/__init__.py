"""Footnote: ask articles questions, get answers whose every sentence carries a proven quote.

from assistant import Assistant

with Assistant.open("my-library") as assistant:
assistant.add("article.txt")
print(assistant.ask("What is this about?").text)
"""

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

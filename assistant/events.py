"""What `Assistant.stream` yields, for programs that follow an answer as it comes about."""

from assistant.core.events import Done, Event, Found, Searching, SentenceDropped, SentenceProven, Waiting

__all__ = ["Done", "Event", "Found", "Searching", "SentenceDropped", "SentenceProven", "Waiting"]

"""Exports a conversation as a file: Markdown with footnotes for people, JSON for programs, draft cases for tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, TypedDict

from assistant.core.errors import ArticleNotFoundError, ConversationNotFoundError, QuestionError
from assistant.core.protocols import HasArticles
from assistant.core.turns import KeptTurn
from assistant.page.chats import Chats
from assistant.page.events import views
from assistant.page.export import footnotes
from assistant.page.export.cases import Drafts
from assistant.page.export.footnotes import OriginOf, plain
from assistant.page.words import say
from index.library.conversations import StoredConversation

_MOST_ARTICLES = 20
"""How many articles a set names whose cases are about no article in particular."""


class ExportedFile(TypedDict):
    """A file for the browser to save: its name, its media type, its content."""

    name: str
    type: str
    text: str


class Exporter:
    """Exports conversations as files."""

    def __init__(self, assistant: HasArticles, chats: Chats, origin_of: OriginOf) -> None:
        """Take all conversations; each is exported for its owner only."""
        self._assistant = assistant
        self._chats = chats
        self._origin_of = origin_of
        self._formats: dict[str, Callable[[str, str], ExportedFile]] = {
            "markdown": self._markdown,
            "json": self._json,
            "cases": self._cases,
        }

    def export(self, owner: str, id: str, format: str) -> ExportedFile:
        """Export a conversation as a file.

        Args:
            owner: the conversation's owner.
            id: of the conversation; "" = all of the owner's, for "cases" only.
            format: "markdown", "json" or "cases".

        Raises:
            ConversationNotFoundError: the owner has no such conversation, or for "cases" no thumbs-down.
            QuestionError: unknown format.
        """
        make = self._formats.get(format)
        if make is None:
            raise QuestionError(say("format_unknown"))
        return make(owner, id)

    def _markdown(self, owner: str, id: str) -> ExportedFile:
        stored = self._chats.open(owner, id).stored
        text = as_markdown(stored, self._chats.turns(owner, id), self._origin_of)
        return {"name": f"{_file_name(stored.title)}.md", "type": "text/markdown;charset=utf-8", "text": text}

    def _json(self, owner: str, id: str) -> ExportedFile:
        stored = self._chats.open(owner, id).stored
        data = as_dict(stored, self._chats.turns(owner, id), self._about)
        text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
        return {"name": f"{_file_name(stored.title)}.json", "type": "application/json", "text": text}

    def _cases(self, owner: str, id: str) -> ExportedFile:
        drafts = Drafts(self._assistant.article)
        for one in [id] if id else [stored.id for stored in self._chats.all(owner)]:
            drafts.add(self._chats.turns(owner, one))
        if not drafts:
            raise ConversationNotFoundError(say("nothing_to_export"))
        newest = [self._assistant.article(entry.id) for entry in self._assistant.entries(limit=_MOST_ARTICLES)]
        text = drafts.to_yaml(newest)
        return {"name": f"{say('cases_name')}.yaml", "type": "application/yaml", "text": text}

    def _about(self, article_id: str) -> dict[str, Any] | None:
        try:
            article = self._assistant.article(article_id)
            return {**article.to_dict(), "source": views.short_source(article.source)}
        except ArticleNotFoundError:
            return None


def as_markdown(stored: StoredConversation, turns: Iterable[KeptTurn], origin_of: OriginOf) -> str:
    """A whole conversation as Markdown, with consecutively numbered footnotes at the end.

    Args:
        stored: has the title.
        turns: oldest first.
        origin_of: says where a citation's article is from.
    """
    parts = [f"# {plain(stored.title)}"]
    notes: list[str] = []
    for kept in turns:
        said, new = footnotes.answer_parts(kept.turn.answer, origin_of, len(notes) + 1)
        parts += [f"## {plain(kept.turn.question)}", *_searched(kept), said, *_confidence(kept), *_rating(kept)]
        notes += new
    parts += ["\n".join(notes)] if notes else []
    return "\n\n".join(parts) + "\n"


def as_dict(
    stored: StoredConversation, turns: Iterable[KeptTurn], about: Callable[[str], dict[str, Any] | None]
) -> dict[str, Any]:
    """A whole conversation as JSON types: answers as everywhere, but without the texts of their passages.

    Args:
        stored: the conversation.
        turns: oldest first.
        about: article id -> the article's current data without its text; None if it was removed.
    """
    exported: list[dict[str, Any]] = []
    cited: dict[str, None] = {}
    for kept in turns:
        answer = kept.turn.answer
        cited |= dict.fromkeys(citation.article_id for citation in (*answer.citations, *answer.closest))
        told = answer.to_dict()
        for item in told["evidence"]:
            item["passage"].pop("text")
        exported.append(
            {
                "number": kept.number,
                "question": kept.turn.question,
                "answer": told,
                "rating": views.rating_view(kept.rating),
            }
        )
    return {
        "version": 1,
        "conversation": views.conversation_view(stored),
        "articles": {article_id: about(article_id) for article_id in cited},
        "turns": exported,
    }


def _searched(kept: KeptTurn) -> list[str]:
    standalone = views.searched(kept.turn.answer)
    return [plain(say("export_searched", question=standalone))] if standalone else []


def _confidence(kept: KeptTurn) -> list[str]:
    sure = views.confidence_of(kept.turn.answer)
    if sure is None:
        return []
    return [plain(say("export_confidence", words=sure["words"], percent=sure["percent"]))]


def _rating(kept: KeptTurn) -> list[str]:
    if kept.rating is None:
        return []
    lines = [plain(say(f"export_rated_{kept.rating.verdict}"))]
    if kept.rating.said:
        lines.append(plain(say("export_should_have_said", text=kept.rating.said)))
    return lines


def _file_name(title: str) -> str:
    """A file name that every system accepts."""
    return "-".join(re.findall(r"\w+", title.lower())[:8])[:60] or say("export_untitled")

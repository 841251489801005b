"""The second view of a citation: the page of the article's PDF as a picture, with the quote marked."""

from __future__ import annotations

from pathlib import Path

from assistant.core.errors import ArticleNotFoundError, LoadError
from assistant.core.protocols import TakesArticles
from assistant.page.events.views import pdf_of
from assistant.page.words import say
from index.article import Article

_MOST_KNOWN = 100

_State = tuple[str, int, int]
"""Path, time of the last change, size: a file whose state is the same has the same content."""


class PagePictures:
    """Draws pages of articles."""

    def __init__(self, assistant: TakesArticles) -> None:
        """Over one assistant's articles."""
        self._assistant = assistant
        self._known: dict[_State, str] = {}

    def draw(self, article_id: str, start: int, end: int) -> bytes:
        """The page that some words of an article begin on, as a PNG, with these words marked.

        Args:
            article_id: the article.
            start: first character of the words.
            end: one past the last one.

        Raises:
            ArticleNotFoundError: there is no such article, or these words stand on none of its pages.
            LoadError: the file has changed or is gone, or it can't be drawn.
        """
        from index.loading.pdf import page_picture

        article = self._assistant.article(article_id)
        page = article.page_at(start)
        if not (page and 0 <= start < end <= len(article.text)):
            raise ArticleNotFoundError(say("page_none"))
        path = pdf_of(article)
        if path is None or not self._is_still(article, path):
            raise LoadError(say("page_gone"))
        try:
            with path.open("rb") as file:
                return page_picture(file, page, article.text[start:end], self._assistant.settings)
        except OSError as error:
            raise LoadError(say("page_gone")) from error
        except LoadError as error:
            # Who asks by the page need not know the server's folders.
            raise LoadError(str(error).replace(str(path), path.name)) from error

    def _is_still(self, article: Article, path: Path) -> bool:
        """Whether the file has the article's text; it is read anew only when it has changed since it was looked at."""
        from index.loading.files import load_file

        try:
            status = path.stat()
            state = (str(path), status.st_mtime_ns, status.st_size)
            if state not in self._known:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                self._known[state] = load_file(path, self._assistant.settings).content_hash
        except (OSError, LoadError):
            return False
        return self._known[state] == article.content_hash

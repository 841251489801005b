"""HTML -> pieces: `read_page` finds the article of a web page, `pieces_of` takes all that is shown. Nothing is fetched."""

from index.loading.html.page import pieces_of, read_page

__all__ = ["pieces_of", "read_page"]

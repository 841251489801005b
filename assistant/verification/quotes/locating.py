"""A quote as somebody copied it -> where it stands in a text, white space and quote marks aside."""

from __future__ import annotations

from assistant.verification.quotes.folding import Span, fold


def find(quote: str, text: str) -> Span | None:
    """The first place where a quote stands: to the letter; else but for white space, quote marks and invisible characters.

    Quote marks around the quote may have been put there by whoever quotes. Letters, their case and punctuation must be the
    text's; a quote without a letter or a digit stands nowhere. Takes time in proportion to both.

    Args:
        quote: words, as they were copied.
        text: where to look.

    Returns:
        Start and end in `text`; what stands there may differ from the quote in the ways above.
    """
    if not any(char.isalnum() for char in quote):
        return None
    start = text.find(quote)
    if start >= 0:
        return start, start + len(quote)
    folded, wanted = fold(text), fold(quote).text.strip(" ")
    for words in (wanted, wanted.strip('"')):
        place = folded.text.find(words)
        if place >= 0:
            return folded.starts[place], folded.ends[place + len(words) - 1]
    return None

"""A quote as somebody copied it -> its place in a text, white space and quote marks aside."""

from __future__ import annotations

from assistant.verification.quotes.folding import Span, fold


def find(quote: str, text: str) -> Span | None:
    """The first place of a quote in a text: to the letter, else apart from white space, quote marks and invisible characters.

    Quote marks around the quote are ignored if the text does not have them. Letters, their case and punctuation must be the
    text's. A quote without a letter or digit is never found. Takes time linear in both lengths.

    Args:
        quote: the words as they were copied.
        text: the text to search.

    Returns:
        Start and end in `text`; the words there may differ from the quote in the ways above. None if it is not found.
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

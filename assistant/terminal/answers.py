"""Prints answers in a terminal: at once, or sentence by sentence while they are made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date

import typer

from assistant.core.answer import Answer, Citation
from assistant.core.dates import in_words
from assistant.core.events import Done, Event, Searching, SentenceProven, Waiting
from assistant.core.standalone import reworded

_VERBATIM = "stands so in the article"
"""Said of each quote: where its words are from, not that they are right."""


def shown(answer: Answer) -> str:
    """An answer as text: its sentences, where each quote stands, other readings of the question, and its notices."""
    return "\n".join([answer.text, *_below(answer)])


def show_stream(question: str, events: Generator[Event, None, None]) -> Answer | None:
    """Print an answer while it is made, then where the quotes stand.

    A language model that is waited for is shown sentence by sentence; other answers come at once, and are laid out whole. Ctrl-C
    ends the answer, not the program.

    Returns:
        The answer; None if it was stopped.
    """
    said, waited = False, False
    with closing(events), _screen() as (say, status):
        try:
            for event in events:
                match event:
                    case Searching(standalone_question=searched) if reworded(searched, question):
                        say(f"(searched for: {searched})")
                    case Waiting(seconds=seconds):
                        status(f"writing, {seconds:.0f} s")
                        waited = True
                    case SentenceProven(sentence=sentence) if waited:
                        say(sentence.render())
                        said = True
                    case Done(answer=answer):
                        lines = [*([] if said else [answer.text]), *_below(answer), ""]
                        say("\n".join(lines))
                        return answer
        except KeyboardInterrupt:
            say("(stopped)\n")
    return None


def _below(answer: Answer) -> Iterator[str]:
    if answer.status == "answered":
        for citation in answer.citations:
            yield f"  [{citation.number}] {', '.join([*_where(citation, exact=True), _VERBATIM])}"
    elif answer.closest:
        yield "Closest passages, not an answer:"
        yield from (f"  - “{citation.quote}” ({', '.join(_where(citation))})" for citation in answer.closest)
    yield from (f"(did you mean: {other})" for other in answer.did_you_mean)
    if answer.left_out:
        yield f"({left_out(answer)})"
    if answer.notice:
        yield f"({answer.notice})"


def _where(citation: Citation, exact: bool = False) -> Iterator[str]:
    """The article, its date as far as it is known, and the place in it; without pages that is told only if it is to be exact."""
    yield citation.title
    if citation.published:
        yield in_words(date.fromisoformat(citation.published))
    if citation.page or exact:
        yield citation.place


def left_out(answer: Answer) -> str:
    """How many sentences were left out of the answer, and why; "" if none."""
    counts = answer.left_out
    total = sum(counts.values())
    if not total:
        return ""
    reasons = list(counts) if len(counts) == 1 else [f"{count} {reason}" for reason, count in counts.items()]
    return f"{total} sentence{'s' if total > 1 else ''} left out: {', '.join(reasons)}"


@contextmanager
def _screen() -> Iterator[tuple[Callable[[str], None], Callable[[str], None]]]:
    """Give two functions: one prints a line, the other shows a status line below, which only a terminal gets."""
    if not sys.stdout.isatty():
        yield typer.echo, lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    with console.status("") as status:
        yield lambda line: console.print(Text(line)), lambda text: status.update(Text(text))

"""Answers of every layout over two small articles: a list, a yes, parts, a comparison, a refusal."""

from __future__ import annotations

from datetime import date

from assistant import Answer, AnswerSentence, Article, Citation, Trace
from assistant.core.answer import Part
from assistant.core.remarks import Remark

FERRY = Article(
    "The ferry\n\n3 May 2024\n\nThe ferry calls at Osby, Lund and Mora. It calls at Rana in summer. On Sundays it calls at Orsa. "
    "In winter it calls at Ryd. It calls at Vik on request. It also calls at Moss. It carries ninety passengers. "
    "The ferry is red.",
    "The ferry",
    "ferry.txt",
    date(2024, 5, 3),
)
TRAIN = Article(
    "The train\n\nThe train carries four hundred passengers. The train is not red, it is blue.",
    "The train",
    "train.txt",
)
ARTICLES = (FERRY, TRAIN)

_ORDER = ("Osby, Lund and Mora", "Rana in summer", "On Sundays", "In winter", "on request", "also calls")
LIST, OVERVIEW, YES, NO = "Where does the ferry call?", "What is this about?", "Is the ferry red?", "Is the train red?"
PARTS, COMPARED, REFUSED, PLAIN = "Who, and how many?", "Which carries more?", "Who owns the red ferries?", "How many?"


def sentence_with(article: Article, words: str) -> tuple[int, int]:
    """Where the sentence stands that has some words."""
    at = article.text.index(words)
    start = max(article.text.rfind(mark, 0, at) + len(mark) for mark in (". ", "\n\n"))
    return start, article.text.index(".", at) + 1


def cited(number: int, article: Article, words: str) -> Citation:
    """The sentence that has some words, as a citation."""
    start, end = sentence_with(article, words)
    return Citation(number, article.id, article.title, start, end, article.text[start:end], article.content_hash)


def said(citation: Citation, *keys: str) -> AnswerSentence:
    """A sentence that quotes: its key words, and the quote."""
    quoted = f"“{citation.quote}”"
    text = f"{', '.join(keys)} — {quoted}" if keys else quoted
    return AnswerSentence(text, (citation.number,), keys[0] if keys else "", keys[1:])


def answer(question: str, *sentences: tuple[Citation, tuple[str, ...]], **fields: object) -> Answer:
    """An answer of quotes, each with its key words."""
    return Answer(
        question,
        "answered",
        tuple(said(citation, *keys) for citation, keys in sentences),
        tuple(citation for citation, _ in sentences),
        0.93,
        trace=Trace(question),
        **fields,  # type: ignore[arg-type]
    )


def answers() -> dict[str, Answer]:
    """An answer of each layout, by its question."""
    keys = (("Osby", "Lund", "Mora"), ("Rana",), ("Orsa",), ("Ryd",), ("Vik",), ("Moss",))
    stops = [(cited(n, FERRY, words), keys[n - 1]) for n, words in enumerate(_ORDER, start=1)]
    red, blue = cited(1, FERRY, "is red"), cited(1, TRAIN, "is not red")
    ninety, hundreds = cited(1, FERRY, "ninety"), cited(2, TRAIN, "four hundred")
    many = ((ninety, ("ninety passengers",)), (hundreds, ("four hundred passengers",)))
    closest = (cited(1, FERRY, "is red"), cited(2, TRAIN, "is not red"))
    made = (
        answer(LIST, *stops, kind="list", parts=(Part(6, "", (Remark("counted", (7, 8)),)),)),
        answer(OVERVIEW, *stops[:2], kind="overview"),
        answer(YES, (red, ("red",)), kind="yes_no", verdict="yes"),
        answer(NO, (blue, ()), kind="yes_no", verdict="no"),
        answer(
            PARTS,
            *many,
            parts=(
                Part(0, "Who", (Remark("nothing"),)),
                Part(1, "how many"),
                Part(1, "", (Remark("others"),)),
            ),
        ),
        answer(
            COMPARED,
            *many,
            kind="comparison",
            parts=(Part(1, "the ferry"), Part(1, "the train", (Remark("second_larger"),))),
        ),
        answer(PLAIN, many[0]),
        Answer(REFUSED, "not_found", closest=closest, message="The articles don't say.", trace=Trace(REFUSED)),
    )
    return {one.question: one for one in made}

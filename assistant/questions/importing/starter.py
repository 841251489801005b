"""Makes a starter question set from an article: a few draft cases, and the article's passages as comments to quote from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.core.errors import LoadError, QuestionSetError
from assistant.questions.candidates import Candidate, Wordings, candidates
from assistant.questions.importing.drafting import Draft, set_text
from assistant.questions.spec.writing import comment
from index.article import Article, Passage
from index.heading import find_head
from index.passages import split
from index.sentences import sentences

_MOST_CASES = 5
_PASSAGE_WORDS = 150
_SAID = re.compile(
    r"\b(?:said|says|told|wrote|noted|added|remarked|argued|explained|claimed|warned|stated|announced)\b"
)
_WORDINGS = Wordings()

_EXAMPLES = """
More kinds of cases, to copy:

- id: a-wording                  # unique; letters, digits, hyphens, dots
  question: Who owns the ferry?
  answers: [Anna Berg, /\\bberg\\b/]        # one of them must be said; a regular expression between slashes
  evidence: [Anna Berg owns the ferry]     # quotes; a citation must overlap one (all: `all_evidence: true`)
  must_not_say: [Jon Dahl]
  max_seconds: 2
  tags: [who]
- id: a-list
  question: Who pays for the ferry?
  evidence: [the town pays half, the county pays the rest]
  all_evidence: true                       # each of them must be cited
  only_evidence: true                      # and nothing else
  in_order: true                           # in this order
  kind: list                               # how the question must be understood
- id: a-yes-or-no
  question: Is Anna Berg the owner?
  verdict: "yes"                           # in quotes; it must stand before the quotes of the answer
- id: not-in-the-article
  question: What did it cost?
  answerable: false                         # the articles don't say; the answer must be a refusal
- id: a-dialogue
  turns:
  - question: Who is Anna Berg?
    answers: [owner]
  - question: What did she say?              # asked with the turns before it as history
    evidence: [a quote of hers]
  tags: [follow-up]
"""


def starter(path: str | Path, *, folder: Path | None = None) -> str:
    """The YAML of a set about one article; it loads as it is.

    The cases ask what the article probably answers, and expect the sentence that probably answers it. They are tagged as drafts.

    Args:
        path: an article's file.
        folder: where the set will lie; None = the article is named by its absolute path.

    Raises:
        QuestionSetError: the file is no article.
    """
    from index.loading.files import load_file
    from index.settings import IndexSettings

    path = Path(path)
    try:
        article = load_file(path, IndexSettings())
    except LoadError as error:
        raise QuestionSetError(f"There can be no questions about {path}: {error}") from error
    body = set_text(list(_drafts(article)), [path], _header(article), folder)
    return body + "#\n" + comment(_EXAMPLES.strip("\n")) + "#\n" + _passages(article)


def _header(article: Article) -> str:
    dated = f", {article.published.isoformat()}" if article.published else ""
    return (
        f"Questions about “{article.title}”{dated}, to start from. The cases are drafts: mend or delete them, and add your own.\n"
        f"SHA-256 of its text, to pin this version with: {article.content_hash}"
    )


def _drafts(article: Article) -> Iterator[Draft]:
    """A case for each question for which a sentence that answers is found; at least one case."""
    text = article.text
    spans = sentences(text)
    found = [(one.question, _evidence(one, article, spans)) for one in candidates(article, _WORDINGS)]
    about = (_WORDINGS.about, _evidence(Candidate(_WORDINGS.about, 0, len(text)), article, spans))
    chosen = [pair for pair in found if pair[1]][:_MOST_CASES] or [about]
    for question, quote in chosen:
        yield Draft(question, evidence=[quote], tags=["draft"])


def _evidence(candidate: Candidate, article: Article, spans: Sequence[tuple[int, int]]) -> str:
    """The sentence that probably answers; "" if none was found."""
    text, head, question = article.text, find_head(article.text), candidate.question
    if (candidate.start, candidate.end) in spans:
        return text[candidate.start : candidate.end]
    if question == _WORDINGS.published:
        return text[slice(*head.date)] if head.date else ""
    if question == _WORDINGS.about:
        return text[slice(*(head.title or spans[0]))].split("\n")[0]
    for wording, wanted in ((_WORDINGS.said, _SAID), (_WORDINGS.who, re.compile(""))):
        before, after = wording.split("{name}")
        if question.startswith(before) and question.endswith(after):
            name = question[len(before) : len(question) - len(after)]
            last = name.split()[-1] if wording == _WORDINGS.said else name
            naming = (text[start:end] for start, end in spans if last in text[start:end])
            return next((sentence for sentence in naming if wanted.search(sentence)), "")
    return ""


def _passages(article: Article) -> str:
    lines = [
        f"---- passage {passage.ordinal + 1}, characters {passage.start} to {passage.end}{_kind(passage)}\n{passage.text}"
        for passage in split(article, lambda texts: [len(text.split()) for text in texts], _PASSAGE_WORDS)
    ]
    return comment("\n\n".join(["The article, to copy quotes from, character by character:", *lines]))


def _kind(passage: Passage) -> str:
    return {"title": " (headline)", "date": " (date line)"}.get(passage.kind, "")

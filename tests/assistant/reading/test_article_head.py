"""What an article is about, from its headline and its lead."""

from __future__ import annotations

import pytest

from assistant.reading import article_head
from assistant.understanding.analysis import analyse
from index.article import Article
from index.evidence import Evidence
from index.passages import split


def evidence(text: str) -> Evidence:
    article = Article(text, "Ferry shut", "1")
    passages = split(article, lambda texts: [len(one.split()) for one in texts], 200)
    return Evidence(passages[-1], 1.0, 1.0, article.title, head=passages)


@pytest.mark.parametrize("first", ["* * *", ".", "- - -\n\n1.", "…"])
def test_the_lead_begins_with_its_first_word(first: str) -> None:
    draft = article_head.read(analyse("What is this about?"), evidence(f"{first}\n\nThe ferry was shut. It leaked."))
    assert [one.quotes[0].text for one in draft.sentences][-1] == "The ferry was shut."


def test_nothing_is_said_of_an_article_without_a_word() -> None:
    draft = article_head.read(analyse("What is this about?"), evidence("* * *\n\n1 + 1 = 2."))
    assert draft.sentences == ()
    assert draft.confidence < 0.5


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Kari Holm", "Kari Holm"),
        ("By KARI HOLM and Ursula van der Berg, Osby", "KARI HOLM and Ursula van der Berg"),
        ("Written by Ørjan Æser | 4 May 2021", "Ørjan Æser"),
        ("Von der Leyen said on Monday that the plan was dead.", ""),
        ("By the end of Monday the bridge had been closed.", ""),
        ("By the end of Monday", ""),
        ("By Monday, the bridge had been closed.", ""),
        ("By", ""),
    ],
)
def test_an_author_is_named_in_a_line_of_its_own(line: str, name: str) -> None:
    draft = article_head.read(analyse("Who wrote this article?"), evidence(f"{line}\n\nThe ferry was shut."))
    assert [one.key for one in draft.sentences] == ([name] if name else [])


def test_a_byline_is_not_the_lead() -> None:
    draft = article_head.read(
        analyse("What is this about?"), evidence("By Kari Holm\n\nThe ferry was shut. It leaked.")
    )
    assert [one.quotes[0].text for one in draft.sentences][-1] == "The ferry was shut."

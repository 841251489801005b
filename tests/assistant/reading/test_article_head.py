"""What an article is about, from its headline and its lead."""

from __future__ import annotations

import pytest

from assistant.reading import article_head
from assistant.understanding.analysis import analyse
from index.article import Article, Block
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


def test_the_lead_is_no_heading() -> None:
    text = "Ferry shut\n\nWhat leaked\n\nThe hull leaked."
    blocks = (Block(0, 10, "heading", 1), Block(12, 23, "heading", 2), Block(25, 41, "paragraph"))
    passages = split(Article(text, "Ferry shut", "1", blocks=blocks), lambda texts: [3 for _ in texts], 200)
    found = Evidence(passages[-1], 1.0, 1.0, "Ferry shut", head=passages)
    draft = article_head.read(analyse("What is this about?"), found)
    assert [one.quotes[0].text for one in draft.sentences] == ["Ferry shut", "The hull leaked."]


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


def stated(question: str, *head: str) -> list[tuple[str, str]]:
    """(quote, key) of what is said of an article whose head has these lines below its title, as a loader types them."""
    lines = ["Ferry shut", *head, "The ferry was shut on Monday, because it leaked."]
    text = "\n\n".join(lines)
    starts = [text.index(line) for line in lines]
    kinds = ["heading", *["furniture"] * len(head), "paragraph"]
    blocks = [
        Block(at, at + len(line), kind, int(kind == "heading"))
        for at, line, kind in zip(starts, lines, kinds, strict=True)
    ]
    article = Article(text, "Ferry shut", "1", blocks=tuple(blocks))
    passages = split(article, lambda texts: [len(one.split()) for one in texts], 200)
    draft = article_head.read(analyse(question), Evidence(passages[-1], 1.0, title=article.title, head=passages[:4]))
    for sentence in draft.sentences:
        [quote] = sentence.quotes
        assert article.text[quote.start : quote.start + len(quote.text)] == quote.text
        assert sentence.key in quote.text
    return [(sentence.quotes[0].text, sentence.key) for sentence in draft.sentences]


def test_an_author_with_an_office_is_known_without_by() -> None:
    line = "Tora Vind, science editor"
    assert stated("Who wrote this?", line, "3 May 2024") == [(line, "Tora Vind")]
    assert stated("Who is the author?", "3 May 2024", "Ursula van der Berg | staff writer") == [
        ("Ursula van der Berg | staff writer", "Ursula van der Berg")
    ]


@pytest.mark.parametrize(
    "line", ["Home, family and garden", "World news", "Reading time, about 5 min.", "Photo: Tora Vind, staff"]
)
def test_other_lines_of_the_head_name_no_author(line: str) -> None:
    assert stated("Who wrote this?", line) == []


@pytest.mark.parametrize(
    ("lines", "cited"),
    [
        (["Published 3 May 2024, updated 5 May 2024"], ("Published 3 May 2024, updated 5 May 2024", "5 May 2024")),
        (["3 May 2024", "Last updated: 5 May 2024 10:30"], ("Last updated: 5 May 2024 10:30", "5 May 2024")),
        (["By Kari Holm", "Updated 2024-05-05"], ("Updated 2024-05-05", "2024-05-05")),
    ],
)
def test_the_last_change_is_cited_from_the_line_that_states_it(lines: list[str], cited: tuple[str, str]) -> None:
    assert stated("When was it last updated?", *lines) == [cited]


def test_an_article_that_states_no_change_has_none() -> None:
    assert stated("When was it updated?", "Published 3 May 2024") == []
    assert stated("When was it published?", "Published 3 May 2024") == [
        ("Published 3 May 2024", "Published 3 May 2024")
    ]


def test_when_it_was_published_is_not_when_it_was_changed() -> None:
    lines = ["Updated 5 May 2024", "Published 3 May 2024"]
    assert stated("When was it published?", *lines) == [("Published 3 May 2024", "Published 3 May 2024")]

"""Overviews: a few whole sentences, verbatim and in order, from all parts of a text, at a bounded cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.core.draft import Quote
from assistant.reading.openings import PROBE, first_word, openings
from assistant.reading.overview import MOST_EMBEDDED, overview
from index.arrays import Vectors
from index.article import Article, Block, Passage
from index.embedding import Embedder
from index.passages import split
from tests.doubles import HashEmbedder

FERRY = """Ferry to Lunna gets a second boat

12 May 2024
By Ada Berg

The island of Lunna will have a second ferry from June, the council said on Monday. It cost nine million crowns. Who will pay \
for that?

The old ferry has carried islanders since 1981. They complain that it breaks down every winter. "I missed my own wedding," said \
Olav Ness, who runs the shop.

The new ferry takes forty cars and runs on batteries. A charging station stands at the harbour of Lunna.

Tickets for the ferry stay at thirty crowns for islanders. Visitors to the island pay twice as much as islanders do.
"""


def body(text: str, embedder: HashEmbedder | Embedder, blocks: tuple[Block, ...] = ()) -> list[Passage]:
    article = Article(text, "", "a", blocks=blocks)
    return [one for one in split(article, embedder.count_tokens, embedder.max_tokens) if one.kind == "body"]


def told(
    text: str, embedder: HashEmbedder | Embedder, most: int = 5, headline: str = "", blocks: tuple[Block, ...] = ()
) -> list[Quote]:
    passages = body(text, embedder, blocks)
    vectors = embedder.embed([one.text for one in passages])
    return list(overview(passages, vectors, embedder.embed, most, headline))


def long_text(sections: int) -> str:
    """Sections about one thing each, of three paragraphs; each paragraph has three sentences."""
    things = [
        f"{a}{b}" for a in ("Bram", "Corr", "Dell", "Finn", "Gar", "Hol") for b in ("ton", "wick", "by", "ford", "ham")
    ]
    return "\n\n".join(
        f"Town {things[n % len(things)]} number {n} has a mill with {part + n} wheels on the river. "
        f"It was built in year {1500 + n * 3 + part}. Farmers of {things[n % len(things)]} bring grain number {n * part}."
        for n in range(sections)
        for part in range(1, 4)
    )


def test_it_is_verbatim_in_order_and_begins_with_the_lead(hash_embedder: HashEmbedder) -> None:
    quotes = told(FERRY, hash_embedder)
    assert quotes[0].text.startswith("The island of Lunna will have a second ferry")
    assert 3 <= len(quotes) <= 5
    starts = [quote.start for quote in quotes]
    assert starts == sorted(set(starts))
    for quote in quotes:
        assert quote.start is not None
        assert FERRY[quote.start : quote.start + len(quote.text)] == quote.text
        within = quote.start - quote.passage.start
        assert quote.passage.text[within : within + len(quote.text)] == quote.text


@pytest.mark.parametrize("most", range(6))
def test_it_has_at_most_as_many_sentences_as_asked_for(hash_embedder: HashEmbedder, most: int) -> None:
    assert len(told(long_text(4), hash_embedder, most)) == most


def test_questions_leaning_sentences_and_bylines_are_left_out(hash_embedder: HashEmbedder) -> None:
    texts = [quote.text for quote in told(FERRY, hash_embedder)]
    assert not any(text.endswith("?") or text.startswith(("It ", "They ", "By ")) for text in texts)


def test_silent_spans_are_never_quoted(hash_embedder: HashEmbedder) -> None:
    text = "What the council of Lunna decided on Monday.\n\nThe ferry sails. The ferry is new and green.\n\nOur letter is free."
    kinds = ("heading", "paragraph", "furniture")
    starts = [0, text.index("The ferry"), text.index("Our")]
    ends = [*(start - 2 for start in starts[1:]), len(text)]
    blocks = tuple(Block(start, end, kind) for start, end, kind in zip(starts, ends, kinds, strict=True))  # type: ignore[arg-type]
    passage = Passage(
        "a-0", "a", 0, len(text), text, 0, silent=tuple((b.start, b.end) for b in blocks if b.kind != "paragraph")
    )
    quotes = overview([passage], hash_embedder.embed([text]), hash_embedder.embed)
    assert [quote.text for quote in quotes] == ["The ferry sails.", "The ferry is new and green."]


def test_the_same_is_not_said_twice(hash_embedder: HashEmbedder) -> None:
    text = "\n\n".join(
        [
            "The council of Lunna bought a second ferry on Monday.",
            "The council of Lunna bought a second ferry on Monday.",
            "The council of Lunna bought a second green ferry on Monday.",
            "Tickets for islanders stay at thirty crowns all year.",
            "A charging station stands at the harbour of the island.",
        ]
    )
    quotes = told(text, hash_embedder)
    vectors = hash_embedder.embed([quote.text for quote in quotes])
    assert float((vectors @ vectors.T - np.eye(len(quotes))).max()) < 0.85
    assert len(quotes) == 3


def test_what_repeats_the_headline_is_no_news(hash_embedder: HashEmbedder) -> None:
    headline = "Ferry to Lunna gets a second boat"
    text = f"The ferry to Lunna gets a second boat. {FERRY.split('Ada Berg')[1].strip()}"
    assert not any("gets a second boat" in quote.text for quote in told(text, hash_embedder, headline=headline))


def test_a_long_text_is_read_from_all_its_parts_at_a_bounded_cost(hash_embedder: HashEmbedder) -> None:
    text = long_text(120)
    passages = body(text, hash_embedder)
    vectors = hash_embedder.embed([one.text for one in passages])
    seen: list[str] = []

    def embed(texts: Sequence[str]) -> Vectors:
        seen.extend(texts)
        return hash_embedder.embed(texts)

    assert len(overview(passages, vectors, embed)) == 5
    assert len(seen) == MOST_EMBEDDED
    quarters = {4 * text.index(sentence) // len(text) for sentence in seen if sentence != PROBE}
    assert quarters == {0, 1, 2, 3}


def test_a_section_is_told_from_its_own_passages(hash_embedder: HashEmbedder) -> None:
    passages = body(long_text(20), hash_embedder)[5:8]
    quotes = overview(passages, hash_embedder.embed([one.text for one in passages]), hash_embedder.embed)
    assert {quote.passage.id for quote in quotes} <= {one.id for one in passages}
    assert quotes


def test_one_sentence_is_its_own_overview(hash_embedder: HashEmbedder) -> None:
    text = "The ferry to Lunna has sailed twice a day since Monday."
    assert [quote.text for quote in told(text, hash_embedder)] == [text]


def test_nothing_has_no_overview(hash_embedder: HashEmbedder) -> None:
    none = np.zeros((0, hash_embedder.dimension), dtype=np.float32)
    assert overview([], none, hash_embedder.embed) == ()
    stars = Passage("a-0", "a", 0, 5, "* * *", 0)
    assert overview([stars], hash_embedder.embed(["* * *"]), hash_embedder.embed) == ()
    assert hash_embedder.calls == 1


def test_rows_are_told_only_where_there_are_few_sentences(hash_embedder: HashEmbedder) -> None:
    rows = "\n".join(f"Route {n}: Lunna to Port {n}; price: {n}0 crowns" for n in range(1, 9))
    assert len(told(rows, hash_embedder)) == 3
    mixed = told(f"The table has all routes of the ferry.\n\n{rows}", hash_embedder)
    assert mixed[0].text == "The table has all routes of the ferry."
    assert len(mixed) == 3
    assert all("Route" not in quote.text for quote in told(f"{FERRY}\n\n{rows}", hash_embedder))


def test_the_same_text_has_the_same_overview(hash_embedder: HashEmbedder) -> None:
    assert told(FERRY, hash_embedder) == told(FERRY, HashEmbedder())


def test_a_sentence_that_leans_hardly_opens_a_paragraph(embedder: Embedder) -> None:
    alone = "The Kiln Museum at Overmere shows how bricks were made."
    leaning = [
        "They don't, but hotels mind it.",
        "But he had seen nothing.",
        "So he didn't touch the thing.",
        "Its owner let her.",
    ]
    [probe, *vectors] = embedder.embed([PROBE, alone, *leaning])
    chances = openings([alone, *leaning], np.stack(vectors), probe)
    assert float(chances[0]) > 0.5 > 0.25 > float(chances[1:].max())


def test_vectors_of_another_model_leave_it_to_the_first_word(hash_embedder: HashEmbedder) -> None:
    texts = ["They left.", "The mill stands."]
    vectors, [probe] = hash_embedder.embed(texts), hash_embedder.embed([PROBE])
    they, the = openings(texts, vectors, probe)
    assert they < the
    assert (openings(texts, 0 * vectors, probe) == openings(texts, vectors, probe)).all()


@pytest.mark.parametrize(
    ("text", "word"), [("It’s late.", "it"), ("“Écoles shut.”", "ecoles"), ("...", ""), ("12 came.", "12")]
)
def test_the_first_word_is_plain(text: str, word: str) -> None:
    assert first_word(text) == word

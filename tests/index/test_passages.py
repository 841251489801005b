"""Passages: exact slices, in order, within the embedder's limit, all of the text, bounded time."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.article import Article, Passage
from index.blocks import put_together
from index.embedding import Embedder
from index.heading import find_head
from index.passages import MAX_CHARS, split
from index.pieces import Piece
from index.sentences import sentences
from tests.doubles import HashEmbedder
from tests.helpers import examples

COUNTER = HashEmbedder(max_tokens=20)

SCRIPTS = {
    "emoji": "The ferry 🛳️ sank. 👩‍👩‍👧‍👦 watched.\n\n🇳🇴 sent a tug. 🎉🎉🎉",
    "combining": "Zdene\u030ck a\u0300 la\u0302 plage. E\u0301te\u0301.",
    "right to left": "وصلت السفينة إلى الميناء. كان البحر هادئا.\n\nהספינה הגיעה. הים היה שקט.",
    "Chinese": "船在中午沉没。没有人受伤。" * 30,
    "Korean": "배가 정오에 침몰했다. 아무도 다치지 않았다. " * 30,
    "Thai": "เรือจมลงตอนเที่ยงไม่มีใครได้รับบาดเจ็บ" * 30,
    "line breaks": "One line.\nAnother line.\n\n\n\nA paragraph.\n \nAnother.",
    "repeated": "\n\n".join(["The gate is shut. The gate is shut."] * 5),
    "table": "\n".join("yes | no | yes | no" for _ in range(40)),
}


def passages_of(text: str, counter: Embedder = COUNTER) -> tuple[Passage, ...]:
    return split(Article(text, source="test"), counter.count_tokens, counter.max_tokens)


def assert_sound(text: str, passages: tuple[Passage, ...], counter: Embedder = COUNTER) -> None:
    """The rules that hold for every text."""
    assert [text[p.start : p.end] for p in passages] == [p.text for p in passages]
    assert [p.ordinal for p in passages] == list(range(len(passages)))
    assert len({p.id for p in passages}) == len(passages)
    assert all(p.text == p.text.strip() != "" for p in passages)
    for before, after in pairwise(passages):
        assert before.start < after.start
        assert before.end < after.end
        if after.start < before.end:
            # Neighbours share text only where a paragraph was cut.
            assert "\n\n" not in text[before.start : after.end]
    covered = bytearray(len(text))
    for p in passages:
        covered[p.start : p.end] = b"\x01" * (p.end - p.start)
    left_out = [(n, text[n]) for n in range(len(text)) if not covered[n] and not text[n].isspace()]
    assert left_out == []
    assert max(counter.count_tokens([p.text for p in passages]), default=0) <= counter.max_tokens
    assert max((len(p.text) for p in passages), default=0) <= MAX_CHARS


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_rows_15_and_16_every_script_is_cut_exactly(name: str) -> None:
    assert_sound(SCRIPTS[name], passages_of(SCRIPTS[name]))


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_every_script_fits_the_real_model(name: str, embedder: Embedder) -> None:
    assert_sound(SCRIPTS[name], passages_of(SCRIPTS[name], embedder), embedder)


@pytest.mark.parametrize(
    "title",
    [("침몰한 배에서 구조된 사람들이 항구로 돌아왔다 " * 8)[:200], "船" * 190, "!?" * 90, "Ship " * 39],
    ids=["Korean", "Chinese", "signs", "English"],
)
def test_a_long_headline_fits_the_real_model_too(title: str, embedder: Embedder) -> None:
    text = f"{title.strip()}\n\nTue Jun 18 2024\n\nThe ferry sank at noon. Nobody was hurt, the port authority said on Tuesday."
    assert_sound(text, passages_of(text, embedder), embedder)


def built(*pieces: Piece, title: str = "") -> Article:
    text, blocks = put_together(pieces)
    return Article(text, title, "test", blocks=blocks)


def cut(article: Article, most: int = 20) -> tuple[Passage, ...]:
    counter = HashEmbedder(max_tokens=most)
    return split(article, counter.count_tokens, counter.max_tokens)


def test_a_passage_knows_the_headings_above_it() -> None:
    article = built(
        Piece("heading", "The ferry", 1),
        Piece("heading", "Prices", 2),
        Piece("paragraph", "They rose."),
        Piece("heading", "Dogs", 3),
        Piece(
            "paragraph", "They pay nothing at all, says the office, and they never did in all of these years. Cats do."
        ),
        Piece("heading", "Crew", 2),
        Piece("paragraph", "Four sail."),
        title="The ferry",
    )
    found = [(p.text.split("\n")[0][:10], p.heading, p.silent) for p in cut(article) if p.kind == "body"]
    assert found == [
        ("Prices", "", ((0, 6),)),
        ("Dogs", "Prices", ((0, 4),)),
        ("They pay n", "Prices › Dogs", ()),
        ("Cats do.", "Prices › Dogs", ()),
        ("Crew", "", ((0, 4),)),
    ]


def test_furniture_is_no_evidence_and_much_of_it_is_in_no_passage() -> None:
    article = built(
        Piece("heading", "The ferry", 1),
        *(Piece("paragraph", f"Line {n} of the body is here.") for n in range(8)),
        Piece("furniture", "See our page on dogs"),
        Piece("paragraph", "It goes on."),
        *(Piece("furniture", f"Chapter {n} ..... {n}") for n in range(9)),
        Piece("paragraph", "The end."),
        title="The ferry",
    )
    passages = cut(article, most=60)
    assert not any("Chapter" in passage.text for passage in passages)
    [with_it] = [passage for passage in passages if "See our page on dogs" in passage.text]
    assert [with_it.text[slice(*span)] for span in with_it.silent] == ["See our page on dogs"]


def test_lines_of_the_head_are_passages_of_their_own() -> None:
    article = built(
        Piece("heading", "The ferry", 1),
        Piece("furniture", "By Tora Vind"),
        Piece("furniture", "3 May 2024"),
        Piece("paragraph", "The ferry sank at noon."),
        title="The ferry",
    )
    assert [(p.kind, p.text) for p in cut(article)] == [
        ("title", "The ferry"),
        ("byline", "By Tora Vind"),
        ("date", "3 May 2024"),
        ("body", "The ferry sank at noon."),
    ]


def test_a_list_that_fits_is_kept_whole_with_the_line_before_it() -> None:
    article = built(
        Piece("paragraph", "One two three four five six seven eight nine ten eleven twelve."),
        Piece("paragraph", "These came:", group=1),
        *(Piece("item", f"boat {n}", 1, group=1) for n in range(4)),
    )
    assert [p.text for p in cut(article)][1] == "These came:\n- boat 0\n- boat 1\n- boat 2\n- boat 3"


def test_a_long_table_is_cut_between_its_rows() -> None:
    article = built(*(Piece("row", f"Port {n}: 2021 {n}, 2023 {n}", group=1) for n in range(30)))
    lines = [line for passage in cut(article) for line in passage.text.split("\n")]
    assert lines == [f"Port {n}: 2021 {n}, 2023 {n}" for n in range(30)]


def test_a_passage_says_the_page_that_it_begins_on() -> None:
    article = built(
        Piece("heading", "A", 1, 2),
        Piece("paragraph", "One is here.", page=2),
        Piece("heading", "B", 2, 3),
        Piece("paragraph", "Two.", page=3),
        title="A",
    )
    assert [(passage.kind, passage.page) for passage in cut(article)] == [("title", 2), ("body", 2), ("body", 3)]


def test_headline_and_date_line_are_passages_of_their_own() -> None:
    text = "Ferry sinks at noon\n\nTue Jun 18 2024\n\nThe ferry sank at noon, the port authority said."
    assert [(p.text, p.kind) for p in passages_of(text)] == [
        ("Ferry sinks at noon", "title"),
        ("Tue Jun 18 2024", "date"),
        ("The ferry sank at noon, the port authority said.", "body"),
    ]


def test_paragraphs_are_one_passage_while_they_fit_together() -> None:
    text = "One is here. Two is here. Three is here.\n\nFour is here."
    assert [p.text for p in passages_of(text)] == [text]
    longer = f"{text}\n\nFive is here, too, and so is the sixth one. Seven is here."
    assert [p.text for p in passages_of(longer)] == [text, longer.removeprefix(text).strip()]


def test_a_passage_within_an_inner_list_knows_the_items_around_it() -> None:
    pieces = [Piece("heading", "Packing", 1)]
    for outer in ("For the night:", "For the way"):
        pieces.append(Piece("item", outer, 1, group=1))
        pieces += [Piece("item", f"{n} things of the sort that one can buy", 2, group=1) for n in range(4)]
    text, blocks = put_together([*pieces, Piece("paragraph", "Nothing else is needed. Leave the rest at home.")])
    found = [
        (p.text.split("\n")[0][:9], p.heading) for p in split(Article(text, blocks=blocks), COUNTER.count_tokens, 20)
    ]
    assert ("1 things ", "For the night") in found
    assert ("2 things ", "For the way") in found
    assert [heading for begins, heading in found if begins in {"For the n", "Nothing e"}] == ["", ""]


def test_a_heading_begins_a_passage() -> None:
    text = "One is here.\n\nWhat came then\n\nTwo came and stayed."
    assert [p.text for p in passages_of(text)] == ["One is here.", "What came then\n\nTwo came and stayed."]


def test_lines_of_a_list_are_no_headings() -> None:
    text = "They came:\n\nKaldra\n\nOsby\n\nVarn"
    assert [p.text for p in passages_of(text)] == [text]


def test_a_long_paragraph_is_cut_between_sentences_that_overlap_by_one() -> None:
    told = [f"Sentence number {n} is here now." for n in range(7)]
    texts = [p.text for p in passages_of(" ".join(told))]
    assert len(texts) > 1
    assert all(text.startswith("Sentence") and text.endswith("now.") for text in texts)
    for before, after in pairwise(texts):
        assert before.endswith(after.split(" now.")[0] + " now.")


@pytest.mark.parametrize(
    "text",
    [
        "The offer came from Ms. Harrow in May.",
        "The desk is open Mon. to Fri. 9 to 5, Sat. 10 to 4.",
        "It costs approx. 40 euros (incl. tax), as Figs. 2 and 3 of Vol. 7 show.",
    ],
)
def test_a_sentence_goes_on_behind_an_abbreviation(text: str) -> None:
    whole = f"It is so. {text} Then it ended."
    assert [whole[s:e] for s, e in sentences(whole)] == ["It is so.", text, "Then it ended."]


def test_a_sentence_may_end_with_an_abbreviation() -> None:
    text = "It opens on Sat. Harrow comes on Sun.\nMs. Pell leads it."
    assert [text[s:e] for s, e in sentences(text)] == ["It opens on Sat.", "Harrow comes on Sun.", "Ms. Pell leads it."]


@pytest.mark.parametrize(
    "text",
    [
        "Lentil stew: Protein (g) 38, Salt (g) 4.1",
        "Milk: Price (per l) 1, Fat (g) 2, Cost (per l) 3",
        "Snow crab [2]: Tonnes 2022 .., Tonnes 2023 2,760",
        "He may (a) sell and (b) buy.",
    ],
)
def test_a_unit_or_letter_in_brackets_or_an_empty_cell_cuts_no_sentence(text: str) -> None:
    assert [text[s:e] for s, e in sentences(text)] == [text]
    listed = "Rules. (a) Sell it. (b) Buy it."
    assert [listed[s:e] for s, e in sentences(listed)] == ["Rules.", "(a) Sell it.", "(b) Buy it."]


def test_a_long_sentence_is_cut_between_words() -> None:
    text = " ".join(f"word{n}" for n in range(100)) + "."
    pieces = [p.text for p in passages_of(text)]
    assert " ".join(pieces) == text


def test_row_15_repeated_paragraphs_have_offsets_of_their_own() -> None:
    text = "\n\n".join(["The gate is shut."] * 50)
    passages = passages_of(text)
    assert len(passages) > 1
    assert all(p.start % 19 == 0 and text[p.start : p.end] == p.text for p in passages)
    assert [a.end + 2 for a in passages[:-1]] == [b.start for b in passages[1:]]


@pytest.mark.parametrize(
    "text",
    [
        "." * 400_000,
        "a" * 1_000_000,
        "a " * 500_000,
        "“" * 20_000,
        " \u00a0" * 200_000 + "end",
        "船" * 200_000,
        "?!. " * 50_000,
    ],
    ids=["dots", "no space", "one line", "quotation marks", "spaces", "Chinese", "signs"],
)
def test_row_17_time_stays_bounded(text: str, embedder: Embedder) -> None:
    start = time.process_time()
    passages = passages_of(text, embedder)
    # Far above what it takes (about a second), far below what a quadratic rule would.
    assert time.process_time() - start < 20
    assert passages
    assert max(len(p.text) for p in passages) <= MAX_CHARS


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
sentence_like = st.lists(words, min_size=1, max_size=14).map(" ".join)
texts = st.lists(
    st.tuples(
        sentence_like, st.sampled_from([". ", "! ", "? ", "\n", "\n\n", " ", "。", ".\n\n\n", "” ", "\u2029", "\u00a0"])
    ),
    max_size=25,
).map(lambda parts: "".join(text + end for text, end in parts))


@settings(max_examples=examples(150))
@given(texts)
@example("A.\n\n" + "B" * 3_000)
@example("\n\n \n\n\u2029x")
@example("Tue Jun 18 2024\n\nTue Jun 18 2024")
def test_passages_of_any_text_are_sound(text: str) -> None:
    assert_sound(text, passages_of(text))


@settings(max_examples=examples(60))
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_passages_of_arbitrary_characters_are_sound(text: str) -> None:
    assert_sound(text, passages_of(text))


@settings(max_examples=examples(40))
@given(
    st.lists(
        st.sampled_from(["un", "believ", "able", "ness", "東京", "한국어", "ก็", "🛳️", "é", " ", "-", ". "]), max_size=700
    )
)
def test_passages_of_any_text_fit_the_real_model(embedder: Embedder, parts: list[str]) -> None:
    text = "".join(parts)
    assert_sound(text, passages_of(text, embedder), embedder)


@settings(max_examples=examples(40))
@given(texts)
def test_the_head_stands_in_the_text(text: str) -> None:
    head = find_head(text)
    for span in (head.title, head.date):
        assert span is None or 0 <= span[0] < span[1] <= len(text)


@pytest.mark.parametrize(
    "pieces",
    [
        [Piece("heading", f"Part {n}", 2) for n in range(60_000)] + [Piece("paragraph", "It ends.")],
        [Piece("item", f"Step {n}", n, group=1) for n in range(1, 6_000)],
    ],
    ids=["headings", "lists in lists"],
)
def test_row_17_many_headings_and_deep_lists_take_bounded_time(pieces: list[Piece]) -> None:
    text, blocks = put_together(pieces)
    start = time.process_time()
    passages = split(Article(text, blocks=blocks), COUNTER.count_tokens, 200)
    assert time.process_time() - start < 10
    assert max(len(passage.heading) for passage in passages) < 200


def test_row_17_sentences_that_are_all_joined_take_bounded_time() -> None:
    start = time.process_time()
    assert len(sentences("Amb. Atty. " * 400_000)) == 1
    assert time.process_time() - start < 15

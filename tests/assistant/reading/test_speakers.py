"""Who speaks in a sentence that is speech: the nearest sentence that names the speaker is found where it is clear, only there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.reading.speakers import spoken
from index.article import Article, Block

LEE = "The mayor, Ann Lee, came to the bridge on Monday."


def speaker_in(text: str, said: str, blocks: tuple[Block, ...] = ()) -> str:
    """The words before a sentence that name its speaker; empty if there are none."""
    article, start = Article(text, "A bridge", "1", blocks=blocks), text.index(said)
    found = spoken(article, (start, start + len(said))).speaker
    return "" if found is None else text[slice(*found)]


# Found


@pytest.mark.parametrize(
    "said",
    [
        '"It will never open again," she said.',
        "“It will never open again,” she said.",
        "‘It won’t ever open again,’ she said.",
        "It will never open again, she says.",
        "She added that it would never open again.",
        'Of the old one she says: "It was too short."',
    ],
)
def test_whoever_the_sentence_before_names_is_meant_by_the_pronoun(said: str) -> None:
    assert speaker_in(f"{LEE} {said} It rained.", said) == LEE


def test_what_is_wholly_quoted_goes_on_with_what_was_said_before_it() -> None:
    first, said = '"The hull leaks," said the owner, Ann Lee.', '"It always did."'
    assert speaker_in(f"It rained. {first} {said}", said) == first
    assert speaker_in(f'{LEE} "The hull leaks," she said. {said}', said) == LEE


def test_a_quotation_left_open_goes_on_in_the_next_paragraph() -> None:
    first, said = "Ann Lee, the mayor, said: “The bridge is old.", "“It will never open again.”"
    assert speaker_in(f"{first}\n\n{said}", said) == first


def test_a_quotation_behind_somebody_who_is_named_alone_is_taken_for_theirs() -> None:
    assert speaker_in(f'{LEE} Lee disagrees. "It is safe."', '"It is safe."') == "Lee disagrees."


def test_somebody_who_speaks_may_go_on_in_the_next_paragraph_and_the_one_behind_it() -> None:
    first, said = '"It is old," said the mayor, Ann Lee.', '"It will never open again," she said.'
    assert speaker_in(f'{first}\n\n"We have no money," she added.\n\n{said}', said) == first


def test_a_trade_names_the_speaker_who_has_no_name() -> None:
    first, said = "It is being looked into, a spokeswoman said.", "The first report was wrong, she added."
    assert speaker_in(f"{LEE} {first} {said}", said) == first


def test_who_has_promised_something_is_not_taken_for_the_speaker() -> None:
    said = '"I know the bridge," she said.'
    assert speaker_in(f"{LEE} The builder had promised a new one. {said}", said) == LEE


def test_of_two_who_are_named_the_one_who_speaks_is_meant() -> None:
    first, said = "The builder, Kari Holm, told the mayor, Ann Lee, that it was safe.", '"I was wrong," she said.'
    assert speaker_in(f"{first} {said}", said) == first


def test_somebody_with_another_title_is_not_meant() -> None:
    said = '"It will never open again," she said.'
    assert speaker_in(f"Mrs Lee came on Monday. Mr Holm was late. {said}", said) == "Mrs Lee came on Monday."


def test_in_minutes_the_name_before_the_paragraph_says_who_speaks() -> None:
    text = "Lee: The bridge is old. It leaks.\n\nHolm: It does not. I built it.\n\nLee: Who else?\n\nHolm: Nobody. Ask them."
    assert speaker_in(text, "It leaks.") == "Lee:"
    assert speaker_in(text, "I built it.") == "Holm:"


# Left alone


def cases() -> Iterator[tuple[str, str]]:
    """Texts, and the sentence in them of which it is not clear who speaks, or is."""
    said = '"It will never open again," she said.'
    yield f"{LEE} Lee met Kari Holm. {said}", said
    yield f"{LEE} Its builder, Kari Holm, was late. It rained on Lee and Holm. {said}", said
    yield f"{LEE}\n\nThe bridge is old. {said}", said
    yield f"{LEE} A nurse had seen the water. {said}", said
    yield f"{LEE} It was late, he said. {said}", said
    yield f"Lee's garden is open. {LEE} Lee's boat leaks. {said}", said
    yield f"{LEE} Lee signed, and he left. {said}", said
    yield f"The town of Port Hale pays. {said}", said
    yield f"{LEE} {'It rained. ' * 6}{said}", said
    yield f"{LEE} The bridge is shut.", "The bridge is shut."
    yield f'{LEE} Holm called it "too short".', 'Holm called it "too short".'
    yield f'{LEE} "It is shut," said Kari Holm.', '"It is shut," said Kari Holm.'
    yield f"{LEE} Kari Holm said she was sorry.", "Kari Holm said she was sorry."
    yield f'{LEE} "It is shut," they said.', '"It is shut," they said.'
    yield f'{LEE} "It is shut," I said. "For good."', '"For good."'
    yield f'{LEE}\n\n"For good."', '"For good."'
    yield (
        "Price: 10 crowns. Half for children.\n\nDays: all. But Monday.\n\nPrice: the price is low.\n\nDays: days.",
        "But Monday.",
    )


@pytest.mark.parametrize(("text", "said"), list(cases()))
def test_where_it_is_not_clear_who_speaks_or_there_is_nothing_to_tell_nobody_is_named(text: str, said: str) -> None:
    assert speaker_in(text, said) == ""


def test_nobody_is_looked_for_above_a_heading() -> None:
    text = f"{LEE}\n\nMoney\n\n“We have none,” she said."
    start = text.index("Money")
    assert speaker_in(text, "“We have none,” she said.", (Block(start, start + 5, "heading", 1),)) == ""


# Kept together


@pytest.mark.parametrize(
    ("said", "whose"),
    [
        ("“Will it ever open?”", "Ann Lee asked."),
        ('"It always leaked."', "— Ann Lee, mayor"),
        ('"It always leaked."', "(A. Lee, on the bridge)"),
        ("“It always leaked.”", "According to Ann Lee."),
    ],
)
def test_a_clause_behind_that_was_cut_off_and_says_whose_it_is_stays_with_it(said: str, whose: str) -> None:
    text = f"{LEE} It rained. {said} {whose}\n\nIt rained."
    start = text.index(said)
    span, speaker = spoken(Article(text, "", "1"), (start, start + len(said)))
    assert text[slice(*span)] == f"{said} {whose}"
    assert speaker is None


def test_a_sentence_of_its_own_behind_a_quotation_is_no_such_clause() -> None:
    text, said = f"{LEE} “Will it ever open?” Nobody knew what to say to that.", "“Will it ever open?”"
    start = text.index(said)
    assert spoken(Article(text, "", "1"), (start, start + len(said))).span == (start, start + len(said))

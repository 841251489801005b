"""Windows: passages with their neighbours, each text read once, every place traceable to its passage."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.reading.passage_windows import windows_of
from index.article import Passage
from index.evidence import Evidence


def passages(*texts: str, kinds: Sequence[str] = ()) -> list[Passage]:
    made, start = [], 0
    for n, text in enumerate(texts):
        kind = kinds[n] if kinds else "body"
        made.append(Passage(f"a-{n}", "a", start, start + len(text), text, n, kind))  # type: ignore[arg-type]
        start += len(text) + 2
    return made


def found(passages: Sequence[Passage], *ranked: int) -> list[Evidence]:
    def near(n: int) -> Passage | None:
        return passages[n] if 0 <= n < len(passages) else None

    return [Evidence(passages[n], 1.0, before=near(n - 1), after=near(n + 1)) for n in ranked]


def test_a_short_passage_is_read_with_its_neighbours() -> None:
    made = passages("It shut.", "It opened again.", "All came.")
    [window] = windows_of(found(made, 1))
    assert window.context == "It shut.\n\nIt opened again.\n\nAll came."
    for passage in made:
        start = window.context.index(passage.text)
        assert window.place(start) == (passage, 0)
        assert window.place(start + 3) == (passage, 3)


def test_a_long_passage_is_read_alone() -> None:
    made = passages("Before it. " * 20, "Long. " * 140, "Behind it. " * 20)
    [window] = windows_of(found(made, 1))
    assert window.context == made[1].text


def test_what_a_window_has_is_not_read_again() -> None:
    made = passages("One.", "Two.", "Three.", "Four. " * 150)
    windows = windows_of(found(made, 0, 1, 2, 3))
    assert [window.context for window in windows] == ["One.\n\nTwo.", "Two.\n\nThree.", made[3].text]
    assert [window.rank for window in windows] == [0, 2, 3]


@pytest.mark.parametrize("long", ["12345 67890 " * 20, "船在中午沉没了。" * 25, "Το πλοίο βυθίστηκε. " * 12])
def test_neighbours_that_the_network_could_not_read_to_the_end_are_left_out(long: str) -> None:
    """Digits, Chinese and Greek letters are tokens by themselves: few characters fill a window, and its end would be cut off."""
    made = passages(long, "It sank at noon.", long)
    [window] = windows_of(found(made, 1))
    assert len(window.passages) == 2


def test_headlines_and_dates_are_read_only_if_nothing_else_was_found() -> None:
    made = passages("Ferry sinks", "Tue Jun 18 2024", "It sank at noon.", kinds=("title", "date", "body"))
    assert [window.context for window in windows_of(found(made, 0, 2))] == ["It sank at noon."]
    assert [window.context for window in windows_of(found(made, 0))] == ["Ferry sinks"]


def test_a_sentence_that_two_passages_share_is_read_once() -> None:
    first = Passage("a-0", "a", 0, 17, "One is. Two are. ", 0)
    second = Passage("a-1", "a", 8, 25, "Two are. Three is", 1)
    [window] = windows_of([Evidence(first, 1.0, after=second)])
    assert window.context.count("Two are.") == 1
    start = window.context.index("Three")
    passage, place = window.place(start)
    assert passage is second
    assert second.text[place:] == "Three is"


def test_nothing_found_is_nothing_to_read() -> None:
    assert windows_of([]) == []


def test_a_window_is_read_under_the_title_and_the_headings_above() -> None:
    passage = Passage("a-0", "a", 0, 4, "One.", 0, heading="Prices › Dogs")
    [window] = windows_of([Evidence(passage, 1.0, title="The ferry")])
    assert window.head == "The ferry › Prices › Dogs"
    [plain] = windows_of([Evidence(Passage("a-0", "a", 0, 4, "One.", 0), 1.0, title="The ferry")])
    assert plain.head == "The ferry"

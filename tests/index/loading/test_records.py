"""Records of JSON are called by their own names, say whose their lists are, and keep every value in its order."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from index.loading.tables import read_json
from index.settings import IndexSettings

_LONG = "The pump was taken out of the well, cleaned and set in again. " * 4


def _pieces(data: Any) -> list[tuple[str, str]]:
    loaded = read_json(io.BytesIO(json.dumps(data).encode()), "a.json", IndexSettings())
    return [(piece.kind, piece.text) for piece in loaded.pieces]


def test_sentences_of_a_list_are_lines_of_their_own() -> None:
    notes = ["Prices are without tax.", "The jetty is closed."]
    assert _pieces({"town": "Osby", "notes": notes, "open": True}) == [
        ("item", "town: Osby"),
        ("paragraph", "notes:"),
        ("item", notes[0]),
        ("item", notes[1]),
        ("item", "open: true"),
    ]
    assert _pieces(notes) == [("item", notes[0]), ("item", notes[1])]
    assert _pieces({"days": ["Mon", "Tue"], "at": [22.10, 60.2]}) == [
        ("item", "days: Mon, Tue"),
        ("item", "at: 22.1, 60.2"),
    ]
    assert _pieces([{"a": "x", "of": ["Ek, Osby", "Lo"]}, {"a": "y", "of": []}])[1] == ("row", "x: of Ek, Osby; Lo")


def test_values_stand_in_the_order_of_the_source() -> None:
    ferries, ports = (
        [{"name": "Viken", "cars": 3}, {"name": "Una", "cars": 4}],
        [{"name": "Osby", "piers": [{"n": 1}, {"n": 2}]}],
    )
    found = _pieces(
        {"ferries": ferries, "notes": ["No dogs on board.", "No bikes at night."], "ports": ports, "year": 2024}
    )
    assert found == [
        ("caption", "ferries"),
        ("row", "name, cars"),
        ("row", "Viken: cars 3"),
        ("row", "Una: cars 4"),
        ("paragraph", "notes:"),
        ("item", "No dogs on board."),
        ("item", "No bikes at night."),
        ("item", "year: 2024"),
        ("heading", "Osby"),
        ("caption", "piers"),
        ("row", "n"),
        ("row", "1"),
        ("row", "2"),
    ]


def test_what_stands_behind_a_heading_has_one_of_its_own() -> None:
    ports = [{"name": "Osby", "rules": ["No dogs at night.", "No fires on the pier."]}, {"name": "Lund", "rules": []}]
    found = _pieces({"ports": ports, "fees": [{"name": "car", "kr": 3}, {"name": "dog", "kr": 1}]})
    assert found[-4:] == [("heading", "fees"), ("row", "name, kr"), ("row", "car: kr 3"), ("row", "dog: kr 1")]


@pytest.mark.parametrize(
    ("records", "row"),
    [
        ([{"id": "H-1", "place": {"town": "Abbey", "part": "quay"}}, {"id": "H-2", "place": {"town": "Abbey", "part": "hill"}}],
         "H-1: place town Abbey, place part quay"),
        ([{"mission": "Halcyon 4", "load": {"name": "Ray"}}, {"mission": "Halcyon 5", "load": {"name": "Sun"}}],
         "Halcyon 4: load name Ray"),
        ([{"place": {"town": "Abbey"}, "id": "H-1"}, {"place": {"town": "Quay"}, "id": "H-2"}], "H-1: place town Abbey"),
        ([{"type": "Feature", "of": {"name": "Korpo"}}, {"type": "Feature", "of": {"name": "Nagu"}}], "Korpo: type Feature"),
    ],
)  # fmt: skip
def test_a_row_is_called_by_what_is_its_own(records: list[Any], row: str) -> None:
    assert _pieces(records)[1] == ("row", row)


def test_records_say_what_they_are_called_and_whose_their_lists_are() -> None:
    issues = [
        {"id": "HX-12", "state": "open", "comments": [{"by": "Ek", "said": "It leaks."}]},
        {"id": "HX-13", "state": "open", "comments": [{"by": "Lo", "said": "Fine."}, {"by": "Ud", "said": "No."}]},
    ]
    assert _pieces({"issues": issues}) == [
        ("heading", "HX-12"),
        ("item", "id: HX-12"),
        ("item", "state: open"),
        ("caption", "comments of HX-12"),
        ("row", "by, said"),
        ("row", "Ek: said It leaks."),
        ("heading", "HX-13"),
        ("item", "id: HX-13"),
        ("item", "state: open"),
        ("caption", "comments of HX-13"),
        ("row", "by, said"),
        ("row", "Lo: said Fine."),
        ("row", "Ud: said No."),
    ]
    orders = [{"id": 7, "lines": [{"of": {"x": [{"y": 1}]}}]}, {"id": 8, "lines": []}]
    assert _pieces({"orders": orders})[0] == ("heading", "orders 7")


def test_a_record_with_a_text_keeps_its_other_values() -> None:
    fry = "Fry the onions in the pan, then the tomato paste."
    assert _pieces(
        [{"title": "Fry", "minutes": 15, "text": fry}, {"title": "Rest", "minutes": 5, "text": "Let it rest."}]
    ) == [
        ("row", "title, minutes, text"),
        ("row", f"Fry: minutes 15; text {fry}"),
        ("row", "Rest: minutes 5, text Let it rest."),
    ]
    page = {
        "title": "Pump",
        "text": _LONG,
        "url": "https://example.com",
        "cost": 400,
        "parts": [{"name": "seal", "n": 2}],
    }
    assert _pieces(page)[2:] == [("item", "cost: 400"), ("heading", "seal"), ("item", "n: 2")]
    assert ("item", "cost: 400") in _pieces([page, {**page, "cost": 500}])
    posts = [{"id": "1", "title": "Ice", "text": fry}, {"id": "2", "title": "Sea", "text": fry}]
    assert _pieces(posts)[:3] == [("heading", "Ice"), ("paragraph", fry), ("item", "id: 1")]


def test_a_second_text_of_an_article_is_read_unless_it_is_the_first_again() -> None:
    other = "Since Monday the water is clear again, says the caretaker."
    assert ("item", f"body: {other}") in _pieces({"title": "Well", "text": _LONG, "body": other})
    again = {"title": "Well", "text": _LONG, "content_html": f"<p>{_LONG}</p>", "content": {"rendered": _LONG}}
    assert _pieces(again) == _pieces({"title": "Well", "text": _LONG})
    parts = _pieces({"title": "Well", "text": _LONG, "content": [{"step": "Lift"}, {"step": "Clean"}]})
    assert [text for kind, text in parts if kind == "row"] == ["step", "Lift", "Clean"]

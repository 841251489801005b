"""Tables and stored data are read with the names of their columns and fields, and every value as it is written."""

from __future__ import annotations

import io
import json
import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pytest

from index.errors import LoadError, UnreadableFileError
from index.loading.files import load_file
from index.loading.tables import read_csv, read_json
from index.pieces import Loaded
from index.settings import IndexSettings

_SETTINGS = IndexSettings()
_Reader = Callable[[BinaryIO, str, IndexSettings], Loaded]


def _texts(read: _Reader, data: str | bytes, encoding: str = "utf-8") -> list[str]:
    raw = data if isinstance(data, bytes) else data.encode(encoding)
    return [piece.text for piece in read(io.BytesIO(raw), "data", _SETTINGS).pieces]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rows_have_their_column_names(delimiter: str, encoding: str) -> None:
    rows = (("Municipality", "Cars", "Ferry"), ("Pargas å", "1 214", "Viken å"), ("Nagu ö", "201", "Nordep ö"))
    text = "\r\n".join(delimiter.join(row) for row in rows)
    assert _texts(read_csv, text, encoding) == [
        "Municipality, Cars, Ferry",
        "Pargas å: Cars 1 214, Ferry Viken å",
        "Nagu ö: Cars 201, Ferry Nordep ö",
    ]


def test_decimal_commas_are_no_delimiters() -> None:
    assert _texts(read_csv, "Place;Share;Cars\nKorpo;1,50;2,1\nNagu;2,50;3,1")[1:] == [
        "Korpo: Share 1,50, Cars 2,1",
        "Nagu: Share 2,50, Cars 3,1",
    ]


def test_quoted_cells_may_have_delimiters_quotes_and_line_ends() -> None:
    assert _texts(read_csv, 'name,said\n"Lind, Bo","It is\n""so"", he"\n') == [
        "name, said",
        'Lind, Bo: said It is "so", he',
    ]


def test_lines_above_the_table_are_no_rows() -> None:
    loaded = read_csv(io.BytesIO(b"Cars on the ferries\n\nPlace,2021,2023\nKorpo,214,201\n"), "a.csv", _SETTINGS)
    assert [(piece.kind, piece.text) for piece in loaded.pieces] == [
        ("paragraph", "Cars on the ferries"),
        ("row", "Place, 2021, 2023"),
        ("row", "Korpo: 2021 214, 2023 201"),
    ]
    assert len({piece.group for piece in loaded.pieces[1:]}) == 1


def test_what_a_row_is_about_stands_before_its_number() -> None:
    assert _texts(read_csv, "No,Unit,Article,Price\n1030,piece,Fender 40 cm,41\n1031,piece,Fender 60 cm,52\n") == [
        "Article, No, Unit, Price",
        "Fender 40 cm: No 1030, Unit piece, Price 41",
        "Fender 60 cm: No 1031, Unit piece, Price 52",
    ]
    records = [{"id": "T-1", "called": "Sparrow", "at": {"dome": "West"}}, {"id": "T-2", "called": "Lynx"}]
    assert _texts(read_json, json.dumps(records)) == [
        "called, id, at dome",
        "Sparrow: id T-1, at dome West",
        "Lynx: id T-2",
    ]


@pytest.mark.parametrize("first", [("2019", "2021"), ("2019-03-01", "2019-04-02"), ("Korpo", "Nagu")])
def test_rows_of_years_days_and_names_stay_as_they_are(first: tuple[str, str]) -> None:
    texts = _texts(read_csv, f"Of,What\n{first[0]},Flood\n{first[1]},Storm\n")
    assert texts == ["Of, What", f"{first[0]}: What Flood", f"{first[1]}: What Storm"]


def test_a_bare_number_before_a_row_says_of_what_it_is() -> None:
    assert _texts(read_csv, "Lift (m),Up,Down\n10,15.8,23\n1.5,,7\n") == [
        "Lift (m), Up, Down",
        "Lift (m) 10: Up 15.8, Down 23",
        "Lift (m) 1.5: Down 7",
    ]


def test_a_separator_that_the_file_states_goes_before_a_guess() -> None:
    assert _texts(read_csv, "sep=;\na,b;c\nd,e;1") == ["a,b, c", "d,e: c 1"]


def test_a_first_row_of_values_gives_no_names() -> None:
    assert _texts(read_csv, "Korpo,214\nNagu,201\n") == ["Korpo: 214", "Nagu: 201"]
    assert _texts(read_csv, "yes,no\nno,no\n") == ["yes: no", "no: no"]


def test_a_quotation_mark_that_is_never_closed_takes_no_more_than_its_cell() -> None:
    rows = "".join(f"Place {n},{n}\n" for n in range(20_000))
    assert _texts(read_csv, f'name,cars\n"Korpo,3\n{rows}')[-1] == "Place 19999: cars 19999"


def test_a_cell_may_be_long() -> None:
    long = "Prices rose, and so did the sea. " * 6_000
    row = _texts(read_csv, f'port,report\nKorpo,"{long}"\n')[-1]
    assert row.startswith("Korpo: report Prices rose, and so did the sea.")
    assert len(row) > 180_000


def test_numbers_stay_as_they_are_written() -> None:
    data = '{"a": 1.50, "b": 1e400, "c": 12345678901234567890123, "d": -0.0, "e": true, "f": null, "g": [1.0, 2]}'
    assert _texts(read_json, data) == [
        "a: 1.50",
        "b: 1e400",
        "c: 12345678901234567890123",
        "d: -0.0",
        "e: true",
        "g: 1.0, 2",
    ]


def test_like_records_are_rows() -> None:
    data = '[{"cars": 3, "name": "Korpo", "at": {"lat": 60.10}}, {"name": "Nagu", "cars": 4}]'
    assert _texts(read_json, data) == ["name, cars, at lat", "Korpo: cars 3, at lat 60.10", "Nagu: cars 4"]


def test_lines_of_json_are_read_as_a_list() -> None:
    assert _texts(read_json, '{"a": "x", "b": 1}\n\n{"a": "y", "b": 2}\n') == ["a, b", "x: b 1", "y: b 2"]


def test_geojson() -> None:
    places = [("Korpo", "[22.10, 60.2]"), ("Nagu", "[22.3, 60.2]")]
    features = ",".join(
        f'{{"type": "Feature", "geometry": {{"type": "Point", "coordinates": {at}}}, "properties": {{"name": "{name}"}}}}'
        for name, at in places
    )
    texts = _texts(read_json, f'{{"type": "FeatureCollection", "features": [{features}]}}')
    assert texts[-2].startswith("Korpo: ")
    assert "22.10, 60.2" in texts[-2]


def test_other_shapes_keep_the_path_to_each_value() -> None:
    loaded = read_json(
        io.BytesIO(b'{"a": {"b": "x"}, "ferries": [{"name": "Viken", "crew": [{"n": "1"}]}]}'), "a.json", _SETTINGS
    )
    assert [(piece.kind, piece.text) for piece in loaded.pieces] == [
        ("item", "a b: x"),
        ("heading", "Viken"),
        ("heading", "crew"),
        ("item", "n: 1"),
    ]


_ARTICLE = {
    "Title": "Ferries",
    "authors": [{"name": "Anna Berg"}, "Bo Lind"],
    "datePublished": "2026-03-03T23:30:00-05:00",
    "publisher": {"name": "The Paper"},
    "body": "The ferry carried 41,000 cars last year.\n\nIt was the most since 2004.",
}


def test_a_stored_article_reads_as_one() -> None:
    loaded = read_json(io.BytesIO(json.dumps(_ARTICLE).encode()), "a.json", _SETTINGS)
    assert (loaded.title, loaded.published, loaded.site) == ("Ferries", date(2026, 3, 3), "The Paper")
    assert loaded.authors == ("Anna Berg", "Bo Lind")
    assert [piece.text for piece in loaded.pieces if piece.kind == "paragraph"] == [
        "The ferry carried 41,000 cars last year.",
        "It was the most since 2004.",
    ]


def test_a_list_of_stored_articles_has_a_heading_for_each() -> None:
    articles = [
        _ARTICLE,
        {
            **_ARTICLE,
            "Title": "Bridges",
            "body": "<p>The bridge carried <b>12</b> cars.</p><p>Not more than those.</p>",
        },
    ]
    loaded = read_json(io.BytesIO(json.dumps(articles).encode()), "a.json", _SETTINGS)
    assert [piece.text for piece in loaded.pieces if piece.kind == "heading"] == ["Ferries", "Bridges"]
    assert "The bridge carried 12 cars." in [piece.text for piece in loaded.pieces]


@pytest.mark.parametrize("data", ["{", '{"a": 1,}', "[1, 2", "nothing", ""])
def test_broken_json_is_refused_with_its_line(data: str) -> None:
    with pytest.raises(UnreadableFileError, match="in line 1"):
        _texts(read_json, data)


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_json, "[" * 100_000),
        (read_json, "[" * 900 + "]" * 900),
        (read_json, '{"a":' * 400 + "1" + "}" * 400),
        (read_json, '{"a":' + '[{"b":' * 300 + "1" + "}]" * 300 + "}"),
        (read_json, "9" * 1_000_000),
        (read_json, json.dumps([{f"k{n}": n} for n in range(20_000)])),
        (read_csv, "x" * 1_000_000),
        (read_csv, "," * 1_000_000),
        (read_csv, '"' * 1_000_001 + ",\n" * 10),
        (read_csv, ("a," * 900 + "\n") + "x\n" * 100_000),
        (read_csv, "a,b\n" + "x\n\n" * 100_000 + "a,b\nc,1\n\n" * 20_000),
        (read_csv, ",".join(f"c{n}" for n in range(990)) + "\n" + "x,2\n" * 400_000),
        (read_json, json.dumps({f"n{n}": ["a", "b"] for n in range(25_000)} | {f"r{n}": [[1]] for n in range(25_000)})),
    ],
    ids=[
        "open",
        "lists",
        "objects",
        "both",
        "digits",
        "keys",
        "line",
        "commas",
        "quotes",
        "ragged",
        "gaps",
        "wide",
        "names",
    ],
)
def test_hostile_data_takes_bounded_time(read: _Reader, data: str) -> None:
    begun = time.process_time()
    with suppress(LoadError):
        _texts(read, data)
    assert time.process_time() - begun < 20


@pytest.mark.parametrize("read", [read_csv, read_json])
def test_damaged_data_gives_text_or_a_reason(read: _Reader) -> None:
    whole = (json.dumps([_ARTICLE, {"a": [1, {"b": [2]}]}]) + '\nPlace,"2021",2023\n"Korpo; x",214,201\n').encode()
    chance = random.Random(3)
    for n in range(300):
        data = bytearray(whole[: chance.randrange(len(whole))] if n % 2 else whole)
        for _ in range(n // 10):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(LoadError):
            _texts(read, bytes(data))


@pytest.mark.parametrize("read", [read_csv, read_json])
def test_binary_data_is_refused(read: _Reader) -> None:
    with pytest.raises(UnreadableFileError):
        _texts(read, random.Random(1).randbytes(5_000))


def test_names_may_have_digits_over_numbers_and_empty_columns_don_t_count() -> None:
    assert _texts(read_csv, "Year,Q1,,Q2\n2021,1,,2\n2022,3,,4\n")[1:] == ["2021: Q1 1, Q2 2", "2022: Q1 3, Q2 4"]
    assert _texts(read_csv, "A1,B2\nA3,B4\n") == ["A1: B2", "A3: B4"]


def test_rows_of_json_with_and_without_names() -> None:
    assert _texts(read_json, '{"columns": ["town", "n"], "data": [["Korpo", 1], ["Nagu", 2]]}') == [
        "data",
        "town, n",
        "Korpo: n 1",
        "Nagu: n 2",
    ]
    assert _texts(read_json, "[[1, 2], [3, 4]]") == ["1: 2", "3: 4"]


def test_a_feed_in_json_is_its_posts() -> None:
    post = {
        "title": "Ice",
        "content_html": f"<p>{_POST}</p>",
        "date_published": "2024-03-01",
        "authors": [{"name": "Bo Ek"}],
    }
    found = read_json(io.BytesIO(json.dumps({"items": [post, post]}).encode()), "feed.json", _SETTINGS)
    assert [(piece.kind, piece.text) for piece in found.pieces[:4]] == [
        ("heading", "Ice"),
        ("furniture", "By Bo Ek"),
        ("furniture", "2024-03-01"),
        ("paragraph", _POST),
    ]


def test_a_row_is_neither_a_title_nor_the_date_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "islands.csv"
    path.write_text("Island,Counted\nKorpo,2024-03-01\n", encoding="utf-8")
    article = load_file(path, _SETTINGS)
    assert (article.title, article.published) == ("islands", None)


_POST = "The ice between the islands bears cars from today on."

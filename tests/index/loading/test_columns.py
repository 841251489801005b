"""The columns of delimited tables have their names, one of them names the rows, and prose around a table is no part of it."""

from __future__ import annotations

import io

import pytest

from index.loading.tables import read_csv
from index.settings import IndexSettings


def _kinds(data: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in read_csv(io.BytesIO(data.encode()), "a.csv", IndexSettings()).pieces]


def _texts(data: str) -> list[str]:
    return [text for _, text in _kinds(data)]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("Sample,Well,pH,Verdict\nW-1,School,7.1,good\nW-2,School,6.8,boil", "W-1: Well School, pH 7.1, Verdict good"),
        ("Call,Vessel,Arrival\nS-1,Tove,Mon 20 May 04:10\nS-3,Tove,cancelled", "S-1: Vessel Tove, Arrival Mon 20 May 04:10"),
        ("Paid,By\nP1,Ek\nP2,Lo", "P1: By Ek"),
        ("Job,Status\nJ-1,open\nJ-2,done", "J-1: Status open"),
        ("Job,Place,Engineer\nJ-1,Osby,Ek\nJ-2,Osby,Lo", "J-1: Place Osby, Engineer Ek"),
        ("At,Talk\n9h30,Eels\n10h15,Pikes", "9h30: Talk Eels"),
        ("No,Article,Price\n1,Fender,41\n2,Rope,5\n,Total,46", "Fender: No 1, Price 41"),
        ("No,Article,Price\n,Fender,41\n,Rope,5", "Fender: Price 41"),
        (",name,price\n0,Fender,41\n1,Rope,5", "Fender: price 41"),
    ],
)  # fmt: skip
def test_a_code_names_its_row_unless_the_next_column_does(table: str, row: str) -> None:
    assert _texts(table)[1] == row


def test_prose_around_a_table_may_have_its_delimiter() -> None:
    note = "Prices per month; a second animal gets 10 per cent off"
    assert _kinds(f"{note}\nPlan;Animal;Limit\nDog Basic;dog;2,000\nCat;cat;1,000") == [
        ("paragraph", note),
        ("row", "Plan, Animal, Limit"),
        ("row", "Dog Basic: Animal dog, Limit 2,000"),
        ("row", "Cat: Animal cat, Limit 1,000"),
    ]
    vote = "The wall was voted on: seven for, two against."
    rows = "Item,Cost,Who\nWall,400,Ek\nINCOME\nRent,20,Lo\nTotal,420,"
    assert _kinds(f"{rows}\n{vote}\nSource: the clerk")[2:] == [
        ("row", "INCOME"),
        ("row", "Rent: Cost 20, Who Lo"),
        ("row", "Total: Cost 420"),
        ("paragraph", vote),
        ("paragraph", "Source: the clerk"),
    ]
    assert _kinds("Item, Who\nWall, Ek\nThe old roof of the hall, Lo")[-1] == (
        "row",
        "The old roof of the hall: Who Lo",
    )


def test_a_file_may_have_several_tables() -> None:
    first, second = "Boys\nName,Goals\nEk,3\nLo,2\n", "Girls\nName,Goals,Town\nUd,4,Osby\nIk,1,Lund\n"
    assert [text for _, text in _kinds(f"Station;Osby\nYear;2024\n\n{first}\n{second}".replace(",", ";"))] == [
        "Station: Osby", "Year: 2024", "Boys", "Name, Goals", "Ek: Goals 3", "Lo: Goals 2",
        "Girls", "Name, Goals, Town", "Ud: Goals 4, Town Osby", "Ik: Goals 1, Town Lund",
    ]  # fmt: skip
    assert _kinds("Who,Where\nEk,Osby\n\nNight\nLo,Lund\nUd,Agby")[-1] == ("row", "Ud: Where Agby")


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("Well,Germs per 100 ml,Verdict\nMill,3,boil\nUpper,-,good", "Mill: Germs per 100 ml 3, Verdict boil"),
        ("Field,Paid 2023,By\nMoss,<25,Ek\nFen,40,Lo\nHill,free,Ek", "Moss: Paid 2023 <25, By Ek"),
        ("Class,Lesson 1,Lesson 2\n7a,Maths,Art\n7b,Art,Music", "7a: Lesson 1 Maths, Lesson 2 Art"),
        ("Who,Wish (1 at most),Age\nEk,chairs,34\nLo,none,19", "Ek: Wish (1 at most) chairs, Age 34"),
        (",Mon,Tue\nAnna,desk,shop\nBo,shop,desk", "Anna: Mon desk, Tue shop"),
    ],
)
def test_column_names_may_have_numbers_or_an_empty_corner(table: str, row: str) -> None:
    assert _texts(table)[1] == row


def test_a_first_row_that_looks_like_the_others_gives_no_names() -> None:
    assert _texts("Room 4,Dr Korb\nRoom 7,Dr Vond")[0] == "Room 4: Dr Korb"
    assert _texts("Berg,Kings Road 12\nEk,Mill Lane\nLo,Quay 3\nUd,Hill 9")[1] == "Ek: Mill Lane"

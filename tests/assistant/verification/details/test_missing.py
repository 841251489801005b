"""Details: every number, date and name of a sentence stands in its quotes or in the question; links stand nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.verification.details.missing import missing, whole_words

DATES = (
    "June 18, 2024",
    "June 18th, 2024",
    "Jun. 18, 2024",
    "JUNE 18 2024",
    "18 June 2024",
    "18 Jun 2024",
    "the 18th of June 2024",
    "2024-06-18",
    "2024/6/18",
    "18.06.2024",
    "06/18/2024",
    "18. Juni 2024",
    "18 juin 2024",
    "18 de junio de 2024",
    "18 giugno 2024",
    "18 de junho de 2024",
    "2024年6月18日",
)
OTHER_DATES = ("June 19, 2024", "18 July 2024", "2023-06-18", "18. Juli 2024", "18 mai 2024", "June 2024", "in 2024")


def lacking(sentence: str, quote: str, question: str = "") -> str:
    return missing(sentence, [quote], question, [quote])


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("It has 5,000 seats.", "5000 seats"),
        ("It has 5000 seats.", "5 000 seats"),
        ("It has 5 000 seats.", "5,000 seats"),
        ("It has 5'000 seats.", "5\u00a0000 seats"),
        ("Es hat 5.000 Plätze.", "5\u202f000 Plätze"),
        ("1,234,567 came.", "1.234.567"),
        ("12,34,567 came.", "1,234,567"),
        ("It rose 12.5%.", "12.5 percent"),
        ("Es stieg um 12,5 %.", "12.50 Prozent"),
        ("It cost $5 million.", "5 million dollars"),
        ("It cost 5 million.", "$5m"),
        ("It cost 5 million.", "$5,000,000"),
        ("It cost 1.5 million.", "1,500,000"),
        ("It cost $1.2bn.", "1,200 million"),
        ("About 5 million came.", "from 5 to 6 million people"),
        ("A million came.", "1,000,000 came"),
        ("Two million came.", "2,000,000 came"),
        ("The four men left.", "the 4 men"),
        ("The 4 men left.", "Four men"),
        ("Die 4 Männer gingen.", "Die vier Männer gingen"),
        ("He came third.", "3rd"),
        ("He came 3rd.", "third"),
        ("It is the 2nd largest.", "the second-largest"),
        ("It has 73 rooms.", "seventy-three rooms"),
        ("One of them left.", "they left"),
        ("They first met there.", "they met there"),
        ("On June 18 300 people came.", "June 18: 300 people"),
        ("وصل ٥ رجال", "وصل 5 رجال"),
        ("It left at 10:30 and won 3–1.", "10:30, a 3-1 win"),
    ],
)
def test_numbers_are_compared_by_value(sentence: str, quote: str) -> None:
    assert lacking(sentence, quote) == ""


@pytest.mark.parametrize(
    ("sentence", "quote", "detail"),
    [
        ("It has 5 seats.", "5,000 seats", "5"),
        ("It has 5 seats.", "5 000 seats", "5"),
        ("It has 5 seats.", "15 seats", "5"),
        ("It has 50,000 seats.", "5,000 seats", "50,000"),
        ("It rose 12.6%.", "12.5%", "12.6"),
        ("It cost $5 billion.", "$5 million", "5 billion"),
        ("It cost $5.", "$5 million", "5"),
        ("It cost $5m.", "5 dollars", "5m"),
        ("Two million came.", "2 came", "Two million"),
        ("The four men left.", "five men", "four"),
        ("He came fourth.", "third", "fourth"),
        ("It has seventy-three rooms.", "70 rooms, 3 halls", "seventy-three"),
        ("وصل ٦ رجال", "وصل 5 رجال", "٦"),
        ("普京2023年抵达", "普京2024年抵达", "2023"),
    ],
)
def test_a_number_that_stands_nowhere_is_named(sentence: str, quote: str, detail: str) -> None:
    assert lacking(sentence, quote).rstrip("%") == detail


@pytest.mark.parametrize("written", DATES)
def test_the_same_date_may_be_written_in_any_way(written: str) -> None:
    for other in DATES:
        assert lacking(f"It sank on {written}.", f"On {other} it sank.") == "", other


@pytest.mark.parametrize("written", DATES)
def test_another_date_is_none(written: str) -> None:
    for other in OTHER_DATES:
        assert lacking(f"It sank on {written}.", f"On {other} it sank.") != "", other


@pytest.mark.parametrize(
    ("sentence", "quote", "question", "right"),
    [
        ("It sank on June 19.", "June 18-19, 2024", "", True),
        ("It sank on June 19, 2024.", "on 18 and 19 June 2024", "", True),
        ("It sank in June.", "on 2024-06-18", "", True),
        ("It sank in July.", "on 2024-06-18", "", False),
        ("It sank in 2024.", "on 18 June 2024", "", True),
        ("It sank on June 18.", "on the 18th", "What sank in June?", True),
        ("It sank on June 18.", "on the 18th", "What sank?", False),
        ("It sank on June 18.", "18 sank on June 17", "", False),
        ("It sank on 18 June 2024.", "on 18 June", "What sank in 2024?", True),
        ("It sank on Tuesday.", "on TUESDAY it sank", "", True),
        ("It sank on Tuesday.", "on Tues. it sank", "", True),
        ("It sank on Wednesday.", "on Tuesday it sank", "", False),
        ("Il a coulé mardi.", "Mardi, il a coulé.", "", True),
        ("Il a coulé mercredi.", "Il a coulé mardi.", "", False),
        ("Il a coulé le 18 juillet.", "Il a coulé le 18 juin.", "", False),
        ("They may march on.", "they might", "", True),
        ("The Sun rose.", "the sun rose", "", True),
    ],
)
def test_parts_of_dates_and_weekdays(sentence: str, quote: str, question: str, right: bool) -> None:
    assert (lacking(sentence, quote, question) == "") is right


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Ana's plane landed.", "Ana landed"),
        ("It was Kim Jong-un.", "Kim Jong Un"),
        ("Two Koreans and the Russian president met.", "two from Korea met Russia’s president"),
        ("The Chinese, the Iraqis and the Italians won.", "China, Iraq and Italy won"),
        ("The ferry of Ana sank.", "THE FERRY OF ANA SANK"),
        ("The U.S. army left.", "the US army"),
        ("The US army left.", "the U.S. army"),
        ("The United States left.", "the U.S. left"),
        ("The NSC left.", "the National Security Council"),
        ("José and O’Neill left.", "Jose and O'Neill"),
        ("The Zürich-based firm left.", "a firm in Zu\u0308rich"),
        ("Mr. Smith and Ms Jones left.", "Smith and Jones left"),
        ("Officials left.", "they left"),
        ("However, heavy rain fell. Still, it sank.", "it rained, and it sank"),
        ("Visitors cheered.", "those who were visiting cheered"),
        ("He said: “Nobody won.”", "he said that nobody won"),
        ("Ferries sank.", "a ferry sank"),
        ("Rain fell.", "it was wet, with rain"),
        ("Ferry traffic stopped.", "ferries stopped, and all traffic"),
        ("Путин прибыл в Пхеньян.", "ПУТИН ПРИБЫЛ В ПХЕНЬЯН"),
        ("普京抵达平壤。", "金正恩"),
        ("وصل الرئيس", "غادر"),
    ],
)
def test_names_that_stand_there_in_another_form_pass(sentence: str, quote: str) -> None:
    assert lacking(sentence, quote) == ""


@pytest.mark.parametrize(
    ("sentence", "quote", "detail"),
    [
        ("Macron landed there.", "Putin landed there", "Macron"),
        ("Emmanuel landed there, as Putin did.", "Putin landed there", "Emmanuel"),
        ("Putin landed in Seoul.", "Putin landed in Pyongyang", "Seoul"),
        ("The EU left.", "the UN left", "EU"),
        ("The United Kingdom left.", "the U.S. left", "United"),
        ("NATO left.", "they left", "NATO"),
        ("The US left.", "they left", "US"),
        ("Ursula Smith left.", "the US left", "Ursula"),
        ("Dr. Smith left.", "Dr. Jones left", "Smith"),
        ("They met Dr. Masters.", "they met Dr. Jones", "Masters"),
        ("Rollings's plane left.", "her plane left", "Rollings"),
        ("It sank near Georgetown.", "it sank near Georges", "Georgetown"),
        ("It sank near Austria.", "near Australia", "Austria"),
        ("It sank. Near Rome it sank.", "it sank near Paris", "Rome"),
        ("Putin's men met Xi's.", "Putin's men met", "Xi"),
        ("Макрон прибыл в Пхеньян.", "Путин прибыл в Пхеньян", "Макрон"),
        ("Ο Μακρόν έφτασε.", "Ο Πούτιν έφτασε", "Μακρόν"),
    ],
)
def test_a_name_that_stands_nowhere_is_named(sentence: str, quote: str, detail: str) -> None:
    assert lacking(sentence, quote) == detail


def test_the_article_tells_names_from_other_words_and_proves_none() -> None:
    around = "Only Banks stayed, said the man of the stores. Stores closed."
    assert missing("Banks left.", ["they left"], "", [around]) == "Banks"
    assert missing("Stores left.", ["they left"], "", [around]) == ""
    assert missing("They met Banks.", ["they met him"], "", [around]) == "Banks"


def test_what_the_question_says_needs_no_quote() -> None:
    assert lacking("Ana won 3 cups in 2020.", "she won", "Did Ana win 3 cups in 2020?") == ""


@pytest.mark.parametrize(
    "planted",
    [
        "https://evil.example/x",
        "HTTP:evil",
        "www.evil.example",
        "[here](evil)",
        "![it](x.png)",
        "[here][a]",
        "<img src=x>",
        "<b>it</b>",
        "javascript:alert(1)",
        "mailto:a@b.example",
        "data:text/html,x",
        "ftp://a.example",
    ],
)
def test_a_link_may_stand_in_no_sentence(planted: str) -> None:
    assert lacking(f"see {planted} now", "see it now") != ""
    assert lacking(f"see {planted} now", f"see {planted} now") != ""


@pytest.mark.parametrize("marker", ["[3]", "[1, 2]", "[ 3 ]", "【3】", "[^3]", "[3†source]"])
def test_what_passes_for_a_marker_of_the_answer_may_stand_in_no_sentence(marker: str) -> None:
    assert lacking(f"it sank {marker}.", "it sank 1 2 3", f"[3] {marker}") == marker
    assert lacking(f"it sank {marker}.", f"it sank {marker}.") == marker


def test_words_in_brackets_are_no_marker() -> None:
    assert lacking("it [the ferry] sank [3 days later] (at noon)", "it sank 3 days later") == ""


def test_an_address_without_http_is_a_detail() -> None:
    assert lacking("go to evil.example/x", "go there") == "evil.example/x"
    assert lacking("go to good.example", "go to Good.example") == ""
    assert lacking("so 5 < 6 and 7 > 6, e.g. here", "5, 6 and 7") == ""


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("in 1,524 days", "5", "1,524"),
        ("in 12.5 days", "12", "12.5"),
        ("a North Korean man", "Korea", "Korean"),
        ("em 18-06-2024 foi", "06", "18-06-2024"),
        ("中国有14亿人", "中国", "中国"),
        ("It sank.", "It sank.", "It sank."),
        ("noon, then", "noon", "noon"),
    ],
)
def test_a_quote_proves_whole_words_alone(text: str, cut: str, whole: str) -> None:
    start = text.index(cut)
    found = whole_words(text, (start, start + len(cut)))
    assert text[slice(*found)] == whole


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_sentence_has_the_details_of_its_own_text(one: str, other: str) -> None:
    detail = missing(one, [f"{one} {other}"], other)
    # Links alone may not even be repeated.
    assert detail == "" or any(sign in detail for sign in "<:[w")


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "1," * 50_000,
        "[" * 100_000,
        "Ab " * 33_000,
        "June 1, " * 12_000,
        "\ud800A" * 50_000,
        "\u202eא1 " * 25_000,
    ],
    ids=["digits", "digits and commas", "brackets", "names", "dates", "halves of characters", "right to left"],
)
def test_hostile_lengths_are_no_trouble(text: str) -> None:
    assert missing("Nothing of 77 here.", [text], text, [text]) == "77"

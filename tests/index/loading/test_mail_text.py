"""Notes, headings and the mails of a digest in the text of a mail."""

from __future__ import annotations

import io
from email.message import EmailMessage

from index.loading.mail import read_eml
from index.pieces import Loaded
from index.settings import IndexSettings


def read(mail: EmailMessage) -> Loaded:
    mail["From"], mail["Subject"] = "Anna Berg <anna@x.fi>", "Budget"
    return read_eml(io.BytesIO(bytes(mail)), "mail.eml", IndexSettings())


def body(mail: EmailMessage) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in read(mail).pieces if piece.group != 1][1:]


def test_a_star_with_a_star_behind_an_earlier_word_is_a_note() -> None:
    mail = EmailMessage()
    table = "<table><tr><th>Work</th><th>Raise</th></tr><tr><td>Cleaning*</td><td>2 %</td></tr></table>"
    mail.set_content(f"{table}<p>* Not bargained for.</p><p>* Milk</p>", subtype="html")
    assert body(mail)[1:] == [
        ("row", "Cleaning*: Raise 2 %"),
        ("note", "* Not bargained for."),
        ("item", "Milk"),
    ]
    mail = EmailMessage()
    mail.set_content("The shed* is full.\n\n* Free in May.\n")
    assert body(mail) == [("paragraph", "The shed* is full."), ("note", "* Free in May.")]


def test_stars_around_words_or_before_several_lines_are_no_marks_of_notes() -> None:
    mail = EmailMessage()
    mail.set_content("*Bring* all of *these things*:\n\n* milk\n\nAnd the shed* key.\n\n* bread\n* salt\n")
    assert body(mail) == [
        ("paragraph", "*Bring* all of *these things*:"),
        ("item", "milk"),
        ("paragraph", "And the shed* key."),
        ("item", "bread"),
        ("item", "salt"),
    ]


def test_mails_in_a_digest_are_under_their_senders() -> None:
    mail = EmailMessage()
    head = (
        "Message: {}\nDate: Sat, 11 Oct 2025 09:14:22 +0200\nFrom: {} <x@y.fi>\nTo: b@x.fi\nSubject: [Birds] Waxwings\n"
    )
    rule = "\n------------------------------\n\n"
    mail.set_content(rule + head.format(1, "Agnes") + "\nI saw 23.\n" + rule + head.format(2, "Per") + "\nI saw 11.\n")
    assert [text for kind, text in body(mail) if kind != "furniture"] == [
        "Agnes <x@y.fi>, Sat, 11 Oct 2025 09:14:22 +0200",
        "I saw 23.",
        "Per <x@y.fi>, Sat, 11 Oct 2025 09:14:22 +0200",
        "I saw 11.",
    ]


def test_lines_with_a_drawn_line_below_them_are_headings() -> None:
    mail = EmailMessage()
    box, line = "=" * 50, "-" * 20
    mail.set_content(
        f"{box}\nLIBRARY NEWS\n{box}\n\n1. NEW OPENING HOURS\n{line}\nWe open at eight.\n\n***\n\nBo\n---\nLund\n"
    )
    assert body(mail) == [
        ("heading", "LIBRARY NEWS"),
        ("heading", "1. NEW OPENING HOURS"),
        ("paragraph", "We open at eight."),
        ("paragraph", "Bo"),
        ("paragraph", "Lund"),
    ]


def test_what_is_written_right_below_a_list_is_no_part_of_its_last_item() -> None:
    mail = EmailMessage()
    mail.set_content("Missing:\n- cellar (two keys,\n  Bo has one)\n- bike\n  shed\nBring them back.\n")
    assert body(mail) == [
        ("paragraph", "Missing:"),
        ("item", "cellar (two keys, Bo has one)"),
        ("item", "bike shed"),
        ("paragraph", "Bring them back."),
    ]


def test_a_table_in_columns_of_a_plain_mail_has_rows() -> None:
    mail = EmailMessage()
    table = (
        "Group    Leader        House   Children\nTerns    Mr Okonjo     Dune    14\nCoots    Ms Ann Lee    Reed    9\n"
    )
    quoted = "".join(f"> {line}\n" for line in table.splitlines())
    mail.set_content(f"The groups:\n\n{table}\nBo wrote on 5 Oct 2025:\n{quoted}")
    rows = [
        ("row", "Group, Leader, House, Children"),
        ("row", "Terns: Leader Mr Okonjo, House Dune, Children 14"),
        ("row", "Coots: Leader Ms Ann Lee, House Reed, Children 9"),
    ]
    assert body(mail) == [("paragraph", "The groups:"), *rows, ("heading", "Bo wrote on 5 Oct 2025:"), *rows]

"""Threads as Apple Mail and bilingual programs write them, and the parts that signed mails have."""

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


def test_the_line_that_says_who_wrote_may_stand_in_the_quotation() -> None:
    mail = EmailMessage()
    mail.set_content(
        '<div>45.</div><blockquote type="cite"><div>On 29 Feb 2024, at 9.12, Bo &lt;bo@x.fi&gt; wrote:</div><br>'
        "<div>What is the sum?</div></blockquote>",
        subtype="html",
    )
    assert body(mail) == [
        ("paragraph", "45."),
        ("heading", "On 29 Feb 2024, at 9.12, Bo <bo@x.fi> wrote:"),
        ("paragraph", "What is the sum?"),
    ]


def test_labels_in_two_languages_begin_the_next_mail() -> None:
    mail = EmailMessage()
    mail.set_content(
        "Ok.\n\nVon/From: Bo <bo@x.fi>\nGesendet/Sent: 29.02.2024 09:12\nAn/To: A <a@x.fi>\nBetreff/Subject: Budget\n\nWas?\n"
    )
    found = body(mail)
    assert found[1] == ("heading", "Bo <bo@x.fi>, 29.02.2024 09:12")
    assert found[-1] == ("paragraph", "Was?")


def test_a_signature_is_no_attached_file() -> None:
    mail = EmailMessage()
    mail.set_content("Signed.")
    mail.add_attachment(b"0", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    assert read(mail).notices == ()


def test_dashes_in_a_line_of_their_own_begin_the_signature_in_html_too() -> None:
    mail = EmailMessage()
    mail.set_content("<p>45.</p><p>-- </p><p>Anna Berg</p>", subtype="html")
    assert body(mail) == [("paragraph", "45."), ("furniture", "Anna Berg")]


def test_lines_that_programs_write_do_not_tell_how_wide_the_text_is_wrapped() -> None:
    text = (
        "\nIt is no problem, they say, and the beds are free until the end of\nMay.\n\n"
        "On Mon, 13 May 2024 at 09:12, Bo Ray <bo.ray@a-house-with-a-name.example.org> wrote:\n\n"
        "> Two questions about the trip. Jolanda does not eat meat and cannot have\n> nuts. Does the hostel know of that?\n>\n"
        "> https://the-hostel.example.org/beds-and-meals/questions-that-are-often-asked-here\n>\n"
        "> On Sun, 12 May 2024 at 18:30, Ann Lee <ann.lee@some-other-place.example.org> wrote:\n>\n> > We have 24 beds.\n"
    )
    mail = EmailMessage()
    mail.set_content(text)
    assert [text for kind, text in body(mail) if kind == "paragraph"] == [
        "It is no problem, they say, and the beds are free until the end of May.",
        "Two questions about the trip. Jolanda does not eat meat and cannot have nuts. Does the hostel know of that?",
        "https://the-hostel.example.org/beds-and-meals/questions-that-are-often-asked-here",
        "We have 24 beds.",
    ]


def test_line_ends_are_meant_where_paragraphs_are_long_lines() -> None:
    plan = (
        "Monday: arrival\nTuesday: canoes with the instructors of Lakeland Paddle\nWednesday: silver mine, packed lunch"
    )
    mail = EmailMessage()
    mail.set_content(f"{'We collect all phones at nine. ' * 5}\n\n{plan}\n", cte="8bit")
    assert body(mail)[-1] == ("paragraph", plan)

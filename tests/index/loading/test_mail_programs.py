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

"""What is read of a mail, whatever somebody sends."""

from __future__ import annotations

import pytest

from shared.outside.mail_text import without_quotes
from shared.outside.mime import MOST_BYTES, UnreadableMailError, read

HEAD = b"From: Ann Lee <Ann@Example.com>\r\nSubject: Hello\r\nMessage-ID: <1@example.com>\r\n"


def mail(*headers, body=b"text", head=HEAD):
    return head + b"".join(h + b"\r\n" for h in headers) + b"\r\n" + body


def parts(*each, kind=b"mixed", head=HEAD):
    body = b"".join(b"--B\r\n" + part + b"\r\n" for part in each) + b"--B--\r\n"
    return mail(b"Content-Type: multipart/" + kind + b'; boundary="B"', body=body, head=head)


def test_a_plain_mail():
    found = read(mail(body=b"Could we talk?\r\nBest, Ann"))
    assert (found.sender, found.name, found.subject) == ("ann@example.com", "Ann Lee", "Hello")
    assert found.text == "Could we talk?\nBest, Ann"
    assert (found.message_id, found.attachments, found.automatic) == ("<1@example.com>", (), None)


def test_the_plain_part_wins_and_attachments_are_named_only():
    secret = b"c2VjcmV0IGZpbGU="
    found = read(
        parts(
            b"Content-Type: text/html\r\n\r\n<p>html",
            b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\xfc\xdfe",
            b"Content-Type: text/plain; name=notes.txt\r\n"
            b"Content-Disposition: attachment; filename=notes.txt\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + secret,
        )
    )
    assert found.text == "Grüße"
    assert found.attachments == ("notes.txt",)


def test_html_alone_becomes_text_without_scripts():
    html = b"<head><title>T</title></head><p>One &amp; <b>two</b></p><script>x()</script><p>three"
    found = read(mail(b"Content-Type: text/html; charset=utf-8", body=html))
    assert found.text == "One & two\nthree"


@pytest.mark.parametrize(
    "charset", [b"klingon", b"idna", b"punycode", b"zlib", b"hex", b"undefined", b"\xff", b""]
)
def test_a_charset_that_is_none_is_read_as_utf_8(charset):
    found = read(mail(b"Content-Type: text/plain; charset=" + charset, body="né\0e".encode()))
    assert found.text == "née"


def test_bytes_that_fit_no_charset_are_marked():
    assert read(mail(body=b"\xff\xfe ok")).text.endswith("ok")
    subject = b"From: a@b.example\r\nSubject: caf\xe9\r\n"
    read(mail(head=subject)).subject.encode("utf-8")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"From: \r\n",
        b"From: nobody\r\n",
        b"From: @example.com\r\n",
        b"From: a@b@c.example\r\n",
        b"From: a@[127.0.0.1]\r\n",
        b"From: " + b"a" * 300 + b"@example.com\r\n",
        b"From: " + b"a@example.com, " * 9_000 + b"\r\n",
        b"From: =?utf-8?q?a=40b=2Eexample=0D=0ABcc=3A_c=40d=2Eexample?=\r\n",
        b"From: (((((((\r\n",
    ],
)
def test_who_names_no_address_is_refused(line):
    with pytest.raises(UnreadableMailError, match="From"):
        read(mail(head=line))


def test_a_line_break_that_hides_in_a_header_breaks_no_line():
    raw = (
        b"From: =?utf-8?q?Eve=09Bcc=3A_all?= <eve@example.com>\r\n"
        b"Subject: =?utf-8?q?Hi=0D=0ABcc=3A_all=40example=2Ecom?=\r\n"
    )
    found = read(mail(head=raw))
    assert (found.subject, found.name) == ("Hi Bcc: all@example.com", "Eve Bcc: all")
    with pytest.raises(UnreadableMailError):
        read(mail(head=raw.replace(b"=09", b"=0D=0A")))


def test_thousands_of_recipients_are_not_looked_at():
    many = b"To: " + b", ".join(b"u%d@example.com" % n for n in range(20_000))
    assert read(mail(many)).text == "text"


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (b"Auto-Submitted: auto-replied", "automatically"),
        (b"Auto-Submitted: auto-generated (x)", "automatically"),
        (b"Precedence: Bulk", "many"),
        (b"Return-Path: <>", "came back"),
        (b"Content-Type: multipart/report; report-type=delivery-status; boundary=x", "report"),
    ],
)
def test_what_nobody_wrote_by_hand(header, why):
    assert why in read(mail(header)).automatic


def test_auto_submitted_no_is_a_person():
    assert read(mail(b"Auto-Submitted: no")).automatic is None


def nested(depth):
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    return HEAD + head + b"\r\ntext"


@pytest.mark.parametrize(
    "raw",
    [
        parts(*[b"\r\nx"] * 5_000),
        nested(400),
        nested(20_000),
        mail(b"Content-Type: multipart/mixed; boundary=B; " + b"a*0*=b; " * 60_000),
        mail(b"Content-Type: text/plain; charset=" + b"x" * 500_000),
        mail(b"Content-Disposition: attachment; filename=" + b"y" * 500_000),
        mail(b"Subject: " + b"=?utf-8?q?=41?= " * 50_000),
        mail(body=b"<" * 900_000),
        mail(b"Content-Type: text/html", body=b"<a " * 300_000),
        mail(b"Content-Type: text/html", body=b"<" * 900_000),
        mail(b"Content-Transfer-Encoding: base64", body=b"QUJD" * 900_000),
        b"\r\n" * 500_000,
        b"",
    ],
    ids=["parts", "nested", "deep", "parameters", "charset", "name", "encoded words", "angles",
         "tags", "open tags", "long", "lines", "empty"],
)  # fmt: skip
def test_what_is_built_to_be_too_much_is_read_in_part_or_refused(raw):
    try:
        found = read(raw)
    except UnreadableMailError:
        found = None
    assert found is None or len(found.text) <= 9_000


def test_a_mail_that_is_cut_off_within_an_attachment_keeps_its_text():
    raw = parts(
        b"Content-Type: text/plain\r\n\r\nThe offer is attached.",
        b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=o.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD\r\n" * 400_000,
    )
    assert len(raw) > MOST_BYTES
    assert read(raw).text == "The offer is attached."


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, 2 Mar 2026 at 10:00, We <we@example.com> wrote:\n> Hello\n> there",
        "On Mon, 2 Mar 2026 at 10:00,\nWe <we@example.com> wrote:\n> Hello",
        "Am 2. März 2026 schrieb We:\n> Hallo",
        "-----Original Message-----\nFrom: We",
        "________________________________\nFrom: We",
        "-- \nAnn Lee\nExample Corp",
        "> Hello",
    ],
)
def test_what_an_answer_quotes_is_cut(quoted):
    assert without_quotes(f"Yes, Friday.\n\n{quoted}") == "Yes, Friday."


def test_a_mail_that_is_all_quote_is_kept():
    assert without_quotes("> see below") == "> see below"

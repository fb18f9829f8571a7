"""Mails as files."""

from __future__ import annotations

from local.mailbox import Mailbox


def test_a_mail_is_a_file_of_its_owner(tmp_path):
    told = []
    box = Mailbox(tmp_path, lambda about, text: told.append((about, text)))
    box.keep(["jo@acme.example"], "Hello", "Token: x")
    (path,) = (tmp_path / "mails").iterdir()
    assert path.read_text() == "To: jo@acme.example\nSubject: Hello\n\nToken: x"
    assert path.stat().st_mode & 0o077 == 0
    assert told == [("mail", f"'Hello' to jo@acme.example: {path}")]


def test_the_oldest_are_given_up(tmp_path):
    box = Mailbox(tmp_path, lambda about, text: None)
    for number in range(203):
        box.keep(["jo@acme.example"], str(number), "")
    kept = sorted((tmp_path / "mails").iterdir())
    assert len(kept) == 200
    assert (kept[0].stem, kept[-1].stem) == ("000004", "000203")

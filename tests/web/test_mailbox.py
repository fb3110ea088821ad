"""Reading the mail that the demo sends."""

import shutil
from collections.abc import Iterator
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from app.conversations import queries as conversations
from app.conversations import service as conversing
from app.core.verp import answer_address
from app.web.demo.maildir import LINES_A_PAGE, LONGEST_LIST, UNREADABLE, MailReader
from tests.conftest import AppMaker
from tests.conversations.builders import a_talk
from tests.support.builders import a_user
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import make_work

# Without the second a link to a new window opens a page that the browser then refuses.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
BROKEN = (
    b"",
    b"\x00\xff\xfe",
    b"Subject: =?utf-8?q?=ff?=\r\nDate: gisteren\r\nTo: @@<<\r\n\r\n\xff\xfe",
    b"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/",
    b"Content-Type: text/plain; charset=no-such-charset\r\n\r\nhallo",
    b'From: "=?utf-8?q?a?=" <a@b\r\nTo: =?x?=, ,;:\r\n'
    b"Date: Mon, 99 Nov 2026 99:99:99 +9999\r\n\r\n.",
)


@pytest.fixture
def box(app: Flask) -> Iterator[Maildir]:
    folder: Path = app.extensions["settings"].maildir
    yield Maildir(folder, create=True)
    shutil.rmtree(folder)


def a_mail(
    subject: str = "Welkom",
    date: str = "Mon, 23 Nov 2026 08:00:00 +0000",
    to: str = "Anna <anna@testerdam.nl>",
) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["Date"] = subject, date
    mail["From"], mail["To"] = "huis@gemeente.example", to
    mail.set_content("Ga naar http://localhost/matches\n<b>niet vet</b>")
    mail.add_alternative(
        "<html><head lang=nl><title>m</title></head><body>"
        "<script>alert(1)</script><a href='http://localhost/matches'>matches</a></body></html>",
        subtype="html",
    )
    return mail


def test_before_the_first_mail_the_page_says_what_to_do(client: FlaskClient) -> None:
    page = client.get("/postvak")
    assert (page.status_code, "Nog geen mail" in page.text) == (200, True)


@pytest.mark.parametrize(
    ("quiet_hours", "said"),
    [
        (True, "Mail die meteen komt, gaat op werkdagen tussen 7 en 19 uur weg."),
        (False, "In deze demo staat mail die meteen komt hier op elk uur"),
    ],
)
def test_the_page_says_at_which_hours_mail_comes(
    new_app: AppMaker, database: URL, tmp_path: Path, *, quiet_hours: bool, said: str
) -> None:
    house = new_app(database, quiet_hours=quiet_hours, demo_accounts=True, maildir=tmp_path / "box")
    assert said in text_of(house.test_client().get("/postvak"))


def test_an_empty_folder_is_no_trouble(client: FlaskClient, box: Maildir) -> None:
    assert "Nog geen mail" in client.get("/postvak").text


def test_the_newest_mail_stands_first(box: Maildir, app: Flask) -> None:
    box.add(a_mail("Midden", "Mon, 23 Nov 2026 08:00:00 +0000"))
    box.add(a_mail("Nieuw", "Mon, 23 Nov 2026 10:30:00 +0200"))
    box.add(a_mail("Oud", "Sun, 22 Nov 2026 23:00:00 +0000"))

    lines = MailReader(app.extensions["settings"].maildir).lines()

    assert [line.subject for line in lines] == ["Nieuw", "Midden", "Oud"]


def test_the_list_says_what_to_whom_and_when(client: FlaskClient, box: Maildir) -> None:
    key = box.add(a_mail("Drie <opgaven> voor jou"))

    page = client.get("/postvak").text

    assert f'href="/postvak/{key}"' in page
    assert "Drie &lt;opgaven&gt; voor jou" in page
    assert "anna@testerdam.nl" in page
    assert "23 november 2026 om 09:00" in page


def test_the_list_stays_short_enough_to_read(box: Maildir, app: Flask) -> None:
    for number in range(LONGEST_LIST + 3):
        box.add(f"Subject: {number}\n\n".encode())
    lines = MailReader(app.extensions["settings"].maildir).lines()
    assert len(lines) == LONGEST_LIST


def test_a_part_of_an_address_finds_the_mail_to_it(client: FlaskClient, box: Maildir) -> None:
    box.add(a_mail("Voor Anna"))
    box.add(a_mail("Voor Bram", to="bram@elders.nl"))

    page = client.get("/postvak?aan=+BRAM%40").text

    assert ("Voor Bram" in page, "Voor Anna" in page) == (True, False)
    assert 'value="BRAM@"' in page


@pytest.mark.parametrize("asked", ["niemand", "<b>", "💥", "%00", "x" * 2_000])
def test_no_mail_to_an_address_is_said(client: FlaskClient, box: Maildir, asked: str) -> None:
    box.add(a_mail())
    page = client.get("/postvak", query_string={"aan": asked if asked != "%00" else "\x00x"})
    assert (page.status_code, "Geen mail aan dit adres" in page.text) == (200, True)
    assert "<b>" not in page.text


def test_who_is_signed_in_finds_the_own_mail_with_one_click(
    client: FlaskClient, session: Session, box: Maildir
) -> None:
    box.add(a_mail())
    visitor = client.get("/postvak").text
    sign_in(client, session, a_user(session, email="anna@testerdam.nl"))
    page = client.get("/postvak").text

    assert ("Mail aan mij" in visitor, "Mail aan mij" in page) == (False, True)
    assert 'href="/postvak?aan=anna@testerdam.nl"' in page


@pytest.mark.parametrize(
    ("asked", "shown"), [("", 25), ("&pagina=2", 2), ("&pagina=99", 2), ("&pagina=-1", 25)]
)
def test_a_long_list_comes_in_pages(
    client: FlaskClient, box: Maildir, asked: str, shown: int
) -> None:
    for number in range(LINES_A_PAGE + 2):
        box.add(a_mail(f"Bericht {number}"))
    page = client.get(f"/postvak?aan=anna{asked}").text
    assert page.count('class="dgvn-inbox__item"') == shown
    assert "aan=anna&amp;pagina=" in page


def test_a_mail_shows_its_text_with_links_that_work(client: FlaskClient, box: Maildir) -> None:
    page = client.get(f"/postvak/{box.add(a_mail())}").text

    assert 'href="http://localhost/matches"' in page
    assert "&lt;b&gt;niet vet&lt;/b&gt;" in page
    assert "Anna &lt;anna@testerdam.nl&gt;" in page
    assert "<script>alert" not in page


def test_the_page_frames_the_html_without_scripts(client: FlaskClient, box: Maildir) -> None:
    key = box.add(a_mail())
    page = " ".join(client.get(f"/postvak/{key}").text.split())
    assert f'src="/postvak/{key}/html" sandbox="{SANDBOX}"></iframe>' in page
    assert f'<a href="/postvak/{key}/html">open de mail los</a>' in page


def test_the_html_comes_with_a_policy_of_its_own(client: FlaskClient, box: Maildir) -> None:
    answer = client.get(f"/postvak/{box.add(a_mail())}/html")

    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "'self'",
        "frame-ancestors": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "sandbox": SANDBOX,
    }
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head lang=nl><base target="_top"><title>' in answer.text


def test_html_without_a_head_gets_its_links_too(client: FlaskClient, box: Maildir) -> None:
    mail = EmailMessage()
    mail.set_content("<p>hallo</p>", subtype="html")
    page = client.get(f"/postvak/{box.add(mail)}/html").text
    assert page == '<base target="_top"><p>hallo</p>\n'


def test_a_mail_without_html_has_no_frame(client: FlaskClient, box: Maildir) -> None:
    page = client.get(f"/postvak/{box.add(b'Subject: kaal' + bytes([10, 10]) + b'tekst')}").text
    assert ("<iframe" in page, "tekst" in page) == (False, True)


@pytest.mark.parametrize("raw", BROKEN)
def test_a_broken_mail_breaks_neither_the_list_nor_its_page(
    client: FlaskClient, box: Maildir, raw: bytes
) -> None:
    key = box.add(raw)
    box.add(a_mail("Nog heel"))

    answers = [client.get("/postvak"), client.get(f"/postvak/{key}")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert "Nog heel" in answers[0].text


def test_text_in_an_unknown_character_set_is_said_to_be_unreadable(
    client: FlaskClient, box: Maildir
) -> None:
    key = box.add(b"Content-Type: text/plain; charset=no-such-charset\r\n\r\nhallo")
    assert UNREADABLE in client.get(f"/postvak/{key}").text


@pytest.mark.parametrize("key", ["x", "..", "%2e%2e%2fnew", "new", "💥", "%00", "a" * 5_000])
def test_an_unknown_mail_does_not_exist(client: FlaskClient, box: Maildir, key: str) -> None:
    box.add(a_mail())
    answers = [client.get(f"/postvak/{key}"), client.get(f"/postvak/{key}/html")]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_mail_of_a_conversation_is_answered_from_the_mailbox(
    app: Flask, client: FlaskClient, session: Session, box: Maildir
) -> None:
    talk, paper = a_talk(session), app.extensions["post"].stationery
    own = conversing.reader_id(make_work(session), talk.conversation, talk.professional.id)
    session.commit()
    mail = a_mail(to=f"Fatima <{talk.professional.email}>")
    mail["Reply-To"] = answer_address(own, paper.answer_box, paper.secret)
    key = box.add(mail)

    page = client.get(f"/postvak/{key}")
    answer = client.post(f"/postvak/{key}/antwoord", data={"text": "Dinsdag kan."})

    assert "Beantwoord deze mail" in page.text
    assert answer.location == f"/postvak/{key}"
    assert [one.text for one in conversations.messages(session, talk.id)] == ["Dinsdag kan."]


def test_other_mail_is_not_answered_there(client: FlaskClient, box: Maildir) -> None:
    key = box.add(a_mail())

    client.post(f"/postvak/{key}/antwoord", data={"text": "Dinsdag kan."})

    page = client.get(f"/postvak/{key}").text
    assert "Beantwoord deze mail" not in page
    assert "Op deze mail kun je niet antwoorden." in page

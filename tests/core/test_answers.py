"""What somebody wrote anew is read of a mail, from whatever program; nothing else, and no less."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from app.core.answers import LONGEST_ANSWER, MailedAnswer, new_words, read_answer
from tests.core.answered_mails import PROGRAMS, SAID, WHOLE, a_mail
from tests.house.tree import TEMPLATES


def read(mail: EmailMessage) -> MailedAnswer:
    found = read_answer(mail.as_bytes())
    assert found is not None
    return found


def in_html(html: str, charset: str = "utf-8") -> EmailMessage:
    mail = a_mail("")
    mail.set_content(html, subtype="html", charset=charset)
    return mail


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_what_was_written_anew_is_read(text: str) -> None:
    assert read(a_mail(text)).text == SAID


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_no_word_gets_lost(text: str) -> None:
    assert read(a_mail(text)).text == text


def test_only_what_is_quoted_is_no_answer() -> None:
    assert new_words("> Dag Fatima,\n> hoe gaat het?") == ""
    assert new_words("") == ""


@pytest.mark.parametrize("kind", ["message", "interest_shown"])
def test_our_mails_say_above_which_line_to_answer(kind: str) -> None:
    for part in ("body.txt", "body.mjml"):
        written = (TEMPLATES / "email" / kind / part).read_text()
        assert new_words(f"{SAID}\n\n{written}").startswith(SAID)
        assert "Dag {{ name }}" not in new_words(f"{SAID}\n\n{written}")


@pytest.mark.parametrize(
    "html",
    [
        "<p>Dinsdag kan.</p><p>En woensdag ook.</p><blockquote>Dag Fatima</blockquote>",
        '<div>Dinsdag kan.<br><br>En woensdag ook.</div><div class="gmail_quote">Dag</div>',
        "<style>p {color: red}</style><p>Dinsdag kan.</p><p>En woensdag ook.</p>"
        '<div id="divRplyFwdMsg"><b>Van:</b> ons</div><div>Dag Fatima</div>',
        '<p>Dinsdag kan.</p><p>En woensdag ook.</p><div id="appendonsend"></div><hr><p>Dag</p>',
    ],
)
def test_a_mail_in_html_only_becomes_text(html: str) -> None:
    assert read(in_html(html)).text == SAID


def test_scripts_and_links_of_a_mail_in_html_become_nothing_or_text() -> None:
    html = '<script>alert(1)</script><p>Kijk <a href="https://x.example">hier</a> &lt;b&gt;</p>'

    assert read(in_html(html)).text == "Kijk hier <b>"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-15", "windows-1252"])
def test_signs_arrive_as_they_were_typed(charset: str) -> None:
    mail = a_mail("")
    mail.set_content("Privé: €\u00a040, één uur", charset=charset)

    assert read(mail).text == "Privé: € 40, één uur"


def test_a_charset_that_nobody_knows_is_read_as_well_as_can_be() -> None:
    content = a_mail("Privé").as_bytes().replace(b'charset="utf-8"', b'charset="x-eigen"')
    found = read_answer(content)

    assert found is not None
    assert found.text == "Privé"


def test_of_both_kinds_of_text_the_plain_one_is_read() -> None:
    mail = a_mail("Gewoon")
    mail.add_alternative("<p>Opgemaakt</p>", subtype="html")

    assert read(mail).text == "Gewoon"


def test_what_was_sent_along_is_passed_over() -> None:
    mail = a_mail("Zie de bijlage.")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="cv.pdf")

    assert read(mail).text == "Zie de bijlage."


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner=x"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"From": "Mail Delivery System <MAILER-DAEMON@utrecht.example>"},
    ],
)
def test_what_no_person_wrote_is_known(headers: dict[str, str]) -> None:
    assert read(a_mail("Ik ben er niet.", **headers)).is_automatic


def test_a_report_is_automatic() -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "iemand@utrecht.example"
    mail["Content-Type"] = "multipart/report; report-type=delivery-status"

    assert read(mail).is_automatic


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "no"}])
def test_what_a_person_wrote_is_not_automatic(headers: dict[str, str]) -> None:
    assert not read(a_mail("Dag", **headers)).is_automatic


def test_the_same_mail_has_the_same_key() -> None:
    assert read(a_mail("Een")).key == read(a_mail("Een, langs een andere weg")).key
    assert read(a_mail("Een")).key != read(a_mail("Een", Message_ID="<twee@x.example>")).key
    assert read(a_mail("Een", Message_ID="")).key != read(a_mail("Twee", Message_ID="")).key


def test_sender_and_addresses_are_read() -> None:
    found = read(a_mail("Dag", From="F <Fatima@Utrecht.example>", Cc="jo@x.example"))

    assert found.sender == "fatima@utrecht.example"
    assert found.addresses == ("gesprek+x.y@degemeentevannu.example", "jo@x.example")


def test_two_senders_are_nobody() -> None:
    assert read(a_mail("Dag", From="a@x.example, b@x.example")).sender == ""


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 50, b"From: \xff\xfe\n\nx", b"Content-Type: multipart/mixed\n\n--"]
)
def test_what_is_no_mail_does_no_harm(content: bytes) -> None:
    found = read_answer(content)

    assert found is None or found.sender == ""


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "sign",
    [
        *("Op 1 ", "On ", "> ", "Van: x\n", "-" * 9 + "\n", "_" * 21 + "\n"),
        *("Op 1\nx schreef y\n", " Op 1\n 1schreef1", " On 1\n 1wrote1\n"),
    ],
)
def test_a_mail_made_to_be_slow_is_read_in_time(sign: str) -> None:
    found = read_answer(a_mail("").as_bytes() + (sign * LONGEST_ANSWER)[:200_000].encode())

    assert found is not None

"""What mail servers say of mails that we sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.reports import Report, read_report, status_in
from tests.support.reports import a_bounce, a_complaint

BACK = "bounce+abc.def@post.example"


@pytest.mark.parametrize("status", ["5.1.1", "5.2.2", "4.4.7", "5.7.26"])
def test_a_mail_that_came_back_tells_why(status: str) -> None:
    report = read_report(a_bounce(BACK, status))

    assert report == Report(status, (BACK,))


@pytest.mark.parametrize(
    ("action", "status"),
    [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "2.0.0"), ("failed", "2.0.0")],
)
def test_a_server_that_did_not_give_up_reports_nothing(action: str, status: str) -> None:
    assert read_report(a_bounce(BACK, status, action=action)) is None


def test_the_recipient_that_failed_counts_and_not_the_one_before() -> None:
    twice = a_bounce(BACK, "5.1.1").replace(
        b"\r\n\r\nFinal-Recipient:",
        b"\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: relayed\r\nStatus: 2.0.0"
        b"\r\n\r\nFinal-Recipient:",
    )
    assert read_report(twice) == Report("5.1.1", (BACK,))


def test_what_the_server_at_the_door_wrote_goes_before_what_the_mail_says() -> None:
    mail = b"Delivered-To: bounce+echt.zegel@post.example\r\n" + a_bounce(BACK, "5.1.1")

    report = read_report(mail)

    assert report is not None
    assert report.addresses == ("bounce+echt.zegel@post.example", BACK)


def test_an_address_with_a_name_before_it_is_read() -> None:
    report = read_report(a_bounce(f'"Post, terug" <{BACK}>', "5.1.1"))

    assert report == Report("5.1.1", (BACK,))


def test_a_complaint_names_the_sender_of_the_mail() -> None:
    report = read_report(a_complaint(BACK))

    assert report == Report("complaint", ("klachten@post.example", BACK))


def test_somebody_who_says_that_it_is_no_spam_does_not_complain() -> None:
    assert read_report(a_complaint(BACK).replace(b": abuse", b": not-spam")) is None


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\x00\xff",
        b"To: " + BACK.encode() + b"\r\nSubject: Afwezig\r\n\r\nIk ben er niet. 5.1.1\r\n",
        b"Content-Type: multipart/report\r\n\r\n",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\nStatus: 5.1.1\r\n--x--\r\n",
        # Python 3.11 looks past the end of this name while it takes the mail apart.
        b"Content-Type: multipart/report; boundary*\r\n\r\n--x\r\n\r\nStatus: 5.1.1\r\n--x--\r\n",
        a_bounce(BACK, "geen"),
    ],
)
def test_what_is_no_report_is_none(mail: bytes) -> None:
    assert read_report(mail) is None


def test_a_report_that_is_cut_off_after_what_matters_is_read() -> None:
    assert read_report(a_bounce(BACK, "5.1.1", quoted=b"x" * 3_000_000)) == Report("5.1.1", (BACK,))


@given(st.binary(max_size=400), st.integers(0, 700))
def test_nothing_makes_the_reader_stumble(noise: bytes, place: int) -> None:
    whole = a_bounce(BACK, "5.1.1")
    read_report(whole[:place] + noise + whole[place:])
    read_report(noise)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("550 5.1.1 <address>: unknown", "5.1.1"),
        ("550 No", None),
        ("550 10.5.1.1 said", None),
        ("3.1.1", None),
    ],
)
def test_a_status_is_found_in_words(words: str, status: str | None) -> None:
    assert status_in(words) == status

"""Handing mail to a real relay on loopback: what it says, and what its silence means."""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from socket import create_server
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.core import mail
from app.core.mail import Answer, Letter, Relay, Verdict, message_of, without_address
from app.core.phases import Phase

SENDER = "noreply@degemeentevannu.example"
TO = "jan@testerdam.example"
# In winter, half past one in Amsterdam.
SENT_AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
# Made for these tests only, for 127.0.0.1, valid for a century.
CERTIFICATE = Path(__file__).with_name("relay.pem")
LETTER = Letter(
    to=TO,
    to_name="Jan Jansen, jr.",
    subject="3 opgaven die bij je passen",
    text="Dag Jan,\n.een regel met een punt\n..en een met twee\n",
    html="<p>Dag Jan</p>",
    message_id="<digest.abc@degemeentevannu.example>",
)


class Postmaster:
    """A relay that keeps what it takes, and does as it is told at each step."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.says: dict[str, str] = {}
        self.cuts_at = ""
        self.greetings = 0
        self.thinks_for = 0.0

    async def handle_EHLO(  # noqa: N802  (the names are those of aiosmtpd)
        self, _: SMTP, session: Session, __: Envelope, host: str, answers: list[str]
    ) -> list[str]:
        self.greetings += 1
        session.host_name = host
        return answers

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: object
    ) -> str:
        self._perhaps_cut(server, "RCPT")
        # Kept even when it is refused: there are relays that then still ask for the text.
        envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        if "DATA" not in self.says:
            assert isinstance(envelope.content, bytes)
            self.kept.append(envelope.content)
        self._perhaps_cut(server, "DATA")
        await asyncio.sleep(self.thinks_for)
        return self.says.get("DATA", "250 OK queued as 1")

    def _perhaps_cut(self, server: SMTP, step: str) -> None:
        if self.cuts_at == step and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(postmaster: Postmaster, **options: Any) -> Iterator[str]:
    controller = Controller(
        postmaster, hostname="127.0.0.1", port=free_port(), loop=asyncio.new_event_loop(), **options
    )
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def relay_and_address() -> Iterator[tuple[Postmaster, str]]:
    postmaster = Postmaster()
    with running(postmaster) as address:
        yield postmaster, f"smtp://{address}"


@pytest.fixture
def postmaster(relay_and_address: tuple[Postmaster, str]) -> Postmaster:
    postmaster, _ = relay_and_address
    postmaster.__init__()  # type: ignore[misc]  # as it was before the test
    return postmaster


@pytest.fixture
def url(relay_and_address: tuple[Postmaster, str], postmaster: Postmaster) -> str:
    return relay_and_address[1]


def go() -> bool:
    return True


def submit(url: str, letter: Letter = LETTER, before_dot: Callable[[], bool] = go) -> Answer:
    with Relay(url) as relay:
        return relay.submit(message_of(letter, SENDER, SENT_AT), SENDER, TO, before_dot)


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


def bodies(message: EmailMessage) -> list[str]:
    return [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()]


def test_a_mail_that_is_taken_is_accepted_in_the_words_of_the_relay(
    postmaster: Postmaster, url: str
) -> None:
    assert submit(url) == Answer(
        Verdict.ACCEPTED, "250 OK queued as 1", Phase.DOT, 250, relay_queue_id="1"
    )
    assert len(postmaster.kept) == 1


def test_a_mail_arrives_as_it_was_written(postmaster: Postmaster, url: str) -> None:
    submit(url)

    found = read(postmaster.kept[0])
    assert bodies(found) == [LETTER.text, LETTER.html + "\n"]
    assert (found["From"], found["To"], found["Subject"], found["Message-ID"]) == (
        SENDER,
        '"Jan Jansen, jr." <jan@testerdam.example>',
        LETTER.subject,
        LETTER.message_id,
    )
    assert (found["Auto-Submitted"], found["Content-Language"]) == ("auto-generated", "nl")
    assert found["Date"] == "Mon, 23 Nov 2026 13:30:00 +0100"


def test_lines_that_begin_with_a_dot_keep_their_dots(postmaster: Postmaster, url: str) -> None:
    text = ".\n..\n...drie\nvoor\n.\nna\n"

    submit(url, replace(LETTER, text=text))

    assert bodies(read(postmaster.kept[0]))[0] == text


def test_what_looks_like_the_line_between_two_parts_stays_text(
    postmaster: Postmaster, url: str
) -> None:
    lines = "--=_dgvn\n--=_dgvn--\nFrom niemand\ntwee spaties  \neen =\n"

    submit(url, replace(LETTER, text=lines, html=lines))

    assert bodies(read(postmaster.kept[0])) == [lines, lines]


def test_the_dot_waits_for_no_word_that_the_text_came(postmaster: Postmaster, url: str) -> None:
    with Relay(url) as relay:
        relay.submit(message_of(LETTER, SENDER, SENT_AT), SENDER, TO, go)

        assert relay._smtp is not None
        assert relay._smtp.sock is not None
        assert relay._smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_no_line_is_longer_than_a_relay_may_refuse(postmaster: Postmaster, url: str) -> None:
    long = replace(LETTER, subject="heel " * 100, text="x" * 5000, html=f"<p>{'ë' * 5000}</p>")

    submit(url, long)

    lines = postmaster.kept[0].split(b"\r\n")
    assert max(len(line) for line in lines) <= 998
    assert bodies(read(postmaster.kept[0])) == [f"{long.text}\n", f"{long.html}\n"]


def test_a_long_link_in_a_header_stays_readable_for_machines(
    postmaster: Postmaster, url: str
) -> None:
    link = f"<https://degemeentevannu.example/afmelden/{'a1B-' * 40}>"
    name = f"<digest.{'lang-' * 15}.example>"
    long_id = f"<access_decided.{'a' * 60}@degemeentevannu.example>"
    headers = (
        ("List-Unsubscribe", link),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", name),
    )

    submit(url, replace(LETTER, headers=headers, message_id=long_id))

    lines = postmaster.kept[0].decode("ascii").split("\r\n")
    assert [line for line in lines if line.startswith(("List-", "Message-ID"))] == [
        f"Message-ID: {long_id}",
        f"List-Unsubscribe: {link}",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Id: {name}",
    ]


@pytest.mark.parametrize(
    ("said", "queue_id"),
    [
        ("250 2.0.0 Ok: queued as 4XbY1z2K3Lz9sQ", "4XbY1z2K3Lz9sQ"),
        ("250 2.0.0 Ok: queued as 4A1B2C3D4E", "4A1B2C3D4E"),  # pragma: allowlist secret
        ("250 OK id=1sZ", None),
        (f"250 queued as {'A' * 65}", None),
    ],
)
def test_the_relay_says_what_it_calls_the_mail(
    postmaster: Postmaster, url: str, said: str, queue_id: str | None
) -> None:
    postmaster.says["DATA"] = said

    answer = submit(url)

    assert (answer.verdict, answer.relay_queue_id) == (Verdict.ACCEPTED, queue_id)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("5.1.1 <jan@testerdam.example>: User unknown", "5.1.1 <adres>: User unknown"),
        ("5.1.1 jan@testerdam.example... unknown", "5.1.1 <adres> unknown"),
        ('5.1.1 "jan j"@testerdam.example is no user', "5.1.1 <adres> is no user"),
        ("5.1.1 user JAN unknown, not janneke", "5.1.1 user <adres> unknown, not janneke"),
        ("5.7.1 see https://elders.example/help", "5.7.1 see https://elders.example/help"),
    ],
)
def test_what_the_relay_says_is_kept_without_the_address(said: str, kept: str) -> None:
    assert without_address(said, TO) == kept


def test_a_short_name_is_no_reason_to_maim_what_was_said() -> None:
    assert without_address("5.1.1 no such user", "no@testerdam.example") == "5.1.1 no such user"


def test_a_relay_that_talks_on_is_heard_in_part_and_at_once(
    postmaster: Postmaster, url: str
) -> None:
    postmaster.says["RCPT"] = f"550 {'a' * 490}"

    assert submit(url).words == f"550 {'a' * 196}"


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("451 4.3.0 Try again", Verdict.LATER),
        ("421 4.3.2 Closing", Verdict.LATER),
        ("550 5.1.1 No such user", Verdict.REFUSED),
        ("554 5.7.1 Spam", Verdict.REFUSED),
    ],
)
def test_a_refusal_is_for_now_or_for_good(
    postmaster: Postmaster, url: str, step: str, said: str, verdict: Verdict
) -> None:
    postmaster.says[step] = said

    phase = Phase.RCPT if step == "RCPT" else Phase.DOT
    assert submit(url) == Answer(verdict, said, phase, int(said[:3]))
    assert postmaster.kept == []


def test_after_a_refusal_the_same_connection_takes_the_next_mail(
    postmaster: Postmaster, url: str
) -> None:
    message = message_of(LETTER, SENDER, SENT_AT)
    with Relay(url) as relay:
        postmaster.says["RCPT"] = "550 5.1.1 No such user"
        relay.submit(message, SENDER, TO, go)
        postmaster.says.clear()
        answer = relay.submit(message, SENDER, TO, go)

    assert (answer.verdict, postmaster.greetings) == (Verdict.ACCEPTED, 1)


def test_a_connection_that_was_cut_is_opened_again_for_the_next_mail(
    postmaster: Postmaster, url: str
) -> None:
    message = message_of(LETTER, SENDER, SENT_AT)
    with Relay(url) as relay:
        postmaster.cuts_at = "DATA"
        relay.submit(message, SENDER, TO, go)
        postmaster.cuts_at = ""
        answer = relay.submit(message, SENDER, TO, go)

    assert (answer.verdict, postmaster.greetings) == (Verdict.ACCEPTED, 2)


def test_a_cut_before_the_text_means_later(postmaster: Postmaster, url: str) -> None:
    postmaster.cuts_at = "RCPT"

    answer = submit(url)

    assert (answer.verdict, answer.phase, answer.code) == (Verdict.LATER, Phase.RCPT, None)


def test_a_cut_after_the_dot_means_that_nobody_knows(postmaster: Postmaster, url: str) -> None:
    postmaster.cuts_at = "DATA"

    answer = submit(url)

    assert (answer.verdict, answer.phase) == (Verdict.UNKNOWN, Phase.DOT)
    assert len(postmaster.kept) == 1


def test_a_relay_that_keeps_silent_after_the_dot_leaves_us_unknowing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail, "ANSWER_TIMEOUT", 0.05)
    postmaster = Postmaster()
    postmaster.thinks_for = 30

    with running(postmaster) as address:
        answer = submit(f"smtp://{address}")

    assert answer.verdict is Verdict.UNKNOWN


def test_the_answer_to_the_dot_may_take_longer_than_the_rest(
    monkeypatch: pytest.MonkeyPatch, postmaster: Postmaster, url: str
) -> None:
    monkeypatch.setattr(mail, "CONNECT_TIMEOUT", 1)
    postmaster.thinks_for = 1.3

    assert submit(url).verdict is Verdict.ACCEPTED


def test_a_mail_that_may_not_go_gets_no_dot(postmaster: Postmaster, url: str) -> None:
    answer = submit(url, before_dot=lambda: False)

    assert answer == Answer(Verdict.HELD_BACK, phase=Phase.DATA)
    assert postmaster.kept == []


def test_the_last_look_comes_after_the_text_and_before_the_relay_has_it(
    postmaster: Postmaster, url: str
) -> None:
    kept_at_last_look: list[int] = []

    def look() -> bool:
        kept_at_last_look.append(len(postmaster.kept))
        return True

    submit(url, before_dot=look)

    assert (kept_at_last_look, len(postmaster.kept)) == ([0], 1)


def test_what_goes_wrong_in_the_last_look_is_not_taken_for_the_relays(
    postmaster: Postmaster, url: str
) -> None:
    def stumble() -> bool:
        raise LookupError

    with pytest.raises(LookupError):
        submit(url, before_dot=stumble)

    assert postmaster.kept == []


def test_a_relay_that_is_not_there_says_nothing_about_the_mail() -> None:
    assert submit(f"smtp://127.0.0.1:{free_port()}").verdict is Verdict.NO_RELAY


def test_a_relay_that_lets_nobody_in_says_nothing_about_the_mail() -> None:
    postmaster = Postmaster()
    with running(postmaster, auth_require_tls=False, authenticator=_let_nobody_in) as address:
        answer = submit(f"smtp://jan:geheim@{address}")

    assert answer == Answer(Verdict.NO_RELAY, "SMTPAuthenticationError", Phase.CONNECT)


def test_the_road_to_the_relay_can_be_closed_to_eavesdroppers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    postmaster = Postmaster()

    with running(postmaster, tls_context=context, require_starttls=True) as address:
        answer = submit(f"smtp+starttls://{address}")

    assert answer.verdict is Verdict.ACCEPTED


def test_a_relay_with_a_certificate_that_nobody_knows_gets_no_mail() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    postmaster = Postmaster()

    with running(postmaster, tls_context=context) as address:
        answer = submit(f"smtp+starttls://{address}")

    assert answer == Answer(Verdict.NO_RELAY, "SSLCertVerificationError", Phase.CONNECT)
    assert postmaster.kept == []


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "Dag\r\nBcc: ander@elders.example"},
        {"subject": "Dag\nBcc: ander@elders.example"},
        {"to_name": "Jan\r\nBcc: ander@elders.example"},
        {"to": "jan@testerdam.example\r\nBcc: ander@elders.example"},
        {"to": "jan@testerdam.example, ander@elders.example"},
        {"to": "jän@testerdam.example"},
        {"headers": (("List-Id", "x\r\nBcc: ander@elders.example"),)},
    ],
)
def test_what_no_header_may_hold_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        message_of(replace(LETTER, **changed), SENDER, SENT_AT)


def test_a_long_subject_begins_behind_its_name() -> None:
    """Left to itself the library puts all of it on the next line, and some relays trip on that."""
    subject = "2 reacties op je opgaven, 2 opgaven voor jou en 10 collega's voor je opgaven"

    message = message_of(replace(LETTER, subject=subject), SENDER, SENT_AT)

    assert f"\r\nSubject: {subject}\r\n".encode() in message


def _let_nobody_in(*_: object) -> object:
    raise smtplib.SMTPException

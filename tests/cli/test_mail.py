"""`flask mail ...`: how mail stands, and taking in what comes back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from smtplib import SMTP
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.conversations import queries as conversations
from app.conversations import service as service_of_conversations
from app.core.reports import LONGEST_REPORT
from app.core.verp import answer_address, envelope_sender
from app.notifications import service
from app.notifications.models import AddressHealth, Bounce, Delivery
from app.notifications.rules import DeliveryState, MailKind
from tests.cli.conftest import Terminal
from tests.conversations.builders import Talk, a_talk
from tests.core.answered_mails import SAID, a_mail
from tests.notifications.builders import a_delivery
from tests.support.builders import a_user
from tests.support.mailbox import relay_into
from tests.support.reports import a_bounce
from tests.support.work import MONDAY, make_work

Pipe = Callable[..., Result]
# The clock of the database tells what is later.
A_MORNING = datetime(2999, 1, 7, 6, tzinfo=UTC)


@pytest.fixture
def pipe(app: Flask, session: Session) -> Pipe:
    """Hands over a mail as Postfix does."""

    def run(content: bytes, *words: str) -> Result:
        session.commit()
        return app.test_cli_runner().invoke(args=["mail", "receive", *words], input=content)

    return run


def sent(session: Session) -> Delivery:
    return a_delivery(session, a_user(session), state=DeliveryState.ACCEPTED)


def sender_of(app: Flask, delivery: Delivery) -> str:
    paper = app.extensions["post"].stationery
    return envelope_sender(delivery.id, paper.bounce_address, paper.secret)


def bounces(session: Session) -> list[str]:
    return list(session.scalars(select(Bounce.status)))


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def test_in_an_empty_house_there_is_nothing_to_tell(flask: Terminal) -> None:
    lines = flask("mail", "status").stdout.splitlines()

    assert lines[:3] == ["Mails:", "  Staat klaar: 0", "  Wordt verstuurd: 0"]
    assert lines[8:] == [
        "Moet nu weg:",
        "  0 mails",
        "Moet later weg:",
        "  geen",
        "Overzichten klaargezet:",
        "  geen",
        "Niet aangekomen:",
        "  geen",
        "Adressen zonder overzichten:",
        "  geen",
        "Laatst teruggekomen:",
        "  geen",
    ]


def test_what_waits_for_the_end_of_quiet_hours_is_told(flask: Terminal, session: Session) -> None:
    for at in (A_MORNING, A_MORNING, A_MORNING + timedelta(hours=1, minutes=2)):
        a_delivery(session, kind=MailKind.INTEREST_SHOWN, next_attempt_at=at)

    lines = flask("mail", "status").stdout.splitlines()

    place = lines.index("Moet later weg:")
    assert lines[place - 1 : place + 3] == [
        "  0 mails",
        "Moet later weg:",
        "  2 mails wachten tot maandag 7 januari om 7 uur (geen mail in avond en weekend)",
        "  1 mail wacht op een nieuwe poging, op zijn vroegst 7 januari 2999 om 08:02",
    ]


def test_the_command_tells_what_the_page_tells(flask: Terminal, session: Session) -> None:
    a_delivery(session)
    a_delivery(session, state=DeliveryState.FAILED, last_answer="550 5.1.1 unknown")
    mail = a_delivery(session, state=DeliveryState.ACCEPTED)
    session.add(Bounce(delivery_id=mail.id, told_at=MONDAY, is_hard=False, status="4.2.2"))
    session.add(
        AddressHealth(address_hash=b"1", suppressed_since=MONDAY, reason="came back too often")
    )

    lines = flask("mail", "status").stdout.splitlines()

    assert lines[8:] == [
        "Moet nu weg:",
        "  1 mail",
        "  de oudste wacht minder dan een minuut",
        "Moet later weg:",
        "  geen",
        "Overzichten klaargezet:",
        "  geen",
        "Niet aangekomen:",
        "  Mislukt, Het adres bestaat niet (550 5.1.1): 1",
        "    opnieuw: flask mail again --state failed --reason '550 5.1.1'",
        "Adressen zonder overzichten:",
        "  De mail kwam te vaak terug: 1",
        "Laatst teruggekomen:",
        "  23 november 2026 om 09:00: Overzicht, De postbus is vol of staat uit (4.2.2)",
    ]


def test_what_did_not_arrive_goes_again_by_reason_or_by_number(
    flask: Terminal, session: Session
) -> None:
    failed = [
        a_delivery(session, state=DeliveryState.FAILED, last_answer=f"{answer} no")
        for answer in ("550 5.1.1", "550 5.1.1", "552 5.2.2")
    ]
    ids = [one.id for one in failed]

    by_reason = flask("mail", "again", "--state", "failed", "--reason", "550 5.1.1")
    waiting = [session.get_one(Delivery, one).state for one in ids]
    by_number = flask("mail", "again", ids[2])

    assert by_reason.stdout == "2 mails gaan opnieuw weg.\n"
    assert waiting == [*[DeliveryState.PENDING] * 2, DeliveryState.FAILED]
    assert by_number.stdout == "1 mail gaat opnieuw weg.\n"
    assert session.get_one(Delivery, ids[2]).state is DeliveryState.PENDING


@pytest.mark.parametrize("words", [[], ["--state", "failed"], ["--reason", "x"]])
def test_which_mail_goes_again_must_be_said(flask: Terminal, words: list[str]) -> None:
    result = flask("mail", "again", *words)

    assert (result.exit_code, "Noem het nummer van een mail" in result.output) == (1, True)


def test_a_mail_that_comes_back_is_taken_in(app: Flask, session: Session, pipe: Pipe) -> None:
    delivery = sent(session)

    results = [pipe(a_bounce(sender_of(app, delivery), "5.1.1")) for _ in range(2)]

    assert [(result.exit_code, result.output) for result in results] == [
        (0, "Deze mail kwam terug. Dat is genoteerd bij het adres.\n"),
        (0, "Van deze mail was al bekend dat hij terugkwam. Er is niets veranderd.\n"),
    ]
    assert bounces(session) == ["5.1.1"]


def test_to_whom_it_came_may_be_said_beside_it(app: Flask, session: Session, pipe: Pipe) -> None:
    delivery = sent(session)

    result = pipe(a_bounce("postmaster@post.example", "4.2.2"), sender_of(app, delivery))

    assert (result.exit_code, bounces(session)) == (0, ["4.2.2"])


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\x00" * 99, a_bounce("bounce+a.b@degemeentevannu.example", "5.1.1")],
    ids=["nothing", "noise", "forged"],
)
def test_what_is_not_ours_is_taken_without_a_word(
    session: Session, pipe: Pipe, content: bytes
) -> None:
    with capture_logs() as said:
        result = pipe(content)

    assert (result.exit_code, result.output, bounces(session), said) == (0, "", [], [])


def test_a_large_mail_is_read_to_its_end(app: Flask, session: Session, pipe: Pipe) -> None:
    delivery = sent(session)
    quoted = b"x" * (3 * LONGEST_REPORT)

    result = pipe(a_bounce(sender_of(app, delivery), "5.1.1", quoted=quoted))

    assert (result.exit_code, bounces(session)) == (0, ["5.1.1"])


def test_while_the_database_is_away_the_mail_server_keeps_it(
    app: Flask, session: Session, pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(service, "take_in", away)

    assert pipe(a_bounce("x@y.example", "5.1.1")).exit_code == 75


def test_a_maildir_is_read_once(
    app: Flask, session: Session, flask: Terminal, maildir: Path
) -> None:
    delivery = sent(session)
    report = a_bounce(sender_of(app, delivery), "5.1.1")
    for name, content in (("1.a", report), ("2.b", report), ("3.c", b"Subject: Dag\r\n\r\nDag")):
        (maildir / "new" / name).write_bytes(content)

    said = [flask("mail", "collect", maildir).stdout for _ in range(2)]

    assert said == [
        "3 mails gelezen: 1 teruggekomen, 1 al bekend, 0 niet van ons, 1 iets anders.\n",
        "0 mails gelezen: 0 teruggekomen, 0 al bekend, 0 niet van ons, 0 iets anders.\n",
    ]
    assert bounces(session) == ["5.1.1"]
    assert (list((maildir / "new").iterdir()), len(list((maildir / "cur").iterdir()))) == ([], 3)


def test_a_thousand_forged_ones_make_one_line_in_the_log(
    session: Session, flask: Terminal, maildir: Path
) -> None:
    forged = a_bounce("bounce+a.b@degemeentevannu.example", "5.1.1")
    for number in range(1_000):
        (maildir / "new" / f"{number}.x").write_bytes(forged)

    with capture_logs() as said:
        result = flask("mail", "collect", maildir)

    assert "1.000 niet van ons" in result.stdout
    assert said == [{"event": "reports that are not ours", "log_level": "warning", "mails": 1_000}]
    assert session.scalars(select(AddressHealth)).all() == []


@pytest.mark.parametrize("name", ["elders", "box/new"])
def test_what_is_no_maildir_is_said(flask: Terminal, maildir: Path, name: str) -> None:
    result = flask("mail", "collect", maildir.parent / name)

    assert (result.exit_code, "is geen Maildir" in result.output) == (1, True)


def an_answer(app: Flask, session: Session, **changed: str) -> tuple[Talk, bytes]:
    talk, paper = a_talk(session), app.extensions["post"].stationery
    own = service_of_conversations.reader_id(
        make_work(session), talk.conversation, talk.professional.id
    )
    to = answer_address(own, paper.answer_box, paper.secret)
    return talk, a_mail(SAID, **{"From": talk.professional.email, "To": to, **changed}).as_bytes()


def said_in(session: Session, talk: Talk) -> list[str]:
    return [one.text for one in conversations.messages(session, talk.id)]


def test_an_answer_from_the_pipe_stands_in_its_conversation(
    app: Flask, session: Session, pipe: Pipe
) -> None:
    talk, content = an_answer(app, session)

    answers = [pipe(content) for _ in range(2)]

    assert [answer.output for answer in answers] == [
        "Het antwoord staat in het gesprek.\n",
        "Dit antwoord kenden we al. Er is niets veranderd.\n",
    ]
    assert said_in(session, talk) == [SAID]


def test_a_refused_answer_leaves_one_line_in_the_log(
    app: Flask, session: Session, pipe: Pipe
) -> None:
    talk, content = an_answer(app, session, From="een.ander@x.example")

    with capture_logs() as logs:
        answer = pipe(content)

    assert (answer.exit_code, answer.output, said_in(session, talk)) == (0, "", [])
    assert [line["event"] for line in logs] == [
        "answers that are not of whom the address was made for"
    ]


def test_an_answer_over_smtp_into_a_maildir_is_collected(
    app: Flask, session: Session, flask: Terminal, tmp_path: Path
) -> None:
    talk, content = an_answer(app, session)
    with relay_into(tmp_path / "post") as url, SMTP("127.0.0.1", urlsplit(url).port or 0) as smtp:
        smtp.sendmail(talk.professional.email, "gesprek@degemeentevannu.example", content)

    said = flask("mail", "collect", tmp_path / "post")

    assert "1 antwoord gelezen: 1 in een gesprek" in said.output
    assert said_in(session, talk) == [SAID]

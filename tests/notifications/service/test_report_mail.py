"""Mails about what was reported: to whom, once, and what they say of whom."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.mail import Letter
from app.gemeenten import queries as gemeenten
from app.loans import service as loans
from app.moderation import service as moderation
from app.moderation.models import Report
from app.moderation.rules import Ruling
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.rules import DeliveryState, MailKind, next_morning
from app.people import service as people
from app.people.rules import ProfileState
from app.post import Post
from tests.conversations.builders import a_talk, say
from tests.loans.builders import a_lender, a_loan_asked, a_running_loan, interest, parties
from tests.moderation.builders import a_report, last_message
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, make_work

NIGHT = datetime(2026, 11, 23, 21, tzinfo=UTC)
OVER = "{}: Een bericht in je gesprek over Een veilig plein"
WHY = "Wij zoeken hier\ngeen klanten."


@pytest.fixture
def beheerder(session: Session) -> User:
    return a_user(session, Role.BEHEERDER, name="Willemijn Tersteeg")


def mails(session: Session) -> list[Delivery]:
    return list(session.scalars(select(Delivery).order_by(Delivery.created_at, Delivery.id)))


def readers(session: Session) -> dict[MailKind, set[object]]:
    found: dict[MailKind, set[object]] = {}
    for one in mails(session):
        found.setdefault(one.kind, set()).add(one.user_id)
    return found


def decide(session: Session, beheerder: User, one: Report, ruling: Ruling) -> None:
    read = len(list(session.scalars(select(Report.id).where(Report.opgave_id == one.opgave_id))))
    work = make_work(session, beheerder)
    moderation.decide(work, one.id, ruling, WHY, read=read if one.opgave_id else 1)
    for _ in range(2):
        service.mail_report_decided(make_work(session), one.id)


def letter_to(app: Flask, session: Session, user: User) -> Letter | None:
    delivery = session.scalars(select(Delivery).where(Delivery.user_id == user.id)).one()
    return letter_of(app, session, delivery)


def letter_of(app: Flask, session: Session, delivery: Delivery) -> Letter | None:
    post: Post = app.extensions["post"]
    claimed = service.Claim(delivery.id, delivery.kind, uuid4())
    delivery.lease_owner = claimed.owner
    session.flush()
    return service.write_letter(make_work(session), post.stationery, claimed)


def test_every_beheerder_hears_once_of_a_thing(session: Session, beheerder: User) -> None:
    other = a_user(session, Role.BEHEERDER)
    a_user(session, Role.GEMEENTEBEHEERDER)
    first = a_report(session)
    again = a_report(session, opgave_id=first.opgave_id, reported_at=NIGHT)

    for report in (first, first, again):
        service.mail_report_made(make_work(session), report.id)

    assert readers(session) == {MailKind.REPORT_MADE: {beheerder.id, other.id}}
    assert len(mails(session)) == 2


def test_who_it_is_about_is_not_asked_to_look(session: Session, beheerder: User) -> None:
    other = a_user(session, Role.BEHEERDER)
    one = a_report(session, profile_id=a_profile(session, "wonen", user=beheerder).user_id)

    service.mail_report_made(make_work(session), one.id)

    assert readers(session) == {MailKind.REPORT_MADE: {other.id}}


def test_nobody_is_asked_to_look_at_what_was_decided(
    app: Flask, session: Session, beheerder: User
) -> None:
    report = a_report(session)
    service.mail_report_made(make_work(session), report.id)
    report.decided_at, report.ruling = MONDAY, Ruling.LEFT

    assert letter_to(app, session, beheerder) is None
    assert [(one.state, one.last_answer) for one in mails(session)] == [
        (DeliveryState.SUPPRESSED, "decided")
    ]


@pytest.mark.parametrize("ruling", Ruling)
def test_who_reported_hears_what_was_decided_and_who_wrote_it_when_it_is_gone(
    session: Session, beheerder: User, ruling: Ruling
) -> None:
    owner, co_owner = (a_user(session, Role.OPGAVEHOUDER) for _ in range(2))
    opgave = an_opgave(session, owner=owner, co_owner_id=co_owner.id)
    reports = [a_report(session, opgave_id=opgave.id) for _ in range(2)]

    decide(session, beheerder, reports[0], ruling)

    reporters = {one.reporter_id for one in reports}
    writers = {owner.id, co_owner.id} if ruling is Ruling.TAKEN_DOWN else set()
    assert readers(session) == {MailKind.REPORT_DECIDED: reporters | writers}
    assert len(mails(session)) == len(reporters | writers)


def test_who_wrote_it_reads_why_and_never_who_reported_it(
    app: Flask, session: Session, beheerder: User
) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Wat ben jij een sukkel.")
    one = a_report(session, talk.professional, message_id=last_message(session, talk).id)

    decide(session, beheerder, one, Ruling.TAKEN_DOWN)
    to_writer = letter_to(app, session, talk.owner)
    to_reporter = letter_to(app, session, talk.professional)

    assert to_writer is not None
    assert to_reporter is not None
    assert to_writer.subject == OVER.format("Weggehaald na een melding")
    assert "> Wij zoeken hier\n> geen klanten." in to_writer.text
    assert "Fatima Bouali" not in to_writer.text + to_writer.html
    assert to_reporter.subject == OVER.format("Wat je meldde, is bekeken")
    assert "haalde het weg" in to_reporter.text
    assert "sukkel" not in to_reporter.text + to_writer.text


@pytest.mark.parametrize("is_ended", [True, False])
def test_who_looked_after_an_opgave_reads_what_becomes_of_its_loans(
    app: Flask, session: Session, beheerder: User, *, is_ended: bool
) -> None:
    who = parties(session, people_needed=2)
    runs = a_running_loan(session, who)
    interest(session, other := a_lender(session), who.opgave)
    a_loan_asked(session, other, who.opgave, "baas@example.nl")
    one = a_report(session, opgave_id=who.opgave.id)

    decide(session, beheerder, one, Ruling.TAKEN_DOWN)
    if is_ended:
        loans.end_what_was_asked(make_work(session), who.opgave.id)
    letter = letter_to(app, session, who.borrower)
    to_reporter = letter_to(app, session, session.get_one(User, one.reporter_id))

    assert letter is not None
    assert to_reporter is not None
    lenders = gemeenten.names_of(session, {runs.lender_code, other.gemeente_code})
    for said in (
        f"De inzet van {who.professional.name}, gemeente {lenders[runs.lender_code]}, loopt door.",
        f"De aanvraag van {other.name}, gemeente {lenders[other.gemeente_code]}, gaat niet door.",
    ):
        assert said in letter.text
        assert said in letter.html
        assert said not in to_reporter.text


def test_who_wrote_it_is_not_told_of_what_is_back(
    app: Flask, session: Session, beheerder: User
) -> None:
    talk = a_talk(session, "Wat een onzin.")
    one = a_report(session, talk.owner, message_id=last_message(session, talk).id)
    decide(session, beheerder, one, Ruling.TAKEN_DOWN)

    moderation.put_back(make_work(session, beheerder), one.id)

    assert letter_to(app, session, talk.professional) is None
    # Who reported it hears that it was put back.
    assert letter_to(app, session, talk.owner) is None
    service.mail_put_back(make_work(session), one.id)
    [back] = [
        one
        for one in mails(session)
        if one.user_id == talk.owner.id and one.state is DeliveryState.PENDING
    ]
    letter = letter_of(app, session, back)
    assert letter is not None
    assert letter.subject == OVER.format("Teruggezet")


def test_who_was_told_that_it_is_gone_is_told_that_it_is_back(
    app: Flask, session: Session, beheerder: User
) -> None:
    talk = a_talk(session, "Wat een onzin.")
    one = a_report(session, talk.owner, message_id=last_message(session, talk).id)
    decide(session, beheerder, one, Ruling.TAKEN_DOWN)
    for mail in mails(session):
        mail.state = DeliveryState.ACCEPTED
    moderation.put_back(make_work(session, beheerder), one.id)

    for _ in range(2):
        service.mail_put_back(make_work(session), one.id)

    back = {one.user_id: one for one in mails(session) if one.state is DeliveryState.PENDING}
    sides = (talk.professional, talk.owner)
    letters = [letter_of(app, session, back.pop(side.id)) for side in sides]
    assert back == {}
    for letter in letters:
        assert letter is not None
        assert letter.subject == OVER.format("Teruggezet")
        assert "geen klanten" not in letter.text
        assert "haalde" not in letter.text
    to_writer, to_reporter = (f"{letter}" for letter in letters)
    assert "Anderen zien het weer." in to_writer
    assert "Een beheerder keek er nog eens naar." in to_reporter
    assert "omdat je iets meldde" in to_reporter


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ProfileState.PUBLISHED, "Anderen zien het weer."),
        (ProfileState.PAUSED, "Je kunt je profiel weer publiceren."),
    ],
)
def test_who_wrote_a_profile_hears_whether_it_is_seen_again(
    app: Flask, session: Session, beheerder: User, state: ProfileState, said: str
) -> None:
    profile = a_profile(session, "wonen", state=state)
    one = a_report(session, profile_id=profile.user_id)
    decide(session, beheerder, one, Ruling.TAKEN_DOWN)
    for mail in mails(session):
        mail.state = DeliveryState.ACCEPTED
    moderation.put_back(make_work(session, beheerder), one.id)
    service.mail_put_back(make_work(session), one.id)

    letters = {
        mail.user_id: f"{letter_of(app, session, mail)}"
        for mail in mails(session)
        if mail.state is DeliveryState.PENDING
    }

    assert said in letters[profile.user_id]
    assert "Teruggezet: Jouw profiel" in letters[profile.user_id]


def test_of_what_is_gone_again_nobody_hears_that_it_was_back(
    app: Flask, session: Session, beheerder: User
) -> None:
    profile = a_profile(session, "wonen")
    one = a_report(session, profile_id=profile.user_id)
    decide(session, beheerder, one, Ruling.TAKEN_DOWN)
    for mail in mails(session):
        mail.state = DeliveryState.ACCEPTED
    moderation.put_back(make_work(session, beheerder), one.id)
    service.mail_put_back(make_work(session), one.id)
    people.take_down(make_work(session, beheerder), profile.user_id)

    back = [one for one in mails(session) if one.state is DeliveryState.PENDING]
    assert [letter_of(app, session, one) for one in back] == [None, None]


def test_at_night_it_waits_for_the_morning(session: Session, beheerder: User) -> None:
    report = a_report(session)

    service.mail_report_made(make_work(session, now=NIGHT), report.id)

    assert [one.next_attempt_at for one in mails(session)] == [next_morning(NIGHT)]
    assert beheerder.id in readers(session)[MailKind.REPORT_MADE]


def test_of_what_is_gone_by_then_nobody_has_to_decide(session: Session, beheerder: User) -> None:
    service.mail_report_made(make_work(session), uuid4())

    assert mails(session) == []

"""News of a loan stands in the inbox of its parties, and is told once: by mail or in the digest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.core.dutch import dutch_date
from app.core.mail import Answer, Letter, Verdict
from app.core.phases import Phase
from app.core.work import Work
from app.core.workdays import monday_of
from app.extensions import db
from app.loans import service as loans
from app.loans.models import Loan
from app.loans.queries import of_any
from app.loans.rules import LoanState, NamedManager, Party, Reason, Refusal
from app.notifications import queries, service
from app.notifications.models import AddressHealth, Bounce, Delivery, Notice
from app.notifications.parts import LOANS
from app.notifications.rules import (
    Channel,
    DeliveryState,
    Family,
    MailKind,
    NoticeKind,
    next_morning,
)
from app.notifications.service import Claim, Stationery, at_once, health
from app.notifications.telling import told_in_digests, told_to
from app.opgaven import life
from app.opgaven import service as opgaven
from app.post import Post
from tests.conftest import AppMaker, server_url
from tests.loans.builders import TERMS, Parties, a_loan, a_running_loan, interest, parties
from tests.notifications.builders import a_delivery
from tests.support.builders import a_user
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

EVENING = MONDAY.replace(hour=20)
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def manager_with_account(session: Session, who: Parties) -> User:
    return a_user(session, gemeente_code=who.professional.gemeente_code, email=who.manager.email)


def inbox(session: Session, reader: User) -> list[str]:
    session.flush()
    found = queries.inbox(session, actor_of(reader), TODAY)
    return [one.loan.said for one in found if one.loan]


def for_digest(session: Session, reader: User) -> list[str]:
    """What the next digest would tell, by both roads along which it is read."""
    session.flush()
    since = queries.last_told(session, reader.id)
    viewer, until = actor_of(reader), MONDAY + A_DAY
    told = told_to(queries.news(session, viewer, since, until, TODAY))
    digest = a_delivery(session, reader, news_from=since, news_until=until)
    assert told_in_digests(session, {digest.id: viewer}, TODAY).get(digest.id, ()) == told
    session.delete(digest)
    session.flush()
    return [line.text for part in told if part.name == LOANS.name for line in part.section.lines]  # type: ignore[attr-defined]


def mails(session: Session, reader: User) -> list[Delivery]:
    session.flush()
    found = select(Delivery).where(Delivery.kind == MailKind.LOAN, Delivery.user_id == reader.id)
    return list(session.scalars(found.order_by(Delivery.created_at)))


def went(session: Session) -> None:
    session.flush()
    for mail in session.scalars(select(Delivery).where(Delivery.kind == MailKind.LOAN)):
        mail.state = DeliveryState.ACCEPTED
    session.flush()


def pending(session: Session) -> list[Delivery]:
    session.flush()
    waits = (Delivery.kind == MailKind.LOAN, Delivery.state == DeliveryState.PENDING)
    return list(session.scalars(select(Delivery).where(*waits).order_by(Delivery.id)))


def letter_of(app: Flask, session: Session, mail: Delivery) -> Letter:
    letter = written(app, session, mail)
    assert letter is not None
    return letter


def written(app: Flask, session: Session, mail: Delivery) -> Letter | None:
    post: Post = app.extensions["post"]
    mail.lease_owner = owner = uuid4()
    session.flush()
    claimed = Claim(mail.id, mail.kind, owner)
    return service.write_letter(make_work(session), post.stationery, claimed)


def sign_as_lender(session: Session, who: Parties, loan: Loan, hours: int = 1) -> None:
    later = MONDAY + hours * AN_HOUR
    loans.sign_as_lender(make_work(session, now=later), loan.id, loan.version, who.manager)
    service.tell_signed(make_work(session, now=later), loan.id, loan.version, by=Party.LENDER)


def test_a_step_stands_in_the_inbox_of_the_others(session: Session, who: Parties) -> None:
    manager = manager_with_account(session, who)
    loan = a_loan(session, who)

    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)

    assert inbox(session, who.professional) == []
    borrower = of_any(session, loan.id).borrower_name
    assert inbox(session, manager) == [
        f"Jouw handtekening ontbreekt nog, en die van gemeente {borrower}."
    ]
    assert inbox(session, who.borrower) == [
        "Jouw handtekening ontbreekt nog, en die van Fatma de Baas."
    ]
    assert inbox(session, a_user(session)) == []


def test_a_manager_with_an_account_comes_in_without_signing_in(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    manager = manager_with_account(session, who)
    service.mail_loan(make_work(session), a_loan(session, who).id, by=Party.PROFESSIONAL)
    [mail] = mails(session, manager)
    mail.lease_owner = mail.id
    session.flush()

    letter = service.write_letter(
        make_work(session), stationery, service.Claim(mail.id, mail.kind, mail.id)
    )

    assert letter is not None
    assert "/tekenen/" in letter.text


def test_a_mail_begins_with_what_is_new_and_speaks_to_its_reader(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY - 14 * A_DAY)
    work = make_work(session, who.borrower, MONDAY + AN_HOUR)
    loans.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Week 3 mist.")
    service.mail_loan(make_work(session), loan.id, by=Party.BORROWER)
    [mail] = mails(session, who.professional)
    mail.lease_owner = mail.id
    session.flush()

    letter = service.write_letter(
        make_work(session), stationery, Claim(mail.id, mail.kind, mail.id)
    )

    assert letter is not None
    news = f"{who.borrower.name} zegt dat de uren niet kloppen"
    borrower = of_any(session, loan.id).borrower_name
    assert letter.subject == f"{news}: jouw inzet bij gemeente {borrower}"
    words = letter.text.split()
    assert " ".join(words).index("“Week 3 mist.”") < " ".join(words).index("Het gaat om jouw inzet")


def test_a_mail_of_other_terms_says_what_changed(
    app: Flask, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    loans.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    draft = replace(TERMS, hours_per_week=12, learning_goal="Nog meer leren")
    work = make_work(session, who.borrower, MONDAY + AN_HOUR)
    loans.change(work, loan.id, Party.BORROWER, 1, draft)
    service.mail_loan(work, loan.id, by=Party.BORROWER)

    for mail in pending(session):
        letter = letter_of(app, session, mail)
        assert letter.subject.startswith("Andere afspraken, jouw handtekening gevraagd: ")
        assert "wil meewerken bij gemeente" not in letter.text
        assert "- Uren per week: 12 (was 8)" in letter.text
        assert f"- Leerdoel: Nog meer leren (was {TERMS.learning_goal})" in letter.text
        assert "</strong>: 12 (was 8)" in letter.html
        preview = f"{who.borrower.name} stelde andere afspraken voor"
        assert f"jouw handtekening gevraagd. {preview}" in letter.html


def test_the_first_mail_says_who_asks_and_to_the_manager_what_comes_back(
    app: Flask, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)
    letters = {mail.user_id: letter_of(app, session, mail) for mail in pending(session)}
    to_manager, to_borrower = letters[None], letters[who.borrower.id]
    seen = of_any(session, loan.id)

    for part in (to_manager.text, to_manager.html):
        words = " ".join(part.split())
        assert seen.professional_name in words
        assert f"gemeente {seen.borrower_name}" in words
        assert "8 uur per week, van 30 november 2026 tot en met 21 februari 2027" in words
        assert "Wat komt er terug?" in words
        assert f"De uren komen op het tegoed van gemeente {seen.lender_name}" in words
        assert TERMS.learning_goal in words
    for part in (to_borrower.text, to_borrower.html):
        asks = f"{seen.professional_name} van gemeente {seen.lender_name} wil meewerken aan jullie"
        assert asks in " ".join(part.split())
        assert "Wat komt er terug?" not in part


def test_who_all_signed_for_reads_what_to_do_now(
    app: Flask, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.BORROWER)

    letters = {mail.user_id: letter_of(app, session, mail) for mail in pending(session)}
    words = {reader: " ".join(letter.text.split()) for reader, letter in letters.items()}
    assert words[who.professional.id].startswith("Alle drie hebben getekend. Dag ")
    assert "schrijf je elke week op de pagina van je inzet" in words[who.professional.id]
    assert "Je hoeft nu niets te doen." in words[None]


def test_what_all_three_sign_anew_is_told_as_that_with_old_beside_new(
    app: Flask, session: Session, who: Parties
) -> None:
    """And not as a first start, nor with hours that were changed before."""
    loan, week = a_running_loan(session, who, starts_on=TODAY), monday_of(TODAY)
    loans.write_hours(make_work(session, who.professional), loan.id, week, 480)
    work = make_work(session, now=MONDAY + timedelta(minutes=10))
    loans.dispute_hours(work, loan.id, uuid4(), Party.LENDER, "Het was minder.", who.manager)
    work = make_work(session, who.professional, MONDAY + timedelta(minutes=20))
    loans.write_hours(work, loan.id, week, 420)
    assert TERMS.ends_on
    assert TERMS.returns_on
    until, back = (day + timedelta(weeks=2) for day in (TERMS.ends_on, TERMS.returns_on))
    later = replace(TERMS, starts_on=TODAY, ends_on=until, returns_on=back)
    work = make_work(session, who.professional, MONDAY + timedelta(minutes=30))
    loans.change(work, loan.id, Party.PROFESSIONAL, 1, later)
    service.mail_loan(work, loan.id, by=Party.PROFESSIONAL)
    talk = loan.end_talk_on
    for mail in pending(session):
        asked = letter_of(app, session, mail).text
        assert f"Dat was {dutch_date(talk)}." in " ".join(asked.split())
    went(session)
    at = MONDAY + timedelta(minutes=40)
    loans.sign_as_borrower(make_work(session, who.borrower, at), loan.id, 2)
    loans.sign_as_lender(make_work(session, now=at), loan.id, 2, who.manager)
    service.mail_loan(make_work(session, now=at), loan.id, by=Party.LENDER)

    for mail in pending(session):
        letter = letter_of(app, session, mail)
        assert letter.subject.startswith("De verlenging is rond: ")
        now, was = dutch_date(until), dutch_date(TERMS.ends_on)
        assert f"- Duurt tot en met: {now} (was {was})" in letter.text
        assert "Alle drie hebben getekend. Dit is er nu anders:\n\n- Duurt" in letter.text
        assert f"De inzet duurt nu tot en met {now}. Je hoeft nu niets te doen." in letter.text
        moved = f"Het eindgesprek verschuift naar {dutch_date(loan.end_talk_on)}."
        assert f"{moved} Dat was {dutch_date(talk)}." in " ".join(letter.text.split())
        assert "veranderde de uren" not in letter.text
        assert "Bekijk de afspraken:" in letter.text


def test_what_is_new_is_said_once(app: Flask, session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY - 14 * A_DAY)
    loans.write_hours(make_work(session, who.professional), loan.id, TODAY - 14 * A_DAY, 480)
    session.flush()
    work = make_work(session, who.borrower, MONDAY + AN_HOUR)
    loans.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Week 3 mist.")
    service.mail_loan(make_work(session), loan.id, by=Party.BORROWER)

    for mail in pending(session):
        letter = letter_of(app, session, mail)
        news = f"{who.borrower.name} zegt dat de uren niet kloppen"
        assert letter.text.count(news) == 1
        shown = letter.html.partition("<h1")[2]
        assert shown.count(news) == 1
        looks = "Kijk de uren na:" if mail.user_id else "Bekijk de uren:"
        assert looks in letter.text


def test_a_mail_of_a_message_holds_it_though_somebody_signs_before_it_goes(
    app: Flask, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    words = "Ik kan op dinsdag en donderdag."
    loans.remark(make_work(session, who.professional), loan.id, uuid4(), Party.PROFESSIONAL, words)
    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)
    sign_as_lender(session, who, loan)

    [mail] = mails(session, who.borrower)
    letter = letter_of(app, session, mail)

    assert letter.subject.startswith(f"Bericht van {who.professional.name}: ")
    assert f"{who.professional.name} schreef: “{words}”" in " ".join(letter.text.split())
    # Of who has read it the next mail tells other things.
    went(session)
    loans.sign_as_borrower(make_work(session, who.borrower, MONDAY + 2 * AN_HOUR), loan.id, 1)
    service.mail_loan(make_work(session, now=MONDAY + 2 * AN_HOUR), loan.id, by=Party.BORROWER)
    for one in pending(session):
        assert words not in " ".join(letter_of(app, session, one).text.split())


def test_who_answered_before_the_mail_went_gets_none(
    app: Flask, session: Session, who: Parties
) -> None:
    """They have seen that their hours were not right: they wrote others."""
    loan, week = a_running_loan(session, who, starts_on=TODAY), monday_of(TODAY)
    loans.write_hours(make_work(session, who.professional), loan.id, week, 480)
    work = make_work(session, now=MONDAY + timedelta(minutes=10))
    loans.dispute_hours(work, loan.id, uuid4(), Party.LENDER, "Het was minder.", who.manager)
    service.mail_loan(work, loan.id, by=Party.LENDER)
    work = make_work(session, who.professional, MONDAY + timedelta(minutes=20))
    loans.write_hours(work, loan.id, week, 420)

    letters = {mail.user_id: written(app, session, mail) for mail in pending(session)}

    assert letters[who.professional.id] is None
    told = letters[who.borrower.id]
    assert told is not None
    assert told.subject.startswith(f"{who.professional.name} veranderde de uren: ")


def test_a_manager_who_is_named_later_reads_what_it_is_about(
    app: Flask, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    draft = replace(TERMS, hours_per_week=12)
    loans.change(make_work(session, who.borrower), loan.id, Party.BORROWER, 1, draft)
    work = make_work(session, who.professional, MONDAY + AN_HOUR)
    loans.name_another(work, loan.id, NamedManager("Karin de Baas", f"k.{who.manager.email}"))
    service.mail_loan(work, loan.id, by=Party.PROFESSIONAL, to=[Party.LENDER])

    [mail] = pending(session)
    letter = letter_of(app, session, mail)
    assert letter.subject.startswith("Jouw handtekening gevraagd: ")
    assert "wil meewerken bij gemeente" in letter.text


def test_what_is_mailed_is_in_no_digest(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)

    assert for_digest(session, who.borrower) == []
    went(session)
    assert for_digest(session, who.borrower) == []
    assert len(inbox(session, who.borrower)) == 1


def test_a_mail_that_did_not_come_is_for_the_digest(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)
    [mail] = mails(session, who.borrower)
    mail.lease_owner = mail.id
    session.flush()
    claimed = service.Claim(mail.id, mail.kind, mail.id)

    later = MONDAY + 2 * AN_HOUR
    refused = Answer(Verdict.REFUSED, "550 no", phase=Phase.DATA)
    service.record(make_work(session, now=later), claimed, refused)
    session.expire_all()

    assert len(for_digest(session, who.borrower)) == 1
    notice = session.scalars(select(Notice).where(Notice.user_id == who.borrower.id)).one()
    assert notice.told_at == later


def test_a_signature_is_told_without_a_mail(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)
    went(session)

    sign_as_lender(session, who, loan)

    said = "Fatma de Baas tekende. Jouw handtekening ontbreekt nog."
    title = f"Inzet van {who.professional.name} voor “{who.opgave.title}”"
    assert inbox(session, who.borrower) == [said]
    assert for_digest(session, who.borrower) == [f"{title}. {said}"]
    assert len(mails(session, who.borrower)) == 1
    assert for_digest(session, who.professional)[0].startswith(
        f"Jouw inzet voor “{who.opgave.title}”. Fatma de Baas tekende. Wacht tot gemeente "
    )


def test_a_signature_that_a_waiting_mail_will_tell_is_told_by_it_alone(
    session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)

    sign_as_lender(session, who, loan)

    assert for_digest(session, who.borrower) == []


def test_who_asks_and_the_third_who_signs_are_told_by_what_they_do(
    session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    service.tell_signed(make_work(session), loan.id, 1, by=Party.PROFESSIONAL)
    loans.sign_as_lender(make_work(session), loan.id, 1, who.manager)
    loans.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    service.tell_signed(make_work(session), loan.id, 1, by=Party.BORROWER)
    session.flush()

    assert session.scalars(select(Notice)).all() == []


def test_a_next_step_is_new_again_on_the_same_line(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who, starts_on=TODAY)
    service.mail_loan(make_work(session), loan.id, by=Party.BORROWER)
    reader = make_work(session, who.professional, MONDAY + AN_HOUR)
    service.mark_all_read(reader)
    went(session)
    assert queries.count_unread(session, reader.actor, TODAY) == 0

    why = Refusal(Reason.WORK_IS_DONE, "Het plein ligt er.")
    last_day = TODAY + timedelta(days=20)
    later = MONDAY + 2 * AN_HOUR
    loans.end_early(make_work(session, who.borrower, later), loan.id, Party.BORROWER, last_day, why)
    service.mail_loan(make_work(session, now=later), loan.id, by=Party.BORROWER)

    assert queries.count_unread(session, reader.actor, TODAY) == 1
    [said] = inbox(session, who.professional)
    assert said.startswith(
        f"Gemeente {of_any(session, loan.id).borrower_name} besloot eerder te stoppen: "
        "13 december 2026 is de laatste dag. Reden om te stoppen: het werk is klaar."
    )
    # What somebody wrote stands on the page of the loan, and in no digest.
    assert "Het plein ligt er" not in said


def test_each_loan_of_an_opgave_has_a_line_of_its_own(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    other = replace(who, professional=parties(session).professional)
    other = replace(other, manager=replace(who.manager, email=f"b{other.professional.email}"))
    interest(session, other.professional, who.opgave)
    for one in (who, other):
        service.mail_loan(make_work(session), a_loan(session, one).id, by=Party.PROFESSIONAL)
    sign_in(client, session, who.borrower)
    page = text_of(client.get("/meldingen"))

    for one in (who, other):
        assert f"Inzet van {one.professional.name} voor “{who.opgave.title}”" in page
    assert queries.count_unread(session, actor_of(who.borrower), TODAY) == 2
    first = session.scalars(select(Notice).where(Notice.profile_id == who.professional.id)).one()
    client.post(f"/meldingen/{first.id}/gelezen")
    assert queries.count_unread(session, actor_of(who.borrower), TODAY) == 1


def test_a_line_leads_to_the_loan(client: FlaskClient, session: Session, who: Parties) -> None:
    manager = manager_with_account(session, who)
    loan = a_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by="")

    for reader in (who.professional, who.borrower, manager):
        sign_in(client, session, reader)
        found = select(Notice).where(
            Notice.user_id == reader.id, Notice.kind == NoticeKind.LOAN_MOVED
        )
        opened = client.get(f"/meldingen/{session.scalars(found).one().id}/openen")
        assert opened.headers["Location"] == f"/inzet/{loan.id}"
    assert client.get(f"/inzet/{loan.id}").status_code == 200


def test_a_manager_of_an_earlier_loan_hears_nothing_of_the_next(
    session: Session, who: Parties
) -> None:
    manager = manager_with_account(session, who)
    first = a_loan(session, who)
    service.mail_loan(make_work(session), first.id, by=Party.PROFESSIONAL)
    loans.withdraw(make_work(session, who.professional), first.id)
    other = replace(who, manager=replace(who.manager, email=f"x{who.manager.email}"))
    a_loan(session, other)

    assert inbox(session, manager) == [f"{who.professional.name} trok de aanvraag in."]


def test_who_wants_it_in_the_inbox_alone_gets_it_there(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    roads = {Family.LOANS: Channel.INBOX}
    service.choose_roads(make_work(session, who.professional), roads)
    sign_as_lender(session, who, loan)

    assert for_digest(session, who.professional) == []
    assert len(inbox(session, who.professional)) == 1


def test_a_second_try_in_the_evening_waits_for_the_morning(session: Session, who: Parties) -> None:
    service.mail_loan(make_work(session), a_loan(session, who).id, by=Party.PROFESSIONAL)
    [mail] = mails(session, who.borrower)

    assert at_once.put_off(make_work(session), mail) is None
    assert at_once.put_off(make_work(session, now=EVENING), mail) == next_morning(EVENING)


def test_a_house_without_quiet_hours_mails_in_the_evening(
    session: Session, new_app: AppMaker
) -> None:
    assert at_once.quiet_until(make_work(session, now=EVENING)) == next_morning(EVENING)

    with new_app(server_url(), quiet_hours=False).app_context():
        assert at_once.quiet_until(make_work(db.session(), now=EVENING)) is None


def come_back(session: Session, stationery: Stationery, address: str, status: str) -> None:
    """A mail about the loan to this address came back."""
    session.flush()
    [mail] = session.scalars(
        select(Delivery).where(Delivery.kind == MailKind.LOAN, Delivery.user_id.is_(None))
    )
    assert queries.addresses_of(session, [mail]) == {mail.id: address}
    mail.state = DeliveryState.ACCEPTED
    session.add(
        Bounce(delivery_id=mail.id, told_at=MONDAY, is_hard=status[0] == "5", status=status)
    )
    session.flush()
    service.count_bounces(make_work(session), stationery.secret)


def test_a_professional_hears_that_no_mail_reaches_the_manager(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    loan = a_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)

    come_back(session, stationery, who.manager.email, "5.1.1")
    assert loan.manager_unreached_at == MONDAY
    service.mail_loan(make_work(session), loan.id, by="", to=[Party.PROFESSIONAL])

    said = f"We krijgen geen mail bij {who.manager.email}. Kijk het adres van Fatma de Baas na."
    assert inbox(session, who.professional) == [said]
    assert len(mails(session, who.professional)) == 1


def test_who_withdrew_need_not_look_for_the_manager(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    loans.note_unreached(make_work(session), loan.id, who.manager.email)
    assert of_any(session, loan.id).waits_for_party(Party.PROFESSIONAL)

    loans.withdraw(make_work(session, who.professional), loan.id)

    assert not of_any(session, loan.id).waits_for_party(Party.PROFESSIONAL)


@pytest.mark.parametrize("status", ["4.2.2", "5.2.2", "5.7.1"])
def test_a_full_box_or_a_refusal_of_ours_is_no_wrong_address(
    session: Session, who: Parties, stationery: Stationery, status: str
) -> None:
    loan = a_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)

    come_back(session, stationery, who.manager.email, status)

    assert loan.manager_unreached_at is None


def test_a_late_bounce_of_the_old_address_is_held_against_nobody(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    loan = a_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)
    session.flush()
    [mail] = session.scalars(
        select(Delivery).where(Delivery.kind == MailKind.LOAN, Delivery.user_id.is_(None))
    )
    mail.state, mail.submitted_at = DeliveryState.ACCEPTED, MONDAY
    work = make_work(session, who.professional, MONDAY + AN_HOUR)
    right = NamedManager("Karin de Baas", f"karin.{who.manager.email}")
    loans.name_another(work, loan.id, right)
    session.add(Bounce(delivery_id=mail.id, told_at=MONDAY, is_hard=True, status="5.1.1"))
    session.flush()

    service.count_bounces(make_work(session, now=MONDAY + A_DAY), stationery.secret)

    assert session.scalars(select(AddressHealth)).all() == []
    assert loan.manager_unreached_at is None
    # A mail that went since is of the new address.
    mail.submitted_at = MONDAY + A_DAY
    session.flush()
    assert queries.addresses_of(session, [mail]) == {mail.id: right.email}


def test_a_manager_who_takes_a_step_is_reached(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    no = Refusal(Reason.HOURS)
    steps: tuple[Callable[[Work], object], ...] = (
        lambda work: loans.remark(
            work, loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager
        ),
        lambda work: loans.sign_as_lender(work, loan.id, loan.version, who.manager),
        lambda work: loans.refuse_terms(work, loan.id, Party.LENDER, loan.version, no, who.manager),
    )
    for step in steps:
        loans.note_unreached(make_work(session), loan.id, who.manager.email)
        assert loan.manager_unreached_at is not None
        step(make_work(session))
        assert loan.manager_unreached_at is None


def test_who_says_that_the_address_is_right_need_not_look_again(
    session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    loans.note_unreached(make_work(session), loan.id, who.manager.email)
    same = NamedManager(loan.manager_name, loan.manager_email)

    loans.name_another(make_work(session, who.professional), loan.id, same)

    assert loan.manager_unreached_at is None


def test_an_address_that_is_said_to_be_right_gets_one_mail_more(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    loan = a_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.PROFESSIONAL)
    come_back(session, stationery, who.manager.email, "5.1.1")
    same = NamedManager(loan.manager_name, loan.manager_email)
    for _ in range(2):
        loans.name_another(make_work(session, who.professional, MONDAY + AN_HOUR), loan.id, same)
        service.mail_loan(make_work(session, now=MONDAY + AN_HOUR), loan.id, by=Party.PROFESSIONAL)
    session.flush()
    [mail] = session.scalars(
        select(Delivery).where(
            Delivery.kind == MailKind.LOAN,
            Delivery.user_id.is_(None),
            Delivery.state == DeliveryState.PENDING,
        )
    )
    mail.lease_owner = mail.id
    session.flush()

    claimed = Claim(mail.id, mail.kind, mail.id)
    work = make_work(session, now=MONDAY + AN_HOUR)
    letter = service.write_letter(work, stationery, claimed)
    assert letter is not None
    assert letter.to == who.manager.email

    refused = Answer(Verdict.REFUSED, "5.1.1 no such user", code=550, phase=Phase.RCPT)
    later = make_work(session, now=MONDAY + 2 * AN_HOUR)
    service.record(later, claimed, refused, letter)
    assert loan.manager_unreached_at == MONDAY + 2 * AN_HOUR
    address_hash = health.hash_of(letter.to, stationery.secret)
    assert health.resting(session, letter.to, address_hash) is health.Reason.GONE


def test_nobody_looks_for_the_manager_of_what_is_over(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    loans.end_what_is_over(make_work(session, now=MONDAY + 400 * A_DAY))
    assert loan.state is LoanState.ENDED

    loans.note_unreached(make_work(session), loan.id, who.manager.email)

    assert loan.manager_unreached_at is None


def test_a_corrected_address_gets_the_mail(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    loans.note_unreached(make_work(session), loan.id, who.manager.email)
    right = f"beter.{who.manager.email}"

    loans.name_another(
        make_work(session, who.professional), loan.id, NamedManager("Karin de Baas", right)
    )

    assert (loan.manager_email, loan.manager_unreached_at) == (right, None)
    assert TERMS.hours_per_week == 8


def test_all_parties_hear_once_that_the_opgave_of_a_running_loan_was_taken_down(
    session: Session, who: Parties
) -> None:
    manager = manager_with_account(session, who)
    loan = a_running_loan(session, who)
    went(session)
    moderator = make_work(session, a_user(session, Role.BEHEERDER))

    life.take_down(moderator, who.opgave.id)
    service.tell_taken_down(make_work(session), who.opgave.id)
    session.flush()

    seen = of_any(session, loan.id)
    for reader in (who.professional, manager, who.borrower):
        [said] = inbox(session, reader)
        assert said.endswith(
            "De opgave is weggehaald door een beheerder. "
            "De inzet loopt door zoals jullie afspraken."
        )
        viewer = actor_of(reader)
        [news] = queries.inbox(session, viewer, TODAY)
        assert news.loan is not None
        assert news.loan.about == (
            f"Jouw inzet bij gemeente {seen.borrower_name}"
            if reader is who.professional
            else f"Inzet van {who.professional.name} bij gemeente {seen.borrower_name}"
        )


def test_that_the_opgave_of_a_running_loan_is_gone_is_mailed_once(
    app: Flask, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    service.mail_loan(make_work(session), loan.id, by=Party.BORROWER)
    went(session)
    hour, beheerder = MONDAY + AN_HOUR, a_user(session, Role.BEHEERDER)
    life.take_down(make_work(session, beheerder, hour), who.opgave.id)

    for _ in range(2):
        service.tell_taken_down(make_work(session, now=hour), who.opgave.id)
    letters = [letter_of(app, session, mail) for mail in pending(session)]

    # Who looks after the opgave hears why in a mail of its own.
    assert {mail.user_id for mail in pending(session)} == {who.professional.id, None}
    for letter in letters:
        assert letter.subject.startswith("De opgave is weggehaald: ")
        assert "weggehaald door een beheerder. De inzet loopt door zoals jullie" in letter.text
    went(session)
    later = make_work(session, who.borrower, hour + AN_HOUR)
    loans.remark(later, loan.id, uuid4(), Party.BORROWER, "Tot maandag!")
    service.mail_loan(later, loan.id, by=Party.BORROWER)
    [said] = inbox(session, who.professional)
    assert "weggehaald" not in said
    for mail in pending(session):
        assert "weggehaald" not in letter_of(app, session, mail).text


def test_who_looks_after_the_opgave_stands_in_the_inbox_and_digest_until_another_step(
    session: Session, who: Parties
) -> None:
    manager = manager_with_account(session, who)
    loan = a_running_loan(session, who)
    here = {"gemeente_code": who.borrower.gemeente_code}
    karin = a_user(session, Role.OPGAVEHOUDER, name="Karin Vos", **here)
    hour = MONDAY + AN_HOUR

    opgaven.hand_over(make_work(session, who.borrower, hour), who.opgave.id, karin.id)
    session.flush()
    service.tell_new_owner(make_work(session, now=hour), who.opgave.id)
    for mail in mails(session, who.professional) + mails(session, manager):
        session.delete(mail)

    said = (
        f"Karin Vos van gemeente {of_any(session, loan.id).borrower_name} zorgt nu voor de opgave."
    )
    for reader in (who.professional, manager):
        [line] = inbox(session, reader)
        assert line.endswith(said)
        assert [said in one for one in for_digest(session, reader)] == [True]
    assert [inbox(session, one) for one in (who.borrower, karin)] == [[], []]
    later = make_work(session, karin, hour + AN_HOUR)
    loans.remark(later, loan.id, uuid4(), Party.BORROWER, "Tot maandag!")
    service.mail_loan(later, loan.id, by=Party.BORROWER)
    [line] = inbox(session, who.professional)
    assert said not in line


def test_who_waits_for_signatures_is_told_by_the_end_of_that(
    session: Session, who: Parties
) -> None:
    a_loan(session, who)
    life.take_down(make_work(session, a_user(session, Role.BEHEERDER)), who.opgave.id)

    service.tell_taken_down(make_work(session), who.opgave.id)

    assert session.scalars(select(Notice)).all() == []


def test_the_mail_of_a_loan_does_not_name_an_opgave_that_was_taken_down(
    app: Flask, session: Session, who: Parties
) -> None:
    loan = a_running_loan(session, who)
    who.opgave.title = "Snel rijk worden"
    life.take_down(make_work(session, a_user(session, Role.BEHEERDER)), who.opgave.id)
    service.mail_loan(make_work(session), loan.id, by="")

    for mail in pending(session):
        letter = letter_of(app, session, mail)
        assert "Snel rijk" not in f"{letter}"
        borrower = of_any(session, loan.id).borrower_name
        assert f"bij gemeente {borrower}: 8 uur per week" in letter.text
        assert "De opgave is weggehaald door een beheerder." in letter.text

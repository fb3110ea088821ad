"""Mail about a loan: when it goes, to whom it does not, and how often."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.mail import Letter
from app.core.reports import COMPLAINT
from app.core.workdays import monday_of
from app.loans import service as loans
from app.loans.models import Loan
from app.loans.queries import of_any
from app.loans.rules import LoanState, Party, Reason, Refusal, hours_mark
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.postponed import postponed
from app.notifications.rules import DeliveryState, MailKind, is_quiet, lives, next_morning
from app.notifications.service import Claim, Stationery, health
from app.opgaven import service as opgaven
from tests.loans.builders import TERMS, Parties, a_loan, a_running_loan, interest, parties
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
EVENING = MONDAY.replace(hour=20)


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def mails(session: Session) -> Sequence[Delivery]:
    session.flush()
    session.expire_all()
    return session.scalars(select(Delivery).where(Delivery.kind == MailKind.LOAN)).all()


def tell(session: Session, loan_id: UUID, at: datetime = MONDAY) -> None:
    service.mail_loan(make_work(session, now=at), loan_id, by="professional")


def to_other_hours(session: Session, who: Parties, loan_id: UUID, hours: int) -> None:
    version = session.get_one(Loan, loan_id).version
    draft = replace(TERMS, hours_per_week=hours)
    loans.change(make_work(session, who.professional), loan_id, Party.PROFESSIONAL, version, draft)


def test_what_happens_in_the_evening_is_mailed_in_the_morning(
    session: Session, who: Parties
) -> None:
    assert is_quiet(EVENING)
    morning = next_morning(EVENING)

    tell(session, a_loan(session, who).id, EVENING)

    moments = {(mail.next_attempt_at, mail.expires_at) for mail in mails(session)}
    assert moments == {(morning, morning + lives(MailKind.LOAN))}
    assert all("geen mail in avond en weekend" in one.words for one in postponed(session))


def test_steps_before_a_mail_goes_are_told_in_one(session: Session, who: Parties) -> None:
    loan = a_loan(session, who)
    for hours in (9, 10):
        to_other_hours(session, who, loan.id, hours)
        tell(session, loan.id)

    assert len({mail.user_id for mail in mails(session)}) == len(mails(session)) == 2


def test_a_step_after_a_mail_went_is_told_again(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)
    counts = []
    for number, days in enumerate((80, 82, 80)):
        work = make_work(session, who.professional, MONDAY + timedelta(hours=number))
        loans.plan_end_talk(work, loan.id, Party.PROFESSIONAL, TODAY + timedelta(days=days))
        for _ in range(2):
            tell(session, loan.id)
        for mail in mails(session):
            mail.state = DeliveryState.ACCEPTED
        counts.append(len(mails(session)))

    assert counts == [2, 4, 6]


def test_s73_a_manager_without_an_account_gets_three_mails_an_hour_and_the_next_tells_the_rest(
    session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    went_at = [MONDAY + timedelta(minutes=10 * number) for number in range(3)]
    for number, now in enumerate(went_at):
        to_other_hours(session, who, loan.id, 9 + number)
        tell(session, loan.id, now)
        [mail] = [one for one in to_manager(session) if one.state is DeliveryState.PENDING]
        mail.state, mail.next_attempt_at = DeliveryState.ACCEPTED, now
    for number in range(12, 16):
        to_other_hours(session, who, loan.id, number)
        tell(session, loan.id, went_at[-1] + timedelta(minutes=number))

    waiting = [one for one in to_manager(session) if one.state is DeliveryState.PENDING]
    assert [one.next_attempt_at for one in waiting] == [went_at[0] + AN_HOUR]
    assert [one.expires_at for one in waiting] == [went_at[0] + AN_HOUR + lives(MailKind.LOAN)]


def test_s73_other_loans_count_too_and_wait_for_each_other(session: Session, who: Parties) -> None:
    for _ in range(8):
        opgave = an_opgave(session, "inkoop", owner=who.borrower)
        interest(session, who.professional, opgave)
        tell(session, a_loan(session, replace(who, opgave=opgave)).id)
        for mail in to_manager(session):
            # What goes at once is due by the clock of the database.
            if (mail.next_attempt_at - MONDAY) % AN_HOUR:
                mail.next_attempt_at = MONDAY

    moments = sorted(one.next_attempt_at - MONDAY for one in to_manager(session))
    assert moments == [0 * AN_HOUR] * 3 + [AN_HOUR] * 3 + [2 * AN_HOUR] * 2


def to_manager(session: Session) -> list[Delivery]:
    return [one for one in mails(session) if one.user_id is None]


def test_a_manager_who_complained_is_left_alone(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    tell(session, a_loan(session, who).id)
    [mail] = [one for one in mails(session) if one.user_id is None]
    address_hash = health.hash_of(who.manager.email, stationery.secret)
    health.hold_against(make_work(session), who.manager.email, address_hash, COMPLAINT)
    mail.lease_owner = mail.id
    session.flush()

    claimed = Claim(mail.id, mail.kind, mail.id)
    assert service.write_letter(make_work(session), stationery, claimed) is None
    assert mail.state is DeliveryState.SUPPRESSED


def an_ended_loan(session: Session, who: Parties) -> Loan:
    """Over since yesterday, of which both were mailed."""
    loan = a_running_loan(session, who, starts_on=TODAY, ends_on=TODAY)
    loans.end_what_is_over(make_work(session, now=MONDAY + A_DAY))
    service.mail_loan(make_work(session, now=MONDAY + A_DAY), loan.id, by="")
    went(session)
    return loan


def went(session: Session) -> None:
    for mail in mails(session):
        mail.state = DeliveryState.ACCEPTED
    session.flush()


def agree(
    session: Session, who: Parties, loan: Loan, party: Party, at: datetime
) -> list[UUID | None]:
    """Who is mailed that this party agrees on the hours."""
    user = who.professional if party is Party.PROFESSIONAL else who.borrower
    before = {mail.id for mail in mails(session)}
    read = hours_mark(of_any(session, loan.id).weeks)
    loans.agree_on_hours(make_work(session, user, at), loan.id, party, read, TODAY + A_DAY)
    for _ in range(2):
        service.tell_agreed(make_work(session, now=at), loan.id, by=party)
    return [mail.user_id for mail in mails(session) if mail.id not in before]


@pytest.mark.parametrize("party", [Party.PROFESSIONAL, Party.BORROWER])
def test_who_agrees_on_the_hours_first_asks_the_other_by_mail(
    session: Session, who: Parties, party: Party
) -> None:
    loan = an_ended_loan(session, who)
    other = who.borrower if party is Party.PROFESSIONAL else who.professional

    assert agree(session, who, loan, party, MONDAY + 3 * A_DAY) == [other.id]
    rest = Party.BORROWER if party is Party.PROFESSIONAL else Party.PROFESSIONAL
    assert agree(session, who, loan, rest, MONDAY + 4 * A_DAY) == []
    assert loan.state is LoanState.CLOSED


def test_who_was_asked_to_agree_on_this_day_gets_no_second_mail(
    session: Session, who: Parties
) -> None:
    loan = an_ended_loan(session, who)
    assert agree(session, who, loan, Party.PROFESSIONAL, MONDAY + A_DAY + AN_HOUR) == []

    work = make_work(session, who.borrower, MONDAY + 3 * A_DAY)
    loans.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Het waren er acht.")
    answer = make_work(session, who.professional, MONDAY + 3 * A_DAY + AN_HOUR)
    loans.write_hours(answer, loan.id, TODAY, 480)
    service.mail_loan(answer, loan.id, by=Party.PROFESSIONAL)
    went(session)
    assert agree(session, who, loan, Party.PROFESSIONAL, answer.now + AN_HOUR) == []
    assert of_any(session, loan.id).loan.waits_to_close == [Party.BORROWER]


def test_who_agrees_after_all_asks_the_other_by_mail(session: Session, who: Parties) -> None:
    loan, day = an_ended_loan(session, who), MONDAY + 3 * A_DAY
    work = make_work(session, who.borrower, day)
    loans.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Het waren er acht.")
    service.mail_loan(work, loan.id, by=Party.BORROWER)
    went(session)

    assert agree(session, who, loan, Party.BORROWER, day + AN_HOUR) == [who.professional.id]


def test_a_mail_of_an_early_end_begins_with_who_stopped_it_and_when(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    """And not with hours that were changed before."""
    loan, week = a_running_loan(session, who, starts_on=TODAY), monday_of(TODAY)
    loans.write_hours(make_work(session, who.professional), loan.id, week, 480)
    work = make_work(session, now=MONDAY + AN_HOUR)
    loans.dispute_hours(work, loan.id, uuid4(), Party.LENDER, "Het was minder.", who.manager)
    work = make_work(session, who.professional, MONDAY + 2 * AN_HOUR)
    loans.write_hours(work, loan.id, week, 420)
    work, done = make_work(session, now=MONDAY + A_DAY), Refusal(Reason.WORK_IS_DONE)
    loans.end_early(work, loan.id, Party.LENDER, TODAY + 2 * A_DAY, done, who.manager)
    session.flush()
    service.mail_loan(work, loan.id, by=Party.LENDER)
    [mail] = [one for one in mails(session) if one.user_id == who.professional.id]
    mail.lease_owner = mail.id
    session.flush()

    letter = service.write_letter(work, stationery, Claim(mail.id, mail.kind, mail.id))

    assert letter is not None
    assert letter.subject.startswith("Fatma de Baas stopt de inzet op 25 november 2026: ")
    lines = [line for line in letter.text.splitlines() if line]
    greeted = lines.index(f"Dag {who.professional.name},")
    assert lines[greeted + 1 : greeted + 3] == [
        "Fatma de Baas (leidinggevende) besloot eerder te stoppen: 25 november 2026 is de "
        "laatste dag.",
        "Reden om te stoppen: het werk is klaar.",
    ]
    assert "veranderde de uren" not in letter.text


def test_the_borrower_reads_whose_manager_somebody_is_once(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    role = f"Fatma de Baas (leidinggevende van {who.professional.name})"
    loan = a_loan(session, who)
    letters = []

    for reader in (who.borrower, who.professional):
        service.mail_loan(make_work(session), loan.id, by="")
        [mail] = [one for one in mails(session) if one.user_id == reader.id]
        mail.lease_owner = mail.id
        for hours in (0, 1):
            work = make_work(session, now=MONDAY + hours * AN_HOUR)
            if hours and reader is who.borrower:
                loans.remark(work, loan.id, uuid4(), Party.LENDER, "Welke dagen?", who.manager)
                session.flush()
            letter = service.write_letter(work, stationery, Claim(mail.id, mail.kind, mail.id))
            assert letter is not None
            letters.append(letter.subject + letter.text)

    signs, asks, *own = letters
    assert f"Jouw handtekening ontbreekt nog, en die van {role}." in signs
    assert asks.startswith(f"Vraag van {role}: ")
    assert (signs.count(role), asks.count(role)) == (1, 2)
    assert [role in one for one in own] == [False, False]


def a_colleague(session: Session, who: Parties) -> User:
    gemeente_code = who.borrower.gemeente_code
    return a_user(session, Role.OPGAVEHOUDER, gemeente_code=gemeente_code, name="Karin Vos")


def hand_over(session: Session, who: Parties, to: User, at: datetime = MONDAY + AN_HOUR) -> None:
    opgaven.hand_over(make_work(session, who.borrower, at), who.opgave.id, to.id)
    session.flush()
    for _ in range(2):
        service.tell_new_owner(make_work(session, now=at), who.opgave.id)


def letters(session: Session, stationery: Stationery) -> dict[UUID | None, Letter]:
    """What goes now, by who reads it; then it went."""
    found: dict[UUID | None, Letter] = {}
    for mail in mails(session):
        if mail.state is DeliveryState.PENDING:
            mail.lease_owner = mail.id
            session.flush()
            work = make_work(session, now=MONDAY + A_DAY)
            letter = service.write_letter(work, stationery, Claim(mail.id, mail.kind, mail.id))
            assert letter is not None
            found[mail.user_id] = letter
            mail.state, mail.accepted_at = DeliveryState.ACCEPTED, work.now
    session.flush()
    return found


@pytest.mark.parametrize("make", [a_loan, a_running_loan])
def test_who_is_lent_out_and_their_manager_are_mailed_once_who_looks_after_the_opgave(
    session: Session,
    who: Parties,
    stationery: Stationery,
    make: Callable[[Session, Parties], Loan],
) -> None:
    loan = make(session, who)
    service.mail_loan(make_work(session), loan.id, by="")
    went(session)
    borrower = of_any(session, loan.id).borrower_name
    karin = a_colleague(session, who)

    hand_over(session, who, karin)

    # Who looked after it and who does hear it otherwise.
    told = letters(session, stationery)
    assert set(told) == {who.professional.id, None}
    for letter in told.values():
        now = f"Karin Vos van gemeente {borrower} zorgt nu voor de opgave"
        assert letter.subject.startswith(f"{now}: ")
        assert " ".join(letter.text.split()).count(f"{now}.") == 1
    service.tell_new_owner(make_work(session, now=MONDAY + 2 * AN_HOUR), who.opgave.id)
    assert letters(session, stationery) == {}


def test_an_opgave_that_comes_back_is_told_of_again(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    a_running_loan(session, who)
    subjects = []
    for hours, to in ((1, a_colleague(session, who)), (2, who.borrower), (3, None)):
        if to is not None:
            hand_over(session, who, to, MONDAY + hours * AN_HOUR)
        told = letters(session, stationery)
        subjects += [told[None].subject.partition(" van gemeente")[0]] if told else [""]

    assert subjects == ["Karin Vos", who.borrower.name, ""]


def test_what_is_over_hears_nothing_of_who_looks_after_the_opgave(
    session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    loans.withdraw(make_work(session, who.professional), loan.id)

    hand_over(session, who, a_colleague(session, who))

    assert mails(session) == []


def test_a_mail_that_waits_to_ask_for_a_signature_tells_too_who_looks_after_the_opgave(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    loan = a_loan(session, who)
    tell(session, loan.id)
    hand_over(session, who, a_colleague(session, who))
    borrower = of_any(session, loan.id).borrower_name
    said = f"Karin Vos van gemeente {borrower} zorgt nu voor de opgave."

    told = letters(session, stationery)

    assert told[None].subject.startswith("Jouw handtekening gevraagd: ")
    assert told[who.professional.id].subject.startswith(said[:-1])
    assert [" ".join(told[one].text.split()).count(said) for one in told] == [
        int(one != who.borrower.id) for one in told
    ]
    later = make_work(session, who.professional, MONDAY + 2 * AN_HOUR)
    loans.remark(later, loan.id, uuid4(), Party.PROFESSIONAL, "Welke dagen?")
    tell(session, loan.id, later.now)
    assert said not in letters(session, stationery)[None].text


def test_a_step_before_the_mail_goes_leaves_in_it_who_looks_after_the_opgave(
    session: Session, who: Parties, stationery: Stationery
) -> None:
    loan = a_running_loan(session, who)
    hand_over(session, who, a_colleague(session, who))
    later = make_work(session, who.borrower, MONDAY + 2 * AN_HOUR)
    loans.remark(later, loan.id, uuid4(), Party.BORROWER, "Tot maandag!")
    service.mail_loan(later, loan.id, by=Party.BORROWER)

    letter = letters(session, stationery)[None]

    assert letter.subject.startswith(f"Bericht van {who.borrower.name}")
    assert " zorgt nu voor de opgave." in " ".join(letter.text.split())


@pytest.mark.parametrize(("days", "is_told"), [(13, True), (15, False)])
def test_that_somebody_looks_after_an_opgave_is_told_while_it_is_news(
    session: Session, who: Parties, stationery: Stationery, days: int, *, is_told: bool
) -> None:
    loan = a_running_loan(session, who)
    long_ago = MONDAY + A_DAY - days * A_DAY
    loan.asked_at = long_ago - A_DAY
    opgaven.hand_over(
        make_work(session, who.borrower, long_ago), who.opgave.id, a_colleague(session, who).id
    )
    later = make_work(session, who.borrower, MONDAY + AN_HOUR)
    loans.remark(later, loan.id, uuid4(), Party.BORROWER, "Tot maandag!")
    service.mail_loan(later, loan.id, by=Party.BORROWER)

    letter = letters(session, stationery)[None]

    assert ("zorgt nu voor" in letter.text) is is_told

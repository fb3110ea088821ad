"""Who looks after the urenbank of a gemeente hears of a limit and of a year that was settled."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.core.mail import Letter
from app.hours import queries as hours_queries
from app.hours import service as hours
from app.loans import service as loans
from app.loans.models import Loan
from app.loans.rules import LoanState
from app.notifications import queries, service
from app.notifications.models import ChannelChoice, Delivery, Notice, Preference
from app.notifications.parts import URENBANK
from app.notifications.rules import Channel, Family, MailKind, NoticeKind
from app.notifications.telling import told_in_digests, told_to
from app.notifications.versions import versions_of
from app.opgaven.models import Opgave
from app.post import Post
from tests.hours.builders import booked, merge, two_gemeenten
from tests.loans.builders import a_lender, a_loan_asked
from tests.notifications.builders import a_delivery
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

LAST_YEAR = datetime(2025, 6, 2, 9, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def keepers(session: Session) -> list[User]:
    """Both gemeentebeheerders of one gemeente; there is one elsewhere, and a colleague."""
    first = a_user(session, Role.GEMEENTEBEHEERDER)
    here = {"gemeente_code": first.gemeente_code}
    second = a_user(session, Role.GEMEENTEBEHEERDER, **here)
    a_user(session, Role.OPGAVEHOUDER, **here)
    a_user(session, Role.GEMEENTEBEHEERDER)
    return [first, second]


@pytest.fixture
def loan(session: Session, keepers: list[User]) -> Loan:
    """The limit of that gemeente holds it up: it asks 96 hours, and 40 may be owed."""
    code = keepers[0].gemeente_code
    hours.agree_limit(make_work(session, keepers[0], MONDAY - timedelta(hours=1)), code, 40)
    return held_up_in(session, code)


def held_up_in(session: Session, code: str) -> Loan:
    owner = a_user(session, Role.OPGAVEHOUDER, gemeente_code=code)
    opgave = an_opgave(session, "inkoop", owner=owner, title="Een veilig plein")
    loan = a_loan_asked(session, a_lender(session), opgave, "baas@lender.example")
    loans.look_ahead(make_work(session), loan.id)
    loan.held_up_at = loan.held_up_at or MONDAY
    session.flush()
    return loan


def code_of(keepers: list[User]) -> str:
    return keepers[0].gemeente_code


def told(session: Session) -> set[tuple[object, NoticeKind, int | None]]:
    rows = select(Notice.user_id, Notice.kind, Notice.year)
    return {(row[0], row[1], row[2]) for row in session.execute(rows)}


def mailed(session: Session) -> list[object]:
    found = select(Delivery.user_id).where(Delivery.kind == MailKind.URENBANK)
    return sorted(session.scalars(found), key=str)


def read_by(session: Session, user: User) -> list[str]:
    found = queries.inbox(session, actor_of(user), TODAY)
    return [URENBANK.news_of(one.whole).sentence for one in found]


def settle(session: Session) -> None:
    work = make_work(session, a_user(session, Role.BEHEERDER))
    hours.settle_year(work, 2025, hours_queries.proposal(session, 2025).mark)
    settling = hours_queries.settling_of(session, 2025)
    assert settling is not None
    service.tell_settled(make_work(session), settling.id, 2025)


def test_every_gemeentebeheerder_hears_of_a_limit_that_holds_up_a_signature(
    session: Session, keepers: list[User], loan: Loan
) -> None:
    service.tell_held_up(make_work(session), code_of(keepers))

    assert told(session) == {(one.id, NoticeKind.LIMIT_REACHED, None) for one in keepers}
    assert mailed(session) == sorted((one.id for one in keepers), key=str)
    for one in keepers:
        assert "limiet van de urenbank" in read_by(session, one)[0]
        assert queries.count_unread(session, actor_of(one), TODAY) == 1


def letter_to(app: Flask, session: Session, user: User) -> Letter | None:
    found = select(Delivery).where(Delivery.user_id == user.id)
    delivery = session.scalars(found.where(Delivery.kind == MailKind.URENBANK)).one()
    claimed = service.Claim(delivery.id, delivery.kind, uuid4())
    post: Post = app.extensions["post"]
    return service.write_letter(make_work(session), post.stationery, claimed)


def test_the_mail_says_what_can_be_done_and_is_held_back_once_that_is_done(
    app: Flask, session: Session, keepers: list[User], loan: Loan
) -> None:
    one = keepers[0]
    service.tell_held_up(make_work(session), code_of(keepers))

    letter = letter_to(app, session, one)
    hours.agree_limit(make_work(session, one, LATER), code_of(keepers), 100)

    assert letter is not None
    assert letter.subject == "De limiet van jullie urenbank is bereikt"
    assert "Kijk of een hogere limiet past." in letter.text
    assert "/uren/limiet" in letter.text
    assert f"/inzet/{loan.id}" in letter.text
    name = session.get_one(User, loan.user_id).name
    said = " ".join(letter.text.split())
    assert f"- {name} van gemeente" in said
    assert "“Een veilig plein”: hoogstens 96 uur. " in said
    assert "96 uur meer geleend dan uitgeleend. Jullie limiet is 40 uur." in said
    assert letter_to(app, session, one) is None


def test_a_limit_is_no_news_once_it_is_another_and_is_told_anew(
    session: Session, keepers: list[User], loan: Loan
) -> None:
    one = keepers[0]
    service.tell_held_up(make_work(session), code_of(keepers))
    hours.agree_limit(make_work(session, one, LATER), code_of(keepers), 100)

    assert read_by(session, one) == []
    service.tell_held_up(make_work(session, now=LATER + timedelta(hours=1)), code_of(keepers))
    assert len(read_by(session, one)) == 1
    assert len(mailed(session)) == 4


def test_a_limit_is_no_news_once_it_holds_up_nothing(
    session: Session, keepers: list[User], loan: Loan
) -> None:
    service.tell_held_up(make_work(session), code_of(keepers))
    other = held_up_in(session, a_user(session).gemeente_code)
    assert len(read_by(session, keepers[0])) == 1

    digest = a_delivery(session, keepers[0], news_until=LATER)
    before = versions_of(make_work(session), [digest.id])
    loan.state = LoanState.WITHDRAWN
    session.flush()

    assert other.held_up_at is not None
    assert read_by(session, keepers[0]) == []
    assert versions_of(make_work(session), [digest.id]) != before


def test_of_an_opgave_that_was_taken_down_the_mail_names_no_title(
    app: Flask, session: Session, keepers: list[User], loan: Loan
) -> None:
    session.get_one(Opgave, loan.opgave_id).taken_down_at = MONDAY
    session.flush()
    service.tell_held_up(make_work(session), code_of(keepers))

    letter = letter_to(app, session, keepers[0])
    assert letter is not None
    assert "Een veilig plein" not in letter.text
    assert f"- Inzet van {session.get_one(User, loan.user_id).name} bij gemeente" in letter.text


def test_who_no_longer_looks_after_the_urenbank_reads_nothing_of_it(
    session: Session, keepers: list[User]
) -> None:
    service.tell_held_up(make_work(session), code_of(keepers))
    keepers[0].grants[0].ended_at = MONDAY
    session.flush()

    assert read_by(session, keepers[0]) == []


def test_the_gemeentebeheerders_of_both_sides_hear_of_a_settled_year_until_it_is_undone(
    session: Session,
) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, now=LAST_YEAR)
    both = [
        a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=code) for code in (borrower, lender)
    ]
    a_user(session, Role.GEMEENTEBEHEERDER)

    settle(session)

    assert told(session) == {(one.id, NoticeKind.YEAR_SETTLED, 2025) for one in both}
    assert mailed(session) == sorted((one.id for one in both), key=str)
    assert read_by(session, both[0]) == ["De uren van 2025 zijn verrekend tussen de gemeenten."]
    hours.undo_settling(make_work(session, a_user(session, Role.BEHEERDER)), 2025)
    assert read_by(session, both[0]) == []


def test_the_mail_of_a_settled_year_names_whom_to_speak_to(app: Flask, session: Session) -> None:
    borrower, lender = two_gemeenten(session)
    booked(session, borrower, lender, now=LAST_YEAR)
    keeper, other = [
        a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=code) for code in (borrower, lender)
    ]

    settle(session)
    letter = letter_to(app, session, keeper)

    assert letter is not None
    assert f"- {other.name}, gemeentebeheerder van " in letter.text
    assert other.email in letter.text
    assert other.email in letter.html
    assert keeper.email not in letter.text


def test_of_a_gemeente_that_merged_its_successor_hears(session: Session) -> None:
    gone = two_gemeenten(session)[0]
    successor = merge(session, gone)
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=successor)

    service.tell_held_up(make_work(session), gone)

    assert told(session) == {(keeper.id, NoticeKind.LIMIT_REACHED, None)}


def test_what_does_not_go_at_once_is_told_by_the_digest(
    session: Session, keepers: list[User], loan: Loan
) -> None:
    chosen, paused = keepers
    road = {"family": Family.URENBANK, "channel": Channel.DIGEST}
    session.add(ChannelChoice(user_id=chosen.id, **road))
    session.add(Preference(user_id=paused.id, paused_until=TODAY + timedelta(days=3)))
    session.flush()
    service.tell_held_up(make_work(session), code_of(keepers))

    digest = a_delivery(session, chosen, news_until=LATER)
    viewer = actor_of(chosen)
    by_mail = told_in_digests(session, {digest.id: viewer}, TODAY)[digest.id]
    by_news = told_to(queries.news(session, viewer, None, LATER, TODAY))

    assert mailed(session) == []
    assert by_mail == by_news
    assert [(part.name, part.section.headline) for part in by_mail] == [
        ("urenbank", "1 bericht over de urenbank")
    ]
    name = session.get_one(User, loan.user_id).name
    whose = f"Het gaat om de inzet van {name} voor “Een veilig plein”."
    assert by_mail[0].section.lines[0].endswith(whose)  # type: ignore[attr-defined]
    session.get_one(Opgave, loan.opgave_id).taken_down_at = MONDAY
    session.flush()
    by_mail = told_in_digests(session, {digest.id: viewer}, TODAY)[digest.id]
    line = by_mail[0].section.lines[0]  # type: ignore[attr-defined]
    assert f"Het gaat om de inzet van {name} bij gemeente " in line
    [in_inbox] = queries.inbox(session, viewer, TODAY)
    assert URENBANK.news_of(in_inbox.whole).about_loans in line


def test_only_who_looks_after_an_urenbank_is_asked_how_to_hear_of_it(
    session: Session, keepers: list[User]
) -> None:
    families = [
        Family.URENBANK in queries.families_of(session, one.id)
        for one in (keepers[0], a_user(session, Role.OPGAVEHOUDER), a_user(session))
    ]

    assert families == [True, False, False]

"""Mails about a role that ends: who gets one, and what stands in it at that moment."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.models import User
from app.core.actor import Role
from app.core.mail import Letter
from app.core.work import Work
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.rules import MailKind
from app.notifications.service import Claim, Stationery
from tests.support.builders import a_grant, a_user
from tests.support.work import MONDAY, TODAY, make_work

IN_A_WEEK = TODAY + timedelta(days=7)
LATER = MONDAY + timedelta(days=8)


def ending(session: Session, role: Role, day: date = IN_A_WEEK, **changed: str) -> User:
    return a_user(session, grants=[a_grant(role, ends_on=day)], **changed)


def letters(work: Work, stationery: Stationery) -> dict[str, Letter]:
    """What is planned, as it is written now, by its reader."""
    work.session.flush()
    found = work.session.scalars(select(Delivery).where(Delivery.kind == MailKind.ROLE_ENDING))
    claims = [Claim(one.id, one.kind, one.id) for one in found]
    written = [service.write_letter(work, stationery, one) for one in claims]
    return {one.to: one for one in written if one is not None}


def warned(work: Work, user: User) -> None:
    accounts.sweep_roles(work)
    work.session.flush()
    service.mail_role_ending(work, user.grants[0].id)


def test_an_opgavehouder_and_the_gemeentebeheerder_hear_that_the_role_ends(
    session: Session, stationery: Stationery
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER, name="Ans de Wit")
    code = beheerder.gemeente_code
    user = ending(session, Role.OPGAVEHOUDER, name="Jan Vos", gemeente_code=code)
    for role in (Role.GEMEENTEBEHEERDER, Role.BEHEERDER):
        a_user(session, role)
    work = make_work(session)

    warned(work, user)
    service.mail_role_ending(work, user.grants[0].id)
    found = letters(work, stationery)

    assert set(found) == {user.email, beheerder.email}
    own, other = found[user.email], found[beheerder.email]
    assert own.subject == "Je rol als opgavehouder loopt tot en met 30 november 2026"
    assert other.subject == (
        "De rol van Jan Vos als opgavehouder loopt tot en met 30 november 2026"
    )
    assert ("Vraag Ans de Wit om te verlengen." in own.text, "/beheer" in own.text) == (True, False)
    assert f"/beheer/collegas?gemeente={code}" in other.text
    assert ["is er geen opgavehouder meer in " in one.text for one in (own, other)] == [
        True,
        True,
    ]


def test_the_last_gemeentebeheerder_is_told_so_and_the_platform_with_them(
    session: Session, stationery: Stationery
) -> None:
    user = ending(session, Role.GEMEENTEBEHEERDER)
    keeper = a_user(session, Role.BEHEERDER)
    work = make_work(session)

    warned(work, user)
    found = letters(work, stationery)

    assert set(found) == {user.email, keeper.email}
    assert all(
        "Let op: daarna is er geen gemeentebeheerder meer" in one.text for one in found.values()
    )


def test_the_last_beheerder_hears_who_can_prolong(session: Session, stationery: Stationery) -> None:
    user = ending(session, Role.BEHEERDER)
    work = make_work(session)

    warned(work, user)
    [letter] = letters(work, stationery).values()

    assert "Let op: daarna is er geen platformbeheerder meer." in letter.text
    assert "op de opdrachtregel, door wie de site draait" in letter.text
    assert "/beheer/collegas" not in letter.text


def prolonged(work: Work, user: User) -> None:
    accounts.grant_role(work, user.id, Role.OPGAVEHOUDER)


def ended(work: Work, user: User) -> None:
    accounts.end_role(work, user.id, Role.OPGAVEHOUDER)


@pytest.mark.parametrize("change", [prolonged, ended])
def test_what_was_done_about_it_meanwhile_keeps_the_mail_back(
    session: Session, stationery: Stationery, change: Callable[[Work, User], None]
) -> None:
    user = ending(session, Role.OPGAVEHOUDER)
    work = make_work(session)
    warned(work, user)

    change(work, user)

    assert letters(work, stationery) == {}


def test_who_no_longer_prolongs_it_reads_nothing_of_it(
    session: Session, stationery: Stationery
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    user = ending(session, Role.OPGAVEHOUDER, gemeente_code=beheerder.gemeente_code)
    work = make_work(session)
    warned(work, user)

    beheerder.grants[0].ended_at = MONDAY

    assert set(letters(work, stationery)) == {user.email}


def test_when_it_is_over_only_its_person_hears_so(session: Session, stationery: Stationery) -> None:
    a_user(session, Role.BEHEERDER)
    user = ending(session, Role.GEMEENTEBEHEERDER)
    later = make_work(session, now=LATER)
    accounts.sweep_roles(later)
    session.flush()

    service.mail_role_expired(later, user.grants[0].id)
    [letter] = letters(later, stationery).values()

    assert (letter.to, letter.subject) == (user.email, "Je rol als gemeentebeheerder is voorbij")
    assert "liep tot en met 30 november 2026" in letter.text

"""Mails about a role that ends: who gets one, and what stands in it at that moment."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import proposing
from app.accounts import service as accounts
from app.accounts.models import User
from app.core.actor import Role
from app.core.mail import Letter
from app.core.work import Work
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.rules import MailKind
from app.notifications.service import Claim, Stationery
from tests.support.builders import a_gemeente, a_grant, a_network, a_proposal, a_user
from tests.support.work import MONDAY, TODAY, make_work

OF_ROLES = (MailKind.ROLE_ENDING, MailKind.ROLE_PROPOSED)
IN_A_WEEK = TODAY + timedelta(days=7)
LATER = MONDAY + timedelta(days=8)


def ending(session: Session, role: Role, day: date = IN_A_WEEK, **changed: str) -> User:
    return a_user(session, grants=[a_grant(role, ends_on=day)], **changed)


def letters(work: Work, stationery: Stationery) -> dict[str, Letter]:
    """What is planned, as it is written now, by its reader."""
    work.session.flush()
    found = work.session.scalars(select(Delivery).where(Delivery.kind.in_(OF_ROLES)))
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


def moved(work: Work, user: User) -> None:
    user.gemeente_code = a_gemeente(work.session).code


@pytest.mark.parametrize("change", [prolonged, ended, moved])
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


@pytest.mark.parametrize("same", [True, False])
def test_the_last_coordinator_is_the_last_of_this_network(
    session: Session, stationery: Stationery, same: bool
) -> None:
    user = a_user(session)
    own, other = (a_network(session, user.gemeente_code).id for _ in range(2))
    a_user(
        session,
        gemeente_code=user.gemeente_code,
        grants=[a_grant(Role.COORDINATOR, network_id=own if same else other)],
    )
    user.grants = [a_grant(Role.COORDINATOR, network_id=own, ends_on=IN_A_WEEK)]
    beheerder = a_user(session, Role.BEHEERDER)
    work = make_work(session)

    warned(work, user)

    found = letters(work, stationery)
    assert f"/beheer/netwerken/{own}\n" in found[beheerder.email].text
    is_said = "is er geen netwerkcoördinator meer" in found[user.email].text
    assert is_said is not same


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


@pytest.mark.parametrize("role", [Role.GEMEENTEBEHEERDER, Role.BEHEERDER])
def test_the_others_are_asked_to_be_the_second(
    session: Session, stationery: Stationery, role: Role
) -> None:
    first, second = (a_user(session, Role.BEHEERDER, name=name) for name in ("Ans", "Bea"))
    person = a_user(session, Role.OPGAVEHOUDER, name="Jan Vos")
    proposal = a_proposal(session, user_id=person.id, proposed_by=first.id, role=role)
    work = make_work(session)

    service.mail_role_proposed(work, proposal.id)
    service.mail_role_proposed(work, proposal.id)
    [letter] = letters(work, stationery).values()

    assert letter.to == second.email
    assert letter.subject.startswith("Wil jij bevestigen dat Jan Vos ")
    assert ("Ans stelt voor" in letter.text, "/beheer/rechten" in letter.text) == (True, True)
    assert ("op de opdrachtregel" in letter.text) is (role is Role.BEHEERDER)


@pytest.mark.parametrize("confirm", [True, False])
def test_who_proposed_it_hears_how_it_ended_and_who_has_it_as_well(
    session: Session, stationery: Stationery, confirm: bool
) -> None:
    first, second = (a_user(session, Role.BEHEERDER) for _ in range(2))
    person = a_user(session, name="Jan Vos")
    proposal = a_proposal(session, user_id=person.id, proposed_by=first.id)
    work = make_work(session)
    service.mail_role_proposed(work, proposal.id)

    proposing.decide(make_work(session, second), proposal.id, confirm=confirm)
    session.flush()
    session.refresh(person)
    service.mail_role_decided(work, proposal.id)
    found = letters(work, stationery)

    if confirm:
        assert {one.to: one.subject for one in found.values()} == {
            first.email: "Jan Vos is nu gemeentebeheerder",
            person.email: "Je bent nu gemeentebeheerder",
        }
        assert "Mail ons dan meteen" in found[person.email].text
    else:
        [letter] = found.values()
        assert (letter.to, letter.subject) == (
            first.email,
            "Afgewezen: Jan Vos als gemeentebeheerder",
        )


def test_who_proposed_what_lapsed_hears_so(session: Session, stationery: Stationery) -> None:
    proposal = a_proposal(session, lapses_on=TODAY - timedelta(days=1))
    work = make_work(session)
    accounts.sweep_roles(work)

    service.mail_role_decided(work, proposal.id)
    [letter] = letters(work, stationery).values()

    assert letter.subject.startswith("Vervallen: ")
    assert "Niemand bevestigde dat op tijd" in letter.text

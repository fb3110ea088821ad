"""Who may give which role, and what is missing in what a newcomer tells."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from app.accounts.rules import (
    NAME_LIMIT,
    TERM_LIVES,
    Term,
    email_faults,
    is_warning_due,
    last_day,
    may_decide_access,
    may_grant,
    may_grant_to,
    may_manage,
    newcomer_faults,
    term_faults,
    tidy_email,
)
from app.core.actor import ANYONE, SYSTEM, Actor, Role
from app.core.faults import Fault

HERE, ELSEWHERE = "GM0001", "GM0002"


def somebody(*roles: Role) -> Actor:
    return Actor(gemeente_code=HERE, roles=frozenset(roles))


@pytest.mark.parametrize(
    ("actor", "role", "at_home", "elsewhere"),
    [
        (ANYONE, Role.OPGAVEHOUDER, False, False),
        (SYSTEM, Role.OPGAVEHOUDER, True, True),
        (SYSTEM, Role.BEHEERDER, True, True),
        (somebody(), Role.OPGAVEHOUDER, False, False),
        (somebody(Role.OPGAVEHOUDER), Role.OPGAVEHOUDER, False, False),
        (somebody(Role.GEMEENTEBEHEERDER), Role.OPGAVEHOUDER, True, False),
        (somebody(Role.GEMEENTEBEHEERDER), Role.GEMEENTEBEHEERDER, False, False),
        (somebody(Role.GEMEENTEBEHEERDER), Role.BEHEERDER, False, False),
        (somebody(Role.BEHEERDER), Role.OPGAVEHOUDER, True, True),
        (somebody(Role.BEHEERDER), Role.GEMEENTEBEHEERDER, True, True),
        (somebody(Role.BEHEERDER), Role.BEHEERDER, False, False),
    ],
)
def test_who_may_give_a_role(actor: Actor, role: Role, at_home: bool, elsewhere: bool) -> None:
    given = (may_grant(actor, role, HERE), may_grant(actor, role, ELSEWHERE))

    assert given == (at_home, elsewhere)


@pytest.mark.parametrize(
    "actor", [somebody(Role.GEMEENTEBEHEERDER), somebody(*Role), Actor(is_system=True)]
)
@pytest.mark.parametrize("role", Role)
def test_nobody_gives_oneself_a_role(actor: Actor, role: Role) -> None:
    self_made = replace(actor, user_id=UUID(int=1))

    assert not may_grant_to(self_made, role, UUID(int=1), HERE)
    assert may_grant_to(self_made, role, UUID(int=2), HERE) is may_grant(self_made, role, HERE)


def test_a_role_is_given_for_two_years_at_most() -> None:
    today = date(2026, 11, 23)
    fine = [term_faults(last_day(term, today), today) for term in Term]

    assert (set(TERM_LIVES), fine) == (set(Term), [[]] * len(Term))
    for day in (today - timedelta(days=1), last_day(Term.TWO_YEARS, today) + timedelta(days=1)):
        assert [fault.field for fault in term_faults(day, today)] == ["ends_on"]


@pytest.mark.parametrize(
    ("left", "warned_at", "is_due"),
    [
        (43, None, False),
        (42, None, True),
        (41, 42, False),
        (8, 42, False),
        (7, 42, True),
        (7, 8, True),
        (6, 7, False),
        (0, 7, False),
        (0, None, True),
        (-1, None, False),
    ],
)
def test_people_hear_twice_that_a_role_ends(left: int, warned_at: int | None, is_due: bool) -> None:
    """By the days that are left, today and when they heard it last."""
    ends_on = date(2026, 11, 23)
    warned_on = None if warned_at is None else ends_on - timedelta(days=warned_at)

    assert is_warning_due(ends_on, warned_on, ends_on - timedelta(days=left)) is is_due


@pytest.mark.parametrize(
    ("actor", "at_home", "elsewhere"),
    [
        (ANYONE, False, False),
        (somebody(Role.OPGAVEHOUDER), False, False),
        (somebody(Role.GEMEENTEBEHEERDER), True, False),
        (somebody(Role.BEHEERDER), True, True),
    ],
)
def test_who_looks_after_accounts(actor: Actor, at_home: bool, elsewhere: bool) -> None:
    assert (may_manage(actor, HERE), may_manage(actor, ELSEWHERE)) == (at_home, elsewhere)


@pytest.mark.parametrize("role", [None, *Role])
def test_only_a_beheerder_decides_on_access(role: Role | None) -> None:
    actor = somebody(*([role] if role else []))

    assert may_decide_access(actor) is (role is Role.BEHEERDER)


@pytest.mark.parametrize(
    ("name", "gemeente_known", "faults"),
    [
        ("Jan", True, []),
        ("", True, [Fault("name", "Vul je naam in.")]),
        ("Jan", False, [Fault("gemeente_code", "Kies je gemeente.")]),
        (
            "x" * (NAME_LIMIT + 1),
            False,
            [
                Fault("name", "Gebruik hier hoogstens 100 tekens. Het zijn er nu 101."),
                Fault("gemeente_code", "Kies je gemeente."),
            ],
        ),
    ],
)
def test_what_is_wrong_with_what_a_newcomer_tells(
    name: str, gemeente_known: bool, faults: list[Fault]
) -> None:
    assert newcomer_faults(name, gemeente_known=gemeente_known) == faults


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Jan@Testerdam.NL ", "jan@testerdam.nl"),
        ("Jan@Súdwest.nl", "jan@xn--sdwest-pya.nl"),
        ("jan@XN--SDWEST-PYA.nl", "jan@xn--sdwest-pya.nl"),
        (" Geen Adres ", "geen adres"),
    ],
)
def test_an_address_has_one_form_however_it_is_typed(typed: str, kept: str) -> None:
    assert tidy_email(typed) == kept
    assert tidy_email(kept) == kept


@pytest.mark.parametrize(
    "address", ["jan@testerdam.nl", " Jan@Testerdam.NL ", "jan@súdwest.nl", "a" * 64 + "@b.nl"]
)
def test_nothing_is_wrong_with_an_address_that_mail_can_reach(address: str) -> None:
    assert email_faults(address) == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "Vul het mailadres in."),
        (" ", "Vul het mailadres in."),
        ("jan", "Dit is geen mailadres"),
        ("jan@localhost", "Dit is geen mailadres"),
        ("jan@testerdam.nl\r\nBcc: piet@testerdam.nl", "Dit is geen mailadres"),
        ("a" * 300 + "@b.nl", "Dit adres is te lang"),
        ("jan@" + "a" * 300 + ".nl", "Dit adres is te lang"),
        ("ján@testerdam.nl", "Gebruik voor de @ alleen gewone letters"),
    ],
)
def test_what_is_wrong_with_an_address(address: str, said: str) -> None:
    [fault] = email_faults(address)

    assert (fault.field, fault.said.startswith(said)) == ("email", True)

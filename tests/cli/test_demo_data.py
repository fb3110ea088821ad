"""The demo reads as real: enough people and opgaven, of every theme and kind, without faults."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.cli.demo.data import Stage, demo_domain, read_opgaven, read_people, slug
from app.core.actor import Role
from app.core.workdays import is_workday
from app.opgaven import rules as opgaven
from app.opgaven.rules import Kind
from app.people import rules as people
from app.vocabulary.rules import Theme
from tests.support.work import TODAY

PEOPLE = read_people()
OPGAVEN = read_opgaven()


def test_there_are_enough_people_and_opgaven_in_enough_gemeenten() -> None:
    profiles = [person for person in PEOPLE if person.profile]

    assert len(profiles) >= 60
    assert len({person.gemeente_code for person in profiles}) >= 25
    assert sum(one.stage is Stage.OPEN for one in OPGAVEN) >= 40
    assert len({one.gemeente_code for one in OPGAVEN}) >= 20


def test_every_theme_and_every_kind_is_asked() -> None:
    themes = {theme for one in OPGAVEN for theme in one.content.themes}

    assert themes == set(Theme)
    assert {one.content.kind for one in OPGAVEN} == set(Kind)


def test_every_role_is_held() -> None:
    assert {role for person in PEOPLE for role in person.roles} == set(Role)


def test_there_are_two_to_give_a_role_together() -> None:
    assert sum(Role.BEHEERDER in person.roles for person in PEOPLE) == 2


def test_every_opgave_has_an_owner_of_its_own_gemeente() -> None:
    holders = {
        (person.name, person.gemeente_code)
        for person in PEOPLE
        if Role.OPGAVEHOUDER in person.roles
    }

    assert {(one.owner, one.gemeente_code) for one in OPGAVEN} <= holders


def test_ids_names_and_addresses_are_all_different() -> None:
    addresses = Counter(person.address(person.gemeente_code) for person in PEOPLE)

    assert addresses.most_common(1)[0][1] == 1
    assert len({person.name for person in PEOPLE}) == len(PEOPLE)
    assert len({person.id for person in PEOPLE}) == len(PEOPLE)
    assert len({one.id_in(TODAY) for one in OPGAVEN}) == len(OPGAVEN)


@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 29), date(2031, 12, 31)])
def test_no_profile_and_no_opgave_has_a_fault_on_any_day(today: date) -> None:
    drafts = [person.draft(today) for person in PEOPLE]
    profiles = [draft for draft in drafts if draft is not None]
    asked = [one.draft(today) for one in OPGAVEN]

    found = [
        *(fault for draft in profiles for fault in people.faults(draft)),
        *(fault for draft in profiles for fault in people.publishing_faults(draft, today)),
        *(fault for draft in asked for fault in opgaven.faults(draft)),
        *(
            fault
            for one in OPGAVEN
            for fault in opgaven.publishing_faults(
                one.draft(today), today - timedelta(days=one.opened_days)
            )
        ),
    ]

    assert found == []


def test_dates_count_from_today() -> None:
    one = replace(OPGAVEN[0], start_days=35, closing_days=24, duration_weeks=40)

    draft = one.draft(TODAY)

    # A Monday, a Thursday, and the Friday before the Sunday with which the last week ends.
    assert draft.starts_on == TODAY + timedelta(days=35)
    assert draft.closes_on == TODAY + timedelta(days=24)
    assert draft.ends_on == TODAY + timedelta(days=35 + 40 * 7 - 3)


@pytest.mark.parametrize("today", [TODAY + timedelta(days=day) for day in range(7)])
def test_an_opgave_begins_ends_and_closes_on_a_workday(today: date) -> None:
    drafts = [one.draft(today) for one in OPGAVEN]
    # Of what somebody works on already another seat is free.
    to_come = [one.draft(today) for one in OPGAVEN if not one.opened_days]

    days = [day for draft in drafts for day in (draft.starts_on, draft.ends_on, draft.closes_on)]

    assert [day for day in days if day is None or not is_workday(day)] == []
    assert [
        one.title for one in to_come if (one.closes_on or today) >= (one.starts_on or today)
    ] == []


def test_a_klankbord_says_how_often_as_its_text_does() -> None:
    words = {4: "vier keer", 5: "vijf keer", 6: "zes keer"}
    asked = [one.content for one in OPGAVEN if one.content.kind is Kind.KLANKBORD]

    assert [one.title for one in asked if words[one.times or 0] not in one.text] == []


def test_an_address_is_plain_ascii_at_a_domain_that_cannot_exist() -> None:
    assert slug("Ayşe van den Børg-Günay", ".") == "ayse.van.den.brg-gunay"
    assert demo_domain("'s-Hertogenbosch") == "s-hertogenbosch.demo.example"
    assert demo_domain("Súdwest-Fryslân") == "sudwest-fryslan.demo.example"
    assert demo_domain("Bergen (NH.)") == "bergen-nh.demo.example"
    assert all(person.address("x").isascii() for person in PEOPLE)

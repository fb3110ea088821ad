"""The demo is put in once, leaves alone what people changed, and never goes stale."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import User
from app.cli.demo.commands import WITH_PROVIDER
from app.cli.demo.data import DemoOpgave, Stage, demo_domain, read_opgaven, read_people
from app.cli.demo.seed import NETWORK_CODES, SeedReport, seed
from app.conversations.models import Message
from app.core.actor import Role
from app.core.outbox import OutboxMessage
from app.gemeenten import queries as gemeenten
from app.gemeenten.reference import OWN_LIST, read
from app.gemeenten.service import import_gemeenten
from app.hours.models import HourTransfer
from app.loans.models import Loan, WorkedWeek
from app.matching.models import Match
from app.matching.service import match_everything
from app.opgaven import life
from app.opgaven import queries as opgaven
from app.opgaven import service as opgaven_service
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people import queries as people
from app.people import service as people_service
from app.people.rules import ProfileState
from app.vocabulary.service import import_starter
from devtools.provider import PEOPLE as SIGN_ONS
from tests.cli.conftest import Terminal
from tests.support.work import MONDAY, TODAY, make_work

ALL_PEOPLE, ALL_OPGAVEN = read_people(), read_opgaven()


def some(stage: Stage, most: int) -> list[DemoOpgave]:
    return [one for one in ALL_OPGAVEN if one.stage is stage][:most]


# A part of the demo in which every kind of thing is there; the whole takes longer.
OPEN, CONCEPTS = some(Stage.OPEN, 3), some(Stage.CONCEPT, 1)
OPGAVEN = [*OPEN, *CONCEPTS, *some(Stage.WITHDRAWN, 1)]
OWNERS = {(one.owner, one.gemeente_code) for one in OPGAVEN}
ENDING = [person for person in ALL_PEOPLE if person.available_until_days is not None][:2]
PEOPLE = [
    person
    for person in ALL_PEOPLE
    if (person.name, person.gemeente_code) in OWNERS or person in ENDING
]


def put_in(session: Session, days_later: int = 0) -> SeedReport:
    report = seed(make_work(session, now=MONDAY + timedelta(days=days_later)), PEOPLE, OPGAVEN)
    session.commit()
    return report


def rows(session: Session, kind: type) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def titled(session: Session, one: DemoOpgave) -> list[Opgave]:
    found = select(Opgave).where(Opgave.title == one.content.title).order_by(Opgave.created_at)
    return list(session.scalars(found))


@pytest.fixture
def country(session: Session) -> Session:
    """The session, with the gemeenten in it where the demo takes place."""
    codes = {person.gemeente_code for person in ALL_PEOPLE}
    listed = [facts for facts in read(OWN_LIST).gemeenten if facts.code in codes]
    import_gemeenten(make_work(session), listed)
    session.commit()
    return session


def test_the_demo_goes_in_as_if_people_had_done_it(country: Session) -> None:
    report = put_in(country)

    told = Counter(country.scalars(select(OutboxMessage.name)))
    profiles = sum(person.profile is not None for person in PEOPLE)
    assert report == SeedReport(
        gemeenten=len({person.gemeente_code for person in PEOPLE}),
        people=len(PEOPLE),
        opgaven=len(OPGAVEN),
    )
    assert told == {
        "person.registered": len(PEOPLE),
        "role.changed": sum(len(person.roles) for person in PEOPLE),
        "profile.changed": profiles,
        "domain.changed": report.gemeenten,
        "network.founded": 1,
        "network.changed": len({one.gemeente_code for one in PEOPLE} & {*NETWORK_CODES}),
        "opgave.drafted": len(OPGAVEN),
        "opgave.published": len(OPEN) + 1,
        "opgave.ended": 1,
    }
    assert people.count_published(country) == profiles
    assert Counter(country.scalars(select(Opgave.status))) == {
        OpgaveStatus.OPEN: len(OPEN),
        OpgaveStatus.CONCEPT: len(CONCEPTS),
        OpgaveStatus.WITHDRAWN: 1,
    }


def test_everybody_is_marked_as_demo_and_belongs_to_the_domain(country: Session) -> None:
    put_in(country)

    for user in country.scalars(select(User)):
        home = gemeenten.of_email(country, user.email, TODAY)
        assert user.is_demo
        assert home is not None
        assert home.code == user.gemeente_code
    person = next(one for one in PEOPLE if Role.OPGAVEHOUDER in one.roles)
    assert accounts.roles_of(country.get_one(User, person.id)) == set(person.roles)


def test_who_joins_the_demo_later_has_a_role_from_two_beheerders(country: Session) -> None:
    pair = [person for person in ALL_PEOPLE if Role.BEHEERDER in person.roles]
    later = next(person for person in ALL_PEOPLE if Role.GEMEENTEBEHEERDER in person.roles)
    seed(make_work(country), pair, [])
    country.commit()

    seed(make_work(country), [*pair, later], [])

    [grant] = country.get_one(User, later.id).grants
    assert {grant.granted_by, grant.confirmed_by} == {person.id for person in pair}


def test_a_second_time_nothing_happens(country: Session) -> None:
    put_in(country)
    facts = rows(country, OutboxMessage)

    assert put_in(country) == SeedReport()
    assert put_in(country, days_later=1) == SeedReport()
    assert rows(country, OutboxMessage) == facts


def test_what_people_changed_stays(country: Session) -> None:
    put_in(country)
    person = next(one for one in PEOPLE if one.profile)
    user = country.get_one(User, person.id)
    own_work = make_work(country, user)
    draft = people.draft_of(people_service.pause_profile(own_work))
    people_service.write_profile(own_work, replace(draft, headline="Anders"))
    one = OPEN[0]
    opgave_id = titled(country, one)[0].id
    owner = country.get_one(User, titled(country, one)[0].owner_id)
    life.withdraw(make_work(country, owner), opgave_id)
    country.commit()

    assert put_in(country, days_later=1) == SeedReport()

    profile = people.own_profile(country, person.id)
    assert profile is not None
    assert (profile.headline, profile.state) == ("Anders", ProfileState.PAUSED)
    assert [row.status for row in titled(country, one)] == [OpgaveStatus.WITHDRAWN]


def test_opgaven_whose_closing_date_has_passed_are_placed_anew(country: Session) -> None:
    put_in(country)
    later = TODAY + timedelta(days=60)

    report = put_in(country, days_later=60)

    assert report == SeedReport(renewed=len(OPEN), moved=len(CONCEPTS))
    open_now = country.scalars(select(Opgave).where(Opgave.status == OpgaveStatus.OPEN)).all()
    assert len(open_now) == len(OPEN)
    assert min(row.closes_on for row in open_now if row.closes_on) >= later
    assert [row.status for row in titled(country, OPEN[0])] == [
        OpgaveStatus.EXPIRED,
        OpgaveStatus.OPEN,
    ]
    assert put_in(country, days_later=60) == SeedReport()
    assert put_in(country, days_later=61) == SeedReport()


def test_a_concept_keeps_its_words_and_gets_later_dates(country: Session) -> None:
    put_in(country)
    one = CONCEPTS[0]
    concept = titled(country, one)[0]
    owner = country.get_one(User, concept.owner_id)
    draft = replace(opgaven.draft_of(country, concept), text="Zelf geschreven.")
    opgaven_service.revise_opgave(make_work(country, owner), concept.id, draft)
    country.commit()

    put_in(country, days_later=60)

    later = one.draft(TODAY + timedelta(days=60))
    assert (concept.text, concept.status) == ("Zelf geschreven.", OpgaveStatus.CONCEPT)
    assert (concept.starts_on, concept.ends_on, concept.closes_on) == (
        later.starts_on,
        later.ends_on,
        later.closes_on,
    )


def test_an_opgave_that_people_closed_within_its_week_is_not_placed_again(
    country: Session,
) -> None:
    put_in(country)
    country.execute(update(Opgave).values(closes_on=TODAY))
    country.commit()

    report = put_in(country, days_later=1)

    assert report == SeedReport(moved=len(CONCEPTS))
    assert put_in(country, days_later=7).renewed == len(OPEN)


def test_people_whose_hours_have_all_passed_have_hours_again(country: Session) -> None:
    put_in(country)

    report = put_in(country, days_later=400)

    later = TODAY + timedelta(days=400)
    assert report.moved == len(ENDING) + len(CONCEPTS)
    for person in ENDING:
        profile = people.own_profile(country, person.id)
        assert profile is not None
        assert [window.ends_on for window in profile.windows] == [person.window(later).ends_on]


def test_an_owner_whose_role_was_taken_away_places_nothing_anew(country: Session) -> None:
    put_in(country)
    owner = country.get_one(User, next(p.id for p in PEOPLE if p.name == OPEN[0].owner))
    accounts_service.end_role(make_work(country), owner.id, Role.OPGAVEHOUDER)
    country.commit()
    country.expire_all()
    theirs = sum(one.owner == owner.name for one in OPEN)

    assert put_in(country, days_later=60).renewed == len(OPEN) - theirs


def test_the_command_puts_in_the_whole_demo_and_every_open_opgave_finds_colleagues(
    flask: Terminal, country: Session
) -> None:
    import_starter(make_work(country))

    first = flask("demo", "seed")
    second = flask("demo", "seed")
    match_everything(make_work(country))

    codes = {person.gemeente_code for person in ALL_PEOPLE}
    written = rows(country, WorkedWeek)
    assert first.stdout == (
        f"Klaargezet: {len(codes)} gemeenten met een domein, {len(ALL_PEOPLE)} verzonnen "
        f"collega's, {len(ALL_OPGAVEN)} opgaven, "
        f"{rows(country, Loan) + written} stappen met inzet, "
        f"{rows(country, Message)} berichten in gesprekken, "
        f"{rows(country, HourTransfer) - written} weken met geleende uren.\n"
    )
    assert second.stdout == "Alles stond al klaar.\n"
    matched = select(Opgave.title).where(Opgave.id.in_(select(Match.opgave_id)))
    assert set(country.scalars(matched)) == {
        one.content.title for one in ALL_OPGAVEN if one.stage is Stage.OPEN
    }


def test_outside_a_demo_nobody_is_made_up(
    flask: Terminal, app: Flask, country: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = replace(app.extensions["settings"], demo_accounts=False)
    monkeypatch.setitem(app.extensions, "settings", real)

    result = flask("demo", "seed")

    assert (result.exit_code, result.stderr) == (
        1,
        "Dit kan alleen in een demo. Zet DEMO_ACCOUNTS=1 als dit er een is.\n",
    )
    assert rows(country, User) == 0


def test_without_gemeenten_there_is_no_demo(flask: Terminal) -> None:
    result = flask("demo", "seed")

    assert (result.exit_code, result.stderr) == (
        1,
        "Er zijn nog geen gemeenten. Draai eerst: flask gemeenten import\n",
    )


def test_a_gemeente_of_the_demo_gets_a_sign_in_of_its_own(
    flask: Terminal, country: Session
) -> None:
    said = flask("demo", "provider", "http://127.0.0.1:9400")

    found = gemeenten.provider_of(country, WITH_PROVIDER)
    assert said.stdout == "Gemeente Leeuwarden heeft in deze demo een eigen inlog.\n"
    assert found is not None
    assert (found.issuer, found.is_only) == ("http://127.0.0.1:9400", False)


def test_who_can_sign_in_there_has_an_address_of_that_gemeente() -> None:
    domain = demo_domain("Leeuwarden")
    colleagues = {
        person.address(domain) for person in ALL_PEOPLE if person.gemeente_code == WITH_PROVIDER
    }
    addresses = [str(one["email"]) for one in SIGN_ONS]

    assert {address.partition("@")[2] for address in addresses} == {domain}
    assert [address in colleagues for address in addresses] == [False, False, True]

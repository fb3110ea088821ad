"""Gemeenten by code, by mail domain, and those that exist on a day."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.gemeenten import queries
from tests.support.builders import a_domain, a_gemeente
from tests.support.work import TODAY

SPRING, NEW_YEAR = date(2026, 3, 1), date(2027, 1, 1)
A_DAY = timedelta(days=1)


def test_a_gemeente_is_found_by_its_code(session: Session) -> None:
    gemeente = a_gemeente(session)

    assert queries.by_code(session, gemeente.code) is gemeente
    with pytest.raises(NotFound):
        queries.by_code(session, "GM0000")


def test_a_gemeente_is_found_by_the_domain_of_an_address(session: Session) -> None:
    gemeente = a_gemeente(session)
    a_domain(session, gemeente, "testerdam.nl")

    assert queries.of_email(session, "J.Jansen@TESTERDAM.nl", TODAY) is gemeente
    assert queries.of_email(session, "j.jansen@post.testerdam.nl", TODAY) is None
    assert queries.of_email(session, "testerdam.nl@elders.nl", TODAY) is None


def test_the_people_of_a_gemeente_that_ended_belong_to_the_last_of_its_successors(
    session: Session,
) -> None:
    last = a_gemeente(session)
    second = a_gemeente(session, valid_until=NEW_YEAR, successor_code=last.code)
    first = a_gemeente(session, valid_until=SPRING, successor_code=second.code)
    a_domain(session, first, "testerdam.nl")

    days = (SPRING - A_DAY, SPRING, NEW_YEAR - A_DAY, NEW_YEAR)
    found = [queries.of_email(session, "jan@testerdam.nl", day) for day in days]

    assert found == [first, second, second, last]


def test_the_domain_of_a_gemeente_that_ended_without_a_successor_tells_nothing(
    session: Session,
) -> None:
    a_domain(session, a_gemeente(session, valid_until=NEW_YEAR), "testerdam.nl")

    assert queries.of_email(session, "jan@testerdam.nl", NEW_YEAR) is None


def test_a_merged_gemeente_exists_until_the_day_and_its_successor_from_then(
    session: Session,
) -> None:
    successor = a_gemeente(session, name="Nieuw", valid_from=NEW_YEAR)
    merged = a_gemeente(session, name="Oud", valid_until=NEW_YEAR, successor_code=successor.code)

    before, after = date(2026, 12, 31), NEW_YEAR

    assert queries.existing_on(session, before) == [merged]
    assert queries.existing_on(session, after) == [successor]
    assert (queries.count(session, before), queries.count(session, after)) == (1, 1)


def test_gemeenten_are_listed_in_dutch_order(session: Session) -> None:
    for name in ("Utrecht", "'s-Hertogenbosch", "Heerde"):
        a_gemeente(session, name=name)

    found = queries.existing_on(session, date(2026, 11, 23))

    assert [gemeente.name for gemeente in found] == ["Heerde", "'s-Hertogenbosch", "Utrecht"]


def test_the_domains_of_a_gemeente_are_its_own(session: Session) -> None:
    gemeente = a_gemeente(session)
    for domain in ("zuid.nl", "noord.nl"):
        a_domain(session, gemeente, domain)
    a_domain(session, a_gemeente(session), "elders.nl")

    assert queries.domains_of(session, gemeente.code) == ["noord.nl", "zuid.nl"]


def test_names_and_provinces_can_be_asked_for_many_at_once(session: Session) -> None:
    north = a_gemeente(session, name="Noord", province="Groningen")
    south = a_gemeente(session, name="Zuid", province="Limburg")
    a_gemeente(session, name="Ook zuid", province="Limburg")

    assert queries.names_of(session, [north.code, south.code, "GM0000"]) == {
        north.code: "Noord",
        south.code: "Zuid",
    }
    assert queries.provinces(session) == ["Groningen", "Limburg"]

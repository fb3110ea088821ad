"""The yearly list: what is new, what changed and to what; mergers; mail domains."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Actor, Role
from app.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.gemeenten import queries
from app.gemeenten.models import Gemeente, Provider
from app.gemeenten.reference import OWN_LIST, read
from app.gemeenten.rules import GemeenteFacts
from app.gemeenten.service import (
    Connection,
    Difference,
    ImportReport,
    add_domain,
    connect_provider,
    end_provider,
    import_gemeenten,
    remove_domain,
)
from tests.gemeenten.test_rules import UTRECHT
from tests.support.builders import a_domain, a_gemeente, a_user
from tests.support.work import MONDAY, TODAY, make_work

HOUTEN = replace(UTRECHT, code="GM0321", name="Houten", is_provincial_capital=False)
MERGED_ON = date(2027, 1, 1)


def take(session: Session, *listed: GemeenteFacts) -> ImportReport:
    return import_gemeenten(make_work(session), listed)


def told(session: Session) -> list[tuple[str, dict[str, object]]]:
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.name, row.payload) for row in rows]


def test_our_own_list_goes_in_whole_and_a_second_time_nothing_changes(session: Session) -> None:
    listed = read(OWN_LIST).gemeenten

    first = take(session, *listed)
    session.expire_all()
    second = take(session, *listed)

    assert first == ImportReport(added=[facts.code for facts in listed])
    assert second == ImportReport(unchanged=342)
    assert queries.count(session, date(2026, 11, 23)) == 342
    assert told(session) == []


def test_what_changed_is_reported_with_before_and_after(session: Session) -> None:
    take(session, UTRECHT, HOUTEN)

    report = take(session, replace(UTRECHT, inhabitants=380_000, name="Groot-Utrecht"), HOUTEN)

    assert report == ImportReport(
        changed={
            "GM0344": [
                Difference("name", "Utrecht", "Groot-Utrecht"),
                Difference("inhabitants", 374_000, 380_000),
            ]
        },
        unchanged=1,
    )
    assert session.get_one(Gemeente, "GM0344").sort_name == "groot-utrecht"
    assert told(session) == [("gemeenten.changed", {"gemeente_codes": ["GM0344"]})]


def test_gemeenten_that_are_not_listed_stay_and_are_reported(session: Session) -> None:
    take(session, UTRECHT, HOUTEN)

    report = take(session, UTRECHT)

    assert report == ImportReport(unchanged=1, absent=["GM0321"])
    assert session.get(Gemeente, "GM0321") is not None


def test_a_merger_is_told_once_and_may_point_at_a_newcomer(session: Session) -> None:
    take(session, UTRECHT, HOUTEN)
    merged = replace(HOUTEN, valid_until=MERGED_ON, successor_code="GM1999")
    newcomer = replace(UTRECHT, code="GM1999", name="Kromme Rijn", valid_from=MERGED_ON)

    report = take(session, UTRECHT, merged, newcomer)
    take(session, UTRECHT, merged, newcomer)

    assert (report.added, sorted(report.changed)) == (["GM1999"], ["GM0321"])
    assert told(session) == [
        ("gemeente.merged", {"gemeente_code": "GM0321", "successor_code": "GM1999"}),
        ("gemeenten.changed", {"gemeente_codes": ["GM0321"]}),
    ]


def test_a_chain_of_mergers_goes_in_whatever_the_order(session: Session) -> None:
    first = replace(UTRECHT, code="GM0001", valid_until=MERGED_ON, successor_code="GM0002")
    second = replace(first, code="GM0002", successor_code="GM0003")

    take(session, first, second, replace(UTRECHT, code="GM0003"))

    rows = session.execute(select(Gemeente.code, Gemeente.successor_code).order_by(Gemeente.code))
    assert [tuple(row) for row in rows] == [
        ("GM0001", "GM0002"),
        ("GM0002", "GM0003"),
        ("GM0003", None),
    ]


def test_an_unknown_successor_is_refused_and_nothing_is_imported(session: Session) -> None:
    merged = replace(HOUTEN, valid_until=MERGED_ON, successor_code="GM1999")

    with pytest.raises(InvalidInput) as refusal:
        take(session, UTRECHT, merged)

    assert refusal.value.said == "De opvolger van GM0321, GM1999, bestaat niet."
    assert session.scalars(select(Gemeente)).all() == []


def test_a_domain_belongs_to_a_gemeente_from_now_on(session: Session) -> None:
    gemeente = a_gemeente(session)

    add_domain(make_work(session), gemeente.code, " @Testerdam.NL ")
    add_domain(make_work(session), gemeente.code, "testerdam.nl")

    assert queries.domains_of(session, gemeente.code) == ["testerdam.nl"]
    found = queries.of_email(session, "j.jansen@testerdam.nl", TODAY)
    assert found is not None
    assert found.code == gemeente.code


def test_a_domain_has_one_gemeente(session: Session) -> None:
    a_domain(session, a_gemeente(session), "testerdam.nl")

    with pytest.raises(Conflict) as refusal:
        add_domain(make_work(session), a_gemeente(session).code, "testerdam.nl")

    assert refusal.value.said == "Dit domein hoort al bij een andere gemeente."


@pytest.mark.parametrize("text", ["", "geen domein", "utrecht", "x" * 300 + ".nl", "<b>.nl"])
def test_what_is_no_domain_is_refused(session: Session, text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add_domain(make_work(session), a_gemeente(session).code, text)

    assert refusal.value.said == "Dit is geen domein. Schrijf bijvoorbeeld: gemeente.nl"


def test_a_domain_where_anybody_can_have_an_address_is_no_gemeente(session: Session) -> None:
    gemeente = a_gemeente(session)

    with pytest.raises(InvalidInput, match="kan iedereen een adres nemen"):
        add_domain(make_work(session), gemeente.code, "Gmail.com")
    assert queries.domains_of(session, gemeente.code) == []


def test_a_domain_needs_a_gemeente_that_exists(session: Session) -> None:
    with pytest.raises(NotFound):
        add_domain(make_work(session), "GM0000", "testerdam.nl")


def test_a_domain_can_be_taken_away_from_its_own_gemeente_only(session: Session) -> None:
    gemeente, other = a_gemeente(session), a_gemeente(session)
    a_domain(session, gemeente, "testerdam.nl")

    with pytest.raises(NotFound):
        remove_domain(make_work(session), other.code, "testerdam.nl")
    remove_domain(make_work(session), gemeente.code, "testerdam.nl")

    assert queries.domains_of(session, gemeente.code) == []


@pytest.mark.parametrize("role", [None, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER])
def test_only_a_beheerder_decides_on_mail_domains(session: Session, role: Role | None) -> None:
    gemeente = a_gemeente(session)
    a_domain(session, gemeente, "van-ons.example")
    roles = frozenset({role} if role else ())
    work = make_work(session, Actor(None, gemeente.code, roles))

    with pytest.raises(NotAllowed):
        add_domain(work, gemeente.code, "nieuw.example")
    with pytest.raises(NotAllowed):
        remove_domain(work, gemeente.code, "van-ons.example")

    assert told(session) == []


def test_a_domain_that_comes_or_goes_is_told(session: Session) -> None:
    code = a_gemeente(session).code
    work = make_work(session, Actor(None, None, frozenset({Role.BEHEERDER})))

    add_domain(work, code, "nieuw.example")
    add_domain(work, code, "nieuw.example")
    remove_domain(work, code, "nieuw.example")

    fact = {"domain": "nieuw.example", "gemeente_code": code}
    assert told(session) == [
        ("domain.changed", {**fact, "is_given": True}),
        ("domain.changed", {**fact, "is_given": False}),
    ]


def test_a_circle_of_successors_is_refused(session: Session) -> None:
    one = replace(UTRECHT, valid_until=MERGED_ON, successor_code="GM0321")
    other = replace(HOUTEN, valid_until=MERGED_ON, successor_code=UTRECHT.code)

    with pytest.raises(InvalidInput, match="kring"):
        take(session, one, other)


LOGIN = Connection("https://inloggen.testerdam.example/v2", "dgvn", "sealed")


def by_the_operator(session: Session) -> Work:
    return Work(session=session, actor=SYSTEM, now=MONDAY)


def test_a_gemeente_has_one_provider_and_the_last_one_counts(session: Session) -> None:
    gemeente = a_gemeente(session)
    a_domain(session, gemeente, "testerdam.nl")
    work = by_the_operator(session)

    for connection in (LOGIN, replace(LOGIN, client_id="other", is_only=True)):
        connect_provider(work, gemeente.code, connection, loopback_too=False)

    found = queries.provider_of_email(session, "anna@testerdam.nl", TODAY)
    assert found is not None
    assert (found.client_id, found.is_only, found.gemeente_code) == ("other", True, gemeente.code)
    assert queries.provider_of_email(session, "anna@elders.nl", TODAY) is None


def test_what_became_of_a_provider_is_told(session: Session) -> None:
    gemeente = a_gemeente(session)
    work = by_the_operator(session)
    connect_provider(work, gemeente.code, LOGIN, loopback_too=False)

    end_provider(work, gemeente.code)
    session.flush()

    assert session.get(Provider, gemeente.code) is None
    assert told(session) == [
        ("provider.changed", {"gemeente_code": gemeente.code, "is_given": is_given})
        for is_given in (True, False)
    ]


def test_only_an_operator_connects_a_provider(session: Session) -> None:
    gemeente = a_gemeente(session)
    beheerder = make_work(session, a_user(session, *Role))

    with pytest.raises(NotAllowed):
        connect_provider(beheerder, gemeente.code, LOGIN, loopback_too=False)
    with pytest.raises(NotAllowed):
        end_provider(beheerder, gemeente.code)


def test_a_provider_that_is_none_is_refused(session: Session) -> None:
    gemeente = a_gemeente(session)
    wrong = replace(LOGIN, issuer="http://127.0.0.1:9400")

    with pytest.raises(FaultyDraft):
        connect_provider(by_the_operator(session), gemeente.code, wrong, loopback_too=False)
    connect_provider(by_the_operator(session), gemeente.code, wrong, loopback_too=True)

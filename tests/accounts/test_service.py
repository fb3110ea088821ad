"""Signing in, registering, deciding on access and giving roles: each promise and each refusal."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts import queries, service
from app.accounts.models import AccessRequest, KeptAddress, RoleGrant, SignIn, User, UserSession
from app.accounts.rules import (
    IDLE_WITH_POWER,
    INVITED_WITHIN,
    OF_ALL,
    SESSION_LIVES,
    SIGN_IN_LINK_LIVES,
    SIGN_IN_LINKS_AN_HOUR,
    AccessState,
    Hands,
    WhyKept,
)
from app.accounts.service import Newcomer
from app.core.actor import ANYONE, SYSTEM, Role
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import Fault, FaultyDraft
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.gemeenten.models import Gemeente
from app.privacy.dictionary import dictionary
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_domain, a_gemeente, a_grant, a_user
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)
JAN = "jan@testerdam.example"
NAMED = Newcomer("Jan Jansen")


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


@pytest.fixture
def testerdam(session: Session) -> Gemeente:
    gemeente = a_gemeente(session)
    a_domain(session, gemeente, "testerdam.example")
    return gemeente


def told(session: Session) -> list[tuple[str, dict[str, Any]]]:
    rows = session.execute(
        select(OutboxMessage.name, OutboxMessage.payload).order_by(OutboxMessage.id)
    )
    return [(name, payload) for name, payload in rows]


def count(session: Session, kind: type[Any]) -> int | None:
    return session.scalar(select(func.count()).select_from(kind))


def a_link(session: Session, email: str = JAN, **changed: Any) -> UUID:
    fields = {"asked_at": MONDAY, "expires_at": MONDAY + SIGN_IN_LINK_LIVES}
    sign_in = SignIn(id=uuid4(), email=email, **{**fields, **changed})
    session.add(sign_in)
    session.flush()
    return sign_in.id


def a_request(session: Session, gemeente: Gemeente, **changed: Any) -> AccessRequest:
    fields = {
        "id": uuid4(),
        "email": "jan@elders.example",
        "name": "Jan Jansen",
        "gemeente_code": gemeente.code,
        "asked_at": MONDAY,
    }
    request = AccessRequest(**{**fields, **changed})
    session.add(request)
    session.flush()
    return request


# Asking for a link


@pytest.mark.parametrize("known", [True, False])
def test_asking_leaves_the_same_traces_for_a_known_and_an_unknown_address(
    session: Session, known: bool
) -> None:
    if known:
        a_user(session, email=JAN)

    service.ask_sign_in(make_work(session, ANYONE), f" {JAN.upper()} ")

    link = session.scalars(select(SignIn)).one()
    assert (link.email, link.asked_at, link.expires_at, link.used_at) == (
        JAN,
        MONDAY,
        MONDAY + timedelta(minutes=30),
        None,
    )
    assert told(session) == [("sign_in.asked", {"sign_in_id": str(link.id)})]


def test_the_sixth_link_in_an_hour_is_passed_over_in_silence(session: Session) -> None:
    for _ in range(SIGN_IN_LINKS_AN_HOUR + 1):
        service.ask_sign_in(make_work(session, ANYONE), JAN)

    assert (count(session, SignIn), len(told(session))) == (5, 5)


def test_links_of_more_than_an_hour_ago_do_not_count(session: Session) -> None:
    for _ in range(SIGN_IN_LINKS_AN_HOUR):
        a_link(session, asked_at=MONDAY - timedelta(hours=1, seconds=1))

    service.ask_sign_in(make_work(session, ANYONE), JAN)

    assert len(told(session)) == 1


def test_links_of_somebody_else_do_not_count(session: Session) -> None:
    for _ in range(SIGN_IN_LINKS_AN_HOUR):
        a_link(session, "piet@testerdam.example")

    service.ask_sign_in(make_work(session, ANYONE), JAN)

    assert len(told(session)) == 1


# Spending a link


def test_a_link_gives_a_session_of_twelve_hours(session: Session) -> None:
    user = a_user(session, email=JAN)

    session_id = service.finish_sign_in(make_work(session, ANYONE), a_link(session), None)

    begun = session.scalars(select(UserSession)).one()
    assert (begun.id, begun.user_id, begun.began_at, begun.expires_at) == (
        session_id,
        user.id,
        MONDAY,
        MONDAY + timedelta(hours=12),
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"used_at": MONDAY - timedelta(minutes=1)},
        {"expires_at": MONDAY},
        {"expires_at": MONDAY - timedelta(days=1)},
    ],
)
def test_a_link_that_was_used_or_ran_out_opens_nothing(
    session: Session, changed: dict[str, Any]
) -> None:
    a_user(session, email=JAN)
    link = a_link(session, **changed)

    with pytest.raises(NotFound):
        service.finish_sign_in(make_work(session, ANYONE), link, None)

    assert count(session, UserSession) == 0


def test_a_link_that_never_was_opens_nothing(session: Session) -> None:
    with pytest.raises(NotFound):
        service.finish_sign_in(make_work(session, ANYONE), uuid4(), None)


def test_a_link_opens_the_door_once(session: Session) -> None:
    a_user(session, email=JAN)
    link = a_link(session)
    service.finish_sign_in(make_work(session, ANYONE), link, None)

    with pytest.raises(NotFound):
        service.finish_sign_in(make_work(session, ANYONE), link, None)


def test_one_link_spent_twice_at_once_gives_one_session(shared: SharedDatabase) -> None:
    with shared.work() as work:
        user_id = a_user(work.session, email=JAN).id
        link = a_link(work.session)

    def spend(work: Work) -> UUID | None:
        return service.finish_sign_in(work, link, None)

    first, second = shared.overlap(spend, spend, ANYONE)

    with shared.work() as work:
        running = select(UserSession.id).where(UserSession.user_id == user_id)
        assert work.session.scalars(running).all() == [first]
    assert isinstance(second, NotFound)


def test_a_new_address_has_to_tell_a_name_first_and_keeps_its_link(session: Session) -> None:
    link = a_link(session)

    with pytest.raises(Conflict):
        service.finish_sign_in(make_work(session, ANYONE), link, None)

    assert queries.usable_link(session, link, MONDAY) is not None


def test_a_newcomer_from_a_known_domain_belongs_to_its_gemeente(
    session: Session, testerdam: Gemeente
) -> None:
    elsewhere = a_gemeente(session)
    newcomer = Newcomer("Jan Jansen", elsewhere.code)

    service.finish_sign_in(make_work(session, ANYONE), a_link(session), newcomer)

    user = session.scalars(select(User)).one()
    assert (user.email, user.name, user.gemeente_code, queries.roles_of(user)) == (
        JAN,
        "Jan Jansen",
        testerdam.code,
        frozenset(),
    )
    assert told(session) == [("person.registered", {"user_id": str(user.id)})]


def test_a_newcomer_from_a_gemeente_that_ended_belongs_to_its_successor(
    session: Session, testerdam: Gemeente
) -> None:
    testerdam.valid_until, testerdam.successor_code = TODAY, a_gemeente(session).code

    service.finish_sign_in(make_work(session, ANYONE), a_link(session), Newcomer("Jan Jansen"))

    assert session.scalars(select(User.gemeente_code)).one() == testerdam.successor_code


@pytest.mark.usefixtures("testerdam")
def test_a_newcomer_without_a_name_keeps_the_link(session: Session) -> None:
    link = a_link(session)

    with pytest.raises(FaultyDraft) as refusal:
        service.finish_sign_in(make_work(session, ANYONE), link, Newcomer(""))

    assert refusal.value.faults == [Fault("name", "Vul je naam in.")]
    assert queries.usable_link(session, link, MONDAY) is not None


@pytest.mark.parametrize("code", [None, "", "GM0000", "x' OR 1=1"])
def test_a_newcomer_from_an_unknown_domain_chooses_a_gemeente_that_exists(
    session: Session, code: str | None
) -> None:
    link = a_link(session)

    with pytest.raises(FaultyDraft) as refusal:
        service.finish_sign_in(make_work(session, ANYONE), link, Newcomer("Jan", code))

    assert refusal.value.faults == [Fault("gemeente_code", "Kies je gemeente.")]


def test_a_newcomer_from_an_unknown_domain_waits_for_a_beheerder(session: Session) -> None:
    gemeente = a_gemeente(session)
    link = a_link(session)

    begun = service.finish_sign_in(
        make_work(session, ANYONE), link, Newcomer("Jan Jansen", gemeente.code)
    )

    request = session.scalars(select(AccessRequest)).one()
    assert begun is None
    assert (request.email, request.name, request.gemeente_code, request.state) == (
        JAN,
        "Jan Jansen",
        gemeente.code,
        AccessState.WAITING,
    )
    assert (count(session, User), count(session, UserSession)) == (0, 0)
    assert told(session) == [("access.asked", {"request_id": str(request.id)})]
    assert queries.usable_link(session, link, MONDAY) is None


def test_asking_again_while_waiting_does_not_ask_twice(session: Session) -> None:
    newcomer = Newcomer("Jan Jansen", a_gemeente(session).code)
    for _ in range(2):
        service.finish_sign_in(make_work(session, ANYONE), a_link(session), newcomer)

    assert (count(session, AccessRequest), len(told(session))) == (1, 1)


def test_somebody_who_was_refused_may_ask_once_more(session: Session) -> None:
    old = a_request(
        session, a_gemeente(session), email=JAN, state=AccessState.REFUSED, decided_at=MONDAY
    )
    newcomer = Newcomer("Jan de Jong", a_gemeente(session).code)

    service.finish_sign_in(make_work(session, ANYONE), a_link(session), newcomer)

    assert (old.name, old.gemeente_code, old.state, old.decided_at) == (
        "Jan de Jong",
        newcomer.gemeente_code,
        AccessState.WAITING,
        None,
    )
    assert told(session) == [("access.asked", {"request_id": str(old.id)})]


# Registering


@pytest.mark.parametrize(
    ("email", "name", "code", "field"),
    [
        ("jan", "Jan", "", "email"),
        ("ján@testerdam.example", "Jan", "", "email"),
        (JAN, "", "", "name"),
        (JAN, "J" * 101, "", "name"),
        (JAN, "Jan", "GM0000", "gemeente_code"),
    ],
)
def test_no_door_registers_what_the_rules_refuse(
    session: Session, testerdam: Gemeente, email: str, name: str, code: str, field: str
) -> None:
    with pytest.raises(FaultyDraft) as refusal:
        service.register(make_work(session), email, name, code or testerdam.code)

    assert [fault.field for fault in refusal.value.faults] == [field]
    assert count(session, User) == 0


# Deciding on access


def test_granting_makes_the_account_and_claims_nothing(session: Session) -> None:
    beheerder, gemeente = a_user(session, Role.BEHEERDER), a_gemeente(session)
    request = a_request(session, gemeente)

    service.decide_access(make_work(session, beheerder), request.id, grant=True, claim_domain=False)

    user = queries.by_email(session, "jan@elders.example")
    assert user is not None
    assert (user.name, user.gemeente_code) == ("Jan Jansen", gemeente.code)
    assert gemeenten.domains_of(session, gemeente.code) == []
    assert (request.state, request.decided_by, request.decided_at) == (
        AccessState.GRANTED,
        beheerder.id,
        MONDAY,
    )
    assert told(session) == [
        ("person.registered", {"user_id": str(user.id)}),
        ("access.decided", {"request_id": str(request.id)}),
    ]


def test_granting_can_let_all_colleagues_of_the_domain_in(session: Session) -> None:
    gemeente = a_gemeente(session)
    request = a_request(session, gemeente)
    work = make_work(session, a_user(session, Role.BEHEERDER))

    service.decide_access(work, request.id, grant=True, claim_domain=True)

    colleague = a_link(session, "piet@elders.example")
    assert service.finish_sign_in(make_work(session, ANYONE), colleague, Newcomer("Piet"))
    assert gemeenten.domains_of(session, gemeente.code) == ["elders.example"]


def test_refusing_makes_no_account_and_claims_nothing(session: Session) -> None:
    gemeente = a_gemeente(session)
    request = a_request(session, gemeente)
    work = make_work(session, a_user(session, Role.BEHEERDER))

    service.decide_access(work, request.id, grant=False, claim_domain=True)

    assert request.state is AccessState.REFUSED
    assert queries.by_email(session, request.email) is None
    assert gemeenten.domains_of(session, gemeente.code) == []
    assert told(session) == [("access.decided", {"request_id": str(request.id)})]


def test_granting_somebody_who_came_in_meanwhile_makes_no_second_account(
    session: Session,
) -> None:
    request = a_request(session, a_gemeente(session))
    a_user(session, email=request.email)
    work = make_work(session, a_user(session, Role.BEHEERDER))

    service.decide_access(work, request.id, grant=True, claim_domain=False)

    assert request.state is AccessState.GRANTED


def test_a_domain_of_another_gemeente_cannot_be_claimed(session: Session) -> None:
    a_domain(session, a_gemeente(session), "elders.example")
    request = a_request(session, a_gemeente(session))
    work = make_work(session, a_user(session, Role.BEHEERDER))

    with pytest.raises(Conflict, match="Dit domein hoort al bij een andere gemeente"):
        service.decide_access(work, request.id, grant=True, claim_domain=True)


def test_a_request_is_decided_once(session: Session) -> None:
    request = a_request(session, a_gemeente(session))
    work = make_work(session, a_user(session, Role.BEHEERDER))
    service.decide_access(work, request.id, grant=False, claim_domain=False)

    with pytest.raises(Conflict, match="al beslist"):
        service.decide_access(work, request.id, grant=True, claim_domain=False)


def test_of_two_decisions_at_once_the_first_stands(shared: SharedDatabase) -> None:
    with shared.work() as work:
        beheerder = queries.actor_of(a_user(work.session, Role.BEHEERDER))
        request_id = a_request(work.session, a_gemeente(work.session)).id

    def decide(grant: bool) -> Any:
        return lambda work: service.decide_access(work, request_id, grant=grant, claim_domain=False)

    _, second = shared.overlap(decide(False), decide(True), beheerder)

    with shared.work() as work:
        assert work.session.get_one(AccessRequest, request_id).state is AccessState.REFUSED
    assert isinstance(second, Conflict)


@pytest.mark.parametrize("role", [None, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER])
def test_only_a_beheerder_decides(session: Session, role: Role | None) -> None:
    request = a_request(session, a_gemeente(session))
    work = make_work(session, a_user(session, *([role] if role else [])))

    with pytest.raises(NotAllowed):
        service.decide_access(work, request.id, grant=True, claim_domain=False)


# Sessions


def test_signing_out_ends_this_session_and_no_other(session: Session) -> None:
    user = a_user(session)
    work = make_work(session, user)
    one, other = service.begin_session(work, user.id), service.begin_session(work, user.id)
    session.flush()

    service.sign_out(work, one)

    assert session.scalars(select(UserSession.id)).all() == [other]


@pytest.mark.parametrize(
    ("roles", "runs"), [((), True), ((Role.OPGAVEHOUDER,), True), ((Role.BEHEERDER,), False)]
)
def test_who_has_power_is_signed_out_when_nobody_is_there(
    session: Session, roles: tuple[Role, ...], *, runs: bool
) -> None:
    user = a_user(session, *roles)
    begun = service.begin_session(make_work(session, user), user.id)
    session.flush()

    later = MONDAY + IDLE_WITH_POWER + timedelta(seconds=1)

    assert (queries.running_session(session, begun, later) is not None) is runs


def test_a_session_that_is_used_goes_on(session: Session) -> None:
    user = a_user(session, Role.BEHEERDER)
    begun = service.begin_session(make_work(session, user), user.id)
    half_way, later = MONDAY + IDLE_WITH_POWER / 2, MONDAY + IDLE_WITH_POWER + timedelta(minutes=1)

    service.keep_seen(make_work(session, SYSTEM, half_way), begun)
    session.expire_all()

    assert queries.running_session(session, begun, later) is not None


def test_somebody_signs_out_everywhere_else(session: Session) -> None:
    user, other = a_user(session), a_user(session)
    work = make_work(session, user)
    here, there = service.begin_session(work, user.id), service.begin_session(work, user.id)
    elsewhere = service.begin_session(make_work(session, other), other.id)
    session.flush()

    assert service.end_sessions(work, user.id, but=here) == 1
    assert set(session.scalars(select(UserSession.id))) == {here, elsewhere}
    assert there not in {here, elsewhere}


@pytest.mark.parametrize(
    ("role", "at_home", "may"),
    [
        (None, True, False),
        (Role.OPGAVEHOUDER, True, False),
        (Role.GEMEENTEBEHEERDER, True, True),
        (Role.GEMEENTEBEHEERDER, False, False),
        (Role.BEHEERDER, False, True),
    ],
)
def test_sessions_of_another_are_ended_by_who_looks_after_the_account(
    session: Session, role: Role | None, *, at_home: bool, may: bool
) -> None:
    user = a_user(session)
    home = {"gemeente_code": user.gemeente_code} if at_home else {}
    actor = a_user(session, *([role] if role else []), **home)
    service.begin_session(make_work(session, user), user.id)
    session.flush()

    if may:
        assert service.end_sessions(make_work(session, actor), user.id) == 1
    else:
        with pytest.raises(NotFound):
            service.end_sessions(make_work(session, actor), user.id)


def test_in_the_demo_one_click_is_enough(session: Session) -> None:
    user = a_user(session, is_demo=True)

    begun = service.begin_demo_session(make_work(session, ANYONE), user.id)

    running = queries.running_session(session, begun, MONDAY + SESSION_LIVES / 2)
    assert running is not None
    assert running.user_id == user.id


def test_nobody_real_can_be_signed_in_without_a_link(session: Session) -> None:
    user = a_user(session)

    with pytest.raises(NotFound):
        service.begin_demo_session(make_work(session, ANYONE), user.id)


# Roles


def test_a_gemeentebeheerder_names_an_opgavehouder_at_home(session: Session) -> None:
    gemeente = a_gemeente(session)
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=gemeente.code)
    user = a_user(session, gemeente_code=gemeente.code)

    service.grant_role(make_work(session, beheerder), user.id, Role.OPGAVEHOUDER)

    grant = session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).one()
    assert (grant.role, grant.granted_by, grant.granted_at, grant.ends_on, grant.ended_at) == (
        Role.OPGAVEHOUDER,
        beheerder.id,
        MONDAY,
        TODAY + timedelta(days=365),
        None,
    )
    fact = {"user_id": str(user.id), "role": "opgavehouder", "is_given": True}
    assert told(session) == [("role.changed", fact)]


@pytest.mark.parametrize("deed", [service.grant_role, service.end_role])
def test_accounts_of_another_gemeente_look_as_if_they_are_not_there(
    session: Session, deed: Any
) -> None:
    work = make_work(session, a_user(session, Role.GEMEENTEBEHEERDER))
    elsewhere = a_user(session, Role.OPGAVEHOUDER)

    with pytest.raises(NotFound) as foreign:
        deed(work, elsewhere.id, Role.OPGAVEHOUDER)
    with pytest.raises(NotFound) as absent:
        deed(work, uuid4(), Role.OPGAVEHOUDER)

    assert foreign.value.said == absent.value.said


def test_nobody_makes_a_beheerder_but_the_system(session: Session) -> None:
    user = a_user(session)

    with pytest.raises(NotFound):
        service.grant_role(
            make_work(session, a_user(session, Role.BEHEERDER)), user.id, Role.BEHEERDER
        )
    service.grant_role(make_work(session, SYSTEM), user.id, Role.BEHEERDER, reason="De eerste")

    session.refresh(user)
    assert queries.roles_of(user) == {Role.BEHEERDER}


def test_a_role_that_somebody_has_is_not_given_again(session: Session) -> None:
    user = a_user(session, Role.OPGAVEHOUDER)

    service.grant_role(make_work(session, SYSTEM), user.id, Role.OPGAVEHOUDER)

    assert (count(session, RoleGrant), told(session)) == (1, [])


def test_who_works_elsewhere_is_given_the_role_anew(session: Session) -> None:
    user = a_user(session, Role.OPGAVEHOUDER)
    user.gemeente_code = a_gemeente(session).code
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=user.gemeente_code)

    service.grant_role(make_work(session, beheerder), user.id, Role.OPGAVEHOUDER)

    session.flush()
    session.refresh(user)
    [left] = [one for one in user.grants if one.ended_at]
    [running] = queries.running_grants(user)
    assert left.gemeente_code != user.gemeente_code == running.gemeente_code
    assert [name for name, _ in told(session)] == ["role.expired", "role.changed"]


def test_the_clock_ends_what_stayed_behind_and_mails_nobody(session: Session) -> None:
    user = a_user(session, *Role)
    user.gemeente_code = a_gemeente(session).code
    session.flush()

    for _ in range(2):
        service.sweep_roles(make_work(session))

    assert {one.role for one in user.grants if one.ended_at is None} == {*OF_ALL}
    assert [name for name, _ in told(session)] == ["role.expired"] * 2


def test_the_clock_notes_where_a_role_is_for_that_the_release_before_gave(session: Session) -> None:
    user = a_user(session, Role.OPGAVEHOUDER)
    session.execute(update(RoleGrant).values(gemeente_code=None))
    session.refresh(user)
    before = len(queries.roles_of(user))

    service.sweep_roles(make_work(session))

    session.refresh(user.grants[0])
    assert before == 0
    assert queries.roles_of(user) == {Role.OPGAVEHOUDER}


@pytest.mark.parametrize("role", [Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER])
@pytest.mark.parametrize("has_it", [False, True])
def test_nobody_gives_or_prolongs_a_role_of_their_own(
    session: Session, role: Role, has_it: bool
) -> None:
    held = {Role.GEMEENTEBEHEERDER, Role.BEHEERDER} | ({role} if has_it else set())
    soon = TODAY + A_DAY
    user = a_user(session, grants=[a_grant(one, ends_on=soon) for one in sorted(held)])

    with pytest.raises(Conflict) as refused:
        service.grant_role(make_work(session, user), user.id, role)

    assert refused.value.said == service.NOT_TO_ONESELF
    assert queries.roles_of(user) == held
    assert told(session) == []
    assert {grant.ends_on for grant in user.grants} == {soon}


@pytest.mark.parametrize("days", [-1, 731])
def test_a_role_is_given_for_no_longer_than_two_years(session: Session, days: int) -> None:
    user = a_user(session)

    with pytest.raises(FaultyDraft):
        service.grant_role(
            make_work(session, SYSTEM), user.id, Role.OPGAVEHOUDER, TODAY + days * A_DAY
        )

    assert queries.roles_of(user) == frozenset()


def test_who_has_a_role_keeps_it_for_longer_and_never_for_shorter(session: Session) -> None:
    user = a_user(
        session,
        grants=[a_grant(Role.OPGAVEHOUDER, ends_on=TODAY + 7 * A_DAY, warned_on=TODAY)],
    )
    work = make_work(session, SYSTEM)

    service.grant_role(work, user.id, Role.OPGAVEHOUDER, TODAY + A_DAY)
    shorter = user.grants[0].ends_on
    service.grant_role(work, user.id, Role.OPGAVEHOUDER, TODAY + 91 * A_DAY)

    [grant] = user.grants
    assert (shorter, grant.ends_on, grant.warned_on) == (
        TODAY + 7 * A_DAY,
        TODAY + 91 * A_DAY,
        None,
    )
    fact = {"user_id": str(user.id), "role": "opgavehouder", "ends_on": "2027-02-22"}
    assert told(session) == [("role.prolonged", fact)]


def test_the_clock_notes_whose_hands_gave_what_the_release_before_gave(session: Session) -> None:
    giver, second = (a_user(session) for _ in range(2))
    by = [(None, None), (giver.id, None), (giver.id, second.id)]
    given = [
        a_grant(Role.GEMEENTEBEHEERDER, granted_by=one, confirmed_by=other) for one, other in by
    ]
    users = [a_user(session, grants=[one]) for one in given]
    kept = a_user(session, grants=[a_grant(Role.GEMEENTEBEHEERDER, hands=Hands.WITH_OPERATOR)])

    service.sweep_roles(make_work(session, SYSTEM))

    session.expire_all()
    found = [one.grants[0].hands for one in (*users, kept)]
    assert found == [Hands.OPERATOR, Hands.ONE, Hands.TWO, Hands.WITH_OPERATOR]


def test_a_role_works_on_its_last_day_and_no_longer(session: Session) -> None:
    user = a_user(session, grants=[a_grant(Role.OPGAVEHOUDER, ends_on=TODAY)])
    code = user.gemeente_code
    found = []
    for days in (0, 1):
        with time_machine.travel(MONDAY + days * A_DAY):
            held = queries.has_a_role(User.id, [Role.OPGAVEHOUDER])
            found.append(
                (
                    queries.actor_of(user).roles,
                    queries.with_role(session, Role.OPGAVEHOUDER, code),
                    session.scalars(select(User).where(held)).all(),
                )
            )

    assert found == [({Role.OPGAVEHOUDER}, [user], [user]), (frozenset(), [], [])]


def test_the_day_after_is_noted_once_and_the_role_can_be_given_again(session: Session) -> None:
    user = a_user(session, grants=[a_grant(Role.OPGAVEHOUDER, ends_on=TODAY - A_DAY)])
    still = a_user(session, Role.OPGAVEHOUDER)
    work = make_work(session, SYSTEM)

    service.sweep_roles(work)
    service.sweep_roles(work)
    service.grant_role(work, user.id, Role.OPGAVEHOUDER)

    session.refresh(user)
    assert [grant.ended_at for grant in sorted(user.grants, key=lambda one: one.ends_on)] == [
        MONDAY,
        None,
    ]
    assert [name for name, _ in told(session)] == ["role.expired", "role.changed"]
    assert queries.roles_of(still) == {Role.OPGAVEHOUDER}


def test_a_role_that_is_over_is_given_anew_before_anybody_noted_it(session: Session) -> None:
    user = a_user(session, grants=[a_grant(Role.OPGAVEHOUDER, ends_on=TODAY - A_DAY)])

    service.grant_role(make_work(session, SYSTEM), user.id, Role.OPGAVEHOUDER)

    session.refresh(user)
    assert queries.roles_of(user) == {Role.OPGAVEHOUDER}
    assert len(user.grants) == 2


def test_of_a_role_that_ends_people_are_told_twice(session: Session) -> None:
    ends_on = TODAY + 100 * A_DAY
    a_user(session, grants=[a_grant(Role.OPGAVEHOUDER, ends_on=ends_on)])

    days = []
    for passed in range(105):
        before = len(told(session))
        service.sweep_roles(make_work(session, SYSTEM, MONDAY + passed * A_DAY))
        session.flush()
        days += [(passed, name) for name, _ in told(session)[before:]]

    assert days == [(58, "role.ending"), (93, "role.ending"), (101, "role.expired")]


def test_one_role_given_twice_at_once_runs_once(shared: SharedDatabase) -> None:
    with shared.work() as work:
        user_id = a_user(work.session).id

    def give(work: Work) -> None:
        service.grant_role(work, user_id, Role.OPGAVEHOUDER)

    _, second = shared.overlap(give, give)

    with shared.work() as work:
        grants = select(func.count()).where(RoleGrant.user_id == user_id)
        assert work.session.scalar(grants) == 1
    assert second is None


def test_a_role_that_ended_is_kept_and_can_be_given_again(session: Session) -> None:
    user = a_user(session, Role.OPGAVEHOUDER)
    service.end_role(make_work(session, SYSTEM), user.id, Role.OPGAVEHOUDER)
    session.flush()

    assert queries.roles_of(user) == frozenset()

    service.grant_role(make_work(session, SYSTEM), user.id, Role.OPGAVEHOUDER)

    session.refresh(user)
    assert queries.roles_of(user) == {Role.OPGAVEHOUDER}
    assert sorted(grant.ended_at is None for grant in user.grants) == [False, True]
    assert [(name, fact["is_given"]) for name, fact in told(session)] == [
        ("role.changed", False),
        ("role.changed", True),
    ]


def test_ending_a_role_that_is_not_there_tells_nobody(session: Session) -> None:
    user = a_user(session, Role.GEMEENTEBEHEERDER)

    service.end_role(make_work(session, SYSTEM), user.id, Role.OPGAVEHOUDER)

    assert told(session) == []
    assert queries.roles_of(user) == {Role.GEMEENTEBEHEERDER}


def test_the_limit_on_links_holds_for_requests_at_once(shared: SharedDatabase) -> None:
    address = f"{uuid4().hex}@testerdam.example"
    with shared.work() as work:
        for _ in range(SIGN_IN_LINKS_AN_HOUR - 1):
            service.ask_sign_in(work, address)

    def ask(work: Work) -> None:
        service.ask_sign_in(work, address)

    shared.overlap(ask, ask)

    with shared.work() as work:
        count = select(func.count()).where(SignIn.email == address)
        assert work.session.scalar(count) == SIGN_IN_LINKS_AN_HOUR


def test_an_address_is_kept_as_what_it_is_and_not_as_a_link(session: Session) -> None:
    work = make_work(session)

    kept_id = service.keep_address(work, "Iemand@Testerdam.example ", WhyKept.LEFT)
    session.flush()

    kept = session.get_one(KeptAddress, kept_id)
    assert (kept.email, kept.why, kept.kept_at) == (
        *("iemand@testerdam.example", WhyKept.LEFT, MONDAY),
    )
    assert count(session, SignIn) == 0
    # Who left may be invited at once.
    assert not queries.was_invited(session, kept.email, MONDAY - A_DAY)
    service.forget_addresses(work, [kept_id])
    session.expire_all()
    assert session.get(KeptAddress, kept_id) is None


def test_nobody_is_kept_for_longer_than_they_are_not_invited_again() -> None:
    assert timedelta(days=dictionary().terms["uitnodiging"].days or 0) == INVITED_WITHIN

"""Reading accounts: who is it, what may they, who is there."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.models import AccessRequest, RoleGrant, User
from app.accounts.rules import AccessState
from app.accounts.service import begin_session
from app.core.actor import Actor, Role
from tests.support.builders import a_gemeente, a_user, an_access_request
from tests.support.queries import counted
from tests.support.work import MONDAY, make_work


def end(user_grants: list[RoleGrant]) -> None:
    for grant in user_grants:
        grant.ended_at = MONDAY


def test_an_address_is_known_however_it_is_written(session: Session) -> None:
    user = a_user(session, email="jan@testerdam.example")

    assert queries.by_email(session, " JAN@testerdam.example") is user
    assert queries.by_email(session, "piet@testerdam.example") is None


def test_a_session_runs_until_it_expires(session: Session) -> None:
    user = a_user(session)
    begun = begin_session(make_work(session), user.id)
    session.flush()
    found = [
        queries.running_session(session, begun, MONDAY + timedelta(hours=hours)) is not None
        for hours in (0, 11, 12, 13)
    ]

    assert found == [True, True, False, False]


def test_an_actor_has_the_roles_that_run(session: Session) -> None:
    user = a_user(session, Role.OPGAVEHOUDER, Role.BEHEERDER)
    end([grant for grant in user.grants if grant.role is Role.BEHEERDER])

    assert queries.actor_of(user) == Actor(
        user.id, user.gemeente_code, frozenset({Role.OPGAVEHOUDER})
    )


def test_a_role_stays_behind_where_somebody_works_no_more(session: Session) -> None:
    user = a_user(session, *Role)
    home = user.gemeente_code

    user.gemeente_code = a_gemeente(session).code
    session.flush()

    found = {role for role in Role if user in queries.with_role(session, role)}
    kept = {Role.COORDINATOR, Role.BEHEERDER}
    has_one = select(queries.has_a_role(User.id, set(Role) - kept)).where(User.id == user.id)
    assert queries.roles_of(user) == found == kept
    assert session.scalar(has_one) is False
    viewer = Actor(user_id=user.id, roles=frozenset(kept))
    assert {grant.role for _, grant in queries.held_roles(session, viewer)} == kept
    assert queries.held_roles(session, viewer, home) == []


def test_colleagues_are_those_of_one_gemeente_by_name(session: Session) -> None:
    code = a_gemeente(session).code
    for name in ("zoë", "Anna", "bert"):
        a_user(session, name=name, gemeente_code=code)
    a_user(session, name="Elders")

    assert [user.name for user in queries.colleagues(session, code)] == ["Anna", "bert", "zoë"]


def test_a_longer_list_of_colleagues_costs_no_more_statements(session: Session) -> None:
    costs = []
    for more in (1, 2):
        code = a_gemeente(session).code
        for _ in range(2 * more - 1):
            a_user(session, Role.OPGAVEHOUDER, gemeente_code=code)
        with counted(session) as statements:
            for user in queries.colleagues(session, code):
                queries.roles_of(user)
        costs.append(len(statements))

    assert costs == [2, 2]


def test_people_with_a_role_are_those_who_hold_it_now(session: Session) -> None:
    code = a_gemeente(session).code
    here = a_user(session, Role.OPGAVEHOUDER, name="Anna", gemeente_code=code)
    elsewhere = a_user(session, Role.OPGAVEHOUDER, name="Bert")
    end(a_user(session, Role.OPGAVEHOUDER, gemeente_code=code).grants)
    a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=code)
    session.flush()

    assert queries.with_role(session, Role.OPGAVEHOUDER) == [here, elsewhere]
    assert queries.with_role(session, Role.OPGAVEHOUDER, code) == [here]


def test_a_gemeente_counts_once_however_many_people_it_has(session: Session) -> None:
    before = queries.count_gemeenten(session)
    code = a_gemeente(session).code
    a_user(session, gemeente_code=code)
    a_user(session, gemeente_code=code)

    assert queries.count_gemeenten(session) == before + 1


def test_requests_wait_in_the_order_in_which_they_came(session: Session) -> None:
    code = a_gemeente(session).code
    for name, minutes, state in (
        ("tweede", 2, AccessState.WAITING),
        ("eerste", 1, AccessState.WAITING),
        ("beslist", 0, AccessState.GRANTED),
    ):
        session.add(
            AccessRequest(
                email=f"{name}@elders.example",
                name=name,
                gemeente_code=code,
                state=state,
                asked_at=MONDAY + timedelta(minutes=minutes),
            )
        )
    session.flush()

    found = [request.name for request in queries.waiting_requests(session)]
    assert found == ["eerste", "tweede"]


def test_requests_of_one_moment_have_one_order(session: Session) -> None:
    made = [an_access_request(session, f"{number}@elders.example") for number in range(6)]

    assert queries.waiting_requests(session) == sorted(made, key=lambda one: one.id)


def test_the_demo_has_its_own_people(session: Session) -> None:
    demo = a_user(session, is_demo=True)
    a_user(session)

    assert queries.demo_people(session) == [demo]

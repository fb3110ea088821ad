"""Matches follow profiles, opgaven and the nights; new ones are told once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Role
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.matching import saving, service
from app.matching.models import Match, NightlyRun
from app.opgaven import queries as opgaven
from app.opgaven import service as opgaven_service
from app.opgaven.models import Opgave
from app.opgaven.rules import Audience, OpgaveStatus, Place
from app.people import queries as people
from app.people import service as people_service
from app.people.models import Profile
from app.people.rules import ProfileState, SkillDraft
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import (
    a_gemeente,
    a_network,
    a_profile,
    a_skill,
    a_user,
    an_asked_skill,
    an_opgave,
)
from tests.support.queries import counted
from tests.support.work import MONDAY, TODAY, make_work

LATER = MONDAY + timedelta(hours=1)
Pair = tuple[UUID, UUID]


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


def pairs(session: Session) -> set[Pair]:
    return {
        (profile_id, opgave_id)
        for profile_id, opgave_id in session.execute(select(Match.profile_id, Match.opgave_id))
    }


def whole(session: Session) -> list[Row[Any]]:
    """Everything a match says, without its moments."""
    return list(
        session.execute(
            select(
                Match.profile_id, Match.opgave_id, Match.value, Match.tier, Match.reasons
            ).order_by(Match.profile_id, Match.opgave_id)
        )
    )


def told(session: Session) -> list[tuple[str, list[str]]]:
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.name == "matches.found")
        .order_by(OutboxMessage.id)
    )
    return [(row.payload["opgave_id"], row.payload["profile_ids"]) for row in rows]


# What fits is there, and what no longer fits is gone


def test_publishing_an_opgave_brings_its_matches_with_their_reasons(session: Session) -> None:
    profile = a_profile(session, "wonen")
    a_profile(session, "burgerzaken")
    opgave = an_opgave(session, "wonen")

    service.match_opgave(make_work(session), opgave.id)

    match = session.scalars(select(Match)).one()
    assert (match.profile_id, match.opgave_id) == (profile.user_id, opgave.id)
    assert (match.value, match.tier, match.found_at) == (100, 1, MONDAY)
    assert [(reason["asked"], reason["points"]) for reason in match.reasons] == [("wonen", 100)]
    assert told(session) == [(str(opgave.id), [str(profile.user_id)])]


def test_publishing_a_profile_brings_its_matches(session: Session) -> None:
    fitting = an_opgave(session, "wonen")
    an_opgave(session, "burgerzaken")
    profile = a_profile(session, "wonen")

    service.match_profile(make_work(session), profile.user_id)

    assert pairs(session) == {(profile.user_id, fitting.id)}
    assert told(session) == [(str(fitting.id), [str(profile.user_id)])]


def test_a_match_changes_with_the_profile(session: Session) -> None:
    user = a_user(session)
    profile = a_profile(session, a_skill("wonen", level=4), user=user)
    opgave = an_opgave(session, an_asked_skill("wonen", level=4))
    service.match_opgave(make_work(session), opgave.id)
    draft = people.draft_of(profile)
    humbler = replace(draft, skills=(replace(draft.skills[0], level=3),))
    people_service.write_profile(make_work(session, user), humbler)

    service.match_profile(make_work(session, now=LATER), user.id)

    match = session.scalars(select(Match).execution_options(populate_existing=True)).one()
    assert (match.value, match.found_at, match.changed_at) == (75, MONDAY, LATER)
    assert len(told(session)) == 1


def test_a_match_goes_when_the_skill_goes(session: Session) -> None:
    user = a_user(session)
    profile = a_profile(session, "wonen", user=user)
    service.match_opgave(make_work(session), an_opgave(session, "wonen").id)
    other = replace(people.draft_of(profile), skills=(SkillDraft("burgerzaken"),))
    people_service.write_profile(make_work(session, user), other)

    service.match_profile(make_work(session), user.id)

    assert pairs(session) == set()


@pytest.mark.parametrize("state", [ProfileState.PAUSED, ProfileState.CONCEPT])
def test_a_profile_that_does_not_count_has_no_matches(
    session: Session, state: ProfileState
) -> None:
    profile = a_profile(session, "wonen")
    service.match_opgave(make_work(session), an_opgave(session, "wonen").id)
    profile.state = state
    session.flush()

    service.match_profile(make_work(session), profile.user_id)

    assert pairs(session) == set()


@pytest.mark.parametrize(
    "status", [OpgaveStatus.WITHDRAWN, OpgaveStatus.DONE, OpgaveStatus.CONCEPT]
)
def test_an_opgave_that_is_not_open_has_no_matches(session: Session, status: OpgaveStatus) -> None:
    a_profile(session, "wonen")
    opgave, stays = an_opgave(session, "wonen"), an_opgave(session, "wonen")
    service.match_everything(make_work(session))
    opgave.status = status
    session.flush()

    service.match_opgave(make_work(session), opgave.id)

    assert {opgave_id for _, opgave_id in pairs(session)} == {stays.id}


def test_an_opgave_past_its_last_day_has_no_matches_before_it_is_closed(session: Session) -> None:
    profile = a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen")
    service.match_opgave(make_work(session), opgave.id)
    opgave.closes_on = TODAY - timedelta(days=1)
    session.flush()

    service.match_profile(make_work(session), profile.user_id)

    assert pairs(session) == set()


def test_an_opgave_that_asks_something_else_has_other_matches(session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    first, second = a_profile(session, "wonen"), a_profile(session, "burgerzaken")
    opgave = an_opgave(session, "wonen", owner=owner)
    service.match_opgave(make_work(session), opgave.id)
    draft = opgaven.draft_of(session, opgave)
    other = replace(draft, skills=(replace(draft.skills[0], label="burgerzaken"),))
    opgaven_service.revise_opgave(make_work(session, owner), opgave.id, other)

    service.match_opgave(make_work(session), opgave.id)

    assert pairs(session) == {(second.user_id, opgave.id)}
    assert told(session) == [
        (str(opgave.id), [str(first.user_id)]),
        (str(opgave.id), [str(second.user_id)]),
    ]


def test_what_is_not_there_any_more_has_no_matches(session: Session) -> None:
    a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen")
    service.match_opgave(make_work(session), opgave.id)
    session.execute(delete(Opgave).where(Opgave.id == opgave.id))

    service.match_opgave(make_work(session), opgave.id)

    assert pairs(session) == set()


# Who is never compared


def test_the_own_gemeente_never_matches(session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    a_profile(session, "wonen", user=a_user(session, gemeente_code=owner.gemeente_code))
    a_profile(session, "wonen", user=owner)
    an_opgave(session, "wonen", owner=owner)

    service.match_everything(make_work(session))

    assert pairs(session) == set()


def test_an_opgave_for_the_province_matches_only_there(session: Session) -> None:
    owner = a_user(
        session, Role.OPGAVEHOUDER, gemeente_code=a_gemeente(session, province="Zeeland").code
    )
    near = a_user(session, gemeente_code=a_gemeente(session, province="Zeeland").code)
    far = a_user(session, gemeente_code=a_gemeente(session, province="Drenthe").code)
    for user in (near, far):
        a_profile(session, "wonen", user=user)
    opgave = an_opgave(session, "wonen", owner=owner, audience=Audience.PROVINCE)

    for run in (service.match_everything, lambda work: service.match_profile(work, far.id)):
        run(make_work(session))
        assert pairs(session) == {(near.id, opgave.id)}


def test_an_opgave_for_the_network_matches_only_there(session: Session) -> None:
    home, near, far = (a_gemeente(session).code for _ in range(3))
    owner = a_user(session, Role.OPGAVEHOUDER, gemeente_code=home)
    member, other = (a_user(session, gemeente_code=code) for code in (near, far))
    for user in (member, other):
        a_profile(session, "wonen", user=user)
    a_network(session, home, near)
    a_network(session, near, far)
    opgave = an_opgave(session, "wonen", owner=owner, audience=Audience.NETWORK)

    for run in (service.match_everything, lambda work: service.match_profile(work, other.id)):
        run(make_work(session))
        assert pairs(session) == {(member.id, opgave.id)}


def test_a_weak_resemblance_is_not_worth_a_match(session: Session) -> None:
    a_profile(session, "wonen")
    asked = [an_asked_skill("wonen", must=False)]
    asked += [an_asked_skill(label) for label in ("burgerzaken", "jeugdhulp", "inkoop")]
    opgave = an_opgave(session, *asked)

    service.match_opgave(make_work(session), opgave.id)

    assert pairs(session) == set()


# Once told, not told again; once written, not written again


def test_comparing_again_writes_and_tells_nothing(session: Session) -> None:
    profile = a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen")
    service.match_everything(make_work(session))

    for run in (
        lambda work: service.match_opgave(work, opgave.id),
        lambda work: service.match_profile(work, profile.user_id),
        service.match_everything,
    ):
        run(make_work(session, now=LATER))

    changed_at = session.scalars(select(Match.changed_at)).all()
    assert (changed_at, len(told(session))) == ([MONDAY], 1)


def test_a_match_that_stands_elsewhere_for_the_same_reasons_is_written(session: Session) -> None:
    a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen")
    service.match_opgave(make_work(session), opgave.id)
    # As it was written when less counted as all that is needed.
    session.execute(update(Match).values(tier=2))

    service.match_opgave(make_work(session, now=LATER), opgave.id)

    match = session.scalars(select(Match).execution_options(populate_existing=True)).one()
    assert (match.tier, match.changed_at) == (1, LATER)


def test_a_match_that_comes_back_is_told_again(session: Session) -> None:
    profile = a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen")
    for state in (ProfileState.PUBLISHED, ProfileState.PAUSED, ProfileState.PUBLISHED):
        profile.state = state
        session.flush()
        service.match_profile(make_work(session), profile.user_id)

    assert told(session) == [(str(opgave.id), [str(profile.user_id)])] * 2


def test_many_new_matches_of_one_opgave_are_told_in_one_fact(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "ROWS_A_STATEMENT", 2)
    ids = {a_profile(session, "wonen").user_id for _ in range(5)}
    opgave = an_opgave(session, "wonen")

    service.match_opgave(make_work(session), opgave.id)

    [(told_of, profile_ids)] = told(session)
    assert told_of == str(opgave.id)
    assert {UUID(profile_id) for profile_id in profile_ids} == ids
    assert pairs(session) == {(profile_id, opgave.id) for profile_id in ids}


def test_more_of_everything_costs_no_more_statements(session: Session) -> None:
    costs = []
    # The first time the words are new as well.
    for more in (1, 1, 2):
        for _ in range(more):
            a_profile(session, "wonen")
            an_opgave(session, "wonen")
            an_opgave(session, "wonen", audience=Audience.PROVINCE)
        session.execute(delete(Match))
        with counted(session) as statements:
            service.match_everything(make_work(session))
            session.flush()
        costs.append(len([one for one in statements if "INSERT INTO outbox" not in one]))

    assert costs[1] == costs[2]


# The three ways of comparing agree

LABELS = ("wonen", "burgerzaken", "jeugdhulp", "inkoop")


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    labels = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True)
    place = st.integers(0, 2)
    profile = st.tuples(place, labels, st.integers(1, 4), st.booleans(), st.integers(1, 12))
    opgave = st.tuples(place, labels, st.booleans(), st.sampled_from(Place), st.booleans())
    return {
        "profiles": draw(st.lists(profile, min_size=1, max_size=4)),
        "opgaven": draw(st.lists(opgave, min_size=1, max_size=3)),
    }


def build(session: Session, world: dict[str, Any]) -> tuple[list[Profile], list[Opgave]]:
    provinces = ("Zeeland", "Zeeland", "Drenthe")
    codes = [a_gemeente(session, province=province).code for province in provinces]
    profiles = [
        a_profile(
            session,
            *(a_skill(label, level=level, energy=1 + level) for label in labels),
            user=a_user(session, gemeente_code=codes[place]),
            remote=remote,
            state=ProfileState.PUBLISHED if energy > 1 else ProfileState.PAUSED,
        )
        for place, labels, level, remote, energy in world["profiles"]
    ]
    made = [
        an_opgave(
            session,
            *(an_asked_skill(label, must=must) for label in labels),
            owner=a_user(session, Role.OPGAVEHOUDER, gemeente_code=codes[home]),
            place=place,
            audience=Audience.PROVINCE if near else Audience.EVERYBODY,
        )
        for home, labels, must, place, near in world["opgaven"]
    ]
    return profiles, made


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(world=worlds())
def test_one_by_one_gives_the_same_as_everything_at_once(
    session: Session, world: dict[str, Any]
) -> None:
    point = session.begin_nested()
    profiles, made = build(session, world)
    work = make_work(session)
    service.match_everything(work)
    everything = whole(session)

    session.execute(delete(Match))
    for opgave in made:
        service.match_opgave(work, opgave.id)
    assert whole(session) == everything

    session.execute(delete(Match))
    for profile in profiles:
        service.match_profile(work, profile.user_id)
    assert whole(session) == everything
    point.rollback()


# Two writers at once


def test_a_slow_run_does_not_write_over_what_a_later_one_knows(shared: SharedDatabase) -> None:
    with shared.work() as work:
        user = a_user(work.session)
        a_profile(work.session, a_skill("jeugdhulp", level=4), user=user)
        asked = an_asked_skill("jeugdhulp", level=4)
        opgave_id = an_opgave(work.session, asked).id
        actor = accounts.actor_of(user)

    def edit_and_compare(work: Work) -> None:
        profile = work.session.get_one(Profile, actor.user_id)
        profile.skills[0].level = 3
        work.session.flush()
        service.match_profile(work, profile.user_id)

    shared.overlap(edit_and_compare, lambda work: service.match_opgave(work, opgave_id), actor)

    with shared.work() as work:
        match = work.session.get_one(Match, (actor.user_id, opgave_id))
        assert match.value == 75


def test_two_runs_at_once_end_as_one_after_the_other(shared: SharedDatabase) -> None:
    with shared.work() as work:
        ids = {a_profile(work.session, "inkoop").user_id for _ in range(3)}
        opgave_id = an_opgave(work.session, "inkoop").id

    shared.overlap(service.match_everything, lambda work: service.match_opgave(work, opgave_id))

    with shared.work() as work:
        found = {pair for pair in pairs(work.session) if pair[1] == opgave_id}
        assert found == {(profile_id, opgave_id) for profile_id in ids}
        assert [one[0] for one in told(work.session)].count(str(opgave_id)) == 1


# Every night


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (datetime(2026, 11, 23, 0, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 23, 1, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), None),
        (datetime(2026, 7, 1, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 11, 23, 22, 59, tzinfo=UTC), date(2026, 11, 23)),
        # The hour from two to three does not exist, and comes twice.
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), None),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_the_night_begins_at_two_in_amsterdam(
    session: Session, now: datetime, night: date | None
) -> None:
    service.match_nightly(make_work(session, now=now))

    assert session.scalars(select(NightlyRun.night)).all() == ([night] if night else [])


def test_everything_is_compared_once_a_night(session: Session) -> None:
    a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen")
    service.match_nightly(make_work(session))
    opgave.status = OpgaveStatus.WITHDRAWN
    session.flush()

    service.match_nightly(make_work(session, now=LATER))

    run = session.scalars(select(NightlyRun)).one()
    assert (run.began_at, run.matches, len(pairs(session))) == (MONDAY, 1, 1)

    service.match_nightly(make_work(session, now=MONDAY + timedelta(days=1)))

    assert pairs(session) == set()


def test_time_itself_ends_a_match(session: Session) -> None:
    profile = a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen")
    service.match_everything(make_work(session))
    profile.windows[0].ends_on = opgave.starts_on
    session.flush()

    service.match_nightly(make_work(session))

    assert pairs(session) == set()


def test_two_nightly_runs_at_once_are_one(shared: SharedDatabase) -> None:
    night = MONDAY + timedelta(days=30)

    shared.overlap(service.match_nightly, service.match_nightly, now=night)

    with shared.work() as work:
        runs = select(func.count()).where(NightlyRun.began_at == night)
        assert work.session.scalar(runs) == 1


def test_somebody_who_moves_to_the_asking_gemeente_no_longer_matches(session: Session) -> None:
    user = a_user(session)
    a_profile(session, "wonen", user=user)
    opgave = an_opgave(session, "wonen")
    service.match_everything(make_work(session))
    session.execute(
        update(User).where(User.id == user.id).values(gemeente_code=opgave.gemeente_code)
    )

    service.match_nightly(make_work(session))

    assert pairs(session) == set()

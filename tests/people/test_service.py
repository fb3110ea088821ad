"""Writing, publishing and pausing one's own profile: each promise and each refusal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import ANYONE, Actor
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.people import queries, service
from app.people.models import Consent, Profile, Skill, Window
from app.people.rules import (
    CONSENT,
    CONSENTS,
    Direction,
    Level,
    Movement,
    ProfileDraft,
    ProfileState,
    SkillDraft,
    Visibility,
    WindowDraft,
)
from app.vocabulary.rules import Theme
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_profile, a_skill, a_user
from tests.support.work import MONDAY, TODAY, make_work

WHOLE = ProfileDraft(
    function="Verkeerskundige",
    headline="Ik help graag",
    about="Twintig jaar bij de gemeente.",
    themes=(Theme.MOBILITEIT, Theme.RUIMTE),
    movement=(Movement.AANPAKKER,),
    skills=(
        SkillDraft("Verkeerskunde", 4, 12, 5, Direction.CAN, "De rotonde"),
        SkillDraft("Power BI", 1, 0, 4, Direction.WANTS),
    ),
    windows=(
        WindowDraft(16, TODAY, TODAY + timedelta(days=90)),
        WindowDraft(8, TODAY + timedelta(days=91)),
    ),
    travel_km=0,
    remote=False,
    visibility=Visibility.GEMEENTE,
)
EMPTY = ProfileDraft()


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


@pytest.fixture
def somebody(session: Session) -> User:
    return a_user(session)


def told(session: Session) -> list[tuple[str, dict[str, Any]]]:
    rows = session.execute(
        select(OutboxMessage.name, OutboxMessage.payload).order_by(OutboxMessage.id)
    )
    return [(name, payload) for name, payload in rows]


def later(session: Session, user: User) -> Work:
    return make_work(session, user, MONDAY + timedelta(hours=1))


# Writing


def test_a_first_profile_is_a_concept_that_nobody_hears_of(
    session: Session, somebody: User
) -> None:
    profile = service.write_profile(make_work(session, somebody), WHOLE)

    assert (profile.user_id, profile.state, profile.version, profile.changed_at) == (
        somebody.id,
        ProfileState.CONCEPT,
        1,
        MONDAY,
    )
    assert (profile.published_at, told(session)) == (None, [])


def test_everything_that_was_written_comes_back(session: Session, somebody: User) -> None:
    service.write_profile(make_work(session, somebody), WHOLE)
    session.expire_all()

    profile = queries.own_profile(session, somebody.id)
    assert profile is not None
    assert queries.draft_of(profile) == WHOLE
    assert [skill.label_normal for skill in profile.skills] == ["verkeerskunde", "power bi"]


def test_what_is_left_out_the_next_time_is_gone(session: Session, somebody: User) -> None:
    service.write_profile(make_work(session, somebody), WHOLE)
    shorter = replace(WHOLE, skills=WHOLE.skills[1:], windows=())

    service.write_profile(later(session, somebody), shorter)
    session.expire_all()

    profile = session.get_one(Profile, somebody.id)
    rows = [session.scalar(select(func.count()).select_from(kind)) for kind in (Skill, Window)]
    assert queries.draft_of(profile) == shorter
    assert rows == [1, 0]
    assert (profile.version, profile.changed_at) == (2, MONDAY + timedelta(hours=1))


def test_a_faulty_draft_changes_nothing(session: Session, somebody: User) -> None:
    work = make_work(session, somebody)
    service.write_profile(work, WHOLE)

    with pytest.raises(FaultyDraft):
        service.write_profile(work, replace(WHOLE, travel_km=401))

    session.expire_all()
    assert queries.draft_of(session.get_one(Profile, somebody.id)) == WHOLE


def test_a_profile_has_an_owner(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.write_profile(make_work(session, ANYONE), WHOLE)


def test_writing_a_published_profile_is_told(session: Session, somebody: User) -> None:
    a_profile(session, "wonen", user=somebody)

    service.write_profile(make_work(session, somebody), WHOLE)

    assert told(session) == [("profile.changed", {"user_id": str(somebody.id)})]


def test_writing_a_paused_profile_is_not_told(session: Session, somebody: User) -> None:
    profile = a_profile(session, user=somebody, state=ProfileState.PAUSED)

    service.write_profile(make_work(session, somebody), WHOLE)

    assert (profile.state, told(session)) == (ProfileState.PAUSED, [])


def test_a_published_profile_must_stay_complete(session: Session, somebody: User) -> None:
    profile = a_profile(session, "wonen", user=somebody)

    with pytest.raises(FaultyDraft) as refusal:
        service.write_profile(make_work(session, somebody), EMPTY)

    assert [fault.field for fault in refusal.value.faults] == ["headline", "skills", "windows"]
    assert ([skill.label for skill in profile.skills], told(session)) == (["wonen"], [])


def test_the_database_keeps_every_level_and_no_other(session: Session) -> None:
    a_profile(session, *(a_skill(level.name, level=level) for level in Level))

    for level in (min(Level) - 1, max(Level) + 1):
        with pytest.raises(IntegrityError, match="level_in_range"), session.begin_nested():
            a_profile(session, a_skill("wonen", level=level))


# Two tabs


@pytest.mark.parametrize("version", [0, 1, 3])
def test_another_version_than_the_writer_saw_is_refused(
    session: Session, somebody: User, version: int
) -> None:
    profile = a_profile(session, user=somebody, version=2, headline="Zoals het was")

    with pytest.raises(Conflict, match="intussen in een ander venster gewijzigd"):
        service.write_profile(make_work(session, somebody), replace(WHOLE, version=version))

    assert profile.headline == "Zoals het was"


def test_the_version_that_the_writer_saw_is_taken(session: Session, somebody: User) -> None:
    profile = a_profile(session, user=somebody, version=2)

    service.write_profile(make_work(session, somebody), replace(WHOLE, version=2))

    assert (profile.headline, profile.version) == (WHOLE.headline, 3)


def test_of_two_tabs_that_save_at_once_the_second_is_refused(shared: SharedDatabase) -> None:
    owner = an_owner(shared, "wonen")

    def save(headline: str) -> Any:
        draft = replace(WHOLE, headline=headline, version=1)
        return lambda work: service.write_profile(work, draft)

    _, second = shared.overlap(save("eerste"), save("tweede"), owner)

    assert isinstance(second, Conflict)
    assert what_stands(shared, owner).headline == "eerste"


def test_a_tab_that_had_read_the_profile_before_is_refused_as_well(
    shared: SharedDatabase,
) -> None:
    owner = an_owner(shared, "wonen")
    draft = replace(WHOLE, version=1)

    with shared.work(owner) as work:
        assert owner.user_id is not None
        seen_before = queries.own_profile(work.session, owner.user_id)
        with shared.work(owner) as other_tab:
            service.write_profile(other_tab, replace(draft, headline="eerste"))
        assert seen_before is not None
        with pytest.raises(Conflict):
            service.write_profile(work, draft)

    assert what_stands(shared, owner).headline == "eerste"


def test_two_first_writes_at_once_make_one_profile(shared: SharedDatabase) -> None:
    with shared.work() as work:
        owner = accounts.actor_of(a_user(work.session))

    def save(headline: str) -> Any:
        draft = replace(WHOLE, headline=headline)
        return lambda work: service.write_profile(work, draft).version

    versions = shared.overlap(save("eerste"), save("tweede"), owner)

    assert versions == (1, 2)
    assert what_stands(shared, owner) == replace(WHOLE, headline="tweede")


def an_owner(shared: SharedDatabase, skill: str) -> Actor:
    with shared.work() as work:
        user = a_user(work.session)
        a_profile(work.session, skill, user=user)
        return accounts.actor_of(user)


def what_stands(shared: SharedDatabase, owner: Actor) -> ProfileDraft:
    with shared.work() as work:
        return queries.draft_of(work.session.get_one(Profile, owner.user_id))


# Publishing and pausing


def test_publishing_lets_the_profile_count(session: Session, somebody: User) -> None:
    service.write_profile(make_work(session, somebody), WHOLE)

    profile = service.publish_profile(later(session, somebody))

    assert (profile.state, profile.published_at, profile.version) == (
        ProfileState.PUBLISHED,
        MONDAY + timedelta(hours=1),
        2,
    )
    assert told(session) == [("profile.changed", {"user_id": str(somebody.id)})]


def test_publishing_twice_tells_once(session: Session, somebody: User) -> None:
    profile = a_profile(session, "wonen", user=somebody)

    service.publish_profile(later(session, somebody))

    assert (profile.published_at, profile.version, told(session)) == (MONDAY, 1, [])


def test_what_is_missing_keeps_a_profile_from_being_published(
    session: Session, somebody: User
) -> None:
    profile = service.write_profile(make_work(session, somebody), replace(WHOLE, windows=()))

    with pytest.raises(FaultyDraft) as refusal:
        service.publish_profile(make_work(session, somebody))

    assert [fault.field for fault in refusal.value.faults] == ["windows"]
    assert (profile.state, told(session)) == (ProfileState.CONCEPT, [])


def test_pausing_takes_the_profile_out(session: Session, somebody: User) -> None:
    profile = a_profile(session, "wonen", user=somebody)

    service.pause_profile(make_work(session, somebody))
    service.pause_profile(make_work(session, somebody))

    assert (profile.state, profile.version) == (ProfileState.PAUSED, 2)
    assert told(session) == [("profile.paused", {"user_id": str(somebody.id)})]


def test_a_concept_has_nothing_to_pause(session: Session, somebody: User) -> None:
    profile = service.write_profile(make_work(session, somebody), WHOLE)

    service.pause_profile(make_work(session, somebody))

    assert (profile.state, told(session)) == (ProfileState.CONCEPT, [])


def test_a_paused_profile_can_come_back(session: Session, somebody: User) -> None:
    profile = a_profile(session, "wonen", user=somebody, state=ProfileState.PAUSED)

    service.publish_profile(later(session, somebody))

    assert (profile.state, profile.published_at) == (
        ProfileState.PUBLISHED,
        MONDAY + timedelta(hours=1),
    )


@pytest.mark.parametrize("deed", [service.publish_profile, service.pause_profile])
def test_who_has_no_profile_has_nothing_to_publish_or_pause(
    session: Session, somebody: User, deed: Any
) -> None:
    with pytest.raises(NotFound):
        deed(make_work(session, somebody))


def test_pausing_waits_for_a_save_and_keeps_it(shared: SharedDatabase) -> None:
    owner = an_owner(shared, "wonen")

    shared.overlap(lambda work: service.write_profile(work, WHOLE), service.pause_profile, owner)

    with shared.work() as work:
        profile = work.session.get_one(Profile, owner.user_id)
        assert (profile.state, profile.headline) == (ProfileState.PAUSED, WHOLE.headline)


def consents(session: Session) -> list[tuple[str, datetime, datetime | None]]:
    found = session.scalars(select(Consent).order_by(Consent.given_at, Consent.withdrawn_at))
    return [(one.text_version, one.given_at, one.withdrawn_at) for one in found]


def test_who_publishes_agrees_with_a_text_until_they_pause(session: Session) -> None:
    profile = a_profile(session, "wmo", state=ProfileState.CONCEPT)
    own = session.get_one(User, profile.user_id)
    later = MONDAY + timedelta(days=1)

    service.publish_profile(make_work(session, own))
    service.publish_profile(make_work(session, own, later))
    given = consents(session)
    service.pause_profile(make_work(session, own, later))
    withdrawn = consents(session)
    service.publish_profile(make_work(session, own, later))

    assert given == [(CONSENT, MONDAY, None)]
    assert withdrawn == [(CONSENT, MONDAY, later)]
    assert consents(session) == [(CONSENT, MONDAY, later), (CONSENT, later, None)]


def test_who_agreed_with_a_text_of_before_agrees_anew(session: Session) -> None:
    profile = a_profile(session, "wmo", state=ProfileState.PAUSED)
    own = session.get_one(User, profile.user_id)
    before = MONDAY - timedelta(days=400)
    agreed = {"user_id": own.id, "text_version": "2025-01", "given_at": before}
    session.add(Consent(id=uuid4(), **agreed))
    session.flush()

    service.publish_profile(make_work(session, own))

    assert consents(session) == [("2025-01", before, MONDAY), (CONSENT, MONDAY, None)]


def test_a_text_that_people_agreed_with_stays_as_it_was() -> None:
    """Add another version instead."""
    known = {version: sha256(text.encode()).hexdigest()[:12] for version, text in CONSENTS.items()}

    # pragma: allowlist nextline secret
    assert known == {"2026-11": "c163f2ea52f7"}

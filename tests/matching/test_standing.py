"""With a snapshot of any age the answer is what comparing everybody with everything gives."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete, func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.locks import BUILD_LOCK
from app.matching import building, disputes, queries, service, snapshot
from app.matching.core.facts import Score
from app.matching.core.release import RULES
from app.matching.models import Build, Change, Match
from app.matching.shelf import NO_SHELF, Shelf
from app.matching.standing import (
    NoSnapshotYet,
    Standing,
    match_of_person,
    matches_of_person,
    standing,
)
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import Audience, OpgaveStatus, Place
from app.people.models import Profile, Skill
from app.people.rules import Direction, ProfileState
from app.vocabulary.models import VocabularyVersion
from tests.support.builders import (
    a_dispute,
    a_gemeente,
    a_network,
    a_profile,
    a_skill,
    a_user,
    an_asked_skill,
    an_opgave,
)
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY, TODAY, make_work

# So few of the best are found, that others stand behind them.
FEW = 2
# Known, narrower, spelled otherwise, kin, unknown, and nothing to compare.
LABELS = (
    *("RO", "planologie", "omgevingsplan", "jeugdzorg", "pleegzorg", "jeugdhulp"),
    *("omgevings plan", "pleegzrog", "wolkenfluisteren", "wolken fluisteren", "!!", "Wmo"),
)


class Platform:
    """People and opgaven that change, with the work that follows from each change."""

    def __init__(self, session: Session, shelf: Shelf, seed: int) -> None:
        self.session, self.shelf, self.random = session, shelf, Random(seed)
        self.gemeenten = [
            a_gemeente(session, province=("Utrecht", "Drenthe")[at % 2]) for at in range(3)
        ]
        a_network(session, *(one.code for one in self.gemeenten[:2]))
        self.profiles: list[Profile] = []
        self.opgaven: list[Opgave] = []
        for _ in range(4):
            self.publish_profile()
            self.publish_opgave()

    def publish_profile(self) -> None:
        gemeente = self.random.choice(self.gemeenten)
        user = a_user(self.session, gemeente_code=gemeente.code)
        profile = a_profile(self.session, user=user, skills=self._skills())
        profile.travel_km, profile.remote = self.random.choice([(0, True), (400, False)])
        self.profiles.append(profile)
        self._changed(profile)

    def publish_opgave(self) -> None:
        gemeente = self.random.choice(self.gemeenten)
        owner = a_user(self.session, Role.OPGAVEHOUDER, gemeente_code=gemeente.code)
        opgave = an_opgave(
            self.session,
            owner=owner,
            skills=self._asked(),
            place=self.random.choice(list(Place)),
            audience=self.random.choice(list(Audience)),
        )
        self.opgaven.append(opgave)
        self._asked_otherwise(opgave)

    def change_profile(self) -> None:
        profile = self.random.choice(self.profiles)
        profile.skills = self._skills()
        self._changed(profile)

    def pause_or_go_on(self) -> None:
        profile = self.random.choice(self.profiles)
        is_here = profile.state is ProfileState.PUBLISHED
        profile.state = ProfileState.PAUSED if is_here else ProfileState.PUBLISHED
        self._changed(profile)

    def change_opgave(self) -> None:
        opgave = self.random.choice(self.opgaven)
        opgave.skills = self._asked()
        self._asked_otherwise(opgave)

    def end_or_open(self) -> None:
        opgave = self.random.choice(self.opgaven)
        is_open = opgave.status is OpgaveStatus.OPEN
        opgave.status = OpgaveStatus.DONE if is_open else OpgaveStatus.OPEN
        self._asked_otherwise(opgave)

    def dispute(self) -> None:
        profile = self.random.choice(self.profiles)
        offered = self.random.choice([None, *(skill.label for skill in profile.skills)])
        asked = self.random.choice(LABELS)
        said = disputes.standing_of(self.session, [profile.user_id])
        if (asked, offered) not in {
            (one.asked, one.offered) for one in said.get(profile.user_id, ())
        }:
            a_dispute(self.session, profile, asked, offered)
            self._changed(profile)

    def make_a_snapshot(self) -> None:
        building.build(make_work(self.session), self.shelf.folder)

    def _changed(self, profile: Profile) -> None:
        self.session.flush()
        service.match_profile(make_work(self.session), profile.user_id, self.shelf)

    def _asked_otherwise(self, opgave: Opgave) -> None:
        self.session.flush()
        service.match_opgave(make_work(self.session), opgave.id, self.shelf)

    def _skills(self) -> list[Skill]:
        labels = self.random.sample(LABELS, self.random.randint(1, 4))
        return [
            a_skill(
                label,
                id=uuid4(),
                place=place,
                level=self.random.randint(1, 4),
                energy=self.random.randint(1, 5),
                direction=self.random.choice(list(Direction)),
            )
            for place, label in enumerate(labels)
        ]

    def _asked(self) -> list[AskedSkill]:
        labels = self.random.sample(LABELS, self.random.randint(1, 3))
        rows = [
            an_asked_skill(label, must=self.random.random() < 0.5, level=self.random.randint(1, 4))
            for label in labels
        ]
        for place, row in enumerate(rows):
            row.place = place
        return rows


STEPS: tuple[Callable[[Platform], None], ...] = (
    Platform.publish_profile,
    Platform.publish_opgave,
    Platform.change_profile,
    Platform.pause_or_go_on,
    Platform.change_opgave,
    Platform.end_or_open,
    Platform.dispute,
    Platform.make_a_snapshot,
)


def of_opgaven(standing: Standing) -> dict[str, list[Score]]:
    opgaven = queries.opgave_facts(standing.session, TODAY)
    return {str(opgave.id): standing.people_for(opgave) for opgave in opgaven}


def of_profiles(standing: Standing) -> dict[str, list[Score]]:
    profiles = queries.profile_facts(standing.session)
    return {str(profile.id): standing.opgaven_for(profile) for profile in profiles}


def best(found: dict[str, list[Score]]) -> dict[str, list[Score]]:
    return {one: scores[:FEW] for one, scores in found.items()}


def check_after(steps: Sequence[Callable[[Platform], None]], platform: Platform) -> None:
    platform.make_a_snapshot()

    for step in steps:
        step(platform)

    now = standing(platform.session, TODAY, platform.shelf)
    plain = Standing(platform.session, TODAY, country=None)
    assert now.country is not None
    assert best(of_opgaven(now)) == best(of_opgaven(plain))
    assert best(of_profiles(now)) == best(of_profiles(plain))


def test_after_any_changes_the_answer_is_that_of_comparing_all(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_vocabulary(session, tmp_path)
    monkeypatch.setattr("app.matching.country.BEST_KEPT", FEW)

    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 2**32), steps=st.lists(st.sampled_from(STEPS), max_size=10))
    def holds(seed: int, steps: list[Callable[[Platform], None]]) -> None:
        point = session.begin_nested()
        try:
            check_after(steps, Platform(session, Shelf(tmp_path / uuid4().hex), seed))
        finally:
            point.rollback()
            session.expire_all()

    holds()


def test_what_changed_is_counted_from_what_it_is_now(session: Session, shelf: Shelf) -> None:
    profile = a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen")
    service.match_everything(make_work(session), shelf)
    profile.skills = [a_skill("burgerzaken")]
    session.flush()
    service.match_profile(make_work(session), profile.user_id, shelf)

    now = standing(session, TODAY, shelf)

    assert now.profiles == {profile.user_id}
    assert now.people_for(queries.opgave_facts(session, TODAY, [opgave.id])[0]) == []


def test_a_snapshot_takes_in_the_changes_that_were_told_before_it(
    session: Session, shelf: Shelf
) -> None:
    profile = a_profile(session, "wonen")
    service.match_profile(make_work(session), profile.user_id, shelf)

    building.build(make_work(session), shelf.folder)

    assert session.scalars(select(Change)).all() == []
    assert standing(session, TODAY, shelf).profiles == frozenset()


def test_a_snapshot_that_came_while_we_looked_is_read_anew(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = a_profile(session, "wonen")
    building.build(make_work(session), shelf.folder)
    service.match_profile(make_work(session), profile.user_id, shelf)
    old = shelf.newest()
    looks = iter([old])
    newest = shelf.newest
    # At the first look the old one is there still; by then a builder took the change away.
    monkeypatch.setattr(shelf, "newest", lambda: next(looks, None) or newest())
    building.build(make_work(session), shelf.folder)

    now = standing(session, TODAY, shelf)

    assert now.country is not None
    assert now.country is not old


def test_a_person_reads_what_fits_from_the_snapshot(session: Session, shelf: Shelf) -> None:
    profile = a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen")
    viewer = make_work(session, session.get_one(User, profile.user_id)).actor
    building.build(make_work(session), shelf.folder)

    [match] = matches_of_person(session, viewer, TODAY, shelf)

    assert (match.opgave_id, match.value) == (opgave.id, 100)
    assert matches_of_person(session, viewer, TODAY, NO_SHELF) == []
    assert match_of_person(session, profile.user_id, opgave.id, TODAY) == match


def test_a_snapshot_of_another_release_is_passed_over(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_profile(session, "wonen")
    building.build(make_work(session), shelf.folder)
    monkeypatch.setattr(snapshot, "RULES", RULES + 1)

    assert shelf.newest() is None
    assert standing(session, TODAY, shelf).country is None


@pytest.mark.parametrize("spoiled", ["", "{", '{"version": 1}'])
def test_a_snapshot_that_is_damaged_is_passed_over(
    session: Session, shelf: Shelf, spoiled: str
) -> None:
    country = building.build(make_work(session), shelf.folder)
    assert shelf.folder is not None
    (shelf.folder / country.manifest.version / "manifest.json").write_text(spoiled)

    assert shelf.newest() is None


def test_a_folder_that_is_no_folder_holds_no_snapshot(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert Shelf(tmp_path / "file").newest() is None


# When a new snapshot is due


def test_the_first_snapshot_is_made_at_once(session: Session, shelf: Shelf) -> None:
    assert service.keep_fresh(make_work(session), shelf)
    assert not service.keep_fresh(make_work(session), shelf)


def test_a_change_waits_for_five_minutes_at_most(session: Session, shelf: Shelf) -> None:
    profile = a_profile(session, "wonen")
    service.keep_fresh(make_work(session), shelf)
    service.match_profile(make_work(session), profile.user_id, shelf)

    assert not service.keep_fresh(make_work(session, now=MONDAY + timedelta(minutes=4)), shelf)
    assert service.keep_fresh(make_work(session, now=MONDAY + timedelta(minutes=5)), shelf)


def test_a_snapshot_of_another_database_is_replaced(session: Session, shelf: Shelf) -> None:
    service.keep_fresh(make_work(session), shelf)
    # As after putting back a backup.
    session.execute(delete(Build))
    session.expire_all()

    assert service.keep_fresh(make_work(session), shelf)
    assert not service.keep_fresh(make_work(session), shelf)


def test_without_a_snapshot_too_much_is_not_compared_one_by_one(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.matching.standing.MOST_ONE_BY_ONE", 1)
    profiles = [a_profile(session, "wonen") for _ in range(2)]
    opgaven = [an_opgave(session, "wonen") for _ in range(2)]

    with pytest.raises(NoSnapshotYet):
        service.match_opgave(make_work(session), opgaven[0].id, shelf)
    with pytest.raises(NoSnapshotYet):
        service.match_profile(make_work(session), profiles[0].user_id, shelf)
    service.keep_fresh(make_work(session), shelf)
    service.match_opgave(make_work(session), opgaven[0].id, shelf)
    assert len(session.scalars(select(Match)).all()) == 2


def test_many_changes_do_not_wait(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_CHANGES", 2)
    service.keep_fresh(make_work(session), shelf)
    made = []
    for _ in range(2):
        service.match_profile(make_work(session), a_profile(session, "wonen").user_id, shelf)
        made.append(service.keep_fresh(make_work(session), shelf))

    assert made == [False, True]


def test_other_words_do_not_wait(session: Session, shelf: Shelf) -> None:
    service.keep_fresh(make_work(session), shelf)
    session.merge(VocabularyVersion(id=1, version=uuid4()))
    session.flush()

    assert service.keep_fresh(make_work(session), shelf)


# What changes without a word to us


def test_who_was_deleted_makes_room_for_the_next(session: Session, shelf: Shelf) -> None:
    """Fifty are asked for; the best fifty are no more."""
    best = [a_profile(session, "wonen").user_id for _ in range(50)]
    last = a_profile(session, a_skill("wonen", energy=1)).user_id
    opgave = an_opgave(session, "wonen")
    building.build(make_work(session), shelf.folder)
    session.execute(delete(Profile).where(Profile.user_id.in_(best)))

    [asking] = queries.opgave_facts(session, TODAY, [opgave.id])
    found = standing(session, TODAY, shelf).people_for(asking)

    assert [one.profile_id for one in found] == [last]


def test_what_closed_as_the_day_ended_makes_room_for_the_next(
    session: Session, shelf: Shelf
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    for _ in range(50):
        an_opgave(session, "wonen", owner=owner, closes_on=TODAY)
    last = an_opgave(session, an_asked_skill("wonen", level=4), owner=owner).id
    profile = a_profile(session, "wonen")
    building.build(make_work(session), shelf.folder)

    [facts] = queries.profile_facts(session, [profile.user_id])
    found = standing(session, TODAY + timedelta(days=1), shelf).opgaven_for(facts)

    assert [one.opgave_id for one in found] == [last]


def test_beside_a_snapshot_of_another_database_every_change_counts(
    session: Session, shelf: Shelf
) -> None:
    profile, opgave = a_profile(session, "wonen"), an_opgave(session, "zorg")
    for _ in range(3):
        service.match_profile(make_work(session), profile.user_id, shelf)
    building.build(make_work(session), shelf.folder)
    # As after putting back a backup: no builds, and changes are numbered from one.
    session.execute(delete(Build))
    session.expire_all()
    session.execute(text("ALTER TABLE matching_change ALTER COLUMN number RESTART WITH 1"))
    profile.skills = [a_skill("zorg")]
    session.flush()

    service.match_profile(make_work(session), profile.user_id, shelf)

    assert session.scalars(select(Match.opgave_id)).all() == [opgave.id]


def test_who_finds_a_builder_at_work_makes_no_snapshot(
    session: Session, shelf: Shelf, database: URL
) -> None:
    engine = create_engine(database)
    with engine.begin() as other:
        other.execute(select(func.pg_advisory_xact_lock(BUILD_LOCK)))
        assert not service.keep_fresh(make_work(session), shelf)
    engine.dispose()

    assert service.keep_fresh(make_work(session), shelf)

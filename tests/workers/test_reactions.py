"""What follows from what, from the fact to the last effect."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.jobs import Job, JobState
from app.matching.disputing import dispute, withdraw
from app.matching.models import Dispute, Match
from app.notifications.models import Notice
from app.notifications.rules import NoticeKind
from app.opgaven import life
from app.opgaven.models import Opgave
from app.opgaven.service import publish_opgave
from app.people.events import ProfileChanged
from app.people.models import Profile
from app.people.rules import Visibility
from app.people.service import pause_profile
from tests.support.alive import a_living_opgave, a_living_profile, work_now
from workers import outbox

pytestmark = pytest.mark.usefixtures("celery_app")


@pytest.fixture
def profile(session: Session) -> Profile:
    return a_living_profile(session, "Verkeerskunde")


@pytest.fixture
def opgave(session: Session, profile: Profile) -> Opgave:
    """An open one that has found its colleague."""
    opgave = a_living_opgave(session, "Verkeerskunde")
    publish_opgave(work_now(session, session.get_one(User, opgave.owner_id)), opgave.id)
    follow(session)
    assert matches(session) == [profile.user_id]
    return opgave


def follow(session: Session) -> None:
    """Do what follows, as long as something follows from that."""
    session.commit()
    outbox.relay()
    waiting = select(Job.id).where(Job.state == JobState.PENDING).order_by(Job.id)
    while jobs := session.scalars(waiting).all():
        for job_id in jobs:
            outbox.run_job(job_id)
        session.expire_all()
        outbox.relay()


def matches(session: Session) -> list[object]:
    return list(session.scalars(select(Match.profile_id)))


@pytest.mark.usefixtures("opgave")
def test_who_pauses_is_matched_no_more(session: Session, profile: Profile) -> None:
    pause_profile(work_now(session, session.get_one(User, profile.user_id)))

    follow(session)

    assert matches(session) == []


@pytest.mark.usefixtures("opgave")
def test_of_who_hides_nobody_else_is_told_any_more(session: Session, profile: Profile) -> None:
    profile.visibility = Visibility.HIDDEN
    work_now(session).emit(ProfileChanged(user_id=profile.user_id))

    follow(session)

    assert list(session.scalars(select(Notice.kind))) == [NoticeKind.OPGAVE_FOR_YOU]


@pytest.mark.parametrize("end", [life.fill, life.withdraw])
def test_an_opgave_that_has_ended_is_matched_no_more(
    session: Session, opgave: Opgave, end: Callable[..., object]
) -> None:
    end(work_now(session, session.get_one(User, opgave.owner_id)), opgave.id)

    follow(session)

    assert matches(session) == []


def test_a_search_obeys_what_somebody_says_of_a_reason_until_they_take_it_back(
    session: Session,
) -> None:
    user = session.get_one(User, a_living_profile(session, "Energietransitiee").user_id)
    opgave = a_living_opgave(session, "Energietransitie")
    publish_opgave(work_now(session, session.get_one(User, opgave.owner_id)), opgave.id)
    follow(session)
    found = matches(session)

    dispute(work_now(session, user), opgave.id, "Energietransitie")
    follow(session)
    left = matches(session)
    withdraw(work_now(session, user), session.scalars(select(Dispute.id)).one())
    follow(session)

    assert (found, left, matches(session)) == ([user.id], [], [user.id])

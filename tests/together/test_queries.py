"""Who does what together is read as far as the reader may know."""

import pytest
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import ANYONE
from app.core.work import Work
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.together import queries, service
from tests.support.builders import a_user, an_opgave
from tests.support.work import make_work


@pytest.fixture
def ours(session: Session) -> Opgave:
    return an_opgave(session)


def by_owner(session: Session, opgave: Opgave) -> Work:
    return make_work(session, session.get_one(User, opgave.owner_id))


def test_who_was_only_asked_does_not_count(session: Session, ours: Opgave) -> None:
    agreed, asked, joined = (an_opgave(session) for _ in range(3))
    joint = service.combine(by_owner(session, ours), ours.id, agreed.id, "Samen")
    service.combine(by_owner(session, ours), ours.id, asked.id, "")
    service.agree(by_owner(session, agreed), joint.id, agreed.id)
    service.join(by_owner(session, joined), joined.id, ours.id)
    session.flush()

    ties = queries.ties_of(session, by_owner(session, ours).actor, ours.id, is_ours=True)

    codes = {one.code for one in ties.gemeenten}
    assert codes == {agreed.gemeente_code, joined.gemeente_code}
    assert ties.combined == {agreed.id, asked.id}
    assert ties.joints[0].is_shared


def test_a_visitor_reads_titles_that_are_public_only(session: Session, ours: Opgave) -> None:
    theirs = an_opgave(session, is_public=False)
    service.join(by_owner(session, theirs), theirs.id, ours.id)
    session.flush()

    (tie,) = queries.ties_of(session, ANYONE, ours.id, is_ours=False).joined_by

    assert (tie.gemeente.code, tie.seen) == (theirs.gemeente_code, None)


def test_what_may_not_be_read_any_more_is_followed_unseen(session: Session) -> None:
    user, theirs = a_user(session), an_opgave(session)
    service.follow(make_work(session, user), theirs.id)
    theirs.status, theirs.published_at = OpgaveStatus.CONCEPT, None
    session.flush()

    assert queries.followed(session, accounts.actor_of(user)) == []
    assert queries.followers(session, theirs.id) == [user.id]

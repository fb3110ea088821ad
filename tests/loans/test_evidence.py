"""Evidence names an opgave to who may read that opgave, and to nobody else."""

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.accounts.queries import actor_of
from app.core.actor import Actor
from app.loans.evidence import with_titles
from app.opgaven.rules import Audience
from app.people import queries as people
from app.people import service as profiles
from app.people.rules import Confirmed, Visibility
from tests.loans.builders import Parties, a_running_loan, parties
from tests.support.builders import a_gemeente
from tests.support.work import MONDAY, TODAY, make_work


@pytest.fixture
def who(session: Session) -> Parties:
    """With evidence on the profile of the professional, who is seen by everybody."""
    made = parties(session)
    loan = a_running_loan(session, made)
    profile = people.own_profile(session, made.professional.id)
    assert profile is not None
    profile.visibility = Visibility.COLLEAGUES
    confirmed = Confirmed(loan.id, "inkoop", "Urk", made.opgave.title, TODAY)
    profiles.keep_evidence(make_work(session, made.professional), confirmed)
    session.flush()
    session.expire_all()
    return made


def titles(session: Session, viewer: Actor, who: Parties) -> list[str]:
    session.flush()
    seen = people.seen_profile(session, viewer, who.professional.id, TODAY)
    return [one.opgave_title for one in with_titles(session, viewer, seen).confirmed]


def test_who_may_read_the_opgave_reads_its_title(session: Session, who: Parties) -> None:
    anybody = Actor(uuid4(), a_gemeente(session).code)

    assert titles(session, anybody, who) == [who.opgave.title]


def test_a_profile_tells_no_title_of_itself(session: Session, who: Parties) -> None:
    seen = people.seen_profile(session, actor_of(who.borrower), who.professional.id, TODAY)

    assert [one.opgave_title for one in seen.confirmed] == [""]


def test_of_what_was_taken_down_only_its_own_people_read_the_title(
    session: Session, who: Parties
) -> None:
    who.opgave.taken_down_at = MONDAY
    anybody = Actor(uuid4(), a_gemeente(session).code)

    assert titles(session, anybody, who) == [""]
    assert titles(session, actor_of(who.professional), who) == [""]
    assert titles(session, actor_of(who.borrower), who) == [who.opgave.title]


def test_of_an_opgave_of_one_province_others_read_no_title(session: Session, who: Parties) -> None:
    who.opgave.audience = Audience.PROVINCE
    near = Actor(uuid4(), who.opgave.gemeente_code)
    far = Actor(uuid4(), a_gemeente(session, province="Drenthe").code)

    assert (titles(session, near, who), titles(session, far, who)) == ([who.opgave.title], [""])

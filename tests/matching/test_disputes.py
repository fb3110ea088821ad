"""What people said of reasons: known for the next search, to themselves, and as counts."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.matching import disputes, queries
from app.matching.core.facts import Disputed
from app.matching.disputes import DisputedPair
from app.matching.models import Dispute
from app.people.models import Profile
from tests.support.builders import a_dispute, a_profile
from tests.support.queries import counted
from tests.support.work import MONDAY, make_work

LATER = MONDAY + timedelta(hours=1)


def test_a_profile_becomes_facts_with_what_is_disputed(session: Session) -> None:
    profile = a_profile(session, "energietransitiee", "verkeerskunde")
    a_dispute(session, profile, "Wonen")
    a_dispute(session, profile, "energietransitie", "energietransitiee", made_at=LATER)

    facts = queries.profile_facts(session, [profile.user_id])[0]

    assert facts.disputes == (
        Disputed("Wonen"),
        Disputed("energietransitie", "energietransitiee"),
    )
    assert [(skill.label, skill.not_for) for skill in facts.skills] == [
        ("energietransitiee", ("energietransitie", "wonen")),
        ("verkeerskunde", ("wonen",)),
    ]


def test_what_stands_is_known_of_some_and_of_all(session: Session) -> None:
    one, other = a_profile(session), a_profile(session)
    a_dispute(session, one, "wonen")
    a_dispute(session, one, "zorg", withdrawn_at=LATER)
    a_dispute(session, other, "wonen", withdrawn_at=LATER)

    expected = {one.user_id: (Disputed("wonen"),)}
    assert disputes.standing_of(session) == expected
    assert disputes.standing_of(session, [one.user_id, other.user_id]) == expected
    assert disputes.standing_of(session, [other.user_id]) == {}


def test_more_disputes_take_no_more_questions_to_the_database(session: Session) -> None:
    profile = a_profile(session, "verkeerskunde")
    asked = []

    for word in ("wonen", "zorg", "bodem"):
        a_dispute(session, profile, word)
        with counted(session) as statements:
            queries.profile_facts(session)
        asked.append(len(statements))

    assert asked == [asked[0]] * 3


def test_the_own_list_begins_with_what_was_said_last(session: Session) -> None:
    one, other = a_profile(session), a_profile(session)
    a_dispute(session, one, "wonen")
    a_dispute(session, one, "zorg", made_at=LATER)
    a_dispute(session, one, "bodem", withdrawn_at=LATER)

    def own(profile: Profile) -> list[str]:
        user = session.get_one(User, profile.user_id)
        return [said.asked for said in disputes.own(session, make_work(session, user).actor)]

    assert (own(one), own(other)) == (["zorg", "wonen"], [])


def test_pairs_are_counted_by_people_and_begin_with_the_last(session: Session) -> None:
    people = [a_profile(session) for _ in range(3)]
    for profile in people:
        a_dispute(session, profile, "RO", "wonen")
    a_dispute(session, people[0], "RO", made_at=LATER)

    pairs = disputes.disputed_pairs(session, limit=5)

    assert pairs == [DisputedPair("RO", None, 1, LATER), DisputedPair("RO", "wonen", 3, MONDAY)]
    assert disputes.disputed_pairs(session, limit=1) == pairs[:1]


def test_somebody_who_says_it_in_capitals_as_well_is_one_person(session: Session) -> None:
    profile = a_profile(session)
    for word in ("ro", "RO"):
        a_dispute(session, profile, word)

    assert [pair.people for pair in disputes.disputed_pairs(session, limit=5)] == [1]


def test_what_was_taken_back_is_not_counted(session: Session) -> None:
    a_dispute(session, a_profile(session), "RO", withdrawn_at=LATER)

    assert disputes.disputed_pairs(session, limit=5) == []


def test_with_a_profile_goes_what_it_disputes(session: Session) -> None:
    profile = a_profile(session)
    a_dispute(session, profile, "RO")

    session.execute(delete(Profile).where(Profile.user_id == profile.user_id))

    assert session.scalar(select(func.count(Dispute.id))) == 0

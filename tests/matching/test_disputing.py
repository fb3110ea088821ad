"""People say of a reason that it is wrong; the next search obeys, until they take it back."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import ANYONE
from app.core.errors import Conflict, NotFound
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.gemeenten.models import Gemeente
from app.matching import disputes, queries, service
from app.matching.core.facts import Score
from app.matching.disputing import dispute, reason_of, withdraw
from app.matching.models import Dispute, Match
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import Audience, OpgaveStatus
from app.people.models import Profile, Skill
from app.people.rules import ProfileState
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_dispute, a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work


@pytest.fixture
def professional(session: Session) -> User:
    """Somebody whose offer is near in letters to what is asked, and who offers something else."""
    user = a_user(session)
    a_profile(session, "energietransitiee", "verkeerskunde", user=user)
    return user


@pytest.fixture
def opgave(session: Session, professional: User) -> Opgave:
    """It fits, by two reasons: one by its letters and one by the very word."""
    opgave = an_opgave(session, "energietransitie", "verkeerskunde")
    search(session, professional)
    return opgave


def search(session: Session, user: User) -> None:
    service.match_profile(make_work(session), user.id)


def stored(session: Session, user_id: UUID, opgave_id: UUID) -> Score | None:
    row = session.get(Match, (user_id, opgave_id))
    return queries.score_of(row) if row else None


def reasons(session: Session, user: User, opgave: Opgave) -> dict[str, str | None]:
    """What answers each question in the match, if there is one."""
    session.expire_all()
    score = stored(session, user.id, opgave.id)
    return {reason.asked: reason.offered for reason in score.reasons} if score else {}


def told(session: Session) -> list[str]:
    names = select(OutboxMessage.name).order_by(OutboxMessage.id)
    return [name for name in session.scalars(names) if "disput" in name]


def standing(session: Session) -> int:
    return session.scalar(select(func.count()).where(Dispute.withdrawn_at.is_(None))) or 0


# Saying it


@pytest.mark.parametrize("offered", [None, "energietransitiee"])
def test_the_next_search_obeys(
    session: Session, professional: User, opgave: Opgave, offered: str | None
) -> None:
    before = reasons(session, professional, opgave)

    dispute(make_work(session, professional), opgave.id, "energietransitie", offered)
    search(session, professional)

    assert before == {"energietransitie": "energietransitiee", "verkeerskunde": "verkeerskunde"}
    assert reasons(session, professional, opgave) == {
        "energietransitie": None,
        "verkeerskunde": "verkeerskunde",
    }


def test_a_search_from_the_other_side_obeys_too(
    session: Session, professional: User, opgave: Opgave
) -> None:
    dispute(make_work(session, professional), opgave.id, "energietransitie")

    service.match_opgave(make_work(session), opgave.id)

    assert reasons(session, professional, opgave)["energietransitie"] is None


def test_what_one_disputes_another_keeps(
    session: Session, professional: User, opgave: Opgave
) -> None:
    other = a_user(session)
    a_profile(session, "energietransitiee", user=other)
    dispute(make_work(session, professional), opgave.id, "energietransitie")

    search(session, other)

    assert reasons(session, other, opgave)["energietransitie"] == "energietransitiee"


def test_it_is_kept_in_the_words_of_the_reason_and_told(
    session: Session, professional: User, opgave: Opgave
) -> None:
    dispute(make_work(session, professional), opgave.id, " Energietransitie")

    kept = session.scalars(select(Dispute)).one()
    fact = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert (kept.user_id, kept.opgave_id, kept.made_at) == (professional.id, opgave.id, MONDAY)
    assert (kept.asked, kept.offered, kept.withdrawn_at) == ("energietransitie", None, None)
    assert fact is not None
    assert (fact.name, fact.payload) == (
        "reason.disputed",
        {"user_id": str(professional.id), "dispute_id": str(kept.id)},
    )


@pytest.mark.parametrize("offered", [None, "energietransitiee"])
def test_saying_it_twice_is_saying_it_once(
    session: Session, professional: User, opgave: Opgave, offered: str | None
) -> None:
    for word in ("energietransitie", "ENERGIETRANSITIE"):
        dispute(make_work(session, professional), opgave.id, word, offered)

    assert (standing(session), told(session)) == (1, ["reason.disputed"])


def test_after_one_word_something_can_be_said_of_the_next_that_answers(session: Session) -> None:
    user, opgave = a_user(session), an_opgave(session, "energietransitie")
    a_profile(session, "energietransitiee", "energietransietie", user=user)
    work = make_work(session, user)

    for _ in range(2):
        found = reason_of(session, work.actor, TODAY, opgave.id, "energietransitie")
        dispute(work, opgave.id, found.asked, found.offered)

    assert standing(session) == 2


def test_who_said_it_of_a_word_can_say_that_it_is_not_their_trade(
    session: Session, professional: User, opgave: Opgave
) -> None:
    work = make_work(session, professional)
    dispute(work, opgave.id, "energietransitie", "energietransitiee")

    dispute(work, opgave.id, "ENERGIETRANSITIE")

    kept = session.scalars(select(Dispute).where(Dispute.offered.is_(None))).one()
    assert (kept.asked, standing(session)) == ("energietransitie", 2)


def test_the_very_word_is_taken_off_the_profile_whatever_was_said_of_another(
    session: Session, professional: User, opgave: Opgave
) -> None:
    a_dispute(session, session.get_one(Profile, professional.id), "verkeerskunde", "verkeer")

    with pytest.raises(Conflict, match="staat zelf op je profiel"):
        dispute(make_work(session, professional), opgave.id, "verkeerskunde")


def test_what_was_said_is_not_said_again_of_an_opgave_that_is_not_there(
    session: Session, professional: User, opgave: Opgave
) -> None:
    work = make_work(session, professional)
    dispute(work, opgave.id, "energietransitie")

    with pytest.raises(NotFound):
        dispute(work, UUID(int=1), "energietransitie")


def test_two_at_once_are_one(new_database: DatabaseMaker) -> None:
    with SharedDatabase(new_database()) as database:
        with database.work() as work:
            user = a_user(work.session)
            a_profile(work.session, "energietransitiee", user=user)
            opgave_id = an_opgave(work.session, "energietransitie").id
            actor = make_work(work.session, user).actor

        def say(work: Work) -> None:
            dispute(work, opgave_id, "energietransitie")

        given = database.overlap(say, say, actor)

        with database.work() as work:
            assert (given, standing(work.session)) == ((None, None), 1)
            assert told(work.session) == ["reason.disputed"]


# What cannot be said


def test_the_very_word_of_a_profile_is_taken_off_the_profile(
    session: Session, professional: User, opgave: Opgave
) -> None:
    with pytest.raises(Conflict) as refused:
        dispute(make_work(session, professional), opgave.id, "verkeerskunde")

    assert refused.value.said == (
        "“verkeerskunde” staat zelf op je profiel. Past dat niet meer bij je? "
        "Haal het dan van je profiel."
    )
    assert (standing(session), told(session)) == (0, [])


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("wonen", None),
        ("", None),
        ("energietransitie", "verkeerskunde"),
        ("energietransitie", "wonen"),
    ],
)
def test_only_a_reason_of_the_match_can_be_disputed(
    session: Session, professional: User, opgave: Opgave, asked: str, offered: str | None
) -> None:
    with pytest.raises(Conflict, match="staat niet meer bij je match"):
        dispute(make_work(session, professional), opgave.id, asked, offered)


def test_of_what_is_missing_there_is_nothing_to_dispute(
    session: Session, professional: User
) -> None:
    opgave = an_opgave(session, "verkeerskunde", "wonen")
    search(session, professional)

    with pytest.raises(Conflict, match="staat niet meer bij je match"):
        dispute(make_work(session, professional), opgave.id, "wonen")


@pytest.mark.parametrize("gone", [Skill, AskedSkill])
def test_a_reason_that_has_gone_meanwhile_is_not_disputed(
    session: Session, professional: User, opgave: Opgave, gone: type
) -> None:
    session.execute(delete(gone))
    session.expire_all()

    with pytest.raises(Conflict, match="staat niet meer bij je match"):
        dispute(make_work(session, professional), opgave.id, "energietransitie")


def test_who_is_on_pause_has_no_reasons(
    session: Session, professional: User, opgave: Opgave
) -> None:
    session.get_one(Profile, professional.id).state = ProfileState.PAUSED
    session.flush()

    with pytest.raises(Conflict, match="staat niet meer bij je match"):
        dispute(make_work(session, professional), opgave.id, "energietransitie")


def test_nobody_disputes_for_another(session: Session, professional: User, opgave: Opgave) -> None:
    with pytest.raises(Conflict):
        dispute(make_work(session, a_user(session)), opgave.id, "energietransitie")
    with pytest.raises(Conflict):
        dispute(make_work(session, ANYONE), opgave.id, "energietransitie")


@pytest.mark.parametrize(
    "changed",
    [{"status": OpgaveStatus.CONCEPT, "published_at": None}, {"audience": Audience.PROVINCE}],
)
def test_of_an_opgave_that_is_not_for_them_nobody_learns_what_it_asks(
    session: Session, professional: User, changed: dict[str, Any]
) -> None:
    hidden = an_opgave(session, "energietransitie", **changed)
    session.get_one(Gemeente, hidden.gemeente_code).province = "Zeeland"
    session.flush()

    with pytest.raises(NotFound):
        dispute(make_work(session, professional), hidden.id, "energietransitie")


def test_a_reason_is_found_as_things_are_now(
    session: Session, professional: User, opgave: Opgave
) -> None:
    work = make_work(session, professional)
    session.get_one(Profile, professional.id).skills[0].label = "energietransietie"
    session.flush()

    found = reason_of(session, work.actor, TODAY, opgave.id, "energietransitie")

    assert found.offered == "energietransietie"


# Taking it back


def test_who_takes_it_back_has_the_match_of_before(
    session: Session, professional: User, opgave: Opgave
) -> None:
    before = stored(session, professional.id, opgave.id)
    work = make_work(session, professional)
    dispute(work, opgave.id, "energietransitie")
    search(session, professional)

    withdraw(work, disputes.own(session, work.actor)[0].id)
    search(session, professional)

    session.expire_all()
    assert stored(session, professional.id, opgave.id) == before
    assert session.scalars(select(Dispute.withdrawn_at)).all() == [MONDAY]
    assert told(session) == ["reason.disputed", "dispute.withdrawn"]


def test_what_was_taken_back_can_be_said_again(
    session: Session, professional: User, opgave: Opgave
) -> None:
    work = make_work(session, professional)
    for _ in range(2):
        dispute(work, opgave.id, "energietransitie")
        withdraw(work, disputes.own(session, work.actor)[0].id)
    dispute(work, opgave.id, "energietransitie")

    assert standing(session) == 1
    assert session.scalar(select(func.count(Dispute.id))) == 3


def test_taking_it_back_twice_is_taking_it_back_once(
    session: Session, professional: User, opgave: Opgave
) -> None:
    work = make_work(session, professional)
    dispute(work, opgave.id, "energietransitie")
    said = disputes.own(session, work.actor)[0]

    for _ in range(2):
        withdraw(work, said.id)

    assert told(session) == ["reason.disputed", "dispute.withdrawn"]


def test_nobody_takes_back_what_another_said(
    session: Session, professional: User, opgave: Opgave
) -> None:
    dispute(make_work(session, professional), opgave.id, "energietransitie")
    said = session.scalars(select(Dispute)).one()

    for dispute_id in (said.id, UUID(int=1)):
        with pytest.raises(NotFound):
            withdraw(make_work(session, a_user(session)), dispute_id)

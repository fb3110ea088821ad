"""An opgave that a gemeentebeheerder looks at before it opens."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import Fault, FaultyDraft
from app.core.outbox import OutboxMessage
from app.opgaven import queries, review, service
from app.opgaven.models import Opgave
from app.opgaven.review import CHANGED_MEANWHILE
from app.opgaven.rules import NO_SUCH_MOVE, OWN_WRITING, WORDS_LIMIT, OpgaveStatus
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, make_work


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


@pytest.fixture
def reviewer(session: Session, owner: User) -> User:
    """Who switched it on for their gemeente."""
    user = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=owner.gemeente_code)
    review.choose(make_work(session, user), is_on=True)
    return user


@pytest.fixture
def waiting(session: Session, owner: User, reviewer: User) -> Opgave:
    opgave = an_opgave(
        session, "wonen", owner=owner, status=OpgaveStatus.CONCEPT, published_at=None
    )
    return service.publish_opgave(make_work(session, owner), opgave.id)


def told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def test_publishing_asks_first_and_twice_asks_once(
    session: Session, owner: User, waiting: Opgave
) -> None:
    service.publish_opgave(make_work(session, owner), waiting.id)

    assert (waiting.status, waiting.submitted_at, waiting.submitted_by, waiting.published_at) == (
        OpgaveStatus.REVIEW,
        MONDAY,
        owner.id,
        None,
    )
    assert told(session) == ["review.chosen", "opgave.submitted"]
    assert queries.in_review(session, owner.gemeente_code) == [waiting]


def test_a_gemeente_that_did_not_choose_it_opens_at_once(session: Session, owner: User) -> None:
    opgave = an_opgave(session, "wonen", owner=owner, status=OpgaveStatus.CONCEPT)

    service.publish_opgave(make_work(session, owner), opgave.id)

    assert opgave.status is OpgaveStatus.OPEN


def test_what_is_incomplete_is_not_asked(session: Session, owner: User, reviewer: User) -> None:
    opgave = an_opgave(session, owner=owner, status=OpgaveStatus.CONCEPT)

    with pytest.raises(FaultyDraft):
        service.publish_opgave(make_work(session, owner), opgave.id)

    assert opgave.status is OpgaveStatus.CONCEPT


def test_a_gemeentebeheerder_opens_what_was_read(
    session: Session, reviewer: User, waiting: Opgave
) -> None:
    for _ in range(2):
        review.allow(make_work(session, reviewer), waiting.id, waiting.version)

    assert (waiting.status, waiting.published_at) == (OpgaveStatus.OPEN, MONDAY)
    assert told(session)[2:] == ["opgave.allowed", "opgave.published"]


def test_what_changed_since_it_was_read_is_read_first(
    session: Session, owner: User, reviewer: User, waiting: Opgave
) -> None:
    read = waiting.version
    draft = queries.draft_of(session, waiting)
    service.revise_opgave(make_work(session, owner), waiting.id, draft)

    with pytest.raises(Conflict, match=CHANGED_MEANWHILE):
        review.allow(make_work(session, reviewer), waiting.id, read)

    assert waiting.status is OpgaveStatus.REVIEW


def test_what_is_sent_back_is_a_concept_with_words_until_it_is_asked_again(
    session: Session, owner: User, reviewer: User, waiting: Opgave
) -> None:
    for _ in range(2):
        review.send_back(make_work(session, reviewer), waiting.id, "Noem de wijk.")
    back = waiting.status, waiting.sent_back_words
    service.publish_opgave(make_work(session, owner), waiting.id)

    assert back == (OpgaveStatus.CONCEPT, "Noem de wijk.")
    assert (waiting.status, waiting.sent_back_words) == (OpgaveStatus.REVIEW, "")
    assert told(session)[2:] == ["opgave.sent_back", "opgave.submitted"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Schrijf wat er anders moet."),
        (
            "x" * (WORDS_LIMIT + 1),
            "Gebruik hier hoogstens 1.000 tekens. Het zijn er nu 1.001.",
        ),
    ],
)
def test_sending_back_takes_words(
    session: Session, reviewer: User, waiting: Opgave, words: str, said: str
) -> None:
    with pytest.raises(FaultyDraft) as refusal:
        review.send_back(make_work(session, reviewer), waiting.id, words)

    assert refusal.value.faults == [Fault("words", said)]


def test_nobody_judges_their_own_writing(session: Session, owner: User, reviewer: User) -> None:
    own = an_opgave(session, "wonen", owner=reviewer, status=OpgaveStatus.CONCEPT)
    asked_by_them = an_opgave(session, "wonen", owner=owner, status=OpgaveStatus.CONCEPT)

    for opgave in (own, asked_by_them):
        service.publish_opgave(make_work(session, reviewer), opgave.id)
        with pytest.raises(Conflict, match=OWN_WRITING):
            review.allow(make_work(session, reviewer), opgave.id, opgave.version)
        with pytest.raises(Conflict, match=OWN_WRITING):
            review.send_back(make_work(session, reviewer), opgave.id, "Nee.")


@pytest.mark.parametrize("role", [Role.OPGAVEHOUDER, Role.BEHEERDER])
def test_only_a_gemeentebeheerder_of_the_gemeente_judges(
    session: Session, waiting: Opgave, role: Role
) -> None:
    here = a_user(session, role, gemeente_code=waiting.gemeente_code)
    elsewhere = a_user(session, Role.GEMEENTEBEHEERDER)

    for user in (here, elsewhere):
        with pytest.raises(NotFound):
            review.allow(make_work(session, user), waiting.id, waiting.version)
        with pytest.raises(NotFound):
            review.send_back(make_work(session, user), waiting.id, "Nee.")
    with pytest.raises(NotAllowed):
        review.choose(make_work(session, here), is_on=False)


def test_where_its_writer_is_the_only_gemeentebeheerder_another_opgavehouder_judges(
    session: Session, owner: User, reviewer: User
) -> None:
    own = an_opgave(session, "wonen", owner=reviewer, status=OpgaveStatus.CONCEPT)
    service.publish_opgave(make_work(session, reviewer), own.id)

    assert queries.reviewers(session, own) == [owner]
    review.allow(make_work(session, owner), own.id, own.version)
    assert own.status is OpgaveStatus.OPEN


def test_a_second_gemeentebeheerder_goes_before_other_opgavehouders(
    session: Session, owner: User, reviewer: User
) -> None:
    own = an_opgave(session, "wonen", owner=reviewer, status=OpgaveStatus.CONCEPT)
    service.publish_opgave(make_work(session, reviewer), own.id)
    second = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=owner.gemeente_code)

    assert queries.reviewers(session, own) == [second]
    with pytest.raises(NotFound):
        review.allow(make_work(session, owner), own.id, own.version)


def test_who_wrote_it_alone_finds_nobody_who_may_judge(session: Session, owner: User) -> None:
    own = an_opgave(
        session, "wonen", owner=owner, status=OpgaveStatus.REVIEW, submitted_by=owner.id
    )

    assert queries.reviewers(session, own) == []
    with pytest.raises(NotFound):
        review.allow(make_work(session, owner), own.id, own.version)


def test_what_does_not_wait_is_not_judged(session: Session, owner: User, reviewer: User) -> None:
    opgave = an_opgave(session, owner=owner, status=OpgaveStatus.FILLED)

    with pytest.raises(Conflict, match=NO_SUCH_MOVE[OpgaveStatus.FILLED]):
        review.allow(make_work(session, reviewer), opgave.id, opgave.version)
    with pytest.raises(Conflict, match=NO_SUCH_MOVE[OpgaveStatus.FILLED]):
        review.send_back(make_work(session, reviewer), opgave.id, "Nee.")


def test_what_waits_opens_at_once_when_the_gemeente_looks_no_longer(
    session: Session, owner: User, reviewer: User, waiting: Opgave
) -> None:
    review.choose(make_work(session, reviewer), is_on=False)

    service.publish_opgave(make_work(session, owner), waiting.id)

    assert waiting.status is OpgaveStatus.OPEN


def test_choosing_the_same_again_tells_nothing(session: Session, reviewer: User) -> None:
    review.choose(make_work(session, reviewer), is_on=True)

    assert told(session) == ["review.chosen"]

"""Who reacted keeps what is over for a year, and nobody keeps what is not theirs."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.audit import AuditEntry
from app.core.errors import Conflict, NotFound
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.responses import queries, service
from app.responses.keeping import keep, keep_no_longer
from app.responses.models import KeptReaction, Response
from app.responses.rules import Answer
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, make_work


def reacted(
    session: Session,
    answer: Answer = Answer.CLOSED,
    status: OpgaveStatus = OpgaveStatus.OPEN,
) -> tuple[User, Opgave]:
    user, opgave = a_user(session), an_opgave(session, status=status)
    session.add(Response(user_id=user.id, opgave_id=opgave.id, answer=answer, answered_at=MONDAY))
    session.flush()
    return user, opgave


def test_a_reaction_is_kept_and_kept_no_longer_and_the_log_tells(session: Session) -> None:
    user, opgave = reacted(session)
    work = make_work(session, user)

    for _ in range(2):
        keep(work, opgave.id)
    assert queries.kept_by(session, work.actor) == {opgave.id}
    for _ in range(2):
        keep_no_longer(work, opgave.id)

    assert queries.kept_by(session, work.actor) == set()
    session.flush()
    told = session.scalars(select(AuditEntry.deed).where(AuditEntry.person_id == user.id))
    assert sorted(told) == ["reaction.kept", "reaction.released"]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer.CLOSED, OpgaveStatus.OPEN),
        (Answer.NO, OpgaveStatus.OPEN),
        (Answer.INTERESTED, OpgaveStatus.WITHDRAWN),
        (Answer.INTERESTED, OpgaveStatus.DONE),
    ],
)
def test_what_is_over_can_be_kept(session: Session, answer: Answer, status: OpgaveStatus) -> None:
    user, opgave = reacted(session, answer, status)

    keep(make_work(session, user), opgave.id)

    assert session.get(KeptReaction, (user.id, opgave.id)) is not None


@pytest.mark.parametrize("status", [OpgaveStatus.OPEN, OpgaveStatus.RUNNING])
def test_what_goes_on_needs_no_keeping(session: Session, status: OpgaveStatus) -> None:
    user, opgave = reacted(session, Answer.INTERESTED, status)

    with pytest.raises(Conflict) as refused:
        keep(make_work(session, user), opgave.id)

    assert "Je reactie staat nog." in refused.value.said


def test_nobody_keeps_what_another_said(session: Session) -> None:
    _, opgave = reacted(session)
    work = make_work(session, a_user(session))

    for deed in (keep, keep_no_longer):
        with pytest.raises(NotFound):
            deed(work, opgave.id)


def test_what_is_taken_back_is_not_kept(session: Session) -> None:
    user, opgave = reacted(session, Answer.INTERESTED, OpgaveStatus.DONE)
    work = make_work(session, user)
    keep(work, opgave.id)

    service.withdraw(work, opgave.id)
    session.flush()

    assert session.get(KeptReaction, (user.id, opgave.id)) is None

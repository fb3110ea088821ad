"""Who reads which invitation, and who can be invited."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts.queries import actor_of
from app.core.errors import NotFound
from app.opgaven.rules import OpgaveStatus
from app.people.rules import ProfileState
from app.responses import invitations
from app.responses.models import Outcome
from app.responses.rules import InvitationState, WhyClosed
from tests.responses.builders import a_fitting_person, a_match, an_invitation, profile_of
from tests.support.builders import a_user
from tests.support.work import TODAY

A_DAY = timedelta(days=1)


def test_who_looks_after_the_opgave_reads_all_and_others_none(session: Session) -> None:
    opgave, owner, person = a_match(session)
    given = [
        an_invitation(session, opgave, person, state=InvitationState.EXPIRED),
        an_invitation(session, opgave, person),
    ]

    found = invitations.given(session, actor_of(owner), opgave.id, TODAY)

    assert {one.invitation.id for one in found} == {one.id for one in given}
    assert {one.colleague.name for one in found if one.colleague} == {"Fatima Bouali"}
    for other in (person, a_user(session)):
        with pytest.raises(NotFound):
            invitations.given(session, actor_of(other), opgave.id, TODAY)


def test_who_went_out_of_sight_is_named_no_more(session: Session) -> None:
    opgave, owner, person = a_match(session)
    an_invitation(session, opgave, person)
    profile_of(session, person).state = ProfileState.PAUSED
    session.flush()

    [one] = invitations.given(session, actor_of(owner), opgave.id, TODAY)

    assert one.colleague is None


def test_a_professional_reads_what_they_can_still_answer(session: Session) -> None:
    opgave, _, person = a_match(session)
    waits = an_invitation(session, opgave, person)
    over, _, _ = a_match(session)
    an_invitation(session, over, person)
    over.status = OpgaveStatus.FILLED
    late, _, _ = a_match(session)
    an_invitation(session, late, person, answer_by=TODAY - A_DAY)
    said, _, _ = a_match(session)
    an_invitation(session, said, person, state=InvitationState.ACCEPTED)
    session.flush()

    assert [one.invitation.id for one in invitations.got(session, actor_of(person), TODAY)] == [
        waits.id
    ]
    assert invitations.got(session, actor_of(a_user(session)), TODAY) == []


def test_who_waits_to_answer_cannot_be_invited_and_others_can(session: Session) -> None:
    opgave, _, person = a_match(session)
    other = a_fitting_person(session)
    an_invitation(session, opgave, person)

    assert invitations.invitable(session, opgave, [person.id, other.id]) == {other.id}


@pytest.mark.parametrize("reason", [WhyClosed.HOURS, WhyClosed.FILLED])
def test_who_was_told_no_cannot_be_invited_while_the_opgave_is_the_same(
    session: Session, reason: WhyClosed
) -> None:
    opgave, _, person = a_match(session)
    session.add(
        Outcome(user_id=person.id, opgave_id=opgave.id, reason=reason, said_at=opgave.changed_at)
    )
    session.flush()

    found = invitations.invitable(session, opgave, [person.id])

    assert found == (set() if reason is WhyClosed.HOURS else {person.id})

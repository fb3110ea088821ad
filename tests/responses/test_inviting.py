"""Inviting: only who fits and was not asked, three in a week, and each answer once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.conversations import queries as conversations
from app.conversations import service as talking
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.ids import new_id
from app.core.outbox import OutboxMessage
from app.matching import service as matching
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.rules import ProfileState, Visibility
from app.responses import inviting, service
from app.responses.inviting import ENOUGH, IS_WAITING, NOT_NOW, NOT_OPEN, NOT_WAITING, TOO_LATE
from app.responses.models import Invitation, Response
from app.responses.rules import MOST_A_WEEK, Answer, InvitationState, WhyNot
from tests.conftest import DatabaseMaker
from tests.responses.builders import a_fitting_person, a_match, an_invitation, profile_of
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_dispute, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work
from workers.reactions import REACTIONS

A_DAY = timedelta(days=1)
AT_ONCE = 16
WORDS = "Kom je praten?"


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database(), at_once=AT_ONCE + 1) as opened:
        yield opened


def told(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def state_of(session: Session) -> InvitationState:
    session.flush()
    return session.scalars(select(Invitation.state)).one()


def test_an_invitation_is_kept_with_its_words_and_told_without_them(session: Session) -> None:
    opgave, owner, person = a_match(session)

    made = inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)

    fact = session.scalars(
        select(OutboxMessage).where(OutboxMessage.name == "professional.invited")
    ).one()
    assert (made.user_id, made.by_id, made.words, made.state) == (
        *(person.id, owner.id),
        *(WORDS, InvitationState.WAITING),
    )
    # Ten working days from a Monday are two weeks.
    assert made.answer_by == TODAY + 14 * A_DAY
    assert fact.payload == {
        "invitation_id": str(made.id),
        "user_id": str(person.id),
        "opgave_id": str(opgave.id),
    }


@pytest.mark.parametrize("words", ["", "x" * 601])
def test_words_are_asked_for_and_short(session: Session, words: str) -> None:
    opgave, owner, person = a_match(session)

    with pytest.raises(FaultyDraft):
        inviting.invite(make_work(session, owner), opgave.id, person.id, words)


def test_who_looks_after_no_opgave_of_that_gemeente_invites_nobody(session: Session) -> None:
    opgave, _, person = a_match(session)

    for somebody in (person, a_user(session)):
        with pytest.raises(NotFound):
            inviting.invite(make_work(session, somebody), opgave.id, person.id, WORDS)


def test_who_hides_pauses_or_does_not_fit_is_not_there_to_invite(session: Session) -> None:
    opgave, owner, person = a_match(session)
    stranger = a_user(session)
    for changed in ({"visibility": Visibility.HIDDEN}, {"state": ProfileState.PAUSED}):
        profile = profile_of(session, a_fitting_person(session))
        matching.match_everything(make_work(session))
        for name, value in changed.items():
            setattr(profile, name, value)
        session.flush()
        with pytest.raises(NotFound):
            inviting.invite(make_work(session, owner), opgave.id, profile.user_id, WORDS)
    person.gemeente_code = opgave.gemeente_code
    session.flush()
    for somebody in (stranger, person):
        with pytest.raises(NotFound):
            inviting.invite(make_work(session, owner), opgave.id, somebody.id, WORDS)


def test_an_opgave_that_takes_no_answers_invites_nobody(session: Session) -> None:
    opgave, owner, person = a_match(session)
    opgave.status = OpgaveStatus.FILLED
    session.flush()

    with pytest.raises(Conflict, match=NOT_OPEN):
        inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)


@pytest.mark.parametrize("days", [2, 3])
def test_who_is_invited_has_a_few_days_to_answer(session: Session, days: int) -> None:
    opgave, owner, person = a_match(session, closes_on=TODAY + days * A_DAY)
    work = make_work(session, owner)
    if days == 3:
        assert inviting.invite(work, opgave.id, person.id, WORDS).answer_by == opgave.closes_on
        return

    said = re.escape(TOO_LATE.format(closes_on="25 november 2026"))
    with pytest.raises(Conflict, match=said):
        inviting.invite(work, opgave.id, person.id, WORDS)


@pytest.mark.parametrize("answer", Answer)
def test_who_answered_is_not_invited_and_nobody_reads_what_they_said(
    session: Session, answer: Answer
) -> None:
    opgave, owner, person = a_match(session)
    again_on = TODAY + A_DAY if answer is Answer.LATER else None
    session.add(
        Response(
            user_id=person.id,
            opgave_id=opgave.id,
            answer=answer,
            answered_at=MONDAY,
            again_on=again_on,
        )
    )
    session.flush()

    with pytest.raises(Conflict, match=NOT_NOW):
        inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)


def test_who_disputes_what_is_asked_is_not_invited(session: Session) -> None:
    opgave, owner, person = a_match(session)
    a_dispute(session, profile_of(session, person), "verkeerskunde")

    with pytest.raises(Conflict, match=NOT_NOW):
        inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)


def test_one_invitation_waits_at_a_time_and_another_may_follow(session: Session) -> None:
    opgave, owner, person = a_match(session)
    work = make_work(session, owner)
    first = inviting.invite(work, opgave.id, person.id, WORDS)
    with pytest.raises(Conflict, match=IS_WAITING):
        inviting.invite(work, opgave.id, person.id, WORDS)

    inviting.take_back(work, first.id)
    inviting.take_back(work, first.id)
    later = make_work(session, owner, MONDAY + A_DAY)
    inviting.invite(later, opgave.id, person.id, WORDS)

    states = session.scalars(select(Invitation.state).order_by(Invitation.invited_at)).all()
    assert states == [InvitationState.TAKEN_BACK, InvitationState.WAITING]
    assert told(session).count("invitation.ended") == 1


def test_yes_is_interest_and_begins_the_conversation_with_the_words(session: Session) -> None:
    opgave, owner, person = a_match(session)
    made = inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)
    later = make_work(session, person, MONDAY + A_DAY)

    talking.show_interest(later, opgave.id, "Graag!")
    talking.begin_after_interest(make_work(session), opgave.id, person.id)

    [seen] = conversations.all_of(session, actor_of(owner))
    written = conversations.messages(session, seen.conversation.id)
    assert state_of(session) is InvitationState.ACCEPTED
    assert [(one.number, one.writer_id, one.text) for one in written] == [
        (1, owner.id, WORDS),
        (2, person.id, "Graag!"),
    ]
    assert written[0].said_at == made.invited_at
    assert conversations.count_unread(session, actor_of(person)) == 0
    assert told(session).count("message.written") == 1


def test_yes_without_words_leaves_the_turn_to_the_opgavehouder(session: Session) -> None:
    opgave, owner, person = a_match(session)
    inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)

    talking.show_interest(make_work(session, person), opgave.id)

    [seen] = conversations.all_of(session, actor_of(owner))
    assert seen.is_waiting_for_viewer
    assert "message.written" not in told(session)


def test_no_has_a_reason_is_said_once_and_ends_the_news(session: Session) -> None:
    opgave, owner, person = a_match(session)
    inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)
    work = make_work(session, person)
    with pytest.raises(FaultyDraft):
        inviting.decline(work, opgave.id, None)

    inviting.decline(work, opgave.id, WhyNot.TOO_FAR, "Anderhalf uur reizen.")
    inviting.decline(work, opgave.id, WhyNot.OTHER)

    made = session.scalars(select(Invitation)).one()
    assert (made.state, made.reason, made.no_words) == (
        *(InvitationState.DECLINED, WhyNot.TOO_FAR),
        "Anderhalf uur reizen.",
    )
    assert session.scalars(select(Response.answer)).one() is Answer.NO
    assert told(session).count("invitation.ended") == 1


def test_who_said_no_can_still_show_interest(session: Session) -> None:
    opgave, owner, person = a_match(session)
    inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)
    inviting.decline(make_work(session, person), opgave.id, WhyNot.NO_TIME)

    service.show_interest(make_work(session, person), opgave.id)

    assert session.scalars(select(Response.answer)).one() is Answer.INTERESTED
    assert state_of(session) is InvitationState.DECLINED


def test_later_after_a_no_is_refused_and_the_no_stands(session: Session) -> None:
    opgave, owner, person = a_match(session)
    inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)
    inviting.decline(make_work(session, person), opgave.id, WhyNot.NO_TIME)

    with pytest.raises(Conflict, match=re.escape(service.SAID_NO)):
        service.say_later(make_work(session, person), opgave.id)

    assert session.scalars(select(Response.answer)).one() is Answer.NO


def test_a_question_begins_the_conversation_and_leaves_the_answer_open(session: Session) -> None:
    opgave, owner, person = a_match(session)
    inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)
    message_id = new_id()
    for _ in range(2):
        talking.ask_about_invitation(
            make_work(session, person), opgave.id, message_id, "Op welke dag?"
        )

    [seen] = conversations.all_of(session, actor_of(owner))
    texts = [one.text for one in conversations.messages(session, seen.conversation.id)]
    assert texts == [WORDS, "Op welke dag?"]
    assert state_of(session) is InvitationState.WAITING
    assert session.scalars(select(Response)).all() == []


@pytest.mark.parametrize("says_no", [True, False])
def test_who_says_no_after_a_question_waits_no_longer(session: Session, *, says_no: bool) -> None:
    opgave, owner, person = a_match(session)
    made = inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)
    talking.ask_about_invitation(make_work(session, person), opgave.id, new_id(), "Op welke dag?")
    assert conversations.count_awaited(session, opgave.id) == 1
    if says_no:
        inviting.decline(make_work(session, person), opgave.id, WhyNot.NO_TIME)
    else:
        inviting.take_back(make_work(session, owner), made.id)
    session.flush()
    fact = session.scalars(
        select(OutboxMessage).where(OutboxMessage.name == "invitation.ended")
    ).one()

    for reaction in REACTIONS[fact.name]:
        reaction.act(make_work(session), fact.payload)

    assert conversations.count_awaited(session, opgave.id) == (0 if says_no else 1)


@pytest.mark.parametrize(
    ("state", "closed"),
    [
        (InvitationState.TAKEN_BACK, False),
        (InvitationState.EXPIRED, False),
        (InvitationState.OVER, False),
        (InvitationState.WAITING, True),
    ],
)
def test_what_is_over_cannot_be_answered(
    session: Session, state: InvitationState, closed: bool
) -> None:
    opgave, _, person = a_match(session)
    an_invitation(session, opgave, person, state=state)
    opgave.status = OpgaveStatus.FILLED if closed else opgave.status
    session.flush()

    with pytest.raises(Conflict, match=NOT_WAITING):
        inviting.decline(make_work(session, person), opgave.id, WhyNot.OTHER)


def test_only_who_is_invited_answers(session: Session) -> None:
    opgave, owner, person = a_match(session)
    inviting.invite(make_work(session, owner), opgave.id, person.id, WORDS)

    with pytest.raises(NotFound):
        inviting.decline(make_work(session, a_fitting_person(session)), opgave.id, WhyNot.NO_TIME)
    made = session.scalars(select(Invitation.id)).one()
    with pytest.raises(NotFound):
        inviting.take_back(make_work(session, person), made)


def test_nobody_answers_in_time_and_it_ends_once(session: Session) -> None:
    opgave, _, person = a_match(session)
    an_invitation(session, opgave, person, answer_by=TODAY)

    ended = [inviting.expire(make_work(session, now=MONDAY + days * A_DAY)) for days in (0, 1, 1)]

    assert ended == [0, 1, 0]
    assert state_of(session) is InvitationState.EXPIRED
    assert told(session).count("invitation.ended") == 1


def test_a_fourth_in_any_seven_days_is_refused_until_the_first_is_a_week_ago(
    session: Session,
) -> None:
    person = a_fitting_person(session)
    asked = [an_opgave(session, "Verkeerskunde") for _ in range(MOST_A_WEEK + 2)]
    matching.match_everything(make_work(session))

    def invite(opgave: Opgave, since: timedelta) -> None:
        owner = session.get_one(User, opgave.owner_id)
        inviting.invite(make_work(session, owner, MONDAY + since), opgave.id, person.id, WORDS)

    # Thursday, and twice on Sunday: on Monday another week would begin.
    first, again = 3 * A_DAY, 10 * A_DAY
    for opgave, since in zip(asked, (first, 6 * A_DAY, 6 * A_DAY), strict=False):
        invite(opgave, since)
    said = ENOUGH.format(at="3 december 2026 om 09:00")
    for since in (7 * A_DAY, again - timedelta(seconds=1)):
        with pytest.raises(Conflict, match=said):
            invite(asked[3], since)
    invite(asked[3], again)
    with pytest.raises(Conflict, match=ENOUGH.format(at="6 december 2026 om 09:00")):
        invite(asked[4], again)


def test_of_sixteen_gemeenten_at_once_three_invite(shared: SharedDatabase) -> None:
    with shared.work() as work:
        person = a_fitting_person(work.session)
        asked = [an_opgave(work.session, "Verkeerskunde") for _ in range(AT_ONCE)]
        matching.match_everything(work)
        person_id = person.id
        pairs = [(one.id, actor_of(work.session.get_one(User, one.owner_id))) for one in asked]
    gate, refused = Barrier(AT_ONCE), []

    def invite(opgave_id: UUID, number: int) -> None:
        gate.wait()
        try:
            with shared.work(pairs[number][1]) as work:
                inviting.invite(work, opgave_id, person_id, WORDS)
        except Conflict as conflict:
            refused.append(conflict.said)

    threads = [
        Thread(target=invite, args=(opgave_id, number))
        for number, (opgave_id, _) in enumerate(pairs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with shared.work() as work:
        given = work.session.scalar(select(func.count()).where(Invitation.user_id == person_id))
    assert (given, len(refused)) == (MOST_A_WEEK, AT_ONCE - MOST_A_WEEK)
    assert set(refused) == {ENOUGH.format(at="30 november 2026 om 09:00")}

"""Nobody is left hanging: a no with a reason, and everybody who waits hears of the end once."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.conversations import awaiting
from app.conversations import queries as conversations
from app.conversations import service as talking
from app.conversations.models import AwaitedAnswer
from app.core.actor import Role
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.ids import new_id
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.insight import queries as insight
from app.loans.queries import in_loan
from app.matching import service as matching
from app.matching.queries import stored_matches_of_person
from app.notifications import queries as news
from app.notifications.models import Notice
from app.notifications.rules import LeftOut
from app.notifications.service import leave_out
from app.opgaven import life
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.responses import ending, service
from app.responses.ending import ALREADY_CLOSED, NOT_CLOSED
from app.responses.models import Invitation, Outcome, Response
from app.responses.rules import CHOSEN, MOST_NEXT, Answer, InvitationState, WhyClosed
from app.responses.service import IS_CLOSED, WAS_CLOSED
from app.vocabulary.rules import Theme
from tests.conftest import DatabaseMaker
from tests.conversations.builders import Talk, a_talk, say
from tests.loans.builders import a_loan, a_loan_asked, a_running_loan, parties
from tests.responses.builders import a_fitting_person, an_invitation
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work
from workers.reactions import (
    ANSWER_BY_NO,
    END_LOANS_ASKED,
    LET_GO,
    OPEN_AGAIN,
    STOP_ALL_WAITING,
    TELL_OUTCOME,
)

AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
AT_ONCE = 16
HOURS = WhyClosed.HOURS


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database(), at_once=AT_ONCE + 1) as opened:
        yield opened


@pytest.fixture
def talk(session: Session) -> Talk:
    return a_talk(session)


def told(session: Session) -> list[str]:
    """Who had an outcome told of, each time."""
    session.flush()
    facts = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.name == "outcome.given")
        .order_by(OutboxMessage.id)
    )
    return [fact.payload["user_id"] for fact in facts]


def by_owner(session: Session, talk: Talk, later: timedelta = timedelta()) -> Work:
    return make_work(session, talk.owner, MONDAY + later)


def let_go(session: Session, opgave: Opgave, now: timedelta = AN_HOUR) -> None:
    LET_GO.act(make_work(session, now=MONDAY + now), {"opgave_id": str(opgave.id)})
    session.flush()
    session.expire_all()


def answer_of(session: Session, person: User) -> Answer:
    session.flush()
    session.expire_all()
    return session.scalars(select(Response.answer).where(Response.user_id == person.id)).one()


def test_a_no_closes_the_interest_with_a_reason_and_is_said_once(
    session: Session, talk: Talk
) -> None:
    for reason in (HOURS, WhyClosed.OTHER):
        ending.say_no(
            by_owner(session, talk), talk.opgave.id, talk.professional.id, reason, "Dank je wel."
        )

    outcome = session.scalars(select(Outcome)).one()
    assert (outcome.reason, outcome.words, outcome.by_id, outcome.told_at) == (
        *(HOURS, "Dank je wel."),
        *(talk.owner.id, None),
    )
    assert answer_of(session, talk.professional) is Answer.CLOSED
    assert told(session) == [str(talk.professional.id)]


@pytest.mark.parametrize("is_of_owner", [True, False])
def test_a_no_of_the_opgavehouder_is_an_answer_and_an_end_is_none(
    session: Session, talk: Talk, *, is_of_owner: bool
) -> None:
    fact = {"opgave_id": str(talk.opgave.id), "user_id": str(talk.professional.id)}
    if is_of_owner:
        ending.say_no(by_owner(session, talk), talk.opgave.id, talk.professional.id, HOURS)
    else:
        talk.opgave.status = OpgaveStatus.FILLED
        session.flush()
        let_go(session, talk.opgave)

    ANSWER_BY_NO.act(make_work(session), fact)

    settled = session.scalars(select(AwaitedAnswer.settled_at)).one()
    assert (settled is not None) is is_of_owner


@pytest.mark.parametrize("reason", [None, WhyClosed.FILLED, WhyClosed.EXPIRED])
def test_a_no_needs_a_reason_that_can_be_chosen(
    session: Session, talk: Talk, reason: WhyClosed | None
) -> None:
    with pytest.raises(FaultyDraft):
        ending.say_no(by_owner(session, talk), talk.opgave.id, talk.professional.id, reason)


def test_only_who_looks_after_the_opgave_says_no_and_only_to_interest(
    session: Session, talk: Talk
) -> None:
    stranger = a_fitting_person(session)
    with pytest.raises(NotFound):
        ending.say_no(make_work(session, stranger), talk.opgave.id, talk.professional.id, HOURS)
    with pytest.raises(NotFound):
        ending.say_no(by_owner(session, talk), talk.opgave.id, stranger.id, HOURS)
    service.say_later(make_work(session, talk.professional), talk.opgave.id)
    session.flush()
    with pytest.raises(NotFound):
        ending.say_no(by_owner(session, talk), talk.opgave.id, talk.professional.id, HOURS)


@pytest.mark.parametrize("by_house", [True, False])
def test_a_no_after_that_of_another_is_not_taken_for_said(
    session: Session, talk: Talk, *, by_house: bool
) -> None:
    if by_house:
        talk.opgave.status = OpgaveStatus.FILLED
        session.flush()
        let_go(session, talk.opgave)
    else:
        other = a_user(session, Role.OPGAVEHOUDER, gemeente_code=talk.owner.gemeente_code)
        ending.say_no(make_work(session, other), talk.opgave.id, talk.professional.id, HOURS)

    with pytest.raises(Conflict, match=re.escape(ALREADY_CLOSED)):
        ending.say_no(by_owner(session, talk), talk.opgave.id, talk.professional.id, HOURS, "Dag.")

    assert session.scalars(select(Outcome.words)).one() == ""


def test_later_and_interest_take_no_closed_reaction_back(session: Session, talk: Talk) -> None:
    ending.say_no(by_owner(session, talk, AN_HOUR), talk.opgave.id, talk.professional.id, HOURS)
    work = make_work(session, talk.professional)

    for say_it in (service.say_later, service.show_interest):
        with pytest.raises(Conflict, match=re.escape(WAS_CLOSED)):
            say_it(work, talk.opgave.id)

    assert answer_of(session, talk.professional) is Answer.CLOSED


def test_later_begins_anew_once_the_opgave_changed(session: Session, talk: Talk) -> None:
    ending.say_no(by_owner(session, talk), talk.opgave.id, talk.professional.id, HOURS)
    talk.opgave.changed_at = MONDAY + AN_HOUR
    session.flush()

    service.say_later(make_work(session, talk.professional), talk.opgave.id)

    assert answer_of(session, talk.professional) is Answer.LATER
    assert session.scalars(select(Outcome)).all() == []


def test_who_was_told_no_may_react_again_when_the_opgave_changed(
    session: Session, talk: Talk
) -> None:
    ending.say_no(by_owner(session, talk, AN_HOUR), talk.opgave.id, talk.professional.id, HOURS)
    again = make_work(session, talk.professional, MONDAY + A_DAY)
    with pytest.raises(Conflict, match=re.escape(WAS_CLOSED)):
        service.show_interest(again, talk.opgave.id)
    talk.opgave.changed_at = MONDAY + 2 * AN_HOUR
    session.flush()

    service.show_interest(again, talk.opgave.id)

    assert answer_of(session, talk.professional) is Answer.INTERESTED
    assert session.scalars(select(Outcome)).all() == []


def test_what_was_closed_is_not_withdrawn(session: Session, talk: Talk) -> None:
    ending.say_no(by_owner(session, talk, AN_HOUR), talk.opgave.id, talk.professional.id, HOURS)

    with pytest.raises(Conflict, match=re.escape(IS_CLOSED)):
        service.withdraw(make_work(session, talk.professional), talk.opgave.id)

    assert answer_of(session, talk.professional) is Answer.CLOSED


def test_a_no_that_was_not_told_is_taken_back_without_a_word(session: Session, talk: Talk) -> None:
    work, ids = by_owner(session, talk), (talk.opgave.id, talk.professional.id)
    ending.say_no(work, *ids, HOURS)

    talking.think_again(work, *ids, new_id())

    assert answer_of(session, talk.professional) is Answer.INTERESTED
    assert session.scalars(select(Outcome)).all() == []
    with pytest.raises(Conflict, match=NOT_CLOSED):
        talking.think_again(work, *ids, new_id())


def test_a_no_that_was_told_is_taken_back_with_a_word(session: Session, talk: Talk) -> None:
    work, ids = by_owner(session, talk), (talk.opgave.id, talk.professional.id)
    ending.note_told(work, ending.say_no(work, *ids, HOURS))
    session.flush()
    with pytest.raises(FaultyDraft), session.begin_nested():
        talking.think_again(work, *ids, new_id())

    talking.think_again(work, *ids, new_id(), "Het kan nu toch op dinsdag.")

    [seen] = conversations.all_of(session, actor_of(talk.professional))
    texts = [one.text for one in conversations.messages(session, seen.conversation.id)]
    assert texts == ["Het kan nu toch op dinsdag."]
    assert answer_of(session, talk.professional) is Answer.INTERESTED


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (OpgaveStatus.FILLED, WhyClosed.FILLED),
        (OpgaveStatus.RUNNING, WhyClosed.FILLED),
        (OpgaveStatus.DONE, WhyClosed.DONE),
        (OpgaveStatus.WITHDRAWN, WhyClosed.WITHDRAWN),
        (OpgaveStatus.EXPIRED, WhyClosed.EXPIRED),
    ],
)
def test_whoever_waits_hears_how_the_opgave_ended(
    session: Session, talk: Talk, status: OpgaveStatus, reason: WhyClosed
) -> None:
    invited = a_fitting_person(session)
    an_invitation(session, talk.opgave, invited)
    asking = a_fitting_person(session)
    talking.ask(make_work(session, asking), talk.opgave.id, "Op welke dag is het?", new_id())
    later = a_fitting_person(session)
    for person in (asking, later):
        service.say_later(make_work(session, person), talk.opgave.id)
    talk.opgave.status = status
    talk.opgave.ended_at = MONDAY if status in {OpgaveStatus.DONE, OpgaveStatus.EXPIRED} else None
    session.flush()

    let_go(session, talk.opgave)
    let_go(session, talk.opgave, 2 * AN_HOUR)

    heard = {str(one.id) for one in (talk.professional, invited, asking)}
    assert sorted(told(session)) == sorted(heard)
    assert set(session.scalars(select(Outcome.reason))) == {reason}
    states = session.scalars(select(Invitation.state).where(Invitation.user_id == invited.id))
    assert states.one() is InvitationState.OVER


@pytest.mark.parametrize("status", [OpgaveStatus.OPEN, OpgaveStatus.TALKING])
def test_an_opgave_that_takes_answers_lets_nobody_go(
    session: Session, talk: Talk, status: OpgaveStatus
) -> None:
    talk.opgave.status = status
    session.flush()

    let_go(session, talk.opgave)

    assert told(session) == []


@pytest.mark.parametrize("is_answered", [True, False])
def test_who_was_answered_or_took_interest_back_is_not_asking_any_more(
    session: Session, talk: Talk, *, is_answered: bool
) -> None:
    if is_answered:
        person = a_fitting_person(session)
        asked = talking.ask(make_work(session, person), talk.opgave.id, "Hoe laat?", new_id())
        talking.say(make_work(session, talk.owner), asked.id, new_id(), "Om tien uur.")
    say(session, talk, talk.professional, "Kan het op dinsdag?")
    service.withdraw(make_work(session, talk.professional), talk.opgave.id)
    talk.opgave.status = OpgaveStatus.FILLED
    session.flush()

    let_go(session, talk.opgave)

    assert told(session) == []


@pytest.mark.parametrize("is_running", [True, False])
def test_who_is_in_a_loan_hears_no_no(session: Session, is_running: bool) -> None:
    who = parties(session)
    (a_running_loan if is_running else a_loan)(session, who)
    who.opgave.status = OpgaveStatus.FILLED
    session.flush()

    let_go(session, who.opgave)

    assert in_loan(session, who.opgave.id) == {who.professional.id}
    assert told(session) == []
    assert answer_of(session, who.professional) is Answer.INTERESTED


@pytest.mark.parametrize("is_stopped", [True, False])
def test_who_asked_for_hours_of_what_ended_reads_why_and_hears_it_once(
    session: Session, is_stopped: bool
) -> None:
    who = parties(session)
    a_loan(session, who)
    life.withdraw(make_work(session, who.borrower), who.opgave.id)
    if is_stopped:
        END_LOANS_ASKED.act(make_work(session), {"opgave_id": str(who.opgave.id)})

    let_go(session, who.opgave)
    for person in told(session):
        ids = {"opgave_id": str(who.opgave.id), "user_id": person}
        TELL_OUTCOME.act(make_work(session, now=MONDAY + AN_HOUR), ids)

    assert answer_of(session, who.professional) is Answer.CLOSED
    assert session.scalars(select(Outcome.reason)).one() is WhyClosed.WITHDRAWN
    assert session.scalars(select(Notice)).all() == []


def test_opening_and_ending_again_tells_only_who_answered_since(
    session: Session, talk: Talk
) -> None:
    life.fill(by_owner(session, talk), talk.opgave.id)
    let_go(session, talk.opgave)
    opgave = talk.opgave
    life.reopen(by_owner(session, talk, A_DAY), opgave.id, opgave.closes_on, 2)
    session.flush()
    other = a_fitting_person(session)
    service.show_interest(make_work(session, other, MONDAY + A_DAY), opgave.id)
    life.withdraw(by_owner(session, talk, 2 * A_DAY), opgave.id)
    session.flush()
    let_go(session, opgave, 2 * A_DAY)

    assert told(session) == [str(talk.professional.id), str(other.id)]


def test_who_reacts_again_after_it_opened_hears_the_second_end_too(
    session: Session, talk: Talk
) -> None:
    life.fill(by_owner(session, talk), talk.opgave.id)
    let_go(session, talk.opgave)
    life.reopen(by_owner(session, talk, A_DAY), talk.opgave.id, talk.opgave.closes_on, 2)
    session.flush()
    service.show_interest(make_work(session, talk.professional, MONDAY + A_DAY), talk.opgave.id)
    session.flush()
    life.withdraw(by_owner(session, talk, 2 * A_DAY), talk.opgave.id)
    session.flush()
    let_go(session, talk.opgave, 2 * A_DAY)

    assert told(session) == [str(talk.professional.id)] * 2
    assert session.scalars(select(Outcome.reason)).one() is WhyClosed.WITHDRAWN


@pytest.mark.parametrize("was_told", [True, False])
def test_interest_stands_again_when_the_opgave_opens_again(
    session: Session, talk: Talk, *, was_told: bool
) -> None:
    asking = a_fitting_person(session)
    talking.ask(make_work(session, asking), talk.opgave.id, "Op welke dag is het?", new_id())
    refused = a_fitting_person(session)
    service.show_interest(make_work(session, refused), talk.opgave.id)
    ending.say_no(by_owner(session, talk), talk.opgave.id, refused.id, HOURS)
    life.fill(by_owner(session, talk), talk.opgave.id)
    let_go(session, talk.opgave)
    if was_told:
        for outcome in session.scalars(select(Outcome)):
            ending.note_told(make_work(session), outcome)
    opens = by_owner(session, talk, A_DAY)
    life.reopen(opens, talk.opgave.id, talk.opgave.closes_on, 2)
    session.flush()

    for _ in range(2):
        OPEN_AGAIN.act(opens, {"opgave_id": str(talk.opgave.id)})

    assert answer_of(session, talk.professional) is Answer.INTERESTED
    assert answer_of(session, refused) is Answer.CLOSED
    assert session.scalars(select(Outcome.reason)).all() == [HOURS]
    assert given_back(session) == [str(talk.professional.id)] * was_told
    # Of the other it is not interest that stands again.
    assert given_back(session, "outcome.undone") == [str(asking.id)] * was_told


def given_back(session: Session, name: str = "interest.given_back") -> list[str]:
    """Who is told that their interest stands again."""
    facts = session.scalars(select(OutboxMessage).where(OutboxMessage.name == name))
    return [fact.payload["user_id"] for fact in facts]


def end_and_open(session: Session, talk: Talk, later: timedelta) -> None:
    """Filled and open again that much later, with what follows from it."""
    life.fill(by_owner(session, talk, later), talk.opgave.id)
    session.flush()
    fact = {"opgave_id": str(talk.opgave.id)}
    for reaction in (STOP_ALL_WAITING, LET_GO):
        reaction.act(make_work(session, now=MONDAY + later), fact)
    opens = by_owner(session, talk, later)
    life.reopen(opens, talk.opgave.id, talk.opgave.closes_on, 2)
    session.flush()
    OPEN_AGAIN.act(opens, fact)


def waits(session: Session) -> list[tuple[datetime, bool]]:
    session.expire_all()
    rows = session.scalars(select(AwaitedAnswer).order_by(AwaitedAnswer.since))
    return [(row.since, row.settled_at is None) for row in rows]


def test_who_was_not_answered_waits_anew_when_the_opgave_opens_again(
    session: Session, talk: Talk
) -> None:
    end_and_open(session, talk, A_DAY)

    assert waits(session) == [(MONDAY + A_DAY, True)]


def test_who_had_the_last_word_of_the_gemeente_waits_for_nothing_when_it_opens_again(
    session: Session, talk: Talk
) -> None:
    say(session, talk, talk.owner, "Welkom.")

    end_and_open(session, talk, A_DAY)

    assert waits(session) == [(MONDAY, False)]


def test_an_answer_that_was_late_stays_late_whatever_is_filled_and_opened(
    session: Session, talk: Talk
) -> None:
    opened = MONDAY + 10 * A_DAY
    end_and_open(session, talk, 10 * A_DAY)

    assert waits(session) == [(MONDAY, False), (opened, True)]
    answer = make_work(session, talk.owner, opened + A_DAY)
    talking.say(answer, talk.id, answer.new_id(), "Welkom.")
    rate = insight.answering(session, MONDAY + 30 * A_DAY)
    assert (rate.awaited, rate.in_time) == (2, 1)


def test_what_is_filled_and_opened_before_anything_follows_keeps_its_deadline(
    session: Session, talk: Talk
) -> None:
    life.fill(by_owner(session, talk, A_DAY), talk.opgave.id)
    opens = by_owner(session, talk, A_DAY)
    life.reopen(opens, talk.opgave.id, talk.opgave.closes_on, 2)
    session.flush()

    for reaction in (STOP_ALL_WAITING, LET_GO, OPEN_AGAIN):
        reaction.act(opens, {"opgave_id": str(talk.opgave.id)})

    assert waits(session) == [(MONDAY, True)]
    assert given_back(session) == []


def test_who_was_not_let_go_yet_waits_anew_as_well(session: Session, talk: Talk) -> None:
    life.fill(by_owner(session, talk, A_DAY), talk.opgave.id)
    session.flush()
    fact = {"opgave_id": str(talk.opgave.id)}
    STOP_ALL_WAITING.act(make_work(session, now=MONDAY + A_DAY), fact)
    opens = by_owner(session, talk, A_DAY)
    life.reopen(opens, talk.opgave.id, talk.opgave.closes_on, 2)
    session.flush()
    OPEN_AGAIN.act(opens, fact)

    assert waits(session) == [(MONDAY + A_DAY, True)]


def test_what_ended_again_meanwhile_stays_closed(session: Session, talk: Talk) -> None:
    life.fill(by_owner(session, talk), talk.opgave.id)
    let_go(session, talk.opgave)

    OPEN_AGAIN.act(make_work(session), {"opgave_id": str(talk.opgave.id)})

    assert answer_of(session, talk.professional) is Answer.CLOSED


def test_of_sixteen_who_let_go_at_once_each_is_told_once(shared: SharedDatabase) -> None:
    with shared.work() as work:
        talk = a_talk(work.session)
        people = [talk.professional, *(a_fitting_person(work.session) for _ in range(4))]
        for person in people[1:]:
            service.show_interest(make_work(work.session, person), talk.opgave.id)
        an_invitation(work.session, talk.opgave, a_fitting_person(work.session))
        talk.opgave.status = OpgaveStatus.FILLED
        opgave_id = talk.opgave.id
    gate, failures = Barrier(AT_ONCE), []

    def react() -> None:
        gate.wait()
        try:
            with shared.work() as work:
                LET_GO.act(work, {"opgave_id": str(opgave_id)})
        except Exception as failure:
            failures.append(failure)

    threads = [Thread(target=react) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert outcomes_told(shared, opgave_id) == [1] * 6


def outcomes_told(shared: SharedDatabase, opgave_id: UUID) -> list[int]:
    with shared.work() as work:
        counts = (
            select(func.count())
            .where(
                OutboxMessage.name == "outcome.given",
                OutboxMessage.payload["opgave_id"].astext == str(opgave_id),
            )
            .group_by(OutboxMessage.payload["user_id"].astext)
        )
        return list(work.session.scalars(counts))


def test_one_who_is_ended_halfway_leaves_it_whole_to_the_next(shared: SharedDatabase) -> None:
    class Ended(Exception):
        pass

    with shared.work() as work:
        talk = a_talk(work.session)
        talk.opgave.status = OpgaveStatus.FILLED
        opgave_id = talk.opgave.id
    fact = {"opgave_id": str(opgave_id)}

    def be_ended() -> None:
        with shared.work() as work:
            LET_GO.act(work, fact)
            work.session.flush()
            raise Ended

    with pytest.raises(Ended):
        be_ended()
    left = outcomes_told(shared, opgave_id)
    with shared.work() as work:
        LET_GO.act(work, fact)

    assert (left, outcomes_told(shared, opgave_id)) == ([], [1])


def test_interest_that_comes_as_the_opgave_is_filled_is_refused_or_let_go(
    shared: SharedDatabase,
) -> None:
    with shared.work() as work:
        talk = a_talk(work.session)
        late = actor_of(a_fitting_person(work.session))
        owner, opgave_id = actor_of(talk.owner), talk.opgave.id

    def show(work: Work) -> None:
        service.show_interest(Work(work.session, late, work.now), opgave_id)

    _, refused = shared.overlap(lambda work: life.fill(work, opgave_id) and None, show, owner)

    assert isinstance(refused, Conflict)


def test_the_next_matches_are_the_best_that_can_still_be_answered(session: Session) -> None:
    person = a_fitting_person(session)
    opgaven = [an_opgave(session, "Verkeerskunde") for _ in range(MOST_NEXT + 3)]
    matching.match_everything(make_work(session))
    stored = stored_matches_of_person(session, actor_of(person), TODAY)
    ordered = [one.seen.opgave for one in stored]
    service.say_later(make_work(session, person), ordered[0].id)
    ordered[1].status = OpgaveStatus.FILLED
    session.flush()

    found = [one.seen.opgave.id for one in news.next_matches(session, actor_of(person), TODAY)]

    assert len(opgaven) == len(ordered)
    assert found == [one.id for one in ordered[2 : 2 + MOST_NEXT]]


def test_the_next_matches_are_without_what_their_reader_left_out(session: Session) -> None:
    person = a_fitting_person(session)
    for number in range(2):
        an_opgave(session, "Verkeerskunde", title=f"Opgave {number}", themes=[Theme.WONEN])
    wanted = an_opgave(session, "Verkeerskunde", themes=[Theme.RUIMTE])
    asking = an_opgave(session, "Verkeerskunde", "Inkoop", themes=[Theme.RUIMTE])
    matching.match_everything(make_work(session))
    own = stored_matches_of_person(session, actor_of(person), TODAY)
    assert {wanted.id, asking.id} < {one.seen.opgave.id for one in own}

    leave_out(make_work(session, person), LeftOut((Theme.WONEN,), ("inkoop",)))
    session.flush()

    found = news.next_matches(session, actor_of(person), TODAY)
    assert [one.seen.opgave.id for one in found] == [wanted.id]


def test_every_reason_that_can_be_chosen_is_one_of_people() -> None:
    assert set(CHOSEN) == {
        *(WhyClosed.SOMEBODY_ELSE, HOURS, WhyClosed.EXPERIENCE),
        *(WhyClosed.CHANGED, WhyClosed.OTHER),
    }


def test_who_is_in_a_loan_waits_for_nothing_anew_when_it_opens_again(
    session: Session, talk: Talk
) -> None:
    a_loan_asked(session, talk.professional, talk.opgave, "baas@testerdam.example")
    awaiting.note_answer(make_work(session), talk.opgave.id, talk.professional.id)

    end_and_open(session, talk, A_DAY)

    assert waits(session) == [(MONDAY, False)]

"""A professional waits for a gemeente from a word of theirs until an answer; the clock tells."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.conversations import awaiting, queries, service
from app.conversations.models import AwaitedAnswer, Conversation
from app.conversations.rules import answer_before
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.loans.queries import asked_by
from app.opgaven import life
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState
from app.people.service import pause_profile
from app.responses import ending
from app.responses import service as responses
from app.responses.rules import WhyClosed
from tests.conftest import DatabaseMaker
from tests.conversations.builders import Talk, a_question, a_talk, say
from tests.loans.builders import a_loan_asked
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

# Asked on Monday the 23rd: five whole workdays end with Monday the 30th.
LAST_DAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
TOO_LATE = datetime(2026, 12, 1, 8, tzinfo=UTC)
MANY = 16


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database(), at_once=MANY + 2) as opened:
        yield opened


def rows(session: Session) -> list[AwaitedAnswer]:
    session.flush()
    found = select(AwaitedAnswer).order_by(AwaitedAnswer.since)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def waits(session: Session) -> list[bool]:
    return [row.settled_at is None for row in rows(session)]


def told(session: Session) -> list[str]:
    session.flush()
    names = select(OutboxMessage.name).where(OutboxMessage.name.in_(["answer.due", "answer.late"]))
    return list(session.scalars(names.order_by(OutboxMessage.id)))


def sweep(session: Session, now: datetime) -> None:
    awaiting.tell_what_is_late(make_work(session, now=now))
    awaiting.tell_what_is_due(make_work(session, now=now))


def test_five_workdays_come_before_the_day_that_is_too_late() -> None:
    assert answer_before(TODAY) == date(2026, 12, 1)


@pytest.mark.parametrize("begin", [a_talk, a_question])
def test_interest_and_a_question_let_somebody_wait(
    session: Session, begin: Callable[[Session], Talk]
) -> None:
    talk = begin(session)

    (row,) = rows(session)
    assert (row.conversation_id, row.since, row.answer_before, row.settled_at) == (
        talk.id,
        MONDAY,
        date(2026, 12, 1),
        None,
    )


def test_who_waits_already_waits_no_longer_for_a_second_word(session: Session) -> None:
    talk = a_question(session)

    later = make_work(session, talk.professional, MONDAY + timedelta(days=2))
    service.say(later, talk.id, later.new_id(), "Weten jullie het al?")

    assert [row.since for row in rows(session)] == [MONDAY]


def test_a_message_of_the_gemeente_is_an_answer_and_the_next_word_waits_anew(
    session: Session,
) -> None:
    talk = a_question(session)

    say(session, talk, talk.owner, "Aan de haven.")
    assert waits(session) == [False]
    later = make_work(session, talk.professional, MONDAY + timedelta(days=1))
    service.say(later, talk.id, later.new_id(), "En wanneer?")

    assert waits(session) == [False, True]
    assert rows(session)[1].answer_before == date(2026, 12, 2)


def test_interest_after_an_answer_waits_anew(session: Session) -> None:
    talk = a_question(session)
    a_profile(session, "Verkeerskunde", user=talk.professional)
    say(session, talk, talk.owner, "Aan de haven.")

    later = MONDAY + timedelta(days=1)
    service.show_interest(make_work(session, talk.professional, later), talk.opgave.id)

    assert waits(session) == [False, True]


def test_interest_along_another_road_waits_once(session: Session) -> None:
    professional = a_user(session)
    a_profile(session, user=professional)
    opgave = an_opgave(session)
    responses.show_interest(make_work(session, professional), opgave.id)
    session.flush()
    later = make_work(session, now=MONDAY + timedelta(hours=1))

    for _ in range(2):
        service.begin_after_interest(later, opgave.id, professional.id)
    assert [row.since for row in rows(session)] == [MONDAY]

    awaiting.note_answer(later, opgave.id, professional.id)
    service.begin_after_interest(later, opgave.id, professional.id)
    assert waits(session) == [False]


def test_nobody_waits_where_nobody_can_react_any_more(session: Session) -> None:
    talk = a_talk(session)
    say(session, talk, talk.owner, "Welkom.")
    talk.opgave.status = OpgaveStatus.FILLED

    say(session, talk, talk.professional, "Dank je.")

    assert waits(session) == [False]


def told_no(session: Session, talk: Talk) -> None:
    work = make_work(session, talk.owner)
    ending.say_no(work, talk.opgave.id, talk.professional.id, WhyClosed.HOURS)
    session.flush()
    awaiting.note_answer(work, talk.opgave.id, talk.professional.id)


def takes_back(session: Session, talk: Talk) -> None:
    responses.withdraw(make_work(session, talk.professional), talk.opgave.id)
    session.flush()
    awaiting.stop_after_withdrawal(make_work(session), talk.opgave.id, talk.professional.id)


@pytest.mark.parametrize("end_it", [told_no, takes_back])
def test_a_word_after_the_end_lets_nobody_wait(
    session: Session, end_it: Callable[[Session, Talk], None]
) -> None:
    talk = a_talk(session, "Ik help graag.")
    end_it(session, talk)

    say(session, talk, talk.professional, "Dank je wel, en succes.")

    assert True not in waits(session)
    for viewer in (talk.owner, talk.professional):
        seen = queries.of_viewer(session, make_work(session, viewer).actor, talk.id)
        assert (seen.turn, seen.answer_before) == (None, None)


def test_who_waits_for_nothing_any_more_is_reminded_of_to_nobody(session: Session) -> None:
    talk = a_talk(session, "Ik help graag.")
    responses.withdraw(make_work(session, talk.professional), talk.opgave.id)
    session.flush()

    sweep(session, LAST_DAY)
    sweep(session, TOO_LATE)

    assert (told(session), queries.count_awaited(session, talk.opgave.id)) == ([], 0)


def test_who_takes_interest_back_in_time_was_not_kept_waiting(session: Session) -> None:
    talk = a_talk(session)
    opgave_id, user_id = talk.opgave.id, talk.professional.id

    awaiting.stop_after_withdrawal(make_work(session), opgave_id, user_id)
    assert waits(session) == [True]
    responses.withdraw(make_work(session, talk.professional), opgave_id)
    session.flush()
    awaiting.stop_after_withdrawal(make_work(session), opgave_id, user_id)

    assert rows(session) == []


def test_who_waited_too_long_did_wait_whatever_came_of_it(session: Session) -> None:
    talk = a_talk(session)
    responses.withdraw(make_work(session, talk.professional, TOO_LATE), talk.opgave.id)
    session.flush()

    late = make_work(session, now=TOO_LATE)
    awaiting.stop_after_withdrawal(late, talk.opgave.id, talk.professional.id)

    assert [row.settled_at for row in rows(session)] == [TOO_LATE]


def test_the_end_of_an_opgave_ends_all_waiting_for_it(session: Session) -> None:
    talk, other = a_talk(session), a_talk(session)

    awaiting.stop_at_end(make_work(session), talk.opgave.id)
    assert waits(session) == [True, True]
    talk.opgave.status = OpgaveStatus.EXPIRED
    awaiting.stop_at_end(make_work(session), talk.opgave.id)

    assert [row.conversation_id for row in rows(session)] == [other.id]


def hide(session: Session, talk: Talk, now: datetime = MONDAY) -> None:
    """Out of sight, and what follows from that."""
    pause_profile(make_work(session, talk.professional, now))
    session.flush()


def come_back(session: Session, talk: Talk, now: datetime) -> None:
    session.get_one(Profile, talk.professional.id).state = ProfileState.PUBLISHED
    awaiting.begin_anew(
        make_work(session, now=now), talk.professional.id, asked_by(talk.professional.id)
    )


def test_who_hides_without_a_word_is_waited_for_no_more(session: Session) -> None:
    talk = a_talk(session)

    hide(session, talk)
    counted = queries.count_awaited(session, talk.opgave.id)
    sweep(session, LAST_DAY)
    sweep(session, TOO_LATE)
    assert (counted, told(session)) == (0, [])
    awaiting.stop_unseen(make_work(session, now=TOO_LATE), talk.professional.id)

    assert rows(session) == []


def test_what_was_late_before_somebody_hid_stays_late(session: Session) -> None:
    talk = a_talk(session)
    sweep(session, TOO_LATE)

    hide(session, talk, TOO_LATE)
    awaiting.stop_unseen(make_work(session, now=TOO_LATE), talk.professional.id)

    assert [row.settled_at for row in rows(session)] == [TOO_LATE]


def test_who_comes_back_waits_anew(session: Session) -> None:
    talk = a_talk(session)
    hide(session, talk)
    awaiting.stop_unseen(make_work(session), talk.professional.id)

    back = MONDAY + timedelta(days=2)
    for now in (back, back + timedelta(days=1)):
        come_back(session, talk, now)

    assert [(row.since, row.answer_before) for row in rows(session)] == [(back, date(2026, 12, 3))]


def test_who_hides_after_a_word_is_waited_for_as_before(session: Session) -> None:
    for talk in (a_talk(session, "Ik help graag."), a_question(session, headline="Hier")):
        hide(session, talk)
        awaiting.stop_unseen(make_work(session), talk.professional.id)

        assert queries.count_awaited(session, talk.opgave.id) == 1


def test_who_was_answered_or_took_it_back_waits_for_nothing_when_they_come_back(
    session: Session,
) -> None:
    answered, withdrawn, lent = a_talk(session), a_talk(session), a_talk(session)
    say(session, answered, answered.owner, "Welkom.")
    responses.withdraw(make_work(session, withdrawn.professional), withdrawn.opgave.id)
    a_loan_asked(session, lent.professional, lent.opgave, "baas@testerdam.example")
    for talk in (answered, withdrawn, lent):
        awaiting.note_answer(make_work(session), talk.opgave.id, talk.professional.id)

    for talk in (answered, withdrawn, lent):
        awaiting.begin_anew(
            make_work(session), talk.professional.id, asked_by(talk.professional.id)
        )

    assert waits(session) == [False, False, False]


def test_interest_of_who_hid_before_it_was_kept_begins_nothing(session: Session) -> None:
    professional = a_user(session)
    a_profile(session, user=professional)
    opgave = an_opgave(session)
    responses.show_interest(make_work(session, professional), opgave.id)
    pause_profile(make_work(session, professional))
    session.flush()

    service.begin_after_interest(make_work(session), opgave.id, professional.id)

    assert rows(session) == []


def test_another_answer_than_a_message_leaves_nobody_to_wait_for(session: Session) -> None:
    talk = a_talk(session)
    actor = make_work(session, talk.owner).actor
    assert queries.of_viewer(session, actor, talk.id).is_waiting_for_viewer
    assert queries.of_viewer(session, actor, talk.id).answer_before == date(2026, 12, 1)

    awaiting.note_answer(make_work(session), talk.opgave.id, talk.professional.id)
    session.expire_all()

    seen = queries.of_viewer(session, actor, talk.id)
    assert (seen.turn, seen.answer_before) == (None, None)


def test_nobody_is_waited_for_when_the_opgave_is_over(session: Session) -> None:
    talk = a_question(session)
    talk.opgave.status = OpgaveStatus.EXPIRED

    seen = queries.of_viewer(session, make_work(session, talk.owner).actor, talk.id)

    assert seen.turn is None


def test_the_clock_reminds_on_the_last_day_and_tells_after_it_once(session: Session) -> None:
    a_question(session)

    sweep(session, LAST_DAY - timedelta(days=1, hours=9))
    assert told(session) == []
    for _ in range(2):
        sweep(session, LAST_DAY)
    assert told(session) == ["answer.due"]
    for _ in range(2):
        sweep(session, TOO_LATE)
    assert told(session) == ["answer.due", "answer.late"]


def test_what_is_late_already_is_not_due_any_more(session: Session) -> None:
    a_question(session)

    sweep(session, TOO_LATE)

    assert told(session) == ["answer.late"]


def test_the_weekend_before_the_day_that_is_too_late_reminds_as_well(session: Session) -> None:
    talk = a_question(session)
    (row,) = rows(session)
    row.answer_before = date(2026, 11, 30)

    sweep(session, datetime(2026, 11, 28, 8, tzinfo=UTC))

    assert told(session) == ["answer.due"]
    assert talk.id == row.conversation_id


def test_who_was_answered_is_not_told_of(session: Session) -> None:
    talk = a_question(session)
    say(session, talk, talk.owner, "Aan de haven.")

    sweep(session, LAST_DAY)
    sweep(session, TOO_LATE)

    assert told(session) == []


def test_of_an_opgave_that_ended_nothing_is_told(session: Session) -> None:
    a_question(session).opgave.status = OpgaveStatus.FILLED
    session.flush()

    sweep(session, LAST_DAY)
    sweep(session, TOO_LATE)

    assert told(session) == []


def test_a_fact_names_nothing_but_the_conversation(session: Session) -> None:
    talk = a_question(session)
    sweep(session, LAST_DAY)

    (fact,) = session.scalars(select(OutboxMessage).where(OutboxMessage.name == "answer.due"))
    assert fact.payload == {"conversation_id": str(talk.id)}


def test_sixteen_who_sweep_at_once_tell_once(shared: SharedDatabase) -> None:
    with shared.work() as work:
        a_question(work.session)

    def once(moment: datetime, deed: Callable[[Work], None]) -> None:
        def one(_: int) -> None:
            with shared.work(now=moment) as work:
                deed(work)

        with ThreadPoolExecutor(MANY) as pool:
            list(pool.map(one, range(MANY)))

    once(LAST_DAY, awaiting.tell_what_is_due)
    once(TOO_LATE, awaiting.tell_what_is_late)

    with shared.work() as work:
        assert told(work.session) == ["answer.due", "answer.late"]


def test_two_words_at_once_let_somebody_wait_once(shared: SharedDatabase) -> None:
    with shared.work() as work:
        talk = a_talk(work.session)
        say(work.session, talk, talk.owner, "Welkom.")
        conversation_id, actor = talk.id, make_work(work.session, talk.professional).actor

    def ask(work: Work) -> None:
        service.say(work, conversation_id, work.new_id(), "Wanneer?")

    shared.overlap(ask, ask, actor, MONDAY + timedelta(days=1))

    with shared.work() as work:
        own = select(AwaitedAnswer).where(AwaitedAnswer.conversation_id == conversation_id)
        assert len(work.session.scalars(own.where(AwaitedAnswer.settled_at.is_(None))).all()) == 1


def one_without_deadline(shared: SharedDatabase) -> tuple[Conversation, User]:
    """Somebody who waits with no day for it, and who is to answer."""
    with shared.work() as work:
        talk = a_talk(work.session, "Ik help graag.")
        work.session.execute(delete(AwaitedAnswer).where(AwaitedAnswer.conversation_id == talk.id))
        work.session.expunge(talk.conversation)
        work.session.expunge(talk.owner)
        return talk.conversation, talk.owner


def waits_in(shared: SharedDatabase, conversation: Conversation) -> list[bool]:
    with shared.work() as work:
        return [
            row.settled_at is None
            for row in rows(work.session)
            if row.conversation_id == conversation.id
        ]


def wait_anew(conversation: Conversation) -> Callable[[Work], None]:
    return lambda work: awaiting.begin_anew(
        work, conversation.user_id, asked_by(conversation.user_id)
    )


def end(conversation: Conversation) -> Callable[[Work], None]:
    def deed(work: Work) -> None:
        life.fill(work, conversation.opgave_id)
        work.session.flush()
        awaiting.stop_at_end(work, conversation.opgave_id)

    return deed


def test_an_answer_that_is_just_written_leaves_nobody_to_begin_waiting(
    shared: SharedDatabase,
) -> None:
    conversation, owner = one_without_deadline(shared)

    def answer(work: Work) -> None:
        service.say(work, conversation.id, work.new_id(), "Aan de haven.")

    shared.overlap(answer, wait_anew(conversation), actor_of(owner))

    assert waits_in(shared, conversation) == []


@pytest.mark.parametrize("deeds", [(wait_anew, end), (end, wait_anew)])
def test_the_end_of_an_opgave_leaves_nobody_who_just_begins_to_wait(
    shared: SharedDatabase, deeds: tuple[Callable[[Conversation], Callable[[Work], None]], ...]
) -> None:
    conversation, owner = one_without_deadline(shared)

    first, second = (deed(conversation) for deed in deeds)
    shared.overlap(first, second, actor_of(owner))

    assert waits_in(shared, conversation) == []


def asks(conversation: Conversation) -> Callable[[Work], None]:
    """A loan is asked, and lies with the gemeente from then on."""

    def deed(work: Work) -> None:
        professional = work.fetch(User, conversation.user_id)
        opgave = work.fetch(Opgave, conversation.opgave_id)
        a_loan_asked(work.session, professional, opgave, "baas@testerdam.example")
        awaiting.note_answer(work, conversation.opgave_id, conversation.user_id)

    return deed


@pytest.mark.parametrize("deeds", [(wait_anew, asks), (asks, wait_anew)])
def test_a_loan_that_is_just_asked_leaves_nobody_who_begins_to_wait(
    shared: SharedDatabase, deeds: tuple[Callable[[Conversation], Callable[[Work], None]], ...]
) -> None:
    conversation, _ = one_without_deadline(shared)

    first, second = (deed(conversation) for deed in deeds)
    shared.overlap(first, second)

    assert True not in waits_in(shared, conversation)

"""Who lets a colleague wait hears it in time, and somebody else when that was no use."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.conversations import awaiting
from app.conversations import service as conversing
from app.conversations.models import AwaitedAnswer
from app.core.actor import Role
from app.core.mail import Letter
from app.core.work import Work
from app.loans.queries import asked_by
from app.notifications import queries, service
from app.notifications.digest import Awaited, DigestOwn
from app.notifications.models import ChannelChoice, Delivery, Notice
from app.notifications.rules import Channel, Family, MailKind, NoticeKind, morning_of
from app.notifications.service import Stationery
from app.notifications.telling import told_to
from app.people.models import Profile
from app.people.rules import ProfileState
from app.responses import service as responses
from tests.conversations.builders import Talk, a_question, a_talk, say
from tests.support.builders import a_user
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)


@pytest.fixture
def talk(session: Session) -> Talk:
    return a_question(session)


def here(session: Session, talk: Talk, *roles: Role) -> User:
    return a_user(session, *roles, gemeente_code=talk.owner.gemeente_code)


def was_told(session: Session) -> None:
    """As the clock leaves it."""
    told = update(AwaitedAnswer).where(AwaitedAnswer.settled_at.is_(None))
    session.execute(told.values(reminded_at=MONDAY, late_told_at=MONDAY))


def read_by(session: Session, user: User) -> list[NoticeKind]:
    session.flush()
    return [one.notice.kind for one in queries.inbox(session, actor_of(user), TODAY)]


def late(session: Session, talk: Talk) -> None:
    was_told(session)
    service.tell_answer_late(make_work(session), talk.id)
    session.flush()


def test_the_opgavehouder_is_reminded_as_long_as_somebody_waits(
    session: Session, talk: Talk
) -> None:
    talk.opgave.co_owner_id = here(session, talk, Role.OPGAVEHOUDER).id

    was_told(session)
    service.tell_answer_due(make_work(session), talk.id)

    assert read_by(session, talk.owner) == [NoticeKind.ANSWER_DUE]
    assert list(session.scalars(select(Notice.user_id))) == [talk.owner.id]
    say(session, talk, talk.owner, "Aan de haven.")
    assert read_by(session, talk.owner) == []


def test_the_second_opgavehouder_hears_what_is_late_and_nobody_else(
    session: Session, talk: Talk
) -> None:
    second = here(session, talk, Role.OPGAVEHOUDER)
    here(session, talk, Role.GEMEENTEBEHEERDER)
    talk.opgave.co_owner_id = second.id

    late(session, talk)

    assert list(session.scalars(select(Notice.user_id))) == [second.id]
    assert read_by(session, second) == [NoticeKind.ANSWER_LATE]


@pytest.mark.parametrize("is_same", [False, True])
def test_without_a_second_one_the_gemeentebeheerders_of_that_gemeente_hear(
    session: Session, talk: Talk, is_same: bool
) -> None:
    talk.opgave.co_owner_id = talk.owner.id if is_same else None
    beheerders = [here(session, talk, Role.GEMEENTEBEHEERDER) for _ in range(2)]
    a_user(session, Role.GEMEENTEBEHEERDER)

    late(session, talk)

    assert set(session.scalars(select(Notice.user_id))) == {one.id for one in beheerders}
    assert [read_by(session, one) for one in beheerders] == [[NoticeKind.ANSWER_LATE]] * 2


def test_where_there_is_nobody_else_nobody_hears(session: Session) -> None:
    talk = a_question(session)
    talk.owner.grants = a_user(session, Role.GEMEENTEBEHEERDER).grants

    late(session, talk)

    assert session.scalars(select(Notice)).all() == []


def test_the_digest_tells_of_several_who_wait_once_and_leads_to_the_conversations(
    session: Session, talk: Talk
) -> None:
    other = a_user(session)
    from_other = make_work(session, other)
    second = conversing.ask(from_other, talk.opgave.id, "En wanneer?", from_other.new_id())
    was_told(session)
    for conversation_id in (talk.id, second.id):
        service.tell_answer_due(make_work(session), conversation_id)
    session.flush()

    news = queries.news(session, actor_of(talk.owner), None, MONDAY + A_DAY, TODAY)

    (told,) = told_to(news)
    assert isinstance(told.section, Awaited)
    assert told.section.lines == (
        DigestOwn(
            talk.opgave.id,
            "Een collega wacht op jullie antwoord over “Een veilig plein”.",
        ),
    )


def test_who_hides_is_told_of_no_more_and_is_no_news_when_they_come_back(
    session: Session,
) -> None:
    talk = a_talk(session)
    was_told(session)
    service.tell_answer_due(make_work(session), talk.id)
    profile = session.get_one(Profile, talk.professional.id)

    profile.state = ProfileState.PAUSED
    assert read_by(session, talk.owner) == []
    awaiting.stop_unseen(make_work(session), talk.professional.id)
    profile.state = ProfileState.PUBLISHED
    session.flush()
    awaiting.begin_anew(make_work(session), talk.professional.id, asked_by(talk.professional.id))

    assert read_by(session, talk.owner) == []
    was_told(session)
    assert read_by(session, talk.owner) == [NoticeKind.ANSWER_DUE]


def mails(session: Session, reader: User) -> list[Delivery]:
    session.flush()
    own = select(Delivery).where(
        Delivery.user_id == reader.id, Delivery.kind == MailKind.ANSWER_AWAITED
    )
    return list(session.scalars(own))


def write(work: Work, stationery: Stationery, delivery: Delivery) -> Letter | None:
    work.session.flush()
    claims = {one.delivery_id: one for one in service.claim(work, 20)}
    return service.write_letter(work, stationery, claims[delivery.id])


def test_who_lets_somebody_wait_hears_it_at_once_in_one_mail_of_all_who_wait(
    session: Session, stationery: Stationery, talk: Talk
) -> None:
    from_other = make_work(session, a_user(session, name="Noor Jansen"))
    second = conversing.ask(from_other, talk.opgave.id, "En wanneer?", from_other.new_id())
    was_told(session)
    for conversation_id in (talk.id, second.id, talk.id):
        service.tell_answer_due(make_work(session), conversation_id)

    [mail] = mails(session, talk.owner)
    letter = write(make_work(session), stationery, mail)

    assert letter is not None
    assert letter.subject == "Iemand wacht op je antwoord: Een veilig plein"
    for part in (letter.text, letter.html):
        assert "Fatima Bouali" in part
        assert "Noor Jansen" in part
        assert f"/opgaven/{talk.opgave.id}/gesprekken" in part


def test_who_is_told_that_an_answer_is_late_hears_it_at_once(
    session: Session, stationery: Stationery, talk: Talk
) -> None:
    second = here(session, talk, Role.OPGAVEHOUDER)
    talk.opgave.co_owner_id = second.id
    late(session, talk)

    [mail] = mails(session, second)
    letter = write(make_work(session), stationery, mail)

    assert letter is not None
    assert letter.subject == "Een antwoord is te laat: Een veilig plein"
    assert "niet iedereen binnen vijf werkdagen antwoord" in letter.text
    assert mails(session, talk.owner) == []


def test_what_was_answered_before_the_mail_goes_is_not_mailed(
    session: Session, stationery: Stationery, talk: Talk
) -> None:
    was_told(session)
    service.tell_answer_due(make_work(session), talk.id)
    [mail] = mails(session, talk.owner)
    say(session, talk, talk.owner, "Aan de haven.")

    assert write(make_work(session), stationery, mail) is None


def test_at_night_it_waits_for_the_morning(session: Session, talk: Talk) -> None:
    was_told(session)
    night = MONDAY + timedelta(hours=15)

    service.tell_answer_due(make_work(session, now=night), talk.id)

    [mail] = mails(session, talk.owner)
    assert mail.next_attempt_at == morning_of(TODAY + A_DAY)


@pytest.mark.parametrize(
    ("road", "sent", "in_digest"),
    [(Channel.AT_ONCE, 1, 0), (Channel.DIGEST, 0, 1), (Channel.INBOX, 0, 0)],
)
def test_who_waits_is_told_along_the_road_of_reactions(
    session: Session, talk: Talk, road: Channel, sent: int, in_digest: int
) -> None:
    reader = talk.owner
    session.add(ChannelChoice(user_id=reader.id, family=Family.RESPONSES, channel=road))
    was_told(session)
    service.tell_answer_due(make_work(session), talk.id)

    assert len(mails(session, reader)) == sent
    assert len(queries.news(session, actor_of(reader), None, MONDAY + A_DAY, TODAY)) == in_digest


def test_who_was_answered_before_it_was_told_is_told_of_to_nobody(
    session: Session, talk: Talk
) -> None:
    was_told(session)
    say(session, talk, talk.owner, "Aan de haven.")
    say(session, talk, talk.professional, "En wanneer?")

    service.tell_answer_due(make_work(session), talk.id)
    service.tell_answer_late(make_work(session), talk.id)

    assert session.scalars(select(Notice.kind)).all() == []


def test_who_takes_interest_back_is_waited_for_no_more(session: Session, talk: Talk) -> None:
    was_told(session)
    service.tell_answer_due(make_work(session), talk.id)
    responses.withdraw(make_work(session, talk.professional), talk.opgave.id)
    work = make_work(session, now=MONDAY)

    awaiting.stop_after_withdrawal(work, talk.opgave.id, talk.professional.id)

    assert read_by(session, talk.owner) == []

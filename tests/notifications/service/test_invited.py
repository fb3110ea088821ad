"""Who is invited hears it once, by notice and by mail; who invites hears of a no."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.mail import Letter
from app.core.work import Work
from app.notifications import queries, service
from app.notifications.models import ChannelChoice, Delivery, Notice
from app.notifications.rules import Channel, DeliveryState, Family, MailKind, NoticeKind
from app.notifications.service import Claim, Stationery
from app.notifications.telling import told_to
from app.responses import inviting
from app.responses.models import Invitation
from app.responses.rules import InvitationState, WhyNot
from tests.responses.builders import a_match, an_invitation
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)


@pytest.fixture
def invitation(session: Session) -> Invitation:
    opgave, _, person = a_match(session)
    return an_invitation(session, opgave, person)


@pytest.fixture
def person(session: Session, invitation: Invitation) -> User:
    return session.get_one(User, invitation.user_id)


@pytest.fixture
def work(session: Session) -> Work:
    return make_work(session)


def kinds_for(session: Session, reader: User) -> list[NoticeKind]:
    session.flush()
    return [one.notice.kind for one in queries.inbox(session, actor_of(reader), TODAY)]


def mails(session: Session) -> list[Delivery]:
    session.expire_all()
    kind = Delivery.kind == MailKind.INVITATION
    return list(session.scalars(select(Delivery).where(kind).order_by(Delivery.created_at)))


def write(work: Work, stationery: Stationery, delivery: Delivery) -> Letter | None:
    claims: list[Claim] = service.claim(work, 20)
    claimed = {one.delivery_id: one for one in claims}[delivery.id]
    letter = service.write_letter(work, stationery, claimed)
    work.session.flush()
    work.session.refresh(delivery)
    return letter


def test_who_is_invited_hears_it_once_with_words_reasons_and_a_link(
    work: Work, stationery: Stationery, invitation: Invitation, person: User
) -> None:
    for hours in range(2):
        now = MONDAY + timedelta(hours=hours)
        service.tell_invited(make_work(work.session, now=now), invitation.id)

    [mail] = mails(work.session)
    letter = write(work, stationery, mail)

    assert kinds_for(work.session, person) == [NoticeKind.INVITED]
    assert work.session.scalars(select(Notice.told_at)).one() == MONDAY
    assert letter is not None
    assert letter.to == person.email
    assert "nodigt je uit: Een veilig plein" in letter.subject
    for part in (letter.text, letter.html):
        for words in ("Marloes Hoekzema", "Jouw werk aan pleinen", "/antwoord/uitnodiging/"):
            assert words in part
        assert "7 december 2026" in part


@pytest.mark.parametrize("how", ["answered", "taken back", "another road"])
def test_a_mail_that_is_true_no_longer_is_held_back(
    work: Work, stationery: Stationery, invitation: Invitation, person: User, how: str
) -> None:
    service.tell_invited(work, invitation.id)
    [mail] = mails(work.session)
    if how == "answered":
        answering = make_work(work.session, person)
        inviting.decline(answering, invitation.opgave_id, WhyNot.NO_TIME)
    elif how == "taken back":
        owner = work.session.get_one(User, invitation.by_id)
        inviting.take_back(make_work(work.session, owner), invitation.id)
    else:
        work.session.add(
            ChannelChoice(user_id=person.id, family=Family.INVITATIONS, channel=Channel.DIGEST)
        )
    work.session.flush()

    assert write(work, stationery, mail) is None
    assert mail.state is DeliveryState.SUPPRESSED


def test_who_chose_the_digest_finds_it_there(
    work: Work, invitation: Invitation, person: User
) -> None:
    work.session.add(
        ChannelChoice(user_id=person.id, family=Family.INVITATIONS, channel=Channel.DIGEST)
    )
    work.session.flush()
    service.tell_invited(work, invitation.id)
    work.session.flush()

    news = queries.news(work.session, actor_of(person), None, MONDAY + A_DAY, TODAY)
    [told] = told_to(news)

    assert mails(work.session) == []
    assert (told.name, told.section.headline) == ("invitations", "1 uitnodiging voor jou")
    assert told.section.first_line.endswith("nodigt je uit voor “Een veilig plein”.")


def test_in_quiet_hours_the_mail_waits_for_the_morning(
    session: Session, invitation: Invitation
) -> None:
    evening = MONDAY + timedelta(hours=12)

    service.tell_invited(make_work(session, now=evening), invitation.id)

    [mail] = mails(session)
    assert mail.next_attempt_at == MONDAY + timedelta(hours=22)


def test_a_second_invitation_is_news_a_second_time(
    session: Session, invitation: Invitation, person: User
) -> None:
    service.tell_invited(make_work(session), invitation.id)
    invitation.state, invitation.ended_at = InvitationState.EXPIRED, MONDAY + A_DAY
    session.flush()
    gone = kinds_for(session, person)
    again = an_invitation(
        session, None, person, opgave_id=invitation.opgave_id, invited_at=MONDAY + 2 * A_DAY
    )
    service.tell_invited(make_work(session, now=MONDAY + 2 * A_DAY), again.id)

    assert (gone, kinds_for(session, person)) == ([], [NoticeKind.INVITED])
    assert len(mails(session)) == 2


def take_back(session: Session, invitation: Invitation, now: datetime) -> None:
    owner = session.get_one(User, invitation.by_id)
    inviting.take_back(make_work(session, owner, now), invitation.id)
    session.flush()
    service.tell_invitation_ended(make_work(session, now=now), invitation.id)
    session.flush()


def outcome_mails(session: Session) -> list[Delivery]:
    session.expire_all()
    return list(session.scalars(select(Delivery).where(Delivery.kind == MailKind.OUTCOME)))


def test_who_was_mailed_an_invitation_is_mailed_that_it_was_taken_back(
    session: Session, stationery: Stationery, invitation: Invitation, person: User
) -> None:
    service.tell_invited(make_work(session), invitation.id)
    mails(session)[0].state = DeliveryState.ACCEPTED
    later = MONDAY + timedelta(hours=1)

    take_back(session, invitation, later)

    [mail] = outcome_mails(session)
    letter = write(make_work(session, now=later), stationery, mail)
    assert kinds_for(session, person) == [NoticeKind.INVITATION_TAKEN_BACK]
    assert letter is not None
    assert letter.subject == "Uitnodiging ingetrokken: Een veilig plein"
    for part in (letter.text, letter.html):
        assert "Je hoeft niet meer te antwoorden." in part
        assert "Je kunt nog wel reageren, of iets vragen." in part
        assert "ging niet door voor jou" not in part


def test_who_was_not_told_of_an_invitation_hears_nothing_of_its_end(
    session: Session, invitation: Invitation, person: User
) -> None:
    take_back(session, invitation, MONDAY)

    assert (kinds_for(session, person), outcome_mails(session)) == ([], [])


def test_of_a_mail_that_never_went_its_end_is_not_mailed(
    session: Session, invitation: Invitation, person: User
) -> None:
    evening = MONDAY + timedelta(hours=12)
    service.tell_invited(make_work(session, now=evening), invitation.id)

    take_back(session, invitation, evening + timedelta(minutes=5))

    assert kinds_for(session, person) == [NoticeKind.INVITATION_TAKEN_BACK]
    assert outcome_mails(session) == []


def test_a_second_invitation_on_the_same_day_is_mailed(
    session: Session, invitation: Invitation, person: User
) -> None:
    service.tell_invited(make_work(session), invitation.id)
    mails(session)[0].state = DeliveryState.ACCEPTED
    take_back(session, invitation, MONDAY + timedelta(hours=1))
    later = MONDAY + timedelta(hours=2)
    again = an_invitation(session, None, person, opgave_id=invitation.opgave_id, invited_at=later)

    service.tell_invited(make_work(session, now=later), again.id)

    assert kinds_for(session, person) == [NoticeKind.INVITED]
    assert len(mails(session)) == 2


@pytest.mark.parametrize(
    ("state", "heard"),
    [
        (InvitationState.DECLINED, [NoticeKind.INVITATION_ENDED]),
        (InvitationState.EXPIRED, [NoticeKind.INVITATION_ENDED]),
        (InvitationState.ACCEPTED, []),
        (InvitationState.TAKEN_BACK, []),
    ],
)
def test_who_invites_hears_of_a_no_and_of_no_answer(
    work: Work, session: Session, state: InvitationState, heard: list[NoticeKind]
) -> None:
    opgave, owner, person = a_match(session)
    made = an_invitation(session, opgave, person, state=state)

    service.tell_invitation_ended(work, made.id)

    assert kinds_for(session, owner) == heard

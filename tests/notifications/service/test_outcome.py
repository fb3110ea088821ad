"""Whoever waited hears once how it ended, with the reason and what fits them now."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, object_session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.conversations import service as conversations
from app.core.ids import new_id
from app.core.work import Work
from app.matching import service as matching
from app.notifications import queries, service
from app.notifications.digest import Outcomes
from app.notifications.models import ChannelChoice, Delivery, MailAllowance, Notice
from app.notifications.rules import (
    MOST_A_DAY,
    Channel,
    DeliveryState,
    Family,
    MailKind,
    NoticeKind,
)
from app.notifications.service import Claim, Stationery
from app.notifications.telling import told_to
from app.opgaven.rules import OpgaveStatus
from app.responses import ending
from app.responses.models import Outcome, Response
from app.responses.rules import Answer, WhyClosed
from tests.conversations.builders import Talk, a_question, a_talk
from tests.support.builders import a_profile, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)


@pytest.fixture
def talk(session: Session) -> Talk:
    """With a no that its reader was not told yet."""
    found = a_talk(session)
    for number in range(4):
        an_opgave(session, "Verkeerskunde", title=f"Een stille straat {number}")
    matching.match_everything(make_work(session))
    ending.say_no(
        make_work(session, found.owner),
        found.opgave.id,
        found.professional.id,
        WhyClosed.HOURS,
        "Dank je voor het gesprek.",
    )
    session.flush()
    return found


@pytest.fixture
def work(session: Session) -> Work:
    return make_work(session)


def tell(work: Work, talk: Talk) -> None:
    service.tell_outcome(work, talk.opgave.id, talk.professional.id)
    work.session.flush()


def mails(session: Session) -> list[Delivery]:
    session.expire_all()
    kind = Delivery.kind == MailKind.OUTCOME
    return list(session.scalars(select(Delivery).where(kind).order_by(Delivery.created_at)))


def kinds_for(session: Session, reader: User) -> list[NoticeKind]:
    session.flush()
    return [one.notice.kind for one in queries.inbox(session, actor_of(reader), TODAY)]


def claimed(work: Work, delivery: Delivery) -> Claim:
    return {one.delivery_id: one for one in service.claim(work, 20)}[delivery.id]


def test_it_is_told_once_with_the_reason_and_three_matches(
    work: Work, stationery: Stationery, talk: Talk
) -> None:
    for hours in range(2):
        tell(make_work(work.session, now=MONDAY + timedelta(hours=hours)), talk)

    [mail] = mails(work.session)
    letter = service.write_letter(work, stationery, claimed(work, mail))

    assert kinds_for(work.session, talk.professional) == [NoticeKind.OUTCOME]
    assert work.session.scalars(select(Outcome.told_at)).one() == MONDAY
    assert work.session.scalars(select(Notice.told_at)).one() == MONDAY
    assert letter is not None
    assert letter.to == talk.professional.email
    for part in (letter.text, letter.html):
        assert "De uren of de periode passen niet bij elkaar." in part
        assert "Dank je voor het gesprek." in part
        assert part.count("Een stille straat") == 3
        assert "Dit past nu het best bij je" in part


def test_what_was_taken_back_is_not_told(work: Work, stationery: Stationery, talk: Talk) -> None:
    tell(work, talk)
    [mail] = mails(work.session)
    owner = make_work(work.session, talk.owner)
    ids = (talk.opgave.id, talk.professional.id)
    conversations.think_again(owner, *ids, new_id(), "Toch wel.")
    work.session.flush()
    tell(work, talk)

    assert service.write_letter(work, stationery, claimed(work, mail)) is None
    work.session.refresh(mail)
    assert mail.state is DeliveryState.SUPPRESSED
    assert NoticeKind.OUTCOME not in kinds_for(work.session, talk.professional)


def test_an_end_that_is_undone_is_not_told(work: Work, stationery: Stationery, talk: Talk) -> None:
    outcome = work.session.scalars(select(Outcome)).one()
    outcome.reason, outcome.by_id = WhyClosed.FILLED, None
    talk.opgave.status = OpgaveStatus.FILLED
    work.session.flush()
    tell(work, talk)
    [mail] = mails(work.session)
    assert kinds_for(work.session, talk.professional) == [NoticeKind.OUTCOME]

    talk.opgave.status = OpgaveStatus.TALKING
    work.session.flush()

    assert service.write_letter(work, stationery, claimed(work, mail)) is None
    assert NoticeKind.OUTCOME not in kinds_for(work.session, talk.professional)
    news = queries.news(work.session, actor_of(talk.professional), None, MONDAY + A_DAY, TODAY)
    assert "outcomes" not in {one.name for one in told_to(news)}


def open_again(talk: Talk) -> None:
    """As it is when the end of an opgave is undone."""
    session = object_session(talk.opgave)
    assert session is not None
    session.execute(delete(Outcome))
    response = session.scalars(select(Response)).one()
    response.answer = Answer.INTERESTED
    talk.opgave.status = OpgaveStatus.TALKING
    session.flush()


def tell_given_back(work: Work, talk: Talk) -> None:
    service.tell_given_back(work, talk.opgave.id, talk.professional.id, MONDAY + A_DAY)
    work.session.flush()


def test_who_hears_that_it_is_open_again_hears_it_once_by_mail_and_in_the_inbox(
    work: Work, stationery: Stationery, talk: Talk
) -> None:
    open_again(talk)
    for hours in range(2):
        now = MONDAY + A_DAY + timedelta(hours=hours)
        tell_given_back(make_work(work.session, now=now), talk)

    [mail] = mails(work.session)
    letter = service.write_letter(work, stationery, claimed(work, mail))

    assert kinds_for(work.session, talk.professional) == [NoticeKind.GIVEN_BACK]
    assert letter is not None
    assert letter.subject == "Een veilig plein staat weer open"
    for part in (letter.text, letter.html):
        assert "Je belangstelling staat weer zoals daarvoor." in part
        assert "gaat voor jou niet door" not in part
        assert f"/opgaven/{talk.opgave.id}" in part


def test_who_was_mailed_an_end_is_mailed_that_day_that_it_is_undone(
    session: Session, talk: Talk
) -> None:
    tell(make_work(session), talk)
    mails(session)[0].state = DeliveryState.ACCEPTED
    open_again(talk)

    for hours in range(1, 3):
        now = MONDAY + timedelta(hours=hours)
        ids = (talk.opgave.id, talk.professional.id)
        service.tell_given_back(make_work(session, now=now), *ids, MONDAY + timedelta(hours=1))
        session.flush()

    assert len(mails(session)) == 2


def test_what_undoes_a_mail_goes_to_who_had_enough_of_them(session: Session, talk: Talk) -> None:
    tell(make_work(session), talk)
    mails(session)[0].state = DeliveryState.ACCEPTED
    session.execute(update(MailAllowance).values(spent=MOST_A_DAY))
    open_again(talk)

    later = MONDAY + timedelta(hours=1)
    ids = (talk.opgave.id, talk.professional.id)
    service.tell_given_back(make_work(session, now=later), *ids, later)

    assert len(mails(session)) == 2


def test_interest_that_was_taken_back_or_ended_again_is_not_told_to_stand(
    work: Work, stationery: Stationery, talk: Talk
) -> None:
    open_again(talk)
    tell_given_back(make_work(work.session, now=MONDAY + A_DAY), talk)
    [mail] = mails(work.session)
    talk.opgave.status = OpgaveStatus.FILLED
    work.session.flush()

    assert kinds_for(work.session, talk.professional) == []
    assert service.write_letter(work, stationery, claimed(work, mail)) is None
    work.session.execute(delete(Notice))
    tell_given_back(make_work(work.session, now=MONDAY + A_DAY), talk)
    talk.opgave.status = OpgaveStatus.TALKING
    work.session.execute(delete(Response))
    tell_given_back(make_work(work.session, now=MONDAY + A_DAY), talk)
    assert work.session.scalars(select(Notice)).all() == []


def test_who_chose_the_digest_reads_there_that_it_is_open_again(work: Work, talk: Talk) -> None:
    reader = talk.professional
    work.session.add(
        ChannelChoice(user_id=reader.id, family=Family.OUTCOMES, channel=Channel.DIGEST)
    )
    open_again(talk)
    tell_given_back(make_work(work.session, now=MONDAY + A_DAY), talk)

    news = queries.news(work.session, actor_of(reader), None, MONDAY + 2 * A_DAY, TODAY)

    (told,) = [one for one in told_to(news) if one.name == "outcomes"]
    assert mails(work.session) == []
    assert isinstance(told.section, Outcomes)
    assert [(line.is_open, "staat weer open" in line.text) for line in told.section.lines] == [
        (True, True)
    ]


def test_who_chose_the_digest_finds_it_there(work: Work, talk: Talk) -> None:
    reader = talk.professional
    work.session.add(
        ChannelChoice(user_id=reader.id, family=Family.OUTCOMES, channel=Channel.DIGEST)
    )
    work.session.flush()
    tell(work, talk)

    news = queries.news(work.session, actor_of(reader), None, MONDAY + A_DAY, TODAY)
    told = told_to(news)

    assert mails(work.session) == []
    assert [(one.name, one.section.headline) for one in told] == [
        ("outcomes", "1 antwoord op je reacties")
    ]
    assert told[0].section.first_line.startswith("“Een veilig plein” van gemeente")


def test_in_quiet_hours_the_mail_waits_for_the_morning(session: Session, talk: Talk) -> None:
    tell(make_work(session, now=MONDAY + timedelta(hours=12)), talk)

    [mail] = mails(session)
    assert mail.next_attempt_at == MONDAY + timedelta(hours=22)


def test_who_only_asked_hears_that_it_is_open_again_as_long_as_they_say_nothing(
    work: Work, stationery: Stationery
) -> None:
    talk = a_question(work.session)
    for hours in range(2):
        now = MONDAY + A_DAY + timedelta(hours=hours)
        service.tell_opened_again(
            make_work(work.session, now=now),
            talk.opgave.id,
            talk.professional.id,
            MONDAY + A_DAY,
        )
        work.session.flush()

    [mail] = mails(work.session)
    letter = service.write_letter(work, stationery, claimed(work, mail))

    assert kinds_for(work.session, talk.professional) == [NoticeKind.OPENED_AGAIN]
    assert letter is not None
    assert letter.subject == "Een veilig plein staat weer open"
    for part in (letter.text, letter.html):
        assert "Je kunt weer reageren, of iets vragen." in part
        assert "belangstelling" not in part.split("Kies hoe")[0]
    a_profile(work.session, "Verkeerskunde", user=talk.professional)
    conversations.show_interest(make_work(work.session, talk.professional), talk.opgave.id)
    assert kinds_for(work.session, talk.professional) == []


def test_who_answered_since_or_is_too_late_is_not_told_that_it_is_open(work: Work) -> None:
    talk, late = a_talk(work.session), a_question(work.session)
    late.opgave.status = OpgaveStatus.FILLED

    for one in (talk, late):
        service.tell_opened_again(work, one.opgave.id, one.professional.id, MONDAY + A_DAY)

    assert work.session.scalars(select(Notice)).all() == []


def test_what_a_beheerder_took_down_is_not_said_to_be_withdrawn_by_its_gemeente(
    work: Work, stationery: Stationery, talk: Talk
) -> None:
    outcome = work.session.scalars(select(Outcome)).one()
    outcome.reason, outcome.words = WhyClosed.WITHDRAWN, ""
    talk.opgave.status, talk.opgave.taken_down_at = OpgaveStatus.WITHDRAWN, MONDAY
    work.session.flush()
    tell(work, talk)

    letter = service.write_letter(work, stationery, claimed(work, mails(work.session)[0]))

    assert letter is not None
    for part in (letter.text, letter.html):
        assert "Een beheerder haalde de opgave weg" in part
        assert "De gemeente trok" not in part
        assert "De opgave Een opgave" not in part
        assert talk.opgave.title not in part

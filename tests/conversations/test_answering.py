"""An answer by mail becomes a message once, of whom its address was made for."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations import answering, queries, service
from app.conversations.answering import AnswerBox, Taken
from app.conversations.models import ReceivedMail
from app.conversations.rules import TEXT_LIMIT, Side
from app.core.outbox import OutboxMessage
from app.core.verp import answer_address, envelope_sender
from tests.conftest import DatabaseMaker
from tests.conversations.builders import Talk, a_talk
from tests.core.answered_mails import PROGRAMS, SAID, a_mail
from tests.support.at_once import SharedDatabase
from tests.support.work import MONDAY, make_work

BOX = AnswerBox("gesprek@degemeentevannu.example", "een geheim van de tests")


def address_of(session: Session, talk: Talk, reader: User) -> str:
    own = service.reader_id(make_work(session), talk.conversation, reader.id)
    session.flush()
    return answer_address(own, BOX.address, BOX.secret)


def answer(session: Session, talk: Talk, writer: User, text: str = SAID, **changed: str) -> Taken:
    headers = {"From": writer.email, "To": address_of(session, talk, writer), **changed}
    taken = answering.take_in(make_work(session), BOX, a_mail(text, **headers).as_bytes())
    session.flush()
    return taken


def said(session: Session, talk: Talk) -> list[tuple[Side, str, bool]]:
    found = queries.messages(session, talk.id)
    return [(one.side, one.text, one.by_mail) for one in found]


def facts(session: Session, name: str) -> list[dict[str, Any]]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.payload).where(OutboxMessage.name == name)))


def test_an_answer_becomes_a_message_of_its_side(session: Session) -> None:
    talk = a_talk(session)

    assert answer(session, talk, talk.professional) is Taken.MESSAGE
    assert answer(session, talk, talk.owner, Message_ID="<twee@x.example>") is Taken.MESSAGE

    assert said(session, talk) == [(Side.PROFESSIONAL, SAID, True), (Side.OPGAVE, SAID, True)]
    assert facts(session, "message.written")[0]["by_mail"] is True


def test_who_is_kept_out_answers_nothing(session: Session) -> None:
    talk = a_talk(session)
    talk.owner.shut_out_at = MONDAY
    session.flush()

    assert answer(session, talk, talk.owner) is Taken.REFUSED
    assert said(session, talk) == []


def test_who_answers_by_mail_has_read_and_is_named(session: Session) -> None:
    talk = a_talk(session)

    answer(session, talk, talk.owner)

    assert queries.read_to(session, talk.id, talk.owner.id) == 1
    assert queries.messages(session, talk.id)[0].writer_id == talk.owner.id


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_from_every_program_only_what_is_new_is_kept(session: Session, text: str) -> None:
    talk = a_talk(session)

    answer(session, talk, talk.professional, text)

    assert said(session, talk) == [(Side.PROFESSIONAL, SAID, True)]


def test_the_same_mail_twice_counts_once(session: Session) -> None:
    talk = a_talk(session)

    taken = [answer(session, talk, talk.professional) for _ in range(2)]

    assert taken == [Taken.MESSAGE, Taken.KNOWN]
    assert len(said(session, talk)) == 1


def test_the_address_may_come_from_the_server_alone(session: Session) -> None:
    talk = a_talk(session)
    mail = a_mail(SAID, From=talk.owner.email, To="iemand@anders.example")
    recipient = address_of(session, talk, talk.owner).upper()

    taken = answering.take_in(make_work(session), BOX, mail.as_bytes(), recipient)

    assert taken is Taken.MESSAGE


def test_mail_from_another_address_is_refused(session: Session) -> None:
    talk = a_talk(session)

    taken = answer(session, talk, talk.professional, From=talk.owner.email)

    assert (taken, said(session, talk)) == (Taken.REFUSED, [])
    assert session.scalars(select(ReceivedMail)).all() == []


def forged(session: Session, talk: Talk) -> list[str]:
    own = address_of(session, talk, talk.professional)
    reader = service.reader_id(make_work(session), talk.conversation, talk.professional.id)
    return [
        own.replace("+", "+a", 1),
        own.replace(own.partition(".")[2][:4], "aaaa", 1),
        own.partition(".")[0] + "@degemeentevannu.example",
        answer_address(reader, BOX.address, "een ander geheim"),
        # The seal of a mail that comes back is no seal of an answer.
        envelope_sender(reader, BOX.address, BOX.secret),
        answer_address(talk.id, BOX.address, BOX.secret),
    ]


@pytest.mark.parametrize("number", range(6))
def test_a_forged_address_is_refused(session: Session, number: int) -> None:
    talk = a_talk(session)

    taken = answer(session, talk, talk.professional, To=forged(session, talk)[number])

    assert (taken, said(session, talk)) == (Taken.REFUSED, [])


def test_what_goes_elsewhere_is_not_ours(session: Session) -> None:
    talk = a_talk(session)

    assert answer(session, talk, talk.owner, To="bounce+x.y@z.example") is Taken.ELSEWHERE


def test_automatic_mail_never_becomes_a_message(session: Session) -> None:
    talk = a_talk(session)

    taken = answer(session, talk, talk.owner, Auto_Submitted="auto-replied")

    assert (taken, said(session, talk)) == (Taken.AUTOMATIC, [])


@pytest.mark.parametrize(("text", "length"), [("", 0), ("> Dag", 0), ("x" * 4_001, 4_001)])
def test_an_empty_or_too_long_answer_is_told_to_who_wrote_it(
    session: Session, text: str, length: int
) -> None:
    talk = a_talk(session)

    taken = [answer(session, talk, talk.professional, text) for _ in range(2)]

    assert taken == [Taken.RETURNED, Taken.KNOWN]
    assert said(session, talk) == []
    received = session.scalars(select(ReceivedMail)).one()
    assert (received.length, received.is_message) == (length, False)
    assert facts(session, "answer.returned") == [{"received_id": str(received.id)}]


def test_the_longest_answer_fits(session: Session) -> None:
    talk = a_talk(session)

    assert answer(session, talk, talk.owner, "x" * TEXT_LIMIT) is Taken.MESSAGE


def test_who_looks_after_the_opgave_no_more_is_refused(session: Session) -> None:
    talk = a_talk(session)
    address = address_of(session, talk, talk.owner)
    talk.owner.grants.clear()
    session.flush()

    assert answer(session, talk, talk.owner, To=address) is Taken.REFUSED
    assert said(session, talk) == []


def test_the_same_mail_at_two_doors_at_once_counts_once(new_database: DatabaseMaker) -> None:
    with SharedDatabase(new_database()) as database:
        with database.work() as work:
            talk = a_talk(work.session)
            talk_id = talk.id
            to = address_of(work.session, talk, talk.owner)
            content = a_mail(SAID, From=talk.owner.email, To=to).as_bytes()

        taken = database.overlap(
            lambda work: answering.take_in(work, BOX, content),
            lambda work: answering.take_in(work, BOX, content),
        )

        with database.work() as work:
            assert taken == (Taken.MESSAGE, Taken.KNOWN)
            assert len(queries.messages(work.session, talk_id)) == 1

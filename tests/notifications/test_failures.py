"""Why mails did not arrive, in words, and opening those of one reason again."""

import pytest
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.errors import NotAllowed
from app.notifications import service
from app.notifications.failures import MOST_NAMED, failures, reason_words
from app.notifications.rules import DeliveryState
from app.notifications.service import sending
from tests.notifications.builders import a_delivery
from tests.support.builders import a_user
from tests.support.work import make_work


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("550 5.1.1", "Het adres bestaat niet (550 5.1.1)"),
        ("550", "Het adres bestaat niet (550)"),
        ("552 5.2.2", "De postbus is vol of staat uit (552 5.2.2)"),
        ("4.4.7", "De mailserver van de ontvanger is niet bereikbaar (4.4.7)"),
        ("554 5.7.1", "De ontvanger weigert onze mail (554 5.7.1)"),
        ("554", "De ontvanger weigerde de mail (554)"),
        ("451", "De ontvanger nam de mail nog niet aan (451)"),
        ("NotFound", "De mail kon niet worden gemaakt of verstuurd (NotFound)"),
        ("no answer", "Geen antwoord: de mail kan zijn aangekomen"),
        ("complaint", "De ontvanger klaagde over de mail"),
        ("", "Geen reden bekend"),
    ],
)
def test_a_reason_is_told_in_words(reason: str, words: str) -> None:
    assert reason_words(reason) == words


def test_mails_that_ended_in_the_same_way_stand_together(session: Session) -> None:
    for words in ("550 5.1.1 een", "550 5.1.1 twee", "550 drie", "550 5.1.123.4 vier"):
        a_delivery(session, state=DeliveryState.FAILED, last_answer=words)
    for state in (DeliveryState.UNKNOWN, DeliveryState.FAILED, DeliveryState.ACCEPTED):
        a_delivery(session, state=state, last_answer="NotFound")

    found = [(one.state, one.reason, one.count, len(one.mails)) for one in failures(session)]

    assert found[0] == (DeliveryState.FAILED, "550 5.1.1", 2, 2)
    assert sorted(found[1:]) == [
        (DeliveryState.FAILED, "550", 1, 1),
        (DeliveryState.FAILED, "550 5.1.123", 1, 1),
        (DeliveryState.FAILED, "NotFound", 1, 1),
        (DeliveryState.UNKNOWN, "NotFound", 1, 1),
    ]


def test_the_newest_of_a_group_are_named_and_all_are_counted(session: Session) -> None:
    for _ in range(MOST_NAMED + 3):
        a_delivery(session, state=DeliveryState.FAILED, last_answer="550")

    [group] = failures(session)

    assert (group.count, len(group.mails)) == (MOST_NAMED + 3, MOST_NAMED)


def test_one_press_opens_so_many_and_not_more(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_AT_ONCE", 2)
    for _ in range(3):
        a_delivery(session, state=DeliveryState.FAILED, last_answer="550")
    work = make_work(session)

    opened = []
    for _ in range(3):
        opened.append(service.send_all_again(work, DeliveryState.FAILED, "550"))
        session.flush()

    assert opened == [2, 1, 0]


def test_who_is_no_beheerder_opens_nothing(session: Session) -> None:
    a_delivery(session, state=DeliveryState.FAILED, last_answer="550")
    work = make_work(session, a_user(session, Role.GEMEENTEBEHEERDER))

    with pytest.raises(NotAllowed):
        service.send_all_again(work, DeliveryState.FAILED, "550")

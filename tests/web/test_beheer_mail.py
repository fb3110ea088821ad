"""The page on which a beheerder sees how mail stands, and sends it again."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import SignIn
from app.accounts.rules import SIGN_IN_LINK_LIVES
from app.core.actor import Role
from app.notifications.models import AddressHealth, Bounce, Delivery
from app.notifications.rules import LINK_IS_OVER, DeliveryState, MailKind
from tests.notifications.builders import a_delivery
from tests.support.builders import a_user
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY
from tests.web.test_beheer import a_failed_mail, a_request

PAGE = "/beheer/mail"
AGAIN, ALL_AGAIN = "/beheer/mail/opnieuw", "/beheer/mail/alles-opnieuw"
GONE = "550 5.1.1 <adres>: "


@pytest.fixture
def beheerder(client: FlaskClient, session: Session) -> FlaskClient:
    return sign_in(client, session, a_user(session, Role.BEHEERDER))


def states(session: Session) -> list[DeliveryState]:
    session.expire_all()
    return list(session.scalars(select(Delivery.state).order_by(Delivery.state)))


def test_without_mail_the_page_says_so(beheerder: FlaskClient) -> None:
    page = text_of(beheerder.get(PAGE))

    assert "Er is geen mail mislukt." in page
    assert "Er wacht geen mail die nu weg moet." in page
    assert "Er kwam nog geen mail terug." in page


def test_what_waits_for_the_end_of_quiet_hours_is_told(
    beheerder: FlaskClient, session: Session
) -> None:
    morning = datetime(2999, 1, 7, 6, tzinfo=UTC)
    a_delivery(session, kind=MailKind.INTEREST_SHOWN, next_attempt_at=morning)

    page = text_of(beheerder.get(PAGE))

    assert "Er wacht geen mail die nu weg moet. 1 mail wacht tot maandag 7 januari" in page


def test_what_did_not_arrive_stands_together_by_reason(
    beheerder: FlaskClient, session: Session
) -> None:
    for name in ("unknown", "no <such> user"):
        a_failed_mail(session, last_answer=GONE + name)
    a_failed_mail(
        session,
        last_answer="no answer",
        state=DeliveryState.UNKNOWN,
        message_id="<digest.abc@post.example>",
    )

    answer = beheerder.get(PAGE)

    page = text_of(answer)
    assert "Het adres bestaat niet (550 5.1.1) Mislukt: 2 mails." in page
    assert "Geen antwoord: de mail kan zijn aangekomen" in page
    # What the heading says in Dutch is not said again in the words of the code.
    assert "no answer" not in page
    assert "&lt;digest.abc@post.example&gt;" in answer.text
    assert "no &lt;such&gt; user" in answer.text
    assert answer.text.count("Stuur deze allemaal opnieuw") == 1


def test_mails_that_did_not_arrive_are_told_apart_by_a_masked_address(
    beheerder: FlaskClient, session: Session
) -> None:
    for email in ("willemijn@utrecht.nl", "bo@urk.nl"):
        reader = a_user(session, email=email)
        a_failed_mail(session, user_id=reader.id, subject_id=reader.id)
    a_failed_mail(session)

    answer = beheerder.get(PAGE)

    page = text_of(answer)
    assert ("Aan w…@utrecht.nl" in page, "Aan b…@urk.nl" in page) == (True, True)
    assert (page.count(" Aan "), "willemijn" in answer.text) == (2, False)


def test_who_asked_for_a_link_or_to_take_part_can_be_told_apart_too(
    beheerder: FlaskClient, session: Session
) -> None:
    link = SignIn(
        id=uuid4(),
        email="willemijn@utrecht.nl",
        asked_at=MONDAY,
        expires_at=MONDAY + SIGN_IN_LINK_LIVES,
    )
    session.add(link)
    request = a_request(session, email="bo@urk.nl")
    a_failed_mail(session, kind=MailKind.SIGN_IN, subject_id=link.id)
    a_failed_mail(session, kind=MailKind.ACCESS_DECIDED, subject_id=request.id)

    answer = beheerder.get(PAGE)

    page = text_of(answer)
    assert ("Aan w…@utrecht.nl" in page, "Aan b…@urk.nl" in page) == (True, True)
    assert "willemijn" not in answer.text


def test_of_a_large_group_the_newest_are_named(beheerder: FlaskClient, session: Session) -> None:
    for _ in range(12):
        a_failed_mail(session, last_answer=GONE)

    page = beheerder.get(PAGE)

    assert "12 mails. Hieronder staan de nieuwste 10." in text_of(page)
    assert page.text.count('name="delivery_id"') == 10


@pytest.mark.usefixtures("beheerder")
def test_a_group_is_sent_again_and_the_others_are_not(
    client: FlaskClient, session: Session
) -> None:
    for words in (GONE + "een", GONE + "twee", "552 5.2.2 full"):
        a_failed_mail(session, last_answer=words)

    answer = client.post(ALL_AGAIN, data={"state": "failed", "reason": "550 5.1.1"})

    assert (answer.status_code, answer.location) == (302, PAGE)
    assert "2 mails gaan opnieuw weg." in client.get(PAGE).text
    assert states(session) == [DeliveryState.FAILED, *[DeliveryState.PENDING] * 2]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"state": "failed", "reason": "something else"}, 302),
        ({"state": "failed", "reason": "\x00"}, 302),
        ({"state": "accepted", "reason": "550 no such user"}, 302),
        ({"state": "nonsense", "reason": ""}, 422),
        ({}, 422),
    ],
)
def test_a_group_that_is_not_there_is_not_sent_again(
    beheerder: FlaskClient, session: Session, said: dict[str, str], status: int
) -> None:
    a_failed_mail(session)

    assert beheerder.post(ALL_AGAIN, data=said).status_code == status
    assert states(session) == [DeliveryState.FAILED]


def test_what_came_back_is_told_without_saying_to_whom(
    beheerder: FlaskClient, session: Session
) -> None:
    mail = a_failed_mail(session, state=DeliveryState.ACCEPTED, kind=MailKind.DIGEST)
    session.add(Bounce(delivery_id=mail.id, told_at=MONDAY, is_hard=True, status="5.1.1"))
    for number, reason in enumerate(("address unknown", "address unknown", "complained", "")):
        since = MONDAY if reason else None
        session.add(
            AddressHealth(address_hash=bytes([number]), suppressed_since=since, reason=reason)
        )
    session.commit()

    page = text_of(beheerder.get(PAGE))

    assert "Overzicht, 23 november 2026 om 09:00: Het adres bestaat niet (5.1.1)" in page
    assert "Het adres bestaat niet 2" in page
    assert "De ontvanger klaagde 1" in page


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.UNKNOWN])
def test_a_mail_that_failed_or_is_unknown_is_sent_again(
    client: FlaskClient, session: Session, state: DeliveryState
) -> None:
    mail = a_failed_mail(session, state=state, attempts=12)
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.get(PAGE).text
    answer = client.post(AGAIN, data={"delivery_id": str(mail.id)})

    session.refresh(mail)
    assert ("Stuur opnieuw" in page, f'value="{mail.id}"' in page) == (True, True)
    assert (answer.status_code, answer.location) == (302, PAGE)
    assert (mail.state, mail.attempts) == (DeliveryState.PENDING, 0)


@pytest.mark.parametrize(
    ("changed", "opens"),
    [({}, True), ({"used_at": MONDAY}, False), ({"expires_at": MONDAY}, False)],
)
def test_a_link_that_opens_nothing_any_more_is_not_sent_again(
    client: FlaskClient, session: Session, changed: dict[str, datetime], opens: bool
) -> None:
    moments = {"asked_at": MONDAY - SIGN_IN_LINK_LIVES, "expires_at": MONDAY + SIGN_IN_LINK_LIVES}
    link = SignIn(id=uuid4(), email="jan@testerdam.nl", **{**moments, **changed})
    session.add(link)
    mail = a_failed_mail(session, kind=MailKind.SIGN_IN, subject_id=link.id)
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.get(PAGE).text
    answer = client.post(AGAIN, data={"delivery_id": str(mail.id)})

    session.refresh(mail)
    assert ("Stuur opnieuw" in page, LINK_IS_OVER in page) == (opens, not opens)
    assert (answer.status_code, LINK_IS_OVER in answer.text) == (
        (302, False) if opens else (409, True)
    )
    assert mail.state is (DeliveryState.PENDING if opens else DeliveryState.FAILED)


@pytest.mark.parametrize(
    ("delivery_id", "status"),
    [("", 422), ("x", 422), ("\x00", 422), ("💥" * 9, 422), (str(UUID(int=7)), 404)],
)
def test_an_unknown_mail_is_not_sent_again(
    client: FlaskClient, session: Session, delivery_id: str, status: int
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    answer = client.post(AGAIN, data={"delivery_id": delivery_id})
    assert answer.status_code == status


def test_a_gemeentebeheerder_sends_no_mail_again(client: FlaskClient, session: Session) -> None:
    mail = a_failed_mail(session)
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))

    answer = client.post(AGAIN, data={"delivery_id": str(mail.id)})

    session.refresh(mail)
    assert (answer.status_code, mail.state) == (404, DeliveryState.FAILED)


def test_a_gemeentebeheerder_sends_no_group_again(client: FlaskClient, session: Session) -> None:
    a_failed_mail(session)
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))

    answer = client.post(ALL_AGAIN, data={"state": "failed", "reason": "550 no such user"})

    assert (answer.status_code, states(session)) == (404, [DeliveryState.FAILED])

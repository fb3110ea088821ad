"""A passkey on the pages of the second step; a device answers what the pages ask."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Passkey, User
from app.accounts.passkeys import LAST, REFUSED
from app.core.actor import Role
from tests.support.builders import a_user
from tests.support.pages import text_of
from tests.support.passkeys import Device
from tests.support.web import sign_in
from tests.web.test_second_step import APP_PAGE, STEP_PAGE, enrol

ADD, INVITE = "/account/passkeys/nieuw", "/account/passkeys/nieuw/vraag"
USE, ASK = "/account/passkeys/gebruik", "/account/passkeys/gebruik/vraag"
REMOVE = "/account/passkeys/weg"


@pytest.fixture
def user(session: Session) -> User:
    return a_user(session, Role.GEMEENTEBEHEERDER)


@pytest.fixture
def before(client: FlaskClient, session: Session, user: User) -> FlaskClient:
    """A browser in which the first step was made."""
    return sign_in(client, session, user, is_proven=False)


@pytest.fixture
def device() -> Device:
    return Device()


def add(client: FlaskClient, device: Device, name: str = "laptop") -> None:
    answer = device.make(client.post(INVITE).text)
    assert client.post(ADD, data={"answer": answer, "name": name}).status_code == 302


def passkey_of(session: Session, user: User) -> Passkey:
    session.expire_all()
    found = session.scalars(select(Passkey).where(Passkey.user_id == user.id)).all()
    assert len(found) == 1
    return found[0]


def test_the_first_passkey_opens_the_pages_of_the_role(before: FlaskClient, device: Device) -> None:
    assert before.get("/beheer").location == STEP_PAGE
    assert f'href="{ADD}"' in before.get(APP_PAGE).text
    add(before, device)

    assert before.get("/beheer").status_code == 200


def test_the_passkey_is_asked_the_next_time(
    before: FlaskClient, session: Session, user: User, device: Device
) -> None:
    add(before, device)
    sign_in(before, session, user, is_proven=False)
    before.get("/beheer/inzicht")
    page = text_of(before.get(STEP_PAGE))
    answer = before.post(USE, data={"answer": device.sign(before.post(ASK).text)})

    assert "Gebruik je passkey" in page
    assert "Code" not in page
    assert answer.location == "/beheer/inzicht"
    assert before.get("/beheer/inzicht").status_code == 200


def test_who_has_both_chooses(
    before: FlaskClient, session: Session, user: User, device: Device
) -> None:
    enrol(before)
    add(before, device)
    sign_in(before, session, user, is_proven=False)
    page = before.get(STEP_PAGE).text

    assert 'name="code"' in page
    assert f'data-passkey-asks="{ASK}"' in page


def test_without_scripts_no_button_lies(
    before: FlaskClient, session: Session, user: User, device: Device
) -> None:
    add(before, device)
    sign_in(before, session, user, is_proven=False)

    assert '<button class="nl-button nl-button--primary" type="submit" hidden>' in (
        before.get(STEP_PAGE).text
    )
    assert "heeft deze pagina JavaScript nodig" in text_of(before.get(STEP_PAGE))


@pytest.mark.parametrize("answer", ["", "{}", "x"])
def test_a_wrong_answer_opens_nothing(
    before: FlaskClient, session: Session, user: User, device: Device, answer: str
) -> None:
    add(before, device)
    sign_in(before, session, user, is_proven=False)
    before.post(ASK)
    refused = before.post(USE, data={"answer": answer})

    assert refused.location == STEP_PAGE
    assert REFUSED in text_of(before.get(STEP_PAGE))
    assert before.get("/beheer").location == STEP_PAGE


def test_a_code_that_is_typed_without_an_app_is_nothing(
    before: FlaskClient, session: Session, user: User, device: Device
) -> None:
    add(before, device)
    sign_in(before, session, user, is_proven=False)

    assert before.post(STEP_PAGE, data={"code": "000000"}).status_code in {200, 422}
    assert before.get("/beheer").location == STEP_PAGE


def test_a_mailbox_alone_adds_nothing(
    before: FlaskClient, session: Session, user: User, device: Device
) -> None:
    add(before, device)
    sign_in(before, session, user, is_proven=False)

    assert before.get(ADD).location == STEP_PAGE
    assert before.get(APP_PAGE).location == STEP_PAGE
    assert before.post(INVITE).status_code == 403
    assert before.post(REMOVE, data={"passkey": "x"}).location == STEP_PAGE


def test_a_passkey_that_went_wrong_keeps_its_name_on_the_page(before: FlaskClient) -> None:
    before.post(INVITE)
    answer = before.post(ADD, data={"answer": "{}", "name": "laptop"})

    assert answer.status_code == 422
    assert REFUSED in text_of(answer)
    assert 'value="laptop"' in answer.text


def test_a_passkey_without_a_name_is_not_made(before: FlaskClient) -> None:
    answer = before.post(ADD, data={"answer": "", "name": " "})

    assert "Geef je passkey een naam." in text_of(answer)


def test_the_account_tells_which_passkeys_there_are(before: FlaskClient, device: Device) -> None:
    add(before, device, "telefoon van thuis")
    page = text_of(before.get("/account"))

    assert "telefoon van thuis" in page
    assert "Zet er een tweede passkey of een app voor codes naast" in page


def test_the_only_one_stays(
    before: FlaskClient, session: Session, user: User, device: Device
) -> None:
    add(before, device)
    before.post(REMOVE, data={"passkey": str(passkey_of(session, user).id)})

    assert LAST in text_of(before.get("/account"))


def test_beside_an_app_it_goes(
    before: FlaskClient, session: Session, user: User, device: Device
) -> None:
    add(before, device)
    enrol(before)
    before.post(REMOVE, data={"passkey": str(passkey_of(session, user).id)})

    page = text_of(before.get("/account"))
    assert "De passkey is verwijderd." in page
    assert "Je passkeys" not in page


@pytest.mark.parametrize("passkey", ["", "x", "0" * 32])
def test_what_is_no_passkey_is_not_removed(
    before: FlaskClient, device: Device, passkey: str
) -> None:
    add(before, device)

    assert before.post(REMOVE, data={"passkey": passkey}).status_code == 404


def test_who_has_no_power_and_no_second_step_needs_none(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER), is_proven=False)

    assert client.get(ADD).location == "/account"
    assert "Voeg een passkey toe" not in client.get("/account").text


def test_many_tries_are_held_up(before: FlaskClient) -> None:
    statuses = {before.post(INVITE).status_code for _ in range(40)}

    assert statuses == {200, 429}

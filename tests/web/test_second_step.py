"""Who has power over others signs in with two steps; without the second they are a colleague."""

import re
from datetime import timedelta
from uuid import uuid4

import pyotp
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.factors import MOST_WRONG, STEP, WRONG
from app.accounts.models import SecondFactor, User
from app.core.actor import Role
from tests.loans.builders import a_loan_asked
from tests.support.builders import a_user, an_opgave
from tests.support.pages import text_of, value_of
from tests.support.web import sign_in
from tests.support.work import MONDAY

STEP_PAGE, APP_PAGE = "/account/tweede-stap", "/account/tweede-stap/app"


@pytest.fixture
def user(session: Session) -> User:
    return a_user(session, Role.GEMEENTEBEHEERDER)


@pytest.fixture
def before(client: FlaskClient, session: Session, user: User) -> FlaskClient:
    """A browser in which the first step was made."""
    return sign_in(client, session, user, is_proven=False)


def secret_on(page: str) -> str:
    found = re.search(r'class="dgvn-code">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


def sealed_on(page: str) -> str:
    found = re.search(r'name="sealed"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def enrol(client: FlaskClient) -> str:
    """Couple an app; its secret."""
    page = client.get(APP_PAGE).text
    secret = secret_on(page)
    code = pyotp.TOTP(secret).at(MONDAY)
    answer = client.post(APP_PAGE, data={"sealed": sealed_on(page), "code": code})
    assert "Bewaar je reservecodes" in answer.text
    return secret


def test_pages_of_the_role_wait_for_the_second_step(before: FlaskClient) -> None:
    answer = before.get("/beheer")

    assert (answer.status_code, answer.location) == (302, STEP_PAGE)


def test_without_it_they_are_a_colleague_like_any_other(before: FlaskClient) -> None:
    page = before.get("/account")

    assert page.status_code == 200
    assert 'href="/beheer"' not in page.text


def test_who_has_no_profile_lands_where_there_is_work_after_the_second_step(
    before: FlaskClient, user: User, session: Session
) -> None:
    secret = enrol(before)
    other = sign_in(before, session, user, is_proven=False)

    code = pyotp.TOTP(secret).at(MONDAY + timedelta(seconds=30))
    answer = other.post(STEP_PAGE, data={"code": code})

    assert answer.location == "/beheer"


def test_what_was_scanned_stays_the_same_for_an_hour_in_that_session_only(
    before: FlaskClient, session: Session, user: User
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        first = secret_on(before.get(APP_PAGE).text)
        for _ in range(3):
            clock.shift(timedelta(minutes=15))
            again = secret_on(before.get(APP_PAGE).text)
        clock.shift(timedelta(minutes=16))
        later = secret_on(before.get(APP_PAGE).text)
        other = sign_in(before, session, user, is_proven=False)
        elsewhere = secret_on(other.get(APP_PAGE).text)

    assert first == again
    assert len({first, later, elsewhere}) == 3


def test_the_first_time_an_app_is_coupled(before: FlaskClient) -> None:
    assert before.get(STEP_PAGE).location == APP_PAGE
    page = before.get(APP_PAGE)

    assert "<svg" in page.text
    assert secret_on(page.text)


def test_who_couples_an_app_goes_on_to_the_page_they_came_for(before: FlaskClient) -> None:
    before.get("/beheer/inzicht")
    enrol(before)

    assert before.get("/beheer").status_code == 200


def test_the_page_they_came_for_stands_under_the_codes(before: FlaskClient) -> None:
    before.get("/beheer/inzicht")
    page = before.get(APP_PAGE).text
    code = pyotp.TOTP(secret_on(page)).at(MONDAY)

    answer = before.post(APP_PAGE, data={"sealed": sealed_on(page), "code": code})

    assert 'href="/beheer/inzicht"' in answer.text


def test_who_couples_twice_by_a_double_press_is_led_to_new_codes(before: FlaskClient) -> None:
    page = before.get(APP_PAGE).text
    form = {"sealed": sealed_on(page), "code": pyotp.TOTP(secret_on(page)).at(MONDAY)}
    before.post(APP_PAGE, data=form)

    again = before.post(APP_PAGE, data=form)

    assert (again.status_code, again.location) == (302, "/account")
    account = text_of(before.get("/account"))
    assert "Zag je je reservecodes niet? Maak hieronder nieuwe." in account
    assert "Maak nieuwe reservecodes" in account


def test_a_wrong_first_code_keeps_the_same_picture(before: FlaskClient) -> None:
    page = before.get(APP_PAGE).text

    answer = before.post(APP_PAGE, data={"sealed": sealed_on(page), "code": "000000"})

    assert answer.status_code == 422
    assert secret_on(answer.text) == secret_on(page)
    assert WRONG in text_of(answer)


@pytest.mark.parametrize("sealed", ["x", "é" * 400])
def test_a_secret_of_somebody_elses_making_is_not_taken(before: FlaskClient, sealed: str) -> None:
    answer = before.post(APP_PAGE, data={"sealed": sealed, "code": "000000"})

    assert answer.status_code == 400


def test_later_a_code_of_the_app_is_asked(
    before: FlaskClient, session: Session, user: User
) -> None:
    secret = enrol(before)
    sign_in(before, session, user, is_proven=False)
    before.get("/beheer/inzicht")
    wrong = before.post(STEP_PAGE, data={"code": "000000"})
    with time_machine.travel(MONDAY.timestamp() + STEP):
        right = before.post(STEP_PAGE, data={"code": pyotp.TOTP(secret).now()})
        onward = before.get("/beheer/inzicht")

    assert (wrong.status_code, WRONG in text_of(wrong)) == (422, True)
    assert right.location == "/beheer/inzicht"
    assert onward.status_code == 200


def test_guessing_closes_the_door(before: FlaskClient, session: Session, user: User) -> None:
    secret = enrol(before)
    sign_in(before, session, user, is_proven=False)
    for _ in range(MOST_WRONG):
        before.post(STEP_PAGE, data={"code": "000000"})
    with time_machine.travel(MONDAY.timestamp() + STEP):
        answer = before.post(STEP_PAGE, data={"code": pyotp.TOTP(secret).now()})

    assert "Wacht een kwartier" in text_of(answer)
    assert before.get("/beheer").status_code == 302


def test_who_proved_is_asked_no_second_time(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    assert client.get(STEP_PAGE).status_code == 302
    assert client.get(APP_PAGE).status_code == 302


def test_nobody_without_power_is_asked(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER), is_proven=False)

    assert client.get("/onze-opgaven").status_code == 200
    assert client.get(STEP_PAGE).location != APP_PAGE


def test_a_page_that_only_the_role_may_see_asks_for_the_second_step(
    before: FlaskClient, session: Session, user: User
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER, gemeente_code=user.gemeente_code)
    opgave = an_opgave(session, "inkoop", owner=owner)
    loan = a_loan_asked(session, a_user(session), opgave, "baas@urk.example")
    here = f"/inzet/{loan.id}"

    asked = before.get(here)
    page = text_of(before.get(APP_PAGE))
    enrol(before)

    assert (asked.status_code, asked.location) == (302, STEP_PAGE)
    assert "Misschien hoort die pagina bij je rol als beheerder." in page
    assert before.get(here).status_code == 200


def test_asking_for_the_second_step_tells_nothing(before: FlaskClient) -> None:
    """Nothing is there, and who comes with a proof reads just that: no round begins."""
    nowhere = f"/inzet/{uuid4()}"
    asked = before.get(nowhere)
    page = before.get(APP_PAGE).text
    code = pyotp.TOTP(secret_on(page)).at(MONDAY)
    codes = before.post(APP_PAGE, data={"sealed": sealed_on(page), "code": code})

    assert (asked.status_code, asked.location) == (302, STEP_PAGE)
    assert f'href="{nowhere}"' in codes.text
    assert before.get(nowhere).status_code == 404


def test_who_lacks_no_proof_reads_that_it_is_not_there(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session, Role.OPGAVEHOUDER), is_proven=False)

    assert client.get(f"/inzet/{uuid4()}").status_code == 404


def test_a_damaged_link_is_no_matter_of_roles(before: FlaskClient) -> None:
    assert before.get("/tekenen/x").status_code == 404


def test_a_button_that_waits_for_the_second_step_leads_back_to_its_page(
    before: FlaskClient,
) -> None:
    page = "http://localhost/inzet?van=mij"
    pressed = before.post(f"/inzet/{uuid4()}/intrekken", headers={"Referer": page})
    said = text_of(before.get(APP_PAGE))
    form = before.get(APP_PAGE).text
    code = pyotp.TOTP(secret_on(form)).at(MONDAY)
    codes = before.post(APP_PAGE, data={"sealed": sealed_on(form), "code": code})

    assert (pressed.status_code, pressed.location) == (302, STEP_PAGE)
    assert "Er is nog niets gedaan. Doe eerst de tweede stap" in said
    assert 'href="/inzet?van=mij"' in codes.text


def test_words_for_a_page_of_the_role_are_kept_until_the_second_step(before: FlaskClient) -> None:
    answer = before.post(
        f"/inzet/{uuid4()}/vragen",
        data={"words": "Kan het ook in mei?"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 400
    assert value_of(answer, "words") == "Kan het ook in mei?"
    assert f'href="{STEP_PAGE}" target="_blank"' in answer.text
    assert "Doe de tweede stap in een ander tabblad" in text_of(answer)


def test_from_the_account_a_road_leads_back_to_the_second_step(before: FlaskClient) -> None:
    page = before.get("/account").text
    enrol(before)

    assert f'href="{STEP_PAGE}"' in page
    assert f'href="{STEP_PAGE}"' not in before.get("/account").text


def test_pages_of_another_role_are_not_there_either(before: FlaskClient) -> None:
    """The second step is asked for what they may do after it only."""
    assert before.get("/beheer/systeem").status_code == 404


def test_what_was_typed_is_not_lost(before: FlaskClient) -> None:
    answer = before.post(
        "/uren/limiet", data={"hours": "40"}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert answer.status_code == 400
    assert 'value="40"' in answer.text


def test_who_uses_a_spare_code_reads_how_many_are_left(
    before: FlaskClient, session: Session, user: User
) -> None:
    page = before.get(APP_PAGE).text
    code = pyotp.TOTP(secret_on(page)).at(MONDAY)
    shown = before.post(APP_PAGE, data={"sealed": sealed_on(page), "code": code}).text
    spare = re.findall(r'<li><code class="dgvn-code">([a-z0-9 ]+)<', shown)
    sign_in(before, session, user, is_proven=False)
    asked = before.get(STEP_PAGE)

    answer = before.post(STEP_PAGE, data={"code": spare[0]}, follow_redirects=True)

    assert "Ben je je telefoon en je codes kwijt? Mail ons" in text_of(asked)
    assert "Je gebruikte een reservecode. Je hebt er nog 9." in text_of(answer)


def test_spare_codes_are_made_anew(before: FlaskClient, session: Session) -> None:
    enrol(before)

    assert "10 reservecodes" in before.get("/account").text
    assert "Bewaar je reservecodes" in before.post("/account/reservecodes").text


def test_without_the_second_step_there_are_no_spare_codes(
    before: FlaskClient, session: Session, user: User
) -> None:
    enrol(before)
    sign_in(before, session, user, is_proven=False)

    assert before.post("/account/reservecodes").location == STEP_PAGE
    assert session.get(SecondFactor, user.id) is not None


def test_who_lost_the_role_makes_no_spare_codes_without_a_proof(
    before: FlaskClient, session: Session, user: User
) -> None:
    enrol(before)
    for grant in user.grants:
        grant.ended_at = grant.granted_at
    sign_in(before, session, user, is_proven=False)

    assert before.post("/account/reservecodes").location == STEP_PAGE
    assert "Code" in before.get(STEP_PAGE).text


def test_many_codes_of_one_hold_up_nobody_else_of_the_same_town_hall(
    before: FlaskClient, session: Session
) -> None:
    statuses = [before.post(STEP_PAGE, data={"code": "1"}).status_code for _ in range(70)]
    refused = before.post(STEP_PAGE, data={"code": "1"})
    colleague = sign_in(before, session, a_user(session, Role.BEHEERDER), is_proven=False)

    assert (429 in statuses, refused.status_code) == (True, 429)
    assert "Je stuurde in korte tijd veel codes. Probeer het over" in refused.text
    assert colleague.post(STEP_PAGE, data={"code": "1"}).status_code != 429

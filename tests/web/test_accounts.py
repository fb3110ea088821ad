"""Signing in with a link from the mail, and out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import AccessRequest, SignIn, User, UserSession
from app.accounts.rules import IDLE_WITH_POWER, AccessState
from app.accounts.service import begin_session
from app.core.actor import Role
from app.core.clock import utc_now
from app.core.dutch import moment
from app.core.outbox import OutboxMessage
from app.web.addresses import own_path
from tests.support.builders import a_domain, a_gemeente, a_profile, a_user
from tests.support.pages import text_of
from tests.support.signing_in import a_link, path_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, make_work

TOO_LONG = "n" * 101


def test_the_page_asks_for_a_work_address(client: FlaskClient) -> None:
    page = client.get("/inloggen")
    assert (page.status_code, "Log in met je werkmail" in page.text) == (200, True)


def test_an_empty_form_is_not_said_to_hold_what_was_typed(client: FlaskClient) -> None:
    page = text_of(client.post("/inloggen", data={"email": ""}))
    assert ("Wat je al invulde, staat er nog." in page, "Wat je typte" in page) == (True, False)


def test_the_demo_names_an_address_that_works(client: FlaskClient, session: Session) -> None:
    nobody = client.get("/inloggen").text
    a_user(session, is_demo=True, email="abel@testerdam.demo.example")

    page = client.get("/inloggen").text

    assert "Probeer bijvoorbeeld" not in nobody
    assert "Probeer bijvoorbeeld iemand@testerdam.demo.example." in page


def test_asking_a_link_saves_it_and_tells_the_outbox(client: FlaskClient, session: Session) -> None:
    client.post("/inloggen", data={"email": "  Anna@Testerdam.NL "})

    asked = session.scalars(select(SignIn)).one()
    told = session.scalars(select(OutboxMessage)).one()
    assert asked.email == "anna@testerdam.nl"
    assert (told.name, told.payload) == ("sign_in.asked", {"sign_in_id": str(asked.id)})


def test_the_answer_does_not_tell_whether_an_address_has_an_account(
    client: FlaskClient, session: Session
) -> None:
    a_user(session, email="bekend@testerdam.nl")

    def asked(email: str) -> TestResponse:
        return client.post("/inloggen", data={"email": email}, follow_redirects=True)

    known, unknown = asked("bekend@testerdam.nl"), asked("vreemd@testerdam.nl")

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert known.text.replace("bekend@", "vreemd@") == unknown.text
    assert "Kijk in je mail" in known.text


def test_loading_the_answer_anew_asks_for_no_second_mail(
    client: FlaskClient, session: Session
) -> None:
    sent = client.post("/inloggen", data={"email": "anna@testerdam.nl"})
    pages = [client.get(sent.location) for _ in range(3)]

    assert (sent.status_code, sent.location) == (302, "/inloggen/verstuurd")
    assert ["anna@testerdam.nl" in page.text for page in pages] == [True] * 3
    assert _count(session, SignIn) == 1


def test_who_asked_nothing_is_asked_for_an_address(client: FlaskClient) -> None:
    assert client.get("/inloggen/verstuurd").location == "/inloggen"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "   ",
        "anna",
        "anna@",
        "@testerdam.nl",
        "anna@localhost",
        "anna@test@testerdam.nl",
        "anna testerdam.nl",
        "ánna@testerdam.nl",
        "anna💥@testerdam.nl",
        "<script>alert(1)</script>@testerdam.nl",
        "anna@testerdam.nl\r\nBcc: ieder@testerdam.nl",
        f"{'a' * 300}@testerdam.nl",
        f"anna@{'a' * 300}.nl",
    ],
)
def test_what_is_no_address_is_refused_and_kept(
    client: FlaskClient, session: Session, address: str
) -> None:
    page = client.post("/inloggen", data={"email": address})
    assert (page.status_code, _count(session, SignIn)) == (422, 0)
    assert "<script>alert" not in page.text


def test_an_address_that_is_too_long_is_said_to_be(client: FlaskClient) -> None:
    page = client.post("/inloggen", data={"email": f"{'a' * 300}@testerdam.nl"})
    assert "Dit adres is te lang. Het mag 254 tekens lang zijn." in page.text


def test_unseen_signs_fall_out_of_an_address(client: FlaskClient, session: Session) -> None:
    client.post("/inloggen", data={"email": "an\x00na\u200b@testerdam.nl"})
    assert session.scalars(select(SignIn.email)).all() == ["anna@testerdam.nl"]


def test_a_domain_with_accents_is_kept_as_mail_knows_it(
    client: FlaskClient, session: Session
) -> None:
    client.post("/inloggen", data={"email": "anna@súdwest.nl"})
    assert session.scalars(select(SignIn.email)).all() == ["anna@xn--sdwest-pya.nl"]


def test_a_form_without_anything_is_refused(client: FlaskClient, session: Session) -> None:
    assert client.post("/inloggen").status_code == 422


def test_a_file_in_the_place_of_an_address_is_refused(client: FlaskClient) -> None:
    page = client.post("/inloggen", data={"email": (b"anna@testerdam.nl", "anna.txt")})
    assert page.status_code == 422


def test_a_very_large_form_is_refused(client: FlaskClient) -> None:
    page = client.post("/inloggen", data={"email": "a" * 1_000_000})
    assert (page.status_code, "<h1" in page.text) == (413, True)


def test_colleagues_behind_one_address_can_all_ask_for_a_link(
    client: FlaskClient, session: Session
) -> None:
    office = {"REMOTE_ADDR": f"2001:db8::{uuid4().hex[:4]}"}
    answers = [
        client.post("/inloggen", data={"email": f"a{number}@b.nl"}, environ_base=office)
        for number in range(60)
    ]
    assert {answer.status_code for answer in answers} == {302}
    assert _count(session, SignIn) == 60


def until_refused(ask: Callable[[], TestResponse], limit: int) -> tuple[int, TestResponse]:
    """After how many answers somebody was refused, and how; at the edge of a window it is later."""
    for count in range(2 * limit + 1):
        answer = ask()
        if answer.status_code == 429:
            return count, answer
    raise AssertionError("nobody was refused")


def test_whoever_asks_too_often_hears_when_to_try_again(client: FlaskClient) -> None:
    visitor = {"REMOTE_ADDR": f"2001:db8::{uuid4().hex[:4]}"}

    count, refused = until_refused(
        lambda: client.post("/inloggen", data={"email": "a@b.nl"}, environ_base=visitor), 60
    )

    assert (count >= 60, 0 < int(refused.headers["Retry-After"]) <= 60) == (True, True)
    assert "Probeer het over 1 minuut opnieuw." in refused.text


def test_whoever_tries_link_after_link_has_to_wait(client: FlaskClient) -> None:
    visitor = {"REMOTE_ADDR": f"2001:db8::{uuid4().hex[:4]}"}

    count, _ = until_refused(
        lambda: client.get(f"/inloggen/{uuid4().hex}", environ_base=visitor), 240
    )

    assert count >= 240


def test_who_is_signed_in_is_sent_on(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session))
    assert client.get("/inloggen").location == "/profiel/bewerken"


def test_looking_at_a_link_changes_nothing(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_user(session, email="anna@testerdam.nl")
    link = a_link(session, "anna@testerdam.nl")

    first, second = client.get(path_of(app, link)), client.get(path_of(app, link))

    assert (first.status_code, second.status_code, link.used_at) == (200, 200, None)
    assert _count(session, UserSession) == 0
    assert first.headers["Referrer-Policy"] == "no-referrer"


def test_pressing_the_button_signs_in(app: Flask, client: FlaskClient, session: Session) -> None:
    user = a_user(session, email="anna@testerdam.nl")
    a_profile(session, user=user)
    link = a_link(session, "anna@testerdam.nl")

    answer = client.post(path_of(app, link))

    assert (answer.status_code, answer.location) == (302, "/matches")
    assert session.scalars(select(UserSession.user_id)).all() == [user.id]
    assert link.used_at is not None
    assert user.name in client.get("/").text


def test_a_link_works_once(app: Flask, client: FlaskClient, session: Session) -> None:
    a_user(session, email="anna@testerdam.nl")
    path = path_of(app, a_link(session, "anna@testerdam.nl"))
    client.post(path)

    answers = [client.get(path), app.test_client().post(path)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert "Vraag een nieuwe link" in answers[0].text


def test_an_old_link_does_not_work(app: Flask, client: FlaskClient, session: Session) -> None:
    link = a_link(session, "anna@testerdam.nl", expires_at=utc_now() - timedelta(seconds=1))
    answers = [client.get(path_of(app, link)), client.post(path_of(app, link))]
    assert [answer.status_code for answer in answers] == [410, 410]


@pytest.mark.parametrize("token", ["x", "a.b", "%F0%9F%92%A5", "%00", "a" * 4_000])
def test_a_forged_link_gives_the_same_page(client: FlaskClient, token: str) -> None:
    page = client.get(f"/inloggen/{token}")
    assert (page.status_code, "Vraag een nieuwe link" in page.text) == (410, True)


def test_a_link_works_over_https_though_its_page_sends_no_referer(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    a_user(session, email="anna@testerdam.nl")
    path = path_of(app, a_link(session, "anna@testerdam.nl"))
    page = client.get(path, base_url="https://localhost").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]

    with_token = client.post(path, base_url="https://localhost", data={"csrf_token": token})

    assert (with_token.status_code, with_token.location) == (302, "/profiel/bewerken")


def test_a_button_without_its_token_is_refused(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    a_user(session, email="anna@testerdam.nl")
    link = a_link(session, "anna@testerdam.nl")

    assert (client.post(path_of(app, link)).status_code, link.used_at) == (400, None)


def test_a_newcomer_of_a_known_domain_tells_a_name_and_is_in(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    gemeente = a_gemeente(session, name="Súdwest-Testerdam")
    a_domain(session, gemeente, "testerdam.nl")
    path = path_of(app, a_link(session, "noor@testerdam.nl"))

    page = client.get(path).text
    answer = client.post(path, data={"name": " Noor   d\u0027Hont "})

    user = session.scalars(select(User)).one()
    assert ("Súdwest-Testerdam" in page, "gemeente_code" in page) == (True, False)
    assert (answer.status_code, answer.location) == (302, "/profiel/bewerken")
    assert (user.name, user.email) == ("Noor d'Hont", "noor@testerdam.nl")
    assert user.gemeente_code == gemeente.code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zoe\u0308", "Zoë"),
        ("Noor 💥", "Noor 💥"),
        ("<b>Noor</b>", "<b>Noor</b>"),
        ("No\x00or\u202e", "Noor"),
        ("n" * 100, "n" * 100),
    ],
)
def test_a_name_is_kept_as_it_reads(
    app: Flask, client: FlaskClient, session: Session, typed: str, kept: str
) -> None:
    a_domain(session, a_gemeente(session), "testerdam.nl")
    client.post(path_of(app, a_link(session, "noor@testerdam.nl")), data={"name": typed})

    assert session.scalars(select(User.name)).all() == [kept]
    assert "<b>Noor</b>" not in client.get("/").text


@pytest.mark.parametrize("name", ["", "   ", "\x00\u200b", "💥", "123", "--", TOO_LONG])
def test_a_name_that_will_not_do_is_refused_and_the_link_still_works(
    app: Flask, client: FlaskClient, session: Session, name: str
) -> None:
    a_domain(session, a_gemeente(session), "testerdam.nl")
    link = a_link(session, "noor@testerdam.nl")

    page = client.post(path_of(app, link), data={"name": name})

    assert (page.status_code, link.used_at, _count(session, User)) == (422, None, 0)
    assert 'aria-invalid="true"' in page.text
    assert name != TOO_LONG or TOO_LONG in page.text


def test_a_newcomer_of_an_unknown_domain_waits_for_a_beheerder(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    gemeente = a_gemeente(session)
    path = path_of(app, a_link(session, "noor@elders.nl"))

    page = client.get(path).text
    answer = client.post(path, data={"name": "Noor", "gemeente_code": gemeente.code})

    asked = session.scalars(select(AccessRequest)).one()
    assert gemeente.name in page
    assert (answer.status_code, "Een beheerder kijkt ernaar" in answer.text) == (200, True)
    assert (asked.email, asked.name) == ("noor@elders.nl", "Noor")
    assert (_count(session, User), _count(session, UserSession)) == (0, 0)


def test_who_waits_already_reads_since_when_instead_of_an_empty_form(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    answers = {"name": "Noor", "gemeente_code": a_gemeente(session).code}
    client.post(path_of(app, a_link(session, "noor@elders.nl")), data=answers)
    asked = session.scalars(select(AccessRequest)).one()

    path = path_of(app, a_link(session, "noor@elders.nl"))
    pages = [client.get(path), client.post(path, data={**answers, "name": "Iemand anders"})]

    said = f"Je aanvraag ligt bij een beheerder sinds {moment(asked.asked_at)}."
    assert [said in text_of(page) for page in pages] == [True, True]
    assert ['name="name"' in page.text for page in pages] == [False, False]
    assert asked.name == "Noor"


def test_who_was_refused_may_ask_again(app: Flask, client: FlaskClient, session: Session) -> None:
    answers = {"name": "Noor", "gemeente_code": a_gemeente(session).code}
    client.post(path_of(app, a_link(session, "noor@elders.nl")), data=answers)
    asked = session.scalars(select(AccessRequest)).one()
    asked.state = AccessState.REFUSED
    session.commit()

    page = client.get(path_of(app, a_link(session, "noor@elders.nl")))

    assert 'name="name"' in page.text


@pytest.mark.parametrize("gemeente_code", ["", "GM0000", "x" * 5_000, "\x00"])
def test_a_stranger_has_to_choose_a_gemeente(
    app: Flask, client: FlaskClient, session: Session, gemeente_code: str
) -> None:
    a_gemeente(session)
    path = path_of(app, a_link(session, "noor@elders.nl"))

    page = client.post(path, data={"name": "Noor", "gemeente_code": gemeente_code})

    assert (page.status_code, _count(session, AccessRequest)) == (422, 0)
    assert 'value="Noor"' in page.text


def test_every_fault_of_a_stranger_is_told_at_once(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    page = client.post(path_of(app, a_link(session, "noor@elders.nl")), data={"name": ""}).text
    assert ("Vul je naam in." in page, "Kies je gemeente." in page) == (True, True)


def test_a_gemeente_that_has_ended_cannot_be_chosen(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    ended = a_gemeente(session, valid_until=utc_now().date() - timedelta(days=2))
    path = path_of(app, a_link(session, "noor@elders.nl"))
    page = client.post(path, data={"name": "Noor", "gemeente_code": ended.code})
    assert page.status_code == 422


def test_after_signing_in_you_are_where_you_wanted_to_be(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_user(session, email="anna@testerdam.nl")
    client.get("/collegas?q=wonen")

    answer = client.post(path_of(app, a_link(session, "anna@testerdam.nl")))

    assert answer.location == "/collegas?q=wonen"


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://localhost/opgaven/7d9f4f2e-55f0-4a34-9b0b-0a3f0f1f7a11", True),
        ("http://localhost/opgaven?q=wonen&pagina=2", True),
        ("http://localhost/", False),
        ("http://localhost/inloggen", False),
        ("http://localhost/demo", False),
        ("http://localhost/uitloggen", False),
        ("http://localhost/bestaat-niet", False),
        ("http://localhost//elders.example/opgaven", False),
        ("http://localhost/\\elders.example", False),
        ("http://elders.example/opgaven", False),
        ("http://localhost@elders.example/opgaven", False),
        ("http://localhost:81/opgaven", False),
        ("//localhost:pp/opgaven", False),
        ("javascript:alert(1)", False),
        ("opgaven", False),
        ("http://[", False),
        ("\x00", False),
    ],
)
def test_who_chose_to_sign_in_comes_back_to_the_page_of_ours(
    app: Flask, client: FlaskClient, session: Session, page: str, back: bool
) -> None:
    a_user(session, email="anna@testerdam.nl")
    asked = client.get("/inloggen", headers={"Referer": page})

    answer = client.post(path_of(app, a_link(session, "anna@testerdam.nl")))

    here = page.removeprefix("http://localhost") if back else "/profiel/bewerken"
    assert (asked.status_code, answer.status_code, answer.location) == (200, 302, here)


def test_the_page_before_does_not_take_the_place_of_the_page_that_was_asked_for(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    a_user(session, email="anna@testerdam.nl")
    from_opgaven = {"Referer": "http://localhost/opgaven"}
    client.get("/collegas", headers=from_opgaven, follow_redirects=True)

    answer = client.post(path_of(app, a_link(session, "anna@testerdam.nl")))

    assert answer.location == "/collegas"


def test_another_colleague_on_the_same_computer_ends_the_first_session(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session))
    second = a_user(session, email="bram@testerdam.nl")

    client.post(path_of(app, a_link(session, "bram@testerdam.nl")))

    assert session.scalars(select(UserSession.user_id)).all() == [second.id]


@pytest.mark.parametrize(
    ("roles", "page"),
    [
        ((), "/profiel/bewerken"),
        ((Role.OPGAVEHOUDER,), "/onze-opgaven"),
        ((Role.GEMEENTEBEHEERDER, Role.OPGAVEHOUDER), "/beheer"),
        ((Role.BEHEERDER,), "/beheer"),
    ],
)
def test_without_a_profile_you_begin_where_your_work_is(
    client: FlaskClient, session: Session, roles: tuple[Role, ...], page: str
) -> None:
    sign_in(client, session, a_user(session, *roles))
    assert client.get("/inloggen").location == page


def test_signing_out_ends_the_session_everywhere(client: FlaskClient, session: Session) -> None:
    user = a_user(session)
    sign_in(client, session, user)
    copied = client.get_cookie("dgvn")

    answer = client.post("/uitloggen")

    assert (answer.status_code, answer.location) == (302, "/")
    assert _count(session, UserSession) == 0
    assert copied is not None
    client.set_cookie("dgvn", copied.value)
    assert client.get("/profiel").location == "/inloggen"


def test_nothing_of_who_signed_out_stays_for_the_next(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session))
    with client.session_transaction() as cookie:
        cookie["asked_for"], cookie["wanted"] = "anna@testerdam.nl", "/collegas?q=anna"

    client.post("/uitloggen")

    with client.session_transaction() as cookie:
        assert {"asked_for", "wanted"} & set(cookie) == set()
    assert client.get("/inloggen/verstuurd").location == "/inloggen"


def test_a_browser_is_told_to_forget_who_signed_out(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session))

    answer = client.post("/uitloggen")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_signing_out_twice_is_no_trouble(client: FlaskClient) -> None:
    assert client.post("/uitloggen").location == "/"


def test_a_link_to_sign_out_does_nothing(client: FlaskClient) -> None:
    assert client.get("/uitloggen").status_code == 405


@pytest.mark.parametrize("address", ["/opgaven", "/collegas?q=a+b&p=2", "/opgaven/nieuw", "/é"])
def test_a_path_of_our_own_may_be_gone_to(address: str) -> None:
    assert own_path(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        7,
        "",
        "opgaven",
        "https://elders.example/",
        "//elders.example/",
        "///elders.example/",
        "/\\elders.example",
        "\\\\elders.example",
        "javascript:alert(1)",
        "/opgaven\r\nSet-Cookie: a=b",
        "/\t/elders.example",
    ],
)
def test_any_other_address_may_not(address: object) -> None:
    assert own_path(address) is None


def _count(session: Session, kind: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


# The account


def test_somebody_sees_where_they_are_signed_in_and_ends_the_others(
    client: FlaskClient, session: Session
) -> None:
    user = a_user(session)
    begin_session(make_work(session, user, utc_now()), user.id)
    sign_in(client, session, user)

    assert "Een andere browser" in client.get("/account").text
    page = client.post("/account/overal-uitloggen", follow_redirects=True).text

    assert "Je bent uitgelogd in 1 andere browser." in page
    assert "Een andere browser" not in page


def test_whoever_is_signed_in_nowhere_else_hears_so(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session))

    page = client.post("/account/overal-uitloggen", follow_redirects=True).text

    assert "Je was alleen hier ingelogd." in page


@pytest.mark.parametrize(
    ("roles", "is_told"),
    [((), False), ((Role.OPGAVEHOUDER,), False), ((Role.GEMEENTEBEHEERDER,), True)],
)
def test_only_who_is_signed_out_when_idle_reads_of_it(
    client: FlaskClient, session: Session, roles: tuple[Role, ...], is_told: bool
) -> None:
    page = sign_in(client, session, a_user(session, *roles)).get("/account").text

    assert ("halfuur" in page) is is_told


def test_a_page_notes_that_the_session_is_in_use(client: FlaskClient, session: Session) -> None:
    user = a_user(session, Role.BEHEERDER)
    with time_machine.travel(MONDAY) as clock:
        sign_in(client, session, user)
        for _ in range(3):
            clock.shift(IDLE_WITH_POWER / 2)
            assert client.get("/account").status_code == 200
        clock.shift(IDLE_WITH_POWER * 1.1)

        assert client.get("/account").status_code == 302

"""An account that is closed: who closes it, what its person reads, and what they still can."""

import re
from io import BytesIO
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts.models import RoleGrant, User
from app.accounts.rules import WHY_LIMIT
from app.core.actor import Role
from app.core.audit import entries
from app.links import Links
from app.privacy.shutting_out import shut_out
from app.web.aliases import alias_of
from tests.loans.builders import a_loan, parties
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.pages import fault_at, text_of
from tests.support.signing_in import a_link, path_of
from tests.support.web import sign_in
from tests.support.work import make_work

WHY = "Je werkt sinds oktober niet meer bij ons."
STOPPED = "Je account is stopgezet."


@pytest.fixture
def keeper(session: Session) -> User:
    return a_user(session, Role.GEMEENTEBEHEERDER, name="Kees Keizer")


@pytest.fixture
def user(session: Session, keeper: User) -> User:
    return a_user(session, Role.OPGAVEHOUDER, gemeente_code=keeper.gemeente_code, name="Uma Uit")


def page_of(user: User) -> str:
    return f"/beheer/collegas/{alias_of(user.id)}/account"


def keep_out(session: Session, keeper: User, user: User) -> None:
    shut_out(make_work(session, keeper), user.id, WHY)
    session.commit()


def test_a_gemeentebeheerder_closes_an_account_with_a_reason_and_opens_it(
    client: FlaskClient, session: Session, keeper: User, user: User
) -> None:
    an_opgave(session, owner=user, title="Een plein dat nog loopt")
    sign_in(client, session, keeper)
    page = client.get(page_of(user))

    unsaid = client.post(page_of(user), data={"deed": "end", "why": ""})
    closed = client.post(page_of(user), data={"deed": "end", "why": WHY}, follow_redirects=True)
    after = text_of(client.get(page_of(user)))
    opened = client.post(page_of(user), data={"deed": "give"}, follow_redirects=True)

    assert "Een plein dat nog loopt" in text_of(page)
    assert (unsaid.status_code, fault_at(unsaid, "why")) == (
        422,
        "Fout: Schrijf waarom, de collega leest dit.",
    )
    assert "De collega krijgt een mail" in text_of(closed)
    assert "Account stopgezet" in text_of(closed)
    assert WHY in after
    assert "Een plein dat nog loopt" in after
    assert "De collega kan weer inloggen" in text_of(opened)
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    deeds = [(one.deed, one.actor_id, one.person_id) for one in entries(session)]
    for deed in ("person.shut_out", "person.let_in", "role.ended.opgavehouder"):
        assert (deed, keeper.id, user.id) in deeds


def test_a_reason_that_is_too_long_stays_on_the_page(
    client: FlaskClient, session: Session, keeper: User, user: User
) -> None:
    sign_in(client, session, keeper)

    page = client.post(page_of(user), data={"deed": "end", "why": "x" * (WHY_LIMIT + 1)})

    assert page.status_code == 422
    assert "x" * WHY_LIMIT in page.text


def test_nobody_closes_their_own_account(
    client: FlaskClient, session: Session, keeper: User
) -> None:
    sign_in(client, session, keeper)

    answers = [
        client.get(page_of(keeper)),
        client.post(page_of(keeper), data={"deed": "end", "why": "x"}),
    ]

    assert [one.status_code for one in answers] == [409, 409]
    assert "Je eigen account zet je niet stop" in text_of(answers[1])
    assert keeper.shut_out_at is None


@pytest.mark.parametrize(
    ("by", "of", "instead"),
    [
        (Role.GEMEENTEBEHEERDER, Role.GEMEENTEBEHEERDER, "Vraag een platformbeheerder"),
        (Role.GEMEENTEBEHEERDER, Role.BEHEERDER, "Vraag wie de site draait"),
        (Role.BEHEERDER, Role.BEHEERDER, "Vraag wie de site draait"),
    ],
)
def test_who_cannot_close_an_account_reads_who_can(
    client: FlaskClient, session: Session, by: Role, of: Role, instead: str
) -> None:
    actor = a_user(session, by)
    other = a_user(session, of, gemeente_code=actor.gemeente_code)
    sign_in(client, session, actor)

    page = client.post(page_of(other), data={"deed": "end", "why": WHY})

    assert page.status_code == 422
    assert instead in text_of(page)
    assert (f"flask accounts shut-out {other.email} --reason" in text_of(page)) is (
        of is Role.BEHEERDER
    )
    assert WHY in text_of(page)
    assert other.shut_out_at is None


@pytest.mark.parametrize("of", ["elsewhere", "nobody"])
def test_s35_what_is_elsewhere_is_as_what_is_not_there(
    client: FlaskClient, session: Session, keeper: User, of: str
) -> None:
    there = a_user(session) if of == "elsewhere" else User(id=keeper.id.__class__(int=7))
    sign_in(client, session, keeper)

    answers = [
        client.get(page_of(there)),
        client.post(page_of(there), data={"deed": "end", "why": "x"}),
    ]
    listed = client.get(f"/beheer/collegas?gemeente={there.gemeente_code or 'GM0000'}")

    assert [one.status_code for one in (*answers, listed)] == [404, 404, 404]
    assert there.shut_out_at is None


@pytest.mark.parametrize("role", [Role.GEMEENTEBEHEERDER, Role.BEHEERDER])
def test_s35_a_gemeentebeheerder_gives_no_role_with_power_also_not_to_oneself(
    client: FlaskClient, session: Session, keeper: User, user: User, role: Role
) -> None:
    sign_in(client, session, keeper)
    given = {"role": role.value, "deed": "give"}

    statuses = [
        client.post(f"/beheer/collegas/{alias_of(one.id)}/rol", data=given).status_code
        for one in (keeper, user, a_user(session))
    ]

    assert set(statuses) <= {403, 404}
    held = session.scalars(select(RoleGrant.role).where(RoleGrant.role == role)).all()
    assert held == ([role] if role is Role.GEMEENTEBEHEERDER else [])


def test_s11_the_next_request_is_signed_out_and_the_sign_in_page_says_why(
    client: FlaskClient, session: Session, keeper: User, user: User
) -> None:
    a_profile(session, "wmo", user=user)
    sign_in(client, session, user)
    before = client.get("/profiel").status_code
    keep_out(session, keeper, user)

    turned = client.get("/profiel")
    said = text_of(client.get(turned.location))
    sent = client.post("/profiel/pauzeren")

    assert (before, turned.status_code, turned.location) == (200, 302, "/inloggen")
    assert STOPPED in said
    assert "Je gegevens ophalen of laten wissen kan nog" in said
    assert "Log eerst in." not in said
    assert sent.location == "/inloggen"


def test_s11_a_link_by_mail_opens_nothing_but_says_why_and_whom_to_ask(
    app: Flask, client: FlaskClient, session: Session, keeper: User, user: User
) -> None:
    keep_out(session, keeper, user)
    path = path_of(app, a_link(session, user.email))

    answers = [client.get(path), client.post(path)]

    for answer in answers:
        assert answer.status_code == 403
        assert WHY in text_of(answer)
        assert "Vraag Kees Keizer om je weer toe te laten" in text_of(answer)
    assert client.get("/profiel").location == "/inloggen"


def test_by_that_link_they_fetch_their_data_and_end_their_account(
    app: Flask, client: FlaskClient, session: Session, keeper: User, user: User
) -> None:
    user_id, email = user.id, user.email
    keep_out(session, keeper, user)
    path = path_of(app, a_link(session, email))

    data = client.post(f"{path}/gegevens")
    told = ZipFile(BytesIO(data.data)).read("gegevens.json").decode()
    asked = client.get(f"{path}/beeindigen")
    unsure = client.post(f"{path}/beeindigen")
    gone = client.post(f"{path}/beeindigen", data={"is_sure": "y"}, follow_redirects=True)

    assert WHY in told
    assert (asked.status_code, unsure.status_code) == (200, 422)
    assert "Je account is weg" in text_of(gone)
    assert session.scalar(select(User).where(User.id == user_id)) is None
    assert client.get(path).status_code == 410


def test_who_is_needed_is_told_whom_to_ask_for_the_end(
    app: Flask, client: FlaskClient, session: Session, keeper: User, user: User
) -> None:
    an_opgave(session, owner=user, title="Een plein")
    keep_out(session, keeper, user)
    path = path_of(app, a_link(session, user.email))

    page = client.get(f"{path}/beeindigen")
    refused = client.post(f"{path}/beeindigen", data={"is_sure": "y"})

    assert "Een plein" in text_of(page)
    assert "dan zorgen we dat je gemeente dit overneemt" in text_of(page)
    assert refused.status_code == 422
    assert session.get(User, user.id) is not None


def test_a_link_of_who_is_not_kept_out_has_no_such_pages(
    app: Flask, client: FlaskClient, session: Session, user: User
) -> None:
    path = path_of(app, a_link(session, user.email))

    statuses = [
        client.post(f"{path}/gegevens").status_code,
        client.get(f"{path}/beeindigen").status_code,
        client.post(f"{path}/beeindigen", data={"is_sure": "y"}).status_code,
        client.post("/inloggen/x/gegevens").status_code,
    ]

    assert statuses == [404, 404, 404, 410]
    assert session.get(User, user.id) is not None


def test_s11_a_link_to_answer_by_mail_does_nothing_any_more(
    app: Flask, client: FlaskClient, session: Session, keeper: User
) -> None:
    user = a_user(session, gemeente_code=keeper.gemeente_code)
    a_profile(session, "wmo", user=user)
    opgave = an_opgave(session, "wmo")
    links = Links(app.extensions["settings"])
    path = urlsplit(links.interested(user.id, opgave.id)).path
    keep_out(session, keeper, user)

    answers = [client.get(path), client.post(path)]

    assert [one.status_code for one in answers] == [403, 403]
    assert STOPPED in text_of(answers[0])


def test_s11_a_manager_who_is_kept_out_signs_nothing_by_mail(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    loan = a_loan(session, who)
    home = {"gemeente_code": who.professional.gemeente_code}
    manager = a_user(session, email=who.manager.email, **home)
    keep_out(session, a_user(session, Role.GEMEENTEBEHEERDER, **home), manager)
    links = Links(app.extensions["settings"])
    path = urlsplit(links.loan_to_sign(loan.id, who.manager.email)).path

    answers = [client.get(path), client.post(path, data={"version": "1"})]

    assert [one.status_code for one in answers] == [403, 403]
    assert STOPPED in text_of(answers[0])


def test_an_opgave_names_whom_to_ask_instead(
    client: FlaskClient, session: Session, keeper: User, user: User
) -> None:
    opgave = an_opgave(session, owner=user)
    keep_out(session, keeper, user)
    sign_in(client, session, a_user(session))

    page = text_of(client.get(f"/opgaven/{opgave.id}"))

    assert re.search("Kees Keizer ?, Beheerder, zolang er geen opgavehouder is", page)
    assert "Uma Uit" not in page

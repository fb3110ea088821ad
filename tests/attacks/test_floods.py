"""Somebody who asks for more than anybody needs: mails to strangers, colleagues, searches."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse
from sqlalchemy import select
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.accounts.models import SignIn
from app.accounts.rules import NEWCOMER_LINKS_AN_HOUR, SIGN_IN_LINK_LIVES, STRANGER_LINKS_AN_HOUR
from app.extensions import limiter
from app.notifications.models import Delivery
from app.notifications.rules import MailKind
from app.notifications.service import mail_sign_in
from app.web.opgaven.views import OF_NETWORK, SEARCHES
from app.web.people import views
from tests.conftest import AppMaker, DatabaseMaker
from tests.support.builders import a_domain, a_gemeente, a_profile, a_user
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, make_work

A_MINUTE = 60


@pytest.fixture(scope="module")
def own_database(new_database: DatabaseMaker) -> URL:
    return new_database()


# Links to strangers


def asked_by(session: Session, *emails: str, minutes_ago: int = 0) -> list[UUID]:
    """Links that were asked and planned; of each the id."""
    at = MONDAY - timedelta(minutes=minutes_ago)
    links = [
        SignIn(id=uuid4(), email=email, asked_at=at, expires_at=at + SIGN_IN_LINK_LIVES)
        for email in emails
    ]
    session.add_all(links)
    session.flush()
    for link in links:
        mail_sign_in(make_work(session, now=at), link.id)
    return [link.id for link in links]


def mailed(session: Session, *link_ids: UUID) -> list[bool]:
    planned = set(session.scalars(select(Delivery.subject_id)))
    return [link_id in planned for link_id in link_ids]


def already_mailed(session: Session, domain: str, many: int) -> None:
    """So many links went to strangers there just now."""
    rows: list[dict[str, Any]] = [
        {"id": uuid4(), "email": f"{number}@{domain}"} for number in range(many)
    ]
    moments = {"asked_at": MONDAY, "expires_at": MONDAY + SIGN_IN_LINK_LIVES}
    session.add_all(SignIn(**row, **moments) for row in rows)
    session.add_all(
        Delivery(
            id=uuid4(),
            kind=MailKind.SIGN_IN,
            dedupe_key=str(row["id"]),
            subject_id=row["id"],
            created_at=MONDAY,
            next_attempt_at=MONDAY,
            expires_at=MONDAY + SIGN_IN_LINK_LIVES,
        )
        for row in rows
    )
    session.flush()


def test_s5_links_to_strangers_stop_together_and_say_so(session: Session) -> None:
    already_mailed(session, "elders.example", STRANGER_LINKS_AN_HOUR - 1)

    with capture_logs() as log:
        links = asked_by(session, "nog@een.example", "teveel@een.example", "teveel@twee.example")

    assert mailed(session, *links) == [True, False, False]
    assert [line["event"] for line in log] == ["alarm", "alarm"]
    assert "example" not in str(log)


def test_s5_who_has_an_account_or_works_for_a_gemeente_is_mailed_all_the_same(
    session: Session,
) -> None:
    already_mailed(session, "elders.example", STRANGER_LINKS_AN_HOUR)
    a_domain(session, a_gemeente(session), "testerdam.example")
    known = a_user(session, email="anna@elders.example")

    links = asked_by(session, known.email, "nieuw@testerdam.example")

    assert mailed(session, *links) == [True, True]


def test_s5_links_to_newcomers_of_gemeenten_stop_together_too(session: Session) -> None:
    a_domain(session, a_gemeente(session), "testerdam.example")
    a_domain(session, a_gemeente(session), "andersdam.example")
    already_mailed(session, "testerdam.example", NEWCOMER_LINKS_AN_HOUR)

    links = asked_by(session, "nieuw@andersdam.example", "nieuw@elders.example")

    assert mailed(session, *links) == [False, True]


def test_s5_links_of_more_than_an_hour_ago_do_not_count(session: Session) -> None:
    already_mailed(session, "elders.example", STRANGER_LINKS_AN_HOUR)

    links = asked_by(session, "later@elders.example", minutes_ago=-61)

    assert mailed(session, *links) == [True]


@pytest.mark.usefixtures("limiter_as_it_was")
def test_s5_the_addresses_of_one_ipv6_network_count_as_one(
    new_app: AppMaker, own_database: URL
) -> None:
    app = new_app(own_database, trusted_proxies=1, redis_url="")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()

    def asked_from(address: str) -> int:
        sent = {"email": "anna@testerdam.example"}
        return client.post("/inloggen", data=sent, headers={"X-Forwarded-For": address}).status_code

    statuses = [asked_from(f"2001:db8:0:1::{number:x}") for number in range(A_MINUTE + 1)]

    assert statuses == [302] * A_MINUTE + [429]
    assert [asked_from(one) for one in ("2001:db8:0:2::1", "::ffff:192.0.2.9")] == [302, 302]
    # The same visitor, as an old network names them and as a new one does.
    mapped = [asked_from("::ffff:192.0.2.9") for _ in range(A_MINUTE - 1)]
    assert (set(mapped), asked_from("192.0.2.9")) == ({302}, 429)


# Colleagues


def asked(rate: str, who: str, page: str, but: int = 0) -> None:
    """As often as they may, `but` for so often."""
    most = parse(rate)
    limiter.limiter.hit(most, who, page, cost=most.amount - but)


def alarms(log: list[Any]) -> list[str]:
    return [line["why"] for line in log if line["event"] == "alarm"]


def test_s72_who_leafs_through_all_cards_is_stopped_for_the_day(
    client: FlaskClient, session: Session
) -> None:
    user = a_user(session)
    sign_in(client, session, user)
    asked(views.LISTS, str(user.id), "people.index", but=1)

    with capture_logs() as log:
        statuses = [client.get(f"/collegas?pagina={page}").status_code for page in (1, 2)]
        page = client.get("/collegas?q=inkoop")

    assert statuses == [200, 429]
    assert "Je zocht vandaag wel heel vaak naar collega's. Probeer het over" in text_of(page)
    assert alarms(log) == ["very many cards"] * 2


def test_s72_who_opens_very_many_profiles_is_heard(client: FlaskClient, session: Session) -> None:
    user = a_user(session)
    sign_in(client, session, user)
    asked(views.PROFILES, str(user.id), "people.show", but=1)

    with capture_logs() as log:
        statuses = [client.get(f"/collegas/{uuid4()}").status_code for _ in range(2)]

    assert statuses == [404, 429]
    [alarm] = [line for line in log if line["event"] == "alarm"]
    assert (alarm["why"], alarm["account"]) == ("very many profiles", str(user.id))


def test_s72_that_somebody_opens_a_profile_of_nobody_is_heard(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody, somebody = (a_profile(session).user_id for _ in range(2))
    made_up = replace(app.extensions["settings"], made_up_profiles=frozenset({nobody}))
    monkeypatch.setitem(app.extensions, "settings", made_up)
    reader = a_user(session)
    sign_in(client, session, reader)

    with capture_logs() as log:
        client.get(f"/collegas/{somebody}")
        client.get(f"/collegas/{nobody}")

    [alarm] = [line for line in log if line["event"] == "alarm"]
    assert alarm["why"] == "a made-up profile was opened"
    assert alarm["account"] == str(reader.id)


# Searches


def test_s67_who_is_not_signed_in_searches_so_often_in_a_minute(client: FlaskClient) -> None:
    # A network that no other test comes from: what a browser left behind counts as well.
    asked(OF_NETWORK, "192.0.2.67", "opgaven.index", but=1)
    of_network = {"REMOTE_ADDR": "192.0.2.67"}

    statuses = [
        client.get("/opgaven?q=plein", environ_base=of_network).status_code for _ in range(2)
    ]

    assert statuses == [200, 429]
    assert client.get("/opgaven", environ_base=of_network).status_code == 200


def test_s67_who_is_signed_in_has_a_limit_of_their_own(
    client: FlaskClient, session: Session
) -> None:
    user = a_user(session)
    sign_in(client, session, user)
    asked(OF_NETWORK, "127.0.0.1", "opgaven.index")
    asked(SEARCHES, str(user.id), "opgaven.index", but=1)

    statuses = [client.get("/opgaven?q=plein").status_code for _ in range(2)]
    page = client.get("/opgaven?q=plein")
    sign_in(client, session, a_user(session))

    assert statuses == [200, 429]
    assert "Er werd net wel heel vaak gezocht. Probeer het over 1 minuut" in text_of(page)
    assert client.get("/opgaven?q=plein").status_code == 200

"""Somebody who asks for more than anybody needs: mails to strangers, colleagues, searches."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.accounts.models import SignIn
from app.accounts.rules import NEWCOMER_LINKS_AN_HOUR, SIGN_IN_LINK_LIVES, STRANGER_LINKS_AN_HOUR
from app.notifications.models import Delivery
from app.notifications.rules import MailKind
from app.notifications.service import mail_sign_in
from tests.conftest import AppMaker, DatabaseMaker
from tests.support.builders import a_domain, a_gemeente, a_user
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

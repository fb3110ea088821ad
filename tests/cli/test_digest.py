"""`flask digest ...` sends digests now, and shows one without sending it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.clock import utc_now
from app.core.work import Work
from app.matching.service import match_opgave
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.queries import OF_EVERYBODY
from app.notifications.rules import Channel, Frequency, MailKind, Weekday
from app.notifications.service import health, tell_matches
from tests.cli.conftest import Terminal
from tests.support.alive import a_living_opgave, a_living_profile
from tests.support.builders import a_user
from tests.support.work import make_work


@pytest.fixture
def reader(session: Session) -> User:
    """A professional for whom there is news since yesterday."""
    profile = a_living_profile(session, "verkeerskunde")
    opgave = a_living_opgave(session, "verkeerskunde", title="Een knoop ontwarren", status="open")
    yesterday = make_work(session, now=utc_now() - timedelta(days=1))
    match_opgave(yesterday, opgave.id)
    tell_matches(yesterday, opgave.id, [profile.user_id])
    return session.get_one(User, profile.user_id)


def planned(session: Session) -> set[object]:
    found = select(Delivery.user_id).where(Delivery.kind == MailKind.DIGEST)
    return set(session.scalars(found))


def test_everybody_with_news_gets_a_digest_at_once(
    flask: Terminal, session: Session, reader: User
) -> None:
    result = flask("digest", "send", "--now")

    said = "2 overzichten staan klaar om te versturen.\n"
    assert (result.exit_code, result.stdout) == (0, said)
    assert reader.id in planned(session)


def test_a_digest_can_be_seen_without_sending_it(
    flask: Terminal, session: Session, reader: User
) -> None:
    result = flask("digest", "preview", reader.email)

    assert result.exit_code == 0
    assert result.stdout.startswith("Onderwerp: 1 opgave voor jou\n")
    assert "Een knoop ontwarren" in result.stdout
    assert planned(session) == set()


def test_without_news_there_is_nothing_to_see(flask: Terminal, session: Session) -> None:
    result = flask("digest", "preview", a_user(session).email)

    said = "Er is niets nieuws te vertellen, dus er gaat geen mail.\n"
    assert (result.exit_code, result.stdout) == (0, said)


def test_an_unknown_address_is_refused(flask: Terminal) -> None:
    result = flask("digest", "preview", "niemand@testerdam.example")

    said = "niemand@testerdam.example heeft geen account.\n"
    assert (result.exit_code, result.stderr) == (1, said)


HARD = "5.1.1"


def never(work: Work, _: str) -> None:
    service.set_preference(work, Frequency.NEVER, Weekday.MONDAY)


def pause(work: Work, _: str) -> None:
    service.pause_digests(work, work.today + timedelta(days=7))


def rest(work: Work, secret: str) -> None:
    address = work.session.get_one(User, work.actor.user_id).email
    health.hold_against(work, address, health.hash_of(address, secret), HARD)


def only_inbox(work: Work, _: str) -> None:
    """This reader looks after no opgaven, so what is chosen about those makes no difference."""
    service.choose_roads(work, dict.fromkeys(OF_EVERYBODY, Channel.INBOX))


@pytest.mark.parametrize(
    ("choose", "why", "tells"),
    [
        (never, "wil nooit een overzicht", True),
        (pause, "pauze tot ", True),
        (rest, "mail naar dit adres komt niet aan. Het adres bestaat niet", True),
        (only_inbox, "wil alles alleen bij Meldingen lezen", False),
    ],
)
def test_who_gets_no_digest_at_all_is_told_of_first(
    flask: Terminal,
    app: Flask,
    session: Session,
    reader: User,
    choose: Callable[[Work, str], None],
    why: str,
    *,
    tells: bool,
) -> None:
    choose(make_work(session, reader, utc_now()), app.extensions["settings"].secret_key)

    result = flask("digest", "preview", reader.email)

    first, second, *_ = result.stdout.splitlines()
    assert first.startswith(f"Gaat niet weg: {why}")
    assert second.startswith("Onderwerp: " if tells else "Er is niets nieuws")

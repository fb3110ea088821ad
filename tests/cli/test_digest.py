"""`flask digest ...` sends digests now, and shows one without sending it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.clock import utc_now
from app.matching.service import match_opgave
from app.notifications.models import Delivery
from app.notifications.rules import MailKind
from app.notifications.service import tell_matches
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

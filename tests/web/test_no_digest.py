"""Who chose that no digest comes is promised none, wherever they look or answer."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.links import Links
from app.matching import service as matching
from app.notifications import queries, service
from app.notifications.rules import ROADS, Channel, Family, Frequency, Weekday
from app.notifications.service import Stationery, health
from app.opgaven.models import Opgave
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import make_work

# Every sentence by which somebody may think that a digest will come to them.
PROMISES = re.compile(
    r"in je overzicht als er voor de sluiting|je volgende overzicht|in je overzicht hoor je"
    r"|weer een overzicht vanaf|Je krijgt weer een overzicht|staat in het overzicht daarna"
    r"|nieuws ook in je mail|weer in je mail|krijg je je overzicht|helemaal geen overzicht meer",
    re.IGNORECASE,
)
Choose = Callable[[Session, User], None]


def never(session: Session, user: User) -> None:
    service.set_preference(make_work(session, user), Frequency.NEVER, Weekday.MONDAY)


def only_in_the_inbox(session: Session, user: User) -> None:
    """Of what may come to them; the roads of other news stay as they were."""
    families = queries.families_of(session, user.id)
    roads = dict.fromkeys(families, Channel.INBOX)
    service.choose_roads(make_work(session, user), roads)


@pytest.fixture
def opgave(session: Session) -> Opgave:
    return an_opgave(session, "verkeerskunde", title="Een plein")


@pytest.fixture
def reader(session: Session, opgave: Opgave) -> User:
    user = a_user(session)
    a_profile(session, "verkeer en kunde", user=user)
    matching.match_everything(make_work(session))
    session.commit()
    return user


@pytest.fixture
def looked_at(
    app: Flask,
    client: FlaskClient,
    session: Session,
    stationery: Stationery,
    reader: User,
    opgave: Opgave,
) -> Callable[[], list[str]]:
    """What the reader reads on every page that may speak of digests, before and after deeds."""

    def pages() -> list[str]:
        links = Links(app.extensions["settings"])
        answer, skill, pause = (
            link.removeprefix("http://localhost")
            for link in (
                links.later(reader.id, opgave.id),
                links.not_my_skill(reader.id, opgave.id),
                links.pause(reader.id),
            )
        )
        interest = links.interested(reader.id, opgave.id).removeprefix("http://localhost")
        address = f"/opgaven/{opgave.id}"
        address_hash = health.hash_of(reader.email, stationery.secret)
        sign_in(client, session, reader)
        found = [client.get(one) for one in ("/meldingen", "/voorkeuren", address, answer, pause)]
        found.append(client.post(f"{address}/later", follow_redirects=True))
        found += [client.get(one) for one in ("/reacties", "/matches", answer)]
        found.append(client.post(interest))
        found.append(client.post(skill, data={"asked": "verkeerskunde", "offered": ""}))
        found += [client.post(pause, data={"how_long": one}) for one in ("2-weken", "geen")]
        health.hold_against(make_work(session), reader.email, address_hash, "5.1.1")
        session.commit()
        found.append(client.post("/voorkeuren/adres", follow_redirects=True))
        assert {one.status_code for one in found} == {200}
        return [text_of(one) for one in found]

    return pages


@pytest.mark.parametrize("choose", [never, only_in_the_inbox])
def test_who_gets_no_digest_reads_of_none_that_will_come(
    session: Session, reader: User, looked_at: Callable[[], list[str]], choose: Choose
) -> None:
    choose(session, reader)

    assert [PROMISES.findall(page) for page in looked_at()] == [[]] * 14


def test_who_gets_digests_reads_of_them_on_each_of_these_pages(
    looked_at: Callable[[], list[str]],
) -> None:
    silent = [place for place, page in enumerate(looked_at()) if not PROMISES.search(page)]

    assert silent == []


def test_of_what_comes_only_in_the_inbox_no_digest_is_promised(
    client: FlaskClient, session: Session, reader: User, opgave: Opgave
) -> None:
    """Other news may still come in one."""
    service.choose_roads(make_work(session, reader), {Family.MATCHES: Channel.INBOX})
    sign_in(client, session, reader)

    answered = client.post(f"/opgaven/{opgave.id}/later", follow_redirects=True)

    assert "Dan staat die weer bij je Meldingen." in text_of(answered)
    assert "Je volgende overzicht kan komen" in text_of(client.get("/voorkeuren"))


def test_the_pages_say_why_no_digest_comes(
    client: FlaskClient, session: Session, reader: User
) -> None:
    only_in_the_inbox(session, reader)
    sign_in(client, session, reader)

    inbox, preferences = (text_of(client.get(one)) for one in ("/meldingen", "/voorkeuren"))

    assert "want je koos overal voor “Alleen bij Meldingen”. Toch liever wel?" in inbox
    assert "Je krijgt nu geen overzicht, want je koos overal voor “Alleen bij" in preferences


@pytest.mark.parametrize("road", ROADS[Family.RESPONSES])
def test_news_that_goes_at_once_may_be_told_by_a_digest(session: Session, road: Channel) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    only_in_the_inbox(session, owner)

    service.choose_roads(make_work(session, owner), {Family.RESPONSES: road})

    told = {Family.RESPONSES} if road is not Channel.INBOX else set()
    assert queries.families_in_digest(session, owner.id) == told

"""The pages of the audit: who saw you, what happened with you, and the log of beheerders."""

from collections.abc import Iterator
from dataclasses import fields

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

import app.tables  # noqa: F401  (every room, so that every fact is known)
from app.accounts import service
from app.core.actor import Role
from app.core.audit import AuditEntry, entries
from app.core.outbox import EVENTS
from app.people.rules import Visibility
from app.web.audit.words import DEEDS, THINGS, words_of
from tests.support.builders import a_gemeente, a_profile, a_user
from tests.support.web import sign_in
from tests.support.work import make_work

# How fields that name a thing end.
ID = ("_id", "_code")
# These say in their deed which way they went.
TWO_WAYS = {"role.changed", "domain.changed"}


@pytest.fixture(autouse=True)
def at_once(session: Session) -> Iterator[None]:
    """Rows get their place when a transaction commits, and tests never do."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    yield
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def deeds(session: Session) -> list[str]:
    return [entry.deed for entry in entries(session)]


def test_every_fact_has_words() -> None:
    assert EVENTS.keys() - TWO_WAYS - {""} - DEEDS.keys() == set()


def test_every_thing_of_a_fact_has_a_dutch_word() -> None:
    """The first that a fact names with `_id` or `_code` is what it is about."""
    kinds = {
        next((one.name.rpartition("_") for one in fields(fact) if one.name.endswith(ID)), None)
        for fact in EVENTS.values()
    }

    named = {kind for kind, _, _ in filter(None, kinds)}
    assert named - THINGS.keys() == {"opgave", "gemeente"}


def test_a_deed_of_an_earlier_release_keeps_its_word() -> None:
    assert words_of("gone.deed") == "gone.deed"


def test_who_opens_a_profile_is_read_by_its_owner(client: FlaskClient, session: Session) -> None:
    town = a_gemeente(session, name="Adorp")
    owner = a_user(session, gemeente_code=a_gemeente(session).code)
    reader = a_user(session, name="Nel de Lezer", gemeente_code=town.code)
    a_profile(session, user=owner, visibility=Visibility.COLLEAGUES)

    sign_in(client, session, reader).get(f"/collegas/{owner.id}")
    page = sign_in(client, session, owner).get("/profiel/bekeken").text

    assert "Nel de Lezer" in page
    assert "gemeente Adorp" in page


def test_looking_at_yourself_is_not_kept(client: FlaskClient, session: Session) -> None:
    owner = a_user(session)
    a_profile(session, user=owner, visibility=Visibility.COLLEAGUES)

    sign_in(client, session, owner).get(f"/collegas/{owner.id}")

    assert "profile.seen" not in deeds(session)


def test_a_profile_that_does_not_exist_for_somebody_is_not_seen(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session)
    a_profile(session, user=owner, visibility=Visibility.HIDDEN)

    answer = sign_in(client, session, a_user(session)).get(f"/collegas/{owner.id}")

    assert answer.status_code == 404
    assert "profile.seen" not in deeds(session)


def test_somebody_reads_what_they_did_and_what_was_done_to_them(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER, name="Ans Beheer")
    user = a_user(session, gemeente_code=beheerder.gemeente_code)
    service.grant_role(make_work(session, beheerder), user.id, Role.OPGAVEHOUDER)

    page = sign_in(client, session, user).get("/profiel/logboek").text

    assert "Ans Beheer" in page
    assert "gaf de rol opgavehouder (jou)" in page


def test_nobody_reads_the_log_of_another(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER, name="Ans Beheer")
    user = a_user(session, gemeente_code=beheerder.gemeente_code)
    service.grant_role(make_work(session, beheerder), user.id, Role.OPGAVEHOUDER)

    page = sign_in(client, session, a_user(session)).get("/profiel/logboek").text

    assert "Ans Beheer" not in page


def test_the_own_log_tells_nobody_who_an_anonymous_colleague_is(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, name="Tessa Rietdijk")
    a_profile(session, user=owner, visibility=Visibility.ANONYMOUS)
    reader = sign_in(client, session, a_user(session, Role.OPGAVEHOUDER))

    assert "Tessa" not in reader.get(f"/collegas/{owner.id}").text
    page = reader.get("/profiel/logboek").text

    assert "bekeek een profiel" in page
    assert "Tessa" not in page


def test_a_beheerder_reads_whom_a_deed_was_about(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    user = a_user(session, name="Tessa Rietdijk", gemeente_code=beheerder.gemeente_code)
    service.grant_role(make_work(session, beheerder), user.id, Role.OPGAVEHOUDER)

    page = sign_in(client, session, beheerder).get("/beheer/logboek").text

    assert "gaf de rol opgavehouder (Tessa Rietdijk)" in page


def test_a_gemeentebeheerder_reads_what_was_done_for_the_own_gemeente(
    client: FlaskClient, session: Session
) -> None:
    here, there = (
        a_user(session, Role.GEMEENTEBEHEERDER, name=name) for name in ("Ans Hier", "Bo Daar")
    )
    for beheerder in (here, there):
        user = a_user(session, gemeente_code=beheerder.gemeente_code)
        service.grant_role(make_work(session, beheerder), user.id, Role.OPGAVEHOUDER)
    assert here.gemeente_code != there.gemeente_code

    page = sign_in(client, session, here).get("/beheer/logboek").text

    assert ("Ans Hier" in page, "Bo Daar" in page) == (True, False)


@pytest.mark.parametrize(
    "deed", ["interest.shown", "opgave.followed", "loan.asked", "profile.seen", "later.said"]
)
def test_a_gemeentebeheerder_does_not_read_who_looks_for_other_work(
    client: FlaskClient, session: Session, deed: str
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    user = a_user(session, gemeente_code=beheerder.gemeente_code)
    make_work(session, user).record(deed, ("opgave", user.id), user.id)
    session.flush()

    page = sign_in(client, session, beheerder).get("/beheer/logboek").text

    assert words_of(deed) not in page


def test_reading_the_log_is_kept_too(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer/logboek")

    assert "audit.read" in deeds(session)


def test_an_entry_names_the_request_that_the_answer_names(
    client: FlaskClient, session: Session
) -> None:
    answer = sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer/logboek")

    assert entries(session)[0].request_id == answer.headers["X-Request-ID"]


def test_signing_in_and_out_is_kept(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session)).post("/uitloggen")

    assert deeds(session) == ["session.ended", "session.begun"]


def test_older_deeds_stand_on_a_next_page(client: FlaskClient, session: Session) -> None:
    user = a_user(session)
    work = make_work(session, user)
    for number in range(105):
        work.record("opgave.changed", ("opgave", number))
        session.flush()
    sign_in(client, session, user)

    first = client.get("/profiel/logboek").text
    older = first.split("logboek?voor=")[1].split('"')[0]
    second = client.get(f"/profiel/logboek?voor={older}").text

    assert first.count("wijzigde een opgave") == 99
    assert second.count("wijzigde een opgave") == 6


def test_nothing_but_a_place_is_taken(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session))

    for typed in ("x", "-1", "9" * 40, "1%27"):
        assert client.get(f"/profiel/logboek?voor={typed}").status_code == 200


def test_no_entry_is_of_the_house_itself(app: Flask, session: Session) -> None:
    """What workers do of themselves is told, and is no deed of anybody."""
    work = make_work(session)
    work.emit(EVENTS["matching.unfinished"]())
    session.flush()

    assert session.query(AuditEntry).count() == 0

"""What somebody tried, or changed about who sees them, leaves one line that says so."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.audit import entries
from app.people.rules import Visibility
from app.web.audit.words import DEEDS
from tests.support.builders import a_profile, a_user
from tests.support.pages import value_of
from tests.support.signing_in import a_link, path_of
from tests.support.web import sign_in


@pytest.mark.parametrize("tier", [one for one in Visibility if one is not Visibility.GEMEENTE])
def test_s95_who_sees_a_profile_is_kept_once_when_that_changes(
    client: FlaskClient, session: Session, tier: Visibility
) -> None:
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    owner = a_user(session)
    user = a_profile(session, user=owner, visibility=Visibility.GEMEENTE).user_id
    sign_in(client, session, owner)

    for _ in range(2):
        page = client.get("/profiel/bewerken")
        sent = {"version": value_of(page, "version"), "travel_km": "30", "headline": "Graag"}
        skill = {"skills-0-label": "Inkoop", "skills-0-level": "3", "skills-0-energy": "3"}
        hours = {"windows-0-hours_per_week": "8"}
        answer = client.post(
            "/profiel/bewerken", data={**sent, **skill, **hours, "visibility": tier}
        )
        assert answer.status_code == 302, answer.text

    kept = [one for one in entries(session) if one.deed.startswith("visibility.")]
    assert [(one.deed, one.actor_id, one.person_id, bool(one.request_id)) for one in kept] == [
        (f"visibility.{tier}", user, user, True)
    ]
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def test_s95_every_choice_of_who_sees_has_words() -> None:
    assert {f"visibility.{one}" for one in Visibility} <= DEEDS.keys()
    assert {"evidence.shown", "evidence.hidden"} <= DEEDS.keys()


def test_s95_a_link_that_is_used_twice_is_one_line(
    app: Flask, client: FlaskClient, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    path = path_of(app, a_link(session, a_user(session).email))
    assert client.post(path).status_code == 302
    client.delete_cookie("dgvn")
    capsys.readouterr()

    assert client.post(path).status_code == 410

    told = capsys.readouterr().out
    refused = [line for line in map(json.loads, told.splitlines()) if line["event"] == "refused"]
    assert [(one["page"], one["method"], one["why"]) for one in refused] == [
        ("accounts.finish", "POST", "Gone")
    ]
    assert path.rsplit("/", 1)[-1] not in told

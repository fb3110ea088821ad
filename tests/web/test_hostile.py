"""Whatever is pasted into a field: it is refused in words or kept within its limit."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.text import clean_line
from app.factory import MOST_FORM_BYTES
from app.opgaven.models import AskedSkill
from app.people.models import Skill
from app.vocabulary.rules import LABEL_LIMIT
from tests.support.builders import a_user
from tests.support.hostile import HOSTILE
from tests.support.web import sign_in

# A browser sends a sign as up to twelve bytes and what is larger is refused unread; half a sign it
# cannot send at all.
MOST = MOST_FORM_BYTES // 13
SENT = {name: text[:MOST] for name, text in HOSTILE.items() if name != "lone surrogates"}
texts = pytest.mark.parametrize("text", SENT.values(), ids=SENT)


@pytest.fixture
def user(client: FlaskClient, session: Session) -> User:
    user = a_user(session, Role.OPGAVEHOUDER)
    sign_in(client, session, user)
    return user


@texts
def test_a_skill_on_a_profile_stays_within_its_limit(
    client: FlaskClient, session: Session, user: User, text: str
) -> None:
    profile = {"version": "0", "travel_km": "30", "visibility": "anonymous", "actie": "bewaar"}

    answer = client.post("/profiel/bewerken", data={**profile, "skills-0-label": text})

    kept = list(session.scalars(select(Skill.label)))
    is_kept = 0 < len(clean_line(text)) <= LABEL_LIMIT
    assert (answer.status_code, kept) in [(302, [clean_line(text)] if is_kept else []), (422, [])]


@texts
def test_a_skill_that_is_asked_stays_within_its_limit(
    client: FlaskClient, session: Session, user: User, text: str
) -> None:
    opgave = {"version": "0", "title": "Een plan", "kind": "klus", "people_needed": "1"}
    rest = {"place": "hybrid", "audience": "everybody", "actie": "bewaar", "skills-0-label": text}

    answer = client.post("/opgaven/nieuw", data={**opgave, **rest})

    kept = list(session.scalars(select(AskedSkill.label)))
    is_kept = 0 < len(clean_line(text)) <= LABEL_LIMIT
    assert (answer.status_code, kept) in [(302, [clean_line(text)] if is_kept else []), (422, [])]


@texts
def test_any_text_is_read_for_skills(client: FlaskClient, user: User, text: str) -> None:
    assert client.post("/profiel/uit-tekst", data={"tekst": text}).status_code in (200, 422)


@texts
def test_any_words_can_be_searched_for(client: FlaskClient, user: User, text: str) -> None:
    for address in ("/opgaven", "/collegas", "/begrippen"):
        assert client.get(address, query_string={"q": text[:2_000]}).status_code == 200

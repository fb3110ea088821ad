"""A gemeente merges: at no step does somebody see what is for the other side, or for neither."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.opgaven import moving
from app.opgaven.rules import OpgaveStatus
from app.people.rules import Visibility
from tests.hours.builders import merge
from tests.support.builders import a_gemeente, a_profile, a_user, an_opgave
from tests.support.web import sign_in
from tests.support.work import make_work

NAME = "Noor Kanarie"


@dataclass
class Merging:
    """Who looks from where, and what there is of the gemeente that ends."""

    session: Session
    client: FlaskClient
    ended: str
    successor: str
    paths: dict[str, str]
    viewers: dict[str, User]

    def sees(self, who: str) -> set[str]:
        """What somebody reads of it, with its name."""
        sign_in(self.client, self.session, self.viewers[who])
        answers = {what: self.client.get(path) for what, path in self.paths.items()}
        return {
            what
            for what, answer in answers.items()
            if answer.status_code == 200 and NAME in answer.text
        }

    def everybody(self) -> dict[str, set[str]]:
        return {who: self.sees(who) for who in self.viewers}


@pytest.fixture
def merging(client: FlaskClient, session: Session) -> Merging:
    ended, far = (a_gemeente(session).code for _ in range(2))
    person = a_user(session, Role.OPGAVEHOUDER, gemeente_code=ended, name=NAME)
    a_profile(session, user=person, visibility=Visibility.GEMEENTE)
    draft = an_opgave(session, owner=person, title=NAME, status=OpgaveStatus.CONCEPT)
    successor = merge(session, ended)
    paths = {
        "profile": f"/collegas/{person.id}",
        "draft": f"/opgaven/{draft.id}/bewerken",
        "accounts": "/beheer/collegas",
    }
    roles = (Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER)
    viewers = {
        name: a_user(session, *roles, gemeente_code=code)
        for name, code in {"ended": ended, "successor": successor, "far": far}.items()
    }
    session.commit()
    return Merging(session, client, ended, successor, paths, viewers)


def test_s99_at_each_step_of_a_merger_nobody_sees_what_is_not_theirs_yet(merging: Merging) -> None:
    everything, nothing = {"profile", "draft", "accounts"}, set[str]()
    codes = [merging.ended]

    steps = [merging.everybody()]
    for follow in (moving.what_follows, moving.follow_merger, moving.follow_merger):
        follow(make_work(merging.session), codes, merging.successor)
        merging.session.commit()
        merging.session.expire_all()
        steps.append(merging.everybody())

    assert [step["far"] for step in steps] == [nothing] * 4
    # Saying what would follow moves nothing. Then people and what they look after go at once, and
    # a second time nothing is left to go.
    assert [step["successor"] for step in steps] == [nothing, nothing, everything, everything]
    # Who looked after the accounts of the gemeente that ended does not look after those of the
    # successor: that is given anew. As an opgavehouder they went along with their opgaven.
    behind = everything - {"accounts"}
    assert [step["ended"] for step in steps] == [everything, everything, behind, behind]

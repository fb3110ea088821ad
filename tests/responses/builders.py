"""An invitation, and who gives and gets it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.matching import service as matching
from app.opgaven.models import Opgave
from app.people.models import Profile
from app.responses.events import Invited
from app.responses.models import Invitation
from app.responses.rules import InvitationState, WhyNot
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

WORDS = "Jouw werk aan pleinen is wat wij zoeken.\nHeb je een keer tijd om te praten?"


def an_invitation(
    session: Session, opgave: Opgave | None = None, person: User | None = None, **changed: Any
) -> Invitation:
    """Of somebody who fits, by who looks after the opgave; it waits for an answer."""
    person = person or a_fitting_person(session)
    opgave = opgave or an_opgave(session, "Verkeerskunde", title="Een veilig plein")
    state = changed.get("state", InvitationState.WAITING)
    fields: dict[str, Any] = {
        "id": uuid4(),
        "opgave_id": opgave.id,
        "user_id": person.id,
        "by_id": opgave.owner_id,
        "words": WORDS,
        "state": state,
        "invited_at": MONDAY,
        "answer_by": TODAY + timedelta(days=14),
        "ended_at": None if state is InvitationState.WAITING else MONDAY,
        "reason": WhyNot.NO_TIME if state is InvitationState.DECLINED else None,
        "no_words": "",
    }
    invitation = Invitation(**{**fields, **changed})
    session.add(invitation)
    session.flush()
    return invitation


def was_invited(session: Session, opgave: Opgave, person: User, at: datetime) -> Invitation:
    """The same, with the fact that is told of it."""
    made = an_invitation(session, opgave, person, invited_at=at)
    fact = Invited(invitation_id=made.id, user_id=person.id, opgave_id=opgave.id)
    make_work(session, now=at).emit(fact)
    return made


def a_fitting_person(session: Session, **profile: Any) -> User:
    person = a_user(session, name="Fatima Bouali")
    a_profile(session, "Verkeerskunde", user=person, **profile)
    return person


def a_match(session: Session, **changed: Any) -> tuple[Opgave, User, User]:
    """An opgave, who looks after it, and a professional who stands among its matches."""
    owner = a_user(session, Role.OPGAVEHOUDER, name="Marloes Hoekzema")
    fields = {"title": "Een veilig plein", **changed}
    opgave = an_opgave(session, "Verkeerskunde", owner=owner, **fields)
    person = a_fitting_person(session)
    matching.match_everything(make_work(session))
    return opgave, owner, person


def profile_of(session: Session, person: User) -> Profile:
    return session.get_one(Profile, person.id)

"""The smallest valid rows; a test names only what it cares about."""

from datetime import date, timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy.orm import Session

from app.accounts.models import AccessRequest, RoleGrant, RoleProposal, User
from app.accounts.rules import PROPOSAL_LIVES, AccessState, ProposalState
from app.core.actor import Role
from app.gemeenten.models import EmailDomain, Gemeente, Network, NetworkGemeente
from app.gemeenten.rules import sort_key
from app.matching.models import Dispute
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import Audience, Kind, OpgaveStatus, Place
from app.people.models import Profile, Skill, Window
from app.people.rules import Direction, ProfileState, Visibility
from app.vocabulary.models import Concept, ConceptName, NameKind, Source
from app.vocabulary.rules import normalise
from tests.support.work import MONDAY, TODAY

Row = TypeVar("Row")

_numbers = count(1)
FOR_LONG = date(2099, 12, 31)


def a_gemeente(session: Session, **changed: Any) -> Gemeente:
    number = next(_numbers)
    fields: dict[str, Any] = {
        "code": f"GM{9000 + number % 1000:04}",
        "name": f"Testerdam {number}",
        "province": "Utrecht",
        "inhabitants": 50_000,
        "inhabitants_on": TODAY,
        "is_provincial_capital": False,
        "latitude": 52.09,
        "longitude": 5.12,
    }
    fields.update(changed)
    fields.setdefault("sort_name", sort_key(fields["name"]))
    return _add(session, Gemeente(**fields))


def a_network(session: Session, *codes: str, **changed: Any) -> Network:
    """Of the gemeenten with these codes, for as long as a test looks."""
    fields = {
        "id": uuid4(),
        "name": f"Netwerk {next(_numbers)}",
        "purpose": "Samen leren",
        "begun_on": TODAY,
    }
    network = _add(session, Network(**{**fields, **changed}))
    for code in codes:
        row = {"network_id": network.id, "gemeente_code": code, "since": date(2020, 1, 1)}
        _add(session, NetworkGemeente(id=uuid4(), **row))
    return network


def a_domain(session: Session, gemeente: Gemeente, domain: str) -> EmailDomain:
    return _add(session, EmailDomain(domain=domain, gemeente_code=gemeente.code))


def a_user(session: Session, *roles: Role, **changed: Any) -> User:
    number = next(_numbers)
    if "gemeente_code" not in changed:
        changed["gemeente_code"] = a_gemeente(session).code
    fields = {
        "id": uuid4(),
        "email": f"collega{number}@testerdam.example",
        "name": f"Collega {number}",
        "created_at": MONDAY,
        "grants": [_granted(session, role, changed["gemeente_code"]) for role in roles],
    }
    user = User(**{**fields, **changed})
    for grant in user.grants:
        grant.gemeente_code = grant.gemeente_code or user.gemeente_code
    return _add(session, user)


def a_grant(role: Role, **changed: Any) -> RoleGrant:
    """It runs whenever a test looks."""
    return RoleGrant(
        **{"id": uuid4(), "role": role, "granted_at": MONDAY, "ends_on": FOR_LONG, **changed}
    )


def _granted(session: Session, role: Role, gemeente_code: str) -> RoleGrant:
    """A coordinator is one of a network, here with the own gemeente."""
    if role is not Role.COORDINATOR:
        return a_grant(role)
    return a_grant(role, network_id=a_network(session, gemeente_code).id)


def a_proposal(session: Session, **changed: Any) -> RoleProposal:
    """A beheerder proposes somebody as gemeentebeheerder."""
    if "user_id" not in changed:
        changed["user_id"] = a_user(session).id
    if "proposed_by" not in changed:
        changed["proposed_by"] = a_user(session, Role.BEHEERDER).id
    if "gemeente_code" not in changed:
        changed["gemeente_code"] = session.get_one(User, changed["user_id"]).gemeente_code
    fields = {
        "id": uuid4(),
        "role": Role.GEMEENTEBEHEERDER,
        "ends_on": TODAY + timedelta(days=365),
        "proposed_at": MONDAY,
        "lapses_on": TODAY + PROPOSAL_LIVES,
        "state": ProposalState.WAITING,
    }
    return _add(session, RoleProposal(**{**fields, **changed}))


def a_skill(label: str, **changed: Any) -> Skill:
    fields = {
        "id": uuid4(),
        "place": 0,
        "label": label,
        "label_normal": normalise(label),
        "level": 3,
        "years": 5,
        "energy": 5,
        "direction": Direction.CAN,
        "evidence": "",
    }
    return Skill(**{**fields, **changed})


def an_access_request(session: Session, email: str) -> AccessRequest:
    """Somebody whose mail domain is unknown, and who waits for a beheerder."""
    code = a_gemeente(session).code
    asked = {"name": "Noor", "gemeente_code": code, "state": AccessState.WAITING}
    return _add(session, AccessRequest(id=uuid4(), email=email, asked_at=MONDAY, **asked))


def a_profile(
    session: Session, *skills: str | Skill, user: User | None = None, **changed: Any
) -> Profile:
    """A published profile with sixteen hours a week from today on, and no end."""
    user = user or a_user(session)
    rows = [skill if isinstance(skill, Skill) else a_skill(skill) for skill in skills]
    for place, row in enumerate(rows):
        row.place = place
    fields = {
        "user_id": user.id,
        "state": ProfileState.PUBLISHED,
        "visibility": Visibility.COLLEAGUES,
        "headline": "Ik help graag",
        "travel_km": 400,
        "remote": True,
        "version": 1,
        "changed_at": MONDAY,
        "published_at": MONDAY,
        "skills": rows,
        "windows": [a_window(16)],
    }
    return _add(session, Profile(**{**fields, **changed}))


def a_window(hours: int, **changed: Any) -> Window:
    """From today on, and no end."""
    fields = {"id": uuid4(), "place": 0, "starts_on": TODAY, "ends_on": None}
    return Window(**{**fields, "hours_per_week": hours, **changed})


def a_dispute(
    session: Session, profile: Profile, asked: str, offered: str | None = None, **changed: Any
) -> Dispute:
    """What somebody said of a reason, and did not take back."""
    fields = {"user_id": profile.user_id, "asked": asked, "offered": offered, "made_at": MONDAY}
    return _add(session, Dispute(**{**fields, **changed}))


def a_concept(session: Session, *names: str, **changed: Any) -> Concept:
    """A concept of our own; the first name is its label."""
    kinds = [NameKind.LABEL, *[NameKind.SYNONYM] * (len(names) - 1)]
    rows = [
        ConceptName(name=name, normal=normalise(name), kind=kind)
        for name, kind in zip(names, kinds, strict=True)
    ]
    fields = {"label": names[0], "source": Source.STARTER, "names": rows}
    return _add(session, Concept(**{**fields, **changed}))


def an_asked_skill(label: str, *, must: bool = True, level: int = 2) -> AskedSkill:
    return AskedSkill(
        id=uuid4(), place=0, label=label, label_normal=normalise(label), must=must, level=level
    )


def an_opgave(
    session: Session, *skills: str | AskedSkill, owner: User | None = None, **changed: Any
) -> Opgave:
    """An open opgave of eight hours a week that starts in a month and lasts three."""
    owner = owner or a_user(session, Role.OPGAVEHOUDER)
    rows = [skill if isinstance(skill, AskedSkill) else an_asked_skill(skill) for skill in skills]
    for place, row in enumerate(rows):
        row.place = place
    fields = {
        "id": uuid4(),
        "gemeente_code": owner.gemeente_code,
        "owner_id": owner.id,
        "status": OpgaveStatus.OPEN,
        "kind": Kind.OPGAVE,
        "title": "Een opgave",
        "text": "Er is werk.",
        "themes": ["ruimte"],
        "hours_per_week": 8,
        "starts_on": TODAY + timedelta(days=30),
        "ends_on": TODAY + timedelta(days=120),
        "closes_on": TODAY + timedelta(days=20),
        "place": Place.HYBRID,
        "people_needed": 1,
        "version": 1,
        "created_at": MONDAY,
        "changed_at": MONDAY,
        "published_at": MONDAY,
        "is_public": changed.get("audience") is not Audience.NETWORK,
        "skills": rows,
    }
    return _add(session, Opgave(**{**fields, **changed}))


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row

"""What the page of roles and rights shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import RoleGrant, RoleProposal, User
from app.accounts.rules import Hands, may_grant
from app.core.actor import Actor, Role
from app.core.rights import COLUMNS, MANAGER, MATRIX, PROFESSIONAL, SYSTEM, VISITOR, Row, Scope
from app.gemeenten import queries as gemeenten
from app.labels import label

COLUMN_WORDS = {
    VISITOR: "Iedereen, ook zonder account",
    PROFESSIONAL: "Iedereen met een account",
    MANAGER: "Wie als leidinggevende is genoemd",
    **{role.value: label(role) for role in Role},
    SYSTEM: "De site zelf, en wie die draait",
}
SCOPE_WORDS = {
    Scope.OWN: "van jezelf",
    Scope.TEAM: "van wie jou als leidinggevende noemt",
    Scope.SHOWN: "wat aan je getoond wordt",
    Scope.GEMEENTE: "van de eigen gemeente",
    Scope.NETWORK: "van de gemeenten in het netwerk",
    Scope.ALL: "van alle gemeenten",
}
ERASED = "iemand die hier niet meer is"
OPERATOR = "wie de site draait"


@dataclass(frozen=True)
class ProposalLine:
    proposal_id: UUID
    title: str
    facts: list[tuple[str, str]]
    proposed_at: datetime
    lapses_on: date
    may_confirm: bool
    may_refuse: bool
    # Why the reader cannot confirm it, and who can.
    instead: str


@dataclass(frozen=True)
class GivenLine:
    """Who gave a role, or more time for it, when and why."""

    at: datetime
    by: str
    # Nothing where it took no second person.
    confirmed_by: str
    reason: str


@dataclass(frozen=True)
class HolderLine:
    name: str
    email: str
    gemeente_name: str
    role: str
    # Of a coordinator only.
    network_name: str
    ends_on: date
    given: GivenLine
    # The last time that it got a later last day; nothing when it never did.
    prolonged: GivenLine | None


@dataclass(frozen=True)
class RoleRights:
    """What somebody may in one column of the matrix: the right, and of what."""

    title: str
    rights: list[tuple[str, str]]


def proposal_lines(session: Session, actor: Actor) -> list[ProposalLine]:
    found = accounts.open_proposals(session, actor)
    people = _people(session, [one.user_id for one in found] + [one.proposed_by for one in found])
    return [_proposal(session, actor, one, people) for one in found]


def _proposal(
    session: Session, actor: Actor, proposal: RoleProposal, people: dict[UUID, User]
) -> ProposalLine:
    person = people[proposal.user_id]
    proposer = _name(people, proposal.proposed_by)
    home = gemeenten.by_code(session, person.gemeente_code).name
    others = accounts.deciders(session, {proposal.user_id, proposal.proposed_by})
    decides = may_grant(actor, proposal.role, person.gemeente_code)
    is_second = actor.user_id in {one.id for one in others}
    return ProposalLine(
        proposal_id=proposal.id,
        title=f"{person.name} als {label(proposal.role).lower()}",
        facts=[
            ("Mailadres", person.email),
            ("Gemeente", home),
            ("Netwerk", _network_name(session, proposal)),
            ("Voorgesteld door", proposer),
            ("Reden", proposal.reason),
        ],
        proposed_at=proposal.proposed_at,
        lapses_on=proposal.lapses_on,
        may_confirm=decides and is_second,
        may_refuse=decides,
        instead="" if decides and is_second else _instead(proposal, person, others),
    )


def _network_name(session: Session, proposal: RoleProposal) -> str:
    known = proposal.network_id
    return gemeenten.network(session, known).name if known is not None else ""


def _instead(proposal: RoleProposal, person: User, others: Sequence[User]) -> str:
    command = f"flask accounts confirm {person.email} {proposal.role.value}"
    if not others:
        return (
            "Er is geen tweede platformbeheerder die dit kan bevestigen. Vraag wie de site draait "
            f'om het te bevestigen met: {command} --reason "…". Of om een tweede '
            "platformbeheerder aan te stellen."
        )
    names = ", ".join(one.name for one in others)
    if proposal.role is Role.BEHEERDER:
        return f"Bevestigen gaat op de opdrachtregel, namens {names}: {command} --by ADRES"
    return f"Een ander bevestigt dit: {names}."


def holder_lines(
    session: Session, actor: Actor, gemeente_code: str | None = None
) -> list[HolderLine]:
    """Who has a role now, of one gemeente or of all that the actor may know of."""
    found = accounts.held_roles(session, actor, gemeente_code)
    names = gemeenten.names_of(session, {user.gemeente_code for user, _ in found})
    people, networks = _people(session, _hands_in(found)), _networks(session)
    return [
        _holder(user, grant, names[user.gemeente_code], networks.get(grant.network_id, ""), people)
        for user, grant in found
    ]


def _hands_in(found: Sequence[tuple[User, RoleGrant]]) -> list[UUID | None]:
    return [
        one
        for _, grant in found
        for one in (
            *(grant.granted_by, grant.confirmed_by),
            *(grant.prolonged_by, grant.prolonging_confirmed_by),
        )
    ]


def _networks(session: Session) -> dict[UUID | None, str]:
    return {one.id: one.name for one in gemeenten.networks(session)}


def _holder(
    user: User, grant: RoleGrant, gemeente_name: str, network_name: str, people: dict[UUID, User]
) -> HolderLine:
    return HolderLine(
        name=user.name,
        email=user.email,
        gemeente_name=gemeente_name,
        role=label(grant.role),
        network_name=network_name,
        ends_on=grant.ends_on,
        given=GivenLine(
            grant.granted_at,
            *_named(people, grant.hands, grant.granted_by, grant.confirmed_by),
            grant.reason,
        ),
        prolonged=_prolonging(grant, people),
    )


def _prolonging(grant: RoleGrant, people: dict[UUID, User]) -> GivenLine | None:
    if grant.prolonged_at is None:
        return None
    by, second = grant.prolonged_by, grant.prolonging_confirmed_by
    names = _named(people, grant.prolonging_hands, by, second)
    return GivenLine(grant.prolonged_at, *names, grant.prolonging_reason)


def _named(
    people: dict[UUID, User], hands: Hands | None, by: UUID | None, second: UUID | None
) -> tuple[str, str]:
    """Who gave it and who confirmed it, also when they are gone; the second is nobody when there
    was none.
    """
    first = OPERATOR if hands is Hands.OPERATOR else _name(people, by)
    if hands is Hands.WITH_OPERATOR:
        return first, OPERATOR
    return first, _name(people, second) if hands is Hands.TWO or second else ""


def _name(people: dict[UUID, User], user_id: UUID | None) -> str:
    return people[user_id].name if user_id in people else ERASED


def _people(session: Session, ids: Sequence[UUID | None]) -> dict[UUID, User]:
    return accounts.with_grants(session, {one for one in ids if one is not None})


def matrix() -> list[RoleRights]:
    """What each role may, in words, as it stands in `rights.csv`."""
    return [
        RoleRights(
            COLUMN_WORDS[column],
            [
                (row.label, _cell(row, column))
                for row in MATRIX.values()
                if row.cells[column] is not Scope.NONE
            ],
        )
        for column in COLUMNS
    ]


def _cell(row: Row, column: str) -> str:
    two = ", met een tweede persoon" if column in row.two_persons else ""
    return SCOPE_WORDS[row.cells[column]] + two

"""What the room of accounts tells."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class SignInAsked(Event):
    name: ClassVar[str] = "sign_in.asked"
    sign_in_id: UUID


@dataclass(frozen=True)
class ProofAsked(Event):
    """Who is signed in wants to prove anew who they are, in that session, by a link of this id."""

    name: ClassVar[str] = "proof.asked"
    sign_in_id: UUID
    session_id: UUID


@dataclass(frozen=True)
class PersonRegistered(Event):
    name: ClassVar[str] = "person.registered"
    user_id: UUID


@dataclass(frozen=True)
class AccessOffered(Event):
    """Who looks after accounts asks somebody to make one, at the address that is kept as
    `sign_in_id`: so it was called when that was a link that opened nothing.
    """

    name: ClassVar[str] = "access.offered"
    sign_in_id: UUID
    by_id: UUID


@dataclass(frozen=True)
class AccessAsked(Event):
    name: ClassVar[str] = "access.asked"
    request_id: UUID


@dataclass(frozen=True)
class AccessDecided(Event):
    name: ClassVar[str] = "access.decided"
    request_id: UUID


@dataclass(frozen=True)
class FactorChanged(Event):
    """The second step of this person: `enrolled`, `renewed`, `forgotten`, or `closed` for a while;
    `spare_used`, `passkey_added` or `passkey_removed`.

    `change_id` is this change's own.
    """

    name: ClassVar[str] = "factor.changed"
    user_id: UUID
    change_id: UUID
    change: str
    is_deed: ClassVar[bool] = True

    def deed(self) -> str:
        return f"factor.{self.change}"


@dataclass(frozen=True)
class IdentityJoined(Event):
    """Who this person is at the provider of their gemeente opens an account that was there before.

    `change_id` is this change's own.
    """

    name: ClassVar[str] = "identity.joined"
    user_id: UUID
    change_id: UUID
    is_deed: ClassVar[bool] = True


@dataclass(frozen=True)
class SignedInElsewhere(Event):
    """This person signed in with a browser in which they never did so before."""

    name: ClassVar[str] = "signed_in.elsewhere"
    user_id: UUID


@dataclass(frozen=True)
class PersonAway(Event):
    """Somebody did not sign in for so long that they are told what will follow (`Away`), and when:
    from which day others do not see their profile, if they have one to see, and their account goes.
    """

    name: ClassVar[str] = "person.away"
    user_id: UUID
    away: int
    has_profile: bool
    hidden_on: date
    gone_on: date
    comes_of_itself: ClassVar[bool] = True


@dataclass(frozen=True)
class PersonShutOut(Event):
    """Somebody who looks after accounts keeps this person out from now on."""

    name: ClassVar[str] = "person.shut_out"
    user_id: UUID
    is_deed: ClassVar[bool] = True


@dataclass(frozen=True)
class PersonLetIn(Event):
    """Who was kept out may come in again."""

    name: ClassVar[str] = "person.let_in"
    user_id: UUID
    is_deed: ClassVar[bool] = True


@dataclass(frozen=True)
class PersonMoved(Event):
    """Somebody works for another gemeente than before."""

    name: ClassVar[str] = "person.moved"
    user_id: UUID
    gemeente_code: str
    before_code: str
    is_deed: ClassVar[bool] = True


@dataclass(frozen=True)
class RoleProlonged(Event):
    """A role that this person has goes on until later."""

    name: ClassVar[str] = "role.prolonged"
    user_id: UUID
    role: str
    ends_on: date
    is_deed: ClassVar[bool] = True

    def deed(self) -> str:
        return f"role.prolonged.{self.role}"


@dataclass(frozen=True)
class RoleProposed(Event):
    """Somebody proposes a role for this person, which a second person has to confirm."""

    name: ClassVar[str] = "role.proposed"
    user_id: UUID
    proposal_id: UUID
    role: str
    is_deed: ClassVar[bool] = True

    def deed(self) -> str:
        return f"role.proposed.{self.role}"


@dataclass(frozen=True)
class RoleDecided(Event):
    """A second person confirmed or refused a role that was proposed for this one."""

    name: ClassVar[str] = "role.decided"
    user_id: UUID
    proposal_id: UUID
    is_confirmed: bool
    is_deed: ClassVar[bool] = True

    def deed(self) -> str:
        return "role.confirmed" if self.is_confirmed else "role.refused"


@dataclass(frozen=True)
class RoleLapsed(Event):
    """Nobody confirmed in time what was proposed for this person."""

    name: ClassVar[str] = "role.lapsed"
    user_id: UUID
    proposal_id: UUID
    comes_of_itself: ClassVar[bool] = True


@dataclass(frozen=True)
class RoleEnding(Event):
    """A role ends within weeks, unless somebody prolongs it."""

    name: ClassVar[str] = "role.ending"
    user_id: UUID
    grant_id: UUID


@dataclass(frozen=True)
class RoleExpired(Event):
    """The last day of a role is over."""

    name: ClassVar[str] = "role.expired"
    user_id: UUID
    grant_id: UUID
    comes_of_itself: ClassVar[bool] = True


@dataclass(frozen=True)
class RoleChanged(Event):
    """From now on this person has the role, or no longer."""

    name: ClassVar[str] = "role.changed"
    user_id: UUID
    role: str
    is_given: bool
    is_deed: ClassVar[bool] = True

    def deed(self) -> str:
        return f"role.{'given' if self.is_given else 'ended'}.{self.role}"

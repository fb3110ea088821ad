"""Who does something: a person, for a gemeente, in some roles; or the system itself."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What somebody may do beyond being a professional: a beheerder for every gemeente, a
    coordinator for those in a network, the others for their own.
    """

    OPGAVEHOUDER = "opgavehouder"
    GEMEENTEBEHEERDER = "gemeentebeheerder"
    COORDINATOR = "coordinator"
    BEHEERDER = "beheerder"


@dataclass(frozen=True)
class Actor:
    user_id: UUID | None = None
    gemeente_code: str | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    is_system: bool = False
    # Of the gemeenten in the networks that they coordinate.
    network_codes: frozenset[str] = frozenset()
    # Of who has no account and speaks by the link of a mail: which address that mail went to.
    address_id: UUID | None = None


ANYONE = Actor()
SYSTEM = Actor(is_system=True)

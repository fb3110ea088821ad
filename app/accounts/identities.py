"""Who somebody is at the sign-in of their gemeente, and why who comes from there is not let in."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.core.errors import DomainError


class Why(StrEnum):
    """Why somebody who comes from the sign-in of their gemeente is not let in."""

    # They stopped there themselves.
    DECLINED = "declined"
    # It let them not in, or had trouble of its own.
    PROVIDER = "provider"
    # Something that came back is not what went, or not from whom it should be.
    STATE = "state"
    ISSUER = "issuer"
    CODE = "code"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    NONCE = "nonce"
    # Who they are there is nobody whom we can let in.
    UNVERIFIED = "unverified"
    DOMAIN = "domain"
    GEMEENTE = "gemeente"
    ANOTHER = "another"
    # Who is signed in here is another, or did not sign in there anew, when they prove who they are.
    OTHERS = "others"
    OLD = "old"


class ShutOut(DomainError):
    """Who comes from there is known, and is kept out of their account."""

    def __init__(self, user_id: UUID) -> None:
        super().__init__(f"user {user_id} is kept out")
        self.user_id = user_id


class TurnedAway(DomainError):
    """Who comes from the sign-in of their gemeente is not let in."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Identity:
    """Who somebody is at the sign-in of their gemeente: the issuer and the subject, for good.

    The rest is what it says of them now.
    """

    issuer: str
    subject: str
    email: str
    is_verified: bool
    name: str

"""Who comes by a link from a mail, and what they read when it is not whole."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Actor, Role
from app.core.errors import NotFound

DAMAGED = (
    "Deze link is niet heel. Misschien viel er een stukje af bij het kopiëren. "
    "Open de link in de mail zelf, of log in en {instead}."
)
CHOOSE_INSTEAD = "kies bij Meldingen hoe vaak je mail wilt"


@dataclass(frozen=True)
class Reader:
    """Who gets the digest that a link is from, as far as its holder may know."""

    user_id: UUID
    address: str
    is_beheerder: bool
    # Somebody else is signed in here.
    is_another: bool


def reader_of(session: Session, viewer: Actor, user_id: UUID) -> Reader | None:
    """None for somebody who left."""
    user = session.get(User, user_id)
    if user is None:
        return None
    return Reader(
        user_id=user_id,
        address=masked(user.email),
        is_beheerder=Role.BEHEERDER in accounts.roles_of(user),
        is_another=viewer.user_id not in (None, user_id),
    )


def masked(address: str) -> str:
    """w…@utrecht.nl: who knows the address knows it again, and nobody else learns it."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def damaged(instead: str = CHOOSE_INSTEAD) -> NotFound:
    """For a link that says nothing; what it was for can be done after a sign-in."""
    return NotFound("token", said=DAMAGED.format(instead=instead))

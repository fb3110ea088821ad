"""How somebody comes by a role: who to ask."""

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core.actor import Actor, Role

MOST_NAMES = 3
MAY_NOT_DRAFT = "Alleen een opgavehouder kan een opgave plaatsen."


def how_to_become_opgavehouder(session: Session, actor: Actor, contact_email: str) -> str:
    nobody = f"Jouw gemeente heeft nog geen gemeentebeheerder. Mail naar {contact_email}."
    return _whom_to_ask(session, actor, "je") or nobody


def how_to_name_opgavehouder(session: Session, actor: Actor) -> str:
    """For who looks for a colleague to hand something over to; nothing when nobody can do that."""
    return _whom_to_ask(session, actor, "een collega")


def _whom_to_ask(session: Session, actor: Actor, whom: str) -> str:
    """The names to ask are those of colleagues, so only a colleague reads them."""
    beheerders = accounts.with_role(session, Role.GEMEENTEBEHEERDER, actor.gemeente_code or "")
    names = [person.name for person in beheerders[:MOST_NAMES]]
    if not names:
        return ""
    asked = " of ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"Vraag {asked} om {whom} opgavehouder te maken."

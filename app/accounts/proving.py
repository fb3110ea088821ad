"""Proving anew who one is, by a link that opens nothing but the session in which it was asked.

It is for who has no second step: they sign in by their mailbox, and so prove it. The link is one of
those that sign somebody in, with a key and a purpose of its own.
"""

from uuid import UUID

from app.accounts import queries, service
from app.accounts.events import ProofAsked
from app.accounts.factors import own_session
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.work import Work

MANY_LINKS = "Je vroeg het afgelopen uur al een paar links. Kijk in je mail, of wacht een uur."


def ask_link(work: Work, session_id: UUID) -> None:
    """Mail who is signed in there a link.

    `NotAllowed` for who proves it in another way; `Conflict` when they asked many within the hour.
    """
    user = own_session(work, session_id).user
    has_step = queries.has_second_step(work.session, user.id)
    if has_step or service.takes_no_link(work, user.email):
        raise NotAllowed(f"a link to prove who {user.id} is")
    link_id = service.new_link(work, user.email)
    if link_id is None:
        raise Conflict(said=MANY_LINKS)
    work.emit(ProofAsked(sign_in_id=link_id, session_id=session_id))


def prove(work: Work, session_id: UUID, link_id: UUID) -> UUID:
    """Spend the link; the id of a session in the place of this one.

    `NotFound` when the link was used, ran out, or is not of who is signed in there.
    """
    user = own_session(work, session_id).user
    link = queries.usable_link(work.session, link_id, work.now, to_spend=True)
    if link is None or link.email != user.email or service.takes_no_link(work, user.email):
        raise NotFound(f"proof {link_id}")
    link.used_at = work.now
    return service.renew_session(work, session_id)

"""Arriving from the sign-in of one's own gemeente.

An account is found by who somebody is there, the issuer and the subject, and never by the address
that it says. Only the first time the address leads to an account that was there before: when it was
verified, and its domain is of the gemeente that says so.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, select

from app.accounts import queries, service
from app.accounts.events import IdentityJoined
from app.accounts.identities import Identity, ShutOut, TurnedAway, Why
from app.accounts.models import KnownIdentity, User, UserSession
from app.accounts.rules import email_faults, tidy_email
from app.core.errors import NotFound
from app.core.locks import SIGN_IN_LOCK
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.gemeenten.rules import now_called


def arrive(
    work: Work,
    gemeente_code: str,
    identity: Identity,
    known_here: Collection[UUID] | None = None,
) -> UUID | None:
    """The id of a new session; None for a newcomer, who has to give a name first.

    `gemeente_code` is the gemeente whose provider says who it is, `known_here` as for
    `begin_session` of the service. `TurnedAway` when that gemeente cannot speak for this address or
    this account; `ShutOut` for who is kept out of it.
    """
    user = _arrived(work, gemeente_code, identity)
    return service.begin_session(work, user.id, known_here=known_here) if user else None


def prove(work: Work, session_id: UUID, gemeente_code: str, identity: Identity) -> UUID:
    """The id of a session in the place of this one, of who went there to prove who they are.

    `TurnedAway` as for `arrive`, and when it is not who is signed in here; `ShutOut`.
    """
    user = _arrived(work, gemeente_code, identity)
    if user is None or user.id != work.actor.user_id:
        raise TurnedAway(Why.OTHERS)
    return service.renew_session(work, session_id)


def _arrived(work: Work, gemeente_code: str, identity: Identity) -> User | None:
    """Whose account it opens; None for a newcomer."""
    user = _known(work, identity) or _join(work, gemeente_code, identity)
    if user is None:
        return None
    mergers = gemeenten.mergers(work.session, work.today)
    if now_called(user.gemeente_code, mergers) != gemeente_code:
        raise TurnedAway(Why.GEMEENTE)
    if user.shut_out_at is not None:
        raise ShutOut(user.id)
    return user


def welcome(work: Work, gemeente_code: str, identity: Identity, name: str) -> UUID:
    """Make the account of a newcomer; the id of their first session.

    `FaultyDraft` when the name is none; `TurnedAway` as for `arrive`.
    """
    session_id = arrive(work, gemeente_code, identity)
    if session_id is not None:
        # Pressed twice: the first press made the account.
        return session_id
    user = service.register(work, identity.email, name, gemeente_code)
    _know(work, user, identity)
    return service.begin_session(work, user.id)


def forget(work: Work, user_id: UUID) -> None:
    """Know this person at no provider any more, until they arrive anew; signed out everywhere.

    For an address that went to somebody else, or who is known there anew; the door says who may.
    """
    if not queries.known_identities(work.session, user_id):
        raise NotFound(f"identity of {user_id}")
    work.session.execute(delete(KnownIdentity).where(KnownIdentity.user_id == user_id))
    work.session.execute(delete(UserSession).where(UserSession.user_id == user_id))
    work.record("identity.forgotten", ("user", user_id), user_id)


def _known(work: Work, identity: Identity) -> User | None:
    # The second of two arrivals of one person waits here, and finds what the first one made.
    who = func.hashtext(f"{identity.issuer} {identity.subject}")
    work.session.execute(select(func.pg_advisory_xact_lock(SIGN_IN_LOCK, who)))
    known = work.session.get(KnownIdentity, (identity.issuer, identity.subject))
    return work.fetch(User, known.user_id) if known else None


def _join(work: Work, gemeente_code: str, identity: Identity) -> User | None:
    """The account at this address, of which its owner hears; None when there is none yet."""
    if not identity.is_verified or email_faults(identity.email):
        raise TurnedAway(Why.UNVERIFIED)
    own = gemeenten.of_email(work.session, tidy_email(identity.email), work.today)
    if own is None or own.code != gemeente_code:
        raise TurnedAway(Why.DOMAIN)
    user = queries.by_email(work.session, identity.email)
    if user is None:
        return None
    known = queries.known_identities(work.session, user.id)
    if any(one.issuer == identity.issuer for one in known):
        # The address went to somebody else, or that gemeente knows this person anew.
        raise TurnedAway(Why.ANOTHER)
    _know(work, user, identity)
    joined = IdentityJoined(user_id=user.id, change_id=work.new_id())
    work.emit(joined)
    return user


def _know(work: Work, user: User, identity: Identity) -> None:
    work.session.add(
        KnownIdentity(
            issuer=identity.issuer,
            subject=identity.subject,
            user_id=user.id,
            known_since=work.now,
        )
    )
    work.session.flush()

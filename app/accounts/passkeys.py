"""Passkeys: a second proof that somebody's own device gives, for our address and for no other.

What it signs was made here a moment before, for this browser, and is taken once. The device asks
its owner for a finger, a face or a code first, and we refuse what was signed without.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlalchemy import select
from webauthn.helpers import generate_challenge, parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts import queries
from app.accounts.factors import check_may_add, keep_proven, own_session, person, tell
from app.accounts.models import Passkey, User, UserSession
from app.accounts.rules import MOST_PASSKEYS, PASSKEY_NAME_LIMIT
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import length_fault, refuse
from app.core.work import Work

CHALLENGE_LIVES = timedelta(minutes=5)
# An answer has a few hundred signs; with a certificate of the maker some thousands.
ANSWER_LIMIT = 20_000
# How the product is called where a device lists its passkeys.
CALLED = "De gemeente van nu"
LOOPBACK = ("127.0.0.1", "::1")
REFUSED = "Het is niet gelukt met je passkey. Probeer het nog een keer."
LAST = (
    "Dit is je enige tweede stap, en als beheerder heb je er een nodig. Voeg eerst een andere "
    "passkey of een app toe."
)
MANY = f"Je hebt al {MOST_PASSKEYS} passkeys. Verwijder er eerst een."


@dataclass(frozen=True)
class Site:
    """To which site passkeys belong: its host, and how a browser writes where it is."""

    host: str
    origin: str


def site_of(base_url: str) -> Site:
    """By the one address of the product. A passkey belongs to a name, and not to a number: on the
    own machine that is localhost.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if host in LOOPBACK:
        host = "localhost"
    port = f":{parts.port}" if parts.port else ""
    return Site(host, f"{parts.scheme}://{host}{port}")


def invite(work: Work, session_id: UUID, site: Site) -> str:
    """What a browser needs to make a passkey, in JSON. `NotAllowed`, or `Conflict` when full."""
    user = work.fetch_to_change(User, person(work))
    known = _check_room(work, session_id)
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=CALLED,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name,
        challenge=_challenge(work, own_session(work, session_id)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(known),
    )
    return webauthn.options_to_json(options)


def add(work: Work, session_id: UUID, site: Site, answer: str, name: str) -> bool:
    """Whether this answer made a passkey with this name; the session is proven by that.

    What it had to sign is spent in both cases, so the caller saves the work. `FaultyDraft` when the
    name is none; `NotAllowed` and `Conflict` as for `invite`.
    """
    refuse(length_fault("name", name, PASSKEY_NAME_LIMIT, needed="Geef je passkey een naam."))
    user = work.fetch_to_change(User, person(work))
    _check_room(work, session_id)
    challenge = _taken(work, own_session(work, session_id))
    made = _made(site, challenge, answer) if challenge else None
    if made is None or _is_known(work, made.credential_id):
        return False
    work.session.add(
        Passkey(
            id=work.new_id(),
            user_id=user.id,
            credential=made.credential_id,
            public_key=made.credential_public_key,
            signed=made.sign_count,
            name=name,
            added_at=work.now,
        )
    )
    work.session.flush()
    keep_proven(work, session_id)
    tell(work, user.id, "passkey_added")
    return True


def ask(work: Work, session_id: UUID, site: Site) -> str:
    """What a browser needs to use one of the passkeys of this person, in JSON. `NotFound`."""
    known = queries.passkeys(work.session, person(work))
    if not known:
        raise NotFound(f"passkeys of {work.actor.user_id}")
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=_challenge(work, own_session(work, session_id)),
        allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def prove(work: Work, session_id: UUID, site: Site, answer: str) -> bool:
    """Whether this session is now proven, by this answer of a passkey of this person.

    What it had to sign is spent in both cases, so the caller saves the work.
    """
    passkey = _named(work, answer)
    session = own_session(work, session_id)
    if queries.is_proven_lately(work.session, session, work.now):
        # Pressed twice: the first press, for which this one waited, took the answer.
        return True
    challenge = _taken(work, session)
    signed = _signed(site, challenge, answer, passkey) if passkey and challenge else None
    about = ("user", session.user_id)
    if passkey is None or signed is None:
        work.record("factor.passkey_refused", about, session.user_id)
        return False
    passkey.signed, passkey.used_at = signed, work.now
    keep_proven(work, session_id)
    work.record("factor.passkey_used", about, session.user_id)
    return True


def remove(work: Work, session_id: UUID, passkey_id: UUID) -> None:
    """`Conflict` when it is the only second step of somebody who needs one; `NotAllowed` when no
    second proof was given lately.
    """
    user = work.fetch_to_change(User, person(work))
    if not queries.is_proven_lately(work.session, own_session(work, session_id), work.now):
        raise NotAllowed(f"passkey {passkey_id}")
    passkey = work.fetch(Passkey, passkey_id)
    if passkey.user_id != user.id:
        raise NotFound(f"passkey {passkey_id}")
    is_only = len(queries.passkeys(work.session, user.id)) == 1
    has_app = queries.second_factor(work.session, user.id) is not None
    if is_only and not has_app and queries.has_power_over_others(queries.actor_of(user)):
        raise Conflict(said=LAST)
    work.session.delete(passkey)
    tell(work, user.id, "passkey_removed")


def _check_room(work: Work, session_id: UUID) -> list[Passkey]:
    """Those that are there already."""
    check_may_add(work, session_id)
    known = queries.passkeys(work.session, person(work))
    if len(known) >= MOST_PASSKEYS:
        raise Conflict(said=MANY)
    return known


def _challenge(work: Work, session: UserSession) -> bytes:
    session.challenge, session.challenged_at = generate_challenge(), work.now
    return session.challenge


def _taken(work: Work, session: UserSession) -> bytes | None:
    """What had to be signed in this browser, spent by this; None when that was too long ago."""
    challenge, since = session.challenge, session.challenged_at
    session.challenge = session.challenged_at = None
    return challenge if since is not None and since > work.now - CHALLENGE_LIVES else None


def _described(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential) for one in known]


def _is_known(work: Work, credential: bytes) -> bool:
    found = select(Passkey.id).where(Passkey.credential == credential)
    return work.session.scalar(found) is not None


def _named(work: Work, answer: str) -> Passkey | None:
    """The passkey of this person of which the answer says that it is."""
    try:
        credential = parse_authentication_credential_json(answer[:ANSWER_LIMIT]).raw_id
    except Exception:  # whatever it stumbles over: it is no answer of a passkey
        return None
    found = select(Passkey).where(Passkey.credential == credential, Passkey.user_id == person(work))
    return work.session.scalar(found.with_for_update())


def _made(site: Site, challenge: bytes, answer: str) -> Any | None:
    try:
        return webauthn.verify_registration_response(
            credential=answer[:ANSWER_LIMIT],
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:  # as in `_named`
        return None


def _signed(site: Site, challenge: bytes, answer: str, passkey: Passkey) -> int | None:
    """How often the passkey signed by now; None when this answer is not as it must be.

    A count that does not go up tells that there is a copy somewhere.
    """
    try:
        found = webauthn.verify_authentication_response(
            credential=answer[:ANSWER_LIMIT],
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.signed,
            require_user_verification=True,
        )
    except Exception:  # as in `_named`
        return None
    return found.new_sign_count

"""A second proof of who signs in: a code of an app on one's own phone, or one of ten spare codes.

Every code works once. Too many wrong ones close the door for a while, on this account only, so
that guessing leads nowhere; the secret itself is kept sealed and is opened by the door alone.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pyotp
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import delete, select

from app.accounts import queries
from app.accounts.events import FactorChanged
from app.accounts.models import Passkey, SecondFactor, SpareCode, User, UserSession
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import Fault, refuse
from app.core.work import Work

STEP = 30
SPARE_CODES = 10
# Ten signs out of thirty-two: fifty bits.
SPARE_SIGNS, SPARE_LENGTH = "abcdefghijkmnpqrstuvwxyz23456789", 10  # pragma: allowlist secret
HASH_BYTES = 32
# What OWASP asks of Argon2id at least; memory in KiB.
ROUNDS, MEMORY = 2, 19 * 1024
MOST_WRONG = 5
CLOSED_FOR = timedelta(minutes=15)
WRONG = "Deze code klopt niet, of je gebruikte hem al. Neem de code die nu in je app staat."
PROVE_FIRST = "Doe eerst de tweede stap, dan kun je hier iets toevoegen."
CLOSED = "Er zijn te veel codes geprobeerd. Wacht een kwartier en probeer het dan opnieuw."


def new_secret() -> str:
    """For an app that shows codes; base32, 160 bits."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The half minute whose code this is: the one of now, or one on either side of it."""
    typed = code.replace(" ", "").encode()
    counter = int(now.timestamp()) // STEP
    made = pyotp.HOTP(secret)
    for step in (counter, counter - 1, counter + 1):
        if hmac.compare_digest(made.at(step).encode(), typed):
            return step
    return None


def enrol(work: Work, session_id: UUID, secret: str, sealed: str, code: str) -> list[str]:
    """Begin to ask this person for codes of this secret; the spare codes, shown this once.

    `FaultyDraft` when the code is not one of the secret; `Conflict` when there is a secret already;
    `NotAllowed` when they have a passkey and did not use it.
    """
    user = person(work)
    work.fetch_to_change(User, user)
    if work.session.get(SecondFactor, user) is not None:
        raise Conflict(said="Je hebt al een app gekoppeld.")
    check_may_add(work, session_id)
    step = step_of(secret, code, work.now)
    refuse([] if step is not None else [Fault("code", WRONG)])
    work.session.add(
        SecondFactor(user_id=user, sealed=sealed, enrolled_at=work.now, last_step=step)
    )
    work.session.flush()
    keep_proven(work, session_id)
    tell(work, user, "enrolled")
    return _spare_codes(work, user)


def prove(work: Work, session_id: UUID, secret: str | None, code: str) -> bool:
    """Whether this session is now proven: by a new code of the app, or a spare one.

    Without a secret (it does not open any more) only a spare code proves. A wrong code is counted,
    so the caller saves the work in both cases. `Conflict` while closed.
    """
    factor = work.fetch_to_change(SecondFactor, person(work))
    if queries.is_proven_lately(work.session, own_session(work, session_id), work.now):
        # Pressed twice: the first press, for which this one waited, took the code.
        return True
    if factor.closed_until is not None and factor.closed_until > work.now:
        raise Conflict(said=CLOSED)
    step = step_of(secret, code, work.now) if secret else None
    if step is not None and step > factor.last_step:
        factor.last_step = step
    elif _spend(work, factor.user_id, code):
        # Of a phone that was lost its owner knows; of codes that were found they may not.
        tell(work, factor.user_id, "spare_used")
    else:
        _count_wrong(work, factor)
        return False
    factor.wrong, factor.closed_until = 0, None
    keep_proven(work, session_id)
    work.record("factor.proven", ("user", factor.user_id), factor.user_id)
    return True


def forget(work: Work, user_id: UUID) -> None:
    """Ask this person no second proof any more, until they enrol anew; they are signed out
    everywhere.

    For who lost their phone, their spare codes and their passkeys; the door says who may do this.
    """
    if not queries.has_second_step(work.session, user_id):
        raise NotFound(f"second factor of {user_id}")
    work.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    work.session.execute(delete(Passkey).where(Passkey.user_id == user_id))
    work.session.execute(delete(UserSession).where(UserSession.user_id == user_id))
    tell(work, user_id, "forgotten")


def renew_spare_codes(work: Work) -> list[str]:
    """Ten new ones; those of before work no longer."""
    factor = work.fetch_to_change(SecondFactor, person(work))
    tell(work, factor.user_id, "renewed")
    return _spare_codes(work, factor.user_id)


def seal_anew(work: Work, again: Callable[[str], str | None]) -> int:
    """Keep each secret as `again` seals it; how many are left of which it makes nothing."""
    left = 0
    for one in work.session.scalars(select(SecondFactor).with_for_update()):
        sealed = again(one.sealed)
        left += sealed is None
        one.sealed = sealed or one.sealed
    return left


def check_may_add(work: Work, session_id: UUID) -> None:
    """The first way to give a second proof is for who signed in; another one for who gave a proof
    lately.

    Otherwise a mailbox alone could add one. `NotAllowed`.
    """
    session = own_session(work, session_id)
    has_step = queries.has_second_step(work.session, session.user_id)
    if has_step and not queries.is_proven_lately(work.session, session, work.now):
        raise NotAllowed(f"second step of {work.actor.user_id}", said=PROVE_FIRST)


def person(work: Work) -> UUID:
    if work.actor.user_id is None:
        raise NotFound("second factor of nobody")
    return work.actor.user_id


def keep_proven(work: Work, session_id: UUID) -> None:
    own_session(work, session_id).proven_at = work.now


def own_session(work: Work, session_id: UUID) -> UserSession:
    """As it stands once nobody else is proving it."""
    session = work.fetch_to_change(UserSession, session_id)
    if session.user_id != work.actor.user_id:
        raise NotFound(f"session {session_id}")
    return session


def _count_wrong(work: Work, factor: SecondFactor) -> None:
    factor.wrong += 1
    work.record("factor.refused", ("user", factor.user_id), factor.user_id)
    if factor.wrong >= MOST_WRONG:
        factor.wrong, factor.closed_until = 0, work.now + CLOSED_FOR
        tell(work, factor.user_id, "closed")


def tell(work: Work, user_id: UUID, change: str) -> None:
    """Who did not do this themselves must hear that somebody did."""
    work.emit(FactorChanged(user_id=user_id, change_id=work.new_id(), change=change))


def _spare_codes(work: Work, user_id: UUID) -> list[str]:
    work.session.execute(delete(SpareCode).where(SpareCode.user_id == user_id))
    codes = [
        "".join(secrets.choice(SPARE_SIGNS) for _ in range(SPARE_LENGTH))
        for _ in range(SPARE_CODES)
    ]
    work.session.add_all(SpareCode(user_id=user_id, hash=_hash(user_id, one)) for one in codes)
    return codes


def _spend(work: Work, user_id: UUID, code: str) -> bool:
    """Whether it was a spare code; it is gone by that."""
    typed = code.replace(" ", "").replace("-", "").lower()
    spent = delete(SpareCode).where(
        SpareCode.user_id == user_id,
        SpareCode.hash.in_([_hash(user_id, typed), _quick_hash(user_id, typed)]),
    )
    return work.session.scalar(spent.returning(SpareCode.hash)) is not None


def _hash(user_id: UUID, code: str) -> bytes:
    """Slow, because fifty bits can be guessed by who has the table; the id keeps people apart."""
    slow = Argon2id(
        salt=user_id.bytes, length=HASH_BYTES, iterations=ROUNDS, lanes=1, memory_cost=MEMORY
    )
    return slow.derive(code.encode())


def _quick_hash(user_id: UUID, code: str) -> bytes:
    """As codes were kept that people may still have on paper."""
    return sha256(user_id.bytes + code.encode()).digest()

"""Signing in and out, registering, deciding on requests, giving and ending roles."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from app.accounts import granting, proposing, queries
from app.accounts.events import (
    AccessAsked,
    AccessDecided,
    AccessOffered,
    PersonAway,
    PersonLetIn,
    PersonRegistered,
    PersonShutOut,
    RoleChanged,
    RoleEnding,
    SignedInElsewhere,
    SignInAsked,
)
from app.accounts.factors import own_session
from app.accounts.models import AccessRequest, KeptAddress, RoleGrant, SignIn, User, UserSession
from app.accounts.rules import (
    INVITED_WITHIN,
    SESSION_LIVES,
    SIGN_IN_LINK_LIVES,
    SIGN_IN_LINKS_AN_HOUR,
    TO_GRANT,
    USUAL_TERM,
    AccessState,
    Away,
    WhyKept,
    email_faults,
    is_warning_due,
    last_day,
    may_decide_access,
    may_end_sessions,
    may_grant,
    may_grant_to,
    may_invite,
    newcomer_faults,
    term_faults,
    tidy_email,
    why_faults,
)
from app.core.actor import Role
from app.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.core.faults import Fault, refuse
from app.core.locks import SIGN_IN_LOCK
from app.core.rights import takes_two
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.gemeenten import service as gemeenten_service
from app.gemeenten.models import Gemeente
from app.gemeenten.rules import domain_of

NOT_OF_GEMEENTE = "Dit adres heeft geen maildomein van deze gemeente."
HAS_ACCOUNT = "Deze collega heeft al een account."
INVITED_BEFORE = "Deze collega kreeg in de afgelopen week al een uitnodiging."
IS_SHUT_OUT = "Je account is stopgezet. Waarom, lees je in de mail die je daarover kreeg."
HAS_ROLE_OF_ANOTHER = (
    "Deze collega heeft een rol die jij niet kunt wegnemen. Vraag een platformbeheerder om het "
    "account stop te zetten."
)
IS_BEHEERDER = (
    "Deze collega is platformbeheerder: zo'n account zet je op de site niet stop. Vraag wie de "
    'site draait om dit te doen, met: flask accounts shut-out {email} --reason "…".'
)
NAME_THE_NETWORK = "Een netwerkcoördinator hoort bij een netwerk, en een andere rol niet."
NOT_TO_ONESELF = "Je geeft of verlengt een rol niet van jezelf. Vraag het een andere beheerder."


@dataclass(frozen=True)
class Newcomer:
    """What somebody tells who signs in for the first time."""

    name: str
    gemeente_code: str | None = None


def ask_sign_in(work: Work, email: str) -> None:
    """Mail a link to this address, known or not; too many requests are passed over in silence,
    and whoever may sign in only where their gemeente does.
    """
    email = tidy_email(email)
    link_id = None if takes_no_link(work, email) else new_link(work, email)
    if link_id is not None:
        work.emit(SignInAsked(sign_in_id=link_id))


def new_link(work: Work, email: str) -> UUID | None:
    """For this address, that is in its tidy form; None when it had many within the hour.

    What it opens is for its address on the site to say: each purpose has a key of its own.
    """
    work.session.execute(select(func.pg_advisory_xact_lock(SIGN_IN_LOCK, func.hashtext(email))))
    if queries.links_since(work.session, email, work.now - timedelta(hours=1)) >= (
        SIGN_IN_LINKS_AN_HOUR
    ):
        return None
    sign_in = _unsent_link(work, email)
    work.session.add(sign_in)
    return sign_in.id


def takes_no_link(work: Work, email: str) -> bool:
    """Whether who has this address signs in where their gemeente does, and there only."""
    provider = gemeenten.provider_of_email(work.session, email, work.today)
    return provider is not None and provider.is_only


def _unsent_link(work: Work, email: str) -> SignIn:
    ends = work.now + SIGN_IN_LINK_LIVES
    return SignIn(id=work.new_id(), email=email, asked_at=work.now, expires_at=ends)


def keep_address(work: Work, email: str, why: WhyKept) -> UUID:
    """Keep the address of whom there is no account; its id."""
    kept = KeptAddress(id=work.new_id(), email=tidy_email(email), why=why, kept_at=work.now)
    work.session.add(kept)
    return kept.id


def forget_addresses(work: Work, kept_ids: Collection[UUID]) -> None:
    work.session.execute(delete(KeptAddress).where(KeptAddress.id.in_(kept_ids)))


def finish_sign_in(
    work: Work,
    sign_in_id: UUID,
    newcomer: Newcomer | None,
    known_here: Collection[UUID] | None = None,
) -> UUID | None:
    """Spend the link; the id of the new session, or None when a beheerder has to decide first.

    `known_here` as for `begin_session`.

    `NotFound` when the link was used, ran out or never was; `Conflict` when the address is
    new and nothing was told about the person; `FaultyDraft` when what was told is not enough.
    """
    sign_in = queries.usable_link(work.session, sign_in_id, work.now, to_spend=True)
    if sign_in is None or takes_no_link(work, sign_in.email):
        raise NotFound(f"sign-in {sign_in_id}")
    user = queries.by_email(work.session, sign_in.email)
    if user is None:
        if newcomer is None:
            raise Conflict("a new address needs a name")
        user = _welcome(work, sign_in.email, newcomer)
    sign_in.used_at = work.now
    return begin_session(work, user.id, known_here=known_here) if user else None


def begin_session(
    work: Work,
    user_id: UUID,
    *,
    is_proven: bool = False,
    known_here: Collection[UUID] | None = None,
) -> UUID:
    """The id of a new session; `is_proven` when who signs in gave a second proof elsewhere.

    `known_here` are the people who signed in with this browser before: whoever is not among them
    hears of it, but not the first time of all. None where no browser is asked. `Conflict` for who
    is kept out.
    """
    user = work.fetch(User, user_id)
    if user.shut_out_at is not None:
        raise Conflict(f"user {user_id} is kept out", said=IS_SHUT_OUT)
    is_unknown = known_here is not None and user_id not in known_here
    if is_unknown and queries.has_been_in(work.session, user_id):
        work.emit(SignedInElsewhere(user_id=user_id))
    session = UserSession(
        id=work.new_id(),
        user_id=user_id,
        began_at=work.now,
        seen_at=work.now,
        proven_at=work.now if is_proven else None,
        expires_at=work.now + SESSION_LIVES,
    )
    work.session.add(session)
    is_here = update(User).where(User.id == user_id)
    work.session.execute(
        is_here.values(signed_in_at=work.now, told_away=Away.NOT, told_away_at=None)
    )
    work.record(queries.SESSION_BEGUN, ("user", user_id), user_id, by=user_id)
    return session.id


def renew_session(work: Work, session_id: UUID) -> UUID:
    """The id of a session in the place of this own one, for who proved anew who they are.

    It has the second proof of the one before, if there was one, and none of now.
    """
    before = own_session(work, session_id)
    renewed_id = begin_session(work, before.user_id)
    work.fetch(UserSession, renewed_id).proven_at = before.proven_at
    return renewed_id


def begin_demo_session(work: Work, user_id: UUID) -> UUID:
    """Sign in without a link, as somebody who exists only in the demo."""
    user = work.fetch(User, user_id)
    if not user.is_demo:
        raise NotFound(f"demo user {user_id}")
    return begin_session(work, user.id, is_proven=True)


def sign_out(work: Work, session_id: UUID) -> None:
    work.record("session.ended", ("user", work.actor.user_id or ""), work.actor.user_id)
    work.session.execute(delete(UserSession).where(UserSession.id == session_id))


def keep_seen(work: Work, session_id: UUID) -> None:
    """Note that the session is in use."""
    work.session.execute(
        update(UserSession).where(UserSession.id == session_id).values(seen_at=work.now)
    )


def end_sessions(work: Work, user_id: UUID, but: UUID | None = None) -> int:
    """Sign somebody out everywhere, or everywhere `but` in one session; how many that were."""
    user = work.fetch(User, user_id)
    if not may_end_sessions(work.actor, user.id, user.gemeente_code):
        raise NotFound(f"sessions of {user_id}")
    ending = delete(UserSession).where(UserSession.user_id == user_id)
    if but is not None:
        ending = ending.where(UserSession.id != but)
    work.record("sessions.ended", ("user", user_id), user_id)
    return len(work.session.scalars(ending.returning(UserSession.id)).all())


def invite(work: Work, email: str, gemeente_code: str) -> None:
    """Ask a colleague by mail to make an account; nobody is asked twice in a week.

    `NotFound` for who invites nobody of this gemeente; `FaultyDraft` for an address that is not of
    its mail domains, has an account or was asked before.
    """
    if work.actor.user_id is None or not may_invite(work.actor, gemeente_code):
        raise NotFound(f"invite for {gemeente_code}")
    refuse(email_faults(email))
    email = tidy_email(email)
    work.session.execute(select(func.pg_advisory_xact_lock(SIGN_IN_LOCK, func.hashtext(email))))
    refuse(_invitation_faults(work, email, gemeente_code))
    kept_id = keep_address(work, email, WhyKept.INVITED)
    work.emit(AccessOffered(sign_in_id=kept_id, by_id=work.actor.user_id))


def _invitation_faults(work: Work, email: str, gemeente_code: str) -> list[Fault]:
    own = gemeenten.of_email(work.session, email, work.today)
    if own is None or own.code != gemeente_code:
        return [Fault("email", NOT_OF_GEMEENTE)]
    if queries.by_email(work.session, email) is not None:
        return [Fault("email", HAS_ACCOUNT)]
    if queries.was_invited(work.session, email, work.now - INVITED_WITHIN):
        return [Fault("email", INVITED_BEFORE)]
    return []


def register(
    work: Work, email: str, name: str, gemeente_code: str, *, is_demo: bool = False
) -> User:
    """Make the account. The caller has made sure that the address is theirs."""
    known = work.session.get(Gemeente, gemeente_code) is not None
    refuse(email_faults(email) + newcomer_faults(name, gemeente_known=known))
    user = User(
        id=work.new_id(),
        email=tidy_email(email),
        name=name,
        gemeente_code=gemeente_code,
        is_demo=is_demo,
        created_at=work.now,
        signed_in_at=work.now,
        grants=[],
    )
    work.session.add(user)
    work.session.flush()
    work.emit(PersonRegistered(user_id=user.id))
    return user


def shut_out(work: Work, user_id: UUID, why: str) -> bool:
    """Keep somebody out from the next request on; whether they were in. Their roles end, and what
    waits to give them one is refused.

    `NotFound` for who looks after no such account; `Conflict` for one's own, and when they have a
    role that the actor does not end; `FaultyDraft` without a reason.
    """
    user = _kept_out_by(work, user_id)
    roles = queries.roles_of(user)
    others = {one for one in roles if not may_grant(work.actor, one, user.gemeente_code)}
    if others:
        said = IS_BEHEERDER if Role.BEHEERDER in others else HAS_ROLE_OF_ANOTHER
        raise Conflict("a role that another ends", said=said.format(email=user.email))
    refuse(why_faults(why))
    if user.shut_out_at is not None:
        return False
    for role in roles:
        end_role(work, user_id, role)
    proposing.drop(work, user)
    user.shut_out_at, user.shut_out_why = work.now, why
    work.emit(PersonShutOut(user_id=user.id))
    return True


def let_in(work: Work, user_id: UUID) -> None:
    """Let somebody sign in again who was kept out; sessions of before stay closed."""
    user = _kept_out_by(work, user_id)
    if user.shut_out_at is None:
        return
    user.shut_out_at, user.shut_out_why = None, ""
    work.session.execute(delete(UserSession).where(UserSession.user_id == user_id))
    work.emit(PersonLetIn(user_id=user.id))


def link_to_own_data(work: Work, user_id: UUID) -> UUID:
    """A link for who proved elsewhere who they are, and is kept out: to their own data only."""
    user = work.fetch(User, user_id)
    link = _unsent_link(work, user.email)
    work.session.add(link)
    return link.id


def _kept_out_by(work: Work, user_id: UUID) -> User:
    queries.to_shut_out(work.session, work.actor, user_id)
    return work.fetch_to_change(User, user_id)


def tell_away(work: Work, told: PersonAway) -> None:
    """Note and tell that somebody stays away; it is forgotten when they sign in."""
    user = work.fetch_to_change(User, told.user_id)
    user.told_away, user.told_away_at = Away(told.away), work.now
    work.emit(told)


def decide_access(work: Work, request_id: UUID, *, grant: bool, claim_domain: bool) -> None:
    """Let somebody from an unknown domain in, or not; perhaps all colleagues of that domain."""
    if not may_decide_access(work.actor):
        raise NotAllowed("decide on access")
    request = work.fetch_to_change(AccessRequest, request_id)
    if request.state is not AccessState.WAITING:
        raise Conflict(said="Over deze aanvraag is al beslist.")
    if grant:
        if claim_domain:
            domain = domain_of(request.email)
            gemeenten_service.add_domain(work, request.gemeente_code, domain)
        if queries.by_email(work.session, request.email) is None:
            register(work, request.email, request.name, request.gemeente_code)
    request.state = AccessState.GRANTED if grant else AccessState.REFUSED
    request.decided_at, request.decided_by = work.now, work.actor.user_id
    work.emit(AccessDecided(request_id=request.id))


def grant_role(
    work: Work,
    user_id: UUID,
    role: Role,
    ends_on: date | None = None,
    reason: str = "",
    *,
    network_id: UUID | None = None,
) -> None:
    """Give the role up to and with this day, a year from now if none is said; who has it keeps it
    until then. A role that takes two people is proposed, and runs when another confirmed it.
    Nothing happens when they have it for as long already. A coordinator is one of a network.

    `Conflict` when it is one's own; `FaultyDraft` when nobody may have it for so long.
    """
    user = _user_to_manage(work, user_id, role)
    if not may_grant_to(work.actor, role, user.id, user.gemeente_code):
        raise Conflict("a role of one's own", said=NOT_TO_ONESELF)
    if (role is Role.COORDINATOR) != (network_id is not None):
        raise InvalidInput("a role and a network", said=NAME_THE_NETWORK)
    if network_id is not None:
        gemeenten.network(work.session, network_id)
    ends_on = ends_on or last_day(USUAL_TERM, work.today)
    refuse(term_faults(ends_on, work.today))
    if not granting.changes(user, role, ends_on, work.today, network_id):
        return
    if takes_two(work.actor, TO_GRANT[role]) and not proposing.stands_alone(work, user, reason):
        proposing.propose(work, user, role, ends_on, reason, network_id)
        return
    granting.give(work, user, role, ends_on, granting.by_one(work, reason), network_id)


def end_role(work: Work, user_id: UUID, role: Role, network_id: UUID | None = None) -> None:
    """From the next request on; and refuse what waits to give it anew, or for longer. Of a
    coordinator for this network, or for all.
    """
    user = _user_to_manage(work, user_id, role)
    for grant in user.grants:
        is_meant = grant.role is role and network_id in (None, grant.network_id)
        if is_meant and grant.runs_for(user.gemeente_code, work.today):
            grant.ended_at = work.now
            work.emit(RoleChanged(user_id=user.id, role=role.value, is_given=False))
    proposing.drop(work, user, role, network_id)


def sweep_roles(work: Work) -> None:
    """Note of roles that they ended, by their last day or as their person works elsewhere, and
    tell of those that end soon; and end what nobody confirmed.
    """
    proposing.lapse(work)
    granting.note_what_is_unknown(work)
    for known in queries.ending_grants(work.session, work.today):
        grant = work.fetch_to_change(RoleGrant, known.id)
        home = work.fetch(User, grant.user_id).gemeente_code
        if grant.ended_at is None and not grant.runs_for(home, work.today):
            granting.expire(work, grant)
        elif grant.ended_at is None and is_warning_due(grant.ends_on, grant.warned_on, work.today):
            grant.warned_on = work.today
            work.emit(RoleEnding(user_id=grant.user_id, grant_id=grant.id))


def _user_to_manage(work: Work, user_id: UUID, role: Role) -> User:
    user = work.fetch_to_change(User, user_id)
    if not may_grant(work.actor, role, user.gemeente_code):
        # To somebody who may not manage this gemeente, its accounts do not exist.
        raise NotFound(f"user {user_id}")
    return user


def _welcome(work: Work, email: str, newcomer: Newcomer) -> User | None:
    """An account when the mail domain tells the gemeente; otherwise a request to a beheerder."""
    own = gemeenten.of_email(work.session, email, work.today)
    chosen = work.session.get(Gemeente, newcomer.gemeente_code) if newcomer.gemeente_code else None
    gemeente = own or chosen
    refuse(newcomer_faults(newcomer.name, gemeente_known=gemeente is not None))
    if own is not None:
        return register(work, email, newcomer.name, own.code)
    if gemeente is not None:
        _ask_access(work, email, newcomer.name, gemeente)
    return None


def _ask_access(work: Work, email: str, name: str, gemeente: Gemeente) -> None:
    request = work.session.scalar(select(AccessRequest).where(AccessRequest.email == email))
    if request is None:
        request = AccessRequest(id=work.new_id(), email=email)
        work.session.add(request)
    elif request.state is AccessState.WAITING:
        return
    request.name, request.gemeente_code = name, gemeente.code
    request.state, request.asked_at = AccessState.WAITING, work.now
    request.decided_at = request.decided_by = None
    work.session.flush()
    work.emit(AccessAsked(request_id=request.id))

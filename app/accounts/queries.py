"""Reading accounts: by address, by session, of a gemeente."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, object_session, selectinload

from app.accounts.models import (
    AccessRequest,
    KeptAddress,
    KnownIdentity,
    Passkey,
    RoleGrant,
    RoleProposal,
    SecondFactor,
    SignIn,
    SpareCode,
    User,
    UserSession,
)
from app.accounts.rules import (
    ENDS_SOON,
    NOWHERE,
    OF_ALL,
    POWER,
    TO_GRANT,
    AccessState,
    ProposalState,
    WhyKept,
    has_power,
    is_lately,
    is_left_alone,
    may_shut_out,
    tidy_email,
)
from app.core import audit
from app.core.actor import Actor, Role
from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict, NotFound
from app.core.finding import counted
from app.core.reach import within
from app.core.rights import Right, roles_with
from app.gemeenten import queries as gemeenten
from app.gemeenten.models import Network

# As the log calls it.
SESSION_BEGUN = "session.begun"
OWN_ACCOUNT = "Je eigen account zet je niet stop. Ben je klaar? Beëindig het bij Jouw account."


def by_email(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == tidy_email(email)))


def running_session(session: Session, session_id: UUID, now: datetime) -> UserSession | None:
    """The session with its user and grants, or None when it ended, ran out or was left alone, and
    of who is kept out.
    """
    found = session.scalar(
        select(UserSession)
        .where(UserSession.id == session_id, UserSession.expires_at > now)
        .options(joinedload(UserSession.user).selectinload(User.grants))
    )
    if found is None or found.user.shut_out_at is not None:
        return None
    return None if is_left_alone(roles_of(found.user), found.seen_at, now) else found


def is_shut_out(session: Session, session_id: UUID) -> bool:
    """Whether it is a session of somebody who is kept out since."""
    found = select(UserSession.id).join(User, User.id == UserSession.user_id)
    kept_out = found.where(UserSession.id == session_id, User.shut_out_at.is_not(None))
    return session.scalar(kept_out) is not None


def shut_out_with(session: Session, email: str) -> User | None:
    """Who has this address and is kept out."""
    user = by_email(session, email)
    return user if user is not None and user.shut_out_at is not None else None


def to_shut_out(session: Session, actor: Actor, user_id: UUID) -> User:
    """Somebody whom the actor keeps out or lets in.

    `NotFound` for who looks after no such account; `Conflict` for one's own.
    """
    user = session.get(User, user_id)
    if user is None or not may_shut_out(actor, user.gemeente_code):
        raise NotFound(f"user {user_id}")
    if user.id == actor.user_id:
        raise Conflict("one's own account", said=OWN_ACCOUNT)
    return user


def who_let_in(session: Session, gemeente_code: str) -> list[User]:
    """Whom somebody of this gemeente asks who is kept out, or whose colleague is."""
    near = with_role(session, Role.GEMEENTEBEHEERDER, gemeente_code)
    return near or with_role(session, Role.BEHEERDER)


def has_been_in(session: Session, user_id: UUID) -> bool:
    """Whether they had a session before: who signed out has no row of one left, but the log does,
    for longer than an account stays that nobody uses.
    """
    return bool(audit.entries(session, about=user_id, deeds=(SESSION_BEGUN,), most=1))


def running_sessions(session: Session, user_id: UUID, now: datetime) -> list[UserSession]:
    """Every browser in which somebody is signed in, the one used last first."""
    found = select(UserSession).where(UserSession.user_id == user_id, UserSession.expires_at > now)
    rows = session.scalars(
        found.options(joinedload(UserSession.user).selectinload(User.grants)).order_by(
            UserSession.seen_at.desc(), UserSession.id
        )
    )
    return [one for one in rows if not is_left_alone(roles_of(one.user), one.seen_at, now)]


def roles_of(user: User) -> frozenset[Role]:
    """The roles that run at this moment, whatever moment the work at hand carries: no work that
    is done for another day opens what is closed today.
    """
    return frozenset(grant.role for grant in running_grants(user))


def running_grants(user: User) -> list[RoleGrant]:
    today = dutch_day(utc_now())
    return [grant for grant in user.grants if grant.runs_for(user.gemeente_code, today)]


def _is_running() -> ColumnElement[bool]:
    """`running_grants`, in the database."""
    is_open = and_(RoleGrant.ended_at.is_(None), RoleGrant.ends_on >= dutch_day(utc_now()))
    return and_(is_open, _is_here())


def _is_here() -> ColumnElement[bool]:
    """Whether the role is for the gemeente where its person works now."""
    person = aliased(User)
    at_home = select(person.id).where(
        person.id == RoleGrant.user_id, person.gemeente_code == RoleGrant.gemeente_code
    )
    return or_(RoleGrant.role.in_(OF_ALL), at_home.correlate_except(person).exists())


def with_grants(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, User]:
    """These people, with what `roles_of` reads."""
    found = select(User).where(User.id.in_(user_ids)).options(selectinload(User.grants))
    return {user.id: user for user in session.scalars(found)}


def has_a_role(user_id: SQLColumnExpression[UUID], roles: Collection[Role]) -> ColumnElement[bool]:
    """`roles_of` for people in the database: whether they have one of these now."""
    running = exists().where(RoleGrant.user_id == user_id, RoleGrant.role.in_(roles), _is_running())
    return running.correlate_except(RoleGrant)


def actor_of(user: User) -> Actor:
    return Actor(
        user_id=user.id,
        gemeente_code=user.gemeente_code,
        roles=roles_of(user),
        network_codes=_coordinated_by(user),
    )


def _coordinated_by(user: User) -> frozenset[str]:
    session, ids = object_session(user), _networks_in(user)
    if session is None or not ids:
        return frozenset()
    return frozenset(gemeenten.codes_of_networks(session, ids, dutch_day(utc_now())))


def _networks_in(user: User) -> set[UUID]:
    return {one.network_id for one in running_grants(user) if one.network_id is not None}


def coordinated_networks(session: Session, actor: Actor) -> list[Network]:
    """The networks that the actor coordinates, by name."""
    user = session.get(User, actor.user_id) if actor.user_id else None
    if user is None or Role.COORDINATOR not in actor.roles:
        return []
    own = _networks_in(user)
    return [one for one in gemeenten.networks(session) if one.id in own]


def coordinators_of(session: Session, network_id: UUID) -> list[tuple[User, RoleGrant]]:
    """Who coordinates the network now, by name."""
    found = select(User, RoleGrant).join(RoleGrant, RoleGrant.user_id == User.id)
    found = found.where(RoleGrant.network_id == network_id, _is_running())
    ordered = found.order_by(func.lower(User.name), User.id)
    return [(row.User, row.RoleGrant) for row in session.execute(ordered)]


def has_power_over_others(actor: Actor) -> bool:
    """Whether they need a second step, and are signed out when they are away."""
    return has_power(actor.roles)


def actor_in(session: UserSession) -> Actor:
    """Who acts in this browser: without power over others until they gave a second proof."""
    whole = actor_of(session.user)
    return whole if session.proven_at else replace(whole, roles=whole.roles - POWER)


def second_factor(session: Session, user_id: UUID) -> SecondFactor | None:
    return session.get(SecondFactor, user_id)


def passkeys(session: Session, user_id: UUID) -> list[Passkey]:
    """Those of somebody, the oldest first."""
    found = select(Passkey).where(Passkey.user_id == user_id)
    return list(session.scalars(found.order_by(Passkey.added_at, Passkey.id)))


def has_second_step(session: Session, user_id: UUID) -> bool:
    """Whether they have something to give a second proof with."""
    return second_factor(session, user_id) is not None or bool(passkeys(session, user_id))


def is_proven_lately(session: Session, of: UserSession, now: datetime) -> bool:
    """Whether who is signed in there proved lately who they are, with the most that they have.

    Who has a second step by that, and everybody else by signing in.
    """
    has_step = has_second_step(session, of.user_id)
    return is_lately(of.proven_at if has_step else of.began_at, now)


def known_identities(session: Session, user_id: UUID) -> list[KnownIdentity]:
    """Who somebody is at the providers by which they signed in, the oldest first."""
    found = select(KnownIdentity).where(KnownIdentity.user_id == user_id)
    return list(session.scalars(found.order_by(KnownIdentity.known_since, KnownIdentity.issuer)))


def count_spare_codes(session: Session, user_id: UUID) -> int:
    found = select(func.count()).where(SpareCode.user_id == user_id)
    return session.scalar(found) or 0


def usable_link(
    session: Session, sign_in_id: UUID, now: datetime, *, to_spend: bool = False
) -> SignIn | None:
    """The link while it opens something; `to_spend` it, it is locked until the work is done."""
    found = select(SignIn).where(
        SignIn.id == sign_in_id, SignIn.used_at.is_(None), SignIn.expires_at > now
    )
    return session.scalar(found.with_for_update() if to_spend else found)


def usable_links(session: Session, sign_in_ids: Iterable[UUID], now: datetime) -> set[UUID]:
    """Which of these links still open something."""
    found = select(SignIn.id).where(
        SignIn.id.in_(sign_in_ids), SignIn.used_at.is_(None), SignIn.expires_at > now
    )
    return set(session.scalars(found))


def was_invited(session: Session, email: str, since: datetime) -> bool:
    """Whether the address is kept of somebody who was asked to make an account since then."""
    kept = select(KeptAddress.id).where(
        KeptAddress.email == email,
        KeptAddress.why == WhyKept.INVITED,
        KeptAddress.kept_at >= since,
    )
    return session.scalar(kept.limit(1)) is not None


def links_since(session: Session, email: str, moment: datetime) -> int:
    return (
        session.scalar(select(func.count()).where(SignIn.email == email, SignIn.asked_at >= moment))
        or 0
    )


def colleagues(session: Session, gemeente_code: str) -> list[User]:
    """Everybody with an account at this gemeente, by name; who left is nobody."""
    return list(
        session.scalars(
            select(User)
            .where(User.gemeente_code == gemeente_code, ~User.email.endswith(f"@{NOWHERE}"))
            .options(selectinload(User.grants))
            .order_by(func.lower(User.name), User.id)
        )
    )


def with_role(session: Session, role: Role, gemeente_code: str | None = None) -> list[User]:
    """People who hold the role now, in one gemeente or everywhere."""
    found = select(User).join(RoleGrant, RoleGrant.user_id == User.id)
    found = found.where(RoleGrant.role == role, _is_running())
    if gemeente_code is not None:
        found = found.where(User.gemeente_code == gemeente_code)
    return list(session.scalars(found.order_by(func.lower(User.name), User.id)))


def ending_grants(session: Session, today: date) -> list[RoleGrant]:
    """Grants that were not ended and whose last day is over, or comes within weeks; and those of
    who works elsewhere.
    """
    found = select(RoleGrant).where(
        RoleGrant.ended_at.is_(None), or_(RoleGrant.ends_on <= today + ENDS_SOON, ~_is_here())
    )
    return list(session.scalars(found.order_by(RoleGrant.ends_on, RoleGrant.id)))


def count_ending(session: Session, actor: Actor) -> int:
    """How many roles end within weeks of those that the actor looks after."""
    today = dutch_day(utc_now())
    found = select(func.count()).select_from(RoleGrant).join(User, User.id == RoleGrant.user_id)
    near = RoleGrant.ends_on <= today + ENDS_SOON
    looked_after = within(actor, Right.MANAGE_ACCOUNTS, User.gemeente_code)
    return session.scalar(found.where(_is_running(), near, looked_after)) or 0


def deciders(session: Session, but: Collection[UUID | None]) -> list[User]:
    """The beheerders, who propose and confirm such a role, without these."""
    return [one for one in with_role(session, Role.BEHEERDER) if one.id not in but]


def held_roles(
    session: Session, actor: Actor, gemeente_code: str | None = None
) -> list[tuple[User, RoleGrant]]:
    """Who has which role now, of one gemeente or of all that the actor may know of."""
    found = select(User, RoleGrant).join(RoleGrant, RoleGrant.user_id == User.id)
    found = found.where(_is_running(), within(actor, Right.READ_RIGHTS, User.gemeente_code))
    if gemeente_code is not None:
        found = found.where(User.gemeente_code == gemeente_code)
    ordered = found.order_by(User.gemeente_code, func.lower(User.name), User.id, RoleGrant.role)
    return [(row.User, row.RoleGrant) for row in session.execute(ordered)]


def open_proposal(
    session: Session, user_id: UUID, role: Role, network_id: UUID | None = None
) -> RoleProposal | None:
    """The proposal of this role, of a coordinator for this network, that waits for this person."""
    waiting = waiting_proposals(session, user_id, role)
    return next((one for one in waiting if one.network_id == network_id), None)


def waiting_proposals(
    session: Session, user_id: UUID, role: Role | None = None
) -> list[RoleProposal]:
    """What waits for this person, of one role or of all, also when its time is over."""
    found = select(RoleProposal).where(
        RoleProposal.user_id == user_id, RoleProposal.state == ProposalState.WAITING
    )
    if role is not None:
        found = found.where(RoleProposal.role == role)
    return list(session.scalars(found.order_by(RoleProposal.proposed_at, RoleProposal.id)))


def lapsed_proposals(session: Session, today: date) -> list[RoleProposal]:
    """Those that wait, and that nobody can confirm any more."""
    found = select(RoleProposal).where(
        RoleProposal.state == ProposalState.WAITING, RoleProposal.lapses_on < today
    )
    return list(session.scalars(found))


def open_proposals(session: Session, actor: Actor) -> list[RoleProposal]:
    """Those that wait for a second person and that the actor may know of, the oldest first."""
    found = select(RoleProposal).join(User, User.id == RoleProposal.user_id)
    may_know = within(actor, Right.READ_RIGHTS, User.gemeente_code)
    waiting = RoleProposal.state == ProposalState.WAITING
    is_open = RoleProposal.lapses_on >= dutch_day(utc_now())
    ordered = found.where(waiting, is_open, may_know).order_by(RoleProposal.proposed_at)
    return list(session.scalars(ordered))


def who_prolong(session: Session, user: User, role: Role) -> list[User]:
    """Whom to ask for more time: those of the own gemeente if there are, or else of the platform;
    of the platform also for what only an operator gives.
    """
    near = roles_with(TO_GRANT[role]) & {Role.GEMEENTEBEHEERDER}
    found = [one for asked in near for one in with_role(session, asked, user.gemeente_code)]
    others = [one for one in found if one.id != user.id]
    return others or [one for one in with_role(session, Role.BEHEERDER) if one.id != user.id]


def is_last(session: Session, grant: RoleGrant, user: User) -> bool:
    """Whether nobody but its person has the role: for the network, the gemeente or the platform."""
    if grant.network_id is not None:
        others = [one for one, _ in coordinators_of(session, grant.network_id)]
    else:
        code = None if grant.role is Role.BEHEERDER else user.gemeente_code
        others = with_role(session, grant.role, code)
    return all(one.id == user.id for one in others)


def found_by(
    session: Session, typed: str, gemeente_code: str | None, most: int
) -> list[tuple[UUID, str]]:
    """People with this in their name, or with this address, and their addresses; in one gemeente
    or everywhere.
    """
    typed = counted(typed)
    who = or_(User.name.icontains(typed, autoescape=True), User.email == typed.lower())
    found = select(User.id, User.email).where(who)
    if gemeente_code is not None:
        found = found.where(User.gemeente_code == gemeente_code)
    rows = session.execute(found.order_by(func.lower(User.name), User.id).limit(most))
    return [(row.id, row.email) for row in rows]


def names_of(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return dict(rows.all())


def of_gemeente(session: Session, user_ids: Iterable[UUID], gemeente_code: str) -> set[UUID]:
    """Those of these people who work for this gemeente."""
    own = select(User.id).where(User.id.in_(user_ids), User.gemeente_code == gemeente_code)
    return set(session.scalars(own))


def count_gemeenten(session: Session) -> int:
    """How many gemeenten have somebody with an account."""
    return session.scalar(select(func.count(User.gemeente_code.distinct()))) or 0


def waiting_request(session: Session, email: str) -> AccessRequest | None:
    return session.scalar(
        select(AccessRequest).where(
            AccessRequest.email == tidy_email(email), AccessRequest.state == AccessState.WAITING
        )
    )


def waiting_requests(session: Session) -> list[AccessRequest]:
    return list(
        session.scalars(
            select(AccessRequest)
            .where(AccessRequest.state == AccessState.WAITING)
            .order_by(AccessRequest.asked_at, AccessRequest.id)
        )
    )


def count_waiting_requests(session: Session) -> int:
    waiting = select(func.count()).where(AccessRequest.state == AccessState.WAITING)
    return session.scalar(waiting) or 0


def demo_people(session: Session) -> list[User]:
    """The accounts that came with the demo, grants included, by name."""
    return list(
        session.scalars(
            select(User).where(User.is_demo).options(selectinload(User.grants)).order_by(User.name)
        )
    )

"""Reading who does what together, as far as the reader may know."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts import queries as accounts
from app.core.actor import Actor
from app.core.outbox import OutboxMessage, facts_of
from app.gemeenten.models import Gemeente
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import ENDED
from app.together.events import JoiningEnded, JointAgreed, JointAsked, JointLeft, OpgaveJoined
from app.together.models import FollowedOpgave, JoinedOpgave, Joint, JointOpgave

# These say which one did it, and these who else was in it.
BY_ONE = frozenset({OpgaveJoined.name, JoiningEnded.name, JointAsked.name})
AMONG_MORE = frozenset({JointAgreed.name, JointLeft.name})
STEPS = BY_ONE | AMONG_MORE


@dataclass(frozen=True)
class Tie:
    """Another opgave: whose it is, and the opgave itself when the reader may read it."""

    opgave_id: UUID
    gemeente: Gemeente
    seen: SeenOpgave | None
    has_agreed: bool = True
    # Under which name the two are taken up together; nothing where one only joined the other.
    joint_name: str = ""


@dataclass(frozen=True)
class SeenJoint:
    """What an opgave is taken up in, or asked for; `others` are the other opgaven in it."""

    joint: Joint
    has_agreed: bool
    others: tuple[Tie, ...]

    @property
    def is_shared(self) -> bool:
        """Whether another has agreed too."""
        return self.has_agreed and any(tie.has_agreed for tie in self.others)


@dataclass(frozen=True)
class Ties:
    """All that an opgave has with others."""

    joins: tuple[Tie, ...]
    joined_by: tuple[Tie, ...]
    joints: tuple[SeenJoint, ...]
    is_followed: bool

    @property
    def joined(self) -> frozenset[UUID]:
        """The opgaven that this one joined."""
        return frozenset(tie.opgave_id for tie in self.joins)

    @property
    def combined(self) -> frozenset[UUID]:
        """The opgaven in what this one is taken up in, asked ones too."""
        return frozenset(
            tie.opgave_id for one in self.joints if one.has_agreed for tie in one.others
        )

    @property
    def to_answer(self) -> dict[UUID, UUID]:
        """In what the gemeenten of these opgaven ask this one, which did not answer yet."""
        return {
            tie.opgave_id: one.joint.id
            for one in self.joints
            if not one.has_agreed
            for tie in one.others
            if tie.has_agreed
        }

    @property
    def gemeenten(self) -> list[Gemeente]:
        """Who works on it together, asked ones not counted."""
        return [tie.gemeente for tie in self.partners]

    @property
    def partners(self) -> list[Tie]:
        """The opgaven that it is worked on together with, each once; asked ones not counted."""
        ties = [*self.joins, *self.joined_by]
        for one in self.joints:
            agreed = [tie for tie in one.others if one.has_agreed and tie.has_agreed]
            ties += [replace(tie, joint_name=one.joint.name) for tie in agreed]
        return list({tie.opgave_id: tie for tie in ties}.values())

    @property
    def all(self) -> list[Tie]:
        """Asked ones too."""
        return [*self.joins, *self.joined_by, *(tie for one in self.joints for tie in one.others)]


@dataclass(frozen=True)
class Others:
    """The gemeenten by name that join an opgave, ask to combine, and combined with it."""

    joined: tuple[str, ...]
    asked: tuple[str, ...]
    agreed: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One thing that was done with others."""

    name: str
    at: datetime
    # A colleague of the gemeente whose opgave it is, or nobody.
    by: str
    # Whether the opgave itself did it, and not one of the others.
    is_own: bool
    # Of which gemeenten the others are; none, when that is not known any more.
    gemeente_names: tuple[str, ...]


@dataclass(frozen=True)
class OpenQuestion:
    """A question to take opgaven up together that still waits for an answer."""

    name: str
    # Whether the opgave itself is to answer; otherwise the gemeenten are.
    is_asked: bool
    gemeente_names: tuple[str, ...]


def ties_of(session: Session, reader: Actor, opgave_id: UUID, *, is_ours: bool) -> Ties:
    """What the opgave has with others; what is only asked, for who looks after it (`is_ours`)."""
    joins = session.scalars(
        select(JoinedOpgave.with_id).where(JoinedOpgave.opgave_id == opgave_id)
    ).all()
    joined_by = session.scalars(
        select(JoinedOpgave.opgave_id).where(JoinedOpgave.with_id == opgave_id)
    ).all()
    joints = _joints_of(session, opgave_id)
    members = {
        row.opgave_id for rows in joints.values() for row in rows if row.opgave_id != opgave_id
    }
    known = _ties(session, reader, {*joins, *joined_by, *members})
    seen = (
        _seen_joint(joint, rows, opgave_id, known, is_ours=is_ours)
        for joint, rows in joints.items()
    )
    return Ties(
        joins=tuple(known[one] for one in joins),
        joined_by=tuple(known[one] for one in joined_by),
        joints=tuple(one for one in seen if is_ours or (one.has_agreed and one.others)),
        is_followed=session.get(FollowedOpgave, (reader.user_id, opgave_id)) is not None
        if reader.user_id
        else False,
    )


def others_of(session: Session, reader: Actor, opgave_ids: Collection[UUID]) -> dict[UUID, Others]:
    """Who does what with each of these, as far as the reader may read their opgaven."""
    if not opgave_ids:
        return {}
    joined = session.execute(
        select(JoinedOpgave.with_id, JoinedOpgave.opgave_id).where(
            JoinedOpgave.with_id.in_(opgave_ids)
        )
    ).all()
    own, other = aliased(JointOpgave), aliased(JointOpgave)
    among = and_(other.joint_id == own.joint_id, other.opgave_id != own.opgave_id)
    joint = session.execute(
        select(own.opgave_id, own.agreed_at, other.opgave_id)
        .join(other, among)
        .where(own.opgave_id.in_(opgave_ids), other.agreed_at.is_not(None))
    ).all()
    ids = {one for _, one in joined} | {one for *_, one in joint}
    seen = opgaven.seen_opgaven(session, reader, list(ids))

    def names(found: Iterable[UUID]) -> tuple[str, ...]:
        return tuple(sorted({seen[one].gemeente.name for one in found if one in seen}))

    return {
        one: Others(
            joined=names(by for to, by in joined if to == one),
            asked=names(by for to, agreed_at, by in joint if to == one and agreed_at is None),
            agreed=names(by for to, agreed_at, by in joint if to == one and agreed_at is not None),
        )
        for one in opgave_ids
    }


def open_questions(
    session: Session, opgave_ids: Collection[UUID]
) -> dict[UUID, list[OpenQuestion]]:
    """By opgave what it is asked, and what it asked of others that can still answer."""
    if not opgave_ids:
        return {}
    own, other = aliased(JointOpgave), aliased(JointOpgave)
    among = and_(other.joint_id == own.joint_id, other.opgave_id != own.opgave_id)
    is_asked, is_waiting = own.agreed_at.is_(None), other.agreed_at.is_not(None)
    asks = and_(~is_asked, ~is_waiting, Opgave.status.not_in(ENDED))
    rows = session.execute(
        select(own.opgave_id, Joint.id, Joint.name, is_asked, Gemeente.name)
        .join(Joint, Joint.id == own.joint_id)
        .join(other, among)
        .join(Opgave, Opgave.id == other.opgave_id)
        .join(Gemeente, Gemeente.code == Opgave.gemeente_code)
        .where(own.opgave_id.in_(opgave_ids), or_(and_(is_asked, is_waiting), asks))
        .order_by(Joint.begun_at, Joint.id, Gemeente.name)
    ).all()
    found: dict[tuple[UUID, UUID, str, bool], list[str]] = {}
    for opgave_id, joint_id, name, is_own, gemeente_name in rows:
        found.setdefault((opgave_id, joint_id, name, is_own), []).append(gemeente_name)
    questions: dict[UUID, list[OpenQuestion]] = {}
    for (opgave_id, _, name, is_own), names in found.items():
        questions.setdefault(opgave_id, []).append(OpenQuestion(name, is_own, tuple(names)))
    return questions


def agreed_joint(session: Session, opgave_id: UUID) -> Joint | None:
    """What the opgave is taken up in."""
    return session.scalar(
        select(Joint)
        .join(JointOpgave, JointOpgave.joint_id == Joint.id)
        .where(JointOpgave.opgave_id == opgave_id, JointOpgave.agreed_at.is_not(None))
    )


def members(session: Session, joint_id: UUID) -> list[JointOpgave]:
    return list(session.scalars(_in_order(JointOpgave.joint_id == joint_id)))


def followers(session: Session, opgave_id: UUID) -> list[UUID]:
    found = select(FollowedOpgave.user_id).where(FollowedOpgave.opgave_id == opgave_id)
    return list(session.scalars(found.order_by(FollowedOpgave.user_id)))


def followed_among(session: Session, reader: Actor, opgave_ids: Collection[UUID]) -> set[UUID]:
    """Which of these opgaven the reader follows."""
    if reader.user_id is None or not opgave_ids:
        return set()
    found = select(FollowedOpgave.opgave_id).where(
        FollowedOpgave.user_id == reader.user_id, FollowedOpgave.opgave_id.in_(opgave_ids)
    )
    return set(session.scalars(found))


def followed(session: Session, reader: Actor) -> list[SeenOpgave]:
    """What the reader follows and may still read, the last first."""
    ids = session.scalars(
        select(FollowedOpgave.opgave_id)
        .where(FollowedOpgave.user_id == reader.user_id)
        .order_by(FollowedOpgave.followed_at.desc(), FollowedOpgave.opgave_id)
    ).all()
    seen = opgaven.seen_opgaven(session, reader, list(ids))
    return [seen[one] for one in ids if one in seen]


def steps(session: Session, editor: Actor, opgave_id: UUID) -> list[Step]:
    """What was done with others, for who may change the opgave; in order."""
    opgave = opgaven.opgave_to_edit(session, editor, opgave_id)
    facts = [
        *facts_of(session, STEPS, opgave_id=opgave_id),
        *facts_of(session, BY_ONE, by_id=opgave_id),
        *facts_of(session, AMONG_MORE, others=(opgave_id,)),
    ]
    others = {fact.id: _others_in(fact, opgave_id) for fact in facts}
    names = _names_of(session, {one for found in others.values() for one in found})
    people = {fact.actor_id for fact in facts if fact.actor_id is not None}
    own = accounts.of_gemeente(session, people, opgave.gemeente_code)
    by = accounts.names_of(session, own)
    return [
        Step(
            fact.name,
            fact.occurred_at,
            by.get(fact.actor_id, "") if fact.actor_id else "",
            _does_itself(fact, opgave_id),
            tuple(sorted({names[one] for one in others[fact.id] if one in names})),
        )
        for fact in sorted(facts, key=lambda fact: fact.id)
    ]


def _does_itself(fact: OutboxMessage, opgave_id: UUID) -> bool:
    """Who joins or asks stands in `by_id`, who agrees or leaves in `opgave_id`."""
    does = "by_id" if fact.name in BY_ONE else "opgave_id"
    return bool(fact.payload.get(does) == str(opgave_id))


def _others_in(fact: OutboxMessage, opgave_id: UUID) -> set[UUID]:
    named = {fact.payload["opgave_id"], fact.payload.get("by_id")}
    if fact.name in AMONG_MORE and _does_itself(fact, opgave_id):
        named |= {*fact.payload["others"]}
    return {UUID(one) for one in named if one and one != str(opgave_id)}


def _names_of(session: Session, opgave_ids: Collection[UUID]) -> dict[UUID, str]:
    """Of which gemeente each opgave is."""
    rows = select(Opgave.id, Gemeente.name).join(Gemeente, Gemeente.code == Opgave.gemeente_code)
    return dict(session.execute(rows.where(Opgave.id.in_(opgave_ids))).all())


def _joints_of(session: Session, opgave_id: UUID) -> dict[Joint, list[JointOpgave]]:
    mine = select(JointOpgave.joint_id).where(JointOpgave.opgave_id == opgave_id)
    found = select(Joint).where(Joint.id.in_(mine)).order_by(Joint.begun_at, Joint.id)
    joints = session.scalars(found).all()
    ids = [joint.id for joint in joints]
    rows = session.scalars(_in_order(JointOpgave.joint_id.in_(ids))).all()
    return {joint: [row for row in rows if row.joint_id == joint.id] for joint in joints}


def _in_order(which: ColumnElement[bool]) -> Select[JointOpgave]:
    return select(JointOpgave).where(which).order_by(JointOpgave.asked_at, JointOpgave.opgave_id)


def _seen_joint(
    joint: Joint,
    rows: Collection[JointOpgave],
    opgave_id: UUID,
    known: dict[UUID, Tie],
    *,
    is_ours: bool,
) -> SeenJoint:
    own = next(row for row in rows if row.opgave_id == opgave_id)
    others = tuple(
        Tie(tie.opgave_id, tie.gemeente, tie.seen, row.agreed_at is not None)
        for row in rows
        if (tie := known.get(row.opgave_id)) and (is_ours or row.agreed_at)
    )
    return SeenJoint(joint, own.agreed_at is not None, others)


def _ties(session: Session, reader: Actor, opgave_ids: Collection[UUID]) -> dict[UUID, Tie]:
    seen = opgaven.seen_opgaven(session, reader, list(opgave_ids))
    rows = session.execute(
        select(Opgave.id, Gemeente)
        .join(Gemeente, Gemeente.code == Opgave.gemeente_code)
        .where(Opgave.id.in_(opgave_ids))
    )
    return {one: Tie(one, gemeente, seen.get(one)) for one, gemeente in rows}

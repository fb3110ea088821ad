"""Joining, following and combining opgaven; and taking each of these back."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import refuse
from app.core.work import Work
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import may_edit
from app.together import queries
from app.together.events import (
    FollowingEnded,
    JoiningEnded,
    JointAgreed,
    JointAsked,
    JointLeft,
    OpgaveFollowed,
    OpgaveJoined,
)
from app.together.models import FollowedOpgave, JoinedOpgave, Joint, JointOpgave
from app.together.rules import (
    ELSEWHERE,
    FEWEST,
    OVER,
    OWN,
    THEIRS_IS_OVER,
    THEY_ARE_ELSEWHERE,
    is_over,
    name_faults,
)


def join(work: Work, opgave_id: UUID, with_id: UUID) -> None:
    """Let another gemeente know that ours joins in with this opgave of its own. Twice is once."""
    own, other = _own_and_other(work, opgave_id, with_id)
    fresh = work.session.execute(
        insert(JoinedOpgave)
        .values(
            opgave_id=own.id, with_id=other.id, joined_at=work.now, joined_by=work.actor.user_id
        )
        .on_conflict_do_nothing()
        .returning(JoinedOpgave.opgave_id)
    )
    if fresh.scalar() is not None:
        work.emit(OpgaveJoined(opgave_id=other.id, by_id=own.id))


def end_joining(work: Work, opgave_id: UUID, with_id: UUID) -> None:
    """Either of the two may end it."""
    _one_of_ours(work, opgave_id, with_id)
    found = work.session.get(JoinedOpgave, (opgave_id, with_id), with_for_update=True)
    if found is not None:
        work.session.delete(found)
        work.emit(JoiningEnded(opgave_id=with_id, by_id=opgave_id))


def follow(work: Work, opgave_id: UUID) -> None:
    """Hear what becomes of an opgave."""
    user_id = _somebody(work)
    opgave = opgaven.shown_opgave(work.session, work.actor, opgave_id).opgave
    fresh = work.session.execute(
        insert(FollowedOpgave)
        .values(user_id=user_id, opgave_id=opgave.id, followed_at=work.now)
        .on_conflict_do_nothing()
        .returning(FollowedOpgave.opgave_id)
    )
    if fresh.scalar() is not None:
        work.emit(OpgaveFollowed(opgave_id=opgave.id, user_id=user_id))


def unfollow(work: Work, opgave_id: UUID) -> None:
    user_id = _somebody(work)
    found = work.session.get(FollowedOpgave, (user_id, opgave_id), with_for_update=True)
    if found is not None:
        work.session.delete(found)
        work.emit(FollowingEnded(opgave_id=opgave_id, user_id=user_id))


def combine(work: Work, opgave_id: UUID, with_id: UUID, name: str) -> Joint:
    """Ask another gemeente to take this up together; the first time it gets a name."""
    own, other = _own_and_other(work, opgave_id, with_id)
    theirs = queries.agreed_joint(work.session, other.id)
    joint = queries.agreed_joint(work.session, own.id)
    if theirs is not None and theirs is not joint:
        if work.session.get(JointOpgave, (theirs.id, own.id)) is None:
            raise Conflict(said=THEY_ARE_ELSEWHERE)
        # They asked us before we asked them.
        agree(work, theirs.id, own.id)
        return theirs
    if joint is None:
        joint = _begin(work, own, name)
    fresh = work.session.execute(
        insert(JointOpgave)
        .values(
            joint_id=joint.id, opgave_id=other.id, asked_at=work.now, asked_by=work.actor.user_id
        )
        .on_conflict_do_nothing()
        .returning(JointOpgave.opgave_id)
    )
    if fresh.scalar() is not None:
        work.emit(JointAsked(joint_id=joint.id, opgave_id=other.id, by_id=own.id))
    return joint


def agree(work: Work, joint_id: UUID, opgave_id: UUID) -> None:
    """Take our opgave up together with those who asked."""
    own = _own(work, opgave_id)
    _locked(work, joint_id)
    row = work.session.get(JointOpgave, (joint_id, opgave_id), populate_existing=True)
    if row is None:
        raise NotFound(f"opgave {opgave_id} in {joint_id}")
    if row.agreed_at is not None:
        return
    if is_over(own.status):
        raise Conflict(said=OVER)
    other = queries.agreed_joint(work.session, own.id)
    if other is not None:
        raise Conflict(said=ELSEWHERE.format(name=other.name))
    row.agreed_at, row.agreed_by = work.now, work.actor.user_id
    others = tuple(
        one.opgave_id
        for one in queries.members(work.session, joint_id)
        if one.agreed_at is not None and one.opgave_id != opgave_id
    )
    work.emit(JointAgreed(joint_id=joint_id, opgave_id=opgave_id, others=others))


def leave(work: Work, joint_id: UUID, opgave_id: UUID) -> None:
    """Take the opgave out: by its own gemeente, or by who asked for it in vain.

    With one left nothing is done together any more, and the joint goes.
    """
    _locked(work, joint_id)
    rows = {row.opgave_id: row for row in queries.members(work.session, joint_id)}
    row = rows.pop(opgave_id, None)
    agreed = tuple(one for one, its in rows.items() if its.agreed_at is not None)
    takes_part = row is not None and row.agreed_at is not None
    _one_of_ours(work, opgave_id, *(() if takes_part else agreed))
    if row is None:
        return
    work.session.delete(row)
    work.session.flush()
    if len(rows) < FEWEST or not agreed:
        work.session.delete(_locked(work, joint_id))
    work.emit(JointLeft(joint_id=joint_id, opgave_id=opgave_id, others=agreed))


def _begin(work: Work, own: Opgave, name: str) -> Joint:
    refuse(name_faults(name))
    by = work.actor.user_id
    joint = Joint(id=work.new_id(), name=name, begun_at=work.now, begun_by=by)
    work.session.add(joint)
    work.session.flush()
    work.session.add(
        JointOpgave(
            joint_id=joint.id,
            opgave_id=own.id,
            asked_at=work.now,
            asked_by=by,
            agreed_at=work.now,
            agreed_by=by,
        )
    )
    work.session.flush()
    return joint


def _own_and_other(work: Work, opgave_id: UUID, with_id: UUID) -> tuple[Opgave, Opgave]:
    """Ours, and one of another gemeente that we may read; both still under way.

    Locked in the order of their ids, so that two who ask each other at once do not wait for ever.
    """
    opgaven.opgave_to_edit(work.session, work.actor, opgave_id)
    opgaven.shown_opgave(work.session, work.actor, with_id)
    both = {one: work.fetch_to_change(Opgave, one) for one in sorted({opgave_id, with_id})}
    own, other = both[opgave_id], both[with_id]
    if other.gemeente_code == own.gemeente_code:
        raise Conflict(said=OWN)
    if is_over(own.status):
        raise Conflict(said=OVER)
    if is_over(other.status):
        raise Conflict(said=THEIRS_IS_OVER)
    return own, other


def _own(work: Work, opgave_id: UUID) -> Opgave:
    """Ours, locked: of two deeds with it at once the second finds what the first did."""
    opgaven.opgave_to_edit(work.session, work.actor, opgave_id)
    return work.fetch_to_change(Opgave, opgave_id)


def _one_of_ours(work: Work, *opgave_ids: UUID) -> None:
    codes = work.session.scalars(select(Opgave.gemeente_code).where(Opgave.id.in_(opgave_ids)))
    if not any(may_edit(work.actor, code) for code in codes):
        raise NotFound(f"opgave {opgave_ids[0]}")


def _locked(work: Work, joint_id: UUID) -> Joint:
    return work.fetch_to_change(Joint, joint_id)


def _somebody(work: Work) -> UUID:
    if work.actor.user_id is None:
        raise NotAllowed("follow an opgave")
    return work.actor.user_id

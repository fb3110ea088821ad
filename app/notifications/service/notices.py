"""Telling people in the app what they should know."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Role
from app.core.errors import NotFound
from app.core.locks import TELLING_LOCK
from app.core.work import Work
from app.matching.models import Match
from app.notifications import queries
from app.notifications.models import Delivery, DigestRun, Notice
from app.notifications.rules import AT_ONCE, DeliveryState, MailKind, NoticeKind
from app.notifications.service import at_once
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState
from app.responses.models import Response
from app.responses.rules import Answer
from app.together import queries as together


def tell_matches(work: Work, opgave_id: UUID, profile_ids: Iterable[UUID]) -> None:
    """Tell both sides of new matches: each professional, and who looks after the opgave."""
    told_at = _moment_to_tell(work)
    opgave = work.fetch(Opgave, opgave_id)
    profiles = list(profile_ids)
    _make_news_again(work, opgave_id, told_at)
    rows = [_notice(work, one, NoticeKind.OPGAVE_FOR_YOU, opgave_id) for one in profiles]
    _write(work, rows + _for_owners(work, [opgave], profiles), told_at)


def tell_interest(work: Work, opgave_id: UUID, profile_id: UUID) -> None:
    """Tell who looks after the opgave that a colleague shows interest: at once, if that may be.

    What was withdrawn meanwhile is not told; what was shown again is news again.
    """
    told_at = _moment_to_tell(work)
    opgave = work.fetch(Opgave, opgave_id)
    response = work.session.get(Response, (profile_id, opgave_id))
    if response is None or response.answer is not Answer.INTERESTED:
        return
    kind = NoticeKind.INTEREST_SHOWN
    rows = [
        {**_notice(work, owner, kind, opgave_id, profile_id), "told_at": told_at}
        for owner in sorted(_owners(opgave))
    ]
    fresh = insert(Notice).values(rows)
    again = fresh.on_conflict_do_update(
        index_elements=[Notice.user_id, Notice.kind, Notice.opgave_id, Notice.profile_id],
        set_={"told_at": told_at, "read_at": None},
        where=Notice.told_at < response.answered_at,
    )
    told = work.session.scalars(
        again.returning(Notice).execution_options(populate_existing=True)
    ).all()
    for notice in sorted(told, key=lambda one: one.user_id):
        at_once.plan(work, MailKind.INTEREST_SHOWN, notice)


def tell_review_asked(work: Work, opgave_id: UUID) -> None:
    """Tell every gemeentebeheerder who may look at it: not who wrote it or asks."""
    opgave = work.fetch(Opgave, opgave_id)
    reviewers = accounts.with_role(work.session, Role.GEMEENTEBEHEERDER, opgave.gemeente_code)
    writers = {opgave.owner_id, opgave.submitted_by}
    readers = [user.id for user in reviewers if user.id not in writers]
    _tell_what_happened(work, NoticeKind.REVIEW_ASKED, opgave, readers)


def tell_owners(work: Work, opgave_id: UUID, kind: NoticeKind) -> None:
    """Tell who looks after the opgave what happened to it."""
    opgave = work.fetch(Opgave, opgave_id)
    _tell_what_happened(work, kind, opgave, _owners(opgave))


def tell_expired(work: Work, opgave_id: UUID) -> None:
    """Of the ways to end it is the one that nobody chose."""
    if work.fetch(Opgave, opgave_id).status is OpgaveStatus.EXPIRED:
        tell_owners(work, opgave_id, NoticeKind.EXPIRED)


def tell_handed_over(work: Work, opgave_id: UUID, user_id: UUID) -> None:
    opgave = work.fetch(Opgave, opgave_id)
    _tell_what_happened(work, NoticeKind.HANDED_OVER, opgave, [user_id])


def tell_co_owner(work: Work, opgave_id: UUID, user_id: UUID) -> None:
    opgave = work.fetch(Opgave, opgave_id)
    _tell_what_happened(work, NoticeKind.CO_OWNER_NAMED, opgave, [user_id])


def tell_together(work: Work, kind: NoticeKind, opgave_ids: Iterable[UUID]) -> None:
    """Tell who looks after these opgaven what another gemeente does with it."""
    opgaven = (work.session.get(Opgave, one) for one in opgave_ids)
    readers = {(owner, one.id) for one in opgaven if one is not None for owner in _owners(one)}
    _tell_as_news(work, kind, readers)


def tell_followers(work: Work, opgave_id: UUID) -> None:
    """Tell who follows an opgave that it is over."""
    readers = {(one, opgave_id) for one in together.followers(work.session, opgave_id)}
    _tell_as_news(work, NoticeKind.FOLLOWED_ENDED, readers)


def _tell_as_news(work: Work, kind: NoticeKind, readers: Iterable[tuple[UUID, UUID]]) -> None:
    """What happens again is news again."""
    told_at = _moment_to_tell(work)
    rows = [
        {**_notice(work, reader, kind, opgave_id), "told_at": told_at}
        for reader, opgave_id in sorted(readers)
    ]
    if rows:
        fresh = insert(Notice).values(rows)
        work.session.execute(
            fresh.on_conflict_do_update(
                index_elements=[Notice.user_id, Notice.kind, Notice.opgave_id, Notice.profile_id],
                set_={"told_at": told_at, "read_at": None},
            )
        )


def tell_again(work: Work, deliveries: Iterable[UUID]) -> None:
    """Leave to the next digest what was to go at once and did not, of these mails.

    A digest may have passed by while such a mail was on its way; so its news is told anew.
    """
    ended = select(Delivery.id).where(
        Delivery.id.in_(list(deliveries)),
        Delivery.kind.in_(AT_ONCE),
        Delivery.state.not_in(queries.ON_ITS_WAY_OR_THERE),
        Delivery.subject_id == Notice.id,
        Delivery.news_from == Notice.told_at,
    )
    work.session.execute(
        update(Notice)
        .where(ended.correlate(Notice).exists())
        .values(told_at=_moment_to_tell(work))
        .execution_options(synchronize_session=False)
    )


def tell_who_is_shown(work: Work, profile_id: UUID) -> None:
    """Tell of a colleague who came out of hiding, and take back what was told of one who hid.

    A notice that nobody may see would grow old unseen, and be no news when it could be seen.
    """
    told_at = _moment_to_tell(work)
    told = select(Notice.user_id).where(
        Notice.profile_id == profile_id, Notice.kind == NoticeKind.COLLEAGUE_FOR_OPGAVE
    )
    readers = set(work.session.scalars(told))
    strangers = readers - {reader for reader, _ in _who_know_of(work, readers, [profile_id])}
    work.session.execute(
        delete(Notice).where(
            Notice.profile_id == profile_id,
            # Whose interest it is agreed to be known here, whoever sees their profile otherwise.
            Notice.kind == NoticeKind.COLLEAGUE_FOR_OPGAVE,
            Notice.user_id.in_(strangers),
        )
    )
    matched = select(Opgave).join(Match, Match.opgave_id == Opgave.id)
    opgaven = work.session.scalars(matched.where(Match.profile_id == profile_id)).all()
    _write(work, _for_owners(work, opgaven, [profile_id]), told_at)
    _tell_interest_that_stands(work, Response.user_id == profile_id, told_at)


def tell_interest_of(work: Work, profile_id: UUID) -> None:
    """See to what is told of this colleague's interest, after they went out of sight."""
    _tell_interest_that_stands(work, Response.user_id == profile_id, _moment_to_tell(work))


def tell_interest_in(work: Work, opgave_id: UUID) -> None:
    """See to what is told of interest in this opgave, after it was filled or opened again."""
    _tell_interest_that_stands(work, Response.opgave_id == opgave_id, _moment_to_tell(work))


def wait_for_tellers(work: Work) -> None:
    """Go on when nobody is telling, and let nobody tell until this work is done."""
    work.session.execute(select(func.pg_advisory_xact_lock(TELLING_LOCK)))


def mark_all_read(work: Work) -> None:
    work.session.execute(
        update(Notice)
        .where(Notice.user_id == work.actor.user_id, queries.is_unread())
        .values(read_at=work.now)
    )


def mark_line(work: Work, notice_id: UUID, *, is_read: bool) -> Notice:
    """Mark what stands on one line of the own inbox; its newest notice names the line."""
    notice = work.fetch(Notice, notice_id)
    if notice.user_id != work.actor.user_id:
        raise NotFound(f"notice {notice_id}")
    now_other = queries.is_unread() if is_read else Notice.read_at.is_not(None)
    work.session.execute(
        update(Notice)
        .where(queries.on_the_line_of(notice), now_other)
        .values(read_at=work.now if is_read else None)
    )
    return notice


def _tell_interest_that_stands(work: Work, whose: ColumnElement[bool], told_at: datetime) -> None:
    """Take back what nobody was told yet of interest that does not stand now; tell what does.

    A digest passes over what does not stand, and the next one begins after it: a notice that
    stayed where it was would never be told. What was told once is not told again.
    """
    shown = select(Response.user_id, Opgave.id.label("opgave_id")).join(
        Opgave, Opgave.id == Response.opgave_id
    )
    stands = (
        shown.join(Profile, Profile.user_id == Response.user_id)
        .where(whose, Response.answer == Answer.INTERESTED, opgaven.is_open(work.today))
        .where(Profile.state == ProfileState.PUBLISHED)
    )
    standing = {(user_id, opgave_id) for user_id, opgave_id in work.session.execute(stands)}
    about = tuple_(Notice.profile_id, Notice.opgave_id)
    work.session.execute(
        delete(Notice).where(
            Notice.kind == NoticeKind.INTEREST_SHOWN,
            about.in_(shown.where(whose)),
            about.not_in(standing),
            Notice.read_at.is_(None),
            ~_in_a_digest(),
            ~_went_at_once(),
        )
    )
    heads = work.session.scalars(select(Opgave).where(Opgave.id.in_({one for _, one in standing})))
    known = {opgave.id: opgave for opgave in heads}
    rows = [
        _notice(work, owner, NoticeKind.INTEREST_SHOWN, opgave_id, profile_id)
        for profile_id, opgave_id in sorted(standing)
        for owner in sorted(_owners(known[opgave_id]))
    ]
    _write(work, rows, told_at)


def _in_a_digest() -> ColumnElement[bool]:
    """Whether a digest that went, or goes just now, told of what was told then."""
    return exists().where(
        Delivery.user_id == Notice.user_id,
        Delivery.kind == MailKind.DIGEST,
        # One of which nobody knows whether it came counts no longer: its news goes once more.
        Delivery.state.in_([DeliveryState.SUBMITTING, DeliveryState.ACCEPTED]),
        Delivery.news_until > Notice.told_at,
    )


def _went_at_once() -> ColumnElement[bool]:
    """Whether a mail of its own told of it; one of an earlier telling says nothing of this one."""
    return exists().where(
        Delivery.kind.in_(AT_ONCE),
        Delivery.subject_id == Notice.id,
        Delivery.news_from == Notice.told_at,
        Delivery.state.in_([DeliveryState.SUBMITTING, DeliveryState.ACCEPTED]),
    )


def _make_news_again(work: Work, opgave_id: UUID, told_at: datetime) -> None:
    """Tell anew of matches of this opgave that went and came back after they were told of.

    Who read a notice, or had it in a digest, has also seen it go, and wants to know that it is
    back. A match that went and came back before anybody heard of it was never away for them: its
    notice stays where it stands, and the next digest tells it once. A match that is older than
    its notice did not go; so telling twice tells once.
    """
    work.session.execute(
        update(Notice)
        .where(
            Notice.opgave_id == opgave_id,
            # Interest is not of a match: it was shown once, and stays shown.
            Notice.kind != NoticeKind.INTEREST_SHOWN,
            queries.is_told_of(),
            Match.found_at > Notice.told_at,
            or_(Notice.read_at.is_not(None), _in_a_digest()),
        )
        .values(told_at=told_at, read_at=None)
        .execution_options(synchronize_session=False)
    )


def _moment_to_tell(work: Work) -> datetime:
    """This work's moment, but never before a digest that was planned while it waited."""
    work.session.execute(select(func.pg_advisory_xact_lock_shared(TELLING_LOCK)))
    planned_at = work.session.scalar(select(func.max(DigestRun.planned_at)))
    return max(work.now, planned_at) if planned_at else work.now


def _write(work: Work, rows: Sequence[dict[str, Any]], told_at: datetime) -> None:
    if rows:
        told = [{**row, "told_at": told_at} for row in rows]
        work.session.execute(insert(Notice).on_conflict_do_nothing(), told)


def _tell_what_happened(
    work: Work, kind: NoticeKind, opgave: Opgave, readers: Iterable[UUID]
) -> None:
    """What happens to an opgave a second time is news a second time."""
    told_at = _moment_to_tell(work)
    rows = [
        {**_notice(work, reader, kind, opgave.id), "told_at": told_at} for reader in sorted(readers)
    ]
    if rows:
        fresh = insert(Notice).values(rows)
        key = [Notice.user_id, Notice.kind, Notice.opgave_id, Notice.profile_id]
        again = {"told_at": told_at, "read_at": None}
        work.session.execute(fresh.on_conflict_do_update(index_elements=key, set_=again))


def _for_owners(
    work: Work, opgaven: Sequence[Opgave], profile_ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    """A notice for each who looks after one of these and may know of one of those."""
    owners = {(opgave.id, owner) for opgave in opgaven for owner in _owners(opgave)}
    pairs = _who_know_of(work, {owner for _, owner in owners}, profile_ids)
    return [
        _notice(work, owner, NoticeKind.COLLEAGUE_FOR_OPGAVE, opgave_id, profile_id)
        for opgave_id, owner in owners
        for knower, profile_id in pairs
        if knower == owner
    ]


def _owners(opgave: Opgave) -> set[UUID]:
    return {owner for owner in (opgave.owner_id, opgave.co_owner_id) if owner is not None}


def _who_know_of(
    work: Work, user_ids: Iterable[UUID], profile_ids: Sequence[UUID]
) -> set[tuple[UUID, UUID]]:
    users = work.session.scalars(select(User).where(User.id.in_(list(user_ids))))
    return {
        (user.id, profile_id)
        for user in users
        for profile_id in queries.knows_of(work.session, accounts.actor_of(user), profile_ids)
    }


def _notice(
    work: Work,
    user_id: UUID,
    kind: NoticeKind,
    opgave_id: UUID,
    profile_id: UUID | None = None,
) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        "user_id": user_id,
        "kind": kind,
        "opgave_id": opgave_id,
        "profile_id": profile_id,
    }

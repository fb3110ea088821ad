"""Mail that does not wait for a digest: whether it may go, and when."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import dutch_day
from app.core.work import Work
from app.notifications import queries
from app.notifications.models import Delivery, MailAllowance, Notice
from app.notifications.rules import (
    AT_ONCE,
    MOST_A_DAY,
    MOST_MESSAGES_A_DAY,
    MOST_OF_OPGAVE_A_DAY,
    MOST_PEOPLE_OF_OPGAVE,
    QUIET_HOURS,
    STEP_BY_STEP,
    TELLS_OF_NOTICE,
    Channel,
    DeliveryState,
    MailKind,
    is_quiet,
    lives,
    next_morning,
)


def plan(work: Work, kind: MailKind, notice: Notice, *, undoes_mail: bool = False) -> None:
    """Let a mail about this notice go, unless its reader chose otherwise or had enough of them.

    In quiet hours it waits for the next morning of a working day, and counts for that day. What
    does not go at once is told by the next digest. Whoever was mailed what this undoes is mailed
    this too, however many they had.
    """
    goes_at = quiet_until(work)
    if not may_go(work, kind, notice.user_id):
        return
    if undoes_mail or _spend(work, kind, notice, dutch_day(goes_at or work.now)):
        _plan(work, kind, notice, notice.told_at.isoformat(), goes_at)


def plan_always(work: Work, kind: MailKind, notice: Notice) -> None:
    """The same, whatever its reader chose and however many they had."""
    _plan(work, kind, notice, notice.told_at.isoformat(), quiet_until(work))


def plan_message(work: Work, notice: Notice, first_unread: int) -> None:
    """The same for messages: one mail on a day for each run of them that nobody read.

    Who writes to and fro gets more of them than of other news; so they are counted apart.
    """
    kind = MailKind.MESSAGE
    if may_go(work, kind, notice.user_id) and _messages_today(work, notice) < MOST_MESSAGES_A_DAY:
        _plan(work, kind, notice, f"{first_unread}:{work.today}", quiet_until(work))


def _messages_today(work: Work, notice: Notice) -> int:
    planned = select(func.count()).where(
        Delivery.user_id == notice.user_id,
        Delivery.kind == MailKind.MESSAGE,
        Delivery.created_at > work.now - timedelta(days=1),
    )
    return work.session.scalar(planned) or 0


def _plan(
    work: Work, kind: MailKind, notice: Notice, occasion: str, goes_at: datetime | None
) -> None:
    # Whether a moment has come is judged by one clock, the database's.
    due_at = goes_at or func.now()
    work.session.execute(
        insert(Delivery)
        .values(
            id=work.new_id(),
            kind=kind,
            dedupe_key=f"{kind.value}:{notice.id}:{occasion}",
            user_id=notice.user_id,
            subject_id=notice.id,
            state=DeliveryState.PENDING,
            created_at=work.now,
            next_attempt_at=due_at,
            expires_at=due_at + lives(kind),
            news_from=notice.told_at,
        )
        .on_conflict_do_nothing()
    )


def may_go(work: Work, kind: MailKind, user_id: UUID) -> bool:
    """Whether this person wants such a mail at once, and has no pause."""
    road = queries.channels(work.session, user_id)[AT_ONCE[kind]]
    is_paused = queries.paused_until(work.session, user_id, work.today)
    return road is Channel.AT_ONCE and not is_paused


def put_off(work: Work, delivery: Delivery) -> datetime | None:
    """When a mail must wait for because it is quiet now, or None when it may go."""
    return quiet_until(work) if delivery.kind in TELLS_OF_NOTICE else None


def quiet_until(work: Work) -> datetime | None:
    """When mail that nobody asked for may go, as long as it is quiet and the house keeps to it."""
    keeps_quiet = work.session.get_bind().get_execution_options().get(QUIET_HOURS, True)
    return next_morning(work.now) if keeps_quiet and is_quiet(work.now) else None


def _spend(work: Work, kind: MailKind, notice: Notice, day: date) -> bool:
    """Take one of what may go at once, or nothing when one of the three is used up.

    The opgave comes first, so that two who tell of the same one wait for each other there.
    """
    user_id, opgave_id = notice.user_id, notice.opgave_id
    if opgave_id is None:
        return _take(work, user_id, None, day, MOST_A_DAY)
    most_of_opgave = MOST_A_DAY if kind in STEP_BY_STEP else MOST_OF_OPGAVE_A_DAY
    with work.session.begin_nested() as point:
        may = (
            (
                _knows_of_it(work, user_id, opgave_id)
                or _take(work, None, opgave_id, None, MOST_PEOPLE_OF_OPGAVE)
            )
            and _take(work, user_id, None, day, MOST_A_DAY)
            and _take(work, user_id, opgave_id, day, most_of_opgave)
        )
        if not may:
            point.rollback()
    return may


def _knows_of_it(work: Work, user_id: UUID, opgave_id: UUID) -> bool:
    """Whether this person has had a mail about the opgave, and is counted."""
    counted = exists().where(MailAllowance.user_id == user_id, MailAllowance.opgave_id == opgave_id)
    return bool(work.session.scalar(select(counted)))


def _take(
    work: Work, user_id: UUID | None, opgave_id: UUID | None, day: date | None, most: int
) -> bool:
    """One statement, so that of many at once no more than so many get theirs."""
    first = insert(MailAllowance).values(
        id=work.new_id(), user_id=user_id, opgave_id=opgave_id, day=day, spent=1
    )
    one_more = first.on_conflict_do_update(
        index_elements=[MailAllowance.user_id, MailAllowance.opgave_id, MailAllowance.day],
        set_={"spent": MailAllowance.spent + 1},
        where=MailAllowance.spent < most,
    )
    return work.session.scalar(one_more.returning(MailAllowance.id)) is not None

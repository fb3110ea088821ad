"""Reading notices, preferences and the state of the mail."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from app.accounts import queries as accounts
from app.accounts.models import AccessRequest, KeptAddress, SignIn, User
from app.core.actor import Actor
from app.core.backlog import Backlog, of_due
from app.core.clock import AMSTERDAM, dutch_day
from app.core.orm import UtcDateTime
from app.core.outbox import OutboxMessage
from app.core.rights import Right, roles_with
from app.gemeenten.models import EmailDomain
from app.loans.events import ManagerNamed
from app.loans.models import Loan
from app.loans.told import Key, held_up_of, told_of
from app.matching.models import Match
from app.matching.queries import OpgaveMatch, ScoreRow
from app.notifications.models import (
    ChannelChoice,
    Delivery,
    DigestRun,
    LeftOutSkill,
    LeftOutTheme,
    Notice,
    Preference,
)
from app.notifications.parts import (
    LOANS,
    PARTS,
    RESPONSES,
    TOGETHER,
    Keeps,
    SeenNotice,
    Standing,
    Whose,
    each_reader,
    is_left_out,
    is_told_loan,
    kept_by,
    named_when_asked,
    one,
    reader,
)
from app.notifications.rules import (
    DEFAULT_FREQUENCY,
    DEFAULT_WEEKDAY,
    MAY_HAVE_ARRIVED,
    OF_ONE_NOTICE,
    ON_ITS_WAY,
    ROADS,
    Channel,
    DeliveryState,
    Family,
    Frequency,
    LeftOut,
    MailChoice,
    MailKind,
    NoticeKind,
    Weekday,
)
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import EDITORS, ENDED
from app.people import queries as people
from app.people.models import Profile
from app.people.visibility import Relation, SeenProfile
from app.responses import queries as responses
from app.responses.models import Response
from app.responses.rules import MOST_NEXT, Answer
from app.together import queries as together

# A notice with its match if there is one, when it became news, and whether it is still to be read.
Row = tuple[Notice, Match | None, datetime, bool]

# A mail that did not come ends in another state.
ON_ITS_WAY_OR_THERE = (
    DeliveryState.PENDING,
    DeliveryState.SUBMITTING,
    DeliveryState.ACCEPTED,
)
LONGEST_INBOX = 100
# Who looks after no opgaven hears nothing of those.
OF_EVERYBODY = (
    Family.MATCHES,
    Family.TOGETHER,
    Family.MESSAGES,
    Family.INVITATIONS,
    Family.LOANS,
    Family.OUTCOMES,
)

ABOUT_COLLEAGUES = {
    Relation.NONE: NoticeKind.COLLEAGUE_FOR_OPGAVE,
    Relation.INTERESTED: NoticeKind.INTEREST_SHOWN,
}
RELATIONS = {kind: relation for relation, kind in ABOUT_COLLEAGUES.items()}
NOT_ONLY_WHILE_OPEN = [kind for part in PARTS if not part.while_open for kind in part.kinds]
# What the reader of a notice says to its opgave.
answer = aliased(Response, name="answer")


def last_said(session: Session, user_id: UUID) -> tuple[bool, Frequency]:
    """Whether this person is kept out and how often they want a digest, in the database now."""
    chosen = func.coalesce(Preference.frequency, DEFAULT_FREQUENCY)
    found = (
        select(User.shut_out_at.is_not(None), chosen)
        .outerjoin(Preference, Preference.user_id == User.id)
        .where(User.id == user_id)
    )
    is_shut_out, frequency = session.execute(found).one()
    return is_shut_out, Frequency(frequency)


def preference_of(session: Session, user_id: UUID) -> tuple[Frequency, Weekday]:
    return chosen_in(session.get(Preference, user_id))


def chosen_in(row: Preference | None) -> tuple[Frequency, Weekday]:
    return (row.frequency, Weekday(row.weekday)) if row else (DEFAULT_FREQUENCY, DEFAULT_WEEKDAY)


def paused_until(session: Session, user_id: UUID, today: date) -> date | None:
    """The first day on which a digest may come again, as long as that day is still to come."""
    return paused_in(session.get(Preference, user_id), today)


def paused_in(row: Preference | None, today: date) -> date | None:
    until = row.paused_until if row else None
    return until if until and until > today else None


def left_out(session: Session, user_id: UUID) -> LeftOut:
    """Of what this person wants no news."""
    themes = select(LeftOutTheme.theme).where(LeftOutTheme.user_id == user_id)
    skills = select(LeftOutSkill.label).where(LeftOutSkill.user_id == user_id)
    return LeftOut(
        tuple(session.scalars(themes.order_by(LeftOutTheme.theme))),
        tuple(session.scalars(skills.order_by(LeftOutSkill.label_normal))),
    )


def next_matches(
    session: Session, viewer: Actor, today: date, most: int = MOST_NEXT
) -> list[OpgaveMatch]:
    """What fits the viewer best of what they said nothing to, without what they left out."""
    free = responses.free_matches(session, viewer, today)
    among = Opgave.id.in_([one.seen.opgave.id for one in free])
    without = select(Opgave.id).where(among, is_left_out(viewer.user_id))
    unwanted = set(session.scalars(without))
    return [one for one in free if one.seen.opgave.id not in unwanted][:most]


def channels(session: Session, user_id: UUID) -> dict[Family, Channel]:
    """Along which road each family of news comes to this person."""
    rows = select(ChannelChoice.family, ChannelChoice.channel)
    chosen = dict(session.execute(rows.where(ChannelChoice.user_id == user_id)).all())
    return {family: chosen.get(family, roads[0]) for family, roads in ROADS.items()}


def families_of(session: Session, user_id: UUID) -> tuple[Family, ...]:
    """Of what news may come to this person: who looks after no opgaven hears nothing of those,
    and who looks after no urenbank nothing of that.
    """
    roles = accounts.roles_of(session.get_one(User, user_id))
    if EDITORS.isdisjoint(roles):
        return OF_EVERYBODY
    keeps_hours = not roles_with(Right.AGREE_LIMIT).isdisjoint(roles)
    return tuple(one for one in Family if keeps_hours or one is not Family.URENBANK)


def families_in_digest(session: Session, user_id: UUID) -> frozenset[Family]:
    """Of what news the digests of this person tell; of none when they get none at all."""
    frequency, _ = preference_of(session, user_id)
    if frequency is Frequency.NEVER:
        return frozenset()
    roads = channels(session, user_id)
    families = families_of(session, user_id)
    return frozenset(family for family in families if roads[family] is not Channel.INBOX)


def choice_of(session: Session, user_id: UUID) -> MailChoice:
    """All that this person chose about mail, as it is stored."""
    row = session.get(Preference, user_id, populate_existing=True)
    frequency, weekday = chosen_in(row)
    return MailChoice(
        frequency=frequency,
        weekday=weekday,
        paused_until=row.paused_until if row else None,
        roads=channels(session, user_id),
        left_out=left_out(session, user_id),
    )


def standing_notice(
    session: Session, viewer: Actor, notice_id: UUID, today: date
) -> SeenNotice | None:
    """The notice, as long as there is something to tell of it."""
    found = _seen(session, viewer, _standing(viewer, today).where(Notice.id == notice_id), today)
    return next(iter(found), None)


def inbox(session: Session, viewer: Actor, today: date) -> list[SeenNotice]:
    """What still stands, newest first."""
    newest = _standing(viewer, today).order_by(
        _became_news_at().desc(), Match.tier, Match.value.desc(), Notice.id
    )
    return _seen(session, viewer, newest.limit(LONGEST_INBOX), today)


def news(
    session: Session, viewer: Actor, since: datetime | None, until: datetime, today: date
) -> list[SeenNotice]:
    """What was told in [since, until) and still stands, best first."""
    told = told_between(viewer, since, until, today)
    best = told.order_by(Match.tier, Match.value.desc(), Notice.id)
    return _seen(session, viewer, best, today)


def standing_for_digests(
    session: Session, delivery_ids: Collection[UUID], today: date
) -> dict[UUID, list[Standing]]:
    """Of what each of these digests may tell.

    The same as to ask `news` from where the mail says, or where a later digest that was accepted
    left off, until where it says; but in one question for all of them, and no more than it takes
    to choose from.
    """
    rows = session.execute(_standing_for_digests(), {"ids": [*delivery_ids], "today": today})
    found: dict[UUID, list[Standing]] = {}
    for delivery_id, kind, opgave_id, profile_id, year, told_at, *score in rows:
        match = ScoreRow(*score) if score[0] else None
        one = Standing(kind, opgave_id, profile_id, year, told_at, match)
        found.setdefault(delivery_id, []).append(one)
    return found


@cache
def _standing_for_digests() -> Select[Any]:
    """Made once: so many parts take longer to put together than to send."""
    digest = aliased(Delivery, name="digest")
    told = _last_told(reader.id).lateral("told")
    since = func.greatest(digest.news_from, told.c.news_until)
    until = func.coalesce(digest.news_until, digest.created_at)
    return (
        _stands(each_reader(), bindparam("today", type_=Date()))
        .with_only_columns(
            digest.id,
            *(Notice.kind, Notice.opgave_id, Notice.profile_id, Notice.year, _became_news_at()),
            *(Match.profile_id, Match.opgave_id, Match.value, Match.tier, Match.reasons),
            maintain_column_froms=True,
        )
        .join(reader, reader.id == Notice.user_id)
        .join(digest, digest.user_id == reader.id)
        .join(told, true())
        .where(digest.id.in_(bindparam("ids", expanding=True)))
        .where(_before(until), or_(since.is_(None), _from(since)), is_for_digest())
        .order_by(Match.tier, Match.value.desc(), Notice.id)
    )


def passed_over_by_digests(
    session: Session, delivery_ids: Collection[UUID], today: date
) -> dict[UUID, list[UUID]]:
    """Interest that each of these digests would tell of, if it stood: it may come back.

    What was withdrawn, or is in an opgave that ended, does not.
    """
    digest = aliased(Delivery, name="digest")
    told = _last_told(reader.id).lateral("told")
    since = func.greatest(digest.news_from, told.c.news_until)
    stands = and_(opgaven.is_open(today), RESPONSES.holds(each_reader()))
    rows = session.execute(
        select(digest.id, Notice.id)
        .join(digest, digest.user_id == Notice.user_id)
        .join(reader, reader.id == Notice.user_id)
        .join(told, true())
        .join(Opgave, Opgave.id == Notice.opgave_id)
        .join(
            answer,
            and_(answer.user_id == Notice.profile_id, answer.opgave_id == Notice.opgave_id),
        )
        .where(digest.id.in_(delivery_ids), Notice.kind.in_(RESPONSES.kinds), is_for_digest())
        .where(Notice.told_at < digest.news_until, or_(since.is_(None), Notice.told_at >= since))
        .where(answer.answer == Answer.INTERESTED, Opgave.status.not_in(ENDED))
        .where(~func.coalesce(stands, false()))
    )
    found: dict[UUID, list[UUID]] = {}
    for delivery_id, notice_id in rows:
        found.setdefault(delivery_id, []).append(notice_id)
    return found


def preferences_of(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, Preference]:
    """Of who chose; the default holds for the others."""
    rows = session.scalars(select(Preference).where(Preference.user_id.in_(user_ids)))
    return {row.user_id: row for row in rows}


@dataclass(frozen=True)
class Readers:
    """People by the order of their ids: those after the one, up to and including the other."""

    after: UUID | None
    last: UUID | None

    @property
    def is_the_end(self) -> bool:
        return self.last is None


def readers_after(session: Session, after: UUID | None, most: int) -> Readers:
    """The next so many people; the end when fewer are left."""
    following = Readers(after, None)
    in_order = select(User.id).where(_among(following, User.id)).order_by(User.id)
    return Readers(after, session.scalar(in_order.offset(most - 1).limit(1)))


def due_for_digest(
    session: Session, readers: Readers, weekday: Weekday | None, until: datetime, today: date
) -> list[tuple[UUID, datetime | None]]:
    """Who of these readers gets a digest, and where its news begins.

    The same as to ask `news` of each who wants a digest on this `weekday` (or on any, for None),
    has no pause and has none on its way, but in one question for all of them.
    """
    told = _last_told(reader.id).lateral("told")
    until_when = told.c.news_until
    fresh = (
        _stands(each_reader(), today)
        .where(_before(until), is_for_digest())
        .where(or_(until_when.is_(None), _from(until_when)))
        .with_only_columns(Notice.id)
        # One is enough; and it keeps the database from going through everybody's news first.
        .limit(1)
        .lateral("fresh")
    )
    found = (
        select(reader.id, until_when)
        .outerjoin(Preference, Preference.user_id == reader.id)
        .join(told, true())
        .join(fresh, true())
        .where(
            _among(readers, reader.id),
            _wants(weekday),
            reader.shut_out_at.is_(None),
            or_(Preference.paused_until.is_(None), Preference.paused_until <= today),
            # What an earlier digest still has to tell is not told twice.
            ~_being_told(reader.id),
        )
        .order_by(reader.id)
    )
    return [(user_id, since) for user_id, since in session.execute(found)]


def count_unread(session: Session, viewer: Actor, today: date) -> int:
    """How many lines of the inbox are new: colleagues for one opgave on one day share a line."""
    facts = {"reader_id": viewer.user_id, "reader_code": viewer.gemeente_code or "", "today": today}
    return session.scalar(_unread(kept_by(viewer)), facts) or 0


@cache
def _unread(keeps: Keeps) -> Select[int]:
    """Made once for each sort of reader: every page asks it, and it takes longer to put together
    than to ask.
    """
    unread = (
        _stands(named_when_asked(keeps), bindparam("today", type_=Date()))
        .where(is_unread())
        .with_only_columns(Notice.kind, Notice.opgave_id, _own_line(), _day_told())
        .distinct()
        .subquery()
    )
    return select(func.count()).select_from(unread)


def told_of_own(
    session: Session, user_id: UUID, opgave_id: UUID | None, kind: NoticeKind
) -> Notice | None:
    """What somebody was told of their own road to an opgave."""
    return session.scalar(_of_own(user_id, opgave_id, kind))


def was_mailed(session: Session, user_id: UUID, opgave_id: UUID | None, kind: NoticeKind) -> bool:
    """Whether a mail of its own, as it was told last, may have brought them that news."""
    may_have_arrived = is_told_by_mail(Delivery.state.in_(MAY_HAVE_ARRIVED))
    return session.scalar(_of_own(user_id, opgave_id, kind).where(may_have_arrived)) is not None


def _of_own(user_id: UUID, opgave_id: UUID | None, kind: NoticeKind) -> Select[Notice]:
    return select(Notice).where(
        Notice.user_id == user_id,
        Notice.opgave_id == opgave_id,
        Notice.kind == kind,
        Notice.profile_id.is_(None),
    )


def is_told_of() -> ColumnElement[bool]:
    """Whether it is the match that a notice tells of: the reader's own, or that of a colleague."""
    about = case(
        (Notice.kind == NoticeKind.OPGAVE_FOR_YOU, Notice.user_id), else_=Notice.profile_id
    )
    return and_(Match.opgave_id == Notice.opgave_id, Match.profile_id == about)


def is_unread() -> ColumnElement[bool]:
    """Not read, or not since its reader hears of the opgave again."""
    again_at = select(_again_at()).where(_answers_notice()).correlate(Notice).scalar_subquery()
    return or_(Notice.read_at.is_(None), Notice.read_at < again_at)


def on_the_line_of(notice: Notice) -> ColumnElement[bool]:
    """What shares a line of the inbox with this notice, but nothing newer: nobody saw that yet."""
    return and_(
        Notice.user_id == notice.user_id,
        Notice.kind == notice.kind,
        Notice.opgave_id.is_not_distinct_from(notice.opgave_id),
        _own_line().is_not_distinct_from(notice.profile_id if notice.kind in LOANS.kinds else None),
        _day_told() == dutch_day(notice.told_at),
        Notice.told_at <= notice.told_at,
    )


def _own_line() -> ColumnElement[UUID | None]:
    """The colleague of whom a line tells alone: each loan has a line of its own."""
    return case((Notice.kind.in_(LOANS.kinds), Notice.profile_id))


def _day_told() -> SQLColumnExpression[date]:
    return func.date(func.timezone(AMSTERDAM.key, Notice.told_at))


def knows_of(session: Session, viewer: Actor, profile_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these colleagues who show themselves to the viewer."""
    found = select(Profile.user_id).join(User, User.id == Profile.user_id)
    shown = found.where(Profile.user_id.in_(list(profile_ids)), people.known_to(viewer))
    return set(session.scalars(shown))


def count_told_of(session: Session, opgave_id: UUID) -> int:
    """How many professionals were ever told that this opgave fits them."""
    told = select(func.count(Notice.user_id.distinct())).where(
        Notice.opgave_id == opgave_id, Notice.kind == NoticeKind.OPGAVE_FOR_YOU
    )
    return session.scalar(told) or 0


def last_told(session: Session, user_id: UUID) -> datetime | None:
    """Until when accepted digests have told this person everything."""
    return session.scalar(_last_told(user_id))


def last_runs(session: Session, most: int) -> Sequence[DigestRun]:
    """The last plannings of digests, the newest first."""
    newest = select(DigestRun).order_by(DigestRun.planned_at.desc(), DigestRun.period)
    return session.scalars(newest.limit(most)).all()


def counts_by_state(session: Session) -> dict[DeliveryState, int]:
    return dict(
        session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all()
    )


def backlog(session: Session) -> Backlog:
    """Mails that are due."""
    return of_due(session, Delivery.next_attempt_at, Delivery.state == DeliveryState.PENDING)


def addresses_of(session: Session, mails: Iterable[Delivery]) -> dict[UUID, str]:
    """Where each of these mails goes or went.

    Nothing of whom was erased, and of who was named after the mail went: that was for another.
    """
    ids = [mail.id for mail in mails]
    if not ids:
        return {}
    address = func.coalesce(
        *(User.email, SignIn.email, KeptAddress.email, AccessRequest.email, Loan.manager_email)
    )
    rows = session.execute(
        select(Delivery.id, address)
        .outerjoin(User, User.id == Delivery.user_id)
        .outerjoin(SignIn, SignIn.id == Delivery.subject_id)
        .outerjoin(KeptAddress, KeptAddress.id == Delivery.subject_id)
        .outerjoin(AccessRequest, AccessRequest.id == Delivery.subject_id)
        .outerjoin(Loan, and_(Loan.id == Delivery.subject_id, ~_went_before_naming().exists()))
        .where(Delivery.id.in_(ids), address.is_not(None))
    )
    return dict(rows.all())


def links_to_strangers(session: Session, since: datetime, *, of_gemeenten: bool) -> int:
    """How many sign-in links were planned since then to addresses that have no account.

    At domains of gemeenten, or at all others.
    """
    is_known = exists().where(User.email == SignIn.email)
    domain = func.split_part(SignIn.email, "@", -1)
    is_of_gemeente = exists().where(EmailDomain.domain == domain)
    planned = (
        select(func.count(Delivery.id))
        .join(SignIn, SignIn.id == Delivery.subject_id)
        .where(Delivery.kind == MailKind.SIGN_IN, Delivery.created_at > since, ~is_known)
        .where(is_of_gemeente if of_gemeenten else ~is_of_gemeente)
    )
    return session.scalar(planned) or 0


def mail_before_last(session: Session, manager_email: str, number: int) -> datetime | None:
    """When the last but so many of the mails to a manager without an account went or will go.

    The first back is the last one; None when there are fewer.
    """
    goes_at = func.greatest(Delivery.created_at, Delivery.next_attempt_at)
    found = (
        select(goes_at)
        .join(Loan, Loan.id == Delivery.subject_id)
        .where(Delivery.kind == MailKind.LOAN, Delivery.user_id.is_(None))
        .where(Loan.manager_email == manager_email)
        .order_by(goes_at.desc())
        .offset(number - 1)
        .limit(1)
    )
    return session.scalar(found)


def was_told(session: Session, mail: Delivery, since: datetime | None = None) -> bool:
    """Whether another mail of this kind, to this reader about the same, may have arrived.

    With `since` one that went from then on.
    """
    other = aliased(Delivery)
    found = select(other.id).where(
        other.kind == mail.kind,
        other.subject_id == mail.subject_id,
        other.user_id.is_not_distinct_from(mail.user_id),
        other.id != mail.id,
        other.state.in_(MAY_HAVE_ARRIVED),
    )
    if since is not None:
        went_at = func.coalesce(other.accepted_at, other.submitted_at, other.created_at)
        found = found.where(went_at >= since)
    return session.scalar(found.limit(1)) is not None


def was_named_since(session: Session, address: str, since: datetime) -> bool:
    """Whether a professional said of this address that a manager reads it."""
    named = _named().where(OutboxMessage.occurred_at > since)
    found = select(Loan.id).where(Loan.manager_email == address, named.exists())
    return session.scalar(found.limit(1)) is not None


def _went_before_naming() -> Select[int]:
    """The facts that a manager of this loan was named after the mail went."""
    return _named().where(OutboxMessage.occurred_at > Delivery.submitted_at)


def _named() -> Select[int]:
    """The facts that a manager of this loan was named, or named again."""
    of_loan = func.jsonb_build_object("loan_id", cast(Loan.id, Text))
    return select(OutboxMessage.id).where(
        OutboxMessage.name == ManagerNamed.name, OutboxMessage.payload.contains(of_loan)
    )


def told_by_another(
    session: Session, mails: Iterable[Delivery], *states: DeliveryState
) -> set[UUID]:
    """Those of these digests of whose reader another one is in such a state, or on its way."""
    other = aliased(Delivery)
    digests = [mail.id for mail in mails if mail.kind is MailKind.DIGEST]
    if not digests:
        return set()
    found = select(Delivery.id).join(
        other,
        and_(
            other.user_id == Delivery.user_id,
            other.kind == MailKind.DIGEST,
            other.id != Delivery.id,
            other.state.in_(states or ON_ITS_WAY),
        ),
    )
    return set(session.scalars(found.where(Delivery.id.in_(digests))))


def too_late(session: Session, mails: Iterable[Delivery], now: datetime) -> set[UUID]:
    """Those of these mails that are no use any more: what their link opened is closed."""
    links = {mail.id: mail.subject_id for mail in mails if mail.kind is MailKind.SIGN_IN}
    usable = accounts.usable_links(session, links.values(), now)
    return {mail_id for mail_id, link in links.items() if link not in usable}


def _standing(viewer: Actor, today: date) -> Select[*Row]:
    return _stands(one(viewer), today)


def _stands(whose: Whose, today: date | ColumnElement[date]) -> Select[*Row]:
    """A notice stands as long as the part that tells of it says, and mostly on an open opgave.

    Who answered an opgave needs no news of it; who said "later" not until that day.
    """
    return (
        select(Notice, Match, _became_news_at(), is_unread())
        .outerjoin(Match, is_told_of())
        # What is about an urenbank is about no opgave.
        .outerjoin(Opgave, Opgave.id == Notice.opgave_id)
        .outerjoin(answer, _answers_notice())
        .where(
            Notice.user_id == whose.user_id,
            or_(opgaven.is_open(today), Notice.kind.in_(NOT_ONLY_WHILE_OPEN)),
            or_(*(and_(Notice.kind.in_(part.kinds), part.holds(whose)) for part in PARTS)),
            or_(answer.answer.is_(None), answer.again_on <= today),
        )
    )


def _answers_notice() -> ColumnElement[bool]:
    """Whether it is an answer to the opgave of a notice that tells its reader of the opgave."""
    return and_(
        Notice.kind == NoticeKind.OPGAVE_FOR_YOU,
        answer.user_id == Notice.user_id,
        answer.opgave_id == Notice.opgave_id,
    )


def _again_at() -> ColumnElement[datetime]:
    """The moment from which somebody who said "later" to an opgave hears of it again."""
    return func.timezone(AMSTERDAM.key, cast(answer.again_on, DateTime()), type_=UtcDateTime())


def _became_news_at() -> ColumnElement[datetime]:
    """When the notice was told, or when it is to be told again."""
    return func.greatest(Notice.told_at, _again_at())


def _before(moment: datetime | SQLColumnExpression[datetime]) -> ColumnElement[bool]:
    """Whether the notice became news before that; the index on `told_at` finds the first part."""
    again_at = _again_at()
    return and_(Notice.told_at < moment, or_(again_at.is_(None), again_at < moment))


def _from(moment: datetime | SQLColumnExpression[datetime]) -> ColumnElement[bool]:
    return or_(Notice.told_at >= moment, _again_at() >= moment)


def told_between(
    viewer: Actor, since: datetime | None, until: datetime, today: date
) -> Select[*Row]:
    """What was told in [since, until) and still stands, for a digest; not yet asked."""
    told = _standing(viewer, today).where(_before(until), is_for_digest())
    return told if since is None else told.where(_from(since))


def is_for_digest() -> ColumnElement[bool]:
    """Whether its reader did not choose another road for it, and it does not go at once."""
    only_inbox = or_(
        *(and_(Notice.kind.in_(part.kinds), ChannelChoice.family == part.family) for part in PARTS)
    )
    chosen = exists().where(
        ChannelChoice.user_id == Notice.user_id,
        ChannelChoice.channel == Channel.INBOX,
        only_inbox,
    )
    told = is_told_by_mail(Delivery.state.in_(ON_ITS_WAY_OR_THERE))
    return and_(~chosen.correlate_except(ChannelChoice), ~told)


def is_told_by_mail(*such: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether such a mail of its own tells of a notice, as it was told last.

    What became of an earlier telling says nothing of this one.
    """
    told = select(Delivery.id).where(
        Delivery.user_id == Notice.user_id, Delivery.news_from == Notice.told_at, *such
    )
    of_one = told.where(Delivery.kind.in_(OF_ONE_NOTICE), Delivery.subject_id == Notice.id)
    of_loan = told.join(Loan, Loan.id == Delivery.subject_id).where(
        Delivery.kind == MailKind.LOAN, Notice.kind == NoticeKind.LOAN_MOVED, is_told_loan()
    )
    return or_(
        of_one.correlate_except(Delivery).exists(),
        of_loan.correlate_except(Delivery, Loan).exists(),
    )


def _among(readers: Readers, user_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    after = true() if readers.after is None else user_id > readers.after
    return after if readers.last is None else and_(after, user_id <= readers.last)


def _wants(weekday: Weekday | None) -> ColumnElement[bool]:
    """`wants_on` for the database; for None whoever wants digests at all."""
    frequency = func.coalesce(Preference.frequency, DEFAULT_FREQUENCY)
    if weekday is None:
        return frequency != Frequency.NEVER
    chosen = func.coalesce(Preference.weekday, DEFAULT_WEEKDAY)
    on_the_day = and_(frequency == Frequency.WEEKLY, chosen == weekday)
    return or_(frequency == Frequency.DAILY, on_the_day)


def _last_told(user_id: UUID | SQLColumnExpression[UUID]) -> Select[datetime | None]:
    return select(func.max(Delivery.news_until).label("news_until")).where(
        Delivery.user_id == user_id,
        Delivery.kind == MailKind.DIGEST,
        Delivery.state == DeliveryState.ACCEPTED,
    )


def _being_told(user_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """Whether a digest for this person is on its way and may still arrive."""
    waiting = and_(Delivery.state == DeliveryState.PENDING, Delivery.expires_at > func.now())
    return exists().where(
        Delivery.user_id == user_id,
        Delivery.kind == MailKind.DIGEST,
        or_(waiting, Delivery.state == DeliveryState.SUBMITTING),
    )


def _seen(session: Session, viewer: Actor, standing: Select[*Row], today: date) -> list[SeenNotice]:
    """These notices with what the viewer may see of the colleagues that they name."""
    rows = session.execute(standing).all()
    opgave_ids = [notice.opgave_id for notice, *_ in rows]
    about = opgaven.by_ids(session, [one for one in opgave_ids if one is not None])
    colleagues = {
        **_colleagues(session, viewer, rows, today, Relation.NONE),
        **_colleagues(session, viewer, rows, today, Relation.INTERESTED),
    }
    loans = told_of(session, [_asked(viewer, notice) for notice in _of_loans(rows)], today)
    limits = {
        notice.gemeente_code
        for notice, *_ in rows
        if notice.kind is NoticeKind.LIMIT_REACHED and notice.gemeente_code is not None
    }
    held_up = held_up_of(session, limits, today)
    askers = _askers(session, rows, about)
    shared = {notice.opgave_id for notice, *_ in rows if notice.kind in TOGETHER.kinds}
    others = together.others_of(session, viewer, {one for one in shared if one is not None})
    return [
        SeenNotice(
            notice=notice,
            match=match,
            about=about[notice.opgave_id] if notice.opgave_id else None,
            told_at=told_at,
            is_unread=unread,
            title=about[notice.opgave_id].title_for(viewer) if notice.opgave_id else "",
            colleague=colleagues.get((notice.profile_id, notice.kind)),
            loan=loans.get(loan_key(notice)) if notice.kind in LOANS.kinds else None,
            held_up=held_up.get(notice.gemeente_code or "", ()),
            asked_by=askers.get(notice.id, ""),
            others=others.get(notice.opgave_id) if notice.opgave_id else None,
        )
        for notice, match, told_at, unread in rows
        if notice.kind not in RELATIONS or (notice.profile_id, notice.kind) in colleagues
        if notice.kind not in LOANS.kinds or loan_key(notice) in loans
    ]


def _askers(
    session: Session, rows: Iterable[Row], about: Mapping[UUID, SeenOpgave]
) -> dict[UUID, str]:
    """Of each notice that asks its reader to look at an opgave, who asks."""
    asked_by = {
        notice.id: about[notice.opgave_id].opgave.submitted_by
        for notice, *_ in rows
        if notice.kind is NoticeKind.REVIEW_ASKED and notice.opgave_id is not None
    }
    names = accounts.names_of(session, {one for one in asked_by.values() if one is not None})
    return {key: names[one] for key, one in asked_by.items() if one in names}


def loan_key(notice: Notice) -> Key:
    """Who reads of whose loan for which opgave."""
    if notice.opgave_id is None:
        raise ValueError("a notice of no loan")
    return notice.user_id, notice.opgave_id, notice.profile_id or notice.user_id


def loan_of(session: Session, viewer: Actor, notice: Notice, today: date) -> UUID | None:
    """The loan that a notice tells its reader of."""
    found = told_of(session, [_asked(viewer, notice)], today).get(loan_key(notice))
    return found.loan_id if found else None


def _of_loans(rows: Iterable[Row]) -> list[Notice]:
    return [notice for notice, *_ in rows if notice.kind in LOANS.kinds]


def _asked(viewer: Actor, notice: Notice) -> tuple[Actor, UUID, UUID]:
    _, opgave_id, user_id = loan_key(notice)
    return viewer, opgave_id, user_id


def _colleagues(
    session: Session, viewer: Actor, rows: Iterable[Row], today: date, relation: Relation
) -> dict[tuple[UUID | None, NoticeKind], SeenProfile]:
    """Whom the notices of this relation are about, as the viewer may see them."""
    kind = ABOUT_COLLEAGUES[relation]
    about = [one.profile_id for one, *_ in rows if one.profile_id and one.kind is kind]
    found = people.seen_profiles(session, viewer, about, today, relation)
    return {(profile_id, kind): profile for profile_id, profile in found.items()}

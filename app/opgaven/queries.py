"""Reading opgaven: one page, the open ones, those of a gemeente."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    exists,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased, selectinload

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.rules import NOWHERE
from app.core.actor import Actor
from app.core.clock import dutch_day, utc_now
from app.core.dutch import dutch_date
from app.core.errors import NotFound
from app.core.finding import by_strength, holds, is_one_of
from app.core.outbox import OutboxMessage, facts_of
from app.core.paging import Page, page
from app.core.reach import within
from app.core.rights import Right
from app.gemeenten import queries as gemeenten
from app.gemeenten.models import Gemeente
from app.opgaven import events
from app.opgaven.models import OPGAVE_WORDS, AskedSkill, GemeenteChoice, Opgave
from app.opgaven.rules import (
    EDITORS,
    REVIEWERS,
    TAKES_ANSWERS,
    AskedSkillDraft,
    Audience,
    Kind,
    OpgaveDraft,
    OpgaveStatus,
    Part,
    Readable,
    may_answer,
    may_begin_with,
    may_edit,
    may_mail,
    may_read,
)
from app.vocabulary.rules import Theme

Row = tuple[Opgave, Gemeente]
# Everything that moves an opgave, or who looks after it.
STEPS = frozenset(
    fact.name
    for fact in (
        events.OpgaveDrafted,
        events.OpgaveSubmitted,
        events.OpgaveSentBack,
        events.OpgaveAllowed,
        events.OpgavePublished,
        events.OpgaveChanged,
        events.OpgaveTalking,
        events.OpgaveFilled,
        events.OpgaveReopened,
        events.OpgaveStarted,
        events.OpgaveEnded,
        events.OpgaveHandedOver,
        events.CoOwnerNamed,
        events.SeatTaken,
        events.SeatFreed,
    )
)


# In the place of its title: by the day on which it opened one is told from another.
TAKEN_DOWN = "Een opgave van {day} die is weggehaald"


def shown_title(opgave: Opgave) -> str:
    """As it is called for people elsewhere."""
    if opgave.taken_down_at is None:
        return opgave.title
    return TAKEN_DOWN.format(day=dutch_date(opgave.published_at or opgave.created_at))


@dataclass(frozen=True)
class SeenOpgave:
    """An opgave with its gemeente. Whoever may read an opgave reads all of it."""

    opgave: Opgave
    gemeente: Gemeente

    def title_for(self, reader: Actor) -> str:
        return shown_title(self.opgave) if self.is_gone_for(reader) else self.opgave.title

    def is_gone_for(self, reader: Actor) -> bool:
        """Nobody but its own people reads the title of what a beheerder took down."""
        is_theirs = not may_edit(reader, self.opgave.gemeente_code)
        return self.opgave.taken_down_at is not None and is_theirs

    def may_begin(self, reader: Actor) -> bool:
        """As `may_begin_with`."""
        opgave = self.opgave
        is_down = opgave.taken_down_at is not None
        return may_begin_with(reader, opgave.gemeente_code, opgave.status, is_down=is_down)


@dataclass(frozen=True, slots=True)
class OpgaveHead:
    """As little of an opgave as a line about it needs."""

    opgave_id: UUID
    title: str
    gemeente_name: str
    closes_on: date | None
    gemeente_code: str = ""
    # When it opened, of what a beheerder took down.
    gone_from: datetime | None = None

    def for_reader(self, reader: Actor) -> "OpgaveHead":
        """As `SeenOpgave.title_for`."""
        if self.gone_from is None or may_edit(reader, self.gemeente_code):
            return self
        return replace(self, title=TAKEN_DOWN.format(day=dutch_date(self.gone_from)))


@dataclass(frozen=True, slots=True)
class SharedHead:
    """What people of several gemeenten read alike of an opgave: no title once it was taken down."""

    title: str
    down_at: datetime | None
    # Who looks after it; nothing when they ended their account.
    owner_name: str


@dataclass(frozen=True)
class Contact:
    """Who answers for an opgave, as one reader sees them."""

    name: str
    part: Part
    # Empty for who writes to them in a conversation here.
    email: str


@dataclass(frozen=True)
class Step:
    """One thing that happened to an opgave."""

    name: str
    at: datetime
    # A colleague of its gemeente, or nobody.
    by: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Search:
    """What somebody looks for among open opgaven; empty parts do not count.

    `text` is what was typed, looked for in title and text; `words` are the comparable words that
    it answers as a skill, and how well it answers each.
    """

    text: str = ""
    words: Mapping[str, int] = field(default_factory=dict)
    theme: Theme | None = None
    kind: Kind | None = None
    province: str = ""
    most_hours: int | None = None


def is_open(today: date | ColumnElement[date]) -> ColumnElement[bool]:
    """As `takes_answers`: what is past its last day is not open, swept yet or not."""
    return and_(Opgave.status.in_(TAKES_ANSWERS), Opgave.closes_on >= today)


def came_out() -> ColumnElement[bool]:
    """Colleagues elsewhere could read it once, and it was not taken back."""
    return and_(Opgave.published_at.is_not(None), Opgave.status != OpgaveStatus.WITHDRAWN)


def newest_out(session: Session, most: int) -> list[UUID]:
    """The last so many that came out."""
    newest = select(Opgave.id).where(came_out()).order_by(Opgave.published_at.desc(), Opgave.id)
    return list(session.scalars(newest.limit(most)))


def seen_opgave(session: Session, reader: Actor, opgave_id: UUID) -> SeenOpgave:
    """The opgave, or `NotFound` when for this reader it does not exist."""
    row = session.execute(_rows().where(Opgave.id == opgave_id)).one_or_none()
    meant = _meant_among(session, reader, [opgave_id])
    if row is None or not may_read(reader, _readable(row[0], is_meant=opgave_id in meant)):
        raise NotFound(f"opgave {opgave_id}")
    return SeenOpgave(*row)


def shown_opgave(session: Session, reader: Actor, opgave_id: UUID) -> SeenOpgave:
    """The opgave for who does something with it; `NotFound` also for who reads it only because
    they coordinate a network.
    """
    seen = seen_opgave(session, reader, opgave_id)
    if not is_shown(session, reader, seen.opgave):
        raise NotFound(f"opgave {opgave_id}, to answer")
    return seen


def is_shown(session: Session, reader: Actor, opgave: Opgave) -> bool:
    """As `may_answer`."""
    is_meant = opgave.id in _meant_among(session, reader, [opgave.id])
    return may_answer(reader, _readable(opgave, is_meant=is_meant))


def seen_opgaven(session: Session, reader: Actor, opgave_ids: list[UUID]) -> dict[UUID, SeenOpgave]:
    """Those of these opgaven that are there for this reader."""
    meant = _meant_among(session, reader, opgave_ids)
    return {
        opgave_id: seen
        for opgave_id, seen in by_ids(session, opgave_ids).items()
        if may_read(reader, _readable(seen.opgave, is_meant=opgave_id in meant))
    }


def search_open(
    session: Session, reader: Actor, wanted: Search, number: int, today: date
) -> Page[SeenOpgave]:
    """Open opgaven that are meant for the reader and fit.

    What asks the best answered skill comes first, then what closes first; last comes what only
    has the words in its text.
    """
    fitting = _rows().where(_open_for(session, reader, today), *_conditions(wanted))
    order: list[ColumnElement[Any]] = []
    if wanted.text.strip():
        found = _found(wanted)
        fitting = fitting.join(found, found.c.opgave_id == Opgave.id)
        order = [found.c.strength.desc().nulls_last()]
    on_page = page(session, fitting.order_by(*order, Opgave.closes_on, Opgave.id), number)
    return on_page.of([SeenOpgave(*row) for row in on_page.items])


def open_in_network(
    session: Session, coordinator: Actor, codes: Collection[str], today: date, most: int
) -> list[SeenOpgave]:
    """Open opgaven of these gemeenten, the first to close first; of gemeenten that are not in a
    network of the coordinator none.
    """
    may_know = within(coordinator, Right.READ_OPGAVE, Opgave.gemeente_code)
    found = _rows().where(is_open(today), may_know, Opgave.gemeente_code.in_(codes))
    rows = session.execute(found.order_by(Opgave.closes_on, Opgave.id).limit(most))
    return [SeenOpgave(*row) for row in rows]


def newest_public(session: Session, today: date, limit: int) -> list[SeenOpgave]:
    rows = session.execute(
        _rows()
        .where(Opgave.is_public, is_open(today))
        .order_by(Opgave.published_at.desc(), Opgave.id)
        .limit(limit)
    )
    return [SeenOpgave(*row) for row in rows]


def finished(session: Session, reader: Actor, number: int) -> Page[SeenOpgave]:
    """What was brought to an end and is meant for the reader, the last first."""
    done = _rows().where(Opgave.status == OpgaveStatus.DONE, _meant_for(session, reader))
    on_page = page(session, done.order_by(Opgave.ended_at.desc(), Opgave.id), number)
    return on_page.of([SeenOpgave(*row) for row in on_page.items])


def begun_with(session: Session, opgave_id: UUID) -> int:
    """How many opgaven of others began with this one."""
    source = aliased(Opgave)
    others = select(func.count(Opgave.id)).join(source, source.id == Opgave.copied_from)
    of_others = Opgave.gemeente_code != source.gemeente_code
    return session.scalar(others.where(source.id == opgave_id, of_others)) or 0


def of_gemeente(session: Session, gemeente_code: str) -> list[Opgave]:
    """All opgaven of the gemeente, the last changed first."""
    return list(
        session.scalars(
            select(Opgave)
            .where(Opgave.gemeente_code == gemeente_code)
            .options(selectinload(Opgave.skills))
            .order_by(Opgave.changed_at.desc(), Opgave.id)
        )
    )


def by_ids(session: Session, opgave_ids: list[UUID]) -> dict[UUID, SeenOpgave]:
    """These opgaven, for whom the caller knows that they may read them: they match, or are news."""
    rows = session.execute(_rows().where(Opgave.id.in_(opgave_ids)))
    return {row[0].id: SeenOpgave(*row) for row in rows}


def heads(session: Session, opgave_ids: Collection[UUID]) -> dict[UUID, OpgaveHead]:
    """The same opgaven as `by_ids`, in short."""
    opened_at = func.coalesce(Opgave.published_at, Opgave.created_at)
    rows = session.execute(
        select(
            Opgave.id,
            Opgave.title,
            Gemeente.name,
            Opgave.closes_on,
            Opgave.gemeente_code,
            case((Opgave.taken_down_at.is_not(None), opened_at)),
        )
        .join(Gemeente, Gemeente.code == Opgave.gemeente_code)
        .where(Opgave.id.in_(opgave_ids))
    )
    return {row.id: OpgaveHead(*row) for row in rows}


def shared_heads(session: Session, opgave_ids: Collection[UUID]) -> dict[UUID, SharedHead]:
    shown = case((Opgave.taken_down_at.is_not(None), ""), else_=Opgave.title)
    is_away = or_(User.email.endswith(f"@{NOWHERE}"), User.shut_out_at.is_not(None))
    owner = case((is_away, ""), else_=User.name)
    rows = session.execute(
        select(Opgave.id, shown, Opgave.taken_down_at, owner)
        .join(User, User.id == Opgave.owner_id)
        .where(Opgave.id.in_(opgave_ids))
    )
    return {opgave_id: SharedHead(*head) for opgave_id, *head in rows}


def opgave_to_edit(session: Session, editor: Actor, opgave_id: UUID) -> Opgave:
    """The opgave for who may change it; `NotFound` for others, whatever they may read."""
    opgave = session.get(Opgave, opgave_id)
    if opgave is None or not may_edit(editor, opgave.gemeente_code):
        raise NotFound(f"opgave {opgave_id}")
    return opgave


# Of those who can hand over what nobody looks after.
MOST_STAND_INS = 3


def contacts(
    session: Session, reader: Actor, opgave: Opgave, *, works_on_it: bool = False
) -> list[Contact]:
    """Who answers for the opgave, the opgavehouder first; for a visitor nobody. In the place of who
    is kept out stand those who can hand it over.

    Who asks has looked up whether the reader works on it, by a loan that runs.
    """
    if reader.user_id is None:
        return []
    mails = may_mail(reader, opgave.gemeente_code, works_on_it=works_on_it)
    parts = ((opgave.owner_id, Part.OWNER), (opgave.co_owner_id, Part.CO_OWNER))
    known = [(session.get_one(User, user_id), part) for user_id, part in parts if user_id]
    known = [(user, part) for user, part in known if user.shut_out_at is None]
    if not known:
        found = accounts.who_let_in(session, opgave.gemeente_code)[:MOST_STAND_INS]
        known = [(user, Part.BEHEERDER) for user in found]
    return [Contact(user.name, part, user.email if mails else "") for user, part in known]


def draft_of(session: Session, opgave: Opgave) -> OpgaveDraft:
    """The opgave as its writer filled it in."""
    co_owner = session.get(User, opgave.co_owner_id) if opgave.co_owner_id else None
    return OpgaveDraft(
        title=opgave.title,
        kind=opgave.kind,
        text=opgave.text,
        themes=tuple(Theme(theme) for theme in opgave.themes),
        skills=tuple(AskedSkillDraft(s.label, s.must, s.level) for s in opgave.skills),
        hours_per_week=opgave.hours_per_week,
        starts_on=opgave.starts_on,
        ends_on=opgave.ends_on,
        closes_on=opgave.closes_on,
        place=opgave.place,
        people_needed=opgave.people_needed,
        audience=opgave.audience,
        in_return=opgave.in_return,
        atelier=opgave.atelier,
        times=opgave.times,
        colleagues_weeks=opgave.colleagues_weeks,
        is_public=opgave.is_public,
        co_owner_email=co_owner.email if co_owner else "",
        version=opgave.version,
    )


def steps(session: Session, editor: Actor, opgave_id: UUID) -> list[Step]:
    """What happened to the opgave, for who may change it; a step without a person came of itself.

    Only colleagues of the own gemeente are named: of others it tells that they came or left.
    """
    opgave = opgave_to_edit(session, editor, opgave_id)
    facts = facts_of(session, STEPS, opgave_id=opgave.id)
    people = {fact.actor_id for fact in facts if fact.actor_id is not None}
    own = select(User.id, User.name).where(
        User.id.in_(people), User.gemeente_code == opgave.gemeente_code
    )
    names = dict(session.execute(own).all())
    return [
        Step(
            fact.name,
            fact.occurred_at,
            names.get(fact.actor_id, "") if fact.actor_id else "",
            fact.payload,
        )
        for fact in facts
    ]


def handed_over_by(session: Session, opgave_id: UUID, from_id: UUID) -> UUID | None:
    """Who did that last of this opgave of theirs."""
    name = events.OpgaveHandedOver.name
    told = facts_of(session, (name,), opgave_id=opgave_id, from_id=from_id)
    return told[-1].actor_id if told else None


def reviews_opgaven(session: Session, gemeente_code: str) -> bool:
    """Whether somebody looks at the opgaven of this gemeente before they open."""
    choice = session.get(GemeenteChoice, gemeente_code)
    return choice is not None and choice.reviews_opgaven


def in_review(session: Session, gemeente_code: str) -> list[Opgave]:
    """What waits for a gemeentebeheerder, the longest waiting first."""
    found = select(Opgave).where(_waits_in(gemeente_code))
    return list(session.scalars(found.order_by(Opgave.submitted_at, Opgave.id)))


def count_in_review(session: Session, gemeente_code: str) -> int:
    return session.scalar(select(func.count()).where(_waits_in(gemeente_code))) or 0


def reviewers(session: Session, opgave: Opgave) -> list[User]:
    """Who may look at it before it opens: the gemeentebeheerders who did not write it.

    Where there are none, the opgavehouders who did not: nobody judges their own writing, and no
    gemeente waits for ever because it has one gemeentebeheerder.
    """
    return reviewers_of_each(session, opgave.gemeente_code, [opgave])[opgave.id]


def reviewers_of_each(
    session: Session, gemeente_code: str, opgaven: Collection[Opgave]
) -> dict[UUID, list[User]]:
    """As `reviewers`, of several opgaven of one gemeente."""
    if not opgaven:
        return {}
    found = [accounts.with_role(session, role, gemeente_code) for role in REVIEWERS]
    return {one.id: _first_besides({one.owner_id, one.submitted_by}, found) for one in opgaven}


def _first_besides(writers: Collection[UUID | None], found: Iterable[list[User]]) -> list[User]:
    others = ([user for user in users if user.id not in writers] for users in found)
    return next(filter(None, others), [])


def senders_back(
    session: Session, gemeente_code: str, opgave_ids: Collection[UUID]
) -> dict[UUID, str]:
    """By opgave the name of the colleague who sent it back last, as long as they are one."""
    if not opgave_ids:
        return {}
    about = or_(*(OutboxMessage.payload.contains({"opgave_id": str(one)}) for one in opgave_ids))
    found = (
        select(OutboxMessage.payload["opgave_id"].astext, User.name)
        .join(User, User.id == OutboxMessage.actor_id)
        .where(OutboxMessage.name == events.OpgaveSentBack.name, about)
        .where(User.gemeente_code == gemeente_code)
        .order_by(OutboxMessage.id)
    )
    return {UUID(opgave_id): name for opgave_id, name in session.execute(found)}


def who_can_take_over(session: Session, opgave: Opgave) -> list[User]:
    """Colleagues who may look after the opgave, besides who does."""
    return [
        user
        for user in accounts.colleagues(session, opgave.gemeente_code)
        if user.id != opgave.owner_id and not EDITORS.isdisjoint(accounts.roles_of(user))
    ]


def overdue(session: Session, today: date) -> list[UUID]:
    return list(session.scalars(select(Opgave.id).where(_past(today)).order_by(Opgave.id)))


def to_start(session: Session, today: date) -> list[UUID]:
    return list(session.scalars(select(Opgave.id).where(_begins(today)).order_by(Opgave.id)))


def anything_due(today: date) -> ColumnElement[bool]:
    """Whether the day moves an opgave."""
    return exists().where(_past(today)) | exists().where(_begins(today))


def count_open(session: Session, today: date) -> int:
    return session.scalar(select(func.count()).where(is_open(today))) or 0


def count_asking(session: Session, words: Collection[str], today: date) -> int:
    """How many open opgaven ask for a skill in one of these forms, as a search compares them."""
    return session.scalar(select(func.count()).where(is_open(today), _asks(words))) or 0


def meant_for(session: Session, opgave_ids: Collection[UUID]) -> dict[UUID, frozenset[str] | None]:
    """Per opgave the codes of the gemeenten it is meant for, or None for all of them."""
    reader = aliased(Gemeente)
    whole = select(Opgave.id, Opgave.audience).where(Opgave.id.in_(opgave_ids))
    found: dict[UUID, set[str] | None] = {
        opgave_id: None if audience is Audience.EVERYBODY else set()
        for opgave_id, audience in session.execute(whole)
    }
    some = [opgave_id for opgave_id, codes in found.items() if codes is not None]
    pairs = (
        select(Opgave.id, reader.code)
        .join(Gemeente, Gemeente.code == Opgave.gemeente_code)
        .join(reader, is_meant_for(reader.code, reader.province))
        .where(Opgave.id.in_(some))
    )
    for opgave_id, code in session.execute(pairs) if some else ():
        codes = found[opgave_id]
        if codes is not None:
            codes.add(code)
    return {one: None if codes is None else frozenset(codes) for one, codes in found.items()}


def is_meant_for(
    code: SQLColumnExpression[str] | str, province: SQLColumnExpression[str] | str
) -> ColumnElement[bool]:
    """Of an `Opgave` with its `Gemeente`: whether it is meant for this gemeente, in that province.

    The one place that judges an audience.
    """
    return or_(
        Opgave.audience == Audience.EVERYBODY,
        Opgave.gemeente_code == code,
        and_(Opgave.audience == Audience.PROVINCE, Gemeente.province == province),
        and_(
            Opgave.audience == Audience.NETWORK,
            gemeenten.share_network(Opgave.gemeente_code, code, dutch_day(utc_now())),
        ),
    )


def _past(today: date) -> ColumnElement[bool]:
    return and_(Opgave.status.in_(TAKES_ANSWERS), Opgave.closes_on < today)


def _begins(today: date) -> ColumnElement[bool]:
    """Of what has everybody it needs."""
    return and_(Opgave.status == OpgaveStatus.FILLED, Opgave.starts_on <= today)


def _waits_in(gemeente_code: str) -> ColumnElement[bool]:
    return and_(Opgave.gemeente_code == gemeente_code, Opgave.status == OpgaveStatus.REVIEW)


def _rows() -> Select[*Row]:
    return (
        select(Opgave, Gemeente)
        .join(Gemeente, Gemeente.code == Opgave.gemeente_code)
        .options(selectinload(Opgave.skills))
    )


def _readable(opgave: Opgave, *, is_meant: bool) -> Readable:
    return Readable(
        gemeente_code=opgave.gemeente_code,
        status=opgave.status,
        was_published=opgave.published_at is not None,
        is_down=opgave.taken_down_at is not None,
        is_public=opgave.is_public,
        is_meant=is_meant,
    )


def _meant_among(session: Session, reader: Actor, opgave_ids: Collection[UUID]) -> set[UUID]:
    """Those of these that are meant for the gemeente of who reads."""
    found = select(Opgave.id).join(Gemeente, Gemeente.code == Opgave.gemeente_code)
    return set(session.scalars(found.where(Opgave.id.in_(opgave_ids), _meant_for(session, reader))))


def _open_for(session: Session, reader: Actor, today: date) -> ColumnElement[bool]:
    if reader.user_id is None:
        return and_(is_open(today), Opgave.is_public)
    return and_(is_open(today), _meant_for(session, reader))


def _meant_for(session: Session, reader: Actor) -> ColumnElement[bool]:
    home = session.get(Gemeente, reader.gemeente_code) if reader.gemeente_code else None
    return is_meant_for(home.code, home.province) if home else is_meant_for("", "")


def _conditions(wanted: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.theme:
        found.append(Opgave.themes.contains([wanted.theme.value]))
    if wanted.kind:
        found.append(Opgave.kind == wanted.kind)
    if wanted.province:
        found.append(Gemeente.province == wanted.province)
    if wanted.most_hours:
        # A klankbord asks no hours a week.
        few = or_(
            Opgave.hours_per_week <= wanted.most_hours,
            and_(Opgave.kind == Kind.KLANKBORD, Opgave.hours_per_week.is_(None)),
        )
        found.append(few)
    return found


def _found(wanted: Search) -> Subquery:
    """What is found, each once, by the skill that is answered best; or without one, by its text."""
    answer = by_strength(wanted.words)
    by_skill = (
        select(AskedSkill.opgave_id, answer.c.strength)
        .join(answer, answer.c.word == AskedSkill.label_normal)
        .where(is_one_of(AskedSkill.label_normal, wanted.words))
    )
    by_text = select(Opgave.id, null()).where(holds(OPGAVE_WORDS, wanted.text))
    every = union_all(by_skill, by_text).subquery()
    best = func.max(every.c.strength).label("strength")
    return select(every.c.opgave_id, best).group_by(every.c.opgave_id).subquery()


def _asks(words: Collection[str]) -> ColumnElement[bool]:
    return Opgave.skills.any(func.replace(AskedSkill.label_normal, " ", "").in_(words))

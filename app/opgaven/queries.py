"""Reading opgaven: one page, the open ones, those of a gemeente."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.accounts.models import User
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.paging import Page, page
from app.gemeenten.models import Gemeente
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import (
    AskedSkillDraft,
    Audience,
    Kind,
    OpgaveDraft,
    OpgaveStatus,
    Readable,
    may_edit,
    may_read,
)
from app.vocabulary.rules import Theme

MOST_WORDS = 8

Row = tuple[Opgave, Gemeente]


@dataclass(frozen=True)
class SeenOpgave:
    """An opgave with its gemeente. Whoever may read an opgave reads all of it."""

    opgave: Opgave
    gemeente: Gemeente


@dataclass(frozen=True)
class Search:
    """What somebody looks for among open opgaven; empty parts do not count.

    `words` are the forms that the vocabulary's `words_for` gives for what was typed;
    `text` is what was typed, looked for in the title.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    theme: Theme | None = None
    kind: Kind | None = None
    province: str = ""
    most_hours: int | None = None


def is_open(today: date) -> ColumnElement[bool]:
    """Colleagues can still react. What is past its last day is not open, closed yet or not."""
    return and_(Opgave.status == OpgaveStatus.OPEN, Opgave.closes_on >= today)


def seen_opgave(session: Session, reader: Actor, opgave_id: UUID) -> SeenOpgave:
    """The opgave, or `NotFound` when for this reader it does not exist."""
    row = session.execute(_rows().where(Opgave.id == opgave_id)).one_or_none()
    if row is None or not may_read(reader, _readable(session, reader, *row)):
        raise NotFound(f"opgave {opgave_id}")
    return SeenOpgave(*row)


def search_open(
    session: Session, reader: Actor, wanted: Search, number: int, today: date
) -> Page[SeenOpgave]:
    """Open opgaven that are meant for the reader and fit; those that close first come first."""
    fitting = _rows().where(_open_for(session, reader, today), *_conditions(wanted))
    found = page(session, fitting.order_by(Opgave.closes_on, Opgave.id), number)
    return found.of([SeenOpgave(*row) for row in found.items])


def newest_public(session: Session, today: date, limit: int) -> list[SeenOpgave]:
    rows = session.execute(
        _rows()
        .where(Opgave.is_public, is_open(today))
        .order_by(Opgave.published_at.desc(), Opgave.id)
        .limit(limit)
    )
    return [SeenOpgave(*row) for row in rows]


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


def opgave_to_edit(session: Session, editor: Actor, opgave_id: UUID) -> Opgave:
    """The opgave for who may change it; `NotFound` for others, whatever they may read."""
    opgave = session.get(Opgave, opgave_id)
    if opgave is None or not may_edit(editor, opgave.gemeente_code):
        raise NotFound(f"opgave {opgave_id}")
    return opgave


def contacts(session: Session, opgave: Opgave) -> list[User]:
    """Who answers for the opgave: the opgavehouder first."""
    known = [user_id for user_id in (opgave.owner_id, opgave.co_owner_id) if user_id is not None]
    return [session.get_one(User, user_id) for user_id in known]


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
        is_public=opgave.is_public,
        co_owner_email=co_owner.email if co_owner else "",
        version=opgave.version,
    )


def overdue(session: Session, today: date) -> list[UUID]:
    return list(
        session.scalars(
            select(Opgave.id)
            .where(Opgave.status == OpgaveStatus.OPEN, Opgave.closes_on < today)
            .order_by(Opgave.id)
        )
    )


def count_open(session: Session, today: date) -> int:
    return session.scalar(select(func.count()).where(is_open(today))) or 0


def count_asking(session: Session, words: Collection[str], today: date) -> int:
    """How many open opgaven ask for a skill in one of these forms, as a search compares them."""
    return session.scalar(select(func.count()).where(is_open(today), _asks(words))) or 0


def province_of(session: Session, actor: Actor) -> str:
    gemeente = session.get(Gemeente, actor.gemeente_code) if actor.gemeente_code else None
    return gemeente.province if gemeente else ""


def _rows() -> Select[*Row]:
    return (
        select(Opgave, Gemeente)
        .join(Gemeente, Gemeente.code == Opgave.gemeente_code)
        .options(selectinload(Opgave.skills))
    )


def _readable(session: Session, reader: Actor, opgave: Opgave, gemeente: Gemeente) -> Readable:
    return Readable(
        gemeente_code=opgave.gemeente_code,
        status=opgave.status,
        was_published=opgave.published_at is not None,
        audience=opgave.audience,
        is_public=opgave.is_public,
        province=gemeente.province,
        reader_province=province_of(session, reader),
    )


def _open_for(session: Session, reader: Actor, today: date) -> ColumnElement[bool]:
    if reader.user_id is None:
        return and_(is_open(today), Opgave.is_public)
    meant = or_(
        Opgave.audience == Audience.EVERYBODY,
        Gemeente.province == province_of(session, reader),
    )
    return and_(is_open(today), meant)


def _conditions(wanted: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.theme:
        found.append(Opgave.themes.contains([wanted.theme.value]))
    if wanted.kind:
        found.append(Opgave.kind == wanted.kind)
    if wanted.province:
        found.append(Gemeente.province == wanted.province)
    if wanted.most_hours:
        found.append(Opgave.hours_per_week <= wanted.most_hours)
    typed = wanted.text.split()[:MOST_WORDS]
    if typed:
        in_title = and_(*(Opgave.title.icontains(word, autoescape=True) for word in typed))
        found.append(or_(in_title, _asks(wanted.words)))
    return found


def _asks(words: Collection[str]) -> ColumnElement[bool]:
    return Opgave.skills.any(func.replace(AskedSkill.label_normal, " ", "").in_(words))

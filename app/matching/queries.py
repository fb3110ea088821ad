"""Rows to facts for the core; and the matches of a person or an opgave for who may see them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Uuid,
    and_,
    any_,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.models import User
from app.core import jobs
from app.core.actor import Actor
from app.gemeenten.models import Gemeente
from app.matching import disputes
from app.matching.core.disputes import with_disputes
from app.matching.core.facts import (
    AskedSkill,
    OfferedSkill,
    OpgaveFacts,
    Position,
    ProfileFacts,
    Reason,
    Score,
    Window,
)
from app.matching.core.proposals import MOST_PROPOSED, Proposal, names_of
from app.matching.core.proposals import proposals as proposals_in
from app.matching.core.rank import BEST_KEPT
from app.matching.core.same import Written
from app.matching.core.search import Search, search_state, still_holds, told_with
from app.matching.core.vocabulary import Vocabulary
from app.matching.events import DisputeWithdrawn, ReasonDisputed
from app.matching.models import Match, NightlyRun
from app.opgaven import queries as opgaven
from app.opgaven.events import OpgaveChanged, OpgavePublished
from app.opgaven.models import AskedSkill as AskedRow
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import FOR_LEARNING, may_edit
from app.people import queries as people
from app.people.events import ProfileChanged
from app.people.models import Profile, Skill
from app.people.models import Window as WindowRow
from app.people.rules import Direction, ProfileState
from app.people.visibility import SeenProfile
from app.vocabulary import queries as vocabulary_queries
from app.vocabulary.rules import ConceptFacts

Built = TypeVar("Built")
Made = TypeVar("Made")

_vocabularies: dict[UUID, Vocabulary] = {}


class Scored(Protocol):
    """A match, or as much of its row as says how well the two fit."""

    @property
    def profile_id(self) -> UUID: ...
    @property
    def opgave_id(self) -> UUID: ...
    @property
    def value(self) -> int: ...
    @property
    def tier(self) -> int: ...
    @property
    def reasons(self) -> list[Any]: ...


class ScoreRow(NamedTuple):
    """The same, read without the rest of the match."""

    profile_id: UUID
    opgave_id: UUID
    value: int
    tier: int
    reasons: list[Any]


@dataclass(frozen=True)
class OpgaveMatch:
    """A match as the professional sees it."""

    seen: SeenOpgave
    score: Score


@dataclass(frozen=True)
class ProfileMatch:
    """A match as the opgavehouder sees it."""

    profile: SeenProfile
    score: Score


def vocabulary(session: Session) -> Vocabulary:
    """The words as the core compares them; built anew only when they changed."""
    return _current(
        session,
        _vocabularies,
        lambda concepts: Vocabulary(concepts, vocabulary_queries.different_pairs(session)),
    )


def proposals(session: Session, text: str, known: Iterable[str]) -> list[Proposal]:
    """The concepts that a text speaks of, by their label, without those of the known labels."""
    words = vocabulary(session)
    named = {words.concept_of(label) for label in known}
    found = proposals_in(text, names_of(words), MOST_PROPOSED + len(named))
    new = [proposal for proposal in found if proposal.concept_id not in named][:MOST_PROPOSED]
    labels = vocabulary_queries.labels_of(session, [proposal.concept_id for proposal in new])
    return [replace(proposal, label=labels[proposal.concept_id]) for proposal in new]


def _current(
    session: Session, kept: dict[UUID, Built], build: Callable[[list[ConceptFacts]], Built]
) -> Built:
    """What is built from the words as they are now; one per process, until they change."""
    version = vocabulary_queries.version(session)
    if version is None:
        return build([])
    # Looked up once: another thread may meanwhile put a newer one in its place.
    built = kept.get(version)
    if built is None:
        built = build(vocabulary_queries.concept_facts(session))
        kept.clear()
        kept[version] = built
    return built


def opgave_facts(
    session: Session, today: date, opgave_ids: Iterable[UUID] | None = None
) -> list[OpgaveFacts]:
    """Facts of open opgaven: these, or all; in the order of their ids."""
    wanted = opgaven.is_open(today)
    if opgave_ids is not None:
        wanted = and_(wanted, _among(Opgave.id, opgave_ids))
    rows = session.execute(
        select(
            Opgave.id,
            Opgave.gemeente_code,
            Opgave.kind,
            Opgave.hours_per_week,
            Opgave.starts_on,
            Opgave.ends_on,
            Opgave.place,
            Gemeente.latitude,
            Gemeente.longitude,
        )
        .join(Gemeente, Gemeente.code == Opgave.gemeente_code)
        .where(wanted)
        .order_by(Opgave.id)
    ).all()
    asked = session.execute(
        select(AskedRow.opgave_id, AskedRow.label, AskedRow.must, AskedRow.level)
        .join(Opgave, Opgave.id == AskedRow.opgave_id)
        .where(wanted)
        .order_by(AskedRow.opgave_id, AskedRow.place)
    )
    skills = _by_first(asked, AskedSkill)
    # An open opgave is complete: the database refuses one without hours and period.
    return [
        OpgaveFacts(
            id=row.id,
            gemeente_code=row.gemeente_code,
            for_learning=row.kind in FOR_LEARNING,
            skills=skills.get(row.id, ()),
            hours_per_week=row.hours_per_week or 0,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            place=row.place,
            position=Position(row.latitude, row.longitude),
        )
        for row in rows
    ]


def profile_facts(session: Session, user_ids: Iterable[UUID] | None = None) -> list[ProfileFacts]:
    """Facts of published profiles: these, or all; in the order of their ids."""
    wanted = Profile.state == ProfileState.PUBLISHED
    if user_ids is not None:
        wanted = and_(wanted, _among(Profile.user_id, user_ids))
    rows = session.execute(
        select(
            Profile.user_id,
            Profile.travel_km,
            Profile.remote,
            Gemeente.code,
            Gemeente.latitude,
            Gemeente.longitude,
        )
        .join(User, User.id == Profile.user_id)
        .join(Gemeente, Gemeente.code == User.gemeente_code)
        .where(wanted)
        .order_by(Profile.user_id)
    ).all()
    offered = session.execute(
        select(Skill.user_id, Skill.label, Skill.level, Skill.energy, Skill.direction)
        .join(Profile, Profile.user_id == Skill.user_id)
        .where(wanted)
        .order_by(Skill.user_id, Skill.place)
    )
    free = session.execute(
        select(WindowRow.user_id, WindowRow.hours_per_week, WindowRow.starts_on, WindowRow.ends_on)
        .join(Profile, Profile.user_id == WindowRow.user_id)
        .where(wanted)
        .order_by(WindowRow.user_id, WindowRow.place)
    )
    skills, windows = _by_first(offered, _offered_skill), _by_first(free, Window)
    said = disputes.standing_of(session, user_ids)
    words = vocabulary(session) if said else Vocabulary()
    return [
        ProfileFacts(
            id=row.user_id,
            gemeente_code=row.code,
            skills=with_disputes(skills.get(row.user_id, ()), said.get(row.user_id, ()), words),
            windows=windows.get(row.user_id, ()),
            travel_km=row.travel_km,
            remote=row.remote,
            position=Position(row.latitude, row.longitude),
            disputes=said.get(row.user_id, ()),
        )
        for row in rows
    ]


def writings(session: Session, opgave_ids: Iterable[UUID] | None = None) -> dict[UUID, Written]:
    """What was written of opgaven that came out and were not taken back: these, or all."""
    wanted = opgaven.came_out()
    if opgave_ids is not None:
        wanted = and_(wanted, _among(Opgave.id, opgave_ids))
    rows = session.execute(
        select(Opgave.id, Opgave.title, Opgave.text).where(wanted).order_by(Opgave.id)
    ).all()
    asked = session.execute(
        select(AskedRow.opgave_id, AskedRow.label)
        .join(Opgave, Opgave.id == AskedRow.opgave_id)
        .where(wanted)
        .order_by(AskedRow.opgave_id, AskedRow.place)
    )
    skills = _by_first(asked, str)
    return {row.id: Written(row.title, row.text, skills.get(row.id, ())) for row in rows}


def stored_matches_of_person(
    session: Session, viewer: Actor, today: date, limit: int = BEST_KEPT
) -> list[OpgaveMatch]:
    """What workers found for the viewer and still holds, best first."""
    rows = session.scalars(
        _best_first()
        .join(Opgave, Opgave.id == Match.opgave_id)
        .where(Match.profile_id == viewer.user_id, opgaven.is_open(today))
        .limit(limit)
    ).all()
    seen = opgaven.seen_opgaven(session, viewer, [row.opgave_id for row in rows])
    profile = people.own_profile(session, viewer.user_id) if viewer.user_id else None
    offered = profile.skills if profile else []
    found = [
        OpgaveMatch(seen[row.opgave_id], score_of(row)) for row in rows if row.opgave_id in seen
    ]
    return [one for one in found if still_holds(one.score, offered, one.seen.opgave.skills)]


def matches_of_opgave(
    session: Session, viewer: Actor, opgave_id: UUID, today: date, limit: int = BEST_KEPT
) -> list[ProfileMatch]:
    """Colleagues who fit the opgave and whom the viewer may know of, best first."""
    # Of a popular opgave thousands are stored, each among the best of somebody.
    rows = session.scalars(
        _best_first()
        .join(Profile, Profile.user_id == Match.profile_id)
        .join(User, User.id == Profile.user_id)
        .where(Match.opgave_id == opgave_id, people.known_to(viewer))
        .limit(limit)
    ).all()
    seen = people.seen_profiles(session, viewer, [row.profile_id for row in rows], today)
    asked = session.get_one(Opgave, opgave_id).skills
    offered = people.skills_of(session, seen)
    known = ((seen[row.profile_id], score_of(row)) for row in rows if row.profile_id in seen)
    return [
        ProfileMatch(profile, as_told(score, profile))
        for profile, score in known
        if still_holds(score, offered[profile.user_id], asked)
    ]


def as_told(score: Score, colleague: SeenProfile) -> Score:
    """How a colleague fits, for who sees them so: a card hides some words of its owner."""
    return score if colleague.is_named else told_with(score, colleague.skills)


def counts_of_opgaven(
    session: Session,
    viewer: Actor,
    opgave_ids: Sequence[UUID],
    besides: Collection[tuple[UUID, UUID]] = (),
) -> dict[UUID, int]:
    """Per opgave how many colleagues fit of whom the viewer may know, `besides` these.

    Those are pairs of an opgave and a colleague.
    """
    rows = session.execute(
        select(Match.opgave_id, func.count())
        .join(Profile, Profile.user_id == Match.profile_id)
        .join(User, User.id == Profile.user_id)
        .where(
            Match.opgave_id.in_(opgave_ids),
            people.known_to(viewer),
            tuple_(Match.opgave_id, Match.profile_id).not_in(besides),
        )
        .group_by(Match.opgave_id)
    )
    return dict(rows.all())


def search_for_person(session: Session, user_id: UUID, now: datetime) -> Search:
    """Whether opgaven for this person are still being looked for."""
    told = [ProfileChanged.name, ReasonDisputed.name, DisputeWithdrawn.name]
    return search_state(jobs.waiting_since(session, told, user_id=user_id), now)


def search_for_opgave(session: Session, opgave_id: UUID, now: datetime) -> Search:
    """Whether colleagues for this opgave are still being looked for."""
    told = [OpgavePublished.name, OpgaveChanged.name]
    return search_state(jobs.waiting_since(session, told, opgave_id=opgave_id), now)


def last_night(session: Session) -> NightlyRun | None:
    """The last night in which everything was compared anew."""
    return session.scalar(select(NightlyRun).order_by(NightlyRun.night.desc()).limit(1))


def has_match_with(
    session: Session, viewer: Actor, user_id: UUID, today: date, *, as_contact: bool = False
) -> bool:
    """Whether this colleague fits an open opgave that the viewer looks after.

    With `as_contact` only opgaven count on which colleagues read the viewer's own name.
    """
    if viewer.gemeente_code is None or not may_edit(viewer, viewer.gemeente_code):
        return False
    found = (
        select(Match.opgave_id)
        .join(Opgave, Opgave.id == Match.opgave_id)
        .where(
            Match.profile_id == user_id,
            Opgave.gemeente_code == viewer.gemeente_code,
            opgaven.is_open(today),
        )
        .limit(1)
    )
    if as_contact:
        found = found.where(
            or_(Opgave.owner_id == viewer.user_id, Opgave.co_owner_id == viewer.user_id)
        )
    return session.scalar(found) is not None


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Match)) or 0


def score_of(row: Scored) -> Score:
    reasons = tuple(Reason.of_plain(reason) for reason in row.reasons)
    return Score(row.profile_id, row.opgave_id, row.value, row.tier, reasons)


def _best_first() -> Select[Match]:
    return select(Match).order_by(Match.tier, Match.value.desc(), Match.profile_id, Match.opgave_id)


def _offered_skill(label: str, level: int, energy: int, direction: Direction) -> OfferedSkill:
    return OfferedSkill(label, level, energy, direction is Direction.WANTS)


def _by_first(
    rows: Iterable[Row[UUID, *tuple[Any, ...]]], make: Callable[..., Made]
) -> dict[UUID, tuple[Made, ...]]:
    """Rows grouped by their first column, each made of the others."""
    found: dict[UUID, list[Made]] = {}
    for first, *others in rows:
        found.setdefault(first, []).append(make(*others))
    return {first: tuple(made) for first, made in found.items()}


def _among(column: InstrumentedAttribute[UUID], ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Whether the column is one of these, however many they are: one parameter holds them all."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))

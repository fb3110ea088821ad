"""Reading profiles; what leaves for a page has gone through `visibility`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    Subquery,
    Text,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, selectinload

from app.accounts.models import User
from app.core.actor import Actor
from app.core.clock import dutch_day, utc_now
from app.core.errors import NotFound
from app.core.finding import by_strength, holds, is_one_of
from app.core.paging import Page, page
from app.gemeenten import queries as gemeenten
from app.gemeenten.models import Gemeente
from app.people.models import OWN_WORDS, Consent, Evidence, Profile, Skill, Window
from app.people.rules import (
    Direction,
    Movement,
    Part,
    ProfileDraft,
    ProfileState,
    SkillDraft,
    Visibility,
    WindowDraft,
    shown_to,
)
from app.people.visibility import (
    ELSEWHERE,
    OWN_PHRASES_ON_CARD,
    SOMEBODY,
    Previews,
    Relation,
    SeenEvidence,
    SeenProfile,
    SeenSkill,
    WholeProfile,
    least_of_band,
    most_of,
    previews_of,
    seen_by,
    tiers_in_full,
    visible_tiers,
)
from app.vocabulary.models import ConceptName
from app.vocabulary.rules import Theme

# With those of the skills that our vocabulary has, by their label, and the gemeenten that are in a
# network with the own one.
Row = tuple[Profile, User, Gemeente, list[str] | None, Sequence[str]]
# Stands for any gemeente.
HERE = "here"


@dataclass(frozen=True)
class Search:
    """What somebody looks for among colleagues; empty parts do not count.

    `text` is what was typed, looked for where the viewer may read what people write of themselves;
    `words` are the comparable words that answer it as a skill, and how well each does.
    """

    text: str = ""
    words: Mapping[str, int] = field(default_factory=dict)
    theme: Theme | None = None
    movement: Movement | None = None
    province: str = ""
    least_hours: int | None = None


def own_profile(session: Session, user_id: UUID) -> Profile | None:
    return session.get(Profile, user_id)


def draft_of(profile: Profile) -> ProfileDraft:
    """The profile as its writer filled it in."""
    return ProfileDraft(
        function=profile.function,
        headline=profile.headline,
        about=profile.about,
        themes=tuple(Theme(theme) for theme in profile.themes),
        movement=tuple(Movement(role) for role in profile.movement),
        skills=tuple(_skill_draft(skill) for skill in profile.skills),
        windows=tuple(_window_draft(window) for window in profile.windows),
        travel_km=profile.travel_km,
        remote=profile.remote,
        visibility=profile.visibility,
        words_shown_to=profile.words_shown_to,
        times_shown_to=profile.times_shown_to,
        confirmed_shown_to=profile.confirmed_shown_to,
        contact_shown_to=profile.contact_shown_to,
        version=profile.version,
    )


def parts_of(profile: Profile) -> dict[Part, Visibility]:
    """To whom each part is shown, of those who may see the name."""
    return {part: getattr(profile, shown_to(part)) for part in Part}


def standing_consent(session: Session, user_id: UUID) -> Consent | None:
    """With what this person agrees today."""
    found = select(Consent).where(Consent.user_id == user_id, Consent.withdrawn_at.is_(None))
    return session.scalar(found)


def seen_profile(session: Session, viewer: Actor, user_id: UUID, today: date) -> SeenProfile:
    """The profile as the viewer may see it; `NotFound` when for them it does not exist."""
    row = session.execute(_rows(today).where(Profile.user_id == user_id)).one_or_none()
    seen = seen_by(viewer, _whole(row), today) if row else None
    if seen is None:
        raise NotFound(f"profile {user_id}")
    return seen


def previews(session: Session, owner: Actor, today: date) -> Previews:
    """How others would see the owner's profile; `NotFound` while there is none."""
    row = session.execute(_rows(today).where(Profile.user_id == owner.user_id)).one_or_none()
    if row is None:
        raise NotFound("own profile")
    return previews_of(_whole(row), today)


def seen_by_most(session: Session, user_id: UUID, today: date) -> SeenProfile | None:
    """What any colleague may see of somebody's profile, for who judges what was reported of it."""
    row = session.execute(_rows(today).where(Profile.user_id == user_id)).one()
    return most_of(_whole(row), today)


def names_by_most(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The same of many: what who sees most of each reads as its name, if anybody sees it."""
    today = dutch_day(utc_now())
    rows = session.execute(_in_short(today).where(Profile.user_id.in_(list(user_ids))))
    found = {row.id: most_of(_whole_in_short(row), date.min) for row in rows}
    return {user_id: seen.display_name for user_id, seen in found.items() if seen}


def seen_profiles(
    session: Session,
    viewer: Actor,
    user_ids: Iterable[UUID],
    today: date,
    relation: Relation = Relation.NONE,
) -> dict[UUID, SeenProfile]:
    """Of these people, those whom the viewer may know of."""
    rows = session.execute(_rows(today).where(Profile.user_id.in_(list(user_ids))))
    seen = (seen_by(viewer, _whole(row), today, relation) for row in rows)
    return {profile.user_id: profile for profile in seen if profile is not None}


def skills_of(session: Session, user_ids: Collection[UUID]) -> dict[UUID, list[Skill]]:
    """All skills of these, whoever may see them: to judge by, not to show."""
    found: dict[UUID, list[Skill]] = {user_id: [] for user_id in user_ids}
    for skill in session.scalars(select(Skill).where(Skill.user_id.in_(found))):
        found[skill.user_id].append(skill)
    return found


def seen_in_short(
    session: Session,
    looked_at: Iterable[tuple[Actor, UUID, Relation]],
    today: date,
) -> dict[tuple[UUID | None, UUID, Relation], SeenProfile]:
    """Who each of these colleagues is for who looks at them, and nothing else of the profile."""
    looked_at = list(looked_at)
    user_ids = {user_id for _, user_id, _ in looked_at}
    rows = session.execute(_in_short(today).where(Profile.user_id.in_(user_ids)))
    wholes = {whole.user_id: whole for whole in map(_whole_in_short, rows)}
    seen = {
        (viewer.user_id, user_id, relation): seen_by(viewer, wholes[user_id], today, relation)
        for viewer, user_id, relation in looked_at
        if user_id in wholes
    }
    return {which: profile for which, profile in seen.items() if profile is not None}


def search(
    session: Session, viewer: Actor, wanted: Search, number: int, today: date
) -> Page[SeenProfile]:
    """Colleagues whom the viewer may know of and who fit.

    Whose skill answers best comes first, then who gets most energy from it; last come those who
    only write of it. Of those who are alike the order is another one for each reader and each day:
    by its place a card without a name would be known again.
    """
    fitting = _rows(today).where(known_to(viewer), *_conditions(wanted, today))
    if wanted.text.strip():
        found = _found(viewer, wanted, today)
        fitting = fitting.join(found, found.c.user_id == Profile.user_id)
        order = [found.c.strength.desc().nulls_last(), found.c.can.desc(), found.c.energy.desc()]
    else:
        energy = _most_energy()
        fitting = fitting.outerjoin(energy, energy.c.user_id == Profile.user_id)
        order = [energy.c.most.desc().nulls_last()]
    by_chance = _by_chance(viewer, today)
    on_page = page(session, fitting.order_by(*order, by_chance, Profile.user_id), number)
    seen = [seen_by(viewer, _whole(row), today) for row in on_page.items]
    return on_page.of([profile for profile in seen if profile is not None])


def count_published(session: Session) -> int:
    return session.scalar(select(func.count()).where(Profile.state == ProfileState.PUBLISHED)) or 0


def count_offering(session: Session, words: Collection[str]) -> int:
    """How many published profiles have a skill in one of these forms, as a search compares them."""
    offering = select(func.count()).where(Profile.state == ProfileState.PUBLISHED, _offers(words))
    return session.scalar(offering) or 0


def _rows(today: date) -> Select[*Row]:
    listed = _labels(_is_listed(Skill)).label("listed")
    return (
        select(Profile, User, Gemeente, listed, _peers(today))
        .join(User, User.id == Profile.user_id)
        .join(Gemeente, Gemeente.code == User.gemeente_code)
        .options(
            selectinload(Profile.skills),
            selectinload(Profile.windows),
            selectinload(Profile.confirmed),
        )
    )


def _peers(today: date) -> ColumnElement[Sequence[str]]:
    return func.array(
        gemeenten.peers_of(Gemeente.code, today).scalar_subquery(), type_=ARRAY(Text)
    ).label("peers")


def _in_short(today: date) -> Select[*tuple[Any, ...]]:
    who = User.id, User.name, User.email
    where = Gemeente.code, Gemeente.name.label("gemeente_name"), Gemeente.province
    return (
        select(*who, *where, Profile.state, Profile.visibility, _card_labels(), _peers(today))
        .join(Profile, Profile.user_id == User.id)
        .join(Gemeente, Gemeente.code == User.gemeente_code)
    )


def _card_labels() -> ColumnElement[list[str] | None]:
    """The skills of a card without a name; nothing for who shows everybody their name."""
    may_be_card = Profile.visibility.not_in(ELSEWHERE)
    return case((may_be_card, _labels(_is_on_card()))).label("card_labels")


def _labels(which: ColumnElement[bool]) -> ScalarSelect[list[str] | None]:
    """Of a profile the labels of these skills."""
    labels = select(func.array_agg(Skill.label)).where(Skill.user_id == Profile.user_id, which)
    return labels.correlate(Profile).scalar_subquery()


def _whole_in_short(row: Any) -> WholeProfile:
    """Only who it is and what a card names; the rest is as with nothing filled in."""
    labels = tuple(row.card_labels or ())
    return WholeProfile(
        user_id=row.id,
        name=row.name,
        email=row.email,
        gemeente_code=row.code,
        gemeente_name=row.gemeente_name,
        province=row.province,
        state=row.state,
        visibility=row.visibility,
        function="",
        headline="",
        about="",
        themes=(),
        movement=(),
        skills=tuple(SeenSkill(label, 0, 0, Direction.CAN) for label in labels),
        windows=(),
        travel_km=0,
        remote=False,
        parts=dict.fromkeys(Part, Visibility.HIDDEN),
        listed=frozenset(labels),
        peers=frozenset(row.peers),
    )


def known_to(viewer: Actor) -> ColumnElement[bool]:
    """The same rule as `seen_by`, for the database: both ask `visible_tiers`."""
    home = viewer.gemeente_code or ""
    return _shown_in(home, visible_tiers(viewer, home), visible_tiers(viewer, ""))


def known_from(home: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """`known_to` for readers in the database, each from a gemeente of their own."""
    anybody = Actor(SOMEBODY, HERE)
    return _shown_in(home, visible_tiers(anybody, HERE), visible_tiers(anybody, ""))


def _is_listed(skill: type[Skill]) -> ColumnElement[bool]:
    return exists().where(ConceptName.normal == skill.label_normal).correlate(skill)


def _is_on_card() -> ColumnElement[bool]:
    """Whether a card without a name shows the skill: all of the vocabulary, and few others."""
    earlier = aliased(Skill)
    before = select(func.count()).where(
        earlier.user_id == Skill.user_id, earlier.place < Skill.place, ~_is_listed(earlier)
    )
    few = before.correlate(Skill).scalar_subquery() < OWN_PHRASES_ON_CARD
    return or_(_is_listed(Skill), few)


def _reads(
    viewer: Actor, today: date, *parts: InstrumentedAttribute[Visibility]
) -> ColumnElement[bool]:
    """Whether the viewer may see who it is, and these parts; both ask `tiers_in_full`."""
    home = viewer.gemeente_code or ""
    is_peer = User.gemeente_code.in_(gemeenten.peers_of(home, today))

    def has(tiers: Collection[Visibility]) -> ColumnElement[bool]:
        return and_(*(tier.in_(tiers) for tier in (Profile.visibility, *parts)))

    named = case(
        (User.gemeente_code == home, has(tiers_in_full(viewer, home))),
        (is_peer, has(tiers_in_full(viewer, "", is_peer=True))),
        else_=has(tiers_in_full(viewer, "")),
    )
    return and_(Profile.state == ProfileState.PUBLISHED, named)


def _shown_in(
    home: str | SQLColumnExpression[str],
    tiers_at_home: tuple[Visibility, ...],
    tiers_elsewhere: tuple[Visibility, ...],
) -> ColumnElement[bool]:
    at_home = and_(User.gemeente_code == home, Profile.visibility.in_(tiers_at_home))
    elsewhere = and_(User.gemeente_code != home, Profile.visibility.in_(tiers_elsewhere))
    return and_(Profile.state == ProfileState.PUBLISHED, or_(at_home, elsewhere))


def _conditions(wanted: Search, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.theme:
        found.append(Profile.themes.contains([wanted.theme.value]))
    if wanted.movement:
        found.append(Profile.movement.contains([wanted.movement.value]))
    if wanted.province:
        found.append(Gemeente.province == wanted.province)
    if wanted.least_hours:
        found.append(_has_hours(wanted.least_hours, today))
    return found


def _has_hours(least: int, today: date) -> ColumnElement[bool]:
    """In bands for everybody: from the hours of a card without a name no more can be learnt."""
    still = or_(Window.ends_on.is_(None), Window.ends_on >= today)
    return Profile.windows.any(and_(Window.hours_per_week >= least_of_band(least), still))


def _found(viewer: Actor, wanted: Search, today: date) -> Subquery:
    """Who is found, each once, by the skill that answers best; or without one, by their text."""
    answer = by_strength(wanted.words)
    can = (Skill.direction == Direction.CAN).label("can")
    by_skill = (
        select(Skill.user_id, answer.c.strength, can, Skill.energy)
        .join(answer, answer.c.word == Skill.label_normal)
        .where(is_one_of(Skill.label_normal, wanted.words), _may_be_found_by(viewer, wanted, today))
    )
    by_text = (
        select(Profile.user_id, null(), false(), null())
        .join(User, User.id == Profile.user_id)
        .where(_reads(viewer, today, Profile.words_shown_to), holds(OWN_WORDS, wanted.text))
    )
    every = union_all(by_skill, by_text).subquery()
    best = every.c.strength.desc().nulls_last(), every.c.can.desc(), every.c.energy.desc()
    once = select(every).ext(distinct_on(every.c.user_id)).order_by(every.c.user_id, *best)
    return once.subquery()


def _may_be_found_by(viewer: Actor, wanted: Search, today: date) -> ColumnElement[bool]:
    """Whether the skill is one that the viewer may read; of listed words that is known at once."""
    listed = select(ConceptName.normal).where(is_one_of(ConceptName.normal, wanted.words))
    in_full = (
        exists()
        .where(Profile.user_id == Skill.user_id, User.id == Skill.user_id)
        .where(_reads(viewer, today))
        .correlate(Skill)
    )
    return or_(Skill.label_normal.in_(listed), in_full, _is_on_card())


def _by_chance(viewer: Actor, today: date) -> ColumnElement[int]:
    seed = blake2b(f"{viewer.user_id} {today}".encode(), digest_size=8).digest()
    number = literal(int.from_bytes(seed, signed=True), BigInteger)
    return func.uuid_hash_extended(Profile.user_id, number)


def _most_energy() -> Subquery:
    most = func.max(Skill.energy).label("most")
    return select(Skill.user_id, most).group_by(Skill.user_id).subquery()


def _offers(words: Collection[str]) -> ColumnElement[bool]:
    return Profile.skills.any(func.replace(Skill.label_normal, " ", "").in_(words))


def _whole(row: Row) -> WholeProfile:
    profile, user, gemeente, listed, peers = row
    return WholeProfile(
        user_id=user.id,
        name=user.name,
        email=user.email,
        gemeente_code=gemeente.code,
        gemeente_name=gemeente.name,
        province=gemeente.province,
        state=profile.state,
        visibility=profile.visibility,
        function=profile.function,
        headline=profile.headline,
        about=profile.about,
        themes=tuple(Theme(theme) for theme in profile.themes),
        movement=tuple(Movement(role) for role in profile.movement),
        skills=tuple(_seen_skill(skill) for skill in profile.skills),
        windows=tuple(_window_draft(window) for window in profile.windows),
        travel_km=profile.travel_km,
        remote=profile.remote,
        parts=parts_of(profile),
        confirmed=tuple(_seen_evidence(one) for one in profile.confirmed),
        listed=frozenset(listed or ()),
        peers=frozenset(peers),
    )


def _seen_evidence(one: Evidence) -> SeenEvidence:
    return SeenEvidence(one.id, one.label, one.gemeente_name, one.month, one.is_hidden)


def _seen_skill(skill: Skill) -> SeenSkill:
    return SeenSkill(
        skill.label, skill.level, skill.energy, skill.direction, skill.years, skill.evidence
    )


def _skill_draft(skill: Skill) -> SkillDraft:
    return SkillDraft(
        skill.label, skill.level, skill.years, skill.energy, skill.direction, skill.evidence
    )


def _window_draft(window: Window) -> WindowDraft:
    return WindowDraft(window.hours_per_week, window.starts_on, window.ends_on)

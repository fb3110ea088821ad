"""Reading profiles; what leaves for a page has gone through `visibility`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.accounts.models import User
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.paging import Page, page
from app.gemeenten.models import Gemeente
from app.people.models import Profile, Skill, Window
from app.people.rules import (
    Movement,
    ProfileDraft,
    ProfileState,
    SkillDraft,
    WindowDraft,
)
from app.people.visibility import (
    Previews,
    SeenProfile,
    SeenSkill,
    WholeProfile,
    previews_of,
    seen_by,
    visible_tiers,
)
from app.vocabulary.rules import Theme, normalise, squeezed

Row = tuple[Profile, User, Gemeente]


@dataclass(frozen=True)
class Search:
    """What somebody looks for among colleagues; empty parts do not count.

    `words` are the forms that the vocabulary's `words_for` gives for the skill that was asked for.
    """

    words: tuple[str, ...] = ()
    theme: Theme | None = None
    movement: Movement | None = None
    province: str = ""


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
        version=profile.version,
    )


def seen_profile(session: Session, viewer: Actor, user_id: UUID, today: date) -> SeenProfile:
    """The profile as the viewer may see it; `NotFound` when for them it does not exist."""
    row = session.execute(_rows().where(Profile.user_id == user_id)).one_or_none()
    seen = seen_by(viewer, _whole(row), today) if row else None
    if seen is None:
        raise NotFound(f"profile {user_id}")
    return seen


def previews(session: Session, owner: Actor, today: date) -> Previews:
    """How others would see the owner's profile; `NotFound` while there is none."""
    row = session.execute(_rows().where(Profile.user_id == owner.user_id)).one_or_none()
    if row is None:
        raise NotFound("own profile")
    return previews_of(_whole(row), today)


def seen_profiles(
    session: Session, viewer: Actor, user_ids: Iterable[UUID], today: date
) -> dict[UUID, SeenProfile]:
    """Of these people, those whom the viewer may know of."""
    rows = session.execute(_rows().where(Profile.user_id.in_(list(user_ids))))
    seen = (seen_by(viewer, _whole(row), today) for row in rows)
    return {profile.user_id: profile for profile in seen if profile is not None}


def search(
    session: Session, viewer: Actor, wanted: Search, number: int, today: date
) -> Page[SeenProfile]:
    """Colleagues whom the viewer may know of and who fit; those with most energy first."""
    fitting = _rows().where(known_to(viewer), *_conditions(wanted))
    energy = (
        select(func.max(Skill.energy))
        .where(Skill.user_id == Profile.user_id)
        .correlate(Profile)
        .scalar_subquery()
    )
    ordered = fitting.order_by(energy.desc().nulls_last(), Profile.user_id)
    found = page(session, ordered, number)
    seen = [seen_by(viewer, _whole(row), today) for row in found.items]
    return found.of([profile for profile in seen if profile is not None])


def found_by(seen: SeenProfile, wanted: Search) -> tuple[SeenSkill, ...]:
    """The skills for which a search gave this profile."""
    return tuple(skill for skill in seen.skills if squeezed(normalise(skill.label)) in wanted.words)


def count_published(session: Session) -> int:
    return session.scalar(select(func.count()).where(Profile.state == ProfileState.PUBLISHED)) or 0


def count_offering(session: Session, words: Collection[str]) -> int:
    """How many published profiles have a skill in one of these forms, as a search compares them."""
    offering = select(func.count()).where(Profile.state == ProfileState.PUBLISHED, _offers(words))
    return session.scalar(offering) or 0


def _rows() -> Select[*Row]:
    return (
        select(Profile, User, Gemeente)
        .join(User, User.id == Profile.user_id)
        .join(Gemeente, Gemeente.code == User.gemeente_code)
        .options(selectinload(Profile.skills), selectinload(Profile.windows))
    )


def known_to(viewer: Actor) -> ColumnElement[bool]:
    """The same rule as `seen_by`, for the database: both ask `visible_tiers`."""
    if viewer.user_id is None:
        return false()
    home = viewer.gemeente_code or ""
    at_home = and_(User.gemeente_code == home, Profile.visibility.in_(visible_tiers(viewer, home)))
    elsewhere = and_(User.gemeente_code != home, Profile.visibility.in_(visible_tiers(viewer, "")))
    return and_(Profile.state == ProfileState.PUBLISHED, or_(at_home, elsewhere))


def _conditions(wanted: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.theme:
        found.append(Profile.themes.contains([wanted.theme.value]))
    if wanted.movement:
        found.append(Profile.movement.contains([wanted.movement.value]))
    if wanted.province:
        found.append(Gemeente.province == wanted.province)
    if wanted.words:
        found.append(_offers(wanted.words))
    return found


def _offers(words: Collection[str]) -> ColumnElement[bool]:
    return Profile.skills.any(func.replace(Skill.label_normal, " ", "").in_(words))


def _whole(row: Row) -> WholeProfile:
    profile, user, gemeente = row
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
    )


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

"""Opgaven and colleagues as the cards of templates/components/list.html show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from app.labels import label
from app.matching.searching import Sought
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import OpgaveStatus
from app.people.rules import Direction, Level
from app.people.visibility import SeenProfile, SeenSkill
from app.vocabulary.rules import Theme
from app.web.found import (
    NOTHING_SOUGHT,
    FoundBy,
    found_by_asked,
    found_by_offered,
    found_in_text,
)

TONES = {
    OpgaveStatus.CONCEPT: "outline",
    OpgaveStatus.REVIEW: "energy",
    OpgaveStatus.OPEN: "good",
    OpgaveStatus.TALKING: "good",
    OpgaveStatus.FILLED: "neutral",
    OpgaveStatus.RUNNING: "good",
    OpgaveStatus.DONE: "neutral",
    OpgaveStatus.WITHDRAWN: "neutral",
    OpgaveStatus.EXPIRED: "neutral",
}


@dataclass(frozen=True)
class OpgaveCard:
    title: str
    href: str
    gemeente_name: str
    province: str
    kind_label: str
    hours_per_week: int | None
    # Of a klankbord, in the place of hours a week.
    times: int | None
    start_on: date | None
    closing_on: date | None
    place_label: str
    themes: tuple[str, ...]
    skills: tuple[str, ...]
    status_label: str
    status_tone: str
    # In a search: the skills that it was found by; or what was typed, when that is in its text.
    found_by: tuple[FoundBy, ...] = ()
    found_in_text: str = ""


@dataclass(frozen=True)
class SkillLine:
    label: str
    level: int
    level_label: str
    energy: int
    note: str


@dataclass(frozen=True)
class ColleagueCard:
    display_name: str
    # The name, or what tells somebody without a name from the others in a list.
    link_label: str
    href: str
    gemeente_name: str
    region: str
    is_anonymous: bool
    headline: str
    movement: tuple[str, ...]
    skills: tuple[SkillLine, ...]
    # As with an opgave.
    found_by: tuple[FoundBy, ...] = ()
    found_in_text: str = ""


def opgave_card(seen: SeenOpgave, sought: Sought = NOTHING_SOUGHT) -> OpgaveCard:
    """The card of an opgave; what it was found by comes first."""
    opgave, gemeente = seen.opgave, seen.gemeente
    found_by = found_by_asked(opgave.skills, sought)
    found = [one.label for one in found_by]
    return OpgaveCard(
        title=opgave.title,
        href=url_for("opgaven.show", opgave_id=opgave.id),
        gemeente_name=gemeente.name,
        province=gemeente.province,
        kind_label=label(opgave.kind),
        hours_per_week=opgave.hours_per_week,
        times=opgave.times,
        start_on=opgave.starts_on,
        closing_on=opgave.closes_on,
        place_label=label(opgave.place),
        themes=tuple(label(Theme(theme)) for theme in opgave.themes),
        skills=tuple(dict.fromkeys([*found, *(skill.label for skill in opgave.skills)])),
        status_label=label(opgave.status),
        status_tone=TONES[opgave.status],
        found_by=found_by,
        found_in_text=found_in_text(found_by, sought),
    )


def colleague_card(seen: SeenProfile, sought: Sought = NOTHING_SOUGHT) -> ColleagueCard:
    """The card of a colleague; what they were found by comes first, then what gives energy."""
    found_by = found_by_offered(seen.skills, sought)
    strengths = {one.label: one.strength for one in found_by}
    ordered = sorted(seen.skills, key=lambda skill: (-strengths.get(skill.label, 0), -skill.energy))
    return ColleagueCard(
        display_name=seen.display_name,
        link_label=_link_label(seen, ordered),
        href=url_for("people.show", user_id=seen.user_id),
        gemeente_name=seen.gemeente_name,
        region=seen.region,
        is_anonymous=not seen.is_named,
        headline=seen.headline,
        movement=tuple(label(role) for role in seen.movement),
        skills=tuple(skill_line(skill) for skill in ordered),
        found_by=found_by,
        found_in_text=found_in_text(found_by, sought),
    )


def _link_label(seen: SeenProfile, ordered: Sequence[SeenSkill]) -> str:
    if seen.is_named or not ordered:
        return seen.display_name
    return f"{seen.display_name} met {ordered[0].label}"


def skill_line(skill: SeenSkill) -> SkillLine:
    return SkillLine(
        label=skill.label,
        level=skill.level,
        level_label=label(Level(skill.level)),
        energy=skill.energy,
        note=" · ".join(_notes(skill)),
    )


def _notes(skill: SeenSkill) -> list[str]:
    notes = ["wil dit leren"] if skill.direction is Direction.WANTS else []
    if skill.years:
        notes.append(f"{skill.years} jaar")
    if skill.evidence:
        notes.append(skill.evidence)
    return notes

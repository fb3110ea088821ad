"""Reads the fictitious people and opgaven; days count from the day of seeding."""

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from app.core.actor import Role
from app.core.workdays import workday_from, workday_until
from app.opgaven.rules import AskedSkillDraft, Kind, OpgaveDraft, Place
from app.people.rules import (
    Direction,
    Movement,
    ProfileDraft,
    SkillDraft,
    Visibility,
    WindowDraft,
)
from app.vocabulary.rules import Theme

HERE = Path(__file__).parent
NAMESPACE = uuid5(NAMESPACE_URL, "https://degemeentevannu.example/demo")
Record = dict[str, Any]


class Stage(StrEnum):
    """How far an opgave of the demo has come."""

    CONCEPT = "concept"
    OPEN = "open"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who does not exist; without a profile when they only look after opgaven."""

    name: str
    gemeente_code: str
    roles: tuple[Role, ...]
    hours_per_week: int
    available_from_days: int
    available_until_days: int | None
    profile: ProfileDraft | None

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, f"{self.gemeente_code}/{self.name}")

    def address(self, domain: str) -> str:
        return f"{slug(self.name, '.')}@{domain}"

    def draft(self, today: date) -> ProfileDraft | None:
        if self.profile is None:
            return None
        return replace(self.profile, windows=(self.window(today),))

    def window(self, today: date) -> WindowDraft:
        until = self.available_until_days
        return WindowDraft(
            self.hours_per_week,
            today + timedelta(days=self.available_from_days),
            today + timedelta(days=until) if until is not None else None,
        )


@dataclass(frozen=True)
class DemoOpgave:
    gemeente_code: str
    owner: str
    stage: Stage
    start_days: int
    duration_weeks: int
    closing_days: int
    # How long it is open: what somebody works on already was asked before.
    opened_days: int
    content: OpgaveDraft

    def id_in(self, monday: date) -> UUID:
        """The id of this opgave as it is placed in the week of that Monday."""
        return uuid5(NAMESPACE, f"{self.gemeente_code}/{self.content.title}/{monday}")

    def draft(self, today: date) -> OpgaveDraft:
        """On days on which offices work: people answer and begin then."""
        starts_on = workday_from(today + timedelta(days=self.start_days))
        return replace(
            self.content,
            starts_on=starts_on,
            ends_on=workday_until(starts_on + timedelta(weeks=self.duration_weeks, days=-1)),
            closes_on=workday_until(today + timedelta(days=self.closing_days)),
        )


def read_people(path: Path = HERE / "professionals.json") -> list[DemoPerson]:
    return [_person(record) for record in json.loads(path.read_text(encoding="utf-8"))]


def read_opgaven(path: Path = HERE / "opgaven.json") -> list[DemoOpgave]:
    return [_opgave(record) for record in json.loads(path.read_text(encoding="utf-8"))]


def slug(name: str, joint: str = "-") -> str:
    """The name in plain small letters, as it may stand in an address."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    words = (re.sub("[^a-z0-9-]", "", word).strip("-") for word in plain.split())
    return joint.join(word for word in words if word)


def demo_domain(gemeente_name: str) -> str:
    """A mail domain that can never exist."""
    return f"{slug(gemeente_name)}.demo.example"


def _person(record: Record) -> DemoPerson:
    return DemoPerson(
        name=record["name"],
        gemeente_code=record["gemeente"],
        roles=tuple(Role(role) for role in record["roles"]),
        hours_per_week=record["hours_per_week"],
        available_from_days=record["available_from_days"],
        available_until_days=record["available_until_days"],
        profile=_profile(record) if record["skills"] else None,
    )


def _profile(record: Record) -> ProfileDraft:
    draft = ProfileDraft(
        function=record["function"],
        headline=record["headline"],
        about=record["about"],
        themes=tuple(Theme(theme) for theme in record["themes"]),
        movement=tuple(Movement(role) for role in record["movement"]),
        skills=tuple(
            SkillDraft(**{**skill, "direction": Direction(skill["direction"])})
            for skill in record["skills"]
        ),
        travel_km=record["travel_km"],
        remote=record["remote"],
        visibility=Visibility(record["visibility"]),
    )
    tiers: Record = {field: Visibility(tier) for field, tier in record.get("shown_to", {}).items()}
    return replace(draft, **tiers)


def _opgave(record: Record) -> DemoOpgave:
    return DemoOpgave(
        gemeente_code=record["gemeente"],
        owner=record["owner"],
        stage=Stage(record["status"]),
        start_days=record["start_days"],
        duration_weeks=record["duration_weeks"],
        closing_days=record["closing_days"],
        opened_days=record.get("opened_days", 0),
        content=OpgaveDraft(
            title=record["title"],
            kind=Kind(record["kind"]),
            text=record["text"],
            themes=tuple(Theme(theme) for theme in record["themes"]),
            skills=tuple(AskedSkillDraft(**skill) for skill in record["skills"]),
            hours_per_week=record["hours_per_week"],
            place=Place(record["place"]),
            people_needed=record["people_needed"],
            in_return=record.get("in_return", ""),
            atelier=record.get("atelier", ""),
            times=record.get("times"),
        ),
    )

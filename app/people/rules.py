"""What a profile may hold, when it counts, and what is wrong with a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum, StrEnum
from uuid import UUID

from app.core.faults import Fault, day_fault, length_fault, range_fault
from app.vocabulary.rules import LABEL_LIMIT, Theme, normalise

FUNCTION_LIMIT = 80
HEADLINE_LIMIT = 120
TEXT_LIMIT = 10_000
EVIDENCE_LIMIT = 300
MOST_SKILLS = 40
MOST_WINDOWS = 6
MOST_HOURS = 40
MOST_YEARS = 60
MOST_KILOMETRES = 400


class ProfileState(StrEnum):
    CONCEPT = "concept"
    PUBLISHED = "published"
    PAUSED = "paused"


class Visibility(StrEnum):
    """Who may see what; each tier shows what the ones before it show, and more."""

    HIDDEN = "hidden"
    ANONYMOUS = "anonymous"
    GEMEENTE = "gemeente"
    # The own gemeente, and those that are in a network with it.
    NETWORK = "network"
    COLLEAGUES = "colleagues"
    # Also who has no account.
    PUBLIC = "public"


# To whom a part of a profile may be shown: without a name there are no parts.
PART_TIERS: tuple[Visibility, ...] = tuple(
    tier for tier in Visibility if tier is not Visibility.ANONYMOUS
)


class Part(StrEnum):
    """What its owner can show to fewer than may see their name."""

    # The function, what somebody writes of themselves, and behind a skill its years and evidence.
    WORDS = "words"
    # Days and hours as they are, and how far somebody travels; without them a band of hours.
    TIMES = "times"
    CONFIRMED = "confirmed"
    CONTACT = "contact"


class Movement(StrEnum):
    """How somebody joins the movement."""

    VERANDERAAR = "veranderaar"
    GRENSDENKER = "grensdenker"
    AANPAKKER = "aanpakker"
    ENERGIEGEVER = "energiegever"


# With what somebody agrees who publishes, by version. Another text is another version, and
# those of before stay: somebody agreed with them.
CONSENTS = {
    "2026-11": (
        "Publiceer je, dan vind je goed dat we je profiel vergelijken met opgaven. Ook zien "
        "anderen het dan, zoals jij koos. Je trekt dit in als je je profiel op pauze zet."
    ),
}
CONSENT = max(CONSENTS)


class Direction(StrEnum):
    CAN = "can"
    WANTS = "wants"


class Level(IntEnum):
    BASIC = 1
    INDEPENDENT = 2
    EXPERIENCED = 3
    EXPERT = 4


@dataclass(frozen=True)
class SkillDraft:
    label: str
    level: int = Level.INDEPENDENT
    years: int = 0
    energy: int = 3
    direction: Direction = Direction.CAN
    evidence: str = ""


@dataclass(frozen=True)
class WindowDraft:
    """Hours a week from one day up to and including another; without them from today, and on."""

    hours_per_week: int | None
    starts_on: date | None
    ends_on: date | None = None


@dataclass(frozen=True)
class ProfileDraft:
    function: str = ""
    headline: str = ""
    about: str = ""
    themes: tuple[Theme, ...] = ()
    movement: tuple[Movement, ...] = ()
    skills: tuple[SkillDraft, ...] = ()
    windows: tuple[WindowDraft, ...] = ()
    travel_km: int | None = 30
    remote: bool = True
    visibility: Visibility = Visibility.ANONYMOUS
    words_shown_to: Visibility = Visibility.COLLEAGUES
    times_shown_to: Visibility = Visibility.COLLEAGUES
    confirmed_shown_to: Visibility = Visibility.COLLEAGUES
    contact_shown_to: Visibility = Visibility.HIDDEN
    # The version that the writer saw; another one means that somebody wrote in between.
    version: int | None = field(default=None, compare=False)

    @property
    def parts(self) -> dict[Part, Visibility]:
        """To whom each part is shown, of those who may see the name."""
        return {part: getattr(self, shown_to(part)) for part in Part}


@dataclass(frozen=True)
class Confirmed:
    """That a gemeente saw somebody show a skill, in words that stay when the opgave goes."""

    source_id: UUID
    label: str
    gemeente_name: str
    opgave_title: str
    # Any day of the month in which it ended.
    day: date


def shown_to(part: Part) -> str:
    """The field that says who sees this part."""
    return f"{part}_shown_to"


def begun_by(draft: ProfileDraft, today: date) -> ProfileDraft:
    """A period without a first day begins today, or on its last day when that is over."""
    return replace(draft, windows=tuple(_begun_by(window, today) for window in draft.windows))


def faults(draft: ProfileDraft) -> list[Fault]:
    """Everything that is wrong with the draft, whether or not it is to be published."""
    return [
        *length_fault("function", draft.function, FUNCTION_LIMIT),
        *length_fault("headline", draft.headline, HEADLINE_LIMIT),
        *length_fault("about", draft.about, TEXT_LIMIT),
        *range_fault("travel_km", draft.travel_km, 0, MOST_KILOMETRES),
        *_parts_faults(draft.parts),
        *_skills_faults(draft.skills),
        *_windows_faults(draft.windows),
    ]


def publishing_faults(draft: ProfileDraft, today: date) -> list[Fault]:
    """What is still missing, or over, before others may find this profile."""
    missing = []
    if not draft.headline:
        missing.append(Fault("headline", "Vertel in één zin wat je doet of wie je bent."))
    if not draft.skills:
        missing.append(Fault("skills", "Noem minstens één vaardigheid."))
    if not draft.windows:
        missing.append(Fault("windows", "Vul in hoeveel uur per week je beschikbaar bent."))
    elif all(window.ends_on is not None and window.ends_on < today for window in draft.windows):
        missing.append(Fault("windows", "Je uren liggen allemaal in het verleden."))
    return missing


def _begun_by(window: WindowDraft, today: date) -> WindowDraft:
    return replace(window, starts_on=window.starts_on or min(today, window.ends_on or today))


def _parts_faults(parts: Mapping[Part, Visibility]) -> list[Fault]:
    return [
        Fault(shown_to(part), "Zonder je naam is er geen los deel te zien. Kies iets anders.")
        for part, tier in parts.items()
        if tier not in PART_TIERS
    ]


def _skills_faults(skills: Sequence[SkillDraft]) -> list[Fault]:
    found = []
    if len(skills) > MOST_SKILLS:
        found.append(Fault("skills", f"Noem hoogstens {MOST_SKILLS} vaardigheden."))
    seen: set[str] = set()
    for place, skill in enumerate(skills[: MOST_SKILLS + 1]):
        found += _skill_faults(f"skills-{place}", skill)
        normal = normalise(skill.label)
        if normal in seen:
            found.append(Fault(f"skills-{place}-label", f"“{skill.label}” staat er al."))
        seen.add(normal)
    return found


def _skill_faults(at: str, skill: SkillDraft) -> list[Fault]:
    found = length_fault(f"{at}-label", skill.label, LABEL_LIMIT, "Vul een vaardigheid in.")
    if skill.label and not normalise(skill.label):
        found.append(Fault(f"{at}-label", "Gebruik letters of cijfers."))
    found += range_fault(f"{at}-level", skill.level, min(Level), max(Level))
    found += range_fault(f"{at}-years", skill.years, 0, MOST_YEARS)
    found += range_fault(f"{at}-energy", skill.energy, 1, 5)
    return found + length_fault(f"{at}-evidence", skill.evidence, EVIDENCE_LIMIT)


def _windows_faults(windows: Sequence[WindowDraft]) -> list[Fault]:
    found = []
    if len(windows) > MOST_WINDOWS:
        found.append(Fault("windows", f"Vul hoogstens {MOST_WINDOWS} perioden in."))
    for place, window in enumerate(windows):
        at = f"windows-{place}"
        found += range_fault(f"{at}-hours_per_week", window.hours_per_week, 1, MOST_HOURS)
        found += _days_faults(at, window)
    return found


def _days_faults(at: str, window: WindowDraft) -> list[Fault]:
    starts_on, ends_on = window.starts_on, window.ends_on
    found = day_fault(f"{at}-starts_on", starts_on) + day_fault(f"{at}-ends_on", ends_on)
    if not found and starts_on and ends_on and ends_on < starts_on:
        found = [Fault(f"{at}-ends_on", "De einddatum ligt voor de begindatum.")]
    return found

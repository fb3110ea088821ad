"""A profile in words, as much of it as its viewer may see."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.core.dutch import dutch_date, month_year
from app.labels import label
from app.matching.core.search import Search
from app.opgaven.rules import Kind
from app.people.models import Profile
from app.people.queries import draft_of, parts_of
from app.people.rules import PART_TIERS, Movement, ProfileState, WindowDraft, publishing_faults
from app.people.visibility import Previews, SeenEvidence, SeenProfile
from app.web.cards import SkillLine, skill_line
from app.web.people.forms import PART_WORDS
from app.web.vocabulary.hints import unknown_among

WELCOME_LASTS = timedelta(weeks=1)
TONES = {
    ProfileState.CONCEPT: "outline",
    ProfileState.PUBLISHED: "good",
    ProfileState.PAUSED: "energy",
}


@dataclass(frozen=True)
class Fit:
    """What suits a role of the movement: a kind of opgave, and for some the platform itself."""

    kind: Kind
    sentence: str
    link: str
    builds_along: bool = False


FITS = {
    Movement.VERANDERAAR: Fit(
        Kind.OPGAVE,
        "Fijn dat je er bent: verandering begint bij iemand die vast begint.",
        "Bekijk vraagstukken waar je samen aan werkt",
        builds_along=True,
    ),
    Movement.GRENSDENKER: Fit(
        Kind.RUIL,
        "Mooi dat je over de grens kijkt: ruil eens van plek met een collega verderop.",
        "Bekijk waar je kunt ruilen",
    ),
    Movement.AANPAKKER: Fit(
        Kind.KLUS,
        "Wat goed dat je meedoet: er is altijd een klus die op jouw handen wacht.",
        "Bekijk welke klussen er zijn",
    ),
    Movement.ENERGIEGEVER: Fit(
        Kind.KLANKBORD,
        "Wat fijn, jouw energie: een collega komt verder als jij meedenkt.",
        "Bekijk wie een klankbord zoekt",
    ),
}


@dataclass(frozen=True)
class Welcome:
    word: str
    fit: Fit


@dataclass(frozen=True)
class EvidenceLine:
    """Bevestigd door gemeente Urk, opgave “Een veilig plein”, maart 2027

    Without the opgave for who may not read it.
    """

    evidence_id: UUID
    label: str
    said: str
    is_hidden: bool


@dataclass(frozen=True)
class ProfilePage:
    """Empty parts are not for this viewer, or not filled in."""

    user_id: UUID
    display_name: str
    place: str
    function: str
    headline: str
    about: str
    movement: tuple[str, ...]
    themes: tuple[str, ...]
    skills: tuple[SkillLine, ...]
    hours: tuple[str, ...]
    travel: str
    is_named: bool
    email: str = ""
    confirmed: tuple[EvidenceLine, ...] = ()


@dataclass(frozen=True)
class OwnPage:
    state: ProfileState
    state_label: str
    state_tone: str
    visibility_label: str
    # The parts that fewer see than may see the name: what it is, and who.
    narrower: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    welcomes: tuple[Welcome, ...]
    has_no_role: bool
    # All of it, also what is hidden.
    confirmed: tuple[EvidenceLine, ...]
    at_home: ProfilePage | None
    elsewhere: ProfilePage | None
    in_network: ProfilePage | None
    outside: ProfilePage | None
    search: Search

    @property
    def is_same_for_all(self) -> bool:
        return self.at_home is not None and self.at_home == self.elsewhere

    @property
    def network_sees_more(self) -> bool:
        return self.in_network is not None and self.in_network != self.elsewhere

    @property
    def hides_confirmed(self) -> str:
        """Who does not see what gemeenten confirmed, as it stands; nothing when all do."""
        shown = {one.evidence_id for one in self.confirmed if not one.is_hidden}
        if self.elsewhere is not None and shown <= _told(self.elsewhere):
            return ""
        if self.at_home is None or not shown <= _told(self.at_home):
            return "Niemand anders ziet dit bewijs nu."
        return "Collega's van andere gemeenten zien dit bewijs nu niet allemaal."


def profile_page(seen: SeenProfile) -> ProfilePage:
    ordered = sorted(seen.skills, key=lambda skill: -skill.energy)
    return ProfilePage(
        user_id=seen.user_id,
        display_name=seen.display_name,
        place=f"{seen.gemeente_name}, {seen.region}" if seen.gemeente_name else seen.region,
        function=seen.function,
        headline=seen.headline,
        about=seen.about,
        movement=tuple(label(role) for role in seen.movement),
        themes=tuple(label(theme) for theme in seen.themes),
        skills=tuple(skill_line(skill) for skill in ordered),
        hours=tuple(_window(window) for window in seen.windows) or (seen.hours_band,),
        travel=_travel(seen),
        is_named=seen.is_named,
        email=seen.email,
        confirmed=tuple(map(_evidence, seen.confirmed)),
    )


def is_new(profile: Profile, now: datetime) -> bool:
    """Whether somebody has only just joined, or is about to."""
    if profile.state is ProfileState.PAUSED:
        return False
    return profile.published_at is None or now - profile.published_at < WELCOME_LASTS


def own_page(
    profile: Profile,
    previews: Previews,
    confirmed: Iterable[SeenEvidence],
    search: Search,
    today: date,
    *,
    welcome: bool,
) -> OwnPage:
    draft = draft_of(profile)
    return OwnPage(
        state=profile.state,
        state_label=label(profile.state),
        state_tone=TONES[profile.state],
        visibility_label=label(profile.visibility),
        narrower=tuple(_narrower(profile)),
        missing=tuple((fault.field, fault.said) for fault in publishing_faults(draft, today)),
        unknown=tuple(unknown_among(skill.label for skill in draft.skills)),
        welcomes=tuple(Welcome(label(role), FITS[role]) for role in draft.movement if welcome),
        has_no_role=not draft.movement,
        confirmed=tuple(map(_evidence, confirmed)),
        at_home=profile_page(previews.at_home) if previews.at_home else None,
        elsewhere=profile_page(previews.elsewhere) if previews.elsewhere else None,
        in_network=profile_page(previews.in_network) if previews.in_network else None,
        outside=profile_page(previews.outside) if previews.outside else None,
        search=search,
    )


def _narrower(profile: Profile) -> Iterator[tuple[str, str]]:
    order = list(PART_TIERS)
    whole = profile.visibility
    for part, tier in parts_of(profile).items():
        if whole in order and order.index(tier) < order.index(whole):
            yield label(part), PART_WORDS[tier]


def _told(page: ProfilePage) -> set[UUID]:
    return {one.evidence_id for one in page.confirmed}


def _evidence(one: SeenEvidence) -> EvidenceLine:
    opgave = f"opgave “{one.opgave_title}”" if one.opgave_title else ""
    parts = (f"Bevestigd door gemeente {one.gemeente_name}", opgave, month_year(one.month))
    said = ", ".join(filter(None, parts))
    return EvidenceLine(one.evidence_id, one.label, said, one.is_hidden)


def _window(window: WindowDraft) -> str:
    until = f" tot en met {dutch_date(window.ends_on)}" if window.ends_on else ""
    return f"{window.hours_per_week} uur per week, vanaf {dutch_date(window.starts_on)}{until}"


def _travel(seen: SeenProfile) -> str:
    if seen.travel_km is None:
        return ""
    also = ", of op afstand" if seen.remote else ""
    return f"reist tot {seen.travel_km} kilometer{also}"

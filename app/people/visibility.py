"""The one place that decides what a viewer may see of a profile: page, mail and search ask here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.core.actor import ANYONE, Actor
from app.core.rights import Right, Scope, scopes
from app.people.rules import Direction, Movement, Part, ProfileState, Visibility, WindowDraft
from app.vocabulary.rules import Theme

HOUR_BANDS = ((8, "tot 8 uur"), (16, "8 tot 16 uur"), (24, "16 tot 24 uur"))
MOST_HOURS_BAND = "24 uur of meer"
# A card without a name shows so many skills that no list knows: by a phrase of their own somebody
# may be known.
OWN_PHRASES_ON_CARD = 2
# Stands for any colleague who is not the owner.
SOMEBODY = UUID(int=0)
# The tiers that show the name to who is in the own gemeente, in a network with it, elsewhere, and
# to who has no account.
AT_HOME = (Visibility.GEMEENTE, Visibility.NETWORK, Visibility.COLLEAGUES, Visibility.PUBLIC)
IN_NETWORK = (Visibility.NETWORK, Visibility.COLLEAGUES, Visibility.PUBLIC)
ELSEWHERE = (Visibility.COLLEAGUES, Visibility.PUBLIC)
OUTSIDE = (Visibility.PUBLIC,)


class Relation(StrEnum):
    """What there is between who looks and whose profile it is; who asks has looked it up."""

    NONE = "none"
    # The owner said to an opgave of the viewer that they are interested, and so who they are.
    INTERESTED = "interested"


@dataclass(frozen=True)
class SeenSkill:
    label: str
    level: int
    energy: int
    direction: Direction
    # Only where own words may be seen.
    years: int | None = None
    evidence: str = ""


@dataclass(frozen=True)
class SeenEvidence:
    """That a gemeente saw its owner show a skill."""

    evidence_id: UUID
    label: str
    gemeente_name: str
    month: date
    is_hidden: bool = False
    # Nothing unless who asks has looked up that the viewer may read that opgave.
    opgave_title: str = ""


@dataclass(frozen=True)
class WholeProfile:
    """Everything there is; leaves this file only through `seen_by`."""

    user_id: UUID
    name: str
    email: str
    gemeente_code: str
    gemeente_name: str
    province: str
    state: ProfileState
    visibility: Visibility
    function: str
    headline: str
    about: str
    themes: tuple[Theme, ...]
    movement: tuple[Movement, ...]
    skills: tuple[SeenSkill, ...]
    windows: tuple[WindowDraft, ...]
    travel_km: int
    remote: bool
    # To whom each is shown, of those who may see the name.
    parts: Mapping[Part, Visibility]
    confirmed: tuple[SeenEvidence, ...] = ()
    # Those of the skills that our vocabulary has, by their label.
    listed: frozenset[str] = frozenset()
    # The gemeenten that are in a network with that of the owner.
    peers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SeenProfile:
    """What one viewer sees. Empty means: not for this viewer."""

    user_id: UUID
    region: str
    themes: tuple[Theme, ...]
    movement: tuple[Movement, ...]
    skills: tuple[SeenSkill, ...]
    hours_band: str
    name: str = ""
    email: str = ""
    gemeente_name: str = ""
    function: str = ""
    headline: str = ""
    about: str = ""
    windows: tuple[WindowDraft, ...] = ()
    travel_km: int | None = None
    remote: bool | None = None
    # Only where own words may be seen: it names places.
    confirmed: tuple[SeenEvidence, ...] = ()
    is_own: bool = False

    @property
    def is_named(self) -> bool:
        return bool(self.name)

    @property
    def display_name(self) -> str:
        return self.name or f"Collega uit {self.region}"


@dataclass(frozen=True)
class Previews:
    """One profile as colleagues of the own gemeente and those of others see it, if at all.

    Those in a network with the own gemeente too when there are any, and who has no account.
    """

    at_home: SeenProfile | None
    elsewhere: SeenProfile | None
    in_network: SeenProfile | None = None
    outside: SeenProfile | None = None


def visible_tiers(viewer: Actor, gemeente_code: str) -> tuple[Visibility, ...]:
    """Which tiers of profiles from this gemeente the viewer may know of."""
    if Scope.SHOWN not in scopes(viewer, Right.READ_PROFILE):
        return OUTSIDE if Scope.SHOWN in scopes(viewer, Right.READ_PUBLIC_PROFILE) else ()
    if viewer.gemeente_code == gemeente_code:
        return AT_HOME
    return (Visibility.ANONYMOUS, *AT_HOME)


def tiers_in_full(
    viewer: Actor, gemeente_code: str, *, is_peer: bool = False
) -> tuple[Visibility, ...]:
    """Of those tiers the ones that show the viewer who it is; a part has a tier of its own."""
    tiers = visible_tiers(viewer, gemeente_code)
    if viewer.gemeente_code == gemeente_code:
        return tiers
    named = IN_NETWORK if is_peer else ELSEWHERE
    return tuple(tier for tier in tiers if tier in named)


def seen_by(
    viewer: Actor, whole: WholeProfile, today: date, relation: Relation = Relation.NONE
) -> SeenProfile | None:
    """What the viewer sees of the profile, or None when it does not exist for them."""
    if viewer.user_id is not None and viewer.user_id == whole.user_id:
        return _in_full(whole, today, set(Part), is_own=True)
    if whole.state is not ProfileState.PUBLISHED:
        return None
    if relation is Relation.INTERESTED and viewer.user_id is not None:
        return _introduced(whole, seen_by(viewer, whole, today))
    if whole.visibility not in visible_tiers(viewer, whole.gemeente_code):
        return None
    is_peer = viewer.gemeente_code in whole.peers
    in_full = tiers_in_full(viewer, whole.gemeente_code, is_peer=is_peer)
    if whole.visibility in in_full:
        hidden = {part for part, tier in whole.parts.items() if tier not in in_full}
        return _in_full(whole, today, set(Part) - hidden)
    return _anonymous(whole, today)


def previews_of(whole: WholeProfile, today: date) -> Previews:
    """What others would see if the profile were published as it is now."""
    published = replace(whole, state=ProfileState.PUBLISHED)
    peer = min(whole.peers - {whole.gemeente_code}, default=None)
    return Previews(
        at_home=seen_by(Actor(SOMEBODY, whole.gemeente_code), published, today),
        elsewhere=seen_by(Actor(SOMEBODY), published, today),
        in_network=seen_by(Actor(SOMEBODY, peer), published, today) if peer else None,
        outside=seen_by(ANYONE, published, today),
    )


def most_of(whole: WholeProfile, today: date) -> SeenProfile | None:
    """The most that any colleague sees of it, or would if it were published."""
    previews = previews_of(whole, today)
    return previews.at_home or previews.elsewhere


def hours_band(windows: Sequence[WindowDraft], today: date) -> str:
    """The most hours a week from today on, in broad bands."""
    hours = [
        window.hours_per_week or 0
        for window in windows
        if window.ends_on is None or window.ends_on >= today
    ]
    most = max(hours, default=0)
    if not most:
        return "nu geen uren"
    return next((band for limit, band in HOUR_BANDS if most < limit), MOST_HOURS_BAND)


def least_of_band(hours: int) -> int:
    """The fewest hours of the band of so many: a search may not tell more than the card does."""
    return max((limit for limit, _ in HOUR_BANDS if limit <= hours), default=1)


def _in_full(
    whole: WholeProfile, today: date, shown: Collection[Part], *, is_own: bool = False
) -> SeenProfile:
    """With name and gemeente, and of the parts those that are shown."""
    has_words, has_times = Part.WORDS in shown, Part.TIMES in shown
    confirmed = whole.confirmed if Part.CONFIRMED in shown else ()
    return SeenProfile(
        user_id=whole.user_id,
        region=whole.province,
        themes=whole.themes,
        movement=whole.movement,
        skills=whole.skills if has_words else tuple(map(_without_words, whole.skills)),
        hours_band=hours_band(whole.windows, today),
        name=whole.name,
        email=whole.email if Part.CONTACT in shown else "",
        gemeente_name=whole.gemeente_name,
        function=whole.function if has_words else "",
        headline=whole.headline if has_words else "",
        about=whole.about if has_words else "",
        windows=whole.windows if has_times else (),
        travel_km=whole.travel_km if has_times else None,
        remote=whole.remote if has_times else None,
        confirmed=tuple(one for one in confirmed if is_own or not one.is_hidden),
        is_own=is_own,
    )


def _anonymous(whole: WholeProfile, today: date) -> SeenProfile:
    """The card without a name: few own words, no gemeente, hours in bands."""
    return SeenProfile(
        user_id=whole.user_id,
        region=whole.province,
        themes=whole.themes,
        movement=whole.movement,
        skills=tuple(_without_words(skill) for skill in _on_card(whole)),
        hours_band=hours_band(whole.windows, today),
    )


def _on_card(whole: WholeProfile) -> list[SeenSkill]:
    """The same rule as `_is_on_card` of `queries`, which is for the database."""
    own_phrases = [skill for skill in whole.skills if skill.label not in whole.listed]
    left_out = own_phrases[OWN_PHRASES_ON_CARD:]
    return [skill for skill in whole.skills if skill not in left_out]


def _introduced(whole: WholeProfile, seen: SeenProfile | None) -> SeenProfile:
    """With name, gemeente and address; no more of the profile than the viewer sees otherwise."""
    shown = seen or SeenProfile(whole.user_id, whole.province, (), (), (), "")
    return replace(shown, name=whole.name, email=whole.email, gemeente_name=whole.gemeente_name)


def _without_words(skill: SeenSkill) -> SeenSkill:
    return SeenSkill(skill.label, skill.level, skill.energy, skill.direction)

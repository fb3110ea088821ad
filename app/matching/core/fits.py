"""Whether a profile can take part in an opgave at all, whatever its skills."""

from datetime import date
from enum import StrEnum

from geopy.distance import great_circle

from app.matching.core.facts import OpgaveFacts, Position, ProfileFacts, Window
from app.opgaven.rules import Place

MIN_OVERLAP_DAYS = 14


class Hindrance(StrEnum):
    """Why a profile cannot take part in an opgave at all."""

    OWN_GEMEENTE = "own_gemeente"
    NO_TIME = "no_time"
    TOO_FAR = "too_far"


def fits(profile: ProfileFacts, opgave: OpgaveFacts) -> bool:
    """Another gemeente, enough hours in the period, and a place that can be reached."""
    return hindrance(profile, opgave) is None


def hindrance(profile: ProfileFacts, opgave: OpgaveFacts) -> Hindrance | None:
    """The first thing that stands in the way."""
    if profile.gemeente_code == opgave.gemeente_code:
        return Hindrance.OWN_GEMEENTE
    if not any(has_time(window, opgave) for window in profile.windows):
        return Hindrance.NO_TIME
    return None if can_reach(profile, opgave) else Hindrance.TOO_FAR


def has_time(window: Window, opgave: OpgaveFacts) -> bool:
    if window.hours_per_week < opgave.hours_per_week:
        return False
    starts_on = max(window.starts_on, opgave.starts_on)
    ends_on = min(window.ends_on or date.max, opgave.ends_on or date.max)
    return _days(starts_on, ends_on) >= days_needed(opgave)


def days_needed(opgave: OpgaveFacts) -> int:
    """How many days somebody must have in common with the opgave."""
    return max(min(MIN_OVERLAP_DAYS, _days(opgave.starts_on, opgave.ends_on)), 1)


def can_reach(profile: ProfileFacts, opgave: OpgaveFacts) -> bool:
    if opgave.place is Place.REMOTE:
        return profile.remote
    return distance_km(profile.position, opgave.position) <= profile.travel_km


def distance_km(one: Position, other: Position) -> float:
    """As the crow flies."""
    # In one order, so that there and back is the same to the last bit.
    ends = sorted((place.latitude, place.longitude) for place in (one, other))
    return float(great_circle(*ends).km)


def _days(starts_on: date, ends_on: date | None) -> int:
    """First and last day included."""
    return ((ends_on or date.max) - starts_on).days + 1

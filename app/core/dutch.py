"""Dutch dates, numbers and plurals, the same on a page and in a mail."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from app.core.clock import AMSTERDAM, dutch_day


def dutch_date(day: date | datetime | None) -> str:
    """1 februari 2026"""
    return format_date(_day(day), "d MMMM y", locale="nl") if day else ""


def short_date(day: date | datetime | None) -> str:
    """1 feb"""
    return format_date(_day(day), "d MMM", locale="nl").rstrip(".") if day else ""


def month_year(day: date) -> str:
    """februari 2026"""
    return format_date(day, "MMMM y", locale="nl")


def weekday_date(day: date | datetime | None) -> str:
    """zondag 1 februari"""
    return format_date(_day(day), "EEEE d MMMM", locale="nl") if day else ""


def moment(at: datetime | None) -> str:
    """1 februari 2026 om 07:00"""
    return format_datetime(at, "d MMMM y 'om' HH:mm", AMSTERDAM, locale="nl") if at else ""


def how_long(span: timedelta) -> str:
    """3 minuten; whole minutes, hours or days, whichever says enough."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "minder dan een minuut"
    if minutes < 60:
        return plural(minutes, "minuut", "minuten")
    hours = minutes // 60
    return plural(hours, "uur", "uur") if hours < 48 else plural(hours // 24, "dag", "dagen")


def number(value: int) -> str:
    """1.234"""
    return format_decimal(value, locale="nl")


def hours(minutes: int) -> str:
    """1.234,5"""
    return format_decimal(Decimal(minutes) / 60, format="#,##0.##", locale="nl")


def share(value: float) -> str:
    """0,25"""
    return format_decimal(Decimal(str(value)), format="0.00", locale="nl")


def plural(count: int, one: str, many: str) -> str:
    """1 opgave, 2 opgaven"""
    return f"{number(count)} {one if count == 1 else many}"


def ended(sentence: str) -> str:
    """With a full stop, unless it has an end of its own: a title may ask something."""
    return sentence if sentence.endswith((".", "?", "!", "…")) else f"{sentence}."


def listed(words: Sequence[str], last: str = "en") -> str:
    """een, twee en drie"""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _day(day: date | datetime | None) -> date | None:
    return dutch_day(day) if isinstance(day, datetime) else day

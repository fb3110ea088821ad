"""Dutch dates, numbers and plurals for templates."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask

from app.core.clock import AMSTERDAM, dutch_date


def bind(app: Flask) -> None:
    for filter_ in (dutch_date_text, short_date, moment, number):
        app.add_template_filter(filter_, filter_.__name__)
    app.add_template_filter(dutch_date_text, "dutch_date")
    app.add_template_global(plural)


def dutch_date_text(day: date | datetime | None) -> str:
    """1 februari 2026"""
    return format_date(_day(day), "d MMMM y", locale="nl") if day else ""


def short_date(day: date | datetime | None) -> str:
    """1 feb"""
    return format_date(_day(day), "d MMM", locale="nl").rstrip(".") if day else ""


def moment(at: datetime | None) -> str:
    """1 februari 2026 om 07:00"""
    return format_datetime(at, "d MMMM y 'om' HH:mm", AMSTERDAM, locale="nl") if at else ""


def number(value: int) -> str:
    """1.234"""
    return format_decimal(value, locale="nl")


def plural(count: int, one: str, many: str) -> str:
    """1 opgave, 2 opgaven"""
    return f"{number(count)} {one if count == 1 else many}"


def _day(day: date | datetime | None) -> date | None:
    return dutch_date(day) if isinstance(day, datetime) else day

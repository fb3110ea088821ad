"""Dutch dates, numbers, plurals, words and addresses for templates, and the scale of levels."""

import re

from flask import Flask

from app.core.dutch import dutch_date, moment, number, plural, short_date, weekday_date
from app.labels import label
from app.people.rules import Level


def bind(app: Flask) -> None:
    for filter_ in (dutch_date, short_date, weekday_date, moment, number, label, address_parts):
        app.add_template_filter(filter_, filter_.__name__)
    app.add_template_global(plural)
    app.jinja_env.globals["highest_level"] = max(Level).value


def address_parts(address: str) -> list[str]:
    """Between these an address may break on a narrow screen: not inside a word."""
    return re.split(r"(?=[@.])", address)

"""Dutch dates, numbers and plurals for templates."""

from flask import Flask

from app.core.dutch import dutch_date, moment, number, plural, short_date, weekday_date


def bind(app: Flask) -> None:
    for filter_ in (dutch_date, short_date, weekday_date, moment, number):
        app.add_template_filter(filter_, filter_.__name__)
    app.add_template_global(plural)

"""A statement as a table for a Dutch spreadsheet."""

from datetime import date
from decimal import Decimal

from app.hours.queries import Line, Statement
from app.hours.rules import HOUR
from app.labels import label
from app.web.hours.pages import short_day
from app.web.sheets import plain_text, sheet

HEADS = (
    *("Geboekt op", "Wat", "Correctie", "Andere gemeente", "Opgave", "Week vanaf"),
    *("Uren erbij of eraf", "Stand in uren"),
)


def csv_of(statement: Statement, today: date) -> bytes:
    """With decimal commas.

    Of a quarter that runs the last row tells how it stands today.
    """
    quarter, balance = statement.quarter, statement.opening
    rows = [_standing(quarter.starts_on, "Beginstand", balance)]
    for line in statement.lines:
        balance += line.minutes
        rows.append(_row(line, balance))
    is_over = quarter.ends_on < today
    last = (quarter.ends_on, "Eindstand") if is_over else (today, "Stand nu")
    rows.append(_standing(*last, balance))
    return sheet(HEADS, rows)


def decimal_hours(minutes: int) -> str:
    """-7,50"""
    return f"{Decimal(minutes) / HOUR:.2f}".replace(".", ",")


def _row(line: Line, balance: int) -> tuple[str, ...]:
    return (
        short_day(line.booked_on),
        label(line.entry),
        "ja" if line.is_correction else "",
        plain_text(line.other_name),
        plain_text(line.opgave_title),
        short_day(line.week) if line.week else "",
        decimal_hours(line.minutes),
        decimal_hours(balance),
    )


def _standing(day: date, what: str, balance: int) -> tuple[str, ...]:
    return (short_day(day), what, *[""] * 5, decimal_hours(balance))

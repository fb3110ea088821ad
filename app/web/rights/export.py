"""Who has which role, as a table for a Dutch spreadsheet."""

from collections.abc import Sequence
from datetime import datetime

from app.core.clock import dutch_day
from app.web.rights.pages import GivenLine, HolderLine
from app.web.sheets import plain_text, sheet

HEADS = (
    *("Naam", "Mailadres", "Gemeente", "Rol", "Netwerk", "Sinds", "Tot en met"),
    *("Gegeven door", "Bevestigd door", "Reden"),
    *("Verlengd op", "Verlengd door", "Verlengen bevestigd door", "Reden van verlengen"),
)


def csv_of(lines: Sequence[HolderLine]) -> bytes:
    return sheet(HEADS, [_row(line) for line in lines])


def _row(line: HolderLine) -> tuple[str, ...]:
    return (
        plain_text(line.name),
        plain_text(line.email),
        plain_text(line.gemeente_name),
        line.role,
        plain_text(line.network_name),
        _day(line.given.at),
        f"{line.ends_on:%d-%m-%Y}",
        *_hands(line.given),
        _day(line.prolonged.at) if line.prolonged else "",
        *(_hands(line.prolonged) if line.prolonged else ("", "", "")),
    )


def _hands(given: GivenLine) -> tuple[str, str, str]:
    return plain_text(given.by), plain_text(given.confirmed_by), plain_text(given.reason)


def _day(moment: datetime) -> str:
    return f"{dutch_day(moment):%d-%m-%Y}"

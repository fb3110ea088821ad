"""Who has which role, as a table for a Dutch spreadsheet."""

from collections.abc import Sequence

from app.core.clock import dutch_day
from app.web.rights.pages import HolderLine
from app.web.sheets import plain_text, sheet

HEADS = (
    *("Naam", "Mailadres", "Gemeente", "Rol", "Netwerk", "Sinds", "Tot en met"),
    *("Gegeven door", "Bevestigd door", "Reden"),
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
        f"{dutch_day(line.since):%d-%m-%Y}",
        f"{line.ends_on:%d-%m-%Y}",
        plain_text(line.granted_by),
        plain_text(line.confirmed_by),
        plain_text(line.reason),
    )

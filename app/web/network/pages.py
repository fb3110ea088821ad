"""What a coordinator sees of a network: gemeenten, opgaven, numbers and loans, without names."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import dutch_day
from app.gemeenten import queries as gemeenten
from app.gemeenten.models import Network
from app.labels import label
from app.loans import queries as loans
from app.loans.queries import Placement
from app.opgaven import absence
from app.opgaven import queries as opgaven
from app.web.insight.views import Numbers, numbers_of
from app.web.sheets import plain_text, sheet

# More than this nobody reads on a page.
MOST_SHOWN = 50
# More than this takes a second person, and there is no page for that.
MOST_EXPORTED = 1_000
HEADS = ("Van gemeente", "Naar gemeente", "Soort", "Stand", "Uren per week", "Van", "Tot en met")


@dataclass(frozen=True)
class OpgaveLine:
    title: str
    href: str
    gemeente_name: str
    closes_on: date | None


@dataclass(frozen=True)
class PlacementLine:
    lender_name: str
    borrower_name: str
    kind: str
    state: str
    hours_per_week: int
    starts_on: date
    ends_on: date

    @property
    def cells(self) -> tuple[str, ...]:
        return (
            plain_text(self.lender_name),
            plain_text(self.borrower_name),
            self.kind,
            self.state,
            str(self.hours_per_week),
            f"{self.starts_on:%d-%m-%Y}",
            f"{self.ends_on:%d-%m-%Y}",
        )


@dataclass(frozen=True)
class NetworkPage:
    network: Network
    # The other ones of this coordinator.
    others: list[Network]
    gemeenten: list[str]
    opgaven: list[OpgaveLine]
    # How many opgaven nobody is there for, in all networks of the reader.
    left: int
    placements: list[PlacementLine]
    numbers: Numbers


def network_page(
    session: Session, actor: Actor, network: Network, own: Collection[Network], now: datetime
) -> NetworkPage:
    codes = codes_of(session, network, dutch_day(now))
    return NetworkPage(
        network=network,
        others=[one for one in own if one.id != network.id],
        gemeenten=[
            one.name for one in gemeenten.gemeenten_of_network(session, network.id, dutch_day(now))
        ],
        opgaven=_opgaven(session, actor, codes, dutch_day(now)),
        left=len(absence.left_in_reach(session, actor)),
        placements=placement_lines(session, actor, codes, MOST_SHOWN),
        numbers=numbers_of("Hoe ver opgaven komen", now, codes),
    )


def codes_of(session: Session, network: Network, today: date) -> set[str]:
    return gemeenten.codes_of_networks(session, [network.id], today)


def _opgaven(
    session: Session, actor: Actor, codes: Collection[str], today: date
) -> list[OpgaveLine]:
    return [
        OpgaveLine(
            one.opgave.title,
            url_for("opgaven.show", opgave_id=one.opgave.id),
            one.gemeente.name,
            one.opgave.closes_on,
        )
        for one in opgaven.open_in_network(session, actor, codes, today, MOST_SHOWN)
    ]


def placement_lines(
    session: Session, actor: Actor, codes: Collection[str], most: int
) -> list[PlacementLine]:
    found = loans.placements(session, actor, codes, most)
    both = {code for one in found for code in (one.lender_code, one.borrower_code)}
    names = gemeenten.names_of(session, both)
    return [_line(one, names) for one in found]


def _line(one: Placement, names: dict[str, str]) -> PlacementLine:
    return PlacementLine(
        lender_name=names[one.lender_code],
        borrower_name=names[one.borrower_code],
        kind=label(one.kind),
        state=label(one.state),
        hours_per_week=one.hours_per_week,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
    )


def csv_of(lines: Collection[PlacementLine]) -> bytes:
    return sheet(HEADS, [one.cells for one in lines])

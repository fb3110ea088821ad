"""What the first page shows: real figures, new opgaven and the four ways to take part."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core.dutch import number
from app.gemeenten import queries as gemeenten
from app.labels import MOVEMENT_SENTENCES, label
from app.opgaven import queries as opgaven
from app.people import queries as people
from app.people.rules import Movement
from app.web.cards import OpgaveCard, opgave_card

NEWEST = 6
ICONS = {
    Movement.VERANDERAAR: "seedling",
    Movement.GRENSDENKER: "building-bridge-2",
    Movement.AANPAKKER: "tools",
    Movement.ENERGIEGEVER: "bolt",
}


@dataclass(frozen=True)
class Figure:
    value: str
    label: str


@dataclass(frozen=True)
class MovementRole:
    label: str
    sentence: str
    icon: str


def newest_opgaven(session: Session, today: date) -> list[OpgaveCard]:
    return [opgave_card(seen) for seen in opgaven.newest_public(session, today, NEWEST)]


def figures(session: Session, today: date) -> list[Figure]:
    open_opgaven = opgaven.count_open(session, today)
    profiles = people.count_published(session)
    everywhere = number(gemeenten.count(session, today))
    return [
        Figure(number(open_opgaven), "open opgave" if open_opgaven == 1 else "open opgaven"),
        Figure(number(profiles), "profiel" if profiles == 1 else "profielen"),
        Figure(
            number(accounts.count_gemeenten(session)), f"van de {everywhere} gemeenten doen mee"
        ),
    ]


def movement() -> list[MovementRole]:
    return [MovementRole(label(role), MOVEMENT_SENTENCES[role], ICONS[role]) for role in Movement]

"""Whom somebody speaks to about hours that are settled between their gemeente and others."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core.actor import Actor, Role
from app.gemeenten import queries as gemeenten
from app.hours.queries import YearProposal
from app.hours.rules import may_agree_limit


@dataclass(frozen=True)
class Contact:
    name: str
    email: str


@dataclass(frozen=True)
class Contacts:
    """Who looks after the urenbank of one gemeente; nobody yet, when there is none."""

    gemeente_name: str
    people: tuple[Contact, ...]


def contacts_for(session: Session, reader: Actor, found: YearProposal) -> list[Contacts]:
    """Of each gemeente that the reader's settles with, by name, for who looks after the urenbank.

    All others speak to who does so at home: elsewhere their addresses are read by nobody else.
    """
    own = reader.gemeente_code or ""
    sides = [(one.debtor, one.creditor) for one in found.settlings]
    others = {code for pair in sides if own in pair for code in pair if code != own}
    codes = others if may_agree_limit(reader, own) or not others else {own}
    names = gemeenten.names_of(session, codes)
    return [
        Contacts(names[code], _keepers(session, code))
        for code in sorted(codes, key=lambda code: names[code])
    ]


def _keepers(session: Session, code: str) -> tuple[Contact, ...]:
    found = accounts.with_role(session, Role.GEMEENTEBEHEERDER, code)
    return tuple(Contact(one.name, one.email) for one in found)

"""What the inbox and digests tell of loans: to each reader what their party may know."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.gemeenten import queries as gemeenten
from app.gemeenten.rules import now_called
from app.loans import queries
from app.loans.headline import news_of_opgave
from app.loans.room import all_held_up
from app.loans.rules import Party
from app.loans.words import about, news

# Who reads, of which opgave, and whose loan it is.
Asked = tuple[Actor, UUID, UUID]
Key = tuple[UUID | None, UUID, UUID]


@dataclass(frozen=True)
class ToldLoan:
    """Whose loan it is and how it stands, to one of its parties."""

    loan_id: UUID
    about: str
    said: str


def held_up_of(session: Session, codes: Collection[str], today: date) -> dict[str, tuple[str, ...]]:
    """Which loans the limit of each of these gemeenten holds up, as its people may read them."""
    told: dict[str, tuple[str, ...]] = {}
    if not codes:
        return told
    mergers = gemeenten.mergers(session, today)
    for seen in all_held_up(session):
        code, whose = now_called(seen.loan.borrower_code, mergers), about(seen, Party.BORROWER)
        told[code] = (*told.get(code, ()), f"de {whose[:1].lower()}{whose[1:]}")
    return told


def told_of(session: Session, asked: Collection[Asked], today: date) -> dict[Key, ToldLoan]:
    """Of each the loan that was asked last and in which the reader has a part, if there is one."""
    found = queries.newest_of(session, {(opgave, user) for _, opgave, user in asked})
    emails = queries.emails_of(session, [viewer for viewer, *_ in asked if found])
    moved = queries.which_were_handed_over(session, {opgave for opgave, _ in found})
    told: dict[Key, ToldLoan] = {}
    for viewer, opgave_id, user_id in asked:
        for seen in found.get((opgave_id, user_id), []):
            party = queries.party_of(seen.loan, viewer, emails.get(viewer.user_id, ""))
            if party is not None:
                has_news = seen.is_opgave_down or opgave_id in moved
                told_at = queries.last_told(session, seen.loan) if has_news else {}
                of_opgave = news_of_opgave(seen, party, told_at)
                said = f"{news(seen, party, today)} {of_opgave}".rstrip()
                words = ToldLoan(seen.loan.id, about(seen, party), said)
                told[viewer.user_id, opgave_id, user_id] = words
                break
    return told

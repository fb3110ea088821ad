"""What a manager is asked, what became of it, and what they answered before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.dutch import dutch_date
from app.loans.rules import LoanState, Party
from app.loans.seen import SeenLoan
from app.web.loans.pages import LoanLine, loan_line


@dataclass(frozen=True)
class AskedLine:
    """A loan in the list of its manager; `answered` is nothing until they did."""

    line: LoanLine
    since: str
    answered: str


@dataclass(frozen=True)
class AskedPage:
    """What waits for the manager, what waits for others, and what was before."""

    waiting: list[AskedLine]
    with_others: list[AskedLine]
    before: list[AskedLine]


def asked_page(found: Sequence[SeenLoan], today: date) -> AskedPage:
    waiting = [seen for seen in found if seen.waits_for_party(Party.LENDER)]
    others = [seen for seen in found if seen not in waiting and _waits_for_somebody(seen)]
    before = [seen for seen in found if seen not in waiting and seen not in others]
    return AskedPage(*([_line(seen, today) for seen in one] for one in (waiting, others, before)))


def _waits_for_somebody(seen: SeenLoan) -> bool:
    return any(seen.waits_for_party(party) for party in Party)


def _line(seen: SeenLoan, today: date) -> AskedLine:
    return AskedLine(loan_line(seen, Party.LENDER, today), _since(seen), _answered(seen))


def _since(seen: SeenLoan) -> str:
    if seen.question is not None and seen.asks is not Party.LENDER:
        return f"Gevraagd op {dutch_date(seen.question.said_at)}."
    return f"Gevraagd op {dutch_date(seen.terms.made_at)}."


def _answered(seen: SeenLoan) -> str:
    loan = seen.loan
    if loan.state is LoanState.REFUSED and loan.ended_by is Party.LENDER:
        return f"Je zei nee op {dutch_date(loan.ended_at)}."
    signed = seen.terms if seen.waits_for or seen.agreed is None else seen.agreed
    if Party.LENDER not in signed.signed_at or loan.state is LoanState.WITHDRAWN:
        return ""
    day = dutch_date(signed.signed_at[Party.LENDER])
    if seen.was_signed_before_manager(signed):
        return f"{signed.lender_signed_by} tekende op {day}."
    return f"Je tekende op {day}."

"""What is agreed, line by line, and what of it other terms change."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.dutch import dutch_date
from app.loans.models import Terms
from app.loans.rules import CostBasis, LoanState, Party, end_talk_day
from app.loans.seen import SeenLoan

ENDS_ON, RETURNS_ON, LAST_DAY = "Duurt tot en met", "Terug op", "Laatste dag"
EARLIER = "{day} ({before}afgesproken was {was})"
COSTS = {
    CostBasis.CLOSED_PURSE: "Gesloten beurs: de uren tellen mee in de urenbank",
    CostBasis.COST: "Kosten doorberekend, per uur",
    CostBasis.NONE: "Geen kosten, en geen uren in de urenbank",
}

Line = tuple[str, str]


@dataclass(frozen=True)
class Change:
    """One line of other terms beside what stood there; either may be nothing."""

    name: str
    was: str
    now: str

    @property
    def said(self) -> str:
        """12 (was 8)"""
        if not self.was:
            return f"{self.now} (nieuw)"
        return f"{self.now or 'Vervalt'} (was {self.was})"


def terms_lines(terms: Terms) -> list[Line]:
    lines = [
        ("Uren per week", str(terms.hours_per_week)),
        ("Begint op", dutch_date(terms.starts_on)),
        (ENDS_ON, dutch_date(terms.ends_on)),
        (RETURNS_ON, dutch_date(terms.returns_on)),
        ("Kosten", COSTS[terms.cost_basis]),
    ]
    if terms.cost_basis is CostBasis.COST:
        lines.append(("Euro per uur", euros(terms.euros_per_hour)))
    if terms.learning_goal:
        lines.append(("Leerdoel", terms.learning_goal))
    if terms.words:
        lines.append(("Andere afspraken", terms.words))
    return lines


def lines_that_hold(seen: SeenLoan) -> list[Line]:
    """What is agreed, or on the table; of what stops earlier the days that hold beside it."""
    held = seen.agreed or seen.terms
    lines = terms_lines(held)
    if not seen.ends_early:
        return lines
    before = f"was {dutch_date(seen.before.last_day)}, " if seen.before.last_day else ""
    last_day = EARLIER.format(
        day=dutch_date(seen.loan.last_day), before=before, was=dutch_date(held.ends_on)
    )
    back_on = EARLIER.format(
        day=dutch_date(seen.expected_back_on), before="", was=dutch_date(held.returns_on)
    )
    earlier = {ENDS_ON: (LAST_DAY, last_day), RETURNS_ON: (RETURNS_ON, back_on)}
    return [earlier.get(name, (name, said)) for name, said in lines]


def changes(seen: SeenLoan, reader: Party) -> list[Change]:
    """What the terms on the table change, while they wait for signatures; mostly nothing."""
    before = _before(seen, reader) if seen.waits_for else None
    if before is None:
        return []
    known = dict(terms_lines(before))
    if seen.ends_early:
        known[ENDS_ON] = dutch_date(seen.loan.last_day)
        known[RETURNS_ON] = dutch_date(seen.expected_back_on)
    return _differences(known, seen.terms)


def agreed_changes(seen: SeenLoan) -> list[Change]:
    """What the newest agreement changed of the one before; nothing of the first."""
    newest, *earlier = seen.agreements
    return _differences(dict(terms_lines(earlier[0])), newest) if earlier else []


def end_talk_would_move(seen: SeenLoan, today: date) -> str:
    """To which day the end talk goes if all three sign what is proposed; nothing if it stays."""
    if seen.loan.state is not LoanState.ACTIVE or not seen.waits_for:
        return ""
    day = end_talk_day(seen.terms.starts_on, seen.terms.ends_on, today)
    return _moved("verschuift dan", seen.loan.end_talk_on, day)


def end_talk_moved(seen: SeenLoan) -> str:
    """To which day the end talk went when all three signed other terms; nothing if it stayed."""
    if seen.loan.state is not LoanState.ACTIVE or seen.ends_early:
        return ""
    return _moved("verschuift", seen.before.end_talk_on, seen.loan.end_talk_on)


def _moved(goes: str, was: date | None, now: date | None) -> str:
    if was is None or now is None or was == now:
        return ""
    return f"Het eindgesprek {goes} naar {dutch_date(now)}. Dat was {dutch_date(was)}."


def _differences(known: dict[str, str], terms: Terms) -> list[Change]:
    wanted = dict(terms_lines(terms))
    names = [*wanted, *(name for name in known if name not in wanted)]
    found = [Change(name, known.get(name, ""), wanted.get(name, "")) for name in names]
    return [one for one in found if one.was != one.now]


def euros(amount: Decimal | None) -> str:
    """62,50"""
    return f"{amount:.2f}".replace(".", ",") if amount is not None else ""


def _before(seen: SeenLoan, reader: Party) -> Terms | None:
    """What runs; or, before it does, what the reader signed last.

    Of who signed nothing yet what another party laid down last, or what was asked first: who lays
    down other terms twice changes with both what stood there before.
    """
    if seen.agreed is not None:
        return seen.agreed
    earlier = [one for one in seen.versions if one.version < seen.terms.version]
    signed = [one for one in earlier if reader in one.signed_at]
    of_others = [one for one in earlier if one.made_by is not seen.terms.made_by]
    return next(iter([*signed, *of_others, *earlier[-1:]]), None)

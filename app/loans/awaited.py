"""For whom a loan waits, and what there is to read of it for that."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from app.core.clock import dutch_day
from app.loans.models import Loan, Remark, Terms
from app.loans.rules import UNDER_WAY, LoanState, Party, Reason


@dataclass(frozen=True)
class WaitingLoan:
    """No more of a loan than tells for whom it waits, if for anybody."""

    loan: Loan
    # The terms on the table.
    terms: Terms
    opgave_down_at: datetime | None
    # When the hours of each week were written last; without an objection nothing asks for it.
    written_at: dict[date, datetime]
    # The first one first.
    remarks: list[Remark]

    @property
    def fell_with_opgave(self) -> bool:
        """Whether a beheerder took the opgave away while it waited for signatures: nobody said no.

        Also until the workers have ended it.
        """
        loan, down_at = self.loan, self.opgave_down_at
        if down_at is None or loan.state is LoanState.ASKED:
            return down_at is not None
        if loan.reason is not Reason.OPGAVE_ENDED or loan.ended_at is None:
            return False
        return loan.ended_at >= down_at

    @property
    def question(self) -> Remark | None:
        """The last word, while its party waits for an answer: before they sign, whatever they said.

        Who signed may still ask something: a manager always, the others while it runs, unless
        that answers what another asked. Other terms are an answer; that another signs is none.
        """
        last = self.remarks[-1] if self.remarks else None
        if last is None or self.loan.state not in UNDER_WAY or last.said_at < self.terms.made_at:
            return None
        if last.is_objection or self.fell_with_opgave:
            return None
        signed_at = self.terms.signed_at.get(last.party)
        if signed_at is None:
            return last if last.party in self.waits_for else None
        asks = "?" in last.words and last.said_at > signed_at
        if asks and last.party is not Party.LENDER:
            asks = self.loan.state is LoanState.ACTIVE and not self._answers_another(last)
        return last if asks else None

    def _answers_another(self, last: Remark) -> bool:
        before = self.remarks[-2] if len(self.remarks) > 1 else None
        if before is None or before.is_objection or before.said_at < self.terms.made_at:
            return False
        return before.party is not last.party and "?" in before.words

    @property
    def asks(self) -> Party | None:
        """Who waits for an answer: the others are waited for."""
        return self.question.party if self.question else None

    @property
    def objection(self) -> Remark | None:
        """Who said last that the hours are not right, until they are written anew.

        An answer of the professional, or who agrees after all, ends it too; hours of a week that
        was still to come do not.
        """
        objections = [one for one in self.remarks if one.is_objection]
        if not objections or self.loan.state not in {LoanState.ACTIVE, LoanState.ENDED}:
            return None
        last = objections[-1]
        answers = [one.said_at for one in self.remarks if one.party is Party.PROFESSIONAL]
        meant = dutch_day(last.said_at)
        written = [at for monday, at in self.written_at.items() if monday <= meant]
        steps = [*answers, *written, *self.loan.agreed_at.values()]
        return None if any(at > last.said_at for at in steps) else last

    def question_to(self, party: Party) -> Remark | None:
        """What this party is asked, or hears is wrong; nothing of what is their own."""
        if self.question is not None:
            return self.question if self.asks is not party else None
        return self.objection if party is Party.PROFESSIONAL else None

    def waits_for_party(self, party: Party) -> bool:
        """Who is asked something is waited for; otherwise whose signature is missing.

        Who named a manager that no mail reaches has to look at the address first, and who wrote
        hours that are not right at the hours.
        """
        if self.fell_with_opgave:
            return False
        if party is Party.PROFESSIONAL and self.has_to_look_for_manager:
            return True
        if self.objection is not None and (
            party is Party.PROFESSIONAL or self.loan.state is LoanState.ENDED
        ):
            return party is Party.PROFESSIONAL
        if self.asks is not None:
            return party is not self.asks
        return party in self.waits_for or party in self.loan.waits_to_close

    @property
    def has_to_look_for_manager(self) -> bool:
        """Whether nothing happens before the professional looks at the address of the manager."""
        return self.loan.state in UNDER_WAY and self.loan.manager_unreached_at is not None

    @property
    def waits_for(self) -> list[Party]:
        """Whose signature is missing."""
        if self.loan.state not in UNDER_WAY or self.loan.version == self.loan.agreed_version:
            return []
        if self.fell_with_opgave:
            return []
        return [party for party in Party if party not in self.terms.signed_at]


def may_wait() -> ColumnElement[bool]:
    """Whether it is worth a look: what runs as agreed, with nothing said of it, waits for nobody.

    `WaitingLoan.waits_for_party` judges what is looked at.
    """
    is_said = select(Remark.id).where(Remark.loan_id == Loan.id).exists()
    is_unsigned = Loan.version.is_distinct_from(Loan.agreed_version)
    is_unreached = Loan.manager_unreached_at.is_not(None)
    return or_(
        Loan.state.in_((LoanState.ASKED, LoanState.ENDED)),
        and_(Loan.state == LoanState.ACTIVE, or_(is_unsigned, is_unreached, is_said)),
    )

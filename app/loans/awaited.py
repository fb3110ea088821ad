"""For whom a loan waits, and what there is to read of it for that."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from app.core.clock import dutch_day
from app.loans.models import Loan, Remark, Terms
from app.loans.rules import UNDER_WAY, LoanState, Party, Reason

# From a Monday on.
TO_SUNDAY = timedelta(days=6)


@dataclass(frozen=True)
class WaitingLoan:
    """No more of a loan than tells for whom it waits, if for anybody."""

    loan: Loan
    # The terms on the table.
    terms: Terms
    opgave_down_at: datetime | None
    # When the hours of each week were written last; without an objection nothing asks for it.
    written_at: dict[date, datetime]
    # The weeks that had no hours when somebody said of hours that they are right, or are not.
    was_empty: frozenset[date]
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
        """What its party waits for an answer to: another says something, or there are other terms.

        The first that somebody says before they sign is one, whatever it is; later what asks
        something. Who signed may still do so: a manager always, the others while it runs, unless
        that answers what another asked. That another signs is no answer.
        """
        return self._exchange()[0]

    @property
    def answer(self) -> Remark | None:
        """What was said last, if it answers what another asked, and asks nothing."""
        return self._exchange()[1]

    def _exchange(self) -> tuple[Remark | None, Remark | None]:
        asked: Remark | None = None
        answer: Remark | None = None
        if self.loan.state not in UNDER_WAY or self.fell_with_opgave:
            return asked, answer
        said = [one for one in self.remarks if one.said_at >= self.terms.made_at]
        for place, one in enumerate(said):
            is_answer = asked is not None and asked.party is not one.party
            is_question = self._asks(one, is_first=place == 0, is_answer=is_answer)
            asked = one if is_question else None
            answer = one if is_answer and not is_question else None
        return asked, answer

    def _asks(self, one: Remark, *, is_first: bool, is_answer: bool) -> bool:
        if one.is_objection:
            return False
        signed_at, asks = self.terms.signed_at.get(one.party), "?" in one.words
        if signed_at is None:
            return one.party in self.waits_for and (is_first or asks)
        if not asks or one.said_at <= signed_at:
            return False
        return one.party is Party.LENDER or (self.loan.state is LoanState.ACTIVE and not is_answer)

    @property
    def asks(self) -> Party | None:
        """Who waits for an answer: the others are waited for."""
        return self.question.party if self.question else None

    @property
    def objection(self) -> Remark | None:
        """Who said last that the hours are not right, until they are written anew.

        An answer of the professional, or who agrees after all, ends it too; hours of a week that
        was not over by then, and had none yet, do not.
        """
        last = self._last_objection
        if last is None or self._answers_to(last) or self._is_settled(last):
            return None
        return last

    @property
    def answered_objection(self) -> Remark | None:
        """What the professional said of the hours that were not right, while it was the last word
        and they stayed as they were.
        """
        last = self._last_objection
        if last is None or self._is_settled(last):
            return None
        answers = self._answers_to(last)
        return answers[0] if answers and answers[0] is self.remarks[-1] else None

    @property
    def _last_objection(self) -> Remark | None:
        objections = [one for one in self.remarks if one.is_objection]
        has_hours = self.loan.state in {LoanState.ACTIVE, LoanState.ENDED}
        return objections[-1] if objections and has_hours else None

    def _answers_to(self, objection: Remark) -> list[Remark]:
        after = [one for one in self.remarks if one.said_at > objection.said_at]
        return [one for one in after if one.party is Party.PROFESSIONAL]

    def _is_settled(self, objection: Remark) -> bool:
        """Whether hours that may be meant were written since, or somebody agreed on them."""
        day = dutch_day(objection.said_at)
        written = [at for monday, at in self.written_at.items() if self._may_mean(monday, day)]
        return any(at > objection.said_at for at in [*written, *self.loan.agreed_at.values()])

    def _may_mean(self, monday: date, day: date) -> bool:
        """Whether who objected on that day may mean this week: it was over, or had hours."""
        last_day = min(monday + TO_SUNDAY, self.loan.last_day or date.max)
        return last_day < day or (monday <= day and monday not in self.was_empty)

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

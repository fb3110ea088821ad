"""What the room of loans tells."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event
from app.loans.rules import Party


@dataclass(frozen=True)
class LoanAsked(Event):
    """A professional asks to work for another gemeente, and has signed the first terms."""

    name: ClassVar[str] = "loan.asked"
    loan_id: UUID
    party: str = Party.PROFESSIONAL.value


@dataclass(frozen=True)
class TermsSigned(Event):
    name: ClassVar[str] = "terms.signed"
    loan_id: UUID
    version: int
    party: str


@dataclass(frozen=True)
class SignatureHeldUp(Event):
    """With these hours the borrower would pass its limit in the urenbank."""

    name: ClassVar[str] = "signature.held_up"
    loan_id: UUID
    gemeente_code: str


@dataclass(frozen=True)
class TermsChanged(Event):
    """There are other terms to sign; signatures under earlier ones that did not hold are void."""

    name: ClassVar[str] = "terms.changed"
    loan_id: UUID
    version: int
    party: str


@dataclass(frozen=True)
class TermsAgreed(Event):
    """All three signed: the loan runs by these terms, for the first time or from now on."""

    name: ClassVar[str] = "terms.agreed"
    comes_of_itself: ClassVar[bool] = True
    loan_id: UUID
    version: int
    is_first: bool
    # On which day the end talk was until now; a fact of before this was told has none.
    end_talk_was: date | None = None


@dataclass(frozen=True)
class ProposalRefused(Event):
    """Other terms for a running loan are off; it runs on as agreed."""

    name: ClassVar[str] = "proposal.refused"
    loan_id: UUID
    version: int
    party: str
    # Whether who laid them down took them back.
    is_own: bool

    def deed(self) -> str:
        return "proposal.withdrawn" if self.is_own else self.name


@dataclass(frozen=True)
class LoanRefused(Event):
    name: ClassVar[str] = "loan.refused"
    loan_id: UUID
    party: str
    reason: str


@dataclass(frozen=True)
class LoanStopped(Event):
    """What waited for signatures does not go on, because its opgave is over; nobody said no."""

    name: ClassVar[str] = "loan.stopped"
    comes_of_itself: ClassVar[bool] = True
    loan_id: UUID


@dataclass(frozen=True)
class LoanWithdrawn(Event):
    name: ClassVar[str] = "loan.withdrawn"
    loan_id: UUID
    party: str = Party.PROFESSIONAL.value


@dataclass(frozen=True)
class LoanCalledOff(Event):
    """What three agreed on does not go on after all, before its first day."""

    name: ClassVar[str] = "loan.called_off"
    loan_id: UUID
    party: str
    reason: str


@dataclass(frozen=True)
class EndMoved(Event):
    """A running loan ends earlier than was agreed."""

    name: ClassVar[str] = "loan.end_moved"
    loan_id: UUID
    last_day: date
    party: str
    reason: str


@dataclass(frozen=True)
class EndTalkPlanned(Event):
    """A party put the talk about what comes after on another day."""

    name: ClassVar[str] = "end_talk.planned"
    loan_id: UUID
    day: date
    party: str


@dataclass(frozen=True)
class EndTalkNears(Event):
    """In a week the three talk about what comes after."""

    name: ClassVar[str] = "end_talk.nears"
    loan_id: UUID
    day: date


@dataclass(frozen=True)
class LoanEnded(Event):
    name: ClassVar[str] = "loan.ended"
    comes_of_itself: ClassVar[bool] = True
    loan_id: UUID


@dataclass(frozen=True)
class HoursAgreed(Event):
    """The professional or the borrower says that the hours of a loan that is over are right."""

    name: ClassVar[str] = "hours.agreed"
    loan_id: UUID
    party: str


@dataclass(frozen=True)
class HoursReopened(Event):
    """Hours changed, or somebody says that they are not right; who agreed has to look again."""

    name: ClassVar[str] = "hours.reopened"
    comes_of_itself: ClassVar[bool] = True
    loan_id: UUID
    party: str


@dataclass(frozen=True)
class CompletionReported(Event):
    """One of both says that all is done, because the other says nothing.

    Without a party it is the clock, because both say nothing.
    """

    name: ClassVar[str] = "completion.reported"
    comes_of_itself: ClassVar[bool] = True
    loan_id: UUID
    party: str


@dataclass(frozen=True)
class LoanClosed(Event):
    """Both agreed on the hours; or, without a party, nobody objected for long enough."""

    name: ClassVar[str] = "loan.closed"
    comes_of_itself: ClassVar[bool] = True
    loan_id: UUID
    party: str


@dataclass(frozen=True)
class FeedbackGiven(Event):
    """One of both said how it went; the other is not told what."""

    name: ClassVar[str] = "feedback.given"
    loan_id: UUID
    party: str


@dataclass(frozen=True)
class FeedbackAsked(Event):
    """Who gave none is asked once more."""

    name: ClassVar[str] = "feedback.asked"
    loan_id: UUID
    of: str


@dataclass(frozen=True)
class FeedbackShown(Event):
    """From now on both read what there is."""

    name: ClassVar[str] = "feedback.shown"
    comes_of_itself: ClassVar[bool] = True
    loan_id: UUID


@dataclass(frozen=True)
class FeedbackAnswered(Event):
    name: ClassVar[str] = "feedback.answered"
    loan_id: UUID
    party: str = Party.PROFESSIONAL.value


@dataclass(frozen=True)
class RemarkMade(Event):
    """A party asked something, or answered; or said that hours are not right."""

    name: ClassVar[str] = "remark.made"
    loan_id: UUID
    party: str
    is_objection: bool

    def deed(self) -> str:
        return "hours.disputed" if self.is_objection else self.name


@dataclass(frozen=True)
class ManagerNotReached(Event):
    """Mail to the manager came back."""

    name: ClassVar[str] = "manager.not_reached"
    comes_of_itself: ClassVar[bool] = True
    loan_id: UUID


@dataclass(frozen=True)
class ManagerNamed(Event):
    """The professional named another manager, or another address."""

    name: ClassVar[str] = "manager.named"
    loan_id: UUID
    party: str = Party.PROFESSIONAL.value


@dataclass(frozen=True)
class HoursWritten(Event):
    name: ClassVar[str] = "hours.written"
    loan_id: UUID
    monday: date
    minutes: int
    # Whether others had read other hours of this week, and agreed, objected or were asked to.
    is_correction: bool

    def deed(self) -> str:
        return "hours.corrected" if self.is_correction else self.name

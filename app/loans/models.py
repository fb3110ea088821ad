"""Loans of hours, the terms that were signed, and the weeks that they take of a person."""

from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    String,
    select,
)
from sqlalchemy.orm import Mapped, aliased, column_property, mapped_column

from app.core.clock import dutch_day
from app.core.errors import Conflict
from app.core.orm import Base, PrimaryId
from app.core.workdays import next_workday
from app.loans.rules import (
    CLOSERS,
    EMAIL_LIMIT,
    END_TALK_TOLD_BEFORE,
    FELL_WITH_OPGAVE,
    GOAL_LIMIT,
    MOST_HOURS,
    MOST_MINUTES,
    NAME_LIMIT,
    NEXT,
    NO_SUCH_STEP,
    REPORT_AFTER,
    SILENT_AFTER,
    WORDS_LIMIT,
    Again,
    CostBasis,
    LoanState,
    Party,
    Reason,
    Showed,
    TermsDraft,
)
from app.opgaven.models import Opgave
from app.vocabulary.rules import LABEL_LIMIT

AGREED = (
    "agreed_at IS NULL OR (professional_signed_at IS NOT NULL"
    " AND lender_signed_at IS NOT NULL AND borrower_signed_at IS NOT NULL)"
)

# Under a name of its own, so that a query may ask for loans and opgaven together.
_OPGAVE = aliased(Opgave)


class Loan(Base):
    """One professional who works hours for another gemeente, from asking to the end.

    `version` is that of the newest terms, `agreed_version` that of the terms that hold. They
    differ while signatures are collected: for the first terms, or for other ones.
    """

    __tablename__ = "loan"
    __table_args__ = (
        CheckConstraint("lender_code <> borrower_code", name="between_two"),
        CheckConstraint(
            "state NOT IN ('lopend', 'beeindigd', 'afgesloten') OR agreed_version IS NOT NULL",
            name="ran_as_agreed",
        ),
        CheckConstraint(
            "(state = 'afgesloten') = (closed_at IS NOT NULL)", name="closed_at_a_moment"
        ),
        ForeignKeyConstraint(
            ["id", "agreed_version"],
            ["terms.loan_id", "terms.version"],
            name="fk_loan_agreed_version",
            use_alter=True,
        ),
        # One at a time for each opgave and person.
        Index(
            "uq_loan_under_way",
            "opgave_id",
            "user_id",
            unique=True,
            postgresql_where="state IN ('gevraagd', 'lopend')",
        ),
    )

    id: Mapped[PrimaryId]
    opgave_id: Mapped[UUID] = mapped_column(ForeignKey("opgave.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    lender_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"), index=True)
    borrower_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"), index=True)
    # Whose the opgave is now: what merged took it along, and the codes above stay as they signed.
    gemeente_code: Mapped[str] = column_property(
        select(_OPGAVE.gemeente_code)
        .where(_OPGAVE.id == opgave_id)
        .correlate_except(_OPGAVE)
        .scalar_subquery()
    )
    # Who decides for the lender; they need no account.
    manager_name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    manager_email: Mapped[str] = mapped_column(String(EMAIL_LIMIT), index=True)
    # Since when the limit of the borrower holds up a signature, and that was told.
    held_up_at: Mapped[datetime | None]
    # Since when no mail reaches that address.
    manager_unreached_at: Mapped[datetime | None]
    state: Mapped[LoanState] = mapped_column(default=LoanState.ASKED, index=True)
    version: Mapped[int] = mapped_column(SmallInteger)
    agreed_version: Mapped[int | None] = mapped_column(SmallInteger)
    asked_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    # While it runs: the day of the agreed terms, or an earlier one.
    last_day: Mapped[date | None] = mapped_column(index=True)
    # When the three talk about what comes after, and for which day they were told of it.
    end_talk_on: Mapped[date | None] = mapped_column(index=True)
    end_talk_told_for: Mapped[date | None]
    # Of what runs: since when it is known that it stops earlier.
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[Party | None]
    reason: Mapped[Reason | None]
    reason_words: Mapped[str] = mapped_column(String(WORDS_LIMIT), default="")
    # Of who stops earlier than agreed: the first day back for all hours.
    returns_on: Mapped[date | None]
    # When these two agreed on the hours as they were written, and since when the professional was
    # back for all hours.
    professional_closed_at: Mapped[datetime | None]
    borrower_closed_at: Mapped[datetime | None]
    returned_on: Mapped[date | None]
    # On which day one of both said that all is done, or the clock, because nobody says anything.
    reported_on: Mapped[date | None] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    # Who agreed last; nobody when it closed of itself.
    closed_by: Mapped[Party | None]
    # On which day who gave no feedback was asked once more.
    feedback_asked_on: Mapped[date | None]

    @property
    def agreed_at(self) -> dict[Party, datetime]:
        """Who agreed on the hours as they stand, and when."""
        moments = {
            Party.PROFESSIONAL: self.professional_closed_at,
            Party.BORROWER: self.borrower_closed_at,
        }
        return {party: at for party, at in moments.items() if at is not None}

    @property
    def waits_to_close(self) -> list[Party]:
        """Who has not agreed on the hours of a loan that is over."""
        if self.state is not LoanState.ENDED:
            return []
        return [party for party in CLOSERS if party not in self.agreed_at]

    @property
    def is_closing(self) -> bool:
        """Whether one of both agreed on the hours, or time was set going, and it is not closed."""
        is_begun = len(self.waits_to_close) < len(CLOSERS) or self.reported_on is not None
        return self.state is LoanState.ENDED and is_begun

    @property
    def may_report_from(self) -> date | None:
        """The first day on which who agreed need not wait for the other any more."""
        return self.last_day + REPORT_AFTER if self.last_day else None

    @property
    def reported_by(self) -> Party | None:
        """Who agreed and waits no longer; nobody when it may have been the clock."""
        reported_on = self.reported_on
        if reported_on is None:
            return None
        agreed = self.agreed_at.items()
        return next((who for who, at in agreed if reported_on < dutch_day(at) + SILENT_AFTER), None)

    def may_report(self, party: Party, today: date) -> bool:
        """Whether this party agreed, and waited long enough for the other."""
        first = self.may_report_from
        if self.reported_on is not None or first is None or today < first:
            return False
        return party in CLOSERS and bool(self.waits_to_close) and party not in self.waits_to_close

    def draft_of(self, terms: "Terms") -> TermsDraft:
        """What these terms come to now: what stops earlier, stops on its own days."""
        draft = terms.draft()
        is_stopped = self.state is LoanState.ACTIVE and self.ended_by is not None
        if not is_stopped or self.last_day is None or terms.version != self.agreed_version:
            return draft
        return replace(draft, ends_on=self.last_day, returns_on=self.back_on)

    @property
    def back_on(self) -> date | None:
        """Of what stops earlier the day of return that was said with it, or the next workday."""
        return self.returns_on or (next_workday(self.last_day) if self.last_day else None)

    def put_end_talk(self, day: date | None, today: date) -> None:
        """Who hears of this step hears of a talk that is near with it, and of that once."""
        self.end_talk_on = day
        if day is not None and day - today <= END_TALK_TOLD_BEFORE:
            self.end_talk_told_for = day

    @property
    def no_such_step(self) -> str:
        """What somebody reads who asks for a step that does not fit."""
        fell = self.reason is Reason.OPGAVE_ENDED
        return FELL_WITH_OPGAVE if fell else NO_SUCH_STEP[self.state]

    def move_to(self, state: LoanState) -> None:
        if state not in NEXT[self.state]:
            raise Conflict(
                f"loan {self.id}: {self.state} cannot become {state}",
                said=self.no_such_step,
            )
        self.state = state


class Terms(Base):
    """One version of what is agreed: never changed, only signed or refused."""

    __tablename__ = "terms"
    __table_args__ = (
        CheckConstraint(f"hours_per_week BETWEEN 1 AND {MOST_HOURS}", name="hours_in_range"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("returns_on > ends_on", name="returns_after_end"),
        CheckConstraint(
            "(cost_basis = 'kosten') = (euros_per_hour IS NOT NULL)", name="costs_are_named"
        ),
        CheckConstraint(AGREED, name="agreed_by_three"),
    )

    loan_id: Mapped[UUID] = mapped_column(
        ForeignKey("loan.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    hours_per_week: Mapped[int] = mapped_column(SmallInteger)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    returns_on: Mapped[date]
    cost_basis: Mapped[CostBasis]
    euros_per_hour: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    learning_goal: Mapped[str] = mapped_column(String(GOAL_LIMIT), default="")
    words: Mapped[str] = mapped_column(String(WORDS_LIMIT), default="")
    # As they were called when this was laid down: names change, what was signed does not.
    opgave_title: Mapped[str]
    professional_name: Mapped[str]
    lender_name: Mapped[str]
    borrower_name: Mapped[str]
    made_by: Mapped[Party]
    made_at: Mapped[datetime]
    professional_signed_at: Mapped[datetime | None]
    lender_signed_at: Mapped[datetime | None]
    # A manager may sign without an account, so their name is what stays.
    lender_signed_by: Mapped[str] = mapped_column(String(NAME_LIMIT), default="")
    borrower_signed_at: Mapped[datetime | None]
    borrower_signed_as: Mapped[str] = mapped_column(default="")
    borrower_signed_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    agreed_at: Mapped[datetime | None]
    # Of other terms for a loan that runs: who said no to them, and why.
    refused_at: Mapped[datetime | None]
    refused_by: Mapped[Party | None]
    refused_for: Mapped[Reason | None]
    refused_words: Mapped[str | None] = mapped_column(String(WORDS_LIMIT))

    def draft(self) -> TermsDraft:
        """What the parties agree on, without who made it and who signed."""
        return TermsDraft(**{one.name: getattr(self, one.name) for one in fields(TermsDraft)})

    @property
    def signed_at(self) -> dict[Party, datetime]:
        """Who signed these terms, and when."""
        moments = {
            Party.PROFESSIONAL: self.professional_signed_at,
            Party.LENDER: self.lender_signed_at,
            Party.BORROWER: self.borrower_signed_at,
        }
        return {party: moment for party, moment in moments.items() if moment is not None}

    @property
    def is_signed_by_all(self) -> bool:
        return len(self.signed_at) == len(Party)


class Remark(Base):
    """What a party asked, or answered, about a loan; all three read it."""

    __tablename__ = "remark"

    id: Mapped[PrimaryId]
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id", ondelete="CASCADE"), index=True)
    party: Mapped[Party]
    # A manager may write without an account, so their name is what stays.
    name: Mapped[str]
    words: Mapped[str] = mapped_column(String(WORDS_LIMIT))
    # Whether it says that the hours are not right; only that holds up what closes of itself.
    is_objection: Mapped[bool] = mapped_column(default=False)
    said_at: Mapped[datetime]


class LentWeek(Base):
    """How many hours of a person are lent in one week, over all loans; never more than a week."""

    __tablename__ = "lent_week"
    __table_args__ = (
        CheckConstraint(f"hours BETWEEN 0 AND {MOST_HOURS}", name="hours_of_a_week"),
        CheckConstraint("extract(isodow FROM monday) = 1", name="begins_on_monday"),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    monday: Mapped[date] = mapped_column(primary_key=True)
    hours: Mapped[int] = mapped_column(SmallInteger)


class WorkedWeek(Base):
    """What the professional wrote down for one week of a loan, in minutes."""

    __tablename__ = "worked_week"
    __table_args__ = (
        CheckConstraint(f"minutes BETWEEN 0 AND {MOST_MINUTES}", name="minutes_of_a_week"),
        CheckConstraint("extract(isodow FROM monday) = 1", name="begins_on_monday"),
    )

    loan_id: Mapped[UUID] = mapped_column(
        ForeignKey("loan.id", ondelete="CASCADE"), primary_key=True
    )
    monday: Mapped[date] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(SmallInteger)
    # Of what changed after somebody agreed or objected, or after the end: what they read. Until one
    # agrees anew.
    minutes_before: Mapped[int | None] = mapped_column(SmallInteger)
    written_at: Mapped[datetime]


class Feedback(Base):
    """How one of both says it went; nobody else reads it before `shown_on`.

    It holds no name: of the borrower it is the word of a gemeente.
    """

    __tablename__ = "feedback"

    loan_id: Mapped[UUID] = mapped_column(
        ForeignKey("loan.id", ondelete="CASCADE"), primary_key=True
    )
    party: Mapped[Party] = mapped_column(primary_key=True)
    again: Mapped[Again]
    went_well: Mapped[str] = mapped_column(String(WORDS_LIMIT))
    different: Mapped[str] = mapped_column(String(WORDS_LIMIT))
    goal_words: Mapped[str] = mapped_column(String(GOAL_LIMIT))
    given_on: Mapped[date]
    shown_on: Mapped[date | None]
    # What the professional answers, once.
    reply: Mapped[str] = mapped_column(String(WORDS_LIMIT), default="")


class ShownSkill(Base):
    """What the borrower says of one skill that the opgave asked, in the word it had then."""

    __tablename__ = "shown_skill"

    loan_id: Mapped[UUID] = mapped_column(
        ForeignKey("loan.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    label: Mapped[str] = mapped_column(String(LABEL_LIMIT))
    showed: Mapped[Showed]

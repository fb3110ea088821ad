"""Accounts and transfers of the urenbank, and the settlings of its years."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base, PrimaryId
from app.hours.rules import TransferKind
from app.opgaven.rules import TITLE_LIMIT


class HourTransfer(Base):
    """Minutes that one gemeente owes another: both sides of a double entry in one row.

    The debit side borrowed, the credit side lent. A row is never changed and never removed, which
    the database itself refuses; it is taken back, at most once, by a row the other way.
    """

    __tablename__ = "hour_transfer"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="has_minutes"),
        CheckConstraint("debit_code <> credit_code", name="between_two"),
        CheckConstraint("extract(isodow FROM week) = 1", name="begins_on_monday"),
        CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal_names_what"
        ),
        CheckConstraint(
            "kind = 'reversal' OR (kind = 'settlement') = (settling_id IS NOT NULL)",
            name="settlement_names_year",
        ),
        Index("ix_hour_transfer_debit", "debit_code", "booked_at"),
        Index("ix_hour_transfer_credit", "credit_code", "booked_at"),
        Index("ix_hour_transfer_loan", "loan_id", "week"),
    )

    id: Mapped[PrimaryId]
    debit_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"))
    credit_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"))
    minutes: Mapped[int] = mapped_column(Integer)
    kind: Mapped[TransferKind]
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("hour_transfer.id"), unique=True)
    settling_id: Mapped[UUID | None] = mapped_column(ForeignKey("hour_settling.id"), index=True)
    opgave_id: Mapped[UUID | None] = mapped_column(ForeignKey("opgave.id"), index=True)
    # As it was at the booking: a statement stays the same when the opgave gets another one.
    opgave_title: Mapped[str] = mapped_column(String(TITLE_LIMIT), default="")
    # Of a room above, which is not known here.
    loan_id: Mapped[UUID | None]
    # The Monday of the week in which the hours were worked.
    week: Mapped[date | None]
    booked_at: Mapped[datetime]
    # Of somebody who left the id stays behind, as in a fact, and leads to nobody.
    booked_by: Mapped[UUID | None]


class HourAccount(Base):
    """What a gemeente agreed on: how much it may borrow more than it lent; nothing is no limit."""

    __tablename__ = "hour_account"
    __table_args__ = (CheckConstraint("credit_limit_minutes >= 0", name="limit_in_range"),)

    gemeente_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"), primary_key=True)
    credit_limit_minutes: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))


class HourSettling(Base):
    """A year of which all balances were brought to nothing; one of a year at a time stands."""

    __tablename__ = "hour_settling"
    __table_args__ = (
        Index(
            "uq_hour_settling_standing",
            "year",
            unique=True,
            postgresql_where="undone_at IS NULL",
        ),
    )

    id: Mapped[PrimaryId]
    year: Mapped[int] = mapped_column(SmallInteger)
    settled_at: Mapped[datetime]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

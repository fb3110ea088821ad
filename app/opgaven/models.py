"""Opgaven and the skills they ask."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.rules import ProposalState
from app.core.clock import dutch_day
from app.core.errors import Conflict
from app.core.finding import words_in
from app.core.orm import Base, PrimaryId
from app.opgaven.rules import (
    COLLEAGUES_WEEKS,
    MOST_WEEKS,
    NEXT,
    NO_SUCH_MOVE,
    TITLE_LIMIT,
    WORDS_LIMIT,
    Audience,
    Kind,
    OpgaveStatus,
    Place,
)
from app.people.rules import Level
from app.vocabulary.rules import LABEL_LIMIT, NORMAL_LIMIT


class Opgave(Base):
    """A task that a gemeente wants to work on with others; `closes_on` is the last day to react."""

    __tablename__ = "opgave"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("people_needed > 0", name="needs_people"),
        CheckConstraint(
            "status NOT IN ('open', 'in_gesprek', 'bezet', 'lopend')"
            " OR (closes_on IS NOT NULL AND starts_on IS NOT NULL"
            " AND ends_on IS NOT NULL AND (coalesce(hours_per_week, 0) > 0"
            " OR kind = 'klankbord' AND coalesce(times, 0) > 0))",
            name="published_is_complete",
        ),
        CheckConstraint(
            f"colleagues_weeks BETWEEN 1 AND {MOST_WEEKS}", name="colleagues_have_weeks"
        ),
        # A visitor is of no gemeente.
        CheckConstraint("audience <> 'network' OR NOT is_public", name="network_is_not_public"),
        # Whatever happens at once: nobody gets a seat that is not there.
        CheckConstraint("people_taken BETWEEN 0 AND people_needed", name="seats_are_there"),
    )

    id: Mapped[PrimaryId]
    gemeente_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"), index=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    co_owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    status: Mapped[OpgaveStatus] = mapped_column(default=OpgaveStatus.CONCEPT, index=True)
    kind: Mapped[Kind]
    title: Mapped[str] = mapped_column(String(TITLE_LIMIT))
    text: Mapped[str] = mapped_column(default="")
    themes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    hours_per_week: Mapped[int | None] = mapped_column(SmallInteger)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    closes_on: Mapped[date | None] = mapped_column(index=True)
    place: Mapped[Place]
    people_needed: Mapped[int] = mapped_column(SmallInteger, default=1)
    people_taken: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    audience: Mapped[Audience] = mapped_column(default=Audience.EVERYBODY)
    is_public: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    # Of a ruil, of an atelierplek, and of a klankbord in the place of hours a week.
    in_return: Mapped[str] = mapped_column(String(WORDS_LIMIT), default="", server_default="")
    atelier: Mapped[str] = mapped_column(String(TITLE_LIMIT), default="", server_default="")
    times: Mapped[int | None] = mapped_column(SmallInteger)
    # How long after it opened it is for colleagues alone.
    colleagues_weeks: Mapped[int] = mapped_column(
        SmallInteger, default=COLLEAGUES_WEEKS, server_default=str(COLLEAGUES_WEEKS)
    )
    # The finished opgave that this one began with.
    copied_from: Mapped[UUID | None] = mapped_column(
        ForeignKey("opgave.id", ondelete="SET NULL"), index=True
    )
    # When, and by whom, a gemeentebeheerder was asked to look at it; and what they answered last.
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    sent_back_words: Mapped[str] = mapped_column(String(WORDS_LIMIT), default="", server_default="")
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    # When a beheerder took it away after a report; it is withdrawn since then.
    taken_down_at: Mapped[datetime | None]

    skills: Mapped[list["AskedSkill"]] = relationship(
        cascade="all, delete-orphan", order_by="AskedSkill.place"
    )

    @property
    def colleagues_until(self) -> date | None:
        """The last day on which it is for colleagues alone; none before it opened."""
        if self.published_at is None:
            return None
        return dutch_day(self.published_at) + timedelta(weeks=self.colleagues_weeks)

    def move_to(self, status: OpgaveStatus) -> None:
        if status not in NEXT[self.status]:
            raise Conflict(
                f"opgave {self.id}: {self.status} cannot become {status}",
                said=NO_SUCH_MOVE[self.status],
            )
        self.status = status


OPGAVE_WORDS = words_in(Opgave.title, Opgave.text)
Index("ix_opgave_words", OPGAVE_WORDS, postgresql_using="gin")


class Takeover(Base):
    """Who is to look after an opgave whose opgavehouder is away, as somebody proposes it; they do
    once a second person confirms it.
    """

    __tablename__ = "takeover"
    __table_args__ = (
        Index(
            "uq_takeover_waiting", "opgave_id", unique=True, postgresql_where="state = 'waiting'"
        ),
    )

    id: Mapped[PrimaryId]
    opgave_id: Mapped[UUID] = mapped_column(ForeignKey("opgave.id", ondelete="CASCADE"), index=True)
    to_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime]
    # The last day on which it can be confirmed.
    lapses_on: Mapped[date]
    state: Mapped[ProposalState]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]


class GemeenteChoice(Base):
    """What a gemeente chose about its opgaven; without a row nobody looks before they open."""

    __tablename__ = "gemeente_choice"

    gemeente_code: Mapped[str] = mapped_column(
        String(6), ForeignKey("gemeente.code"), primary_key=True
    )
    reviews_opgaven: Mapped[bool]


class AskedSkill(Base):
    """One skill that the opgave asks; `place` is its place in the list."""

    __tablename__ = "asked_skill"
    __table_args__ = (
        CheckConstraint(f"level BETWEEN {min(Level)} AND {max(Level)}", name="level_in_range"),
    )

    id: Mapped[PrimaryId]
    opgave_id: Mapped[UUID] = mapped_column(ForeignKey("opgave.id", ondelete="CASCADE"), index=True)
    place: Mapped[int] = mapped_column(SmallInteger)
    label: Mapped[str] = mapped_column(String(LABEL_LIMIT))
    label_normal: Mapped[str] = mapped_column(String(NORMAL_LIMIT), index=True)
    must: Mapped[bool]
    level: Mapped[int] = mapped_column(SmallInteger)

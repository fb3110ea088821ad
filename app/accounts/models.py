"""People with an account, their roles, sign-in links, sessions and requests for access."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.rules import (
    EMAIL_LIMIT,
    NAME_LIMIT,
    OF_ALL,
    PASSKEY_NAME_LIMIT,
    SUBJECT_LIMIT,
    WHY_LIMIT,
    AccessState,
    Away,
    Hands,
    ProposalState,
    WhyKept,
)
from app.core.actor import Role
from app.core.orm import Base, PrimaryId
from app.gemeenten.rules import ISSUER_LIMIT


class User(Base):
    """Somebody who works for a gemeente; the address is the work address, in lower case."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower"),)

    id: Mapped[PrimaryId]
    email: Mapped[str] = mapped_column(String(EMAIL_LIMIT), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    gemeente_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"), index=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # How often they were told that they stay away, and when last; forgotten when they sign in.
    told_away: Mapped[Away] = mapped_column(SmallInteger, default=Away.NOT, server_default="0")
    told_away_at: Mapped[datetime | None]
    # Since when somebody who looks after accounts keeps them out, and why, as they read it.
    shut_out_at: Mapped[datetime | None]
    shut_out_why: Mapped[str] = mapped_column(String(WHY_LIMIT), default="", server_default="")

    grants: Mapped[list["RoleGrant"]] = relationship(
        foreign_keys="RoleGrant.user_id", cascade="all, delete-orphan", order_by="RoleGrant.role"
    )


class RoleGrant(Base):
    """A role of a person, up to and with the day `ends_on` unless it was `ended_at` before; of each
    role, for each network, at most one that was not ended.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("(role = 'coordinator') = (network_id IS NOT NULL)", name="of_network"),
        Index(
            "uq_role_grant_running",
            "user_id",
            "role",
            "network_id",
            unique=True,
            postgresql_where="ended_at IS NULL",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_role_grant_ends_on", "ends_on", postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    role: Mapped[Role]
    # Where its person worked when it was given. Nothing where the release before gave it, until
    # the clock notes it.
    gemeente_code: Mapped[str | None] = mapped_column(ForeignKey("gemeente.code"))
    # Of a coordinator only.
    network_id: Mapped[UUID | None] = mapped_column(ForeignKey("network.id"), index=True)
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    granted_at: Mapped[datetime]
    # Judged by the clock at each question; the day's work only notes that it passed.
    ends_on: Mapped[date] = mapped_column(server_default=text("CURRENT_DATE + 365"))
    # When its person and who can prolong it last heard that it ends.
    warned_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    # The second person, where two give it.
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    # Why an operator gave it without a second person, or what was said with the proposal.
    reason: Mapped[str] = mapped_column(default="", server_default="")
    # Nothing where the release before gave it, until the clock notes it.
    hands: Mapped[Hands | None]
    # The same of the last time that it got a later last day; of older ones the log knows.
    prolonged_at: Mapped[datetime | None]
    prolonged_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    prolonging_confirmed_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    prolonging_reason: Mapped[str] = mapped_column(default="", server_default="")
    prolonging_hands: Mapped[Hands | None]

    def runs_for(self, gemeente_code: str, day: date) -> bool:
        """Whether its person, who works for this gemeente, has the role on this day."""
        is_here = self.role in OF_ALL or self.gemeente_code == gemeente_code
        return is_here and self.ended_at is None and self.ends_on >= day


class RoleProposal(Base):
    """A role that somebody proposes for a person; it is given when a second person confirms it."""

    __tablename__ = "role_proposal"
    __table_args__ = (
        CheckConstraint("(role = 'coordinator') = (network_id IS NOT NULL)", name="of_network"),
        Index(
            "uq_role_proposal_waiting",
            "user_id",
            "role",
            "network_id",
            unique=True,
            postgresql_where="state = 'waiting'",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    role: Mapped[Role]
    # Where its person worked when it was proposed.
    gemeente_code: Mapped[str | None] = mapped_column(ForeignKey("gemeente.code"))
    network_id: Mapped[UUID | None] = mapped_column(ForeignKey("network.id"))
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime]
    # The last day on which it can be confirmed.
    lapses_on: Mapped[date]
    state: Mapped[ProposalState]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]


class SignIn(Base):
    """A link that was mailed; it opens the door once, and not for long."""

    __tablename__ = "sign_in"

    id: Mapped[PrimaryId]
    email: Mapped[str] = mapped_column(String(EMAIL_LIMIT), index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KeptAddress(Base):
    """An address of whom there is no account, for a mail and what follows from it."""

    __tablename__ = "kept_address"

    id: Mapped[PrimaryId]
    email: Mapped[str] = mapped_column(String(EMAIL_LIMIT), index=True)
    why: Mapped[WhyKept]
    kept_at: Mapped[datetime] = mapped_column(index=True)


class UserSession(Base):
    """A browser that is signed in; gone at sign-out. `seen_at` is true to within a minute."""

    __tablename__ = "user_session"

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    # When a second proof was given in it; roles with power over others count from then on.
    proven_at: Mapped[datetime | None]
    # What a passkey must sign next in it: made for one answer, and gone with that.
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary)
    challenged_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class KnownIdentity(Base):
    """Who somebody is at the provider of their gemeente; each provider knows them as one only."""

    __tablename__ = "known_identity"
    __table_args__ = (UniqueConstraint("user_id", "issuer"),)

    issuer: Mapped[str] = mapped_column(String(ISSUER_LIMIT), primary_key=True)
    subject: Mapped[str] = mapped_column(String(SUBJECT_LIMIT), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    known_since: Mapped[datetime]


class SecondFactor(Base):
    """An app of somebody that shows a code each half minute; the secret is sealed."""

    __tablename__ = "second_factor"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[str]
    enrolled_at: Mapped[datetime]
    # The half minute of the last code that was taken: it and older ones work no more.
    last_step: Mapped[int] = mapped_column(BigInteger)
    # Wrong codes since the last right one.
    wrong: Mapped[int] = mapped_column(SmallInteger, default=0)
    closed_until: Mapped[datetime | None]


class Passkey(Base):
    """A key in a device of somebody, which the device uses for its owner only; its public half."""

    __tablename__ = "passkey"

    id: Mapped[PrimaryId]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # By which the device knows it.
    credential: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # How often it signed, by its own count; many keep none and say nought.
    signed: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(PASSKEY_NAME_LIMIT))
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SpareCode(Base):
    """A code on paper for who has no phone at hand; gone once used. Only its hash is kept."""

    __tablename__ = "spare_code"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("second_factor.user_id", ondelete="CASCADE"), primary_key=True
    )
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class AccessRequest(Base):
    """Somebody with a confirmed address at a domain that no gemeente claims yet."""

    __tablename__ = "access_request"

    id: Mapped[PrimaryId]
    email: Mapped[str] = mapped_column(String(EMAIL_LIMIT), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    gemeente_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"))
    state: Mapped[AccessState] = mapped_column(default=AccessState.WAITING, index=True)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

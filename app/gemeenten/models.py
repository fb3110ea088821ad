"""Gemeenten, the mail domains of their people, and the networks that they form."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base, PrimaryId
from app.gemeenten.rules import (
    CLIENT_ID_LIMIT,
    ISSUER_LIMIT,
    NAME_LIMIT,
    PURPOSE_LIMIT,
)


class Gemeente(Base):
    """A municipality by its CBS code; the number of inhabitants belongs to a date."""

    __tablename__ = "gemeente"
    __table_args__ = (CheckConstraint("inhabitants > 0", name="has_inhabitants"),)

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str]
    sort_name: Mapped[str] = mapped_column(index=True)
    province: Mapped[str] = mapped_column(index=True)
    inhabitants: Mapped[int]
    inhabitants_on: Mapped[date]
    is_provincial_capital: Mapped[bool]
    latitude: Mapped[float]
    longitude: Mapped[float]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("gemeente.code"))


class EmailDomain(Base):
    """Who has an address here works for this gemeente; a domain belongs to one gemeente only."""

    __tablename__ = "email_domain"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    gemeente_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"), index=True)


class Provider(Base):
    """Where the people of a gemeente sign in themselves (OpenID Connect); the secret is sealed."""

    __tablename__ = "provider"

    gemeente_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(ISSUER_LIMIT))
    client_id: Mapped[str] = mapped_column(String(CLIENT_ID_LIMIT))
    sealed: Mapped[str]
    # They sign in there only, and with no link.
    is_only: Mapped[bool]
    connected_at: Mapped[datetime]


class Network(Base):
    """Gemeenten that work together, and what for; who meets and decides there is not known here."""

    __tablename__ = "network"

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(NAME_LIMIT), unique=True)
    purpose: Mapped[str] = mapped_column(String(PURPOSE_LIMIT))
    begun_on: Mapped[date]


class NetworkGemeente(Base):
    """That a gemeente is of a network, from the day `since` on and before the day `until`."""

    __tablename__ = "network_gemeente"
    __table_args__ = (
        Index(
            "uq_network_gemeente_running",
            "network_id",
            "gemeente_code",
            unique=True,
            postgresql_where="until IS NULL",
        ),
    )

    id: Mapped[PrimaryId]
    network_id: Mapped[UUID] = mapped_column(ForeignKey("network.id"), index=True)
    gemeente_code: Mapped[str] = mapped_column(ForeignKey("gemeente.code"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]

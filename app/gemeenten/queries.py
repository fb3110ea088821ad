"""Reading gemeenten: by code, by mail domain, as a list, and the networks that they form."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.errors import NotFound
from app.gemeenten.models import EmailDomain, Gemeente, Network, NetworkGemeente, Provider
from app.gemeenten.rules import CODE, domain_of


def by_code(session: Session, code: str) -> Gemeente:
    gemeente = session.get(Gemeente, code) if CODE.fullmatch(code) else None
    if gemeente is None:
        raise NotFound(f"gemeente {code}")
    return gemeente


def of_email(session: Session, email: str, day: date) -> Gemeente | None:
    """The gemeente whose people have addresses like this one on that day, or None.

    A domain may still stand with a gemeente that has ended; its people work for the successor.
    """
    gemeente = session.scalar(
        select(Gemeente)
        .join(EmailDomain, EmailDomain.gemeente_code == Gemeente.code)
        .where(EmailDomain.domain == domain_of(email))
    )
    while gemeente and gemeente.valid_until and gemeente.valid_until <= day:
        gemeente = session.get(Gemeente, gemeente.successor_code or "")
    return gemeente


def provider_of_email(session: Session, email: str, day: date) -> Provider | None:
    """Where people with such an address sign in themselves, when their gemeente has that."""
    gemeente = of_email(session, email, day)
    return session.get(Provider, gemeente.code) if gemeente else None


def provider_of(session: Session, gemeente_code: str) -> Provider | None:
    return session.get(Provider, gemeente_code)


def with_provider(session: Session, codes: Iterable[str]) -> list[Gemeente]:
    """Those of these gemeenten that have a sign-in of their own, in Dutch order."""
    found = select(Gemeente).join(Provider, Provider.gemeente_code == Gemeente.code)
    return list(
        session.scalars(found.where(Gemeente.code.in_(set(codes))).order_by(Gemeente.sort_name))
    )


def mergers(session: Session, day: date) -> dict[str, str]:
    """Of each gemeente that has ended by that day and has a successor: the code of that one."""
    found = select(Gemeente.code, Gemeente.successor_code).where(
        Gemeente.successor_code.is_not(None), Gemeente.valid_until <= day
    )
    return {code: after for code, after in session.execute(found) if after is not None}


def existing_on(session: Session, day: date) -> list[Gemeente]:
    """All gemeenten that exist on that day, in Dutch order."""
    return list(
        session.scalars(
            select(Gemeente).where(_exists_on(day)).order_by(Gemeente.sort_name, Gemeente.code)
        )
    )


def names_of(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """The name of each of these gemeenten, by its code."""
    found = select(Gemeente.code, Gemeente.name).where(Gemeente.code.in_(set(codes)))
    return dict(session.execute(found).all())


def domains_of(session: Session, gemeente_code: str) -> list[str]:
    return list(
        session.scalars(
            select(EmailDomain.domain)
            .where(EmailDomain.gemeente_code == gemeente_code)
            .order_by(EmailDomain.domain)
        )
    )


def provinces(session: Session) -> list[str]:
    return list(session.scalars(select(Gemeente.province).distinct().order_by(Gemeente.province)))


def networks(session: Session) -> list[Network]:
    """All of them, by name."""
    return list(session.scalars(select(Network).order_by(func.lower(Network.name), Network.id)))


def network(session: Session, network_id: UUID) -> Network:
    found = session.get(Network, network_id)
    if found is None:
        raise NotFound(f"network {network_id}")
    return found


def network_called(session: Session, name: str) -> Network | None:
    """The network with this name, in whatever case."""
    return session.scalar(select(Network).where(func.lower(Network.name) == name.lower()))


def gemeenten_of_network(session: Session, network_id: UUID, day: date) -> list[Gemeente]:
    """The gemeenten that are of it on that day and exist, in Dutch order."""
    found = (
        select(Gemeente)
        .join(NetworkGemeente, NetworkGemeente.gemeente_code == Gemeente.code)
        .where(NetworkGemeente.network_id == network_id, is_in_network(day), _exists_on(day))
    )
    return list(session.scalars(found.order_by(Gemeente.sort_name, Gemeente.code)))


def count_in_networks(session: Session, day: date) -> dict[UUID, int]:
    """Of each network with gemeenten how many are of it."""
    found = (
        select(NetworkGemeente.network_id, func.count())
        .join(Gemeente, NetworkGemeente.gemeente_code == Gemeente.code)
        .where(is_in_network(day), _exists_on(day))
    )
    return dict(session.execute(found.group_by(NetworkGemeente.network_id)).all())


def rows_of_network(session: Session, network_id: UUID) -> list[NetworkGemeente]:
    """Of each gemeente that is of it or will be, and that nobody took out."""
    found = select(NetworkGemeente).where(
        NetworkGemeente.network_id == network_id, NetworkGemeente.until.is_(None)
    )
    return list(session.scalars(found.order_by(NetworkGemeente.gemeente_code)))


def rows_of_gemeente(session: Session, gemeente_code: str) -> list[NetworkGemeente]:
    """Of each network that the gemeente is of or will be."""
    found = select(NetworkGemeente).where(
        NetworkGemeente.gemeente_code == gemeente_code, NetworkGemeente.until.is_(None)
    )
    return list(session.scalars(found.order_by(NetworkGemeente.network_id)))


def codes_of_networks(session: Session, network_ids: Collection[UUID], day: date) -> set[str]:
    """Of the gemeenten that are in one of these networks on that day."""
    found = select(NetworkGemeente.gemeente_code).where(
        NetworkGemeente.network_id.in_(network_ids), is_in_network(day)
    )
    return set(session.scalars(found))


def networks_of(session: Session, gemeente_code: str, day: date) -> list[Network]:
    """The networks that the gemeente is in on that day, by name."""
    found = (
        select(Network)
        .join(NetworkGemeente, NetworkGemeente.network_id == Network.id)
        .where(NetworkGemeente.gemeente_code == gemeente_code, is_in_network(day))
    )
    return list(session.scalars(found.order_by(func.lower(Network.name), Network.id)))


def share_network(
    one: SQLColumnExpression[str], other: SQLColumnExpression[str] | str, day: date
) -> ColumnElement[bool]:
    """Whether two gemeenten, by their codes, are in one network on that day."""
    first, second = aliased(NetworkGemeente), aliased(NetworkGemeente)
    return (
        exists()
        .where(first.gemeente_code == one, is_in_network(day, first))
        .where(second.network_id == first.network_id)
        .where(second.gemeente_code == other, is_in_network(day, second))
        .correlate_except(first, second)
    )


def peers_of(code: SQLColumnExpression[str] | str, day: date) -> Select[str]:
    """The codes of the gemeenten that are in a network with this one on that day, itself too."""
    own, other = aliased(NetworkGemeente), aliased(NetworkGemeente)
    return (
        select(other.gemeente_code)
        .join(own, own.network_id == other.network_id)
        .where(own.gemeente_code == code, is_in_network(day, own), is_in_network(day, other))
        .correlate_except(own, other)
    )


def is_in_network(day: date, row: type[NetworkGemeente] = NetworkGemeente) -> ColumnElement[bool]:
    """Whether the gemeente of the row is in its network on that day."""
    return and_(row.since <= day, or_(row.until.is_(None), row.until > day))


def count(session: Session, day: date) -> int:
    found = select(func.count()).select_from(Gemeente).where(_exists_on(day))
    return session.scalar(found) or 0


def _exists_on(day: date) -> ColumnElement[bool]:
    return and_(
        or_(Gemeente.valid_from.is_(None), Gemeente.valid_from <= day),
        or_(Gemeente.valid_until.is_(None), Gemeente.valid_until > day),
    )

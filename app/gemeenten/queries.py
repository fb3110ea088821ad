"""Reading gemeenten: by code, by mail domain, as a list."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.gemeenten.models import EmailDomain, Gemeente, Provider
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
            select(Gemeente)
            .where(
                or_(Gemeente.valid_from.is_(None), Gemeente.valid_from <= day),
                or_(Gemeente.valid_until.is_(None), Gemeente.valid_until > day),
            )
            .order_by(Gemeente.sort_name, Gemeente.code)
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


def count(session: Session, day: date) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(Gemeente)
            .where(
                or_(Gemeente.valid_from.is_(None), Gemeente.valid_from <= day),
                or_(Gemeente.valid_until.is_(None), Gemeente.valid_until > day),
            )
        )
        or 0
    )

"""Changing gemeenten: the yearly list, mergers and mail domains."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.work import Work
from app.gemeenten.events import GemeenteChanged, GemeenteMerged
from app.gemeenten.models import EmailDomain, Gemeente
from app.gemeenten.rules import PUBLIC_MAIL_DOMAINS, GemeenteFacts, is_domain, sort_key


@dataclass
class ImportReport:
    """What an import did: codes that are new, and per changed code what changed."""

    added: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    unchanged: int = 0
    absent: list[str] = field(default_factory=list)


def import_gemeenten(work: Work, listed: Sequence[GemeenteFacts]) -> ImportReport:
    """Bring the table in line with the list; gemeenten that are not listed stay as they are."""
    known = {row.code: row for row in work.session.scalars(select(Gemeente).with_for_update())}
    report = ImportReport()
    # Successors first: a gemeente may point only at one that is there.
    for facts in sorted(listed, key=lambda facts: facts.successor_code is not None):
        row = known.get(facts.code)
        if row is None:
            known[facts.code] = _add(work, facts)
            report.added.append(facts.code)
            continue
        differences = _update(work, row, facts)
        if differences:
            report.changed[facts.code] = differences
        else:
            report.unchanged += 1
    report.absent = sorted(set(known) - {facts.code for facts in listed})
    return report


def add_domain(work: Work, gemeente_code: str, domain: str) -> None:
    """From now on people with this mail domain belong to the gemeente."""
    domain = domain.strip().lower().removeprefix("@")
    if not is_domain(domain):
        raise InvalidInput(said="Dit is geen domein. Schrijf bijvoorbeeld: gemeente.nl")
    if domain in PUBLIC_MAIL_DOMAINS:
        raise InvalidInput(
            said="Bij dit domein kan iedereen een adres nemen. Een gemeente kan het niet overnemen."
        )
    row = work.session.get(EmailDomain, domain)
    if row is not None and row.gemeente_code != gemeente_code:
        raise Conflict(said="Dit domein hoort al bij een andere gemeente.")
    if row is None:
        work.fetch(Gemeente, gemeente_code)
        work.session.add(EmailDomain(domain=domain, gemeente_code=gemeente_code))
        work.session.flush()


def remove_domain(work: Work, gemeente_code: str, domain: str) -> None:
    row = work.session.get(EmailDomain, domain)
    if row is None or row.gemeente_code != gemeente_code:
        raise NotFound(f"domain {domain} of {gemeente_code}")
    work.session.delete(row)


def _columns(facts: GemeenteFacts) -> dict[str, object]:
    return {**vars(facts), "sort_name": sort_key(facts.name)}


def _add(work: Work, facts: GemeenteFacts) -> Gemeente:
    row = Gemeente(**_columns(facts))
    work.session.add(row)
    work.session.flush()
    return row


def _update(work: Work, row: Gemeente, facts: GemeenteFacts) -> list[str]:
    differences = [
        f"{column}: {getattr(row, column)} -> {value}"
        for column, value in _columns(facts).items()
        if getattr(row, column) != value
    ]
    merged = facts.successor_code is not None and row.successor_code != facts.successor_code
    for column, value in _columns(facts).items():
        setattr(row, column, value)
    if differences:
        work.emit(GemeenteChanged(gemeente_code=row.code))
    if merged and facts.successor_code is not None:
        work.emit(GemeenteMerged(gemeente_code=row.code, successor_code=facts.successor_code))
    return differences

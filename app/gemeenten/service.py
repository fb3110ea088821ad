"""Changing gemeenten: the yearly list, mergers and mail domains."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.core.faults import refuse
from app.core.work import Work
from app.gemeenten import networks
from app.gemeenten.events import DomainChanged, GemeenteMerged, GemeentenChanged, ProviderChanged
from app.gemeenten.models import EmailDomain, Gemeente, Provider
from app.gemeenten.rules import (
    PUBLIC_MAIL_DOMAINS,
    GemeenteFacts,
    is_domain,
    may_claim_domain,
    may_connect_provider,
    provider_faults,
    sort_key,
)


@dataclass(frozen=True)
class Difference:
    """One value of a gemeente before and after."""

    column: str
    before: object
    after: object


@dataclass(frozen=True)
class Connection:
    """How a gemeente and we know each other's sign-in; the secret is `sealed` by the door."""

    issuer: str
    client_id: str
    sealed: str
    is_only: bool = False


@dataclass
class ImportReport:
    """What an import did: codes that are new, and per changed code what changed."""

    added: list[str] = field(default_factory=list)
    changed: dict[str, list[Difference]] = field(default_factory=dict)
    unchanged: int = 0
    absent: list[str] = field(default_factory=list)


def import_gemeenten(work: Work, listed: Sequence[GemeenteFacts]) -> ImportReport:
    """Bring the table in line with the list; gemeenten that are not listed stay as they are."""
    known = {row.code: row for row in work.session.scalars(select(Gemeente).with_for_update())}
    codes = {facts.code for facts in listed}
    _refuse_unknown_successors(listed, codes | set(known))
    _refuse_circles(
        {code: row.successor_code for code, row in known.items()}
        | {facts.code: facts.successor_code for facts in listed}
    )
    report = ImportReport(absent=sorted(set(known) - codes))
    new = [facts for facts in listed if facts.code not in known]
    _add(work, new)
    report.added = [facts.code for facts in new]
    for facts in listed:
        if facts.code not in known:
            continue
        differences = _update(work, known[facts.code], facts)
        if differences:
            report.changed[facts.code] = differences
        else:
            report.unchanged += 1
    if report.changed:
        work.emit(GemeentenChanged(gemeente_codes=tuple(report.changed)))
    work.session.flush()
    return report


def add_domain(work: Work, gemeente_code: str, domain: str) -> None:
    """From now on people with this mail domain belong to the gemeente."""
    _refuse_strangers(work)
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
        work.emit(DomainChanged(domain=domain, gemeente_code=gemeente_code, is_given=True))


def remove_domain(work: Work, gemeente_code: str, domain: str) -> None:
    _refuse_strangers(work)
    row = work.session.get(EmailDomain, domain)
    if row is None or row.gemeente_code != gemeente_code:
        raise NotFound(f"domain {domain} of {gemeente_code}")
    work.session.delete(row)
    work.emit(DomainChanged(domain=domain, gemeente_code=gemeente_code, is_given=False))


def seal_anew(work: Work, again: Callable[[str], str | None]) -> int:
    """Keep each secret as `again` seals it; how many are left of which it makes nothing."""
    left = 0
    for one in work.session.scalars(select(Provider).with_for_update()):
        sealed = again(one.sealed)
        left += sealed is None
        one.sealed = sealed or one.sealed
    return left


def connect_provider(
    work: Work, gemeente_code: str, connection: Connection, *, loopback_too: bool
) -> None:
    """From now on the people of this gemeente sign in there, in the place of what was before.

    `FaultyDraft` when it is no place to sign in; `loopback_too` lets one on this machine be that.
    """
    _refuse_who_connects_none(work)
    issuer, client_id = connection.issuer, connection.client_id
    refuse(provider_faults(issuer, client_id, loopback_too=loopback_too))
    work.fetch(Gemeente, gemeente_code)
    work.session.merge(
        Provider(gemeente_code=gemeente_code, connected_at=work.now, **vars(connection))
    )
    work.emit(ProviderChanged(gemeente_code=gemeente_code, is_given=True))


def end_provider(work: Work, gemeente_code: str) -> None:
    """From now on the people of this gemeente sign in with a link again."""
    _refuse_who_connects_none(work)
    work.session.delete(work.fetch(Provider, gemeente_code))
    work.emit(ProviderChanged(gemeente_code=gemeente_code, is_given=False))


def _refuse_who_connects_none(work: Work) -> None:
    if not may_connect_provider(work.actor):
        raise NotAllowed("connect a provider")


def _refuse_strangers(work: Work) -> None:
    if not may_claim_domain(work.actor):
        raise NotAllowed("decide on mail domains")


def _refuse_unknown_successors(listed: Sequence[GemeenteFacts], known: set[str]) -> None:
    for facts in listed:
        if facts.successor_code is not None and facts.successor_code not in known:
            raise InvalidInput(
                said=f"De opvolger van {facts.code}, {facts.successor_code}, bestaat niet."
            )


def _refuse_circles(successors: Mapping[str, str | None]) -> None:
    """Whoever follows the successors must come to an end."""
    for code in successors:
        seen = {code}
        after = successors[code]
        while after is not None and after not in seen:
            seen.add(after)
            after = successors.get(after)
        if after is not None:
            raise InvalidInput(said=f"De opvolgers van {code} lopen in een kring.")


def _add(work: Work, new: Sequence[GemeenteFacts]) -> None:
    """All rows first, successors after that: a row may point only at one that is there."""
    rows = [
        Gemeente(**{**vars(facts), "successor_code": None}, sort_name=sort_key(facts.name))
        for facts in new
    ]
    work.session.add_all(rows)
    work.session.flush()
    for row, facts in zip(rows, new, strict=True):
        row.successor_code = facts.successor_code


def _update(work: Work, row: Gemeente, facts: GemeenteFacts) -> list[Difference]:
    differences = [
        Difference(column, getattr(row, column), value)
        for column, value in vars(facts).items()
        if getattr(row, column) != value
    ]
    for difference in differences:
        setattr(row, difference.column, difference.after)
    row.sort_name = sort_key(facts.name)
    has_merged = any(difference.column == "successor_code" for difference in differences)
    if has_merged and facts.successor_code is not None:
        work.emit(GemeenteMerged(gemeente_code=row.code, successor_code=facts.successor_code))
        networks.carry_over(work, row)
    return differences

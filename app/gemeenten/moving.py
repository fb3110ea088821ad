"""What a gemeente that merged leaves to its successor, and whether it did merge with that one."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.dutch import dutch_date
from app.core.errors import InvalidInput
from app.core.work import Work
from app.gemeenten import queries, service
from app.gemeenten.models import Gemeente, Provider
from app.gemeenten.rules import now_called
from app.gemeenten.service import Connection


def hold(work: Work, codes: Sequence[str], into: str) -> None:
    """Nobody else is registered or writes an opgave at these gemeenten until this work is done.

    `InvalidInput` when one of them did not merge into that other one, by the list of gemeenten.
    """
    locked = select(Gemeente).where(Gemeente.code.in_({*codes, into})).order_by(Gemeente.code)
    work.session.scalars(locked.with_for_update()).all()
    refuse_unless_merged(work, codes, into)


def refuse_unless_merged(work: Work, codes: Sequence[str], into: str) -> None:
    successor = _known(work, into)
    if successor.valid_from is not None and successor.valid_from > work.today:
        said = f"{successor.name} bestaat pas vanaf {dutch_date(successor.valid_from)}."
        raise InvalidInput("not yet", said=said)
    for code in codes:
        said = _why_not(work, _known(work, code), successor)
        if said:
            raise InvalidInput(f"{code} did not merge into {into}", said=said)


def carry_over(work: Work, code: str, into: str, *, with_provider: bool) -> None:
    """Its mail domains are of the successor; its own sign-in only when that was asked for.

    A sign-in returns to an address with the code of its gemeente in it, so it does not work for the
    successor until that gemeente allows another one: nobody is sent there only.
    """
    for domain in queries.domains_of(work.session, code):
        service.remove_domain(work, code, domain)
        work.session.flush()
        service.add_domain(work, into, domain)
    provider = queries.provider_of(work.session, code)
    if provider is None:
        return
    if with_provider:
        _carry_provider(work, provider, into)
    service.end_provider(work, code)
    work.session.flush()


def _carry_provider(work: Work, provider: Provider, into: str) -> None:
    if queries.provider_of(work.session, into) is not None:
        name = queries.by_code(work.session, into).name
        said = f"{name} heeft al een eigen inlog. Laat --with-provider weg."
        raise InvalidInput("a second sign-in", said=said)
    connection = Connection(provider.issuer, provider.client_id, provider.sealed)
    # Where it is was looked at when it was connected.
    service.connect_provider(work, into, connection, loopback_too=True)
    work.session.flush()


def _known(work: Work, code: str) -> Gemeente:
    gemeente = work.session.get(Gemeente, code)
    if gemeente is None:
        raise InvalidInput(f"gemeente {code}", said=f"Er is geen gemeente met de code {code}.")
    return gemeente


def _why_not(work: Work, gemeente: Gemeente, successor: Gemeente) -> str:
    """Why nothing follows from the one to the other; nothing when it may."""
    name, ended = gemeente.name, gemeente.valid_until
    if gemeente.code == successor.code:
        return f"{name} kan niet in zichzelf opgaan. Noem na --into een andere gemeente."
    if ended is None:
        return (
            f"{name} bestaat nog: in de lijst staat geen einddatum. Lees eerst de nieuwe indeling "
            "in: flask gemeenten import"
        )
    if ended > work.today:
        return f"{name} bestaat nog tot {dutch_date(ended)}. Doe dit op die dag of later."
    if gemeente.successor_code is None:
        return (
            f"{name} heeft in de lijst geen opvolger. Verhuis mensen een voor een: "
            "flask accounts move"
        )
    now = _known(work, now_called(gemeente.code, queries.mergers(work.session, work.today)))
    if now.code != successor.code:
        said = f"{name} is opgegaan in {now.name} ({now.code})"
        return f"{said}, niet in {successor.name} ({successor.code})."
    if successor.valid_until is not None and successor.valid_until <= work.today:
        return f"{successor.name} bestaat niet meer, en heeft in de lijst geen opvolger."
    return ""

"""What the pages of the audit show."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core.actor import Actor
from app.core.audit import OF_ITSELF, AuditEntry
from app.core.rights import Right, may_everywhere
from app.gemeenten import queries as gemeenten
from app.loans import queries as loans
from app.sealing import is_id_of_text
from app.web.audit.things import Thing, Things, things_in_log, things_of
from app.web.audit.words import words_of
from app.web.auth import id_of_address
from app.web.forms import id_in

A_PAGE = 50
# To know whether there is another.
AND_ONE = A_PAGE + 1
YOU = "Je"
YOU_BY_MAIL = "Je (via de link in een mail)"
BY_MAIL = "{email} (leidinggevende, via de link in een mail)"
# Whose address the loan knows no more.
ONCE_BY_MAIL = "Een eerdere leidinggevende (via de link in een mail)"
# From before the log knew which one.
SOMEBODY_BY_MAIL = "Een leidinggevende (via de link in een mail)"
ITSELF = "Vanzelf"
# A stranger, or an operator of the machine.
NOBODY = "Iemand die niet was ingelogd"
GONE = "Iemand die weg is"
ELSEWHERE = "iemand van een andere gemeente"


@dataclass(frozen=True)
class AuditLine:
    """One deed: "`who` (`gemeente_name`) `did`"."""

    at: datetime
    who: str
    gemeente_name: str
    did: str
    about: str
    # Nothing when the reader may not read it, or it is no more.
    thing: Thing | None
    # What stood on the page of who met a fault; for an operator.
    request_id: str


@dataclass(frozen=True)
class AuditPage:
    lines: list[AuditLine]
    # The place before which the older ones stand, or nothing when these are the last.
    older: int | None


def own_ids(session: Session, reader: Actor) -> tuple[UUID, ...]:
    """Under which the log knows who is signed in: themselves, and by the link of a mail."""
    ids = (reader.user_id, id_of_address(loans.email_of(session, reader)))
    return tuple(one for one in ids if one is not None)


def own_page(session: Session, reader: Actor, found: list[AuditEntry]) -> AuditPage:
    """For one person, who reads what they may of what others made."""
    shown = _as_done(found[:A_PAGE])
    user_id, by_mail = own_ids(session, reader)
    names = _names_of(session, shown) | {user_id: YOU, by_mail: YOU_BY_MAIL}
    things = things_of(session, reader, shown)
    return _page(session, found, shown, names, things, reader.user_id)


def log_page(session: Session, reader: Actor, found: list[AuditEntry]) -> AuditPage:
    """For a beheerder: it is kept to find out who did what to whom. Who works elsewhere is named
    to a gemeentebeheerder only by the deeds that they did here.
    """
    shown = _as_done(found[:A_PAGE])
    names = _names_of(session, shown)
    page = _page(session, found, shown, names, things_in_log(session, reader, shown))
    if may_everywhere(reader, Right.READ_LOG):
        return page
    about = {entry.person_id for entry in shown if entry.person_id}
    own = accounts.of_gemeente(session, about, reader.gemeente_code or "")
    pairs = zip(page.lines, shown, strict=True)
    return replace(page, lines=[_without_strangers(line, entry, own) for line, entry in pairs])


def _as_done(found: list[AuditEntry]) -> list[AuditEntry]:
    """What was done last first; above each deed what came of itself of it, written down after it.

    Of two at once the one that began first may have got its place in the chain last.
    """
    return sorted(found, key=lambda entry: (entry.done_at, entry.place or 0), reverse=True)


def _is_of_itself(entry: AuditEntry) -> bool:
    return entry.deed.endswith(OF_ITSELF)


def _names_of(session: Session, shown: list[AuditEntry]) -> dict[UUID, str]:
    """Who has an account by their name, who did it by the link of a mail by its address."""
    people = {one for entry in shown for one in (entry.actor_id, entry.person_id) if one}
    by_mail = {
        id_of_address(one): BY_MAIL.format(email=one) for one in _addresses_of(session, shown)
    }
    return accounts.names_of(session, people) | by_mail


def _addresses_of(session: Session, shown: Iterable[AuditEntry]) -> set[str]:
    by_mail = [one for one in shown if one.actor_id and is_id_of_text(one.actor_id)]
    ids = {id_in(entry.subject_id) for entry in by_mail if entry.subject == "loan"}
    return loans.addresses_of_managers(session, [one for one in ids if one]) if ids else set()


def _without_strangers(line: AuditLine, entry: AuditEntry, own: set[UUID]) -> AuditLine:
    is_own = entry.person_id is None or entry.person_id in own
    about = line.about if is_own or not line.about else ELSEWHERE
    return replace(line, about=about)


def _page(
    session: Session,
    found: list[AuditEntry],
    shown: list[AuditEntry],
    names: dict[UUID, str],
    things: Things,
    viewer_id: UUID | None = None,
) -> AuditPage:
    towns = gemeenten.names_of(session, {entry.gemeente_code for entry in shown})
    return AuditPage(
        lines=[_line(entry, viewer_id, names, towns, things) for entry in shown],
        older=found[A_PAGE - 1].place if len(found) > A_PAGE else None,
    )


def _line(
    entry: AuditEntry,
    viewer_id: UUID | None,
    names: dict[UUID, str],
    towns: dict[str, str],
    things: Things,
) -> AuditLine:
    about = _name_of(entry.person_id, names) if _tells_about(entry, viewer_id) else ""
    is_own = viewer_id is not None and entry.actor_id == viewer_id
    return AuditLine(
        at=entry.done_at,
        who=_who(entry, names),
        gemeente_name="" if is_own else towns.get(entry.gemeente_code, ""),
        did=words_of(entry.deed),
        about="jou" if about == YOU else about,
        thing=things.get((entry.subject, entry.subject_id)),
        request_id=entry.request_id,
    )


def _who(entry: AuditEntry, names: dict[UUID, str]) -> str:
    if entry.actor_id is not None:
        return _name_of(entry.actor_id, names)
    if _is_of_itself(entry):
        return ITSELF
    return SOMEBODY_BY_MAIL if entry.subject == "loan" else NOBODY


def _name_of(person_id: UUID | None, names: dict[UUID, str]) -> str:
    if person_id is None:
        return NOBODY
    return names.get(person_id, ONCE_BY_MAIL if is_id_of_text(person_id) else GONE)


def _tells_about(entry: AuditEntry, viewer_id: UUID | None) -> bool:
    """Whether it is said whom it was about. Their own log tells nobody who a colleague is whose
    name they may not read; the log of a beheerder (without a viewer) is kept to find that out. Of
    a loan its own line tells whose it is.
    """
    if entry.person_id is None or entry.person_id == entry.actor_id:
        return False
    if entry.subject == "loan" and viewer_id is not None:
        return False
    return viewer_id is None or entry.person_id == viewer_id

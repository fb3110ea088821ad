"""What the pages of the audit show."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core.actor import Actor, Role
from app.core.audit import MOST_AT_ONCE, AuditEntry
from app.gemeenten import queries as gemeenten
from app.web.audit.things import Thing, Things, things_in_log, things_of
from app.web.audit.words import thing_of, words_of

A_PAGE = MOST_AT_ONCE - 1
YOU = "Je"
# A stranger, or a manager without an account, or an operator of the machine.
NOBODY = "Iemand die niet was ingelogd"
GONE = "Iemand die weg is"
ELSEWHERE = "iemand van een andere gemeente"


@dataclass(frozen=True)
class AuditLine:
    """One deed: "`who` (`gemeente_name`) `did`", and for an operator which thing."""

    at: datetime
    who: str
    gemeente_name: str
    did: str
    about: str
    # Nothing when the reader may not read it, or it is no more.
    thing: Thing | None
    subject: str
    request_id: str


@dataclass(frozen=True)
class AuditPage:
    lines: list[AuditLine]
    # The place before which the older ones stand, or nothing when these are the last.
    older: int | None


def own_page(session: Session, reader: Actor, found: list[AuditEntry]) -> AuditPage:
    """For one person, who reads what they may of what others made."""
    return _page(session, found, things_of(session, reader, found[:A_PAGE]), reader.user_id)


def log_page(session: Session, reader: Actor, found: list[AuditEntry]) -> AuditPage:
    """For a beheerder: it is kept to find out who did what to whom. Who works elsewhere is named
    to a gemeentebeheerder only by the deeds that they did here.
    """
    things = things_in_log(session, reader, found[:A_PAGE])
    page = _page(session, found, things)
    if reader.has(Role.BEHEERDER):
        return page
    about = {entry.person_id for entry in found[:A_PAGE] if entry.person_id}
    own = accounts.of_gemeente(session, about, reader.gemeente_code or "")
    pairs = zip(page.lines, found, strict=False)
    return replace(page, lines=[_without_strangers(line, entry, own) for line, entry in pairs])


def _without_strangers(line: AuditLine, entry: AuditEntry, own: set[UUID]) -> AuditLine:
    is_own = entry.person_id is None or entry.person_id in own
    about = line.about if is_own or not line.about else ELSEWHERE
    return replace(line, about=about, subject=thing_of(entry.subject))


def _page(
    session: Session, found: list[AuditEntry], things: Things, viewer_id: UUID | None = None
) -> AuditPage:
    """The newest of these, so many as fit on a page."""
    shown = found[:A_PAGE]
    people = {one for entry in shown for one in (entry.actor_id, entry.person_id) if one}
    names = accounts.names_of(session, people)
    towns = gemeenten.names_of(session, {entry.gemeente_code for entry in shown})
    return AuditPage(
        lines=[_line(entry, viewer_id, names, towns, things) for entry in shown],
        older=shown[-1].place if len(found) > A_PAGE else None,
    )


def _line(
    entry: AuditEntry,
    viewer_id: UUID | None,
    names: dict[UUID, str],
    towns: dict[str, str],
    things: Things,
) -> AuditLine:
    def name_of(person_id: UUID | None) -> str:
        if person_id is None:
            return NOBODY
        return YOU if person_id == viewer_id else names.get(person_id, GONE)

    about = name_of(entry.person_id) if _tells_about(entry, viewer_id) else ""
    return AuditLine(
        at=entry.done_at,
        who=name_of(entry.actor_id),
        gemeente_name="" if entry.actor_id == viewer_id else towns.get(entry.gemeente_code, ""),
        did=words_of(entry.deed),
        about="jou" if about == YOU else about,
        thing=things.get((entry.subject, entry.subject_id)),
        subject=" ".join(filter(None, (thing_of(entry.subject), entry.subject_id))),
        request_id=entry.request_id,
    )


def _tells_about(entry: AuditEntry, viewer_id: UUID | None) -> bool:
    """Whether it is said whom it was about. Their own log tells nobody who a colleague is whose
    name they may not read; the log of a beheerder (without a viewer) is kept to find that out.
    """
    if entry.person_id is None or entry.person_id == entry.actor_id:
        return False
    return viewer_id is None or entry.person_id == viewer_id

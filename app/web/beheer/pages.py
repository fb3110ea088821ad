"""What the pages of a beheerder show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TypeVar
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import RoleGrant, User
from app.accounts.rules import ENDS_SOON, TO_GRANT, may_grant, may_grant_to, may_shut_out
from app.core import heartbeat, jobs
from app.core.actor import Actor, Role
from app.core.dutch import moment, number, plural
from app.core.rights import takes_two
from app.gemeenten import queries as gemeenten
from app.gemeenten.rules import PUBLIC_MAIL_DOMAINS, domain_of
from app.labels import label
from app.matching import queries as matching
from app.matching.shelf import Shelf
from app.matching.status import seconds_words, status, status_lines
from app.moderation import queries as moderation
from app.notifications import queries as mails
from app.notifications.rules import DeliveryState
from app.opgaven import absence
from app.opgaven import queries as opgaven
from app.opgaven.rules import may_review
from app.privacy import retention
from app.privacy.dictionary import dictionary
from app.web.aliases import alias_of
from app.web.beheer.forms import Deed
from app.web.policy import may_come

State = TypeVar("State", bound=Enum)
NOT_YET = "nog niet"


@dataclass(frozen=True)
class Task:
    """Something to look after; `waiting` says in words how much there is to do."""

    title: str
    text: str
    href: str
    waiting: str = ""


@dataclass(frozen=True)
class RequestLine:
    request_id: UUID
    name: str
    email: str
    domain: str
    may_claim: bool
    gemeente_name: str
    asked_at: datetime


@dataclass(frozen=True)
class RoleButton:
    role: Role
    deed: Deed
    label: str


@dataclass(frozen=True)
class HeldRole:
    label: str
    ends_on: date
    ends_soon: bool


@dataclass(frozen=True)
class PersonLine:
    alias: str
    name: str
    email: str
    roles: list[HeldRole]
    buttons: list[RoleButton]
    is_self: bool
    # They are kept out; and whether who looks can change that.
    is_shut_out: bool
    may_shut_out: bool


@dataclass(frozen=True)
class Workers:
    """Per group of workers when it last showed that it lives; `silent` names who does not."""

    lines: list[tuple[str, str]]
    silent: list[str]


@dataclass(frozen=True)
class MatchingPart:
    """How matching stands; and of the snapshots before this one when, and how long they took."""

    lines: list[tuple[str, str]]
    earlier: list[tuple[str, str]]


@dataclass(frozen=True)
class Count:
    label: str
    value: str


# Title, page and what it is for.
OF_PLATFORM = (
    ("Aanvragen", "beheer.requests", "Laat mensen toe van wie we het maildomein nog niet kennen."),
    (
        "Wat gemeld is",
        "moderation.queue",
        "Kijk naar wat collega’s meldden, en beslis of het blijft staan.",
    ),
    (
        "Uren verrekenen",
        "settling.index",
        "Breng eens per jaar wat gemeenten elkaar schuldig zijn terug naar nul.",
    ),
    ("Maildomeinen", "beheer.domains", "Leg vast welk maildomein bij welke gemeente hoort."),
    ("Netwerken", "networks.index", "Richt netwerken op en bepaal welke gemeenten erbij horen."),
    (
        "Begrippen",
        "vocabulary.index",
        "Zeg wat losse woorden betekenen en voeg samen wat hetzelfde is.",
    ),
    (
        "Betwiste redenen",
        "matching.disputed",
        "Lees van welke redenen collega’s zeggen dat ze niet kloppen.",
    ),
    ("Mail", "mail.show", "Zie welke mail niet aankwam en waarom, en stuur hem opnieuw."),
    ("Systeem", "beheer.system", "Kijk of het werk op de achtergrond en de mail goed lopen."),
)


def tasks(session: Session, actor: Actor) -> list[Task]:
    people = Task(
        title="Collega’s en rollen",
        text="Bepaal wie opgaven mag plaatsen voor de gemeente.",
        href=url_for("beheer.colleagues"),
        waiting=_ending(accounts.count_ending(session, actor)),
    )
    rights = Task(
        title="Rollen en rechten",
        text="Zie wie welke rol heeft tot wanneer, en wat elke rol mag.",
        href=url_for("rights.index"),
        waiting=_how_many(len(accounts.open_proposals(session, actor)), "te bevestigen"),
    )
    numbers = Task(
        title="Inzicht",
        text="Zie hoe ver opgaven komen, van jullie en van het hele land.",
        href=url_for("insight.index"),
    )
    log = Task(
        title="Logboek",
        text="Lees wie wat deed, en wanneer.",
        href=url_for("audit.log"),
    )
    return [
        people,
        rights,
        *_review_task(session, actor),
        *_absent_task(session, actor),
        numbers,
        log,
        *_platform_tasks(session, actor),
    ]


def _review_task(session: Session, actor: Actor) -> list[Task]:
    code = actor.gemeente_code or ""
    if not may_review(actor, code):
        return []
    waiting = opgaven.count_in_review(session, code)
    return [
        Task(
            title="Opgaven beoordelen",
            text="Kijk mee met een opgave voordat die opengaat, of zet dat aan.",
            href=url_for("review.index"),
            waiting=f"{number(waiting)} te beoordelen" if waiting else "",
        )
    ]


def _absent_task(session: Session, actor: Actor) -> list[Task]:
    if not may_come(actor, "absent.index"):
        return []
    waiting, left = absence.waiting_in_reach(session, actor), absence.left_in_reach(session, actor)
    count = len({seen.opgave.id for seen in [*(seen for _, seen in waiting), *left]})
    return [
        Task(
            title="Opgaven zonder opgavehouder",
            text="Zorg dat een collega het overneemt als de opgavehouder er niet is.",
            href=url_for("absent.index"),
            waiting=_how_many(count, "te regelen"),
        )
    ]


def _platform_tasks(session: Session, actor: Actor) -> list[Task]:
    """What there is to look after for all gemeenten together."""
    open_to = [task for task in OF_PLATFORM if may_come(actor, task[1])]
    if not open_to:
        return []
    waiting = {
        "beheer.requests": (accounts.count_waiting_requests(session), "te beslissen"),
        "moderation.queue": (moderation.count_waiting(session), "te beslissen"),
        "beheer.system": (jobs.counts_by_state(session).get(jobs.JobState.FAILED, 0), "mislukt"),
    }
    return [
        Task(title, text, url_for(page), _how_many(*waiting.get(page, (0, ""))))
        for title, page, text in open_to
    ]


def _ending(count: int) -> str:
    return plural(count, "loopt bijna af", "lopen bijna af") if count else ""


def _how_many(count: int, what: str) -> str:
    return f"{number(count)} {what}" if count else ""


def request_lines(session: Session) -> list[RequestLine]:
    waiting = accounts.waiting_requests(session)
    names = gemeenten.names_of(session, [request.gemeente_code for request in waiting])
    return [
        RequestLine(
            request_id=request.id,
            name=request.name,
            email=request.email,
            domain=domain_of(request.email),
            may_claim=domain_of(request.email) not in PUBLIC_MAIL_DOMAINS,
            gemeente_name=names[request.gemeente_code],
            asked_at=request.asked_at,
        )
        for request in waiting
    ]


def people_lines(
    session: Session, actor: Actor, gemeente_code: str, today: date
) -> list[PersonLine]:
    return [
        PersonLine(
            alias=alias_of(user.id),
            name=user.name,
            email=user.email,
            roles=[_held(grant, today) for grant in accounts.running_grants(user)],
            buttons=_role_buttons(actor, user),
            is_self=user.id == actor.user_id,
            is_shut_out=user.shut_out_at is not None,
            may_shut_out=user.id != actor.user_id and may_shut_out(actor, gemeente_code),
        )
        for user in accounts.colleagues(session, gemeente_code)
    ]


def _held(grant: RoleGrant, today: date) -> HeldRole:
    return HeldRole(label(grant.role), grant.ends_on, grant.ends_on <= today + ENDS_SOON)


def _role_buttons(actor: Actor, user: User) -> list[RoleButton]:
    """What the actor can do about each role of this person; it is asked once more before."""
    if user.shut_out_at is not None:
        return []
    held = accounts.roles_of(user)
    buttons = []
    for role in Role:
        name = label(role).lower()
        # A coordinator is named with the network.
        is_here = role is not Role.COORDINATOR
        if is_here and may_grant_to(actor, role, user.id, user.gemeente_code):
            buttons.append(
                RoleButton(role, Deed.PROLONG, _to_prolong(actor, role))
                if role in held
                else RoleButton(role, Deed.GIVE, _to_give(actor, role))
            )
        if role in held and may_grant(actor, role, user.gemeente_code):
            buttons.append(RoleButton(role, Deed.END, f"Niet langer {name}"))
    return buttons


def _to_give(actor: Actor, role: Role) -> str:
    name = label(role).lower()
    return f"Stel voor als {name}" if takes_two(actor, TO_GRANT[role]) else f"Maak {name}"


def _to_prolong(actor: Actor, role: Role) -> str:
    name = label(role).lower()
    takes_another = takes_two(actor, TO_GRANT[role])
    return f"Stel voor {name} te verlengen" if takes_another else f"Verleng {name}"


def workers(session: Session) -> Workers:
    found = heartbeat.pulses(session)
    return Workers(
        lines=[(label(pulse.group), pulse.words) for pulse in found],
        silent=[label(pulse.group) for pulse in found if pulse.is_late],
    )


def last_runs(session: Session) -> list[tuple[str, str]]:
    """When the work of the clock was last done, and what came of it."""
    night = matching.last_night(session)
    return [
        (
            "Alles opnieuw vergeleken",
            f"{moment(night.began_at)}: {plural(night.matches, 'match', 'matches')}"
            if night
            else NOT_YET,
        ),
    ]


def kept_lines(session: Session) -> list[tuple[str, str]]:
    """What the last night did with what was over its term; counts, of nobody."""
    run = retention.last_run(session)
    if run is None:
        return [("Laatste nacht", NOT_YET)]
    ended = moment(run.ended_at) if run.ended_at else "nog bezig"
    return [
        ("Laatste nacht", f"{moment(run.began_at)}, klaar: {ended}"),
        *((_rule(name), number(count)) for name, count in run.done.items()),
        *((f"{_rule(name)}, moet nog wachten", number(n)) for name, n in run.waiting.items()),
    ]


def _rule(name: str) -> str:
    table, _, deed = name.partition(" ")
    known = dictionary().tables[table]
    return f"{known.title or known.kind.title}: {deed}"


def matching_part(session: Session, now: datetime, shelf: Shelf) -> MatchingPart:
    found = status(session, shelf)
    return MatchingPart(
        lines=status_lines(found, now),
        earlier=[(moment(build.began_at), seconds_words(build)) for build in found.builds[1:]],
    )


def job_counts(session: Session) -> list[Count]:
    return _counts(jobs.JobState, jobs.counts_by_state(session))


def mail_counts(session: Session) -> list[Count]:
    return _counts(DeliveryState, mails.counts_by_state(session))


def _counts(states: type[State], found: Mapping[State, int]) -> list[Count]:
    return [Count(label(state), number(found.get(state, 0))) for state in states]

"""Puts the people and opgaven of the demo in the house, the way real people would.

Every id is worked out from the content, so seeding again adds nothing and leaves alone what
people changed. What a day has made stale is refreshed: an opgave whose closing date has passed
is placed anew, under an id that holds the week, because an opgave never opens again; a concept
and a period of availability get later dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import proposing
from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import User
from app.cli.demo.data import DemoOpgave, DemoPerson, Stage, demo_domain
from app.cli.work import in_name_of
from app.core.actor import Role
from app.core.work import Work
from app.core.workdays import monday_of
from app.gemeenten import networks
from app.gemeenten import queries as gemeenten
from app.gemeenten import service as gemeenten_service
from app.gemeenten.rules import NetworkDraft
from app.opgaven import life
from app.opgaven import queries as opgaven
from app.opgaven import service as opgaven_service
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus, may_draft
from app.people import queries as people
from app.people import service as people_service
from app.people.rules import WindowDraft

# No demo is older than this Monday.
FIRST_WEEK = date(2026, 1, 5)
NETWORK = NetworkDraft(
    "Steden die samen leren",
    "Drie steden kijken bij elkaar mee en lenen elkaar mensen.",
    date(2025, 9, 1),
)
NETWORK_CODES = ("GM0014", "GM0153", "GM0344")


@dataclass
class SeedReport:
    """What seeding did; nothing at all when everything was there and fresh."""

    gemeenten: int = 0
    people: int = 0
    opgaven: int = 0
    renewed: int = 0
    moved: int = 0


def seed(
    work: Work, demo_people: Sequence[DemoPerson], demo_opgaven: Sequence[DemoOpgave]
) -> SeedReport:
    """Bring the demo in line with these people and opgaven, and with today."""
    report = SeedReport()
    codes = sorted({person.gemeente_code for person in demo_people})
    domains = _claim_domains(work, codes, report)
    _found_network(work, codes)
    known = {user.id: user for user in accounts.demo_people(work.session)}
    users: dict[str, User] = {}
    for person in demo_people:
        user = known.get(person.id)
        if user is None:
            user = _settle(work, person, domains[person.gemeente_code])
            report.people += 1
        else:
            report.moved += _move_windows(work, user, person)
        users[person.name] = user
    life.sweep(work)
    _place_opgaven(work, demo_opgaven, users, report)
    return report


def _claim_domains(work: Work, codes: Sequence[str], report: SeedReport) -> dict[str, str]:
    found = {}
    for code in codes:
        domain = demo_domain(gemeenten.by_code(work.session, code).name)
        if domain not in gemeenten.domains_of(work.session, code):
            gemeenten_service.add_domain(work, code, domain)
            report.gemeenten += 1
        found[code] = domain
    return found


def _found_network(work: Work, codes: Sequence[str]) -> None:
    """Once; of those gemeenten that the demo has."""
    if gemeenten.network_called(work.session, NETWORK.name) is not None:
        return
    network_id = networks.found_network(work, NETWORK)
    for code in NETWORK_CODES:
        if code in codes:
            networks.add_gemeente(work, network_id, code)


def _give_role(work: Work, user: User, role: Role) -> None:
    """In the name of two beheerders, once the demo has them besides this person."""
    network = gemeenten.network_called(work.session, NETWORK.name)
    network_id = network.id if network and role is Role.COORDINATOR else None
    pair = accounts.deciders(work.session, {user.id})[:2]
    if len(pair) < 2:
        accounts_service.grant_role(
            work, user.id, role, reason="voor de demo", network_id=network_id
        )
        return
    first, second = (in_name_of(work, one) for one in pair)
    accounts_service.grant_role(first, user.id, role, network_id=network_id)
    work.session.flush()
    proposal = accounts.open_proposal(work.session, user.id, role, network_id)
    if proposal is not None:
        proposing.decide(second, proposal.id, confirm=True)


def _settle(work: Work, person: DemoPerson, domain: str) -> User:
    """Make the account with its roles, and the profile as this person would."""
    user = accounts_service.register(
        replace(work, new_id=lambda: person.id),
        person.address(domain),
        person.name,
        person.gemeente_code,
        is_demo=True,
    )
    for role in person.roles:
        _give_role(work, user, role)
    work.session.flush()
    work.session.refresh(user, ["grants"])
    draft = person.draft(work.today)
    if draft is not None:
        own_work = as_user(work, user)
        people_service.write_profile(own_work, draft)
        people_service.publish_profile(own_work)
    return user


def _move_windows(work: Work, user: User, person: DemoPerson) -> bool:
    """Somebody whose hours all lie in the past has hours again."""
    profile = people.own_profile(work.session, user.id)
    ends = [window.ends_on for window in profile.windows] if profile else []
    last = max((day for day in ends if day is not None), default=None)
    if profile is None or last is None or None in ends or last >= work.today:
        return False
    later = (person.window(work.today).ends_on or work.today) - last
    draft = people.draft_of(profile)
    windows = tuple(_moved(window, later) for window in draft.windows)
    people_service.write_profile(as_user(work, user), replace(draft, windows=windows))
    return True


def _moved(window: WindowDraft, later: timedelta) -> WindowDraft:
    return WindowDraft(
        window.hours_per_week,
        window.starts_on + later if window.starts_on else None,
        window.ends_on + later if window.ends_on else None,
    )


def _place_opgaven(
    work: Work, listed: Sequence[DemoOpgave], users: Mapping[str, User], report: SeedReport
) -> None:
    mondays = weeks(work.today)
    ids = [one.id_in(monday) for one in listed for monday in mondays]
    placed = _placed(work.session, ids)
    for one in listed:
        owner_work = as_user(work, users[one.owner])
        if not may_draft(owner_work.actor):
            continue
        versions = [placed[key] for key in map(one.id_in, mondays) if key in placed]
        if not versions:
            _place(owner_work, one, mondays[-1])
            report.opgaven += 1
        elif _is_past(versions[-1], work.today):
            _refresh(owner_work, one, versions[-1], mondays[-1], report)


def weeks(today: date) -> list[date]:
    """Every Monday on which an opgave may have been placed, this week's last."""
    monday = monday_of(today)
    count = max(0, (monday - FIRST_WEEK).days // 7)
    return [monday - timedelta(weeks=ago) for ago in range(count, -1, -1)]


def _placed(session: Session, ids: Sequence[UUID]) -> dict[UUID, Opgave]:
    return {row.id: row for row in session.scalars(select(Opgave).where(Opgave.id.in_(ids)))}


def _is_past(opgave: Opgave, today: date) -> bool:
    return opgave.closes_on is not None and opgave.closes_on < today


def _refresh(work: Work, one: DemoOpgave, last: Opgave, monday: date, report: SeedReport) -> None:
    if last.status is OpgaveStatus.CONCEPT:
        _move(work, one, last)
        report.moved += 1
    elif one.stage is Stage.OPEN and last.id != one.id_in(monday):
        _place(work, one, monday)
        report.renewed += 1


def _place(work: Work, one: DemoOpgave, monday: date) -> None:
    then = replace(work, now=work.now - timedelta(days=one.opened_days))
    opgave = opgaven_service.draft_opgave(then, one.id_in(monday), one.draft(work.today))
    if one.stage is not Stage.CONCEPT:
        opgaven_service.publish_opgave(then, opgave.id)
    if one.stage is Stage.WITHDRAWN:
        life.withdraw(work, opgave.id)


def _move(work: Work, one: DemoOpgave, concept: Opgave) -> None:
    """The same concept, with whatever people changed in it, but with dates from today."""
    fresh = one.draft(work.today)
    draft = replace(
        opgaven.draft_of(work.session, concept),
        starts_on=fresh.starts_on,
        ends_on=fresh.ends_on,
        closes_on=fresh.closes_on,
    )
    opgaven_service.revise_opgave(work, concept.id, draft)


def as_user(work: Work, user: User) -> Work:
    return replace(work, actor=accounts.actor_of(user))

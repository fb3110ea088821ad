"""What the pages about reports show."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.dutch import how_long, plural
from app.labels import label
from app.loans.seen import SeenLoan
from app.loans.words import summary
from app.moderation import queries
from app.moderation.models import Report
from app.moderation.queries import Case, Reported
from app.moderation.rules import Ruling, Subject, may_put_back
from app.opgaven import queries as opgaven
from app.people import queries as people
from app.web.people.pages import ProfilePage, profile_page

PUT_BACK = "Weggehaald, en later teruggezet"


@dataclass(frozen=True)
class CaseLine:
    report_id: UUID
    title: str
    grounds: str
    waits: str


@dataclass(frozen=True)
class ReportLine:
    ground: str
    # Neither these nor who wrote them are for whom it is about.
    words: str
    who: str
    reported_at: datetime


@dataclass(frozen=True)
class Copy:
    """What stood there when somebody reported it."""

    text: str
    reported_at: datetime


@dataclass(frozen=True)
class StakesBlock:
    """What hangs on an opgave that waits for a decision."""

    waiting: int
    running: list[str]
    # Agreed on, with a first day that is still to come.
    coming: list[str]
    asked: list[str]


@dataclass(frozen=True)
class CasePage:
    report_id: UUID
    subject: Subject
    reported: Reported
    # As it is now, when it is a profile that others can see.
    profile: ProfilePage | None
    # Each that differs from what stands there now.
    copies: list[Copy]
    # Nothing when the reader cannot come there.
    href: str
    reports: list[ReportLine]
    # Empty while it waits for a decision.
    ruling: str
    answer: str
    may_put_back: bool
    is_own: bool
    # Of an opgave about which nothing is decided yet.
    stakes: StakesBlock | None


@dataclass(frozen=True)
class OwnLine:
    title: str
    # Where it was, of an opgave of which the title is gone.
    gemeente_name: str
    ground: str
    reported_at: datetime
    # Empty while it waits.
    ruling: str
    answer: str


def case_lines(session: Session, viewer: Actor, now: datetime) -> list[CaseLine]:
    return _lines(session, viewer, queries.waiting(session), now)


def down_lines(session: Session, viewer: Actor, now: datetime) -> list[CaseLine]:
    return _lines(session, viewer, queries.still_down(session), now)


def _lines(session: Session, viewer: Actor, cases: list[Case], now: datetime) -> list[CaseLine]:
    titles = queries.titles(session, viewer, [case.first for case in cases])
    return [
        CaseLine(
            report_id=case.first.id,
            title=titles[case.first.id],
            grounds=_grounds(case),
            waits=how_long(now - case.first.reported_at),
        )
        for case in cases
    ]


def case_page(session: Session, viewer: Actor, report_id: UUID, today: date) -> CasePage:
    case = queries.case_of(session, report_id)
    first, names = case.first, queries.reporters(session, case)
    reported = queries.reported(session, first, today)
    is_own = reported.is_by(viewer)
    return CasePage(
        report_id=first.id,
        subject=first.subject,
        reported=reported,
        profile=profile_page(reported.profile) if reported.profile else None,
        copies=_copies(case, reported.text),
        href=_href(session, viewer, first, today),
        reports=[
            ReportLine(
                ground=label(one.ground),
                words="" if is_own else one.words,
                who="" if is_own else names[one.id] or "Iemand die niet meer meedoet",
                reported_at=one.reported_at,
            )
            for one in case.reports
        ],
        ruling=_ruling(first, is_down=reported.is_down),
        answer=first.answer,
        may_put_back=may_put_back(
            first.subject, first.ruling, is_down=reported.is_down, is_own=is_own
        ),
        is_own=is_own,
        stakes=_stakes(session, first, today),
    )


def _stakes(session: Session, first: Report, today: date) -> StakesBlock | None:
    if first.opgave_id is None or first.ruling is not None:
        return None
    found = queries.stakes_of(session, first.opgave_id)
    return StakesBlock(
        found.waiting,
        running=[_lent(one) for one in found.running if not one.begins_later(today)],
        coming=[_lent(one) for one in found.running if one.begins_later(today)],
        asked=[_lent(one) for one in found.asked],
    )


def _lent(seen: SeenLoan) -> str:
    """Between which gemeenten, and how much; who it is, is of its parties."""
    return f"Van gemeente {seen.lender_name} aan gemeente {seen.borrower_name}: {summary(seen)}"


def own_lines(session: Session, viewer: Actor) -> list[OwnLine]:
    user_id = viewer.user_id
    reports = queries.own(session, user_id) if user_id else []
    down = queries.own_down(session, user_id) if user_id else set()
    titles = queries.titles(session, viewer, reports)
    about = opgaven.by_ids(session, [one.opgave_id for one in reports if one.opgave_id])
    nameless = {key: seen.gemeente.name for key, seen in about.items() if seen.is_gone_for(viewer)}
    return [
        OwnLine(
            title=titles[one.id],
            gemeente_name=nameless.get(one.opgave_id, "") if one.opgave_id else "",
            ground=label(one.ground),
            reported_at=one.reported_at,
            ruling=_ruling(one, is_down=one.id in down),
            answer=one.answer,
        )
        for one in reports
    ]


def _ruling(report: Report, *, is_down: bool) -> str:
    if report.ruling is None:
        return ""
    is_back = report.ruling is Ruling.TAKEN_DOWN and not is_down
    return PUT_BACK if is_back else label(report.ruling)


def _grounds(case: Case) -> str:
    """What was said of it, each once, and by how many."""
    said = ", ".join(dict.fromkeys(label(one.ground).lower() for one in case.reports))
    return f"{plural(len(case.reports), 'keer', 'keer')} gemeld: {said}"


def _copies(case: Case, text: str) -> list[Copy]:
    """Each version once, by when it was reported first."""
    first = {one.copy: one.reported_at for one in reversed(case.reports)}
    found = [Copy(words, at) for words, at in first.items() if words not in ("", text)]
    return sorted(found, key=lambda one: one.reported_at)


def _href(session: Session, viewer: Actor, report: Report, today: date) -> str:
    """Where the viewer reads it; a message stands on the page of its two sides only."""
    opgave_id, user_id = report.opgave_id, report.profile_id
    if opgave_id is not None and opgaven.seen_opgaven(session, viewer, [opgave_id]):
        return url_for("opgaven.show", opgave_id=opgave_id)
    if user_id is not None and people.seen_profiles(session, viewer, [user_id], today):
        return url_for("people.show", user_id=user_id)
    return ""

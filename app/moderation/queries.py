"""Reading reports: what waits for a decision, one case, and what somebody reported themselves."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.conversations.models import Conversation, Message, PublishedAnswer
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.rights import Right, may
from app.gemeenten import queries as gemeenten
from app.loans import queries as loans
from app.loans.rules import LoanState
from app.loans.seen import SeenLoan
from app.moderation.models import Report
from app.moderation.rules import Ruling, Subject
from app.moderation.texts import opgave_text, profile_text
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import may_edit
from app.people import queries as people
from app.people.models import Profile
from app.people.rules import ProfileState
from app.people.visibility import SeenProfile
from app.responses.models import Invitation

COLUMNS = {
    Subject.OPGAVE: Report.opgave_id,
    Subject.PROFILE: Report.profile_id,
    Subject.MESSAGE: Report.message_id,
    Subject.PUBLISHED: Report.published_id,
    Subject.INVITATION: Report.invitation_id,
}


@dataclass(frozen=True)
class Case:
    """Every report of one thing that waits for the same decision or got it, the first in front."""

    reports: tuple[Report, ...]

    @property
    def first(self) -> Report:
        return self.reports[0]


@dataclass(frozen=True)
class Reported:
    """The thing itself, as a beheerder reads it."""

    title: str
    # What they wrote, as it is now; nothing when others can see it no more.
    text: str
    written_by: str
    # Who may not decide about it.
    writer_ids: frozenset[UUID]
    is_down: bool
    # Every part of a profile that others can see.
    profile: SeenProfile | None = None

    def is_by(self, actor: Actor) -> bool:
        return actor.user_id in self.writer_ids


@dataclass(frozen=True)
class Stakes:
    """What hangs on an opgave, for who decides whether it stays."""

    # Who answered, asked something or is invited, and hears it when the opgave goes.
    waiting: int
    # What runs, and goes on; what waits for signatures, and stops.
    running: list[SeenLoan]
    asked: list[SeenLoan]


def waiting(session: Session) -> list[Case]:
    """What waits for a decision, the longest waiting first."""
    return _cases(session.scalars(_in_order(Report.decided_at.is_(None))))


def still_down(session: Session) -> list[Case]:
    """What was taken down and is not back, by the last decision about it; the last first."""
    rows = session.scalars(_in_order(is_down())).all()
    last = {row.subject_id: row.decided_at for row in sorted(rows, key=_when_decided)}
    found = _cases(row for row in rows if row.decided_at == last[row.subject_id])
    return sorted(found, key=lambda case: _when_decided(case.first), reverse=True)


def own_down(session: Session, user_id: UUID) -> set[UUID]:
    """Reports of this person about what is down still."""
    return set(session.scalars(select(Report.id).where(Report.reporter_id == user_id, is_down())))


def count_waiting(session: Session) -> int:
    """How many things somebody has to decide about."""
    one = func.coalesce(*COLUMNS.values())
    things = select(func.count(one.distinct())).where(Report.decided_at.is_(None))
    return session.scalar(things) or 0


def case_of(session: Session, report_id: UUID) -> Case:
    """The case that this report belongs to."""
    report = session.get(Report, report_id)
    if report is None:
        raise NotFound(f"report {report_id}")
    same = Report.decided_at.is_not_distinct_from(report.decided_at)
    rows = session.scalars(_in_order(about(report.subject, report.subject_id), same))
    return Case(tuple(rows))


def is_shown(session: Session, report_id: UUID) -> bool:
    """Whether the profile that a report is about is published."""
    of_report = select(Profile.state).join(Report, Report.profile_id == Profile.user_id)
    state = session.scalar(of_report.where(Report.id == report_id))
    return state is ProfileState.PUBLISHED


def person_of(session: Session, report_id: UUID) -> UUID | None:
    """With whom the thing itself is erased; of what stands on an opgave nobody."""
    return session.scalar(
        select(func.coalesce(Report.profile_id, Conversation.user_id, Invitation.user_id))
        .outerjoin(Message, Message.id == Report.message_id)
        .outerjoin(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Invitation, Invitation.id == Report.invitation_id)
        .where(Report.id == report_id)
    )


def own(session: Session, user_id: UUID) -> list[Report]:
    """What this person reported, the last first."""
    found = select(Report).where(Report.reporter_id == user_id)
    return list(session.scalars(found.order_by(Report.reported_at.desc(), Report.id)))


def own_standing(
    session: Session, user_id: UUID | None, subject_ids: Collection[UUID], today: date
) -> dict[UUID, Report]:
    """What this person reported last of these things, unless it is decided and they changed since.

    That can be reported anew; of the same words a second report would ask the same.
    """
    if user_id is None:
        return {}
    thing = func.coalesce(*COLUMNS.values())
    rows = session.scalars(
        select(Report)
        .where(Report.reporter_id == user_id, thing.in_(subject_ids))
        .order_by(Report.reported_at, Report.id)
    )
    last = {row.subject_id: row for row in rows}
    return {key: row for key, row in last.items() if _stands(session, row, today)}


def _stands(session: Session, report: Report, today: date) -> bool:
    return report.decided_at is None or reported(session, report, today).text == report.copy


def why_down(session: Session, subject: Subject, subject_id: UUID) -> str:
    """What was said when it was taken down, for who wrote it; nothing when that is forgotten."""
    said = select(Report.answer).where(
        about(subject, subject_id),
        Report.ruling == Ruling.TAKEN_DOWN,
    )
    return session.scalar(said.order_by(Report.decided_at.desc(), Report.id).limit(1)) or ""


def titles(session: Session, reader: Actor, reports: Iterable[Report]) -> dict[UUID, str]:
    """By report what it is about, in a few words; the opgave as far as they may read its title.

    Whose profile it is: to a beheerder as on the page of the case, to who reported it by the name
    that they read then.
    """
    reports = list(reports)
    owners = _owners(session, reports) if may(reader, Right.MODERATE) else {}
    places = _places(session, reports)
    about = opgaven.by_ids(session, [place.opgave_id for place in places.values()])
    readable = opgaven.seen_opgaven(session, reader, list(about))
    named = {
        key: seen
        for key, seen in about.items()
        if may(reader, Right.MODERATE) or key in readable or seen.is_gone_for(reader)
    }
    return {
        one.id: _title_of_profile(one, owners, reader)
        if one.subject is Subject.PROFILE
        else _title(one.subject, places.get(one.id), named, reader)
        for one in reports
    }


@dataclass(frozen=True)
class Place:
    """On which opgave something stands, and whose conversation it is in."""

    opgave_id: UUID
    professional_id: UUID | None


def _places(session: Session, reports: Iterable[Report]) -> dict[UUID, Place]:
    """By report; a profile stands on no opgave."""
    rows = session.execute(
        select(
            Report.id,
            func.coalesce(
                Report.opgave_id,
                Conversation.opgave_id,
                PublishedAnswer.opgave_id,
                Invitation.opgave_id,
            ),
            Conversation.user_id,
        )
        .outerjoin(Message, Message.id == Report.message_id)
        .outerjoin(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(PublishedAnswer, PublishedAnswer.id == Report.published_id)
        .outerjoin(Invitation, Invitation.id == Report.invitation_id)
        .where(Report.id.in_([one.id for one in reports]))
    )
    return {row[0]: Place(row[1], row[2]) for row in rows if row[1] is not None}


def _owners(session: Session, reports: Iterable[Report]) -> dict[UUID, str]:
    return people.names_by_most(session, {one.profile_id for one in reports if one.profile_id})


def _title_of_profile(report: Report, owners: Mapping[UUID, str], reader: Actor) -> str:
    if reader.user_id == report.profile_id:
        return OWN_PROFILE
    read_then = report.named if report.reporter_id == reader.user_id else ""
    name = owners.get(report.subject_id) or read_then
    return NAMED_PROFILE.format(name=name) if name else TITLES[Subject.PROFILE]


def _title(
    subject: Subject, place: Place | None, named: Mapping[UUID, SeenOpgave], reader: Actor
) -> str:
    seen = named.get(place.opgave_id) if place else None
    if seen is None or place is None:
        return TITLES[subject]
    title = seen.opgave.title if may(reader, Right.MODERATE) else seen.title_for(reader)
    sides = {place.professional_id} if place.professional_id else set()
    is_own = reader.user_id in sides or may_edit(reader, seen.opgave.gemeente_code)
    if subject is Subject.MESSAGE and is_own:
        return OWN_MESSAGE.format(title=title)
    return TITLES_ON_OPGAVE[subject].format(title=title)


def stakes_of(session: Session, opgave_id: UUID) -> Stakes:
    found = loans.of_opgave(session, opgave_id)
    return Stakes(
        waiting=len(loans.waiting_besides(session, opgave_id)),
        running=[one for one in found if one.loan.state is LoanState.ACTIVE],
        asked=[one for one in found if one.loan.state is LoanState.ASKED],
    )


def reported(session: Session, report: Report, today: date) -> Reported:
    """What was reported, as it is now; for a beheerder, whatever is hidden from their gemeente."""
    if report.subject is Subject.PROFILE:
        return _profile(session, report.subject_id, today)
    readers = {
        Subject.OPGAVE: _opgave,
        Subject.MESSAGE: _message,
        Subject.PUBLISHED: _published,
        Subject.INVITATION: _invitation,
    }
    return readers[report.subject](session, report.subject_id)


OWN_PROFILE = "Jouw profiel"
NAMED_PROFILE = "Profiel: {name}"
OWN_MESSAGE = "Een bericht in je gesprek over {title}"
TITLES_ON_OPGAVE = {
    Subject.OPGAVE: "Opgave: {title}",
    Subject.MESSAGE: "Een bericht in een gesprek over {title}",
    Subject.PUBLISHED: "Een vraag met antwoord bij {title}",
    Subject.INVITATION: "De woorden van een uitnodiging voor {title}",
}
# Of what stands on no opgave, or on one that the reader may not read.
TITLES = {
    Subject.OPGAVE: "Een opgave",
    Subject.PROFILE: "Een profiel",
    Subject.MESSAGE: "Een bericht in een gesprek",
    Subject.PUBLISHED: "Een vraag met antwoord bij een opgave",
    Subject.INVITATION: "De woorden van een uitnodiging",
}


def _opgave(session: Session, opgave_id: UUID) -> Reported:
    seen = opgaven.by_ids(session, [opgave_id])[opgave_id]
    opgave = seen.opgave
    return Reported(
        title=opgave.title,
        text=opgave_text(opgave),
        written_by=f"Gemeente {seen.gemeente.name}",
        writer_ids=_known(opgave.owner_id, opgave.co_owner_id),
        is_down=opgave.taken_down_at is not None,
    )


def _profile(session: Session, user_id: UUID, today: date) -> Reported:
    """As the colleague sees it who sees most: any of them may have reported it.

    What is down is read as it would come back.
    """
    most = people.seen_by_most(session, user_id, today)
    profile = session.get_one(Profile, user_id)
    is_down = profile.taken_down_at is not None
    seen = most if is_down or profile.state is ProfileState.PUBLISHED else None
    return Reported(
        title=most.display_name if most else TITLES[Subject.PROFILE],
        text=profile_text(seen) if seen else "",
        written_by=most.gemeente_name and f"Gemeente {most.gemeente_name}" if most else "",
        writer_ids=frozenset({user_id}),
        is_down=is_down,
        profile=seen,
    )


def _message(session: Session, message_id: UUID) -> Reported:
    """This one message: what else was written is of nobody else."""
    message, title = session.execute(
        select(Message, Opgave.title)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Opgave, Opgave.id == Conversation.opgave_id)
        .where(Message.id == message_id)
    ).one()
    return Reported(
        title=f"Bericht over: {title}",
        text=message.text,
        written_by=_named(session, message.writer_id),
        writer_ids=_known(message.writer_id),
        is_down=message.taken_down_at is not None,
    )


def _published(session: Session, published_id: UUID) -> Reported:
    published = session.get_one(PublishedAnswer, published_id)
    seen = opgaven.by_ids(session, [published.opgave_id])[published.opgave_id]
    return Reported(
        title=f"Vraag en antwoord bij: {seen.opgave.title}",
        text="" if published.taken_back_at else f"{published.question}\n\n{published.answer}",
        written_by=f"Gemeente {seen.gemeente.name}",
        writer_ids=_known(published.published_by),
        is_down=published.taken_down_at is not None,
    )


def _invitation(session: Session, invitation_id: UUID) -> Reported:
    invitation = session.get_one(Invitation, invitation_id)
    title = session.get_one(Opgave, invitation.opgave_id).title
    return Reported(
        title=f"Uitnodiging voor: {title}",
        text=invitation.words,
        written_by=_named(session, invitation.by_id),
        writer_ids=_known(invitation.by_id),
        is_down=invitation.taken_down_at is not None,
    )


def _named(session: Session, writer_id: UUID | None) -> str:
    """Nothing of a colleague who was erased."""
    writer = session.get(User, writer_id) if writer_id else None
    if writer is None:
        return ""
    return f"{writer.name}, gemeente {gemeenten.by_code(session, writer.gemeente_code).name}"


def _known(*user_ids: UUID | None) -> frozenset[UUID]:
    return frozenset(one for one in user_ids if one is not None)


def reporters(session: Session, case: Case) -> dict[UUID, str]:
    """By report the name of who made it, as far as they still take part."""
    names = accounts.names_of(session, {one.reporter_id for one in case.reports if one.reporter_id})
    return {
        one.id: names.get(one.reporter_id, "") if one.reporter_id else "" for one in case.reports
    }


def is_down() -> ColumnElement[bool]:
    """Whether a report took down what is not back yet."""
    things = (
        (Opgave.id == Report.opgave_id, Opgave.taken_down_at),
        (Profile.user_id == Report.profile_id, Profile.taken_down_at),
        (Message.id == Report.message_id, Message.taken_down_at),
        (PublishedAnswer.id == Report.published_id, PublishedAnswer.taken_down_at),
        (Invitation.id == Report.invitation_id, Invitation.taken_down_at),
    )
    gone = or_(*(exists().where(same, since.is_not(None)) for same, since in things))
    return and_(Report.ruling.is_not_distinct_from(Ruling.TAKEN_DOWN), gone)


def about(subject: Subject, subject_id: UUID) -> ColumnElement[bool]:
    return COLUMNS[subject] == subject_id


def _in_order(*which: ColumnElement[bool]) -> Select[Report]:
    return select(Report).where(*which).order_by(Report.reported_at, Report.id)


def _cases(rows: Iterable[Report]) -> list[Case]:
    """By what they are about, in the order of the first of each."""
    found: dict[UUID, list[Report]] = {}
    for row in rows:
        found.setdefault(row.subject_id, []).append(row)
    return [Case(tuple(reports)) for reports in found.values()]


def _when_decided(report: Report) -> datetime:
    return report.decided_at or report.reported_at

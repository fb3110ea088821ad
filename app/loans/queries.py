"""Reading loans, for each of the three parties and no other."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations.queries import asking
from app.core.actor import Actor
from app.core.clock import dutch_day
from app.core.errors import NotFound
from app.core.outbox import OutboxMessage, facts_of
from app.core.reach import within
from app.core.rights import Right, may_in
from app.loans.awaited import may_wait
from app.loans.events import (
    CompletionReported,
    EndTalkNears,
    EndTalkPlanned,
    FeedbackAnswered,
    FeedbackAsked,
    FeedbackShown,
    HoursReopened,
    LoanEnded,
    ManagerNamed,
)
from app.loans.models import Feedback, Loan, Remark, Terms, WorkedWeek
from app.loans.rules import (
    NEXT,
    OFF,
    OVER,
    UNDER_WAY,
    LoanState,
    Manager,
    Party,
    Reason,
    weeks_begun,
)
from app.loans.seen import SeenLoan, all_where, seen_of, waiting_where
from app.opgaven.events import OpgaveHandedOver
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import ENDED, Kind, takes_answers
from app.responses import queries as responses
from app.responses.models import Response
from app.responses.rules import Answer

# Who stands so in a loan hears of the opgave by that.
HEARS_BY_LOAN = (*UNDER_WAY, *OVER)
# Steps of which the rows know the day alone, or nothing.
OF_A_DAY = tuple(
    one.name
    for one in (
        ManagerNamed,
        EndTalkPlanned,
        EndTalkNears,
        CompletionReported,
        FeedbackAsked,
        FeedbackShown,
        FeedbackAnswered,
    )
)


def under_way(session: Session, opgave_id: UUID, user_id: UUID) -> Loan | None:
    """What this person asked for this opgave and has not ended."""
    return session.scalar(
        select(Loan).where(
            Loan.opgave_id == opgave_id, Loan.user_id == user_id, Loan.state.in_(UNDER_WAY)
        )
    )


def runs(session: Session, opgave_id: UUID, user_id: UUID) -> bool:
    """Whether this person has hours in this opgave that all three agreed on, and are not over."""
    loan = under_way(session, opgave_id, user_id)
    return loan is not None and loan.state is LoanState.ACTIVE


def is_interested(session: Session, opgave_id: UUID, user_id: UUID) -> bool:
    response = session.get(Response, (user_id, opgave_id))
    return response is not None and response.answer is Answer.INTERESTED


def party_of(loan: Loan, actor: Actor, email: str = "") -> Party | None:
    """In which part somebody has to do with a loan; None when they have not."""
    if actor.user_id == loan.user_id:
        return Party.PROFESSIONAL
    if email and email == loan.manager_email:
        return Party.LENDER
    return Party.BORROWER if may_in(actor, Right.READ_LOAN, loan.gemeente_code) else None


def of_manager(session: Session, loan_id: UUID, manager: Manager) -> SeenLoan:
    loan = session.get(Loan, loan_id)
    if loan is None or loan.manager_email != manager.email:
        raise NotFound(f"loan {loan_id}")
    return seen_of(session, [loan])[0]


def of_party(session: Session, viewer: Actor, loan_id: UUID) -> tuple[SeenLoan, Party]:
    """The loan and in which part the viewer has to do with it; `NotFound` for others."""
    loan = session.get(Loan, loan_id)
    party = party_of(loan, viewer, email_of(session, viewer)) if loan else None
    if loan is None or party is None:
        raise NotFound(f"loan {loan_id}")
    return seen_of(session, [loan])[0], party


def all_of(session: Session, viewer: Actor) -> list[tuple[SeenLoan, Party]]:
    """Every loan in which the viewer has a part, the last first."""
    return _in_which_has_a_part(session, viewer, true())


def seen_among(session: Session, viewer: Actor, loan_ids: Collection[UUID]) -> list[SeenLoan]:
    """Of these loans those in which the viewer has a part."""
    found = _in_which_has_a_part(session, viewer, Loan.id.in_(loan_ids)) if loan_ids else []
    return [seen for seen, _ in found]


def periods(session: Session, loan_ids: Collection[UUID]) -> dict[UUID, tuple[date, date]]:
    """The first and the last day of those of these loans that three agreed on."""
    if not loan_ids:
        return {}
    found = all_where(session, Loan.id.in_(loan_ids))
    return {
        one.loan.id: (one.agreed.starts_on, one.loan.last_day)
        for one in found
        if one.agreed is not None and one.loan.last_day is not None
    }


def unfinished(
    session: Session, viewer: Actor, opgave_ids: Collection[UUID]
) -> list[tuple[SeenLoan, Party]]:
    """Every loan for these opgaven in which the viewer has a part and that is still to change."""
    if not opgave_ids:
        return []
    changes = Loan.state.in_([state for state in LoanState if NEXT[state]])
    return _in_which_has_a_part(session, viewer, and_(changes, Loan.opgave_id.in_(opgave_ids)))


def asked_of(session: Session, manager: Manager) -> list[SeenLoan]:
    """Every loan that this manager was asked to decide on, the last first."""
    return all_where(session, Loan.manager_email == manager.email) if manager.email else []


def addresses_of_managers(session: Session, loan_ids: Collection[UUID]) -> set[str]:
    """Of who decides for the lender of these loans now; who was replaced is not among them."""
    return set(session.scalars(select(Loan.manager_email).where(Loan.id.in_(loan_ids))))


def is_named(session: Session, email: str) -> bool:
    """Whether this address decides for a lender in some loan."""
    return bool(session.scalar(select(exists().where(Loan.manager_email == email))))


def was_ever_asked(session: Session, viewer: Actor) -> bool:
    """Whether the viewer is named as the manager of somebody."""
    named = select(User.id).join(Loan, Loan.manager_email == User.email)
    return bool(session.scalar(select(named.where(User.id == viewer.user_id).exists())))


def waiting(session: Session, viewer: Actor) -> Counter[Party]:
    """How many loans wait for the viewer, by the part that they have in them."""
    email = email_of(session, viewer)
    found = waiting_where(session, and_(may_wait(), _has_a_part(viewer, email)))
    known = [(one, party_of(one.loan, viewer, email)) for one in found]
    return Counter(
        party for one, party in known if party is not None and one.waits_for_party(party)
    )


def _in_which_has_a_part(
    session: Session, viewer: Actor, condition: ColumnElement[bool]
) -> list[tuple[SeenLoan, Party]]:
    email = email_of(session, viewer)
    found = all_where(session, and_(condition, _has_a_part(viewer, email)))
    known = [(seen, party_of(seen.loan, viewer, email)) for seen in found]
    return [(seen, party) for seen, party in known if party is not None]


def _has_a_part(viewer: Actor, email: str) -> ColumnElement[bool]:
    parts = [Loan.user_id == viewer.user_id, Loan.manager_email == email]
    return or_(*parts, within(viewer, Right.READ_LOAN, Loan.gemeente_code))


def newest_of(
    session: Session, pairs: Collection[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], list[SeenLoan]]:
    """What these people asked for these opgaven, what was asked last first."""
    if not pairs:
        return {}
    found: dict[tuple[UUID, UUID], list[SeenLoan]] = {}
    for seen in all_where(session, tuple_(Loan.opgave_id, Loan.user_id).in_(pairs)):
        found.setdefault((seen.loan.opgave_id, seen.loan.user_id), []).append(seen)
    return found


def emails_of(session: Session, viewers: Iterable[Actor]) -> dict[UUID | None, str]:
    ids = {viewer.user_id for viewer in viewers}
    if not ids:
        return {}
    return dict(session.execute(select(User.id, User.email).where(User.id.in_(ids))).all())


def email_of(session: Session, viewer: Actor) -> str:
    user = session.get(User, viewer.user_id) if viewer.user_id else None
    return user.email if user else ""


def of_any(session: Session, loan_id: UUID) -> SeenLoan:
    """The loan for who tells the parties of it."""
    loan = session.get(Loan, loan_id)
    if loan is None:
        raise NotFound(f"loan {loan_id}")
    return seen_of(session, [loan])[0]


def standing_of(session: Session, loan: Loan) -> str:
    """A short word that is another one after each step that the parties are told of."""
    laid_down = session.scalar(select(func.max(Terms.version)).where(Terms.loan_id == loan.id))
    said = session.scalar(select(func.count()).select_from(Remark).where(Remark.loan_id == loan.id))
    # Of the row itself: what went to another day and back was told in between.
    row = session.scalar(
        select(literal_column("xmin::text || ctid::text")).where(Loan.id == loan.id)
    )
    written = session.scalar(
        select(func.max(WorkedWeek.written_at)).where(WorkedWeek.loan_id == loan.id)
    )
    down_at = session.scalar(select(Opgave.taken_down_at).where(Opgave.id == loan.opgave_id))
    # Also when it went to a colleague and back.
    handed_over = [one.id for one in _handed_over(session, loan)][-1:]
    terms = (loan.state.value, loan.version, laid_down, loan.agreed_version)
    feedback = select(
        func.count(), func.count(Feedback.shown_on), func.sum(func.length(Feedback.reply))
    )
    given = session.execute(feedback.where(Feedback.loan_id == loan.id)).one()
    steps = (row, terms, said, written, tuple(given), down_at, handed_over)
    return sha256(repr(steps).encode()).hexdigest()[:16]


def last_told(session: Session, loan: Loan) -> dict[str, datetime]:
    """When each of these steps was told last, by the name of its fact.

    That its opgave was handed over is one of them.
    """
    told = facts_of(session, OF_A_DAY, loan_id=loan.id) + _handed_over(session, loan)
    return {one.name: one.occurred_at for one in told}


def which_were_handed_over(session: Session, opgave_ids: Collection[UUID]) -> set[UUID]:
    """Of these opgaven those of which it is told that a colleague was to look after them."""
    if not opgave_ids:
        return set()
    about = or_(*(OutboxMessage.payload.contains({"opgave_id": str(one)}) for one in opgave_ids))
    found = select(OutboxMessage.payload["opgave_id"].astext)
    told = session.scalars(found.where(OutboxMessage.name == OpgaveHandedOver.name, about))
    return {UUID(one) for one in told}


def _handed_over(session: Session, loan: Loan) -> list[OutboxMessage]:
    """That somebody else was to look after its opgave, since it was asked."""
    told = facts_of(session, (OpgaveHandedOver.name,), opgave_id=loan.opgave_id)
    return [one for one in told if one.occurred_at > loan.asked_at]


def was_asked_to_agree(session: Session, loan_id: UUID, by: Party, today: date) -> bool:
    """Whether the other was mailed on this day that they are to agree on the hours.

    By the end of the loan, or because this party changed the hours.
    """
    facts = facts_of(session, (LoanEnded.name, HoursReopened.name), loan_id=loan_id)
    return any(
        one.name == LoanEnded.name or one.payload["party"] == by == Party.PROFESSIONAL
        for one in facts
        if dutch_day(one.occurred_at) == today
    )


def being_signed(session: Session) -> set[UUID]:
    """Opgaven for which somebody waits for signatures."""
    return set(session.scalars(select(Loan.opgave_id).where(Loan.state == LoanState.ASKED)))


def asked_for(session: Session, opgave_id: UUID) -> list[UUID]:
    """What is asked for this opgave, and not agreed on yet."""
    found = select(Loan.id).where(Loan.opgave_id == opgave_id, Loan.state == LoanState.ASKED)
    return list(session.scalars(found.order_by(Loan.id)))


def of_opgave(session: Session, opgave_id: UUID) -> list[SeenLoan]:
    """What waits for signatures, runs or ran for this opgave, for who may know of all of it."""
    return all_where(session, and_(Loan.opgave_id == opgave_id, Loan.state.in_(HEARS_BY_LOAN)))


def hit_by_taking_down(session: Session, opgave_id: UUID) -> list[SeenLoan]:
    """What runs for an opgave that was taken down, and what waited for signatures until then."""
    asked = or_(Loan.state.in_(UNDER_WAY), Loan.reason == Reason.OPGAVE_ENDED)
    found = all_where(session, and_(Loan.opgave_id == opgave_id, asked))
    return [one for one in found if one.loan.state is LoanState.ACTIVE or one.fell_with_opgave]


def parts_in(session: Session, viewer: Actor, opgave_id: UUID) -> list[tuple[SeenLoan, Party]]:
    """Every loan for this opgave in which the viewer has a part, the last first."""
    return _in_which_has_a_part(session, viewer, Loan.opgave_id == opgave_id)


def lent_to(session: Session, opgave_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Opgave and person: who waits for signatures, works or worked on these opgaven."""
    found = select(Loan.opgave_id, Loan.user_id).where(
        Loan.opgave_id.in_(opgave_ids), Loan.state.in_(HEARS_BY_LOAN)
    )
    return {(opgave_id, user_id) for opgave_id, user_id in session.execute(found)}


def asked_before(session: Session, opgave_id: UUID, user_id: UUID) -> SeenLoan | None:
    """What this person asked last for this opgave, when it did not go on."""
    found = newest_of(session, {(opgave_id, user_id)}).get((opgave_id, user_id), [])
    return found[0] if found and found[0].loan.state in OFF else None


def may_ask_again(session: Session, loan: Loan, today: date) -> bool:
    """Whether the professional of a loan that did not go on can ask for hours anew."""
    opgave = session.get_one(Opgave, loan.opgave_id)
    is_open = takes_answers(opgave.status, opgave.closes_on, today)
    if loan.state not in OFF or not is_open or not is_interested(session, opgave.id, loan.user_id):
        return False
    return under_way(session, opgave.id, loan.user_id) is None


def came_of(
    session: Session, pairs: Collection[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], SeenLoan]:
    """Of these opgaven and people the loan that waits, runs or ran; the one asked last."""
    found = newest_of(session, pairs)
    kept = {
        pair: [one for one in loans if one.loan.state in HEARS_BY_LOAN]
        for pair, loans in found.items()
    }
    return {pair: loans[0] for pair, loans in kept.items() if loans}


def in_loan(session: Session, opgave_id: UUID) -> set[UUID]:
    """Who has or had hours in this opgave, or asked for them until it ended: each heard by that."""
    return set(session.scalars(who_is_in_loan(opgave_id)))


def fallen_with(session: Session, opgave_id: UUID) -> set[UUID]:
    """Who asked for hours in an opgave until it ended, and hears that by what becomes of them."""
    fell = or_(Loan.state == LoanState.ASKED, Loan.reason == Reason.OPGAVE_ENDED)
    found = select(Loan.user_id).join(Opgave, Opgave.id == Loan.opgave_id)
    has_ended = Opgave.status.in_(ENDED)
    return set(session.scalars(found.where(Loan.opgave_id == opgave_id, fell, has_ended)))


def waiting_besides(session: Session, opgave_id: UUID) -> set[UUID]:
    """Who answered, asked something or is invited, and does not hear of its end by a loan."""
    waits = responses.waiting_for(session, opgave_id) | set(asking(session, opgave_id))
    return waits - in_loan(session, opgave_id)


def who_is_in_loan(opgave_id: UUID) -> Select[UUID]:
    """As `in_loan`; not yet asked."""
    asked = or_(Loan.state.in_(HEARS_BY_LOAN), Loan.reason == Reason.OPGAVE_ENDED)
    return select(Loan.user_id).where(Loan.opgave_id == opgave_id, asked)


def asked_by(user_id: UUID) -> Select[UUID]:
    """Opgaven for which this person asked hours, whatever came of it; not yet asked."""
    return select(Loan.opgave_id).where(Loan.user_id == user_id)


def minutes_of(session: Session, loan_id: UUID) -> dict[date, int]:
    """All that was written for this loan, by the Monday of the week."""
    found = select(WorkedWeek.monday, WorkedWeek.minutes).where(WorkedWeek.loan_id == loan_id)
    return dict(session.execute(found).all())


def is_looked_at(session: Session, loan: Loan) -> bool:
    """Whether somebody said of the hours that they are right, or are not, and who agrees is to."""
    changed = select(WorkedWeek.monday).where(
        WorkedWeek.loan_id == loan.id, WorkedWeek.minutes_before.is_not(None)
    )
    if loan.is_closing or session.scalar(select(changed.exists())):
        return True
    return of_any(session, loan.id).objection is not None


def asked_labels(session: Session, opgave_id: UUID) -> list[str]:
    """The skills that the opgave asks, in its own words."""
    found = select(AskedSkill.label).where(AskedSkill.opgave_id == opgave_id)
    return list(dict.fromkeys(session.scalars(found.order_by(AskedSkill.place))))


def weeks_to_write(session: Session, loan: Loan, today: date) -> list[date]:
    """As `SeenLoan.weeks_to_write`."""
    agreed = Terms.loan_id == loan.id, Terms.agreed_at.is_not(None)
    first_day = session.scalar(select(func.min(Terms.starts_on)).where(*agreed))
    if first_day is None or loan.last_day is None:
        return []
    return weeks_begun(first_day, loan.last_day, today)


# In which all three signed.
AGREED_STATES = (LoanState.ACTIVE, LoanState.ENDED, LoanState.CLOSED)


@dataclass(frozen=True)
class Placement:
    """A loan as who coordinates a network knows it: without names and without anybody's words."""

    lender_code: str
    borrower_code: str
    kind: Kind
    state: LoanState
    hours_per_week: int
    starts_on: date
    ends_on: date


def placements(
    session: Session, coordinator: Actor, codes: Collection[str], most: int
) -> list[Placement]:
    """What was agreed between gemeenten of which one is among these, the newest first; of what is
    in no network of the coordinator nothing.
    """
    right = Right.READ_NETWORK
    reached = or_(
        and_(Loan.lender_code.in_(codes), within(coordinator, right, Loan.lender_code)),
        and_(Opgave.gemeente_code.in_(codes), within(coordinator, right, Opgave.gemeente_code)),
    )
    found = (
        select(
            Loan.lender_code,
            Opgave.gemeente_code,
            Opgave.kind,
            Loan.state,
            Terms.hours_per_week,
            Terms.starts_on,
            Terms.ends_on,
        )
        .join(Opgave, Opgave.id == Loan.opgave_id)
        .join(Terms, and_(Terms.loan_id == Loan.id, Terms.version == Loan.agreed_version))
        .where(Loan.state.in_(AGREED_STATES), reached)
        .order_by(Terms.starts_on.desc(), Loan.id)
        .limit(most)
    )
    return [Placement(*row) for row in session.execute(found)]

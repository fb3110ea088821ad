"""Reading loans, for each of the three parties and no other."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
from app.accounts.rules import NOWHERE
from app.conversations.queries import asking
from app.core.actor import Actor
from app.core.clock import AMSTERDAM, day_begins, dutch_day
from app.core.errors import NotFound
from app.core.outbox import OutboxMessage, facts_of
from app.core.reach import within
from app.core.rights import Right, may_in
from app.core.workdays import next_workday
from app.gemeenten import queries as gemeenten
from app.gemeenten.rules import now_called
from app.hours import queries as hours
from app.loans.awaited import WaitingLoan, may_wait
from app.loans.events import (
    CompletionReported,
    EndMoved,
    EndTalkNears,
    EndTalkPlanned,
    FeedbackAnswered,
    FeedbackAsked,
    FeedbackShown,
    HoursAgreed,
    HoursReopened,
    LoanEnded,
    ManagerNamed,
)
from app.loans.models import Feedback, Loan, Remark, ShownSkill, Terms, WorkedWeek
from app.loans.rules import (
    CLOSERS,
    CLOSES_AFTER,
    END_TALK_TOLD_BEFORE,
    FEEDBACK_ASKED_AFTER,
    FEEDBACK_ASKED_BEFORE,
    FEEDBACK_BLIND,
    OFF,
    OVER,
    SILENT_AFTER,
    UNDER_WAY,
    CostBasis,
    LoanState,
    Manager,
    Party,
    Reason,
    Room,
    has_begun,
    may_name_another,
    most_minutes,
    weeks_begun,
)
from app.opgaven import queries as opgaven
from app.opgaven.events import OpgaveHandedOver
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import ENDED, OpgaveStatus, takes_answers
from app.people.models import Evidence
from app.responses import queries as responses
from app.responses.models import Response
from app.responses.rules import Answer

# Who stands so in a loan hears of the opgave by that.
HEARS_BY_LOAN = (*UNDER_WAY, *OVER)
A_DAY = timedelta(days=1)
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
# What stands for the title of an opgave that was taken down.
NAMELESS = "Inzet van {name} bij gemeente {gemeente}"


@dataclass(frozen=True)
class SeenLoan(WaitingLoan):
    """A loan as its three parties see it: all of them the same."""

    # The terms that hold; those on the table when nothing is to be signed.
    agreed: Terms | None
    # Every version of the terms, the last first.
    versions: list[Terms]
    # Every version that three signed, the last first.
    agreements: list[Terms]
    # Every version that one of them said no to while it ran, the last first.
    refusals: list[Terms]
    # As all three may read it; in its place who works where, when a beheerder took it down.
    opgave_title: str
    # Who looks after the opgave now; nothing when they ended their account.
    owner_name: str
    professional_name: str
    professional_email: str
    lender_name: str
    borrower_name: str
    borrower_signer: str
    # Who of the borrower stopped it early; nothing when that is not known any more.
    borrower_stopper: str
    weeks: dict[date, int]
    # What stood there when somebody agreed or objected, or when it ended, of the weeks that were
    # changed since.
    weeks_before: dict[date, int]
    # Who agreed on hours of which some were changed since.
    agreed_before: frozenset[Party]
    feedback: dict[Party, Feedback]
    # What the borrower saw of each skill.
    skills: list[ShownSkill]
    # Which of these stand on the profile.
    on_profile: set[str]

    @property
    def is_opgave_down(self) -> bool:
        return self.opgave_down_at is not None

    def is_last_step(self, remark: Remark) -> bool:
        """Whether nobody changed, signed or refused terms since."""
        steps = [self.terms.made_at, *self.terms.signed_at.values()]
        steps += [one.refused_at for one in self.refusals if one.refused_at is not None]
        return remark.said_at >= max(steps)

    @property
    def newest_refusal(self) -> Terms | None:
        """What was said no to last, until other terms or an end came after it."""
        if self.waits_for or self.loan.state is not LoanState.ACTIVE or not self.refusals:
            return None
        last, ended_at = self.refusals[0], self.loan.ended_at
        is_old = self.agreed is not None and self.agreed.version > last.version
        if is_old or last.refused_at is None or (ended_at and ended_at > last.refused_at):
            return None
        return last

    def readable_by(self, reader: Party) -> dict[Party, Feedback]:
        """The own feedback, and that of the other once it is shown; the lender reads none."""
        if reader not in CLOSERS:
            return {}
        return {
            party: one for party, one in self.feedback.items() if party is reader or one.shown_on
        }

    def may_give_feedback(self, party: Party) -> bool:
        if self.has_professional_left or self.is_feedback_shown:
            return False
        return self.loan.state in OVER and party in CLOSERS

    @property
    def has_professional_left(self) -> bool:
        """Whether they ended their account: nobody reads what is said to them any more."""
        return self.professional_email.endswith(f"@{NOWHERE}")

    @property
    def is_feedback_shown(self) -> bool:
        """Whether both read what there is."""
        return any(one.shown_on for one in self.feedback.values())

    @property
    def may_name_another_manager(self) -> bool:
        return may_name_another(
            self.loan.state,
            is_unreached=self.loan.manager_unreached_at is not None,
            has_signed=Party.LENDER in self.terms.signed_at,
        )

    def was_signed_before_manager(self, terms: Terms) -> bool:
        """Whether somebody signed these for the lender who was replaced since."""
        return terms.lender_signed_by not in {"", self.loan.manager_name}

    def begins_later(self, today: date) -> bool:
        """Whether it is agreed on and its first day is still to come."""
        runs = self.loan.state is LoanState.ACTIVE
        return runs and self.agreed is not None and today < self.agreed.starts_on

    def may_be_called_off(self, today: date) -> bool:
        """Whether it is agreed on and not begun yet: then there is nothing to stop."""
        if self.loan.state is not LoanState.ACTIVE or self.agreed is None:
            return False
        return not has_begun(self.agreed.starts_on, self.weeks, today)

    @property
    def ends_early(self) -> bool:
        """Whether one of the three stopped it before the agreed last day, or will."""
        is_called_off = self.loan.state is LoanState.CALLED_OFF
        return self.agreed is not None and self.loan.ended_by is not None and not is_called_off

    @property
    def expected_back_on(self) -> date | None:
        """The agreed day of return; of who stops earlier the one that was said with it."""
        if self.ends_early and self.loan.last_day is not None:
            return self.loan.returns_on or next_workday(self.loan.last_day)
        return self.agreed.returns_on if self.agreed else None

    def agreed_hours(self, monday: date) -> int:
        """The most that was agreed for this week, by what held in it or was agreed on since."""
        most = 0
        for terms in self.agreements:
            most = max(most, terms.hours_per_week)
            if terms.agreed_at is not None and dutch_day(terms.agreed_at) <= monday:
                break
        return most

    def weeks_to_write(self, today: date) -> list[date]:
        """The Mondays of the weeks that began, from the first day that was ever agreed on."""
        if self.loan.last_day is None or not self.agreements:
            return []
        first_day = min(terms.starts_on for terms in self.agreements)
        return weeks_begun(first_day, self.loan.last_day, today)


@dataclass(frozen=True)
class HeldUp:
    """A loan that would bring the borrower past its limit; all in minutes."""

    seen: SeenLoan
    asked: int
    # What was lent more than borrowed, once all that is promised and this is worked.
    balance_then: int
    limit: int


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
    return _seen(session, [loan])[0]


def of_party(session: Session, viewer: Actor, loan_id: UUID) -> tuple[SeenLoan, Party]:
    """The loan and in which part the viewer has to do with it; `NotFound` for others."""
    loan = session.get(Loan, loan_id)
    party = party_of(loan, viewer, email_of(session, viewer)) if loan else None
    if loan is None or party is None:
        raise NotFound(f"loan {loan_id}")
    return _seen(session, [loan])[0], party


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
    found = _found(session, Loan.id.in_(loan_ids))
    return {
        one.loan.id: (one.agreed.starts_on, one.loan.last_day)
        for one in found
        if one.agreed is not None and one.loan.last_day is not None
    }


def waiting_on(
    session: Session, viewer: Actor, opgave_ids: Collection[UUID]
) -> list[tuple[SeenLoan, Party]]:
    """Every loan for one of these opgaven that waits for the viewer."""
    if not opgave_ids:
        return []
    found = _in_which_has_a_part(session, viewer, and_(may_wait(), Loan.opgave_id.in_(opgave_ids)))
    return [(seen, party) for seen, party in found if seen.waits_for_party(party)]


def asked_of(session: Session, manager: Manager) -> list[SeenLoan]:
    """Every loan that this manager was asked to decide on, the last first."""
    return _found(session, Loan.manager_email == manager.email) if manager.email else []


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
    found = _waiting(session, and_(may_wait(), _has_a_part(viewer, email)))
    known = [(one, party_of(one.loan, viewer, email)) for one in found]
    return Counter(
        party for one, party in known if party is not None and one.waits_for_party(party)
    )


def _in_which_has_a_part(
    session: Session, viewer: Actor, condition: ColumnElement[bool]
) -> list[tuple[SeenLoan, Party]]:
    email = email_of(session, viewer)
    found = _found(session, and_(condition, _has_a_part(viewer, email)))
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
    for seen in _found(session, tuple_(Loan.opgave_id, Loan.user_id).in_(pairs)):
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
    return _seen(session, [loan])[0]


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
    return _found(session, and_(Loan.opgave_id == opgave_id, Loan.state.in_(HEARS_BY_LOAN)))


def hit_by_taking_down(session: Session, opgave_id: UUID) -> list[SeenLoan]:
    """What runs for an opgave that was taken down, and what waited for signatures until then."""
    asked = or_(Loan.state.in_(UNDER_WAY), Loan.reason == Reason.OPGAVE_ENDED)
    found = _found(session, and_(Loan.opgave_id == opgave_id, asked))
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


def over(session: Session, today: date) -> list[UUID]:
    """Loans that run and whose last day has passed."""
    return list(session.scalars(_over(today).order_by(Loan.id)))


def done_opgaven(session: Session, today: date) -> list[UUID]:
    """Opgaven that are worked on, and of which nobody works or is asked for any more.

    Somebody stayed until the agreed end, or its own last day has passed.
    """
    return list(session.scalars(_done_opgaven(today).order_by(Opgave.id)))


def end_talks_to_tell(session: Session, today: date) -> list[UUID]:
    """Running loans whose talk is within a week, and was not told of for that day."""
    return list(session.scalars(_end_talks_to_tell(today).order_by(Loan.id)))


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


def room_for(session: Session, loan: Loan, terms: Terms, today: date) -> Room | None:
    """Whether these terms fit within the limit of the borrower; None when nothing limits them.

    What was promised to other loans, and is not booked yet, is not left. What was promised to this
    one stays so, whatever the limit became.
    """
    mergers = gemeenten.mergers(session, today)
    borrower = now_called(loan.borrower_code, mergers)
    limit = hours.limit(session, borrower)
    is_owed = now_called(loan.lender_code, mergers) != borrower
    if terms.cost_basis is not CostBasis.CLOSED_PURSE or limit is None or not is_owed:
        return None
    most = most_minutes(terms.hours_per_week, terms.starts_on, terms.ends_on)
    asked = max(0, most - hours.booked(session, [loan.id]).get(loan.id, 0))
    promises = _promises(session, borrower, today)
    if asked <= promises.pop(loan.id, 0):
        return None
    left = hours.balance(session, borrower) + limit - sum(promises.values())
    return Room(max(0, left), asked)


def is_held_up() -> ColumnElement[bool]:
    """Whether the limit of the borrower keeps a signature from what lies on the table."""
    return and_(
        Loan.held_up_at.is_not(None),
        Loan.state.in_(UNDER_WAY),
        Loan.version.is_distinct_from(Loan.agreed_version),
    )


def all_held_up(session: Session) -> list[SeenLoan]:
    """What a limit holds up, of whichever gemeente, what was asked last first."""
    return _found(session, is_held_up())


def held_up(session: Session, borrower_code: str, today: date) -> list[HeldUp]:
    """What the limit of this gemeente holds up, what was asked last first."""
    mergers, limit = gemeenten.mergers(session, today), hours.limit(session, borrower_code)
    found = [
        (seen, room_for(session, seen.loan, seen.terms, today))
        for seen in all_held_up(session)
        if now_called(seen.loan.borrower_code, mergers) == borrower_code
    ]
    promises = _promises(session, borrower_code, today)
    left = hours.balance(session, borrower_code) - sum(promises.values())
    return [
        HeldUp(seen, room.asked, left + promises.get(seen.loan.id, 0) - room.asked, limit)
        for seen, room in found
        if room is not None and not room.fits and limit is not None
    ]


def promised(session: Session, borrower_code: str, today: date) -> int:
    """How many minutes loans that are not closed may still take from this gemeente."""
    return sum(_promises(session, borrower_code, today).values())


def _promises(session: Session, borrower_code: str, today: date) -> dict[UUID, int]:
    """How many minutes each of these loans may still take at most."""
    mergers = gemeenten.mergers(session, today)
    codes = {borrower_code, *(one for one in mergers if now_called(one, mergers) == borrower_code)}
    most = _most_of_each(session, codes)
    booked = hours.booked(session, list(most))
    return {loan_id: max(0, minutes - booked.get(loan_id, 0)) for loan_id, minutes in most.items()}


def _most_of_each(session: Session, codes: Collection[str]) -> dict[UUID, int]:
    """How many minutes each loan with closed purse takes at most from what is one gemeente now."""
    found = (
        select(Loan.id, Loan.last_day, Terms.hours_per_week, Terms.starts_on)
        .join(Terms, and_(Terms.loan_id == Loan.id, Terms.version == Loan.agreed_version))
        .where(
            Loan.borrower_code.in_(codes),
            # Two that became one owe each other nothing.
            Loan.lender_code.not_in(codes),
            # Of what ended hours are still written, until it is closed.
            Loan.state.in_((LoanState.ACTIVE, LoanState.ENDED)),
            Terms.cost_basis == CostBasis.CLOSED_PURSE,
        )
    )
    return {
        loan_id: most_minutes(hours_per_week, starts_on, last_day)
        for loan_id, last_day, hours_per_week, starts_on in session.execute(found)
        if last_day is not None
    }


def closing_of_itself(session: Session, today: date) -> list[UUID]:
    """What was reported done so long ago that nobody need agree any more."""
    return list(session.scalars(_closing_of_itself(today).order_by(Loan.id)))


def fallen_silent(session: Session, today: date) -> list[UUID]:
    """What is over, and of which nobody said anything for long."""
    return list(session.scalars(_fallen_silent(today).order_by(Loan.id)))


def is_silent(session: Session, loan: Loan, today: date) -> bool:
    """Whether this is one of them."""
    return session.scalar(_fallen_silent(today).where(Loan.id == loan.id)) is not None


def feedback_on(session: Session, loan_ids: Collection[UUID]) -> dict[UUID, dict[Party, Feedback]]:
    found: dict[UUID, dict[Party, Feedback]] = {}
    rows = session.scalars(select(Feedback).where(Feedback.loan_id.in_(loan_ids)))
    for row in rows:
        found.setdefault(row.loan_id, {})[row.party] = row
    return found


def asked_labels(session: Session, opgave_id: UUID) -> list[str]:
    """The skills that the opgave asks, in its own words."""
    found = select(AskedSkill.label).where(AskedSkill.opgave_id == opgave_id)
    return list(dict.fromkeys(session.scalars(found.order_by(AskedSkill.place))))


def feedback_to_show(session: Session, today: date) -> list[UUID]:
    """Loans with feedback that the other had long enough to answer with their own."""
    return list(session.scalars(_feedback_to_show(today).distinct().order_by(Feedback.loan_id)))


def feedback_to_ask(session: Session, today: date) -> list[UUID]:
    """Loans that ended some days ago, of which not both said how it went and both still can."""
    return list(session.scalars(_feedback_to_ask(today).order_by(Loan.id)))


def is_anything_due(session: Session, today: date) -> bool:
    """Whether the day asks something of a loan or an opgave; one question for all of it."""
    of_loans = (
        _over(today),
        _end_talks_to_tell(today),
        _done_opgaven(today),
        _fallen_silent(today),
        _closing_of_itself(today),
        _feedback_to_show(today),
        _feedback_to_ask(today),
    )
    due = or_(opgaven.anything_due(today), *(found.exists() for found in of_loans))
    return bool(session.scalar(select(due)))


def weeks_to_write(session: Session, loan: Loan, today: date) -> list[date]:
    """As `SeenLoan.weeks_to_write`."""
    agreed = Terms.loan_id == loan.id, Terms.agreed_at.is_not(None)
    first_day = session.scalar(select(func.min(Terms.starts_on)).where(*agreed))
    if first_day is None or loan.last_day is None:
        return []
    return weeks_begun(first_day, loan.last_day, today)


def _over(today: date) -> Select[UUID]:
    return select(Loan.id).where(Loan.state == LoanState.ACTIVE, Loan.last_day < today)


def _done_opgaven(today: date) -> Select[UUID]:
    of_opgave = select(Loan.id).where(Loan.opgave_id == Opgave.id)
    stayed = of_opgave.where(Loan.state.in_(OVER), Loan.ended_by.is_(None))
    ended = of_opgave.where(Loan.state.in_(OVER))
    return select(Opgave.id).where(
        Opgave.status == OpgaveStatus.RUNNING,
        ~of_opgave.where(Loan.state.in_(UNDER_WAY)).exists(),
        or_(stayed.exists(), and_(ended.exists(), Opgave.ends_on < today)),
    )


def _closing_of_itself(today: date) -> Select[UUID]:
    return select(Loan.id).where(
        Loan.state == LoanState.ENDED, Loan.reported_on <= today - CLOSES_AFTER
    )


def _fallen_silent(today: date) -> Select[UUID]:
    """An objection waits for an answer, as `SeenLoan.objection` says, and not for the clock."""
    written = select(func.max(WorkedWeek.written_at)).where(WorkedWeek.loan_id == Loan.id)
    said = select(func.max(Remark.said_at)).where(Remark.loan_id == Loan.id)
    agreed = func.greatest(Loan.professional_closed_at, Loan.borrower_closed_at)
    last_step = func.greatest(
        Loan.ended_at, agreed, written.scalar_subquery(), said.scalar_subquery()
    )
    objected = said.where(Remark.is_objection).scalar_subquery()
    meant = func.date(func.timezone(AMSTERDAM.key, objected))
    answer = said.where(Remark.party == Party.PROFESSIONAL).scalar_subquery()
    anew = written.where(WorkedWeek.monday <= meant).scalar_subquery()
    long_ago = day_begins(today - SILENT_AFTER + A_DAY)
    return select(Loan.id).where(
        Loan.state == LoanState.ENDED,
        Loan.reported_on.is_(None),
        last_step < long_ago,
        or_(objected.is_(None), func.greatest(agreed, answer, anew) > objected),
    )


def _feedback_to_show(today: date) -> Select[UUID]:
    return select(Feedback.loan_id).where(
        Feedback.shown_on.is_(None), Feedback.given_on <= today - FEEDBACK_BLIND
    )


def _feedback_to_ask(today: date) -> Select[UUID]:
    given = select(Feedback.loan_id).where(Feedback.loan_id == Loan.id)
    left = select(User.id).where(User.id == Loan.user_id, User.email.endswith(f"@{NOWHERE}"))
    return select(Loan.id).where(
        Loan.state.in_(OVER),
        Loan.feedback_asked_on.is_(None),
        Loan.last_day.between(today - FEEDBACK_ASKED_BEFORE, today - FEEDBACK_ASKED_AFTER),
        ~given.where(Feedback.shown_on.is_not(None)).exists(),
        ~left.exists(),
    )


def _end_talks_to_tell(today: date) -> Select[UUID]:
    return select(Loan.id).where(
        Loan.state == LoanState.ACTIVE,
        Loan.end_talk_on.between(today, today + END_TALK_TOLD_BEFORE),
        Loan.end_talk_told_for.is_distinct_from(Loan.end_talk_on),
    )


def _found(session: Session, condition: ColumnElement[bool]) -> list[SeenLoan]:
    rows = session.scalars(
        select(Loan).where(condition).order_by(Loan.asked_at.desc(), Loan.id)
    ).all()
    return _seen(session, list(rows))


def _seen(session: Session, loans: list[Loan]) -> list[SeenLoan]:
    """With everything a page shows of them, in a fixed number of questions."""
    if not loans:
        return []
    terms = _terms_of(session, loans)
    people = _people(session, [loan.user_id for loan in loans])
    codes = {code for loan in loans for code in (loan.lender_code, loan.borrower_code)}
    places = gemeenten.names_of(session, codes)
    heads = opgaven.shared_heads(session, {loan.opgave_id for loan in loans})
    weeks, remarks = _weeks_of(session, loans), _remarks_of(session, loans)
    feedback, skills = feedback_on(session, [loan.id for loan in loans]), _skills_of(session, loans)
    kept, stoppers = _kept_from(session, loans), _stoppers_of(session, loans)
    agreed = _agreed_before(session, weeks)
    return [
        SeenLoan(
            loan=loan,
            terms=terms[loan.id, loan.version],
            agreed=terms[loan.id, loan.agreed_version] if loan.agreed_version else None,
            versions=[one for one in terms.values() if one.loan_id == loan.id],
            agreements=[one for one in terms.values() if one.loan_id == loan.id and one.agreed_at],
            refusals=[one for one in terms.values() if one.loan_id == loan.id and one.refused_at],
            opgave_title=heads[loan.opgave_id].title
            or NAMELESS.format(name=people[loan.user_id].name, gemeente=places[loan.borrower_code]),
            opgave_down_at=heads[loan.opgave_id].down_at,
            owner_name=heads[loan.opgave_id].owner_name,
            professional_name=people[loan.user_id].name,
            professional_email=people[loan.user_id].email,
            lender_name=places[loan.lender_code],
            borrower_name=places[loan.borrower_code],
            borrower_signer=terms[loan.id, loan.version].borrower_signed_as,
            borrower_stopper=stoppers.get(loan.id, ""),
            weeks={row.monday: row.minutes for row in weeks.get(loan.id, [])},
            weeks_before={
                row.monday: row.minutes_before
                for row in weeks.get(loan.id, [])
                if row.minutes_before is not None
            },
            agreed_before=frozenset(agreed.get(loan.id, ())),
            written_at={row.monday: row.written_at for row in weeks.get(loan.id, [])},
            remarks=remarks.get(loan.id, []),
            feedback=feedback.get(loan.id, {}),
            skills=skills.get(loan.id, []),
            on_profile=kept.get(loan.id, set()),
        )
        for loan in loans
    ]


def _waiting(session: Session, condition: ColumnElement[bool]) -> list[WaitingLoan]:
    """With no more than a number asks for: this is looked at for the menu of every page."""
    down_at = select(Opgave.taken_down_at).where(Opgave.id == Loan.opgave_id).scalar_subquery()
    on_table = and_(Terms.loan_id == Loan.id, Terms.version == Loan.version)
    found = select(Loan, Terms, down_at).join(Terms, on_table).where(condition)
    rows = session.execute(found).all()
    if not rows:
        return []
    remarks = _remarks_of(session, [loan for loan, *_ in rows])
    objected = {one.loan_id for said in remarks.values() for one in said if one.is_objection}
    weeks = _weeks_of(session, [loan for loan, *_ in rows if loan.id in objected])
    return [
        WaitingLoan(
            loan=loan,
            terms=terms,
            opgave_down_at=opgave_down_at,
            written_at={row.monday: row.written_at for row in weeks.get(loan.id, [])},
            remarks=remarks.get(loan.id, []),
        )
        for loan, terms, opgave_down_at in rows
    ]


def _people(session: Session, user_ids: list[UUID]) -> dict[UUID, User]:
    return {user.id: user for user in session.scalars(select(User).where(User.id.in_(user_ids)))}


def _terms_of(session: Session, loans: list[Loan]) -> dict[tuple[UUID, int], Terms]:
    rows = session.scalars(
        select(Terms)
        .where(Terms.loan_id.in_([one.id for one in loans]))
        .order_by(Terms.version.desc())
    )
    return {(row.loan_id, row.version): row for row in rows}


def _remarks_of(session: Session, loans: list[Loan]) -> dict[UUID, list[Remark]]:
    remarks: dict[UUID, list[Remark]] = {}
    for row in session.scalars(
        select(Remark)
        .where(Remark.loan_id.in_([one.id for one in loans]))
        .order_by(Remark.said_at, Remark.id)
    ):
        remarks.setdefault(row.loan_id, []).append(row)
    return remarks


def _skills_of(session: Session, loans: list[Loan]) -> dict[UUID, list[ShownSkill]]:
    skills: dict[UUID, list[ShownSkill]] = {}
    for row in session.scalars(
        select(ShownSkill)
        .where(ShownSkill.loan_id.in_([one.id for one in loans]))
        .order_by(ShownSkill.place)
    ):
        skills.setdefault(row.loan_id, []).append(row)
    return skills


def _kept_from(session: Session, loans: list[Loan]) -> dict[UUID, set[str]]:
    """What the professionals put on their profiles of these loans."""
    kept: dict[UUID, set[str]] = {}
    found = select(Evidence.source_id, Evidence.label)
    for source_id, label in session.execute(
        found.where(
            Evidence.user_id.in_({one.user_id for one in loans}),
            Evidence.source_id.in_([one.id for one in loans]),
        )
    ):
        kept.setdefault(source_id, set()).add(label)
    return kept


def _stoppers_of(session: Session, loans: list[Loan]) -> dict[UUID, str]:
    """Who of the borrower stopped these early: of the last who did, the row knows the party."""
    stopped = [one.id for one in loans if one.ended_by is Party.BORROWER]
    if not stopped:
        return {}
    about = or_(*(OutboxMessage.payload.contains({"loan_id": str(one)}) for one in stopped))
    found = (
        select(OutboxMessage.payload["loan_id"].astext, User.name)
        .join(User, User.id == OutboxMessage.actor_id, isouter=True)
        .where(OutboxMessage.name == EndMoved.name, about)
        .order_by(OutboxMessage.id)
    )
    return {UUID(loan_id): name or "" for loan_id, name in session.execute(found)}


def _agreed_before(
    session: Session, weeks: Mapping[UUID, Iterable[WorkedWeek]]
) -> dict[UUID, set[Party]]:
    """Who agreed on hours that were changed since: the row keeps no word that fell away."""
    changed = [
        loan_id
        for loan_id, rows in weeks.items()
        if any(row.minutes_before is not None for row in rows)
    ]
    agreed: dict[UUID, set[Party]] = {}
    if not changed:
        return agreed
    about = or_(*(OutboxMessage.payload.contains({"loan_id": str(one)}) for one in changed))
    found = select(OutboxMessage.payload).where(OutboxMessage.name == HoursAgreed.name, about)
    for payload in session.scalars(found):
        agreed.setdefault(UUID(payload["loan_id"]), set()).add(Party(payload["party"]))
    return agreed


def _weeks_of(session: Session, loans: list[Loan]) -> dict[UUID, list[WorkedWeek]]:
    """What was written of each, the first week first."""
    weeks: dict[UUID, list[WorkedWeek]] = {}
    if not loans:
        return weeks
    for row in session.scalars(
        select(WorkedWeek)
        .where(WorkedWeek.loan_id.in_([one.id for one in loans]))
        .order_by(WorkedWeek.monday)
        # They are written past the session.
        .execution_options(populate_existing=True)
    ):
        weeks.setdefault(row.loan_id, []).append(row)
    return weeks

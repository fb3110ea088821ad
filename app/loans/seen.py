"""A loan as its parties see it, with all that a page shows of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.rules import NOWHERE
from app.core.clock import dutch_day
from app.core.outbox import OutboxMessage
from app.gemeenten import queries as gemeenten
from app.loans.awaited import WaitingLoan
from app.loans.events import EndMoved, HoursAgreed, TermsAgreed
from app.loans.models import Feedback, Loan, Remark, ShownSkill, Terms, WorkedWeek
from app.loans.rules import (
    CLOSERS,
    OVER,
    LoanState,
    Party,
    has_begun,
    may_name_another,
    weeks_begun,
)
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.people.models import Evidence

# What stands for the title of an opgave that was taken down.
NAMELESS = "Inzet van {name} bij gemeente {gemeente}"


@dataclass(frozen=True)
class Before:
    """What was told of a loan, and was another when it was agreed on or stopped anew."""

    # Who stopped it last; nothing when that is not known any more.
    stopper: str = ""
    # The last day by an earlier stop, when it was stopped anew.
    last_day: date | None = None
    # The day of the end talk, until the newest terms were agreed on.
    end_talk_on: date | None = None


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
    # Who looks after the opgave now; nothing when they ended their account, or are kept out of it.
    owner_name: str
    professional_name: str
    professional_email: str
    is_professional_shut_out: bool
    lender_name: str
    borrower_name: str
    borrower_signer: str
    # What its row does not keep of how it came to stand so.
    before: Before
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
    def borrower_stopper(self) -> str:
        """Who of the borrower stopped it early; nothing when that is not known any more."""
        return self.before.stopper if self.loan.ended_by is Party.BORROWER else ""

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
            return self.loan.back_on
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


def all_where(session: Session, condition: ColumnElement[bool]) -> list[SeenLoan]:
    rows = session.scalars(
        select(Loan).where(condition).order_by(Loan.asked_at.desc(), Loan.id)
    ).all()
    return seen_of(session, list(rows))


def seen_of(session: Session, loans: list[Loan]) -> list[SeenLoan]:
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
    kept, before = _kept_from(session, loans), _before(session, loans)
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
            is_professional_shut_out=people[loan.user_id].shut_out_at is not None,
            lender_name=places[loan.lender_code],
            borrower_name=places[loan.borrower_code],
            borrower_signer=terms[loan.id, loan.version].borrower_signed_as,
            before=before.get(loan.id, Before()),
            weeks={row.monday: row.minutes for row in weeks.get(loan.id, [])},
            weeks_before={
                row.monday: row.minutes_before
                for row in weeks.get(loan.id, [])
                if row.minutes_before is not None
            },
            agreed_before=frozenset(agreed.get(loan.id, ())),
            written_at={row.monday: row.written_at for row in weeks.get(loan.id, [])},
            was_empty=_were_empty(weeks.get(loan.id, [])),
            remarks=remarks.get(loan.id, []),
            feedback=feedback.get(loan.id, {}),
            skills=skills.get(loan.id, []),
            on_profile=kept.get(loan.id, set()),
        )
        for loan in loans
    ]


def waiting_where(session: Session, condition: ColumnElement[bool]) -> list[WaitingLoan]:
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
            was_empty=_were_empty(weeks.get(loan.id, [])),
            remarks=remarks.get(loan.id, []),
        )
        for loan, terms, opgave_down_at in rows
    ]


def feedback_on(session: Session, loan_ids: Collection[UUID]) -> dict[UUID, dict[Party, Feedback]]:
    found: dict[UUID, dict[Party, Feedback]] = {}
    rows = session.scalars(select(Feedback).where(Feedback.loan_id.in_(loan_ids)))
    for row in rows:
        found.setdefault(row.loan_id, {})[row.party] = row
    return found


def _were_empty(weeks: Iterable[WorkedWeek]) -> frozenset[date]:
    return frozenset(row.monday for row in weeks if row.minutes_before == 0)


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


def _before(session: Session, loans: list[Loan]) -> dict[UUID, Before]:
    """What was told of those that were stopped or agreed on anew: a row has the newest only."""
    anew = {
        one.id: one for one in loans if one.ended_by is not None or (one.agreed_version or 0) > 1
    }
    if not anew:
        return {}
    about = or_(*(OutboxMessage.payload.contains({"loan_id": str(one)}) for one in anew))
    found = (
        select(OutboxMessage.payload, User.name)
        .join(User, User.id == OutboxMessage.actor_id, isouter=True)
        .where(OutboxMessage.name.in_((EndMoved.name, TermsAgreed.name)), about)
        .order_by(OutboxMessage.id)
    )
    told: dict[UUID, list[tuple[dict[str, Any], str]]] = {one: [] for one in anew}
    for payload, name in session.execute(found):
        told[UUID(payload["loan_id"])].append((payload, name or ""))
    return {one: _before_of(anew[one], facts) for one, facts in told.items()}


def _before_of(loan: Loan, told: Sequence[tuple[dict[str, Any], str]]) -> Before:
    """Who signs anew, signs that it is not stopped any more."""
    talk, stops = None, []
    for payload, name in told:
        if "last_day" in payload:
            stops.append((date.fromisoformat(payload["last_day"]), name))
        else:
            talk, stops = payload.get("end_talk_was"), []
    earlier = [day for day, _ in stops if day != loan.last_day]
    return Before(
        stopper=stops[-1][1] if stops else "",
        last_day=earlier[-1] if earlier else None,
        end_talk_on=date.fromisoformat(talk) if talk else None,
    )


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

"""Which mails must go: one row each, whatever happens twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import AccessRequest, RoleGrant, RoleProposal, SignIn, User
from app.accounts.rules import (
    NEWCOMER_LINKS_AN_HOUR,
    STRANGER_LINKS_AN_HOUR,
    Away,
    ProposalState,
    WhyKept,
)
from app.conversations.models import ConversationReader, ReceivedMail
from app.core.actor import Role
from app.core.errors import NotFound
from app.core.locks import MANAGER_LOCK, PLANNING_LOCK, STRANGERS_LOCK
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.loans import queries as loans
from app.loans.models import Loan, Terms
from app.loans.rules import CLOSERS, UNDER_WAY, LoanState, Party
from app.moderation import queries as moderation
from app.moderation.rules import Ruling
from app.notifications import queries
from app.notifications.models import Delivery, DigestRun
from app.notifications.rules import (
    MOST_TO_MANAGER_AN_HOUR,
    PEOPLE_A_TURN,
    PUT_BACK,
    DeliveryState,
    Due,
    MailKind,
    RunState,
    digest_lives,
    lives,
)
from app.notifications.service import at_once, notices
from app.opgaven import absence
from app.opgaven.models import Opgave, Takeover

log = structlog.get_logger()

# Who goes to another gemeente, and who lets them go.
LENT_OUT = (Party.PROFESSIONAL, Party.LENDER)


def mail_sign_in(work: Work, sign_in_id: UUID) -> None:
    """Not when many strangers were mailed before them; who has an account always gets theirs."""
    sign_in = work.fetch(SignIn, sign_in_id)
    if _is_one_too_many(work, sign_in):
        log.error("alarm", why="links to many strangers")
        return
    _plan(work, MailKind.SIGN_IN, sign_in_id, lives_for=sign_in.expires_at - work.now)


def _is_one_too_many(work: Work, sign_in: SignIn) -> bool:
    """Judged where the page does not wait for it, so that no answer tells who has an account."""
    if accounts.by_email(work.session, sign_in.email) is not None:
        return False
    work.session.execute(select(func.pg_advisory_xact_lock(STRANGERS_LOCK)))
    is_newcomer = gemeenten.of_email(work.session, sign_in.email, work.today) is not None
    most = NEWCOMER_LINKS_AN_HOUR if is_newcomer else STRANGER_LINKS_AN_HOUR
    since = work.now - timedelta(hours=1)
    return queries.links_to_strangers(work.session, since, of_gemeenten=is_newcomer) >= most


def mail_access_asked(work: Work, request_id: UUID) -> None:
    asked = work.fetch(AccessRequest, request_id).asked_at.isoformat()
    for beheerder in accounts.with_role(work.session, Role.BEHEERDER):
        _plan(work, MailKind.ACCESS_ASKED, request_id, user_id=beheerder.id, occasion=asked)


def mail_access_decided(work: Work, request_id: UUID) -> None:
    request = work.fetch(AccessRequest, request_id)
    decided = request.decided_at or work.now
    _plan(work, MailKind.ACCESS_DECIDED, request_id, occasion=decided.isoformat())


def mail_factor_changed(work: Work, user_id: UUID, change_id: UUID) -> None:
    _plan(work, MailKind.FACTOR_CHANGED, change_id, user_id=user_id)


def mail_identity_joined(work: Work, user_id: UUID, change_id: UUID) -> None:
    _plan(work, MailKind.IDENTITY_JOINED, change_id, user_id=user_id)


def mail_signed_in_elsewhere(work: Work, user_id: UUID) -> None:
    """Once a day: a browser that forgets everything is new each time."""
    kind = MailKind.SIGNED_IN_ELSEWHERE
    _plan(work, kind, user_id, user_id=user_id, occasion=work.today.isoformat())


def mail_account_ended(work: Work, email: str) -> None:
    """The last mail to this address; it is kept until that mail went, and no longer."""
    kept_id = accounts_service.keep_address(work, email, WhyKept.LEFT)
    work.session.flush()
    _plan(work, MailKind.ACCOUNT_ENDED, kept_id)


def mail_account_unused(work: Work, user_id: UUID) -> None:
    """Once for each time that somebody stays away, and each step of that."""
    user = work.fetch(User, user_id)
    occasion = f"{user.signed_in_at:%Y%m%d}-{user.told_away}"
    if user.told_away != Away.NOT:
        _plan(work, MailKind.ACCOUNT_UNUSED, user_id, user_id=user_id, occasion=occasion)


def mail_colleague_invited(work: Work, kept_id: UUID) -> None:
    starts_at = at_once.quiet_until(work)
    _plan(work, MailKind.COLLEAGUE_INVITED, kept_id, starts_at=starts_at)


def mail_shut_out(work: Work, user_id: UUID) -> None:
    """Once for each time that somebody is kept out."""
    user = work.fetch(User, user_id)
    if user.shut_out_at is not None:
        occasion = user.shut_out_at.isoformat()
        _plan(work, MailKind.SHUT_OUT, user_id, user_id=user_id, occasion=occasion)


def mail_role_ending(work: Work, grant_id: UUID) -> None:
    """Warn whose role it is and who can prolong it; of each warning once."""
    grant = work.fetch(RoleGrant, grant_id)
    user = work.fetch(User, grant.user_id)
    for reader in (user, *accounts.who_prolong(work.session, user, grant.role)):
        _mail_role(work, grant, reader.id, f"{grant.ends_on}-{grant.warned_on}")


def mail_role_expired(work: Work, grant_id: UUID) -> None:
    grant = work.fetch(RoleGrant, grant_id)
    _mail_role(work, grant, grant.user_id, f"{grant.ends_on}-over")


def _mail_role(work: Work, grant: RoleGrant, user_id: UUID, occasion: str) -> None:
    starts_at = at_once.quiet_until(work)
    kind = MailKind.ROLE_ENDING
    _plan(work, kind, grant.id, user_id=user_id, occasion=occasion, starts_at=starts_at)


def mail_role_proposed(work: Work, proposal_id: UUID) -> None:
    """Ask the beheerders who can be the second person."""
    proposal = work.fetch(RoleProposal, proposal_id)
    asked = accounts.deciders(work.session, {proposal.user_id, proposal.proposed_by})
    _mail_proposal(work, proposal, [one.id for one in asked])


def mail_role_decided(work: Work, proposal_id: UUID) -> None:
    """Tell who proposed it, unless they decided so themselves; and who has the role now."""
    proposal = work.fetch(RoleProposal, proposal_id)
    readers = {proposal.proposed_by} - {proposal.decided_by, None}
    if proposal.state is ProposalState.CONFIRMED:
        readers.add(proposal.user_id)
    _mail_proposal(work, proposal, sorted(one for one in readers if one))


def _mail_proposal(work: Work, proposal: RoleProposal, user_ids: Collection[UUID]) -> None:
    kind, starts_at = MailKind.ROLE_PROPOSED, at_once.quiet_until(work)
    for user_id in user_ids:
        occasion = proposal.state.value
        _plan(work, kind, proposal.id, user_id=user_id, occasion=occasion, starts_at=starts_at)


def mail_takeover_proposed(work: Work, takeover_id: UUID) -> None:
    """Ask who can be the second person."""
    takeover = work.fetch(Takeover, takeover_id)
    opgave = work.fetch(Opgave, takeover.opgave_id)
    asked = absence.deciders(work.session, takeover, opgave)
    _mail_takeover(work, takeover, [one.id for one in asked])


def mail_takeover_decided(work: Work, takeover_id: UUID) -> None:
    """Tell who proposed it, unless they decided so themselves."""
    takeover = work.fetch(Takeover, takeover_id)
    readers = {takeover.proposed_by} - {takeover.decided_by, None}
    _mail_takeover(work, takeover, [one for one in readers if one])


def _mail_takeover(work: Work, takeover: Takeover, user_ids: Collection[UUID]) -> None:
    kind, starts_at = MailKind.TAKEOVER, at_once.quiet_until(work)
    for user_id in user_ids:
        occasion = takeover.state.value
        _plan(work, kind, takeover.id, user_id=user_id, occasion=occasion, starts_at=starts_at)


def mail_loan(work: Work, loan_id: UUID, *, by: str, to: Collection[Party] = tuple(Party)) -> None:
    """Tell the parties of a loan, but not the one who took this step, how it stands now; once.

    At night and in the weekend it waits for the morning.
    """
    loan = work.fetch(Loan, loan_id)
    occasion = loans.standing_of(work.session, loan)
    for party, user_id in _readers_of(work, loan, by):
        if party not in to:
            continue
        told_at = _tell_loan(work, loan, party, user_id)
        if _waits(work, MailKind.LOAN, loan_id, user_id):
            # It tells how the loan stands when it goes.
            continue
        _plan(
            work,
            MailKind.LOAN,
            loan_id,
            user_id=user_id,
            occasion=occasion,
            starts_at=at_once.quiet_until(work) if user_id else _manager_has_room_at(work, loan),
            news_from=told_at,
        )


def _manager_has_room_at(work: Work, loan: Loan) -> datetime | None:
    """When a manager without an account is mailed next, or None for at once.

    Somebody else named them, and may change terms as often as they like: what comes after some
    mails in an hour is told together, in one that waits.
    """
    email = loan.manager_email
    work.session.execute(select(func.pg_advisory_xact_lock(MANAGER_LOCK, func.hashtext(email))))
    room_from = queries.mail_before_last(work.session, email, MOST_TO_MANAGER_AN_HOUR)
    moments = [at_once.quiet_until(work), room_from and room_from + timedelta(hours=1)]
    return max((one for one in moments if one and one > work.now), default=None)


def tell_signed(work: Work, loan_id: UUID, version: int, *, by: str) -> None:
    """Tell the others that a party signed what was laid on the table; it is no mail to anybody.

    Who lays it there signs as well, and with the third it is agreed: of both there is a mail.
    """
    loan, terms = work.fetch(Loan, loan_id), work.fetch(Terms, (loan_id, version))
    if terms.made_by != by and terms.agreed_at is None and loan.version == version:
        for party, user_id in _readers_of(work, loan, by):
            _tell_loan(work, loan, party, user_id)


def tell_agreed(work: Work, loan_id: UUID, *, by: Party) -> None:
    """Tell the other by mail that a party agrees on the hours, and now waits for them.

    Who was asked to by another mail on this day gets none more. With both it is closed, and mailed.
    """
    loan = work.fetch(Loan, loan_id)
    if loan.state is not LoanState.ENDED or by in loan.waits_to_close:
        return
    if not loans.was_asked_to_agree(work.session, loan_id, by, work.today):
        mail_loan(work, loan_id, by=by, to=CLOSERS)
        return
    for party, user_id in _readers_of(work, loan, by):
        if party in CLOSERS:
            _tell_loan(work, loan, party, user_id)


def tell_taken_down(work: Work, opgave_id: UUID) -> None:
    """Tell the parties of what goes on that its opgave was taken down, once.

    Who looks after the opgave reads it in the mail that says why.
    """
    found = [one.loan for one in loans.of_opgave(work.session, opgave_id)]
    for loan in (one for one in found if one.state is LoanState.ACTIVE):
        mail_loan(work, loan.id, by="", to=LENT_OUT)
        for party, user_id in _readers_of(work, loan, ""):
            if party not in LENT_OUT:
                _tell_loan(work, loan, party, user_id)


def tell_new_owner(work: Work, opgave_id: UUID) -> None:
    """Tell who works for an opgave, and who lets them go, that another looks after it now; once.

    Who looks after it hears so by a mail of their own.
    """
    for seen in loans.of_opgave(work.session, opgave_id):
        if seen.loan.state in UNDER_WAY:
            mail_loan(work, seen.loan.id, by="", to=LENT_OUT)


def _readers_of(work: Work, loan: Loan, by: str) -> list[tuple[Party, UUID | None]]:
    """Who hears of a loan, but not whose step it was; a manager may have no account."""
    opgave = work.fetch(Opgave, loan.opgave_id)
    manager = accounts.by_email(work.session, loan.manager_email)
    contacts = {one for one in (opgave.owner_id, opgave.co_owner_id) if one is not None}
    readers: list[tuple[Party, UUID | None]] = [
        (Party.PROFESSIONAL, loan.user_id),
        (Party.LENDER, manager.id if manager else None),
        *((Party.BORROWER, contact) for contact in sorted(contacts)),
    ]
    return [(party, user_id) for party, user_id in readers if party != by]


def _tell_loan(work: Work, loan: Loan, party: Party, user_id: UUID | None) -> datetime | None:
    """In the inbox of who has one; a mail that still has to go tells of it too."""
    told_at = notices.tell_loan(work, loan, party, user_id) if user_id else None
    if told_at is not None:
        work.session.execute(
            update(Delivery)
            .where(_is_waiting(MailKind.LOAN, loan.id, user_id))
            .values(news_from=told_at)
            .execution_options(synchronize_session=False)
        )
    return told_at


def mail_answer_returned(work: Work, received_id: UUID) -> None:
    """Tell who answered by mail that it became no message, and why."""
    received = work.fetch(ReceivedMail, received_id)
    reader = work.fetch(ConversationReader, received.reader_id)
    _plan(work, MailKind.ANSWER_RETURNED, received_id, user_id=reader.user_id)


def mail_report_made(work: Work, report_id: UUID) -> None:
    """Tell beheerders that something waits for them; of one thing only the first time.

    Not whom it is about.
    """
    try:
        case = moderation.case_of(work.session, report_id)
    except NotFound:
        # What was reported is gone, and the report with it.
        return
    if case.first.id != report_id:
        return
    writers = moderation.reported(work.session, case.first, work.today).writer_ids
    for beheerder in accounts.with_role(work.session, Role.BEHEERDER):
        if beheerder.id in writers:
            continue
        _plan(
            work,
            MailKind.REPORT_MADE,
            report_id,
            user_id=beheerder.id,
            starts_at=at_once.quiet_until(work),
        )


def mail_report_decided(work: Work, report_id: UUID) -> None:
    """Tell who reported it what was decided and, when it is gone, who wrote it."""
    case = moderation.case_of(work.session, report_id)
    readers = {one.reporter_id: one.id for one in case.reports if one.reporter_id}
    if case.first.ruling is Ruling.TAKEN_DOWN:
        about = moderation.reported(work.session, case.first, work.today)
        readers |= dict.fromkeys(about.writer_ids, report_id)
    for user_id, about_id in sorted(readers.items()):
        _plan(
            work,
            MailKind.REPORT_DECIDED,
            about_id,
            user_id=user_id,
            starts_at=at_once.quiet_until(work),
        )


def mail_put_back(work: Work, report_id: UUID) -> None:
    """Tell who reported it, and who wrote it and heard that it was gone, that it is there again."""
    case = moderation.case_of(work.session, report_id)
    about = moderation.reported(work.session, case.first, work.today)
    readers = {one.reporter_id: one.id for one in case.reports if one.reporter_id}
    readers |= dict.fromkeys(about.writer_ids, case.first.id)
    for user_id, about_id in sorted(readers.items()):
        _plan(
            work,
            MailKind.REPORT_DECIDED,
            about_id,
            user_id=user_id,
            occasion=PUT_BACK,
            starts_at=at_once.quiet_until(work),
        )


@dataclass(frozen=True)
class Turn:
    """How many digests one turn planned, and whether it was the last of its run."""

    planned: int
    is_last: bool


def plan_digests(
    work: Work, due: Due, *, everybody: bool = False, most: int = PEOPLE_A_TURN
) -> Turn:
    """Plan one mail for each who is due and has news, of the next so many people of this run.

    Call it until a turn is the last one, each turn in a work of its own: no turn takes long, and
    a run that was cut off goes on where it was. Planning twice plans once. `everybody` passes over
    the chosen day, never over "never".
    """
    work.session.execute(select(func.pg_advisory_xact_lock(PLANNING_LOCK)))
    run = work.session.get(DigestRun, due.period) or _begin_run(work, due, everybody=everybody)
    if run.state is RunState.EXPANDED:
        return Turn(0, is_last=True)
    readers = queries.readers_after(work.session, run.cursor, most)
    weekday = None if run.is_for_everybody else due.weekday
    found = queries.due_for_digest(
        work.session, readers, weekday, until=run.planned_at, today=work.today
    )
    _plan_windows(work, run, found)
    run.planned += len(found)
    run.cursor = readers.last or run.cursor
    run.state = RunState.EXPANDED if readers.is_the_end else RunState.EXPANDING
    return Turn(len(found), is_last=readers.is_the_end)


def _begin_run(work: Work, due: Due, *, everybody: bool) -> DigestRun:
    """What is told from now on comes after `planned_at`, so later turns need not wait for it."""
    notices.wait_for_tellers(work)
    run = DigestRun(
        period=due.period,
        planned_at=work.now,
        planned=0,
        state=RunState.EXPANDING,
        is_for_everybody=everybody,
    )
    work.session.add(run)
    work.session.flush()
    return run


def _plan(
    work: Work,
    kind: MailKind,
    subject_id: UUID,
    *,
    user_id: UUID | None = None,
    occasion: str = "",
    lives_for: timedelta | None = None,
    starts_at: datetime | None = None,
    news_from: datetime | None = None,
) -> None:
    row = _row(work, kind, subject_id, user_id, occasion) | {"news_from": news_from}
    lives_for = lives(kind) if lives_for is None else lives_for
    work.session.execute(_fresh(work, kind, lives_for, starts_at), [row])


def _waits(work: Work, kind: MailKind, subject_id: UUID, user_id: UUID | None) -> bool:
    """Whether such a mail to this reader has still to go; who marks it just now is waited for."""
    waiting = select(Delivery.id).where(_is_waiting(kind, subject_id, user_id))
    return work.session.scalar(waiting.limit(1).with_for_update()) is not None


def _is_waiting(kind: MailKind, subject_id: UUID, user_id: UUID | None) -> ColumnElement[bool]:
    return and_(
        Delivery.kind == kind,
        Delivery.subject_id == subject_id,
        Delivery.user_id.is_not_distinct_from(user_id),
        Delivery.state == DeliveryState.PENDING,
    )


def _plan_windows(
    work: Work, run: DigestRun, found: Sequence[tuple[UUID, datetime | None]]
) -> None:
    kind = MailKind.DIGEST
    rows = [
        _row(work, kind, user_id, user_id, run.period)
        | {"news_from": since, "news_until": run.planned_at}
        for user_id, since in found
    ]
    if rows:
        work.session.execute(_fresh(work, kind, digest_lives(work.now)), rows)


def _fresh(
    work: Work, kind: MailKind, lives_for: timedelta, starts_at: datetime | None = None
) -> Insert:
    # Whether a moment has come is judged by one clock, the database's.
    due_at = starts_at or func.now()
    fresh = insert(Delivery).values(
        kind=kind,
        state=DeliveryState.PENDING,
        created_at=work.now,
        next_attempt_at=due_at,
        expires_at=due_at + lives_for,
    )
    return fresh.on_conflict_do_nothing()


def _row(
    work: Work, kind: MailKind, subject_id: UUID, user_id: UUID | None, occasion: str
) -> dict[str, Any]:
    parts = [kind.value, str(subject_id), str(user_id or ""), occasion]
    return {
        "id": work.new_id(),
        "dedupe_key": ":".join(part for part in parts if part),
        "user_id": user_id,
        "subject_id": subject_id,
    }

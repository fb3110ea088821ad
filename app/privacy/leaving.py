"""Whoever leaves takes along all that names them; what others need stays, without a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.rules import NOWHERE
from app.core.actor import Role
from app.core.audit import OF_ITSELF
from app.core.errors import Conflict
from app.core.work import Work
from app.loans.models import Loan
from app.loans.rules import UNDER_WAY, NamedManager
from app.loans.service.manager import put_in_place
from app.notifications import service as notifications
from app.opgaven.events import OpgaveHandedOver
from app.opgaven.models import Opgave
from app.opgaven.queries import shown_title
from app.opgaven.rules import ENDED, OpgaveStatus
from app.privacy.export import Person

NAMELESS = "Oud-collega"
STILL_BUSY = "Er loopt nog iets waarvoor anderen je nodig hebben. Rond dat eerst af."

# By the address: also of a manager who was named in a loan and never had an account.
FORGET_SIGNATURES = (
    """UPDATE remark SET name = :nameless FROM loan
       WHERE loan.id = remark.loan_id AND party = 'uitlener' AND manager_email = :email""",
    """UPDATE terms SET lender_signed_by = :nameless FROM loan
       WHERE loan.id = terms.loan_id AND lender_signed_by <> '' AND manager_email = :email""",
)
FORGET_ADDRESS = (
    """UPDATE loan SET manager_name = :nameless, manager_email = :nowhere
       WHERE manager_email = :email""",
    """DELETE FROM delivery WHERE subject_id IN (SELECT id FROM sign_in WHERE email = :email
       UNION SELECT id FROM kept_address WHERE email = :email
       UNION SELECT id FROM access_request WHERE email = :email)""",
    "DELETE FROM sign_in WHERE email = :email",
    "DELETE FROM kept_address WHERE email = :email",
    "DELETE FROM access_request WHERE email = :email",
    "UPDATE job SET last_error = NULL WHERE strpos(last_error, :email) > 0",
)
NO_CO_OWNER = "UPDATE opgave SET co_owner_id = NULL WHERE co_owner_id = :id"
# What stands under the account and would stay without it, or must not keep a name.
FORGET_ACCOUNT = (
    "UPDATE concept_merge SET merged_by = NULL WHERE merged_by = :id",
    "UPDATE word_decision SET decided_by = NULL WHERE decided_by = :id",
    "UPDATE job SET last_error = NULL WHERE strpos(last_error, CAST(:id AS text)) > 0",
    "UPDATE report SET words = '', answer = '' WHERE reporter_id = :id",
    NO_CO_OWNER,
    "DELETE FROM opgave WHERE owner_id = :id AND status = 'concept'",
    """DELETE FROM loan
       WHERE user_id = :id AND state IN ('geweigerd', 'ingetrokken', 'afgezegd')""",
    """UPDATE remark SET name = :nameless FROM loan
       WHERE loan.id = remark.loan_id AND party = 'professional' AND user_id = :id""",
    """UPDATE remark SET name = :nameless FROM loan, "user"
       WHERE loan.id = remark.loan_id AND party = 'inlener' AND remark.name = "user".name
       AND borrower_code = gemeente_code AND "user".id = :id""",
    "DELETE FROM feedback USING loan WHERE loan.id = feedback.loan_id AND user_id = :id",
    "DELETE FROM shown_skill USING loan WHERE loan.id = shown_skill.loan_id AND user_id = :id",
    "UPDATE terms SET borrower_signed_as = :nameless WHERE borrower_signed_by = :id",
    """UPDATE terms SET professional_name = :nameless, learning_goal = '' FROM loan
       WHERE loan.id = terms.loan_id AND user_id = :id""",
)
TO_THE_CO_OWNER = (
    """UPDATE opgave SET owner_id = co_owner_id, co_owner_id = NULL
       WHERE owner_id = :id AND co_owner_id IS NOT NULL""",
)
IS_LEFT = """SELECT EXISTS (SELECT FROM loan WHERE user_id = :id)
             OR EXISTS (SELECT FROM opgave WHERE owner_id = :id)"""
TO_NOBODY = (
    "UPDATE loan SET user_id = :nobody WHERE user_id = :id",
    "UPDATE opgave SET owner_id = :nobody WHERE owner_id = :id",
)


class Tie(StrEnum):
    """What somebody is still needed for."""

    OPGAVE = "opgave"
    LOAN = "inzet"
    MANAGED = "inzet van een collega"
    # Nobody else looks after the site.
    SITE = "beheer"


@dataclass(frozen=True)
class Needed:
    """For an opgave, or for a loan with hours for an opgave of this title."""

    tie: Tie
    subject_id: UUID
    title: str


def needed_for(session: Session, person: Person) -> list[Needed]:
    """What has to be handed over, withdrawn or stopped before this person can leave."""
    settled = [*ENDED, OpgaveStatus.CONCEPT]
    own = (
        select(Opgave.id, Opgave)
        .where(Opgave.owner_id == person.user_id, Opgave.status.not_in(settled))
        .order_by(Opgave.created_at, Opgave.id)
    )
    under_way = (
        select(Loan.id, Opgave)
        .join(Opgave, Opgave.id == Loan.opgave_id)
        .where(Loan.state.in_(UNDER_WAY))
        .order_by(Loan.id)
    )
    asked = (
        (Tie.OPGAVE, own),
        (Tie.LOAN, under_way.where(Loan.user_id == person.user_id)),
        (Tie.MANAGED, under_way.where(Loan.manager_email == person.email)),
    )
    found = [
        Needed(tie, key, shown_title(opgave))
        for tie, rows in asked
        for key, opgave in session.execute(rows)
    ]
    keepers = [one.id for one in accounts.with_role(session, Role.BEHEERDER)]
    return [*found, Needed(Tie.SITE, person.user_id, "")] if keepers == [person.user_id] else found


def leave(
    work: Work,
    user_id: UUID,
    successor: NamedManager | None = None,
    *,
    of_itself: bool = False,
    is_told: bool = True,
) -> None:
    """End the account, with all that is theirs; `Conflict` while somebody needs them.

    One last mail says so, if it `is_told`; until that went the address stays, and nothing else.

    Loans that ran and opgaven that ended stay, under a colleague without a name. Facts, deeds and
    booked hours keep the id, which leads to nobody. Texts of others are as they were.
    """
    user = work.fetch_to_change(User, user_id)
    person = Person(user.id, user.email)
    needed = {one.tie for one in needed_for(work.session, person)}
    if needed - ({Tie.MANAGED} if successor else set()):
        raise Conflict(f"{user_id} is needed", said=STILL_BUSY)
    work.record(f"person.left{OF_ITSELF if of_itself else ''}", ("user", user_id), user_id)
    work.session.flush()
    forget_address(work, person.email, successor)
    if is_told:
        notifications.mail_account_ended(work, person.email)
    notifications.tell_asker_left(work, user_id)
    _run(work, FORGET_ACCOUNT, id=user_id, nameless=NAMELESS)
    _leave_to_nobody(work, user)
    work.session.execute(text('DELETE FROM "user" WHERE id = :id'), {"id": user_id})
    work.session.expire_all()


def forget_address(work: Work, email: str, successor: NamedManager | None = None) -> None:
    """Take away where this address stands without an account.

    What a manager signed keeps no name; a `successor` decides in what is asked or runs, without
    whom that is a `Conflict`.
    """
    decides = _decides(work, email)
    if decides and successor is None:
        raise Conflict("a manager who decides", said=STILL_BUSY)
    _run(work, FORGET_SIGNATURES, email=email, nameless=NAMELESS)
    if successor is not None:
        for loan in decides:
            put_in_place(work, loan, successor)
    work.session.flush()
    _run(work, FORGET_ADDRESS, email=email, nameless=NAMELESS, nowhere=f"oud-collega@{NOWHERE}")


def _decides(work: Work, email: str) -> Sequence[Loan]:
    theirs = select(Loan).where(Loan.manager_email == email, Loan.state.in_(UNDER_WAY))
    return work.session.scalars(theirs.order_by(Loan.id).with_for_update()).all()


def nobody_of(work: Work, gemeente_code: str) -> User:
    """A colleague without a name, for what a gemeente keeps of nobody in particular."""
    known = select(User).where(
        User.gemeente_code == gemeente_code, User.email == f"{gemeente_code.lower()}@{NOWHERE}"
    )
    return work.session.scalar(known) or _add_nobody(work, gemeente_code.lower(), gemeente_code)


def _add_nobody(work: Work, box: str, gemeente_code: str, *, is_demo: bool = False) -> User:
    nobody = User(
        id=work.new_id(),
        email=f"{box}@{NOWHERE}",
        name=NAMELESS,
        gemeente_code=gemeente_code,
        is_demo=is_demo,
        created_at=work.now,
        signed_in_at=work.now,
    )
    work.session.add(nobody)
    work.session.flush()
    return nobody


def _leave_to_nobody(work: Work, user: User) -> None:
    """A co-owner takes over what ended; the rest gets an owner without a name, if there is any."""
    session, mine = work.session, {"id": user.id}
    hand_to_co_owners(work, user.id)
    if not session.scalar(text(IS_LEFT), mine):
        return
    box, code = work.new_id().hex, user.gemeente_code
    nobody = _add_nobody(work, box, code, is_demo=user.is_demo)
    _run(work, TO_NOBODY, nobody=nobody.id, **mine)


def hand_to_co_owners(work: Work, user_id: UUID) -> None:
    """Let whoever looks after an opgave beside this person do so alone."""
    _tell_co_owners(work, user_id)
    _run(work, TO_THE_CO_OWNER, id=user_id)


def _tell_co_owners(work: Work, user_id: UUID) -> None:
    shared = select(Opgave).where(Opgave.owner_id == user_id).order_by(Opgave.id)
    for one in work.session.scalars(shared):
        if one.co_owner_id is not None:
            work.emit(OpgaveHandedOver(opgave_id=one.id, from_id=user_id, to_id=one.co_owner_id))


def _run(work: Work, statements: tuple[str, ...], **values: object) -> None:
    for statement in statements:
        told = {name: value for name, value in values.items() if f":{name}" in statement}
        work.session.execute(text(statement), told)

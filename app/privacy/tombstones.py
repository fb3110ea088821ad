"""Who is gone stays gone, also when a backup of before that is put back.

The log of deeds names who left by an id that leads to nobody, and an address that was taken away
by an id that only the key of this house makes of it. That list is kept beside the backups.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from app.accounts.models import AccessRequest, KeptAddress, SignIn, User
from app.core.audit import MOST_AT_ONCE, OF_ITSELF, Wanted, search
from app.core.work import Work
from app.loans.models import Loan
from app.loans.rules import UNDER_WAY
from app.privacy.export import Person
from app.privacy.leaving import Needed, Tie, forget_address, leave, needed_for

PERSON, ADDRESS = "user", "address"
LEFT = "person.left"
FORGOTTEN = "address.forgotten"


@dataclass(frozen=True)
class Tombstone:
    """Of a person, or of an address (by its id); one line of the list."""

    gone_at: datetime
    kind: str
    gone_id: UUID

    def __str__(self) -> str:
        return f"{self.gone_at.isoformat()} {self.kind} {self.gone_id}"

    @classmethod
    def parse(cls, line: str) -> "Tombstone":
        """`ValueError` for what is no such line."""
        gone_at, kind, gone_id = line.split()
        if kind not in {PERSON, ADDRESS}:
            raise ValueError(kind)
        return cls(datetime.fromisoformat(gone_at), kind, UUID(gone_id))


def tombstones(session: Session) -> Iterator[Tombstone]:
    """Of all whom the log still knows, the newest first."""
    wanted = Wanted(deeds=(LEFT, LEFT + OF_ITSELF, FORGOTTEN))
    before: int | None = None
    while page := search(session, wanted, before=before):
        for one in page:
            yield Tombstone(one.done_at, one.subject, UUID(one.subject_id))
        before = page[-1].place
        if len(page) < MOST_AT_ONCE:
            return


def people_back(session: Session, stones: Iterable[Tombstone]) -> list[Person]:
    """Who left, and has an account again."""
    ids = {one.gone_id for one in stones if one.kind == PERSON}
    found = select(User.id, User.email).where(User.id.in_(ids)).order_by(User.id)
    return [Person(row.id, row.email) for row in session.execute(found)]


def addresses_back(
    session: Session, stones: Iterable[Tombstone], id_of: Callable[[str], UUID]
) -> list[str]:
    """Which addresses were taken away, and stand somewhere again without an account."""
    ids = {one.gone_id for one in stones if one.kind == ADDRESS}
    known = union(
        select(Loan.manager_email.label("email")),
        select(SignIn.email),
        select(KeptAddress.email),
        select(AccessRequest.email),
    )
    return sorted(email for email in session.scalars(known) if id_of(email) in ids)


def erase_again(work: Work, person: Person) -> list[Needed]:
    """Let somebody go who left before; what they are needed for, when they cannot."""
    needed = needed_for(work.session, person)
    if not needed:
        leave(work, person.user_id, of_itself=True, is_told=False)
    return needed


def forget_again(work: Work, email: str) -> list[Needed]:
    """Take an address away once more; the loans about which it decides, when that cannot be."""
    decides = select(Loan).where(Loan.manager_email == email, Loan.state.in_(UNDER_WAY))
    needed = [Needed(Tie.MANAGED, loan.id, "") for loan in work.session.scalars(decides)]
    if not needed:
        forget_address(work, email)
    return needed

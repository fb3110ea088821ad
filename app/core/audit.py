"""Who did what to which thing, and when: rows that can be added to, and never changed unseen.

The database chains the rows while a transaction commits (`audit_chain` in the migrations): each
row carries a hash over itself and over the row before it. `faults_of` reckons that chain out
again, here and not in the database, so that who changes the one does not change the other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import takewhile
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    String,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.ids import new_id
from app.core.orm import Base, PrimaryId

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BETWEEN = "\x1f"
WORD_LIMIT = 60
# Words and ids alone: no sentence and no address passes.
PLAIN = "^[A-Za-z0-9_.:-]*$"
# One more than a page, to know whether there is another.
MOST_AT_ONCE = 101
# How the name of a deed ends that nobody did.
OF_ITSELF = ".itself"
ROWS_A_TURN = 5_000


class AuditEntry(Base):
    """One deed. It holds ids and words of the house, never what somebody wrote.

    Ids of people refer to nobody once those are erased, so nothing points at the table of people.
    `place`, `written_at` and `hash` are the database's own, from the commit on.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        *(
            CheckConstraint(f"{name} ~ '{PLAIN}'", name=f"{name}_is_plain")
            for name in ("deed", "subject", "subject_id", "gemeente_code", "request_id")
        ),
        Index("uq_audit_entry_place", "place", unique=True),
        Index("ix_audit_entry_actor_id", "actor_id", "place"),
        Index("ix_audit_entry_person_id", "person_id", "place"),
        Index("ix_audit_entry_gemeente_code", "gemeente_code", "place"),
    )

    id: Mapped[PrimaryId]
    done_at: Mapped[datetime]
    # Who did it; nobody when it came of itself, or was done by a stranger.
    actor_id: Mapped[UUID | None]
    # For which gemeente they did it.
    gemeente_code: Mapped[str] = mapped_column(String(WORD_LIMIT), default="")
    # What: the name of a fact, or of a deed that changes nothing.
    deed: Mapped[str] = mapped_column(String(WORD_LIMIT))
    # To which kind of thing, and which one of those.
    subject: Mapped[str] = mapped_column(String(WORD_LIMIT), default="")
    subject_id: Mapped[str] = mapped_column(String(WORD_LIMIT), default="")
    # Whom it is about, and who may therefore read it.
    person_id: Mapped[UUID | None]
    # Which request, as it stands in the log and on the page of an error.
    request_id: Mapped[str] = mapped_column(String(WORD_LIMIT), default="")
    place: Mapped[int | None] = mapped_column(BigInteger)
    written_at: Mapped[datetime | None]
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class AuditLink(Base):
    """The two ends of the chain: behind which row it begins, and at which it stops."""

    __tablename__ = "audit_link"
    __table_args__ = (CheckConstraint("name IN ('root', 'head')", name="is_an_end"),)

    name: Mapped[str] = mapped_column(String(WORD_LIMIT), primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    # Of a beginning behind which rows were removed: that this house did so, see `shorten`.
    seal: Mapped[str] = mapped_column(default="", server_default="")

    @property
    def mark(self) -> str:
        return f"{self.place}:{self.hash.hex()}"


@dataclass(frozen=True)
class Broken:
    """Where the chain does not hold, and in which way, in Dutch."""

    place: int
    said: str


@dataclass(frozen=True)
class Checked:
    rows: int
    # The end of the chain; whoever notes it elsewhere sees later that nothing before it changed.
    head: str
    # Behind which row it begins, and the seal of who made it begin there.
    root: str
    seal: str
    broken: tuple[Broken, ...]


READ = text("SELECT * FROM audit_read(:about, :by, :code, :before, :deeds, :most)")


def entries(
    session: Session,
    *,
    about: UUID | None = None,
    by: UUID | None = None,
    code: str | None = None,
    before: int | None = None,
    deeds: Sequence[str] | None = None,
    most: int = MOST_AT_ONCE,
) -> list[AuditEntry]:
    """The newest first: about a person or by one (either will do), for a gemeente, before a place,
    and of some deeds.
    """
    asked = {
        "about": about,
        "by": by,
        "code": code,
        "before": before,
        "deeds": list(deeds) if deeds is not None else None,
        "most": most,
    }
    return list(session.scalars(select(AuditEntry).from_statement(READ), asked))


SEARCH = text(
    "SELECT * FROM audit_search(CAST(:people AS uuid[]), :code, :before, :deeds, :since, :until,"
    " :most)"
)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for in the log; what is None does not count."""

    # By or about any of these.
    people: tuple[UUID, ...] | None = None
    deeds: tuple[str, ...] | None = None
    # From the one moment on, and before the other.
    since: datetime | None = None
    until: datetime | None = None


def search(
    session: Session,
    wanted: Wanted,
    *,
    code: str | None = None,
    before: int | None = None,
    most: int = MOST_AT_ONCE,
) -> list[AuditEntry]:
    """The newest first of what fits: of all, or for a gemeente."""
    asked = {
        "people": list(wanted.people) if wanted.people is not None else None,
        "code": code,
        "before": before,
        "deeds": list(wanted.deeds) if wanted.deeds is not None else None,
        "since": wanted.since,
        "until": wanted.until,
        "most": most,
    }
    return list(session.scalars(select(AuditEntry).from_statement(SEARCH), asked))


def check_chain(session: Session) -> Checked:
    """Reckon the whole chain out anew; needs a role that may read it all, and little memory."""
    root, head = (session.get_one(AuditLink, name) for name in ("root", "head"))
    session.expire_all()
    rows = 0

    def counted() -> Iterator[AuditEntry]:
        nonlocal rows
        for entry in _in_order(session):
            rows += 1
            yield entry

    broken = tuple(faults_of(counted(), (root.place, root.hash), (head.place, head.hash)))
    loose = session.scalar(select(func.count()).where(AuditEntry.place.is_(None))) or 0
    if loose:
        broken += (Broken(0, f"Er staan {loose} regels buiten de keten."),)
    return Checked(rows, head.mark, root.mark, root.seal, broken)


def hash_at(session: Session, head: str) -> bool:
    """Whether what was once the end of the chain stands in it still; "place:hash" as `head`."""
    place, _, known = head.partition(":")
    if not place.isdecimal():
        return False
    root = session.get_one(AuditLink, "root")
    if int(place) == root.place:
        return root.hash.hex() == known
    found = session.scalar(select(AuditEntry.hash).where(AuditEntry.place == int(place)))
    return found is not None and found.hex() == known


def may_shorten(session: Session) -> bool:
    """Whether this role may remove rows: who owns the tables, never the application itself."""
    may = text("SELECT has_table_privilege('audit_entry', 'DELETE')")
    return bool(session.scalar(may))


def older_than(session: Session, before: datetime) -> tuple[int, datetime | None]:
    """How many rows were written before this moment, and when the oldest was."""
    found = select(func.count(), func.min(AuditEntry.written_at))
    count, oldest = session.execute(found.where(AuditEntry.written_at < before)).one()
    return count, oldest


def shorten(session: Session, before: datetime, most: int, seal: Callable[[str], str]) -> int:
    """Take the oldest rows off the chain, those written before this moment; how many.

    The chain then begins behind the last of them: its root says which one that was and what its
    hash was, sealed, so that who takes rows away without the key of this house is found.
    """
    is_root = select(AuditLink).where(AuditLink.name == "root")
    root = session.scalars(is_root.with_for_update()).one()
    found = select(AuditEntry.place, AuditEntry.hash, AuditEntry.written_at).where(
        AuditEntry.place > root.place
    )
    oldest = session.execute(found.order_by(AuditEntry.place).limit(most))
    old = list(takewhile(lambda row: row.written_at < before, oldest))
    if not old:
        return 0
    root.place, root.hash = old[-1].place, old[-1].hash
    root.seal = seal(root.mark)
    session.execute(delete(AuditEntry).where(AuditEntry.place <= root.place))
    return len(old)


def faults_of(
    entries: Iterable[AuditEntry], root: tuple[int, bytes], head: tuple[int, bytes]
) -> Iterator[Broken]:
    """What does not fit in these rows in order, between both ends (place and hash)."""
    place, behind = root
    latest: datetime | None = None
    for entry in entries:
        found, written = entry.place or 0, entry.written_at
        if found != place + 1:
            yield Broken(found, f"Tussen {place} en {found} klopt de telling niet.")
        if entry.hash != hash_of(entry, behind):
            yield Broken(found, "Deze regel is niet zoals hij geschreven werd.")
        if latest and (written is None or written < latest):
            yield Broken(found, "De klok stond hier terug.")
        place, behind, latest = found, entry.hash or b"", max(filter(None, (latest, written)))
    if (place, behind) != head:
        yield Broken(place, f"De keten eindigt bij {place} en niet bij {head[0]}.")


def hash_of(entry: AuditEntry, behind: bytes) -> bytes:
    """SHA-256 over the hash before and the fields; the trigger in the database does the same."""
    fields = (
        behind.hex(),
        str(entry.place),
        str(entry.id),
        _microseconds(entry.done_at),
        _microseconds(entry.written_at),
        _plain(entry.actor_id),
        entry.gemeente_code,
        entry.deed,
        entry.subject,
        entry.subject_id,
        _plain(entry.person_id),
        entry.request_id,
    )
    return sha256(BETWEEN.join(fields).encode()).digest()


def entry_of(
    done_at: datetime,
    deed: str,
    about: tuple[str, object] = ("", ""),
    *,
    actor_id: UUID | None = None,
    gemeente_code: str | None = None,
    person_id: UUID | None = None,
    request_id: str = "",
) -> AuditEntry:
    """A row to add; `about` is a kind of thing and which one."""
    kind, which = about
    return AuditEntry(
        id=new_id(),
        done_at=done_at,
        deed=deed,
        subject=kind,
        subject_id=str(which),
        actor_id=actor_id,
        gemeente_code=gemeente_code or "",
        person_id=person_id,
        request_id=request_id,
    )


def _in_order(session: Session) -> Iterator[AuditEntry]:
    found = (
        select(AuditEntry)
        .where(AuditEntry.place.is_not(None))
        .order_by(AuditEntry.place, AuditEntry.id)
        .execution_options(yield_per=ROWS_A_TURN)
    )
    for part in session.scalars(found).partitions():
        yield from part
        for entry in part:
            session.expunge(entry)


def _microseconds(moment: datetime | None) -> str:
    return "" if moment is None else str((moment - EPOCH) // timedelta(microseconds=1))


def _plain(value: UUID | None) -> str:
    return "" if value is None else str(value)

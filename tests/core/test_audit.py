"""Deeds are kept in a chain: whatever is changed, taken away, added or swapped is found."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.audit import AuditEntry, Checked, check_chain, entries, entry_of
from app.core.work import begin
from tests.conftest import DatabaseMaker
from tests.support.work import MONDAY, make_work

ROWS = 12
COPY_ROW = (
    "INSERT INTO audit_entry SELECT gen_random_uuid(), done_at, actor_id, gemeente_code, deed,"
    " subject, subject_id, person_id, request_id, :place, written_at, hash FROM audit_entry"
)
WRITERS, CONNECTIONS = 100, 40
SOMEBODY = UUID(int=7)
COLLEAGUE = Actor(SOMEBODY, "GM0344")


@pytest.fixture
def engine(new_database: DatabaseMaker) -> Iterator[Engine]:
    """A database of its own: rows get their place when they are really committed."""
    made = create_engine(new_database())
    yield made
    made.dispose()


def write(engine: Engine, count: int = 1, person_id: UUID | None = None) -> None:
    """Each in a transaction of its own."""
    for number in range(count):
        with Session(engine) as session, begin(session, COLLEAGUE, lambda: MONDAY) as work:
            work.record("profile.seen", ("profile", number), person_id)


def checked(engine: Engine) -> Checked:
    with Session(engine) as session:
        return check_chain(session)


def run(engine: Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def places(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return sorted(entry.place or 0 for entry in session.query(AuditEntry))


def test_what_is_written_stands_in_a_chain_that_holds(engine: Engine) -> None:
    write(engine, ROWS)

    found = checked(engine)

    assert (found.rows, found.broken) == (ROWS, ())
    assert found.head.startswith(f"{ROWS}:")


def test_an_empty_chain_holds(engine: Engine) -> None:
    assert checked(engine).broken == ()


def test_deeds_of_one_transaction_keep_their_order(engine: Engine) -> None:
    with Session(engine) as session, begin(session, COLLEAGUE) as work:
        for deed in ("one", "two", "three"):
            work.record(deed, ("", ""))

    with Session(engine) as session:
        assert [entry.deed for entry in entries(session)] == ["three", "two", "one"]


def test_what_is_rolled_back_leaves_no_gap(engine: Engine) -> None:
    write(engine)
    with Session(engine) as session:
        make_work(session).record("never", ("", ""))
        session.flush()
        session.rollback()
    write(engine)

    assert places(engine) == [1, 2]
    assert checked(engine).broken == ()


def test_a_hundred_who_write_at_once_leave_no_gap(engine: Engine) -> None:
    """Each with a connection of their own, as far as the server has them for one test."""
    crowded = create_engine(engine.url, pool_size=CONNECTIONS, max_overflow=0)
    start = Barrier(WRITERS)

    def write_with_the_others(_: int) -> None:
        start.wait()
        write(crowded, 3)

    with ThreadPoolExecutor(max_workers=WRITERS) as crowd:
        list(crowd.map(write_with_the_others, range(WRITERS)))
    crowded.dispose()

    assert places(engine) == list(range(1, 3 * WRITERS + 1))
    assert checked(engine).broken == ()


def change(rng: random.Random) -> tuple[str, dict[str, object]]:
    """One row is another than it was."""
    place = rng.randint(1, ROWS)
    column, value = rng.choice(
        [
            ("deed", "'another'"),
            ("subject", "'opgave'"),
            ("subject_id", "'elsewhere'"),
            ("gemeente_code", "'GM0001'"),
            ("request_id", "'abc'"),
            ("actor_id", "NULL"),
            ("person_id", "gen_random_uuid()"),
            ("done_at", "done_at + interval '1 microsecond'"),
            ("written_at", "written_at - interval '1 microsecond'"),
            ("hash", "sha256('x')"),
            ("id", "gen_random_uuid()"),
        ]
    )
    return f"UPDATE audit_entry SET {column} = {value} WHERE place = :place", {"place": place}


def removal(rng: random.Random) -> tuple[str, dict[str, object]]:
    return "DELETE FROM audit_entry WHERE place = :place", {"place": rng.randint(1, ROWS)}


def swap(rng: random.Random) -> tuple[str, dict[str, object]]:
    """Two rows exchange what they say; each keeps its place and its hash."""
    one, other = rng.sample(range(1, ROWS + 1), 2)
    statement = (
        "UPDATE audit_entry a SET subject_id = b.subject_id FROM audit_entry b"
        " WHERE (a.place, b.place) IN ((:one, :other), (:other, :one))"
    )
    return statement, {"one": one, "other": other}


def insertion(rng: random.Random) -> tuple[str, dict[str, object]]:
    """A row more, behind the others, with the trigger of the table asleep."""
    return f"{COPY_ROW} WHERE place = :like", {"place": ROWS + 1, "like": rng.randint(1, ROWS)}


def insertion_amid(rng: random.Random) -> tuple[str, dict[str, object]]:
    """The same, where the rows behind it move on one place."""
    moved = (
        "UPDATE audit_entry SET place = -place WHERE place >= :place;"
        "UPDATE audit_entry SET place = 1 - place WHERE place < 0;"
        f"{COPY_ROW} WHERE place = :like"
    )
    place = rng.randint(2, ROWS + 1)
    return moved, {"place": place, "like": rng.randint(1, place - 1)}


KINDS: list[Callable[[random.Random], tuple[str, dict[str, object]]]] = [
    change,
    removal,
    swap,
    insertion,
    insertion_amid,
]


def test_every_edit_is_found(engine: Engine, record_property: Callable[..., None]) -> None:
    """A thousand of them, each in a copy that is thrown away again."""
    write(engine, ROWS)
    seed = random.randrange(1 << 32)
    record_property("seed", seed)
    rng, missed = random.Random(seed), []
    for _ in range(1_000):
        statement, values = rng.choice(KINDS)(rng)
        with engine.connect() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for one in statement.split(";"):
                named = {name: value for name, value in values.items() if f":{name}" in one}
                connection.execute(text(one), named)
            with Session(connection) as session:
                if not check_chain(session).broken:
                    missed.append((statement, values))
            connection.rollback()

    assert missed == []
    assert checked(engine).broken == ()


def test_a_hash_is_a_whole_sha_256(engine: Engine) -> None:
    write(engine, 3)

    with Session(engine) as session:
        lengths = session.scalars(select(func.length(AuditEntry.hash))).all()
    assert lengths == [sha256().digest_size] * 3


def test_a_clock_that_was_set_back_is_found(engine: Engine) -> None:
    """Also when every hash is reckoned out anew over it."""
    write(engine, 2)
    with Session(engine) as session:
        last = session.query(AuditEntry).filter_by(place=2).one()
        first = session.query(AuditEntry).filter_by(place=1).one()
        last.written_at = (first.written_at or MONDAY) - timedelta(seconds=1)
        session.flush()
        said = [one.said for one in check_chain(session).broken]
        session.rollback()

    assert "De klok stond hier terug." in said


def test_nobody_chooses_the_place_of_their_own_row(engine: Engine) -> None:
    write(engine)
    run(
        engine,
        "INSERT INTO audit_entry (id, done_at, gemeente_code, deed, subject, subject_id,"
        " request_id, place, hash)"
        " VALUES (gen_random_uuid(), now(), '', 'mine', '', '', '', 1, '')",
    )

    assert places(engine) == [1, 2]
    assert checked(engine).broken == ()


@pytest.mark.parametrize("column", ["deed", "subject_id", "gemeente_code", "request_id"])
def test_no_sentence_and_no_address_can_be_kept(engine: Engine, column: str) -> None:
    with Session(engine) as session:
        entry = entry_of(MONDAY, "profile.seen", ("profile", "x"))
        setattr(entry, column, "jan@utrecht.nl zei iets")
        session.add(entry)
        with pytest.raises(IntegrityError):
            session.flush()


def test_a_person_reads_what_is_about_them(engine: Engine) -> None:
    write(engine, 2, SOMEBODY)
    other = uuid4()
    with Session(engine) as session, begin(session, Actor(other, "GM0363")) as work:
        work.record("profile.seen", ("profile", SOMEBODY), SOMEBODY)
        work.record("profile.seen", ("profile", other), other)

    with Session(engine) as session:
        about = entries(session, about=SOMEBODY)
        either = entries(session, about=other, by=SOMEBODY)
        at_home = entries(session, code="GM0363")
        older = entries(session, about=SOMEBODY, before=about[0].place)

    assert [(entry.actor_id, entry.place) for entry in about] == [
        (other, 3),
        (SOMEBODY, 2),
        (SOMEBODY, 1),
    ]
    assert [entry.place for entry in either] == [4, 2, 1]
    assert [entry.place for entry in at_home] == [4, 3]
    assert [entry.place for entry in older] == [2, 1]

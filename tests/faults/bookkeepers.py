"""Processes that only book hours, made to be killed.

    python -m tests.faults.bookkeepers DATABASE COUNT SEED

keeps so many at work on this database: one that ends has a successor within a moment, for it is
forked from a process that has everything loaded. Each tells on a line of its own what it does:
`begun`, `done` with the ids of what it booked, `refused`, or `inside`: it has booked these ids,
has not committed, and waits to be killed.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import func, make_url, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Actor, Role
from app.core.errors import DomainError
from app.core.ids import new_id
from app.core.work import Work
from app.gemeenten.models import Gemeente
from app.hours import queries, service
from app.hours.models import HourTransfer
from app.hours.rules import HOUR, Lent
from devtools.processes import die_with_parent
from tests.support.at_once import SharedDatabase

YEAR = 2025
MOMENTS = (datetime(YEAR, 6, 2, 9, tzinfo=UTC), datetime(YEAR + 1, 11, 23, 8, tzinfo=UTC))
LOANS, WEEKS, MOST_HOURS = 30, 8, 40
FIRST_WEEK = date(YEAR, 5, 5)
# How often somebody is caught between booking and committing.
CAUGHT = 0.02
BOOK, REVERSE, SETTLE, UNDO = (100, 30, 2, 2)


class Bookkeeper:
    """Does one thing after another, by chance."""

    def __init__(self, database: SharedDatabase, chance: Random) -> None:
        self.database, self.chance = database, chance
        with database.work() as work:
            self.codes = sorted(work.session.scalars(select(Gemeente.code)))
            user_id = work.session.scalar(select(User.id))
        self.actor = Actor(user_id, self.codes[0], frozenset({Role.BEHEERDER}))

    def go_on(self) -> None:
        deeds: Sequence[Callable[[Work], object]] = (
            self.book,
            self.reverse,
            self.settle,
            self.undo,
        )
        while True:
            (deed,) = self.chance.choices(deeds, (BOOK, REVERSE, SETTLE, UNDO))
            self.do(deed)

    def do(self, deed: Callable[[Work], object]) -> None:
        made: list[UUID] = []

        def noted_id() -> UUID:
            made.append(new_id())
            return made[-1]

        try:
            with self.database.work(self.actor, self.chance.choice(MOMENTS)) as work:
                deed(replace(work, new_id=noted_id))
                work.session.flush()
                if made and self.chance.random() < CAUGHT:
                    say("inside", *made)
                    signal.pause()
        except DomainError:
            say("refused")
        else:
            say("done", *made)

    def book(self, work: Work) -> None:
        number = self.chance.randrange(LOANS)
        borrower, lender = Random(number).sample(self.codes, 2)
        minutes = self.chance.randrange(MOST_HOURS) * HOUR
        week = FIRST_WEEK + timedelta(weeks=self.chance.randrange(WEEKS))
        lent = Lent(borrower, lender, minutes, loan_id=UUID(int=number + 1), week=week)
        service.rebook(work, lent)

    def reverse(self, work: Work) -> None:
        any_one = select(HourTransfer.id).order_by(func.random()).limit(1)
        transfer_id = work.session.scalar(any_one)
        if transfer_id is not None:
            service.reverse(work, transfer_id)

    def settle(self, work: Work) -> None:
        service.settle_year(work, YEAR, _mark(work.session))

    def undo(self, work: Work) -> None:
        service.undo_settling(work, YEAR)


def say(word: str, *ids: UUID) -> None:
    """In one piece, so that lines of several processes do not mix."""
    line = " ".join((word, str(os.getpid()), *map(str, ids)))
    os.write(1, f"{line}\n".encode())


def main() -> None:
    database, count, seed = make_url(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    end = die_with_parent(signal.SIGKILL)
    alive: set[int] = set()
    while True:
        while len(alive) < count:
            seed += 1
            pid = os.fork()
            if pid == 0:
                end()
                with SharedDatabase(database) as opened:
                    say("begun")
                    Bookkeeper(opened, Random(seed)).go_on()
            alive.add(pid)
        with suppress(ChildProcessError):
            ended, _ = os.waitpid(-1, 0)
            alive.discard(ended)


def _mark(session: Session) -> str:
    return queries.proposal(session, YEAR).mark


if __name__ == "__main__":
    main()

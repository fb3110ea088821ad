"""The mail of the product: senders that are killed and come back, and what became of each mail."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select, text

from app.accounts.models import SignIn
from app.accounts.service import ask_sign_in
from app.extensions import db
from app.factory import create_app
from app.notifications import service
from app.notifications.rules import DeliveryState
from app.notifications.service import Stationery
from app.post import Post
from tests.conftest import settings_for
from tests.faults.clock import CLOCK, Clock
from tests.faults.crowd import a_crowd, a_crowd_with_news
from tests.faults.owners import pid_in
from tests.faults.sink import Sink
from tests.faults.within import FROZEN, WITHIN
from tests.notifications.builders import a_delivery
from tests.support.alive import work_now
from tests.support.builders import a_user
from tests.support.product import ROOT, Product, wait_for

SENDERS = "senders"
BEGAN = re.compile(r"^sender (\d+)$", re.MULTILINE)
# Seconds between two kills.
KILL_EVERY = 0.25
HURRY_EVERY = 0.2
# What a relay reads when its sender is gone it takes within so many seconds.
HURRY = (
    "UPDATE delivery SET next_attempt_at = now()"
    " WHERE state = 'pending' AND next_attempt_at > now()",
    "UPDATE delivery SET lease_until = now()"
    " WHERE state = 'pending' AND lease_owner = ANY(:dead) AND lease_until > now()",
    "UPDATE delivery SET submitted_at = submitted_at - interval '10 minutes'"
    " WHERE state = 'submitting' AND submitted_at > now() - interval '1 minute'"
    " AND ((lease_owner = ANY(:dead) AND submitted_at < now() - interval '5 seconds')"
    " OR EXISTS (SELECT FROM attempt WHERE delivery_id = id AND tried_at > submitted_at))",
)
# A wait is chosen when a sender gives a mail back for later.
NOTE_WAITS = (
    "CREATE TABLE chosen_wait (tries int, wait interval)",
    "CREATE FUNCTION note_wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " INSERT INTO chosen_wait VALUES (NEW.attempts, NEW.next_attempt_at - now());"
    " RETURN NULL; END $$",
    "CREATE TRIGGER note_wait AFTER UPDATE OF next_attempt_at ON delivery FOR EACH ROW"
    " WHEN (OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL AND NEW.state = 'pending')"
    " EXECUTE FUNCTION note_wait()",
)


class Scale(IntEnum):
    """How many mails."""

    SMALL = 400
    FULL = 10_000

    @property
    def kills(self) -> int:
        return 10 if self is Scale.SMALL else 100


class Office(Product):
    """Only what sends; the tests put mails into its database."""

    senders = 4
    # The log of the relay, for senders that may read it.
    ledger: Path | None = None
    # What goes wrong in the senders themselves (`within.py`).
    within: Callable[[], None] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            **super().environment,
            "MAIL_LEDGER": f"postfix:{self.ledger}" if self.ledger else "none",
            WITHIN: self.within.__name__ if self.within else "",
            FROZEN: str(self.frozen),
            CLOCK: str(self._ahead),
        }

    @property
    def frozen(self) -> Path:
        """Who stopped just before a dot."""
        return self.folder / "frozen"

    @cached_property
    def clock(self) -> Clock:
        """To be asked for before anybody is at work: it takes the place of the real one."""
        return Clock(self.engine, self._ahead)

    @property
    def _ahead(self) -> Path:
        return self.folder / "ahead"

    @cached_property
    def site(self) -> Flask:
        """The web application on this database, in this process."""
        return create_app(
            settings_for(
                self.database,
                secret_key=self.environment["SECRET_KEY"],
                base_url=self.base_url,
            )
        )

    def close(self) -> None:
        super().close()
        if "site" in vars(self):
            with self.site.app_context():
                db.engine.dispose()

    @property
    def paper(self) -> Stationery:
        """What the senders write on."""
        post: Post = self.site.extensions["post"]
        return post.stationery

    def fill(self, count: int) -> None:
        with self.session() as session:
            a_crowd(session, count)

    def fill_with_readers(self, count: int) -> None:
        """So many people with news, for whom nothing is planned yet."""
        with self.session() as session:
            a_crowd_with_news(session, count)

    def change(self, statement: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def send(self) -> None:
        self.start(SENDERS)

    def pids(self) -> list[int]:
        return [int(pid) for pid in BEGAN.findall(self._read(SENDERS))]

    def wait(self, seconds: float) -> None:
        over = monotonic() + seconds
        wait_for(lambda: monotonic() >= over, "a moment to pass")

    def scalars(self, statement: str) -> list[object]:
        with self.engine.connect() as connection:
            return list(connection.scalars(text(statement)))

    def kill_some(self, chance: Random, kills: int) -> int:
        """Kill -9 a sender now and then, at any moment of its work; how many were killed."""
        killed = 0
        while killed < kills and self.waiting():
            self.wait(KILL_EVERY)
            with suppress(ProcessLookupError):
                os.kill(chance.choice(self.pids()[-self.senders :]), signal.SIGKILL)
                killed += 1
        return killed

    def waiting(self) -> int:
        found = self.scalar(
            "SELECT count(*) FROM delivery WHERE state IN ('pending', 'submitting')"
        )
        return int(str(found))

    def is_at_rest(self) -> bool:
        """Whether every mail has its verdict, or has to wait for its moment."""
        return not self.scalar(
            "SELECT count(*) FROM delivery WHERE state = 'submitting'"
            " OR (state = 'pending' AND (lease_owner IS NOT NULL OR next_attempt_at <= now()))"
        )

    def note_waits(self) -> None:
        """Let the database keep each wait that is chosen from now on, however soon it is over."""
        for statement in NOTE_WAITS:
            self.change(statement)

    def waits(self) -> list[tuple[int, timedelta]]:
        """Of each wait that was chosen: after how many tries, and how long."""
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT tries, wait FROM chosen_wait")
            return [(tries, wait) for tries, wait in found]

    def are_due(self) -> bool:
        """Whether there are mails that nobody has."""
        return bool(
            self.scalar(
                "SELECT count(*) FROM delivery WHERE state = 'pending' AND lease_owner IS NULL"
            )
        )

    def finish(self, within: float = 3_000) -> None:
        """Every mail gets its verdict; what the killed left behind is over soon."""

        def is_over() -> bool:
            self.hurry()
            self.wait(HURRY_EVERY)
            return not self.waiting()

        wait_for(is_over, "every mail to get its verdict", within)

    def hurry(self) -> None:
        """Let pass the time that nobody uses: of the dead, of lost answers, and after a refusal."""
        with self.engine.begin() as connection:
            owners = connection.scalars(text("SELECT DISTINCT lease_owner FROM delivery"))
            # Who claims was begun before, so it is among those that are looked at now.
            dead = [one for one in owners if one and not Path(f"/proc/{pid_in(one)}").exists()]
            for statement in HURRY if SENDERS in self.parts else HURRY[:1]:
                connection.execute(text(statement), {"dead": dead})

    def let_pass(self, time: timedelta) -> None:
        """Since the dots that have no answer yet, and for all leases."""
        self.change(
            "UPDATE delivery SET submitted_at = submitted_at - :time WHERE state = 'submitting'",
            time=time,
        )
        self.change("UPDATE delivery SET lease_until = lease_until - :time", time=time)

    def see_a_turn(self) -> None:
        """Senders have done all there was to do; two that have nothing to tell go in turn."""
        for _ in range(2):
            with self.session() as session:
                seen = a_delivery(session, a_user(session)).id
                session.commit()
            self._await_end(seen)
            self.change("DELETE FROM delivery WHERE id = :id", id=seen)

    def _await_end(self, mail: UUID) -> None:
        ended = "SELECT state NOT IN ('pending', 'submitting') FROM delivery WHERE id = :id"
        wait_for(lambda: self.scalar(ended, id=mail), "a turn of a sender")

    def ask_for_a_link(self) -> str:
        """Somebody asks for a link; the address."""
        email = f"{uuid4().hex}@gemeente.example"
        with self.session() as session:
            ask_sign_in(work_now(session), email)
            session.commit()
        return email

    def ask_for_a_link_now(self) -> str:
        """The same when nobody reads facts: the mail is planned at once."""
        email = self.ask_for_a_link()
        with self.session() as session:
            asked = session.scalars(select(SignIn.id).filter_by(email=email)).one()
            service.mail_sign_in(work_now(session), asked)
            session.commit()
        return email

    def asked_at(self, email: str) -> datetime:
        found = self.scalar("SELECT asked_at FROM sign_in WHERE email = :email", email=email)
        assert isinstance(found, datetime)
        return found

    def tell_together(self, producers: int, shown: list[tuple[UUID, UUID]]) -> float:
        """So many processes tell of this interest, all at once; how many seconds they took."""
        lines = "\n".join(f"{opgave} {person}" for opgave, person in shown)
        return float(self._said_by("producers", producers, lines=lines))

    def plan_together(self, planners: int, most: int) -> list[int]:
        """So many processes plan today's digests, all at once; how many each of them planned."""
        return [int(line) for line in self._said_by("planners", planners, most).split()]

    def _said_by(self, module: str, *words: int, lines: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", f"tests.faults.{module}", *map(str, words)],
            input=lines,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            cwd=ROOT,
            env=self.environment,
            timeout=240,
        )
        return done.stdout

    def failed(self) -> list[tuple[Any, ...]]:
        """Which mails came to nothing, how often they were tried and why."""
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT kind, attempts, last_answer FROM delivery WHERE state = 'failed'"
            )
            return [tuple(row) for row in found]

    def rows(self) -> list[tuple[Any, ...]]:
        """Every mail as it stands."""
        with self.engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT delivery::text FROM delivery ORDER BY id")
            return [tuple(row) for row in found]

    def states(self) -> Counter[DeliveryState]:
        with self.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT state, count(*) FROM delivery GROUP BY state")
            return Counter({DeliveryState(state): count for state, count in rows})

    def message_ids(self, *states: DeliveryState) -> set[str]:
        """Of the mails in these states."""
        with self.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT message_id FROM delivery WHERE state = ANY(%s)", ([*states],)
            )
            return {str(message_id) for (message_id,) in rows}

    def counts(self, sink: Sink) -> dict[str, int]:
        """What is told of a run: mails taken, copies too many, people without one, not known."""
        copies, people = sink.copies, self.scalar("SELECT count(*) FROM delivery")
        return {
            "sent": len(copies),
            "copies": sum(copies.values()) - len(copies),
            "lost": int(str(people)) - len(copies),
            "unknown": self.states()[DeliveryState.UNKNOWN],
        }

    def _command(self, name: str) -> list[str]:
        if name == SENDERS:
            return [sys.executable, "-m", "tests.faults.senders", str(self.senders)]
        return super()._command(name)

    def _ready(self, name: str) -> bool:
        return "sender " in self._read(name) if name == SENDERS else super()._ready(name)

"""The mail of the product: senders that are killed and come back, and what became of each mail."""

import os
import re
import signal
import sys
from collections import Counter
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from random import Random
from time import monotonic

from app.notifications.rules import DeliveryState
from tests.faults.crowd import a_crowd
from tests.faults.sink import Sink
from tests.support.product import Product, wait_for

SENDERS = "senders"
BEGAN = re.compile(r"^sender (\d+)$", re.MULTILINE)
# Seconds between two kills.
KILL_EVERY = 0.25


class Scale(IntEnum):
    """How many mails."""

    SMALL = 1_000
    FULL = 10_000

    @property
    def kills(self) -> int:
        return 30 if self is Scale.SMALL else 100


class Office(Product):
    """Only what sends; the tests put mails into its database."""

    senders = 4
    # The log of the relay, for senders that may read it.
    ledger: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        ledger = f"postfix:{self.ledger}" if self.ledger else "none"
        return {**super().environment, "MAIL_LEDGER": ledger}

    def fill(self, count: int) -> None:
        with self.session() as session:
            a_crowd(session, count)

    def send(self) -> None:
        self.start(SENDERS)

    def pids(self) -> list[int]:
        return [int(pid) for pid in BEGAN.findall(self._read(SENDERS))]

    def kill_some(self, chance: Random, kills: int) -> int:
        """Kill -9 a sender now and then, at any moment of its work; how many were killed."""
        killed = 0
        while killed < kills and self.waiting():
            _let_pass(KILL_EVERY)
            with suppress(ProcessLookupError):
                os.kill(chance.choice(self.pids()[-self.senders :]), signal.SIGKILL)
                killed += 1
        return killed

    def waiting(self) -> int:
        found = self.scalar(
            "SELECT count(*) FROM delivery WHERE state IN ('pending', 'submitting')"
        )
        return int(str(found))

    def finish(self, within: float = 120) -> None:
        """Every mail gets its verdict; what the killed left behind is over at once."""

        def is_over() -> bool:
            self.hurry()
            return not self.waiting()

        wait_for(is_over, "every mail to get its verdict", within)

    def hurry(self) -> None:
        """Let leases, waits for an answer, and waits after a refusal be over: time passes."""
        with self.engine.begin() as connection:
            for statement in (
                # A sender that lives may still get its answer for a while.
                "UPDATE delivery SET submitted_at = submitted_at - interval '10 minutes'"
                " WHERE state = 'submitting'"
                " AND now() - submitted_at BETWEEN interval '10 seconds' AND interval '1 minute'",
                "UPDATE delivery SET lease_until = now()"
                " WHERE state = 'pending' AND lease_until < now() + interval '50 seconds'",
                "UPDATE delivery SET next_attempt_at = now()"
                " WHERE state = 'pending' AND next_attempt_at > now()",
            ):
                connection.exec_driver_sql(statement)

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


def _let_pass(seconds: float) -> None:
    over = monotonic() + seconds
    wait_for(lambda: monotonic() >= over, "a moment to pass")

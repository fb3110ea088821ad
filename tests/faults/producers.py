"""Processes that all begin at once, and each tell a share of the interest that was shown.

    python -m tests.faults.producers COUNT

reads an opgave and a person a line, and prints how many seconds they took together.
"""

import sys
from multiprocessing import get_context
from time import monotonic
from typing import Any

from app.extensions import db
from app.factory import create_app
from app.settings import Settings
from tests.faults.clock import time_of_the_test
from workers.reactions import TELL_INTEREST
from workers.work import LONGEST_STATEMENT, open_work

# As patient as the workers.
app = create_app(Settings.from_env(), LONGEST_STATEMENT)
# Seconds.
PATIENCE = 60


def main() -> None:
    count, shown = int(sys.argv[1]), [line.split() for line in sys.stdin]
    fork = get_context("fork")
    together = fork.Barrier(count + 1)
    producers = [
        fork.Process(target=produce, args=(together, shown[number::count]))
        for number in range(count)
    ]
    for one in producers:
        one.start()
    together.wait(PATIENCE)
    began = monotonic()
    for one in producers:
        one.join()
    print(monotonic() - began)
    sys.exit(any(one.exitcode for one in producers))


def produce(together: Any, shown: list[list[str]]) -> None:
    with app.app_context(), time_of_the_test():
        db.engine.dispose(close=False)
        together.wait(PATIENCE)
        for opgave_id, user_id in shown:
            with open_work() as work:
                TELL_INTEREST.act(work, {"opgave_id": opgave_id, "user_id": user_id})


if __name__ == "__main__":
    main()

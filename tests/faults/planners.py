"""Processes that all begin at once, and all plan the digests of today for everybody.

    python -m tests.faults.planners COUNT MOST

plans in turns of MOST people, and prints a line for each process: how many mails it planned until
it heard that the run was planned.
"""

import sys
from multiprocessing import get_context
from typing import Any

from app.extensions import db
from app.factory import create_app
from app.notifications import service
from app.notifications.rules import due_on
from app.settings import Settings
from tests.faults.clock import time_of_the_test
from workers.work import LONGEST_STATEMENT, open_work

# As patient as the workers: of sixteen each waits for the turns of fifteen others.
app = create_app(Settings.from_env(), LONGEST_STATEMENT)
# Seconds.
PATIENCE = 60


def main() -> None:
    count, most = map(int, sys.argv[1:])
    fork = get_context("fork")
    together, planned = fork.Barrier(count), fork.SimpleQueue()
    planners = [fork.Process(target=plan, args=(together, planned, most)) for _ in range(count)]
    for one in planners:
        one.start()
    for one in planners:
        one.join()
    if any(one.exitcode for one in planners):
        sys.exit(1)
    for _ in planners:
        print(planned.get())


def plan(together: Any, planned: Any, most: int) -> None:
    with app.app_context(), time_of_the_test():
        db.engine.dispose(close=False)
        count, is_last = 0, False
        together.wait(PATIENCE)
        while not is_last:
            with open_work() as work:
                due = due_on(work.today)
                turn = service.plan_digests(work, due, everybody=True, most=most)
            count, is_last = count + turn.planned, turn.is_last
        planned.put(count)


if __name__ == "__main__":
    main()

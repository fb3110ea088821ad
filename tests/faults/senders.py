"""Processes that only send mail, made to be killed.

    python -m tests.faults.senders COUNT

keeps so many at work: one that ends has a successor within a moment, for it is forked from a
process that has everything loaded. It prints the id of each sender that begins.
"""

import os
import signal
import sys
import time
from contextlib import suppress

from app.extensions import db
from app.factory import create_app
from app.settings import Settings
from devtools.processes import die_with_parent
from tests.faults.clock import time_of_the_test
from tests.faults.owners import sign_claims
from tests.faults.within import go_wrong
from workers.mail import deliver, deliver_urgent, settle
from workers.work import LONGEST_STATEMENT

# As patient as the workers.
app = create_app(Settings.from_env(), LONGEST_STATEMENT)
PAUSE = 0.2


def main() -> None:
    count = int(sys.argv[1])
    end = die_with_parent(signal.SIGKILL)
    sign_claims()
    alive: set[int] = set()
    while True:
        while len(alive) < count:
            pid = os.fork()
            if pid == 0:
                end()
                send_for_ever()
            alive.add(pid)
            print(f"sender {pid}", flush=True)
        with suppress(ChildProcessError):
            ended, _ = os.waitpid(-1, 0)
            alive.discard(ended)


def send_for_ever() -> None:
    go_wrong()
    with app.app_context():
        db.engine.dispose(close=False)
        while True:
            with time_of_the_test():
                deliver_urgent()
                deliver()
                settle()
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()

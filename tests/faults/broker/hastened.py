"""Beat and workers at the time that the test chose; what goes by the minute comes without a wait.

python -m tests.faults.broker.hastened [arguments for Celery]
"""

import sys
from contextlib import ExitStack
from dataclasses import replace

from celery.signals import task_postrun, task_prerun

from tests.faults.clock import time_of_the_test
from workers import schedule

A_MINUTE, NO_WAIT = 60, 0.25
travel = ExitStack()


@task_prerun.connect  # type: ignore[untyped-decorator]  # Celery has no types
def leave(**_: object) -> None:
    travel.enter_context(time_of_the_test())


@task_postrun.connect  # type: ignore[untyped-decorator]
def come_back(**_: object) -> None:
    travel.close()


def main() -> None:
    for label, tick in schedule.TICKS.items():
        if tick.seconds >= A_MINUTE:
            schedule.TICKS[label] = replace(tick, seconds=NO_WAIT)
    from workers.main import celery_app  # noqa: PLC0415  (reads the ticks)

    celery_app.start(sys.argv[1:])


if __name__ == "__main__":
    main()

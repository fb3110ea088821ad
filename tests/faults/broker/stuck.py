"""Workers who know one more fact: what follows from it never comes back from C.

    python -m tests.faults.broker.stuck SECONDS celery|loop [arguments for Celery]

where SECONDS is how long a job of matching may take.
"""

import sys
from random import Random
from string import ascii_lowercase

from rapidfuzz.fuzz import partial_ratio

from app.core.heartbeat import Group
from app.core.work import Work
from app.factory import create_app
from app.settings import Settings
from workers import loop, reactions, schedule
from workers.reactions import Payload, Reaction
from workers.work import LONGEST_STATEMENT

POISON = "opgave.poisoned"
# Signs; on any machine this takes longer than a test.
LONG = 200_000


def get_stuck(_: Work, __: Payload) -> None:
    chance = Random(0)
    partial_ratio(*("".join(chance.choices(ascii_lowercase, k=LONG)) for _ in range(2)))


STUCK = Reaction("get_stuck", Group.MATCH, get_stuck)


def main(seconds: str, mode: str, *words: str) -> None:
    schedule.MATCH_LIMITS.update(soft_time_limit=int(seconds), time_limit=int(seconds))
    reactions.REACTIONS[POISON] = (STUCK,)
    reactions.BY_NAME[STUCK.name] = STUCK
    reactions.NAMES[POISON] = (STUCK.name,)
    if mode == "loop":
        loop.run(create_app(Settings.from_env(), LONGEST_STATEMENT))
    else:
        from workers.main import celery_app  # noqa: PLC0415  (needs a broker)

        celery_app.worker_main([*words])


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Shows that the workers of a group do what they are asked to do."""

from time import monotonic

from app.core.heartbeat import BEAT_EVERY, Group
from app.core.heartbeat import beat as write_beat
from workers.work import open_work


def beat(group: str) -> None:
    with open_work() as work:
        write_beat(work.session, Group(group))


class Heart:
    """For a task of many steps: it beats between them, so that a long one is not taken for dead."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self._next = 0.0

    def beat_when_due(self) -> None:
        if monotonic() >= self._next:
            self._next = monotonic() + BEAT_EVERY.total_seconds()
            beat(self.group)

"""How long a search may take before somebody is told that it takes long."""

from datetime import datetime, timedelta
from enum import StrEnum

SEARCH_TAKES = timedelta(seconds=30)


class Search(StrEnum):
    """How the last search for somebody or something stands."""

    DONE = "done"
    RUNNING = "running"
    SLOW = "slow"


def search_state(waiting_since: datetime | None, now: datetime) -> Search:
    """What waits is being looked for; what waits for long is told to be slow."""
    if waiting_since is None:
        return Search.DONE
    return Search.SLOW if now - waiting_since > SEARCH_TAKES else Search.RUNNING

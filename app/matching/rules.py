"""How long the first search after a change may take before an empty list is an answer."""

from datetime import datetime, timedelta

SEARCH_TAKES = timedelta(minutes=1)


def is_searching(changed_at: datetime | None, now: datetime) -> bool:
    """Whether what changed then may still be waiting for its matches."""
    return changed_at is not None and now - changed_at < SEARCH_TAKES

"""What is looked at how often. What is due is decided by the database, never by this clock."""

from typing import Any


def every(seconds: float, task: str, queue: str) -> dict[str, Any]:
    """A tick; one that could not be delivered in ten turns is thrown away, not piled up."""
    return {
        "task": task,
        "schedule": seconds,
        "options": {"queue": queue, "expires": max(10.0, 10 * seconds)},
    }


TICKS = {
    "relay facts": every(1, "outbox.relay", "tick"),
    "pick up what a lost nudge left": every(5, "outbox.drain", "tick"),
    "deliver mail": every(1, "mail.deliver", "mail"),
    "settle mail without a verdict": every(30, "mail.settle", "tick"),
    "plan digests": every(60, "digests.plan", "tick"),
    "close what is overdue": every(300, "housekeeping.close_overdue", "tick"),
    "compare everything once a night": every(600, "housekeeping.match_nightly", "build"),
    "keep the snapshot fresh": every(10, "housekeeping.keep_fresh", "build"),
}

"""What is looked at how often, and how long it may take.

What is due is decided by the database, never by this clock.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.heartbeat import BEAT_EVERY, Group
from workers import digests, heart, housekeeping, mail, outbox

# Seconds, soft and hard. Only the hard one stops a loop in C.
TASK_LIMITS = {"soft_time_limit": 270, "time_limit": 300}
MATCH_LIMITS = {"soft_time_limit": 45, "time_limit": 60}


def limits_of(group: Group) -> dict[str, int]:
    return MATCH_LIMITS if group is Group.MATCH else TASK_LIMITS


@dataclass(frozen=True)
class Tick:
    """Something that a group of workers does every so many seconds."""

    name: str
    act: Callable[..., object]
    seconds: float
    group: Group
    args: tuple[str, ...] = ()

    @property
    def expires(self) -> float:
        """One that could not be delivered in ten turns is thrown away, not piled up."""
        return max(10.0, 10 * self.seconds)


def _beat(group: Group) -> Tick:
    return Tick("heart.beat", heart.beat, BEAT_EVERY.total_seconds(), group, (group.value,))


TICKS = {
    "relay facts": Tick("outbox.relay", outbox.relay, 1, Group.TICK),
    "pick up what a lost nudge left": Tick("outbox.drain", outbox.drain, 5, Group.TICK),
    "deliver what somebody waits for": Tick(
        "mail.deliver_urgent", mail.deliver_urgent, 1, Group.MAIL_URGENT
    ),
    "deliver mail": Tick("mail.deliver", mail.deliver, 1, Group.MAIL_BULK),
    "settle mail without a verdict": Tick("mail.settle", mail.settle, 30, Group.TICK),
    # Not beside the jobs that bring sign-in links on their way: it may take most of a minute.
    "plan digests": Tick("digests.plan", digests.plan, 60, Group.MAIL_BULK),
    "bring loans and opgaven to what the day makes of them": Tick(
        "housekeeping.sweep_loans_and_opgaven",
        housekeeping.sweep_loans_and_opgaven,
        300,
        Group.TICK,
    ),
    "end invitations that nobody answered": Tick(
        "housekeeping.expire_invitations", housekeeping.expire_invitations, 300, Group.TICK
    ),
    "bring hours to what gemeenten became": Tick(
        "housekeeping.follow_mergers", housekeeping.follow_mergers, 600, Group.TICK
    ),
    "end roles that are over, and tell of those that end soon": Tick(
        "housekeeping.sweep_roles", housekeeping.sweep_roles, 300, Group.TICK
    ),
    "end takeovers that nobody confirmed": Tick(
        "housekeeping.end_takeovers", housekeeping.end_takeovers, 300, Group.TICK
    ),
    "forget answers that were taken back": Tick(
        "housekeeping.forget_taken_back", housekeeping.forget_taken_back, 3600, Group.TICK
    ),
    "keep nothing longer than its time": Tick(
        "housekeeping.retain", housekeeping.retain, 120, Group.BUILD
    ),
    "remind who is waited for": Tick(
        "housekeeping.sweep_answers", housekeeping.sweep_answers, 300, Group.TICK
    ),
    "give who waits a day for their answer": Tick(
        "housekeeping.set_deadlines", housekeeping.set_deadlines, 3600, Group.TICK
    ),
    "compare everything once a night": Tick(
        "housekeeping.match_nightly", housekeeping.match_nightly, 600, Group.BUILD
    ),
    "keep the snapshot fresh": Tick(
        "housekeeping.keep_fresh", housekeeping.keep_fresh, 10, Group.BUILD
    ),
    **{f"show that {group} lives": _beat(group) for group in Group},
}

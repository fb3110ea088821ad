"""The map of what follows from what: the page to read when asking "what happens after ...?"."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.heartbeat import Group
from app.core.work import Work
from app.extensions import shelf
from app.matching import service as matching
from app.notifications import service as notifications
from app.notifications.rules import NoticeKind
from app.responses import service as responses

Payload = dict[str, Any]


@dataclass(frozen=True)
class Reaction:
    """What is done about a fact; safe to do twice."""

    name: str
    group: Group
    act: Callable[[Work, Payload], object]


def _tell_owners(name: str, kind: NoticeKind) -> Reaction:
    return Reaction(
        name,
        Group.TICK,
        lambda work, fact: notifications.tell_owners(work, UUID(fact["opgave_id"]), kind),
    )


MATCH_OPGAVE = Reaction(
    "match_opgave",
    Group.MATCH,
    lambda work, fact: matching.match_opgave(work, UUID(fact["opgave_id"]), shelf()),
)
MATCH_PROFILE = Reaction(
    "match_profile",
    Group.MATCH,
    lambda work, fact: matching.match_profile(work, UUID(fact["user_id"]), shelf()),
)
MATCH_EVERYTHING = Reaction(
    "match_everything", Group.BUILD, lambda work, _: matching.match_everything(work, shelf())
)
GO_ON_MATCHING = Reaction(
    "go_on_matching", Group.BUILD, lambda work, _: matching.go_on(work, shelf())
)
TELL_MATCHES = Reaction(
    "tell_matches",
    Group.TICK,
    lambda work, fact: notifications.tell_matches(
        work, UUID(fact["opgave_id"]), [UUID(profile) for profile in fact["profile_ids"]]
    ),
)
HEAR_IN_TIME = Reaction(
    "hear_in_time",
    Group.TICK,
    lambda work, fact: responses.hear_in_time(work, UUID(fact["opgave_id"])),
)
TELL_WHO_IS_SHOWN = Reaction(
    "tell_who_is_shown",
    Group.TICK,
    lambda work, fact: notifications.tell_who_is_shown(work, UUID(fact["user_id"])),
)
TELL_INTEREST = Reaction(
    "tell_interest",
    Group.TICK,
    lambda work, fact: notifications.tell_interest(
        work, UUID(fact["opgave_id"]), UUID(fact["user_id"])
    ),
)
TELL_REVIEW_ASKED = Reaction(
    "tell_review_asked",
    Group.TICK,
    lambda work, fact: notifications.tell_review_asked(work, UUID(fact["opgave_id"])),
)
TELL_SENT_BACK = _tell_owners("tell_sent_back", NoticeKind.SENT_BACK)
TELL_ALLOWED = _tell_owners("tell_allowed", NoticeKind.ALLOWED)
TELL_EXPIRED = Reaction(
    "tell_expired",
    Group.TICK,
    lambda work, fact: notifications.tell_expired(work, UUID(fact["opgave_id"])),
)
TELL_HANDED_OVER = Reaction(
    "tell_handed_over",
    Group.TICK,
    lambda work, fact: notifications.tell_handed_over(
        work, UUID(fact["opgave_id"]), UUID(fact["to_id"])
    ),
)
TELL_CO_OWNER = Reaction(
    "tell_co_owner",
    Group.TICK,
    lambda work, fact: notifications.tell_co_owner(
        work, UUID(fact["opgave_id"]), UUID(fact["user_id"])
    ),
)
TELL_INTEREST_OF = Reaction(
    "tell_interest_of",
    Group.TICK,
    lambda work, fact: notifications.tell_interest_of(work, UUID(fact["user_id"])),
)
TELL_INTEREST_IN = Reaction(
    "tell_interest_in",
    Group.TICK,
    lambda work, fact: notifications.tell_interest_in(work, UUID(fact["opgave_id"])),
)
TELL_JOINED = Reaction(
    "tell_joined",
    Group.TICK,
    lambda work, fact: notifications.tell_together(
        work, NoticeKind.OPGAVE_JOINED, [UUID(fact["opgave_id"])]
    ),
)
TELL_JOINT_ASKED = Reaction(
    "tell_joint_asked",
    Group.TICK,
    lambda work, fact: notifications.tell_together(
        work, NoticeKind.JOINT_ASKED, [UUID(fact["opgave_id"])]
    ),
)
TELL_JOINT_AGREED = Reaction(
    "tell_joint_agreed",
    Group.TICK,
    lambda work, fact: notifications.tell_together(
        work, NoticeKind.JOINT_AGREED, [UUID(one) for one in fact["others"]]
    ),
)
TELL_JOINT_LEFT = Reaction(
    "tell_joint_left",
    Group.TICK,
    lambda work, fact: notifications.tell_together(
        work, NoticeKind.JOINT_LEFT, [UUID(one) for one in fact["others"]]
    ),
)
TELL_FOLLOWERS = Reaction(
    "tell_followers",
    Group.TICK,
    lambda work, fact: notifications.tell_followers(work, UUID(fact["opgave_id"])),
)
MAIL_SIGN_IN = Reaction(
    "mail_sign_in",
    Group.TICK,
    lambda work, fact: notifications.mail_sign_in(work, UUID(fact["sign_in_id"])),
)
MAIL_ACCESS_ASKED = Reaction(
    "mail_access_asked",
    Group.TICK,
    lambda work, fact: notifications.mail_access_asked(work, UUID(fact["request_id"])),
)
MAIL_ACCESS_DECIDED = Reaction(
    "mail_access_decided",
    Group.TICK,
    lambda work, fact: notifications.mail_access_decided(work, UUID(fact["request_id"])),
)

REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "sign_in.asked": (MAIL_SIGN_IN,),
    "access.asked": (MAIL_ACCESS_ASKED,),
    "access.decided": (MAIL_ACCESS_DECIDED,),
    "person.registered": (),  # nobody waits for it; kept as a fact
    "role.changed": (),  # seen at the next request
    "domain.changed": (),  # seen at the next sign-in of somebody new
    "gemeenten.changed": (MATCH_EVERYTHING,),  # places, and so distances, may have moved
    "gemeente.merged": (),  # moving people to the successor comes with the roles of both
    "vocabulary.changed": (MATCH_EVERYTHING,),
    "concepts.merged": (),  # vocabulary.changed is told with it
    "merge.undone": (),  # the same
    "word.decided": (),  # the same, where it changes what words mean
    "decision.undone": (),  # the same
    "word.listed": (),  # the same
    "profile.changed": (MATCH_PROFILE, TELL_WHO_IS_SHOWN),
    "profile.paused": (MATCH_PROFILE, TELL_INTEREST_OF),
    "reason.disputed": (MATCH_PROFILE,),
    "dispute.withdrawn": (MATCH_PROFILE,),
    "opgave.submitted": (TELL_REVIEW_ASKED,),
    "opgave.sent_back": (TELL_SENT_BACK,),
    "opgave.allowed": (TELL_ALLOWED,),
    "opgave.handed_over": (TELL_HANDED_OVER,),
    "co_owner.named": (TELL_CO_OWNER,),
    "review.chosen": (),  # seen when the next opgave is published
    "opgave.drafted": (),  # kept as a fact
    "opgave.published": (MATCH_OPGAVE,),
    "opgave.changed": (MATCH_OPGAVE, HEAR_IN_TIME),
    "opgave.talking": (),  # others can still react
    "opgave.filled": (MATCH_OPGAVE, TELL_INTEREST_IN),
    "opgave.reopened": (MATCH_OPGAVE, HEAR_IN_TIME, TELL_INTEREST_IN),
    "opgave.started": (),  # it was filled before
    "seat.taken": (),  # opgave.filled is told with the last one
    "seat.freed": (),  # opgave.reopened is told with it, when somebody is sought again
    "opgave.ended": (MATCH_OPGAVE, TELL_EXPIRED, TELL_FOLLOWERS),
    "interest.shown": (TELL_INTEREST,),
    "interest.withdrawn": (),  # gone from the page of the opgavehouder with the row itself
    "later.said": (),  # notices and digests look at the row
    "opgave.joined": (TELL_JOINED,),
    "joining.ended": (),  # its notice stands as long as somebody joins
    "opgave.followed": (),  # nobody is told who follows
    "following.ended": (),  # the same
    "joint.asked": (TELL_JOINT_ASKED,),
    "joint.agreed": (TELL_JOINT_AGREED,),
    "joint.left": (TELL_JOINT_LEFT,),
    "matches.found": (TELL_MATCHES,),
    "matching.unfinished": (GO_ON_MATCHING,),
}

BY_NAME = {reaction.name: reaction for known in REACTIONS.values() for reaction in known}
NAMES = {fact: tuple(reaction.name for reaction in known) for fact, known in REACTIONS.items()}


def of_group(group: Group) -> frozenset[str]:
    """Names of what the workers of this group do about facts."""
    return frozenset(name for name, reaction in BY_NAME.items() if reaction.group is group)

"""The map of what follows from what: the page to read when asking "what happens after ...?"."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from app.accounts.rules import POWER
from app.conversations import awaiting
from app.conversations import service as conversations
from app.conversations.queries import asking
from app.core.actor import Role
from app.core.heartbeat import Group
from app.core.work import Work
from app.extensions import shelf
from app.hours.models import HourTransfer
from app.hours.queries import settled_with
from app.loans import service as loans
from app.loans.models import Loan
from app.loans.queries import asked_by, fallen_with, in_loan, who_is_in_loan
from app.loans.rules import CLOSERS, Party
from app.matching import service as matching
from app.notifications import service as notifications
from app.notifications.rules import NoticeKind
from app.responses import ending
from app.responses import service as responses
from app.responses.models import Outcome
from app.responses.rules import InvitationState

Payload = dict[str, Any]

log = structlog.get_logger()


@dataclass(frozen=True)
class Reaction:
    """What is done about a fact; safe to do twice."""

    name: str
    group: Group
    act: Callable[[Work, Payload], object]


def _one(name: str, deed: Callable[..., object], *ids: str) -> Reaction:
    """Done in a tick, about the things that the fact names by these ids."""
    return Reaction(
        name, Group.TICK, lambda work, fact: deed(work, *(UUID(fact[one]) for one in ids))
    )


def _mail_loan(name: str, *to: Party) -> Reaction:
    """A mail to these parties, but not to the one whose step it was."""
    return Reaction(
        name,
        Group.TICK,
        lambda work, fact: notifications.mail_loan(
            work, UUID(fact["loan_id"]), by=fact.get("party", ""), to=to
        ),
    )


def _tell_reviewed(name: str, kind: NoticeKind) -> Reaction:
    return Reaction(
        name,
        Group.TICK,
        lambda work, fact: notifications.tell_reviewed(work, UUID(fact["opgave_id"]), kind),
    )


def _tell_message(work: Work, fact: Payload) -> None:
    # Words with which somebody shows interest are told together with it.
    if not fact["with_interest"]:
        notifications.tell_message(work, UUID(fact["conversation_id"]), fact["number"])


def _sound_power(_: Work, fact: Payload) -> None:
    """Whoever watches the site hears of it, also when it was done at the command line."""
    _sound(fact, "power was given" if fact["is_given"] else "power was ended")


def _sound_more_power(_: Work, fact: Payload) -> None:
    _sound(fact, "power was prolonged")


def _sound(fact: Payload, why: str) -> None:
    if Role(fact["role"]) in POWER:
        log.error("alarm", why=why, role=fact["role"], account=fact["user_id"])


def _answer_by_loan(work: Work, fact: Payload) -> None:
    """A loan that is asked lies with the gemeente, which is waited for there from then on."""
    loan = work.fetch(Loan, UUID(fact["loan_id"]))
    awaiting.note_answer(work, loan.opgave_id, loan.user_id)


def _answer_of_borrower(work: Work, fact: Payload) -> None:
    if fact["party"] == Party.BORROWER:
        _answer_by_loan(work, fact)


def _answer_by_no(work: Work, fact: Payload) -> None:
    """That an opgave ended is no answer; a no of somebody who looks after it is."""
    opgave_id, user_id = UUID(fact["opgave_id"]), UUID(fact["user_id"])
    outcome = work.session.get(Outcome, (user_id, opgave_id))
    if outcome is not None and outcome.by_id is not None:
        awaiting.note_answer(work, opgave_id, user_id)


def _stop_after_no(work: Work, fact: Payload) -> None:
    """Who says no to an invitation waits for no answer to what they asked first."""
    if fact["state"] == InvitationState.DECLINED:
        awaiting.stop_after_withdrawal(work, UUID(fact["opgave_id"]), UUID(fact["user_id"]))


def _wait_anew(work: Work, fact: Payload) -> None:
    """Who comes out of hiding waits again for who did not answer them, by a loan or otherwise."""
    user_id = UUID(fact["user_id"])
    awaiting.begin_anew(work, user_id, asked_by(user_id))


def _look_again_at_borrower(work: Work, fact: Payload) -> None:
    """What ends, or asks less, leaves room to what waited for it."""
    loan = work.fetch(Loan, UUID(fact["loan_id"]))
    loans.look_again(work, {loan.borrower_code})


def _look_again_at_lender(work: Work, fact: Payload) -> None:
    """Who lent hours may borrow as many more."""
    loans.look_again(work, {work.fetch(HourTransfer, UUID(fact["transfer_id"])).credit_code})


def _look_again_at_all(work: Work, fact: Payload) -> None:
    loans.look_again(work, settled_with(work.session, UUID(fact["settling_id"])))


def _let_go(work: Work, fact: Payload) -> None:
    """Who is in a loan hears of that; all others who wait hear that the opgave is over."""
    session, opgave_id = work.session, UUID(fact["opgave_id"])
    fallen = fallen_with(session, opgave_id)
    kept = in_loan(session, opgave_id) - fallen
    ending.let_go(work, opgave_id, kept, asking(session, opgave_id), hear_otherwise=fallen)


def _open_again(work: Work, fact: Payload) -> None:
    """Interest stands as before, and waits anew; of who is in a loan nothing had ended."""
    opgave_id = UUID(fact["opgave_id"])
    ending.open_again(work, opgave_id)
    awaiting.begin_again(work, opgave_id, who_is_in_loan(opgave_id))


def _tell_given_back(work: Work, fact: Payload) -> None:
    at = datetime.fromisoformat(fact["at"])
    notifications.tell_given_back(work, UUID(fact["opgave_id"]), UUID(fact["user_id"]), at)


def _tell_opened_again(work: Work, fact: Payload) -> None:
    at = datetime.fromisoformat(fact["at"])
    notifications.tell_opened_again(work, UUID(fact["opgave_id"]), UUID(fact["user_id"]), at)


def _this_one(fact: Payload) -> list[UUID]:
    return [UUID(fact["opgave_id"])]


def _the_others(fact: Payload) -> list[UUID]:
    return [UUID(one) for one in fact["others"]]


def _tell_together(
    name: str, kind: NoticeKind, opgaven: Callable[[Payload], list[UUID]]
) -> Reaction:
    return Reaction(
        name,
        Group.TICK,
        lambda work, fact: notifications.tell_together(work, kind, opgaven(fact)),
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
HEAR_IN_TIME = _one("hear_in_time", responses.hear_in_time, "opgave_id")
TELL_WHO_IS_SHOWN = _one("tell_who_is_shown", notifications.tell_who_is_shown, "user_id")
TELL_INTEREST = _one("tell_interest", notifications.tell_interest, "opgave_id", "user_id")
TELL_INVITED = _one("tell_invited", notifications.tell_invited, "invitation_id")
TELL_INVITATION_ENDED = _one(
    "tell_invitation_ended", notifications.tell_invitation_ended, "invitation_id"
)
STOP_AFTER_NO = Reaction("stop_after_no", Group.TICK, _stop_after_no)
ANSWER_BY_NO = Reaction("answer_by_no", Group.TICK, _answer_by_no)
LET_GO = Reaction("let_go", Group.TICK, _let_go)
OPEN_AGAIN = Reaction("open_again", Group.TICK, _open_again)
TELL_GIVEN_BACK = Reaction("tell_given_back", Group.TICK, _tell_given_back)
TELL_OPENED_AGAIN = Reaction("tell_opened_again", Group.TICK, _tell_opened_again)
TELL_OUTCOME = _one("tell_outcome", notifications.tell_outcome, "opgave_id", "user_id")
BEGIN_CONVERSATION = _one(
    "begin_conversation", conversations.begin_after_interest, "opgave_id", "user_id"
)
TELL_MESSAGE = Reaction("tell_message", Group.TICK, _tell_message)
TELL_ANSWER_DUE = _one("tell_answer_due", notifications.tell_answer_due, "conversation_id")
TELL_ANSWER_LATE = _one("tell_answer_late", notifications.tell_answer_late, "conversation_id")
STOP_WAITING = _one("stop_waiting", awaiting.stop_after_withdrawal, "opgave_id", "user_id")
STOP_ALL_WAITING = _one("stop_all_waiting", awaiting.stop_at_end, "opgave_id")
STOP_UNSEEN = _one("stop_unseen", awaiting.stop_unseen, "user_id")
WAIT_ANEW = Reaction("wait_anew", Group.TICK, _wait_anew)
ANSWER_BY_LOAN = Reaction("answer_by_loan", Group.TICK, _answer_by_loan)
ANSWER_OF_BORROWER = Reaction("answer_of_borrower", Group.TICK, _answer_of_borrower)
TELL_QUESTION_PUBLISHED = _one(
    "tell_question_published", notifications.tell_question_published, "published_id"
)
MAIL_ANSWER_RETURNED = _one(
    "mail_answer_returned", notifications.mail_answer_returned, "received_id"
)
TELL_REVIEW_ASKED = _one("tell_review_asked", notifications.tell_review_asked, "opgave_id")
TELL_SENT_BACK = _tell_reviewed("tell_sent_back", NoticeKind.SENT_BACK)
TELL_ALLOWED = _tell_reviewed("tell_allowed", NoticeKind.ALLOWED)
TELL_EXPIRED = _one("tell_expired", notifications.tell_expired, "opgave_id")
TELL_HANDED_OVER = _one("tell_handed_over", notifications.tell_handed_over, "opgave_id", "to_id")
TELL_TAKEN_OVER = _one("tell_taken_over", notifications.tell_taken_over, "opgave_id", "from_id")
MAIL_TAKEOVER_PROPOSED = _one(
    "mail_takeover_proposed", notifications.mail_takeover_proposed, "takeover_id"
)
MAIL_TAKEOVER_DECIDED = _one(
    "mail_takeover_decided", notifications.mail_takeover_decided, "takeover_id"
)
TELL_NEW_OWNER = _one("tell_new_owner", notifications.tell_new_owner, "opgave_id")
TELL_CO_OWNER = _one("tell_co_owner", notifications.tell_co_owner, "opgave_id", "user_id")
TELL_INTEREST_OF = _one("tell_interest_of", notifications.tell_interest_of, "user_id")
TELL_INTEREST_IN = _one("tell_interest_in", notifications.tell_interest_in, "opgave_id")
TELL_JOINED = _tell_together("tell_joined", NoticeKind.OPGAVE_JOINED, _this_one)
TELL_JOINT_ASKED = _tell_together("tell_joint_asked", NoticeKind.JOINT_ASKED, _this_one)
TELL_JOINT_AGREED = _tell_together("tell_joint_agreed", NoticeKind.JOINT_AGREED, _the_others)
TELL_JOINT_LEFT = _tell_together("tell_joint_left", NoticeKind.JOINT_LEFT, _the_others)
TELL_HELD_UP = Reaction(
    "tell_held_up",
    Group.TICK,
    lambda work, fact: notifications.tell_held_up(work, fact["gemeente_code"]),
)
LOOK_AHEAD = _one("look_ahead", loans.look_ahead, "loan_id")
LOOK_AGAIN_AT_BORROWER = Reaction("look_again_at_borrower", Group.TICK, _look_again_at_borrower)
LOOK_AGAIN_AT_LENDER = Reaction("look_again_at_lender", Group.TICK, _look_again_at_lender)
LOOK_AGAIN_AT_ALL = Reaction("look_again_at_all", Group.TICK, _look_again_at_all)
TELL_SETTLED = Reaction(
    "tell_settled",
    Group.TICK,
    lambda work, fact: notifications.tell_settled(work, UUID(fact["settling_id"]), fact["year"]),
)
TELL_FOLLOWERS = _one("tell_followers", notifications.tell_followers, "opgave_id")
MAIL_SIGN_IN = _one("mail_sign_in", notifications.mail_sign_in, "sign_in_id")
MAIL_ACCESS_ASKED = _one("mail_access_asked", notifications.mail_access_asked, "request_id")
MAIL_ACCESS_DECIDED = _one("mail_access_decided", notifications.mail_access_decided, "request_id")
MAIL_FACTOR_CHANGED = _one(
    "mail_factor_changed", notifications.mail_factor_changed, "user_id", "change_id"
)
MAIL_IDENTITY_JOINED = _one(
    "mail_identity_joined", notifications.mail_identity_joined, "user_id", "change_id"
)
MAIL_SIGNED_IN_ELSEWHERE = _one(
    "mail_signed_in_elsewhere", notifications.mail_signed_in_elsewhere, "user_id"
)
SOUND_POWER = Reaction("sound_power", Group.TICK, _sound_power)
SOUND_MORE_POWER = Reaction("sound_more_power", Group.TICK, _sound_more_power)
MAIL_ACCOUNT_UNUSED = _one("mail_account_unused", notifications.mail_account_unused, "user_id")
MAIL_ROLE_PROPOSED = _one("mail_role_proposed", notifications.mail_role_proposed, "proposal_id")
MAIL_ROLE_DECIDED = _one("mail_role_decided", notifications.mail_role_decided, "proposal_id")
MAIL_COLLEAGUE_INVITED = _one(
    "mail_colleague_invited", notifications.mail_colleague_invited, "sign_in_id"
)
MAIL_SHUT_OUT = _one("mail_shut_out", notifications.mail_shut_out, "user_id")
MAIL_ROLE_ENDING = _one("mail_role_ending", notifications.mail_role_ending, "grant_id")
MAIL_ROLE_EXPIRED = _one("mail_role_expired", notifications.mail_role_expired, "grant_id")
MAIL_REPORT_MADE = _one("mail_report_made", notifications.mail_report_made, "report_id")
MAIL_PUT_BACK = _one("mail_put_back", notifications.mail_put_back, "report_id")
MAIL_REPORT_DECIDED = _one("mail_report_decided", notifications.mail_report_decided, "report_id")
# A manager hears what they can decide or must know: hours that are lent, other ones, an end, a no.
MAIL_LOAN = _mail_loan("mail_loan", *Party)
# What only the two can do who work together.
MAIL_CLOSERS = _mail_loan("mail_closers", *CLOSERS)
MAIL_UNREACHED = _mail_loan("mail_unreached", Party.PROFESSIONAL)
MAIL_WHO_GAVE_NONE = Reaction(
    "mail_who_gave_none",
    Group.TICK,
    lambda work, fact: notifications.mail_loan(
        work, UUID(fact["loan_id"]), by="", to=[Party(fact["of"])]
    ),
)
MAIL_FEEDBACK = _mail_loan("mail_feedback", *CLOSERS)
MAIL_ANSWERED = _mail_loan("mail_answered", Party.BORROWER)
TELL_AGREED = Reaction(
    "tell_agreed",
    Group.TICK,
    lambda work, fact: notifications.tell_agreed(
        work, UUID(fact["loan_id"]), by=Party(fact["party"])
    ),
)
TELL_SIGNED = Reaction(
    "tell_signed",
    Group.TICK,
    lambda work, fact: notifications.tell_signed(
        work, UUID(fact["loan_id"]), fact["version"], by=fact["party"]
    ),
)
TELL_TAKEN_DOWN = _one("tell_taken_down", notifications.tell_taken_down, "opgave_id")
END_LOANS_ASKED = _one("end_loans_asked", loans.end_what_was_asked, "opgave_id")

REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "sign_in.asked": (MAIL_SIGN_IN,),
    "proof.asked": (MAIL_SIGN_IN,),
    "access.asked": (MAIL_ACCESS_ASKED,),
    "access.offered": (MAIL_COLLEAGUE_INVITED,),
    "access.decided": (MAIL_ACCESS_DECIDED,),
    "factor.changed": (MAIL_FACTOR_CHANGED,),
    "identity.joined": (MAIL_IDENTITY_JOINED,),
    "signed_in.elsewhere": (MAIL_SIGNED_IN_ELSEWHERE,),
    "person.away": (MAIL_ACCOUNT_UNUSED,),
    "person.shut_out": (MAIL_SHUT_OUT,),
    "person.let_in": (),  # seen at the next sign-in
    "person.moved": (MATCH_PROFILE,),
    "person.registered": (),  # nobody waits for it; kept as a fact
    "role.changed": (SOUND_POWER,),  # it is seen at the next request
    "role.prolonged": (SOUND_MORE_POWER,),  # the same
    "role.proposed": (MAIL_ROLE_PROPOSED,),
    "role.decided": (MAIL_ROLE_DECIDED,),
    "role.lapsed": (MAIL_ROLE_DECIDED,),
    "role.ending": (MAIL_ROLE_ENDING,),
    "role.expired": (MAIL_ROLE_EXPIRED,),
    "domain.changed": (),  # seen at the next sign-in of somebody new
    "provider.changed": (),  # seen at the next sign-in
    "gemeenten.changed": (MATCH_EVERYTHING,),  # places, and so distances, may have moved
    "network.founded": (),  # read by who opens the page
    "network.described": (),  # the same
    "network.changed": (MATCH_EVERYTHING,),  # who may read what is meant for it
    "gemeente.merged": (),  # an operator brings its people to the successor
    "gemeente.followed": (MATCH_EVERYTHING,),  # nobody matches with what the own gemeente asks
    "vocabulary.changed": (MATCH_EVERYTHING,),
    "concepts.merged": (),  # vocabulary.changed is told with it
    "merge.undone": (),  # the same
    "word.decided": (),  # the same, where it changes what words mean
    "decision.undone": (),  # the same
    "word.listed": (),  # the same
    "profile.changed": (MATCH_PROFILE, TELL_WHO_IS_SHOWN, WAIT_ANEW),
    "evidence.kept": (),  # on the profile; it counts in no match
    "evidence.removed": (),  # the same
    "profile.hidden": (MATCH_PROFILE, TELL_INTEREST_OF, STOP_UNSEEN),
    "profile.paused": (MATCH_PROFILE, TELL_INTEREST_OF, STOP_UNSEEN),
    "reason.disputed": (MATCH_PROFILE,),
    "dispute.withdrawn": (MATCH_PROFILE,),
    "opgave.submitted": (TELL_REVIEW_ASKED,),
    "opgave.sent_back": (TELL_SENT_BACK,),
    "opgave.allowed": (TELL_ALLOWED,),
    "opgave.handed_over": (TELL_HANDED_OVER, TELL_TAKEN_OVER, TELL_NEW_OWNER),
    "opgave.moved": (MATCH_OPGAVE,),
    "takeover.proposed": (MAIL_TAKEOVER_PROPOSED,),
    "takeover.decided": (MAIL_TAKEOVER_DECIDED,),
    "takeover.lapsed": (MAIL_TAKEOVER_DECIDED,),
    "co_owner.named": (TELL_CO_OWNER,),
    "review.chosen": (),  # seen when the next opgave is published
    "opgave.drafted": (),  # kept as a fact
    "opgave.published": (MATCH_OPGAVE,),
    "opgave.changed": (MATCH_OPGAVE, HEAR_IN_TIME),
    "opgave.talking": (),  # others can still react
    "opgave.filled": (MATCH_OPGAVE, TELL_INTEREST_IN, STOP_ALL_WAITING, LET_GO),
    "opgave.reopened": (MATCH_OPGAVE, HEAR_IN_TIME, OPEN_AGAIN, TELL_INTEREST_IN),
    "opgave.started": (),  # it was filled before
    "seat.taken": (),  # opgave.filled is told with the last one
    "seat.freed": (),  # opgave.reopened is told with it, when somebody is sought again
    "opgave.ended": (
        MATCH_OPGAVE,
        TELL_EXPIRED,
        TELL_FOLLOWERS,
        END_LOANS_ASKED,
        STOP_ALL_WAITING,
        LET_GO,
    ),
    "opgave.taken_down": (TELL_TAKEN_DOWN,),  # all else follows from its end
    "outcome.given": (TELL_OUTCOME, ANSWER_BY_NO),
    # By somebody: told by the message that comes with it, when it was told before. By the opgave
    # that opened again: the next two tell, of interest and of what was only asked.
    "outcome.taken_back": (),
    "interest.given_back": (TELL_GIVEN_BACK,),
    "outcome.undone": (TELL_OPENED_AGAIN,),
    "interest.shown": (TELL_INTEREST, BEGIN_CONVERSATION),
    # Gone from the page of the opgavehouder with the row itself.
    "interest.withdrawn": (STOP_WAITING,),
    "professional.invited": (TELL_INVITED,),
    "invitation.ended": (TELL_INVITATION_ENDED, STOP_AFTER_NO),
    "conversation.begun": (),  # what begins it is told; kept as a fact
    "question.asked": (),  # its message is told
    "question.published": (TELL_QUESTION_PUBLISHED,),
    "question.revised": (),  # on the page of the opgave
    "question.taken_back": (),  # gone from that page with the row itself
    "answer.due": (TELL_ANSWER_DUE,),
    "answer.late": (TELL_ANSWER_LATE,),
    "message.written": (TELL_MESSAGE,),
    "answer.returned": (MAIL_ANSWER_RETURNED,),
    "report.made": (MAIL_REPORT_MADE,),
    "report.decided": (MAIL_REPORT_DECIDED,),
    "report.put_back": (MAIL_PUT_BACK,),
    "loan.asked": (ANSWER_BY_LOAN, MAIL_LOAN, LOOK_AHEAD),
    "terms.signed": (TELL_SIGNED,),  # the first and the last are told with what they do
    "signature.held_up": (TELL_HELD_UP,),
    "terms.changed": (ANSWER_OF_BORROWER, MAIL_LOAN, LOOK_AHEAD),
    "terms.agreed": (MAIL_LOAN, LOOK_AGAIN_AT_BORROWER),
    "proposal.refused": (MAIL_LOAN,),
    "loan.refused": (ANSWER_OF_BORROWER, MAIL_LOAN),
    "loan.stopped": (MAIL_LOAN,),
    "loan.withdrawn": (MAIL_LOAN,),
    "loan.called_off": (MAIL_LOAN, LOOK_AGAIN_AT_BORROWER),
    "loan.end_moved": (MAIL_LOAN, LOOK_AGAIN_AT_BORROWER),
    "loan.ended": (MAIL_LOAN, LOOK_AGAIN_AT_BORROWER),
    "end_talk.planned": (MAIL_LOAN,),
    "end_talk.nears": (MAIL_LOAN,),
    "remark.made": (MAIL_LOAN,),
    "hours.agreed": (TELL_AGREED,),
    "hours.reopened": (MAIL_LOAN,),
    "completion.reported": (MAIL_CLOSERS,),
    "loan.closed": (MAIL_LOAN, LOOK_AGAIN_AT_BORROWER),
    "feedback.given": (),  # what it says is told to nobody yet
    "feedback.asked": (MAIL_WHO_GAVE_NONE,),
    "feedback.shown": (MAIL_FEEDBACK,),
    "feedback.answered": (MAIL_ANSWERED,),
    "manager.not_reached": (MAIL_UNREACHED,),
    "manager.named": (MAIL_LOAN,),
    "hours.written": (),  # on the page that all three see
    "later.said": (),  # notices and digests look at the row
    "opgave.joined": (TELL_JOINED,),
    "joining.ended": (),  # its notice stands as long as somebody joins
    "opgave.followed": (),  # nobody is told who follows
    "following.ended": (),  # the same
    "joint.asked": (TELL_JOINT_ASKED,),
    "joint.agreed": (TELL_JOINT_AGREED,),
    "joint.left": (TELL_JOINT_LEFT,),
    "hours.booked": (LOOK_AGAIN_AT_LENDER,),  # the pages count the rows themselves
    "hours.reversed": (LOOK_AGAIN_AT_LENDER,),  # of these the borrower is credited
    "account.merged": (),  # the pages count the rows themselves
    "limit.agreed": (),  # seen when the next loan is signed
    "year.settled": (TELL_SETTLED, LOOK_AGAIN_AT_ALL),
    "settling.undone": (),  # the same
    "matches.found": (TELL_MATCHES,),
    "matching.unfinished": (GO_ON_MATCHING,),
}

BY_NAME = {reaction.name: reaction for known in REACTIONS.values() for reaction in known}
NAMES = {fact: tuple(reaction.name for reaction in known) for fact, known in REACTIONS.items()}


def of_group(group: Group) -> frozenset[str]:
    """Names of what the workers of this group do about facts."""
    return frozenset(name for name, reaction in BY_NAME.items() if reaction.group is group)

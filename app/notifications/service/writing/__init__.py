"""Who writes which mail: each says what its templates need to know, or that there is no news."""

from app.notifications.rules import MailKind
from app.notifications.service.writing import (
    access,
    conversations,
    digests,
    loans,
    moderation,
    opgaven,
    reactions,
    roles,
    urenbank,
)

WRITERS = {
    MailKind.LOAN: loans.loan,
    MailKind.TAKEOVER: opgaven.takeover,
    MailKind.HANDED_OVER: opgaven.handed_over,
    MailKind.SIGN_IN: access.sign_in,
    MailKind.ACCESS_ASKED: access.access_asked,
    MailKind.ACCESS_DECIDED: access.access_decided,
    MailKind.ACCOUNT_UNUSED: access.account_unused,
    MailKind.COLLEAGUE_INVITED: access.colleague_invited,
    MailKind.SHUT_OUT: access.shut_out,
    MailKind.ROLE_ENDING: roles.role_ending,
    MailKind.ROLE_PROPOSED: roles.role_proposed,
    MailKind.FACTOR_CHANGED: access.factor_changed,
    MailKind.IDENTITY_JOINED: access.identity_joined,
    MailKind.SIGNED_IN_ELSEWHERE: access.signed_in_elsewhere,
    MailKind.ACCOUNT_ENDED: access.account_ended,
    MailKind.INTEREST_SHOWN: reactions.interest_shown,
    MailKind.MESSAGE: conversations.message,
    MailKind.INVITATION: reactions.invitation,
    MailKind.OUTCOME: reactions.outcome,
    MailKind.ANSWER_AWAITED: reactions.answer_awaited,
    MailKind.ANSWER_RETURNED: conversations.answer_returned,
    MailKind.REPORT_MADE: moderation.report_made,
    MailKind.REPORT_DECIDED: moderation.report_decided,
    MailKind.URENBANK: urenbank.urenbank,
    MailKind.REVIEW: opgaven.review,
    MailKind.DIGEST: digests.digest,
}

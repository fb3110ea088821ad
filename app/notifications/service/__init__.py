"""Telling people: notices, preferences, and every mail from plan to verdict."""

from app.notifications.service.bounces import Found, count_bounces, take_in
from app.notifications.service.letters import (
    Stationery,
    mark_letter,
    preview_digest,
    write_letter,
    write_letters,
)
from app.notifications.service.notices import (
    mark_all_read,
    mark_line,
    tell_interest,
    tell_matches,
    tell_who_is_shown,
)
from app.notifications.service.planning import (
    Turn,
    mail_access_asked,
    mail_access_decided,
    mail_sign_in,
    plan_digests,
)
from app.notifications.service.preferences import (
    choose,
    choose_roads,
    end_at_once,
    leave_out,
    pause_digests,
    set_preference,
    unsubscribe,
)
from app.notifications.service.sending import (
    Claim,
    claim,
    drop,
    mark,
    record,
    release,
    send_again,
    send_all_again,
    settle,
)

__all__ = [
    "Claim",
    "Found",
    "Stationery",
    "Turn",
    "choose",
    "choose_roads",
    "claim",
    "count_bounces",
    "drop",
    "end_at_once",
    "leave_out",
    "mail_access_asked",
    "mail_access_decided",
    "mail_sign_in",
    "mark",
    "mark_all_read",
    "mark_letter",
    "mark_line",
    "pause_digests",
    "plan_digests",
    "preview_digest",
    "record",
    "release",
    "send_again",
    "send_all_again",
    "set_preference",
    "settle",
    "take_in",
    "tell_interest",
    "tell_matches",
    "tell_who_is_shown",
    "unsubscribe",
    "write_letter",
    "write_letters",
]

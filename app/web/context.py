"""What every page needs: who looks, the menu, and whether this is the demo."""

from dataclasses import dataclass
from typing import Any, Literal

from flask import Flask, request, url_for
from flask_login import current_user

from app.accounts import queries as accounts
from app.accounts.rules import may_decide_access
from app.conversations import queries as conversations
from app.core.actor import Actor
from app.core.clock import dutch_day, utc_now
from app.core.dutch import number
from app.core.rights import Right, may
from app.extensions import db
from app.loans import queries as loans
from app.loans.rules import Party
from app.moderation import queries as moderation
from app.notifications import queries as notifications
from app.opgaven import queries as opgaven
from app.opgaven.rules import may_review
from app.settings import Settings
from app.web.auth import SignedIn
from app.web.policy import may_come

INBOX = "notifications.inbox"
BEHEER = "beheer.index"
CONVERSATIONS = "conversations.index"
LOANS = "loans.index"
ASKED = "loans.asked"
FOR_VISITORS = (("Opgaven", "opgaven.index"), ("Over ons", "home.about"))
# Everybody who is signed in finds the pages that their roles let them into.
MENU = (
    ("Opgaven", "opgaven.index"),
    ("Collega's", "people.index"),
    ("Mijn matches", "matching.index"),
    ("Mijn reacties", "responses.index"),
    ("Gesprekken", CONVERSATIONS),
    ("Inzet", LOANS),
    ("Gevraagd aan mij", ASKED),
    ("Mijn profiel", "people.own"),
    ("Onze opgaven", "opgaven.ours"),
    ("Onze uren", "hours.index"),
    ("Netwerk", "network.index"),
    ("Beheer", BEHEER),
    ("Meldingen", INBOX),
)
# Pages that stand in no menu, and the item they belong under.
UNDER = {
    "people.show": "people.index",
    "people.edit": "people.own",
    "people.from_text": "people.own",
    "opgaven.show": "opgaven.index",
    "opgaven.finished": "opgaven.index",
    "opgaven.hire": "opgaven.ours",
    "opgaven.create": "opgaven.ours",
    "opgaven.edit": "opgaven.ours",
    "opgaven.from_text": "opgaven.ours",
    "opgaven.confirm_fill": "opgaven.ours",
    "opgaven.reopen": "opgaven.ours",
    "opgaven.confirm_finish": "opgaven.ours",
    "opgaven.who_else": "opgaven.index",
    "opgaven.hand_over": "opgaven.ours",
    "absent.index": "opgaven.index",
    "absent.propose": "opgaven.index",
    "audit.seen": "people.own",
    "audit.own": "people.own",
    "audit.log": "beheer.index",
    "account.show": "people.own",
    "account.prove": "people.own",
    "at_gemeente.prove": "people.own",
    "proving.sent": "people.own",
    "account.enrol": "people.own",
    "passkeys.add": "people.own",
    "privacy.end_account": "people.own",
    "insight.index": "beheer.index",
    "hours.show": "hours.index",
    "hours.limit": "hours.index",
    "hours.proposal": "hours.index",
    "settling.index": "beheer.index",
    "settling.show": "beheer.index",
    "review.index": "beheer.index",
    "review.send_back": "opgaven.ours",
    "together.combine": "opgaven.ours",
    "opgaven.confirm_withdraw": "opgaven.ours",
    "conversations.show": "conversations.index",
    "conversations.of_opgave": "conversations.index",
    "conversations.ask": "opgaven.index",
    "published.create": "conversations.index",
    "published.edit": "opgaven.ours",
    "loans.ask": "opgaven.index",
    "loans.show": "loans.index",
    "loans.write_hours": "loans.index",
    "loans.change": "loans.index",
    "loans.agreed": "loans.index",
    "loans.refuse": "loans.index",
    "loans.remark": "loans.index",
    "loans.end": "loans.index",
    "loans.call_off": "loans.index",
    "loans.ask_to_withdraw": "loans.index",
    "loans.plan_end_talk": "loans.index",
    "loans.name_manager": "loans.index",
    "loans.agree_on_hours": "loans.index",
    "loans.dispute_hours": "loans.index",
    "loans.report": "loans.index",
    "moderation.report_opgave": "opgaven.index",
    "moderation.report_profile": "people.index",
    "moderation.report_message": "conversations.index",
    "moderation.report_published": "opgaven.index",
    "moderation.report_invitation": "responses.index",
    "moderation.mine": "notifications.inbox",
    "moderation.queue": "beheer.index",
    "moderation.case": "beheer.index",
    "loan_feedback.give": "loans.index",
    "loan_feedback.answer": "loans.index",
    "matching.of_opgave": "opgaven.ours",
    "invitations.invite": "opgaven.ours",
    "invitations.show": "responses.index",
    "outcomes.say_no": "opgaven.ours",
    "outcomes.think_again": "opgaven.ours",
    "outcomes.show": "responses.index",
    "matching.ask_dispute": "matching.index",
    "matching.disputes": "matching.index",
    "matching.disputed": "beheer.index",
    "notifications.preferences": "notifications.inbox",
    "beheer.requests": "beheer.index",
    "beheer.colleagues": "beheer.index",
    "beheer.invite": "beheer.index",
    "beheer.account": "beheer.index",
    "rights.index": "beheer.index",
    "beheer.domains": "beheer.index",
    "beheer.system": "beheer.index",
    "network.show": "network.index",
    "network.as_csv": "network.index",
    "networks.index": "beheer.index",
    "networks.found": "beheer.index",
    "networks.show": "beheer.index",
    "networks.describe": "beheer.index",
    "networks.add": "beheer.index",
    "networks.propose": "beheer.index",
    "mail.show": "beheer.index",
    "vocabulary.index": "beheer.index",
    "vocabulary.concept": "beheer.index",
    "vocabulary.ask_undo": "beheer.index",
    "words.index": "beheer.index",
    "words.show": "beheer.index",
    "words.ask_link": "beheer.index",
    "words.link": "beheer.index",
    "words.ask_concept": "beheer.index",
    "words.make_concept": "beheer.index",
    "words.ask_apart": "beheer.index",
    "words.tell_apart": "beheer.index",
    "words.decisions": "beheer.index",
    "words.ask_undo": "beheer.index",
}


@dataclass(frozen=True)
class MenuItem:
    """`current` is the value for aria-current: this page, a page above it, or nothing."""

    label: str
    href: str
    current: Literal["page", "true", ""]
    badge: str = ""


def bind(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]

    @app.context_processor
    def page_context() -> dict[str, Any]:
        # Functions, so that a page for when the database is away can leave them alone.
        return {
            "viewer": viewer,
            "navigation": navigation,
            "demo": settings.demo_accounts,
            "has_mail_viewer": settings.maildir is not None,
            "quiet_hours": settings.quiet_hours,
            "contact_email": settings.contact_email,
            "code_url": settings.code_url,
        }


def viewer() -> SignedIn | None:
    """Who looks at the page, or None for a visitor."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def navigation() -> list[MenuItem]:
    reader = viewer()
    if reader is None:
        return [_item(label, endpoint) for label, endpoint in FOR_VISITORS]
    counts = _counts(reader.actor)
    return [
        _item(label, endpoint, counts.get(endpoint, 0))
        for label, endpoint in MENU
        if may_come(reader.actor, endpoint) and _has_use_for(reader, endpoint)
    ]


def _has_use_for(reader: SignedIn, endpoint: str) -> bool:
    """Few are ever asked something as a manager; for the others it would be an empty page."""
    return endpoint != ASKED or loans.was_ever_asked(db.session(), reader.actor)


def _counts(actor: Actor) -> dict[str, int]:
    """How much there is to read or to decide behind each item; what has no number has none."""
    session = db.session()
    waiting = loans.waiting(session, actor)
    return {
        INBOX: notifications.count_unread(session, actor, dutch_day(utc_now())),
        CONVERSATIONS: conversations.count_unread(session, actor),
        LOANS: waiting.total(),
        ASKED: waiting[Party.LENDER],
        BEHEER: _waiting_decisions(actor),
    }


def _waiting_decisions(actor: Actor) -> int:
    """Requests to take part, what was reported, and opgaven of the own gemeente to look at."""
    session, code = db.session(), actor.gemeente_code or ""
    requests = accounts.count_waiting_requests(session) if may_decide_access(actor) else 0
    reported = moderation.count_waiting(session) if may(actor, Right.MODERATE) else 0
    to_review = opgaven.count_in_review(session, code) if may_review(actor, code) else 0
    return requests + reported + to_review


def _item(label: str, endpoint: str, count: int = 0) -> MenuItem:
    return MenuItem(label, url_for(endpoint), _current(endpoint), number(count) if count else "")


def _current(endpoint: str) -> Literal["page", "true", ""]:
    here = request.endpoint or ""
    if here == endpoint:
        return "page"
    return "true" if UNDER.get(here) == endpoint else ""

"""Mails about coming in and going: a link to sign in, who asks for access, who left."""

from datetime import date
from typing import Any
from uuid import UUID

from app.accounts import queries as accounts
from app.accounts.events import (
    AccessOffered,
    FactorChanged,
    IdentityJoined,
    PersonAway,
    ProofAsked,
    SignedInElsewhere,
)
from app.accounts.models import AccessRequest, KeptAddress, SignIn, User
from app.accounts.rules import SIGN_IN_LINK_LIVES, AccessState, Away
from app.core.clock import dutch_day
from app.core.dutch import listed
from app.core.outbox import facts_of
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.notifications.models import Delivery
from app.notifications.service.writing.addressed import Addressed, NothingToTell, lines

# Of those who can let somebody in again.
MOST_NAMES = 3


def sign_in(work: Work, delivery: Delivery) -> Addressed:
    sign_in = work.fetch(SignIn, delivery.subject_id)
    # That it has not expired is known since the claim: the mail ends when its link does.
    if sign_in.used_at is not None:
        raise NothingToTell("used")
    user = accounts.by_email(work.session, sign_in.email)
    minutes = int(SIGN_IN_LINK_LIVES.total_seconds() // 60)
    facts = {
        "sign_in_id": sign_in.id,
        # Only of a link by which who is signed in there proves who they are.
        "session_id": _session_to_prove(work, sign_in),
        "name": user.name if user else "",
        "minutes": minutes,
        "is_new": user is None,
    }
    return Addressed(sign_in.email, user.name if user else "", facts)


def _session_to_prove(work: Work, sign_in: SignIn) -> UUID | None:
    asked = facts_of(work.session, (ProofAsked.name,), sign_in_id=sign_in.id)
    return UUID(asked[-1].payload["session_id"]) if asked else None


def access_asked(work: Work, delivery: Delivery) -> Addressed:
    request = work.fetch(AccessRequest, delivery.subject_id)
    reader = work.fetch(User, delivery.user_id)
    if request.state is not AccessState.WAITING:
        raise NothingToTell("decided")
    facts = {"name": reader.name, **_of_request(work, request)}
    return Addressed(reader.email, reader.name, facts)


def access_decided(work: Work, delivery: Delivery) -> Addressed:
    request = work.fetch(AccessRequest, delivery.subject_id)
    if request.state is AccessState.WAITING:
        raise NothingToTell("not decided")
    granted = request.state is AccessState.GRANTED
    facts = {"name": request.name, "granted": granted, **_of_request(work, request)}
    return Addressed(request.email, request.name, facts)


def factor_changed(work: Work, delivery: Delivery) -> Addressed:
    reader = work.fetch(User, delivery.user_id)
    told = facts_of(work.session, (FactorChanged.name,), change_id=delivery.subject_id)
    if not told:
        raise NothingToTell("no such change")
    facts = {
        "name": reader.name,
        "change": told[-1].payload["change"],
        "changed_at": told[-1].occurred_at,
    }
    return Addressed(reader.email, reader.name, facts)


def identity_joined(work: Work, delivery: Delivery) -> Addressed:
    reader = work.fetch(User, delivery.user_id)
    told = facts_of(work.session, (IdentityJoined.name,), change_id=delivery.subject_id)
    if not told:
        raise NothingToTell("no such change")
    facts = {
        "name": reader.name,
        "gemeente_name": gemeenten.by_code(work.session, reader.gemeente_code).name,
        "joined_at": told[-1].occurred_at,
    }
    return Addressed(reader.email, reader.name, facts)


def signed_in_elsewhere(work: Work, delivery: Delivery) -> Addressed:
    reader = work.fetch(User, delivery.user_id)
    told = facts_of(work.session, (SignedInElsewhere.name,), user_id=reader.id)
    if not told:
        raise NothingToTell("no such sign-in")
    facts = {"name": reader.name, "signed_in_at": told[-1].occurred_at}
    return Addressed(reader.email, reader.name, facts)


def account_ended(work: Work, delivery: Delivery) -> Addressed:
    """To whom nothing is known of any more but this address."""
    kept = work.fetch(KeptAddress, delivery.subject_id)
    return Addressed(kept.email, "", {"ended_at": kept.kept_at})


def account_unused(work: Work, delivery: Delivery) -> Addressed:
    reader = work.fetch(User, delivery.user_id)
    told = facts_of(work.session, (PersonAway.name,), user_id=reader.id)
    if reader.told_away == Away.NOT or not told:
        raise NothingToTell("they are back")
    fact = told[-1].payload
    facts = {
        "name": reader.name,
        "step": Away(fact["away"]).name.lower(),
        "has_profile": fact["has_profile"],
        "seen_on": dutch_day(reader.signed_in_at),
        "hidden_on": date.fromisoformat(fact["hidden_on"]),
        "gone_on": date.fromisoformat(fact["gone_on"]),
    }
    return Addressed(reader.email, reader.name, facts)


def colleague_invited(work: Work, delivery: Delivery) -> Addressed:
    """To whom nothing is known of but this address, from who looks after the accounts there."""
    kept = work.fetch(KeptAddress, delivery.subject_id)
    told = facts_of(work.session, (AccessOffered.name,), sign_in_id=kept.id)
    if not told or accounts.by_email(work.session, kept.email) is not None:
        raise NothingToTell("they have an account")
    inviter = work.session.get(User, UUID(told[-1].payload["by_id"]))
    gemeente = gemeenten.of_email(work.session, kept.email, work.today)
    if inviter is None or gemeente is None:
        raise NothingToTell("who invites has left, or the domain is of no gemeente")
    facts = {"inviter_name": inviter.name, "gemeente_name": gemeente.name}
    return Addressed(kept.email, "", facts)


def shut_out(work: Work, delivery: Delivery) -> Addressed:
    reader = work.fetch(User, delivery.user_id)
    if reader.shut_out_at is None:
        raise NothingToTell("let in again")
    asked = accounts.who_let_in(work.session, reader.gemeente_code)
    facts = {
        "name": reader.name,
        "shut_out_at": reader.shut_out_at,
        "lines": lines(reader.shut_out_why),
        "asked": listed([one.name for one in asked[:MOST_NAMES]], last="of"),
    }
    return Addressed(reader.email, reader.name, facts)


def _of_request(work: Work, request: AccessRequest) -> dict[str, Any]:
    gemeente = gemeenten.by_code(work.session, request.gemeente_code)
    return {
        "asker_name": request.name,
        "asker_email": request.email,
        "gemeente_name": gemeente.name,
    }

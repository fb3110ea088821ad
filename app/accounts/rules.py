"""How long things live, what a name and an address are, and who may give which role."""

from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from app.core.actor import Actor, Role
from app.core.faults import Fault, length_fault
from app.core.rights import Right, Scope, may, may_in, scopes

SIGN_IN_LINK_LIVES = timedelta(minutes=30)
SESSION_LIVES = timedelta(hours=12)
# For so long nobody is asked anew who they are, before they do what weighs much.
PROOF_LASTS = timedelta(minutes=15)
# Who has power over others is signed out after so long without a page.
IDLE_WITH_POWER = timedelta(minutes=30)
# How exact the moment of last use is: a page is read more often than it is worth writing down.
SEEN_WITHIN = timedelta(minutes=1)
POWER = frozenset({Role.GEMEENTEBEHEERDER, Role.COORDINATOR, Role.BEHEERDER})
TO_GRANT = {
    Role.OPGAVEHOUDER: Right.GRANT_OPGAVEHOUDER,
    Role.GEMEENTEBEHEERDER: Right.GRANT_GEMEENTEBEHEERDER,
    Role.COORDINATOR: Right.GRANT_COORDINATOR,
    Role.BEHEERDER: Right.GRANT_BEHEERDER,
}
SIGN_IN_LINKS_AN_HOUR = 5
# To all addresses together that have no account: at domains that no gemeente has, and at those of
# gemeenten, where a whole town hall may begin on one morning.
STRANGER_LINKS_AN_HOUR = 200
NEWCOMER_LINKS_AN_HOUR = 1_000
# The domain of who left: no mail arrives there, by RFC 2606, and nobody signs in from it.
NOWHERE = "leads-nowhere.invalid"
NAME_LIMIT = 100
EMAIL_LIMIT = 254
# Nobody is asked more often than this to make an account.
INVITED_WITHIN = timedelta(days=7)
# Of the reason why somebody is kept out.
WHY_LIMIT = 500
PASSKEY_NAME_LIMIT = 60
MOST_PASSKEYS = 10
# Of who somebody is at a provider, by OpenID Connect.
SUBJECT_LIMIT = 255


class Term(StrEnum):
    """For how long a role is given."""

    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    TWO_YEARS = "two_years"


ROLE_WORDS = {
    Role.OPGAVEHOUDER: "opgavehouder",
    Role.GEMEENTEBEHEERDER: "gemeentebeheerder",
    Role.COORDINATOR: "netwerkcoördinator",
    Role.BEHEERDER: "platformbeheerder",
}
# What is given for no one gemeente goes along with who moves to another; other roles stay behind.
OF_ALL = frozenset({Role.COORDINATOR, Role.BEHEERDER})
USUAL_TERM = Term.YEAR
TERM_LIVES = {
    Term.QUARTER: timedelta(days=91),
    Term.HALF_YEAR: timedelta(days=182),
    Term.YEAR: timedelta(days=365),
    Term.TWO_YEARS: timedelta(days=730),
}
# How long a second person has to confirm a role.
PROPOSAL_LIVES = timedelta(days=14)
# So long before its last day people hear that a role ends, and then once more.
ENDS_SOON, ENDS_AT_ONCE = timedelta(days=42), timedelta(days=7)


class AccessState(StrEnum):
    """How a request from an unknown mail domain stands."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"


class WhyKept(StrEnum):
    """Why an address is kept of whom there is no account."""

    # Who looks after accounts asked them to make one.
    INVITED = "invited"
    # They ended theirs, and get one last mail.
    LEFT = "left"


class Hands(StrEnum):
    """Whose hands a role came from. The row says who those people are, as long as they are here;
    this says that there were such people when they are gone.
    """

    ONE = "one"
    TWO = "two"
    # One person, and an operator for want of a second.
    WITH_OPERATOR = "with_operator"
    OPERATOR = "operator"


class ProposalState(StrEnum):
    """How it stands with a role that two people give."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Away(IntEnum):
    """Of what somebody was told who does not sign in any more, in this order."""

    NOT = 0
    # In a month others do not see their profile any more.
    HIDDEN_SOON = 1
    HIDDEN = 2
    # In a month the account goes.
    GONE_SOON = 3


def may_grant(actor: Actor, role: Role, gemeente_code: str) -> bool:
    """Whether the actor gives and ends this role of people of this gemeente."""
    return may_in(actor, TO_GRANT[role], gemeente_code)


def may_grant_to(actor: Actor, role: Role, user_id: UUID, gemeente_code: str) -> bool:
    """Whether the actor gives or prolongs the role of this person; nobody does so of oneself."""
    return actor.user_id != user_id and may_grant(actor, role, gemeente_code)


def last_day(term: Term, today: date) -> date:
    return today + TERM_LIVES[term]


def term_faults(ends_on: date, today: date) -> list[Fault]:
    """What is wrong with a last day of a role."""
    if today <= ends_on <= last_day(Term.TWO_YEARS, today):
        return []
    return [Fault("ends_on", "Een rol loopt tot een dag in de komende twee jaar.")]


def is_warning_due(ends_on: date, warned_on: date | None, today: date) -> bool:
    """Whether people hear today that a role ends on that day."""
    if not today <= ends_on <= today + ENDS_SOON:
        return False
    return warned_on is None or warned_on < ends_on - ENDS_AT_ONCE <= today


def may_manage(actor: Actor, gemeente_code: str) -> bool:
    """Whether the actor looks after the accounts of this gemeente."""
    return may_in(actor, Right.MANAGE_ACCOUNTS, gemeente_code)


def may_decide_access(actor: Actor) -> bool:
    return may(actor, Right.DECIDE_ACCESS)


def has_power(roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles is signed out when nobody is there."""
    return not POWER.isdisjoint(roles)


def is_left_alone(roles: frozenset[Role], seen_at: datetime, now: datetime) -> bool:
    """Whether a session ended because nobody was there."""
    return has_power(roles) and seen_at < now - IDLE_WITH_POWER


def is_lately(proved_at: datetime | None, now: datetime) -> bool:
    """Whether somebody proved who they are so short ago that nobody asks anew."""
    return proved_at is not None and proved_at > now - PROOF_LASTS


def may_end_sessions(actor: Actor, user_id: UUID, gemeente_code: str) -> bool:
    """One's own; and who looks after the accounts of a gemeente those of its people."""
    is_own = actor.user_id == user_id and Scope.OWN in scopes(actor, Right.END_SESSIONS)
    return is_own or may_in(actor, Right.END_SESSIONS, gemeente_code)


def may_shut_out(actor: Actor, gemeente_code: str) -> bool:
    """Whether the actor keeps people of this gemeente out and lets them in again; not oneself."""
    return may_in(actor, Right.SHUT_OUT, gemeente_code)


def may_invite(actor: Actor, gemeente_code: str) -> bool:
    """Whether the actor asks people who work for this gemeente to make an account."""
    return may_in(actor, Right.INVITE_COLLEAGUE, gemeente_code)


def why_faults(why: str) -> list[Fault]:
    """What is wrong with the reason why somebody is kept out."""
    return length_fault("why", why, WHY_LIMIT, needed="Schrijf waarom, de collega leest dit.")


def newcomer_faults(name: str, *, gemeente_known: bool) -> list[Fault]:
    """What is missing or wrong in what somebody tells who signs in for the first time."""
    faults = length_fault("name", name, NAME_LIMIT, needed="Vul je naam in.")
    if name and not any(sign.isalpha() for sign in name):
        faults.append(Fault("name", "In een naam staat minstens één letter."))
    if not gemeente_known:
        faults.append(Fault("gemeente_code", "Kies je gemeente."))
    return faults


def email_faults(text: str) -> list[Fault]:
    """What is wrong with an address; whether its domain takes mail is for the mail to find out."""
    if not text.strip():
        return [Fault("email", "Vul het mailadres in.")]
    if len(text.strip()) > EMAIL_LIMIT:
        return [Fault("email", f"Dit adres is te lang. Het mag {EMAIL_LIMIT} tekens lang zijn.")]
    known = _address_in(text)
    if known is None:
        return [Fault("email", "Dit is geen mailadres. Schrijf het zo: naam@gemeente.nl")]
    if known.ascii_email is None:
        said = "Gebruik voor de @ alleen gewone letters, cijfers en leestekens."
        return [Fault("email", said)]
    return []


def tidy_email(text: str) -> str:
    """The one form in which an address is kept and looked for: as mail knows it, in lower case."""
    known = _address_in(text)
    return ((known and known.ascii_email) or text.strip()).lower()


def mailbox_of(email: str) -> str:
    """Where mail to this address arrives: what follows a plus sign is for the reader only."""
    box, _, domain = tidy_email(email).rpartition("@")
    return f"{box.partition('+')[0]}@{domain}"


def _address_in(text: str) -> ValidatedEmail | None:
    try:
        return validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        return None

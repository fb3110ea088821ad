"""Mails about roles: that one ends soon, or is over."""

from app.accounts import queries as accounts
from app.accounts.models import RoleGrant, User
from app.accounts.rules import ENDS_SOON, ROLE_WORDS, may_grant_to
from app.core.actor import Role
from app.core.dutch import listed
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.notifications.models import Delivery
from app.notifications.service.writing.addressed import Addressed, NothingToTell

MOST_NAMES = 3


def role_ending(work: Work, delivery: Delivery) -> Addressed:
    """To whose role it is, and to who can prolong it or knows who does."""
    grant = work.fetch(RoleGrant, delivery.subject_id)
    reader, person = work.fetch(User, delivery.user_id), work.fetch(User, grant.user_id)
    is_own, is_over = reader.id == person.id, grant.ends_on < work.today
    asked = accounts.who_prolong(work.session, person, grant.role)
    is_news = is_own if is_over else grant.ended_at is None
    if grant.ends_on > work.today + ENDS_SOON or not is_news:
        raise NothingToTell("prolonged, or ended by somebody")
    if not is_own and reader not in asked:
        raise NothingToTell("no longer about it")
    may_prolong = may_grant_to(
        accounts.actor_of(reader), grant.role, person.id, person.gemeente_code
    )
    facts = {
        "name": reader.name,
        "person_name": person.name,
        "role": ROLE_WORDS[grant.role],
        "where": _where(work, person, grant.role),
        "gemeente_code": person.gemeente_code,
        "ends_on": grant.ends_on,
        "is_own": is_own,
        "is_over": is_over,
        "is_last": accounts.is_last(work.session, person, grant.role),
        "may_prolong": may_prolong,
        "asked": listed([one.name for one in asked[:MOST_NAMES]]),
    }
    return Addressed(reader.email, reader.name, facts)


def _where(work: Work, person: User, role: Role) -> str:
    """For which gemeente, to follow on the role; a beheerder is so for all."""
    if role is Role.BEHEERDER:
        return ""
    return f"in {gemeenten.by_code(work.session, person.gemeente_code).name}"

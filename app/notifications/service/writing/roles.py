"""Mails about roles: that one ends soon or is over, and that one waits for a second person."""

from app.accounts import queries as accounts
from app.accounts.models import RoleGrant, RoleProposal, User
from app.accounts.rules import ENDS_SOON, ROLE_WORDS, ProposalState, may_grant, may_grant_to
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
    is_news = is_own if is_over else grant.runs_for(person.gemeente_code, work.today)
    if grant.ends_on > work.today + ENDS_SOON or not is_news:
        raise NothingToTell("prolonged, ended by somebody, or left behind in another gemeente")
    if not is_own and reader not in asked:
        raise NothingToTell("no longer about it")
    may_prolong = may_grant_to(
        accounts.actor_of(reader), grant.role, person.id, person.gemeente_code
    )
    facts = {
        "name": reader.name,
        "person_name": person.name,
        "role": ROLE_WORDS[grant.role],
        "where": _where(work, person, grant),
        "gemeente_code": person.gemeente_code,
        "network_id": grant.network_id,
        "ends_on": grant.ends_on,
        "is_own": is_own,
        "is_over": is_over,
        "is_last": accounts.is_last(work.session, grant, person),
        "may_prolong": may_prolong,
        "asked": listed([one.name for one in asked[:MOST_NAMES]]),
    }
    return Addressed(reader.email, reader.name, facts)


def role_proposed(work: Work, delivery: Delivery) -> Addressed:
    """To who can confirm it; and once it is decided, to who proposed it and who has the role."""
    proposal = work.fetch(RoleProposal, delivery.subject_id)
    reader, person = work.fetch(User, delivery.user_id), work.fetch(User, proposal.user_id)
    if reader not in _readers(work, proposal, person):
        raise NothingToTell("decided, lapsed or no longer about it")
    proposer = work.session.get(User, proposal.proposed_by) if proposal.proposed_by else None
    facts = {
        "name": reader.name,
        "person_name": person.name,
        "role": ROLE_WORDS[proposal.role],
        "where": _where(work, person, proposal),
        "proposer_name": proposer.name if proposer else "",
        "ends_on": proposal.ends_on,
        "lapses_on": proposal.lapses_on,
        "state": proposal.state.value,
        "is_own": reader.id == person.id,
        "is_on_site": may_grant(accounts.actor_of(reader), proposal.role, person.gemeente_code),
    }
    return Addressed(reader.email, reader.name, facts)


def _readers(work: Work, proposal: RoleProposal, person: User) -> list[User]:
    """Whom it is news to as it stands now."""
    if proposal.state is ProposalState.WAITING:
        is_over = proposal.lapses_on < work.today
        others = accounts.deciders(work.session, {person.id, proposal.proposed_by})
        return [] if is_over else others
    proposer = accounts.deciders(work.session, {proposal.decided_by, person.id})
    told = [one for one in proposer if one.id == proposal.proposed_by]
    is_given = proposal.state is ProposalState.CONFIRMED
    has_it = is_given and proposal.role in accounts.roles_of(person)
    return [*told, *([person] if has_it else [])]


def _where(work: Work, person: User, one: RoleGrant | RoleProposal) -> str:
    """For which gemeente or network, to follow on the role; a beheerder is so for all."""
    if one.role is Role.BEHEERDER:
        return ""
    if one.network_id is not None:
        return f"van het netwerk {gemeenten.network(work.session, one.network_id).name}"
    return f"in {gemeenten.by_code(work.session, person.gemeente_code).name}"

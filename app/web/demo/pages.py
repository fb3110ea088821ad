"""The invented people of the demo, grouped by what they may do."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Role
from app.gemeenten import queries as gemeenten
from app.gemeenten.rules import domain_of
from app.people.models import Profile

# Somebody with several roles stands with the widest one.
WIDEST_FIRST = (
    Role.BEHEERDER,
    Role.COORDINATOR,
    Role.GEMEENTEBEHEERDER,
    Role.OPGAVEHOUDER,
    None,
)


@dataclass(frozen=True)
class DemoPerson:
    user_id: UUID
    name: str
    gemeente_name: str
    function: str


@dataclass(frozen=True)
class DemoGroup:
    slug: str
    title: str
    what: str
    people: list[DemoPerson]


@dataclass(frozen=True)
class OwnSignIn:
    """A gemeente with a sign-in of its own, and the address of somebody who has one there."""

    gemeente_name: str
    address: str


GROUPS: tuple[tuple[Role | None, str, str], ...] = (
    (None, "Professionals", "Hebben een profiel en zien welke opgaven bij hen passen."),
    (
        Role.OPGAVEHOUDER,
        "Opgavehouders",
        "Plaatsen opgaven voor hun gemeente en zien welke collega’s daarbij passen.",
    ),
    (
        Role.GEMEENTEBEHEERDER,
        "Gemeentebeheerders",
        "Bepalen wie in hun gemeente opgaven mag plaatsen.",
    ),
    (
        Role.COORDINATOR,
        "Netwerkcoördinator",
        "Ziet hoe het gaat in een netwerk van gemeenten.",
    ),
    (
        Role.BEHEERDER,
        "Platformbeheerders",
        "Laten nieuwe gemeenten toe en houden het systeem in de gaten.",
    ),
)


def demo_groups(session: Session) -> list[DemoGroup]:
    users = accounts.demo_people(session)
    functions = _functions(session)
    names = gemeenten.names_of(session, [user.gemeente_code for user in users])

    def shown(user: User) -> DemoPerson:
        gemeente_name = names[user.gemeente_code]
        return DemoPerson(user.id, user.name, gemeente_name, functions.get(user.id, ""))

    groups = [
        DemoGroup(
            slug=title.lower(),
            title=title,
            what=what,
            people=[shown(user) for user in users if _widest_role(user) is role],
        )
        for role, title, what in GROUPS
    ]
    return [group for group in groups if group.people]


def newcomers_address(session: Session) -> str:
    """An address with which anybody can try out how it is to arrive."""
    known = accounts.demo_people(session)
    return f"iemand@{domain_of(known[0].email)}" if known else ""


def with_own_sign_in(session: Session) -> OwnSignIn | None:
    """A gemeente of the demo whose people sign in there, when there is one."""
    domains = {user.gemeente_code: domain_of(user.email) for user in accounts.demo_people(session)}
    found = gemeenten.with_provider(session, domains)
    if not found:
        return None
    return OwnSignIn(found[0].name, f"nieuwe.collega@{domains[found[0].code]}")


def _functions(session: Session) -> dict[UUID, str]:
    """What the invented people do, past `people.visibility`: who chooses one becomes that person.

    Of real people nothing is read, whatever is in the database.
    """
    found = select(Profile.user_id, Profile.function).join(User, User.id == Profile.user_id)
    return dict(session.execute(found.where(User.is_demo)).all())


def _widest_role(user: User) -> Role | None:
    roles = accounts.roles_of(user)
    return next(role for role in WIDEST_FIRST if role is None or role in roles)

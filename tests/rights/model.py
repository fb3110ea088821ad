"""Who may do what, told once more and shortly: people, roles until a day, browsers, proposals."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

O, G, A = "opgavehouder", "gemeentebeheerder", "beheerder"  # noqa: E741
# Of each network a role of its own.
N, S = "coordinator of noord", "coordinator of zuid"
POWER, OF_ALL = {G, A, N, S}, {A, N, S}
HOURS, IDLE = timedelta(hours=12), timedelta(minutes=30)
LATELY = timedelta(minutes=15)
WAITS = timedelta(days=14)
# Each page with its roles: `near` shows the own gemeente, `far` every one, `open` nothing of one.
PAGES = {
    "/": {},
    "/opgaven/nieuw": {O: "open"},
    "/beheer": {G: "open", A: "open"},
    "/beheer/logboek": {G: "open", A: "open"},
    "/beheer/inzicht": {G: "open", A: "open"},
    "/beheer/beoordelen": {G: "open"},
    "/beheer/aanvragen": {A: "open"},
    "/beheer/systeem": {A: "open"},
    "/beheer/collegas": {G: "near", A: "far"},
    "/beheer/rechten": {G: "near", A: "far"},
    "/netwerk": {N: "open", S: "open"},
}
GIVEN_BY = {O: {G: "near", A: "far"}, G: {A: "far"}, N: {A: "far"}, S: {A: "far"}, A: {}}
# Everybody may know that they are there.
TOLD = {"/opgaven/nieuw"}
SIGN_IN, PROVE, DONE = "sign in", "prove", "done"


@dataclass
class Person:
    gemeente: str
    # Until when, and for which gemeente.
    roles: dict[str, tuple[date, str]] = field(default_factory=dict)
    is_out: bool = False


@dataclass
class Browser:
    person: int
    began: datetime
    seen: datetime
    is_proven: bool


@dataclass
class Proposal:
    proposer: int | None
    gemeente: str
    until: date
    lapses: date


@dataclass
class Model:
    now: datetime
    people: dict[int, Person] = field(default_factory=dict)
    browsers: dict[int, Browser] = field(default_factory=dict)
    proposals: dict[tuple[int, str], Proposal] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.date()

    def roles(self, person: int) -> set[str]:
        """Those that run, and that are for the gemeente where the person works now."""
        if person not in self.people:
            return set()
        home, held = self.people[person].gemeente, self.people[person].roles.items()
        return {
            role
            for role, (until, where) in held
            if until >= self.today and (role in OF_ALL or where == home)
        }

    def hold(self, person: int, role: str, until: date) -> None:
        """The role until then, and never for shorter than they have it."""
        one = self.people[person]
        before = one.roles[role][0] if role in self.roles(person) else until
        one.roles[role] = max(before, until), one.gemeente

    def end(self, person: int, role: str) -> None:
        if role in self.roles(person):
            del self.people[person].roles[role]
        self.proposals.pop((person, role), None)

    def merge(self, old: str, new: str) -> None:
        """Who is opgavehouder stays so, and who looked after the accounts does so no more."""
        for number, one in self.people.items():
            if one.gemeente == old:
                carried = {O} & self.roles(number)
                one.gemeente = new
                for role in carried:
                    one.roles[role] = one.roles[role][0], new

    def beheerders(self, *but: int | None) -> set[int]:
        return {one for one in self.people if A in self.roles(one)} - set(but)

    def alive(self, browser: int) -> Browser | None:
        """Who looks, as far as they are signed in; to look is to be seen."""
        found = self.browsers.get(browser)
        if found is None or found.person not in self.people:
            return None
        if self.people[found.person].is_out or self.now >= found.began + HOURS:
            return None
        if self.roles(found.person) & POWER and found.seen < self.now - IDLE:
            return None
        if found.seen < self.now - timedelta(minutes=1):
            found.seen = self.now
        return found

    def sign_out_elsewhere(self, browser: int) -> str:
        """Of who signed in lately; nobody here has a second step to prove themselves by."""
        looks = self.alive(browser)
        if looks is None:
            return SIGN_IN
        if self.now >= looks.began + LATELY:
            return PROVE
        for other in {k for k, one in self.browsers.items() if one.person == looks.person}:
            if other != browser:
                del self.browsers[other]
        return DONE

    def answer(self, browser: int, table: dict[str, str], where: str, closed: str = "404") -> str:
        """Of a page, or of a deed, that takes one of these roles, about what is of a gemeente."""
        looks = self.alive(browser)
        if looks is None:
            return SIGN_IN
        whole = self.roles(looks.person)
        now = whole if looks.is_proven else whole - POWER
        home = self.people[looks.person].gemeente
        lacks_proof = now != whole
        if not now & set(table):
            return PROVE if whole & set(table) else closed
        if any(table.get(role) in {"open", "far"} for role in now):
            return DONE
        near = any(table.get(role) == "near" for role in now)
        return DONE if near and where == home else PROVE if lacks_proof else "404"

    def page(self, browser: int, page: str, where: str) -> str:
        if not PAGES[page]:
            return DONE
        return self.answer(browser, PAGES[page], where, "403" if page in TOLD else "404")

    def about_role(self, browser: int, person: int, role: str) -> str:
        """What the door says first, and then the room that knows whose role it is."""
        return self.about_account(browser, person, GIVEN_BY[role])

    def about_account(self, browser: int, person: int, table: dict[str, str]) -> str:
        where = self.people[person].gemeente
        first = self.answer(browser, dict.fromkeys(GIVEN_BY[O], "open"), where)
        if first != DONE:
            return first
        then = self.answer(browser, table, where)
        return then if then in {DONE, PROVE} else self._hidden(browser)

    def _hidden(self, browser: int) -> str:
        looks = self.browsers[browser]
        waits = not looks.is_proven and self.roles(looks.person) & POWER
        return PROVE if waits else "404"

    def give(self, by: int | None, person: int, role: str, until: date, *, alone: bool) -> str:
        """Of whom the door let in; `alone` is an operator who says why, and is nobody."""
        if by == person:
            return "409"
        if role in self.roles(person) and self.people[person].roles[role][0] >= until:
            return DONE
        if self.people[person].is_out:
            return "409"
        if role == O or (alone and len(self.beheerders(person)) < 2):
            self.hold(person, role, until)
            return DONE
        if alone or (person, role) in self.proposals:
            return "409"
        home = self.people[person].gemeente
        self.proposals[person, role] = Proposal(by, home, until, self.today + WAITS)
        return DONE

    def shut_out(self, by: int, person: int) -> str:
        """Only by who may end each of the roles; they end with it."""
        near = self.roles(by) & {G} and A not in self.roles(by)
        roles = self.roles(person)
        if by == person:
            return "409"
        if A in roles or (near and roles & POWER):
            return "422"
        if not self.people[person].is_out:
            self.people[person].is_out = True
            for role in roles:
                self.end(person, role)
            self.proposals = {key: one for key, one in self.proposals.items() if key[0] != person}
        return DONE

    def let_in(self, by: int, person: int) -> str:
        if by == person:
            return "409"
        if self.people[person].is_out:
            self.people[person].is_out = False
            self.browsers = {k: one for k, one in self.browsers.items() if one.person != person}
        return DONE

    def decide(self, by: int, key: tuple[int, str], *, confirm: bool) -> str:
        found, (person, role) = self.proposals[key], key
        if found.lapses < self.today:
            return "409"
        if confirm:
            if self.people[person].is_out or found.gemeente != self.people[person].gemeente:
                return "409"
            if found.proposer not in self.beheerders(person):
                return "409"
            if by not in self.beheerders(person, found.proposer):
                return "409"
            self.hold(person, role, found.until)
        del self.proposals[key]
        return DONE

    def sweep(self) -> None:
        """What the clock does: nobody has more or less by it, but what stayed behind is gone."""
        kept = {key: one for key, one in self.proposals.items() if one.lapses >= self.today}
        self.proposals = kept
        for number, one in self.people.items():
            one.roles = {role: one.roles[role] for role in self.roles(number)}

    def leave(self, person: int) -> bool:
        """Nobody goes who is the last to look after the site."""
        if self.beheerders() == {person}:
            return False
        del self.people[person]
        self.browsers = {k: one for k, one in self.browsers.items() if one.person != person}
        self.proposals = {key: one for key, one in self.proposals.items() if key[0] != person}
        for one in self.proposals.values():
            one.proposer = None if one.proposer == person else one.proposer
        return True

"""A passkey proves who it is: on our site, with a finger on it, once, and for its owner only."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import factors, passkeys, queries, service
from app.accounts.events import FactorChanged
from app.accounts.models import Passkey, User
from app.accounts.passkeys import CHALLENGE_LIVES, Site, site_of
from app.accounts.rules import MOST_PASSKEYS, PASSKEY_NAME_LIMIT
from app.core.actor import Role
from app.core.audit import AuditEntry
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import facts_of
from app.core.work import Work
from tests.accounts.test_factors import SECRET, code_at
from tests.support.builders import a_user
from tests.support.passkeys import SITE, Device
from tests.support.work import MONDAY, make_work

HERE = Site("localhost", SITE)


@pytest.fixture
def user(session: Session) -> User:
    return a_user(session, Role.BEHEERDER)


class Door:
    """Somebody before the second step, in one browser."""

    def __init__(self, session: Session, user: User) -> None:
        self.session, self.user = session, user
        self.id = service.begin_session(self.work(), user.id)
        session.flush()

    def work(self, later: timedelta = timedelta()) -> Work:
        return make_work(self.session, self.user, MONDAY + later)

    def invite(self) -> str:
        return passkeys.invite(self.work(), self.id, HERE)

    def add(self, device: Device, name: str = "laptop", options: str = "") -> bool:
        answer = device.make(options or self.invite())
        return passkeys.add(self.work(), self.id, HERE, answer, name)

    def ask(self) -> str:
        return passkeys.ask(self.work(), self.id, HERE)

    def prove(self, answer: str, later: timedelta = timedelta()) -> bool:
        return passkeys.prove(self.work(later), self.id, HERE, answer)

    def use(self, device: Device) -> bool:
        return self.prove(device.sign(self.ask()))

    @property
    def roles(self) -> frozenset[Role]:
        self.session.flush()
        self.session.expire_all()
        found = queries.running_session(self.session, self.id, MONDAY)
        assert found is not None
        return queries.actor_in(found).roles

    @property
    def passkeys(self) -> list[Passkey]:
        return queries.passkeys(self.session, self.user.id)


@pytest.fixture
def door(session: Session, user: User) -> Door:
    return Door(session, user)


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def known(session: Session, user: User, door: Door, device: Device) -> Door:
    """Who added a passkey before, and now comes in another browser."""
    assert door.add(device)
    return Door(session, user)


def changes(door: Door) -> list[str]:
    found = facts_of(door.session, (FactorChanged.name,), user_id=door.user.id)
    return [fact.payload["change"] for fact in found]


def test_who_adds_the_first_passkey_has_given_a_second_proof(door: Door, device: Device) -> None:
    assert door.add(device, "telefoon")

    assert Role.BEHEERDER in door.roles
    assert [one.name for one in door.passkeys] == ["telefoon"]
    assert changes(door) == ["passkey_added"]


def test_later_the_passkey_proves(known: Door, device: Device) -> None:
    assert known.roles == set()

    assert known.use(device)
    assert Role.BEHEERDER in known.roles
    assert [one.used_at for one in known.passkeys] == [MONDAY]


def test_a_device_is_told_to_ask_its_owner(known: Door, session: Session) -> None:
    stranger = Door(session, a_user(session, Role.BEHEERDER))

    assert json.loads(known.ask())["userVerification"] == "required"
    asked = json.loads(stranger.invite())["authenticatorSelection"]
    assert asked["userVerification"] == "required"


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://localhost.evil.example"},
        {"origin": "https://localhost"},
        {"host": "evil.example"},
        {"is_verified": False},
    ],
    ids=["another site", "another scheme", "another host", "no owner"],
)
def test_what_is_not_as_it_must_be_is_refused(
    known: Door, device: Device, wrong: dict[str, object]
) -> None:
    for name, value in wrong.items():
        setattr(device, name, value)

    assert not known.use(device)
    assert known.roles == set()


@pytest.mark.parametrize(
    "wrong", [{"origin": "http://evil.example"}, {"host": "evil.example"}, {"is_verified": False}]
)
def test_no_passkey_is_made_elsewhere_or_without_its_owner(
    door: Door, wrong: dict[str, object]
) -> None:
    assert not door.add(Device(**wrong))  # type: ignore[arg-type]
    assert (len(door.passkeys), len(door.roles)) == (0, 0)


def test_an_answer_works_once(known: Door, session: Session, user: User, device: Device) -> None:
    answer = device.sign(known.ask())
    assert known.prove(answer)

    assert not Door(session, user).prove(answer)


def test_a_question_is_spent_by_a_wrong_answer(known: Door, device: Device) -> None:
    options = known.ask()
    right = device.sign(options)

    assert not known.prove("{}")
    assert not known.prove(right)


def test_a_question_of_one_browser_is_none_of_another(
    known: Door, session: Session, user: User, device: Device
) -> None:
    other = Door(session, user)
    other.ask()

    assert not other.prove(device.sign(known.ask()))


def test_a_question_is_not_answered_late(known: Door, device: Device) -> None:
    assert not known.prove(device.sign(known.ask()), CHALLENGE_LIVES)


def test_an_invitation_is_no_question(known: Door, device: Device, session: Session) -> None:
    assert known.use(device)
    invited = known.invite()

    assert not passkeys.add(known.work(), known.id, HERE, device.sign(invited), "x")
    assert len(known.passkeys) == 1


def test_a_passkey_of_somebody_else_proves_nothing(known: Door, session: Session) -> None:
    theirs = Device()
    assert Door(session, a_user(session, Role.BEHEERDER)).add(theirs)

    assert not known.use(theirs)


def test_a_key_that_is_another_proves_nothing(known: Door, device: Device) -> None:
    assert not known.use(Device(credential=device.credential, signed=10))


def test_a_copy_that_counts_behind_is_refused(
    known: Door, session: Session, user: User, device: Device
) -> None:
    copy = Device(credential=device.credential, key=device.key)
    assert known.use(device)

    assert not Door(session, user).use(copy)


def test_a_device_that_keeps_no_count_works_each_time(
    door: Door, session: Session, user: User
) -> None:
    device = Device(counts=False)
    assert door.add(device)

    assert [Door(session, user).use(device) for _ in range(2)] == [True, True]


def test_one_passkey_is_of_one_person(known: Door, session: Session, device: Device) -> None:
    assert not Door(session, a_user(session, Role.BEHEERDER)).add(device)


@pytest.mark.parametrize(
    "answer", ["", "x", "{}", "[]", "null", "[" * 30_000, '{"id": "a"}', "9" * 9_000, "é" * 50]
)
def test_anything_can_be_sent(known: Door, session: Session, user: User, answer: str) -> None:
    door = Door(session, a_user(session, Role.BEHEERDER))
    door.invite()
    known.ask()

    assert not passkeys.add(door.work(), door.id, HERE, answer, "x")
    assert not known.prove(answer)


def test_a_mailbox_alone_adds_no_passkey_and_no_app(known: Door) -> None:
    with pytest.raises(NotAllowed):
        known.invite()
    with pytest.raises(NotAllowed):
        known.add(Device(), options='{"challenge": "eA"}')
    with pytest.raises(NotAllowed):
        factors.enrol(known.work(), known.id, SECRET, "sealed", code_at())


def test_who_has_an_app_adds_a_passkey_after_a_code(door: Door, session: Session) -> None:
    factors.enrol(door.work(), door.id, SECRET, "sealed", code_at())
    later = Door(session, door.user)

    with pytest.raises(NotAllowed):
        later.invite()
    assert door.add(Device())


def test_several_passkeys_stand_beside_each_other(
    known: Door, session: Session, user: User, device: Device
) -> None:
    assert known.use(device)
    phone = Device()
    assert known.add(phone, "telefoon")

    assert {one.name for one in known.passkeys} == {"laptop", "telefoon"}
    assert Door(session, user).use(phone)


def test_a_device_makes_no_second_one(known: Door, device: Device) -> None:
    assert known.use(device)

    excluded = json.loads(known.invite())["excludeCredentials"]
    assert len(excluded) == 1
    assert not known.add(device)


def test_there_is_an_end_to_it(door: Door) -> None:
    for _ in range(MOST_PASSKEYS):
        assert door.add(Device())

    with pytest.raises(Conflict):
        door.invite()


@pytest.mark.parametrize("name", ["", "x" * (PASSKEY_NAME_LIMIT + 1)])
def test_a_passkey_has_a_name(door: Door, device: Device, name: str) -> None:
    with pytest.raises(FaultyDraft):
        door.add(device, name)


def test_the_only_second_step_of_who_has_power_stays(door: Door, device: Device) -> None:
    assert door.add(device)

    with pytest.raises(Conflict):
        passkeys.remove(door.work(), door.id, door.passkeys[0].id)
    assert len(door.passkeys) == 1


def test_one_of_two_goes(door: Door, session: Session) -> None:
    lost, kept = Device(), Device()
    assert door.add(lost, "kwijt")
    assert door.add(kept, "nog hier")

    gone = next(one.id for one in door.passkeys if one.name == "kwijt")
    passkeys.remove(door.work(), door.id, gone)
    assert [one.name for one in door.passkeys] == ["nog hier"]
    assert changes(door)[-1] == "passkey_removed"
    assert not Door(session, door.user).use(lost)


def test_beside_an_app_the_last_one_goes(door: Door, device: Device) -> None:
    factors.enrol(door.work(), door.id, SECRET, "sealed", code_at())
    assert door.add(device)

    passkeys.remove(door.work(), door.id, door.passkeys[0].id)
    assert door.passkeys == []


def test_who_lost_the_role_may_do_without(door: Door, device: Device) -> None:
    assert door.add(device)
    for grant in door.user.grants:
        grant.ended_at = MONDAY
    door.session.flush()

    passkeys.remove(door.work(), door.id, door.passkeys[0].id)
    assert door.passkeys == []


def test_nobody_removes_anything_before_the_second_step(known: Door) -> None:
    with pytest.raises(NotAllowed):
        passkeys.remove(known.work(), known.id, known.passkeys[0].id)


def test_nobody_removes_that_of_another(known: Door, session: Session) -> None:
    other = Door(session, a_user(session, Role.BEHEERDER))
    assert other.add(Device())

    with pytest.raises(NotFound):
        passkeys.remove(other.work(), other.id, known.passkeys[0].id)


def test_who_has_no_passkey_is_asked_for_none(door: Door) -> None:
    with pytest.raises(NotFound):
        door.ask()


def test_who_lost_everything_begins_anew(known: Door, session: Session, user: User) -> None:
    factors.forget(known.work(), user.id)
    session.expire_all()

    assert known.passkeys == []
    assert changes(known)[-1] == "forgotten"
    assert Door(session, user).add(Device())


def test_what_is_done_with_a_passkey_is_kept(known: Door, session: Session, device: Device) -> None:
    known.ask()
    known.prove("{}")
    assert known.use(device)
    session.flush()

    found = session.scalars(select(AuditEntry.deed).where(AuditEntry.person_id == known.user.id))
    deeds = [deed for deed in found if deed.startswith("factor.")]
    assert deeds == ["factor.passkey_added", "factor.passkey_refused", "factor.passkey_used"]


@pytest.mark.parametrize(
    ("base_url", "site"),
    [
        ("https://nu.example", Site("nu.example", "https://nu.example")),
        ("https://nu.example:8443", Site("nu.example", "https://nu.example:8443")),
        ("http://127.0.0.1:8000", Site("localhost", "http://localhost:8000")),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
    ],
)
def test_a_passkey_is_of_the_address_of_the_product(base_url: str, site: Site) -> None:
    assert site_of(base_url) == site

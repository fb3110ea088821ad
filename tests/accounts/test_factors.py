"""A second proof: codes of an app work once, spare codes too, and guessing leads nowhere."""

from datetime import timedelta
from hashlib import sha256

import pyotp
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import factors, queries, service
from app.accounts.events import FactorChanged
from app.accounts.factors import CLOSED_FOR, MOST_WRONG, SPARE_CODES, STEP, new_secret
from app.accounts.models import SecondFactor, SpareCode, User, UserSession
from app.core.actor import ANYONE, Role
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import facts_of
from app.core.work import Work
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_user
from tests.support.work import MONDAY, make_work

A_STEP = timedelta(seconds=STEP)
SECRET = new_secret()


def code_at(later: timedelta = timedelta(), secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(MONDAY + later)


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

    def enrol(self) -> list[str]:
        return factors.enrol(self.work(), self.id, SECRET, "sealed", code_at())

    def prove(self, code: str, later: timedelta = A_STEP) -> bool:
        return factors.prove(self.work(later), self.id, SECRET, code)

    @property
    def roles(self) -> frozenset[Role]:
        self.session.flush()
        self.session.expire_all()
        found = queries.running_session(self.session, self.id, MONDAY)
        assert found is not None
        return queries.actor_in(found).roles


@pytest.fixture
def door(session: Session, user: User) -> Door:
    return Door(session, user)


@pytest.fixture
def enrolled(session: Session, user: User, door: Door) -> Door:
    """Who coupled an app before, and now comes in another browser."""
    door.enrol()
    return Door(session, user)


def test_without_a_second_proof_nobody_has_power(door: Door) -> None:
    assert door.roles == set()


def test_roles_without_power_need_no_second_proof(session: Session) -> None:
    door = Door(session, a_user(session, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER))

    assert door.roles == {Role.OPGAVEHOUDER}


def test_who_couples_an_app_has_given_the_proof(door: Door) -> None:
    codes = door.enrol()

    assert door.roles == {Role.BEHEERDER}
    assert len(set(codes)) == SPARE_CODES


@pytest.mark.parametrize("code", ["", "000000", "12345", "x" * 300, "１２３４５６"])
def test_an_app_is_coupled_by_a_code_of_it_only(session: Session, door: Door, code: str) -> None:
    with pytest.raises(FaultyDraft):
        factors.enrol(door.work(), door.id, SECRET, "sealed", code)

    assert session.scalars(select(SecondFactor)).all() == []


def test_a_second_app_does_not_come_in_the_place_of_the_first(enrolled: Door) -> None:
    with pytest.raises(Conflict):
        enrolled.enrol()


def test_a_code_of_the_app_proves(enrolled: Door) -> None:
    assert enrolled.roles == set()
    assert enrolled.prove(code_at(A_STEP))
    assert enrolled.roles == {Role.BEHEERDER}


def test_a_code_may_be_typed_with_a_space(enrolled: Door) -> None:
    code = code_at(A_STEP)

    assert enrolled.prove(f"{code[:3]} {code[3:]}")


def test_a_code_that_was_used_proves_nothing_more(
    session: Session, user: User, enrolled: Door
) -> None:
    assert not enrolled.prove(code_at(), timedelta())
    assert enrolled.prove(code_at(A_STEP))
    assert not Door(session, user).prove(code_at(A_STEP))


def test_who_presses_twice_is_let_in_and_not_counted_as_wrong(
    session: Session, user: User, enrolled: Door
) -> None:
    for _ in range(MOST_WRONG + 1):
        assert enrolled.prove(code_at(A_STEP))

    assert session.get_one(SecondFactor, user.id).wrong == 0
    assert Door(session, user).prove(code_at(2 * A_STEP), 2 * A_STEP)


def test_the_second_of_two_presses_waits_for_the_first(new_database: DatabaseMaker) -> None:
    with SharedDatabase(new_database()) as shared:
        with shared.work() as work:
            user = a_user(work.session, Role.BEHEERDER)
            Door(work.session, user).enrol()
            browser, actor = Door(work.session, user).id, queries.actor_of(user)

        def press(work: Work) -> bool:
            # As the door does, before the first press is saved.
            work.fetch(UserSession, browser)
            return factors.prove(work, browser, SECRET, code_at(A_STEP))

        assert shared.overlap(press, press, actor, MONDAY + A_STEP) == (True, True)


def test_an_older_code_proves_nothing_once_a_newer_was_used(
    session: Session, user: User, enrolled: Door
) -> None:
    assert enrolled.prove(code_at(3 * A_STEP), 3 * A_STEP)
    assert not Door(session, user).prove(code_at(2 * A_STEP), 3 * A_STEP)


@pytest.mark.parametrize(("late", "proves"), [(0, True), (1, True), (2, False), (-1, True)])
def test_a_clock_may_be_half_a_minute_off(enrolled: Door, *, late: int, proves: bool) -> None:
    assert enrolled.prove(code_at(5 * A_STEP), (5 + late) * A_STEP) is proves


def test_a_code_of_another_secret_proves_nothing(enrolled: Door) -> None:
    assert not enrolled.prove(code_at(A_STEP, new_secret()))


def test_a_spare_code_proves_once(session: Session, user: User, door: Door) -> None:
    first, second, *_ = door.enrol()
    other = Door(session, user)

    assert other.prove(f"{first[:5]} {first[5:].upper()}")
    third = Door(session, user)
    assert not third.prove(first)
    assert third.prove(second)
    assert queries.count_spare_codes(session, user.id) == SPARE_CODES - 2


def test_who_did_not_use_a_spare_code_hears_that_it_was_used(
    session: Session, user: User, door: Door
) -> None:
    spare = door.enrol()

    assert Door(session, user).prove(code_at(A_STEP))
    assert Door(session, user).prove(spare[0])

    told = facts_of(session, (FactorChanged.name,), user_id=user.id)
    assert [one.payload["change"] for one in told] == ["enrolled", "spare_used"]


@pytest.mark.parametrize("secret", [None, ""])
def test_of_a_secret_that_does_not_open_no_code_proves(
    session: Session, user: User, door: Door, secret: str | None
) -> None:
    spare = door.enrol()
    other = Door(session, user)

    assert not factors.prove(other.work(A_STEP), other.id, secret, code_at(A_STEP))
    assert factors.prove(other.work(A_STEP), other.id, secret, spare[0])


def test_spare_codes_of_another_prove_nothing(session: Session, door: Door) -> None:
    codes = door.enrol()
    other = Door(session, a_user(session, Role.BEHEERDER))
    other.enrol()

    assert not Door(session, other.user).prove(codes[0])


def test_spare_codes_are_kept_as_hashes_only(session: Session, door: Door) -> None:
    codes = door.enrol()
    session.flush()

    kept = b"".join(session.scalars(select(SpareCode.hash)))
    assert not any(code.encode() in kept for code in codes)


def test_a_spare_code_is_hashed_slowly_and_for_one_person(session: Session, door: Door) -> None:
    codes = door.enrol()
    session.flush()

    kept, name = set(session.scalars(select(SpareCode.hash))), door.user.id.bytes
    quick = {sha256(start + one.encode()).digest() for one in codes for start in (b"", name)}
    assert (len(kept), kept & quick) == (SPARE_CODES, set())
    with_id = Argon2id(salt=name, length=32, iterations=2, lanes=1, memory_cost=19 * 1024)
    assert with_id.derive(codes[0].encode()) in kept


def test_a_code_on_paper_of_before_still_works_once(session: Session, door: Door) -> None:
    door.enrol()
    old = "abcde23456"  # pragma: allowlist secret
    quick = sha256(door.user.id.bytes + old.encode()).digest()
    session.add(SpareCode(user_id=door.user.id, hash=quick))
    session.flush()

    assert Door(session, door.user).prove(old)
    assert not Door(session, door.user).prove(old)


def test_new_spare_codes_come_in_the_place_of_the_old(session: Session, door: Door) -> None:
    old = door.enrol()
    new = factors.renew_spare_codes(door.work())
    other = Door(session, door.user)

    assert not other.prove(old[0])
    assert other.prove(new[0])
    assert queries.count_spare_codes(session, door.user.id) == SPARE_CODES - 1


def test_too_many_wrong_codes_close_the_door_for_a_while(enrolled: Door) -> None:
    for _ in range(MOST_WRONG):
        assert not enrolled.prove("000000")

    with pytest.raises(Conflict):
        enrolled.prove(code_at(A_STEP))
    later = A_STEP + CLOSED_FOR
    assert enrolled.prove(code_at(later), later)


def test_wrong_codes_of_one_close_nobody_elses_door(session: Session, enrolled: Door) -> None:
    other = Door(session, a_user(session, Role.BEHEERDER))
    other.enrol()
    for _ in range(MOST_WRONG):
        enrolled.prove("000000")

    assert other.prove(code_at(A_STEP))


def test_a_right_code_lets_wrong_ones_be_forgotten(
    session: Session, user: User, enrolled: Door
) -> None:
    for step in range(1, 4):
        browser = Door(session, user)
        for _ in range(MOST_WRONG - 1):
            assert not browser.prove("000000", step * A_STEP)
        assert browser.prove(code_at(step * A_STEP), step * A_STEP)


def test_nobody_proves_in_the_browser_of_another(session: Session, enrolled: Door) -> None:
    stranger = Door(session, a_user(session, Role.BEHEERDER))

    with pytest.raises(NotFound):
        factors.prove(enrolled.work(A_STEP), stranger.id, SECRET, code_at(A_STEP))


def test_who_lost_everything_couples_an_app_anew(session: Session, user: User, door: Door) -> None:
    door.enrol()

    factors.forget(make_work(session), user.id)

    assert session.scalars(select(UserSession)).all() == []
    assert Door(session, user).enrol()


def test_there_is_nothing_to_forget_of_who_has_no_app(session: Session, user: User) -> None:
    with pytest.raises(NotFound):
        factors.forget(make_work(session), user.id)


def test_nobody_is_no_person(session: Session, door: Door) -> None:
    with pytest.raises(NotFound):
        factors.enrol(make_work(session, ANYONE), door.id, SECRET, "sealed", code_at())


def test_whoever_changes_the_second_step_has_it_told_to_its_owner(
    session: Session, user: User, door: Door
) -> None:
    door.enrol()
    factors.renew_spare_codes(door.work())
    elsewhere = Door(session, user)
    for _ in range(MOST_WRONG):
        elsewhere.prove("000000")
    factors.forget(make_work(session), user.id)
    session.flush()

    told = facts_of(session, (FactorChanged.name,), user_id=user.id)

    assert [one.payload["change"] for one in told] == ["enrolled", "renewed", "closed", "forgotten"]
    assert len({one.payload["change_id"] for one in told}) == 4

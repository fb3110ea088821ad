"""Who is kept out: nobody finds them, nothing is mailed to them, and others go on without them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import RoleGrant, User
from app.accounts.queries import actor_of
from app.accounts.rules import WHY_LIMIT
from app.core.actor import Role
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import facts_of
from app.loans.queries import of_any
from app.loans.rules import Party
from app.loans.words import whom_to_ask_instead
from app.notifications import service as notifications
from app.notifications.models import Delivery, Notice
from app.notifications.rules import DeliveryState, MailKind, NoticeKind, due_on
from app.opgaven.models import Opgave
from app.opgaven.queries import contacts
from app.opgaven.rules import Part
from app.people import queries as people
from app.people.models import Profile
from app.people.queries import Search
from app.people.rules import ProfileState
from app.people.service import put_back, take_down
from app.privacy.shutting_out import shut_out
from tests.conversations.builders import a_question
from tests.loans.builders import a_lender, a_loan, a_running_loan, parties
from tests.notifications.builders import a_delivery, a_told_match
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

WHY = "Je werkt hier niet meer."


def a_keeper(session: Session, user: User) -> User:
    return a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=user.gemeente_code)


def keep_out(session: Session, user: User) -> User:
    keeper = a_keeper(session, user)
    shut_out(make_work(session, keeper), user.id, WHY)
    session.flush()
    return keeper


def test_a_session_that_ran_opens_nothing_and_stays_closed_for_who_is_let_in(
    session: Session,
) -> None:
    user = a_user(session, Role.OPGAVEHOUDER)
    begun = accounts_service.begin_session(make_work(session, user), user.id)
    keeper = keep_out(session, user)

    assert accounts.running_session(session, begun, MONDAY) is None
    assert accounts.is_shut_out(session, begun)
    with pytest.raises(Conflict, match="kept out"):
        accounts_service.begin_session(make_work(session, user), user.id)

    accounts_service.let_in(make_work(session, keeper), user.id)
    session.flush()

    assert accounts.running_session(session, begun, MONDAY) is None
    assert accounts_service.begin_session(make_work(session, user), user.id)
    assert (user.shut_out_at, user.shut_out_why, accounts.roles_of(user)) == (None, "", frozenset())


@pytest.mark.parametrize(
    ("role", "at_home", "may"),
    [
        (Role.GEMEENTEBEHEERDER, True, True),
        (Role.GEMEENTEBEHEERDER, False, False),
        (Role.BEHEERDER, False, True),
        (Role.OPGAVEHOUDER, True, False),
    ],
)
def test_an_account_is_closed_by_who_looks_after_it(
    session: Session, role: Role, *, at_home: bool, may: bool
) -> None:
    user = a_user(session)
    home = {"gemeente_code": user.gemeente_code} if at_home else {}
    work = make_work(session, a_user(session, role, **home))

    if may:
        shut_out(work, user.id, WHY)
        assert user.shut_out_at == MONDAY
        return
    with pytest.raises(NotFound):
        shut_out(work, user.id, WHY)
    with pytest.raises(NotFound):
        accounts_service.let_in(work, user.id)


def test_nobody_closes_their_own_account_or_one_with_a_role_that_they_do_not_end(
    session: Session,
) -> None:
    keeper = a_user(session, Role.GEMEENTEBEHEERDER)
    other = a_keeper(session, keeper)
    for user in (keeper, other):
        with pytest.raises(Conflict):
            shut_out(make_work(session, keeper), user.id, WHY)
    assert other.shut_out_at is None

    shut_out(make_work(session, a_user(session, Role.BEHEERDER)), other.id, WHY)

    assert accounts.roles_of(other) == frozenset()


@pytest.mark.parametrize("why", ["", "x" * (WHY_LIMIT + 1)])
def test_a_reason_is_said(session: Session, why: str) -> None:
    user = a_user(session)

    with pytest.raises(FaultyDraft):
        shut_out(make_work(session, a_keeper(session, user)), user.id, why)


def test_who_is_kept_out_gets_no_role(session: Session) -> None:
    user = a_user(session)
    keeper = keep_out(session, user)

    with pytest.raises(Conflict):
        accounts_service.grant_role(make_work(session, keeper), user.id, Role.OPGAVEHOUDER)

    assert session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).all() == []


def test_roles_end_and_the_profile_is_found_by_nobody(session: Session) -> None:
    profile = a_profile(session, "wmo")
    user = session.get_one(User, profile.user_id)
    seeker = actor_of(a_user(session, Role.OPGAVEHOUDER))
    found = people.search(session, seeker, Search(), 1, TODAY).total

    keep_out(session, user)

    assert (found, people.search(session, seeker, Search(), 1, TODAY).total) == (1, 0)
    assert session.get_one(Profile, user.id).state is ProfileState.PAUSED
    assert facts_of(session, ("profile.paused",), user_id=user.id)


def test_a_profile_that_was_taken_down_does_not_come_back_by_itself(session: Session) -> None:
    profile = a_profile(session, "wmo")
    moderator = make_work(session, a_user(session, Role.BEHEERDER))
    take_down(moderator, profile.user_id)
    keep_out(session, session.get_one(User, profile.user_id))

    put_back(moderator, profile.user_id)

    assert profile.state is ProfileState.PAUSED


def test_a_mail_that_is_claimed_after_it_does_not_go_and_no_digest_is_planned(
    session: Session,
) -> None:
    told = a_told_match(session, told_at=MONDAY - timedelta(hours=1))
    user = told.professional
    for kind in (MailKind.DIGEST, MailKind.MESSAGE):
        a_delivery(session, user, kind=kind)
    work = make_work(session)
    claims = notifications.claim(work, 10)
    keep_out(session, user)

    marked = [notifications.mark(work, one) for one in claims]
    session.flush()
    turn = notifications.plan_digests(make_work(session), due_on(TODAY), everybody=True)

    mails = session.scalars(select(Delivery).where(Delivery.user_id == user.id)).all()
    assert (len(claims), marked) == (2, [False, False])
    assert {(mail.state, mail.last_answer) for mail in mails} == {
        (DeliveryState.SUPPRESSED, "shut out")
    }
    assert turn.planned <= 1


def test_one_mail_tells_why_and_is_the_only_one_that_still_goes(session: Session) -> None:
    user = a_user(session)
    keep_out(session, user)
    for _ in range(2):
        notifications.mail_shut_out(make_work(session), user.id)
    work = make_work(session)

    (claimed,) = notifications.claim(work, 10)

    assert claimed.kind is MailKind.SHUT_OUT
    assert notifications.mark(work, claimed)


def test_a_co_owner_goes_on_alone_and_else_the_beheerders_are_the_contact(
    session: Session,
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    second = a_user(session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)
    shared = an_opgave(session, owner=owner, co_owner_id=second.id)
    alone = an_opgave(session, owner=owner)
    reader = actor_of(a_user(session))

    keeper = keep_out(session, owner)

    parts = [
        [(one.name, one.part) for one in contacts(session, reader, it)] for it in (shared, alone)
    ]
    assert parts == [[(second.name, Part.OWNER)], [(keeper.name, Part.BEHEERDER)]]
    handed = facts_of(session, ("opgave.handed_over",), opgave_id=shared.id)
    assert [one.payload["to_id"] for one in handed] == [str(second.id)]
    assert session.get_one(Opgave, alone.id).owner_id == owner.id


def test_who_wrote_with_them_hears_that_nobody_answers(session: Session) -> None:
    talk = a_question(session)

    keep_out(session, talk.professional)

    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.ASKER_LEFT)).all()
    assert [one.user_id for one in told] == [talk.owner.id]


def test_who_named_them_as_manager_names_another(session: Session) -> None:
    who = parties(session)
    loan = a_loan(session, who)
    manager = a_user(session, email=who.manager.email, gemeente_code=who.professional.gemeente_code)

    keep_out(session, manager)

    assert loan.manager_unreached_at == MONDAY
    assert facts_of(session, ("manager.not_reached",), loan_id=loan.id)


def test_a_loan_says_with_whom_to_speak_instead(session: Session) -> None:
    who = parties(session)
    loan = a_running_loan(session, who)
    before = whom_to_ask_instead(of_any(session, loan.id), Party.BORROWER)

    keep_out(session, who.professional)
    session.expire_all()

    seen = of_any(session, loan.id)
    assert before == ""
    assert f"Overleg met {loan.manager_name} van gemeente" in whom_to_ask_instead(
        seen, Party.BORROWER
    )
    assert f"Overleg met {who.borrower.name}" in whom_to_ask_instead(seen, Party.LENDER)


def test_let_in_is_told_and_kept_once(session: Session) -> None:
    user = a_lender(session)
    keeper = keep_out(session, user)
    work = make_work(session, keeper)
    shut_out(work, user.id, "Nog eens.")
    for _ in range(2):
        accounts_service.let_in(work, user.id)
    session.flush()

    told = [
        len(facts_of(session, (name,), user_id=user.id))
        for name in ("person.shut_out", "person.let_in")
    ]
    assert told == [1, 1]
    notifications.mail_shut_out(make_work(session), user.id)
    assert session.scalars(select(Delivery.kind)).all() == []

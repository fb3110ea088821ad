"""What is saved between the writing of a digest and its dot keeps that letter back."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Executable, delete, event, func, update
from sqlalchemy.orm import Session

from app.accounts.models import RoleGrant, User
from app.core.actor import Actor, Role
from app.core.mail import Letter
from app.core.work import Work
from app.matching.models import Match
from app.notifications import service
from app.notifications.models import (
    AddressHealth,
    ChannelChoice,
    Delivery,
    LeftOutSkill,
    LeftOutTheme,
    Preference,
)
from app.notifications.rules import Channel, DeliveryState, Family, Frequency
from app.notifications.service import Claim, Stationery, health
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState, Visibility
from app.responses.models import Response
from app.responses.rules import Answer
from app.vocabulary.merging import merge_concepts
from app.vocabulary.rules import Theme, normalise
from tests.conftest import DatabaseMaker
from tests.notifications.builders import a_delivery, a_told_match, interest_in
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_concept
from tests.support.work import MONDAY, TODAY, make_work

# The ids of who and what a digest is about, and of its reader.
Ids = Any
Change = Callable[[Ids], Any]


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


def of_reader(ids: Ids, row: type[Any], **values: Any) -> Any:
    return row(user_id=ids.reader, **values)


def of_opgave(ids: Ids, **values: Any) -> Executable:
    return update(Opgave).where(Opgave.id == ids.opgave).values(**values)


def of_mail(ids: Ids, **values: Any) -> Executable:
    return update(Delivery).where(Delivery.id == ids.delivery).values(**values)


def of_match(ids: Ids) -> Any:
    return (Match.opgave_id == ids.opgave) & (Match.profile_id == ids.professional)


def left_out_skill(ids: Ids, label: str) -> LeftOutSkill:
    return LeftOutSkill(user_id=ids.reader, label=label, label_normal=normalise(label))


ANY_READER: dict[str, Change] = {
    "withdrawn": lambda ids: of_opgave(ids, status=OpgaveStatus.WITHDRAWN),
    "closed": lambda ids: of_opgave(ids, status=OpgaveStatus.DONE),
    "edited": lambda ids: of_opgave(ids, title="Anders", version=Opgave.version + 1),
    "address": lambda ids: (
        update(User).where(User.id == ids.reader).values(email=f"{ids.reader}@b.example")
    ),
    "reader renamed": lambda ids: update(User).where(User.id == ids.reader).values(name="Jo"),
    "unsubscribed": lambda ids: of_reader(ids, Preference, frequency=Frequency.NEVER),
    "kept out": lambda ids: update(User).where(User.id == ids.reader).values(shut_out_at=MONDAY),
    "paused": lambda ids: of_reader(ids, Preference, paused_until=TODAY + timedelta(days=1)),
    "match changed": lambda ids: update(Match).where(of_match(ids)).values(value=41),
    "match gone": lambda ids: delete(Match).where(of_match(ids)),
}
PROFESSIONAL: dict[str, Change] = {
    **ANY_READER,
    "theme left out": lambda ids: of_reader(ids, LeftOutTheme, theme=Theme.WONEN),
    "skill left out": lambda ids: left_out_skill(ids, ids.label),
    "answered": lambda ids: of_reader(
        ids,
        Response,
        opgave_id=ids.opgave,
        answer=Answer.INTERESTED,
        answered_at=MONDAY,
    ),
    "another road": lambda ids: of_reader(
        ids, ChannelChoice, family=Family.MATCHES, channel=Channel.INBOX
    ),
}
OWNER: dict[str, Change] = {
    **ANY_READER,
    "role ended": lambda ids: (
        update(RoleGrant).where(RoleGrant.user_id == ids.reader).values(ended_at=MONDAY)
    ),
    "colleague hidden": lambda ids: (
        update(Profile)
        .where(Profile.user_id == ids.professional)
        .values(visibility=Visibility.HIDDEN)
    ),
    "colleague paused": lambda ids: (
        update(Profile).where(Profile.user_id == ids.professional).values(state=ProfileState.PAUSED)
    ),
    "colleague renamed": lambda ids: (
        update(User).where(User.id == ids.professional).values(name="Jo")
    ),
    "colleague erased": lambda ids: delete(User).where(User.id == ids.professional),
}

# What the version says nothing of, so that the mark itself has to look at it.
MAIL: dict[str, Change] = {
    "lease over": lambda ids: of_mail(ids, lease_until=func.now() - timedelta(seconds=1)),
    "taken over": lambda ids: of_mail(ids, lease_owner=uuid4()),
    "too old": lambda ids: of_mail(ids, expires_at=func.now() - timedelta(seconds=1)),
    "ended": lambda ids: of_mail(ids, state=DeliveryState.UNKNOWN),
    "address came back": lambda ids: AddressHealth(
        address_hash=ids.address_hash,
        suppressed_since=MONDAY,
        reason=health.Reason.GONE,
    ),
}


def a_match(session: Session, *, of_owner: bool) -> Ids:
    told = a_told_match(session, told_at=MONDAY - timedelta(hours=1), themes=[Theme.WONEN.value])
    reader = told.owner if of_owner else told.professional
    return SimpleNamespace(
        reader=reader.id,
        professional=told.professional.id,
        opgave=told.opgave.id,
        label=told.opgave.skills[0].label,
        delivery=a_delivery(session, reader, news_until=MONDAY).id,
    )


def an_interest(session: Session) -> Ids:
    """Of a colleague whose match is gone, told to a reader who wants it in a digest."""
    ids = a_match(session, of_owner=True)
    session.add(of_reader(ids, ChannelChoice, family=Family.RESPONSES, channel=Channel.DIGEST))
    opgave = session.get_one(Opgave, ids.opgave)
    ids.interested = interest_in(session, opgave, at=MONDAY - timedelta(hours=1)).id
    return ids


def a_claim(shared: SharedDatabase, made: Callable[[Session], Ids]) -> tuple[Ids, Claim]:
    """The mail and nothing that was left by another test."""
    with shared.work() as work:
        work.session.execute(delete(Delivery))
        ids = made(work.session)
    with shared.work() as work:
        [claimed] = service.claim(work, 20)
    return ids, claimed


def is_marked_after(
    shared: SharedDatabase,
    stationery: Stationery,
    made: Callable[[Session], Ids],
    change: Callable[[Work, Ids], None],
) -> bool:
    """Whether a letter goes that was written before somebody else saved this change."""
    ids, claimed = a_claim(shared, made)
    with shared.work() as work:
        letter = service.write_letter(work, stationery, claimed)
    assert letter is not None
    ids.address_hash = letter.address_hash
    with shared.work() as work:
        change(work, ids)
    with shared.work() as work:
        return service.mark_letter(work, claimed, letter)


def saving(change: Change) -> Callable[[Work, Ids], None]:
    def save(work: Work, ids: Ids) -> None:
        made = change(ids)
        if isinstance(made, Executable):
            work.session.execute(made)
        else:
            work.session.add(made)

    return save


@pytest.mark.parametrize("change", PROFESSIONAL.values(), ids=PROFESSIONAL)
def test_what_changes_keeps_back_the_letter_to_a_professional(
    shared: SharedDatabase, stationery: Stationery, change: Change
) -> None:
    made = lambda session: a_match(session, of_owner=False)  # noqa: E731
    assert not is_marked_after(shared, stationery, made, saving(change))


@pytest.mark.parametrize("change", OWNER.values(), ids=OWNER)
def test_what_changes_keeps_back_the_letter_to_an_opgavehouder(
    shared: SharedDatabase, stationery: Stationery, change: Change
) -> None:
    made = lambda session: a_match(session, of_owner=True)  # noqa: E731
    assert not is_marked_after(shared, stationery, made, saving(change))


@pytest.mark.parametrize("change", MAIL.values(), ids=MAIL)
def test_what_becomes_of_the_mail_itself_keeps_the_letter_back(
    shared: SharedDatabase, stationery: Stationery, change: Change
) -> None:
    made = lambda session: a_match(session, of_owner=False)  # noqa: E731
    assert not is_marked_after(shared, stationery, made, saving(change))


def test_what_is_saved_while_the_letter_is_written_keeps_it_back(
    shared: SharedDatabase, stationery: Stationery
) -> None:
    ids, claimed = a_claim(shared, lambda session: a_match(session, of_owner=False))

    def withdraw(*told: Any) -> None:
        if "AS digest" in told[2]:
            with shared.work() as other:
                other.session.execute(of_opgave(ids, status=OpgaveStatus.WITHDRAWN))

    with shared.work() as work:
        event.listen(work.session.connection(), "after_cursor_execute", withdraw)
        letter = service.write_letter(work, stationery, claimed)

    assert letter is not None
    with shared.work() as work:
        assert not service.mark_letter(work, claimed, letter)


def test_who_is_erased_while_a_letter_is_written_or_looked_at_gets_none(
    shared: SharedDatabase, stationery: Stationery
) -> None:
    def erased_meanwhile(deed: Callable[[Work, Claim], Any]) -> Any:
        ids, claimed = a_claim(shared, lambda session: a_match(session, of_owner=False))

        def erase(*told: Any) -> None:
            if "FROM delivery d WHERE" in told[2]:
                with shared.work() as other:
                    other.session.execute(delete(User).where(User.id == ids.reader))

        with shared.work() as work:
            event.listen(work.session.connection(), "after_cursor_execute", erase)
            return deed(work, claimed)

    letter = Letter("jan@x.example", "Jan", "", "", "", "<1@x.example>")

    written = erased_meanwhile(
        lambda work, claimed: service.write_letter(work, stationery, claimed)
    )
    is_marked = erased_meanwhile(lambda work, claimed: service.mark_letter(work, claimed, letter))

    assert (written, is_marked) == (None, False)


def test_interest_that_is_withdrawn_keeps_the_letter_back(
    shared: SharedDatabase, stationery: Stationery
) -> None:
    def withdraw(work: Work, ids: Ids) -> None:
        work.session.execute(delete(Response).where(Response.user_id == ids.interested))

    assert not is_marked_after(shared, stationery, an_interest, withdraw)


def test_a_word_that_now_means_what_is_left_out_keeps_the_letter_back(
    shared: SharedDatabase, stationery: Stationery
) -> None:
    def leaving_out(session: Session) -> Ids:
        ids = a_match(session, of_owner=False)
        other = f"anders {uuid4().hex}"
        ids.same, ids.other = a_concept(session, ids.label).id, a_concept(session, other).id
        session.add(left_out_skill(ids, other))
        return ids

    def merge(work: Work, ids: Ids) -> None:
        beheerder = Actor(UUID(int=1), roles=frozenset({Role.BEHEERDER}))
        merge_concepts(make_work(work.session, beheerder), ids.other, ids.same)

    assert not is_marked_after(shared, stationery, leaving_out, merge)


def test_without_a_change_the_letter_goes(shared: SharedDatabase, stationery: Stationery) -> None:
    made = lambda session: a_match(session, of_owner=True)  # noqa: E731
    assert is_marked_after(shared, stationery, made, lambda work, ids: None)  # noqa: ARG005


def test_of_two_digests_to_one_reader_that_are_marked_at_once_one_goes(
    shared: SharedDatabase, stationery: Stationery
) -> None:
    ids, claimed = a_claim(shared, lambda session: a_match(session, of_owner=False))
    with shared.work() as work:
        a_delivery(work.session, work.fetch(User, ids.reader), news_until=MONDAY)
    with shared.work() as work:
        [other] = service.claim(work, 20)
    with shared.work() as work:
        first = service.write_letter(work, stationery, claimed)
    with shared.work() as work:
        second = service.write_letter(work, stationery, other)
    assert first is not None
    assert second is not None

    marked = shared.overlap(
        lambda work: service.mark_letter(work, claimed, first),
        lambda work: service.mark_letter(work, other, second),
    )

    assert marked == (True, False)

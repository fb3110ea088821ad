"""What a letter says is true and allowed at the moment of writing, not at that of planning."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import AccessRequest, SignIn, User
from app.accounts.proving import ask_link
from app.accounts.rules import AccessState
from app.accounts.service import begin_session
from app.core.actor import Role
from app.core.clock import AMSTERDAM
from app.core.mail import Answer, Letter, Verdict
from app.core.phases import Phase
from app.core.verp import mail_of
from app.core.work import Work
from app.matching.core.search import NOT_SHOWN
from app.notifications import service
from app.notifications.models import AddressHealth, Delivery, Preference
from app.notifications.rules import Channel, DeliveryState, Family, MailKind, due_on
from app.notifications.service import Claim, Stationery, health
from app.notifications.service.health import Reason
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState, Visibility
from app.people.visibility import OWN_PHRASES_ON_CARD
from tests.notifications.builders import Told, a_delivery, a_told_match, interest_in
from tests.support.builders import a_gemeente, a_skill, a_user, an_opgave
from tests.support.queries import counted
from tests.support.work import TODAY, make_work

A_MINUTE = timedelta(minutes=1)
BEFORE_MIDNIGHT = datetime.combine(TODAY, time(23, 59), AMSTERDAM)


@pytest.fixture
def work(session: Session) -> Work:
    return make_work(session)


def write(work: Work, stationery: Stationery, delivery: Delivery) -> Letter | None:
    claimed = claim_of(work, delivery)
    letter = service.write_letter(work, stationery, claimed)
    work.session.flush()
    work.session.refresh(delivery)
    return letter


def claim_of(work: Work, delivery: Delivery) -> Claim:
    claims = {one.delivery_id: one for one in service.claim(work, 20)}
    return claims[delivery.id]


def a_digest_for(work: Work, user: User, **changed: Any) -> Delivery:
    return a_delivery(work.session, user, **{"news_until": work.now, **changed})


def told_before(work: Work) -> Told:
    return a_told_match(
        work.session, told_at=work.now - A_MINUTE, title="Een rotonde bij het station"
    )


# The digest


def test_a_professional_reads_of_the_opgave_and_why_it_fits(
    work: Work, stationery: Stationery
) -> None:
    told = told_before(work)

    letter = write(work, stationery, a_digest_for(work, told.professional))

    assert letter is not None
    label = told.profile.skills[0].label
    assert (letter.to, letter.to_name) == (told.professional.email, told.professional.name)
    for part in (letter.text, letter.html):
        assert "Een rotonde bij het station" in part
        assert f"Op je profiel: {label}." in part
        assert f"/opgaven/{told.opgave.id}" in part


def test_an_opgavehouder_reads_of_the_colleague(work: Work, stationery: Stationery) -> None:
    told = told_before(work)

    letter = write(work, stationery, a_digest_for(work, told.owner))

    assert letter is not None
    assert told.professional.name in letter.text
    assert "Een rotonde bij het station" in letter.text


@pytest.mark.parametrize("visibility", [Visibility.ANONYMOUS, Visibility.GEMEENTE])
def test_a_colleague_who_shows_no_name_has_none_in_a_mail(
    work: Work, stationery: Stationery, visibility: Visibility
) -> None:
    told = told_before(work)
    delivery = a_digest_for(work, told.owner)
    told.profile.visibility = visibility

    letter = write(work, stationery, delivery)

    assert letter is not None
    whole = letter.subject + letter.text + letter.html
    home = work.session.get_one(User, told.professional.id).gemeente_code
    for secret in (told.professional.name, told.professional.email, told.profile.headline, home):
        assert secret not in whole
    assert "Collega uit Utrecht" in letter.text


@pytest.mark.parametrize("place", [1, 2])
def test_a_mail_names_no_skill_that_the_card_of_a_colleague_leaves_out(
    work: Work, stationery: Stationery, place: int
) -> None:
    told = told_before(work)
    delivery = a_digest_for(work, told.owner)
    told.profile.visibility = Visibility.ANONYMOUS
    [skill] = told.profile.skills
    skill.place = place
    told.profile.skills.extend(a_skill(f"eigen {i}", place=i) for i in range(2) if i != place)
    is_shown = place < OWN_PHRASES_ON_CARD

    letter = write(work, stationery, delivery)

    assert letter is not None
    for part in (letter.text, letter.html):
        assert (f"Op het profiel: {skill.label}" in part) is is_shown
        assert (f"Op het profiel: {NOT_SHOWN}" in part) is not is_shown


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: setattr(told.opgave, "status", OpgaveStatus.WITHDRAWN),
        lambda told: setattr(told.opgave, "status", OpgaveStatus.DONE),
        lambda told: setattr(told.profile, "state", ProfileState.PAUSED),
        lambda told: setattr(told.profile, "visibility", Visibility.HIDDEN),
        lambda told: setattr(told.owner.grants[0], "ended_at", told.opgave.created_at),
    ],
)
def test_what_changed_after_planning_is_not_in_the_mail(
    work: Work, stationery: Stationery, spoil: Any
) -> None:
    told = told_before(work)
    delivery = a_digest_for(work, told.owner)
    spoil(told)

    letter = write(work, stationery, delivery)

    assert letter is None
    assert (delivery.state, delivery.last_answer) == (
        DeliveryState.SUPPRESSED,
        "nothing new stands",
    )


def test_a_withdrawn_opgave_is_named_in_no_mail(work: Work, stationery: Stationery) -> None:
    told = told_before(work)
    other = a_told_match(
        work.session, told_at=work.now - A_MINUTE, owner=told.owner, title="Een brug"
    )
    told.opgave.status = OpgaveStatus.WITHDRAWN

    letter = write(work, stationery, a_digest_for(work, told.owner))

    assert letter is not None
    assert "rotonde" not in letter.subject + letter.text + letter.html
    assert other.opgave.title in letter.text


def test_a_digest_tells_what_lies_in_its_window(work: Work, stationery: Stationery) -> None:
    told = told_before(work)
    before = a_digest_for(work, told.professional, news_until=work.now - 2 * A_MINUTE)
    after = a_digest_for(work, told.professional, news_from=work.now)

    assert write(work, stationery, before) is None
    work.session.expire_all()
    assert after.state is DeliveryState.PENDING
    assert service.write_letter(work, stationery, _owned(after)) is None


def _owned(delivery: Delivery) -> Claim:
    assert delivery.lease_owner is not None
    return Claim(delivery.id, delivery.kind, delivery.lease_owner)


def test_what_a_later_digest_has_told_is_not_told_by_one_that_is_sent_again(
    work: Work, stationery: Stationery
) -> None:
    told = told_before(work)
    failed = a_digest_for(work, told.professional, state=DeliveryState.FAILED)
    a_digest_for(work, told.professional, state=DeliveryState.ACCEPTED)
    service.send_again(work, failed.id)
    work.session.flush()

    assert write(work, stationery, failed) is None


def test_who_began_a_pause_meanwhile_gets_no_digest(work: Work, stationery: Stationery) -> None:
    user = told_before(work).professional
    delivery = a_digest_for(work, user)
    work.session.add(Preference(user_id=user.id, paused_until=work.today + timedelta(days=1)))

    assert write(work, stationery, delivery) is None
    assert (delivery.state, delivery.last_answer) == (DeliveryState.SUPPRESSED, "paused")


def test_who_unsubscribed_before_it_was_written_gets_no_digest(
    work: Work, stationery: Stationery
) -> None:
    user = told_before(work).professional
    delivery = a_digest_for(work, user)
    claimed = claim_of(work, delivery)
    service.unsubscribe(work, user.id)

    letter = service.write_letter(work, stationery, claimed)

    assert letter is not None
    assert service.mark_letter(work, claimed, letter) is False
    assert (delivery.state, delivery.last_answer) == (DeliveryState.SUPPRESSED, "unsubscribed")


@pytest.mark.parametrize(("days_left", "goes"), [(0, False), (1, True)])
def test_a_letter_of_before_midnight_is_looked_at_in_full_after_it(
    session: Session, stationery: Stationery, days_left: int, goes: bool
) -> None:
    """No row changes at midnight, and yet what it tells may be over."""
    last_minute = make_work(session, now=BEFORE_MIDNIGHT)
    closes_on = last_minute.today + timedelta(days=days_left)
    told = a_told_match(session, told_at=BEFORE_MIDNIGHT - A_MINUTE, closes_on=closes_on)
    claimed = claim_of(last_minute, a_digest_for(last_minute, told.professional))
    letter = service.write_letter(last_minute, stationery, claimed)
    next_day = make_work(session, now=BEFORE_MIDNIGHT + 2 * A_MINUTE)

    assert letter is not None
    with counted(session) as statements:
        is_marked = service.mark_letter(next_day, claimed, letter)

    assert is_marked is goes
    # More than the one statement that marks what did not change.
    assert len(statements) > 2


@pytest.mark.parametrize("suppressed", [True, False])
def test_an_address_from_which_mail_came_back_gets_no_digest(
    work: Work, stationery: Stationery, *, suppressed: bool
) -> None:
    told = told_before(work)
    for user in (told.professional, told.owner):
        work.session.add(
            AddressHealth(
                address_hash=health.hash_of(user.email, stationery.secret),
                suppressed_since=work.now if suppressed and user is told.owner else None,
                reason=Reason.GONE,
            )
        )
    mails = [a_digest_for(work, user) for user in (told.professional, told.owner)]
    claims = service.claim(work, 20)

    letters = service.write_letters(work, stationery, claims)

    assert set(letters) == {mail.id for mail in mails[: 1 if suppressed else 2]}


def test_nothing_more_is_asked_of_an_address_from_which_nothing_came_back(
    work: Work, stationery: Stationery
) -> None:
    delivery = a_digest_for(work, told_before(work).professional)
    claimed = claim_of(work, delivery)

    with counted(work.session) as statements:
        assert service.write_letter(work, stationery, claimed)

    assert len([one for one in statements if "address_health" in one]) == 1


def test_a_digest_can_be_ended_with_one_click(work: Work, stationery: Stationery) -> None:
    told = told_before(work)

    letter = write(work, stationery, a_digest_for(work, told.professional))

    assert letter is not None
    link = stationery.renderer.links.unsubscribe(told.professional.id)
    assert dict(letter.headers) == {
        "Precedence": "bulk",
        "List-Id": f"<digest.{stationery.mail_domain}>",
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert link in letter.text


def test_a_preview_says_what_a_digest_would_say_and_changes_nothing(
    work: Work, stationery: Stationery
) -> None:
    told = told_before(work)

    shown = service.preview_digest(work, stationery, told.professional.id)
    letter = write(work, stationery, a_digest_for(work, told.professional))

    assert shown is not None
    assert letter is not None
    assert (shown.subject, shown.text) == (letter.subject, letter.text)
    nobody = a_user(work.session)
    assert service.preview_digest(work, stationery, nobody.id) is None
    assert len(work.session.scalars(select(Delivery)).all()) == 1


def test_interest_that_a_digest_passes_over_is_told_by_the_next(
    session: Session, stationery: Stationery
) -> None:
    """They go out of sight before it is written, and what follows from that comes after."""
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, owner=owner)
    monday = make_work(session)
    service.choose_roads(make_work(session, owner), {Family.RESPONSES: Channel.DIGEST})
    away, there = (interest_in(session, opgave, at=monday.now - A_MINUTE) for _ in range(2))
    profile = session.get_one(Profile, away.id)

    def digest_of(work: Work) -> str:
        service.plan_digests(work, due_on(work.today), everybody=True)
        [claimed] = service.claim(work, 20)
        letter = service.write_letter(work, stationery, claimed)
        assert letter is not None
        assert service.mark_letter(work, claimed, letter)
        accepted = Answer(Verdict.ACCEPTED, "250 Ok", Phase.DOT, 250)
        service.record(work, claimed, accepted, letter)
        return letter.text

    profile.state = ProfileState.PAUSED
    session.flush()
    first = digest_of(monday)
    service.tell_interest_of(monday, away.id)
    profile.state = ProfileState.PUBLISHED
    session.flush()
    service.tell_who_is_shown(monday, away.id)
    second = digest_of(make_work(session, now=monday.now + timedelta(days=1)))

    assert (away.email in first, there.email in first) == (False, True)
    assert (away.email in second, there.email in second) == (True, False)


# Mails that somebody waits for


def a_link(work: Work, **changed: Any) -> SignIn:
    fields = {
        "id": uuid4(),
        "email": "jan@x.example",
        "asked_at": work.now,
        "expires_at": work.now + 30 * A_MINUTE,
    }
    link = SignIn(**{**fields, **changed})
    work.session.add(link)
    work.session.flush()
    return link


def test_a_sign_in_link_is_sent_to_the_address_that_asked(
    work: Work, stationery: Stationery
) -> None:
    link = a_link(work)
    delivery = a_delivery(work.session, kind=MailKind.SIGN_IN, subject_id=link.id)

    letter = write(work, stationery, delivery)

    assert letter is not None
    assert (letter.to, letter.to_name, letter.headers) == ("jan@x.example", "", ())
    assert stationery.renderer.links.sign_in(link.id) in letter.text


def test_a_link_to_prove_who_one_is_works_in_the_session_that_asked(
    session: Session, stationery: Stationery
) -> None:
    user = a_user(session)
    work = make_work(session, user)
    session_id = begin_session(work, user.id)
    ask_link(work, session_id)
    link = session.scalars(select(SignIn)).one()
    delivery = a_delivery(session, kind=MailKind.SIGN_IN, subject_id=link.id)

    letter = write(work, stationery, delivery)

    links = stationery.renderer.links
    assert letter is not None
    assert letter.to == user.email
    assert links.proof(link.id, session_id) in letter.text
    assert links.sign_in(link.id) not in letter.text


def test_a_link_that_was_used_is_not_sent(work: Work, stationery: Stationery) -> None:
    link = a_link(work, used_at=work.now)
    delivery = a_delivery(work.session, kind=MailKind.SIGN_IN, subject_id=link.id)

    assert write(work, stationery, delivery) is None
    assert (delivery.state, delivery.last_answer) == (DeliveryState.SUPPRESSED, "used")


def a_request(work: Work, state: AccessState) -> AccessRequest:
    request = AccessRequest(
        id=uuid4(),
        email="jan@elders.example",
        name="Jan Jansen",
        gemeente_code=a_gemeente(work.session, name="Testerdam").code,
        state=state,
        asked_at=work.now,
    )
    work.session.add(request)
    work.session.flush()
    return request


@pytest.mark.parametrize("state", list(AccessState))
def test_a_beheerder_hears_of_a_request_as_long_as_it_waits(
    work: Work, stationery: Stationery, state: AccessState
) -> None:
    beheerder = a_user(work.session, Role.BEHEERDER)
    request = a_request(work, state)
    delivery = a_delivery(
        work.session, beheerder, kind=MailKind.ACCESS_ASKED, subject_id=request.id
    )

    letter = write(work, stationery, delivery)

    assert (letter is not None) is (state is AccessState.WAITING)
    if letter is not None:
        assert letter.to == beheerder.email
        assert [word in letter.text for word in ("Jan Jansen", "jan@elders.example")] == [True] * 2
        assert "Testerdam" in letter.text


@pytest.mark.parametrize("state", list(AccessState))
def test_who_asked_hears_of_the_decision(
    work: Work, stationery: Stationery, state: AccessState
) -> None:
    request = a_request(work, state)
    delivery = a_delivery(work.session, kind=MailKind.ACCESS_DECIDED, subject_id=request.id)

    letter = write(work, stationery, delivery)

    assert (letter is not None) is (state is not AccessState.WAITING)
    if letter is not None:
        assert letter.to == "jan@elders.example"


def test_granting_and_refusing_do_not_read_the_same(work: Work, stationery: Stationery) -> None:
    texts = set()
    for state in (AccessState.GRANTED, AccessState.REFUSED):
        request = a_request(work, state)
        delivery = a_delivery(work.session, kind=MailKind.ACCESS_DECIDED, subject_id=request.id)
        letter = write(work, stationery, delivery)
        assert letter is not None
        texts.add(letter.text)
        work.session.delete(request)

    assert len(texts) == 2


# The same mail again


def test_every_attempt_has_the_same_message_id_and_no_other_mail_has_it(
    work: Work, stationery: Stationery
) -> None:
    link = a_link(work)
    mail = a_delivery(work.session, kind=MailKind.SIGN_IN, subject_id=link.id)
    other = a_delivery(work.session, kind=MailKind.SIGN_IN, subject_id=link.id)
    claims = {one.delivery_id: one for one in service.claim(work, 20)}

    ids = [
        letter.message_id
        for one in (mail, mail, other)
        if (letter := service.write_letter(work, stationery, claims[one.id]))
    ]

    assert (ids[0] == ids[1], ids[0] == ids[2]) == (True, False)
    assert ids[0].startswith("<sign_in.")
    assert ids[0].endswith(f"@{stationery.mail_domain}>")


def test_a_mail_comes_back_to_an_address_of_its_own(work: Work, stationery: Stationery) -> None:
    delivery = a_delivery(work.session, kind=MailKind.SIGN_IN, subject_id=a_link(work).id)

    letter = write(work, stationery, delivery)

    assert letter is not None
    assert mail_of(letter.sender, stationery.bounce_address, stationery.secret) == delivery.id


def test_a_message_id_cannot_be_made_without_the_secret(work: Work, stationery: Stationery) -> None:
    link = a_link(work)
    delivery = a_delivery(work.session, kind=MailKind.SIGN_IN, subject_id=link.id)
    claimed = claim_of(work, delivery)
    other = replace(stationery, secret="een ander geheim")

    letters = []
    for paper in (stationery, other):
        delivery.message_id = None
        letters.append(service.write_letter(work, paper, claimed))

    assert len({letter.message_id for letter in letters if letter}) == 2


def test_a_mail_keeps_its_message_id_when_the_secret_is_renewed(
    work: Work, stationery: Stationery
) -> None:
    link = a_link(work)
    delivery = a_delivery(work.session, kind=MailKind.SIGN_IN, subject_id=link.id)
    claimed = claim_of(work, delivery)
    other = replace(stationery, secret="een ander geheim")

    letters = [service.write_letter(work, paper, claimed) for paper in (stationery, other)]

    assert [letter.message_id for letter in letters if letter] == [delivery.message_id] * 2


def test_a_mail_that_says_nothing_has_no_message_id(work: Work, stationery: Stationery) -> None:
    link = a_link(work, used_at=work.now)
    delivery = a_delivery(work.session, kind=MailKind.SIGN_IN, subject_id=link.id)

    assert (write(work, stationery, delivery), delivery.message_id) == (None, None)

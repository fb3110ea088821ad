"""What a mail says changes, or cannot be said, while mails are on their way."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.accounts.models import SignIn
from app.accounts.service import ask_sign_in
from app.core.actor import SYSTEM, Role
from app.core.clock import utc_now
from app.core.outbox import OutboxMessage
from app.core.verp import envelope_sender
from app.core.work import begin
from app.notifications import service
from app.notifications.models import AddressHealth, Bounce, Delivery, Notice
from app.notifications.rules import DeliveryState, due_on
from app.notifications.service import Found, Stationery
from app.opgaven.models import Opgave
from tests.faults.crowd import news_for
from tests.faults.office import SENDERS, Office, Scale
from tests.faults.sink import Sink
from tests.faults.verdicts import assert_everybody_once
from tests.faults.within import EATS, KILLS, RAISES, write_poison
from tests.notifications.builders import a_delivery, a_told_match, interest_in
from tests.support.builders import a_gemeente, a_user, an_opgave
from tests.support.product import wait_for
from tests.support.reports import a_bounce
from tests.support.work import MONDAY, TODAY
from workers.crowd import address

pytestmark = pytest.mark.slow

# Between the marker and the relay's log a mail is on its way and cannot be called back.
TOO_LATE = timedelta(seconds=2)
UNSUBSCRIBING = 500


def test_f13_people_unsubscribe_during_a_run(
    office: Office, sink: Sink, scale: Scale, seed: int
) -> None:
    office.ledger = sink.log
    office.fill(scale)
    links, client = office.paper.renderer.links, office.site.test_client(use_cookies=False)
    leaving = Random(seed).sample(range(1, scale + 1), min(UNSUBSCRIBING, scale // 2))
    office.send()
    wait_for(lambda: sink.taken, "the first mail")

    left_at = {}
    for email in map(address, leaving):
        who = office.scalar('SELECT id FROM "user" WHERE email = :email', email=email)
        assert isinstance(who, UUID)
        path = urlsplit(links.unsubscribe(who)).path
        # As a mail program does it: no cookie, no sign-in.
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        left_at[email] = utc_now()
    office.finish()

    states, copies = office.states(), sink.copies_of_people
    assert set(states) == {DeliveryState.ACCEPTED, DeliveryState.SUPPRESSED}
    assert states.total() == scale
    for one in sink.taken:
        if one.address in left_at:
            assert one.at <= left_at[one.address] + TOO_LATE
    stayed = {address(number) for number in range(1, scale + 1)} - set(left_at)
    assert {copies[email] for email in stayed} == {1}
    assert max(copies.values()) == 1


@dataclass
class Fate:
    """What happens to some readers while their mails go, and when it did."""

    kind: str
    statement: str
    emails: list[str] = field(default_factory=list)
    happened_at: dict[str, datetime] = field(default_factory=dict)

    def befalls(self, office: Office, email: str) -> None:
        office.change(self.statement, email=email, other=elsewhere(email), word=word_of(email))
        self.happened_at[email] = utc_now()


def elsewhere(email: str) -> str:
    return email.replace("@", "@elders.")


def word_of(email: str) -> str:
    """What stands in the title of the opgave that this reader is told of."""
    return f"Zwembad{email.partition('@')[0]}"


WITHDRAWN, ERASED, MOVED, REVOKED, NOTHING = "withdrawn", "erased", "moved", "revoked", "nothing"
FATES = {
    WITHDRAWN: "UPDATE opgave SET status = 'withdrawn', ended_at = now() WHERE title = :word",
    ERASED: 'DELETE FROM "user" WHERE email = :email',
    MOVED: 'UPDATE "user" SET email = :other WHERE email = :email',
    REVOKED: "UPDATE role_grant SET ended_at = now()"
    ' FROM "user" WHERE "user".id = user_id AND email = :email',
    NOTHING: "SELECT 1",
}


def a_reader(
    session: Session, fate: Fate, number: int, chance: Random, gemeenten: list[str]
) -> None:
    """Somebody with news of one opgave of their own."""
    email = f"collega-{fate.kind}-{number:04}@gemeente.example"
    other = f"ander-{email}"
    is_owner = fate.kind == REVOKED
    person = a_user(session, email=other if is_owner else email, gemeente_code=gemeenten[0])
    owner = a_user(
        session,
        Role.OPGAVEHOUDER,
        email=email if is_owner else other,
        gemeente_code=gemeenten[1],
    )
    news_for(session, person, owner, title=word_of(email))
    reader = owner if is_owner else person
    since = timedelta(milliseconds=chance.randrange(1000))
    a_delivery(session, reader, news_until=utc_now(), next_attempt_at=utc_now() - since)
    fate.emails.append(email)


def test_f14_what_is_told_changes_during_a_run(
    office: Office, sink: Sink, scale: Scale, seed: int
) -> None:
    """A fiftieth of the run for each of five fates; what matters is that mails go meanwhile."""
    office.ledger, each, chance = sink.log, scale // 50, Random(seed)
    fates = {kind: Fate(kind, statement) for kind, statement in FATES.items()}
    with office.session() as session:
        # There are not as many as there are readers.
        gemeenten = [a_gemeente(session).code for _ in range(2)]
        for number in range(each):
            for fate in fates.values():
                a_reader(session, fate, number, chance, gemeenten)
        session.commit()
    sink.looks_for = frozenset(word_of(email) for email in fates[WITHDRAWN].emails)
    order = [(fate, email) for fate in fates.values() for email in fate.emails]
    chance.shuffle(order)

    office.send()
    for place, (fate, email) in enumerate(order):
        wait_for(lambda: has_gone(office, sink, place // 2), "a mail to go")  # noqa: B023
        fate.befalls(office, email)
    office.finish()

    copies = sink.copies_of_people
    assert max(sink.copies.values()) == 1
    for one in sink.taken:
        assert one.at <= told_until(fates, one.address, one.says), one
    for email in fates[MOVED].emails:
        assert copies[email] + copies[elsewhere(email)] == 1
    assert {copies[email] for email in fates[NOTHING].emails} == {1}
    too_late = [email for kind in (WITHDRAWN, ERASED, REVOKED) for email in fates[kind].emails]
    assert {copies[email] for email in too_late} == {0, 1}
    assert set(office.states()) == {DeliveryState.ACCEPTED, DeliveryState.SUPPRESSED}


def has_gone(office: Office, sink: Sink, count: int) -> bool:
    """More than so many mails, or all there are."""
    return len(sink.taken) > count or not office.waiting()


def told_until(fates: dict[str, Fate], email: str, says: frozenset[str]) -> datetime:
    """The last moment at which a mail to this address that says this may be taken."""
    ends = [utc_now()]
    for kind in (ERASED, MOVED, REVOKED, *([WITHDRAWN] if says else [])):
        happened_at = fates[kind].happened_at.get(email)
        if happened_at:
            ends.append(happened_at + TOO_LATE)
    return min(ends)


def test_f5_and_f15_mails_that_nobody_can_write(office: Office, sink: Sink, scale: Scale) -> None:
    """One raises, one asks for more memory than there is, one has its sender killed for it."""
    office.ledger, office.within = sink.log, write_poison
    office.fill(scale)
    poison = {address(50): RAISES, address(scale // 2): EATS, address(scale): KILLS}
    for email, name in poison.items():
        office.change('UPDATE "user" SET name = :name WHERE email = :email', name=name, email=email)
    office.send()
    office.finish()

    with office.session() as session:
        failed = session.scalars(select(Delivery).filter_by(state=DeliveryState.FAILED)).all()
        ends = {one.last_answer: one.attempts for one in failed}
    said = office.parts[SENDERS].log.read_text()
    assert ends == dict.fromkeys(["KeyError", "MemoryError", "sender ended"], 3)
    assert said.count("mail cannot be made") == len(poison)
    assert office.states()[DeliveryState.ACCEPTED] == len(sink.copies) == scale - len(poison)
    assert set(sink.copies_of_people.values()) == {1}
    assert not set(poison) & set(sink.copies_of_people)


COMES_BACK = 100


def test_f11_reports_come_three_times_and_before_our_own_verdict(
    office: Office, sink: Sink
) -> None:
    """So many mails come back, all of them; how many others there are plays no part."""
    office.fill(COMES_BACK)
    paper = office.paper
    found: Counter[Found] = Counter()
    early: list[DeliveryState] = []

    def come_back(sender: str, _: str) -> None:
        content = a_bounce(sender, "4.2.2")
        for _again in range(3):
            with office.session() as session, begin(session, SYSTEM) as work:
                found[service.take_in(work, paper.bounce_address, paper.secret, content)] += 1
        with office.session() as session:
            uncounted = select(Delivery.state).join(Bounce).where(Bounce.counted_at.is_(None))
            early.extend(session.scalars(uncounted))

    sink.before_answer = come_back
    office.send()
    office.finish()
    uncounted = "SELECT count(*) FROM bounce WHERE counted_at IS NULL"
    wait_for(lambda: not office.scalar(uncounted), "every report to be counted")

    assert_everybody_once(office, sink, COMES_BACK)
    assert found == {Found.BOUNCE: COMES_BACK, Found.KNOWN_BOUNCE: 2 * COMES_BACK}
    assert DeliveryState.SUBMITTING in early
    with office.session() as session:
        scores = Counter(session.scalars(select(AddressHealth.score)))
        assert scores == {1: COMES_BACK}
        assert session.scalar(select(func.count()).select_from(Bounce)) == COMES_BACK


def test_f12_forged_reports(
    app: Flask, session: Session, stationery: Stationery, scale: Scale, tmp_path: Path
) -> None:
    """Read at once; the pipe of one mail at a time says nothing at all (tests/cli/test_mail.py)."""
    box = tmp_path / "box"
    for name in ("new", "cur", "tmp"):
        (box / name).mkdir(parents=True)
    sent = [a_delivery(session, a_user(session), state=DeliveryState.ACCEPTED) for _ in range(10)]
    session.commit()
    for number in range(scale):
        sender = envelope_sender(sent[number % 10].id, stationery.bounce_address, f"guess {number}")
        (box / "new" / f"{number}.elders").write_bytes(a_bounce(sender, "5.1.1"))

    with capture_logs() as said:
        done = app.test_cli_runner().invoke(args=["mail", "collect", str(box)])

    assert done.exit_code == 0
    assert [(line["event"], line["mails"]) for line in said] == [
        ("reports that are not ours", scale)
    ]
    assert session.scalars(select(AddressHealth)).all() == []
    assert session.scalars(select(Bounce)).all() == []


class IntendedError(Exception):
    """Just before the commit."""


def counts(session: Session) -> list[int]:
    kinds = (Notice, Delivery, OutboxMessage)
    return [session.scalars(select(func.count()).select_from(kind)).one() for kind in kinds]


def tell_in_vain(session: Session, opgave: Opgave, email: str) -> None:
    before = counts(session)
    with begin(session, SYSTEM) as work:
        interest_in(session, opgave)
        ask_sign_in(work, email)
        service.mail_sign_in(work, session.scalars(select(SignIn.id)).one())
        service.plan_digests(work, due_on(TODAY))
        assert all(now > then for now, then in zip(counts(session), before, strict=True))
        raise IntendedError


def test_f45_what_is_rolled_back_is_told_to_nobody(session: Session) -> None:
    """One piece of work: how many mails there are plays no part."""
    told = a_told_match(session, told_at=MONDAY - timedelta(days=1))
    opgave = an_opgave(session, owner=told.owner)
    session.commit()
    before = counts(session)

    with pytest.raises(IntendedError):
        tell_in_vain(session, opgave, told.owner.email)

    assert counts(session) == before

"""`flask digest simulate`: a morning of so many people, measured with the real code.

Everything happens in a database of its own, which is gone afterwards, and the mail goes to a relay
of its own on loopback that throws it away. Nothing real is read, written or sent.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from resource import RUSAGE_SELF, getrusage
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import NoReturn

import click
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import create_engine, func, make_url, select, text, update
from sqlalchemy.exc import ProgrammingError

from app.accounts.models import User
from app.cli.work import Refusal
from app.core.clock import Stopwatch, dutch_day, utc_now
from app.core.dutch import moment, number
from app.core.ids import new_id
from app.core.work import Work
from app.extensions import db
from app.factory import create_app
from app.gemeenten.models import Gemeente
from app.matching import service as matching
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.rules import DeliveryState, due_on, morning_of
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import Kind, OpgaveStatus, Place
from app.people.models import Profile, Skill, Window
from app.people.rules import Direction, Level, ProfileState, Visibility
from workers import mail
from workers.crowd import address, copy_person
from workers.work import open_work

# So many mails say how fast they go.
SAMPLE = 500
# Of who asks, and of who answers.
CODES = ("GM9998", "GM9999")
SKILL = "verkeerskunde"
MAY_NOT = (
    "De gebruiker van de database mag geen database maken, en een proef gaat nooit in de echte. "
    "Geef hem dat recht even (ALTER ROLE ... CREATEDB), of draai de proef op een testserver."
)


@click.command("simulate", help="Meet een ochtend met zoveel mensen, in een database voor even.")
@click.option("--people", type=click.IntRange(1, 1_000_000), required=True, help="Hoeveel mensen.")
def simulate(people: int) -> None:
    settings, watch = current_app.extensions["settings"], Stopwatch()
    with _scratch(settings.database_url) as database, _sink() as port:
        smtp_url = f"smtp://127.0.0.1:{port}"
        own = create_app(replace(settings, database_url=database, smtp_url=smtp_url, redis_url=""))
        with own.app_context():
            try:
                upgrade()
                watch.note("tabellen")
                with open_work() as work:
                    _fill(work, people)
                watch.note("vullen")
                planned = _plan()
                watch.note("plannen")
                _put_others_off(SAMPLE)
                watch.note("proef kiezen")
                sent = _send()
                watch.note("versturen")
            finally:
                db.session.remove()
                db.engine.dispose()
    _say(people, planned, sent, watch.seconds)


@contextmanager
def _scratch(database_url: str) -> Iterator[str]:
    """A database beside the product's own, that is gone at the end, however that comes.

    It is called after that one, so that whose it is can be seen.
    """
    name = f"{make_url(database_url).database}_proef_{new_id().hex[:12]}"
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    before = signal.signal(signal.SIGTERM, _end)
    try:
        with engine.connect() as connection:
            # nosemgrep: sql-of-values (a name of our own making)
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except ProgrammingError as error:
        raise Refusal(MAY_NOT) from error
    try:
        yield make_url(database_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            # nosemgrep: sql-of-values (a name of our own making)
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()
        signal.signal(signal.SIGTERM, before)


def _end(*_: object) -> NoReturn:
    raise SystemExit(1)


class _Sink(StreamRequestHandler):
    """A relay that takes everything, and keeps nothing."""

    def handle(self) -> None:
        self._say("220 proef")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            self._say("221 bye" if word == b"QUIT" else "250 Ok")
            if word == b"QUIT":
                return

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def _sink() -> Iterator[int]:
    with ThreadingTCPServer(("127.0.0.1", 0), _Sink) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def _fill(work: Work, people: int) -> None:
    """Made-up people, who all have the same news."""
    session, now = work.session, utc_now()
    today = dutch_day(now)
    for code in CODES:
        session.add(
            Gemeente(
                code=code,
                name=f"Proefstad {code}",
                sort_name=f"proefstad {code}",
                province="Utrecht",
                inhabitants=people,
                inhabitants_on=today,
                is_provincial_capital=False,
                latitude=52.09,
                longitude=5.12,
            )
        )
    session.flush()
    owner, first = (
        User(id=new_id(), email=email, name="Collega", created_at=now, gemeente_code=code)
        for code, email in zip(CODES, ("houder@gemeente.example", address(1)), strict=True)
    )
    session.add_all([owner, first])
    session.flush()
    session.add(_profile(first))
    opgave = _opgave(owner)
    session.add(opgave)
    session.flush()
    matching.match_opgave(work, opgave.id)
    service.tell_matches(work, opgave.id, [first.id])
    copy_person(session, first.id, people)


def _profile(user: User) -> Profile:
    now = utc_now()
    label = {"label": SKILL, "label_normal": SKILL}
    skill = Skill(
        **label,
        id=new_id(),
        place=0,
        level=Level.EXPERT,
        years=5,
        energy=5,
        direction=Direction.CAN,
        evidence="",
    )
    window = Window(id=new_id(), place=0, starts_on=dutch_day(now), hours_per_week=16)
    return Profile(
        user_id=user.id,
        state=ProfileState.PUBLISHED,
        visibility=Visibility.COLLEAGUES,
        headline="",
        travel_km=400,
        remote=True,
        version=1,
        changed_at=now,
        published_at=now,
        skills=[skill],
        windows=[window],
    )


def _opgave(owner: User) -> Opgave:
    now = utc_now()
    day = dutch_day(now)
    asked = AskedSkill(
        id=new_id(), place=0, label=SKILL, label_normal=SKILL, must=True, level=Level.BASIC
    )
    return Opgave(
        id=new_id(),
        gemeente_code=CODES[0],
        owner_id=owner.id,
        status=OpgaveStatus.OPEN,
        kind=Kind.OPGAVE,
        title="Een veilig plein",
        hours_per_week=8,
        starts_on=day + timedelta(days=30),
        ends_on=day + timedelta(days=120),
        closes_on=day + timedelta(days=20),
        place=Place.REMOTE,
        created_at=now,
        changed_at=now,
        published_at=now,
        skills=[asked],
    )


def _plan() -> int:
    due, is_done, planned = due_on(dutch_day(utc_now())), False, 0
    while not is_done:
        with open_work() as work:
            turn = service.plan_digests(work, due, everybody=True)
        planned, is_done = planned + turn.planned, turn.is_last
    return planned


def _put_others_off(sample: int) -> None:
    """Leave so many to send; no real morning has this work, so its time is told apart."""
    chosen = select(Delivery.id).order_by(Delivery.id).limit(sample)
    later = update(Delivery).where(Delivery.id.not_in(chosen))
    with open_work() as work:
        work.session.execute(later.values(next_attempt_at=func.now() + timedelta(days=1)))


def _send() -> int:
    """Send what was left along the real road; how many went."""
    mail.deliver()
    sent = select(func.count()).where(Delivery.state == DeliveryState.ACCEPTED)
    with open_work() as work:
        return work.session.scalar(sent) or 0


def _say(people: int, planned: int, sent: int, seconds: dict[str, float]) -> None:
    click.echo(f"Mensen: {number(people)}. Overzichten: {number(planned)}.")
    for stage, took in seconds.items():
        click.echo(f"  {stage}: {took:.1f} s".replace(".", ","))
    rate = sent / seconds["versturen"] if seconds["versturen"] else 0.0
    click.echo(f"Verstuurd als proef: {number(sent)}, {rate:.0f} mails per seconde.")
    if rate:
        takes = timedelta(seconds=seconds["plannen"] + planned / rate)
        last = morning_of(dutch_day(utc_now()) + timedelta(days=1)) + takes
        click.echo(f"De laatste gaat dan weg op {moment(last)}, met één verzender.")
    click.echo(f"Geheugen: {getrusage(RUSAGE_SELF).ru_maxrss // 1024} MB.")

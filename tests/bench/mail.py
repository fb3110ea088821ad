"""How many mails a second one worker hands over, and where the time goes.

    .venv/bin/python -m tests.bench.mail --people 5000

starts a PostgreSQL that keeps what it says (fsync on), fills it with people whose digests are due,
and a relay on loopback in a process of its own. In the same run, round after round over the same
mails, it measures: the drain with a connection for each mail, a bare loop that hands the same ready
bytes to the same relay over one connection, and the drain as it is. One JSON line per measure.
"""

import argparse
import json
import os
import smtplib
import statistics
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, ClassVar, NamedTuple
from unittest.mock import patch
from urllib.parse import urlsplit

from sqlalchemy import func, select, text

from app.core.mail import Answer, Relay, with_dots
from app.extensions import db
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.render import Renderer
from app.notifications.rules import DeliveryState, due_on
from devtools.services import FOR_KEEPS, Postgres
from devtools.supervisor import Supervisor
from devtools.testing import throwaway_folder
from tests.bench import plan
from tests.bench.filled import Ground, ground, open_work, tidy
from tests.bench.timing import parts_of, rss_mb
from tests.faults.sink import Sink, listening
from workers import mail

OPGAVEN, ROUNDS = 1_000, 5
GOAL = 0.6
MEASURES = {
    "one_each": "the drain with a connection for each mail",
    "bare": "a bare loop over one connection with ready bytes",
    "drain": "the drain as it is",
}
# What the planning of digests has no need of: words, and reasons that differ from match to match.
# Nobody was told anything in the last ten days, so that most have several things to read.
WORDS = """
CREATE TEMP TABLE word AS
  SELECT label, place - 1 AS number
  FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS w (label, place);
CREATE TEMP TABLE own AS
  SELECT id, nth, (hashtext(id::text) & 255) AS chance, label
  FROM (SELECT id FROM opgave UNION ALL SELECT user_id FROM profile) one,
       generate_series(0, 4) nth, word
  WHERE number = ((hashtext(id::text) & 255) + nth * 7) % 30;
CREATE INDEX ON own (id, nth);
ANALYZE own;
UPDATE opgave SET title = 'Opgave ' || own.label FROM own WHERE own.id = opgave.id AND nth = 4;
INSERT INTO asked_skill (id, opgave_id, place, label, label_normal, must, level)
  SELECT gen_random_uuid(), opgave.id, nth, label, label, nth < 2, 1 + nth % 3
  FROM opgave JOIN own ON own.id = opgave.id;
INSERT INTO skill (id, user_id, place, label, label_normal, level, years, energy, direction,
                   evidence)
  SELECT gen_random_uuid(), user_id, nth, label, label, 1 + nth % 3, 3, 1 + nth % 5, 'can', ''
  FROM profile JOIN own ON own.id = user_id;
UPDATE match SET value = told.value, tier = told.tier, reasons = told.reasons
FROM (
  SELECT profile_id, opgave_id, 30 + min(o.chance + a.chance) % 60 AS value,
         1 + min(o.chance + a.chance) % 2 AS tier,
         jsonb_agg(jsonb_build_object(
           'asked', a.label, 'must', a.nth < 2, 'asked_level', 1 + a.nth % 3,
           'offered', o.label, 'offered_level', o.offered_level, 'energy', o.energy,
           'wants_to_learn', false, 'kind', o.kind, 'points', coalesce(o.points, 0),
           'max_points', 20, 'would_be', 70) ORDER BY a.nth) AS reasons
  FROM match
  JOIN own a ON a.id = opgave_id AND a.nth <= 2 + a.chance % 3
  LEFT JOIN LATERAL (
    SELECT chance, label, 2 AS offered_level, 4 AS energy, 14 AS points,
           CASE nth WHEN 1 THEN 'same' ELSE 'narrower' END AS kind
    FROM own WHERE own.id = profile_id AND own.nth = a.nth AND (own.chance + nth) % 4 > 0
  ) o ON true
  GROUP BY profile_id, opgave_id
) told
WHERE told.profile_id = match.profile_id AND told.opgave_id = match.opgave_id;
UPDATE preference SET frequency = 'daily';
UPDATE delivery SET news_until = news_until - interval '10 days'
"""
SKILLS = (
    "verkeerskunde",
    "omgevingsrecht",
    "projectleiding",
    "communicatie",
    "participatie",
    "datakwaliteit",
    "inkoop",
    "jeugdzorg",
    "schuldhulp",
    "wmo",
    "handhaving",
    "vergunningen",
    "financiën",
    "subsidies",
    "stedenbouw",
    "waterbeheer",
    "klimaatadaptatie",
    "energietransitie",
    "woningbouw",
    "erfgoed",
    "sportbeleid",
    "onderwijs",
    "arbeidsmarkt",
    "inburgering",
    "veiligheid",
    "crisisbeheersing",
    "archief",
    "griffie",
    "burgerzaken",
    "informatiebeveiliging",
)
# All digests wait for a day that does not come, but those of this part of the people.
ONLY = """
DELETE FROM attempt;
UPDATE delivery SET state = 'pending', attempts = 0, accepted_at = NULL, submitted_at = NULL,
       lease_owner = NULL, lease_until = NULL, expires_at = now() + interval '12 hours',
       next_attempt_at = now() + CASE WHEN (hashtext(user_id::text) & 65535) % :parts = :part
                                      THEN interval '0' ELSE interval '9 days' END,
       relay_queue_id = NULL
WHERE expires_at > created_at
"""


class Mail(NamedTuple):
    """As it went over the line, all but the dot."""

    sender: str
    to: str
    content: bytes


class OneEach(Relay):
    """With a connection of its own for each mail; keeps what went over it."""

    kept: ClassVar[list[Mail]] = []

    def submit(
        self, message: bytes, sender: str, to: str, before_dot: Callable[[], bool]
    ) -> Answer:
        answer = super().submit(message, sender, to, before_dot)
        self.kept.append(Mail(sender, to, with_dots(message)))
        self.__exit__(None, None, None)
        return answer


@contextmanager
def careful_postgres() -> Iterator[str]:
    """A server that loses nothing when the power goes: the mark before the dot waits for it."""
    with throwaway_folder() as folder:
        supervisor = Supervisor(folder / "log")
        postgres = Postgres(folder / "pg", folder / "socket", FOR_KEEPS)
        try:
            postgres.start(supervisor)
            yield postgres.url("postgres")
        finally:
            supervisor.stop()


@contextmanager
def relay(folder: Path) -> Iterator[str]:
    """In a process of its own, so that it takes no time of who sends."""
    forks = get_context("spawn")
    ours, theirs = forks.Pipe()
    process = forks.Process(target=_listen, args=(folder / "relay.log", theirs))
    process.start()
    try:
        yield f"smtp://127.0.0.1:{ours.recv()}"
    finally:
        ours.send("end")
        process.join()


def _listen(log: Path, owner: Connection) -> None:
    with listening(Sink(log, seed=1)) as port:
        owner.send(port)
        owner.recv()


def fill(own: Ground, people: int) -> None:
    plan.fill(own, people, OPGAVEN)
    with own.app().app_context():
        with open_work() as work:
            for statement in WORDS.split(";"):
                named = {"words": list(SKILLS)} if ":words" in statement else {}
                work.session.execute(text(statement), named)
            due = due_on(work.today)
        is_last = False
        while not is_last:
            with open_work() as work:
                is_last = service.plan_digests(work, due).is_last
        tidy()
        db.engine.dispose()


def measured(own: Ground, smtp_url: str) -> list[dict[str, Any]]:
    app = own.app()
    app.extensions["post"] = replace(app.extensions["post"], smtp_url=smtp_url)
    with app.app_context():
        return list(_measures(smtp_url))


def _measures(smtp_url: str) -> Iterator[dict[str, Any]]:
    _only(0)
    drain()
    rounds = [_round(part, smtp_url) for part in range(ROUNDS)]
    for name, measure in MEASURES.items():
        yield {"measure": measure, "mails_a_second": _median(one[name] for one in rounds)}
    ratio = statistics.median(one["drain"] / one["bare"] for one in rounds)
    yield {
        "measure": "the drain against the bare loop, round by round",
        "ratio": round(ratio, 2),
        "goal": GOAL,
        "against_one_each": round(
            statistics.median(one["drain"] / one["one_each"] for one in rounds), 2
        ),
        "cpu_ms_a_mail": _median(one["cpu_ms"] for one in rounds),
        "rss_mb": [round(one["rss_mb"]) for one in rounds],
    }
    yield _stages()


def _round(part: int, smtp_url: str) -> dict[str, float]:
    OneEach.kept.clear()
    with patch.object(mail, "Relay", OneEach):
        one_each = _rate(part, drain)
    ready = list(OneEach.kept)
    bare = _rate(part, lambda: bare_loop(smtp_url, ready))
    began = process_time()
    rate = _rate(part, drain)
    cpu_ms = (process_time() - began) * 1000 / max(1, len(ready))
    return {
        "one_each": one_each,
        "bare": bare,
        "drain": rate,
        "cpu_ms": cpu_ms,
        "rss_mb": rss_mb(),
    }


def _stages() -> dict[str, Any]:
    """In a run of its own, because to measure costs time; what is inside another is taken off."""
    _only(ROUNDS - 1)
    with parts_of(
        write=(service, "write_letters"),
        render=(Renderer, "render"),
        mime=(mail, "message_of"),
        smtp=(Relay, "submit"),
        marker=(mail, "_mark"),
        record=(service, "record"),
        all=(mail, "deliver"),
    ) as seconds:
        sent = drain()
    whole = seconds.pop("all")
    seconds["query"] = seconds.pop("write") - seconds["render"]
    seconds["smtp"] -= seconds["marker"]
    seconds["other"] = whole - sum(seconds.values())
    return {
        "measure": "share of each stage of the drain, in percent",
        **{part: round(100 * one / whole) for part, one in seconds.items()},
        "ms_a_mail": round(1000 * whole / max(1, sent), 2),
    }


def _median(rates: Iterable[float]) -> float:
    return round(statistics.median(rates), 1)


def _rate(part: int, act: Callable[[], int]) -> float:
    _only(part)
    began = perf_counter()
    sent = act()
    return sent / (perf_counter() - began)


def _only(part: int) -> None:
    with open_work() as work:
        for statement in ONLY.split(";"):
            named = {"parts": ROUNDS, "part": part} if ":part" in statement else {}
            work.session.execute(text(statement), named)
    tidy()


def drain() -> int:
    """Turns of the worker until nothing is due."""
    before, sent = -1, 0
    while sent > before:
        mail.deliver()
        before, sent = sent, _count_accepted()
    return sent


def _count_accepted() -> int:
    with open_work() as work:
        accepted = select(func.count()).where(
            Delivery.relay_queue_id.is_not(None), Delivery.state == DeliveryState.ACCEPTED
        )
        return work.session.scalar(accepted) or 0


def bare_loop(smtp_url: str, ready: list[Mail]) -> int:
    where = urlsplit(smtp_url)
    with smtplib.SMTP(where.hostname or "", where.port or 25) as smtp:
        smtp.ehlo_or_helo_if_needed()
        for one in ready:
            smtp.mail(one.sender)
            smtp.rcpt(one.to)
            smtp.docmd("DATA")
            # With the dot in one piece: nothing waits for anything.
            smtp.send(one.content + b".\r\n")
            smtp.getreply()
    return len(ready)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5_000)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        careful_postgres() as url,
        patch.dict(os.environ, DATABASE_URL=url),
        ground(Path(folder)) as own,
        relay(Path(folder)) as smtp_url,
    ):
        fill(own, given.people)
        say(measure="machine", processors=os.cpu_count(), people=given.people, fsync="on")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            for found in pool.submit(measured, own, smtp_url).result():
                say(**found)


def say(**values: object) -> None:
    print(json.dumps({**values, "load": round(os.getloadavg()[0], 1)}), flush=True)


if __name__ == "__main__":
    main()

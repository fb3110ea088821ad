"""Somebody with a word of their own in every field leaves, and no word of theirs is left."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from flask.testing import FlaskClient
from sqlalchemy import LargeBinary, text, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.matching import service as matching
from app.matching.shelf import Shelf
from app.notifications import service as notifications
from app.notifications.models import Delivery
from app.notifications.rules import DeliveryState, MailKind
from app.tables import METADATA
from tests.conftest import redis_url
from tests.support.builders import a_profile, a_user
from tests.support.laden import CANARY, WERK, Laden, fill
from tests.support.web import sign_in
from tests.support.work import make_work
from workers import outbox

LEAST = 40
ADDRESS = "kanarieadres@testerdam.example"
GONE = "Oud-collega"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this process puts its files."""
    made = tmp_path / "files"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


def told_by_database(session: Session) -> Iterator[tuple[str, str]]:
    """Every row of every table, and what stands in it as bytes."""
    for table in METADATA.tables.values():
        for (row,) in session.execute(text(f'SELECT one::text FROM "{table.name}" one')):
            yield table.name, row
        for column in table.c:
            if isinstance(column.type, LargeBinary):
                found = session.scalars(text(f'SELECT "{column.name}" FROM "{table.name}"'))
                yield from ((table.name, _readable(value)) for value in found if value)


def told_by_redis() -> Iterator[tuple[str, str]]:
    """Every key of every database: the limits, and what the workers are told."""
    server = redis_url().rsplit("/", 1)[0]
    for number in range(16):
        with redis.Redis.from_url(f"{server}/{number}") as client:
            for key in client.scan_iter():
                # As it lies there; words are too short to be packed.
                yield "redis", _readable(key) + _readable(client.dump(key) or b"")


def told_by_files(root: Path) -> Iterator[tuple[str, str]]:
    for path in root.rglob("*"):
        yield str(path), path.name
        if path.is_file():
            yield str(path), _readable(path.read_bytes())
            # Numpy writes a text by four bytes a letter.
            yield str(path), path.read_bytes().replace(b"\0", b"").decode("latin-1")


def _readable(value: Any) -> str:
    return bytes(value).decode("latin-1")


def found_in(told: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Which words of theirs stand where."""
    found: dict[str, set[str]] = {}
    for place, said in told:
        for word in CANARY.findall(said.lower()):
            found.setdefault(word, set()).add(place)
    return found


def follow(session: Session) -> None:
    """Do what follows from what was done."""
    session.commit()
    outbox.relay()
    for (job_id,) in session.execute(text("SELECT id FROM job WHERE state = 'pending'")).all():
        outbox.run_job(job_id)


def the_last_mail_went(session: Session) -> None:
    last = update(Delivery).where(Delivery.kind == MailKind.ACCOUNT_ENDED)
    session.execute(last.values(state=DeliveryState.ACCEPTED))
    notifications.settle(make_work(session))


def test_of_who_left_no_word_is_found_anywhere(
    client: FlaskClient,
    session: Session,
    shelf: Shelf,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    person = a_user(session, email=ADDRESS)
    a_profile(session, "wmo", user=person)
    other = session.get_one(User, a_profile(session, "wmo").user_id)
    client.post("/inloggen", data={"email": ADDRESS})
    fill(session, Laden(person, other), 2)
    sign_in(client, session, person)
    assert client.post("/account/gegevens").status_code == 200
    assert client.get("/zoeken", query_string={"q": "kanarieover"}).status_code in {200, 404}
    follow(session)
    matching.match_everything(make_work(session), shelf)
    session.flush()
    before = found_in([*told_by_database(session), *told_by_files(tmp_path)])
    assert len(before) >= LEAST
    assert any(str(tmp_path) in place for places in before.values() for place in places)

    gone = client.post("/account/beeindigen", data={"is_sure": "y"})
    assert gone.status_code == 302
    follow(session)
    the_last_mail_went(session)
    matching.match_everything(make_work(session), shelf)
    session.flush()

    said = capsys.readouterr()
    assert found_in(told_by_database(session)) == {}
    assert found_in(told_by_redis()) == {}
    assert found_in(told_by_files(tmp_path)) == {}
    assert found_in([("log", said.out), ("log", said.err)]) == {}
    # What others keep stays, of nobody.
    standing = {place for place, row in told_by_database(session) if WERK in row}
    assert {"opgave", "loan", "terms", "remark", "published_answer"} <= standing
    names = session.scalars(
        text("SELECT DISTINCT name FROM remark UNION SELECT professional_name FROM terms")
    )
    assert {one for one in names if not one.startswith(WERK)} == {GONE}

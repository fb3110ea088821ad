"""What the log of Postfix says of a mail whose answer we never heard."""

import gzip
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ledger import NO_LEDGER, Entry, Known, PostfixLog, read_log

ID, OTHER = "<digest.abc@post.example>", "<digest.xyz@post.example>"
DOT = datetime(2026, 11, 23, 8, 0, 30, 250_000, UTC)
ACCEPTED = Entry(Known.ACCEPTED, "4A1B2C3D")
SURELY_NOT, CANNOT_TELL = Entry(Known.SURELY_NOT), Entry(Known.CANNOT_TELL)


def line(said: str, seconds: int = 30, program: str = "smtpd") -> str:
    at = DOT.replace(second=0, microsecond=0) + timedelta(seconds=seconds)
    return f"{at.isoformat()} relay postfix/{program}[417]: {said}\n"


def taken_in(queue_id: str = "4A1B2C3D", message_id: str = ID) -> str:
    return line(f"{queue_id}: message-id={message_id}", program="cleanup")


def queued(queue_id: str = "4A1B2C3D") -> str:
    said = f"{queue_id}: from=<bounce+a.b@post.example>, size=9, nrcpt=1 (queue active)"
    return line(said, program="qmgr")


BEGIN, END = line("connect from localhost[127.0.0.1]", 0), line("disconnect from localhost", 40)


def entry(*lines: str, at: datetime = DOT) -> Entry:
    return read_log(lines, [ID], DOT + timedelta(minutes=2)).entry(ID, at)


def test_a_mail_in_the_queue_is_accepted() -> None:
    assert entry(BEGIN, taken_in(), queued(), END) == ACCEPTED


def test_a_mail_whose_sender_was_killed_before_the_dot_is_surely_not_there() -> None:
    assert entry(BEGIN, taken_in(), END) == SURELY_NOT


def test_a_mail_that_was_never_offered_is_surely_not_there() -> None:
    assert entry(BEGIN, taken_in("OTHER1", OTHER), queued("OTHER1"), END) == SURELY_NOT


def test_an_id_of_the_queue_that_is_used_again_says_nothing_of_the_mail_before() -> None:
    again = (taken_in(message_id=OTHER), queued())
    assert entry(BEGIN, taken_in(), *again, END) == SURELY_NOT


def test_of_two_offers_the_one_that_was_taken_counts() -> None:
    assert entry(BEGIN, taken_in("KILLED1"), taken_in(), queued(), END) == ACCEPTED


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("no log at all\n",),
        (line("connect", 31), END),
        (BEGIN, line("connect", 29)),
        (BEGIN, line("daemon started -- version 3.7.11", 35, "master"), END),
    ],
    ids=["empty", "other", "begins later", "ends earlier", "started again"],
)
def test_a_log_that_does_not_tell_everything_cannot_tell(lines: tuple[str, ...]) -> None:
    assert entry(*lines) == CANNOT_TELL


def test_a_start_before_the_mail_says_nothing_of_it() -> None:
    started = line("daemon started -- version 3.7.11", 1, "master")
    assert entry(BEGIN, started, END) == SURELY_NOT


def test_a_log_in_local_time_without_a_year_is_read() -> None:
    def old(moment: datetime, rest: str) -> str:
        return f"{moment.astimezone():%b %e %H:%M:%S} relay postfix/{rest}\n"

    new_year = datetime(2026, 12, 31, 23, 59, tzinfo=UTC).astimezone(UTC)
    lines = [
        old(new_year, "smtpd[1]: connect"),
        old(new_year, f"cleanup[1]: 4A1B2C3D: message-id={ID}"),
        old(new_year + timedelta(minutes=3), "smtpd[1]: disconnect"),
    ]
    log = read_log(lines, [ID], new_year + timedelta(minutes=5))

    assert (log.begins, log.ends) == (new_year, new_year + timedelta(minutes=3))
    assert log.entry(ID, new_year + timedelta(minutes=2)) == SURELY_NOT


@given(st.text())
def test_no_line_makes_the_reader_stumble(noise: str) -> None:
    read_log([noise, line(noise), BEGIN[:20] + noise], [ID], DOT)


def a_file(path: Path, at: datetime, *lines: str) -> None:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt") as file:
        file.write("".join(lines))
    os.utime(path, (at.timestamp(), at.timestamp()))


@pytest.mark.parametrize("name", ["mail.log.1", "mail.log-20261123", "mail.log.2.gz"])
def test_a_log_that_was_put_away_is_read_too(tmp_path: Path, name: str) -> None:
    a_file(tmp_path / name, DOT + timedelta(seconds=5), BEGIN, taken_in(), queued())
    a_file(tmp_path / "mail.log", DOT + timedelta(minutes=1), END)

    asked = {ID: DOT, OTHER: DOT}
    assert PostfixLog(tmp_path / "mail.log").ask(asked) == {ID: ACCEPTED, OTHER: SURELY_NOT}


def test_of_what_was_put_away_long_ago_only_the_last_is_read(tmp_path: Path) -> None:
    broken = tmp_path / "mail.log.3.gz"
    broken.write_bytes(b"not gzip at all")
    os.utime(broken, (0, 0))
    a_file(tmp_path / "mail.log.1", DOT - timedelta(days=1), BEGIN)
    a_file(tmp_path / "mail.log", DOT + timedelta(minutes=1), END)

    assert PostfixLog(tmp_path / "mail.log").ask({ID: DOT}) == {ID: SURELY_NOT}


def test_a_log_that_is_not_there_cannot_tell(tmp_path: Path) -> None:
    log = PostfixLog(tmp_path / "mail.log")

    assert (log.ask({ID: DOT}), log.ask({})) == ({ID: CANNOT_TELL}, {})


def test_without_a_ledger_nobody_can_tell() -> None:
    assert NO_LEDGER.ask({ID: DOT}) == {ID: CANNOT_TELL}

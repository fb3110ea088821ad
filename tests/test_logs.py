"""A log line is one JSON object for a machine, or plain words for a developer."""

import json
from datetime import datetime, timedelta

import pytest
import structlog
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from app import logs
from app.core.clock import utc_now


def test_a_line_is_one_json_object_with_the_words_as_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("json")

    structlog.get_logger().warning("nudge lost", place="’s-Gravenhage\nand more")

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    told = json.loads(lines[0])
    assert (told["event"], told["level"]) == ("nudge lost", "warning")
    assert told["place"] == "’s-Gravenhage\nand more"
    assert "’s-Gravenhage" in lines[0]


def test_a_line_tells_its_moment_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")

    begun = utc_now()
    structlog.get_logger().warning("nudge lost")

    moment = datetime.fromisoformat(json.loads(capsys.readouterr().out)["timestamp"])
    assert moment.utcoffset() == timedelta(0)
    assert begun <= moment <= utc_now()


@pytest.mark.parametrize("log_format", ["json", "plain"])
def test_what_stood_in_a_row_stays_out(
    log_format: str, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(log_format)
    uri, options = (app.config[f"SQLALCHEMY_{part}"] for part in ("DATABASE_URI", "ENGINE_OPTIONS"))
    engine, row = create_engine(uri, **options), {"name": "Noor\n\nKanarie"}

    with engine.connect() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE person (name text UNIQUE)"))
        connection.execute(text("INSERT INTO person VALUES (:name)"), row)
        try:
            connection.execute(text("INSERT INTO person VALUES (:name)"), row)
        except IntegrityError as error:
            structlog.get_logger().exception("unforeseen")
            told = capsys.readouterr().out + logs.without_rows(str(error))
    engine.dispose()

    # By the driver, by SQLAlchemy, and for beside a job.
    assert (told.count("duplicate key value"), told.count("[SQL: INSERT INTO")) == (3, 2)
    assert "Kanarie" not in told


@pytest.mark.parametrize("sign", ["a", "\n", "\x1b[31m", "é", "🙂", "\ud800"])
def test_s55_a_megabyte_from_outside_is_one_short_line(
    capsys: pytest.CaptureFixture[str], sign: str
) -> None:
    logs.configure("json")
    megabyte = f"begin{sign * (1_000_000 // len(sign))}end"

    structlog.get_logger().warning("refused", agent=megabyte, seen=[megabyte], status=404)

    lines = capsys.readouterr().out.encode().splitlines()
    assert [len(line) <= 2_048 for line in lines] == [True]
    told = json.loads(lines[0])
    assert (told["event"], told["status"]) == ("refused", 404)
    assert (told["agent"][:5], told["agent"][-3:]) == ("begin", "end")


def test_s55_of_a_long_traceback_stays_where_it_was_and_what(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("json")

    try:
        int("x" * 1_000_000)
    except ValueError:
        structlog.get_logger().exception("unforeseen")

    [line] = capsys.readouterr().out.splitlines()
    assert len(line) <= 9_000
    assert __file__ in line


def test_a_developer_reads_plain_words(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("plain")

    structlog.get_logger().info("mail sent", count=2)

    assert "mail sent" in capsys.readouterr().out


def test_details_for_debugging_stay_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")

    structlog.get_logger().debug("the body of a mail")

    assert capsys.readouterr().out == ""

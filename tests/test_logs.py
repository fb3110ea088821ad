"""A log line is one JSON object for a machine, or plain words for a developer."""

import json

import pytest
import structlog

from app import logs


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


def test_a_developer_reads_plain_words(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("plain")

    structlog.get_logger().info("mail sent", count=2)

    assert "mail sent" in capsys.readouterr().out


def test_details_for_debugging_stay_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")

    structlog.get_logger().debug("the body of a mail")

    assert capsys.readouterr().out == ""

"""What browsers report of the content policy is one line without a word of theirs."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from structlog.typing import EventDict

from app.web.headers import REPORTS_TO
from app.web.home.breaches import MOST_BYTES, MOST_REPORTS

KEY = "eyJ-a-key.that.opens"
OLD = "application/csp-report"
NEW = "application/reports+json"


def old(**changed: object) -> dict[str, Any]:
    """As `report-uri` has it."""
    body = {
        "document-uri": f"http://localhost/inloggen/{KEY}",
        "referrer": "http://localhost/collegas?q=kanarie",
        "violated-directive": "script-src 'self'",
        "effective-directive": "script-src-elem",
        "blocked-uri": "inline",
        "script-sample": "kanarie()",
    }
    return {"csp-report": {**body, **changed}}


def new(**changed: object) -> dict[str, Any]:
    """As `report-to` has it."""
    body = {
        "documentURL": "http://localhost/opgaven?q=kanarie",
        "effectiveDirective": "img-src",
        "blockedURL": "https://evil.example/kanarie.png",
        "sample": "kanarie",
    }
    return {"type": "csp-violation", "user_agent": "kanarie", "body": {**body, **changed}}


def sent(client: FlaskClient, data: object, kind: str = OLD) -> list[EventDict]:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    with capture_logs() as lines:
        answer = client.post(REPORTS_TO, data=body, content_type=kind)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "kanarie" not in str(lines)
    assert KEY not in str(lines)
    return [line for line in lines if line["event"] == "policy broken"]


def seen(line: EventDict) -> tuple[object, ...]:
    return line["rule"], line["sort"], line["on"], line["times"]


def test_each_form_of_a_report_is_one_line(client: FlaskClient) -> None:
    by_uri, by_name = sent(client, old()), sent(client, [new(), new()], NEW)

    assert [seen(one) for one in by_uri] == [("script-src-elem", "inline", "accounts.finish", 1)]
    assert [seen(one) for one in by_name] == [("img-src", "elsewhere", "opgaven.index", 2)]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"blocked-uri": "chrome-extension://abc/kanarie"}, ("script-src-elem", "browser")),
        ({"blocked-uri": "data"}, ("script-src-elem", "data")),
        ({"blocked-uri": 7}, ("script-src-elem", "elsewhere")),
        ({"effective-directive": "kanarie\n\x1b[31m"}, ("other", "inline")),
        ({"effective-directive": None}, ("script-src", "inline")),
    ],
)
def test_only_words_of_ours_are_told(
    client: FlaskClient, changed: dict[str, object], expected: tuple[str, str]
) -> None:
    (line,) = sent(client, old(**changed))

    assert (line["rule"], line["sort"]) == expected


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "http://localhost/bestaat-niet", "//[", "about:blank", "", None],
)
def test_a_page_that_is_not_ours_has_no_name(client: FlaskClient, address: object) -> None:
    (line,) = sent(client, old(**{"document-uri": address}))

    assert line["on"] == ""


@pytest.mark.parametrize(
    "data",
    [b"", b"kanarie", b"[" * 9_000, b"\xff\xfe", b"null", b"[1]", b"{}", b'{"csp-report": 1}'],
)
def test_what_is_no_report_leaves_no_line(client: FlaskClient, data: bytes) -> None:
    assert sent(client, data) == []


def test_a_report_of_another_sort_leaves_none(client: FlaskClient) -> None:
    assert sent(client, [{"type": "deprecation", "body": {"id": "kanarie"}}], NEW) == []


def test_many_reports_at_once_are_one_line(client: FlaskClient) -> None:
    few = [{"type": "csp-violation", "body": {"effectiveDirective": "img-src"}}] * 60

    (line,) = sent(client, few, NEW)

    assert line["times"] == MOST_REPORTS


def test_a_very_large_report_is_not_read(client: FlaskClient) -> None:
    answer = client.post(REPORTS_TO, data=b"x" * (MOST_BYTES + 1), content_type=OLD)

    assert answer.status_code == 413


def test_one_network_reports_so_often_in_a_minute(client: FlaskClient) -> None:
    statuses = [
        client.post(
            REPORTS_TO,
            data=json.dumps(old()),
            content_type=OLD,
            environ_base={"REMOTE_ADDR": "198.51.100.7"},
        ).status_code
        for _ in range(21)
    ]

    assert statuses == [204] * 20 + [429]


def test_a_report_is_taken_without_a_token_and_by_no_other_method(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()

    statuses = [client.open(REPORTS_TO, method=one).status_code for one in ("POST", "GET", "PUT")]

    app.config["WTF_CSRF_ENABLED"] = False
    assert statuses == [204, 405, 405]

"""Somebody who gives us another name than our own, or another place than theirs."""

import pytest
from sqlalchemy.engine import URL

from tests.conftest import AppMaker, DatabaseMaker

ASKED = {"email": "anna@testerdam.example"}
A_MINUTE = 60
OTHER_NAMES: dict[str, dict[str, str]] = {
    "forwarded host": {"X-Forwarded-Host": "evil.example"},
    "forwarded": {"Forwarded": "host=evil.example;proto=https"},
    "forwarded port": {"X-Forwarded-Port": "666", "X-Forwarded-Server": "evil.example"},
    "prefix": {"X-Forwarded-Prefix": "//evil.example"},
    "original address": {"X-Original-URL": "//evil.example/", "X-Rewrite-URL": "//evil.example/"},
    "another host": {"Host": "evil.example"},
    "behind an at": {"Host": "localhost@evil.example"},
    "two hosts": {"Host": "localhost, evil.example"},
    "our name as a part": {"Host": "localhost.evil.example"},
}
pytestmark = pytest.mark.usefixtures("limiter_as_it_was")


@pytest.fixture(scope="module")
def own_database(new_database: DatabaseMaker) -> URL:
    return new_database()


@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize("headers", OTHER_NAMES.values(), ids=OTHER_NAMES)
def test_s16_no_answer_leads_to_a_name_that_is_not_ours(
    new_app: AppMaker, own_database: URL, headers: dict[str, str], proxies: int
) -> None:
    app = new_app(own_database, trusted_proxies=proxies)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()

    answers = [
        client.post("/inloggen", data=ASKED, headers=headers),
        client.get("/meldingen", headers=headers),
        client.get("/", headers=headers),
    ]

    told = [answer.headers.get("Location", "") + answer.text for answer in answers]
    assert not any("evil" in text for text in told)
    expected = {400} if "Host" in headers else {200, 302}
    assert {answer.status_code for answer in answers} <= expected


def test_s6_whoever_names_another_place_each_time_is_counted_by_the_one_our_proxy_saw(
    new_app: AppMaker, own_database: URL
) -> None:
    app = new_app(own_database, trusted_proxies=1, redis_url="")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()

    statuses = [
        client.post(
            "/inloggen",
            data=ASKED,
            headers={"X-Forwarded-For": f"198.51.100.{number}, 192.0.2.7"},
        ).status_code
        for number in range(A_MINUTE + 1)
    ]

    assert statuses == [302] * A_MINUTE + [429]


def test_s7_without_redis_the_limits_hold_and_nobody_sees_a_fault(
    new_app: AppMaker, own_database: URL
) -> None:
    app = new_app(own_database, redis_url="redis://127.0.0.1:1/0")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()

    statuses = [client.post("/inloggen", data=ASKED).status_code for _ in range(A_MINUTE + 1)]

    assert statuses == [302] * A_MINUTE + [429]

"""Production refuses what is only harmless in a demo; every setting is written down."""

import ast
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.settings import Environment, Settings, WrongSettings
from tests.house.tree import ROOT

GOOD: dict[str, Any] = {
    "secret_key": "k" * 32,
    "database_url": "postgresql+psycopg://dgvn@db/dgvn",
    "redis_url": "redis://:word@redis/0",
    "smtp_url": "smtp://relay",
    "base_url": "https://degemeentevannu.example",
    "environment": Environment.PRODUCTION,
}
NAME = re.compile(r"^#? ?([A-Z][A-Z_]+)=", re.MULTILINE)


def names_read(source: str) -> set[str]:
    """Names in capitals that the source hands to the environment."""
    texts = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Subscript | ast.Call)
    ]
    found = set()
    for node in texts:
        of_environment = ast.unparse(node.value if isinstance(node, ast.Subscript) else node.func)
        if of_environment in {"env", "env.get", "os.environ", "os.environ.get"}:
            word = node.slice if isinstance(node, ast.Subscript) else node.args[0]
            found.add(ast.literal_eval(word))
    return found


def test_production_starts_with_good_settings() -> None:
    assert Settings(**GOOD).secure_cookies


@pytest.mark.parametrize(
    ("base_url", "hosts"),
    [
        ("https://degemeentevannu.example", ("degemeentevannu.example",)),
        ("http://127.0.0.1:8000", ("127.0.0.1", "localhost")),
        ("http://localhost", ("127.0.0.1", "localhost")),
    ],
)
def test_only_the_own_name_is_served(base_url: str, hosts: tuple[str, ...]) -> None:
    settings = Settings(**{**GOOD, "base_url": base_url, "environment": Environment.TEST})

    assert settings.hosts == hosts


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"demo_accounts": True}, "DEMO_ACCOUNTS"),
        ({"maildir": Path("/var/mail")}, "MAILDIR"),
        ({"quiet_hours": False}, "QUIET_HOURS"),
        ({"base_url": "http://degemeentevannu.example"}, "BASE_URL"),
        ({"secret_key": "k" * 31}, "SECRET_KEY"),
        ({"secret_key": "change-me"}, "SECRET_KEY"),  # pragma: allowlist secret
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"database_url": ""}, "DATABASE_URL"),
        ({"smtp_url": ""}, "SMTP_URL"),
        ({"base_url": ""}, "BASE_URL"),
        # A slip here would send a password in the clear.
        ({"smtp_url": "smtp+startls://user:secret@relay"}, "SMTP_URL"),  # pragma: allowlist secret
        ({"log_format": "jason"}, "LOG_FORMAT"),
        ({"bounce_box": "bounce"}, "BOUNCE_ADDRESS"),
        ({"bounce_box": "@degemeentevannu.example"}, "BOUNCE_ADDRESS"),
        ({"answer_box": "gesprek"}, "ANSWER_ADDRESS"),
        ({"answer_box": "bounce@degemeentevannu.example"}, "ANSWER_ADDRESS"),
        ({"bounce_box": f"{'b' * 21}@degemeentevannu.example"}, "BOUNCE_ADDRESS"),
        ({"mail_ledger": "postfix"}, "MAIL_LEDGER"),
        ({"mail_ledger": "postfix:"}, "MAIL_LEDGER"),
        ({"mail_ledger": "/var/log/mail.log"}, "MAIL_LEDGER"),
        ({"redis_url": "redis://redis/0"}, "REDIS_URL"),
        ({"redis_url": "rediss://somebody@redis/0"}, "REDIS_URL"),
        ({"is_debugged": True}, "FLASK_DEBUG"),
        ({"code_url": "code.example"}, "CODE_URL"),
        ({"code_url": "javascript:alert(1)"}, "CODE_URL"),
    ],
)
def test_production_refuses_to_start(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(WrongSettings, match=named):
        Settings(**{**GOOD, **changed})


@pytest.mark.parametrize(
    "url",
    ["", "redis://localhost/0", "redis://127.0.0.1/1", "unix:///run/redis.sock", "rediss://:w@x/0"],
)
def test_production_starts_with_a_redis_that_others_cannot_enter(url: str) -> None:
    assert Settings(**{**GOOD, "redis_url": url}).redis_url == url


def test_profiles_of_nobody_are_named_by_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    for known in GOOD:
        monkeypatch.setenv(known.upper(), str(GOOD[known]))
    monkeypatch.setenv("MADE_UP_PROFILES", f" {UUID(int=1)}  {UUID(int=2)} ")
    assert Settings.from_env().made_up_profiles == {UUID(int=1), UUID(int=2)}

    monkeypatch.setenv("MADE_UP_PROFILES", "Jan")
    with pytest.raises(WrongSettings, match="MADE_UP_PROFILES"):
        Settings.from_env()


def test_what_flask_reads_by_itself_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for known in GOOD:
        monkeypatch.setenv(known.upper(), str(GOOD[known]))
    monkeypatch.setenv("FLASK_DEBUG", "1")

    with pytest.raises(WrongSettings, match="FLASK_DEBUG"):
        Settings.from_env()


def test_mail_comes_back_to_the_domain_it_is_sent_from() -> None:
    own = Settings(**GOOD)
    elsewhere = Settings(**{**GOOD, "bounce_box": "terug@mail.example"})

    assert own.bounce_address == "bounce@degemeentevannu.example"
    assert elsewhere.bounce_address == "terug@mail.example"


def test_the_log_of_the_relay_is_read_only_where_it_is_named() -> None:
    read = Settings(**{**GOOD, "mail_ledger": "postfix:/var/log/mail.log"})

    assert (Settings(**GOOD).mail_log, read.mail_log) == (None, Path("/var/log/mail.log"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("DGVN_ENV", "productie"), ("TRUSTED_PROXIES", "two"), ("TRUSTED_PROXIES", "-1")],
)
def test_a_setting_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for known in GOOD:
        monkeypatch.setenv(known.upper(), str(GOOD[known]))
    monkeypatch.setenv(name, value)

    with pytest.raises(WrongSettings, match=name):
        Settings.from_env()


def test_redis_may_be_done_without_but_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    for known in GOOD:
        monkeypatch.setenv(known.upper(), str(GOOD[known]))

    monkeypatch.setenv("REDIS_URL", "")
    assert Settings.from_env().redis_url == ""

    monkeypatch.delenv("REDIS_URL")
    with pytest.raises(WrongSettings, match="REDIS_URL"):
        Settings.from_env()


def test_a_forgotten_environment_is_production(monkeypatch: pytest.MonkeyPatch) -> None:
    for known in GOOD:
        monkeypatch.setenv(known.upper(), str(GOOD[known]))
    monkeypatch.delenv("DGVN_ENV", raising=False)

    assert Settings.from_env().environment is Environment.PRODUCTION


def test_the_example_names_every_setting() -> None:
    read = names_read((ROOT / "app" / "settings.py").read_text())

    assert set(NAME.findall((ROOT / ".env.example").read_text())) == read


def test_a_setting_that_is_read_is_found() -> None:
    source = 'env = os.environ\na = env["FIRST"]\nb = env.get("SECOND", "")\nc = other.get("THIRD")'

    assert names_read(source) == {"FIRST", "SECOND"}

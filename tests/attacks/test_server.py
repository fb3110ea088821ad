"""Requests that two servers in a row could read in two ways, straight to ours."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import DatabaseMaker
from tests.support.product import WEB, Product, own_broker

PATIENCE = 10
ANOTHER = "GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
READ_IN_TWO_WAYS = {
    "a length and pieces": (
        f"POST /inloggen HTTP/1.1\r\nHost: {{host}}\r\n{FORM}"
        f"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{ANOTHER}"
    ),
    "two lengths": (
        f"POST /inloggen HTTP/1.1\r\nHost: {{host}}\r\n{FORM}"
        f"Content-Length: 5\r\nContent-Length: 0\r\n\r\na=b&c{ANOTHER}"
    ),
    "a length that is none": (
        f"POST /inloggen HTTP/1.1\r\nHost: {{host}}\r\n{FORM}"
        f"Content-Length: +5\r\n\r\na=b&c{ANOTHER}"
    ),
    "pieces of an odd kind": (
        f"POST /inloggen HTTP/1.1\r\nHost: {{host}}\r\n{FORM}"
        f"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{ANOTHER}"
    ),
    "a space before the colon": (
        f"GET / HTTP/1.1\r\nHost: {{host}}\r\nContent-Length : 5\r\n\r\nabcde{ANOTHER}"
    ),
    "a header over two lines": f"GET / HTTP/1.1\r\nHost: {{host}}\r\nX-A: b\r\n c\r\n\r\n{ANOTHER}",
    "two hosts": "GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n",
    "no host of ours": "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "an old protocol": "GET /\r\n\r\n",
    "a protocol to come": f"GET / HTTP/9.9\r\nHost: {{host}}\r\n\r\n{ANOTHER}",
    "a very long line": f"GET /{'a' * 10_000} HTTP/1.1\r\nHost: {{host}}\r\n\r\n",
    "very many headers": "GET / HTTP/1.1\r\nHost: {host}\r\n" + "X-A: b\r\n" * 200 + "\r\n",
}


@pytest.fixture(scope="module")
def product(
    new_database: DatabaseMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    with own_broker(os.environ["TEST_REDIS_URL"]) as url:
        product = Product(tmp_path_factory.mktemp("server"), new_database(), url)
        try:
            product.start(WEB)
            yield product
        finally:
            product.close()


def said_to(product: Product, request: str) -> bytes:
    """All that the server answers until it closes, or says nothing more."""
    with socket.create_connection(("127.0.0.1", product.port), PATIENCE) as line:
        line.sendall(request.format(host=f"127.0.0.1:{product.port}").encode())
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65_536), b""))


@pytest.mark.parametrize("request_line", READ_IN_TWO_WAYS.values(), ids=READ_IN_TWO_WAYS)
def test_s77_a_request_that_can_be_read_in_two_ways_is_refused_and_nothing_after_it_is_read(
    product: Product, request_line: str
) -> None:
    answer = said_to(product, request_line)

    assert answer.count(b"HTTP/1.1 ") <= 1
    assert not answer or answer.split()[1] in {b"400", b"414", b"431", b"501", b"505"}
    assert b"evil" not in answer


def test_s16_a_whole_address_in_the_request_changes_no_link(product: Product) -> None:
    answer = said_to(product, "GET http://evil.example/meldingen HTTP/1.1\r\nHost: {host}\r\n\r\n")

    assert answer.split()[1] in {b"302", b"400"}
    assert b"evil" not in answer


def test_s83_the_server_tells_no_version(product: Product) -> None:
    head = said_to(product, "GET / HTTP/1.0\r\nHost: {host}\r\n\r\n").split(b"\r\n\r\n")[0]

    assert b"200" in head.splitlines()[0]
    assert not any(digit in head.split(b"Server:")[-1].splitlines()[0] for digit in b"0123456789")


def test_s85_no_secret_stands_in_the_command_line_of_a_process(product: Product) -> None:
    """Everybody on a machine may read those."""
    given = product.environment
    passwords = [urlsplit(given[name]).password for name in ("DATABASE_URL", "REDIS_URL")]
    secrets = [one for one in (given["SECRET_KEY"], *passwords) if one]
    lines = [
        Path(f"/proc/{process}/cmdline").read_bytes().decode()
        for process in pids_of(product.parts[WEB].process.pid)
    ]

    assert len(lines) >= 2
    assert not [line for line in lines if any(secret in line for secret in secrets)]


def pids_of(group: int) -> list[int]:
    """The processes of this group, which are all that a part of the product starts."""
    everybody = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal())
    return [pid for pid in everybody if _group_of(pid) == group]


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0

"""What is a whole request, and what is refused before it is one."""

import pytest

from app.web.whole_requests import (
    LONGEST_BODY,
    LONGEST_HEADERS,
    NO_LENGTH,
    TOO_LONG,
    Arriving,
    announced,
)

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"


def arriving(*pieces: bytes) -> Arriving:
    read = Arriving(conn=None, data=bytearray(), until=0)
    for piece in pieces:
        read.add(piece)
    return read


@pytest.mark.parametrize("whole", [GET, POST + b"a=b&c", GET + GET, POST + b"a=b&c" + GET])
def test_a_request_is_whole_at_its_last_byte(whole: bytes) -> None:
    one_by_one = [bytes([one]) for one in whole]

    assert arriving(whole).is_whole
    assert arriving(*one_by_one).is_whole


@pytest.mark.parametrize("begin", [b"GET / HT", GET[:-1], POST, POST + b"a=b&", b"GET /\n\n"])
def test_half_a_request_waits(begin: bytes) -> None:
    read = arriving(begin)

    assert (read.is_whole, read.refusal) == (False, b"")


def test_nothing_more_comes_of_who_has_said_all() -> None:
    assert arriving(POST, b"").is_whole


def test_headers_without_end_are_left_to_gunicorn() -> None:
    assert arriving(b"GET / HTTP/1.1\r\nX: ", b"a" * LONGEST_HEADERS).is_whole


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        (b"Transfer-Encoding: chunked", NO_LENGTH),
        (b"transfer-encoding: xchunked", NO_LENGTH),
        (b"Content-Length: %d" % (LONGEST_BODY + 1), TOO_LONG),
    ],
)
def test_what_never_fits_is_refused_at_once(header: bytes, refusal: bytes) -> None:
    assert arriving(b"POST / HTTP/1.1\r\n" + header + b"\r\n\r\n").refusal == refusal


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (b"GET / HTTP/1.1\r\nHost: x", (None, False)),
        (b"POST / HTTP/1.1\r\ncontent-length:  7 ", (7, False)),
        (b"POST / HTTP/1.1\r\nContent-Length: 7\r\nContent-Length: 0", (7, False)),
        (b"POST / HTTP/1.1\r\nContent-Length: +7", (0, False)),
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5_000, (0, False)),
        (b"POST / HTTP/1.1\r\nContent-Length: 7\r\nTransfer-Encoding: chunked", (7, True)),
    ],
)
def test_the_length_is_read_as_it_is_announced(
    headers: bytes, said: tuple[int | None, bool]
) -> None:
    assert announced(headers) == said

"""Nothing but the one host of a provider is called, wherever its name or its answer leads."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from time_machine import escape_hatch

from app.openid.calling import MOST_BYTES, Away, Line, addresses_of, may_call, origin_of
from tests.support.openid import a_provider

INSIDE = [
    "127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "0.0.0.0", "::",
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "fe80::1%eth0", "fd00::1",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "64:ff9b::7f00:1", "2002:7f00:1::",
    "::ffff:169.254.169.254",
]  # fmt: skip


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """What anybody who is called hears first."""
    with closing(socket.create_server(("127.0.0.1", 0))) as heard:
        heard.setblocking(False)
        yield heard


def was_called(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_within_is_called(address: str) -> None:
    assert not may_call(address, loopback_too=False)


@pytest.mark.parametrize("address", ["20.190.160.1", "2603:1006:2000::1", "::ffff:20.190.160.1"])
def test_an_address_of_the_internet_is_called(address: str) -> None:
    assert may_call(address, loopback_too=False)


@pytest.mark.parametrize("address", INSIDE[5:])
def test_at_home_no_other_machine_within_is_called(address: str) -> None:
    assert not may_call(address, loopback_too=True)
    assert may_call("127.0.0.1", loopback_too=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:7f00:1]", "127.1"]
)
def test_s65_a_name_for_this_machine_is_not_called(host: str, listener: socket.socket) -> None:
    url = f"https://{host}:{listener.getsockname()[1]}"

    with pytest.raises(Away):
        Line(url, loopback_too=False).read(f"{url}/x")

    assert not was_called(listener)


def test_s65_a_name_that_leads_elsewhere_by_now_is_not_called(listener: socket.socket) -> None:
    """Looked up once for each call; what was judged is what is called."""
    port = listener.getsockname()[1]
    found = iter([["20.190.160.1", "127.0.0.1"], ["127.0.0.1"], []])
    url = f"https://inloggen.testerdam.example:{port}"
    line = Line(url, loopback_too=False, look_up=lambda _host, _port: next(found))

    for _ in range(3):
        with pytest.raises(Away, match="address"):
            line.read(url)

    assert not was_called(listener)


def test_s65_without_a_certificate_nothing_is_called(listener: socket.socket) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    with pytest.raises(Away, match="InvalidSchema"):
        Line(url, loopback_too=False, look_up=lambda *_: ["20.190.160.1"]).read(url)

    assert not was_called(listener)


def test_s65_no_redirect_is_followed(listener: socket.socket) -> None:
    elsewhere = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with a_provider(redirects=elsewhere) as provider, pytest.raises(Away, match="redirect"):
        Line(provider.issuer, loopback_too=True).read(f"{provider.issuer}/keys")

    assert not was_called(listener)


def test_s65_another_host_than_that_of_the_provider_is_not_called(
    listener: socket.socket,
) -> None:
    with a_provider() as provider, pytest.raises(Away, match="elsewhere"):
        Line(provider.issuer, loopback_too=True).read(
            f"http://127.0.0.1:{listener.getsockname()[1]}/keys"
        )

    assert not was_called(listener)


def test_an_answer_is_read(listener: socket.socket) -> None:
    with a_provider() as provider:
        found = Line(provider.issuer, loopback_too=True).read(f"{provider.issuer}/x")

        assert found == provider.description()


@pytest.mark.parametrize("told", ["a" * MOST_BYTES, ["no object"]])
def test_an_answer_that_cannot_be_used_is_none(told: object) -> None:
    with a_provider(about={"filler": told} if isinstance(told, str) else {}) as provider:
        provider.description = lambda: told  # type: ignore[method-assign,assignment,return-value]
        with pytest.raises(Away):
            Line(provider.issuer, loopback_too=True).read(f"{provider.issuer}/x")


def test_nobody_who_is_away_is_waited_for() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"

    with pytest.raises(Away, match="ConnectionError"):
        Line(url, loopback_too=True).read(url)


def test_a_name_is_looked_up_in_every_spelling() -> None:
    assert addresses_of("2130706433", 1) == ["127.0.0.1"]


@pytest.mark.parametrize("url", ["https://Inlog.nl/x", "https://inlog.nl:443", "HTTPS://inlog.nl"])
def test_one_host_is_the_same_in_every_spelling(url: str) -> None:
    assert origin_of(url) == origin_of("https://inlog.nl")


@pytest.mark.parametrize(
    "url",
    [
        *("http://inlog.nl", "https://inlog.nl:8443", "https://inlog.nl.elders.nl"),
        *(
            "https://inlog.nl@elders.nl",
            "https://elders.nl/inlog.nl",
            "https://[x",
            "",
            "//inlog.nl",
        ),
    ],
)
def test_another_host_is_another_one(url: str) -> None:
    assert origin_of(url) != origin_of("https://inlog.nl")


def a_certificate(folder: Path, name: str) -> Path:
    """Of a server with this name, with its key, as one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = escape_hatch.datetime.datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=who, subject_name=who, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, SHA256())
    )
    path = folder / f"{name}.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(plain + made.public_bytes(Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("shown", "is_right"),
    [("inloggen.testerdam.example", True), ("inloggen.elders.example", False)],
)
def test_s65_the_certificate_must_be_of_the_name_and_not_of_the_address(
    tmp_path: Path, shown: str, is_right: bool
) -> None:
    certificate = a_certificate(tmp_path, shown)
    manner = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    manner.load_cert_chain(certificate)
    with a_provider() as provider:
        own = provider.server
        own.socket = manner.wrap_socket(own.socket, server_side=True)
        port = own.server_address[1]
        url = f"https://inloggen.testerdam.example:{port}"
        line = Line(url, loopback_too=True, look_up=lambda *_: ["127.0.0.1"])
        line.verify = str(certificate)

        if is_right:
            assert line.read(f"{url}/x") == provider.description()
            assert provider.hosts == [f"inloggen.testerdam.example:{port}"]
        else:
            with pytest.raises(Away, match="SSLError"):
                line.read(f"{url}/x")
            assert provider.heard == []

"""Certificates, and the deadline inside TLS."""

import ssl
import time
from pathlib import Path

import pytest

from coranto.client import FetchError
from fetching import FEED, SHORT, SMALL, client
from loopback import drip, http, loopback, raw

DATA = Path(__file__).parent / "data" / "client"


@pytest.fixture(scope="module")
def tls_server():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DATA / "localhost.pem")
    with loopback(
        {"": http(FEED), "/drip": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", b"z")}, tls=context
    ) as server:
        yield server


def test_a_certificate_that_nobody_vouches_for_is_refused(tls_server):
    before = len(tls_server.log)
    with client() as out, pytest.raises(FetchError) as caught:
        out.get(f"https://localhost:{tls_server.port}/")
    assert caught.value.kind == "tls"
    assert "certificate" in caught.value.reason
    assert len(tls_server.log) == before


def test_a_certificate_of_the_systems_own_is_taken_for_its_name_only(tls_server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(DATA / "localhost.pem"))
    with client(SMALL) as out:
        assert out.get(f"https://localhost:{tls_server.port}/").body == FEED
        with pytest.raises(FetchError) as caught:
            out.get(f"https://127.0.0.1:{tls_server.port}/")
        assert caught.value.kind == "tls"


def test_the_deadline_holds_inside_tls(tls_server, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(DATA / "localhost.pem"))
    start = time.monotonic()
    with client(SHORT) as out, pytest.raises(FetchError) as caught:
        out.get(f"https://localhost:{tls_server.port}/drip")
    assert caught.value.kind == "timeout"
    assert time.monotonic() - start < 1.8


def test_a_server_that_never_shakes_hands_meets_the_deadline():
    with loopback(raw(3.0)) as server, client(SHORT) as out, pytest.raises(FetchError) as caught:
        out.get(f"https://127.0.0.1:{server.port}/")
    assert caught.value.kind in ("timeout", "tls")

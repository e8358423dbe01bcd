"""The operator's proxy (fetch.proxy), and through it: what holds a whole domain (P10)."""

import contextlib
import select
import socket
import socketserver
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coranto.client import FetchError, HeldError
from coranto.settings.values import Fetch
from fetching import FEED, SHORT, SMALL, FakeTime, client
from loopback import http, loopback

DATA = Path(__file__).parent / "data" / "client"
NOON = datetime(2022, 1, 7, 12, 0, 0, tzinfo=UTC)


def through(proxy, private=(), login="", limits=SMALL, **more):
    """A client that goes through a proxy, and is not held up by pauses."""
    fetch = Fetch(private=tuple(private), pause=0, proxy=f"http://{login}127.0.0.1:{proxy.port}")
    pace = FakeTime().pace(private=tuple(private), started=NOON)
    return client(limits, fetch, pace=pace, **more)


def error(proxy, url, **more):
    with through(proxy, **more) as out, pytest.raises(FetchError) as caught:
        out.get(url)
    return caught.value


def test_the_proxy_is_told_the_whole_address_as_it_was_written():
    looked_up = []

    def resolve(host, _port, _timeout):
        looked_up.append(host)
        return [host]

    with loopback(http(FEED, ETag='"x"')) as proxy, through(proxy, resolve=resolve) as out:
        response = out.get("http://rss.paper.example/a/../b?x=%2f&&")
        out.get("http://rss.paper.example:8080/")
    assert (response.body, response.url) == (FEED, "http://rss.paper.example/a/../b?x=%2f&&")
    assert [asked.target for asked in proxy.log] == [
        "http://rss.paper.example/a/../b?x=%2f&&",
        "http://rss.paper.example:8080/",
    ]
    assert [asked.headers["Host"] for asked in proxy.log] == ["rss.paper.example", "rss.paper.example:8080"]
    assert "Proxy-Authorization" not in proxy.log[0].headers
    assert set(looked_up) == {"127.0.0.1"}, "names are the proxy's to look up"


def test_the_proxys_login_is_for_the_proxy_and_comes_from_the_environment():
    environ = {"PROXY_PASSWORD": "geheim"}
    with loopback(http(b"", "407 No")) as proxy, through(proxy, login="me:$PROXY_PASSWORD@", environ=environ) as out:
        assert out.get("http://paper.example/").status == 407
    assert proxy.log[0].headers["Proxy-Authorization"] == "Basic bWU6Z2VoZWlt"
    assert "Authorization" not in proxy.log[0].headers
    with loopback(http(FEED)) as proxy:
        missing = error(proxy, "http://paper.example/", login="me:$PROXY_PASSWORD@", environ={})
        assert missing.reason == "fetch.proxy needs the environment variable PROXY_PASSWORD, which is not set; set it"
        wrong = error(proxy, "http://paper.example/", login="me:geheim$ @", environ={})
        assert "fetch.proxy is no address" in wrong.reason
        assert "geheim" not in str(wrong)


def test_hosts_that_settings_name_as_private_are_asked_directly():
    with (
        loopback(http(FEED)) as proxy,
        loopback(http(FEED)) as bridge,
        through(proxy, private=("127.0.0.1",)) as out,
    ):
        out.get(bridge.url("/x"))
    assert [asked.target for asked in bridge.log] == ["/x"]
    assert proxy.log == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "localhost", "x.localhost", "[::1]", "169.254.169.254", "0x7f.1", "localhost."]
)
def test_what_shows_on_its_face_that_it_is_inside_is_refused_all_the_same(host):
    with loopback({"": http(FEED), "http://paper.example/r": http(b"", "302 F", Location=f"http://{host}/")}) as proxy:
        assert error(proxy, f"http://{host}/").kind == "refused-address"
        assert error(proxy, "http://paper.example/r").kind == "refused-address"
    assert len(proxy.log) == 1


def test_a_proxy_that_is_down_is_named():
    with loopback(http(FEED)) as proxy:
        pass
    assert f"the proxy 127.0.0.1:{proxy.port}" in error(proxy, "http://paper.example/").reason


class _Tunnel(socketserver.StreamRequestHandler):
    """A proxy that knows CONNECT, and leads everybody to one server."""

    def handle(self):
        lines = []
        while (line := self.rfile.readline().decode().strip()) != "":
            lines.append(line)
        self.server.log.append(lines)
        if self.server.target is None:
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.server.target)) as there, contextlib.suppress(OSError):
            while True:
                for one in select.select([self.connection, there], [], [], 5)[0]:
                    data = one.recv(65536)
                    if not data:
                        return
                    (there if one is self.connection else self.connection).sendall(data)


class Tunnel(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    @property
    def port(self):
        return self.server_address[1]


@contextlib.contextmanager
def tunnel(target):
    server = Tunnel(("127.0.0.1", 0), _Tunnel)
    server.target, server.log = target, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_https_goes_through_a_tunnel_and_the_certificate_is_checked_at_its_end(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(DATA / "localhost.pem"))
    monkeypatch.setattr("coranto.client.guard.is_inside", lambda _: False)  # the certificate is for localhost
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DATA / "localhost.pem")
    with loopback(http(FEED), tls=context) as server, tunnel(server.port) as proxy:
        with through(proxy, login="me:pw@") as out:
            assert out.get("https://localhost/feed").body == FEED
        assert error(proxy, "https://other.example/feed").kind == "tls"
    assert [asked.target for asked in server.log] == ["/feed"]
    assert "Proxy-Authorization" not in server.log[0].headers
    assert proxy.log[0][0].startswith("CONNECT localhost:443 HTTP/1.")
    assert "Proxy-Authorization: Basic bWU6cHc=" in proxy.log[0]
    assert not any("Proxy-Authorization" in line for line in proxy.log[1])


def test_a_tunnel_that_is_refused_or_silent_is_an_error_in_words():
    with tunnel(None) as proxy:
        refused = error(proxy, "https://paper.example/")
    assert (refused.kind, refused.reason) == ("connect", "the proxy does not let us through (403); check fetch.proxy")
    with loopback(lambda _asked: iter([3.0, b"x"])) as proxy:
        assert error(proxy, "https://paper.example/", limits=SHORT).kind == "timeout"


# ---- a whole domain


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize("headers", [{"Retry_After": "600"}, {"Cache_Control": "max-age=600"}])
def test_a_429_or_503_holds_the_whole_domain(status, headers):
    """P10: and only its own; nothing is sent."""
    answers = {"": http(FEED), "http://rss.paper.com.cn/a": http(b"", status, **headers)}
    with loopback(answers) as proxy, through(proxy) as out:
        assert out.get("http://rss.paper.com.cn/a").status in (429, 503)
        with pytest.raises(HeldError) as caught:
            out.get("http://www.paper.com.cn:8080/b")
        assert out.get("http://other.com.cn/").body == FEED
    assert caught.value.until == datetime(2022, 1, 7, 12, 10, tzinfo=UTC)
    assert [asked.target for asked in proxy.log] == ["http://rss.paper.com.cn/a", "http://other.com.cn/"]


@pytest.mark.parametrize(
    "answer", [http(b"", "429 No"), http(b"", "503 No", Retry_After="soon"), http(b"", "500 No", Retry_After="600")]
)
def test_an_answer_that_names_no_time_holds_nobody(answer):
    """P9, P13."""
    with loopback({"": http(FEED), "http://paper.example/a": answer}) as proxy, through(proxy) as out:
        out.get("http://paper.example/a")
        assert out.get("http://paper.example/b").body == FEED


def test_a_redirects_target_is_held_under_its_own_name():
    """P10, P19."""
    answers = {
        "http://a.example/": http(b"", "302 F", Location="http://cdn.example/x"),
        "http://cdn.example/x": http(b"", "429 No", Retry_After="600"),
        "http://a.example/own": http(FEED),
    }
    with loopback(answers) as proxy, through(proxy) as out:
        assert out.get("http://a.example/").status == 429
        assert out.get("http://a.example/own").body == FEED
        with pytest.raises(HeldError):
            out.get("http://a.example/")
    assert [asked.target for asked in proxy.log].count("http://cdn.example/x") == 1


def test_a_lookup_without_an_end_is_an_error_in_words():
    def resolve(*_):
        raise TimeoutError

    with client(fetch=Fetch(), resolve=resolve, pace=FakeTime().pace()) as out, pytest.raises(FetchError) as caught:
        out.get("http://slow.example/")
    assert (caught.value.kind, caught.value.reason) == ("dns", "looking up slow.example took too long")

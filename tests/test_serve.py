"""The server as a whole: methods, probes, patience with clients, and `coranto serve` as a process."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from commands import environment, interruptible, program
from coranto.server import patient
from coranto.server.serving import ServeError, Serving
from coranto.settings import load
from serving import FEED, SETTINGS, served


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "BREW"])
def test_only_get_and_head_are_answered(site, method):
    answer = site.ask("/metro/atom.xml", method, body=b"x" * 100)
    assert answer.status in {400, 405}  # a method that HTTP does not know is a bad request
    if method != "BREW":
        assert answer.fields["allow"] == "GET, HEAD, OPTIONS"


def test_a_script_of_another_site_may_ask_with_conditions(site):
    """A preflight (Fetch, CORS protocol)."""
    answer = site.ask("/metro/atom.xml", "OPTIONS", origin="https://reader.example")
    assert answer.status == 204
    assert answer.fields["access-control-allow-origin"] == "*"
    assert "If-None-Match" in answer.fields["access-control-allow-headers"]


def test_the_probes_say_whether_it_lives_and_whether_there_is_anything(tmp_path):
    state = [True]
    with served(tmp_path, alive=lambda: state[0]) as site:
        assert (site.ask("/healthz").status, site.ask("/readyz").status) == (200, 200)
        state[0] = False
        (site.feeds / "index.html").unlink()
        assert (site.ask("/healthz").status, site.ask("/readyz").status) == (503, 503)
        assert b"coranto build" in site.ask("/readyz").body


@pytest.mark.parametrize("path", ["/status", "/metrics", "/status/alerts.xml"])
def test_how_the_sources_are_is_for_operators(site, path):
    assert site.ask(path).status != 403
    assert site.ask(path, x_forwarded_for="203.0.113.9").status == 403
    assert site.ask(path, host="evil.example").status == 403
    assert site.ask(path, "HEAD", host="evil.example").body == b""
    assert site.ask(path).fields["content-security-policy"].startswith("default-src 'none'")


# -- clients that are slow, wrong or many


def test_a_client_that_sends_no_head_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(patient, "PATIENCE", 0.4)
    with served(tmp_path) as site:
        for sent in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX: "):
            started = time.monotonic()
            assert site.raw(sent) == b""
            assert time.monotonic() - started < 3


def test_a_head_without_end_is_cut_off(site):
    with socket.create_connection(("127.0.0.1", site.port), timeout=5) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        endless = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(20000))
        with pytest.raises(OSError, match=r"reset|pipe"):
            peer.sendall(endless)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\xe5\x9c\xb0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        b"\r\n\r\n\r\n\r\nnonsense\r\n\r\n",
    ],
)
def test_nonsense_harms_nobody(site, sent):
    site.raw(sent)
    assert site.ask("/metro/atom.xml").body == FEED


def test_a_body_that_nobody_wants_is_not_kept(site):
    answer = site.raw(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\n" + b"x" * 70000)
    assert b" 405 " in answer.split(b"\r\n")[0]


def test_readers_that_take_nothing_harm_no_other(tmp_path):
    """Forty of them wait with a large feed before them; it costs a piece each, and the next reader waits for none."""
    with served(tmp_path) as site:
        big = b"<feed>" + b"x" * 8_000_000
        (site.feeds / "metro" / "big.xml").write_bytes(big)
        peers = []
        for _ in range(40):
            peer = socket.socket()
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.connect(("127.0.0.1", site.port))
            peer.sendall(b"GET /metro/big.xml HTTP/1.1\r\nHost: x\r\n\r\n")
            peers.append(peer)
        time.sleep(0.3)
        started = time.monotonic()
        assert site.ask("/metro/atom.xml").body == FEED
        assert site.ask("/metro/big.xml").body == big
        assert time.monotonic() - started < 2
        for peer in peers:
            peer.close()


def test_one_connection_carries_many_requests(site):
    request = b"GET /metro/ HTTP/1.1\r\nHost: x\r\n\r\n" * 3
    answer = site.raw(request[:-2] + b"Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 3


def test_many_at_once_get_the_same(site):
    found = []
    workers = [threading.Thread(target=lambda: found.append(site.ask("/metro/atom.xml").body)) for _ in range(30)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert set(found) == {FEED}


# -- where it listens


def test_a_port_that_is_taken_is_told_with_what_to_do(site, tmp_path):
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    with pytest.raises(ServeError, match=rf"cannot listen on 127.0.0.1, port {site.port}: .*--port"):
        Serving(load(tmp_path / "settings.yaml"), lambda: None, port=site.port)


def test_a_host_that_is_not_ours_is_told(tmp_path):
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    with pytest.raises(ServeError, match=r"203\.0\.113\.9"):
        Serving(load(tmp_path / "settings.yaml"), lambda: None, host="203.0.113.9", port=0)


# -- the command


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_the_command_serves_until_it_is_stopped(tmp_path, number, code):
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "index.html").write_bytes(b"<html>")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with (
        interruptible(),
        subprocess.Popen(
            program("serve", "--port", "0", "--json"), cwd=tmp_path, env=environment(), **pipes
        ) as process,
    ):
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stderr.readline())[0]
        with urllib.request.urlopen(address, timeout=5) as answer:
            assert answer.read() == b"<html>"
        started = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=10) == code
        assert time.monotonic() - started < 3
        assert json.loads(process.stdout.read())["address"] == address
        assert "Traceback" not in process.stderr.read()


def test_a_server_alone_loads_no_reader_and_no_writer(tmp_path):
    """`serve` is light: it loads neither feedparser nor feedgen, nor the way out."""
    code = (
        "import sys, coranto.server.serving, coranto.server.patient\n"
        "print(sorted({'feedparser', 'feedgen', 'requests', 'apscheduler', 'lxml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert done.stdout.strip() == "[]"

"""The way out is closed, end to end: whom we ask, what goes along, what is shown, and what a log line can hold.

RELIABILITY 2 (security kinds) and promise 7.  What reaches the disk is in `test_way_out_paths`.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from commands import as_json, coranto
from coranto.client import Client, FetchError, Pace, guard
from coranto.client.dial import PlainSocket
from coranto.server.serving import Serving
from coranto.settings import load
from coranto.settings.values import Fetch
from loopback import http, loopback, raw
from river import Site, atom, item
from serving import Served
from simulation import START, Simulation

# Hosts as they stand in an address; each is inside, or leads there in the eyes of some resolver.
INSIDE = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1",
    "017700000001", "127.0.0.1.", "00000127.0.0.1", "127.00.00.01", "0", "00", "0x0", "0.0.0.0", "10.0.0.1", "10.1",
    "167772161", "172.16.0.1", "192.168.1.1", "192.168.257", "0xc0a80101", "3232235777.", "169.254.169.254",
    "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "100.64.0.1", "100.100.100.200",
    "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "4294967296", "%31%32%37.0.0.1", "good@127.0.0.1",
    "a:b@[::1]", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::]",
    "[2001:0:7f00:1::]", "[2001:10::1]", "[2001:20::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[100::1]",
    "[fe80::1]", "[fe80::1%25eth0]", "[::1%25lo]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]",
    "localhost", "LOCALHOST", "localhost.", "a.localhost", "１２７．０．０．１", "127。0。0。1", "127｡0｡0｡1", "①②⑦.⓪.⓪.①",
    "⑯⑨.254.169.254", "ｌｏｃａｌｈｏｓｔ", "metadata.google.internal", "127.0.0.1.nip.example", "loc\u00adalhost",
]  # fmt: skip
PUBLIC = "93.184.215.14"


def looked_up(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
    """As the most obliging of systems: numbers in every disguise are read, and every other name is ours."""
    try:
        address = socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        address = "127.0.0.1"
    return [(2, 1, 6, "", (address, port))]


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Whom a connection is made to; loopback is, and what stands for the open net leads to the same port there."""
    found = list[tuple[str, int]]()

    def connect(sock: socket.socket, address: tuple[str, int]) -> None:
        found.append(address)
        socket.socket.connect(sock, ("127.0.0.1", address[1]))

    monkeypatch.setattr(PlainSocket, "connect", connect)
    monkeypatch.setattr(PlainSocket, "getpeername", lambda _: found[-1])
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return found


def client(*private: str, resolve: guard.Resolve = guard.resolve) -> Client:
    """Its clock runs fast: nobody waits for a pause."""
    pace = Pace(0, private, count(0, 10).__next__, lambda _: None)
    return Client(Fetch(private=private, pause=0), "1", pace=pace, resolve=resolve)


def refused(ask: Callable[[str], object], places: list[str]) -> dict[str, str]:
    """The kind of error of each place that is not refused as an address of the inside."""
    kinds = dict.fromkeys(places, "asked")
    for place in places:
        try:
            ask(place)
        except FetchError as error:
            kinds[place] = error.kind
    return {place: kind for place, kind in kinds.items() if kind != "refused-address"}


def test_no_spelling_of_the_inside_is_asked(dialled: list[tuple[str, int]]) -> None:
    """SSRF, plain and by spelling: as the address of an upstream, and as that of a hub."""
    with client() as out:
        for ask in (out.get, lambda url: out.post(url, [("hub.mode", "publish")])):
            assert refused(ask, [f"http://{host}:8080/x" for host in INSIDE]) == {}
            assert refused(ask, [f"https://{host}/" for host in INSIDE[::5]]) == {}
    assert dialled == []


def test_no_redirect_leads_inside_however_it_is_spelled(dialled: list[tuple[str, int]]) -> None:
    """SSRF by redirect: only the server that redirects hears of us, once for each."""
    hosts = [host.encode().decode("latin-1") for host in INSIDE]
    ways = {f"/{n}": http(b"", "307 T", Location=f"http://{host}:8080/") for n, host in enumerate(hosts)}
    with loopback(ways) as server, client(f"127.0.0.1:{server.port}") as out:
        places = [server.url(way) for way in ways]
        assert refused(out.get, places) == {}
        assert refused(lambda url: out.post(url, []), places) == {}
    assert set(dialled) == {("127.0.0.1", server.port)}
    assert len(dialled) == len(server.log) == 2 * len(INSIDE)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.1.2.3", "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "::1", "::"),
        *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001::1", "fe80::1%eth0", "fd00::1", "ff02::1", "x"),
    ],
)
def test_a_name_that_leads_inside_is_not_asked(dialled: list[tuple[str, int]], address: str) -> None:
    """Judged is the numeric address; of several, the public ones are asked and no other."""
    with client(resolve=lambda *_: [address]) as out:
        assert refused(out.get, ["http://news.example/"]) == {}
    assert dialled == []
    with loopback(http()) as server, client(resolve=lambda *_: [address, PUBLIC]) as out:
        out.get(f"http://news.example:{server.port}/")
    assert dialled == [(PUBLIC, server.port)]


def test_a_name_that_was_public_a_moment_ago_is_judged_anew(dialled: list[tuple[str, int]]) -> None:
    """DNS rebinding: over a redirect to the same name, and from one poll to the next."""
    answers = iter([PUBLIC, "127.0.0.1", PUBLIC, "10.0.0.1"])
    with (
        loopback({"/a": http(b"", "302 Found", Location="/b"), "/c": http()}) as server,
        client(resolve=lambda *_: [next(answers)]) as out,
    ):
        here = f"http://rebind.example:{server.port}"
        assert refused(out.get, [f"{here}/a"]) == {}
        assert out.get(f"{here}/c").status == 200
        assert refused(out.get, [f"{here}/c"]) == {}
    assert [asked.target for asked in server.log] == ["/a", "/c"]
    assert dialled == [(PUBLIC, server.port)] * 2


def test_a_page_that_names_feeds_of_the_inside_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`coranto add`: what a page calls its feeds is a stranger's word, also behind a redirect."""
    monkeypatch.chdir(tmp_path)
    with loopback(http(atom(item("urn:1")))) as inside:
        port = inside.port
        hrefs = (f"http://127.0.0.1:{port}/", f"http://[::1]:{port}/", f"http://0x7f.1:{port}/", "/away")
        links = "".join(f'<link rel="alternate" type="application/atom+xml" href="{href}">' for href in hrefs)
        away = http(b"", "302 Found", Location=f"http://localhost:{port}/")
        with loopback({"/": http(f"<html>{links}".encode()), "/away": away}) as server:
            site = Site(tmp_path)
            site.extra = f"fetch: {{private: ['127.0.0.1:{server.port}'], pause: 0s}}\n"
            site.settings()
            result = coranto("add", server.url("/"), "--write")
    assert result.exit_code == 1
    assert result.stderr.count("  no: ") == len(hrefs)
    assert inside.log == []
    assert "upstreams" not in (tmp_path / "settings.yaml").read_text("utf-8")


# -- what goes along


@pytest.mark.parametrize(
    "value", [b'"a"\r\n\tX-Sent: y', b'"a"\rX-Sent: y', b'"a\x0bX-Sent: y"', b'"\x85X-Sent: y"', b"\xe2\x80\xa8", b'"\x00"']
)  # fmt: skip
def test_no_validator_of_a_stranger_makes_a_header_of_our_next_request(value: bytes) -> None:
    """P1: folded, with a bare line end, or with what some program takes for one."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: " + value + b"\r\nLast-Modified: " + value + b"\r\n\r\n"
    with loopback(lambda _: iter([answer])) as server, client("127.0.0.1") as out:
        first = out.get(server.url())
        out.get(server.url(), etag=first.etag, last_modified=first.last_modified)
    before, after = (set(asked.headers) for asked in server.log)
    assert after - before <= {"If-None-Match", "If-Modified-Since", "A-IM"}
    assert not re.search(r"[\x00-\x1f\x7f]", "".join(server.log[1].headers.values()))


@pytest.mark.parametrize("value", ['"a"\r\nX-Sent: y', '"a"\nX-Sent: y', "a\r\n\r\nGET /x HTTP/1.1"])
def test_a_line_break_in_what_is_remembered_sends_nothing(value: str) -> None:
    """Should a store ever hold one: the last guard is at the wire."""
    with loopback(http()) as server, client("127.0.0.1") as out, pytest.raises(FetchError):
        out.get(server.url(), etag=value)
    assert server.log == []


# -- secrets

WORDS = re.compile("geheim|riverbank")  # in the environment; in addresses
COMMANDS = ("build", "check", "status", "opml export", "explain urn:a:1", "explain posts/2022-01-07-a.md")


@pytest.fixture(scope="module")
def secretive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A site after its first build, and all that its commands said: a login for every way to fail, and for the proxy."""
    folder = tmp_path_factory.mktemp("secretive")
    answers = {"/ok": http(atom(item("urn:a:1"))), "/404": http(b"", "404 No"), "/x": http(b"", "301 M", Location="/x")}
    with loopback(answers) as server, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("NEWS_KEY", "geheim")
        site = Site(folder)
        site.post("posts/2022-01-07-a.md", title="甲")
        away = ["http://me:riverbank@10.0.0.1/x", "http://me:riverbank@no-such.example/x"]
        mine = [server.url(path).replace("//", "//me:riverbank@") for path in ("/404", "/x")]
        own = 'auth: "me:$NEWS_KEY", headers: {X-Key: "$NEWS_KEY"}'
        site.extra = "fetch: {private: [127.0.0.1], pause: 0s, proxy: 'http://me:$NEWS_KEY@127.0.0.1:1'}\nupstreams:\n"
        lines = [f"  - {{url: '{url}', category: c, {own}}}\n" for url in (server.url("/ok"), *mine, *away)]
        site.extra += "".join(lines)
        site.settings()
        said = "".join(coranto(*line.split(), *more).output for line in COMMANDS for more in ((), ("--json",)))
    assert {asked.headers["X-Key"] for asked in server.log} == {"geheim"}
    return folder, said


def test_no_command_shows_a_secret(secretive: tuple[Path, str]) -> None:
    """Credentials: those of an upstream, in its address or in the environment, and those of the proxy."""
    _, said = secretive
    assert said.count("no-such.example") >= 4
    assert "the proxy 127.0.0.1:1" in said
    assert WORDS.findall(said) == []


def test_no_page_shows_a_secret(secretive: tuple[Path, str]) -> None:
    folder, _ = secretive
    serving = Serving(load(folder / "settings.yaml"), lambda: datetime.now(UTC), port=0)
    try:
        site: Any = Served(folder / "feeds", serving)
        for path in ("/", "/all/", "/status", "/status/alerts.xml", "/metrics", "/c/", "/opml.xml"):
            answer = site.ask(path)
            assert answer.status == 200, path
            assert WORDS.search(answer.body.decode()) is None, path
    finally:
        serving.close()


def test_a_login_in_an_address_stays_in_the_settings(tmp_path: Path) -> None:
    """Also where something in the feed is relative to it."""
    text = '<link rel="alternate" href="/relative"/>'
    feed = atom(item("urn:a:1", text="x", more=text), item("urn:a:2", text="x")).replace(
        b"</id>", b"</id>" + text.encode(), 1
    )
    html = b'<content type="html">&lt;a href="/inside"&gt;x&lt;/a&gt;&lt;img src="i.png"&gt;</content></entry>'
    with loopback({"/ok": http(feed.replace(b"</entry>", html))}) as server:
        site = Site(tmp_path)
        url = server.url("/ok").replace("//", "//me:riverbank@")
        site.extra = f"fetch: {{private: [127.0.0.1], pause: 0s}}\nupstreams:\n  - {{url: '{url}', category: c}}\n"
        site.build()
        assert len(server.log) == 1
    files = {str(file.relative_to(tmp_path)): file for file in tmp_path.rglob("*") if file.is_file()}
    assert "/inside" in files["feeds/c/atom.xml"].read_text("utf-8")
    leaks = {name for name, file in files.items() if b"riverbank" in file.read_bytes()}
    assert leaks <= {"settings.yaml", ".coranto/settings.json"}


def test_what_stands_in_the_environment_stays_there(secretive: tuple[Path, str]) -> None:
    """Nothing on the disk has it: no feed, no store, no copy of the settings."""
    folder, _ = secretive
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert {".coranto/settings.json", ".coranto/store.sqlite3", "feeds/c/atom.xml"} <= set(files)
    assert [name for name, body in files.items() if b"geheim" in body] == []


# -- what strangers write into a log, and onto a terminal

FORGED = "x\x9b31m\u202egnp\u2028level=error event=stopped\u2066\x85"
FILE = f"posts/2022-01-07-\x1b[31m\nlevel=error {FORGED}.md"


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site whose post, file name, feed, redirect and folder in feeds/ all carry it."""
    monkeypatch.chdir(tmp_path)
    site = Site(tmp_path)
    escaped = json.dumps(FORGED)
    site.post("posts/2022-01-07-a.md", title=escaped[1:-1], category=f"[{escaped}]")
    site.post("posts/2022-01-07-b.md", title="乙", category="linked")
    (tmp_path / FILE).write_text("no post", encoding="utf-8")
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "linked").symlink_to(tmp_path / f"{FORGED}\n\x1b[31m")
    feed = atom(item("urn:a:1", title=FORGED, text=FORGED)).replace("江城报".encode(), FORGED.encode())
    head = b"HTTP/1.1 301 \x1b[31mMoved\r\nContent-Length: 0\r\nLocation: "
    with loopback({"/ok": http(feed), "/x": raw(head + f"/x?{FORGED[:-1]}\r\n\r\n".encode())}) as server:
        lines = "".join(f"  - {{url: '{server.url(path)}', category: c}}\n" for path in server.answers)
        site.extra = f"fetch: {{private: [127.0.0.1], pause: 0s}}\nupstreams:\n{lines}"
        site.settings()
        yield site


def test_a_failure_is_one_line_and_no_command_steers_the_terminal(strangers: Site) -> None:
    """Log injection, on stdout and stderr: C0 and C1 controls, separators of lines, marks that turn the direction."""
    first = coranto("build")
    said = [first.output, *(coranto(line).output for line in ("build", "check", "status"))]
    said += [coranto("explain", what).output for what in ("urn:a:1", "posts/2022-01-07-a.md", FILE, FORGED)]
    assert len(first.stderr.splitlines()) == 3  # the post, the redirect, the folder
    assert [char for char in "".join(said) if not char.isprintable() and char != "\n"] == []
    assert not any(line.startswith("level=") for text in said for line in text.splitlines())


def test_json_stays_one_document_whatever_strangers_write(strangers: Site) -> None:
    told = as_json("build", code=1)
    assert told["posts"]["failed"][0]["path"] == str(strangers.folder / FILE)
    for command in ("check", "status", "explain urn:a:1", "opml export"):
        result = coranto(*command.split(), "--json")
        assert json.loads(result.stdout)
        assert "\x1b" not in result.stdout


def test_an_event_of_the_daemon_is_one_line_whatever_strangers_write(strangers: Site) -> None:
    """And R26's lines about what fails name the address without its login."""
    text = (strangers.folder / "settings.yaml").read_text("utf-8").replace("http://127", "http://me:riverbank@127")
    daemon = Simulation(strangers.folder, text, START)
    daemon.run(START + timedelta(hours=1))
    daemon.close()
    events = [line.split(" ")[2] for line in daemon.lines]
    assert {"event=source", "event=feeds", "event=published"} <= set(events)
    assert all(line.startswith("time=2026-03-02T") and line.isprintable() for line in daemon.lines)
    assert "in a circle" in "".join(daemon.lines)
    assert "riverbank" not in "".join(daemon.lines)

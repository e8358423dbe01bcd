"""Redirects: those to follow, those without end, and every way to the inside (RELIABILITY 1, 2)."""

from __future__ import annotations

from collections.abc import Callable

from hostile.catalogue import Expect, Path, Seen, by_host, inside, outside
from hostile.documents import RSS_TYPE, Check, item, rss
from loopback import Asked

_FEED = rss(item("一条")).encode()
_PAGE = b"<!doctype html><html><title>This domain is for sale</title><body>Buy it</body></html>"
_SECRETS = (("HOSTILE_LOGIN", "reader:riverbank"), ("HOSTILE_KEY", "riverbank"))
_SECRET_LINES = 'auth: "$HOSTILE_LOGIN"\nheaders: {X-Own-Key: "$HOSTILE_KEY"}'


def _to(location: str | bytes, status: str = "302 Found") -> bytes:
    place = location.encode("utf-8") if isinstance(location, str) else location
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nLocation: ".encode() + place + b"\r\n\r\n"


def _feed(body: bytes = _FEED, content_type: str = RSS_TYPE) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _path(name: str, make: Callable[[Asked], bytes], expect: Expect = "error", **more: object) -> Path:
    return Path(kind="redirect", name=name, answer=by_host(make), expect=expect, **more)  # type: ignore[arg-type]


def _followed(
    name: str, *locations: str, status: str = "302 Found", polls: int = 1, check: Check | None = None
) -> Path:
    """A way of so many hops, each named as it stands; the feed is at its end.  ``@`` is the path itself."""

    def make(asked: Asked) -> bytes:
        hop = int(asked.target.rpartition("hop")[2] or 0) if "hop" in asked.target else 0
        if hop == len(locations):
            return _feed()
        return _to(locations[hop].replace("@", f"/redirect/{name}").replace("^", outside(asked)), status)

    return _path(name, make, "entries", titles=("一条",), polls=polls, check=check)


def _refused(name: str, location: Callable[[Asked], str | bytes], status: str = "302 Found", **more: object) -> Path:
    return _path(name, lambda asked: _to(location(asked), status), "refuse", **more)


def _inside(name: str, host: str, status: str = "302 Found") -> Path:
    """To the inside, its host spelled so; ``%`` is a label for what it is."""
    return _refused(
        name, lambda asked: inside(asked, host), status, says="private network|disguise|not to be followed|not known"
    )


def _asked_first(seen: Seen) -> list[str]:
    """A temporary redirect is never stored: each poll asks the configured address first (P16)."""
    first = [asked.target for asked in seen.asked if asked.target.count("/") == 2]
    return [] if len(first) == 4 else [f"the configured address was asked {len(first)} times, not 4"]


def _nothing_secret(seen: Seen) -> list[str]:
    """The login and the header went to the configured origin, and nowhere else."""
    home = [asked for asked in seen.asked if asked.headers["Host"].startswith("127.0.0.1:")]
    away = [asked for asked in seen.asked if not asked.headers["Host"].startswith("127.0.0.1:")]
    faults = [] if home and all("Authorization" in asked.headers for asked in home) else ["the login did not go along"]
    faults += [] if away else ["the other origin was not asked"]
    told = [
        f"{asked.headers}" for asked in away if "riverbank" in str(asked.headers) or "Authorization" in asked.headers
    ]
    return faults + [f"a secret went along: {one}" for one in told]


def _away(asked: Asked) -> bytes:
    if outside(asked).startswith("127.0.0.3:"):
        return _feed()
    return _to(f"http://127.0.0.3:{outside(asked).rpartition(':')[2]}{asked.target}")


def _home_again(asked: Asked) -> bytes:
    if outside(asked).startswith("127.0.0.1:") and asked.target.endswith("/again"):
        return _feed()
    if outside(asked).startswith("127.0.0.3:"):
        return _to(f"http://127.0.0.1:{outside(asked).rpartition(':')[2]}{asked.target}/again")
    return _to(f"http://127.0.0.3:{outside(asked).rpartition(':')[2]}{asked.target}")


def _longer(asked: Asked) -> bytes:
    return _to(f"{asked.target}{'&' if '?' in asked.target else '?'}again={len(asked.target)}")


def _many(asked: Asked) -> bytes:
    number = int(asked.target.rpartition("/")[2]) if asked.target.count("/") == 3 else 0
    return _to(f"/redirect/forty-hops/{number + 1}") if number < 40 else _feed()


_SPELLINGS = {
    "v4": "127.0.0.2",
    "v6": "[::1]",
    "decimal": "2130706434",
    "hex": "0x7f000002",
    "hex-dotted": "0x7f.0x0.0x0.0x2",
    "octal": "0177.0.0.2",
    "short": "127.2",
    "v4-mapped": "[::ffff:127.0.0.2]",
    "v4-mapped-hex": "[::ffff:7f00:2]",
    "v4-compatible": "[::127.0.0.2]",
    "nat64": "[64:ff9b::7f00:2]",
    "6to4": "[2002:7f00:2::1]",
    "teredo": "[2001:0:7f00:2::]",
    "v6-long": "[0:0:0:0:0:0:0:1]",
    "v6-zone": "[fe80::1%25lo]",
    "unique-local": "[fd00::1]",
    "name": "localhost",
    "name-with-a-dot": "localhost.",
    "name-below": "news.localhost",
    "upper-case": "LOCALHOST",
    "userinfo": "paper.example@127.0.0.2",
    "userinfo-with-port": "paper.example:80@127.0.0.2",
    "full-width": "１２７.０.０.２",
    "enclosed": "①②⑦.⓪.⓪.②",
    "ideographic-dots": "127。0。0。2",
    "zero": "0.0.0.0",
    "zero-short": "0",
    "private-10": "10.0.0.1",
    "private-172": "172.16.0.1",
    "private-192": "192.168.0.1",
    "link-local": "169.254.169.254",
    "shared": "100.64.0.1",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "trailing-dot": "127.0.0.2.",
    "percent": "%31%32%37.0.0.2",
    "backslash": "127.0.0.2\\@paper.example",
}

PATHS = [
    *[_followed(f"{status[:3]}", "@/hop1", status=status) for status in ("301 Moved", "302 Found", "303 See", "307 T", "308 P")],
    _followed("three-in-a-row", "@/hop1", "@/hop2", "@/hop3"),
    _followed("relative", "relative/hop1"),
    _followed("relative-to-the-host", "//^/redirect/relative-to-the-host/hop1"),
    _followed("raw-utf-8", "@/广州/hop1"),
    _followed("with-a-fragment", "@/hop1#top"),
    _followed("temporary-is-never-stored", "@/hop1", polls=3, check=_asked_first),
    _path("forty-hops", _many, says="more than 5"),
    _path("loop", lambda asked: _to("/redirect/loop" if asked.target.endswith("/a") else "/redirect/loop/a"), says="circle"),
    _path("to-itself", lambda asked: _to(asked.target, "301 Moved"), says="circle"),
    _path("ever-longer", _longer, says="more than 5"),
    _path("no-location", lambda _: b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", says="does not say where"),
    _path("empty-location", lambda _: _to("")),
    _path("domain-sold", lambda asked: _feed(_PAGE, "text/html") if "sold/" in asked.target else _to(asked.target + "/", "301 M")),
    _path("300-with-a-feed", lambda _: _feed().replace(b"200 OK", b"300 Multiple Choices")),
    _path("304-of-a-redirect", lambda asked: b"HTTP/1.1 304 X\r\n\r\n" if asked.target.endswith("/on") else _to(asked.target + "/on")),
    Path(
        kind="redirect",
        name="ten-hops-of-three-seconds",
        answer=lambda asked: iter([3.0, _to(f"/redirect/ten-hops-of-three-seconds/{asked.number + 1}")]),
        expect="error",
        slow=True,
    ),
    Path(
        kind="redirect",
        name="four-hops-of-six-seconds",
        answer=lambda asked: iter([6.0, _to(f"/redirect/four-hops-of-six-seconds/{asked.number + 1}")]),
        expect="error",
        says="within 20 s",
        slow=True,
    ),
    *[
        _refused(f"to-{location.partition(':')[0].lower()}", lambda _, place=location: place)  # type: ignore[misc]
        for location in ("file:///etc/passwd", "ftp://paper.example/", "data:text/xml,<rss/>", "javascript:alert(1)", "gopher://127.0.0.2/", "unix:/run/docker.sock", "dict://127.0.0.2:11211/", "jar:http://paper.example!/")
    ],
    _refused("to-nonsense", lambda _: "http://[::1"),
    _refused("to-a-port-of-letters", lambda _: "http://127.0.0.1:abc/"),
    _refused("to-a-host-of-blanks", lambda _: "http:// /"),
    _refused("encoded-line-break", lambda asked: f"http://{outside(asked)}/x%0d%0aX-Injected:%20y"),
    *[_inside(f"inside-{name}", host) for name, host in _SPELLINGS.items()],
    _inside("301-inside", "127.0.0.2", "301 Moved"),
    _inside("308-inside", "[::1]", "308 Moved"),
    _refused("inside-at-the-second-hop", lambda asked: inside(asked) if asked.target.endswith("/on") else asked.target + "/on"),
    _refused("another-port-of-the-host", lambda _: "http://127.0.0.1:1/"),
    _path("secrets-stay-at-home", _away, "entries", upstream=_SECRET_LINES, environment=_SECRETS, check=_nothing_secret),
    _path("secrets-come-home-again", _home_again, "entries", upstream=_SECRET_LINES, environment=_SECRETS, check=_nothing_secret),
    _path("login-in-a-location", lambda asked: _feed() if "Authorization" not in asked.headers and asked.target.endswith("/on") else _to(f"http://evil:word@{outside(asked)}{asked.target}/on"), "entries"),
]  # fmt: skip

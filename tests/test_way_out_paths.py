"""The way out is closed, end to end: names that reach a path, requests, and links.

RELIABILITY 2 (security kinds) and promise 7.  Whom we ask and what we show is in `test_way_out_net`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

import pytest

from coranto.server.serving import Serving
from coranto.settings import load
from river import Site, item
from serving import Served

Patch = pytest.MonkeyPatch

NAMES = [
    "../../x", "..", ".", "...", "a/b", "a\\b", "..\\..\\x", "/etc", "/", "////", "~", "~root", "C:\\x", "C:", "CON", "nul.txt",
    "a\0b", "\0", "x" * 5000, "广" * 400, "%2e%2e%2f%2e%2e%2fx", "%00", "a.", "a ", " .", "a\u202eb", "-rf", "--help", "a\nb", "\r\n",
    "\u2028", ".git", ".coranto", ".atom.xml.new", "．．／x", "\u2025/x", "\u2215x", "$HOME", "`id`", "*", "?", "{a,b}", "|id", "a\tb", "\x1b[2J",
    "all", "assets", "status", "index.html", "opml.xml", "posts", "\ufeff", "e\u0301", "İ", "OUTSIDE", "OUTSIDE/y",
]  # fmt: skip
NO_XML = "[\0\x1b]"
NO_FOLDER = r'^[.\s-]|[.\s]$|[/\\:*?"<>|%\x00-\x1f\u2028\u202e]'


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """All below a folder, but feeds/ and .coranto/ of the site: kind, and bytes or where a link leads."""
    found = {}
    for place in folder.rglob("*"):
        if {"feeds", ".coranto"}.isdisjoint(place.relative_to(folder).parts[1:2]):
            body = bytes(place.readlink()) if place.is_symlink() else place.read_bytes() if place.is_file() else b""
            found[str(place.relative_to(folder))] = (place.lstat().st_mode, body)
    return found


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site after a build, with every such name as category of a post, of a feed and of settings, as title and as tag."""
    top = tmp_path_factory.mktemp("named")
    (top / "outside").mkdir()
    names = [name.replace("OUTSIDE", str(top / "outside")) for name in NAMES]
    site = Site(top / "site")
    for number, name in enumerate(names):
        quoted = json.dumps(name)
        matter = f"category: {quoted}\nslug: {quoted}\npermalink: {quoted}\ntags: [{json.dumps(name + '新闻')}]"
        site.post(f"posts/2022-01-07-{number}.md", title=f"第{number}条", category="[]", matter=matter)
    terms = "".join(f'<category term="{escape(re.sub(NO_XML, "", name))}"/>' for name in names)
    site.feed("a", item("../../x", title="../../x", more=terms), title="../../x")
    site.upstream_lines["a"] = f"own_categories: true\ncategory: {json.dumps(['../../y', '..', '/etc'])}"
    site.extra = 'feeds: {entries: 500}\ncategories: {"../../z": {title: "../../z", aliases: ["../..", "a/../b"]}}\n'
    site.settings()
    before = everything(top)
    assert site.build().failures == []
    assert len(site.titles()) == len(NAMES) + 1
    assert everything(top) == before
    (site.folder / ".coranto" / "settings.json").write_text("{kept}", encoding="utf-8")
    return site.folder


def test_no_name_writes_outside_of_feeds(named: Path) -> None:
    """Path traversal: the tree around is as it was, and each category has one plain folder of files (Jekyll#1944)."""
    root = named / "feeds"
    places = {place.relative_to(root): place.lstat().st_mode for place in root.rglob("*")}
    assert all(S_ISREG(mode) or (S_ISDIR(mode) and len(place.parts) == 1) for place, mode in places.items())
    folders = {place.parts[0] for place, mode in places.items() if S_ISDIR(mode)} - {"all", "assets"}
    assert len(folders) > len(NAMES) - 15  # some names are one category, or none
    assert [folder for folder in folders if re.search(NO_FOLDER, folder) or len(folder.encode()) > 100] == []


# -- requests


@pytest.fixture(scope="module")
def server(named: Path) -> Iterator[Served]:
    with closing(Serving(load(named / "settings.yaml"), lambda: datetime.now(UTC), port=0)) as serving:
        yield Served(named / "feeds", serving)


UP = ["..", "%2e%2e", "%2E.", "..%00", "%2e%2e%5c", "..%5c", "..%2f", "%c0%ae%c0%ae", "%e0%80%ae.", "%252e%252e", "..;", "\\..", "．．"]  # fmt: skip
FOREIGN = ["settings.yaml", "posts/2022-01-07-0.md", ".coranto/store.sqlite3", ".coranto/settings.json", "up/a.xml"]
TARGETS = [
    *(f"/{up}/{file}" for up in UP for file in FOREIGN[:3]), *(f"/all/{up}/{up}/{file}" for up in UP for file in FOREIGN[:1]),
    *(f"/{file}" for file in FOREIGN), *(f"//{file}" for file in FOREIGN), "//etc/passwd", "/etc/passwd", "///etc/passwd", "/" + "../" * 500 + "etc/passwd",
    "http://x/../settings.yaml", "../settings.yaml", "settings.yaml", "file:///etc/passwd", "/all/atom.xml/../../../settings.yaml", "/%2fetc%2fpasswd",
    "/all/atom.xml%00/../../settings.yaml", "/all?format=../../settings.yaml", "/all?format=%2e%2e/settings.yaml", "/assets/..%2f..%2fsettings.yaml",
]  # fmt: skip


def test_no_request_reads_what_stands_outside_of_feeds(named: Path, server: Any) -> None:
    """Path traversal from the other side: raw bytes; no answer is a 200, and none has a foreign byte."""
    foreign = [(named / file).read_bytes()[:16] for file in FOREIGN] + [b"root:"]
    for target in TARGETS:
        answer = server.raw(b"GET " + target.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answer[9:12] in {b"400", b"404"}, target
        assert not any(body in answer for body in foreign), target
    assert server.ask("/all/atom.xml").status == 200


SPLITS = [b"\r\nX-Sent: y", b"\nX-Sent: y", b"\rX-Sent: y", b"%0d%0aX-Sent:%20y", b"\x0bX-Sent: y", b"\x85X-Sent: y", b"\xe2\x80\xa8X-Sent: y",
          b"\xe5\x98\x8a\xe5\x98\x8dX-Sent: y", b"\0X-Sent: y", b"\r\n\r\nHTTP/1.1 200 OK\r\nX-Sent: y\r\n\r\n", b"%E5%98%8A%E5%98%8DX-Sent:y"]  # fmt: skip


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET /ALL*?x HTTP/1.1\r\nHost: x", b"GET /ALL?x* HTTP/1.1\r\nHost: x", b"GET /all?format=* HTTP/1.1\r\nHost: x",
        b"GET /ALL HTTP/1.1\r\nHost: x*", b'GET /all/atom.xml HTTP/1.1\r\nHost: x\r\nIf-None-Match: "x*"', b"GET /* HTTP/1.1\r\nHost: x\r\nAccept: text/html*",
        b"OPTIONS /all/ HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example*\r\nAccess-Control-Request-Headers: a*", b"GET /status HTTP/1.1\r\nHost: localhost*",
        b"GET /ALL HTTP/1.1\r\nHost: x\r\nX-Forwarded-Host: evil.example*\r\nX-Forwarded-Prefix: //evil.example*",
    ],
)  # fmt: skip
def test_nothing_of_a_request_becomes_a_field_of_the_answer(server: Any, request_head: bytes) -> None:
    """Header injection and response splitting; nor does a redirect lead to another host."""
    for split in SPLITS:
        answer = server.raw(request_head.replace(b"*", split) + b"\r\nConnection: close\r\n\r\n")
        assert answer.count(b"HTTP/1.1 ") <= 1, split
        head = answer.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
        assert not any(re.search(rb"^x-sent|[\x00-\x08\x0a-\x1f\x7f-\xff]", line) for line in head), split
        places = [line.removeprefix(b"location: ") for line in head if line.startswith(b"location")]
        assert all(re.match(rb"(?:all/?|\.\./all)(?:\?|$)", place) for place in places), split


# -- links


@pytest.fixture
def linked(tmp_path: Path) -> tuple[Site, Path]:
    """A site, and beside it what is somebody else's."""
    site, outside = Site(tmp_path / "site"), tmp_path / "outside"
    outside.mkdir()
    for name in ("atom.xml", "rss.xml", "feed.json", "index.html", ".atom.xml.new"):
        (outside / name).write_text("theirs", encoding="utf-8")
    for title, category in (("甲", "aa"), ("乙", "bb")):
        site.post(f"posts/2022-01-07-{category}.md", title=title, category=category)
    site.settings()
    return site, outside


def test_no_link_in_posts_is_a_door(linked: tuple[Site, Path]) -> None:
    """Jekyll CVE-2018-17567: a file, a folder, a folder above, a chain; and what stops nobody."""
    site, outside = linked
    Site(outside).post("secret.md", title="别人的")
    posts = site.folder / "posts"
    links = {"2022-01-07-l.md": outside / "secret.md", "2022-01-07-m.md": posts / "2022-01-07-l.md", "folder": outside,
             "loop": posts, "up": posts.parent, "gone.md": posts / "x.md", "passwd.md": Path("/etc/passwd")}  # fmt: skip
    for name, target in links.items():
        (posts / name).symlink_to(target)
    assert site.build().failures == []
    assert set(site.titles()) == {"甲", "乙"}
    assert not any("别人的".encode() in body for body in site.files().values())


@pytest.mark.parametrize("name", ["aa", "all", "assets"])
@pytest.mark.parametrize("target", ["outside", "nowhere", "site"])
def test_a_folder_of_feeds_that_leads_out_stops_no_other(linked: tuple[Site, Path], name: str, target: str) -> None:
    """Nothing is written, made or removed where it leads; take the link away, and all is well."""
    site, outside = linked
    (site.folder / "feeds").mkdir()
    (site.folder / "feeds" / name).symlink_to(outside.parent / target)
    before = everything(outside.parent)
    (failure,) = site.build().failures
    assert f"feeds/{name}: leads out of" in failure.error
    assert everything(outside.parent) == before
    assert "bb/atom.xml" in site.files()
    (site.folder / "feeds" / name).unlink()
    assert site.build().failures == []
    assert f"{name}/index.html" in site.files() or name == "assets"


@pytest.mark.parametrize("flag", ["O_TMPFILE", "O_NONE"])
def test_a_file_of_feeds_that_leads_out_is_replaced(linked: tuple[Site, Path], flag: str, monkeypatch: Patch) -> None:
    """And not followed; also the name under which a file is written first, on every file system."""
    site, outside = linked
    monkeypatch.delattr(os, flag, raising=False)
    for folder in (site.folder / "feeds" / "aa", site.folder / "feeds"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("atom.xml", "rss.xml", "feed.json", "index.html", ".atom.xml.new", ".index.html.new"):
            (folder / name).symlink_to(outside / name)
    before = everything(outside.parent)
    assert site.build().failures == []
    assert everything(outside.parent) == before
    names = ("aa/atom.xml", "aa/feed.json", "aa/index.html", "index.html", "aa/.atom.xml.new", ".index.html.new")
    assert [name for name in names if (site.folder / "feeds" / name).is_symlink()] == []

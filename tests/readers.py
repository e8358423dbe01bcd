"""Real feed readers against a real server: newsboat and sfeed subscribe to Atom and RSS (``make readers``).

Each polls four times: the first feed, after an edit, after an addition, and once more without a change.  Judged is what
the reader itself has stored: every story once, with the right title, date and link, an edit as an edit, and whether it
was answered 304 when nothing had changed.  Two things are sfeed's own and not judged: it asks without conditions, and its
sfeed_update takes an article with another title for another article, and keeps the first text of one that it knows.
"""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from coranto.build import build
from coranto.server.serving import Serving
from coranto.settings import Settings, load

PROGRAMS = {"newsboat": "newsboat", "sfeed_update": "sfeed"}  # program -> Debian's package
SETTINGS = """site: {{title: 广州新闻, url: "http://127.0.0.1:{port}/", tag: "news.example,2021", language: zh-CN}}
serve: {{port: {port}}}
categories: {{news: {{title: 要闻}}}}
"""
POST = "---\ntitle: {title}\ndate: {date} +0800\ncategories: news\n---\n{text}\n\n<http://news.example/{name}.html>\n"


@dataclass(frozen=True)
class Item:
    """A story as a reader shows it; ``date`` in seconds since 1970."""

    title: str
    link: str
    date: int
    text: str


@dataclass
class Site:
    """A site that changes under its readers."""

    folder: Path
    port: int

    @property
    def settings(self) -> Settings:
        return load(self.folder / "settings.yaml")

    def write(self, name: str, title: str, text: str, date: str) -> None:
        place = self.folder / "posts" / f"{date[:10]}-{name}.md"
        place.parent.mkdir(exist_ok=True)
        place.write_text(POST.format(title=title, date=date, text=text, name=name), encoding="utf-8")

    def build(self) -> None:
        report = build(self.settings, now=datetime.now(UTC).replace(microsecond=0))
        if report.posts.failed or report.feeds.failed:
            raise SystemExit(f"the site was not built: {report.posts.failed} {report.feeds.failed}")

    def feed(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/news/{name}.xml"


FIRST = {
    "a": ("轮渡 & 公交：三月起", "莲花山轮渡三月起执行新船期。", "2026-03-01 08:00:00"),
    "b": ("荔枝“三月红”开摘", "早熟荔枝本周开摘。", "2026-03-02 09:30:00"),
    "c": ("A street fair <on> Sunday", "Free entry.", "2026-03-03 10:15:00"),
}
EDITED = ("轮渡 & 公交：三月起（改）", "船期有改动。", FIRST["a"][2])
ADDED = {"d": ("夜航五一试行", "末班车 23:10。", "2026-03-04 11:00:00")}


def expected(posts: Mapping[str, tuple[str, str, str]]) -> set[tuple[str, str, int]]:
    """Title, link and date of each story, as every reader must show them."""
    return {
        (
            title.replace("<", "＜"),  # a "<" in a title cuts it in quiterss
            f"http://news.example/{name}.html",
            int(datetime.fromisoformat(f"{date}+08:00").timestamp()),
        )
        for name, (title, _, date) in posts.items()
    }


def newsboat(home: Path, url: str) -> Callable[[], list[Item]]:
    """Polls with newsboat, and reads what its cache holds."""
    (home / "urls").write_text(url + "\n")
    (home / "config").write_text("reload-threads 1\nerror-log " + str(home / "errors") + "\n")
    command = ["newsboat", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload"]

    def poll() -> list[Item]:
        _run(command, home)
        with closing(sqlite3.connect(home / "cache.db")) as cache:
            rows = cache.execute("SELECT title, url, pubDate, content FROM rss_item WHERE deleted = 0")
            return [Item(*row) for row in rows]

    return poll


def sfeed(home: Path, url: str) -> Callable[[], list[Item]]:
    """Polls with sfeed_update, and reads what its file holds."""
    (home / "sfeedrc").write_text(f'sfeedpath="{home}/feeds"\nfeeds() {{ feed "news" "{url}"; }}\n')

    def poll() -> list[Item]:
        _run(["sfeed_update", "sfeedrc"], home)
        rows = [line.split("\t") for line in (home / "feeds" / "news").read_text("utf-8").splitlines()]
        return [Item(row[1], row[2], int(row[0]), row[3]) for row in rows]

    return poll


def _run(command: list[str], home: Path) -> None:
    environ = {**os.environ, "HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=home, env=environ, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stdout} {done.stderr}")


READERS: dict[str, Callable[[Path, str], Callable[[], list[Item]]]] = {"newsboat": newsboat, "sfeed": sfeed}


def trial(reader: str, form: str, folder: Path) -> list[str]:
    """One reader on one form of the feed; what is wrong."""
    home, site = folder / "home", Site(folder / "site", _free_port())
    home.mkdir(parents=True)
    site.folder.mkdir()
    (site.folder / "settings.yaml").write_text(SETTINGS.format(port=site.port), encoding="utf-8")
    posts = dict(FIRST)
    for name, post in posts.items():
        site.write(name, *post)
    site.build()
    serving = Serving(site.settings, lambda: datetime.now(UTC))
    poll = READERS[reader](home, site.feed(form))
    wrong = []
    try:
        wrong += _judge("first", poll(), posts)
        if reader == "newsboat":
            posts["a"] = EDITED
        site.write("a", *(EDITED if reader == "newsboat" else (FIRST["a"][0], *EDITED[1:])))
        site.build()
        wrong += _judge("edit", poll(), posts)
        posts |= ADDED
        site.write("d", *ADDED["d"])
        site.build()
        wrong += _judge("addition", poll(), posts)
        before = serving.site.tally.answers["feed", 304]
        wrong += _judge("no change", poll(), posts)
        unchanged = serving.site.tally.answers["feed", 304] - before
    finally:
        serving.close()
    if reader == "newsboat" and unchanged != 1:
        wrong.append("no change: it was not answered 304")
    print(f"{reader:10} {form:5} {len(posts)} stories  304s: {unchanged}  {'; '.join(wrong) or 'good'}")
    return wrong


def _judge(when: str, items: list[Item], posts: Mapping[str, tuple[str, str, str]]) -> list[str]:
    shown = [(item.title, item.link, item.date) for item in items]
    wrong = []
    if len(shown) != len(posts):
        wrong.append(f"{when}: {len(shown)} articles for {len(posts)} stories")
    if odd := set(shown) ^ expected(posts):
        wrong.append(f"{when}: shown or expected, not both: {sorted(odd)}")
    texts = " ".join(item.text for item in items)
    wrong += [f"{when}: the text of {name} is not there" for name, post in posts.items() if post[1] not in texts]
    return wrong


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return int(free.getsockname()[1])


def install() -> None:
    """Debian's packages of the readers, where they are missing."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if not missing:
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise SystemExit(f"these readers are missing: install {', '.join(missing)} (on Debian: apt-get install …)")
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing, "curl"], check=True)


def main() -> None:
    """Try every reader on every form."""
    install()
    wrong = []
    for reader in READERS:
        for form in ("atom", "rss"):
            with tempfile.TemporaryDirectory() as folder:
                wrong += trial(reader, form, Path(folder))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

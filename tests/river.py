"""A site in a temporary folder: posts, upstream files and settings in, feeds/ out.  Synthetic, in the shapes of real ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from textwrap import indent

from coranto.build import build
from coranto.model import Story
from coranto.report import Report
from coranto.settings import load
from coranto.settings.values import Settings
from coranto.store import Store, open_store
from coranto.store.entries import Row
from coranto.writers import jsonfeed

NOW = datetime(2022, 1, 8, 4, 0, tzinfo=UTC)
TAG = "news.example,2021"
HOUR = timedelta(hours=1)

N = "202201072239307540"
SHARE = "http://finews.site.example/html_News/NewsShare.html?infoCode=NW"
ROLLING = "http://finance.eastmoney.com/news/1353,"
LONG = "> 摘要一句。\n\n" + "　　正文一段，说得很长。\n\n" * 12

_SITE = f"""site:
  title: 江城新闻
  url: https://news.example/
  tag: "{TAG}"
  language: zh-CN
  timezone: Asia/Shanghai
"""


class Site:
    """One site; ``posts`` and ``upstreams`` say in which order settings name the sources."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.posts = ["posts/**/*.md"]
        self.upstreams: list[str] = []  # names of upstream files: "a" is up/a.xml
        self.upstream_lines: dict[str, str] = {}  # further settings of one, "category: x"
        self.extra = ""  # further settings
        self.now = NOW
        for name in ("posts", "up"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    # -- what goes in

    def post(
        self,
        path: str,
        *,
        title: str = "江城：第一条",
        date: str = "2022-01-07 22:39:30 +0800",
        category: str = "emnews",
        link: str = "",
        text: str = "正文。",
        matter: str = "",
        tail: str = "",
        newline: str = "\n",
    ) -> Path:
        """Write a post as the crawler of SEED does: front matter, text, closing link, navigation."""
        lines = ["---", "layout: post", f'title: "{title}"', f"date: {date}", f"categories: {category}"]
        lines += [*matter.splitlines(), "---", "", text, ""]
        lines += [f"<{link}>", ""] if link else []
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((newline.join(lines) + tail).encode())
        return file

    def feed(self, name: str, *items: str, title: str = "", withdrawn: tuple[str, ...] = ()) -> Path:
        """Write an upstream file, an Atom feed of ``items`` (see `item`)."""
        if name not in self.upstreams:
            self.upstreams.append(name)
        gone = "".join(
            f'<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="{escape(one)}" when="2022-01-07T00:00:00Z"/>'
            for one in withdrawn
        )
        file = self.folder / "up" / f"{name}.xml"
        file.write_text(
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
            f"<id>https://{name}.example/feed</id><title>{title or name}</title><updated>2022-01-07T00:00:00Z</updated>"
            f"{''.join(items)}{gone}</feed>",
            encoding="utf-8",
        )
        return file

    # -- the river

    def settings(self) -> Settings:
        """The settings as they are now."""
        text = _SITE + "posts:\n" + "".join(f"  - path: {path}\n" for path in self.posts)
        if self.upstreams:
            text += "upstreams:\n"
        for name in self.upstreams:
            lines = self.upstream_lines.get(name, f"category: {name}")
            text += f"  - url: up/{name}.xml\n" + indent(lines, "    ") + "\n"
        file = self.folder / "settings.yaml"
        file.write_text(text + self.extra, encoding="utf-8")
        return load(file)

    def build(self, *, later: timedelta = HOUR, **options: bool) -> Report:
        """One run, ``later`` than the one before."""
        self.now += later
        return build(self.settings(), now=self.now, **options)

    def lose_state(self) -> None:
        """The store is gone; feeds/ is not."""
        shutil.rmtree(self.folder / ".coranto")

    # -- what comes out

    def stories(self, folder: str = "all") -> tuple[Story, ...]:
        """The stories of a feed, as it holds them; none if there is no such feed."""
        file = self.folder / "feeds" / folder / "feed.json"
        return jsonfeed.read(file.read_bytes()) if file.exists() else ()

    def story(self, title: str, folder: str = "all") -> Story:
        """The one story with this title."""
        (found,) = [story for story in self.stories(folder) if story.title == title]
        return found

    def titles(self, folder: str = "all") -> list[str]:
        """The titles in a feed, in its order."""
        return [story.title for story in self.stories(folder)]

    def ids(self) -> dict[str, str]:
        """Title and id of every story that is out."""
        return {story.title: story.id for story in self.stories()}

    def files(self) -> dict[str, bytes]:
        """Every file in feeds/, by path."""
        root = self.folder / "feeds"
        return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, to look into."""
        with closing(open_store(str(self.folder / ".coranto" / "store.sqlite3"))) as store:
            yield store

    def rows(self) -> list[Row]:
        """Every entry."""
        with self.store() as store:
            return [row for uid in store.entries.everywhere() if (row := store.entries.get(uid))]


class OneUpstream(Site):
    """A site with one upstream at an address, and posts."""

    address = ""

    def settings(self) -> Settings:
        """With that upstream."""
        self.extra = (
            f"fetch: {{private: [127.0.0.1], pause: 0s}}\nupstreams:\n  - {{url: '{self.address}', category: news}}\n"
        )
        return super().settings()


def atom(*items: str) -> bytes:
    """What a server answers: an Atom feed of ``items`` (see `item`)."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        "<id>https://paper.example/feed</id><title>江城报</title><updated>2022-01-07T00:00:00Z</updated>"
        f"{''.join(items)}</feed>"
    ).encode()


def item(
    own_id: str = "",
    *,
    title: str = "江城：第一条",
    link: str = "",
    published: str = "2022-01-07T14:39:30Z",
    updated: str = "",
    text: str = "正文。",
    more: str = "",
) -> str:
    """One item of an Atom feed; without id, link or date where these are empty."""
    return (
        "<entry>"
        + (f"<id>{escape(own_id)}</id>" if own_id else "")
        + f"<title>{escape(title)}</title>"
        + (f'<link href="{escape(link)}"/>' if link else "")
        + (f"<published>{published}</published>" if published else "")
        + (f"<updated>{updated}</updated>" if updated else "")
        + f'<content type="html">{escape(f"<p>{text}</p>")}</content>{more}</entry>'
    )


def rolling(site: Site, number: str = N, **fields: str) -> Path:
    """A post of the rolling news: bare number, the upstream's address."""
    said = {"category": "emnews", "link": f"{ROLLING}{number}.html", "text": LONG, **fields}
    return site.post(f"posts/2022-01-07-{number}.md", **said)


def media(site: Site, number: str = N, **fields: str) -> Path:
    """A post of a media list: the same article under its infoCode."""
    said = {"category": "quanshangzhongguo", "link": f"{SHARE}{number}", "text": "正文一段。", **fields}
    return site.post(f"posts/2022-01-07-NW{number}.md", **said)

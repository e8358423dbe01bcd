"""Writes deterministic upstream feeds: RSS, Atom and JSON Feed of 30 entries, about 53 KB each (SEED 5, RELIABILITY 1).

    python bench/feeds.py DIR --feeds 2000 [--entries 30] [--seed 7] [--edition 0]

The same arguments give the same bytes.  Of ten feeds six are RSS, three Atom, one JSON; of twenty one is broken, as
feeds are: a bare ampersand, a name of HTML's, an element that is never closed, GBK that nobody declares.  A later edition
has one entry more at its top, and all but the oldest of the one before.
"""

from __future__ import annotations

import argparse
import html
import json
import random  # noqa: TID251  seeded: chance that repeats itself
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from corpus import BEIJING, EVENTS, PLACES, THINGS, paragraphs

NEWEST = datetime(2026, 3, 2, 12, 0, tzinfo=BEIJING)
KILOBYTES = 1.1  # of one entry's HTML
BROKEN_EVERY = 20
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:atom="http://www.w3.org/2005/Atom" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel>
<title>{title}</title>
<link>{home}</link>
<atom:link href="{home}feed" rel="self" type="application/rss+xml"/>
<description>{title}的最新文章</description>
<lastBuildDate>{newest:%a, %d %b %Y %H:%M:%S %z}</lastBuildDate>
<language>zh-CN</language>
<ttl>60</ttl>
<generator>https://wordpress.org/?v=6.4</generator>
{items}
</channel>
</rss>
"""
RSS_ITEM = """<item>
<title>{title}</title>
<link>{link}</link>
<dc:creator><![CDATA[{author}]]></dc:creator>
<pubDate>{when:%a, %d %b %Y %H:%M:%S %z}</pubDate>
<category><![CDATA[{place}]]></category>
<category><![CDATA[{thing}]]></category>
<guid isPermaLink="false">{home}?p={number}</guid>
<description><![CDATA[{summary}]]></description>
<content:encoded><![CDATA[{body}]]></content:encoded>
<slash:comments>3</slash:comments>
</item>
"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">
<title type="text">{title}</title>
<id>{home}</id>
<link rel="alternate" type="text/html" href="{home}"/>
<link rel="self" type="application/atom+xml" href="{home}feed"/>
<updated>{newest:%Y-%m-%dT%H:%M:%S}+08:00</updated>
<author><name>{title}</name></author>
{items}
</feed>
"""
ATOM_ITEM = """<entry>
<title type="html">{title}</title>
<id>tag:{host},2026:{number}</id>
<link rel="alternate" type="text/html" href="{link}"/>
<published>{when:%Y-%m-%dT%H:%M:%S}+08:00</published>
<updated>{when:%Y-%m-%dT%H:%M:%S}+08:00</updated>
<author><name>{author}</name></author>
<category term="{place}"/>
<category term="{thing}"/>
<summary>{summary}</summary>
<content type="html">{escaped}</content>
</entry>
"""


@dataclass(frozen=True, slots=True)
class Story:
    """One entry of a feed, whatever its format."""

    number: int
    title: str
    host: str
    when: datetime
    author: str
    place: str
    thing: str
    summary: str
    body: str

    def fields(self) -> dict[str, object]:
        """What the templates name."""
        said = {name: getattr(self, name) for name in self.__slots__}
        home = f"https://{self.host}/"
        return {**said, "home": home, "link": f"{home}{self.number}.html", "escaped": html.escape(self.body)}


def stories(feed: int, entries: int, seed: int, edition: int, pool: list[str]) -> list[Story]:
    """The entries of one feed, newest first; each is the same in all editions that have it."""
    found = []
    for number in range(edition, edition + entries):
        rng = random.Random(f"{seed}:{feed}:{number}")
        place, thing = rng.choice(PLACES), rng.choice(THINGS)
        found.append(
            Story(
                number=number,
                title=f"{place}{thing}{rng.choice(EVENTS)}（第{feed}-{number}号）",
                host=f"s{feed}.bench.example",
                when=NEWEST - timedelta(minutes=17 * (entries - number)),
                author=rng.choice(("梁记者", "陈敏", "本报记者 何晓明")),
                place=place,
                thing=thing,
                summary=f"{place}{thing}的最新消息，编号{number}。",
                body="".join(rng.choices(pool, k=5)) + f'<p><a href="/{number}">编号{number}</a></p>',
            )
        )
    return found[::-1]


def feed(number: int, entries: int, seed: int, edition: int, pool: list[str]) -> tuple[str, bytes]:
    """Name and bytes of one feed."""
    listed = stories(number, entries, seed, edition, pool)
    form = number % 10
    if form == 9:
        return f"{number}.json", json_feed(number, listed)
    template, item = (RSS, RSS_ITEM) if form < 6 else (ATOM, ATOM_ITEM)
    home = f"https://s{number}.bench.example/"
    items = "".join(item.format(**one.fields()) for one in listed)
    text = template.format(title=f"第{number}号报", home=home, newest=listed[0].when, items=items)
    if number % BROKEN_EVERY == 0:
        return f"{number}.xml", broken(text, number // BROKEN_EVERY)
    return f"{number}.xml", text.encode()


def broken(text: str, kind: int) -> bytes:
    """The text with one of four kinds of damage."""
    match kind % 4:
        case 0:
            return text.replace("的最新文章", "的最新文章 & 更多").encode()
        case 1:
            return text.replace("的最新文章", "的最新文章&nbsp;&hellip;").encode()
        case 2:
            return text.replace("</guid>", "", 1).encode()
        case _:
            return text.replace(' encoding="utf-8"', "").encode("gb18030")


def json_feed(number: int, listed: list[Story]) -> bytes:
    items = [
        {
            "id": f"{one.host}/{one.number}",
            "url": f"https://{one.host}/{one.number}.html",
            "title": one.title,
            "content_html": one.body,
            "summary": one.summary,
            "date_published": one.when.isoformat(),
            "authors": [{"name": one.author}],
            "tags": [one.place, one.thing],
        }
        for one in listed
    ]
    home = f"https://s{number}.bench.example/"
    document = {"version": "https://jsonfeed.org/version/1.1", "title": f"第{number}号报", "home_page_url": home}
    return json.dumps({**document, "language": "zh-CN", "items": items}, ensure_ascii=False).encode()


def pool_of(seed: int) -> list[str]:
    """Paragraphs that bodies are made of; five of them make a body."""
    return paragraphs(random.Random(seed), 2 * KILOBYTES)


def write(folder: Path, count: int, entries: int, seed: int, edition: int) -> list[str]:
    """Write all feeds and return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    pool, names = pool_of(seed), []
    for number in range(count):
        name, body = feed(number, entries, seed, edition, pool)
        (folder / name).write_bytes(body)
        names.append(name)
    return names


def main() -> None:
    """Read the command line and write the feeds."""
    parser = argparse.ArgumentParser(description="Write deterministic upstream feeds to measure refreshes on.")
    parser.add_argument("dir", type=Path)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--entries", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--edition", type=int, default=0)
    given = parser.parse_args()
    names = write(given.dir, given.feeds, given.entries, given.seed, given.edition)
    size = sum((given.dir / name).stat().st_size for name in names)
    print(f"{len(names)} feeds, {size / 1024 / len(names):.1f} KiB each, in {given.dir}")


if __name__ == "__main__":
    main()

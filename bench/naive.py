"""What a person would write in an afternoon with requests and feedparser: the script that Coranto is compared with.

It polls with eight threads, remembers validators and entries in a JSON file, and writes with feedgen an Atom and an RSS
feed of the newest 50 entries of each of 40 categories.  Nothing is merged, cleaned, or written only if it changed.

    python bench/naive.py URLS STATE

URLS: a file with an address a line.  STATE: a JSON file with what is remembered: validators, and the entries of each feed.
"""

from __future__ import annotations

import calendar
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import requests  # noqa: TID251  this is what we are compared with
from feedgen.feed import FeedGenerator

THREADS = 8
CATEGORIES = 40
NEWEST = 50


def poll(session: requests.Session, url: str, known: dict[str, Any]) -> dict[str, Any]:
    """What is known of a feed after one visit."""
    asked = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("modified")}
    answer = session.get(url, headers={name: value for name, value in asked.items() if value}, timeout=20)
    if answer.status_code == 304:
        return known
    answer.raise_for_status()
    feed = feedparser.parse(answer.content)
    kept = {
        **known.get("entries", {}),
        **{entry.get("id") or entry.get("link"): _fields(entry) for entry in feed.entries},
    }
    return {"etag": answer.headers.get("ETag"), "modified": answer.headers.get("Last-Modified"), "entries": kept}


def _fields(entry: Any) -> list[str]:  # noqa: ANN401  feedparser's
    content = entry.content[0].value if "content" in entry else entry.get("summary", "")
    when = calendar.timegm(entry.published_parsed) if entry.get("published_parsed") else 0
    return [entry.get("title", ""), entry.get("link", ""), content, datetime.fromtimestamp(when, UTC).isoformat()]


def write(found: list[dict[str, Any]], folder: Path) -> None:
    """The feeds of all categories."""
    folder.mkdir(exist_ok=True)
    for category in range(CATEGORIES):
        entries = {key: one for feed in found[category::CATEGORIES] for key, one in feed["entries"].items()}
        made = FeedGenerator()
        made.id(f"tag:bench.example,2021:{category}")
        made.title(f"c{category}")
        made.link(href="https://bench.example/")
        made.description("newest")
        for key, (title, link, content, when) in sorted(entries.items(), key=lambda pair: pair[1][3])[-NEWEST:]:
            entry = made.add_entry()
            entry.id(key)
            entry.title(title or "untitled")
            entry.link(href=link)
            entry.content(content, type="html")
            entry.published(when)
            entry.updated(when)
        made.atom_file(str(folder / f"{category}.atom.xml"))
        made.rss_file(str(folder / f"{category}.rss.xml"))


def main() -> None:
    """Poll all."""
    urls = Path(sys.argv[1]).read_text("utf-8").split()
    state = Path(sys.argv[2])
    known = json.loads(state.read_text("utf-8")) if state.exists() else {}
    with requests.Session() as session, ThreadPoolExecutor(THREADS) as crew:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=300, pool_maxsize=THREADS))
        found = list(crew.map(lambda url: poll(session, url, known.get(url, {})), urls))
    write(found, state.with_name("naive-feeds"))
    state.write_text(json.dumps(dict(zip(urls, found, strict=True))), "utf-8")
    print(sum(len(one["entries"]) for one in found))


if __name__ == "__main__":
    main()

"""Feed documents to misbehave with, well-formed where nothing else is said, and what is asked of what came of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from hostile.catalogue import Seen, by_host
from loopback import Answer, Asked, http

DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n'
RSS_TYPE = "application/rss+xml; charset=utf-8"
ATOM_TYPE = "application/atom+xml; charset=utf-8"
INSIDE = "@inside@"  # in a document: becomes an address of the inside
Check = Callable[[Seen], list[str]]


def stamp(number: int = 0) -> str:
    """The date of the n-th item of a document, the newest first."""
    return f"2022-01-07T{22 - number // 60:02}:{59 - number % 60:02}:00+08:00"


def item(
    title: str,
    number: int = 0,
    *,
    link: str = "-",
    guid: str = "",
    text: str = "正文。",
    more: str = "",
    date: str = "-",
) -> str:
    """An item of RSS; title and text are XML as given; ``-`` is an own link and date, an empty one is left out."""
    link = f"https://paper.example/{number + 1}" if link == "-" else link
    date = stamp(number) if date == "-" else date
    return (
        (f"<item><title>{title}</title>" if title else "<item>")
        + (f"<link>{link}</link>" if link else "")
        + (f'<guid isPermaLink="false">{guid}</guid>' if guid else "")
        + (f"<pubDate>{date}</pubDate>" if date else "")
        + f"<description>{text}</description>{more}</item>"
    )


def rss(*items: str, head: str = "", declared: str = DECLARED, attributes: str = "") -> str:
    """An RSS 2.0 document; ``head``: more of its channel."""
    return (
        f'{declared}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
        f' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"{attributes}>'
        f"<channel><title>江城样报</title><link>https://paper.example/</link><description>d</description>{head}"
        f"{''.join(items)}</channel></rss>"
    )


def entry(title: str, number: int = 0, *, content: str = "<content>正文。</content>", more: str = "") -> str:
    """An entry of Atom; title and content are XML as given, ``title`` with its tag if it starts with one."""
    title = title if title.startswith("<title") else f"<title>{title}</title>"
    return (
        f"<entry><id>tag:paper.example,2022:{number + 1}</id>{title}"
        f'<link href="https://paper.example/{number + 1}"/>'
        f"<published>{stamp(number)}</published><updated>{stamp(number)}</updated>{content}{more}</entry>"
    )


def atom(*entries: str, head: str = "") -> str:
    """An Atom 1.0 document."""
    return (
        f'{DECLARED}<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:paper.example,2022:feed</id>'
        f"<title>江城样报</title><updated>{stamp()}</updated>{head}{''.join(entries)}</feed>"
    )


def said(document: str | bytes, content_type: str = RSS_TYPE) -> Answer:
    """Answer with a document."""
    return http(document.encode() if isinstance(document, str) else document, Content_Type=content_type)


def made(make: Callable[[Asked], str | bytes], content_type: str = RSS_TYPE) -> Answer:
    """Answer with a document that depends on the request, or that is too large to keep."""

    def whole(asked: Asked) -> bytes:
        (answer,) = said(make(asked), content_type)(asked)
        assert isinstance(answer, bytes)
        return answer

    return by_host(whole)


def each(*documents: str, content_types: Sequence[str] = (RSS_TYPE,)) -> Answer:
    """The first request gets the first document, and so on; the last one for ever."""

    def answer(asked: Asked) -> str:
        return documents[min(asked.number, len(documents) - 1)]

    def typed(asked: Asked) -> bytes:
        kind = content_types[min(asked.number, len(content_types) - 1)]
        (whole,) = said(answer(asked), kind)(asked)
        assert isinstance(whole, bytes)
        return whole

    return by_host(typed)


# ---- what came of it


def ours(seen: Seen) -> dict[str, dict[str, Any]]:
    """The stories that are not the good feed's."""
    return {own_id: story for own_id, story in seen.stories.items() if not story["title"].startswith("好的第")}


def all_stories(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """The stories of the feed of every category, by id."""
    return {story["id"]: story for story in json.loads(files["all/feed.json"])["items"]} if files else {}


def every(*checks: Check) -> Check:
    """All that any of them finds."""
    return lambda seen: [fault for check in checks for fault in check(seen)]


def count(number: int) -> Check:
    """So many stories, no more and no less."""

    def check(seen: Seen) -> list[str]:
        found = [story["title"][:40] for story in ours(seen).values()]
        return [] if len(found) == number else [f"{number} stories were to come out, not {len(found)}: {found}"]

    return check


def lacks(*words: str) -> Check:
    """None of the words stands in any file."""

    def check(seen: Seen) -> list[str]:
        files = {**seen.after[-1]}
        return [f"{word[:60]!r} stands in {name}" for name in files for word in words if word.encode() in files[name]]

    return check


def holds(*words: str) -> Check:
    """Each of the words stands in a story's text or title."""

    def check(seen: Seen) -> list[str]:
        text = json.dumps(list(ours(seen).values()), ensure_ascii=False)
        return [f"{word[:60]!r} is lost" for word in words if word not in text]

    return check


def same_ids(seen: Seen) -> list[str]:
    """What the first poll brought is there after each further one, under the same id and date."""
    first = {own_id: story["date_published"] for own_id, story in all_stories(seen.after[0]).items()}
    faults = [] if first else ["the first poll brought nothing"]
    for poll, files in enumerate(seen.after[1:], 2):
        now = {own_id: story["date_published"] for own_id, story in all_stories(files).items()}
        faults += [f"poll {poll}: {own_id} is gone" for own_id in first.keys() - now.keys()]
        faults += [
            f"poll {poll}: {own_id} has another date"
            for own_id in first
            if now.get(own_id, first[own_id]) != first[own_id]
        ]
        faults += [f"poll {poll}: {own_id} is new" for own_id in now.keys() - first.keys()]
    return faults


def same_bytes(seen: Seen) -> list[str]:
    """No poll after the first one changes a byte."""
    return [
        f"poll {poll} rewrote {name}"
        for poll, files in enumerate(seen.after[1:], 2)
        for name in sorted(files.keys() | seen.after[0].keys())
        if files.get(name) != seen.after[0].get(name)
    ]

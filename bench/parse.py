"""W3: a feed's bytes to clean entries, beside feedparser, in memory and in one process.

    python bench/parse.py [--feeds 40] [--rounds 7]

Feeds of 30 entries and 53 KB.  "fields" is the XML alone, "parse" all that a build does with it: charset, dates, addresses,
identity, sanitised HTML.  feedparser sanitises too.  Rounds are interleaved; the fastest counts, since noise only adds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from xml.etree.ElementTree import XMLParser
from zoneinfo import ZoneInfo

import feedparser

import feeds
from coranto.identity import Rules
from coranto.readers import strict
from coranto.readers.parse import ParseContext, parse

CONTEXT = ParseContext(
    source="s", url="https://up.example/feed", zone=ZoneInfo("Asia/Shanghai"), rules=Rules(), own_categories=True
)


def tree(body: bytes) -> None:
    """The floor: expat and elements, nothing read."""
    parser = XMLParser(encoding="utf-8")  # noqa: S314  our own bytes
    parser.feed(body)
    parser.close()


def corpus(count: int) -> dict[str, list[bytes]]:
    """Feeds by what they are."""
    pool, found = feeds.pool_of(7), {"everyday": list[bytes](), "broken": list[bytes](), "json": list[bytes]()}
    for number in range(20 * count):
        kind = "broken" if number % feeds.BROKEN_EVERY == 0 else "json" if number % 10 == 9 else "everyday"
        if len(found[kind]) < count:
            found[kind].append(feeds.feed(number, 30, 7, 0, pool)[1])
    return found


def milliseconds(work: Callable[[bytes], object], bodies: list[bytes]) -> float:
    """Processor time for one feed."""
    started = time.process_time()
    for body in bodies:
        work(body)
    return (time.process_time() - started) / len(bodies) * 1000


def main() -> None:
    """Read the command line and race."""
    parser = argparse.ArgumentParser(description="Parse feeds, beside feedparser.")
    parser.add_argument("--feeds", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    sides: dict[str, Callable[[bytes], object]] = {
        "feedparser": feedparser.parse,
        "parse": lambda body: parse(body, "", CONTEXT),
        "fields": strict.read,
        "ElementTree": tree,
    }
    print(f"{'ms a feed':12}" + "".join(f"{name:>14}" for name in sides) + "   times faster than feedparser")
    for kind, bodies in corpus(given.feeds).items():
        known = {name: side for name, side in sides.items() if kind == "everyday" or name == "parse"}
        known |= {"feedparser": feedparser.parse} if kind != "json" else {}
        best = dict.fromkeys(known, float("inf"))
        for _ in range(given.rounds):
            for name, side in known.items():
                best[name] = min(best[name], milliseconds(side, bodies))
        columns = "".join(f"{best[name]:14.2f}" if name in best else " " * 14 for name in sides)
        ratio = f"{best['feedparser'] / best['parse']:10.1f}" if "feedparser" in best else ""
        print(f"{kind:12}{columns}{ratio}")


if __name__ == "__main__":
    main()

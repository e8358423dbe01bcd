"""One path a misbehaviour, and what a careful reader makes of it.

What is expected of a path:

* ``entries``: its entries come out, cleaned; the first one is called as ``titles`` says.
* ``error``: the poll fails, with its reason in words; every published byte stays as it was.
* ``keep``: nothing changes, and nobody complains.
* ``bounded``: as ``error``, or the newest entries; within 20 s and 300 MiB (so is every path, this one is about it).
* ``refuse``: as ``error``, and nothing reached the inside.
* ``any``: entries or an error.

Of every path it is judged besides: time, memory, written feeds valid, nothing active in any of them, nothing asked of
the inside, and no story lost that was out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from loopback import Answer, Asked

Expect = Literal["entries", "error", "keep", "bounded", "refuse", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of the site.

    Attributes:
        reports: ``coranto build --json`` of each poll of the misbehaviour (not of the good feed before it).
        before: every file of feeds/ when the good feed was in, by its path; empty if there was none.
        after: one such dictionary for each of ``reports``.
        stories: items of the category's feed.json, after the last poll, by id.
        asked: the requests that came to the path, the good feed's too.
        errors: output on stderr of all polls.
    """

    reports: tuple[dict[str, Any], ...]
    before: dict[str, bytes]
    after: tuple[dict[str, bytes], ...]
    stories: dict[str, dict[str, Any]]
    asked: tuple[Asked, ...]
    errors: str = ""

    @property
    def titles(self) -> list[str]:
        """Of the stories, newest first, as published."""
        return [story["title"] for story in self.stories.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One misbehaviour.

    Attributes:
        kind: the module it stands in: time, size, http, redirect, status, not-a-feed, format, charset, xml, entries.
        name: unique in its kind; the path is /<kind>/<name>.
        answer: to each request of the misbehaviour (``Asked.number`` is 0 for the first of them).
        good_first: a good feed of two stories is polled before it, so that there is something to lose.  Its entries
            are ``GOOD`` below.
        polls: how often the misbehaviour is polled, a day apart.
        titles: what the stories of this path must be called, newest first (those of the good feed left out); empty:
            not looked at.
        says: a pattern that is searched in the error (``error``, ``refuse``, ``bounded``).
        settings: more lines of settings.yaml, at the top level.
        upstream: more lines of this upstream in settings.yaml (``own_categories: true``).
        environment: variables for the builds (secrets that settings name).
        check: further faults found, as sentences; nothing if all is well.
        heavy: it takes much memory, so few of these run at once.
        slow: it takes many seconds, so the short form leaves it out; so does ``heavy``.
    """

    kind: str
    name: str
    answer: Answer
    expect: Expect
    good_first: bool = True
    polls: int = 1
    titles: tuple[str, ...] = ()
    says: str = ""
    settings: str = ""
    upstream: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    check: Callable[[Seen], list[str]] | None = None
    heavy: bool = False
    slow: bool = False


GOOD = (
    "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>江城样报</title>"
    "<link>https://paper.example/</link><description>d</description>"
    "<item><title>好的第一条</title><link>https://paper.example/good/1</link><guid>https://paper.example/good/1</guid>"
    "<pubDate>Fri, 07 Jan 2022 01:00:00 +0800</pubDate><description>正文一。</description></item>"
    "<item><title>好的第二条</title><link>https://paper.example/good/2</link><guid>https://paper.example/good/2</guid>"
    "<pubDate>Fri, 07 Jan 2022 00:00:00 +0800</pubDate><description>正文二。</description></item>"
    "</channel></rss>"
).encode()


def outside(asked: Asked) -> str:
    """``127.0.0.1:port`` as the client wrote it: the one host that may be polled."""
    return asked.headers["Host"]


def inside(asked: Asked, host: str = "127.0.0.2") -> str:
    """An address of the inside, which must never be asked: ``http://<host>:<port>/inside/<path>``.

    The port is that of the outside, where the inside listens too (127.0.0.2 and, if there is IPv6, ::1).  Every request
    for a target that starts with /inside counts as an intrusion, whichever server it reaches.
    """
    return f"http://{host}:{outside(asked).rpartition(':')[2]}/inside{asked.target}"


def by_host(make: Callable[[Asked], bytes]) -> Answer:
    """A whole answer, head and body, that depends on the request."""

    def answer(asked: Asked) -> Iterator[bytes | float]:
        yield make(asked)

    return answer

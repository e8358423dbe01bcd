"""A world of scripted sources: which there are, what settings say of them, and what a client must have published."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random
from urllib.parse import urlsplit

from behaviour_builder import Batch, Builder, Recipe
from behaviour_kinds import HOLDING, ORDINARY, SPECIAL, TORRENT, after, hourly, plain
from behaviour_log import DAY, HOUR
from behaviour_scripts import Source, during, moves, waits

START = datetime(2022, 1, 3, 9, 17, tzinfo=UTC)  # a Monday
CATEGORIES = tuple(f"category{number:02}" for number in range(12))
_ONE_DOMAIN = 40
_TORRENTS = 2
# Addresses that libraries like to rewrite; they must go out as they stand here (P23).
_ODD_TAILS = ("?b=2&a=1&empty=", "?q=%7e%41", "?", "?a=1;b=(2)&c=[3]", "?x=%E5%B9%BF+%20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A subscription in settings.yaml.

    Attributes:
        url: as written; its source answers at ``asked``, the same without a fragment.
        category: one of CATEGORIES.
        every: the operator's interval.
        secret: it has a login and a header of its own, which belong to its origin alone (P18).
    """

    url: str
    category: str
    every: str = "1h"
    secret: bool = False

    @property
    def asked(self) -> str:
        return self.url.partition("#")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that answers.

    Attributes:
        lines: what is subscribed to, in order.
        sources: by address, those included that only redirects name.
        homes: the configured address by every address that belongs to it.
        private: host:port of the private hosts that settings may name.
        inside: host:port that no settings name: nothing may ever arrive there.
        start: the first simulated instant.
        end: the last one.
    """

    lines: tuple[Line, ...]
    sources: dict[str, Source]
    homes: dict[str, str]
    private: tuple[str, ...]
    inside: str
    start: datetime
    end: datetime

    def settings(self) -> str:
        """The section ``upstreams`` of settings.yaml (JSON is YAML)."""
        return "upstreams:\n" + "".join(f"  - {json.dumps(row)}\n" for row in map(_row, self.lines))

    def expected(self, now: datetime) -> set[str]:
        """The guids of all entries that a client must have by ``now``.

        An entry counts if it stood in the document of its source for 26 hours on end in which the source could be
        read (longer where skipHours or skipDays ask for it): 24 hours is the longest that any rule but Retry-After
        keeps a client away, and 2 are for its own rhythm.  Times in which the source failed, or its domain was held
        by a Retry-After, its own or a neighbour's, do not count.  So the torrent's entries, which stand for a
        quarter of an hour, are not in it, nor those of sources that never answer.
        """
        return set().union(*(self.sources[line.asked].seen_by(now) for line in self.lines))


def world(
    seed: int = 1,
    upstreams: int = 500,
    hosts: int = 60,
    days: int = 30,
    start: datetime = START,
    ports: Sequence[int] = (),
) -> World:
    """Lay out all kinds of sources over hosts.

    Args:
        seed: of all chance.
        upstreams: how many lines; every special kind comes first, so that few lines have each once.
        hosts: registrable domains; h00 has 40 feeds under as many names.
        days: how long it goes on.
        start: the first instant.
        ports: four on 127.0.0.1: three private hosts, and one that nobody may ask; free ones by default.
    """
    end = start + timedelta(days=days)
    local = [f"127.0.0.1:{port}" for port in ports or free_ports(4)]
    builder = Builder(seed, start, end, local[3])
    return assembled(_first(upstreams, _batches(builder, upstreams, hosts, local[:3])), start, end, local)


def assembled(batches: Iterable[Batch], start: datetime, end: datetime, local: Sequence[str]) -> World:
    """The world of some batches; ``local``: host:port of private hosts, the last of which nobody may ask."""
    configured: list[Source] = []
    sources: dict[str, Source] = {}
    homes: dict[str, str] = {}
    for batch in batches:
        configured += batch.configured
        for source in (*batch.configured, *batch.targets):
            sources[source.url] = source
            homes[source.url] = source.url if source in batch.configured else batch.configured[0].url
    return World(
        lines=tuple(_line(number, source) for number, source in enumerate(configured)),
        sources=sources,
        homes=homes,
        private=tuple(local[:-1]),
        inside=local[-1],
        start=start,
        end=end,
    )


def _first(count: int, batches: Iterable[Batch]) -> Iterator[Batch]:
    """As many batches as have ``count`` lines."""
    for batch in batches:
        yield replace(batch, configured=batch.configured[:count])
        count -= len(batch.configured)
        if count <= 0:
            return


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 on which nobody listens just now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _batches(builder: Builder, upstreams: int, hosts: int, local: Sequence[str]) -> Iterator[Batch]:
    """Special kinds first, then the domain with many feeds, then ordinary ones without end."""
    copies = 1 + upstreams // 250
    yield from _private(builder, local)
    # A host that holds its whole domain has no other sources than those that know of it.
    quiet = iter([f"h{number:02}.example" for number in range(1, 1 + min(copies * len(HOLDING), hosts // 2))])
    for recipe, host in zip(HOLDING * copies, quiet, strict=False):
        yield recipe(builder, host, "")
    names = [f"h{number:02}.example" for number in range(1 + min(copies * len(HOLDING), hosts // 2), hosts)]
    others = cycle(names)
    special: list[Recipe] = [*SPECIAL * copies, *[secret] * copies, *[TORRENT] * min(copies, _TORRENTS)]
    for recipe in special:
        yield recipe(builder, next(others), names[-1])
    yield from (_odd(builder, next(others), tail) for tail in _ODD_TAILS[: 2 * copies])
    yield from (_subdomain(builder, number) for number in range(min(_ONE_DOMAIN, upstreams // 5)))
    random = Random(f"{builder.seed} ordinary")
    recipes, weights = zip(*ORDINARY, strict=True)
    yield from (random.choices(recipes, weights)[0](builder, next(others), "") for _ in range(upstreams))


def _subdomain(builder: Builder, number: int) -> Batch:
    return plain(builder, f"s{number:02}.h00.example", "")


def _odd(builder: Builder, host: str, tail: str) -> Batch:
    source = builder.source(host, "odd")
    return Batch((replace(source, url=source.url.replace("feeds.", "www.") + tail),))


def secret(builder: Builder, host: str, other: str) -> Batch:
    """It wants a login, and redirects to another origin, which must not see it (P18)."""
    source = builder.source(host, "secret")
    url = f"http://cdn.{other}/{source.name}.xml"
    return Batch((replace(source, manners=(moves(302, url),)),), (replace(source, url=url),))


def _private(builder: Builder, local: Sequence[str]) -> Iterator[Batch]:
    """Three bridges: one says 429, of one a single route says 503, one is well (P10)."""
    span = builder.span(3, 4)
    held = ((span[0][0], span[0][1] + timedelta(hours=3)),)
    slow = builder.source(
        local[0], "localslow", manners=(during(span, waits(429, after("10800", 3 * HOUR))),), bad=held
    )
    yield Batch((slow, replace(builder.source(local[0], "localslow"), bad=held)))
    held = ((span[0][0], span[0][1] + timedelta(days=2)),)
    down = (during(span, waits(503, after("172800", 2 * DAY))),)
    yield Batch((builder.source(local[1], "localdown", manners=down, bad=held),))
    yield Batch(tuple(hourly(builder, local[1], "").configured[0] for _ in range(2)))
    yield Batch(tuple(plain(builder, local[2], "").configured[0] for _ in range(2)))


def _line(number: int, source: Source) -> Line:
    """A few lines have a fragment, which stays at home (P23)."""
    fragment = "#top" if source.kind == "odd" and not urlsplit(source.url).fragment and number % 2 else ""
    return Line(
        url=source.url + fragment, category=CATEGORIES[number % len(CATEGORIES)], secret=source.kind == "secret"
    )


def _row(line: Line) -> dict[str, object]:
    row: dict[str, object] = {"url": line.url, "category": line.category, "every": line.every}
    return row | ({"auth": "reader:riverbank", "headers": {"X-Own-Key": "riverbank"}} if line.secret else {})

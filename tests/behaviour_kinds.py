"""The kinds of sources that a behaviour world holds: one recipe for each thing that servers do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from behaviour_builder import HISTORY, Batch, Builder, Recipe, one, outage
from behaviour_documents import even, mornings
from behaviour_log import DAY, HOUR, Header, http_date
from behaviour_scripts import (
    FOR_EVER,
    Source,
    breaks,
    captcha,
    days,
    deltas,
    during,
    expires_after,
    fails,
    fresh_for,
    moves,
    retags,
    tokens,
    waits,
    wears,
)

# ---- ordinary ones


def hourly(builder: Builder, host: str, _other: str) -> Batch:
    return Batch((builder.source(host, "hourly", builder.rate(builder.name("rate"), 14)),))


def morning(builder: Builder, host: str, _other: str) -> Batch:
    name = builder.name("rate")
    plan = mornings(Random(f"{builder.seed} {name}"), builder.start - HISTORY, builder.end, 3)
    return Batch((builder.source(host, "morning", plan),))


def dead(builder: Builder, host: str, _other: str) -> Batch:
    last = builder.start - timedelta(days=365)
    return Batch((builder.source(host, "dead", even(last - timedelta(days=20), last, timedelta(days=1))),))


def plain(builder: Builder, host: str, _other: str) -> Batch:
    name = builder.name("rate")
    return Batch((builder.source(host, "plain", builder.rate(name, Random(name).choice((0.15, 0.3, 0.6, 1.5)))),))


def weekly(builder: Builder, host: str, _other: str) -> Batch:
    return Batch((builder.source(host, "weekly", builder.rate(builder.name("rate"), 0.15)),))


# ---- hosts that want to be left alone


def holding(kind: str, status: int, field: Callable[[datetime], tuple[Header, int]], last: float = 4) -> Recipe:
    """An error that names a time, from day 3; its neighbours on the domain are left alone as well (P10)."""

    def make(builder: Builder, host: str, _other: str) -> Batch:
        span = builder.span(3, last)
        wait = timedelta(seconds=min(field(span[0][1])[1], 7 * DAY))
        held = ((span[0][0], span[0][1] + wait),)
        source = builder.source(host, kind, manners=(during(span, waits(status, field)),), bad=held)
        return Batch((source, *(replace(plain(builder, host, "").configured[0], bad=held) for _ in range(2))))

    return make


def after(text: str, meant: int = -1) -> Callable[[datetime], tuple[Header, int]]:
    return lambda _now: (("Retry-After", text), meant)


def on_date(wait: int) -> Callable[[datetime], tuple[Header, int]]:
    return lambda now: (("Retry-After", http_date(now.replace(microsecond=0) + timedelta(seconds=wait))), wait - 1)


HOLDING: tuple[Recipe, ...] = (
    holding("retryseconds", 429, after("10800", 3 * HOUR)),
    holding("retrydays", 429, after("172800", 2 * DAY)),
    holding("retryhuge", 429, after("1" + "0" * 20, 7 * DAY), 3.5),
    holding("retrydate", 429, on_date(5 * HOUR)),
    holding("down", 503, on_date(9 * HOUR)),
    holding("retryage", 429, lambda _now: (("Cache-Control", "max-age=14400"), 4 * HOUR)),
)


def nonsense(kind: str, value: str) -> Recipe:
    return outage(kind, waits(429, after(value)), 2, 3.5)


# ---- sources that move


def _target(source: Source, url: str, **more: Any) -> Source:
    return replace(source, url=url, **{"manners": (), "bad": (), **more})


def two_hops(builder: Builder, host: str, other: str) -> Batch:
    """301 for good, and again 301."""
    source = builder.source(host, "moved")
    ends = f"http://www.{host}/{source.name}/mid", f"http://new.{other}/{source.name}.xml"
    mid = _target(source, ends[0], manners=(moves(301, ends[1]),))
    return Batch((replace(source, manners=(moves(301, ends[0]),)),), (mid, _target(source, ends[1])))


def elsewhere(kind: str, status: int, until: float = 1000) -> Recipe:
    """One redirect, until a day."""

    def make(builder: Builder, host: str, other: str) -> Batch:
        source = builder.source(host, kind)
        url = f"http://new.{other}/{source.name}.xml"
        manner = during(builder.span(-1, until), moves(status, url))
        return Batch((replace(source, manners=(manner,)),), (_target(source, url),))

    return make


def left_behind(builder: Builder, host: str, other: str) -> Batch:
    """308 for two days, then nothing is left at the old address (P16)."""
    source = builder.source(host, "left")
    url = f"http://new.{other}/{source.name}.xml"
    manners = (during(builder.span(-1, 2), moves(308, url)), fails(404))
    return Batch((replace(source, manners=manners, bad=builder.span(2, 2.1)),), (_target(source, url),))


def to_itself(builder: Builder, host: str, _other: str) -> Batch:
    source = builder.source(host, "itself")
    return Batch((replace(source, manners=(moves(301, source.url),), bad=(FOR_EVER,)),))


def in_a_circle(builder: Builder, host: str, other: str) -> Batch:
    source = builder.source(host, "circle")
    back = f"http://www.{other}/{source.name}/back"
    there = _target(source, back, manners=(moves(301, source.url),))
    return Batch((replace(source, manners=(moves(301, back),), bad=(FOR_EVER,)),), (there,))


def forty_hops(builder: Builder, host: str, _other: str) -> Batch:
    source = builder.source(host, "hops")
    urls = [source.url, *(f"http://www.{host}/{source.name}/{number}" for number in range(1, 41))]
    chain = [_target(source, url, manners=(moves(302, following),)) for url, following in pairwise(urls)]
    return Batch((replace(chain[0], bad=(FOR_EVER,)),), (*chain[1:], _target(source, urls[-1])))


def to_inside(builder: Builder, host: str, _other: str) -> Batch:
    source = builder.source(host, "inside")
    url = f"http://{builder.inside}/{source.name}.xml"
    return Batch((replace(source, manners=(moves(301, url),), bad=(FOR_EVER,)),))


def to_a_page(builder: Builder, host: str, other: str) -> Batch:
    """What was a feed for two days is a page for good (P17)."""
    source = builder.source(host, "page")
    url = f"http://www.{other}/{source.name}.html"
    span = days(builder.start, 2, 1000)
    manner = during((span,), moves(301, url))
    return Batch((replace(source, manners=(manner,), bad=(span,)),), (_target(source, url, manners=(captcha,)),))


# ---- all that is special, once each


def _ttl(builder: Builder) -> dict[str, Any]:
    return {"ttl": 2 * HOUR, "extra": "<ttl>120</ttl>", "form": "rss", "plan": builder.rate("ttl", 12)}


def _period(builder: Builder) -> dict[str, Any]:
    extra = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>6</sy:updateFrequency>"
    return {"ttl": 4 * HOUR, "extra": extra, "form": "rss", "plan": builder.rate("period", 12)}


def _nights(_builder: Builder) -> dict[str, Any]:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(8))
    extra = f"<skipHours>{hours}</skipHours>"
    return {"skip_hours": frozenset(range(8)), "extra": extra, "form": "rss", "slack": 36 * HOUR}


def _weekends(_builder: Builder) -> dict[str, Any]:
    extra = "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"
    return {"skip_days": frozenset({5, 6}), "extra": extra, "form": "rss", "slack": 76 * HOUR}


def _gone(builder: Builder) -> dict[str, Any]:
    span = builder.span(5, 10_000)
    return {"manners": (during(span, fails(410)),), "bad": span}


def _torrent(builder: Builder) -> dict[str, Any]:
    start = builder.start - timedelta(hours=1)
    return {"plan": even(start, builder.end, timedelta(seconds=90)), "window": 10}


def _busy(builder: Builder, a_day: float, **more: Any) -> dict[str, Any]:
    return {"plan": builder.rate("busy", a_day), **more}


SPECIAL: tuple[Recipe, ...] = (
    two_hops,
    elsewhere("found", 302),
    elsewhere("flip", 301, 3),
    left_behind,
    to_itself,
    in_a_circle,
    forty_hops,
    to_inside,
    to_a_page,
    one("weak", lambda _b: {"tokens": tokens('W/"a b {count}"', "Sun, 07 Jan 2022 12:0{count}")}),
    one("bare", lambda _b: {"tokens": tokens("{name}-{count}", "yesterday")}),
    one("onlydate", lambda _b: {"tokens": tokens("", "2022-01-07T00:00:{count}+0800")}),
    one("rotating", lambda _b: {"tokens": tokens('"{now}"', "{now}")}),
    one("retag", lambda _b: {"tokens": tokens('"{name}-{count}-{day}"'), "manners": (retags,)}),
    one("mute", lambda b: _busy(b, 2, tokens=tokens(""))),
    one("maxage", lambda b: _busy(b, 12, dress=fresh_for(2 * HOUR, 200))),
    one("maxageboth", lambda b: _busy(b, 12, dress=fresh_for(2 * HOUR, 200, 304))),
    one("expires", lambda b: _busy(b, 12, dress=expires_after(2 * HOUR))),
    nonsense("soon", "soon"),
    nonsense("minus", "-5"),
    nonsense("fraction", "1.5"),
    nonsense("power", "1e20"),
    nonsense("past", "Thu, 01 Jan 1970 00:00:00 GMT"),
    nonsense("absurd", "Fri, 31 Dec 99999 23:59:59 GMT"),
    one("gone", _gone),
    outage("lost", fails(404), 3, 5),
    outage("broken", fails(500), 4, 10),
    outage("reset", breaks("reset"), 5, 8),
    outage("closed", breaks("close"), 6, 9),
    outage("cut", breaks("cut"), 6, 8),
    outage("captcha", captcha, 7, 8),
    one("never", lambda _b: {"manners": (fails(500),), "bad": (FOR_EVER,)}),
    one("ttl", _ttl),
    one("period", _period),
    one("nights", _nights),
    one("weekends", _weekends),
    one("delta", lambda b: _busy(b, 3, manners=(deltas,))),
    one("cookie", lambda _b: {"dress": wears(("Set-Cookie", "id=seen; Path=/; Domain=.example"))}),
    one("gzip", lambda _b: {"zipped": True}),
)
TORRENT = one("torrent", _torrent)
ORDINARY: tuple[tuple[Recipe, int], ...] = ((plain, 50), (weekly, 16), (morning, 18), (dead, 12), (hourly, 4))

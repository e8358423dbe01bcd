"""Scripted sources: what each answers is a pure function of the request and the simulated time."""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from behaviour_documents import Plan, document, guid, packed, sha256
from behaviour_log import DAY, HOUR, NOTHING, Asked, Given, Header, http_date

Span = tuple[datetime, datetime]  # from, until
FOR_EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer for the line.

    Attributes:
        given: what it means.
        headers: without Content-Length, Date and Connection, which the server adds.
        body: as it goes out.
        delivery: "whole"; "cut": half of the body; "close" and "reset": nothing at all.
    """

    given: Given
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    delivery: str = "whole"


Manner = Callable[["Source", Asked, datetime], Reply | None]
Tokens = Callable[["Source", int, datetime], tuple[str, str]]
Dress = Callable[[int, datetime], tuple[tuple[Header, ...], int]]


def honest(source: Source, count: int, _now: datetime) -> tuple[str, str]:
    """An ETag and a Last-Modified that move with each post."""
    newest = source.plan[count - 1] if count else source.born
    return f'"{source.name}-{count}"', http_date(newest)


def plain(_status: int, _now: datetime) -> tuple[tuple[Header, ...], int]:
    """No further headers, no freshness."""
    return (), NOTHING


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """A source that somebody scripted.

    Attributes:
        url: where it answers.
        name: a DNS label; the sources of one feed that moves share it, with the plan.
        kind: what it is to show, for people.
        born: the start of the simulation.
        plan: when it posts.
        window: how many posts its document lists.
        form: "rss" or "atom".
        extra: elements of its channel.
        manners: what it does instead of a good answer; the first that answers counts.
        tokens: its validators at a time.
        dress: headers of good answers by status, and the freshness that they state.
        zipped: its bodies go out as gzip.
        bad: when it cannot be read, or its host is held: no entry need be seen in such a time.
        slack: how long an entry must stand, readable, until every polite client has seen it.
        ttl: the lower bound that its document states.
        skip_hours: GMT.
        skip_days: Monday is 0.
    """

    url: str
    name: str
    kind: str
    born: datetime
    plan: Plan = ()
    window: int = 30
    form: str = "rss"
    extra: str = ""
    manners: tuple[Manner, ...] = ()
    tokens: Tokens = honest
    dress: Dress = plain
    zipped: bool = False
    bad: tuple[Span, ...] = ()
    slack: int = 26 * HOUR
    ttl: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()

    def answer(self, asked: Asked, now: datetime) -> Reply:
        for manner in self.manners:
            if reply := manner(self, asked, now):
                return reply
        count = self.count(now)
        etag, modified = self.tokens(self, count, now)
        if fits(asked, etag, modified):
            return self.not_modified(etag, modified, now)
        return self.listing(200, (max(0, count - self.window), count), (etag, modified), now)

    def count(self, now: datetime) -> int:
        return bisect_right(self.plan, now)

    def not_modified(self, etag: str, modified: str, now: datetime) -> Reply:
        headers, fresh = self.dress(304, now)
        given = Given(status=304, etag=etag, last_modified=modified, max_age=fresh, good=True)
        return Reply(given=given, headers=(*_validator_fields(etag, modified), *headers))

    def listing(self, status: int, span: tuple[int, int], tokens: tuple[str, str], now: datetime) -> Reply:
        """A document with the posts of ``span``."""
        body, digest = _rendered(self, span)
        headers, fresh = self.dress(200, now)
        given = Given(
            status=status,
            etag=tokens[0],
            last_modified=tokens[1],
            max_age=fresh,
            body_sha256=digest,
            listed=span[1] - span[0],
            size=len(body),
            good=True,
        )
        media = ("Content-Type", "application/atom+xml" if self.form == "atom" else "application/rss+xml")
        coding = (("Content-Encoding", "gzip"),) if self.zipped else ()
        return Reply(given=given, headers=(media, *coding, *_validator_fields(*tokens), *headers), body=body)

    def seen_by(self, now: datetime) -> set[str]:
        """The entries that every polite client has by ``now``: they stood, readable, for ``slack`` on end."""
        slack = timedelta(seconds=self.slack)
        good = [(start, end) for start, end in _gaps(self.bad, self.born, now) if end - start >= slack]
        first = max(0, self.count(self.born) - self.window)
        return {
            guid(self.name, number)
            for number in range(first, self.count(now))
            if any(min(end, self._until(number, now)) - max(start, self.plan[number]) >= slack for start, end in good)
        }

    def _until(self, number: int, now: datetime) -> datetime:
        """Until when a post stands in the document."""
        following = number + self.window
        return min(now, self.plan[following]) if following < len(self.plan) else now


def fits(asked: Asked, etag: str, modified: str) -> bool:
    """Whether a 304 is due (RFC 9110 13.2.2), with tokens that are equal byte for byte."""
    match, since = asked.validators
    return match == etag if match else bool(since) and since == modified


def error(status: int, *headers: Header, retry_after: int = NOTHING, max_age: int = NOTHING) -> Reply:
    return Reply(given=Given(status=status, max_age=max_age, retry_after=retry_after), headers=headers, body=b"No.\n")


# ---- manners: what a source does instead of a good answer


def during(spans: tuple[Span, ...], manner: Manner) -> Manner:
    """``manner``, in these times only."""

    def answer(source: Source, asked: Asked, now: datetime) -> Reply | None:
        return manner(source, asked, now) if any(start <= now < end for start, end in spans) else None

    return answer


def fails(status: int) -> Manner:
    return lambda _source, _asked, _now: error(status)


def waits(status: int, field: Callable[[datetime], tuple[Header, int]]) -> Manner:
    """429 or 503 with Retry-After as ``field`` writes it, and the seconds that it means."""

    def answer(_source: Source, _asked: Asked, now: datetime) -> Reply:
        header, meant = field(now)
        if header[0] == "Retry-After":
            return error(status, header, retry_after=meant)
        return error(status, header, max_age=meant)

    return answer


def moves(status: int, location: str) -> Manner:
    given = Given(status=status, location=location)
    return lambda _source, _asked, _now: Reply(given=given, headers=(("Location", location),), body=b"Elsewhere.\n")


def breaks(delivery: str) -> Manner:
    """No complete answer; what is cut bears an ETag that must never come back (P3)."""

    def answer(source: Source, _asked: Asked, now: datetime) -> Reply:
        if delivery != "cut":
            return Reply(given=Given(status=0), delivery=delivery)
        count = source.count(now)
        body = _rendered(source, (max(0, count - source.window), count))[0]
        given = Given(status=200, etag=f'"cut-{count}"', size=len(body) // 2)
        return Reply(given=given, headers=(("ETag", given.etag),), body=body, delivery="cut")

    return answer


def captcha(_source: Source, _asked: Asked, now: datetime) -> Reply:
    """A page at 200, with validators that must never come back (P3)."""
    body = b"<!DOCTYPE html><html><head><title>Just a moment</title></head><body>Are you a robot?</body></html>"
    given = Given(status=200, etag=f'"captcha-{now:%d%H}"', size=len(body))
    return Reply(given=given, headers=(("Content-Type", "text/html"), ("ETag", given.etag)), body=body)


def deltas(source: Source, asked: Asked, now: datetime) -> Reply | None:
    """226 with what is new since the ETag that was sent, if that is asked for (RFC 3229)."""
    known, count = asked.header("if-none-match").strip('"').rpartition("-")[2], source.count(now)
    if "feed" not in asked.header("a-im").lower() or not known.isdigit() or int(known) >= count:
        return None
    first = max(int(known), count - source.window)
    reply = source.listing(226, (first, count), source.tokens(source, count, now), now)
    return Reply(given=reply.given, headers=(*reply.headers, ("IM", "feed")), body=reply.body)


def retags(source: Source, asked: Asked, now: datetime) -> Reply | None:
    """A 304 that brings a new ETag each day (P2)."""
    count = source.count(now)
    if not asked.header("if-none-match").startswith(f'"{source.name}-{count}-'):
        return None
    return source.not_modified(*source.tokens(source, count, now), now)


# ---- tokens and dresses


def tokens(etag: str, modified: str = "") -> Tokens:
    """Validators by pattern: {count} of posts, {day} and {now}."""

    def of(source: Source, count: int, now: datetime) -> tuple[str, str]:
        parts = {"name": source.name, "count": count, "day": f"{now:%d}", "now": f"{now.timestamp():.6f}"}
        return etag.format(**parts), modified.format(**parts)

    return of


def fresh_for(age: int, *statuses: int) -> Dress:
    """Cache-Control: max-age on answers with these statuses."""

    def dress(status: int, _now: datetime) -> tuple[tuple[Header, ...], int]:
        return ((("Cache-Control", f"public, max-age={age}"),), age) if status in statuses else ((), NOTHING)

    return dress


def expires_after(age: int) -> Dress:
    return lambda _status, now: ((("Expires", http_date(now + timedelta(seconds=age))),), age)


def wears(*headers: Header) -> Dress:
    return lambda _status, _now: (headers, NOTHING)


def days(start: datetime, first: float, last: float) -> Span:
    return start + timedelta(seconds=first * DAY), start + timedelta(seconds=last * DAY)


def _validator_fields(etag: str, modified: str) -> tuple[Header, ...]:
    return tuple((name, value) for name, value in (("ETag", etag), ("Last-Modified", modified)) if value)


@functools.lru_cache(maxsize=4096)
def _rendered(source: Source, span: tuple[int, int]) -> tuple[bytes, str]:
    """The body as it goes out, and the hash of what is in it."""
    body = document(source.name, source.form, source.extra, source.plan, span)
    return (packed(body) if source.zipped else body), sha256(body)


def _gaps(bad: tuple[Span, ...], start: datetime, end: datetime) -> list[Span]:
    """The times between ``bad`` ones."""
    found = []
    for begin, until in sorted(bad):
        found.append((start, min(begin, end)))
        start = max(start, until)
    return [(begin, until) for begin, until in [*found, (start, end)] if begin < until]

"""When invented sources post, and the documents that list their newest posts.  Pure; chance comes from a seed."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random

Plan = tuple[datetime, ...]  # the instants of all posts, in order, no two the same

_RSS = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<?xml-stylesheet type="text/xsl" href="http://decoy.example/{name}/style.xsl"?>\n'
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Invented {name}</title>'
    "<link>http://www.{name}.example/</link><description>All of it is invented</description>{extra}"
    '<atom:link rel="self" href="http://decoy.example/{name}/self.xml"/>'
    '<atom:link rel="hub" href="http://decoy.example/{name}/hub"/>'
    "<itunes:new-feed-url>http://decoy.example/{name}/new.xml</itunes:new-feed-url>"
    "<image><url>http://decoy.example/{name}/logo.png</url><title>{name}</title>"
    "<link>http://www.{name}.example/</link></image>\n{entries}</channel></rss>\n"
)
_ITEM = (
    '<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">{guid}</guid><pubDate>{rfc822}</pubDate>'
    "<description>{title}, as told by nobody.</description>"
    '<enclosure url="http://decoy.example/{name}/{number}.mp3" length="1" type="audio/mpeg"/></item>\n'
)
_ATOM = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Invented {name}</title><id>tag:{name}.example,2021:feed</id>'
    '<link rel="self" href="http://decoy.example/{name}/self.xml"/><link href="http://www.{name}.example/"/>'
    "<logo>http://decoy.example/{name}/logo.png</logo><updated>{newest}</updated>"
    "<author><name>Nobody</name></author>{extra}\n{entries}</feed>\n"
)
_ENTRY = (
    '<entry><title>{title}</title><link href="{link}"/><id>{guid}</id><published>{iso}</published>'
    "<updated>{iso}</updated><summary>{title}, as told by nobody.</summary></entry>\n"
)


def steady(random: Random, start: datetime, end: datetime, a_day: float) -> Plan:
    """About ``a_day`` posts a day, at any time."""
    return _apart(_random_steps(random, start, end, 86400 / a_day))


def even(start: datetime, end: datetime, apart: timedelta) -> Plan:
    """A post every ``apart``."""
    return tuple(start + apart * number for number in range(int((end - start) / apart)))


def mornings(random: Random, start: datetime, end: datetime, a_day: int = 4) -> Plan:
    """Posts between 06:00 and 08:00 in Asia/Shanghai, which is 22:00 to 24:00 UTC of the day before."""
    midnight = start.replace(hour=22, minute=0, second=0, microsecond=0)
    moments = (
        midnight + timedelta(days=day, seconds=random.randrange(7200))
        for day in range((end - start).days + 1)
        for _ in range(a_day)
    )
    return _apart(sorted(moment for moment in moments if start <= moment < end))


def guid(name: str, number: int) -> str:
    """Which entry it is: the place of a post in its source's plan."""
    return f"tag:{name}.example,2021:{number}"


def document(name: str, form: str, extra: str, plan: Plan, span: tuple[int, int]) -> bytes:
    """The feed with the posts from ``span[0]`` up to ``span[1]`` of the plan, the newest first.

    Args:
        name: of the source; a DNS label.
        form: "rss" or "atom".
        extra: further elements of the channel.
        plan: all posts.
        span: which of them stand in it.
    """
    shape, piece = (_ATOM, _ENTRY) if form == "atom" else (_RSS, _ITEM)
    entries = "".join(_entry(piece, name, number, plan[number]) for number in reversed(range(*span)))
    newest = plan[span[1] - 1].isoformat() if span[1] else "2021-01-01T00:00:00+00:00"
    return shape.format(name=name, extra=extra, entries=entries, newest=newest).encode()


def packed(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _entry(piece: str, name: str, number: int, posted: datetime) -> str:
    return piece.format(
        name=name,
        number=number,
        guid=guid(name, number),
        title=f"Invented story {number} of {name}",
        link=f"http://www.{name}.example/{number}",
        rfc822=format_datetime(posted),
        iso=posted.isoformat(),
    )


def _random_steps(random: Random, start: datetime, end: datetime, mean: float) -> Iterator[datetime]:
    moment = start
    while (moment := moment + timedelta(seconds=int(random.expovariate(1 / mean)))) < end:
        yield moment


def _apart(moments: Sequence[datetime] | Iterator[datetime]) -> Plan:
    return tuple(sorted({moment.replace(microsecond=0) for moment in moments}))

"""What a story says: the words of its best entry, completed from the next, and the union of their categories."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from coranto import text
from coranto.model import Category, Copy, Source, Story, Words
from coranto.text.anchors import anchor

SUMMARY = 200  # characters
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the choice of a winner needs of an entry."""

    uid: int
    rank: int  # of its source in settings
    name: str
    published: datetime
    fullness: int = 0  # characters of cleaned text


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One entry of a story with its words: what the story is made of."""

    source: Source
    title: str
    link: str
    published: datetime
    words: Words = field(default_factory=Words)


def order(standing: Standing) -> tuple[int, int, datetime, str]:
    """Sorts the entries of a story best first: source, completeness, date, name.

    Completeness counts in doublings, so that "about twice as long" stays transitive.
    """
    return standing.rank, -standing.fullness.bit_length(), standing.published, standing.name


def ranked(standings: Iterable[Standing]) -> tuple[Standing, ...]:
    """The entries of a story, the winner first."""
    return tuple(sorted(standings, key=order))


def merge(
    versions: Sequence[Version],
    *,
    public_id: str,
    updated: datetime,
    categories: tuple[Category, ...],
    home: str,
    copies: tuple[Copy, ...] = (),
) -> Story:
    """The story of ``versions``, which are ranked, the winner first.

    Link, date, title, text and enclosures are the winner's alone: a union would let a later source put something
    into the words of a better one.  Missing summary, authors and language come from the next.

    Args:
        versions: at least one.
        public_id: the id it is published under.
        updated: when what it shows last changed.
        categories: the union over its entries.
        home: where it stands on our own page, for a story without a link.
        copies: its other entries from upstreams, to be known again by.
    """
    winner = versions[0]
    summary = _first(version.words.summary for version in versions)
    return Story(
        id=public_id,
        title=winner.title,
        link=winner.link or home,
        published=winner.published,
        updated=updated,
        content=winner.words.content,
        summary=summary,
        authors=next((version.words.authors for version in versions if version.words.authors), ()),
        categories=categories,
        enclosures=winner.words.enclosures,
        language=_first(version.words.language for version in versions),
        source=winner.source if winner.source.kind == "feed" else None,
        related=_related(versions),
        copies=copies,
    )


def _first(texts: Iterable[str]) -> str:
    return next((one for one in texts if one), "")


def _related(versions: Sequence[Version]) -> tuple[str, ...]:
    links = dict.fromkeys(version.link for version in versions[1:] if version.link)
    links.pop(versions[0].link, None)
    return tuple(links)


def with_summary(story_summary: str, content_text: str, title: str) -> str:
    """A summary that is never empty: stated, else cut from the plain text, else the title."""
    return story_summary or text.cut(content_text, SUMMARY) or title


def digest(story: Story) -> str:
    """What the feed shows of a story, as 32 hex digits: `updated` moves exactly when this does.

    Categories and other copies are left out: where a story is filed, and who else has it, changes none of its words,
    and the edits of an entry whose words are not shown must not move it (IDENTITY 19).
    """
    shown = [
        text.one_line(story.title),
        "" if is_at_home(story) else story.link,  # our own address may move
        story.published.isoformat(),
        text.one_line(story.content),
        text.one_line(story.summary),
        [[person.name, person.email, person.uri] for person in story.authors],
        [[enclosure.url, enclosure.type, enclosure.length] for enclosure in story.enclosures],
        story.language,
    ]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[:32]


def is_at_home(story: Story) -> bool:
    """Whether a story has no link of its own, and so links to its place on our page."""
    return story.link.endswith(f"#{anchor(story.id)}")


def first_updated(stated: datetime | None, published: datetime, now: datetime) -> datetime:
    """`updated` of a story that goes out for the first time (IDENTITY 19)."""
    return stated if stated is not None and published <= stated <= now else published


def next_updated(current: datetime, stated: datetime | None, now: datetime) -> datetime:
    """`updated` of a story whose shown words changed: never back, and never the same instant again."""
    if stated is not None and current < stated <= now:
        return stated
    return max(now, current + _SECOND)


def window(dates: Sequence[datetime], *, entries: int, max_age: int, max_entries: int) -> int:
    """How many of the stories with ``dates``, newest first, are in a feed.

    At least ``entries`` of them, and all that are at most ``max_age`` seconds older than the newest, but never more
    than ``max_entries``.  Measured from the newest story, never from now: a quiet feed does not run empty.
    """
    if not dates:
        return 0
    young = sum((dates[0] - date).total_seconds() <= max_age for date in dates)
    return min(max(entries, young), max_entries, len(dates))

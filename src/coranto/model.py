"""What flows through the river: entries in, stories and feeds out.

Every class is a frozen value.  The words are those of RFC 4287 (Atom); where RSS 2.0 or JSON Feed 1.1 call a
field otherwise, its comment says so.  Instants are aware datetimes in UTC, to the second; sequences are tuples;
an absent text is the empty string, never ``None``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

POSTS: Final = "posts"
FEED: Final = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who wrote an entry (RFC 4287 3.2; RSS: dc:creator; JSON Feed: authors[])."""

    name: str
    email: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that belongs to an entry (Atom: link rel=enclosure; RSS: enclosure; JSON Feed: attachments[])."""

    url: str
    type: str = "application/octet-stream"
    length: int = 0  # octets; 0 when unknown
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where entries come from: a posts folder or a subscription.

    ``key`` names it in the store for ever: ``posts:<fixed part of the pattern>`` or the canonical address of the
    feed.  ``id``, ``title`` and ``link`` are what atom:source says of it (RFC 4287 4.2.11).
    """

    key: str
    kind: Literal["posts", "feed"]
    id: str = ""
    title: str = ""
    link: str = ""  # the page for people
    feed_url: str = ""  # the address of the feed document; RSS: source/@url


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a person reads of an entry, beside its title: clean, absolute, safe to write into XML.

    Kept apart from the facts because only the stories inside a window need it.
    """

    content: str = ""  # an HTML fragment (Atom: content type=html; RSS: content:encoded; JSON Feed: content_html)
    summary: str = ""  # plain text, only if the source states one (RSS: description; JSON Feed: summary)
    authors: tuple[Person, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    language: str = ""  # BCP 47


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What ONE source said once.

    ``name`` is its key inside the source: a post's path below the fixed part of its pattern; for an upstream a
    hash over what it said first, given when its row is made.
    """

    source: str  # Source.key
    name: str = ""
    own_id: str = ""  # as stated (Atom: id; RSS: guid; JSON Feed: id); posts have none
    link: str = ""  # the article's address, absolute
    permalinks: tuple[str, ...] = ()  # further addresses of this very article: permalink guid, alternate, via
    code: str = ""  # the infoCode, upper case over ASCII
    title: str = ""  # plain text
    published: datetime | None = None  # as stated (RSS: pubDate; JSON Feed: date_published)
    updated: datetime | None = None  # as stated (JSON Feed: date_modified)
    categories: tuple[str, ...] = ()  # names as written
    label: str = ""  # posts: the name that the tag rule gives the entry's one category
    fullness: int = 0  # characters of cleaned text
    dropped: str = ""  # the word of settings' `drop` that keeps it out
    words: Words | None = None  # None: not loaded
    problems: tuple[str, ...] = ()  # what was odd about it, for `check`; never a reason to lose it


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One upstream feed as parsed: what it says of itself, and its entries."""

    source: Source
    entries: tuple[Entry, ...]
    language: str = ""
    ttl: int = 0  # seconds; RSS ttl or sy:updatePeriod / updateFrequency; 0: unstated
    skip_hours: frozenset[int] = frozenset()  # GMT
    skip_days: frozenset[int] = frozenset()  # Monday is 0
    withdrawn: tuple[str, ...] = ()  # ids of at:deleted-entry (RFC 6721)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRule:
    """One rule of settings' ``identity.info_code``: where an infoCode stands.

    Either ``query`` (a parameter's name), or ``host`` and ``path``, or ``file``; the last two are a pattern whose
    groups ``template`` puts together (``NW{1}``).
    """

    query: str = ""
    host: str = ""  # a glob over the host name
    path: str = ""  # a regular expression, searched in the path
    file: str = ""  # a regular expression, searched in a post's path
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What stories are filed under; has a feed of its own in ``folder``."""

    key: str  # the name without case and Unicode form
    folder: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An entry of a story whose words are not shown, as its upstream states it: enough to know it again.

    It goes out with the story, so that losing the store changes neither its categories nor its related links, though
    the upstream may have ceased to list the entry (IDENTITY 15, 20).
    """

    source: str  # Source.key
    own_id: str = ""
    link: str = ""
    title: str = ""
    published: datetime | None = None  # as stated
    permalinks: tuple[str, ...] = ()  # only where its infoCode stands there and not in its link
    categories: tuple[str, ...] = ()  # as it states them, where its story is filed under them


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One entry of a story, as a page tells it: whose it is, where it stands, and what joins it to the others."""

    source: str  # its title
    link: str = ""
    title: str = ""  # where it differs from the story's
    keys: tuple[str, ...] = ()  # those that another entry of the story has too


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What we publish: entries that are the same article, merged under one public id."""

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    content: str = ""
    summary: str = ""  # never empty: stated, else cut from the content, else the title
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    language: str = ""
    source: Source | None = None  # None: our own posts
    related: tuple[str, ...] = ()  # addresses of its other copies, for readers
    copies: tuple[Copy, ...] = ()  # those of upstreams, for ourselves
    # Who tells it, the winner first: for the page alone, so it is no part of what a document must give back.
    voices: tuple[Voice, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """One id that went out: a record for ever (IDENTITY 16 to 19)."""

    id: str
    entry: int  # the row of the entry whose words are out under it
    leads: bool = True  # False: an alias of another id of the same story
    first_out: datetime
    updated: datetime
    digest: str  # of what the feeds show


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An ordered window of stories of a category, before it is written.

    ``base`` is the absolute address of its folder, with a slash at the end: every document's own address is
    ``base`` plus its file name.
    """

    id: str
    category: Category
    base: str
    title: str
    description: str
    language: str
    site_title: str
    site_url: str
    updated: datetime  # the newest ``updated`` of its stories: no clock
    icon: str = ""
    timezone: str = "UTC"  # IANA; in which pages tell the time
    hub: str = ""  # WebSub
    formats: tuple[str, ...] = ("atom", "rss", "json")
    stories: tuple[Story, ...] = ()
    linked: frozenset[str] | None = None  # keys of the categories that have a page; None: all have


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One line of the index and of the OPML file: a category and where its documents are."""

    category: Category
    base: str
    stories: int  # how many stories it has in all
    newest: datetime
    latest: str = ""  # the newest story's title


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that went wrong with one input, as a value: named, placed, with what to do."""

    where: str  # a path or an address
    error: str  # one line, for a person
    line: int = 0  # 1-based; 0: no line


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one visit to a subscription gave.  A source that fails is a value, never an exception."""

    source: str  # Source.key
    kind: Literal["changed", "unchanged", "failed"]
    document: Document | None = None
    failure: Failure | None = None
    status: int = 0  # HTTP; 0: none, or a file
    etag: str = ""
    last_modified: str = ""
    body_sha256: str = ""
    max_age: int = -1  # seconds; -1: unstated
    retry_after: int = -1  # seconds; -1: unstated
    moved_to: str = ""
    gone: bool = False  # 410
    at: datetime | None = None  # when the visit began
    seconds: float = 0.0  # that the answer took, without the wait for its host's turn; 0: none, or a file


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFile:
    """What the store knows of a post's file: enough to see that it did not change."""

    path: str  # below the fixed part of the pattern, with /
    size: int
    mtime_ns: int
    inode: int
    sha256: str = ""
    failure: Failure | None = field(default=None)

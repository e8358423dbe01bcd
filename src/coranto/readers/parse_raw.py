"""What XML and JSON feeds have in common before their words are cleaned, and what can be wrong with them.  Pure, light."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from coranto.identity import Rules
from coranto.model import Enclosure, Person

MOST_BYTES = 15 * 1024 * 1024  # RELIABILITY 4: decoded
MOST_ENTRIES = 5000


class ParseError(Exception):
    """What came is no feed that can be read.

    Attributes:
        kind: What it is instead: html, captcha, json-error, image, binary, opml, sitemap, text, empty, cut, entity,
            too-big, not-a-feed (R13, R14).
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseContext:
    """What the subscription knows that the document does not."""

    source: str  # Source.key
    url: str  # the address of the document: what relative links are relative to
    zone: tzinfo  # of dates that state none
    rules: Rules
    drop: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()  # the subscription's own
    own_categories: bool = False  # also file under what the entry states


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text as stated, and whether it is markup."""

    value: str = ""
    html: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """An entry as stated: nothing cleaned; links may be relative to the document."""

    own_id: str = ""
    links: tuple[str, ...] = ()  # best first
    permalinks: tuple[str, ...] = ()  # never the entry's link: via
    title: Text = Text()
    content: Text = Text()
    summary: Text = Text()
    base: str = ""  # xml:base of the words
    published: str = ""
    updated: str = ""
    authors: tuple[Person, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    terms: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """A feed document as stated."""

    items: tuple[RawItem, ...]
    id: str = ""
    title: Text = Text()
    link: str = ""
    language: str = ""
    authors: tuple[Person, ...] = ()  # of every entry that names none (RFC 4287 4.2.1, JSON Feed 1.1)
    ttl: int = 0  # seconds
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    withdrawn: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

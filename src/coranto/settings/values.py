"""What settings.yaml means, once it is checked: frozen values, durations in seconds, paths absolute.

Nothing here imports a validation library: a run that finds its settings in the cache needs none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from coranto.model import CodeRule

HOUR = 3600
DAY = 24 * HOUR

DEFAULT_POSTS = "posts"
DEFAULT_STORE = ".coranto/store.sqlite3"

DEFAULT_CODES = (
    CodeRule(query="infoCode"),
    CodeRule(host="*.eastmoney.com", path=r"[,/](\d{18})\.html$", template="NW{1}"),
    CodeRule(file=r"-(?:NW)?(\d{18})\.(?:md|markdown|html)$", template="NW{1}"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The site that publishes the feeds."""

    title: str
    url: str  # absolute, ends with a slash
    tag: str  # RFC 4151 tagging entity: "news.example,2021"
    language: str = "en"  # BCP 47
    timezone: str = "UTC"  # IANA
    description: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """A folder of posts."""

    path: str  # the pattern as written
    key: str  # the source's key: "posts:" and the fixed part as written
    root: Path  # the fixed part of the pattern, absolute
    glob: str  # the rest: "**/*.md"; for a plain folder "**/*" with the suffixes of posts
    exclude: tuple[str, ...] = ()  # globs over the path below the root, or over the path as written
    drop: tuple[str, ...] = ()
    category_title: str = ""  # "{}新闻"
    optional: bool = False  # the default folder: no error when it is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """A subscription: an upstream feed that we poll."""

    url: str  # as written: http(s), or a path
    key: str  # the source's key: its canonical address, or "file:" and the path as written
    path: Path | None = None  # absolute; None for http(s)
    categories: tuple[str, ...] = ()
    own_categories: bool = False
    every: int = HOUR
    timezone: str = "UTC"
    drop: tuple[str, ...] = ()
    # As written: $NAME is looked up when the request is made, and no repr shows what a person wrote out.
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """What settings say of one category."""

    name: str
    title: str = ""
    description: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRules:
    """How the same article is known again."""

    info_code: tuple[CodeRule, ...] = DEFAULT_CODES
    ignore: tuple[str, ...] = ()
    tracking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """What is written, and how much of it."""

    root: Path
    formats: tuple[str, ...] = ("atom", "rss", "json")
    entries: int = 50
    max_age: int = 2 * DAY
    max_entries: int = 500
    only: tuple[str, ...] = ()
    min_stories: int = 1
    compress: bool = False
    hub: str = ""  # the address of a WebSub hub; none


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Manners and limits on the way out."""

    threads: int = 8
    pause: float = 1.5
    contact: str = ""
    private: tuple[str, ...] = ()
    hold: str = "domain"  # or "host", "url": how far a 429 or 503 with Retry-After reaches
    proxy: str = field(default="", repr=False)  # http://…, as written: it may hold $NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """How feeds are served by a server of ours."""

    host: str = "127.0.0.1"
    port: int = 8080
    operators: tuple[str, ...] = ()  # networks that may see how sources are, beside this machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """settings.yaml as a whole."""

    file: Path
    site: Site
    feeds: Feeds
    store: str  # an absolute path, or postgresql://…
    posts: tuple[Posts, ...] = ()
    upstreams: tuple[Upstream, ...] = ()
    categories: tuple[CategoryRule, ...] = ()
    identity: IdentityRules = IdentityRules()
    fetch: Fetch = Fetch()
    serve: Serve = Serve()
    keep: int = 400 * DAY
    refresh: str = "1m"  # an interval, or a cron expression

"""How every source is: for `coranto status`, and for the operators of a server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coranto.client.address import without_login
from coranto.inspect.windows import Cut, cut_short
from coranto.intake.condition import condition_of
from coranto.model import FEED, POSTS, Failure
from coranto.readers.folder import scan
from coranto.settings.values import HOUR, Posts, Settings, Upstream
from coranto.store import Store
from coranto.store.lookups import Lookups
from coranto.store.sources import Subscription

_MANY = 10  # as in a build: from so many posts on, half of them vanishing at once holds them all


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One source."""

    key: str
    kind: str  # posts or feed
    place: str  # the pattern or the address, as settings write it
    entries: int = 0
    health: str  # feeds: as `coranto.doctor` names it; also missing, never polled, not built
    since: datetime | None = None  # since when it is so; posts: only if the folder is not looked into
    last_poll: datetime | None = None
    next_poll: datetime | None = None  # None: at every build, or never
    why: str = ""  # why it is polled then, or what is wrong
    failing: int = 0  # posts: files that are wrong now; feeds: failed polls in a row
    error: str = ""  # feeds: why the last poll failed
    held: int = 0  # feeds: entries that are held back


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteState:
    """The site as a whole."""

    built: bool
    sources: tuple[State, ...]
    failing: tuple[Failure, ...] = ()  # posts that are wrong now, with their absolute paths
    cut: tuple[Cut, ...] = ()
    stories: int = 0
    conflicts: int = 0
    pings: int = 0  # documents that the hub was not told of yet
    hub_error: str = ""  # why not, if it was tried


def states(settings: Settings, store: Store | None, *, look: bool = True) -> SiteState:
    """How every source of ``settings`` is, by what ``store`` remembers; before the first build nothing is known.

    Args:
        settings: of the site.
        store: of it, if there is one.
        look: into the folders of posts, as a build would; else they are as the last build found them.
    """
    if store is None:
        unknown = [(one.key, POSTS, one.path) for one in settings.posts]
        unknown += [(one.key, FEED, one.url) for one in settings.upstreams]
        rows = tuple(State(key=key, kind=kind, place=place, health="not built") for key, kind, place in unknown)
        return SiteState(built=False, sources=rows)
    lookups = Lookups(store.database)
    reading = _Reading(store, lookups, look=look)
    sources = [reading.posts(posts) for posts in settings.posts]
    sources += [reading.upstream(upstream) for upstream in settings.upstreams]
    return SiteState(
        built=True,
        sources=tuple(sources),
        failing=_failing(store, settings.posts),
        cut=tuple(cut_short(store, settings)),
        stories=store.stories.count(),
        conflicts=lookups.conflicts(),
        pings=store.pings.count(),
        hub_error=store.pings.last_error(),
    )


def _failing(store: Store, folders: Sequence[Posts]) -> tuple[Failure, ...]:
    roots = {posts.key: posts.root for posts in folders}
    return tuple(
        Failure(where=str(roots[key] / failure.where), error=failure.error, line=failure.line)
        for key, failure in store.files.failures()
        if key in roots
    )


class _Reading:
    """One state after another, from one store."""

    def __init__(self, store: Store, lookups: Lookups, *, look: bool) -> None:
        self._store, self._look = store, look
        self._entries = lookups.entries_by_source()
        self._held = lookups.held_by_source()
        self._ids = store.sources.ids()
        self._subscriptions = store.sources.subscriptions()
        self._wrong = Counter(key for key, _ in store.files.failures())
        self._last = {} if look else store.alerts.last(POSTS)

    def posts(self, posts: Posts) -> State:
        """A folder of posts: is it there, and would a build believe it?  Or did the last one?"""
        source = self._ids.get(posts.key)
        if source is None:
            return State(key=posts.key, kind=POSTS, place=posts.path, health="not built")
        wrong, last = self._wrong[posts.key], self._last.get(source)
        health, why = (
            self._folder(posts, source) if self._look else (last.health, last.why) if last else ("healthy", "")
        )
        if not why and wrong:
            health, why = "failing", "posts cannot be read: see below; their last good versions stay"
        return State(
            key=posts.key,
            kind=POSTS,
            place=posts.path,
            entries=self._entries.get(source, 0),
            health=health,
            since=last.at if last else None,
            why=why or "read at every build",
            failing=wrong,
        )

    def _folder(self, posts: Posts, source: int) -> tuple[str, str]:
        known = {file.path for file in self._store.files.of(source)}
        total = len(known)
        if posts.optional and not total and not posts.root.exists():
            return "healthy", "there is no such folder, and settings name none"
        try:
            for file in scan(posts.root, posts.glob, posts.exclude):
                known.discard(file.path)
        except OSError as error:
            return "missing", f"cannot be listed ({error.strerror or error}); its posts stay published"
        if total and len(known) == total:
            return "held", "no known post is there any more; they stay published"
        if total >= _MANY and 2 * len(known) >= total:
            return (
                "held",
                f"{len(known):,} of {total:,} posts are gone; `coranto build --accept-deleted` lets them leave",
            )
        return "healthy", ""

    def upstream(self, upstream: Upstream) -> State:
        """A subscription, by its last visit."""
        source = self._ids.get(upstream.key)
        known = self._subscriptions.get(source or 0, Subscription())
        always, holding = upstream.path is not None, self._held.get(source or 0, 0)
        health, why = _health(upstream, known, holding)
        return State(
            key=upstream.key,
            kind=FEED,
            place=upstream.url,
            entries=self._entries.get(source or 0, 0),
            health=health,
            since=known.health_since,
            last_poll=known.last_poll,
            next_poll=None if always or known.gone else known.due,
            why=why,
            failing=known.errors,
            error=known.error if known.errors else "",
            held=holding,
        )


def _health(upstream: Upstream, known: Subscription, holding: int) -> tuple[str, str]:
    """How it is, and what is wrong, else why it is polled when it is."""
    if known.last_poll is None:
        return "never polled", "a file: read at every build" if upstream.path is not None else "due at the next build"
    health, why = known.health, known.health_why
    if not health:  # last visited by a Coranto that did not judge
        health, why = condition_of(known, upstream, holding)
    why = why or _reason(upstream, known)
    if holding and health != "held":
        entries = "1 entry is" if holding == 1 else f"{holding:,} entries are"
        why += f"; {entries} held back: `coranto status --release {without_login(upstream.url)}` publishes them"
    return health, why


def _reason(upstream: Upstream, known: Subscription) -> str:
    """What decided the time of the next poll."""
    if upstream.path is not None:
        return "a file: read at every build"
    skips = " outside the hours and days that the feed names" if known.skip_hours or known.skip_days else ""
    spans = {
        "every": f"every: {duration(upstream.every)}",
        "rhythm": f"its own rhythm: {duration(known.rhythm)}",
        "max-age": f"the server's max-age: {duration(max(known.max_age, 0))}",
        "ttl": f"the feed's ttl: {duration(known.ttl)}",
        "retry-after": "its server asked to be left alone until then",
    }
    return spans.get(known.reason, spans["every"]) + skips


def duration(seconds: int) -> str:
    """``90s``, ``15m``, ``2h``, ``3d``: as settings write it."""
    for unit, size in (("d", 24 * HOUR), ("h", HOUR), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"

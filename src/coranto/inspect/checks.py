"""Everything that `coranto check` judges beside the settings themselves: posts, upstream files, windows, feeds.

Findings come one by one, so that memory stays small however many posts there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from coranto.inspect import merges, written
from coranto.inspect.findings import Finding, placed
from coranto.inspect.windows import cut_short
from coranto.intake.library import Library
from coranto.intake.rules import rules_of
from coranto.model import Entry, Failure, PostFile
from coranto.readers.folder import scan
from coranto.settings.values import Posts, Settings, Upstream
from coranto.store import Store
from coranto.text import naming


@dataclass(slots=True)
class Tally:
    """What was looked at, for the last line."""

    posts: int = 0
    feeds: int = 0
    used: set[str] = field(default_factory=set)  # keys of the categories that something is filed under


def check(settings: Settings, store: Store | None, tally: Tally, now: datetime) -> Iterator[Finding]:
    """What is wrong with a site whose settings load.

    Args:
        settings: of the site.
        store: what is remembered of it; None before the first build.
        tally: counts on the way.
        now: the instant of the run.
    """
    library = Library(settings)
    for posts in settings.posts:
        yield from _folder(posts, library, tally)
    for upstream in settings.upstreams:
        yield from _upstream(upstream, library, now)
    if store is not None:
        yield from _windows(store, settings)
        yield from merges.check(store, settings)
    yield from written.check(settings, store)
    tally.feeds = written.count(settings, store)
    yield from _unused(settings, store, tally)


# -- posts


def _folder(posts: Posts, library: Library, tally: Tally) -> Iterator[Finding]:
    if posts.optional and not posts.root.exists():
        return
    before = tally.posts
    try:
        for file in scan(posts.root, posts.glob, posts.exclude):
            tally.posts += 1
            yield from _post(posts, file, library, tally)
    except OSError as error:
        yield Finding(where=posts.path, message=f"the posts cannot be listed ({error.strerror or error})")
        return
    if tally.posts == before and not posts.optional:
        yield Finding(where=posts.path, message="matches no post; correct the path in settings.yaml", level="warning")


def _post(posts: Posts, file: PostFile, library: Library, tally: Tally) -> Iterator[Finding]:
    path = posts.root / file.path
    read = file.failure or _read(posts, file, path, library)
    if isinstance(read, Failure):
        yield Finding(where=str(path), message=read.error, line=read.line)
    elif read is not None:
        tally.used.update(key for key, _ in library.rules.filed(read.categories))
        for problem in read.problems:
            yield placed(str(path), problem)


def _read(posts: Posts, file: PostFile, path: Path, library: Library) -> Entry | Failure | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:  # deleted since it was listed
        return None
    except OSError as error:
        return Failure(where=str(path), error=f"cannot be read ({error.strerror or error})")
    return library.post(posts, file.path, data)


# -- upstreams that are files


def _upstream(upstream: Upstream, library: Library, now: datetime) -> Iterator[Finding]:
    """A local feed is judged as a build would; an address is not: `check` asks nobody."""
    if upstream.path is None:
        return
    from coranto.client import Client
    from coranto.readers.parse import ParseContext, parse
    from coranto.readers.upstream import State, poll
    from coranto.settings.values import Fetch

    context = ParseContext(
        source=upstream.key, url=upstream.url, zone=ZoneInfo(upstream.timezone), rules=library.rules.identity
    )
    outcome = poll(upstream, State(), Client(Fetch(), ""), context, parse, now)
    where = str(upstream.path)
    if outcome.failure is not None:
        yield Finding(where=where, message=outcome.failure.error, line=outcome.failure.line)
    for problem in outcome.document.problems if outcome.document else ():
        yield placed(where, problem)


# -- categories


def _windows(store: Store, settings: Settings) -> Iterator[Finding]:
    for cut in cut_short(store, settings):
        yield Finding(where=str(settings.file), message=cut.message, level="warning")


def _unused(settings: Settings, store: Store | None, tally: Tally) -> Iterator[Finding]:
    """Categories that settings describe and nothing is filed under: a slip of the pen, or not yet."""
    rules = rules_of(settings)
    named = [name for upstream in settings.upstreams for name in upstream.categories]
    used = tally.used | {key for key, _ in rules.filed(named)} | set(store.outputs.categories() if store else ())
    if store is None and any(upstream.own_categories for upstream in settings.upstreams):
        return  # what those state is known after the first build
    for rule in settings.categories:
        if naming.category_key(rule.name) not in used:
            message = f'the category "{rule.name}" stands in settings, but nothing is filed under it'
            yield Finding(where=str(settings.file), message=message, level="note")

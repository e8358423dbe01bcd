"""Settings that changed: what has to be read, settled or written again for it, and no more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, replace

from coranto.intake.run import Run
from coranto.model import FEED, POSTS, Source
from coranto.settings.values import CategoryRule, Posts, Settings, Upstream
from coranto.store import Store

READING = 1  # raise it when a reader gives other entries or words for the same bytes
WRITING = 2  # raise it when a writer gives other bytes for the same story


def rules_changed(run: Run) -> None:
    """Compare settings with those of the last run, and mark what they change."""
    store, settings = run.store, run.settings
    with store.database.transaction():
        if store.sources.arrange(_sources(settings)):
            store.entries.restand()
        if _differs(store, "reading", _reading(settings)):
            store.files.reread_all()
            store.sources.forget_bodies()
            _read_upstreams_again(run)
        if _differs(store, "root", str(settings.feeds.root)):
            store.outputs.forget_all()  # the files there are not ours to remove; those that are equal become ours
        if _differs(store, "writing", _writing(settings)):
            store.outputs.mark_all()
        if _differs(store, "hub", settings.feeds.hub):
            store.pings.forget_all()  # another hub is told of every feed, since every feed names it


def _sources(settings: Settings) -> list[Source]:
    from coranto.client.address import without_login

    posts = [Source(key=posts.key, kind=POSTS) for posts in settings.posts]
    return posts + [Source(key=one.key, kind=FEED, feed_url=without_login(one.url)) for one in settings.upstreams]


def _differs(store: Store, name: str, said: object) -> bool:
    digest = hashlib.sha256(repr(said).encode()).hexdigest()
    before = store.outputs.fact(name)
    store.outputs.keep_fact(name, digest)
    return before != digest


def _reading(settings: Settings) -> tuple[object, ...]:
    """All that decides how a source is read, and where its entries are filed."""
    upstreams = [replace(one, every=0) for one in settings.upstreams]
    aliases = [(rule.name, rule.aliases) for rule in settings.categories]
    site = settings.site
    return (
        READING,
        site.timezone,
        site.url,
        _plain(settings.posts),
        _plain(upstreams),
        aliases,
        astuple(settings.identity),
    )


def _writing(settings: Settings) -> tuple[object, ...]:
    """All that decides what is written of a story, and which feeds there are."""
    return WRITING, astuple(settings.site), _plain(settings.categories), astuple(settings.feeds)


def _plain(values: Iterable[Posts | Upstream | CategoryRule]) -> list[tuple[object, ...]]:
    return [astuple(value) for value in values]


def _read_upstreams_again(run: Run) -> None:
    """The entries of upstreams are stored, not read again: give each the keys and categories of the new rules."""
    store, sources = run.store, run.store.sources.ids()
    for upstream in run.settings.upstreams:
        for row in store.entries.of_source(sources[upstream.key]):
            words = store.entries.words(row.uid)
            entry = run.library().judged(row.entry, words)
            again = run.library().row(store, entry, row.source, known=row, now=run.now)
            stays = row.state in ("purged", "withdrawn") or (row.state == "held" and again.state != "dropped")
            store.entries.put(replace(again, state=row.state if stays else again.state))

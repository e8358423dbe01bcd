"""THE RIVER, once: read, merge, settle, publish.  No rule of the domain stands here.

Nothing heavy is imported before it is needed: a run in which nothing changed loads no reader and no writer.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from coranto.edition.damage import mark_damaged
from coranto.intake.changes import rules_changed
from coranto.intake.posts import take_posts
from coranto.intake.upstreams import due_upstreams, take_upstreams
from coranto.lock import held
from coranto.model import Failure
from coranto.progress import Progress, Silent
from coranto.publish import Publisher, PublishError
from coranto.report import Report
from coranto.settings.values import Settings
from coranto.store import Store, open_store

if TYPE_CHECKING:
    from coranto.intake.library import Library


def build(
    settings: Settings,
    *,
    now: datetime,
    offline: bool = False,
    dry_run: bool = False,
    accept_deleted: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Bring feeds/ up to date with posts and upstreams.

    Args:
        settings: of the site.
        now: the instant of the run, aware, in UTC.
        offline: poll no address; files are read.
        dry_run: poll nothing, write nothing; the report says what a build would do.
        accept_deleted: let half of a folder's posts leave at once.
        progress: hears how far each stage is.

    Raises:
        BusyError: another process is building this site.
        StoreError: the store cannot be opened.
    """
    with _store(settings, dry_run=dry_run) as store:
        river = _River(store, settings, now, Publisher(settings.feeds.root, dry=dry_run), progress or Silent())
        return river.run(offline=offline or dry_run, dry_run=dry_run, accept_deleted=accept_deleted)


class _River:
    def __init__(
        self, store: Store, settings: Settings, now: datetime, publisher: Publisher, progress: Progress
    ) -> None:
        self._store = store
        self._settings = settings
        self._now = now
        self._publisher = publisher
        self._progress = progress
        self._report = Report()

    def run(self, *, offline: bool, dry_run: bool, accept_deleted: bool) -> Report:
        """From sources to files."""
        self._prepare()
        self._take_posts(accept_deleted=accept_deleted)
        self._take_upstreams(offline=offline, dry_run=dry_run)
        self._settle()
        self._publish()
        self._sum_up()
        return self._report

    @cached_property
    def library(self) -> Library:
        """The readers, loaded when something is to be read."""
        from coranto.intake.library import Library

        return Library(self._settings)

    def _prepare(self) -> None:
        rules_changed(self._store, self._settings, lambda: self.library, self._now)
        if not self._store.outputs.fact("begun"):
            if self._settings.feeds.root.is_dir():
                from coranto.restore import read_back

                read_back(self._store, self.library, self._settings.feeds.root)
            self._store.outputs.keep_fact("begun", self._now.isoformat())

    def _take_posts(self, *, accept_deleted: bool) -> None:
        for posts in self._settings.posts:
            take_posts(
                self._store,
                lambda: self.library,
                posts,
                feeds=self._settings.feeds.root,
                now=self._now,
                accept_deleted=accept_deleted,
                report=self._report.posts,
                progress=self._progress,
            )

    def _take_upstreams(self, *, offline: bool, dry_run: bool) -> None:
        due = due_upstreams(self._store, self._settings, now=self._now, offline=offline)
        self._report.subscriptions = take_upstreams(
            self._store, self._settings, lambda: self.library, due, now=self._now, progress=self._progress
        )
        if dry_run:
            would = due_upstreams(self._store, self._settings, now=self._now, offline=False)
            self._report.subscriptions.due = [upstream.url for upstream in would if upstream.path is None]

    def _settle(self) -> None:
        for row in self._store.entries.due(self._now):
            self._store.entries.set_state(row.uid, "live")
        if self._store.entries.has_pending():
            from coranto.intake.document import take_pending

            take_pending(self._store, self.library, self._now)
        if self._store.stories.touched():
            from coranto.settle import settle

            settle(self._store, self._settings.site.tag)
        if self._store.history.recovered():
            from coranto.restore import claim

            claim(self._store, self.library, self._settings.site.tag, self._now, whole=not self._report.posts.held)

    def _publish(self) -> None:
        mark_damaged(self._store, self._publisher)
        held_at_birth = self._report.posts.held and not self._store.outputs.fact("published")
        if self._store.outputs.dirty() and not held_at_birth:
            from coranto.edition.publication import publish

            try:
                self._report.stories, self._report.feeds = publish(
                    self._store, self._settings, self.library, self._publisher, self._now, self._progress
                )
                self._store.outputs.keep_fact("published", self._now.isoformat())
            except PublishError as error:
                self._report.feeds.failed.append(Failure(where=str(self._settings.feeds.root), error=str(error)))
        else:
            self._report.feeds.unchanged = self._store.outputs.count()

    def _sum_up(self) -> None:
        stories = self._store.stories
        self._report.stories = replace(
            self._report.stories, total=stories.count(), merged=stories.merged(), conflicts=len(stories.conflicts())
        )


@contextmanager
def _store(settings: Settings, *, dry_run: bool) -> Iterator[Store]:
    """The store, locked; for a dry run a copy that nobody else sees."""
    place = Path(settings.store)
    with tempfile.TemporaryDirectory() if dry_run else nullcontext() as folder:
        if folder is None:
            with held(place.parent / "lock"), closing(open_store(settings.store)) as store:
                yield store
        else:
            from coranto.store.sqlite import copy

            copied = copy(place, Path(folder) / "store.sqlite3")
            with closing(open_store(str(copied))) as store:
                yield store

"""THE RIVER, once: read, merge, settle, publish.  No rule of the domain stands here.

Nothing heavy is imported before it is needed: a run in which nothing changed loads no reader and no writer.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from coranto.custody import in_custody
from coranto.edition.damage import mark_damaged
from coranto.intake.changes import rules_changed
from coranto.intake.posts import take_posts
from coranto.intake.run import Run, readers_of
from coranto.intake.upstreams import take_upstreams
from coranto.intake.visits import due_upstreams
from coranto.model import Failure
from coranto.progress import Progress, Silent
from coranto.publish import Publisher, PublishError
from coranto.report import Report
from coranto.settings.values import Settings
from coranto.store import DamagedError, set_aside
from coranto.tidy import tidy, verify


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
    options = {"offline": offline, "dry_run": dry_run, "accept_deleted": accept_deleted}
    attempt = partial(_build, settings, now, progress or Silent(), **options)
    try:
        return attempt()
    except DamagedError:
        if dry_run:
            raise
        aside = set_aside(settings.store)
        report = attempt()
        report.aside = aside
        return report


def _build(
    settings: Settings, now: datetime, progress: Progress, *, offline: bool, dry_run: bool, accept_deleted: bool
) -> Report:
    with in_custody(settings.store, dry_run=dry_run) as store:
        run = Run(
            store=store,
            settings=settings,
            now=now,
            library=readers_of(settings),
            report=Report(aside=store.database.aside),
            progress=progress,
            offline=offline or dry_run,
            accept_deleted=accept_deleted,
        )
        prepare(run)
        take_posts(run)
        take_upstreams(run)
        if dry_run and not offline:
            run.report.subscriptions.due = [one.url for one in due_upstreams(run) if one.path is None]
        ripen(run)
        settled(run)
        write_feeds(run, Publisher(settings.feeds.root, dry=dry_run))
        tidy(store, now, settings.keep)
        if settings.feeds.hub and not dry_run:
            from coranto import hub

            hub.tell(run)
        _sum_up(run)
        return run.report


def prepare(run: Run) -> None:
    """See that the store is whole; mark what new settings change; read back what is published, if it is new."""
    verify(run.store, run.now)
    rules_changed(run)
    if not run.store.outputs.fact("begun"):
        if run.settings.feeds.root.is_dir():
            from coranto.restore import read_back

            read_back(run.store, run.library(), run.settings.feeds.root)
        run.store.outputs.keep_fact("begun", run.now.isoformat())


def ripen(run: Run) -> None:
    """Take what has waited for its time: posts for their date, newer texts for the end of their rest (R18)."""
    for row in run.store.entries.due(run.now):
        run.store.entries.set_state(row.uid, "live")
    if run.store.entries.has_pending():
        from coranto.intake.document import take_pending

        take_pending(run.store, run.library(), run.now)


def settled(run: Run) -> None:
    """Bring the stories up to date with the entries."""
    if run.store.stories.touched():
        from coranto.settle import settle

        settle(run.store, run.settings.site.tag)
    if run.store.history.recovered() and not run.report.posts.held:
        from coranto.restore import claim

        claim(run)


def write_feeds(run: Run, publisher: Publisher, *, inspect: bool = True) -> None:
    """Write what changed.  A folder that cannot be read while feeds/ is all that is left of it empties no feed.

    ``inspect``: look first whether every file of ours still stands as it was written.
    """
    store, report = run.store, run.report
    if inspect:
        mark_damaged(store, publisher)
    report.feeds.unchanged = store.outputs.count()
    behind = store.outputs.dirty() or store.outputs.fact("lists")
    if not behind or (report.posts.held and not store.outputs.fact("published")):
        return
    from coranto.edition.publication import publish

    try:
        publish(run, publisher)
        store.outputs.keep_fact("published", run.now.isoformat())
    except PublishError as error:
        report.feeds.failed.append(Failure(where=str(run.settings.feeds.root), error=str(error)))


def _sum_up(run: Run) -> None:
    stories, report = run.store.stories, run.report.stories
    report.total, report.merged, report.conflicts = stories.count(), stories.merged(), len(stories.conflicts())
    report.doubtful = stories.doubtful()

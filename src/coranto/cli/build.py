"""``coranto build``: the river, once."""

from __future__ import annotations

from pathlib import Path

import click

from coranto.cli import options, say
from coranto.cli.bars import bars
from coranto.cli.failures import PARTLY
from coranto.model import Failure
from coranto.report import Report
from coranto.settings import Settings


@click.command()
@click.option("--offline", is_flag=True, help="Ask no address; posts and upstream files are read.")
@click.option("--dry-run", is_flag=True, help="Poll nothing and write nothing; print what a build would do.")
@click.option("--accept-deleted", is_flag=True, help="Let half of a folder's posts leave the feeds at once.")
@options.common
@click.pass_context
def build(ctx: click.Context, file: Path, *, as_json: bool, offline: bool, dry_run: bool, accept_deleted: bool) -> None:
    """Read posts, poll the upstreams that are due, merge, write what changed.

    What fails is named on stderr, with file and line or address, and stops nothing else: the last good stories stay.
    With `feeds.hub` the hub is told of every document that changed; one that fails is told later, and changes nothing.
    SOURCE_DATE_EPOCH, if it is set, is the instant of the run.

    In the report, `stories.added` counts the stories that went out for the first time in this run, `stories.total` all that
    are known, also those that have left every feed.
    """
    now = options.now()
    settings = options.site(file, touch=not dry_run)
    from coranto.build import build as run

    with bars() as progress:
        report = run(
            settings, now=now, offline=offline, dry_run=dry_run, accept_deleted=accept_deleted, progress=progress
        )
    for failure in report.failures:
        say.aside(_line(failure))
    if report.aside:
        kept = say.shown(Path(report.aside))
        say.aside(
            f"note: the store was damaged, and was made again from what is published; the damaged one is kept: {kept}"
        )
    for failure in report.hub.failed:
        say.aside(f"note: {_line(failure)}")
    if as_json:
        say.document(report.to_json())
    else:
        _tell(report, settings, dry_run=dry_run)
    if report.failures:
        ctx.exit(PARTLY)


def _line(failure: Failure) -> str:
    """``posts/x.md:3: message``."""
    line = f":{failure.line}" if failure.line else ""
    return f"{say.shown(failure.where)}{line}: {failure.error}"


def _tell(report: Report, settings: Settings, *, dry_run: bool) -> None:
    root = say.shown(settings.feeds.root)
    if dry_run:
        for line in _would(report, root):
            say.out(line)
    for row in say.table(_plan(report) if dry_run else _summary(report)):
        say.out(row)
    if not dry_run and (settings.feeds.root / "index.html").exists():
        say.out(f"{root}/index.html")


def _would(report: Report, root: str) -> list[str]:
    return [
        *(f"would poll {url}" for url in report.subscriptions.due),
        *(f"would write {root}/{path}" for path in sorted(report.feeds.written)),
        *(f"would remove {root}/{path}" for path in sorted(report.feeds.removed)),
    ]


def _summary(report: Report) -> list[tuple[str, str]]:
    polls, stories, feeds = report.subscriptions, report.stories, report.feeds
    visits = f"{polls.changed:,} changed, {polls.not_modified:,} not, {len(polls.failed):,} failed"
    return [
        ("posts", _posts(report)),
        ("upstreams", f"{polls.polled:,} polled ({visits}), {polls.not_due:,} not due"),
        ("stories", f"{_known(report)}: {stories.added:,} added, {stories.updated:,} updated, {_joins(report)}"),
        ("feeds", f"{len(feeds.written):,} written, {len(feeds.removed):,} removed, {feeds.unchanged:,} unchanged"),
    ]


def _plan(report: Report) -> list[tuple[str, str]]:
    """The summary of a dry run: posts and upstream files were read for it, everything else only would happen."""
    polls, stories, feeds = report.subscriptions, report.stories, report.feeds
    files = f"{say.count(polls.polled, 'file')} read, " if polls.polled else ""
    changes = f"would add {stories.added:,}, would update {stories.updated:,}"
    files_out = f"would write {len(feeds.written):,}, would remove {len(feeds.removed):,}"
    return [
        ("posts", _posts(report)),
        ("upstreams", f"{files}would poll {len(polls.due):,}, {polls.not_due:,} not due"),
        ("stories", f"{_known(report)}: {changes}, {_joins(report)}"),
        ("feeds", f"{files_out}, {feeds.unchanged:,} unchanged"),
    ]


def _posts(report: Report) -> str:
    posts = report.posts
    return f"{posts.read:,} read, {posts.unchanged:,} unchanged, {len(posts.failed):,} failed"


def _known(report: Report) -> str:
    return f"{report.stories.total:,} in all"


def _joins(report: Report) -> str:
    stories = report.stories
    doubts = f", {say.count(stories.doubtful, 'doubtful merge')} (`coranto check`)" if stories.doubtful else ""
    return f"{say.count(stories.merged, 'copy', 'copies')} merged, {say.count(stories.conflicts, 'conflict')}{doubts}"

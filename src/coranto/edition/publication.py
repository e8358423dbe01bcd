"""One publication: name the categories that changed, prove their stories, write their files."""

from __future__ import annotations

from datetime import datetime

from coranto.edition.feeds import ALL, Edition, address
from coranto.edition.proofs import Proofs
from coranto.edition.titles import Titles
from coranto.intake.library import Library
from coranto.progress import Progress
from coranto.publish import Publisher
from coranto.report import FeedsReport, StoriesReport
from coranto.settings.values import Settings
from coranto.store import Store


def publish(
    store: Store, settings: Settings, library: Library, publisher: Publisher, now: datetime, progress: Progress
) -> tuple[StoriesReport, FeedsReport]:
    """Write every file that is not as the store says it should be.

    Raises:
        PublishError: a file could not be written; what is left to do is still marked.
    """
    titles = Titles(store, settings)
    with store.database.transaction():
        titles.refresh(store.outputs.dirty())
    proofs = Proofs(
        store,
        library,
        now,
        tag=settings.site.tag,
        home=address(settings, ALL),
        categories=titles.categories,
    )
    feeds = FeedsReport()
    Edition(store, settings, titles, proofs, publisher, feeds).publish(progress)
    feeds.failed += proofs.failures
    return StoriesReport(added=proofs.added, updated=proofs.updated), feeds

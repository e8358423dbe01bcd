"""One publication: name the categories that changed, prove their stories, write their files."""

from __future__ import annotations

from coranto.edition.feeds import ALL, Edition, address
from coranto.edition.proofs import Proofs
from coranto.edition.titles import Titles
from coranto.intake.run import Run
from coranto.publish import Publisher


def publish(run: Run, publisher: Publisher) -> None:
    """Write every file that is not as the store says it should be.

    Raises:
        PublishError: a file could not be written; what is left to do is still marked.
    """
    store, settings, report = run.store, run.settings, run.report
    titles = Titles(store, settings)
    with store.database.transaction():
        titles.refresh(store.outputs.dirty())
    home = address(settings, ALL)
    proofs = Proofs(store, run.library(), run.now, tag=settings.site.tag, home=home, categories=titles.categories)
    try:
        Edition(store, settings, titles, proofs, publisher, report.feeds).publish(run.progress)
    finally:
        report.stories.added, report.stories.updated = proofs.added, proofs.updated
        named = {failure.where for failure in report.posts.failed}
        report.feeds.failed += [failure for failure in proofs.failures if failure.where not in named]

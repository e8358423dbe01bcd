"""How every folder of posts is: a change of it is noted for the operators."""

from __future__ import annotations

from coranto.intake.run import Run
from coranto.model import POSTS
from coranto.store.alerts import Alert

UNREADABLE = "posts cannot be read; their last good versions stay; `coranto check` names them all"


def note_states(run: Run) -> None:
    """Note how each folder is, after it was read, if that is another state than before.

    missing: it cannot be listed; held: posts vanished at once and stay published; failing: posts that cannot be read;
    else healthy.  The state before is that of its newest alert; a folder without any was healthy.
    """
    store, sources = run.store, run.store.sources.ids()
    before = {source: alert.health for source, alert in store.alerts.last(POSTS).items()}
    wrong = {key for key, _ in store.files.failures()}
    changes = []
    for posts in run.settings.posts:
        source = sources[posts.key]
        known = before.get(source, "healthy")
        health, why = run.report.posts.suspect.get(posts.key) or _by_files(posts.key, wrong)
        if health != known:
            changes.append(Alert(source=source, at=run.now, before=known, health=health, why=why))
    if changes:
        with store.database.transaction():
            for alert in changes:
                store.alerts.add(alert)


def _by_files(key: str, wrong: set[str]) -> tuple[str, str]:
    return ("failing", UNREADABLE) if key in wrong else ("healthy", "")

"""Once a day: the store is looked through; what has left every feed long ago loses its words (R9, R25, DESIGN ``keep``)."""

from __future__ import annotations

from datetime import datetime, timedelta

from coranto.store import Store

_EVERY = timedelta(days=1)
_REMEMBERED = timedelta(days=100)  # what operators are shown of the past


def verify(store: Store, now: datetime) -> None:
    """Look for damage that no build would come across, before it is published.

    Raises:
        DamagedError: there is some.
    """
    if _is_due(store, "verified", now):
        store.database.verify()
        store.outputs.keep_fact("verified", now.isoformat())


def tidy(store: Store, now: datetime, keep: int) -> None:
    """Let go of words that no feed shows.

    They go ``keep`` seconds after the entry was first seen, if no window shows its story.  A post's file says them
    again; an upstream's entry is then *purged*: it keeps keys, dates and id, so that it never comes back as new.
    What operators are shown of days and changes goes after a hundred days.
    """
    if not _is_due(store, "tidied", now):
        return
    with store.database.transaction():
        store.entries.purge(now - timedelta(seconds=keep))
        store.days.forget(now - _REMEMBERED)
        store.alerts.forget(now - _REMEMBERED)
        store.outputs.keep_fact("tidied", now.isoformat())


def _is_due(store: Store, name: str, now: datetime) -> bool:
    last = store.outputs.fact(name)
    return not last or not timedelta() <= now - datetime.fromisoformat(last) < _EVERY

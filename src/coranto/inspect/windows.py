"""Feeds that ``feeds.max_entries`` cuts short: stories young enough for the window that still are not in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from coranto.edition.titles import Titles
from coranto.settings.values import Settings
from coranto.store import Store
from coranto.store.lookups import Lookups

_ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A feed that is cut short."""

    folder: str
    title: str
    young: int  # stories that max_age would let in
    most: int  # max_entries

    @property
    def message(self) -> str:
        """What that means and what to do."""
        return (
            f'the feed "{self.folder}" ({self.title}) is cut short: {self.young:,} stories lie within feeds.max_age, '
            f"only {self.most:,} fit; raise feeds.max_entries, or lower feeds.max_age"
        )


def cut_short(store: Store, settings: Settings) -> Iterator[Cut]:
    """Every feed that is cut short, that of all stories first."""
    limits = settings.feeds
    lookups = Lookups(store.database)
    titles = Titles(store, settings)
    for crowd in lookups.crowded(limits.max_entries):
        key = crowd.category
        if key and (key not in titles.categories or not titles.wanted(key)):
            continue
        newest = store.stories.newest(key, 1)[0].published
        young = lookups.since(key, newest - timedelta(seconds=limits.max_age))
        if young > limits.max_entries:
            folder, title = (
                (titles.categories[key].folder, titles.categories[key].title) if key else (_ALL, settings.site.title)
            )
            yield Cut(folder=folder, title=title, young=young, most=limits.max_entries)

"""Categories into files: the window of each, its documents, and the lists of all."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from urllib.parse import quote

from coranto import writers
from coranto.dedup.merge import window
from coranto.edition import topics
from coranto.edition.proofs import Proofs
from coranto.edition.titles import Titles
from coranto.model import Category, Failure, Feed, Listing, Story
from coranto.progress import Progress
from coranto.publish import Publisher, PublishError
from coranto.report import FeedsReport
from coranto.settings.values import Settings
from coranto.store import Store
from coranto.store.outputs import Output
from coranto.store.stories import Place
from coranto.writers import html, opml
from coranto.writers.assets import FOLDER as ASSETS
from coranto.writers.assets import assets

ALL = "all"
_NEWEST = 6  # stories on the index: the categories below them are in sight


class Edition:
    """Brings feeds/ up to date with the store."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        titles: Titles,
        proofs: Proofs,
        publisher: Publisher,
        report: FeedsReport,
    ) -> None:
        self._store = store
        self._settings = settings
        self._titles = titles
        self._proofs = proofs
        self._publisher = publisher
        self._report = report
        self._pages: dict[str, bool] = {}  # which categories have one, as far as it was asked

    def publish(self, progress: Progress) -> None:
        """Write the files of every category that changed, then the lists.

        A folder that cannot be written stops no other, unless no other could be written either.

        Raises:
            PublishError: the disk is full, nothing may be written; what is left to do is still marked.
        """
        # From here on the lists are behind, and say so until they are written: a crash between changes nothing of it.
        self._store.outputs.keep_fact("lists", "behind")
        keys = sorted({self._titles.real(key) for key in self._store.outputs.dirty()})
        try:
            self._try(self._assets)
            for done, key in enumerate(keys, start=1):
                self._try(partial(self._publish, key))
                progress.step("feeds", done, len(keys))
            for folder in sorted(set(self._store.outputs.folders()) - self._titles.all_folders() - {ALL, ASSETS}):
                self._try(partial(self._put, folder, {}))
            if self._try(self._lists):
                self._store.outputs.keep_fact("lists", "")
        finally:
            self._report.unchanged = self._store.outputs.count() - len(self._report.written) - self._left_behind()

    def _try(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except PublishError as error:
            if error.hopeless:
                raise
            self._report.failed.append(Failure(where=str(self._settings.feeds.root), error=str(error)))
            return False
        return True

    def _left_behind(self) -> int:
        """How many files of ours still have to be looked at."""
        keys = {self._titles.real(key) for key in self._store.outputs.dirty()}
        folders = {folder for key in keys for folder in (self._titles.folders(key) if key else [ALL])}
        return sum(len(self._store.outputs.of(folder)) for folder in folders)

    def _assets(self) -> None:
        """What every page needs: there before the first page."""
        self._put(ASSETS, dict(self._packed(iter(assets().items()))))

    # -- one category

    def _publish(self, key: str) -> None:
        stories, missing = self._window(key)
        if missing and not stories:
            return  # their words cannot be had just now: what stands there stays, and stays marked
        folders = self._titles.folders(key) if key else [ALL]
        for folder in folders:
            files: Mapping[str, bytes] = {}
            if stories and self._shown(key):
                files = dict(self._documents(self._feed(key, folder, stories)))
            self._put(folder, files)
        for done in {key, *self._former(key)}:
            self._store.outputs.clean(done)

    def _former(self, key: str) -> list[str]:
        return [dirty for dirty in self._store.outputs.dirty() if self._titles.real(dirty) == key]

    def _shown(self, key: str) -> bool:
        if not key:
            return True
        return self._titles.wanted(key) and self._store.stories.count(key) >= self._settings.feeds.min_stories

    def _window(self, key: str) -> tuple[list[Story], int]:
        """The stories of a category's feed; if there are none, how many were out and have no words now.

        Their ids are on record before a file is written.
        """
        limits = self._settings.feeds
        places = self._store.stories.newest(key, limits.max_entries)
        size = window(
            [place.published for place in places],
            entries=limits.entries,
            max_age=limits.max_age,
            max_entries=limits.max_entries,
        )
        with self._store.database.transaction():
            stories = [story for place in places[:size] if (story := self._proofs.story(place))]
            self._store.outputs.keep_oldest(key, places[size - 1].published if size else None)
        return _in_order(stories), sum(self._was_out(place) for place in places[:size]) if not stories else 0

    def _was_out(self, place: Place) -> bool:
        """Whether a story was published: one that never was keeps no file in its place."""
        return place.fresh or bool(self._store.history.anchored(self._store.stories.entries_of(place.story)))

    def _feed(self, key: str, folder: str, stories: list[Story]) -> Feed:
        site = self._settings.site
        category = self._titles.categories[key] if key else Category(key=ALL, folder=ALL, title=site.title)
        return Feed(
            id=f"tag:{site.tag}:feed/{quote(folder)}",
            category=category,
            base=address(self._settings, folder),
            title=category.title,
            description=(category.description if key else site.description) or category.title,
            language=site.language,
            site_title=site.title,
            site_url=site.url,
            icon=site.icon,
            timezone=site.timezone,
            updated=max(story.updated for story in stories),
            hub=self._settings.feeds.hub,
            formats=self._settings.feeds.formats,
            stories=tuple(stories),
            linked=frozenset(one.key for story in stories for one in story.categories if self._has_page(one.key)),
        )

    def _has_page(self, key: str) -> bool:
        if key not in self._pages:
            self._pages[key] = self._shown(key)
        return self._pages[key]

    def _documents(self, feed: Feed) -> Iterator[tuple[str, bytes]]:
        yield from self._packed(writers.documents(feed))

    def _packed(self, files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        for name, body in files:
            yield name, body
            if self._settings.feeds.compress:
                yield f"{name}.gz", gzip.compress(body, 9, mtime=0)

    def _put(self, folder: str, files: Mapping[str, bytes]) -> None:
        known: dict[str, Output] = self._store.outputs.of(folder)
        outputs: list[Output] = []
        written: list[str] = []
        if files:
            outputs, written = self._publisher.put(folder, files, known)
            self._report.written += written
        gone = sorted(known.keys() - {output.path for output in outputs})
        self._report.removed += [path for path in gone if self._publisher.remove(known[path])]
        with self._store.database.transaction():
            self._store.outputs.keep(outputs)
            if self._settings.feeds.hub:  # with the outputs, or a crash between would cost the ping
                self._store.pings.add(topics.changed(address(self._settings, folder), outputs, known, written))
            for path in gone:
                self._store.outputs.forget(path)

    # -- lists

    def _lists(self) -> None:
        listings = list(self._listings())
        site = self._settings.site
        head = writers.SiteHead(
            title=site.title,
            url=site.url,
            language=site.language,
            description=site.description,
            icon=site.icon,
            timezone=site.timezone,
            all_base=address(self._settings, ALL),
            opml_url=f"{site.url}opml.xml",
            updated=max((listing.newest for listing in listings), default=None),
            formats=self._settings.feeds.formats,
        )
        index = html.index_page(head, listings, self._newest())
        files = iter((("index.html", index), ("opml.xml", opml.write(head, listings))))
        self._put("", dict(self._packed(files)))

    def _newest(self) -> Feed | None:
        """The newest stories of the site, for the index."""
        with self._store.database.transaction():
            places = self._store.stories.newest("", _NEWEST)
            stories = [story for place in places if (story := self._proofs.story(place))]
        return self._feed("", ALL, _in_order(stories)) if stories else None

    def _listings(self) -> Iterator[Listing]:
        """Every category that has a feed, by folder."""
        for key, category in sorted(self._titles.categories.items(), key=lambda item: item[1].folder):
            newest = self._store.stories.newest(key, 1)
            if not newest or not self._shown(key):
                continue
            latest = self._store.entries.get(newest[0].winner)
            yield Listing(
                category=category,
                base=address(self._settings, category.folder),
                stories=self._store.stories.count(key),
                newest=newest[0].published,
                latest=latest.entry.title if latest else "",
            )


def _in_order(stories: list[Story]) -> list[Story]:
    return sorted(stories, key=lambda story: (-story.published.timestamp(), story.id))


def address(settings: Settings, folder: str) -> str:
    """The absolute address of a category's folder, with a slash at the end."""
    return f"{settings.site.url}{quote(folder, safe='()')}/"

"""What a person may name a story by: a public id, an alias, an address, an infoCode, a source's own id, a post's path, a key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from coranto import identity
from coranto.intake.rules import article_url, rules_of
from coranto.model import Failure
from coranto.settings.values import Settings
from coranto.store import Store
from coranto.store.lookups import Lookups
from coranto.text.anchors import anchor

_KINDS = ("code:", "url:", "id:")


class Finder:
    """Finds entries by what a person calls them."""

    def __init__(self, store: Store, settings: Settings, here: Path) -> None:
        """``here``: the folder that relative paths start at, beside that of the settings."""
        self._store = store
        self._settings = settings
        self._here = here
        self._lookups = Lookups(store.database)
        self._rules = rules_of(settings).identity

    def entries(self, what: str) -> list[int]:
        """The entries that ``what`` names, each once."""
        what = what.strip()
        found = [*self._by_id(what), *self._by_key(what), *self._by_address(what), *self._by_path(what)]
        found += self._lookups.said(code=what.upper() if what.isascii() else "", own_id=what)
        return list(dict.fromkeys(found))

    def failures(self, what: str) -> list[Failure]:
        """What is wrong with the post that ``what`` is the path of, with its absolute path."""
        wanted = set(self._posts(what))
        roots = {posts.key: posts.root for posts in self._settings.posts}
        return [
            Failure(where=str(roots[key] / failure.where), error=failure.error, line=failure.line)
            for key, failure in self._store.files.failures()
            if (key, failure.where) in wanted
        ]

    def _by_id(self, what: str) -> Iterator[int]:
        public = self._store.history.get(what)
        if public is not None:
            standing = self._store.stories.story_of(public.entry) is not None
            yield public.entry
            yield from () if standing else self._lookups.carriers(what)

    def _by_key(self, what: str) -> Iterator[int]:
        if what.startswith(_KINDS):
            kind, _, value = what.partition(":")
            plain = value.upper() if kind == "code" and value.isascii() else value
            yield from (row.uid for row in self._store.entries.with_key(f"{kind}:{plain}"))

    def _by_address(self, what: str) -> Iterator[int]:
        url = article_url(what, self._rules)
        code, _ = identity.code_of([[], [what]], "", self._rules)
        yield from self._lookups.said(code=code, url=url)
        place, _, fragment = what.partition("#")
        if fragment and place.startswith(self._settings.site.url):
            for public_id in self._lookups.public_ids():  # the page of a category, and the story's place on it
                if anchor(public_id) == fragment:
                    yield from self._by_id(public_id)

    def _by_path(self, what: str) -> Iterator[int]:
        sources = self._store.sources.ids()
        for key, name in self._posts(what):
            row = self._store.entries.named(sources[key], name) if key in sources else None
            if row is not None:
                yield row.uid

    def _posts(self, what: str) -> Iterator[tuple[str, str]]:
        """Source and name of every post that ``what`` may be the path of."""
        starts = (self._here, self._settings.file.parent)
        places = {Path(os.path.abspath(start / what)) for start in starts}  # noqa: PTH100 - resolve() follows links
        for posts in self._settings.posts:
            yield posts.key, what
            yield from (
                (posts.key, place.relative_to(posts.root).as_posix())
                for place in sorted(places)
                if place != posts.root and place.is_relative_to(posts.root)
            )

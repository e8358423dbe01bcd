"""The readers, set up by settings: from a post's bytes to its entry and words, from an entry to its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from coranto import identity
from coranto.intake.rows import row_of
from coranto.intake.rules import article_url, rules_of
from coranto.model import Copy, Entry, Failure, Words
from coranto.readers import posts as reader
from coranto.settings.values import Posts, Settings, Upstream
from coranto.store import Store
from coranto.store.entries import Row
from coranto.text.markup import plain


class Library:
    """What it takes to read the sources of one site."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.rules = rules_of(settings)
        self._upstreams: Mapping[str, Upstream] = {upstream.key: upstream for upstream in settings.upstreams}
        self._posts: Mapping[str, Posts] = {posts.key: posts for posts in settings.posts}
        self._contexts = {posts.key: self._context(posts) for posts in settings.posts}

    def post(self, posts: Posts, path: str, data: bytes) -> Entry | Failure | None:
        """The entry of a post; None when it says that it is not published."""
        try:
            return reader.parse(data, path, self._contexts[posts.key]).entry
        except reader.Unpublished:
            return None
        except reader.PostError as error:
            return Failure(where=str(posts.root / path), error=str(error), line=error.line)

    def words(self, source: str, path: str) -> Words | Failure:
        """The words of a post, from its file."""
        posts = self._posts.get(source)
        if posts is None:
            return Failure(where=path, error="its folder is not in settings any more")
        try:
            data = (posts.root / path).read_bytes()
            return reader.parse(data, path, self._contexts[source]).words()
        except reader.Unpublished:
            return Failure(where=str(posts.root / path), error="has just been unpublished; the next build takes it out")
        except OSError as error:
            return Failure(where=str(posts.root / path), error=f"cannot be read ({error.strerror or error})")
        except reader.PostError as error:
            return Failure(where=str(posts.root / path), error=str(error), line=error.line)

    def url(self, link: str) -> str:
        """The canonical address of a link that names an article; else ''."""
        return article_url(link, self.rules.identity)

    def judged(self, entry: Entry, words: Words | None) -> Entry:
        """A stored entry of an upstream under the rules of today: its code, and whether a word keeps it out."""
        code, _ = identity.code_of([[], [entry.link, *entry.permalinks]], "", self.rules.identity)
        upstream = self._upstreams.get(entry.source)
        said = f"{entry.title} {plain(words.content) if words else ''}".casefold()
        dropped = next((word for word in (upstream.drop if upstream else ()) if word.casefold() in said), "")
        return replace(entry, code=code, dropped=dropped)

    def row(self, store: Store, entry: Entry, source: int, *, known: Row | None, now: datetime) -> Row:
        """The row of an entry, filed under the categories that settings give its source."""
        frozen = entry.source in self._upstreams  # a post obeys its file, an upstream's date its first sight
        echoes = store.history.echoed(known.uid) if known else ()
        return row_of(entry, source, self._filed(entry), self.rules, now=now, known=known, frozen=frozen, echoes=echoes)

    def copy(self, entry: Entry) -> Copy:
        """An upstream's entry as its story carries it, with no more than will be needed to know it again."""
        upstream = self._upstreams.get(entry.source)
        by_link, _ = identity.code_of([[], [entry.link]], "", self.rules.identity)
        return Copy(
            source=entry.source,
            own_id=entry.own_id,
            link=entry.link,
            title=entry.title,
            published=entry.published,
            permalinks=entry.permalinks if entry.code != by_link else (),
            categories=entry.categories if upstream is not None and upstream.own_categories else (),
        )

    def filed(self, entry: Entry) -> frozenset[str]:
        """The keys of the categories that an entry goes under."""
        return frozenset(key for key, _ in self.rules.filed(self._filed(entry)))

    def _filed(self, entry: Entry) -> tuple[str, ...]:
        upstream = self._upstreams.get(entry.source)
        if upstream is None:
            return entry.categories
        return upstream.categories + (entry.categories if upstream.own_categories else ())

    def _context(self, posts: Posts) -> reader.PostContext:
        return reader.PostContext(
            source=posts.key,
            zone=ZoneInfo(self._settings.site.timezone),
            category_title=posts.category_title,
            drop=posts.drop,
            rules=self.rules.identity,
            base=self._settings.site.url,
        )

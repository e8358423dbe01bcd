"""A recovered story that no entry claims, put where it came from: its upstream, or a post whose file is broken now.

Which post a story of ours was does not always show in its id.  While some file is broken, such a story has a *stand-in*
in a folder of posts, named ``?`` and its id; it is still recovered, and so claimed by the first post that says the same.
What stands in when no file is broken any more was deleted, and leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from coranto import identity
from coranto.dedup import ids, merge
from coranto.intake.library import Library
from coranto.model import POSTS, Category, Entry, Public, Source, Story, Words
from coranto.restore.matching import Match, code_of
from coranto.store import Store
from coranto.store.entries import Row
from coranto.text import markup, naming


class Placer:
    """Gives stories an entry."""

    def __init__(self, store: Store, library: Library, tag: str, now: datetime) -> None:
        self._store = store
        self._library = library
        self._tag = tag
        self._now = now
        self._sources = store.sources.ids()
        self._folders = [row for row, one in store.sources.all().items() if one.kind == POSTS]
        self._failures = store.files.failures()
        self._broken = dict(self._broken_posts())

    def keep(self, match: Match) -> None:
        """Put on record that a story's words are those of an entry."""
        story, uid = match.story, match.row.uid
        public = self._store.history.get(story.id)
        if public is None:
            public = Public(
                id=story.id,
                entry=uid,
                first_out=story.published,
                updated=story.updated,
                digest=merge.digest(story),
            )
        self._store.history.keep(replace(public, entry=uid))

    def settle(self, story: Story) -> None:
        """A story is where it belongs, or gone for good: nothing waits or stands in for it any more."""
        row = self._stand_in(story)
        if row is not None:
            self._store.entries.set_state(row.uid, "withdrawn")
        self._store.history.claimed(story.id)

    def give_back(self, story: Story) -> Match | None:
        """Give a story that no entry claims to where it came from.

        Returns:
            Its new entry; None when it has one already, or when nobody can have said it any more.
        """
        post = self._broken.get(story.id)
        if story.source is None and post is None and self._failures:
            return None if self._stand_in(story) else self._put(story, self._failures[0][0], f"?{story.id}")
        self.settle(story)
        if story.source is not None:
            return self._to_upstream(story, story.source)
        return self._put(story, post.source, post.name) if post else None

    def _stand_in(self, story: Story) -> Row | None:
        """The entry that stands in for a story's post, if there is one."""
        found = (self._store.entries.named(folder, f"?{story.id}") for folder in self._folders)
        return next((row for row in found if row is not None and row.state != "withdrawn"), None)

    def _broken_posts(self) -> Iterator[tuple[str, Entry]]:
        """The ids that posts would have had whose files cannot be read now, as far as their paths tell."""
        for source, failure in self._failures:
            code, _ = identity.code_of([], failure.where, self._library.rules.identity)
            entry = Entry(source=source, name=failure.where, code=code)
            yield from ((public_id, entry) for public_id in ids.candidates(entry, "", self._tag))

    def _to_upstream(self, story: Story, source: Source) -> Match | None:
        if source.key not in self._sources:
            return None
        own_id = "" if story.id.startswith(f"tag:{self._tag}:") else story.id
        self._store.sources.describe(self._sources[source.key], source)
        return self._put(story, source.key, "", own_id)

    def _put(self, story: Story, source: str, name: str, own_id: str = "") -> Match:
        row_id = self._sources[source]
        entry = self._entry(story, source, name, own_id)
        while self._store.entries.named(row_id, entry.name) is not None:
            entry = replace(entry, name=entry.name + "+")
        row = self._library.row(self._store, entry, row_id, known=None, now=self._now)
        row = replace(row, published=story.published)
        row = replace(row, uid=self._store.entries.put(row))
        self._store.entries.keep_words(row.uid, _words(story))
        return Match(story, row, same_source=True)

    def _entry(self, story: Story, source: str, name: str, own_id: str) -> Entry:
        """What a source must have said, as far as the story tells."""
        categories = self._own_categories(story, source)
        names = tuple(one.title if _is_name(one) else one.key for one in categories)
        label = categories[0].title if len(categories) == 1 and not _is_name(categories[0]) else ""
        entry = Entry(
            source=source,
            name=name,
            own_id=own_id,
            link="" if merge.is_at_home(story) else story.link,
            code=code_of(story, self._library, self._tag, "" if name.startswith("?") else name),
            title=story.title,
            published=story.published,
            updated=story.updated,
            categories=names,
            label=label if story.source is None else "",
            fullness=len(markup.plain(story.content)),
        )
        return entry if name else replace(entry, name=identity.row_name(entry))

    def _own_categories(self, story: Story, source: str) -> tuple[Category, ...]:
        """Those that its entry must have named: neither its source has them from settings, nor those of its copies."""
        sources = {source, *(copy.source for copy in story.copies)}
        given = {key for one in sources for key in self._library.filed(Entry(source=one))}
        return tuple(one for one in story.categories if one.key not in given)


def _is_name(category: Category) -> bool:
    """Whether a category is called by its name; settings or the tag rule may give it another title."""
    return naming.category_key(category.title) == category.key


def _words(story: Story) -> Words:
    """What a story showed, as the words of an entry."""
    return Words(
        content=story.content,
        summary=story.summary,
        authors=story.authors,
        enclosures=story.enclosures,
        language=story.language,
    )

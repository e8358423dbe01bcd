"""Recovered stories and the entries of today, brought together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from coranto.intake.library import Library
from coranto.intake.run import Run
from coranto.model import Failure, Story
from coranto.restore.copies import Copies
from coranto.restore.matching import Match, Matcher
from coranto.restore.placing import Placer
from coranto.restore.reading import story_of
from coranto.settle import settle
from coranto.store import Store
from coranto.store.entries import Row
from coranto.store.history import Recovered

_MANY = 10  # from so many posts on, half of them missing is held to be an accident


def claim(run: Run) -> None:
    """Give the recovered stories to the entries that say the same; the store's entries are settled.

    When most posts that stand in feeds/ are not there and nothing was published since the store was lost, that is held
    to be an accident: it is reported, all recovered stories wait for the next run, and nothing may be published.
    """
    store, waiting = run.store, run.store.history.recovered()
    broken = len(store.files.failures())
    matches = Matcher(store, run.library(), run.settings.site.tag, broken=broken > 0).matches(waiting)
    why = _suspicion(waiting, matches.values(), broken)
    if why and run.settings.posts and not run.accept_deleted and not store.outputs.fact("published"):
        run.report.posts.held = True
        where = ", ".join(posts.path for posts in run.settings.posts)
        run.report.posts.failed.append(Failure(where=where, error=why))
        return
    with store.database.transaction():
        copies = _place(run, waiting, matches)
        settle(store, run.settings.site.tag)
        if copies.take_back_misfits():
            settle(store, run.settings.site.tag)


def _suspicion(waiting: Sequence[Recovered], matches: Iterable[Match], broken: int) -> str:
    """Why posts that stand in feeds/ and are not there may not be meant to be gone (IDENTITY 6)."""
    ours = sum(story_of(one).source is None for one in waiting)
    found = sum(match.story.source is None and match.same_source for match in matches)
    missing = ours - found - broken
    if missing <= 0 or not (found == 0 or (ours >= _MANY and 2 * missing >= ours)):
        return ""
    return f"{missing} of {ours} posts that stand in feeds/ are not there; they stay published; run `coranto build --accept-deleted` if that is right"


def _place(run: Run, waiting: Sequence[Recovered], matches: Mapping[str, Match]) -> Copies:
    """Give every recovered story an entry, and every entry what goes with it; forget those that are gone."""
    store, library = run.store, run.library()
    placer, copies = Placer(store, library, run.settings.site.tag, run.now), Copies(store, library, run.now)
    for match in matches.values():
        placer.settle(match.story)
    unclaimed = (story_of(one) for one in waiting if one.id not in matches)
    placed = [*matches.values(), *filter(None, map(placer.give_back, unclaimed))]
    for match in placed:
        placer.keep(match)
    for match in placed:
        copies.give_back(match)
    taken = {match.row.uid for match in placed}
    for match in placed:
        _follow(store, library, match, taken)
    return copies


def _follow(store: Store, library: Library, match: Match, taken: set[int]) -> None:
    """What an id that is on record again means for its entry.

    An upstream's date is that of its first sight, and that was before the store was lost; an id that a copy bears too
    is a key of the entry that it stands for (IDENTITY 18), unless that copy was out under another.
    """
    story, row = match.story, match.row
    bearers = _apart(store, story, row)
    published = story.published if story.source is not None and match.same_source else row.published
    if published != row.published or (bearers and not bearers & taken):
        again = library.row(store, row.entry, row.source, known=row, now=row.first_seen)
        store.entries.put(replace(again, published=published, state=row.state))


def _apart(store: Store, story: Story, row: Row) -> set[int]:
    """The entries that bear a story's id as their own and are not in one story with its entry already."""
    there = store.stories.story_of(row.uid)
    bearers = {other.uid for other in store.entries.with_own_id(story.id)} - {row.uid}
    return {uid for uid in bearers if there is None or store.stories.story_of(uid) != there}

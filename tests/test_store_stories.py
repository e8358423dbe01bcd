"""The store's contract, over every backend: stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coranto.dedup.membership import Conflict, Member
from coranto.settle import settle
from coranto.store.stories import KeyUse, Place
from stores import BACKENDS, FOLDER, NOON, OTHER, PAPER, put, row

TAG = "news.example,2021"
HOUR = timedelta(hours=1)


@pytest.fixture(params=BACKENDS)
def store(request, tmp_path):
    opened = BACKENDS[request.param](tmp_path)
    opened.sources.arrange([FOLDER, PAPER, OTHER])
    yield opened
    opened.close()


# -- stories: what has to be settled


def test_keys_that_a_source_uses_twice_are_weighed(store):
    put(store, "1", keys=("url:x/1", "url:x/2"), title="t", code="C1")
    put(store, "2", keys=("url:x/1",), title="u", code="C1")
    put(store, "3", OTHER, keys=("url:x/1",))
    source = store.sources.ids()[PAPER.key]
    use = KeyUse(key="url:x/1", source=source, kind="feed", codes=1, articles=2, titles=2, instants=1, dead=False)
    assert store.stories.shared_keys() == [use]
    store.stories.set_dead("url:x/1", source, dead=True)
    assert store.stories.shared_keys() == [replace(use, dead=True)]
    store.stories.settled()
    assert store.stories.shared_keys() == []


def test_a_dead_key_joins_nothing_in_its_source_and_touches_all_that_hold_it(store):
    one, two = put(store, "1", keys=("url:x/1",)), put(store, "2", keys=("url:x/1",))
    other = put(store, "3", OTHER, keys=("url:x/1",))
    store.stories.settled()
    source = store.sources.ids()[PAPER.key]
    store.stories.set_dead("url:x/1", source, dead=True)
    assert store.stories.touched_entries() == [one, two]
    assert [store.entries.standing_of_keys(uid)["url:x/1"] for uid in (one, two, other)] == [1, 1, 0]
    assert store.stories.neighbours(other) == store.stories.neighbours(one) == []
    new = put(store, "4", keys=("url:x/1",))
    assert store.entries.standing_of_keys(new) == {"url:x/1": 1}
    store.stories.set_dead("url:x/1", source, dead=False)
    assert sorted(store.stories.neighbours(other)) == [one, two, new]


def test_who_shares_a_touched_key_is_touched(store):
    """IDENTITY 12: old and new keys."""
    one, two = put(store, "1", keys=("url:x/1",)), put(store, "2", OTHER, keys=("url:x/1",))
    store.stories.settled()
    store.entries.put(replace(row(store, "1", keys=("url:x/2",)), uid=one))
    assert store.stories.touched_entries() == [one]
    store.stories.touch_sharers()
    assert store.stories.touched_entries() == [one, two]


def test_an_entry_that_meets_nobody_is_settled_at_once(store):
    lone = put(store, "1", keys=("url:x/1",))
    met = [put(store, "2", keys=("url:x/2",)), put(store, "3", OTHER, keys=("url:x/2",))]
    gone = put(store, "4", state="withdrawn")
    assert store.stories.settle_the_lone() == [lone]
    assert store.stories.story_of(lone) == lone
    assert store.stories.touched_entries() == [*met, gone]


def test_a_member_is_what_membership_needs(store):
    uid = put(store, "n", OTHER, keys=("url:x/1", "code:C1"), code="C1", title="t")
    assert store.stories.member(uid) == Member(
        uid=uid,
        rank=2,
        name="n",
        kind="feed",
        code="C1",
        title="t",
        instant="2022-01-07T04:00:00Z",
        keys=("code:C1", "url:x/1"),
    )
    store.entries.set_state(uid, "withdrawn")
    assert store.stories.member(uid) is None
    store.entries.set_state(uid, "live")
    store.sources.arrange([FOLDER])
    assert store.stories.member(uid) is None


def test_labels_say_who_is_in_a_story(store):
    one, two = put(store, "1"), put(store, "2")
    for uid in (one, two):
        store.stories.label(uid, one)
    assert (store.stories.story_of(two), store.stories.entries_of(one), store.stories.merged()) == (one, [one, two], 1)
    assert [found.uid for found in store.entries.of_story(one)] == [one, two]
    store.stories.label(two, None)
    assert (store.stories.story_of(two), store.stories.entries_of(one), store.stories.merged()) == (None, [one], 0)
    assert store.stories.story_of(99) is None


def test_conflicts_are_replaced_entry_by_entry(store):
    first = [Conflict(uid=1, key="url:x", other=2, why="a"), Conflict(uid=3, key="url:y", other=4, why="b")]
    store.stories.keep_conflicts([1, 3], first)
    assert store.stories.conflicts() == first
    again = Conflict(uid=1, key="url:z", other=2, why="c")
    store.stories.keep_conflicts([1, 2], [again])
    assert store.stories.conflicts() == [again, first[1]]


# -- stories: where they stand


def place(story: int, hours: int = 0, sort_id: str = "urn:x") -> Place:
    return Place(story=story, winner=story, published=NOON + hours * HOUR, sort_id=sort_id)


def test_a_place_files_a_story_and_marks_old_and_new_categories(store):
    store.stories.keep_place(place(1), ["a", "b"])
    assert store.stories.place(1) == place(1)
    assert store.outputs.dirty() == ["", "a", "b"]
    for key in ("", "a", "b"):
        store.outputs.clean(key)
    store.stories.keep_place(place(1, hours=1), ["b", "c"])
    assert (store.stories.place(1), store.stories.categories_of(1)) == (place(1, hours=1), ["b", "c"])
    assert store.outputs.dirty() == ["", "a", "b", "c"]
    assert [store.stories.count(key) for key in ("", "a", "b", "c")] == [1, 0, 1, 1]


def test_a_dropped_story_leaves_every_feed(store):
    store.stories.keep_place(place(1), ["a"])
    for key in ("", "a"):
        store.outputs.clean(key)
    store.stories.drop(1)
    assert store.stories.place(1) is None
    assert store.outputs.dirty() == ["", "a"]
    assert (store.stories.count(), store.stories.count("a")) == (0, 0)
    store.outputs.clean("")
    store.stories.drop(2)  # never stood anywhere
    assert store.outputs.dirty() == ["a"]


def test_the_newest_come_first_and_ties_go_by_id(store):
    for number, (hours, sort_id) in enumerate([(0, "b"), (0, "a"), (2, "c"), (1, "d")], 1):
        store.stories.keep_place(place(number, hours, sort_id), ["x"] if number != 4 else [])
    assert [one.story for one in store.stories.newest("", 9)] == [3, 4, 2, 1]
    assert [one.story for one in store.stories.newest("x", 9)] == [3, 2, 1]
    assert [one.story for one in store.stories.newest("x", 2)] == [3, 2]
    assert store.stories.newest("none", 2) == []


def test_a_fresh_story_goes_by_its_id_until_it_is_settled_again(store):
    store.stories.keep_place(place(1), ["x"])
    store.stories.mark_fresh(1, "urn:y")
    fresh = replace(place(1, sort_id="urn:y"), fresh=True)
    assert store.stories.place(1) == fresh
    assert store.stories.newest("x", 1) == store.stories.newest("", 1) == [fresh]
    store.stories.keep_place(place(1), ["x"])
    assert not store.stories.place(1).fresh


def test_a_story_is_filed_as_its_live_entries_say(store):
    one = put(store, "1", keys=("url:x/1",), filed=("A", "b"))
    two = put(store, "2", OTHER, keys=("url:x/1",), filed=("C", "B"))
    settle(store, TAG)
    assert store.stories.filed_by_entries(one) == ["a", "b", "c"]
    store.entries.set_state(two, "purged")
    assert store.stories.filed_by_entries(one) == ["a", "b"]

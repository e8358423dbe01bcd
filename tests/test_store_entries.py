"""The store's contract, over every backend: entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from coranto.model import Enclosure, Failure, Person, PostFile, Words
from coranto.settle import settle
from coranto.store import Store
from stores import BACKENDS, FOLDER, NOON, OTHER, PAPER, put, row

TAG = "news.example,2021"
HOUR = timedelta(hours=1)
WORDS = Words(
    content="<p>正文 \U0001f600</p>",
    summary="摘要",
    authors=(Person(name="王", email="w@a.example", uri="https://a.example/w"),),
    enclosures=(Enclosure(url="https://a.example/1.mp3", type="audio/mpeg", length=5, title="录音"),),
    language="zh-CN",
)


@pytest.fixture(params=BACKENDS)
def store(request, tmp_path):
    opened = BACKENDS[request.param](tmp_path)
    opened.sources.arrange([FOLDER, PAPER, OTHER])
    yield opened
    opened.close()


def settled(store: Store) -> None:
    settle(store, TAG)


def test_an_entry_comes_back_as_it_was_put(store):
    full = row(
        store,
        "名",
        own_id="urn:a:1",
        link="https://a.example/1?x=%B9",
        permalinks=("https://a.example/p/1",),
        code="NW20220107",
        title="题",
        updated=NOON + HOUR,
        filed=("News", "要闻"),
        label="广州日报",
        fullness=123,
        problems=("odd",),
        url="a.example/1",
        published=NOON - HOUR,
        keys=("code:NW20220107", "url:a.example/1"),
        accepted=3,
        accepted_at=NOON,
    )
    uid = store.entries.put(full)
    assert store.entries.get(uid) == replace(full, uid=uid, keys=(), categories=())
    assert store.entries.named(full.source, "名") == store.entries.get(uid)
    assert set(store.entries.keys(uid)) == {"code:NW20220107", "url:a.example/1"}
    assert store.entries.get(uid + 1) is store.entries.named(full.source, "other") is None
    bare = store.entries.put(row(store, "bare", stated=None))
    assert store.entries.get(bare).entry.published is None


def test_an_edit_replaces_keys_and_categories(store):
    uid = put(store, keys=("url:x/1", "url:x/2"), filed=("A", "B"))
    settled(store)
    store.entries.put(replace(row(store, title="new", keys=("url:x/2", "url:x/3"), filed=("B", "C")), uid=uid))
    assert (store.entries.get(uid).entry.title, set(store.entries.keys(uid))) == ("new", {"url:x/2", "url:x/3"})
    assert store.stories.touched_entries() == [uid]
    settled(store)
    assert store.stories.categories_of(uid) == ["b", "c"]
    assert [one.uid for one in store.entries.with_key("url:x/1")] == []
    assert [one.uid for one in store.entries.with_key("url:x/3")] == [uid]


def test_entries_are_found_by_what_tells_them_apart(store):
    one = put(store, "1", own_id="g", title="t")
    two = put(store, "2", url="a.example/2", title="u")
    three = put(store, "3", OTHER, own_id="g", url="a.example/2", title="t")
    paper = store.entries.get(one).source
    find = store.entries.like
    assert {row.uid for row in find(paper, own_id="g", url="a.example/2", title_key="")} == {one, two}
    assert {row.uid for row in find(paper, own_id="", url="", title_key="u")} == {two}
    assert find(paper, own_id="", url="", title_key="") == []
    assert [row.uid for row in store.entries.with_own_id("g")] == [one, three]
    assert [row.uid for row in store.entries.of_source(paper)] == [one, two]
    assert list(store.entries.everywhere()) == [one, two, three]


def test_words_are_kept_replaced_and_forgotten(store):
    uid = put(store)
    assert store.entries.words(uid) is None
    for words in (WORDS, Words(), WORDS):
        store.entries.keep_words(uid, words)
        assert store.entries.words(uid) == words
    store.entries.forget_words(uid)
    assert store.entries.words(uid) is None


def test_a_newer_text_waits_for_its_hour(store):
    """R18."""
    uid = put(store, title="old", accepted_at=NOON)
    newer = replace(
        store.entries.get(uid).entry, title="new", link="https://a/2", permalinks=("https://a/p",), updated=NOON
    )
    assert not store.entries.has_pending()
    store.entries.keep_pending(uid, replace(newer, title="newer"), WORDS)
    store.entries.keep_pending(uid, newer, WORDS)
    assert store.entries.has_pending()
    assert store.entries.with_pending(NOON - HOUR) == []
    assert store.entries.with_pending(NOON) == [(store.entries.get(uid), newer, WORDS)]
    store.entries.drop_pending(uid)
    assert not store.entries.has_pending()


def test_an_entry_waits_for_its_own_date(store):
    """IDENTITY 7: a post is not published before it."""
    uid = put(store, source=FOLDER, state="waiting", published=NOON + HOUR)
    settled(store)
    assert store.stories.count() == 0
    assert store.entries.due(NOON) == []
    assert [row.uid for row in store.entries.due(NOON + HOUR)] == [uid]
    store.entries.set_state(uid, "live")
    settled(store)
    assert (store.stories.count(), store.entries.due(NOON + HOUR)) == (1, [])


@pytest.mark.parametrize(
    ("state", "standing"), [("live", 0), ("purged", 0), ("withdrawn", 2), ("waiting", 2), ("dropped", 2), ("held", 2)]
)
def test_keys_stand_as_their_entry_does(store, state, standing):
    uid = put(store, keys=("url:x/1",))
    settled(store)
    store.entries.set_state(uid, state)
    assert store.entries.get(uid).state == state
    assert store.entries.standing_of_keys(uid) == {"url:x/1": standing}
    assert store.stories.touched_entries() == [uid]
    put_so = put(store, "n2", state=state, keys=("url:x/2",))
    assert store.entries.standing_of_keys(put_so) == {"url:x/2": standing}


def test_keys_of_a_source_that_left_settings_join_nothing(store):
    uid = put(store, keys=("url:x/1",))
    store.sources.arrange([FOLDER, OTHER])
    store.entries.restand()
    assert store.entries.standing_of_keys(uid) == {"url:x/1": 2}
    store.entries.set_state(uid, "live")
    assert store.entries.standing_of_keys(uid) == {"url:x/1": 2}
    assert store.stories.touched_entries() == [uid]
    store.sources.arrange([FOLDER, OTHER, PAPER])
    store.entries.restand()
    assert store.entries.standing_of_keys(uid) == {"url:x/1": 0}


def test_a_moved_post_keeps_its_row(store):
    uid = put(store, "old.md", FOLDER)
    settled(store)
    other = store.sources.ids()[OTHER.key]
    store.entries.move(uid, other, "new.md")
    assert store.entries.named(other, "new.md").uid == uid
    assert store.stories.touched_entries() == [uid]


def test_touching_marks_for_settling(store):
    uids = [put(store, "1", keys=("url:x/1",)), put(store, "2")]
    settled(store)
    assert not store.stories.touched()
    store.entries.touch(uids[1])
    store.entries.touch(uids[1])
    assert store.stories.touched_entries() == [uids[1]]
    store.entries.touch_all()
    assert store.stories.touched_entries() == uids
    store.stories.settled()
    assert not store.stories.touched()


def _shown_down_to(store: Store, moment: datetime) -> None:
    for category in ("", "a"):
        store.outputs.keep_oldest(category, moment)


def test_old_entries_of_upstreams_that_no_window_shows_lose_their_words(store):
    """IDENTITY 6."""
    old, seen = (put(store, name, published=NOON - age, filed=("A",)) for name, age in (("1", 9 * HOUR), ("2", HOUR)))
    post = put(store, "p", FOLDER, published=NOON - 9 * HOUR, filed=("A",))
    for uid in (old, seen, post):
        store.entries.keep_words(uid, WORDS)
    settled(store)
    store.entries.purge(NOON + HOUR)
    assert store.entries.get(old).state == "live"  # no window is known yet
    _shown_down_to(store, NOON - 2 * HOUR)
    store.entries.purge(NOON)
    assert store.entries.get(old).state == "live"  # not yet past `keep`
    store.entries.purge(NOON + HOUR)
    assert [store.entries.get(uid).state for uid in (old, seen, post)] == ["purged", "live", "live"]
    assert [store.entries.words(uid) is None for uid in (old, seen, post)] == [True, False, True]


def test_an_entry_that_one_window_still_shows_is_not_purged(store):
    uid = put(store, published=NOON - 9 * HOUR, filed=("A",))
    settled(store)
    store.outputs.keep_oldest("", NOON - HOUR)
    store.outputs.keep_oldest("a", NOON - 9 * HOUR)
    store.entries.purge(NOON + HOUR)
    assert store.entries.get(uid).state == "live"


def test_words_of_posts_are_a_cache_unless_their_file_is_broken(store):
    folder = store.sources.ids()[FOLDER.key]
    good, bad = (put(store, name, FOLDER, published=NOON - 9 * HOUR, filed=("A",)) for name in ("good.md", "bad.md"))
    failure = Failure(where="bad.md", error="cut")
    store.files.keep(folder, [PostFile(path="good.md", size=1, mtime_ns=1, inode=1, sha256="a")])
    store.files.keep(folder, [PostFile(path="bad.md", size=1, mtime_ns=1, inode=2, failure=failure)])
    for uid in (good, bad):
        store.entries.keep_words(uid, WORDS)
    settled(store)
    _shown_down_to(store, NOON)
    store.entries.purge(NOON + HOUR)
    assert (store.entries.words(good), store.entries.words(bad)) == (None, WORDS)

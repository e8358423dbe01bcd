"""The store's contract, over every backend: sources and files."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from coranto.model import Failure, PostFile
from coranto.store import StoreError, open_store, read_store
from coranto.store.schema import MIGRATIONS
from coranto.store.sources import Subscription
from stores import BACKENDS, FOLDER, NOON, OTHER, PAPER

HOUR = timedelta(hours=1)


@pytest.fixture(params=BACKENDS)
def store(request, tmp_path):
    opened = BACKENDS[request.param](tmp_path)
    opened.sources.arrange([FOLDER, PAPER, OTHER])
    yield opened
    opened.close()


# -- the database


def test_a_transaction_is_all_or_nothing(store):
    def fail() -> None:
        with store.database.transaction():
            store.outputs.keep_fact("a", "1")
            with store.database.transaction():  # a part of the outer one
                store.outputs.keep_fact("b", "2")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (store.outputs.fact("a"), store.outputs.fact("b")) == ("", "")
    with store.database.transaction():
        store.outputs.keep_fact("a", "3")
    assert store.outputs.fact("a") == "3"


def test_rows_can_be_read_one_by_one(store):
    for name in "abc":
        store.outputs.keep_fact(name, name)
    assert [key for (key,) in store.database.stream("SELECT key FROM meta ORDER BY key")] == ["a", "b", "c"]


def test_what_was_stored_is_there_when_it_is_opened_again(tmp_path):
    file = tmp_path / "new" / "folder" / "store.sqlite3"
    for value in ("1", "2"):
        store = open_store(str(file))
        store.outputs.keep_fact("runs", store.outputs.fact("runs") + value)
        store.close()
    assert read_store(str(tmp_path / "none.sqlite3")) is None
    looked = read_store(str(file))
    assert looked.outputs.fact("runs") == "12"
    looked.close()


def test_a_file_that_is_no_store_is_moved_aside(tmp_path):
    """R9."""
    file = tmp_path / "store.sqlite3"
    file.write_bytes(b"\0<html>not a database</html>" * 100)
    open_store(str(file)).close()
    (aside,) = tmp_path.glob("store.sqlite3.unreadable-*")
    assert aside.read_bytes().startswith(b"\0<html>")


def test_a_store_of_an_older_coranto_keeps_what_it_knows(tmp_path):
    file = tmp_path / "store.sqlite3"
    with closing(sqlite3.connect(file)) as older:
        older.executescript(MIGRATIONS[0])
        older.execute("INSERT INTO source (key, kind, rank) VALUES ('a.example/feed', 'feed', 0)")
        older.execute(
            "INSERT INTO subscription VALUES (1, 'e', 'm', 's', 9, 'ttl', 7, 7, 7, 200, 0, '', NULL, 0, '', '', NULL, 0, 60, -1, 0, '[1]', '[]')"
        )
        older.execute("PRAGMA user_version = 1")
        older.commit()
    with pytest.raises(StoreError, match="older Coranto"):
        read_store(str(file))
    with closing(open_store(str(file))) as store:
        known = store.sources.subscription(store.sources.ids()["a.example/feed"])
    assert (known.etag, known.reason, known.ttl, known.skip_hours) == ("e", "ttl", 60, {1})
    assert (known.health, known.health_since, known.held, known.listed) == ("", None, False, 0)


def test_a_store_of_a_newer_coranto_is_left_alone(tmp_path):
    store = open_store(str(tmp_path / "store.sqlite3"))
    store.database.run("PRAGMA user_version = 999")
    store.close()
    before = (tmp_path / "store.sqlite3").read_bytes()
    with pytest.raises(StoreError, match="newer Coranto"):
        open_store(str(tmp_path / "store.sqlite3"))
    assert (tmp_path / "store.sqlite3").read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        open_store(str(tmp_path / "file" / "store.sqlite3"))


# -- sources


def test_sources_have_rows_for_ever_and_a_place_in_settings(store):
    before = store.sources.ids()
    assert list(store.sources.ranks()) == [before[one.key] for one in (FOLDER, PAPER, OTHER)]
    assert not store.sources.arrange([FOLDER, PAPER, OTHER])
    assert store.sources.arrange([OTHER, FOLDER])
    assert store.sources.ids() == {one.key: before[one.key] for one in (OTHER, FOLDER)}
    assert store.sources.ranks() == {before[OTHER.key]: 0, before[FOLDER.key]: 1}
    assert store.sources.all().keys() == set(before.values())
    assert store.sources.arrange([FOLDER, PAPER, OTHER])
    assert store.sources.ids() == before


def test_what_a_feed_says_of_itself_is_new_once(store):
    number = store.sources.ids()[PAPER.key]
    said = replace(PAPER, id="urn:a:feed", title="样报", link="https://a.example/")
    assert store.sources.describe(number, said)
    assert not store.sources.describe(number, said)
    assert store.sources.all()[number] == said


def test_a_subscription_is_kept_as_it_is(store):
    number = store.sources.ids()[PAPER.key]
    assert store.sources.subscription(number) == Subscription()
    state = Subscription(
        etag='W/"1"',
        last_modified="Fri, 07 Jan 2022 04:00:00 GMT",
        body_sha256="aa",
        due=NOON + HOUR,
        last_poll=NOON,
        last_good=NOON - HOUR,
        status=503,
        errors=2,
        error="busy",
        gone=True,
        moved_to="https://c.example/feed",
        ttl=60,
        max_age=0,
        skip_hours=frozenset({0, 23}),
        skip_days=frozenset({6}),
        health="held",
        health_since=NOON,
        health_why="12 entries",
        milliseconds=120,
        listed=20,
        overruns=2,
        shape="lists 2 entries",
        shape_at=NOON - HOUR,
        held=True,
    )
    for kept in (state, replace(state, errors=0, due=None, skip_days=frozenset())):
        store.sources.keep_subscription(number, kept)
        assert store.sources.subscription(number) == kept
    store.sources.forget_bodies()
    assert store.sources.subscription(number).body_sha256 == ""
    store.sources.release(number)
    assert not store.sources.subscription(number).held


# -- files


def test_files_are_remembered_by_source_and_path(store):
    folder, paper = (store.sources.ids()[one.key] for one in (FOLDER, PAPER))
    good = PostFile(path="b.md", size=1, mtime_ns=10**18 + 1, inode=2**40, sha256="ab")
    bad = PostFile(path="a.md", size=2, mtime_ns=2, inode=3, failure=Failure(where="a.md", error="空的", line=7))
    store.files.keep(folder, [good, bad])
    store.files.keep(paper, [replace(good, path="c.md")])
    assert list(store.files.of(folder)) == [bad, good]
    assert store.files.count(folder) == 2
    assert (
        store.files.good_digest(folder, "b.md"),
        store.files.good_digest(folder, "a.md"),
        store.files.good_digest(folder, "x"),
    ) == ("ab", "", "")
    assert store.files.failures() == [(FOLDER.key, bad.failure)]
    store.files.keep(folder, [replace(bad, failure=None, sha256="cd")])
    assert store.files.failures() == []
    store.files.forget(folder, ["b.md", "unknown.md"])
    assert [file.path for file in store.files.of(folder)] == ["a.md"]
    assert store.files.count(paper) == 1


def test_every_file_can_be_made_to_be_read_again(store):
    folder = store.sources.ids()[FOLDER.key]
    store.files.keep(folder, [PostFile(path="a.md", size=1, mtime_ns=1, inode=1, sha256="ab")])
    store.files.reread_all()
    (file,) = store.files.of(folder)
    assert (file.sha256, file.mtime_ns) == ("ab", -1)
    assert store.files.good_digest(folder, "a.md") == ""


def test_failures_of_a_folder_that_left_settings_are_none_of_ours(store):
    folder = store.sources.ids()[FOLDER.key]
    store.files.keep(
        folder, [PostFile(path="a.md", size=1, mtime_ns=1, inode=1, failure=Failure(where="a.md", error="x"))]
    )
    store.sources.arrange([PAPER])
    assert store.files.failures() == []


def test_two_that_open_a_new_store_at_once_both_get_it(tmp_path):
    def opened(_: int) -> int:
        with closing(open_store(str(tmp_path / "store.sqlite3"))) as store:
            return store.stories.count()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(opened, range(8))) == [0] * 8

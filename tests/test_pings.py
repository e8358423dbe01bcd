"""The store's contract, over every backend: what the hub is to be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coranto.store.pings import Ping
from stores import BACKENDS, NOON

MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


@pytest.fixture(params=BACKENDS)
def store(request, tmp_path):
    opened = BACKENDS[request.param](tmp_path)
    yield opened
    opened.close()


def due(store, now=NOON):
    return store.pings.due(now, farthest=WEEK)


def test_what_changed_is_due_at_once_and_once(store):
    store.pings.add(["b", "a"])
    store.pings.add(["a"])
    assert [one.topic for one in due(store)] == ["a", "b"]
    assert store.pings.count() == 2
    assert store.pings.last_error() == ""


def test_what_was_told_is_gone(store):
    store.pings.add(["a", "b"])
    store.pings.keep([Ping(topic="a", due=NOON + MINUTE, attempts=1)])
    store.pings.done(["a"])
    assert [one.topic for one in due(store)] == ["b"]


def test_what_changes_while_it_is_told_is_told_again(store):
    store.pings.add(["a"])
    store.pings.keep([Ping(topic="a", due=NOON + MINUTE, attempts=1)])
    store.pings.add(["a"])
    store.pings.done(["a"])
    assert [one.topic for one in due(store)] == ["a"]


def test_what_failed_waits_whatever_changes_and_keeps_its_error(store):
    failed = Ping(topic="a", due=NOON + MINUTE, attempts=3, error="answered 500")
    store.pings.add(["a", "b"])
    store.pings.keep([failed])
    store.pings.add(["a"])
    assert [one.topic for one in due(store)] == ["b"]
    assert due(store, NOON + MINUTE)[1] == failed
    assert store.pings.last_error() == "answered 500"


def test_what_is_due_absurdly_late_is_due_now(store):
    """R5: it was noted while the clock was years ahead."""
    store.pings.add(["a", "b"])
    store.pings.keep([Ping(topic="a", due=NOON + 2 * WEEK, attempts=1), Ping(topic="b", due=NOON + WEEK, attempts=1)])
    assert [one.topic for one in due(store)] == ["a"]


def test_what_is_forgotten_stays_forgotten(store):
    store.pings.add(["a", "b", "c"])
    (first, *_) = due(store)
    store.pings.forget(["a"])
    store.pings.keep([replace(first, attempts=1)])
    assert [one.topic for one in due(store)] == ["b", "c"]
    store.pings.forget_all()
    assert store.pings.count() == 0

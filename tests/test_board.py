"""What operators see, as data: every source, its days, and what else is to be known; asked for at once."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import timedelta

import pytest

from coranto.inspect.board import DAYS, MOST, board_of
from coranto.settings import load
from coranto.store import read_store
from coranto.store.days import Day
from coranto.store.pings import Ping
from coranto.store.sources import Subscription
from river import Site, item

DAY = timedelta(days=1)


def board(site):
    settings = site.settings()
    with closing(read_store(settings.store)) as store:
        return board_of(settings, store, site.now)


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.post("posts/2022-01-07-a.md")
    made.feed("a", item("tag:a,2022:1", title="上游一条"), item("tag:a,2022:2", title="上游两条"))
    made.extra = "  - {url: 'https://me:secret@p.example/rss', category: 港区, every: 2h}\n"
    return made


def test_before_the_first_build_there_are_sources_and_nothing_else(site):
    found = board_of(site.settings(), None, site.now)
    assert [line.state.health for line in found.lines] == ["not built"] * 3
    assert (found.built, found.stories, found.published, found.days) == (False, 0, None, (Day(),) * DAYS)


def test_every_source_stands_there_with_its_last_days(site):
    site.build(offline=True)
    site.feed("a", item("tag:a,2022:3", title="上游三条"))
    site.build(offline=True, later=2 * DAY)
    found = board(site)
    assert [(line.state.kind, line.state.health, line.state.entries) for line in found.lines] == [
        ("posts", "healthy", 1),
        ("feed", "healthy", 3),
        ("feed", "never polled", 0),
    ]
    assert [len(line.days) for line in found.lines] == [DAYS] * 3
    assert found.lines[1].days[-3:] == (Day(visits=1, entries=2), Day(), Day(visits=1, entries=1))
    assert found.days[-3:] == (Day(visits=1, entries=3), Day(), Day(visits=1, entries=1))
    assert (found.dates[-1], found.dates[0]) == (site.now.date(), site.now.date() - 13 * DAY)
    assert found.total == Day(visits=2, entries=4)
    assert (found.stories, found.published, found.categories) == (4, site.now, 3)
    assert found.files == len(site.files())


def test_a_folder_is_as_the_last_build_found_it_with_since_when(site):
    site.build(offline=True)
    for number in range(MOST + 5):
        (site.folder / "posts" / f"bad{number:02}.md").write_text("no front matter", encoding="utf-8")
    assert board(site).lines[0].state.health == "healthy"
    site.build(offline=True)
    since = site.now
    site.build(offline=True)
    found = board(site)
    assert (found.lines[0].state.health, found.lines[0].state.since) == ("failing", since)
    assert (found.unreadable, len(found.failing), found.failing[0].where) == (MOST + 5, MOST, "posts/bad00.md")


def test_conflicts_stand_there_with_both_sides(tmp_path):
    site = Site(tmp_path)
    for number, name in ((0, "甲"), (1, "乙")):
        code = f"infoCode: NW20220107223930754{number}"
        site.post(f"posts/2022-01-07-{number}.md", title=name, link="https://p.example/live", matter=code)
    site.posts = ["posts/2022-01-07-0.md", "posts/2022-01-07-1.md"]
    site.build()
    found = board(site)
    with site.store() as store:
        stored = store.stories.conflicts()
    assert found.conflicts == len(stored) == len(found.refusals) == 1
    (one,) = found.refusals
    assert (one.key, one.why) == (stored[0].key, stored[0].why)
    assert {(side.where, side.title) for side in one.sides} == {
        ("posts/2022-01-07-0.md", "甲"),
        ("posts/2022-01-07-1.md", "乙"),
    }


def test_what_is_due_and_for_how_long(site):
    site.build(offline=True)
    assert [one.place for one in board(site).due] == ["https://me:secret@p.example/rss"]
    assert board(site).lag == 0
    known = Subscription(last_poll=site.now - DAY, due=site.now - DAY / 2, health="healthy")
    with site.store() as store:
        store.sources.keep_subscription(max(store.sources.ids().values()), known)
    assert (len(board(site).due), board(site).lag) == (1, 43200)


def test_what_the_hub_was_not_told_is_counted(site):
    site.build(offline=True)
    with site.store() as store:
        store.pings.add(["a", "b"])
        store.pings.keep([Ping(topic="a", due=site.now, attempts=1, error="answered 500")])
    found = board(site)
    assert (found.pings, found.hub_error) == (2, "answered 500")


# -- many sources


def crowd(folder, many):
    """A site with many upstreams, each with two weeks behind it, as a store has them."""
    folder.mkdir()
    lines = "".join(f"  - {{url: 'https://p{number}.example/rss', category: c}}\n" for number in range(many))
    file = folder / "settings.yaml"
    site = '{title: T, url: https://news.example/, tag: "news.example,2021"}'
    file.write_text(f"site: {site}\nposts: []\nupstreams:\n{lines}", encoding="utf-8")
    made = Site(folder / "other")
    made.settings = lambda: load(file)
    made.folder = folder
    made.build(offline=True)
    with made.store() as store, store.database.transaction():
        for source in store.sources.ids().values():
            known = Subscription(last_poll=made.now, due=made.now, health="failing", errors=2, error="no answer")
            store.sources.keep_subscription(source, known)
            for back in range(DAYS):
                store.days.note(source, made.now - back * DAY, Day(visits=24, failures=1, entries=3))
    return made


def asked(site):
    """How many statements a board takes."""
    settings, statements = site.settings(), []
    with closing(read_store(settings.store)) as store:
        store.database._connection.set_trace_callback(statements.append)
        found = board_of(settings, store, site.now)
        store.database._connection.set_trace_callback(None)
    return found, len(statements)


def test_a_hundred_sources_take_no_more_questions_than_ten(tmp_path):
    few, at_ten = asked(crowd(tmp_path / "ten", 10))
    many, at_hundred = asked(crowd(tmp_path / "hundred", 100))
    assert (len(few.lines), len(many.lines)) == (10, 100)
    assert at_ten == at_hundred < 30
    assert many.days[-1] == Day(visits=2400, failures=100, entries=300)


def test_two_thousand_sources_are_seen_within_a_second(tmp_path):
    from coranto.server.status import page

    site = crowd(tmp_path / "many", 2000)
    settings, spans = site.settings(), []
    for _ in range(3):  # the quickest, and of the processor: the machine has other work too
        started = time.thread_time()
        with closing(read_store(settings.store)) as store:
            found = board_of(settings, store, site.now)
        spans.append(time.thread_time() - started)
    assert min(spans) < 1
    assert page(found, settings, site.now).count(b'<tr role="row" id=') == 2000

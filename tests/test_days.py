"""What happened to each source on each day: counted once, summed for ever, drawn for two weeks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from coranto.store.days import Day
from coranto.tidy import tidy
from river import Site, item
from stores import BACKENDS, NOON

DAY = timedelta(days=1)
TODAY = NOON.date()


@pytest.fixture(params=BACKENDS)
def store(request, tmp_path):
    opened = BACKENDS[request.param](tmp_path)
    yield opened
    opened.close()


def test_what_happens_on_one_day_is_added_up(store):
    store.days.note(1, NOON, Day(visits=1, entries=3))
    store.days.note(1, NOON, Day(visits=1, failures=1))
    store.days.note(2, NOON - DAY, Day(visits=1))
    assert store.days.since(NOON - DAY) == {
        1: {TODAY: Day(visits=2, failures=1, entries=3)},
        2: {TODAY - DAY: Day(visits=1)},
    }
    assert store.days.since(NOON) == {1: {TODAY: Day(visits=2, failures=1, entries=3)}}


def test_nothing_is_no_row(store):
    store.days.note(1, NOON, Day())
    assert store.database.rows("SELECT * FROM source_day") == []
    assert store.days.total() == Day()


def test_days_are_those_of_utc(store):
    late = NOON.replace(hour=23, minute=59).astimezone(tz=None)
    store.days.note(1, late, Day(visits=1))
    store.days.note(1, late + timedelta(minutes=1), Day(visits=1))
    assert list(store.days.since(NOON)[1]) == [TODAY, TODAY + DAY]


def test_totals_stay_when_days_are_forgotten(store):
    for back in range(10):
        store.days.note(1 + back % 2, NOON - back * DAY, Day(visits=2, failures=1, entries=5))
    before = store.days.total()
    for kept in (8, 3, 3):
        store.days.forget(NOON - kept * DAY)
        assert store.days.total() == before == Day(visits=20, failures=10, entries=50)
    kept = store.days.since(NOON - 50 * DAY)
    assert sorted(day for days in kept.values() for day in days) == [TODAY - back * DAY for back in (3, 2, 1, 0)]
    assert store.days.since(NOON.replace(year=1970)) == kept  # the row of sums is no day


def test_tidying_forgets_days_after_a_hundred(store):
    store.days.note(1, NOON - 101 * DAY, Day(visits=1))
    store.days.note(1, NOON - 99 * DAY, Day(visits=1))
    tidy(store, NOON, 86400)
    assert list(store.days.since(NOON - 200 * DAY)[1]) == [TODAY - 99 * DAY]
    assert store.days.total().visits == 2


# -- what a build counts


def counted(site: Site) -> dict[str, dict[date, Day]]:
    with site.store() as store:
        names = {source: key for key, source in store.sources.ids().items()}
        return {names[source]: days for source, days in store.days.since(site.now - 20 * DAY).items()}


def test_a_build_counts_visits_failures_and_new_entries(tmp_path):
    site = Site(tmp_path)
    site.post("posts/2022-01-07-a.md")
    site.feed("a", item("urn:1"), item("urn:2", title="第二条"))
    site.build()
    site.post("posts/2022-01-07-b.md", title="又一条")
    site.post("posts/2022-01-07-a.md", text="改过。")
    site.feed("a", item("urn:2", title="第二条"), item("urn:3", title="第三条"))
    site.build()
    (tmp_path / "up" / "a.xml").unlink()
    site.build()
    assert counted(site) == {
        "posts:posts": {site.now.date(): Day(entries=2)},
        "file:up/a.xml": {site.now.date(): Day(visits=3, failures=1, entries=3)},
    }


def test_entries_that_are_held_back_are_no_new_ones(tmp_path):
    site = Site(tmp_path)
    for sign in "ab":
        items = [
            item(f"urn:{sign}:{n}", link=f"https://a.example/{sign}/{n}", title=f"第{n:02}条") for n in range(1, 13)
        ]
        site.feed("a", *items)
        site.build()
    assert counted(site)["file:up/a.xml"][site.now.date()] == Day(visits=2, entries=12)


def test_a_build_in_which_nothing_changes_counts_no_entries(tmp_path):
    site = Site(tmp_path)
    site.post("posts/2022-01-07-a.md")
    site.build()
    before = counted(site)
    site.build()
    assert counted(site) == before

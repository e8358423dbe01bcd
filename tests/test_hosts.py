"""The store's book of hosts: when each may be asked again, over restarts (P7, P10, P19)."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

from coranto.client import HostRow
from coranto.client.address import parse
from coranto.store import open_store
from fetching import FakeTime

NOON = datetime(2022, 1, 7, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAUSED = HostRow(asked=NOON, next_allowed=NOON + timedelta(seconds=2))
HELD = HostRow(asked=NOON, held_until=NOON + HOUR, why="429 Too Many Requests")


def test_rows_come_back_as_they_were_until_their_time(tmp_path):
    place = str(tmp_path / "store.sqlite3")
    with closing(open_store(place)) as store:
        store.hosts.keep("a.example", PAUSED)
        store.hosts.keep("江.example", HELD)
    with closing(open_store(place)) as store:
        assert store.hosts.waiting(NOON) == {"a.example": PAUSED, "江.example": HELD}
        assert store.hosts.waiting(NOON + HOUR / 2) == {"江.example": HELD}
        assert store.hosts.waiting(NOON + HOUR) == {}


def test_a_later_row_stands_in_place_of_the_older():
    row = HostRow(asked=NOON, next_allowed=NOON + HOUR)
    with closing(open_store(":memory:")) as store:
        store.hosts.keep("a.example", HELD)
        store.hosts.keep("a.example", row)
        assert store.hosts.waiting(NOON) == {"a.example": row}


def test_only_what_is_past_is_forgotten():
    with closing(open_store(":memory:")) as store:
        for name, row in (("a", PAUSED), ("b", HELD), ("c", HostRow(asked=NOON))):
            store.hosts.keep(name, row)
        store.hosts.forget(NOON + timedelta(seconds=2))
        assert store.database.rows("SELECT name FROM host") == [("b",)]


def test_it_is_the_book_of_a_pace(tmp_path):
    place = str(tmp_path / "store.sqlite3")
    with closing(open_store(place)) as store:
        pace = FakeTime().pace(book=store.hosts, started=NOON)
        pace.begins("https://a.example/")
        pace.hold(parse("https://b.example/x"), 503, 600)
        pace.keep()
    with closing(open_store(place)) as store:
        again = FakeTime().pace(book=store.hosts, started=NOON)
        assert again.delay("a.example") == 2
        assert again.held("https://rss.b.example/y") == NOON + timedelta(minutes=10)

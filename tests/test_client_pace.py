"""One request at a time per host, a pause, and the wish to be left alone, also over restarts (P7, P10, P15, P19)."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from coranto.client import HeldError, HostRow, Limits
from coranto.client.address import parse
from coranto.client.book import MemoryBook
from coranto.settings.values import Fetch
from fetching import FEED, FakeTime, client
from loopback import http, loopback

NOON = datetime(2022, 1, 7, 12, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_pause_lies_between_two_starts_to_one_host():
    """P19: 1.5 s at least, whatever settings say; only private hosts that settings name may be asked faster."""
    fake = FakeTime()
    pace = fake.pace(0.2, ("127.0.0.1",))
    for url in [
        "https://a.example/1",
        "http://rss.A.example:8080/2",
        "http://b.example/",
        "http://127.0.0.1:1/",
        "http://127.0.0.1:2/",
        "http://127.0.0.1:1/x",
    ]:
        with pace.turn(parse(url)):
            pass
    assert fake.slept == [1.5, 0.2]
    assert pace.host("http://127.0.0.1:1/x") == "127.0.0.1:1"
    assert pace.host("HTTP://www.A.example/") == "a.example"
    assert pace.host("no address") == ""
    assert pace.delay("a.example") > 0


def test_a_redirects_target_has_a_turn_of_its_own():
    fetch = Fetch(private=("127.0.0.1",), pause=0.5)
    answers = {"/a": http(b"", "302 F", Location="/b"), "/b": http(FEED)}
    with loopback(answers) as server, client(Limits(seconds=0.4), fetch=fetch) as out:
        response = out.get(server.url("/a"))  # the wait for the turn counts neither for the deadline nor as its time
    assert 0 < response.seconds < 0.4
    assert server.log[1].at - server.log[0].at >= 0.5


def test_threads_wait_for_their_turn():
    def slow(asked):
        yield 0.02
        yield from http(FEED)(asked)

    with loopback(slow) as server, client(Limits(seconds=5)) as out:
        threads = [threading.Thread(target=out.get, args=(server.url(),)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert server.most_in_flight == 1
    assert len(server.log) == 6


# ---- over restarts


def asked(pace, url):
    with pace.turn(parse(url)):
        pass
    pace.keep()


def test_a_restart_does_not_shorten_the_pause():
    """P7, P19."""
    book, fake = MemoryBook(), FakeTime()
    asked(fake.pace(2, book=book, started=NOON), "https://a.example/1")
    assert book.rows == {"a.example": HostRow(asked=NOON, next_allowed=NOON + timedelta(seconds=2))}
    for later, wait in ((0.5, [1.5]), (5, [])):
        again = FakeTime()
        asked(again.pace(2, book=book, started=NOON + timedelta(seconds=later)), "https://www.a.example/2")
        assert again.slept == wait
        book.keep("a.example", HostRow(asked=NOON, next_allowed=NOON + timedelta(seconds=2)))


def test_a_request_is_noted_before_it_begins():
    """P7: a kill in the middle of it costs nothing."""
    book, fake = MemoryBook(), FakeTime()
    pace = fake.pace(1.5, ("127.0.0.1",), book=book, started=NOON)
    pace.begins("https://a.example/1")
    assert book.rows == {"a.example": HostRow(asked=NOON, next_allowed=NOON + timedelta(seconds=2))}, (
        "whole seconds, later"
    )
    free = FakeTime().pace(0, ("127.0.0.1",), book=book, started=NOON)
    free.begins("http://127.0.0.1:1/")  # no pause, nothing to note
    free.begins("no address")
    asked(free, "http://127.0.0.1:1/")
    assert set(book.rows) == {"a.example"}


def test_a_clock_that_was_set_back_silences_no_host():
    """P15."""
    book, fake = MemoryBook(), FakeTime()
    for year in (2022, 2032):
        pace = fake.pace(book=book, started=NOON.replace(year=year))
        asked(pace, "https://a.example/")
        pace.hold(parse("https://b.example/"), 429, 86400)
        pace.keep()
    back = FakeTime()
    pace = back.pace(book=book, started=NOON)
    assert pace.held("https://b.example/") is None
    asked(pace, "https://a.example/")
    assert back.slept == []


def test_a_pause_that_a_book_states_is_never_longer_than_settings_say():
    book, fake = MemoryBook(), FakeTime()
    book.keep("a.example", HostRow(asked=NOON, next_allowed=NOON + HOUR))
    asked(fake.pace(book=book, started=NOON), "https://a.example/")
    assert fake.slept == [2.5]


def test_the_time_of_day_goes_on_from_the_start_of_the_run():
    fake = FakeTime()
    pace = fake.pace(started=NOON)
    fake.now += 90
    assert pace.moment() == NOON + timedelta(seconds=90)


# ---- Retry-After


@pytest.mark.parametrize(
    ("hold", "status", "free", "held"),
    [
        ("domain", 429, ["https://b.example/", "https://paper.com.cn/"], ["http://www.a.com.cn:8080/x", "https://a.com.cn/feed"]),
        ("domain", 503, ["https://b.example/"], ["http://www.a.com.cn/x", "https://rss.a.com.cn/feed?b=1"]),
        ("host", 429, ["https://www.a.com.cn/", "http://rss.a.com.cn/"], ["https://rss.a.com.cn/feed", "https://rss.a.com.cn/x"]),
        ("url", 429, ["https://rss.a.com.cn/x", "https://rss.a.com.cn/feed?b=2"], ["https://rss.a.com.cn/feed?b=1"]),
    ],
)  # fmt: skip
def test_who_is_held_is_a_setting(hold, status, free, held):
    """P10."""
    pace = FakeTime().pace(hold=hold, started=NOON)
    pace.hold(parse("https://rss.a.com.cn/feed?b=1"), status, 3600)
    held = [*held, "https://rss.a.com.cn/feed?b=1"]
    assert {url: pace.held(url) for url in free + held} == dict.fromkeys(free) | dict.fromkeys(held, NOON + HOUR)


def test_on_private_hosts_a_429_holds_the_port_and_a_503_that_address_alone():
    """P10: a bridge answers for one of its routes."""
    pace = FakeTime().pace(private=("127.0.0.1", "nas.lan:80"), started=NOON)
    pace.hold(parse("http://127.0.0.1:1200/a"), 503, 3600)
    assert pace.held("http://127.0.0.1:1200/a") == NOON + HOUR
    assert pace.held("http://127.0.0.1:1200/b") is None
    pace.hold(parse("http://nas.lan/a"), 429, 3600)
    assert pace.held("http://nas.lan/b") == NOON + HOUR
    assert pace.held("http://127.0.0.1:1201/a") is None


def test_a_hold_is_in_force_for_all_threads_at_once_and_never_gets_shorter():
    fake = FakeTime()
    pace = fake.pace(started=NOON)
    hop = parse("https://a.example/")
    with pace.turn(hop):
        pace.hold(hop, 503, 7200)
        pace.hold(hop, 429, 60)
    with pytest.raises(HeldError) as caught, pace.turn(parse("https://www.a.example/other")):
        pass
    assert caught.value.until == NOON + 2 * HOUR
    assert caught.value.reason == "the server asked us to wait until 2022-01-07 14:00:00 UTC (503 Service Unavailable)"
    fake.now += 7200
    with pace.turn(hop):
        pass


def test_a_hold_outlives_a_restart():
    """P7, P10."""
    book = MemoryBook()
    pace = FakeTime().pace(book=book, started=NOON)
    pace.hold(parse("https://a.example/"), 429, 3600)
    pace.keep()
    again = FakeTime().pace(book=book, started=NOON + HOUR / 2)
    assert again.held("https://rss.a.example/") == NOON + HOUR
    assert again.held("nonsense") is None
    assert FakeTime().pace(book=book, started=NOON + HOUR).held("https://a.example/") is None
    assert book.rows == {}, "and is let go of"


def test_no_hold_is_longer_than_a_week():
    """P9."""
    pace = FakeTime().pace(started=NOON)
    pace.hold(parse("https://a.example/"), 429, 10**9)
    assert pace.held("https://a.example/") == NOON + timedelta(days=7)

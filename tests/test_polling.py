"""Many visits at once: one at a time per host, none waits for another host (P19, promise 5)."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from coranto.client import Client, Limits, Pace
from coranto.identity import Rules
from coranto.readers.parse import ParseContext
from coranto.readers.upstream import State, Visit, poll_all
from coranto.settings.values import Fetch, Upstream
from fetching import FEED
from loopback import http, loopback, raw

NOW = datetime(2022, 1, 7, 12, 0, 0, tzinfo=UTC)
SMALL = Limits(seconds=1, body=200_000, wire=200_000)
CAPTCHA = b"<!DOCTYPE html><html><head><title>Just a moment</title></head><body>Are you a robot?</body></html>"


def context(url):
    return ParseContext(source="k", url=url, zone=ZoneInfo("Asia/Shanghai"), rules=Rules())


def visits(urls):
    return [Visit(upstream=Upstream(url=url, key=url), state=State(), context=context(url)) for url in urls]


def test_ten_feeds_of_one_host_are_asked_one_by_one_with_a_pause():
    """P19."""

    def slow(asked):
        yield 0.02
        yield from http(FEED)(asked)

    done = []
    with loopback(slow) as server, Client(Fetch(private=("127.0.0.1",), pause=0.05), "1", SMALL) as client:
        due = visits(server.url(f"/{number}") for number in range(10))
        outcomes = list(poll_all(due, client, threads=8, clock=lambda: NOW, on_done=done.append))
    assert {outcome.source for outcome in outcomes} == {one.upstream.key for one in due}
    assert all(outcome.kind == "changed" for outcome in outcomes)
    assert done == outcomes
    assert server.most_in_flight == 1
    starts = [asked.at for asked in server.log]
    assert len(starts) == 10
    assert min(after - before for before, after in pairwise(starts)) >= 0.05


def test_hosts_do_not_wait_for_each_other(tmp_path):
    (tmp_path / "f.xml").write_bytes(FEED)
    together = threading.Barrier(3)

    def meet(asked):
        together.wait(5)
        yield from http(FEED)(asked)

    with loopback(meet) as one, loopback(meet) as two, loopback(meet) as three:
        due = visits([one.url(), two.url(), three.url()])
        due.append(replace(due[0], upstream=Upstream(url="f.xml", key="file:f.xml", path=tmp_path / "f.xml")))
        with Client(Fetch(private=("127.0.0.1",), pause=0), "1", Limits(seconds=8)) as client:
            outcomes = list(poll_all(due, client, threads=3, clock=lambda: NOW))
    assert [outcome.kind for outcome in outcomes] == ["changed"] * 4


def test_no_thread_waits_for_a_pause_while_another_host_may_be_asked():
    """One thread, two hosts: the pauses overlap."""
    fake = {"now": 0.0, "slept": []}

    def sleep(seconds):
        fake["slept"].append(round(seconds, 3))
        fake["now"] += seconds

    pace = Pace(1, ("127.0.0.1",), lambda: fake["now"], sleep)
    with loopback(http(FEED)) as one, loopback(http(FEED)) as two:
        due = visits([one.url("/1"), one.url("/2"), one.url("/3"), two.url("/1"), two.url("/2"), two.url("/3")])
        with Client(Fetch(private=("127.0.0.1",), pause=1), "1", SMALL, pace=pace) as client:
            assert len(list(poll_all(due, client, threads=1, clock=lambda: NOW))) == 6
    assert fake["slept"] == [1.0, 1.0]


def test_one_bad_feed_stops_nothing():
    """Promise 5."""
    answers = {"/a": http(FEED), "/b": http(b"", "500 Oh"), "/c": raw(b""), "/d": http(CAPTCHA), "/e": http(FEED)}
    with loopback(answers) as server, Client(Fetch(private=("127.0.0.1",), pause=0), "1", SMALL) as client:
        due = visits([server.url(path) for path in answers] + ["gopher://x", ""])
        outcomes = list(poll_all(due, client, threads=4, clock=lambda: NOW))
    assert sum(outcome.kind == "changed" for outcome in outcomes) == 2
    assert sum(outcome.kind == "failed" for outcome in outcomes) == 5


def test_who_stops_early_ends_what_is_under_way():
    def hang(asked):
        yield 0.0 if asked.target == "/0" else 5.0
        yield from http(FEED)(asked)

    start = time.monotonic()
    with loopback(hang) as one, loopback(hang) as two:
        due = visits([one.url("/0"), two.url("/1"), one.url("/2"), one.url("/3")])
        with Client(Fetch(private=("127.0.0.1",), pause=0), "1", Limits(seconds=20)) as client:
            outcomes = poll_all(due, client, threads=2, clock=lambda: NOW)
            assert next(outcomes).kind == "changed"
            outcomes.close()
        assert len(one.log) <= 2
    assert time.monotonic() - start < 3


def test_nothing_due_is_nothing_done():
    with Client(Fetch(), "1") as client:
        assert list(poll_all([], client, threads=8, clock=lambda: NOW)) == []

"""Many visits at once: one at a time per host, none waits for another host (P19, promise 5)."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from coranto.client import Client, HostRow, Limits, Pace
from coranto.client.book import MemoryBook
from coranto.identity import Rules
from coranto.readers.parse import ParseContext
from coranto.readers.polling import poll_all
from coranto.readers.upstream import State, Visit
from coranto.settings.values import Fetch, Upstream
from fetching import FEED, FakeTime
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


# ---- hosts that want to be left alone


class Domain:
    """Feeds of public hosts, asked through a proxy on a loopback address; time passes only in pauses."""

    def __init__(self, proxy, hold="domain"):
        self.book, self.held, self.proxy, self.hold = MemoryBook(), {}, proxy, hold

    def poll(self, urls, now=NOW, threads=4):
        """The outcomes by address; ``held`` says which were not asked, and until when."""
        self.held = {}
        self.time = FakeTime()
        pace = self.time.pace(hold=self.hold, book=self.book, started=now)
        fetch = Fetch(proxy=f"http://127.0.0.1:{self.proxy.port}")
        with Client(fetch, "1", SMALL, pace=pace) as client:
            outcomes = poll_all(visits(urls), client, threads=threads, clock=pace.moment, on_held=self._note)
            return {outcome.source: outcome for outcome in outcomes}

    def _note(self, visit, until, _begun):
        self.held[visit.upstream.url] = until


def test_a_held_domain_is_skipped_in_this_run_and_in_the_next():
    """P7, P10: no outcome, so no failure; and no thread waits for it."""
    first, rest = "http://rss.paper.example/1", [f"http://www.paper.example/{number}" for number in range(2, 9)]
    answers = {"": http(FEED), first: http(b"", "429 No", Retry_After="3600")}
    with loopback(answers) as proxy:
        domain = Domain(proxy)
        outcomes = domain.poll([first, *rest, "http://other.example/"])
        assert {url: (one.kind, one.retry_after) for url, one in outcomes.items()} == {
            first: ("failed", 3600),
            "http://other.example/": ("changed", -1),
        }
        assert domain.held == dict.fromkeys(rest, NOW + timedelta(hours=1))
        assert domain.time.now < 200, "nobody waited for the end of the hold"
        assert domain.poll(rest, NOW + timedelta(minutes=59)) == {}
        assert domain.held == dict.fromkeys(rest, NOW + timedelta(hours=1))
        assert len(proxy.log) == 2
        proxy.answers[first] = http(FEED)
        assert len(domain.poll([first, *rest], NOW + timedelta(hours=1))) == 8
        assert domain.held == {}


def test_a_redirect_into_a_held_domain_is_no_failure_either():
    """P10."""
    answers = {"": http(FEED), "http://a.example/": http(b"", "302 F", Location="http://cdn.example/a")}
    with loopback(answers) as proxy:
        domain = Domain(proxy)
        domain.book.keep("cdn.example", HostRow(asked=NOW, held_until=NOW + timedelta(hours=2), why="503"))
        assert domain.poll(["http://a.example/"]) == {}
        assert domain.held == {"http://a.example/": NOW + timedelta(hours=2)}
        assert [asked.target for asked in proxy.log] == ["http://a.example/"]


def test_feeds_of_one_domain_are_one_host_with_a_pause_over_restarts():
    """P19: 40 feeds of one domain, and again after a restart."""
    urls = [f"http://{number}.paper.example/" for number in range(40)]
    with loopback(http(FEED)) as proxy:
        domain = Domain(proxy)
        assert len(domain.poll(urls)) == 40
        assert domain.time.slept == [1.5] * 39
        after = NOW + timedelta(seconds=39 * 1.5)
        assert len(domain.poll(urls[:2], after)) == 2
        assert domain.time.slept == [1.5, 1.5]
    assert proxy.most_in_flight == 1


def test_a_visit_is_noted_in_the_book_before_it_begins():
    """P7."""
    seen = []

    def answer(asked):
        seen.append(dict(domain.book.rows))
        return http(FEED)(asked)

    with loopback(answer) as proxy:
        domain = Domain(proxy)
        domain.poll(["http://paper.example/"])
    assert seen == [{"paper.example": HostRow(asked=NOW, next_allowed=NOW + timedelta(seconds=2))}]


def test_an_operator_may_hold_one_address_alone():
    urls = ["http://paper.example/1", "http://paper.example/2"]
    with loopback({"": http(FEED), urls[0]: http(b"", "429 No", Retry_After="3600")}) as proxy:
        domain = Domain(proxy, hold="url")
        assert [domain.poll(urls, threads=1)[url].kind for url in urls] == ["failed", "changed"]
        assert domain.poll(urls).keys() == {urls[1]}
        assert domain.held.keys() == {urls[0]}

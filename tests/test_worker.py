"""The river, step by step, under a clock of our own: nobody is asked early, nothing is lost, nothing stalls."""

import importlib
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from coranto.store import StoreError
from loopback import http, loopback
from river import atom, item
from simulation import DAY, START, Simulation

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NEWS = atom(
    item("https://paper.example/1", link="https://paper.example/1", title="第一条", published="2026-03-01T20:00:00Z")
)


def site(urls, *, fetch="private: [127.0.0.1], pause: 0s", more="", every="1h"):
    lines = "".join(f"  - {{url: '{url}', category: news, every: {every}}}\n" for url in urls)
    return (
        'site: {title: 样站, url: "https://news.example/", tag: "news.example,2021", timezone: Asia/Shanghai}\n'
        f"upstreams:\n{lines}fetch: {{{fetch}}}\n{more}"
    )


class Seen:
    """Wraps an answer: when it was asked for, in simulated time."""

    def __init__(self, answer):
        self.answer, self.clock, self.at = answer, None, {}

    def __call__(self, asked):
        self.at.setdefault(asked.target, []).append(self.clock.now())
        return self.answer(asked)

    @property
    def times(self):
        return sorted(moment for times in self.at.values() for moment in times)


def simulated(folder, seen, urls, start=START, edition=MINUTE, **more):
    simulation = Simulation(folder, site(urls, **more), start, edition=edition)
    seen.clock = simulation.clock
    return simulation


def published(folder, category="news"):
    file = folder / "feeds" / category / "atom.xml"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def test_what_is_due_is_polled_once_and_published(tmp_path):
    seen = Seen(http(NEWS, ETag='"1"'))
    with loopback(seen) as server:
        one = simulated(tmp_path, seen, [server.url()])
        one.run(START + HOUR)
        assert "第一条" in published(tmp_path)
        assert len(seen.times) == 1
        one.run(START + DAY)
        one.close()
    assert min(b - a for a, b in pairwise(seen.times)) >= HOUR
    assert 4 <= len(seen.times) <= 24


def test_a_new_post_is_published_by_the_next_scans(tmp_path):
    (tmp_path / "posts").mkdir()
    one = Simulation(tmp_path, site([]).replace("upstreams:\n", ""), START)
    one.worker.publish(at_once=True)
    (tmp_path / "posts" / "2026-03-01-a.md").write_text(
        "---\ntitle: 新的一条\ndate: 2026-03-01 08:00:00\ncategories: news\n---\n正文。\n", encoding="utf-8"
    )
    for _ in range(3):
        one.clock.sleep(1)
        one.worker.scan()
    one.close()
    assert "新的一条" in published(tmp_path)


def test_a_post_dated_in_the_future_appears_when_its_time_has_come(tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "2026-03-02-a.md").write_text(
        "---\ntitle: 明天见\ndate: 2026-03-02 10:00:00 +0000\ncategories: news\n---\n正文。\n", encoding="utf-8"
    )
    one = Simulation(tmp_path, site([]).replace("upstreams:\n", ""), START)
    one.run(START + 9 * HOUR)
    assert "明天见" not in published(tmp_path)
    one.run(START + 10 * HOUR + 2 * MINUTE)
    one.close()
    assert "明天见" in published(tmp_path)


def test_two_hundred_feeds_of_one_host_are_never_asked_two_at_a_time(tmp_path):
    """P19: over a restart in the middle, too."""
    seen = Seen(http(NEWS, ETag='"1"'))
    urls = [f"http://n{number}.paper.example/feed" for number in range(200)]
    with loopback(seen) as proxy:
        fetch = f"proxy: 'http://127.0.0.1:{proxy.port}', threads: 16"
        one = simulated(tmp_path, seen, urls, fetch=fetch)
        one.begin_work(60)
        one.restart()
        one.run(START + 2 * HOUR)
        one.close()
        assert proxy.most_in_flight == 1
    assert len(seen.at) == 200
    assert min(b - a for a, b in pairwise(seen.times)) >= timedelta(seconds=1.5)
    for times in seen.at.values():
        assert all(b - a >= HOUR for a, b in pairwise(times))


def test_two_lines_of_one_source_in_the_queue_are_one_visit(tmp_path):
    """P21: a look while the visit still waits for its turn adds no second one."""
    seen = Seen(http(NEWS))
    urls = [f"http://n{number}.paper.example/feed" for number in range(20)]
    with loopback(seen) as proxy:
        one = simulated(tmp_path, seen, urls, fetch=f"proxy: 'http://127.0.0.1:{proxy.port}'")
        for _ in range(5):
            one.worker.look()
        while one.worker.busy:
            one.worker.look()
            one.worker.work()
        one.close()
    assert all(len(times) == 1 for times in seen.at.values())


@pytest.mark.parametrize("crash", [False, True], ids=["stop", "kill -9 after the answer"])
def test_twenty_restarts_cost_no_request(tmp_path, crash):
    """P7."""
    seen = Seen(http(NEWS, ETag='"1"'))
    with loopback(seen) as server:
        one = simulated(tmp_path, seen, [server.url(f"/{number}") for number in range(8)])
        for _ in range(20):
            one.worker.look()
            one.worker._poller.begin()
            one.restart(crash=crash)
            one.clock.sleep(120)
        one.run(START + 3 * HOUR)
        one.close()
    for times in seen.at.values():
        assert all(b - a >= HOUR for a, b in pairwise(times))
    assert len(seen.at) == 8
    assert "第一条" in published(tmp_path)


def hourly(seen):
    """A paper that says something new each hour."""

    def answer(asked):
        now = seen.clock.now()
        hours = [now.replace(minute=0) - number * HOUR for number in range(5)]
        links = [f"https://paper.example{asked.target}/{moment:%Y%m%d%H}" for moment in hours]
        return http(
            atom(
                *(
                    item(link, link=link, title=link, published=f"{at:%Y-%m-%dT%H:%M:%SZ}")
                    for link, at in zip(links, hours, strict=True)
                )
            )
        )(asked)

    return answer


@pytest.mark.parametrize("step", [DAY, -DAY, 3650 * DAY, -3650 * DAY], ids=["day", "day back", "years", "years back"])
def test_a_step_of_the_clock_costs_one_request_more_and_no_silence_r5(tmp_path, step):
    """P15: by elapsed time each source is asked within two intervals and at most once extra."""
    seen = Seen(None)
    seen.answer = hourly(seen)
    start = START.replace(year=2036)
    with loopback(seen) as server:
        one = simulated(tmp_path, seen, [server.url(f"/{number}") for number in range(5)], start, edition=3 * HOUR)
        one.run(start + DAY / 2)
        before = {target: len(times) for target, times in seen.at.items()}
        one.clock.set(step)
        one.worker.clock_was_set()
        one.run(one.clock.now() + 2.5 * HOUR)
        one.close()
    for target, count in before.items():
        assert count + 1 <= len(seen.at[target]) <= count + 1 + 3


def test_a_hold_outlives_a_step_of_the_clock_p9_p15(tmp_path):
    """Whoever asked for two hours gets two hours of real time."""
    seen = Seen(http(b"", "429 No", Retry_After="7200"))
    urls = [f"http://n{number}.paper.example/feed" for number in range(2)]
    with loopback(seen) as proxy:
        one = simulated(tmp_path, seen, urls, fetch=f"proxy: 'http://127.0.0.1:{proxy.port}'")
        one.run(START + MINUTE)
        assert len(seen.times) == 1
        one.clock.set(DAY)
        one.worker.clock_was_set()
        one.run(one.clock.now() + 110 * MINUTE)
        assert len(seen.times) == 1
        one.run(one.clock.now() + 3 * HOUR)
        one.close()
    assert len(seen.times) > 1


def test_a_sleep_of_three_days_is_one_missed_run_r6(tmp_path):
    seen = Seen(http(NEWS, ETag='"1"'))
    with loopback(seen) as server:
        one = simulated(tmp_path, seen, [server.url(f"/{number}") for number in range(5)])
        one.run(START + HOUR)
        one.clock.sleep(3 * 86400)
        asked = len(seen.times)
        one.run(one.clock.now() + 5 * MINUTE)
        one.close()
    assert len(seen.times) == asked + 5


def test_who_skips_an_hour_is_not_asked_in_it_though_he_was_due_before_p11(tmp_path):
    """Forty feeds of one host, due a minute before the hour that they skip: the queue reaches into it."""
    skips = b'<rss version="2.0"><channel><title>t</title><skipHours><hour>1</hour></skipHours></channel></rss>'
    seen = Seen(http(skips, ETag='"1"'))
    urls = [f"http://n{number}.paper.example/feed" for number in range(40)]
    with loopback(seen) as proxy:
        one = simulated(tmp_path, seen, urls, fetch=f"proxy: 'http://127.0.0.1:{proxy.port}'")
        one.run(START + 5 * MINUTE)
        for source in one.store.sources.ids().values():
            one.store.sources.postpone(source, START + HOUR - 0.5 * MINUTE, "every")
        one.clock.sleep_until(START + HOUR - 0.5 * MINUTE)
        one.run(START + 4 * HOUR)
        one.close()
    assert all(moment.hour != 1 for moment in seen.times)
    assert all(len(times) >= 2 for times in seen.at.values())


def test_a_failing_source_is_told_once_and_then_daily_r26(tmp_path):
    seen = Seen(http(b"", "500 Oh"))
    with loopback(seen) as server:
        one = simulated(tmp_path, seen, [server.url("/a")])
        one.run(START + 3 * DAY)
        told = [line for line in one.lines if "event=source" in line]
        seen.answer = http(NEWS)
        one.run(START + 5 * DAY)
        one.close()
    assert len(seen.times) > 6
    assert 3 <= len(told) <= 4
    assert all("state=failing" in line and "500" in line for line in told)
    assert [line for line in one.lines if "event=source state=ok" in line]


def test_new_settings_find_the_visits_that_wait_still_due(tmp_path):
    seen = Seen(http(NEWS, ETag='"1"'))
    urls = [f"http://n{number}.paper.example/feed" for number in range(10)]
    with loopback(seen) as proxy:
        one = simulated(tmp_path, seen, urls, fetch=f"proxy: 'http://127.0.0.1:{proxy.port}'")
        one.begin_work(3)
        one.worker.drain()
        one.worker.look()
        while one.worker.busy:
            one.worker.work()
        assert len(seen.times) < 10
        one.restart()
        one.run(START + HOUR / 2)
        one.close()
    assert {urlsplit(target).hostname for target in seen.at} == {urlsplit(url).hostname for url in urls}
    assert len(seen.times) == 10


def test_who_asked_for_a_day_gets_it_though_a_visit_was_broken_off_p7_p8(tmp_path):
    """max-age of twelve hours; kill -9 in the middle of the next visit: nobody is asked an hour later."""
    seen = Seen(http(NEWS, ETag='"1"', Cache_Control="max-age=43200"))
    with loopback(seen) as server:
        one = simulated(tmp_path, seen, [server.url()])
        one.run(START + 14 * HOUR)
        assert len(seen.times) == 2
        one.clock.sleep_until(START + 28 * HOUR)
        one.worker.look()
        one.worker._poller.begin()
        one.restart(crash=True)
        one.run(START + 48 * HOUR)
        one.close()
    assert min(b - a for a, b in pairwise(seen.times)) >= 12 * HOUR


def test_whose_redirect_led_to_a_held_host_is_not_asked_again_when_the_hold_is_over_p4(tmp_path):
    first, second, shared = "http://a.example/", "http://b.example/", "http://cdn.example/"
    answers = {
        first: Seen(http(b"", "302 Found", Location=shared)),
        shared: http(NEWS),
        second: http(b"", "302 Found", Location="http://cdn.example/busy"),
        "http://cdn.example/busy": http(b"", "429 No", Retry_After="120"),
    }
    with loopback(answers) as proxy:
        one = simulated(
            tmp_path, answers[first], [second, first], fetch=f"proxy: 'http://127.0.0.1:{proxy.port}', threads: 1"
        )
        one.run(START + 3 * HOUR)
        one.close()
    assert len(answers[first].times) > 1
    assert all(b - a >= HOUR for a, b in pairwise(answers[first].times))


@pytest.mark.parametrize("what", ["coranto.worker.may_begin", "coranto.worker.take_outcome"])
def test_a_store_that_cannot_be_written_for_a_while_costs_no_source_its_polls(tmp_path, monkeypatch, what):
    """A full disk, in the moment before a visit or after it: who was in the queue is asked all the same."""
    seen = Seen(http(NEWS, ETag='"1"'))
    urls = [f"http://n{number}.paper.example/feed" for number in range(6)]
    with loopback(seen) as proxy:
        one = simulated(tmp_path, seen, urls, fetch=f"proxy: 'http://127.0.0.1:{proxy.port}'")
        broken, trouble = [3], StoreError("the store: disk is full")

        def full(*given):
            if broken[0]:
                broken[0] -= 1
                raise trouble
            return undisturbed(*given)

        undisturbed = getattr(importlib.import_module("coranto.worker"), what.rpartition(".")[2])
        monkeypatch.setattr(what, full)
        for _ in range(20):
            with suppress(StoreError):
                one.worker.look()
                one.worker.work()
        one.run(START + 3 * HOUR)
        one.close()
    assert len(seen.at) == 6
    assert "第一条" in published(tmp_path)
    for times in seen.at.values():
        assert all(b - a >= HOUR for a, b in pairwise(times))

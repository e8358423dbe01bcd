"""One request at a time per host, and a pause (P19)."""

import threading

from coranto.client import Limits, Pace
from coranto.settings.values import Fetch
from fetching import FEED, client
from loopback import http, loopback


class FakeTime:
    def __init__(self):
        self.now, self.slept = 100.0, []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(round(seconds, 3))
        self.now += seconds


def test_a_pause_lies_between_two_starts_to_one_host():
    """P19: 1.5 s at least, whatever settings say; only private hosts that settings name may be asked faster."""
    from coranto.client.address import parse

    fake = FakeTime()
    pace = Pace(0.2, ("127.0.0.1",), fake.clock, fake.sleep)
    for url in [
        "https://a.example/1",
        "http://A.example:8080/2",
        "http://b.example/",
        "http://127.0.0.1:1/",
        "http://127.0.0.1:2/",
        "http://127.0.0.1:1/x",
    ]:
        with pace.turn(parse(url)):
            pass
    assert fake.slept == [1.5, 0.2]
    assert pace.host("http://127.0.0.1:1/x") == "127.0.0.1:1"
    assert pace.host("HTTP://A.example/") == "a.example"
    assert pace.host("no address") == ""
    assert pace.delay("a.example") > 0


def test_a_redirects_target_has_a_turn_of_its_own():
    fetch = Fetch(private=("127.0.0.1",), pause=0.5)
    answers = {"/a": http(b"", "302 F", Location="/b"), "/b": http(FEED)}
    with loopback(answers) as server, client(Limits(seconds=0.4), fetch=fetch) as out:
        out.get(server.url("/a"))  # the wait for the turn does not count for the deadline
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

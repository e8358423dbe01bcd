"""What the tests of the client share: small limits, and one request at a time."""

import pytest

from coranto.client import Client, FetchError, Limits, Pace
from coranto.settings.values import Fetch
from loopback import loopback

LOCAL = Fetch(private=("127.0.0.1", "localhost"), pause=0)
SMALL = Limits(seconds=5, body=100_000, wire=50_000, headers=20_000)
SHORT = Limits(seconds=0.4, body=100_000, wire=50_000, headers=20_000)  # where the deadline is what is tested
FEED = b"<?xml version='1.0'?><rss version='2.0'><channel><title>\xe5\xb9\xbf\xe5\xb7\x9e</title></channel></rss>"


def client(limits=SMALL, fetch=LOCAL, **more):
    return Client(fetch, "1.2", limits, **more)


def fetched(answer, limits=SMALL, path="/feed", **more):
    """One GET, and what the server saw of it."""
    with loopback(answer) as server, client(limits) as out:
        return out.get(server.url(path), **more), server.log


def error_of(answer, limits=SMALL, path="/feed"):
    with loopback(answer) as server, client(limits) as out:
        with pytest.raises(FetchError) as caught:
            out.get(server.url(path))
        assert server.url(path) in str(caught.value)
        assert "\n" not in caught.value.reason
        return caught.value


class FakeTime:
    """A clock that moves when somebody sleeps."""

    def __init__(self, now=100.0):
        self.now, self.slept = now, []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(round(seconds, 3))
        self.now += seconds

    def pace(self, pause=1.5, private=(), **more):
        return Pace(pause, private, self.clock, self.sleep, **more)

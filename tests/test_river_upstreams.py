"""A whole run over the network (loopback): validators, due times, failures, and what stays published meanwhile."""

from datetime import timedelta

import pytest

from loopback import http, loopback, raw
from river import Site, item

DAY = timedelta(days=1)


def atom(*items):
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        "<id>https://paper.example/feed</id><title>江城报</title><updated>2022-01-07T00:00:00Z</updated>"
        f"{''.join(items)}</feed>"
    ).encode()


FIRST = atom(item("https://paper.example/1", link="https://paper.example/1", title="第一条"))
SECOND = atom(
    item("https://paper.example/1", link="https://paper.example/1", title="第一条"),
    item("https://paper.example/2", link="https://paper.example/2", title="第二条", published="2022-01-07T15:00:00Z"),
)


class OneUpstream(Site):
    """A site with one upstream at an address, and posts."""

    address = ""

    def settings(self):
        self.extra = (
            f"fetch: {{private: [127.0.0.1], pause: 0s}}\nupstreams:\n  - {{url: '{self.address}', category: news}}\n"
        )
        return super().settings()


@pytest.fixture
def site(tmp_path):
    return OneUpstream(tmp_path)


def test_an_upstream_is_polled_when_due_and_conditionally(site):
    with loopback(http(FIRST, ETag='W/"a b"', Last_Modified="yesterday")) as server:
        site.address = server.url()
        assert site.build().subscriptions.changed == 1
        report = site.build(later=timedelta(minutes=1))
        assert (report.subscriptions.polled, report.subscriptions.not_due) == (0, 1)
        server.answers[""] = http(b"", "304 Not Modified")
        report = site.build(later=DAY)
    assert report.subscriptions.not_modified == 1
    assert server.log[1].headers["If-None-Match"] == 'W/"a b"'
    assert server.log[1].headers["If-Modified-Since"] == "yesterday"
    assert site.titles("news") == ["第一条"]


def test_an_unchanged_body_is_not_parsed_and_the_new_validator_is_kept(site):
    with loopback(http(FIRST, ETag='"1"')) as server:
        site.address = server.url()
        site.build()
        server.answers[""] = http(FIRST, ETag='"2"')
        assert site.build(later=DAY).subscriptions.not_modified == 1
        site.build(later=DAY)
    assert server.log[2].headers["If-None-Match"] == '"2"'


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http(b"<html><title>Are you human?</title></html>", Content_Type="text/html"), "a page"),
        (http(b"nope", "500 Internal Server Error"), "500"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + FIRST), "too early"),
        (http(FIRST[:-20]), "cut"),
        (http(atom()), ""),
        (raw(), ""),
    ],
    ids=["captcha R13", "500 R10", "short body R14", "root that does not end R14", "empty feed R15", "closed"],
)
def test_whatever_comes_the_last_good_stories_stay(site, answer, kind):
    with loopback(http(SECOND)) as server:
        site.address = server.url()
        site.build()
        before = site.files()
        server.answers[""] = answer
        report = site.build(later=DAY)
    assert site.files() == before
    if kind:
        (failure,) = report.subscriptions.failed
        assert failure.where == site.address
        assert kind.casefold() in failure.error.casefold()


def test_a_failing_upstream_counts_only_when_polled_and_backs_off(site):
    with loopback(http(b"", "500 Internal Server Error")) as server:
        site.address = server.url()
        assert len(site.build().subscriptions.failed) == 1
        report = site.build(later=timedelta(minutes=5))
        assert (report.subscriptions.failed, report.subscriptions.not_due) == ([], 1)
    assert len(server.log) == 1


def test_gone_is_gone_p14(site):
    with loopback(http(b"", "410 Gone")) as server:
        site.address = server.url()
        site.build()
        for _ in range(3):
            site.build(later=DAY)
    assert len(server.log) == 1


def test_offline_and_dry_runs_send_nothing_p30(site):
    with loopback(http(FIRST)) as server:
        site.address = server.url()
        site.build(offline=True)
        report = site.build(dry_run=True)
    assert server.log == []
    assert report.subscriptions.due == [site.address]


def test_an_upstream_that_loses_items_loses_no_story_r15(site):
    with loopback(http(SECOND)) as server:
        site.address = server.url()
        site.build()
        server.answers[""] = http(FIRST)
        site.build(later=DAY)
    assert site.titles("news") == ["第二条", "第一条"]

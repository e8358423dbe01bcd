"""A whole run over the network (loopback): validators, due times, failures, and what stays published meanwhile."""

from datetime import timedelta

import pytest

from loopback import http, loopback, raw
from river import OneUpstream, atom, item

DAY = timedelta(days=1)


FIRST = atom(item("https://paper.example/1", link="https://paper.example/1", title="第一条"))
SECOND = atom(
    item("https://paper.example/1", link="https://paper.example/1", title="第一条"),
    item("https://paper.example/2", link="https://paper.example/2", title="第二条", published="2022-01-07T15:00:00Z"),
)


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


# ---- when to look again


def state(site):
    """What the store remembers of the one upstream."""
    with site.store() as store:
        return store.sources.subscription(max(store.sources.ids().values()))


def test_twenty_restarts_in_an_hour_send_nothing_p7(site):
    with loopback(http(FIRST, ETag='"1"')) as server:
        site.address = server.url()
        for _ in range(20):
            site.build(later=timedelta(minutes=2, seconds=50))
    assert len(server.log) == 1


def test_a_crash_after_the_answer_stores_all_of_it_or_nothing_p7(site, monkeypatch):
    class Crash(BaseException):
        """As kill -9: nothing may catch it."""

    def crash(*_):
        raise Crash

    with loopback(http(SECOND, ETag='"1"')) as server:
        site.address = server.url()
        with monkeypatch.context() as patch:
            patch.setattr("coranto.store.sources.Sources.keep_subscription", crash)
            with pytest.raises(Crash):
                site.build()
        assert site.rows() == []
        site.build(later=timedelta(minutes=59))
        assert len(server.log) == 1, "asked early, after a crash"
        site.build(later=timedelta(minutes=5))
        site.build(later=timedelta(minutes=1))
    assert site.titles("news") == ["第二条", "第一条"]
    assert len(server.log) == 2
    assert "If-None-Match" not in server.log[1].headers


@pytest.mark.parametrize("step", [DAY, -DAY, 3650 * DAY, -3650 * DAY])
def test_a_step_of_the_clock_costs_one_request_and_no_silence_p15(site, step):
    """R5: a paper that says something new each hour."""
    with loopback(http(FIRST, ETag='"1"')) as server:
        site.address = server.url()
        for number in range(6):
            link = f"https://paper.example/{number}"
            server.answers[""] = http(
                atom(item(link, link=link, title=link, published=f"{site.now:%Y-%m-%dT%H:%M:%SZ}"))
            )
            site.build(later=timedelta(minutes=70))
        before = len(server.log)
        site.build(later=step)
        assert len(server.log) <= before + 1
        site.build(later=timedelta(minutes=1))
        assert len(server.log) <= before + 1
        site.build(later=timedelta(hours=2))
        assert len(server.log) >= before + 1
        site.build(later=-step + timedelta(minutes=5))
        site.build(later=timedelta(minutes=1))
        assert len(server.log) <= before + 3


def test_a_dead_feed_is_asked_once_a_day_p12(site):
    with loopback(http(atom(item("a", title="旧闻", published="2019-01-07T15:00:00Z")), ETag='"1"')) as server:
        site.address = server.url()
        for _ in range(24 * 4):
            site.build(later=timedelta(hours=1))
    assert len(server.log) == 4
    assert (state(site).reason, state(site).rhythm) == ("rhythm", 24 * 3600)


def test_max_age_is_kept_through_a_304_without_it_p8(site):
    with loopback(http(FIRST, ETag='"1"', Cache_Control="max-age=43200")) as server:
        site.address = server.url()
        site.build()
        server.answers[""] = http(b"", "304 Not Modified")
        for _ in range(24):
            site.build(later=timedelta(hours=1))
    assert len(server.log) == 2
    assert state(site).reason == "max-age"


def test_what_status_says_of_failures_and_news(site):
    with loopback(http(FIRST)) as server:
        site.address = server.url()
        site.build()
        good = site.now
        server.answers[""] = http(b"", "500 Internal Server Error")
        site.build(later=DAY)
        since = site.now
        site.build(later=DAY)
        known = state(site)
        assert (known.errors, known.failing_since, known.last_good) == (2, since, good)
        assert known.last_new == site.now.replace(day=7, hour=14, minute=39, second=30)
        server.answers[""] = http(SECOND)
        site.build(later=DAY)
    assert (state(site).failing_since, state(site).last_new, state(site).errors) == (None, site.now, 0)


def test_an_upstream_file_is_read_at_every_build(site):
    site.address = "up/a.xml"
    site.feed("a", item("a", title="旧闻", published="2019-01-07T15:00:00Z"))
    site.upstreams.clear()
    for _ in range(3):
        assert site.build(later=timedelta(0)).subscriptions.polled == 1


# ---- moved

RELATIVE = atom(item("urn:a", link="news/1", title="第一条", published="2022-01-07T15:00:00Z"))


def moves(body=RELATIVE, status="301 Moved Permanently"):
    return {"/old/feed": http(b"", status, Location="/new/feed"), "/new/feed": http(body, ETag='"1"')}


def targets(server):
    return [asked.target for asked in server.log]


def test_a_feed_that_moved_is_polled_there_after_a_week_and_nothing_shows_it_p16(site):
    """The day it is believed, no entry changes: neither its links nor the name of its source."""
    with loopback(moves()) as server:
        site.address = server.url("/old/feed")
        for _ in range(9):
            site.build(later=DAY)
        before = site.files()
        assert targets(server)[-1] == "/new/feed"
        assert state(site).moved_to == server.url("/new/feed")
        server.log.clear()
        server.answers["/new/feed"] = http(RELATIVE + b"\n", ETag='"2"')  # parsed anew
        for _ in range(3):
            site.build(later=DAY)
        assert targets(server) == ["/new/feed"] * 3
        assert site.files() == before
        assert server.url("/new/news/1") in before["news/feed.json"].decode()


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary Redirect"])
def test_a_temporary_redirect_is_never_stored_p16(site, status):
    with loopback(moves(status=status)) as server:
        site.address = server.url("/old/feed")
        for _ in range(10):
            site.build(later=DAY)
    assert targets(server) == ["/old/feed", "/new/feed"] * 10
    assert state(site).notice == ""


def test_a_target_that_is_no_feed_is_never_believed_p17(site):
    with loopback(moves(b"<html><title>Sign in</title></html>")) as server:
        site.address = server.url("/old/feed")
        for _ in range(10):
            site.build(later=DAY)
    assert (state(site).moved_to, state(site).moving_to) == ("", "")


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_when_the_old_address_is_no_more_the_new_one_is_polled_p16(site, status):
    with loopback(moves()) as server:
        site.address = server.url("/old/feed")
        site.build()
        server.answers["/old/feed"] = http(b"", status)
        for _ in range(3):
            site.build(later=DAY)
    assert targets(server) == ["/old/feed", "/new/feed", "/old/feed", "/new/feed", "/new/feed"]
    assert (state(site).errors, state(site).gone) == (0, False)


def test_a_new_address_that_fails_gives_way_to_the_configured_one_p16(site):
    with loopback(moves()) as server:
        site.address = server.url("/old/feed")
        for _ in range(9):
            site.build(later=DAY)
        server.answers |= {"/new/feed": http(b"", "410 Gone"), "/old/feed": http(RELATIVE)}
        server.log.clear()
        site.build(later=DAY)
        site.build(later=DAY)
    assert targets(server) == ["/new/feed", "/old/feed"]
    assert (state(site).errors, state(site).gone, state(site).moved_to) == (0, False, "")


@pytest.mark.parametrize(("status", "asked"), [("301 Moved Permanently", 1), ("302 Found", 3)])
def test_only_who_says_so_himself_or_moved_for_good_is_gone_p14(site, status, asked):
    answers = {"/old": http(b"", status, Location="/new"), "/new": http(b"", "410 Gone")}
    with loopback(answers) as server:
        site.address = server.url("/old")
        for _ in range(3):
            site.build(later=2 * DAY)
    assert targets(server).count("/old") == asked

"""WebSub: feeds name their hub, and a build tells it of what changed, once, and never waits long for it."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from lxml import etree

import feeds
from coranto.hub import ATTEMPTS, BATCH, wait
from golden import assert_golden
from hubs import Publishing, heard, topics
from judge import WRITE, A, assert_valid
from loopback import http, loopback, raw

HUB = "https://hub.example/"
MINUTE = timedelta(minutes=1)
TAKEN = http(b"", "204 No Content")


@pytest.fixture
def told(tmp_path):
    """A site and its hub, which takes everything."""
    with loopback({"": TAKEN}) as server:
        yield Publishing(tmp_path, server.url("/")), server


# -- what the documents say


def test_every_format_names_the_hub():
    feed = feeds.feed(feeds.story(1), hub=HUB)
    assert_valid(feed)
    for name, write in WRITE.items():
        assert_golden(f"hub/{name}", write(feed))
    atom, rss = (etree.fromstring(WRITE[name](feed)) for name in ("atom", "rss"))
    assert [link.get("href") for link in atom.findall(f"{A}link[@rel='hub']")] == [HUB]
    assert atom.findall(f"{A}link")[-1].get("rel") == "alternate"
    assert [link.get("href") for link in rss.findall(f"channel/{A}link[@rel='hub']")] == [HUB]
    assert rss.findtext("channel/link") == feed.base
    assert json.loads(WRITE["json"](feed))["hubs"] == [{"type": "WebSub", "url": HUB}]


@pytest.mark.parametrize(
    ("hub", "shown"),
    [
        ("https://me:secret@例子.example/a b?x=1&y=2", "https://xn--fsqu00a.example/a%20b?x=1&y=2"),
        ("javascript:alert(1)", None),
        ("ftp://hub.example/", None),
        ("https://[broken/", None),
    ],
)
def test_an_address_of_a_hub_is_shown_valid_without_a_login_or_not_at_all(hub, shown):
    feed = feeds.feed(feeds.story(1), hub=hub)
    assert_valid(feed)
    for write in WRITE.values():
        assert b"secret" not in write(feed)
        assert (b"hub" in write(feed)) == bool(shown)
    assert json.loads(WRITE["json"](feed)).get("hubs") == ([{"type": "WebSub", "url": shown}] if shown else None)


# -- when it is told


def test_a_hub_is_told_of_the_documents_whose_bytes_changed_and_of_nothing_else(told):
    site, server = told
    site.feeds = ", compress: true"
    site.post("posts/2022-01-07-a.md", category="a")
    site.post("posts/2022-01-07-b.md", category="b", title="另一条", link="https://x.example/2")
    report = site.build()
    assert (report.hub.told, report.hub.waiting, report.hub.failed) == (9, 0, [])
    assert heard(server) == [topics("a", "all", "b")]
    site.post("posts/2022-01-07-b.md", category="b", title="另一条", link="https://x.example/2", text="改过。")
    assert site.build().hub.told == 6
    assert heard(server)[1:] == [topics("all", "b")]
    assert site.pings() == []


def test_a_build_that_changes_nothing_tells_nobody(told):
    site, server = told
    site.post("posts/2022-01-07-a.md")
    site.build()
    assert site.build().hub.told == 0
    (site.folder / "feeds/all/atom.xml").unlink()
    assert site.build().feeds.written == ["all/atom.xml"]
    assert len(server.log) == 1, "the same bytes as before are no news"


def test_the_topic_is_the_self_link_letter_by_letter(told):
    site, server = told
    site.post("posts/2022-01-07-a.md", category="港区(新)")
    site.build()
    links = [
        etree.fromstring(data).findtext(f"{A}link") or etree.fromstring(data).find(f"{A}link[@rel='self']").get("href")
        for path, data in site.files().items()
        if path.endswith("atom.xml")
    ]
    assert sorted(links) == [one for one in heard(server)[0] if one.endswith("atom.xml")]


@pytest.mark.parametrize("options", [{"offline": True}, {"dry_run": True}])
def test_without_network_nobody_is_told_and_the_next_build_does_it(told, options):
    site, server = told
    site.post("posts/2022-01-07-a.md", category="a")
    report = site.build(**options)
    assert report.hub.told == 0
    assert report.hub.waiting == (6 if "offline" in options else 0)
    assert not server.log
    assert site.build().hub.told == 6


def test_without_a_hub_nothing_is_noted(told):
    site, server = told
    site.hub = ""
    site.post("posts/2022-01-07-a.md")
    report = site.build()
    assert (report.hub.told, report.hub.waiting, site.pings(), server.log) == (0, 0, [], [])


def test_a_new_hub_is_told_of_every_feed_and_an_old_one_of_nothing_more(told):
    site, server = told
    site.hub = "http://127.0.0.1:9/"
    site.post("posts/2022-01-07-a.md", category="a")
    site.build()
    site.hub = server.url("/")
    report = site.build(later=MINUTE)
    assert report.feeds.written
    assert server.url("/").encode() in site.files()["a/rss.xml"]
    assert heard(server) == [topics("a", "all")]
    site.hub = ""
    assert not site.build().hub.waiting
    assert b"hub" not in site.files()["a/rss.xml"]
    assert len(server.log) == 1


def test_a_hub_that_is_taken_away_takes_what_waits_with_it(told):
    site, server = told
    site.post("posts/2022-01-07-a.md")
    site.build(offline=True)
    assert site.pings()
    site.hub = ""
    site.build(offline=True)
    assert site.pings() == []
    assert not server.log


def test_many_documents_are_told_in_few_requests(told):
    site, server = told
    for number in range(40):
        site.post(
            f"posts/2022-01-07-{number}.md",
            category=f"c{number}",
            title=f"第{number}条",
            link=f"https://x.example/{number}",
        )
    assert site.build().hub.told == 123
    requests = heard(server)
    assert [len(one) for one in requests] == [BATCH, BATCH, 23]
    assert sorted(topic for one in requests for topic in one) == topics("all", *(f"c{number}" for number in range(40)))


# -- a hub in trouble


@pytest.mark.parametrize("status", ["500 Oh", "404 Not Found", "429 Too Many Requests", "301 Moved"])
def test_a_hub_that_fails_is_told_later_and_is_no_failure_of_the_build(tmp_path, status):
    with loopback({"": http(b"", status, Location="/x" if status.startswith("3") else "")}) as server:
        site = Publishing(tmp_path, server.url("/"))
        site.post("posts/2022-01-07-a.md")
        report = site.build()
        assert (report.hub.told, report.hub.waiting, report.failures) == (0, 6, [])
        (failure,) = report.hub.failed
        assert failure.where == server.url("/")
        assert status[:3] in failure.error
        assert [(one.attempts, one.error[:12]) for one in site.pings()] == [(1, f"answered {status[:3]}")] * 6
        server.answers[""] = TAKEN
        assert site.build(later=MINUTE / 2).hub.told == 0
        assert site.build(later=MINUTE).hub.told == 6
        assert len(server.log) == 2


def test_the_wait_doubles_from_a_minute_to_six_hours_and_ends_after_two_days():
    waits = [wait(attempts) for attempts in range(1, ATTEMPTS)]
    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert max(waits) == timedelta(hours=6)
    assert timedelta(days=2) <= sum(waits, timedelta()) < timedelta(days=2.5)


def test_a_hub_that_never_answers_well_is_let_go_and_the_next_change_begins_anew(tmp_path):
    with loopback({"": http(b"", "500 Oh")}) as server:
        site = Publishing(tmp_path, server.url("/"))
        site.post("posts/2022-01-07-a.md")
        reports = [site.build(later=timedelta(hours=7)) for _ in range(ATTEMPTS + 2)]
        assert len(server.log) == ATTEMPTS
        assert "6 documents are let go" in reports[ATTEMPTS - 1].hub.failed[0].error
        assert site.pings() == []
        site.post("posts/2022-01-07-a.md", text="改过。")
        server.answers[""] = TAKEN
        assert site.build().hub.told == 6


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable", "500 Oh", "403 Forbidden"])
def test_retry_after_is_obeyed(tmp_path, status):
    with loopback({"": http(b"", status, Retry_After="7200")}) as server:
        site = Publishing(tmp_path, server.url("/"))
        site.post("posts/2022-01-07-a.md")
        site.build()
        server.answers[""] = TAKEN
        site.post("posts/2022-01-07-a.md", text="改过。")
        assert site.build().hub.told == 0
        assert site.build(later=timedelta(minutes=55)).hub.told == 0
        assert len(server.log) == 1
        assert site.build(later=timedelta(minutes=10)).hub.told == 6


def test_a_document_that_changes_while_it_waits_is_one_ping(tmp_path):
    with loopback({"": http(b"", "500 Oh")}) as server:
        site = Publishing(tmp_path, server.url("/"))
        for text in ("一", "二", "三"):
            site.post("posts/2022-01-07-a.md", text=text, category="a")
            site.build(later=timedelta(seconds=10))
        assert len(server.log) == 1
        server.answers[""] = TAKEN
        site.build()
        assert heard(server)[1:] == [topics("a", "all")]


def test_a_hub_in_trouble_is_asked_once_and_not_for_every_fifty_documents(tmp_path):
    with loopback({"": http(b"", "500 Oh")}) as server:
        site = Publishing(tmp_path, server.url("/"))
        for number in range(40):
            site.post(f"posts/2022-01-07-{number}.md", category=f"c{number}", title=f"第{number}条")
        for _ in range(3):
            site.build(later=timedelta(seconds=20))
        assert len(server.log) == 1
        assert {one.attempts for one in site.pings()} == {1}


def test_a_hub_that_hangs_holds_a_build_up_for_a_moment_only(tmp_path, monkeypatch):
    """The time that it gets is real; here it is a tenth."""
    monkeypatch.setattr("coranto.hub.LONGEST", 1.0)
    monkeypatch.setattr("coranto.hub._SHORTEST", 0.2)
    with loopback({"": raw(60.0)}) as server:
        site = Publishing(tmp_path, server.url("/"))
        site.post("posts/2022-01-07-a.md")
        started = time.monotonic()
        report = site.build()
        assert time.monotonic() - started < 3
        assert "all/atom.xml" in report.feeds.written
        assert (report.hub.told, report.hub.waiting, len(report.hub.failed)) == (0, 6, 1)
        server.answers[""] = TAKEN
        assert site.build().hub.told == 6


def test_a_request_that_does_not_end_by_itself_is_left_behind(tmp_path, monkeypatch):
    """Such as a handshake that drips: the client's own limit does not count there."""
    monkeypatch.setattr("coranto.hub.LONGEST", 0.5)
    monkeypatch.setattr("coranto.hub._GRACE", 0.1)
    monkeypatch.setattr("coranto.hub._SHORTEST", 0.1)
    monkeypatch.setattr("coranto.hub._tell", lambda *_: time.sleep(3))
    site = Publishing(tmp_path, HUB)
    site.post("posts/2022-01-07-a.md")
    started = time.monotonic()
    report = site.build()
    assert time.monotonic() - started < 2.5
    assert "no answer" in report.hub.failed[0].error
    assert report.hub.waiting == 6


def test_a_long_pause_is_not_waited_for(tmp_path):
    with loopback({"": TAKEN}) as server:
        site = Publishing(tmp_path, server.url("/"), fetch="private: [127.0.0.1], pause: 60s")
        for number in range(40):
            site.post(f"posts/2022-01-07-{number}.md", category=f"c{number}", title=f"第{number}条")
        started = time.monotonic()
        report = site.build()
        assert time.monotonic() - started < 8
        assert (report.hub.told, report.hub.waiting, report.hub.failed) == (BATCH, 73, [])
        assert site.build().hub.told == BATCH


def test_a_hub_on_a_private_address_is_told_only_if_settings_name_it(tmp_path):
    """Promise 7."""
    with loopback({"": TAKEN}) as server:
        site = Publishing(tmp_path, server.url("/"), fetch="pause: 2s")
        site.post("posts/2022-01-07-a.md")
        (failure,) = site.build().hub.failed
        assert "fetch.private" in failure.error
        assert not server.log
        site.fetch = "private: [127.0.0.1], pause: 0s"
        assert site.build().hub.told == 6

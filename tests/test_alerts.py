"""Every change of a source's state is one alert, and none is told twice; the operators' feed of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from coranto.doctor import Facts, diagnose
from coranto.intake import condition
from coranto.model import FEED, POSTS, Source
from coranto.server import alerts as feeds
from coranto.settings.values import Upstream
from coranto.store.alerts import Alert
from coranto.store.sources import Subscription
from coranto.tidy import tidy
from loopback import http, loopback
from river import OneUpstream, Site, atom, item
from stores import BACKENDS, FOLDER, NOON, PAPER

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VALIDATOR = Path(__file__).parent / "validate_feed.py"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(params=BACKENDS)
def store(request, tmp_path):
    opened = BACKENDS[request.param](tmp_path)
    opened.sources.arrange([FOLDER, PAPER])
    yield opened
    opened.close()


def alert(source=2, at=NOON, before="healthy", health="failing", why="no answer"):
    return Alert(source=source, at=at, before=before, health=health, why=why)


def changes(store):
    return [(one.before, one.health) for one in reversed(store.alerts.newest(100))]


# -- the store


def test_the_newest_come_first_with_the_source(store):
    store.alerts.add(alert())
    store.alerts.add(alert(at=NOON + HOUR, before="failing", health="healthy", why=""))
    newest, older = store.alerts.newest(10)
    assert (newest.key, newest.kind, newest.at, newest.health, newest.why) == (
        PAPER.key,
        FEED,
        NOON + HOUR,
        "healthy",
        "",
    )
    assert (older.before, older.health, older.why) == ("healthy", "failing", "no answer")
    assert store.alerts.newest(1) == [newest]


def test_a_source_that_settings_name_no_more_keeps_its_alerts(store):
    store.alerts.add(alert())
    store.sources.arrange([FOLDER])
    assert store.alerts.newest(1)[0].key == PAPER.key


def test_a_store_that_is_begun_anew_gives_no_number_again(store):
    for hours in range(3):
        store.alerts.add(alert(at=NOON + hours * HOUR))
    told = {one.id for one in store.alerts.newest(10)}
    store.database.run("DELETE FROM alert")
    store.alerts.add(alert(at=NOON + DAY))
    assert not told & {one.id for one in store.alerts.newest(10)}


def test_old_ones_go_but_for_the_newest_of_each_source(store):
    for back in (300, 200, 50):
        store.alerts.add(alert(at=NOON - back * DAY))
    store.alerts.add(alert(source=1, at=NOON - 250 * DAY, health="held"))
    tidy(store, NOON, 86400)
    assert [(one.source, one.at) for one in store.alerts.newest(10)] == [(1, NOON - 250 * DAY), (2, NOON - 50 * DAY)]
    assert store.alerts.last(POSTS)[1].health == "held"


def test_there_are_never_more_than_so_many(store):
    for number in range(30):
        store.alerts.add(alert(at=NOON + number * HOUR))
    store.alerts.forget(NOON - DAY, most=10)
    assert [one.at for one in store.alerts.newest(100)] == [NOON + n * HOUR for n in range(29, 19, -1)]


# -- subscriptions

WAYS = {
    "gone": {"gone": True},
    "held": {"held": True},
    "failing": {"errors": 1, "error": "no answer"},
    "changed-shape": {"shape": "lists 2 entries"},
    "losing": {"overruns": 2, "listed": 20},
    "moved": {"moved_to": "https://b.example/"},
    "slow": {"milliseconds": 7000},
    "healthy": {},
}
UPSTREAM = Upstream(url=PAPER.feed_url, key=PAPER.key)


def see(store, health, *, before, at=NOON, **facts):
    """A visit after which a subscription is ``health``."""
    known = Subscription(health=before.health, health_since=before.health_since, **{**WAYS[health], **facts})
    after = condition.judged(known, UPSTREAM, 0, at)
    condition.keep(store, 2, before, after, at)
    return after


@pytest.mark.parametrize("one", WAYS)
@pytest.mark.parametrize("other", WAYS)
def test_each_change_is_told_once(store, one, other):
    known = see(store, one, before=Subscription())
    first = [] if one == "healthy" else [("", one)]
    assert changes(store) == first
    known = see(store, one, before=known, at=NOON + HOUR)
    assert changes(store) == first
    known = see(store, other, before=known, at=NOON + 2 * HOUR)
    known = see(store, other, before=known, at=NOON + 3 * HOUR)
    assert changes(store) == first + ([] if one == other else [(one, other)])
    if one != other:
        assert store.alerts.newest(1)[0].at == NOON + 2 * HOUR == known.health_since


def test_other_words_are_no_change(store):
    known = see(store, "failing", before=Subscription())
    see(store, "failing", before=known, errors=7, error="the answer is an HTML page")
    assert changes(store) == [("", "failing")]


def test_the_reason_is_the_diagnosis(store):
    see(store, "slow", before=Subscription())
    assert store.alerts.newest(1)[0].why == diagnose(Facts(milliseconds=7000)).why


def test_a_feed_that_fails_and_recovers_is_told_twice(tmp_path):
    with loopback({"/rss": http(atom(item("urn:1")))}) as server:
        site = OneUpstream(tmp_path)
        site.address = server.url("/rss")
        site.build()
        server.answers["/rss"] = http(b"", "500 Internal Server Error")
        site.build(later=DAY)
        site.build(later=2 * DAY)
        server.answers["/rss"] = http(atom(item("urn:1")))
        site.build(later=4 * DAY)
        site.build(later=4 * DAY)
    with site.store() as store:
        assert changes(store) == [("healthy", "failing"), ("failing", "healthy")]
        assert "500" in store.alerts.newest(2)[1].why


def test_what_is_released_or_revived_is_told_once(store):
    known = see(store, "held", before=Subscription())
    assert condition.release(store, UPSTREAM, NOON + HOUR) == 0
    assert condition.release(store, UPSTREAM, NOON + HOUR) is None
    assert changes(store) == [("", "held"), ("held", "healthy")]
    known = store.sources.subscription(2)
    see(store, "gone", before=known, at=NOON + 2 * HOUR)
    assert condition.revive(store, UPSTREAM, NOON + 3 * HOUR)
    assert not condition.revive(store, UPSTREAM, NOON + 3 * HOUR)
    assert changes(store)[2:] == [("healthy", "gone"), ("gone", "healthy")]


def test_a_crash_loses_neither_state_nor_alert(store):
    def crash():
        with store.database.transaction():
            see(store, "failing", before=Subscription())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()
    assert changes(store) == []
    assert store.sources.subscription(2).health == ""


# -- folders of posts


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    for number in range(12):
        made.post(f"posts/2022-01-06-{number:02}.md", title=f"第{number}条")
    made.build()
    return made


def of_posts(site):
    with site.store() as store:
        return changes(store)


def test_a_folder_that_was_always_well_is_no_news(site):
    site.build()
    assert of_posts(site) == []


def test_posts_that_cannot_be_read_are_told_once_and_that_they_can_again(site):
    bad = site.folder / "posts" / "bad.md"
    bad.write_text("no front matter", encoding="utf-8")
    site.build()
    (site.folder / "posts" / "worse.md").write_text("none either", encoding="utf-8")
    site.build()
    assert of_posts(site) == [("healthy", "failing")]
    bad.unlink()
    (site.folder / "posts" / "worse.md").unlink()
    site.build()
    site.build()
    assert of_posts(site) == [("healthy", "failing"), ("failing", "healthy")]


def test_posts_that_vanish_at_once_are_held_until_they_may_leave(site):
    for number in range(8):
        (site.folder / "posts" / f"2022-01-06-{number:02}.md").unlink()
    site.build()
    site.build()
    assert of_posts(site) == [("healthy", "held")]
    with site.store() as store:
        assert "--accept-deleted" in store.alerts.newest(1)[0].why
    site.build(accept_deleted=True)
    assert of_posts(site) == [("healthy", "held"), ("held", "healthy")]


def test_a_folder_that_is_missing_is_told_once(site):
    away = site.folder / "away"
    shutil.move(site.folder / "posts", away)
    site.build()
    site.build()
    assert of_posts(site) == [("healthy", "missing")]
    shutil.move(away, site.folder / "posts")
    site.build()
    assert of_posts(site) == [("healthy", "missing"), ("missing", "healthy")]


def test_a_build_that_changes_no_state_writes_no_alert_and_no_more(site):
    with site.store() as store:
        before = store.database.rows("SELECT * FROM alert"), store.database.rows("SELECT * FROM source_day")
    site.build()
    with site.store() as store:
        assert (store.database.rows("SELECT * FROM alert"), store.database.rows("SELECT * FROM source_day")) == before


# -- the feed


def judged(body, folder):
    """What the validator says: nothing, or its complaints."""
    file = folder / "alerts.xml"
    file.write_bytes(body)
    command = [
        sys.executable,
        str(VALIDATOR),
        str(file),
        "--strict",
        "--self",
        "https://news.example/status/alerts.xml",
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return "" if result.returncode == 0 else result.stdout + result.stderr


@pytest.fixture
def settings(tmp_path):
    return Site(tmp_path / "site").settings()


def test_the_feed_is_valid_and_the_same_every_time(store, settings, tmp_path):
    assert judged(feeds.feed((), settings), tmp_path) == ""
    for health in WAYS:
        store.alerts.add(alert(health=health, why="" if health == "healthy" else "no <b>answer</b> & \x00\ufffe"))
    body = feeds.feed(store.alerts.newest(feeds.MOST), settings)
    assert judged(body, tmp_path) == ""
    assert body == feeds.feed(store.alerts.newest(feeds.MOST), settings)


def test_an_entry_says_what_changed_and_why_in_the_language_of_the_site(store, settings):
    store.alerts.add(alert())
    (one,) = store.alerts.newest(1)
    english = replace(settings, site=replace(settings.site, language="en"))
    for site, title, told in (
        (settings, "a.example/feed: 失败", "此前：正常；现在：失败\nno answer"),
        (english, "a.example/feed: failing", "was healthy; is failing\nno answer"),
    ):
        entry = etree.fromstring(feeds.feed([one], site)).find(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}id") == f"tag:news.example,2021:alert/{one.id}"
        assert entry.findtext(f"{ATOM}title") == title
        assert entry.findtext(f"{ATOM}content") == told
        assert entry.findtext(f"{ATOM}updated") == "2022-01-07T04:00:00Z"


def test_a_login_is_never_told(store, settings):
    secret = Source(key="https://me:secret@p.example/rss", kind=FEED)
    store.sources.arrange([FOLDER, PAPER, secret])
    store.alerts.add(alert(source=store.sources.ids()[secret.key]))
    body = feeds.feed(store.alerts.newest(9), settings)
    assert b"secret" not in body
    assert b"p.example/rss: " in body


def test_a_reader_that_has_the_alerts_gets_304(tmp_path):
    from serving import served

    with served(tmp_path) as site:
        first = site.ask("/status/alerts.xml")
        assert first.status == 200
        again = site.ask("/status/alerts.xml", if_none_match=first.fields["etag"])
        assert (again.status, again.body) == (304, b"")
        assert again.fields["etag"] == first.fields["etag"]
        date = first.fields["last-modified"]
        assert site.ask("/status/alerts.xml", if_modified_since=date).status == 304
        assert site.ask("/status/alerts.xml", if_none_match='"x"', if_modified_since=date).status == 200

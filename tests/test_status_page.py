"""/status and /status/alerts.xml over a real server: complete, safe, and honest when there is nothing or no store."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree, html

from coranto.build import build
from coranto.inspect.board import DAYS, Board, Line, board_of
from coranto.inspect.states import State
from coranto.model import Failure
from coranto.server import wording
from coranto.server.charts import chart
from coranto.server.status import page
from coranto.settings import load
from coranto.store import open_store, read_store
from coranto.store.days import Day
from coranto.store.sources import Subscription
from river import Site, atom, item
from serving import SETTINGS, served

DAY = timedelta(days=1)
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script>\"'&"
MORE = """upstreams:
  - {url: up/a.xml, category: metro}
  - {url: up/none.xml, category: metro}
  - {url: 'https://me:secret@p.example/rss', category: metro}
"""
PLACES = ["up/none.xml", "https://p.example/rss", "up/a.xml"]


@contextmanager
def site(folder, more=MORE, *, built=True):
    """A site with three upstreams, one of them missing, and its server."""
    (folder / "up").mkdir(parents=True)
    (folder / "up" / "a.xml").write_bytes(atom(item("urn:1")))
    file = folder / "settings.yaml"
    file.write_text(SETTINGS + more, encoding="utf-8")
    if built:
        build(load(file), now=datetime.now(UTC).replace(microsecond=0), offline=True)
    with served(folder, more) as server:
        yield server


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    with site(tmp_path_factory.mktemp("site") / "built") as server:
        yield server


def rows(body):
    """Every row of the table of sources: place and cells."""
    found = html.fromstring(body).xpath("//table[contains(@class, 'status')]/tbody/tr")
    return [(one.xpath("string(th/text())"), [cell.text_content() for cell in one.xpath("td")]) for one in found]


def test_every_source_stands_there_with_what_needs_somebody_first(built):
    answer = built.ask("/status")
    assert (answer.status, answer.fields["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.fields["cache-control"] == "no-store"
    found = rows(answer.body)
    assert [place for place, _ in found] == PLACES
    assert [cells[0] for _, cells in found] == ["失败", "尚未抓取", "正常"]
    assert "3 个来源中有 1 个需要处理" in answer.body.decode()


def test_no_login_is_shown(built):
    for path in ("/status", "/metrics", "/status/alerts.xml"):
        assert b"secret" not in built.ask(path).body


def test_a_head_has_the_fields_and_no_body(built):
    for path in ("/status", "/status/alerts.xml", "/metrics"):
        answer = built.ask(path, "HEAD")
        assert (answer.status, answer.body) == (200, b"")
        assert answer.fields["cache-control"] in {"no-store", "private, no-cache"}


def test_other_methods_are_refused(built):
    assert built.ask("/status", "POST", body=b"x").status == 405


def test_the_page_leads_to_the_feed_and_the_metrics_and_loads_nothing_else(built):
    tree = html.fromstring(built.ask("/status").body)
    assert tree.xpath("//link[@rel='alternate']/@href") == ["/status/alerts.xml"]
    assert {"/metrics", "/status/alerts.xml", "/"} <= set(tree.xpath("//a/@href"))
    loaded = tree.xpath("//@src | //link[@rel!='alternate']/@href")
    assert loaded
    assert all(place.startswith("/assets/") for place in loaded)
    assert not tree.xpath("//@style | //style | //script[not(@src)]")
    assert not [name for name in tree.xpath("//@*") if getattr(name, "attrname", "").startswith("on")]


def test_the_page_has_one_heading_landmarks_and_a_named_table(built):
    tree = html.fromstring(built.ask("/status").body)
    assert [len(tree.xpath(f"//{name}")) for name in ("h1", "main", "header", "footer")] == [1, 1, 1, 1]
    (table,) = tree.xpath("//table[contains(@class, 'status')]")
    assert table.xpath("string(caption)")
    assert set(table.xpath("thead//th/@scope")) == {"col"}
    assert set(table.xpath("tbody//th/@scope")) == {"row"}
    assert all(tree.xpath("//svg[@role='img']/@aria-label"))
    assert len(tree.xpath("//svg[@role='img']")) == len(PLACES) + 1
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(tree.xpath("//section/@aria-labelledby")) <= set(ids)


def test_the_feed_leads_to_the_row_of_its_source(built):
    feed = etree.fromstring(built.ask("/status/alerts.xml").body)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "up/none.xml: 失败"
    anchor = entry.find(f"{ATOM}link").get("href").partition("#")[2]
    (row,) = html.fromstring(built.ask("/status").body).xpath("//tr[@id=$anchor]", anchor=anchor)
    assert row.xpath("string(th/text())") == "up/none.xml"


def test_the_feed_has_its_type(built):
    answer = built.ask("/status/alerts.xml")
    assert (answer.status, answer.fields["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    assert answer.fields["cache-control"] == "private, no-cache"


def test_what_a_build_finds_is_seen_at_once(tmp_path):
    with site(tmp_path / "site") as server:
        assert b'class="state-failing needs"' in server.ask("/status").body
        (tmp_path / "site" / "up" / "none.xml").write_bytes(atom(item("urn:2", title="又一条")))
        build(load(tmp_path / "site" / "settings.yaml"), now=datetime.now(UTC).replace(microsecond=0), offline=True)
        body = server.ask("/status").body
        assert b'class="state-failing needs"' not in body
        assert "一切正常" in body.decode()
        assert server.ask("/status/alerts.xml").body.count(b"<entry>") == 2


# -- nothing yet, and no store


def test_before_the_first_build_it_says_so_in_words(tmp_path):
    with site(tmp_path / "site", built=False) as server:
        answer = server.ask("/status")
        assert answer.status == 200
        assert "尚未生成" in answer.body.decode()
        assert len(rows(answer.body)) == 3
        feed = etree.fromstring(server.ask("/status/alerts.xml").body)
        assert feed.findall(f"{ATOM}entry") == []
        assert not (tmp_path / "site" / ".coranto").exists()


def test_a_site_without_sources_says_so(tmp_path):
    with site(tmp_path / "site", "") as server:
        body = server.ask("/status").body.decode()
        assert "coranto add URL --write" in body
        assert '<table class="status"' not in body


def test_a_store_that_cannot_be_read_is_a_sentence(tmp_path):
    with site(tmp_path / "site") as server:
        (tmp_path / "site" / ".coranto" / "store.sqlite3").write_bytes(b"no store, but long enough to be one" * 60)
        for path in ("/status", "/status/alerts.xml", "/metrics"):
            answer = server.ask(path)
            assert (answer.status, answer.fields["cache-control"]) == (503, "no-store")
            assert answer.fields["content-type"] == "text/plain; charset=utf-8"
            assert b"the store cannot be read now" in answer.body


# -- what strangers wrote


@pytest.fixture
def settings(tmp_path):
    made = Site(tmp_path)
    made.post("posts/2022-01-07-a.md")
    made.upstreams = ["a", "b"]
    return made.settings()


def board(*states, now=datetime(2022, 1, 8, 4, 0, tzinfo=UTC), **more):
    """A board of these sources."""
    dates = tuple(date(2022, 1, 8) - back * DAY for back in reversed(range(DAYS)))
    days = (Day(),) * DAYS
    lines = tuple(Line(state=state, days=days) for state in states)
    return Board(**{"now": now, "built": True, "lines": lines, "dates": dates, "days": days, "total": Day(), **more})


def test_hostile_words_stay_words(settings):
    state = State(key=HOSTILE, kind="feed", place=HOSTILE, health="failing", why=HOSTILE)
    failing = (Failure(where=HOSTILE, error=HOSTILE, line=3),)
    shown = replace(settings, site=replace(settings.site, title=HOSTILE))
    body = page(board(state, failing=failing, unreadable=1), shown, board().now).decode()
    assert "<script>" not in body
    assert body.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert not html.fromstring(body).xpath("//script[not(@src)]")


def test_a_hostile_feed_comes_out_as_text(tmp_path):
    made = Site(tmp_path)
    made.feed("a", item("urn:1", title=HOSTILE, link="https://a.example/<script>"), title=HOSTILE)
    made.build()
    with made.store() as store:
        known = Subscription(errors=1, error=HOSTILE, health="failing", health_why=HOSTILE, last_poll=made.now)
        store.sources.keep_subscription(max(store.sources.ids().values()), known)
    shown = made.settings()
    with closing(read_store(shown.store)) as store:
        body = page(board_of(shown, store, made.now), shown, made.now).decode()
    assert "alert(1)" in body
    assert "<script>alert" not in body


@pytest.mark.parametrize("health", wording.STATES)
def test_each_state_is_a_word_and_a_class(settings, health):
    state = State(key="k", kind="feed", place="https://p.example/rss", health=health)
    body = page(board(state), settings, board().now)
    ((_, cells),) = rows(body)
    assert cells[0] == wording.state(health, "zh-CN") != health
    assert f'class="state-{health.replace(" ", "-")}'.encode() in body


def test_the_page_speaks_english_too(settings):
    english = replace(settings, site=replace(settings.site, language="en"))
    state = State(key="k", kind="feed", place="https://p.example/rss", health="failing", why="no answer")
    body = page(board(state), english, board().now).decode()
    assert "1 of 1 sources need somebody." in body
    assert "How the sources are" in body
    assert not re.search("[\u4e00-\u9fff]", body.replace(english.site.title, ""))


def test_both_languages_say_the_same_things():
    english, chinese = wording.words("en"), wording.words("zh")
    assert english.keys() == chinese.keys()
    for name, text in english.items():
        assert text.count("{") == chinese[name].count("{"), name


def test_a_poll_is_due_or_never_or_at_the_next_build(settings):
    now = board().now
    english = replace(settings, site=replace(settings.site, language="en", timezone="UTC"))
    told = {"kind": "feed", "place": "https://p.example/rss"}
    states = [
        State(key="1", health="gone", **told),
        State(key="2", health="healthy", next_poll=now - timedelta(hours=1), **told),
        State(key="3", health="healthy", next_poll=now + timedelta(hours=1), **told),
        State(key="4", health="healthy", **told),
    ]
    found = [cells[3].strip() for _, cells in rows(page(board(*states), english, now))]
    assert found == ["never", "due since 2022-01-08 03:00", "2022-01-08 05:00", "at the next build"]


# -- charts


def test_a_chart_draws_what_there_is_and_tells_its_figures():
    days = [Day(visits=4, failures=1, entries=10), Day(), Day(visits=2, failures=2, entries=1)]
    found = chart(days, "entries {}; failures {}", "quiet")
    assert found.entries == "M0 20v-20h6v20zM16 20v-2h6v2z"
    assert found.failures == "M0 20v2h6v-2zM16 20v8h6v-8z"
    assert found.label == "entries 10, 0, 1; failures 1, 0, 2"


def test_a_chart_of_nothing_says_so():
    found = chart([Day()] * DAYS, "entries {}; failures {}", "quiet")
    assert (found.entries, found.failures, found.label) == ("", "", "quiet")


def test_the_smallest_figure_is_seen():
    found = chart([Day(visits=10_000, failures=1, entries=1), Day(entries=10_000)], "{}{}", "")
    assert found.entries.startswith("M0 20v-1h6v1z")
    assert found.failures == "M0 20v1h6v-1z"


def test_a_store_of_another_version_is_a_sentence(tmp_path):
    with site(tmp_path / "site") as server:
        with closing(open_store(str(tmp_path / "site" / ".coranto" / "store.sqlite3"))) as store:
            store.database.run("PRAGMA user_version = 99")
        answer = server.ask("/status")
        assert answer.status == 503
        assert b"newer Coranto" in answer.body

"""`coranto status`: every source, how it is, when it was and will be polled, and why."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from commands import as_json, coranto, snapshot
from coranto.inspect.states import duration, states
from coranto.store import read_store
from coranto.store.sources import Subscription
from river import Site, item

NOW = datetime(2022, 1, 8, 5, 0, tzinfo=UTC)


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    made.post("posts/2022-01-07-a.md")
    made.feed("a", item("tag:a,2022:1", title="上游一条"))
    made.extra = "  - {url: 'https://me:secret@p.example/rss', category: 港区, every: 2h}\n"
    made.settings()
    return made


def test_before_the_first_build_it_says_so(site):
    before = snapshot(site.folder)
    result = coranto("status")
    assert result.exit_code == 0
    assert "not built yet" in result.stdout
    told = as_json("status")
    assert [source["health"] for source in told["sources"]] == ["not built"] * 3
    assert not told["built"]
    assert snapshot(site.folder) == before


def test_every_source_is_told_with_its_entries(site):
    site.build(offline=True)
    before = snapshot(site.folder)
    told = as_json("status")
    assert [(one["kind"], one["place"], one["entries"], one["health"]) for one in told["sources"]] == [
        ("posts", "posts/**/*.md", 1, "healthy"),
        ("feed", "up/a.xml", 1, "healthy"),
        ("feed", "https://p.example/rss", 0, "never polled"),
    ]
    assert "secret" not in coranto("status").stdout
    assert snapshot(site.folder) == before


@pytest.mark.parametrize(
    ("known", "health", "why"),
    [
        (Subscription(last_poll=NOW, due=NOW + timedelta(hours=2)), "healthy", "every: 2h"),
        (Subscription(last_poll=NOW, due=NOW, reason="ttl", ttl=10800), "healthy", "the feed's ttl: 3h"),
        (Subscription(last_poll=NOW, due=NOW, reason="rhythm", rhythm=21600), "healthy", "its own rhythm: 6h"),
        (
            Subscription(last_poll=NOW, due=NOW, reason="max-age", max_age=14400, skip_days=frozenset({5})),
            "healthy",
            "the server's max-age: 4h",
        ),
        (
            Subscription(last_poll=NOW, due=NOW, moved_to="https://q.example/"),
            "healthy",
            "https://q.example/ is polled; write it in settings.yaml",
        ),
        (
            Subscription(last_poll=NOW, due=NOW, errors=3, error="no answer", failing_since=NOW),
            "failing",
            f"failed 3 times in a row since {NOW:%Y-%m-%d %H:%M} UTC: no answer",
        ),
        (Subscription(last_poll=NOW, due=NOW, errors=1, error="gone for good", gone=True), "gone", "gone for good"),
    ],
)
def test_health_and_why_of_a_subscription(site, known, health, why):
    site.build(offline=True)
    settings = site.settings()
    with site.store() as store:
        store.sources.keep_subscription(store.sources.ids()[settings.upstreams[-1].key], known)
    store = read_store(settings.store)
    state = states(settings, store).sources[-1]
    store.close()
    assert state.health == health
    assert why in state.why
    assert state.next_poll == (None if known.gone else known.due)
    row = coranto("status").stdout.splitlines()[3]
    assert health in row
    assert ("never" if known.gone else "next build") in row


def test_posts_that_are_wrong_are_counted_and_named(site):
    for number in range(12):
        (site.folder / "posts" / f"bad{number:02}.md").write_text("no front matter", encoding="utf-8")
    site.build(offline=True)
    told = as_json("status")
    assert told["sources"][0]["health"] == "failing"
    assert told["sources"][0]["failing"] == len(told["posts"]["failed"]) == 12
    out = coranto("status").stdout
    assert "failing (12)" in out
    assert "12 posts cannot be read:\n  posts/bad00.md" in out
    assert out.count("  posts/bad") == 10


def test_a_folder_that_a_build_would_hold_is_named(site):
    for number in range(20):
        site.post(f"posts/2022-01-06-{number}.md", title=f"第{number}条")
    site.build(offline=True)
    for number in range(15):
        (site.folder / "posts" / f"2022-01-06-{number}.md").unlink()
    assert as_json("status")["sources"][0]["health"] == "held"
    assert "--accept-deleted" in coranto("status").stdout
    shutil.rmtree(site.folder / "posts")
    assert as_json("status")["sources"][0]["health"] == "missing"


def test_a_source_that_is_new_in_settings_is_not_built_yet(site):
    site.build(offline=True)
    site.posts.append("more/*.md")
    site.settings()
    assert [one["health"] for one in as_json("status")["sources"]] == [
        "healthy",
        "not built",
        "healthy",
        "never polled",
    ]


def test_a_damaged_store_is_named_and_left_alone(site):
    site.build(offline=True)
    store = site.folder / ".coranto" / "store.sqlite3"
    store.write_bytes(b"no store at all, but long enough to be taken for one" * 40)
    result = coranto("status")
    assert result.exit_code == 1
    assert "is no store" in result.stderr
    assert store.read_bytes().startswith(b"no store")


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (90, "90s"), (900, "15m"), (7200, "2h"), (259200, "3d")])
def test_durations_are_written_as_in_settings(seconds, text):
    assert duration(seconds) == text

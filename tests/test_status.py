"""`coranto status`: every source, how it is, when it was and will be polled, and why."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from commands import as_json, coranto, snapshot
from coranto import lock
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
            "moved",
            "https://q.example/ is polled; write it in settings.yaml",
        ),
        (
            Subscription(last_poll=NOW, due=NOW, errors=3, error="no answer", failing_since=NOW),
            "failing",
            f"failed 3 times in a row since {NOW:%Y-%m-%d %H:%M} UTC: no answer",
        ),
        (Subscription(last_poll=NOW, due=NOW, errors=1, error="gone for good", gone=True), "gone", "gone for good"),
        (Subscription(last_poll=NOW, due=NOW, moving_to="https://q.example/"), "moved", "answers from https://q"),
        (Subscription(last_poll=NOW, due=NOW, held=True), "held", "`coranto status --release https://p.example/rss`"),
        (Subscription(last_poll=NOW, due=NOW, shape="lists 2 entries"), "changed-shape", "lists 2 entries"),
        (Subscription(last_poll=NOW, due=NOW, overruns=2, listed=20), "losing", "lists only 20 entries"),
        (Subscription(last_poll=NOW, due=NOW, milliseconds=7000), "slow", "about 7 s"),
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


def test_since_when_it_is_so_is_told(site):
    site.build(offline=True)
    known = Subscription(
        last_poll=NOW, due=NOW, errors=2, error="no answer", health="failing", health_since=NOW, health_why="no answer"
    )
    with site.store() as store:
        store.sources.keep_subscription(max(store.sources.ids().values()), known)
    told = as_json("status")["sources"][-1]
    assert told["since"] == "2022-01-08T05:00:00+00:00"
    assert (told["error"], told["failing"], told["held"]) == ("no answer", 2, 0)
    head, *rows = coranto("status").stdout.splitlines()
    assert head.index("HEALTH") < head.index("SINCE") < head.index("LAST POLL")
    assert rows[2][head.index("SINCE") :].split()[1] == "d"


PAPER = [
    item(
        f"urn:a:{number}",
        link=f"https://a.example/{number}",
        title=f"第{number:02}条",
        published=f"2022-01-07T{number:02}:00:00Z",
    )
    for number in range(1, 13)
]
RENAMED = [one.replace("urn:a:", "urn:b:").replace("a.example/", "a.example/b/") for one in PAPER]


@pytest.fixture
def held(site):
    """A site whose upstream file came under new ids and links."""
    site.feed("a", *PAPER)
    site.build(offline=True)
    site.feed("a", *RENAMED)
    site.build(offline=True)
    return site


def test_every_state_stands_in_json(held):
    assert set(as_json("status")["sources"][1]) == {
        *(
            "key",
            "kind",
            "place",
            "entries",
            "health",
            "since",
            "why",
            "last_poll",
            "next_poll",
            "error",
            "failing",
            "held",
        )
    }


def test_a_held_source_is_released_beside_whatever_is_at_work(held):
    """Another holds the lock and the store open, as a daemon does: what it does later sees them."""
    before = held.files()
    assert as_json("status")["sources"][1]["health"] == "held"
    with lock.held(held.folder / ".coranto" / "lock"), held.store() as beside:
        source = beside.sources.ids()["file:up/a.xml"]
        assert beside.sources.subscription(source).held
        result = coranto("status", "--release", "up/a.xml")
        assert (
            result.stdout
            == "released 12 entries of up/a.xml; the next build publishes them, a running daemon within seconds\n"
        )
        assert not beside.sources.subscription(source).held
        assert beside.stories.touched()
    told = as_json("status")["sources"][1]
    assert (told["health"], told["held"], told["entries"]) == ("healthy", 0, 24)
    assert held.files() == before
    held.build(offline=True)
    assert len(held.titles("a")) == 24
    held.feed("a", *RENAMED[::-1])
    held.build(offline=True)
    assert as_json("status")["sources"][1]["health"] == "healthy"


def test_a_release_is_told_as_json_and_takes_the_key_too(held):
    assert as_json("status", "--release", "file:up/a.xml") == {
        "source": "file:up/a.xml",
        "place": "up/a.xml",
        "released": 12,
        "revived": False,
    }


def test_a_source_that_is_not_held_cannot_be_released(site):
    result = coranto("status", "--release", "up/a.xml")
    assert (result.exit_code, 'run "coranto build" first' in result.stderr) == (1, True)
    site.build(offline=True)
    before = snapshot(site.folder)
    for name in ("up/a.xml", "https://p.example/rss"):
        result = coranto("status", "--release", name)
        assert result.exit_code == 1
        assert result.stderr == f"{name} is not held: nothing of it waits to be released\n"
    assert snapshot(site.folder)[".coranto/store.sqlite3"] == before[".coranto/store.sqlite3"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("https://p.example/rs", 'did you mean "https://p.example/rss"?'),
        ("up/b.xml", 'did you mean "up/a.xml"?'),
        ("gopher://nobody:secret@z/", "`coranto status` shows them all"),
    ],
)
def test_an_unknown_source_is_refused_with_the_nearest_one(site, name, hint):
    site.build(offline=True)
    result = coranto("status", "--release", name)
    assert result.exit_code == 2
    assert hint in result.stderr
    assert "secret" not in result.stderr


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


def test_an_upstream_that_is_gone_is_polled_again_when_the_operator_says_so_p14(site):
    """Not before its interval is over (P4)."""
    site.build(offline=True)
    settings, url = site.settings(), "https://p.example/rss"
    gone = Subscription(last_poll=NOW, due=NOW, errors=1, error="gone for good", gone=True, failing_since=NOW)
    with site.store() as store:
        store.sources.keep_subscription(store.sources.ids()[settings.upstreams[-1].key], gone)
    result = coranto("status", "--release", url)
    assert (result.exit_code, result.stdout) == (
        0,
        f"{url} was gone (410) and is polled again, when its interval is over\n",
    )
    with site.store() as store:
        known = store.sources.subscription(store.sources.ids()[settings.upstreams[-1].key])
    assert (known.gone, known.errors, known.health) == (False, 0, "healthy")
    assert known.due >= NOW + timedelta(hours=2)
    assert coranto("status", "--release", url).exit_code == 1

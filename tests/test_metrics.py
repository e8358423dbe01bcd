"""/metrics: what Prometheus reads agrees with the store and with what the server did."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from coranto import __version__
from coranto.build import build
from coranto.inspect.board import board_of
from coranto.server.metrics import MOST_DOWN, document
from coranto.server.tally import Tally
from coranto.settings import load
from coranto.store import read_store
from coranto.store.sources import Subscription
from coranto.tidy import tidy
from river import Site, item
from serving import SETTINGS, served

DAY = timedelta(days=1)


def samples(body):
    """Every value, by name and labels."""
    families = text_string_to_metric_families(body.decode())
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value for family in families for sample in family.samples
    }


def seen(site, tally=None):
    settings = site.settings()
    with closing(read_store(settings.store)) as store:
        return samples(document(board_of(settings, store, site.now), tally or Tally()))


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.post("posts/2022-01-07-a.md")
    made.feed("a", item("urn:1", title="上游一条"), item("urn:2", title="上游两条"))
    made.extra = "  - {url: 'https://me:secret@p.example/rss', category: 港区, every: 2h}\n"
    return made


def test_the_values_are_those_of_the_store(site):
    site.build(offline=True)
    (site.folder / "up" / "a.xml").unlink()
    site.build(offline=True)
    found = seen(site)
    assert found["coranto_sources", "healthy"] == 1
    assert found["coranto_sources", "failing"] == 1
    assert found["coranto_sources", "never polled"] == 1
    assert found["coranto_sources", "gone"] == 0
    assert sum(value for name, value in found.items() if name[0] == "coranto_sources") == 3
    assert {name: value for name, value in found.items() if name[0] == "coranto_source_up"} == {
        ("coranto_source_up", "file:up/a.xml"): 0
    }
    assert (found["coranto_entries", "posts"], found["coranto_entries", "feed"]) == (1, 2)
    with site.store() as store:
        assert found[("coranto_stories",)] == store.stories.count() == 3
        assert found[("coranto_feed_files",)] == store.outputs.count() == len(site.files())
        assert found[("coranto_conflicts",)] == len(store.stories.conflicts())
        published = datetime.fromisoformat(store.outputs.fact("published"))
    assert found[("coranto_last_publication_timestamp_seconds",)] == published.timestamp()
    assert (found[("coranto_visits_total",)], found[("coranto_visit_failures_total",)]) == (2, 1)
    assert (found[("coranto_sources_due",)], found[("coranto_due_lag_seconds",)]) == (1, 0)
    assert found["coranto_build_info", __version__] == 1
    assert found[("coranto_hub_pings_waiting",)] == 0
    assert not any("secret" in label for name in found for label in name)


def test_how_long_the_longest_has_been_due(site):
    site.build(offline=True)
    with site.store() as store:
        known = Subscription(last_poll=site.now - DAY, due=site.now - DAY / 24, health="healthy")
        store.sources.keep_subscription(max(store.sources.ids().values()), known)
    assert seen(site)[("coranto_due_lag_seconds",)] == 3600


def test_counters_never_go_down_when_days_are_forgotten(site):
    site.build(offline=True)
    before = seen(site)[("coranto_visits_total",)]
    with site.store() as store:
        tidy(store, site.now + 300 * DAY, 86400)
        assert store.days.since(site.now) == {}
    assert seen(site)[("coranto_visits_total",)] == before == 1


def test_sources_that_are_named_are_bounded(tmp_path):
    site = Site(tmp_path)
    site.posts = []
    lines = "".join(f"  - {{url: 'https://p{number}.example/rss', category: c}}\n" for number in range(MOST_DOWN + 20))
    site.extra = f"upstreams:\n{lines}"
    site.settings = lambda: _plain(site, lines)
    site.build(offline=True)
    with site.store() as store, store.database.transaction():
        for source in store.sources.ids().values():
            store.sources.keep_subscription(source, Subscription(last_poll=site.now, health="failing", errors=1))
    found = seen(site)
    assert sum(name[0] == "coranto_source_up" for name in found) == MOST_DOWN
    assert found["coranto_sources", "failing"] == MOST_DOWN + 20


def _plain(site, lines):
    file = site.folder / "settings.yaml"
    file.write_text(SETTINGS + f"upstreams:\n{lines}", encoding="utf-8")
    return load(file)


def test_answers_are_counted_by_kind_and_status(tmp_path):
    with served(tmp_path) as server:
        for path in ("/metro/atom.xml", "/metro/atom.xml", "/nothing"):
            server.ask(path)
        answer = server.ask("/metrics")
        assert answer.status == 200
        assert answer.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert answer.fields["cache-control"] == "no-store"
        found = samples(answer.body)
        assert found["coranto_http_responses_total", "200", "feed"] == 2
        assert found["coranto_http_responses_total", "404", "other"] == 1
        assert found[("coranto_http_response_bytes_total",)] > 0
        assert found[("process_resident_memory_bytes",)] > 0
        assert samples(server.ask("/metrics").body)["coranto_http_responses_total", "200", "operators"] == 1


def test_before_the_first_build_there_are_the_values_of_the_server(tmp_path):
    with served(tmp_path) as server:
        found = samples(server.ask("/metrics").body)
    assert ("coranto_stories",) not in found
    assert found["coranto_build_info", __version__] == 1


def test_a_server_tells_what_a_build_did(tmp_path):
    (tmp_path / "posts").mkdir()
    with served(tmp_path) as server:
        build(load(tmp_path / "settings.yaml"), now=datetime.now(UTC).replace(microsecond=0))
        assert samples(server.ask("/metrics").body)[("coranto_stories",)] == 0


def test_the_library_is_loaded_only_when_it_is_asked_for():
    import subprocess
    import sys

    program = "import sys, coranto.server.app, coranto.server.operators; print('prometheus_client' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout == "False\n"

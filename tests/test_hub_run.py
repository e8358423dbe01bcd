"""WebSub in `coranto run`: told within seconds, and a hub in trouble stops nothing."""

from __future__ import annotations

import json

import pytest

from hubs import heard
from loopback import http, loopback, raw
from test_daemon import POST, feed, running

SETTINGS = """site: {{title: T, url: "https://news.example/", tag: "news.example,2021"}}
feeds: {{hub: {hub}}}
fetch: {{private: [127.0.0.1], pause: 0s}}
"""


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "site"
    (place / "posts").mkdir(parents=True)
    (place / "posts" / "2026-03-01-a.md").write_text(POST.format("第一条"), encoding="utf-8")
    return place


def write(folder, hub):
    (folder / "settings.yaml").write_text(SETTINGS.format(hub=hub), encoding="utf-8")


def test_a_hub_is_told_of_a_new_post_within_seconds(folder):
    with loopback({"": http(b"", "204 No Content")}) as server:
        write(folder, server.url("/"))
        with running(folder) as daemon:
            daemon.wait_for(lambda: daemon.lines("told"))
            first = len(heard(server))
            (folder / "posts" / "2026-03-02-b.md").write_text(POST.format("第二条"), encoding="utf-8")
            daemon.wait_for(lambda: len(heard(server)) > first)
            assert daemon.end()[0] == 0
        told = [topic for request in heard(server) for topic in request]
        assert "https://news.example/news/atom.xml" in told
        assert not any(topic.endswith(".html") for topic in told)


def test_a_hub_that_hangs_delays_no_feed_and_no_end(folder):
    with loopback({"": raw(60.0)}) as server:
        write(folder, server.url("/"))
        with running(folder) as daemon:
            daemon.wait_for(lambda: server.log)
            (folder / "posts" / "2026-03-02-b.md").write_text(POST.format("第二条"), encoding="utf-8")
            daemon.wait_for(lambda: "第二条" in feed(folder), seconds=12)
            code, seconds = daemon.end()
            assert code == 0
            assert seconds < 5


def test_a_hub_that_refuses_is_told_in_the_log_once(folder):
    with loopback({"": http(b"", "500 Internal Server Error")}) as server:
        write(folder, server.url("/"))
        with running(folder, "--json") as daemon:
            said = daemon.wait_for(lambda: [line for line in daemon.text() if '"event": "hub"' in line])
            assert len(said) == 1
            assert "500" in json.loads(said[0])["state"]
            assert daemon.end()[0] == 0

"""WebSub in a build's life: crashes cost no ping, and people are told of a hub in trouble without any other change."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta

import pytest

from commands import as_json, coranto
from coranto.build import build
from coranto.store.outputs import Outputs
from hubs import BASE, Publishing, heard, topics
from loopback import http, loopback, raw

MINUTE = timedelta(minutes=1)
TAKEN = http(b"", "204 No Content")


@pytest.fixture
def told(tmp_path):
    """A site and its hub, which takes everything."""
    with loopback({"": TAKEN}) as server:
        yield Publishing(tmp_path, server.url("/")), server


# -- a crash


def _crash_at_the_stories(self, outputs):
    """The assets, which are kept first, stand already."""
    if any(output.folder != "assets" for output in outputs):
        _crash()


def test_a_crash_between_the_files_and_the_store_costs_no_ping(told, monkeypatch):
    site, server = told
    site.post("posts/2022-01-07-a.md", category="a")
    site.build()
    site.post("posts/2022-01-07-a.md", category="a", text="改过。")
    with monkeypatch.context() as broken:
        broken.setattr(Outputs, "keep", _crash_at_the_stories)
        with pytest.raises(ZeroDivisionError):
            site.build()
    assert "改过" in site.files()["all/atom.xml"].decode(), "these files are out"
    report = site.build()
    assert "all/atom.xml" not in report.feeds.written
    assert heard(server)[1:] == [topics("a", "all")]


def test_a_crash_before_the_hub_is_told_costs_no_ping(told, monkeypatch):
    site, server = told
    site.post("posts/2022-01-07-a.md", category="a")
    with monkeypatch.context() as broken:
        broken.setattr("coranto.hub.tell", _crash)
        with pytest.raises(ZeroDivisionError):
            site.build()
    site.build()
    assert heard(server) == [topics("a", "all")]


def test_a_build_that_is_killed_while_it_tells_tells_again_but_not_at_once(tmp_path):
    with loopback({"": raw(60.0)}) as server:
        site = Publishing(tmp_path, server.url("/"))
        site.post("posts/2022-01-07-a.md", category="a")
        child = os.fork()
        if child == 0:
            site.build()
            os._exit(0)
        while not server.log:
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        server.answers[""] = TAKEN
        site.now += timedelta(hours=1)  # as the child's clock
        assert site.build(later=MINUTE / 2).hub.told == 0
        assert site.build(later=MINUTE).hub.told == 6


def _crash(*_):
    raise ZeroDivisionError


def _crash_on_documents(_, outputs):
    if any(one.path.endswith(".xml") for one in outputs):
        raise ZeroDivisionError


# -- how it is told to people


def test_a_failing_hub_is_a_note_on_stderr_and_changes_neither_output_nor_exit_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with loopback({"": http(b"", "500 Oh")}) as server:
        site = Publishing(tmp_path, server.url("/").replace("//", "//me:secret@"))
        site.post("posts/2022-01-07-a.md")
        site.settings()
        result = coranto("build")
        assert result.exit_code == 0
        assert result.stderr == f"note: {server.url('/')}: the hub was not told: answered 500 Internal Server Error\n"
        assert "hub" not in result.stdout
        assert as_json("build")["hub"] == {"told": 0, "waiting": 6, "failed": []}
        told = as_json("status")["hub"]
        assert told == {"waiting": 6, "error": "answered 500 Internal Server Error"}
        shown = coranto("status").stdout
        assert "6 documents changed that the hub was not told of: answered 500 Internal Server Error" in shown
        assert "secret" not in shown + result.stderr


def test_status_says_nothing_of_a_hub_that_knows_all(told, monkeypatch):
    site, _ = told
    monkeypatch.chdir(site.folder)
    site.post("posts/2022-01-07-a.md")
    site.settings()
    assert as_json("status")["hub"] == {"waiting": 0, "error": None}
    site.build()
    assert as_json("status")["hub"] == {"waiting": 0, "error": None}
    assert "hub" not in coranto("status").stdout


def test_a_build_without_news_for_the_hub_loads_no_http_library(told):
    site, _ = told
    site.post("posts/2022-01-07-a.md")
    site.build()
    child = os.fork()
    if child == 0:
        for name in [name for name in sys.modules if name.split(".")[0] in ("requests", "urllib3")]:
            del sys.modules[name]
        build(site.settings(), now=site.now)
        os._exit("requests" in sys.modules)
    assert os.waitpid(child, 0)[1] == 0


def test_every_topic_is_an_address_of_ours(told):
    site, server = told
    site.post("posts/2022-01-07-a.md")
    site.build()
    assert all(one.startswith(BASE) for one in heard(server)[0])

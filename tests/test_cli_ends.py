"""How a command ends that cannot go on: busy, interrupted, with its streams closed, in a folder that is gone (DESIGN 4)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from commands import coranto, environment, interruptible, program, snapshot
from coranto.lock import held
from loopback import loopback, raw
from river import Site


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    made.post("posts/2022-01-07-a.md", title="广州日报要闻", category="gzrb")
    made.settings()
    return made


def test_a_second_build_stops_at_once_and_names_the_holder(site):
    with held(site.folder / ".coranto" / "lock"):
        result = coranto("build")
    assert result.exit_code == 75
    assert f"pid {os.getpid()}" in result.stderr
    assert not (site.folder / "feeds").exists()


def test_a_look_needs_no_lock(site):
    coranto("build")
    with held(site.folder / ".coranto" / "lock"):
        assert [coranto(*name.split()).exit_code for name in ("status", "check", "explain 广州日报")] == [0, 0, 1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_ends_in_one_line_with_nothing_half_written(site, number):
    coranto("build")
    before = snapshot(site.folder / "feeds")
    with loopback(raw(b"HTTP/1.1 200 OK\r\n", 15.0, b"\r\n")) as server:
        text = (site.folder / "settings.yaml").read_text("utf-8")
        more = f'upstreams: [{{url: "{server.url()}"}}]\nfetch: {{private: ["127.0.0.1:{server.port}"]}}\n'
        (site.folder / "settings.yaml").write_text(text + more, encoding="utf-8")
        with interruptible():
            build = subprocess.Popen(
                program("build"),
                cwd=site.folder,
                env=environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        _wait_for(lambda: server.log)
        start = time.monotonic()
        build.send_signal(number)
        out, err = build.communicate(timeout=30)
    assert build.returncode == 130
    assert out == ""
    assert err.startswith("interrupted")
    assert err.count("\n") == 1
    assert time.monotonic() - start < 5
    assert snapshot(site.folder / "feeds") == before


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_a_closed_stream_stops_no_build(site, closed):
    command = f'exec "{sys.executable}" -m coranto build {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=site.folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stderr == ""
    assert (site.folder / "feeds" / "gzrb" / "atom.xml").exists()


@pytest.mark.parametrize("command", ["build", "status", "init"])
def test_in_a_folder_that_was_deleted_a_command_says_what_to_do(site, command):
    gone = f'mkdir gone; cd gone; rmdir ../gone; exec "{sys.executable}" -m coranto {command} --config ../settings.yaml'
    done = subprocess.run(
        ["/bin/sh", "-c", gone], cwd=site.folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "the current folder was deleted; go to one that exists (cd), then run this again\n"


def _wait_for(true):
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)

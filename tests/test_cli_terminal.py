"""The command line on a terminal: bars only there, no colour when asked, and no stranger's hand on it."""

from __future__ import annotations

import os
import pty
import select
import subprocess

import pytest

from commands import coranto, environment, program, spawn
from loopback import http, loopback
from river import Site


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    made.post("posts/2022-01-07-a.md", title="广州日报要闻", category="gzrb")
    made.settings()
    return made


def test_bars_are_drawn_on_a_terminal_only(site):
    assert spawn("build", cwd=site.folder).stderr == ""
    site.post("posts/2022-01-07-b.md", title="又一条")
    assert "posts" in _on_terminal(site, TERM="xterm")


def test_without_colour_when_asked(site):
    drawn = _on_terminal(site, TERM="xterm", NO_COLOR="1")
    assert "posts" in drawn
    assert "\x1b[3" not in drawn  # no colours; the cursor may move


def _on_terminal(site, **env):
    """What a build writes to stderr when that is a terminal."""
    ours, theirs = pty.openpty()
    build = subprocess.Popen(
        program("build"), cwd=site.folder, env=environment(**env), stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    drawn = b""
    while select.select([ours], [], [], 20)[0]:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        drawn += part
        if not part:
            break
    os.close(ours)
    assert build.wait(20) == 0
    return drawn.decode()


def test_a_terminal_that_knows_no_chinese_gets_escapes_not_an_error(site):
    done = spawn("explain", "posts/2022-01-07-a.md", cwd=site.folder)
    assert done.returncode == 1
    spawn("build", cwd=site.folder)
    done = spawn("explain", "posts/2022-01-07-a.md", cwd=site.folder, PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert "\\u5e7f\\u5dde" in done.stdout


def test_what_strangers_write_cannot_steer_the_terminal(site):
    coranto("build")
    result = coranto("explain", "\x1b]0;gone\x07\u202etxt")
    assert "\x1b" not in result.stderr
    assert "\u202e" not in result.stderr


def test_a_failed_feed_is_named_without_its_password(site):
    with loopback(http(status="404 Not Found")) as server:
        text = (site.folder / "settings.yaml").read_text("utf-8")
        more = (
            f'upstreams: [{{url: "http://me:secret@127.0.0.1:{server.port}/x"}}]\nfetch: {{private: ["127.0.0.1"]}}\n'
        )
        (site.folder / "settings.yaml").write_text(text + more, encoding="utf-8")
        result = coranto("build", "--json")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"http://127.0.0.1:{server.port}/x: the server answers 404")
    assert "secret" not in result.output
    assert "secret" not in coranto("status").output + coranto("status", "--json").output

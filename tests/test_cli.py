"""The command line as scripts and people rely on it: exit codes, streams, what is loaded (DESIGN 4)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from commands import as_json, coranto, environment, program, snapshot, spawn
from coranto.cli.app import COMMANDS, app
from coranto.lock import held
from loopback import loopback, raw
from river import Site

HEAVY = [
    "pydantic",
    "yaml",
    "frontmatter",
    "feedparser",
    "lxml",
    "feedgen",
    "nh3",
    "markdown_it",
    "jinja2",
    "requests",
    "urllib3",
    "w3lib",
    "rich",
    "coranto.cli.check",
    "coranto.cli.add",
    "coranto.readers.posts",
    "coranto.writers",
]


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    made.post("posts/2022-01-07-a.md", title="广州日报要闻", category="gzrb")
    made.settings()
    return made


# -- help


def test_every_command_is_in_the_help_as_it_describes_itself():
    result = coranto("--help")
    assert result.exit_code == 0
    for name, (_, text) in COMMANDS.items():
        assert f"  {name} " in result.stdout
        command = app.get_command(None, name)
        assert command.get_short_help_str(200).split()[:2] == text.split()[:2]


@pytest.mark.parametrize("name", [*COMMANDS, "opml import", "opml export"])
def test_every_command_has_config_json_and_help(name):
    result = coranto(*name.split(), "--help")
    assert result.exit_code == 0
    for option in ("--config", "--json", "--help") if name != "opml" else ("--help",):
        assert option in result.stdout


def test_the_version_is_told(site):
    result = coranto("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("coranto 0.")


def test_a_slip_of_the_pen_gets_a_suggestion():
    result = coranto("buld")
    assert result.exit_code == 2
    assert 'did you mean "build"?' in result.stderr


def test_help_imports_no_command():
    code = "import sys; from coranto.cli import app; app(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.rpartition("[")[2]
    for module in (*HEAVY, "coranto.cli.build", "coranto.store", "coranto.settings"):
        assert f"'{module}'" not in loaded


def test_help_takes_little_more_than_bare_python():
    """0.15 s more: the best of some rounds, since the machine may be busy."""
    bare = min(_seconds([sys.executable, "-c", "pass"]) for _ in range(5))
    told = min(_seconds(program("--help")) for _ in range(5))
    assert told - bare < 0.15


def _seconds(command):
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - start


# -- build


def test_a_build_tells_what_it_did_and_where(site):
    result = coranto("build")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "1 read" in result.stdout
    assert "1 added" in result.stdout
    assert result.stdout.endswith("feeds/index.html\n")


def test_json_is_one_document_and_nothing_else(site):
    report = as_json("build")
    assert report["posts"] == {"read": 1, "unchanged": 0, "failed": []}
    assert "gzrb/atom.xml" in report["feeds"]["written"]
    assert as_json("build")["feeds"]["written"] == []


def test_a_bad_post_is_named_with_its_line_and_stops_nothing(site):
    (site.folder / "posts" / "bad.md").write_text('---\ntitle: ""\n---\n', encoding="utf-8")
    result = coranto("build", "--json")
    assert result.exit_code == 1
    assert result.stderr.startswith("posts/bad.md:2: the title is empty")
    report = json.loads(result.stdout)
    assert report["posts"]["failed"][0]["line"] == 2
    assert report["stories"]["total"] == 1


def test_a_dry_run_writes_nothing_and_says_what_it_would(site):
    before = snapshot(site.folder)
    result = coranto("build", "--dry-run")
    assert result.exit_code == 0
    assert "would write feeds/gzrb/atom.xml\n" in result.stdout
    assert snapshot(site.folder) == before
    assert not (site.folder / ".coranto").exists()


def test_the_instant_of_a_run_can_be_given(site):
    def built(epoch):
        done = spawn("build", "--json", cwd=site.folder, SOURCE_DATE_EPOCH=epoch)
        return json.loads(done.stdout)["stories"]["total"]

    assert built("1000000000") == 0  # the post is dated in 2022
    assert built("1700000000") == 1


@pytest.mark.parametrize("stated", ["soon", "1.5", "-1", "99999999999999", "١٢"])
def test_a_nonsensical_instant_is_refused_and_nothing_touched(site, stated):
    before = snapshot(site.folder)
    done = spawn("build", cwd=site.folder, SOURCE_DATE_EPOCH=stated)
    assert done.returncode == 2
    assert done.stderr.startswith("SOURCE_DATE_EPOCH: ")
    assert snapshot(site.folder) == before


def test_a_build_without_changes_loads_no_library_of_reading_or_writing(site):
    """Issue: a no-change build imports no validation, parsing or writing library."""
    site.feed("a", title="上游")
    site.settings()
    for _ in range(2):
        assert spawn("build", cwd=site.folder).returncode == 0
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "coranto", "build"],
        cwd=site.folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "coranto.build" in loaded
    assert loaded.isdisjoint(HEAVY)


# -- settings


def test_settings_are_found_by_option_then_environment_then_here(site, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    settings = site.folder / "settings.yaml"
    assert spawn("status", cwd=elsewhere).returncode == 2
    assert spawn("status", cwd=elsewhere, CORANTO_CONFIG=str(settings)).returncode == 0
    assert spawn("status", "--config", settings, cwd=elsewhere, CORANTO_CONFIG="nowhere.yaml").returncode == 0
    assert spawn("status", cwd=site.folder).returncode == 0


@pytest.mark.parametrize("command", ["build", "status", "explain x", "add https://a.example/", "opml export"])
def test_wrong_settings_are_told_all_at_once_and_nothing_is_touched(site, command):
    text = (site.folder / "settings.yaml").read_text("utf-8")
    (site.folder / "settings.yaml").write_text(text + "kep: 3d\nfeeds: {entries: many}\n", encoding="utf-8")
    before = snapshot(site.folder)
    result = coranto(*command.split())
    assert result.exit_code == 2
    assert result.stdout == ""
    assert [line.partition(": ")[2].partition(":")[0] for line in result.stderr.splitlines()] == [
        "kep",
        "feeds.entries",
    ]
    assert all(line.startswith("settings.yaml:") for line in result.stderr.splitlines())
    assert snapshot(site.folder) == before


def test_an_error_is_a_json_document_too(site):
    told = as_json("build", "--config", "nowhere.yaml", code=2)
    assert told["exit"] == 2
    assert told["error"][0].startswith("nowhere.yaml: no such file")


@pytest.mark.parametrize("command", ["build", "build --dry-run", "status", "explain x", "check"])
def test_a_store_that_is_not_supported_is_refused(site, command):
    text = (site.folder / "settings.yaml").read_text("utf-8")
    (site.folder / "settings.yaml").write_text(text + "store: postgresql://db/news\n", encoding="utf-8")
    before = snapshot(site.folder)
    result = coranto(*command.split())
    assert result.exit_code == 2
    assert "store: postgresql is not supported" in result.stderr
    assert snapshot(site.folder).keys() - before.keys() <= {".coranto/settings.json"}  # a copy of what was read


# -- when it cannot go on


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


def _wait_for(true):
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)

"""The command line as scripts and people rely on it: exit codes, streams, what is loaded (DESIGN 4)."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import pytest

from commands import as_json, coranto, environment, program, snapshot, spawn
from coranto.cli.app import COMMANDS, app
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
    """0.15 s of computing more: the best of some rounds, since the machine may be busy."""
    bare = min(_seconds([sys.executable, "-c", "pass"]) for _ in range(5))
    told = min(_seconds(program("--help")) for _ in range(5))
    assert told - bare < 0.15


def _seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


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
    assert "would add 1, would update 0" in result.stdout
    assert "would poll 0, 0 not due" in result.stdout
    assert not {"written", "polled", "added"} & set(result.stdout.replace(",", " ").split())
    assert snapshot(site.folder) == before
    assert not (site.folder / ".coranto").exists()


def test_a_dry_run_tells_what_it_read_from_what_it_would_poll(site):
    site.feed("a", title="上游")
    site.settings()
    text = (site.folder / "settings.yaml").read_text("utf-8")
    more = "  - url: https://paper.example/rss.xml\n  - url: https://other.example/rss.xml\n"
    (site.folder / "settings.yaml").write_text(text + more, encoding="utf-8")
    result = coranto("build", "--dry-run")
    assert "would poll https://paper.example/rss.xml\n" in result.stdout
    assert "1 file read, would poll 2, 0 not due\n" in result.stdout


def test_a_build_that_wrote_no_page_names_none(site):
    (site.folder / "posts" / "2022-01-07-a.md").unlink()
    (site.folder / "posts").rmdir()
    result = coranto("build")
    assert result.exit_code == 1
    assert "index.html" not in result.stdout


def test_site_alone_reads_the_posts_beside_it(site):
    text = (site.folder / "settings.yaml").read_text("utf-8")
    (site.folder / "settings.yaml").write_text(text[: text.index("posts:")], encoding="utf-8")
    assert as_json("build")["posts"]["read"] == 1


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


@pytest.mark.parametrize(
    "command",
    [
        "build --bogus",
        "buld",
        "--bogus",
        "explain",
        "opml import",
        "opml imprt",
        "init a --config b",
        "opml import no.opml",
    ],
)
def test_an_error_of_usage_is_a_json_document_too(site, command):
    told = as_json(*command.split(), code=2)
    assert told["exit"] == 2
    assert coranto(*command.split()).stdout == ""
    assert told["error"][0] in coranto(*command.split()).stderr


def test_what_only_looks_like_the_option_is_no_wish_for_json(site):
    result = coranto("explain", "--bogus", "--", "--json")
    assert result.exit_code == 2
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["build", "build --dry-run", "status", "explain x", "check"])
def test_a_store_that_is_not_supported_is_refused(site, command):
    text = (site.folder / "settings.yaml").read_text("utf-8")
    (site.folder / "settings.yaml").write_text(text + "store: postgresql://db/news\n", encoding="utf-8")
    before = snapshot(site.folder)
    result = coranto(*command.split())
    assert result.exit_code == 2
    assert "store: postgresql is not supported" in result.stderr
    assert snapshot(site.folder).keys() - before.keys() <= {".coranto/settings.json"}  # a copy of what was read

"""`coranto init`: a site that builds at once, and nothing of anybody's is overwritten."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from commands import as_json, coranto, snapshot
from coranto.settings import load


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("language", ["en", "zh-CN", "zh"])
def test_a_new_site_builds_at_once_and_checks_well(tmp_path, monkeypatch, language):
    result = coranto("init", "mysite", "--language", language, "--timezone", "Asia/Shanghai")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "wrote mysite/settings.yaml"
    monkeypatch.chdir(tmp_path / "mysite")
    built = as_json("build")
    assert built["stories"]["added"] == 1
    assert "news/atom.xml" in built["feeds"]["written"]
    assert coranto("check").exit_code == 0
    feed = (tmp_path / "mysite" / "feeds" / "news" / "atom.xml").read_text("utf-8")
    assert ("第一篇文章" in feed) == language.startswith("zh")


def test_the_facts_are_those_given_and_the_tag_is_the_host_and_the_year(tmp_path):
    title = '江城: "新闻" # 一'
    coranto(
        "init",
        "--title",
        title,
        "--url",
        "https://新闻.example:8443/x",
        "--language",
        "zh-CN",
        "--timezone",
        "Asia/Tokyo",
    )
    site = load(tmp_path / "settings.yaml").site
    assert (site.title, site.url, site.language, site.timezone) == (
        title,
        "https://新闻.example:8443/x/",
        "zh-CN",
        "Asia/Tokyo",
    )
    assert site.tag == f"xn--efvy88h.example,{datetime.now(UTC).year}"


def test_defaults_are_sound_and_the_hints_are_the_built_in_rules(tmp_path):
    coranto("init", "广州新闻")
    text = (tmp_path / "广州新闻" / "settings.yaml").read_text("utf-8")
    plain = load(tmp_path / "广州新闻" / "settings.yaml")
    assert plain.site.title == "广州新闻"
    assert plain.site.url == "https://example.org/"
    start = text.index("# identity:")
    bare = "\n".join(line.removeprefix("# ") for line in text[start:].splitlines())
    (tmp_path / "广州新闻" / "settings.yaml").write_text(text[:start] + bare + "\n", encoding="utf-8")
    assert load(tmp_path / "广州新闻" / "settings.yaml").identity == plain.identity


def test_settings_that_are_there_are_never_overwritten(tmp_path):
    (tmp_path / "settings.yaml").write_text("mine", encoding="utf-8")
    before = snapshot(tmp_path)
    result = coranto("init")
    assert result.exit_code == 2
    assert "settings.yaml: is there already" in result.stderr
    assert snapshot(tmp_path) == before


def test_other_files_stay_and_gitignore_gets_one_line(tmp_path):
    (tmp_path / ".gitignore").write_text("mine/", encoding="utf-8")
    assert coranto("init").exit_code == 0
    assert (tmp_path / ".gitignore").read_text("utf-8") == "mine/\n.coranto/\n"
    (tmp_path / "settings.yaml").unlink()
    assert coranto("init").exit_code == 0
    assert (tmp_path / ".gitignore").read_text("utf-8") == "mine/\n.coranto/\n"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--url", "news"], "--url: "),
        (["--timezone", "Mars"], "--timezone: "),
        (["--language", "!"], "--language: "),
        (["x", "--config", "y.yaml"], "either DIR or --config"),
    ],
)
def test_wrong_facts_are_named_and_nothing_is_written(tmp_path, options, named):
    result = coranto("init", *options)
    assert result.exit_code == 2
    assert named in result.stderr
    assert snapshot(tmp_path) == {}


def test_json_names_what_was_made(tmp_path):
    made = json.loads(coranto("init", "--config", "other/site.yaml", "--json").stdout)
    assert made["settings"] == str(tmp_path / "other" / "site.yaml")
    assert len(made["created"]) == 3
    assert coranto("build", "--config", "other/site.yaml").exit_code == 0

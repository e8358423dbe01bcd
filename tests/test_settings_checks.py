"""settings.yaml: feeds, names and folders that get in each other's way are refused, and both places are named."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from coranto.settings import SettingsError, load
from settings_text import SITE, compiled, problem, problems


def test_one_feed_twice_names_both_lines_whatever_its_scheme() -> None:
    text = "upstreams:\n  - url: https://paper.example/rss\n  - url: a.xml\n  - {url: 'http://paper.example/rss/'}\n"
    expected = "5:11: upstreams[2].url: is the same feed as upstreams[0].url in line 3; remove one of the two"
    assert problem(text).startswith(expected)


def test_one_folder_of_posts_twice_names_both_lines() -> None:
    text = "posts:\n  - path: posts\n  - path: ./posts/\n"
    assert problem(text).startswith("4:11: posts[1].path: is the same folder of posts as posts[0].path in line 3; ")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("categories:\n  Gz: {}\n  gz: {}\n", "4:3: categories.gz: "),
        ("categories:\n  gz: {aliases: [A, a]}\n", "3:21: categories.gz.aliases[1]: "),
        ("categories:\n  gz: {aliases: [GZ]}\n", "3:18: categories.gz.aliases[0]: "),
        ("categories:\n  a: {aliases: [x]}\n  b: {aliases: [X]}\n", "4:17: categories.b.aliases[0]: "),
        (f"categories:\n  é: {{}}\n  {unicodedata.normalize('NFD', 'É')}: {{}}\n", "4:3: categories."),
    ],
)
def test_two_names_of_one_category_are_refused_without_regard_to_case_and_form(text, place) -> None:
    found = problem(text)
    assert found.startswith(place)
    assert "already (line 3)" in found


@pytest.mark.parametrize(
    "text",
    [
        "feeds: {path: .}\n",
        "feeds: {path: ..}\n",
        "feeds: {path: /}\n",
        "feeds: {path: /site/x/..}\n",
        "feeds: {path: posts}\nposts: [{path: posts/**/*.md}]\n",
        "feeds: {path: out}\nposts: [{path: out/posts}]\n",
        "posts: [{path: feeds/one.md}]\n",
        "store: feeds/store.sqlite3\n",
    ],
)
def test_feeds_never_stand_where_something_could_be_overwritten_or_leak(text) -> None:
    assert "feeds" in problem(text)


def test_a_link_to_the_posts_is_no_folder_for_feeds(tmp_path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "feeds").symlink_to("posts")
    (tmp_path / "settings.yaml").write_text(SITE + "posts: [{path: posts}]\n", "utf-8")
    with pytest.raises(SettingsError, match=r"stand in feeds\.path"):
        load(tmp_path / "settings.yaml")


def test_the_default_folder_of_feeds_is_judged_too(tmp_path) -> None:
    (tmp_path / "feeds").symlink_to(".")
    (tmp_path / "settings.yaml").write_text(SITE, "utf-8")
    with pytest.raises(SettingsError, match=r"yaml:1:1: feeds\.path: would publish into the folder of the settings"):
        load(tmp_path / "settings.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("posts: [{path: posts}]\nfeeds: {path: posts/x}\n", 'stands in the posts "posts", where each page'),
        ("posts: [{path: posts/**/*.md}]\nfeeds: {path: posts/x/y}\n", "would be read as a post"),
        ("feeds: {path: .coranto}\n", "which is the program's own; write feeds"),
        ("feeds: {path: .coranto/feeds}\n", "which is the program's own; write feeds"),
        ("store: state/s.db\nfeeds: {path: state/feeds}\n", "which is the program's own; write feeds"),
    ],
)
def test_feeds_stand_neither_among_posts_nor_in_the_program_s_own_folder(text, words) -> None:
    assert words in problem(text)


@pytest.mark.parametrize("text", ['feeds: {path: "a\\0b"}\n', 'store: "a\\0b"\n', 'posts: [{path: "a\\0b"}]\n'])
def test_a_path_with_a_nul_is_a_problem_with_its_line(text) -> None:
    assert any("is no path; a path is one line" in one for one in problems(text))


def test_feeds_may_stand_beside_or_below_the_posts() -> None:
    assert compiled("posts: [{path: .}, {path: posts}]\nfeeds: {path: posts-out}\n").feeds.root == Path(
        "/site/posts-out"
    )

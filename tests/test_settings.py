"""settings.yaml: what each key means, and which names and keys come out of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto.model import CodeRule
from coranto.settings import Settings, SettingsError, load, values
from coranto.settings.patterns import absolute, fixed_part, normalised, posts_keys, upstream_key
from settings_text import DATA, FULL, compiled, problem

DEFAULT_POSTS = values.Posts(path="posts", key="posts:posts", root=Path("/site/posts"), glob="**/*", optional=True)


def test_site_alone_is_enough_and_everything_else_has_the_default_of_values() -> None:
    settings = compiled("")
    assert settings == Settings(
        file=Path("/site/settings.yaml"),
        site=values.Site(title="江城新闻", url="https://news.example/", tag="news.example,2021"),
        feeds=values.Feeds(root=Path("/site/feeds")),
        store="/site/.coranto/store.sqlite3",
        posts=(DEFAULT_POSTS,),
    )
    assert settings.identity.info_code == values.DEFAULT_CODES


@pytest.mark.parametrize(
    ("text", "posts"),
    [
        ("keep: 3d", (DEFAULT_POSTS,)),
        ("posts:", (DEFAULT_POSTS,)),
        ("posts: []", ()),
        ("posts: [{path: posts}]", (dataclasses.replace(DEFAULT_POSTS, optional=False),)),
    ],
)
def test_posts_that_are_not_written_are_the_folder_beside_the_settings_if_there_is_one(text, posts) -> None:
    assert compiled(text).posts == posts


def test_every_key_reaches_the_value_it_names() -> None:
    settings = compiled(FULL)
    assert settings.site == values.Site(
        title="江城新闻",
        url="https://news.example/feeds/",
        tag="news.example,2021-05",
        language="zh-CN",
        timezone="Asia/Shanghai",
        description="江城每日要闻",
        icon="https://news.example/icon.png",
    )
    assert settings.feeds == values.Feeds(
        root=Path("/site/public"),
        formats=("atom", "json"),
        entries=20,
        max_age=3 * 86400,
        max_entries=200,
        only=("jiang*", "evening"),
        min_stories=2,
        compress=True,
        hub="https://hub.example/",
    )
    assert settings.fetch == values.Fetch(
        threads=4,
        pause=2.5,
        contact="editor@news.example",
        private=("nas.lan:8080", "[fd00::1]:80", "192.168.1.5"),
        hold="host",
        proxy="http://me:$PROXY_PASSWORD@proxy.lan:3128",
    )
    assert settings.categories == (
        values.CategoryRule(name="jiangchengwanbao", title="江城晚报", description="晚报", aliases=("JCWB",)),
        values.CategoryRule(name="evening"),
    )
    assert (settings.keep, settings.refresh) == (90 * 86400, "*/10 * * * *")
    assert settings.serve == values.Serve(host="0.0.0.0", port=8090, operators=("192.168.1.0/24", "fd00::/8"))
    assert settings.store == "postgresql://coranto@db.example/coranto"


def test_posts_know_their_root_their_glob_and_the_key_of_their_source() -> None:
    first, second, third = compiled(FULL).posts
    assert first == values.Posts(
        path="posts/**/*.md",
        key="posts:posts",
        root=Path("/site/posts"),
        glob="**/*.md",
        exclude=("posts/broken-*.md",),
        drop=("广告",),
        category_title="{}新闻",
    )
    assert second == values.Posts(path="./posts/", key="posts:posts/**/*", root=Path("/site/posts"), glob="**/*")
    assert third == values.Posts(
        path="/srv/old_post", key="posts:/srv/old_post", root=Path("/srv/old_post"), glob="**/*"
    )


def test_upstreams_are_addresses_or_files_and_the_sites_zone_is_their_default() -> None:
    paper, saved = compiled(FULL).upstreams
    assert paper == values.Upstream(
        url="https://paper.example/rss.xml",
        key="paper.example/rss.xml",
        categories=("jiangchengwanbao",),
        own_categories=True,
        every=1800,
        timezone="Europe/Berlin",
        drop=("招聘", "彩票"),
        headers=(("X-Api-Key", "$NEWS_KEY"), ("Accept", "text/xml")),
        auth="reader:$NEWS_PASSWORD",
    )
    assert saved == values.Upstream(
        url="./saved/./evening.xml",
        key="file:saved/evening.xml",
        path=Path("/site/saved/evening.xml"),
        categories=("evening", "jiangchengwanbao"),
        every=0,
        timezone="Asia/Shanghai",
    )


def test_identity_rules_are_read_and_ignored_keys_take_the_form_of_keys() -> None:
    identity = compiled(FULL).identity
    assert identity.info_code == (
        CodeRule(query="infoCode"),
        CodeRule(host="*.paper.example", path=r"[,/](\d{18})\.html$", template="NW{1}"),
        CodeRule(file=r"-(?:NW)?(\d{18})\.md$", template="NW{1}"),
    )
    assert identity.ignore == ("url:paper.example/live", "code:NW200001010000000000", "id:urn:x")
    assert identity.tracking == ("from_app",)


def test_names_that_yaml_takes_for_booleans_numbers_or_dates_stay_what_was_written() -> None:
    settings = load(DATA / "names.yaml")
    assert (settings.site.title, settings.site.language, settings.site.description) == ("2021", "no", "12:30:00")
    no, rest = settings.upstreams
    assert no.categories == ("no",)
    assert rest.categories == ("36", "1_000", "0123", "null", "on", "2021-12-24", "1.50", "~")
    names = [(rule.name, rule.title, rule.aliases) for rule in settings.categories]
    assert names == [("no", "yes", ("off",)), ("36", "0x1F", ()), ("1_000", "", ()), ("null", "", ("1e3",))]


def test_an_unquoted_tag_of_a_year_alone_is_no_number() -> None:
    site = "site:\n  title: x\n  url: https://news.example/\n  tag: 2021\n"
    assert problem("", site=site).startswith('4:8: site.tag: "2021" is no tag authority')


def test_a_key_with_nothing_behind_it_has_its_default() -> None:
    text = "posts:\nupstreams: ~\ncategories: null\nfeeds:\nfetch: {contact: , pause: }\nschedule: {refresh: ~}\n"
    assert compiled(text) == compiled("")


@pytest.mark.parametrize("break_", ["\r\n", "\r"])
def test_other_line_ends_and_a_byte_order_mark_change_nothing(break_) -> None:
    content = b"\xef\xbb\xbf" + FULL.decode().replace("\n", break_).encode()
    assert compiled(content) == compiled(FULL)


def test_a_site_address_gets_its_slash_and_a_title_is_one_line() -> None:
    site = "site:\n  title: |\n    江城\n    新闻\n  url: http://news.example/a\n  tag: a@news.example,2021-12-24\n"
    settings = compiled("", site=site)
    assert (settings.site.url, settings.site.title) == ("http://news.example/a/", "江城 新闻")


@pytest.mark.parametrize(
    ("pattern", "fixed", "glob"),
    [
        ("posts/**/*.md", "posts", "**/*.md"),
        ("_posts", "_posts", "**/*"),
        ("./_posts//", "_posts", "**/*"),
        (".", ".", "**/*"),
        ("*.md", ".", "*.md"),
        ("**/*.markdown", ".", "**/*.markdown"),
        ("a/b/[0-9]*/x.md", "a/b", "[0-9]*/x.md"),
        ("a/one.md", "a", "one.md"),
        ("one.HTML", ".", "one.HTML"),
        ("/srv/posts/?.md", "/srv/posts", "?.md"),
        ("/*.md", "/", "*.md"),
        ("../old_post", "../old_post", "**/*"),
        ("广州/*.md", "广州", "*.md"),
    ],
)
def test_the_fixed_part_of_a_pattern_ends_before_its_first_wildcard(pattern, fixed, glob) -> None:
    found = fixed_part(pattern)
    assert (found.fixed, found.glob) == (fixed, glob)


def test_posts_with_one_fixed_part_have_different_keys() -> None:
    patterns = ("_posts/*.md", "./_posts", "_posts/*.html", "/_posts")
    assert posts_keys(tuple(fixed_part(pattern) for pattern in patterns)) == (
        "posts:_posts",
        "posts:_posts/**/*",
        "posts:_posts/*.html",
        "posts:/_posts",
    )


@given(st.lists(st.sampled_from(["a", "b", ".", "", "..", "广"]), min_size=1).map("/".join))
def test_a_normalised_path_is_normal_and_means_the_same(path) -> None:
    assert normalised(normalised(path)) == normalised(path)
    assert absolute(Path("/x/y"), normalised(path)) == absolute(Path("/x/y"), path)


def test_http_and_https_are_one_source_but_parameters_tell_feeds_apart() -> None:
    assert upstream_key("http://paper.example/rss/") == upstream_key("https://www.paper.example:443/rss")
    assert upstream_key("https://a.example/f?utm_source=a") != upstream_key("https://a.example/f?utm_source=b")


def test_settings_are_frozen_and_hashable() -> None:
    settings = compiled(FULL)
    assert hash(settings) == hash(compiled(FULL))
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.keep = 1


@pytest.mark.parametrize(
    ("serve", "said"),
    [
        ("{host: 'http://news.example/'}", "is no address; write 127.0.0.1"),
        ("{operators: ['192.168.1.0/33']}", "is no network; write 192.168.1.5"),
        ("{operators: [localhost]}", "is no network; write 192.168.1.5"),
    ],
)
def test_what_is_served_to_whom_is_checked(serve, said) -> None:
    with pytest.raises(SettingsError, match=said):
        compiled(f"serve: {serve}\n")

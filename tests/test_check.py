"""`coranto check`: everything that is wrong, with file and line, and nothing that is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from commands import as_json, coranto, snapshot
from coranto.inspect import document
from river import Site, item

ROOT = Path(__file__).parent.parent


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    made.post("posts/2022-01-07-a.md", title="第一条", category="gzrb", matter="tags: 广州日报新闻")
    made.post("posts/2022-01-06-b.md", title="第二条", category="gzrb", date="2022-01-06 08:00:00 +0800")
    made.feed("a", item("tag:a,2022:1", title="上游一条"))
    made.settings()
    return made


def findings(code=1):
    found = as_json("check", code=code)["findings"]
    return [(Path(one["where"]).name, one["line"], one["level"], one["message"]) for one in found]


def test_the_sample_of_this_repository_is_all_well(tmp_path, monkeypatch):
    for name in ("posts", "upstreams", "feeds"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "settings.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    result = coranto("check")
    assert result.stdout == ""
    assert result.exit_code == 0
    assert "0 findings" in result.stderr


def test_a_check_writes_nothing_before_and_after_a_build(site):
    before = snapshot(site.folder)
    assert coranto("check").exit_code == 0
    assert snapshot(site.folder) == before
    coranto("build")
    before = snapshot(site.folder)
    assert coranto("check").exit_code == 0
    assert snapshot(site.folder) == before


def test_bad_posts_are_named_with_line_and_the_rest_is_judged_too(site):
    posts = site.folder / "posts"
    (posts / "empty.md").write_text('---\nlayout: post\ntitle: ""\n---\n', encoding="utf-8")
    (posts / "half.md").write_text("---\ntitle: x\n", encoding="utf-8")
    site.post("posts/2022-01-05-odd.md", matter="updated: 昨天")
    site.post("posts/2022-01-04-number.md", matter="infoCode: unknown")
    result = coranto("check")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "posts/2022-01-04-number.md",
        "posts/2022-01-05-odd.md:6",
        "posts/empty.md:3",
        "posts/half.md:1",
    ]
    assert lines[1] == "posts/2022-01-05-odd.md:6: warning: updated is no date: 昨天"
    assert result.stderr == "4 findings in settings, 6 posts, 0 written feeds\n"


def test_all_problems_of_settings_are_told_and_nothing_else_is_judged(site):
    (site.folder / "settings.yaml").write_text("site: {title: x}\nkep: 3d\n", encoding="utf-8")
    told = as_json("check", code=2)["findings"]
    assert len(told) == 3
    assert {one["line"] for one in told} == {1, 2}
    assert "did you mean" in coranto("check").stdout


def test_a_folder_that_matches_nothing_and_one_that_is_missing(site):
    site.posts += ["nowhere/*.md", "posts/*.markdown"]
    site.settings()
    assert [(name, level) for name, _, level, _ in findings()] == [("*.md", "error"), ("*.markdown", "warning")]


def test_an_upstream_file_is_judged_and_no_address_is_asked(site):
    (site.folder / "up" / "a.xml").write_text("<html><body>moved</body></html>", encoding="utf-8")
    more = "  - url: https://never.asked.invalid/rss\n"
    site.extra = more
    site.settings()
    ((name, _, level, message),) = findings()
    assert (name, level) == ("a.xml", "error")
    assert message


def test_a_category_that_nothing_is_filed_under_is_a_note_and_no_finding(site):
    site.extra = "categories: {gzrbb: {title: 广州日报}, GZRB: {title: 广州日报}, a: , x: {aliases: [gzrb2]}}\n"
    site.settings()
    told = findings(code=0)
    assert [(level, message.partition('"')[2].partition('"')[0]) for _, _, level, message in told] == [
        ("note", "gzrbb"),
        ("note", "x"),
    ]


def test_a_feed_that_max_entries_cuts_short_is_named(site):
    for number in range(5):
        site.post(f"posts/2022-01-07-{number}.md", title=f"第{number}条", category="gzrb")
    site.extra = "feeds: {entries: 2, max_entries: 4, max_age: 12h}\n"
    site.settings()
    coranto("build")
    first, second = (message for *_, message in findings())
    assert first.startswith('the feed "all" (江城新闻) is cut short: 7 stories lie within feeds.max_age, only 4 fit;')
    assert second.startswith('the feed "gzrb" (gzrb) is cut short: 6 stories lie within feeds.max_age, only 4 fit;')
    assert [cut["folder"] for cut in as_json("status")["cut_short"]] == ["all", "gzrb"]


# -- written feeds


def test_files_that_somebody_changed_or_removed_are_named(site):
    coranto("build")
    feeds = site.folder / "feeds"
    (feeds / "gzrb" / "index.html").unlink()
    (feeds / "opml.xml").write_text("<opml", encoding="utf-8")
    (feeds / "gzrb" / "feed.json").touch()  # the same bytes: a checkout does this
    told = [(name, message.partition(";")[0].partition(":")[0]) for name, _, _, message in findings()]
    assert told == [
        ("index.html", "is missing"),
        ("opml.xml", "is not as it was written"),
        ("opml.xml", "is not well-formed"),
    ]


def test_without_a_store_the_written_feeds_are_judged_all_the_same(site):
    coranto("build")
    site.lose_state()
    assert coranto("check").exit_code == 0
    (site.folder / "feeds" / "gzrb" / "rss.xml").write_text("<rss", encoding="utf-8")
    assert [name for name, *_ in findings()] == ["rss.xml"]


def test_feeds_that_are_served_elsewhere_are_named_after_a_move(site):
    coranto("build")
    settings = site.folder / "settings.yaml"
    settings.write_text(settings.read_text("utf-8").replace("https://news.example/", "https://new.example/"), "utf-8")
    told = findings()
    assert len(told) == 9  # three formats of all, gzrb and a
    assert all("but it is served at https://new.example/" in message for *_, message in told)


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>'
HEAD = (
    "<id>tag:a,2021:f</id><title>t</title><updated>2022-01-01T00:00:00Z</updated><author><name>n</name></author>"
    '<link rel="self" href="https://a.example/atom.xml"/>'
)
ENTRY = "<entry><id>{}</id><title>t</title><updated>2022-01-01T00:00:00Z</updated><content>x</content></entry>"
RSS = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{}</channel></rss>'
CHANNEL = (
    '<title>t</title><link>x</link><description>d</description><atom:link rel="self" href="https://a.example/rss.xml"/>'
)
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "t",
    "feed_url": "https://a.example/feed.json",
    "items": [],
}


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("atom.xml", ATOM.format(HEAD + ENTRY.format("tag:a,2021:1")), ""),
        ("atom.xml", "<feed/>", "is no Atom feed"),
        ("atom.xml", "<feed", "is not well-formed"),
        ("atom.xml", ATOM.format(HEAD.replace("<title>t</title>", "")), "0 <title>"),
        ("atom.xml", ATOM.format(HEAD + "<id>tag:a,2021:f</id>"), "2 <id>"),
        ("atom.xml", ATOM.format(HEAD.replace("a.example", "b.example")), "says that it stands at https://b.example"),
        ("atom.xml", ATOM.format(HEAD.replace("self", "alternate")), "does not say where it stands"),
        ("atom.xml", ATOM.format(HEAD.replace("00:00Z", "00:00")), "no date of RFC 3339"),
        ("atom.xml", ATOM.format(HEAD + ENTRY.format("7")), "no absolute IRI"),
        ("atom.xml", ATOM.format(HEAD + ENTRY.format("tag:a,2021:1") * 2), "stands in it twice"),
        ("atom.xml", ATOM.format(HEAD.replace("author", "by") + ENTRY.format("tag:a,2021:1")), "has no author"),
        (
            "atom.xml",
            ATOM.format(HEAD + ENTRY.format("tag:a,2021:1").replace("content", "c")),
            "neither content nor a link",
        ),
        ("rss.xml", RSS.format(CHANNEL + "<item><title>t</title><guid>1</guid></item>"), ""),
        ("rss.xml", "<rss version='0.91'/>", "is no RSS feed"),
        ("rss.xml", RSS.format(CHANNEL.replace("description", "d")), "no <description>"),
        ("rss.xml", RSS.format(CHANNEL + "<item><guid>1</guid></item>"), "neither title nor description"),
        ("rss.xml", RSS.format(CHANNEL + "<item><title>t</title></item>"), "has no guid"),
        (
            "rss.xml",
            RSS.format(CHANNEL + "<item><title>t</title><guid>1</guid><pubDate>soon</pubDate></item>"),
            "pubDate",
        ),
        ("feed.json", json.dumps(JSON | {"items": [{"id": "1", "content_text": "x"}]}), ""),
        ("feed.json", "{", "is no JSON"),
        ("feed.json", "[" * 100_000, "is no JSON"),
        ("feed.json", "[]", "is no JSON Feed"),
        ("feed.json", json.dumps(JSON | {"items": [7]}), "item 1 has no id"),
        ("feed.json", json.dumps(JSON | {"items": [{"id": "1"}]}), "no content"),
        ("feed.json", json.dumps(JSON | {"items": [{"id": "1", "content_text": "x"}] * 2}), "twice"),
        (
            "feed.json",
            json.dumps(JSON | {"feed_url": "https://b.example/"}),
            "says that it stands at https://b.example/",
        ),
        ("opml.xml", '<opml version="2.0"><body><outline type="rss" text="a"/></body></opml>', "no text or no xmlUrl"),
        ("opml.xml", "<x/>", "is no OPML list"),
    ],
)
def test_each_requirement_of_a_format_is_seen(tmp_path, name, body, said):
    (tmp_path / name).write_text(body, encoding="utf-8")
    messages = [finding.message for finding in document.check(tmp_path / name, f"https://a.example/{name}")]
    assert len(messages) == bool(said)
    assert said in "".join(messages)

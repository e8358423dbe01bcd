"""`coranto opml`: subscriptions from other programs, and back to them."""

from __future__ import annotations

import pytest

from commands import as_json, coranto, snapshot
from coranto.settings import load
from coranto.writers.opml import Outline, read, subscriptions

SITE = 'site: {title: 江城新闻, url: "https://news.example/", tag: "news.example,2021"}\n'
LIST = """<opml version="2.0"><head/><body>
<outline text="报纸"><outline text="甲" xmlUrl="https://a.example/rss"/><outline text="乙" xmlUrl="https://b.example/rss"/></outline>
<outline text="丙" xmlUrl="https://c.example/rss"/><outline text="again" xmlUrl="http://www.c.example/rss/"/>
<outline text="丁" xmlUrl="ftp://d.example/rss"/></body></opml>"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "settings.yaml").write_text(
        SITE
        + "upstreams:\n  - url: https://a.example/rss/\n  - url: http://me:secret@p.example/feed\n    category: 私\n  - url: x.xml\n",
        encoding="utf-8",
    )
    (tmp_path / "list.opml").write_text(LIST, encoding="utf-8")
    return tmp_path


def test_import_prints_only_what_is_new_and_names_what_cannot_be_polled(here):
    before = snapshot(here)
    result = coranto("opml", "import", "list.opml")
    assert result.stdout == (
        "upstreams:\n  - url: https://b.example/rss\n    category: 报纸\n  - url: https://c.example/rss\n"
    )
    assert result.exit_code == 1
    assert result.stderr == 'left out: "丁": ftp://d.example/rss is no http(s) address\n'
    assert snapshot(here) == before


def test_import_appends_and_a_second_time_finds_nothing_new(here):
    told = as_json("opml", "import", "list.opml", "--write", code=1)
    assert told["written"]
    assert [one["url"] for one in told["new"]] == ["https://b.example/rss", "https://c.example/rss"]
    upstreams = load(here / "settings.yaml").upstreams
    assert [(one.url, one.categories) for one in upstreams[-2:]] == [
        ("https://b.example/rss", ("报纸",)),
        ("https://c.example/rss", ()),
    ]
    assert as_json("opml", "import", "list.opml", "--write", code=1)["new"] == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("feed://n.example/rss", "http://n.example/rss"),
        ("feed:https://n.example/rss", "https://n.example/rss"),
        ("FEED:http://n.example/rss", "http://n.example/rss"),
        ("feed://https://n.example/rss?u=feed://x", "https://n.example/rss?u=feed://x"),
    ],
)
def test_an_address_to_subscribe_to_is_the_address_behind_it(here, written, meant):
    (here / "list.opml").write_text(f'<opml><body><outline xmlUrl="{written}"/></body></opml>', encoding="utf-8")
    assert [one["url"] for one in as_json("opml", "import", "list.opml")["new"]] == [meant]


@pytest.mark.parametrize("written", ["feed://a.example/rss/", "feed:https://a.example/rss"])
def test_an_address_to_subscribe_to_may_be_known_already(here, written):
    assert as_json("add", written)["subscribed"]
    (here / "list.opml").write_text(f'<opml><body><outline xmlUrl="{written}"/></body></opml>', encoding="utf-8")
    assert as_json("opml", "import", "list.opml")["new"] == []


@pytest.mark.parametrize("body", ["<opml", "<rss/>", '<!DOCTYPE x [<!ENTITY a "b">]><opml/>'])
def test_a_list_that_cannot_be_read_is_refused(here, body):
    (here / "list.opml").write_text(body, encoding="utf-8")
    result = coranto("opml", "import", "list.opml")
    assert result.exit_code == 2
    assert result.stderr.startswith("list.opml: ")


def test_export_gives_folders_and_keeps_passwords_and_files_to_itself(here):
    result = coranto("opml", "export")
    assert result.exit_code == 0
    assert "secret" not in result.output
    assert "left out: x.xml is a file" in result.stderr
    assert read(result.stdout.encode()) == (
        Outline("https://a.example/rss/", "https://a.example/rss/"),
        Outline("http://p.example/feed", "http://p.example/feed", "私"),
    )


def test_export_into_a_file(here):
    told = as_json("opml", "export", "out.opml")
    assert told["file"] == str(here / "out.opml")
    assert len(read((here / "out.opml").read_bytes())) == len(told["subscriptions"]) == 2


def test_what_is_exported_can_be_imported():
    outlines = (Outline("丙 & 丁", "https://c.example/?a=1&b=2"), Outline("甲", "https://a.example/", "报纸"))
    assert read(subscriptions("我的 & 订阅", outlines)) == outlines

"""`coranto explain`: why entries are one story, or are not (DESIGN 3)."""

from __future__ import annotations

import re

import pytest

from commands import as_json, coranto, snapshot
from coranto.text.anchors import anchor
from river import TAG, Site, item

CODE = "NW202201072239307540"
SHARE = f"http://finews.example/html_News/NewsShare.html?infoCode={CODE}"
BARE = "http://finance.eastmoney.com/news/1353,202201072239307540.html"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A K1 pair, and an upstream that carries it too."""
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    made.post(f"posts/2022-01-07-{CODE}.md", title="央行：第一条", category="emnews", link=SHARE, text="短。")
    made.post(
        "posts/2022-01-07-202201072239307540.md",
        title="央行 第一条",
        category="cailianshe",
        link=BARE,
        text="这一份比另一份长得多。" * 9,
        date="2022-01-07 22:39:31 +0800",
    )
    summary = "<summary>上游的摘要</summary><author><name>记者甲</name></author>"
    made.feed("a", item("tag:a,2022:1", title="央行第一条", link=f"{SHARE}&utm_source=a", more=summary))
    made.build()
    return made


NAMES = (
    f"tag:{TAG}:code/{CODE}",
    CODE,
    CODE.lower(),
    f"code:{CODE.lower()}",
    SHARE,
    SHARE.replace("http:", "https:") + "&utm_campaign=x",
    BARE,
    "tag:a,2022:1",
    f"posts/2022-01-07-{CODE}.md",
    f"2022-01-07-{CODE}.md",
    f"https://news.example/all/#{anchor(f'tag:{TAG}:code/{CODE}')}",
    f"url:finews.example/html_News/NewsShare.html?infoCode={CODE}",
)


@pytest.mark.parametrize("what", NAMES)
def test_whatever_a_person_calls_it_the_story_is_found(site, what):
    (story,) = as_json("explain", what)["stories"]
    assert story["id"] == f"tag:{TAG}:code/{CODE}"
    assert len(story["entries"]) == 3


def test_an_absolute_path_and_one_from_elsewhere_are_found(site, tmp_path_factory, monkeypatch):
    path = site.folder / "posts" / f"2022-01-07-{CODE}.md"
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    for what in (path, f"posts/2022-01-07-{CODE}.md"):
        assert len(as_json("explain", what, "--config", site.folder / "settings.yaml")["stories"]) == 1


def test_the_winner_the_keys_and_what_each_entry_gave(site):
    """DESIGN 3.6: the fuller post wins; summary and authors come from the next that has them."""
    before = snapshot(site.folder)
    (story,) = as_json("explain", CODE)["stories"]
    winner, other, upstream = story["entries"]
    assert winner["where"].endswith("posts/2022-01-07-202201072239307540.md")
    assert (winner["kind"], other["kind"], upstream["kind"]) == ("posts", "posts", "feed")
    assert upstream["source"] == "up/a.xml"
    assert story["joined_by"][0] == f"code:{CODE}"
    assert {key["key"]: key["is"] for key in winner["keys"]} == {
        f"code:{CODE}": "joins",
        "url:finance.eastmoney.com/news/1353,202201072239307540.html": "alone",
    }
    assert story["fields"]["title"] == story["fields"]["text"] == winner["where"]
    assert story["fields"]["summary"] == story["fields"]["authors"] == upstream["where"]
    assert [one["key"] for one in story["categories"]] == ["a", "cailianshe", "emnews"]
    assert story["conflicts"] == []
    assert snapshot(site.folder) == before


def test_a_person_reads_the_same(site):
    out = coranto("explain", CODE).stdout
    assert out.startswith("央行 第一条\n")
    assert "entry 1 of 3: posts/2022-01-07-202201072239307540.md" in out
    assert "(shared within the story)" in out
    assert "one because of" in out


def test_two_published_stories_that_become_one_leave_an_alias(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    made.post("posts/2022-01-07-a.md", title="甲", link="https://p.example/1")
    made.post("posts/2022-01-07-b.md", title="乙", link="https://p.example/2")
    made.build()
    before = made.ids()
    made.post("posts/2022-01-07-b.md", title="乙", link="https://p.example/1")
    made.build()
    (story,) = as_json("explain", before["甲"])["stories"]
    assert [story["id"], *story["aliases"]] == [before["甲"], before["乙"]]
    assert as_json("explain", before["乙"])["stories"] == [story]
    assert re.search(rf"alias +{re.escape(before['乙'])}\n", coranto("explain", before["甲"]).stdout)


def test_a_refused_join_is_shown_from_both_sides(tmp_path, monkeypatch):
    """IDENTITY: a weaker key never joins what a stronger key tells apart."""
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    for number, name in ((0, "甲"), (1, "乙")):
        code = f"NW20220107223930754{number}"
        made.post(
            f"posts/2022-01-07-{number}.md", title=name, link="https://p.example/live", matter=f"infoCode: {code}"
        )
    made.posts = ["posts/2022-01-07-0.md", "posts/2022-01-07-1.md"]
    made.build()
    for number in (0, 1):
        (story,) = as_json("explain", f"NW20220107223930754{number}")["stories"]
        (conflict,) = story["conflicts"]
        assert conflict["key"] == "url:p.example/live"
        assert "two infoCodes" in conflict["why"]
        assert len(story["entries"]) == 1
    assert "conflict: url:p.example/live" in coranto("explain", "NW202201072239307540").stdout
    assert len(as_json("explain", "https://p.example/live")["stories"]) == 2


def test_dead_and_ignored_keys_are_marked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    made.feed(
        "a",
        item("tag:a,2022:1", title="甲", link="https://p.example/home"),
        item("tag:a,2022:2", title="乙", link="https://p.example/home"),
    )
    made.feed("b", item("tag:b,2022:1", title="丙", link="https://p.example/live"))
    made.extra = 'identity: {ignore: ["url:p.example/live"]}\n'
    made.build()
    (story,) = as_json("explain", "tag:a,2022:1")["stories"]
    assert {"key": "url:p.example/home", "is": "dead"} in story["entries"][0]["keys"]
    (story,) = as_json("explain", "tag:b,2022:1")["stories"]
    assert {"key": "url:p.example/live", "is": "ignored"} in story["entries"][0]["keys"]
    assert "several articles of this source share it" in coranto("explain", "tag:a,2022:2").stdout
    assert "ignored by identity.ignore" in coranto("explain", "https://p.example/live").stdout


def test_an_entry_that_is_not_published_says_why(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Site(tmp_path)
    made.post("posts/2022-01-07-gone.md", title="撤回")
    made.post("posts/2099-01-07-soon.md", title="明天", date="2099-01-07 08:00:00 +0800")
    made.build()
    (made.folder / "posts" / "2022-01-07-gone.md").unlink()
    made.post("posts/2022-01-07-c.md", title="丙")
    made.build()
    (story,) = as_json("explain", "2022-01-07-gone.md")["stories"]
    assert (story["id"], story["entries"][0]["state"]) == (None, "withdrawn")
    assert "its date has not come" in coranto("explain", "posts/2099-01-07-soon.md").stdout


def test_a_post_that_cannot_be_read_is_told(site):
    (site.folder / "posts" / "bad.md").write_text('---\ntitle: ""\n---\n', encoding="utf-8")
    site.build()
    result = coranto("explain", "posts/bad.md")
    assert result.exit_code == 1
    assert result.stdout.startswith("posts/bad.md:2: the title is empty")


def test_nothing_found_and_nothing_built(site, tmp_path_factory, monkeypatch):
    assert as_json("explain", "nothing", code=1) == {"stories": [], "failed": []}
    result = coranto("explain", "nothing")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert 'nothing is known of "nothing"' in result.stderr
    site.lose_state()
    assert "coranto build" in coranto("explain", CODE).stderr

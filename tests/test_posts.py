"""The facts of Jekyll-style posts: SEED 3, 5 and 6 (K1-K7), IDENTITY A.1, RELIABILITY R20."""

from datetime import UTC

import pytest

from coranto.identity import Rules
from coranto.model import Person
from coranto.readers.posts import PostContext, PostError, Unpublished
from posting import NAME, entry, post, sample, utc


def test_the_seed_shape():
    """SEED 5, shape (c): the closing link is the story's, the credit line its author, the tag the category's name."""
    seed = sample("2021-12-24-NW202112240000000001.md")
    link = "http://share.example/html_News/NewsShare.html?infoCode=NW202112240000000001"
    assert (seed.entry.link, seed.entry.code, seed.entry.permalinks) == (link, "NW202112240000000001", ())
    assert seed.entry.published == utc(2021, 12, 23, 20, 2, 50)
    assert (seed.entry.categories, seed.entry.label) == (("guangzhouribao",), "广州日报")
    assert seed.entry.title == "河畔书店： 三十年灯火 让阅读更近一点"
    assert seed.entry.words is None
    assert seed.entry.problems == ()
    words = seed.words()
    assert words.authors == (Person(name="广州日报"),)
    assert words.content.startswith("<p> “夜读者行动”")
    assert words.content.endswith("</p><p>（文章来源：广州日报）</p>")
    assert "返回" not in words.content
    assert words.summary == ""


def test_the_digest_shape():
    """SEED 5, shape (a): naive date, plain sentence, name in brackets, two-line footer."""
    digest = sample("2021-12-08-202112080000000003.md")
    assert digest.entry.published == utc(2021, 12, 8, 2, 46, 18)
    assert digest.entry.link == "http://finance.eastmoney.com/news/11060,202112080000000003.html"
    assert digest.words().content == "<p>水文站说，河水涨到三米，仍在安全线以下。(河畔新闻)</p>\n"
    assert digest.words().authors == (Person(name="河畔新闻"),)


def test_the_broken_twin_is_an_error_with_its_line():
    """SEED K2."""
    with pytest.raises(PostError, match="title is empty") as caught:
        sample("-202205260000000002.md")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2021-12-24 04:02:50 +0800", utc(2021, 12, 23, 20, 2, 50)),
        ("2021-12-24 04:02:50", utc(2021, 12, 23, 20, 2, 50)),
        ("2021-12-24 04:02:50 +08:00", utc(2021, 12, 23, 20, 2, 50)),
        ("2021-12-24T04:02:50Z", utc(2021, 12, 24, 4, 2, 50)),
        ("2021-12-25", utc(2021, 12, 24, 16)),
        ("2021/12/08 10:46", utc(2021, 12, 8, 2, 46)),
        ("'2021年12月24日 04:02'", utc(2021, 12, 23, 20, 2)),
    ],
)
def test_every_way_to_write_a_date(date, expected):
    """SEED 5."""
    found = entry(f"title: t\ndate: {date}")
    assert found.published == expected
    assert found.problems == ()


@pytest.mark.parametrize("date", ["soon", " +0800", "2021-02-30 10:00", "2021-13-01", "!!timestamp 2021-02-30"])
def test_an_unreadable_date_is_a_problem_and_the_file_name_counts(date):
    """R20: never a guess, never now."""
    found = entry(f"title: t\ndate: {date}")
    assert found.published == utc(2021, 12, 23, 16)
    assert found.problems[0].startswith("line 3: date is no date")


def test_the_date_in_the_code_comes_last_and_none_is_an_error():
    """R20."""
    assert entry("title: t\ninfoCode: NW202112242224483837", name="x.md").published == utc(2021, 12, 23, 16)
    assert entry("title: t", name="2021-02-30-NW202112242224483837.md").published == utc(2021, 12, 23, 16)
    with pytest.raises(PostError, match="no readable date") as caught:
        entry("title: t\ndate: soon", name="x.md")
    assert caught.value.line == 3


def test_updated_is_what_the_author_says():
    assert entry("title: t\nlast_modified_at: 2021-12-25 00:00 +0800").updated == utc(2021, 12, 24, 16)
    assert entry().updated is None


@pytest.mark.parametrize(
    ("matter", "names"),
    [
        ("categories: guangzhouribao", ("guangzhouribao",)),
        ("categories: a  b c", ("a", "b", "c")),
        ("categories: [a b, c, a b]", ("a b", "c")),
        ("categories:\n  - no\n  - 36\n  - 0123", ("no", "36", "0123")),
        ("category: Career In touxing", ("Career In touxing",)),
        ("category: x\ncategories: y z", ("x", "y", "z")),
        ("categories:", ()),
        ("categories: 36", ("36",)),
        ("categories: anxin(xianggang)", ("anxin(xianggang)",)),
    ],
)
def test_categories_as_jekyll_reads_them(matter, names):
    """SEED 3; no YAML type guessing (SEED 5)."""
    assert entry(f"title: t\n{matter}").categories == names


def test_the_tag_names_the_only_category():
    assert entry("title: t\ncategories: a\ntags: [x, 每日经济新闻新闻]").label == "每日经济新闻"
    assert entry("title: t\ncategories: a b\ntags: 广州日报新闻").label == ""
    plain_context = PostContext(source="s", zone=UTC, rules=Rules())
    assert entry("title: t\ncategories: a\ntags: 广州日报新闻", context=plain_context).label == ""


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (NAME, "A Post"),
        ("2021-12-24-河畔-书店.md", "河畔 书店"),
        ("sub/2021-12-24-x.markdown", "X"),
        ("2021-12-24-v1.2.md", "V1.2"),
    ],
)
def test_a_missing_title_comes_from_the_file_name(name, title):
    """DESIGN 4."""
    assert entry("layout: post", name=name).title == title


@pytest.mark.parametrize("written", ["", '""', "' '", '"\\x07"'])
def test_an_empty_title_is_an_error(written):
    with pytest.raises(PostError, match="title is empty") as caught:
        post(f"layout: post\ntitle: {written}")
    assert caught.value.line == 3


@pytest.mark.parametrize("word", ["false", "False", "no", "'false'"])
def test_unpublished_is_no_error(word):
    with pytest.raises(Unpublished):
        post(f"title: ''\npublished: {word}")


def test_anything_else_than_false_is_published():
    assert entry("title: t\npublished: true").title == "t"


def test_stated_links_lead_and_the_closing_link_follows():
    found = entry(
        "title: t\nsource_url: https://b.example/2\nlink: https://a.example/1\ncanonical_url: nonsense",
        "text\n\n<http://c.example/3>",
    )
    assert found.link == "https://a.example/1"
    assert found.permalinks == ("https://b.example/2", "http://c.example/3")
    assert found.problems == ("line 5: canonical_url is no absolute http(s) address",)


@pytest.mark.parametrize("body", ["text\n\n<>", "text", "text <http://a.example/> here"])
def test_no_closing_link_is_no_link(body):
    """SEED N3."""
    assert entry(body=body).link == ""


def test_an_info_code_is_stated_in_any_case_and_stands_before_the_link():
    """IDENTITY A.1."""
    body = "t\n\n<http://a.example/?infoCode=NW202112240000000009>"
    assert entry("title: t\nINFOCODE: nw202112240000000001", body).code == "NW202112240000000001"
    assert entry("title: t", body).code == "NW202112240000000009"
    assert entry("title: t", "see [this](http://a.example/?infoCode=NW202112240000000009) text").code == ""


def test_the_two_forms_of_one_article_share_its_code():
    """SEED K1: the bare number in the rolling form's link and file name is the media form's infoCode."""
    rolling = entry(
        body="t\n\n<http://finance.eastmoney.com/news/1353,202201070000000004.html>",
        name="2022-01-07-202201070000000004.md",
    )
    media = entry(
        body="t\n\n<http://s.example/x?infoCode=NW202201070000000004>", name="2022-01-07-NW202201070000000004.md"
    )
    assert rolling.code == media.code == "NW202201070000000004"


def test_dropped_words_are_found_in_title_and_text():
    context = PostContext(source="s", zone=UTC, rules=Rules(), drop=("", "广告", "PromoTed"))
    assert entry("title: 一则广告", context=context).dropped == "广告"
    assert entry(body="a <b>pro</b>moted text", context=context).dropped == "PromoTed"
    assert entry(context=context).dropped == ""


def test_fullness_counts_the_article_without_furniture():
    body = "<p>一二三</p>\n\n<http://a.example/>\n\n[返回首页](../)"
    assert entry(body=body).fullness == 3

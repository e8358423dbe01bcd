"""Jekyll-style posts: SEED 4, 5 and 6 (K1-K7), RELIABILITY R7 and R20."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto.identity import Rules
from coranto.model import Enclosure, Person
from coranto.readers.posts import PostContext, PostError, Unpublished, parse
from coranto.settings.values import DEFAULT_CODES

DATA = Path(__file__).parent / "data" / "posts"
CONTEXT = PostContext(
    source="posts:posts",
    zone=ZoneInfo("Asia/Shanghai"),
    category_title="{}新闻",
    rules=Rules(codes=DEFAULT_CODES),
    base="https://news.example/",
)
NAME = "2021-12-24-a-post.md"


def post(matter="title: t\ndate: 2021-12-24 04:02:50 +0800", body="text", name=NAME, context=CONTEXT):
    return parse(f"---\n{matter}\n---\n{body}".encode(), name, context)


def entry(*args, **kwargs):
    return post(*args, **kwargs).entry


def sample(name):
    return parse((DATA / name).read_bytes(), name, CONTEXT)


def utc(*when):
    return datetime(*when, tzinfo=UTC)


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


def test_the_rolling_shape_loses_its_widgets():
    """SEED 4.10 and 5, shape (b): digest, hidden paragraph, live chart, stock spans, <center>, a split credit."""
    rolling = sample("2022-05-26-202205260000000002.md")
    assert rolling.entry.code == "NW202205260000000002"
    words = rolling.words()
    assert words.summary == "海岛消息，风车换上了更轻的叶片。（海岛晚报）"
    assert words.authors == (Person(name="海岛晚报"),)
    assert words.content == (
        "<blockquote>\n<p>海岛消息，风车换上了更轻的叶片。（海岛晚报）</p>\n</blockquote>\n"
        '<p>更轻的<a href="http://quote.example/unify/r/90.BK1">叶片</a>来了！<br></p><p>工人说，叶片轻了三成。</p>'
        '<figure><img src="https://img.example/D1.jpg" width="552" alt=""></figure><p>图片来源：海岛</p>'
        '<p>（文章来源：海岛<a href="http://quote.example/unify/r/90.BK2">晚</a>报）</p>'
    )


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


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("2*.md")))
def test_line_ends_blank_lines_and_footers_change_nothing(name):
    """SEED K4, K7: an edit of these is no update."""
    data = (DATA / name).read_bytes()
    seen = parse(data, name, CONTEXT)
    bare = data[: data.index("\n\n[返回".encode())]
    for copy in (
        data.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf\n" + data,
        bare,
        bare + b"\n\n",
        data.replace(b"</p>\n", b"</p>\r\n"),
    ):
        again = parse(copy, name, CONTEXT)
        assert again.entry == seen.entry
        assert again.words() == seen.words()


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


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 0, "empty"),
        ("\n\n", 0, "empty"),
        ("just text", 1, "must begin with a line ---"),
        ("\n\njust text", 3, "must begin with a line ---"),
        ("---\ntitle: t\ndate: 2021", 1, "does not end"),
        ("---\ntitle: t\n---", None, ""),
        ('---\nlayout: post\ntitle: "a "b" c"\n---\n', 3, "quotes"),
        ('\n\n---\nlayout: post\ntitle: "a "b" c"\n---\n', 5, "quotes"),
        ("---\ntitle: 财经: 要闻\n---\n", 2, "quotes"),
        ("---\ntitle: t\ntags: @x\n---\n", 3, "quotes"),
        ("---\ntitle: [公告]\n---\n", 2, "quotes"),
        ("---\ntitle: a\ndate: x\ntitle: b\n---\n", 4, "`title` stands twice"),
        ("---\n- a\n---\n", 1, "key: value"),
        ("---\n---\ntext", 1, "key: value"),
        ("---\na: !!python/name:os.system\n---\n", 2, "tag"),
        ("---\na: " + "[" * 60_000 + "\n---\n", 2, "nested"),
        ("---\na: " + "- " * 30_000 + "\n---\n", 2, "not YAML|nested"),
        ("---\n" + "a: b\n" * 20_000 + "---\n", 1, "64 KB"),
    ],
)
def test_what_is_no_post_says_why_and_where(text, line, said):
    """R7, SEED 4.6, 4.7; YAML: RELIABILITY 2."""
    if line is None:
        assert parse(text.encode(), NAME, CONTEXT).entry.title == "t"
        return
    with pytest.raises(PostError, match=said) as caught:
        parse(text.encode(), NAME, CONTEXT)
    assert caught.value.line == line


def test_gbk_is_read_and_damaged_utf8_is_not_taken_for_it():
    text = "---\ntitle: 广州联通\n---\n河畔书店今天开门，读者很多。"
    for code in ("gbk", "gb18030", "utf-8-sig"):
        assert parse(text.encode(code), NAME, CONTEXT).entry.title == "广州联通"
    with pytest.raises(PostError, match="was cut") as caught:
        parse(text.encode()[:-1], NAME, CONTEXT)
    assert caught.value.line == 4


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


@pytest.mark.parametrize(
    ("matter", "people"),
    [
        ("author: 甲", (Person(name="甲"),)),
        ("authors: [甲, 乙, 甲]", (Person(name="甲"), Person(name="乙"))),
        ("author: {name: 甲, email: a@b.example, url: 'https://a.example/'}", (Person(name="甲", email="a@b.example", uri="https://a.example/"),)),
        ("author: {email: a@b.example}", (Person(name="广州日报"),)),
        ("layout: post", (Person(name="广州日报"),)),
    ],
)  # fmt: skip
def test_authors(matter, people):
    assert post(f"title: t\n{matter}", "text\n\n（文章来源：广州日报）").words().authors == people


def test_summary_language_and_enclosures_are_stated():
    words = post(
        "title: t\ndescription: <b>short</b> &amp; plain\nlang: zh_CN\n"
        "enclosures:\n  - {url: /a.mp3, length: 123}\n  - https://h.example/b.bin\n  - {url: 'javascript:x'}"
    ).words()
    assert words.summary == "short & plain"
    assert words.language == "zh-CN"
    assert words.enclosures == (
        Enclosure(url="https://news.example/a.mp3", type="audio/mpeg", length=123),
        Enclosure(url="https://h.example/b.bin"),
    )


def test_markdown_is_rendered_and_relative_links_become_absolute():
    body = "# 标题\n\n[甲](../a/) ~~old~~ ![](p.png)\n\n|a|b|\n|-|-|\n|1|2|\n"
    content = post(body=body).words().content
    assert (
        '<a href="https://news.example/a/">甲</a> <s>old</s> <img src="https://news.example/p.png" alt="">' in content
    )
    assert "<h1>标题</h1>" in content
    assert "<td>1</td>" in content


def test_an_autolink_inside_an_html_block_is_not_swallowed():
    """SEED 5: under CommonMark the block runs to the next blank line."""
    content = post(body="<p>text</p>\n<http://a.example/?x=1&y=2>\nmore").words().content
    assert '<a href="http://a.example/?x=1&amp;y=2">http://a.example/?x=1&amp;y=2</a>' in content


def test_html_posts_are_no_markdown():
    assert post(body="<p>*a*</p>\n\n    b", name="2021-12-24-x.html").words().content == "<p>*a*</p>\n\n    b"


def test_dropped_words_are_found_in_title_and_text():
    context = PostContext(source="s", zone=UTC, rules=Rules(), drop=("", "广告", "PromoTed"))
    assert entry("title: 一则广告", context=context).dropped == "广告"
    assert entry(body="a <b>pro</b>moted text", context=context).dropped == "PromoTed"
    assert entry(context=context).dropped == ""


def test_fullness_counts_the_article_without_furniture():
    body = "<p>一二三</p>\n\n<http://a.example/>\n\n[返回首页](../)"
    assert entry(body=body).fullness == 3


def test_words_of_two_readings_are_the_same():
    assert post(body="*a*").words() == post(body="*a*").words()


FRAGMENTS = st.lists(
    st.sampled_from(["---\n", "title: ", "date: ", "2021-12-24", "x", "\n", "'", '"', ": ", "[", "{", "- ", "&a ", "*a ", "!!int ", "<http://a/>",
                     "> ", "广", "\x00", "\r", "categories: ", "infoCode: ", "...\n", "\ufeff", "|\n", "published: ", "<p>", "<<: "]),
    max_size=30,
).map("".join)  # fmt: skip


@given(
    st.one_of(
        st.binary(),
        FRAGMENTS.map(str.encode),
        FRAGMENTS.map(lambda text: f"---\ntitle: t\n{text}\n---\n{text}".encode()),
    )
)
def test_any_bytes_are_a_post_or_an_error_that_says_so(data):
    """R7: one bad file never stops the others."""
    found = reading(data)
    if isinstance(found, PostError):
        assert str(found)
        assert 0 <= found.line <= data.count(b"\n") + data.count(b"\r") + 1
    elif found:
        assert found.entry.title
        assert found.entry.published is not None
        found.words()


def reading(data):
    try:
        return parse(data, NAME, CONTEXT)
    except PostError as error:
        return error
    except Unpublished:
        return None

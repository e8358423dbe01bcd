"""The words of Jekyll-style posts: SEED 4.9, 4.10, 5, K4 and K7."""

import pytest

from coranto.model import Enclosure, Person
from coranto.readers.posts import parse
from posting import CONTEXT, DATA, post, sample


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


def test_words_of_two_readings_are_the_same():
    assert post(body="*a*").words() == post(body="*a*").words()

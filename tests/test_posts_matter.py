"""What is a post's file and what is none: SEED 4.6, 4.7 and 5, RELIABILITY R7 and 2 (YAML)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto.readers.posts import PostError, Unpublished, parse
from posting import CONTEXT, NAME


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
        ("---\na: " + "[" * 60_000 + "\n---\n", 2, "nested too deeply"),
        ("---\na: " + "[" * 600 + "]" * 600 + "\n---\n", 2, "nested too deeply"),
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


@pytest.mark.parametrize("title", ["廣州日報的新聞", "臺北市立圖書館今日開放", "香港特別行政區政府公布"])
def test_a_post_in_big5_is_not_taken_for_gbk(title):
    text = f"---\ntitle: {title}\n---\n{title}：一個讀者說，這裡的書很多，大家都喜歡來。"
    for code in ("big5", "big5hkscs", "gbk", "utf-8"):
        assert parse(text.encode(code), NAME, CONTEXT).entry.title == title
    with pytest.raises(PostError, match="was cut"):
        parse(text.encode("big5")[:-1], NAME, CONTEXT)


@pytest.mark.parametrize("word", ["广州", "证券时报", "中国人民银行", "广发银行", "3月5日 海珠区", "A股", "囧"])
def test_a_short_post_in_gbk_stays_gbk(word):
    """What says too little to be sure is what most say."""
    text = f"---\ntitle: {word}\ncategory: news\n---\n{word}"
    assert parse(text.encode("gbk"), NAME, CONTEXT).entry.title == word


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

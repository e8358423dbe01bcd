"""CJK first (E11): bytes in any charset, labelled right, wrong or not at all, with bad bytes in them, are read right.

Read through the parser, from bytes to the entry.  The texts are made for these tests.
"""

from __future__ import annotations

import codecs
import difflib
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coranto.readers import charset_repair
from coranto.readers.parse import parse
from examples import often
from parsing import CONTEXT

SIMPLE = (
    "江城样报",
    "本报讯（记者甲）记者昨日从市政府获悉，江城今年将新增三条地铁线路，总投资超过一百亿元。据介绍，新线路建成后，市民从天河到山前只需二十分钟。",
)
TRADITIONAL = (
    "臺灣新聞的標題",
    "本報訊（記者甲）記者昨日從市政府獲悉，江城今年將新增三條地鐵線路，總投資超過一百億元。據介紹，新線路建成後，市民從天河到山前只需二十分鐘。",
)
JAPANESE = (
    "東京の新聞です",
    "地下鉄は二十四日、新しい路線の計画を発表した。利用者の利便性を高めるため、来年から工事を始めるという。",
)
KOREAN = (
    "서울의 새 소식입니다",
    "서울시는 24일 새로운 지하철 노선 계획을 발표했다. 시민들의 편의를 높이기 위해 내년부터 공사를 시작한다.",
)


def feed(title: str, text: str, label: str = "") -> str:
    declaration = f'<?xml version="1.0" encoding="{label}"?>\n' if label else ""
    item = f"<item><title>{title}</title><description>{text}</description></item>"
    return f'{declaration}<rss version="2.0"><channel><title>x</title>{item}</channel></rss>'


def read(body: bytes, header: str = "") -> tuple[str, str]:
    (entry,) = parse(body, f"text/xml; charset={header}" if header else "text/xml", CONTEXT).entries
    return entry.title, entry.words.content.removeprefix("<p>").removesuffix("</p>")


def lost(before: str, after: str) -> int:
    """How many characters differ."""
    changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for kind, i1, i2, j1, j2 in changes if kind != "equal")


TRUE_LABELS = [
    *((SIMPLE, label, codec) for label in ("gb2312", "GBK", "gb18030", "x-gbk", "gb_2312-80", "cp936") for codec in ("gbk", "gb18030")),
    *((TRADITIONAL, label, "big5") for label in ("big5", "Big5-HKSCS", "cn-big5", "x-x-big5", "cp950")),
    (TRADITIONAL, "gbk", "gbk"),
    (TRADITIONAL, "gb2312", "gb18030"),
    (SIMPLE, "hz-gb-2312", "hz"),
    *((JAPANESE, label, "shift_jis") for label in ("shift_jis", "x-sjis", "windows-31j", "ms_kanji")),
    (JAPANESE, "euc-jp", "euc_jp"),
    (JAPANESE, "iso-2022-jp", "iso2022_jp"),
    *((KOREAN, label, "euc_kr") for label in ("euc-kr", "ks_c_5601-1987", "windows-949")),
    (KOREAN, "iso-2022-kr", "iso2022_kr"),
    *((text, "utf-8", "utf-8") for text in (SIMPLE, TRADITIONAL, JAPANESE, KOREAN)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "label", "codec"), TRUE_LABELS)
def test_a_true_label_is_obeyed(text, label, codec):
    for said in (text, (text[0], text[0])):
        body = feed(*said, label).encode(codec)
        assert read(body)[0] == said[0]
        assert read(feed(*said).encode(codec), label)[0] == said[0]
        assert text[1] not in said or read(body)[1] == text[1]


@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("bom", [True, False])
@pytest.mark.parametrize("label", ["", "utf-16", "utf-8", "gb2312"])
def test_utf16_is_known_by_its_bytes(order, bom, label):
    mark = {"le": codecs.BOM_UTF16_LE, "be": codecs.BOM_UTF16_BE}[order] if bom else b""
    assert read(mark + feed(*SIMPLE, label).encode(f"utf-16-{order}"), label) == SIMPLE


@pytest.mark.parametrize("label", ["", "utf-8", "utf-16", "gb2312", "big5", "iso-8859-1", "klingon"])
@pytest.mark.parametrize("boms", [0, 1, 2])
def test_good_utf8_is_utf8_whatever_the_label(label, boms):
    body = codecs.BOM_UTF8 * boms + feed(*SIMPLE, label).encode()
    for header in ("", label, "ISO-8859-1", "gbk"):
        assert read(body, header) == SIMPLE


@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1", "windows-1252", "us-ascii", "klingon", "utf-16"])
@pytest.mark.parametrize("header", ["", "utf-8", "ISO-8859-1", "windows-1252"])
@pytest.mark.parametrize(
    ("text", "codec"),
    [(SIMPLE, "gbk"), (TRADITIONAL, "big5"), (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"), (KOREAN, "euc_kr")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_label_that_servers_give_to_all_does_not_hide_the_charset(text, codec, declared, header):
    assert read(feed(*text, declared).encode(codec), header) == text


@pytest.mark.parametrize("label", ["big5", "euc-kr", "shift_jis", "euc-jp"])
def test_chinese_under_a_label_of_another_asian_charset_is_chinese(label):
    assert read(feed(*SIMPLE, label).encode("gbk")) == SIMPLE


def test_big5_under_the_label_gb2312_is_big5():
    assert read(feed(*TRADITIONAL, "gb2312").encode("big5")) == TRADITIONAL


def test_a_short_title_without_a_label_is_read():
    for title in ("江城样报", "新华", "广州日报讯"):
        assert read(feed(title, title).encode("gbk"))[0] == title
    assert read(feed("廣州日報", "臺灣新聞").encode("big5"))[0] == "廣州日報"


@pytest.mark.parametrize(
    "text", ["Ærøskøbing på ø", "Það er gott veður í dag, sagði hún", "naïve café “œuvre”", "ÄÖÜ größer", "Señor ¿qué?"]
)
@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252"])
def test_western_text_under_its_label_stays_western(text, label):
    assert read(feed(text, text, label).encode("cp1252"))[0] == text


CODECS = {"gb2312": ("gbk", SIMPLE), "gb18030": ("gb18030", SIMPLE), "big5": ("big5", TRADITIONAL), "utf-8": ("utf-8", SIMPLE),
          "euc-jp": ("euc_jp", JAPANESE), "euc-kr": ("euc_kr", KOREAN), "shift_jis": ("shift_jis", JAPANESE)}  # fmt: skip
LOSS = {"gb2312": 1, "gb18030": 1, "big5": 2, "utf-8": 3, "euc-jp": 1, "euc-kr": 1, "shift_jis": 5}


@pytest.mark.parametrize("label", CODECS)
@pytest.mark.parametrize("bad", [0x80, 0xFF])
@pytest.mark.parametrize("labelled", [True, False])
def test_one_bad_byte_costs_one_character(label, bad, labelled):  # LIBRARIES 1: feedparser loses the whole feed
    codec, (title, text) = CODECS[label]
    body = feed(title, text, label if labelled else "").encode(codec)
    start = body.index(text.encode(codec))
    for at in range(start, start + len(text.encode(codec))):
        if body[at] < 0x80 or body[at] == bad:
            continue
        found = read(body[:at] + bytes([bad]) + body[at + 1 :])
        assert found[0] == title
        assert 1 <= lost(text, found[1]) <= LOSS[label]


def test_a_lost_or_an_added_byte_costs_little_of_its_line():
    body, text = feed(*SIMPLE, "gb2312").encode("gbk"), SIMPLE[1]
    start = body.index(text.encode("gbk"))
    losses = []
    for at in range(start, start + 100):
        for broken in (body[:at] + body[at + 1 :], body[:at] + b"\xff" + body[at:], body[:at] + b"?" + body[at + 1 :]):
            title, found = read(broken)
            assert title == SIMPLE[0]
            losses.append(lost(text, found))
    assert sum(losses) / len(losses) < 2.5


@pytest.mark.parametrize(
    "body", [b"\xff\xb0 " * 700_000, b"\xff" + b"\xb0\xa1" * 1_000_000, bytes(range(0x80, 0x100)) * 16_000]
)
@pytest.mark.parametrize("codec", ["gb18030", "big5hkscs", "cp932"])
def test_repair_is_bounded(body, codec):
    start = time.process_time()
    charset_repair.decode(body, codec)
    assert time.process_time() - start < 5


_NEW = (
    "我们 中国 经济 发展 市场 公司 今年 国家 企业 增长 投资 记者 表示 问题 工作 政府 社会 人民 北京 上海 建设 城市 项目 "
    "技术 产品 服务 管理 信息 银行 资金 美元 亿元 万人 时间 地区 全国 世界 生活 教育 学生 老师 医院 健康 环境 交通 汽车"
)
_OLD = (
    "我們 中國 經濟 發展 市場 公司 今年 國家 企業 增長 投資 記者 表示 問題 工作 政府 社會 人民 臺北 上海 建設 城市 項目 "
    "技術 產品 服務 管理 資訊 銀行 資金 美元 億元 萬人 時間 地區 全國 世界 生活 教育 學生 老師 醫院 健康 環境 交通 汽車"
)
WORDS, WORDS_OLD = _NEW.split(), _OLD.split()
CHARSETS = [("gb18030", WORDS), ("big5", WORDS_OLD), ("utf-8", WORDS), ("utf-16", WORDS)]


def texts(words: list[str], least: int) -> st.SearchStrategy[str]:
    """Chinese of words that newspapers use, with their signs, of at least so many words of two characters."""
    joined = st.lists(st.sampled_from(words), min_size=least, max_size=40, unique=True)
    return joined.flatmap(lambda found: st.sampled_from(["", "，", "、"]).map(lambda sign: sign.join(found) + "。"))


@pytest.mark.parametrize(("codec", "words"), CHARSETS)
@settings(max_examples=often(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_chinese_text_with_its_label_comes_back(codec, words, data):
    text = data.draw(texts(words, 1))
    assert (
        read(feed(text, text, codec).encode(codec)) == (text, "")
        or read(feed(text, text, codec).encode(codec))[0] == text
    )


@pytest.mark.parametrize(("codec", "words"), CHARSETS)
@settings(max_examples=often(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_chinese_text_of_eight_characters_comes_back_without_a_label(codec, words, data):
    text = data.draw(texts(words, 4))
    assert read(feed(text, "x").encode(codec))[0] == text


@pytest.mark.parametrize(("codec", "words"), CHARSETS)
@pytest.mark.parametrize("labelled", [True, False])
@settings(max_examples=often(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_one_damaged_byte_leaves_the_rest_of_the_text(codec, words, labelled, data):
    text = data.draw(texts(words, 10))
    body = feed(words[0], text, codec if labelled else "").encode(codec)
    start = body.index(text.encode(codec).removeprefix(codecs.BOM_UTF16))
    at = data.draw(st.integers(0, len(text) - 1))
    bad = data.draw(st.one_of(st.sampled_from([0x80, 0xFF]), st.integers(0x81, 0xFE)))
    place = start + at * (3 if codec == "utf-8" else 2)
    title, found = read(body[:place] + bytes([bad]) + body[place + 1 :])
    assert title == words[0]
    assert found.startswith(text[:at])
    if bad in {0x80, 0xFF} or codec != "big5":
        assert lost(text, found) <= 4

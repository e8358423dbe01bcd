"""Full-width and half-width forms, and cuts that fall between characters as readers see them (E11)."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coranto.text import cut, fold, xml_safe
from coranto.text.naming import category_key, folder
from examples import often
from parsing import CONTEXT, item, only


@pytest.mark.parametrize(
    "title",
    [
        "Ａ股三大指数收涨",
        "１００亿元",
        "ﾄﾖﾀの新型車",
        "“两岸”：新闻！",
        "ＮＢＡ（篮球）",
        "全角　空格",
        "𠮷野家",
        "①②③ ㈱ ㎡",
    ],
)
def test_a_title_stays_in_the_form_that_it_was_written_in(title):
    assert only(item(f"<title>{title}</title>")).title == title.replace("\u3000", " ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ａ股三大指数收涨", "A股三大指数收涨"),
        ("１００亿元", "100亿元"),
        ("ﾄﾖﾀの新型車", "トヨタの新型車"),
        ("ｶﾞｽ", "ガス"),
        ("新闻（图）！", "新闻(图)!"),
        ("江城：地铁　开通", "江城:地铁开通"),
        ("㈱样报", "(株)样报"),
    ],
)
def test_titles_that_differ_in_width_are_the_same_title(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("100亿", "200亿"), ("３条", "2条"), ("上涨", "上漲"), ("臺灣", "台湾")])
def test_titles_that_say_something_else_are_not(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("NW202112240000000001", "NW202112240000000001"),
        ("nw202112240000000001", "NW202112240000000001"),
        ("ＮＷ２０２１１２２４００００００００１", ""),
        ("NW２０２１１２２４００００００００１", ""),
        ("NW20211224000000000１", ""),
        ("NW20211224000000000①", ""),
        ("NW٢٠٢١١٢٢٤٠٠٠٠٠٠٠٠٠١", ""),
    ],
)
def test_a_code_is_of_ascii_letters_and_digits(stated, code):  # IDENTITY A.1: what only looks alike merges nothing
    assert only(item(f"<title>t</title><link>https://a.example/?infoCode={stated}</link>")).code == code


@pytest.mark.parametrize("written", ["ガス新聞", "résumé", "뉴스", "Ångström"])
def test_names_of_categories_are_equal_by_their_form(written):
    forms = {unicodedata.normalize(form, written) for form in ("NFC", "NFD")}
    assert len(forms) == 2
    assert len({category_key(form) for form in forms}) == 1
    assert len({folder(form) for form in forms}) == 1
    names = [only(item(f"<title>t</title><category>{form}</category>")).categories[-1] for form in sorted(forms)]
    assert category_key(names[0]) == category_key(names[1])


@pytest.mark.parametrize(
    ("word", "title"),
    [("广告", "本期廣告"), ("AD", "这是ＡＤ"), ("ＡＤ", "this is an ad"), ("ガス", "ｶﾞｽ料金"), ("100亿", "共１００亿元"), ("推广", "【推广】好物")],
)  # fmt: skip
def test_a_drop_word_is_found_in_any_width_but_not_in_another_script(word, title):
    dropped = only(item(f"<title>{title}</title>"), replace(CONTEXT, drop=(word,))).dropped
    assert dropped == ("" if title == "本期廣告" else word)


FAMILY, FLAG, WAVE = "👨‍👩‍👧‍👦", "🇨🇳", "👋🏽"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
WHOLE = ["中", "国", "a", "𠮷", "葛\U000e0100", "e\u0301", "か\u3099", "ｶﾞ", "각", FAMILY, FLAG, WAVE, SCOTLAND, "❤️", "1️⃣", "नि", "กำ"]  # fmt: skip


@pytest.mark.parametrize("one", WHOLE, ids=ascii)
def test_no_cut_falls_inside_a_character(one):
    text = one * 30
    for limit in range(1, len(text)):
        kept = cut(text, limit)
        assert len(kept) <= limit
        assert kept.endswith("…")
        assert kept[:-1] == one * (len(kept[:-1]) // len(one))
        assert len(kept) > limit - len(one)


@settings(max_examples=often(200), deadline=None)
@given(st.lists(st.sampled_from([*WHOLE, " ", "。", "！", "”"]), max_size=40), st.integers(1, 60))
def test_any_text_is_cut_between_its_characters(pieces, limit):
    kept = cut("".join(pieces), limit)
    line = " ".join("".join(pieces).split())
    ends = {" ".join("".join(pieces[:count]).split()) for count in range(len(pieces) + 1)}
    assert len(kept) <= limit
    assert kept == line or kept.removesuffix("…") in ends


@settings(max_examples=often(200), deadline=None)
@given(st.text(max_size=200), st.integers(1, 150))
def test_a_cut_is_a_prefix_no_longer_than_asked(text, limit):
    kept, line = cut(text, limit), " ".join(xml_safe(text).split())
    assert len(kept) <= limit
    assert line.startswith(kept.removesuffix("…").rstrip()) or kept == line
    kept.encode()


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("今天晴。明天多云转小雨，后天晴。", 8, "今天晴。明天多…"),
        ("今天天气晴。明天多云转小雨，后天晴。", 9, "今天天气晴。"),
        ("他说：“你好。”然后走了很久很久", 8, "他说：“你好。”"),
        ("收盘价为13.14元，较昨日上涨", 8, "收盘价为13.…"),
        ("It rose. Then it fell again", 10, "It rose."),
        ("see http://a.example/?x=1 for more", 25, "see http://a.example/?x=…"),
    ],
)
def test_a_sentence_ends_where_a_reader_sees_its_end(text, limit, kept):
    assert cut(text, limit) == kept


def test_a_letter_of_more_marks_than_any_script_has_is_cut():
    assert len(cut("e" + "\u0301" * 10_000, 1000)) == 1000

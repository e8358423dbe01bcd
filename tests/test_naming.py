"""Categories: one key, one folder, safe on every disk; names out of tags (DESIGN 4, SEED 3)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coranto.text.naming import RESERVED, category_key, folder, label_from_tag


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TechWeb", "Techweb"),
        ("Café", "Cafe\u0301"),
        ("a  b", " a\u3000b\n"),
        ("GUANGZHOUribao", "guangzhouribao"),
        ("İ", "i\u0307"),
    ],
)
def test_names_that_differ_in_case_form_or_blanks_are_one_category(one, other):
    assert category_key(one) == category_key(other)
    assert folder(one) == folder(other)


@pytest.mark.parametrize(
    "name",
    [
        "广州日报",
        "guangzhouribao",
        "anxinguojizhengquan(xianggang)",
        "a b",
        "36ke",
        "café",
        "c++",
        "x-20220107",
        "a.b",
        "_x",
        "ａ",
        "{{ x }}",
    ],
)
def test_a_safe_name_is_its_own_folder(name):
    assert folder(name) == name


def test_the_folder_is_lower_case():
    assert folder("Career In touxingPEVC") == "career in touxingpevc"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("../../etc/passwd", "etc-passwd"), ("..", "category"), ("", "category"), ("///", "category"), (".git", "git"), ("a/b", "a-b"), ("a\\b", "a-b"),
        ("CON", "con"), ("nul", "nul"), ("con.txt", "con-txt"), ("COM1", "com1"), ("lpt9.tar.gz", "lpt9-tar-gz"), ("all", "all"), ("Status", "status"),
        ("index.html", "index.html"), ("opml.xml", "opml.xml"), ("a?", "a"), ('"a"', "a"), ("a:b*c", "a-b-c"), ("<a>", "a"), ("a|b", "a-b"),
        ("%2e%2e", "2e-2e"), ("-rf", "rf"), ("a.", "a"), ("a\u202eb", "a-b"), ("a\x9f", "a"), ("straße", "straße"),
    ],
)  # fmt: skip
def test_an_unsafe_name_gets_a_safe_folder_with_a_hash(name, stem):
    made = folder(name)
    assert made[:-9] == stem
    assert made[-9] == "-"
    assert int(made[-8:], 16)


def test_names_that_become_alike_keep_folders_of_their_own():
    names = [
        "a/b",
        "a\\b",
        "a:b",
        "a-b",
        "a|b",
        "..",
        "...",
        "",
        "/",
        "straße",
        "strasse",
        "ς",
        "σ",
        "ı",
        "i",
        "x" * 300,
        "x" * 301,
        "广" * 100,
        "广" * 101,
    ]
    assert len({unicodedata.normalize("NFD", folder(name)).casefold() for name in names}) == len(names)


def test_a_name_that_looks_like_a_hashed_folder_never_takes_it():
    taken = folder("con")
    assert folder(taken) != taken


_NAMES = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="aA./\\:-% ßſKé\u0301ςΣ\u200d广ıİI", max_size=6),
    st.sampled_from([*sorted(RESERVED), "con", "nul.txt", "com¹", "..", "a" * 120, "é" * 60]),
)


@given(_NAMES)
@example("\ud800")
@example("AUX .x")
def test_every_folder_is_safe_on_every_disk(name):
    made = folder(name)
    assert made
    assert made not in RESERVED
    assert len(made.encode()) <= 100
    assert not set(made) & set('<>:"/\\|?*%')
    assert made.isprintable()
    assert made.strip(". ") == made
    assert made.partition(".")[0].rstrip() not in {"con", "prn", "aux", "nul", "com1", "com¹", "lpt1"}
    assert unicodedata.is_normalized("NFC", made)


@given(_NAMES, _NAMES)
@example("ΑΣ", "ας")
def test_distinct_categories_have_distinct_folders(one, other):
    """Also on disks that ignore case and Unicode form."""
    same_key = category_key(one) == category_key(other)
    disk = [unicodedata.normalize("NFD", folder(name)).casefold() for name in (one, other)]
    assert (disk[0] == disk[1]) is same_key


@given(_NAMES)
def test_the_key_of_a_key_is_itself(name):
    assert category_key(category_key(name)) == category_key(name)


@pytest.mark.parametrize(
    ("template", "tags", "label"),
    [
        ("{}新闻", ["广州日报新闻"], "广州日报"),
        ("{}新闻", ["每日经济新闻新闻"], "每日经济新闻"),
        ("{}新闻", ["emnews"], ""),
        ("{}新闻", ["emnews", "广州日报新闻", "海西晨报新闻"], "广州日报"),
        ("{}新闻", ["新闻", " 新闻"], ""),
        ("{}新闻", [], ""),
        ("《{}》", ["《广州日报》"], "广州日报"),
        ("a{}a", ["a"], ""),
        ("{}", ["Wind"], "Wind"),
        ("", ["广州日报新闻"], ""),
        ("新闻", ["广州日报新闻"], ""),
    ],
)
def test_a_tag_names_the_category(template, tags, label):
    assert label_from_tag(template, tags) == label

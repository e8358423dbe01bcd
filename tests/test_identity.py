"""The keys of an entry (IDENTITY A.1 to A.4; SEED K1, K5, K6, N3; RELIABILITY's infoCode spellings)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coranto.identity import Rules, code_of, date_in_code, instant_key, keys, row_name, title_key
from coranto.model import Entry, Words
from coranto.settings.values import DEFAULT_CODES

RULES = Rules(codes=DEFAULT_CODES)
N = "202201072239307540"
CODE = f"NW{N}"
SHARE = "http://finews.site.example/html_News/NewsShare.html"


def code(*addresses: str, stated: str = "", path: str = "") -> str:
    return code_of([[stated], addresses], path, RULES)[0]


SPELLINGS = (
    f"{SHARE}?infoCode={CODE}",
    f"https://finews.site.example/html_News/NewsShare.html?infoCode={CODE}",
    f"//finews.site.example//html_News/NewsShare.html?infoCode={CODE}",
    f"HTTP://FINEWS.Site.Example:80/html_News/NewsShare.html?infoCode={CODE}",
    f"{SHARE}?a=1&infoCode={CODE}&b=2",
    f"{SHARE}?utm_source=x&infoCode={CODE}&utm_medium=y",
    f"{SHARE}?infoCode={CODE}#top",
    f"{SHARE}?INFOCODE={CODE}",
    f"{SHARE}?infocode={CODE.lower()}",
    f"{SHARE}?infoCode=%20{CODE}+",
    f"{SHARE}?infoCode={CODE[:-1]}%30",
    f"{SHARE}?info%43ode=%4E%57{N}",
    f"{SHARE}?a=1&amp;infoCode={CODE}",
    f"http://share.example/?url=http%3A%2F%2Ffinews.site.example%2FNewsShare.html%3FinfoCode%3D{CODE}",
    f"http://share.example/?url=http://finews.site.example/NewsShare.html?infoCode={CODE}",
    f"http://share.example/?u=http%3A%2F%2Fb.example%2F%3Fv%3Dhttp%253A%252F%252Fc.example%252F%253FinfoCode%253D{CODE}",
    f"http://share.example/?data=infoCode%3D{CODE}",
    f"{SHARE}?infoCode={CODE}&infoCode={CODE.lower()}",
)


@pytest.mark.parametrize("address", SPELLINGS)
def test_one_article_under_every_spelling_of_its_info_code_link(address):
    """RELIABILITY: scheme, //, host, port, order, utm_, fragment, name case, blanks, escapes; nested (E2)."""
    assert code(address) == CODE


NO_CODES = (
    "", "undefined", "null", "../", "..%2F..%2Fetc%2Fpasswd", "%00", f"{CODE}%00", "1" * 1_048_576, "1" * 65, "1234567", "ABCDEFGH", "a b 12345678",
    "２０２２０１０７２２３９３０７５４０", "NW%EF%BC%92%EF%BC%90220107223930", "%C5%BFNW20220107223930", "12345678/..", "<b>12345678", "NW\ud80012345678",
)  # fmt: skip


@pytest.mark.parametrize("value", NO_CODES, ids=lambda value: ascii(value[:20]))
def test_what_is_no_code_gives_none(value):
    """RELIABILITY: no merge, no path. `infoCode=undefined` in 100 entries would lose 99."""
    assert code_of([[], [f"{SHARE}?infoCode={value}"]], "", RULES) == ("", "")
    assert code(stated=value) == ""


def test_a_code_only_in_the_fragment_is_none():
    assert code(f"{SHARE}#infoCode={CODE}") == ""
    assert code(f"{SHARE}?a=1#/x?infoCode={CODE}") == ""
    assert code(f"http://share.example/?url=http%3A%2F%2Fa.example%2F%23infoCode%3D{CODE}") == ""


def test_two_codes_in_one_link_give_none_and_are_reported():
    found, problem = code_of(
        [[], [f"{SHARE}?infoCode={CODE}&infoCode=NW202201072239307541"], [f"{SHARE}?infoCode={CODE}"]], "", RULES
    )
    assert found == ""
    assert CODE in problem
    assert "NW202201072239307541" in problem


def test_the_first_place_that_has_a_code_wins():
    """A.1: front matter, own link, closing source link, file name."""
    codes = [f"NW20220107223930754{digit}" for digit in range(4)]
    places = [[codes[0]], [f"{SHARE}?infoCode={codes[1]}"], [f"{SHARE}?infoCode={codes[2]}"]]
    path = f"2022-01-07-{codes[3]}.md"
    assert [code_of([[], [], []][:start] + places[start:], path, RULES)[0] for start in range(4)] == codes
    assert code_of([], path, RULES) == (codes[3], "")


def test_a_stated_code_that_is_none_is_named_and_the_next_place_is_asked():
    found, problem = code_of([["undefined"], [f"{SHARE}?infoCode={CODE}"]], "", RULES)
    assert found == CODE
    assert "undefined" in problem


@pytest.mark.parametrize(
    "address",
    [
        f"http://finance.eastmoney.com/news/1353,{N}.html", f"https://finance.eastmoney.com/news/1354,{N}.html", f"http://hk.eastmoney.com/news/1533,{N}.html",
        f"http://m.eastmoney.com/a/{N}.html", f"http://finance.eastmoney.com/a/{N}.html?from=x#top", f"//www.eastmoney.com/a/{N}.html/",
        f"http://FINANCE.eastmoney.com:80/news/1353%2C{N}.html",
    ],
)  # fmt: skip
def test_channel_aliases_are_one_code(address):
    """K6."""
    assert code(address) == CODE


@pytest.mark.parametrize(
    "address",
    [
        f"http://finance.other.example/news/1353,{N}.html",
        f"http://eastmoney.com.evil.example/a/{N}.html",
        f"http://evil.example/x.eastmoney.com/a/{N}.html",
    ],
)
def test_a_number_elsewhere_is_no_code(address):
    assert code(address) == ""


@pytest.mark.parametrize(
    "path", [f"2022-01-07-{N}.md", f"2022-01-07-NW{N}.md", f"old_post/2022-01-07-{N}.markdown", f"-{N}.html"]
)
def test_the_file_name_tells_the_same_code(path):
    """K1's trap: the bare number of the rolling file's name is no second code."""
    assert code(path=path) == CODE
    assert code(f"http://finance.eastmoney.com/news/1353,{N}.html", path=path) == CODE


def entry(**facts: object) -> Entry:
    return Entry(source="s", **facts)  # type: ignore[arg-type]


NOON = datetime(2022, 1, 7, 14, 39, 30, tzinfo=UTC)


def shared(one: Entry, other: Entry, rules: Rules = RULES) -> set[str]:
    return set(keys(one, rules)) & set(keys(other, rules))


def test_k1_rolling_and_media_form_share_their_code():
    rolling = f"http://finance.eastmoney.com/news/1353,{N}.html"
    media = f"{SHARE}?infoCode={CODE}"
    assert shared(entry(link=rolling, code=code(rolling)), entry(link=media, code=code(media))) == {f"code:{CODE}"}


def test_k5_host_aliases_are_equal_by_code_not_by_url():
    links = [f"{SHARE}?infoCode={CODE}", f"http://choice.other.example/html_News/NewsShare.html?infoCode={CODE}"]
    assert shared(*(entry(link=link, code=code(link)) for link in links)) == {f"code:{CODE}"}


@pytest.mark.parametrize("link", ["", "<>", "http://a.example/", "https://www.a.example", "#", "undefined"])
def test_an_empty_value_or_a_home_page_is_no_key(link):
    """N3: an empty key never equals another empty key."""
    assert keys(entry(link=link), RULES) == ()


def test_keys_come_strongest_first():
    it = entry(
        code=CODE.lower(), link="https://www.a.example/p/", own_id="tag:a.example,2021:7", title="Ａ 题", published=NOON
    )
    found = keys(it, RULES)
    assert found[:2] == (f"code:{CODE}", "url:a.example/p")
    assert found[2].startswith("id:tag:a.example,2021:7|t:")
    assert found[3:] == ("id:tag:a.example,2021:7|i:2022-01-07T14:39:30Z",)


def test_an_id_joins_only_with_a_witness():
    """A.3: one guid for two articles joins nothing."""
    iri = "http://a.example/?p=1"
    first = entry(own_id=iri, title="Sun", published=NOON)
    assert shared(first, entry(own_id=iri, title="Rain", published=NOON + timedelta(hours=1))) == set()
    assert len(shared(first, entry(own_id=iri, title=" SUN", published=None))) == 1
    assert len(shared(first, entry(own_id=iri, title="Rain", published=NOON))) == 1
    assert keys(entry(own_id=iri), RULES) == ()


@pytest.mark.parametrize(
    "own_id", ["7", "/p/7", "http://localhost/?p=1", "http://10.0.0.1/7", "", "a b", "http://a.example/" + "x" * 2048]
)
def test_an_id_that_is_no_public_iri_joins_nothing(own_id):
    assert keys(entry(own_id=own_id, title="Sun", published=NOON), RULES) == ()


def test_ids_are_compared_byte_for_byte():
    assert shared(entry(own_id="http://a.example/A", title="t"), entry(own_id="http://a.example/a", title="t")) == set()


def test_what_went_out_comes_back_as_an_echo():
    """Rule 18: public ids and aliases are keys of the entry that went out under them."""
    ours = keys(
        entry(title="Sun", published=NOON), RULES, ["tag:news.example,2021:code/NW1", "tag:news.example,2021:old"]
    )
    back = keys(entry(own_id="tag:news.example,2021:old", title="Sun", published=NOON), RULES)
    assert set(back) < set(ours)
    assert len(ours) == 4


@pytest.mark.parametrize(
    ("ignore", "gone"),
    [
        ("url:a.example/live", "url"), ("url:https://www.A.example/live/?utm_source=x", "url"), (f"code:{CODE.lower()}", "code"), (f" code:{CODE}", "code"),
        ("id:http://a.example/7", "id"), ("id:http://a.example/7|t:0", "id"),
    ],
)  # fmt: skip
def test_ignored_keys_join_nothing(ignore, gone):
    it = entry(code=CODE, link="http://a.example/live", own_id="http://a.example/7", title="t", published=NOON)
    kinds = {key.partition(":")[0] for key in keys(it, Rules(ignore=frozenset({ignore})))}
    assert kinds == {"code", "url", "id"} - {gone}


def test_a_tracking_parameter_from_settings_names_no_article_unless_it_holds_the_code():
    rules = Rules(codes=DEFAULT_CODES, tracking=frozenset({"v", "infoCode"}))
    assert keys(entry(link="http://a.example/p?v=1"), rules) == ("url:a.example/p",)
    assert keys(entry(link="http://a.example/p?infoCode=1"), rules) == ("url:a.example/p?infoCode=1",)


def test_f1_a_new_scheme_or_a_slash_changes_no_key():
    assert keys(entry(link="http://a.example/p"), RULES) == keys(entry(link="https://www.a.example/p/"), RULES)


def test_instants_are_compared_in_utc_to_the_second():
    """K4: 10:46:18 as such and 10:46:18 +0800 are one instant once read."""
    assert instant_key(NOON) == instant_key(NOON.astimezone(timezone(timedelta(hours=8)))) == "2022-01-07T14:39:30Z"
    assert instant_key(NOON.replace(tzinfo=None, microsecond=5)) == "2022-01-07T14:39:30Z"
    assert instant_key(None) == ""
    assert instant_key(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8)))) == ""


def test_titles_are_compared_without_width_case_and_blanks():
    assert title_key("Ａ股 Rises") == title_key("a股　RISES")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (CODE, date(2022, 1, 7)),
        (N, date(2022, 1, 7)),
        ("NW202202302239307540", None),
        ("NW198912312239307540", None),
        ("AP1234567", None),
        ("", None),
    ],
)
def test_the_day_in_a_code(text, day):
    assert date_in_code(text) == day


def test_a_row_is_named_after_what_the_entry_said():
    base = entry(own_id="7", link="http://a.example/p", title="Sun", published=NOON)
    name = row_name(base)
    assert len(name) == 16
    assert int(name, 16) >= 0
    assert name == row_name(
        entry(own_id="7", link="https://www.a.example/p/", title=" SUN", published=NOON, categories=("x",))
    )
    others = [
        entry(own_id="7 ", link="http://a.example/p", title="Sun", published=NOON),
        entry(own_id="7"),
        entry(title="7"),
        entry(),
    ]
    assert len({name, *map(row_name, others)}) == 5


def test_posts_of_a_microblog_have_names_of_their_own():
    assert row_name(entry(words=Words(content="one"))) != row_name(entry(words=Words(content="two")))


@given(st.text(), st.text(), st.text())
def test_every_text_is_taken(stated, address, path):
    found, _ = code_of([[stated], [address, f"http://a.example/?infoCode={address}"], [f"?{address}"]], path, RULES)
    assert found == "" or 8 <= len(found) <= 64
    it = entry(own_id=address, link=address, title=stated, code=path)
    assert len(row_name(it)) == 16
    assert "" not in keys(it, RULES)

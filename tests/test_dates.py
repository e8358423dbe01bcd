"""Dates of feeds and posts: every row is an instant that must be right, or garbage that must stay unreadable (R20)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coranto.text.dates import _unusual, _usual, parse
from examples import often

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEED = "2021-12-23T20:02:50"  # the seed post's instant, in UTC


def utc(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # RFC 3339, ISO 8601, and what comes near
        ("2021-12-24T04:02:50+08:00", SEED),
        ("2021-12-24T04:02:50+0800", SEED),
        ("2021-12-24T04:02:50+08", SEED),
        ("2021-12-24T04:02:50 +08:00", SEED),
        ("2021-12-24 04:02:50 +0800", SEED),
        ("2021-12-24 04:02:50 +0800 CST", SEED),
        ("2021-12-24T04:02:50 0800", SEED),
        ("2021-12-24 04:02:50", SEED),
        ("2021-12-23T20:02:50Z", SEED),
        ("2021-12-23t20:02:50.999999999z", SEED),
        ("2021-12-23T20:02:50,5Z", SEED),
        ("2021-12-23T20:02Z", "2021-12-23T20:02:00"),
        ("2021-12-24", "2021-12-23T16:00:00"),
        ("2021-1-2 3:04", "2021-01-01T19:04:00"),
        ("20211224T040250+0800", SEED),
        # Chinese and other papers
        ("2021年12月24日 04:02:50", SEED),
        ("2021年12月24日04时02分50秒", SEED),
        ("2021 年 12 月 24 日　04：02：50", SEED),
        ("２０２１年１２月２４日 ０４：０２：５０", SEED),
        ("2021年12月24日 星期五 04:02:50", SEED),
        ("2021年12月24日（星期五）04:02:50", SEED),
        ("2021年12月24日 04:02:50 北京时间", SEED),
        ("2021年12月24日", "2021-12-23T16:00:00"),
        ("2021年12月24日 下午3:05", "2021-12-24T07:05:00"),
        ("2021年12月24日 上午12:30", "2021-12-23T16:30:00"),
        ("2021年12月24日 下午12:30", "2021-12-24T04:30:00"),
        ("2021年12月24日 中午12:30", "2021-12-24T04:30:00"),
        ("2021年12月24日 晚上8点", "2021-12-24T12:00:00"),
        ("2021/12/24 04:02:50", SEED),
        ("2021.12.24 04:02", "2021-12-23T20:02:00"),
        ("2004-05-25 오후 11:23:17", "2004-05-25T15:23:17"),
        # numbers
        ("1640289770", SEED),
        ("1640289770000", SEED),
        ("20211224", "2021-12-23T16:00:00"),
        ("202112240402", "2021-12-23T20:02:00"),
        ("20211224040250", SEED),
        # RFC 822, 2822, asctime, JavaScript
        ("Fri, 24 Dec 2021 04:02:50 +0800", SEED),
        ("Fri, 24 Dec 2021 04:02:50 +0800 (CST)", SEED),
        ("Mon, 24 Dec 2021 04:02:50 +0800", SEED),
        ("Ven, 24 Dec 2021 04:02:50 +0800", SEED),
        ("24 Dec 21 04:02:50 +0800", SEED),
        ("24 December 2021 04:02:50 +0800", SEED),
        ("Fri, 24 Dec 2021 04:02:50 CST", SEED),
        ("Fri, 24 Dec 2021 04:02:50", SEED),
        ("Thu, 23 Dec 2021 20:02:50 GMT", SEED),
        ("Thu, 23 Dec 2021 20:02:50 -0000", SEED),
        ("Thu, 23 Dec 2021 20:02:50 UT", SEED),
        ("Thu, 23 Dec 2021 15:02:50 EST", SEED),
        ("Thu, 23 Dec 2021 12:02:50 PST", SEED),
        ("Fri, 24 Dec 2021 04:02:50 HKT", SEED),
        ("Fri, 24 Dec 2021 05:02:50 JST", SEED),
        ("Thu, 23 Dec 2021 21:02:50 CET", SEED),
        ("Fri, 24 Dec 2021 04:02:50 GMT+8", SEED),
        ("Fri, 24 Dec 2021 04:02:50 UTC+08:00", SEED),
        ("Wed, 19 Feb 2012 22:40:00 GMT-01:01", "2012-02-19T23:41:00"),
        ("Mon, 13 Feb, 2012 06:28:00 UTC", "2012-02-13T06:28:00"),
        ("Fri Dec 24 04:02:50 2021", SEED),
        ("Fri Dec 24 04:02:50 +0800 2021", SEED),
        ("Fri Dec 24 2021 04:02:50 GMT+0800 (China Standard Time)", SEED),
        ("December 24, 2021 4:02 AM", "2021-12-23T20:02:00"),
        ("Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53"),
        # the clock's edges
        ("2021-12-24T24:00:00Z", "2021-12-25T00:00:00"),
        ("2021-12-31T23:59:60Z", "2022-01-01T00:00:00"),
        ("2099-12-31T00:00:00Z", "2099-12-31T00:00:00"),
        ("  2021-12-23T20:02:50Z\n", SEED),
    ],
)
def test_a_date_is_the_instant_that_it_means(text, expected):
    assert parse(text, SHANGHAI) == utc(expected)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "昨天", "今天 10:00", "3小时前", "刚刚", "soon", "yesterday", "2021", "2021-12", "2021年12月", "12月24日", "12/24/2021", "24.12.2021",
        "2021-13-45", "2021-02-30", "2021-02-29", "2021-00-10", "0000-01-01", "0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "10000-01-01",
        "2021-12-24T25:00:00Z", "2021-12-24T24:01:00Z", "2021-12-24T10:60:00Z", "2021-12-24T10:00:61Z", "2021-12-24T10:00:00+99:99", "2021-12-24T10:00:00+08:60",
        "2021-12-24T10:00:00 IST", "2021-12-24T10:00:00 XYZ", "2021-12-24T10:00:00Zextra", "2013-01-27-01", "22013", "Sun, 16 Dec 2012 1:2:3:4 GMT",
        "Sun, 16 zzz 2012 11:47:32 GMT", "Sun, Dec x 2012 11:47:32 GMT", "Sun, 16 Dec zz 11:47:32 GMT", "Sun, 16 Dec 2012 11:47:32 +zz:00",
        "Sun, 99 Jun 2009 12:00:00 GMT", "Sun, 31 Dec 9999 23:59:59 -9999", "+0800", "0", "-1", "164028977", "16402897700", "99999999999999", "2021/12-24", "2021-12-24 下午 上午 3:00",
        "2021-12-24 上午 15:00", "晚上12点", "2021年12月24日 晚上12:00", "٢٠٢١-١٢-٢٤", "x" * 5000, "1" * 5000, "2021-12-24\x0004:02", "NaN", "null", "Thu, 01 Jan 0100 00:00:01 +0100",
    ],
)  # fmt: skip
def test_garbage_is_never_made_a_date(text):
    assert parse(text, SHANGHAI) is None


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("Thu, 23 Dec 2021 14:02:50 CST", "America/Chicago", SEED),
        ("Thu, 23 Dec 2021 14:02:50 CST", "Europe/Berlin", SEED),
        ("Thu, 01 Jul 2021 14:02:50 CST", "America/Chicago", "2021-07-01T20:02:50"),
        ("Fri, 24 Dec 2021 04:02:50 CST", "Asia/Taipei", SEED),
        ("Fri, 24 Dec 2021 01:32:50 IST", "Asia/Kolkata", SEED),
        ("2021-07-01 12:00", "Europe/Berlin", "2021-07-01T10:00:00"),
        ("2021-12-01", "America/New_York", "2021-12-01T05:00:00"),
    ],
)
def test_the_zone_of_the_source_decides_what_is_unclear(text, zone, expected):
    assert parse(text, ZoneInfo(zone)) == utc(expected)


INSTANTS = st.integers(86_400, 7_258_000_000).map(lambda stamp: datetime.fromtimestamp(stamp, UTC))
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(max_examples=100, deadline=None)
@given(INSTANTS, OFFSETS)
def test_what_standards_write_is_read_back(at, offset):
    local = at.astimezone(offset)
    assert parse(local.isoformat(), SHANGHAI) == at
    assert parse(format_datetime(local), SHANGHAI) == at
    assert parse(local.strftime("%Y-%m-%d %H:%M:%S %z"), SHANGHAI) == at


NEAR_RFC_822 = st.builds(
    "{}, {} {} {} {:02d}:{:02d}:{:02d} {}".format,
    st.sampled_from(["Mon", "Sun", "mon", "Mo"]),
    st.integers(0, 33).map(lambda day: st.sampled_from([str(day), f"{day:02d}"])).flatmap(lambda day: day),
    st.sampled_from(["Jan", "Feb", "Dec", "dec", "Sept"]),
    st.sampled_from(["2021", "2024", "1899", "1900", "1901", "2198", "2199", "2200", "0000", "21", "9999"]),
    *[st.integers(0, 61)] * 3,
    st.sampled_from(["GMT", "+0800", "-0330", "+1400", "+1401", "-1400", "+0060", "+9959", "UT", "CST", ""]),
)
NEAR_RFC_3339 = st.builds(
    "{}-{:02d}-{:02d}{}{:02d}:{:02d}:{:02d}{}".format,
    st.sampled_from(["2021", "2024", "1899", "1900", "1901", "2198", "2199", "2200", "0000", "21", "9999"]),
    *(st.integers(0, 13), st.integers(0, 32), st.sampled_from("TTT  t")),
    *[st.integers(0, 61)] * 3,
    st.sampled_from(
        [
            "Z",
            "z",
            "+08:00",
            "-03:30",
            "+14:00",
            "+14:01",
            "-14:00",
            "+00:60",
            "+99:59",
            " +0800",
            " -03:30",
            " Z",
            "+080",
            "+0800",
            ".5Z",
            "",
        ]
    ),
)


@settings(max_examples=often(500), deadline=None)
@given(st.one_of(NEAR_RFC_822, NEAR_RFC_3339), st.sampled_from([UTC, SHANGHAI, ZoneInfo("Europe/Dublin")]))
def test_the_short_way_reads_what_the_long_way_would(text, zone):
    short = _usual(text)
    assert short is None or short == _unusual(text, zone)


def test_the_short_way_is_the_usual_one():
    for text in ("Fri, 24 Dec 2021 04:02:50 +0800", "2021-12-23T20:02:50Z", "Thu, 23 Dec 2021 20:02:50 GMT"):
        assert _usual(text) == utc(SEED)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=40), st.from_regex(r"[0-9年月日时分秒TZ上下午 :/.+-]{1,30}", fullmatch=True)))
def test_any_text_is_an_instant_or_nothing(text):
    found = parse(text, SHANGHAI)
    assert found is None or (
        found.utcoffset() == timedelta(0) and found.microsecond == 0 and 1899 <= found.year <= 2200
    )

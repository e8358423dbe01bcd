"""Dates of Chinese, Japanese and Korean papers: each row is the right instant or none, never a guess (E11, R20).

The table is that of feedparser's silent errors, and of what stands on pages.  Read through the parser.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from coranto.text import dates
from feedparser_cases import OfflineError, date_rows
from parsing import CONTEXT, item, only

SEED = datetime(2021, 12, 23, 20, 2, 50, tzinfo=UTC)  # 04:02:50 of the 24th in China
DAY = datetime(2021, 12, 23, 16, tzinfo=UTC)  # the 24th in China, from its first second


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time of the 24th in China."""
    return datetime(2021, 12, 24, hour, minute, second, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


READ = [
    # what feedparser takes for the first of a month of today
    ("2021年12月24日 04:02:50", SEED), ("2021/12/24 04:02:50", SEED), ("2021.12.24 04:02", at(4, 2)), ("2021年12月24日", DAY),
    # the year 1640, a lost zone, Chicago
    ("1640289770", SEED), ("1640289770000", SEED), ("2021-12-24T04:02:50 0800", SEED), ("2021-12-24 04:02:50 CST", SEED),
    # no zone, and other names of ours
    ("2021-12-24 04:02:50", SEED), ("2021-12-24 04:02:50 GMT+8", SEED), ("2021-12-24 04:02:50 UTC+8", SEED), ("2021-12-24 04:02:50 UTC+08:00", SEED),
    ("2021-12-24 04:02:50 (北京时间)", SEED), ("2021-12-24 04:02:50 中国标准时间", SEED), ("Fri, 24 Dec 2021 04:02:50 GMT+8", SEED),
    # full width
    ("２０２１年１２月２４日　０４：０２：５０", SEED), ("２０２１／１２／２４ ０４：０２：５０", SEED), ("２０２１－１２－２４Ｔ０４：０２：５０Ｚ", datetime(2021, 12, 24, 4, 2, 50, tzinfo=UTC)),
    ("１６４０２８９７７０", SEED), ("2021年12月24日（星期五）04：02：50", SEED),
    # weekdays
    ("2021年12月24日 星期五 04:02:50", SEED), ("星期五 2021-12-24 04:02:50", SEED), ("2021年12月24日 周五 04:02", at(4, 2)), ("周五, 24 Dec 2021 04:02:50 +0800", SEED),
    ("2021年12月24日(金) 04時02分50秒", SEED), ("2021年12月24日 金曜日 04:02", at(4, 2)), ("2021년 12월 24일 금요일 오전 4시 2분", at(4, 2)),
    # halves of the day
    ("2021年12月24日上午4:02", at(4, 2)), ("2021年12月24日 上午12:30", at(0, 30)), ("2021年12月24日 下午4时2分", at(16, 2)), ("2021年12月24日 下午12:30", at(12, 30)),
    ("2021年12月24日 下午16:02", at(16, 2)), ("2021年12月24日 午后3:05", at(15, 5)), ("2021年12月24日 凌晨4点2分", at(4, 2)), ("2021年12月24日 凌晨12:30", at(0, 30)),
    ("2021年12月24日 早上8点", at(8)), ("2021年12月24日 中午12点", at(12)), ("2021年12月24日 中午11:30", at(11, 30)), ("2021年12月24日 中午1:30", at(13, 30)),
    ("2021年12月24日 晚上8:30", at(20, 30)), ("2021年12月24日 晚上11:59", at(23, 59)), ("2021年12月24日 午後3時05分", at(15, 5)), ("2021-12-24 오후 3:05", at(15, 5)),
    # the edges of the clock
    ("2021年12月24日24时", datetime(2021, 12, 24, 16, tzinfo=UTC)), ("2021-12-24 24:00", datetime(2021, 12, 24, 16, tzinfo=UTC)), ("2021-12-24 23:59:60", datetime(2021, 12, 24, 16, tzinfo=UTC)),
    # years of two digits, where RFC 822 has them
    ("Fri, 24 Dec 21 04:02:50 +0800", SEED), ("Thu, 23 Dec 99 20:02:50 GMT", datetime(1999, 12, 23, 20, 2, 50, tzinfo=UTC)),
]  # fmt: skip
UNREADABLE = [
    # relative to a clock that a document does not have
    "今天", "昨天", "前天", "今天 04:02", "昨天 18:30", "3小时前", "1 小时前", "5分钟前", "半小时前", "刚刚", "2天前", "上周五", "周五", "一小时前发布", "3時間前", "어제", "3시간 전",
    # no such day, time or zone
    "2021-02-30", "2021年2月30日", "2021-13-45", "2021年13月1日", "2021-12-32", "2021-12-24 24:01", "2021-12-24 23:60", "2021-12-24 25:00", "2021-12-24T04:02:50+99:99",
    # a half of the day that does not fit its hour, or leaves the day open
    "2021年12月24日 上午15:00", "2021年12月24日 中午3:00", "2021年12月24日 晚上12:00", "2021年12月24日 晚上1:30", "2021年12月24日 早上12:30", "2021年12月24日 清晨16:00",
    # which part is the year?
    "21-12-24", "21年12月24日", "99年12月24日", "12/24/2021", "24/12/2021", "2021/24/12", "24.12.21", "民国110年12月24日", "令和3年12月24日",
    # a part of a date
    "2021年", "2021年12月", "2021-12", "12月24日", "12月24日 04:02", "12-24 04:02", "04:02", "2021年12月24日 04:02 以前",
    # numbers that may be a stamp or an hour, or are neither
    "2021122404", "2030010203", "164028977", "16402897700", "1640289770000000", "-1640289770",
]  # fmt: skip


def published(stated: str, zone: str = "Asia/Shanghai") -> datetime | None:
    entry = only(item(f"<title>t</title><pubDate>{stated}</pubDate>"), replace(CONTEXT, zone=ZoneInfo(zone)))
    if stated.strip() and entry.published is None:
        assert any("date not understood" in problem for problem in entry.problems)
    return entry.published


@pytest.mark.parametrize(("stated", "meant"), READ)
def test_a_date_of_our_papers_is_its_instant(stated, meant):
    assert published(stated) == meant


@pytest.mark.parametrize("stated", UNREADABLE)
def test_what_is_no_date_is_none_and_reported(stated):
    assert published(stated) is None


@pytest.mark.parametrize(
    ("stated", "zone", "meant"),
    [
        ("Fri, 24 Dec 2021 04:02:50 CST", "Asia/Shanghai", SEED),
        ("Fri, 24 Dec 2021 04:02:50 CST", "Asia/Taipei", SEED),
        ("Thu, 23 Dec 2021 14:02:50 CST", "America/Chicago", SEED),
        ("2021年12月24日 05:02:50", "Asia/Tokyo", SEED),
        ("2021-12-24 04:02:50 北京时间", "America/Chicago", SEED),
        ("2021-12-24 04:02:50", "Asia/Hong_Kong", SEED),
        ("2021-12-24", "Asia/Shanghai", DAY),
    ],
)
def test_the_zone_of_the_source_says_what_a_date_leaves_open(stated, zone, meant):
    assert published(stated, zone) == meant


# Rows of feedparser's own tests that we leave unread: years of two digits, days without a month, dead zones.
UNREAD = {
    "Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-július-13T9:15-05:00", "-0312", "031231", "03-12-31", "-03-12", "03335", "2003", "2003-12",
    "2003-012-31T10:14:55+00:00", "Thu, 01 Jan 0100 00:00:01 +0100",
    *(f"Mon, 26 January 2004 16:31:00 {zone}" for zone in ("AT", "ET", "CT", "MT", "PT")),
}  # fmt: skip
KOREAN = {"2004-05-25 오후 11:23:17", "2004년 05월 28일  01:31:15"}  # of papers in Seoul


def test_no_row_of_feedparsers_own_dates_is_read_wrong():
    try:
        rows = [row for row in date_rows() if row[0]]
    except OfflineError as error:
        pytest.skip(str(error))
    assert (len(rows), sum(answer is None for _, answer in rows)) == (63, 18)
    for text, answer in rows:
        found = dates.parse(text, ZoneInfo("Asia/Seoul") if text in KOREAN else UTC)
        meant = datetime(*answer[:6], tzinfo=UTC) if answer and text not in UNREAD else None
        assert found == meant, text

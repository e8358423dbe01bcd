"""Dates of feeds and posts: any notation to an aware UTC instant, or ``None``.  Never a guess.  Pure.

feedparser and other libraries answer *something* for almost any string (LIBRARIES 1): they take a missing month from
today, ``CST`` for Chicago in a Chinese paper, and a bad day for the next month.  So each notation that we accept
stands in a table here, and everything else is unreadable (R20).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_LONGEST = 100
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_FIRST_STAMP_YEAR = 1990
_FARTHEST_ZONE = 14 * 60  # minutes: Pacific/Kiritimati

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
# A wrong weekday does no harm: the date says more.  A foreign one is known by its comma.
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s*|[^\W\d_]{1,12}\.?,\s*)?"
_ASIAN_WEEKDAY = re.compile(
    r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?,?|\([月火水木金土日](?:曜日)?\)|[月火水木金土日]曜日|\(?[월화수목금토일]요일\)?"
)
_COMMENT = re.compile(r"\s*\([^()]*\)$")

_FLAGS = re.ASCII | re.IGNORECASE
_SHAPES = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        # RFC 3339, W3C-DTF, 2021/12/24, 2021.12.24: one sign between all three
        _WEEKDAY + r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?P<rest>(?:[T,\s].*)?)",
        r"(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]?(?P<rest>.*)",
        r"(?P<year>\d{4})\s*년\s*(?P<month>\d{1,2})\s*월\s*(?P<day>\d{1,2})\s*일(?P<rest>.*)",
        # RFC 822, 2822
        _WEEKDAY + r"(?P<day>\d{1,2})[\s-]+" + _MONTH_NAME + r",?[\s-]+(?P<year>\d{4}|\d{2})(?P<rest>(?:[T,\s].*)?)",
        # asctime, with and without a zone
        _WEEKDAY + _MONTH_NAME + r"\s+(?P<day>\d{1,2})\s+(?P<rest>\d{1,2}:\S+(?:\s+[-+:a-z0-9]+)?)\s+(?P<year>\d{4})",
        # December 24, 2021
        _WEEKDAY + _MONTH_NAME + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?P<rest>(?:[T,\s].*)?)",
    )
)
_RFC_822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([0-9]{4})"
    r" ([0-9]{2}):([0-9]{2}):([0-9]{2}) (?:GMT|([+-])([0-9]{2})([0-5][0-9]))"
)
_RFC_3339 = re.compile(  # and Jekyll's form of it
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:Z| ?([+-])([0-9]{2}):?([0-5][0-9]))"
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:[T\s]?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>Z|[-+]\d\d:?\d\d)?)?",
    _FLAGS,
)
_HOUR_STAMP = re.compile(r"(?:19|20|21)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-4])", re.ASCII)
_HALF = r"(?P<{}>上午|下午|午后|凌晨|清晨|早上|早晨|中午|晚上|午前|午後|오전|오후|[ap]\.?m\.?)?"
_CLOCK = re.compile(
    r"(?:[T,\s]|at\s)*"
    + _HALF.format("before")
    + r"\s*(?P<hour>\d{1,2})\s*[:时點点時시]\s*(?:(?P<minute>\d{1,2})\s*(?:[:分분]\s*(?:(?P<second>\d{1,2})(?:[.,]\d+)?\s*[秒초]?)?)?)?\s*"
    + _HALF.format("after")
    + r"\s*(?P<zone>.*)",
    _FLAGS,
)
_EARLY = frozenset({"上午", "凌晨", "清晨", "早上", "早晨", "午前", "오전", "am"})
_MORNING = frozenset({"清晨", "早上", "早晨"})  # nobody calls midnight or noon so
_LATE = frozenset({"下午", "午后", "午後", "오후", "pm"})

_OFFSET = re.compile(r"(?:GMT|UTC|UT)?\s*([-+])\s*(\d{1,2})(?::?(\d\d))?(?:\s+[A-Z]{1,5})?", _FLAGS)
_LOST_PLUS = re.compile(r"(\d\d)(\d\d)", re.ASCII)  # a "+" that some server decoded as a blank

# Minutes east of Greenwich.  Only names that mean one zone in feeds: IST (India, Ireland, Israel) is not here.
_NAMES = {
    0: "Z UT UTC GMT ETC/GMT ETC/UTC WET",
    60: "BST WEST CET MET",
    120: "CEST MEST EET",
    180: "EEST MSK",
    480: "HKT SGT AWST 北京时间 中国标准时间",
    540: "JST KST",
    570: "ACST",
    600: "AEST",
    630: "ACDT",
    660: "AEDT",
    720: "NZST",
    780: "NZDT",
    -240: "EDT",
    -300: "EST CDT",
    -360: "CST MDT",
    -420: "MST PDT",
    -480: "PST AKDT",
    -540: "AKST",
    -600: "HST",
}
_ZONES = {name: minutes for minutes, names in _NAMES.items() for name in names.split()}


def parse(text: str, zone: tzinfo) -> datetime | None:
    """The instant that ``text`` names, in UTC, to the second; ``None`` if it is unreadable (R20, SEED 5).

    Args:
        text: A date in any notation of RFC 3339, RFC 822, asctime, Chinese papers, or a Unix stamp.
        zone: What a date without a zone means; a day alone is its midnight there.
    """
    text = text.strip()
    return (_usual(text) or _unusual(text, zone)) if text else None


def _unusual(text: str, zone: tzinfo) -> datetime | None:
    text = unicodedata.normalize("NFKC", text).strip() if len(text) <= 2 * _LONGEST else ""
    if not text or len(text) > _LONGEST:
        return None
    try:
        return _stamp(text) or _compact(text, zone) or _written(text, zone)
    except (ValueError, OverflowError):  # no such day, hour or year
        return None


def _usual(text: str) -> datetime | None:
    """The notations that nearly all feeds and posts have, as the long way would read them, in a tenth of its time."""
    try:
        if found := _RFC_822.fullmatch(text):
            day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
            east = int(hours or 0) * 60 + int(minutes or 0)
            number = _MONTHS.index(month.lower()) + 1
            moment = datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        elif found := _RFC_3339.fullmatch(text):
            *clock, sign, hours, minutes = found.groups()
            east = int(hours or 0) * 60 + int(minutes or 0)
            year, month, day, hour, minute, second = map(int, clock)
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        else:
            return None
        moment -= timedelta(minutes=-east if sign == "-" else east)
    except (ValueError, OverflowError):  # a leap second, the end of a day
        return None
    return moment if east <= _FARTHEST_ZONE and _FIRST_YEAR < moment.year < _LAST_YEAR else None


def _stamp(text: str) -> datetime | None:
    """A Unix stamp: ten digits are seconds, thirteen are milliseconds; 2021122404 may as well be an hour."""
    found = re.fullmatch(r"(\d{10})(?:\d{3}|\.\d{1,9})?", text, re.ASCII)
    if not found:
        return None
    if _HOUR_STAMP.fullmatch(text):
        return None
    instant = datetime.fromtimestamp(int(found[1]), UTC)
    return instant if _FIRST_STAMP_YEAR <= instant.year <= _LAST_YEAR else None


def _compact(text: str, zone: tzinfo) -> datetime | None:
    """``20211224``, ``202112240402``, ``20211224040250``, ``20211224T040250Z``."""
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    day = _day(found["year"], found["month"], found["day"])
    seconds = int(found["hour"] or 0) * 3600 + int(found["minute"] or 0) * 60 + int(found["second"] or 0)
    _check_clock(int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0))
    return _place(day, seconds, found["zone"] or "", zone)


def _written(text: str, zone: tzinfo) -> datetime | None:
    text = _ASIAN_WEEKDAY.sub(" ", _COMMENT.sub("", text)).strip()
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            month = found["month"] if "month" in shape.groupindex else _month(found["name"])
            return _with_clock(_day(found["year"], month, found["day"]), found["rest"].strip(), zone)
    return None


def _month(name: str) -> str:
    return str(_MONTHS.index(name[:3].lower()) + 1)


def _day(year: str, month: str, day: str) -> datetime:
    """Midnight of a day, without a zone.

    Raises:
        ValueError: There is no such day, or its year is none of a feed's.
    """
    number = int(year)
    if len(year) == 2:  # RFC 2822 4.3
        number += 2000 if number < 50 else 1900
    if not _FIRST_YEAR <= number <= _LAST_YEAR:
        raise ValueError(year)
    return datetime(number, int(month), int(day))  # noqa: DTZ001  its zone is judged later


def _with_clock(day: datetime, rest: str, zone: tzinfo) -> datetime | None:
    if not rest:
        return _place(day, 0, "", zone)
    found = _CLOCK.fullmatch(rest)
    if not found:
        return _place(day, 0, rest, zone)  # a day and a zone alone
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["before"] and found["after"]:
        return None
    hour = _of_24(hour, (found["before"] or found["after"] or "").replace(".", "").lower())
    _check_clock(hour, minute, second)
    return _place(day, hour * 3600 + minute * 60 + second, found["zone"].strip(), zone)


def _of_24(hour: int, half: str) -> int:
    """The hour of the day for an hour of a half day (下午 3 is 15)."""
    if not half:
        return hour
    if half == "中午":
        return _checked(hour + 12 if hour < 3 else hour, 11, 14)
    if half == "晚上":  # 12 and what follows is of which day?
        return _checked(hour + 12 if hour < 12 else hour, 17, 23)
    if half in _EARLY and (hour > 12 or (hour == 12 and half in _MORNING)):
        raise ValueError(half)
    if half in _LATE:
        return hour + 12 if hour < 12 else hour
    return hour % 12


def _checked(hour: int, first: int, last: int) -> int:
    if not first <= hour <= last:
        raise ValueError(hour)
    return hour


def _check_clock(hour: int, minute: int, second: int) -> None:
    """24:00 is the end of the day (ISO 8601), 60 is a leap second; all else beyond the clock is garbage."""
    if (hour > 23 and (hour, minute, second) != (24, 0, 0)) or minute > 59 or second > 60:
        raise ValueError("no such time")


def _place(day: datetime, seconds: int, named: str, zone: tzinfo) -> datetime | None:
    local = day + timedelta(seconds=seconds)
    if not named:
        return local.replace(tzinfo=zone).astimezone(UTC).replace(microsecond=0)
    minutes = _minutes(named, local, zone)
    if minutes is None:
        return None
    return local.replace(tzinfo=timezone(timedelta(minutes=minutes))).astimezone(UTC)


def _minutes(named: str, local: datetime, zone: tzinfo) -> float | None:
    """Minutes east of Greenwich for a stated zone; ``None`` if the name is unknown or means several zones."""
    found = _OFFSET.fullmatch(named)
    if found or (found := _LOST_PLUS.fullmatch(named)):
        sign, hours, minutes = found.groups() if len(found.groups()) == 3 else ("+", *found.groups())
        offset = int(hours) * 60 + int(minutes or 0)
        if offset > _FARTHEST_ZONE or int(minutes or 0) > 59:
            return None
        return -offset if sign == "-" else offset
    own = _own_name(named.upper(), local, zone)
    return own if own is not None else _ZONES.get(named.upper())


def _own_name(named: str, local: datetime, zone: tzinfo) -> float | None:
    """The source's own zone knows best what an abbreviation means: CST is China's in Asia/Shanghai."""
    for moment in (local, local.replace(month=1, day=1), local.replace(month=7, day=1)):
        aware = moment.replace(tzinfo=zone)
        offset = aware.utcoffset()
        if aware.tzname() == named and offset is not None:
            return offset.total_seconds() / 60
    return None

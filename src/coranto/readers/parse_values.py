"""Small values of XML feeds, read alike in both tiers (`parse_strict`, `parse_xml`).  Pure, light."""

from __future__ import annotations

import re
from collections.abc import Iterable

from coranto.model import Person
from coranto.readers.parse_entry import person
from coranto.readers.parse_raw import Text

HTML = frozenset({"text/html", "application/xhtml+xml", "html", "xhtml"})
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_LONGEST_TTL = 31 * 86400
_DIGITS = re.compile(r"\s*([0-9]{1,9})")
_HOUR = re.compile(r"[0-9]|1[0-9]|2[0-4]")
_BREAK = re.compile(r"(<br\b[^<>]*>)</br>", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)


def marked(value: str, kind: str) -> Text:
    """A text of a media type; `<br></br>`, which HTML takes for two breaks, is one."""
    return Text(_BREAK.sub(r"\1", value), html=True) if kind in HTML else Text(value)


def number(stated: str) -> int:
    """The number that a text begins with; 0 if it begins with none."""
    found = _DIGITS.match(stated)
    return int(found[1]) if found else 0


def ttl(minutes: str, period: str, frequency: str) -> int:
    """Seconds between two changes: RSS ttl is minutes; sy:updateFrequency counts changes in a sy:updatePeriod."""
    seconds = 60 * number(minutes)
    if not seconds:
        seconds = _PERIODS.get(period.strip().lower(), 0) // max(1, number(frequency))
    return min(seconds, _LONGEST_TTL)


def hours(stated: Iterable[str]) -> frozenset[int]:
    """Hours of the day in which nothing changes (RSS 2.0, skipHours); 24 is midnight."""
    return frozenset(int(hour) % 24 for hour in stated if _HOUR.fullmatch(hour))


def days(stated: Iterable[str]) -> frozenset[int]:
    """Days of the week in which nothing changes (RSS 2.0, skipDays); Monday is 0."""
    return frozenset(_DAYS.index(day.lower()) for day in stated if day.lower() in _DAYS)


def named(stated: str, uri: str) -> Person | None:
    """Name and e-mail out of `name (mail)`, `mail (name)` or `name <mail>`; at most 1,000 characters (parse_scan)."""
    mail = _MAIL.search(stated)
    name = (stated[: mail.start()] + stated[mail.end() :]) if mail else stated
    return person(name.strip(" ()<>,;"), mail[0] if mail else "", uri)


def people(found: Iterable[Person | None]) -> tuple[Person, ...]:
    """Those who have a name, each once."""
    return tuple(dict.fromkeys(one for one in found if one))

"""The shapes of single values: each function takes the text that was written, and gives it back or says what is wrong.

No file, no network; the only thing outside is the list of time zones.
"""

from __future__ import annotations

import difflib
import functools
import re
import warnings
import zoneinfo
from datetime import date
from urllib.parse import SplitResult, urlsplit

from coranto.settings import cron
from coranto.settings.problems import quoted

_DURATION = re.compile(r"([0-9]+)(\.[0-9]+)?([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 36500 * 86400
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,8}|[xXiI](?=-))(?:-[A-Za-z0-9]{1,8})*")  # RFC 5646 2.1, its outline
_DNS = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
_TAG = re.compile(rf"(?:[A-Za-z0-9._-]+@)?{_DNS},([0-9]{{4}})(?:-([0-9]{{2}})(?:-([0-9]{{2}}))?)?")  # RFC 4151 2.1
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PRIVATE = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/:@\[\]?#]+)(?::([0-9]{1,5}))?")
_GROUP = re.compile(r"\{([0-9]+)\}")
# Cities of China that the list of zones does not name: the whole country keeps one time.
_IN_CHINA = re.compile(
    "beijing|peking|guangzhou|canton|shenzhen|chengdu|hangzhou|nanjing|wuhan|xian|tianjin|suzhou|qingdao|xiamen|ningbo|"
    "changsha|zhengzhou|jinan|dalian|shenyang|fuzhou|hefei|kunming|china|北京|上海|广州|深圳|成都|杭州|中国"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PATTERN_LIMIT = 200
POST_SUFFIXES = (".md", ".markdown", ".html")


def filled(text: str) -> str:
    """A text that is more than blanks."""
    if not text.strip():
        raise ValueError("is empty; write something, or leave the key out")
    return text


def name(text: str) -> str:
    """The name of a category: one line, not empty."""
    if _CONTROL.search(filled(text)):
        raise ValueError(f"{quoted(text)} is no name; a name is one line")
    return text.strip()


def seconds(text: str) -> float:
    """The seconds of a duration such as ``30s``, ``1.5s``, ``15m``, ``2h`` or ``3d``."""
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{quoted(text)} is no duration; write 30s, 15m, 2h or 3d")
    found = float(match[1] + (match[2] or "")) * _UNITS[match[3]]
    if found > _LONGEST:
        raise ValueError(f"{quoted(text)} is too long; the longest duration is 36500d")
    return found


def pause(text: str) -> str:
    """A duration that may be zero and may have a fraction."""
    seconds(text)
    return text


def duration_or_zero(text: str) -> str:
    """A duration in whole units that may be zero."""
    seconds(text)
    if "." in text:
        raise ValueError(f"{quoted(text)} has a fraction; write a whole number, such as 90s or 15m")
    return text


def duration(text: str) -> str:
    """A duration in whole units, longer than zero."""
    if seconds(duration_or_zero(text)) == 0:
        raise ValueError(f"{quoted(text)} is no time at all; write 15m, 2h or 3d")
    return text


def refresh(text: str) -> str:
    """An interval, or a cron expression: five fields, or a word such as ``@hourly``."""
    parts = text.split()
    if len(parts) == 5 or text.lstrip().startswith("@"):
        cron.fields(text)
        return text
    if len(parts) == 1:
        return duration(text)
    raise ValueError(
        f'{quoted(text)} is neither an interval such as 15m nor a cron expression of five fields such as "0 * * * *"',
    )


def language(text: str) -> str:
    """A language tag (BCP 47)."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no language tag; write en, zh-CN or de")
    return text


def timezone(text: str) -> str:
    """The name of an IANA time zone that this machine knows."""
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = _near_zone(text)
        hint = f'did you mean "{near}"?' if near else "write Asia/Shanghai, Europe/Berlin or UTC"
        raise ValueError(f"{quoted(text)} is no time zone; {hint}") from error
    return text


@functools.cache
def _near_zone(text: str) -> str:
    if _IN_CHINA.fullmatch(re.sub(r"[\s_'-]", "", text.rpartition("/")[2]).casefold()):
        return "Asia/Shanghai"
    known = {zone.casefold(): zone for zone in zoneinfo.available_timezones()}
    near = difflib.get_close_matches(text.casefold(), known, n=1)
    return known[near[0]] if near else ""


def tag(text: str) -> str:
    """A tagging entity (RFC 4151 2.1): an authority, a comma, a date on which it was ours."""
    match = _TAG.fullmatch(text)
    try:
        if match:
            date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
            return text
    except ValueError:
        pass  # 2021-13-40: the message below says what a date looks like
    raise ValueError(
        f"{quoted(text)} is no tag authority; write a domain and a date on which it was yours: news.example,2021",
    )


def _split(text: str) -> SplitResult | None:
    """The parts of an absolute http(s) address; None if it is none."""
    try:
        parts = urlsplit(text)
        valid = parts.scheme.lower() in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if valid and not re.search(r"[\s<>\"\\]", text) else None


def web_address(text: str) -> str:
    """An absolute http(s) address."""
    if not _split(text):
        raise ValueError(f"{quoted(text)} is no web address; write it whole: https://news.example/icon.png")
    return text


def site_url(text: str) -> str:
    """Where the site is published: http(s), no query, no fragment, no password; ends with a slash."""
    parts = _split(text)
    if not parts:
        raise ValueError(f"{quoted(text)} is no web address; write it whole: https://news.example/")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(f'{quoted(text)} has more than host and path; write it without "?", "#" and "@"')
    return text.rstrip("?#").rstrip("/") + "/"


def upstream(text: str) -> str:
    """An http(s) address or the path of a file."""
    scheme = _SCHEME.match(text)
    if not scheme:
        return path(text)
    if scheme[1].lower() not in ("http", "https"):
        raise ValueError(f'"{scheme[1]}:" is not polled; write an http(s) address, or the path of a file')
    if not _split(text):
        raise ValueError(f"{quoted(text)} is no web address; write it whole: https://paper.example/rss.xml")
    return text


def is_web(text: str) -> bool:
    """Whether ``text`` is an address and not a path."""
    return bool(_SCHEME.match(text))


def path(text: str) -> str:
    """A path, relative to the settings or absolute."""
    if _CONTROL.search(filled(text)):
        raise ValueError(f"{quoted(text)} is no path; a path is one line")
    return text


def posts_pattern(text: str) -> str:
    """The pattern of a folder of posts."""
    parts = path(text).split("/")
    if any("**" in part and part != "**" for part in parts):
        raise ValueError(f'{quoted(text)}: "**" must stand alone between slashes, as in posts/**/*.md')
    first = next((i for i, part in enumerate(parts) if set(part) & set("*?[")), len(parts))
    if ".." in parts[first:]:
        raise ValueError(f'{quoted(text)}: ".." cannot follow a part with "*"')
    return text


def category_title(text: str) -> str:
    """A template with one ``{}``, or nothing."""
    if text and (text.count("{}") != 1 or set("{}") & set(text.replace("{}", ""))):
        raise ValueError(f'{quoted(text)} must have "{{}}" once, where the name stands: "{{}}新闻"')
    return text


def store(text: str) -> str:
    """A path, or the address of a PostgreSQL database."""
    if "://" in text and not text.startswith("postgresql://"):
        raise ValueError("is no store; write a path such as .coranto/store.sqlite3, or postgresql://host/database")
    if text.endswith("/"):
        raise ValueError(f"{quoted(text)} is a folder; write a path such as .coranto/store.sqlite3")
    return path(text)


def private_host(text: str) -> str:
    """``host`` or ``host:port``; an IPv6 address stands in brackets."""
    match = _PRIVATE.fullmatch(text)
    if not match or (match[1] and not 0 < int(match[1]) < 65536):
        raise ValueError(f"{quoted(text)} is no host; write 192.168.1.5, nas.lan:8080 or [fd00::1]:80, nothing else")
    return text


def host_glob(text: str) -> str:
    """A host name in which ``*`` and ``?`` may stand."""
    if not text or re.search(r"[\s/:@\[\]#]", text):
        raise ValueError(f'{quoted(text)} is no host; write a name such as "*.paper.example"')
    return text


def parameter(text: str) -> str:
    """The name of a query parameter."""
    if not text or re.search(r"[\s?&=#]", text):
        raise ValueError(f"{quoted(text)} is no name of a query parameter; write for example infoCode")
    return text


def ignored_key(text: str) -> str:
    """A key of identity, as `coranto explain` shows it."""
    kind, colon, rest = text.partition(":")
    if not colon or kind not in ("code", "url", "id") or not rest.strip():
        raise ValueError(f'{quoted(text)} is no key; it starts with code:, url: or id:, as "coranto explain" shows it')
    return text


def regex(text: str) -> str:
    """A regular expression of at most 200 characters."""
    if len(text) > _PATTERN_LIMIT:
        raise ValueError(f"is {len(text)} characters long; a regular expression may have {_PATTERN_LIMIT}")
    try:
        groups(filled(text))
    except re.error as error:
        raise ValueError(f"{quoted(text)} is no regular expression: {error}") from error
    except (OverflowError, RecursionError) as error:
        raise ValueError(f"{quoted(text)} is too large a regular expression") from error
    return text


def groups(pattern: str) -> int:
    """How many groups a regular expression has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "possible nested set": legal today
        return re.compile(pattern).groups


def template(text: str, pattern: str) -> str:
    """What a code is put together from: ``NW{1}``; its groups must stand in ``pattern``."""
    numbers = [int(number) for number in _GROUP.findall(text)]
    if not numbers or set("{}") & set(_GROUP.sub("", text)):
        raise ValueError(f'{quoted(text)} must name a group of the pattern, as in "NW{{1}}"')
    have = groups(pattern)
    if wrong := [number for number in numbers if not 1 <= number <= have]:
        count = f"{have} group{'' if have == 1 else 's'}"
        raise ValueError(f"{quoted(text)} names group {wrong[0]}, but the pattern has {count}, counted from 1")
    return text

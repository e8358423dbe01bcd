"""Status codes: what an answer says of itself goes before what its body looks like (RELIABILITY 1)."""

from __future__ import annotations

from hostile.catalogue import Path, Seen, by_host
from hostile.documents import RSS_TYPE, item, rss
from hostile.server import RESET
from loopback import Answer, Asked, http, raw

_FEED = rss(item("一条")).encode()
_EMPTY = rss().encode()
_PAGE = b"<!doctype html><html><title>Oops</title><body>Oops</body></html>"


def _error(name: str, status: str, body: bytes = _FEED, says: str = "", polls: int = 1, **headers: str) -> Path:
    """A status whose body is a good feed all the same."""
    answer = http(body, status, Content_Type=RSS_TYPE, **headers)
    return Path(kind="status", name=name, answer=answer, expect="error", says=says or status[:3], polls=polls)


def _waits(name: str, status: str, after: str) -> Path:
    """Retry-After in a form: it never crashes, and never waits for ever."""
    answer = http(_EMPTY, status, Retry_After=after)
    return Path(kind="status", name=name, answer=answer, expect="error", says=status[:3])


def _in_turn(*answers: Answer) -> Answer:
    return lambda asked: answers[min(asked.number, len(answers) - 1)](asked)


def _asked_once(seen: Seen) -> list[str]:
    """410: asked once more for nothing (P14)."""
    asked = [one for one in seen.asked if one.number >= 0]
    return [] if len(asked) == 1 else [f"it was asked {len(asked)} times after it had gone"]


def _rests(seen: Seen) -> list[str]:
    """Nothing is rewritten when nothing is new."""
    return [f"{name} was rewritten" for name, data in seen.after[-1].items() if data != seen.after[0].get(name)]


def _conditional(asked: Asked) -> bytes:
    known = "If-None-Match" in asked.headers and "If-Modified-Since" in asked.headers
    answer = (
        http(b"", "304 Not Modified")
        if known
        else http(_FEED, ETag='"1"', Last_Modified="Fri, 07 Jan 2022 01:00:00 GMT")
    )
    (whole,) = answer(asked)
    assert isinstance(whole, bytes)
    return whole


def _new_etag(asked: Asked) -> bytes:
    (whole,) = http(_FEED, ETag=f'"{asked.number}"', Content_Type=RSS_TYPE)(asked)
    assert isinstance(whole, bytes)
    return whole


def _sent_yesterday(seen: Seen) -> list[str]:
    sent = seen.asked[-1].headers.get("If-Modified-Since")
    return [] if sent == "yesterday" else [f"If-Modified-Since was {sent!r}: it goes back as it came (P1)"]


def _last_good_stays(seen: Seen) -> list[str]:
    return [] if any(title == "一条" for title in seen.titles) else ["the last good entries went"]


PATHS = [
    _error("304-unasked", "304 Not Modified", b""),
    *[_error(status[:3], status) for status in ("400 Bad", "401 Who", "402 Pay", "403 No", "404 Not Found", "405 Not So", "406 Not", "418 Teapot", "451 Law", "500 Oops", "501 No", "502 Bad", "504 Late", "520 Odd", "599 Odd")],
    _error("502-with-a-valid-empty-feed", "502 Bad Gateway", _EMPTY),
    _error("200-is-not-404-with-a-page", "404 Not Found", _PAGE),
    Path(kind="status", name="410-is-asked-no-more", answer=http(_FEED, "410 Gone"), expect="any", polls=3, check=_asked_once),
    *[
        _waits(f"{status[:3]}-{name}", status, after)
        for status in ("429 Too Many", "503 Not Now")
        for name, after in (
            ("seconds", "120"), ("date", "Sun, 09 Jan 2022 12:00:00 GMT"), ("none", ""), ("huge", "9" * 40), ("negative", "-5"),
            ("soon", "soon"), ("fraction", "1.5"), ("past", "Fri, 07 Jan 2000 12:00:00 GMT"), ("year-99999", "Fri, 07 Jan 99999 12:00:00 GMT"),
            ("two", "60, 120"), ("control", "1\x0100"),
        )
    ],
    Path(kind="status", name="etag-last-modified-304", answer=by_host(_conditional), expect="entries", polls=3, check=_rests),
    Path(kind="status", name="new-etag-each-time", answer=by_host(_new_etag), expect="entries", polls=3, check=_rests),
    Path(kind="status", name="last-modified-yesterday", answer=http(_FEED, Last_Modified="yesterday"), expect="entries", polls=2, check=_sent_yesterday),
    Path(
        kind="status", name="in-turn", polls=6, expect="any", check=_last_good_stays,
        answer=_in_turn(http(_FEED), http(_FEED, "500 Oops"), raw(RESET), http(_FEED, "404 Not Found"), http(_PAGE, Content_Type="text/html"), http(_EMPTY)),
    ),
    Path(
        kind="status", name="max-age-ttl-skip-hours", expect="entries", titles=("一条",),
        answer=http(rss(item("一条"), head="<ttl>99999999</ttl><skipHours><hour>25</hour><hour>x</hour><hour>3</hour></skipHours><skipDays><day>Someday</day></skipDays>").encode(), Cache_Control="max-age=99999999999999999999, max-age=x", Expires="0"),
    ),
    Path(kind="status", name="expires-in-year-99999", answer=http(_FEED, Expires="Fri, 07 Jan 99999 12:00:00 GMT"), expect="entries"),
    Path(kind="status", name="226-unasked", answer=http(_FEED, "226 IM Used", IM="feed"), expect="any"),
]  # fmt: skip

"""What a request asks for: which file, in which coding, and whether the client has it already.  Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from email.utils import parsedate_tz
from functools import lru_cache
from urllib.parse import parse_qs, unquote_to_bytes

from coranto.writers import FILES

LONGEST_PATH = 2048  # octets; no name of ours comes near

Headers = Iterable[tuple[bytes, bytes]]


def segments(raw_path: bytes) -> tuple[str, ...] | None:
    """The parts of a path, decoded; None if it can be no file of ours.

    A path that ends in a slash has an empty last part.  Split first and decoded afterwards, so that no encoding makes
    a separator; a name that begins with a dot is never served, which takes ``.`` and ``..`` with it.
    """
    if not raw_path.startswith(b"/") or len(raw_path) > LONGEST_PATH:
        return None
    try:
        parts = tuple(unquote_to_bytes(part).decode() for part in raw_path[1:].split(b"/"))
    except UnicodeDecodeError:
        return None
    return parts if all(map(_is_name, parts[:-1])) and (not parts[-1] or _is_name(parts[-1])) else None


def _is_name(part: str) -> bool:
    return part != "" and part[0] != "." and part.isprintable() and not set(part) & {"/", "\\"}


def format_of(query: bytes) -> str | None:
    """The ``format`` of a query, as users of RSSHub write it; '' if it names none, None if there is no such format."""
    if b"format" not in query:
        return ""
    try:
        named = parse_qs(query.decode("ascii"), max_num_fields=20).get("format", [""])[-1].lower()
    except ValueError:
        return None
    return named if named in FILES or not named else None


def header(headers: Headers, name: bytes) -> bytes:
    """A field of a request; several of one name are one list (RFC 9110 5.3); empty if there is none."""
    found = [value for key, value in headers if key == name]
    return found[0] if len(found) == 1 else b", ".join(found)


@lru_cache(maxsize=512)
def coding(accept_encoding: bytes, offered: Sequence[str]) -> str:
    """Which of the codings that are ``offered``, the best first, the client likes best; '' for none (RFC 9110 12.5.3)."""
    weights = dict(_weighted(part) for part in accept_encoding.decode("latin-1").lower().split(",") if part.strip())
    found = {name: weights.get(name, weights.get("*", 0.0)) for name in offered}
    best = max(offered, key=lambda name: found[name], default="")
    plain = weights.get("identity", 0.0)  # only if somebody likes it better by name
    return best if best and found[best] > 0 and found[best] >= plain else ""


def _weighted(part: str) -> tuple[str, float]:
    name, _, parameters = part.partition(";")
    key, _, weight = parameters.strip().partition("=")
    try:
        return name.strip(), float(weight) if key.strip() == "q" else 1.0
    except ValueError:
        return name.strip(), 0.0


def matched(if_none_match: bytes, tags: Sequence[bytes]) -> bytes:
    """The first of our ``tags`` that the client has, compared weakly (RFC 9110 13.1.2); empty: none."""
    if if_none_match in tags:
        return if_none_match
    stated = {one.strip().removeprefix(b"W/") for one in if_none_match.split(b",")}
    if b"*" in stated:
        return tags[0]
    return next((tag for tag in tags if tag in stated), b"")


@lru_cache(maxsize=512)
def seconds(http_date: bytes) -> int:
    """A date of HTTP in seconds since 1970; -1 if it is none."""
    try:
        parsed = parsedate_tz(http_date.decode("ascii"))
        return calendar.timegm((*parsed[:6], 0, 0, 0)) - (parsed[9] or 0) if parsed else -1
    except (ValueError, OverflowError, IndexError):
        return -1

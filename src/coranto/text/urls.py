"""Addresses: when two of them name the same article, and which texts may stand as an id.  Pure; raises nothing.

w3lib is the field's library for this; the rules of IDENTITY A.4 differ from it in each step that tells articles
apart (``?x`` is not ``?x=``, ``;`` stays, sorting by name only), so the few lines stand here.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from coranto.text.tracking import HOSTS, NAMES, PREFIXES, VALUES

LONGEST = 8192  # characters; no real address is longer, and a longer one would cost time at each poll

_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-"  # RFC 3986 2.3
_START = re.compile(r"(?:(https?):)?[/\\]{2}", re.IGNORECASE)
_SHAPE = re.compile(r"([^/?#\\]*)([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]*))?")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_SESSION = re.compile(r";jsessionid(?:=[^/;]*)?(?=[/;]|$)", re.IGNORECASE)
_LINE_ENDS = re.compile(r"[\t\r\n]+")


class Address(NamedTuple):
    """The parts of an http(s) address: host in lower case and IDNA, the rest as written."""

    scheme: str  # "http", "https", or "" when unstated
    host: str
    port: str  # digits without leading zeros, or ""
    path: str
    query: str  # with its "?", or ""
    fragment: str  # with its "#", or ""


@lru_cache(maxsize=2048)  # an entry's address is compared, stored and made a key of
def canonical(url: str, tracking: frozenset[str] = frozenset(), keep: frozenset[str] = frozenset()) -> str:
    """The form in which two addresses of one article are equal (DESIGN 3.3, IDENTITY A.4): ``paper.example/a?b=1``.

    For identity only: what is published stays as given.  It has no scheme, and is itself taken as an address, so
    ``canonical(canonical(u)) == canonical(u)``; a host without a dot keeps its ``//`` for that (``//wiki/7``).

    Args:
        url: Any text: ``http(s)://…``, ``//…``, or what this function returned.
        tracking: Names of further parameters to leave out, in any case.
        keep: Names of parameters that settings name as identity: never left out.

    Returns:
        ASCII text, or "" for whatever is no http(s) address, or one of more than 8,192 characters.
    """
    address = split(url)
    if address is None:
        return ""
    host = _without_www(address.host)
    port = "" if (address.scheme, address.port) in {("http", "80"), ("https", "443")} else address.port
    query = _query(address.query, host, _lower(tracking), _lower(keep))
    start = host if _stands_alone(host) else f"//{host}"
    text = f"{start}{port and ':'}{port}{path_of(address)}{query}{_fragment(address.fragment)}"
    return text if len(text) <= LONGEST else ""


def names_a_site(canonical_url: str) -> bool:
    """Whether a canonical address names no article: path and query are empty (IDENTITY A.4), as is the fragment.

    A fragment survives only where it is a path (``#!/post/7``), and then it does name an article.
    """
    return not any(mark in canonical_url.removeprefix("//") for mark in "/?#")


def split(url: str) -> Address | None:
    """The parts of an http(s) address, or None for any other text."""
    if len(url) > LONGEST:
        return None
    text = _LINE_ENDS.sub("", url.strip().strip("\ufeff"))
    start = _START.match(text)
    shape = _SHAPE.match(text, start.end() if start else 0)
    place = _authority(shape[1]) if shape else None
    if shape is None or place is None or (start is None and not _is_bare(shape[1], place[0])):
        return None
    scheme = (start[1] or "").lower() if start else ""
    return Address(scheme, *place, shape[2], shape[3] or "", shape[4] or "")


def path_of(address: Address) -> str:
    """The path of an address in its canonical form: escapes, dot segments, session id and last slash."""
    path = _escaped(address.path.replace("\\", "/"), _PATH)
    if ";" in path:
        path = _SESSION.sub("", path)
    if "/." in path:
        path = _without_dots(path)
    return path.rstrip("/")


def absolute_iri(text: str) -> bool:
    r"""Whether ``text`` may stand as an atom:id (RFC 4287 4.2.6): an absolute IRI of at most 2,048 characters.

    No blanks, controls or ``<>"{}|\^`` and backtick; ``%`` only as an escape; urn: and tag: in their own shapes
    (RFC 8141 2, RFC 4151 2.1); http(s) with a host.
    """
    scheme = _SCHEME.match(text[:2049])
    if not scheme or len(text) > 2048 or not text.isprintable() or _NOT_IRI.search(text):
        return False
    if _BRACKET.search(_NETLOC.sub("", text, count=1)):
        return False
    kind = scheme[1].lower()
    if kind in _SHAPES:
        return _SHAPES[kind].fullmatch(text) is not None
    return kind not in {"http", "https"} or bool(_host_of(text))


def public_iri(text: str) -> bool:
    """Whether ``text`` is an absolute IRI whose host, if it has one, is known to the whole net (IDENTITY A.3).

    Two clones with the guid ``http://localhost/?p=1`` say nothing of each other.
    """
    if not absolute_iri(text):
        return False
    host = _host_of(text)
    return host is None or _is_public(host)


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+-]+):[^#]")  # a dot in it would be a host and its port
_NOT_IRI = re.compile(r'[ <>"{}|\\^`]|%(?![0-9A-Fa-f]{2})|#.*#')
_BRACKET = re.compile(r"[\[\]]")  # only round an IPv6 host
_NETLOC = re.compile(r"[^:]*://([^/?#]*)")
_URN = re.compile(
    r"urn:(?!uuid:)[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[^?#].*|urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
_TAG = re.compile(r"tag:(?:[\w.-]+@)?[a-z0-9.-]+,\d{4}(?:-\d\d){0,2}:.*", re.IGNORECASE | re.ASCII)
_SHAPES = {"urn": _URN, "tag": _TAG, "localhost": re.compile(r"(?!)")}
_PRIVATE = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "invalid", "home.arpa")


def _host_of(iri: str) -> str | None:
    """The host of an IRI: None where its scheme has none (``tag:``, ``urn:``), "" where it is unusable."""
    match = _NETLOC.match(iri)
    if match is None:
        return "" if iri.lower().startswith(("http:", "https:")) else None
    place = _authority(match[1])
    return place[0] if place else ""


def _is_public(host: str) -> bool:
    last = host.rpartition(".")[2]
    if host.startswith("[") or last.isdecimal() or last.startswith("0x"):
        try:
            return ipaddress.ip_address(host.strip("[]")).is_global
        except ValueError:
            return False
    return "." in host and not f".{host}".endswith(tuple(f".{name}" for name in _PRIVATE))


def _is_bare(authority: str, host: str) -> bool:
    """Whether a text without scheme starts as our own canonical form does, so that ``news/7`` or ``tel:7`` is none."""
    return "@" not in authority and not authority.endswith(":") and _stands_alone(host)


def _stands_alone(host: str) -> bool:
    return "." in host or host == "localhost" or host.startswith("[")


def _authority(text: str) -> tuple[str, str] | None:
    """Host and port of an authority.  User and password are left out: they name a reader, not an article."""
    match = _AUTHORITY.fullmatch(text.rpartition("@")[2])
    host = _host(match[1]) if match else ""
    if match is None or not host:
        return None
    port = match[2] or ""
    port = port and (port.lstrip("0") or "0")
    return (host, port) if len(port) < 5 or (len(port) == 5 and port <= "65535") else None


@lru_cache(maxsize=4096)
def _host(text: str) -> str:
    """A host in lower case and IDNA, without its last dot; "" if no such host can be."""
    if len(text) > 1000:
        return ""
    if text.startswith("["):
        return _ipv6(text)
    text = unquote(text) if "%" in text else text
    host = (text.lower() if text.isascii() else _idna(text)).rstrip(".")
    return host if len(host) <= 253 and _HOST.fullmatch(host) else ""


def _ipv6(text: str) -> str:
    try:
        return f"[{ipaddress.IPv6Address(text[1:-1])}]" if "%" not in text else ""
    except ValueError:
        return ""


def _idna(text: str) -> str:
    """What DNS is asked for: IDNA 2008 as browsers read it (UTS 46), else IDNA 2003, which knows emoji."""
    import idna

    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except UnicodeError:
        pass
    try:
        return text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _without_www(host: str) -> str:
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host


def _without_dots(path: str) -> str:
    """RFC 3986 5.2.4: ``/a/./b/../c`` is ``/a/c``."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "".join(f"/{segment}" for segment in kept)


class _Part(NamedTuple):
    """How one part of an address is written: what stays, and which escapes are needless."""

    odd: re.Pattern[str]  # an escape, or a character that needs one
    plain: frozenset[str]  # characters whose escape is undone


def _part(stays: str, plain: str) -> _Part:
    odd = f"%([0-9A-Fa-f]{{2}})|[^{re.escape(_UNRESERVED + stays)}]"
    return _Part(re.compile(odd), frozenset(_UNRESERVED + plain))


_PATH = _part("/;!$&'()*+,=:@", "!$&'()*+,=:@")
_QUERY = _part("&=+/;?!$'()*,:@", "/;?!$'()*,:@")


def _escaped(text: str, part: _Part) -> str:
    """Percent escapes in one form, byte by byte: decoding would turn each GBK byte into U+FFFD (IDENTITY A.4)."""
    if not part.odd.search(text):
        return text

    def write(match: re.Match[str]) -> str:
        byte = int(match[1], 16) if match[1] else ord(match[0])
        return chr(byte) if match[1] and chr(byte) in part.plain else f"%{byte:02X}"

    return part.odd.sub(write, text.encode("utf-8", "surrogatepass").decode("latin-1"))


def _query(text: str, host: str, tracking: frozenset[str], keep: frozenset[str]) -> str:
    if len(text) < 2:
        return ""
    # In a query a blank is "+" or "%20"; a literal "%20" cannot stand here, its "%" would be "%25".
    pairs = []
    for pair in _escaped(text[1:], _QUERY).replace("%20", "+").split("&"):
        name, _, value = pair.partition("=")
        lower = name.lower()
        if pair and (lower in keep or not _says_whence(lower, value.lower(), host, tracking)):
            pairs.append((name, pair))
    pairs.sort(key=lambda pair: pair[0])  # by name only and stable: the order of equal names may matter
    return "?" + "&".join(pair for _, pair in pairs) if pairs else ""


def _says_whence(name: str, value: str, host: str, tracking: frozenset[str]) -> bool:
    return (
        name in NAMES
        or name.startswith(PREFIXES)
        or name in tracking
        or value in VALUES.get(name, ())
        or name in HOSTS.get(host, ())
    )


@lru_cache(maxsize=64)
def _lower(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def _fragment(text: str) -> str:
    """A fragment is a place inside the page, unless it is a path of its own (``#/…``, ``#!…``)."""
    if not text.startswith(("#/", "#!")):
        return ""
    kept = _escaped(text[1:], _QUERY).rstrip("/")
    return f"#{kept}" if kept.strip("!/") else ""

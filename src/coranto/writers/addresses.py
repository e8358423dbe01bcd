"""Addresses and other tokens that a document may carry: valid, or not there at all."""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import quote, urlsplit

from coranto.text import one_line

BINARY = "application/octet-stream"

_SCHEMES = frozenset(
    {"http", "https", "ftp", "gemini"}
)  # what opens a page; javascript: and data: never (RFC 4287 8.1)
_LEGAL = "%:/?#[]@!$&'()*+,;=-._~"  # RFC 3986 2.2 and 2.3; quote() adds letters and digits
_CLEAN = re.compile(r"(?:[A-Za-z0-9:/?#\[\]@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ILLEGAL_IN_IRI = re.compile(r'[\s<>"{}|\\^`\x00-\x20\x7f]')
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^:]")
_URN = re.compile(  # RFC 8141 2; RFC 9562 4
    r"urn:(?:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?!uuid:)[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:\S+)",
    re.IGNORECASE,
)
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(?:\s*;[ -~]*)?")
_EMAIL = re.compile(r"[^@\s<>()]+@[^@\s<>().]+(?:\.[^@\s<>().]+)+")
_LANGUAGE = re.compile(
    r"(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?"
    r"(?:-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*"
    r"(?:-x(?:-[A-Za-z0-9]{1,8})+)?"
)


def iri(url: str) -> str:
    """``url`` as a valid URI: what RFC 3986 forbids percent-encoded, the host in IDNA; empty if there is no way.

    Non-ASCII letters are encoded too: an IRI is legal, but not every reader takes it.
    """
    url = one_line(url)
    try:
        host = urlsplit(url).netloc
        if not host.isascii():
            url = url.replace(host, _ascii_host(host), 1)
            urlsplit(url)  # IDNA turns full-width brackets into brackets
    except ValueError:  # UnicodeError is one: a host that IDNA refuses
        return ""
    if _CLEAN.fullmatch(url):
        return url
    return _STRAY_PERCENT.sub("%25", quote(url, safe=_LEGAL))


def _ascii_host(netloc: str) -> str:
    user, at, host = netloc.rpartition("@")
    name, colon, port = host.partition(":")
    return user + at + name.encode("idna").decode("ascii") + colon + port


def address(url: str) -> str:
    """``url`` fit for a link that a person opens: absolute, of a scheme that runs no script; else empty."""
    url = iri(url)
    parts = urlsplit(url)
    return url if parts.scheme in _SCHEMES and parts.netloc else ""


def web_address(url: str) -> str:
    """``url`` fit to be asked by anybody's program: http or https, without a login, which is nobody's to read."""
    url = address(url)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        return ""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url


def identifier(text: str) -> str:
    """``text`` as an absolute IRI for an id (RFC 4287 4.2.6); letters of any script stay as they are.

    Ids are compared character by character, so one that is valid is never touched.  One that is no IRI at all is
    named by its hash: an invalid id would make the whole feed invalid.
    """
    text = one_line(text)
    usable = _STRAY_PERCENT.sub("%25", _ILLEGAL_IN_IRI.sub(lambda bad: quote(bad[0], safe=""), text))
    return usable if _is_absolute(usable) else f"urn:sha256:{sha256(text.encode()).hexdigest()}"


def _is_absolute(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if parts.scheme == "urn":
        return _URN.fullmatch(text) is not None
    return bool(_SCHEME.match(text)) and bool(parts.netloc or (parts.path and parts.scheme not in {"http", "https"}))


def language(tag: str) -> str:
    """``tag`` if it is a well-formed language tag (BCP 47 2.1; ``zh_CN`` is read as ``zh-CN``), else empty."""
    tag = one_line(tag).replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else ""


def media_type(text: str) -> str:
    """``text`` if it is a media type (RFC 4287 4.2.7.3), else the type of unknown bytes."""
    text = one_line(text)
    return text if _MEDIA_TYPE.fullmatch(text) else BINARY


def email(text: str) -> str:
    """``text`` if it is a plain e-mail address (RFC 4287 3.2.3), else empty."""
    text = one_line(text)
    return text if _EMAIL.fullmatch(text) else ""

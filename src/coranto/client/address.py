"""Addresses on the way out: taken apart once, so that what is checked is what is asked.  Light and pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from coranto.client.answer import FetchError

_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_LINE_BREAK = re.compile("%0[ad]", re.IGNORECASE)
# All of printable ASCII but the blank: an address goes out as it was written (P23), only what no request line may
# hold is escaped.
_AS_WRITTEN = "".join(chr(code) for code in range(0x21, 0x7F))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One address that is asked.

    Attributes:
        url: for people and for the store: as written, without user name, password and fragment.
        scheme: "http" or "https".
        host: ASCII, lower case, without brackets.
        port: never 0.
        target: what stands in the request line.
        login: user name and password as written in the address ("user:pass"), decoded; mostly empty.
    """

    url: str
    scheme: str
    host: str
    port: int
    target: str
    login: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what a secret belongs to (P18)."""
        return self.scheme, self.host, self.port


def parse(url: str) -> Hop:
    """Take an address apart.

    Raises:
        FetchError: kind "bad-address": it is no http or https address that can be asked.
    """
    written = url.strip()
    shown = without_login(written.split("#", 1)[0])
    if _CONTROL.search(written):
        raise FetchError("bad-address", shown, "the address has control characters in it; write it anew")
    try:
        parts = urlsplit(written)
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        raise FetchError("bad-address", shown, "this is no address that can be asked; correct it") from None
    if parts.scheme.lower() not in _PORTS:
        raise FetchError("bad-address", shown, f"only http and https are polled, not “{parts.scheme or 'no scheme'}”")
    if not host or "\\" in parts.netloc or port == 0:
        raise FetchError("bad-address", shown, "the address has no usable host; correct it")
    login = unquote(parts.netloc.rpartition("@")[0])
    scheme = parts.scheme.lower()
    return Hop(url=shown, scheme=scheme, host=host, port=port or _PORTS[scheme], target=_target(written), login=login)


def follow(hop: Hop, location: str) -> Hop:
    """The address that a redirect names, relative to ``hop``.

    Raises:
        FetchError: kind "redirect": there is none, or it must not be followed.
    """
    if not location:
        raise FetchError("redirect", hop.url, "the server redirects, but does not say where to")
    if _LINE_BREAK.search(location):
        raise FetchError("redirect", hop.url, "the server redirects to an address with a line break in it")
    try:
        there = parse(urljoin(hop.url, _utf8(location)))
    except (FetchError, ValueError) as error:
        reason = error.reason if isinstance(error, FetchError) else "it is malformed"
        raise FetchError(
            "redirect", hop.url, f"the server redirects to an address not to be followed: {reason}"
        ) from None
    # Who redirects may not log us in somewhere.
    return Hop(url=there.url, scheme=there.scheme, host=there.host, port=there.port, target=there.target)


def ascii_host(host: str) -> str:
    """A host name as it is looked up: lower case, IDNA.

    Raises:
        ValueError: no such name can exist.
    """
    if host.isascii():
        return host.lower()
    import idna  # comes with requests

    return idna.encode(host, uts46=True).decode("ascii").lower()


def host_port(hop: Hop) -> str:
    """``host:port``, as settings' ``fetch.private`` names it."""
    return f"[{hop.host}]:{hop.port}" if ":" in hop.host else f"{hop.host}:{hop.port}"


def _target(url: str) -> str:
    """Path and query exactly as written (P23): no library may decode, sort or complete them."""
    target = _split(url.split("#", 1)[0])[2] or "/"
    return quote(target if target.startswith("/") else "/" + target, safe=_AS_WRITTEN)


def without_login(url: str) -> str:
    """``url`` fit to be shown: user name and password left out."""
    scheme, netloc, rest = _split(url)
    return f"{scheme}{netloc.rpartition('@')[2]}{rest}"


def _split(url: str) -> tuple[str, str, str]:
    """Scheme with its slashes, authority, and the rest, none of them changed in any way."""
    scheme, slashes, rest = url.partition("://")
    if not slashes:
        return "", "", url
    end = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    return scheme + slashes, rest[:end], rest[end:]


def _utf8(location: str) -> str:
    """HTTP fields come as Latin-1; servers write UTF-8 into Location all the same."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location

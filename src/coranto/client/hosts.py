"""What counts as one host, and how far a wish to be left alone reaches (POLITENESS P10, P19)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from coranto.client import guard
from coranto.client.address import Hop, host_port

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def registrable(host: str) -> str:
    """The registrable domain of a host: ``rss.paper.com.cn`` and ``www.paper.com.cn`` are ``paper.com.cn``.

    By the public suffix list, its private part included: two sites on one platform (``a.github.io``, ``b.github.io``)
    are two publishers.  An address, a single label and a public suffix stand for themselves.

    Args:
        host: ASCII, lower case, without brackets.
    """
    name = host.rstrip(".")
    if ":" in name or name.rpartition(".")[2].isdigit():
        return name
    return _suffixes().privatesuffix(name) or name


def is_private(hop: Hop, private: Sequence[str]) -> bool:
    """Whether settings' ``fetch.private`` names the host; a private host that it does not name is never asked."""
    return guard.is_named(private, hop.host, hop.port)


def name(hop: Hop, private: Sequence[str]) -> str:
    """Whose turn a request takes (P19): a registrable domain; on private nets host:port, for bridges share machines."""
    return host_port(hop) if is_private(hop, private) else registrable(hop.host)


def scopes(hop: Hop, private: Sequence[str]) -> tuple[str, ...]:
    """All that may be held so that this request must wait."""
    return name(hop, private), host_port(hop), hop.url


def scope(hop: Hop, private: Sequence[str], hold: str, status: int) -> str:
    """What a 429 or 503 with Retry-After holds: one of :func:`scopes` (P10).

    Args:
        hop: which request was answered so.
        private: settings' ``fetch.private``.
        hold: settings' ``fetch.hold``: "domain", "host" or "url".  "domain" is the default rule: the whole domain,
            but on private hosts no more than host:port, and of a 503 that address alone, since a bridge answers so
            for one of its routes.
        status: 429 or 503.
    """
    if hold == "url" or (hold == "domain" and status == 503 and is_private(hop, private)):
        return hop.url
    return host_port(hop) if hold == "host" else name(hop, private)


@functools.cache
def _suffixes() -> PublicSuffixList:
    """The list, read once and only when somebody is to be asked: 30 ms."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()

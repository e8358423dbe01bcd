"""The shapes of what `serve` says: where to listen, and who may look at the works."""

from __future__ import annotations

import ipaddress
import re

from coranto.settings.problems import quoted

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|(?=[^:]*:)[0-9A-Fa-f:.]+")


def host(text: str) -> str:
    """The name or address of an interface of this machine; IPv6 without brackets."""
    if not _HOST.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no address; write 127.0.0.1, 0.0.0.0, :: or a name of this machine")
    return text


def network(text: str) -> str:
    """An IP address, or a network in CIDR form."""
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(f"{quoted(text)} is no network; write 192.168.1.5, 192.168.1.0/24 or fd00::/8") from error
    return text

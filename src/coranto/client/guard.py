"""Which addresses may be connected to: public ones, and the private ones that settings name (promise 7).

Judged is the numeric address that is connected to, never the name alone: names lie, and change between two lookups.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Global by Python's book, but they lead back inside: shared address space, NAT64, 6to4 and its relays.
_INSIDE_4 = (IPv4Network("100.64.0.0/10"), IPv4Network("192.88.99.0/24"), IPv4Network("192.0.0.0/24"))
_INSIDE_6 = (
    IPv6Network("2001::/23"),  # Teredo and other protocols
    IPv6Network("2001:db8::/32"),
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("3fff::/20"),
)
# The only part of IPv6 that is handed out for the open net: leaves out 64:ff9b::/96 (NAT64), fec0::/10, fc00::/7, ...
_GLOBAL_6 = IPv6Network("2000::/3")

# WHATWG URL, "ends in a number": every resolver reads such a host as IPv4, each in its own way.
_NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)\Z", re.IGNORECASE)

Resolve = Callable[[str, int, float], Sequence[str]]


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the open net; what cannot be read is not."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return _public_4(ip.ipv4_mapped)
        inside = any(ip in net for net in _INSIDE_6)
        return ip.scope_id is None and ip in _GLOBAL_6 and not inside and ip.is_global
    return _public_4(ip)


def _public_4(ip: IPv4Address) -> bool:
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not any(ip in net for net in _INSIDE_4)


def is_odd(host: str) -> bool:
    """Whether a host is an IPv4 address in disguise: decimal, hex, octal or short (``0x7f.1``, ``2130706433``)."""
    labels = host.rstrip(".").split(".")
    if ":" in host or not _NUMBER.match(labels[-1]):
        return False
    try:
        return str(IPv4Address(host)) != host
    except ValueError:
        return True


def is_inside(host: str) -> bool:
    """Whether a host shows without a lookup that it is none of the open net: an inside address, or ``localhost``."""
    name = host.rstrip(".")
    try:
        ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
    return not is_public(name)


def is_named(private: Sequence[str], host: str, port: int) -> bool:
    """Whether settings' ``fetch.private`` names this host, with or without the port.

    By name only: a stranger's name that points to a named address stays refused.
    """
    host = host.lower()
    spellings = {host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"}
    return any(name.strip().lower() in spellings for name in private)


def vet(addresses: Sequence[str], *, named: bool) -> tuple[str, ...]:
    """The addresses out of ``addresses`` that may be connected to, in order; all of them if settings name the host."""
    return tuple(address for address in addresses if named or is_public(address))


def resolve(host: str, port: int, timeout: float) -> Sequence[str]:
    """The numeric addresses of a host.

    Raises:
        OSError: it has none, or (TimeoutError) the answer took too long.
    """
    try:
        return (str(ip_address(host)),)
    except ValueError:
        pass
    found: list[list[str] | OSError] = []
    # The system's lookup cannot be given a time limit, so it gets a thread that nobody waits for.
    asking = threading.Thread(target=_look_up, args=(host, port, found), daemon=True)
    asking.start()
    asking.join(timeout)
    if not found:
        raise TimeoutError(f"looking up {host} took too long")
    if isinstance(found[0], OSError):
        raise found[0]
    return found[0]


def _look_up(host: str, port: int, found: list[list[str] | OSError]) -> None:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        found.append(error)
    except UnicodeError as error:  # a label over 63 characters
        found.append(OSError(str(error)))
    else:
        found.append(list(dict.fromkeys(str(row[4][0]) for row in rows)))

"""Who may see how the sources are.  Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

_FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via")
_OURSELVES = ("localhost", "127.0.0.1", "[::1]")


def may_look(peer: str, headers: Iterable[tuple[bytes, bytes]], operators: Iterable[str]) -> bool:
    """Whether a request may see what is for operators.

    This machine may, and the networks that settings name.  What a proxy passes on comes from anybody, though the
    proxy stands on this machine; and a page that a browser loaded elsewhere may send it here under a name of its own
    (DNS rebinding): so from this machine only under a name of this machine.

    Args:
        peer: the address at the other end of the connection; '' for a Unix socket.
        headers: of the request, names in lower case.
        operators: addresses and networks, as settings have them.
    """
    fields = dict(headers)
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    networks = [ipaddress.ip_network(one) for one in operators]
    if any(network.prefixlen == 0 and address.version == network.version for network in networks):
        return True  # for everybody: by 0.0.0.0/0
    if any(name in fields for name in _FORWARDED):
        return False
    if any(address in network for network in networks):
        return True
    return address.is_loopback and _host(fields.get(b"host", b"")) in _OURSELVES


def _host(field: bytes) -> str:
    host = field.decode("latin-1").lower()
    return host if host.endswith("]") else host.rpartition(":")[0] or host

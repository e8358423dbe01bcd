"""Connecting: to a vetted address of the host, or to the operator's proxy (promise 7)."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import ip_address

from coranto.client import guard
from coranto.client.address import Hop, host_port
from coranto.client.answer import FetchError
from coranto.client.meter import Meter, Metered


class PlainSocket(Metered, socket.socket):
    """A TCP socket that asks its meter."""


class Dialer:
    """Makes the connections."""

    def __init__(self, private: Sequence[str], resolve: guard.Resolve, proxy: Hop | None = None) -> None:
        """``private``: settings' ``fetch.private``; ``proxy``: what ``fetch.proxy`` names."""
        self._private = tuple(private)
        self._resolve = resolve
        self._proxy = proxy

    def via(self, hop: Hop) -> Hop | None:
        """The proxy that a request goes through, if it does: a private host that settings name is asked directly."""
        return None if self._is_named(hop) else self._proxy

    def dial(self, hop: Hop, meter: Meter) -> socket.socket:
        """Connect for a request; every address of the host gets its share of the time left.

        Raises:
            FetchError: there is no connection, or it must not be made.
        """
        to, addresses = self._addresses(hop, meter)
        error: OSError | None = None
        for index, address in enumerate(addresses):
            try:
                return _connect(address, to.port, meter.left() / (len(addresses) - index), meter)
            except OSError as failed:
                error = failed
        reason = error.strerror if error and error.strerror else "no answer"
        what = host_port(to) if to is hop else f"the proxy {host_port(to)}"
        raise FetchError("connect", hop.url, f"cannot connect to {what} ({reason}); the server may be down")

    def _addresses(self, hop: Hop, meter: Meter) -> tuple[Hop, Sequence[str]]:
        """Whom to connect to, and where."""
        if guard.is_odd(hop.host):
            reason = f"the host {hop.host} is a numeric address in disguise; write it as four decimal numbers"
            raise FetchError("refused-address", hop.url, reason)
        proxy = self.via(hop)
        if proxy is None:
            found = self._found(hop, hop, meter)
            return hop, self._vetted(hop, found)
        if guard.is_inside(hop.host):  # a name is looked up by the proxy: only what shows on its face can be refused
            raise FetchError("refused-address", hop.url, _refusal(hop, hop.host))
        return proxy, self._found(hop, proxy, meter)

    def _found(self, hop: Hop, to: Hop, meter: Meter) -> Sequence[str]:
        try:
            return self._resolve(to.host, to.port, meter.left())
        except TimeoutError:
            meter.left()  # says so, if the whole time is over
            raise FetchError("dns", hop.url, f"looking up {to.host} took too long") from None
        except OSError:
            reason = f"the host name {to.host} is not known; is the address right, and is there a network?"
            raise FetchError("dns", hop.url, reason) from None

    def _vetted(self, hop: Hop, found: Sequence[str]) -> tuple[str, ...]:
        vetted = guard.vet(found, named=self._is_named(hop))
        if not vetted:
            raise FetchError("refused-address", hop.url, _refusal(hop, found[0] if found else "no address"))
        return vetted

    def _is_named(self, hop: Hop) -> bool:
        return guard.is_named(self._private, hop.host, hop.port)


def _connect(address: str, port: int, seconds: float, meter: Meter) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = PlainSocket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect((address, port))
        _check_peer(sock, address)
        sock.settimeout(meter.left())
    except BaseException:
        sock.close()
        raise
    return sock


def _check_peer(sock: socket.socket, address: str) -> None:
    """What we are connected to is what was vetted; a system that redirects connections could have changed it."""
    peer = str(sock.getpeername()[0])
    if ip_address(peer) != ip_address(address):
        raise ConnectionError(f"connected to {peer} instead of {address}")


def _refusal(hop: Hop, found: str) -> str:
    return (
        f"{hop.host} is on a private network ({found}), which is not polled; if it is yours, "
        f'add "{host_port(hop)}" to fetch.private in settings.yaml'
    )

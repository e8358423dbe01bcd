"""What one poll has cost so far: time and bytes, counted at the socket, where nothing can slip by.

A read timeout of a library starts anew with every byte, and a library buffers before it counts; a server that sends
one byte a second, or interim answers without end, passes both.  So the socket itself asks before each read and
reports after it.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable

from coranto.client.answer import FetchError, Limits, StoppedError

_GLANCE = 1.0  # seconds: how often a silent connection looks whether the program is to stop


class Meter:
    """The one deadline over all hops, and the bytes of the answer that is read now."""

    def __init__(
        self,
        url: str,
        limits: Limits,
        stopped: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``url``: named in the errors; ``stopped``: set when the program ends."""
        self._url = url
        self._limits = limits
        self._stopped = stopped
        self._clock = clock
        self._deadline = clock() + limits.seconds
        self._room = limits.headers

    def left(self) -> float:
        """Seconds until the deadline, more than 0.

        Raises:
            FetchError: the time is over ("timeout"); :class:`StoppedError`: the program is to end.
        """
        if self._stopped.is_set():
            raise StoppedError(self._url)
        left = self._deadline - self._clock()
        if left <= 0:
            limit = f"{self._limits.seconds:g} s"
            raise FetchError("timeout", self._url, f"no complete answer within {limit}; the server is slow or down")
        return left

    def spent(self) -> float:
        """Seconds that the poll took so far."""
        return self._limits.seconds - (self._deadline - self._clock())

    def glance(self) -> float:
        """How long a read may be silent before :meth:`left` is asked again, in seconds."""
        return min(self.left(), _GLANCE)

    def took(self, count: int) -> None:
        """Count bytes that were read.

        Raises:
            FetchError: kind "too-big".
        """
        self._room -= count
        if self._room < 0:
            raise FetchError("too-big", self._url, "the answer is larger than a feed may be; ask for a shorter one")

    def extend(self, seconds: float) -> None:
        """Waiting for a host's turn is our own choice: it does not count."""
        self._deadline += seconds

    def start_headers(self) -> None:
        """A new answer begins: so much for its head."""
        self._room = self._limits.headers

    def start_body(self) -> None:
        """Its head is read: so much for its body."""
        self._room = self._limits.wire


class Metered:
    """Mixed into a socket: every read asks the meter first."""

    meter: Meter | None = None

    def recv_into(self, *args: object, **kwargs: object) -> int:
        """As :meth:`socket.socket.recv_into`; a silent second is no error, the deadline is."""
        meter = self.meter
        if meter is None:  # in the TLS handshake, which has a time limit of its own
            return super().recv_into(*args, **kwargs)  # type: ignore[misc,no-any-return]
        while True:
            self.settimeout(meter.glance())  # type: ignore[attr-defined]
            try:
                count: int = super().recv_into(*args, **kwargs)  # type: ignore[misc]
            except TimeoutError:
                continue
            meter.took(count)
            return count


class TlsSocket(Metered, ssl.SSLSocket):
    """A TLS socket that asks its meter."""

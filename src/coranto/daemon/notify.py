"""Telling the service manager how we are: sd_notify(3), in a datagram."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress


class Notifier:
    """Speaks to the socket that the environment names; to nobody, where it names none."""

    def __init__(self, environ: Mapping[str, str], elapsed: Callable[[], float]) -> None:
        """``elapsed``: seconds that passed, for the pace of the watchdog."""
        place = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + place[1:] if place.startswith("@") else place
        self._elapsed = elapsed
        mine = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        usec = environ.get("WATCHDOG_USEC", "") if mine else ""
        self._every = int(usec) / 1_000_000 / 3 if usec.isdigit() else 0.0
        self._next = 0.0
        self.last = elapsed()  # when there was a sign of life

    def ready(self) -> None:
        """The site is ours, and work begins."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Still at work; cheap, to be called often."""
        self.last = self._elapsed()
        if self._every and self.last >= self._next:
            self._next = self.last + self._every
            self._tell("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for ``systemctl status``."""
        self._tell(f"STATUS={text}")

    def stopping(self) -> None:
        """The end has begun."""
        self._tell("STOPPING=1")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.sendto(message.encode(), self._address)

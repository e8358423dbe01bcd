"""uvicorn's HTTP protocol with bounds on what a client may cost before it has asked for anything.

uvicorn waits for ever for the rest of a request's head, and keeps a head of any size (0.54, httptools).
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE = 15.0  # seconds for a request's head
LONGEST_HEAD = 32 * 1024  # octets
_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 29\r\nconnection: close\r\n\r\nthe head of this is too long\n"
)


class PatientProtocol(HttpToolsProtocol):
    """One connection: a head comes in time and in bounds, or the connection ends."""

    _late: asyncio.TimerHandle | None = None
    _head = 0  # octets of the head that is coming in

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See :class:`asyncio.Protocol`."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        if self._late is None:
            self._expect()
        if self._head > LONGEST_HEAD:
            self._expect_nothing()
            self.transport.write(_TOO_LONG)
            self.transport.close()
            return
        self._head += len(data)
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """A head is complete: what follows is another one, or a body that nobody keeps."""
        self._expect_nothing()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:  # noqa: ARG002 - the parser's
        """Nobody wants a body: none is kept."""
        self._head = 0

    def _expect(self) -> None:
        self._late = self.loop.call_later(PATIENCE, self._hang_up)

    def _expect_nothing(self) -> None:
        self._head = 0
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _hang_up(self) -> None:
        self._late = None
        if not self.transport.is_closing() and not self._answering():
            self.transport.abort()

    def _answering(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

"""The body as it came, turned into the body that was meant, within a cap.  Pure; zlib only."""

from __future__ import annotations

import zlib

_GZIP = b"\x1f\x8b"
_GZIP_WINDOW, _ZLIB_WINDOW, _RAW_WINDOW = 31, 15, -15
_GZIP_NAMES = {"gzip", "x-gzip"}
_REFUSED = {"br", "zstd", "compress", "x-compress", "dcb", "dcz"}  # never asked for


class BodyError(Exception):
    """Why a body is not to be used.

    Attributes:
        kind: "too-big", "cut" or "encoding".
        reason: one line for a person.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


def decode(wire: bytes, coding: str, cap: int) -> bytes:
    """Undo Content-Encoding.

    What is labelled gzip but is not, is taken as it stands, and gzip that does not say so is opened: both are common
    slips of servers, and the magic number leaves no doubt.  Names that mean nothing are ignored.

    Args:
        wire: the bytes as they came.
        coding: the Content-Encoding field.
        cap: most bytes of the result.

    Raises:
        BodyError: the body is over the cap, cut, broken, or in a coding that was not asked for.
    """
    names = [name for name in (part.strip().lower() for part in coding.split(",")) if name not in ("", "identity")]
    if len(names) > 1 or set(names) & _REFUSED:
        raise BodyError("encoding", f"the body is packed in a way that was not asked for ({coding[:60]!r})")
    if wire.startswith(_GZIP):
        return _inflate(wire, _GZIP_WINDOW, cap)
    if names == ["deflate"] and wire:
        return _inflate(wire, _deflate_window(wire), cap)
    if len(wire) > cap:
        raise _too_big(cap)
    return wire


def _inflate(wire: bytes, window: int, cap: int) -> bytes:
    """Unpack, member by member (RFC 1952 2.2), asking zlib for no more than one byte over the cap."""
    out = bytearray()
    rest = wire
    while True:
        engine = zlib.decompressobj(window)
        try:
            out += engine.decompress(rest, cap + 1 - len(out))
        except zlib.error:
            raise BodyError("encoding", "the packed body is broken; the next poll may bring a whole one") from None
        if len(out) > cap:
            raise _too_big(cap)
        if not engine.eof:
            raise BodyError("cut", "the packed body ends too early; the next poll may bring all of it")
        rest = engine.unused_data
        if window != _GZIP_WINDOW or not rest.startswith(_GZIP):  # what may follow is padding
            return bytes(out)


def _deflate_window(wire: bytes) -> int:
    """RFC 9110 8.4.1.2 means zlib's format; some servers send it without wrapper."""
    wrapped = len(wire) > 1 and wire[0] & 0x0F == 8 and (wire[0] * 256 + wire[1]) % 31 == 0
    return _ZLIB_WINDOW if wrapped else _RAW_WINDOW


def _too_big(cap: int) -> BodyError:
    return BodyError("too-big", f"the feed is larger than {cap:,} bytes; ask its publisher for a shorter one")

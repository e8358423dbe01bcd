"""The body as it came, turned into the body that was meant, within a cap.  Pure; zlib, and brotli where it is there."""

from __future__ import annotations

import functools
import importlib
import zlib
from typing import Any

_GZIP = b"\x1f\x8b"
_GZIP_WINDOW, _ZLIB_WINDOW, _RAW_WINDOW = 31, 15, -15
_STEP = 1024 * 1024  # bytes that brotli gives at a time
_REFUSED = {"zstd", "compress", "x-compress", "dcb", "dcz"}  # never asked for


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


def accepted() -> str:
    """The Accept-Encoding field: what :func:`decode` can undo here (P24)."""
    return "gzip, deflate, br" if _brotli() else "gzip, deflate"


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
    if len(names) > 1 or set(names) & _REFUSED or (names == ["br"] and not _brotli()):
        raise BodyError("encoding", f"the body is packed in a way that was not asked for ({coding[:60]!r})")
    if names == ["br"] and wire:
        return _unbrotli(wire, cap)
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
            raise _broken() from None
        if len(out) > cap:
            raise _too_big(cap)
        if not engine.eof:
            raise _cut()
        rest = engine.unused_data
        if window != _GZIP_WINDOW or not rest.startswith(_GZIP):  # what may follow is padding
            return bytes(out)


def _unbrotli(wire: bytes, cap: int) -> bytes:
    """Unpack brotli, which is asked for little at a time: a few hundred bytes of it can stand for gigabytes."""
    brotli = _brotli()
    engine = brotli.Decompressor()
    out = bytearray()
    rest = wire
    while not engine.is_finished():
        try:
            out += engine.process(rest, output_buffer_limit=min(cap + 1 - len(out), _STEP))
        except brotli.error:
            raise _broken() from None
        if len(out) > cap:
            raise _too_big(cap)
        if engine.can_accept_more_data() and not engine.is_finished():
            raise _cut()
        rest = b""
    return bytes(out)


@functools.cache
def _brotli() -> Any:  # noqa: ANN401 - a module without types
    """The brotli library, if it is installed and can be held back (1.2 and later); else None."""
    try:
        brotli = importlib.import_module("brotli")
        brotli.Decompressor().process(b"", output_buffer_limit=1)
    except (ImportError, AttributeError, TypeError):
        return None
    return brotli


def _deflate_window(wire: bytes) -> int:
    """RFC 9110 8.4.1.2 means zlib's format; some servers send it without wrapper."""
    wrapped = len(wire) > 1 and wire[0] & 0x0F == 8 and (wire[0] * 256 + wire[1]) % 31 == 0
    return _ZLIB_WINDOW if wrapped else _RAW_WINDOW


def _broken() -> BodyError:
    return BodyError("encoding", "the packed body is broken; the next poll may bring a whole one")


def _cut() -> BodyError:
    return BodyError("cut", "the packed body ends too early; the next poll may bring all of it")


def _too_big(cap: int) -> BodyError:
    return BodyError("too-big", f"the feed is larger than {cap:,} bytes; ask its publisher for a shorter one")

"""Packed bodies (RELIABILITY 1: size)."""

import gzip
import tracemalloc
import zlib

import brotli
import pytest

from coranto.client import body
from coranto.client.body import BodyError, decode
from fetching import FEED


def raw_deflate(data):
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize(
    ("wire", "coding"),
    [
        (FEED, ""), (FEED, "identity"), (FEED, "utf-8"), (FEED, "gzip"), (gzip.compress(FEED, mtime=0), "gzip"),
        (gzip.compress(FEED, mtime=0), "X-GZIP"), (gzip.compress(FEED, mtime=0), ""), (zlib.compress(FEED), "deflate"),
        (raw_deflate(FEED), "deflate"), (gzip.compress(FEED[:9], mtime=0) + gzip.compress(FEED[9:], mtime=0), "gzip"),
        (gzip.compress(FEED, mtime=0) + b"\x00" * 9, "gzip"), (gzip.compress(FEED, mtime=0), "identity, gzip"),
        (brotli.compress(FEED), "br"), (brotli.compress(FEED), "identity, BR"),
    ],
)  # fmt: skip
def test_a_packed_feed_is_unpacked(wire, coding):
    assert decode(wire, coding, 10_000) == FEED


@pytest.mark.parametrize(
    ("wire", "coding", "kind"),
    [
        (gzip.compress(FEED, mtime=0)[:-1], "gzip", "cut"), (gzip.compress(FEED, mtime=0)[:20], "gzip", "cut"),
        (zlib.compress(FEED)[:-1], "deflate", "cut"), (gzip.compress(FEED, mtime=0)[:-8] + b"12345678", "gzip", "encoding"),
        (FEED, "gzip, " * 50 + "gzip", "encoding"), (b"noise", "br", "encoding"), (b"noise", "zstd", "encoding"),
        (brotli.compress(FEED)[:-2], "br", "cut"), (brotli.compress(FEED) + b"tail", "br", "encoding"), (FEED, "br", "encoding"),
        (brotli.compress(bytes(10_001)), "br", "too-big"), (brotli.compress(FEED), "br, gzip", "encoding"),
        (FEED, "deflate", "encoding"), (gzip.compress(bytes(10_001), mtime=0), "gzip", "too-big"), (bytes(10_001), "", "too-big"),
    ],
)  # fmt: skip
def test_a_broken_cut_or_unasked_packing_is_an_error(wire, coding, kind):
    with pytest.raises(BodyError) as caught:
        decode(wire, coding, 10_000)
    assert caught.value.kind == kind


def test_brotli_is_asked_for_only_where_it_can_be_read_and_held_back(monkeypatch):
    """P24."""
    assert body.accepted() == "gzip, deflate, br"
    monkeypatch.setattr(body, "_brotli", lambda: None)
    assert body.accepted() == "gzip, deflate"
    with pytest.raises(BodyError) as caught:
        decode(brotli.compress(FEED), "br", 10_000)
    assert caught.value.kind == "encoding"


@pytest.mark.parametrize("error", [ImportError, TypeError])
def test_a_brotli_that_is_missing_or_too_old_is_none(monkeypatch, error):
    def broken(_name):
        raise error

    monkeypatch.setattr(body.importlib, "import_module", broken)
    assert body._brotli.__wrapped__() is None


def test_a_large_body_in_brotli_comes_whole():
    text = bytes(range(256)) * 20_000
    assert decode(brotli.compress(text, quality=1), "br", len(text)) == text


def test_a_bomb_in_brotli_stops_at_the_cap():
    """P28."""
    bomb = brotli.compress(bytes(500_000_000), quality=1)
    tracemalloc.start()
    with pytest.raises(BodyError) as caught:
        decode(bomb, "br", 1_000_000)
    assert caught.value.kind == "too-big"
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_no_body_at_all_is_no_broken_body():
    assert decode(b"", "br", 10) == decode(b"", "gzip", 10) == b""

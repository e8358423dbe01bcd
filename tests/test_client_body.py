"""Packed bodies (RELIABILITY 1: size)."""

import gzip
import zlib

import pytest

from coranto.client.body import BodyError, decode
from fetching import FEED


def raw_deflate(data):
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize(
    ("wire", "coding"),
    [
        (FEED, ""), (FEED, "identity"), (FEED, "utf-8"), (FEED, "gzip"), (gzip.compress(FEED), "gzip"),
        (gzip.compress(FEED), "X-GZIP"), (gzip.compress(FEED), ""), (zlib.compress(FEED), "deflate"),
        (raw_deflate(FEED), "deflate"), (gzip.compress(FEED[:9]) + gzip.compress(FEED[9:]), "gzip"),
        (gzip.compress(FEED) + b"\x00" * 9, "gzip"), (gzip.compress(FEED), "identity, gzip"),
    ],
)  # fmt: skip
def test_a_packed_feed_is_unpacked(wire, coding):
    assert decode(wire, coding, 10_000) == FEED


@pytest.mark.parametrize(
    ("wire", "coding", "kind"),
    [
        (gzip.compress(FEED)[:-1], "gzip", "cut"), (gzip.compress(FEED)[:20], "gzip", "cut"),
        (zlib.compress(FEED)[:-1], "deflate", "cut"), (gzip.compress(FEED)[:-8] + b"12345678", "gzip", "encoding"),
        (FEED, "gzip, " * 50 + "gzip", "encoding"), (b"noise", "br", "encoding"), (b"noise", "zstd", "encoding"),
        (FEED, "deflate", "encoding"), (gzip.compress(bytes(10_001)), "gzip", "too-big"), (bytes(10_001), "", "too-big"),
    ],
)  # fmt: skip
def test_a_broken_cut_or_unasked_packing_is_an_error(wire, coding, kind):
    with pytest.raises(BodyError) as caught:
        decode(wire, coding, 10_000)
    assert caught.value.kind == kind

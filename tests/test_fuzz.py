"""Whatever comes in, what goes out is valid and inactive (promise 4, R24, R27); the long form is `make fuzz`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples import often
from fuzzing import faults
from parsing import item

DATA = Path(__file__).with_name("data") / "upstream"
SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
SCRAPS = st.sampled_from(
    [
        *(b"<", b">", b"&", b"'", b'"', b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x?>", b"</title>", b"<title>", b"<link>"),
        *(b"<content type='html'>", b"<content type='xhtml'>", b"&lt;script&gt;", b"<script>alert(1)</script>", b"\xff", b"\x00"),
        *(b"&#xD800;", b"&#106;avascript:", b"xml:base='javascript:1'", b"<guid>", b"<id>", b"<enclosure url='x' length='-1'/>"),
        *(b"<category>../</category>", b"<author><uri>javascript:1</uri></author>", "\u202e".encode(), "广".encode("gbk"), b"\xed\xa0\x80"),
        *(b"<dc:creator>", b"<pubDate>30 Feb 2022</pubDate>", b"<updated>9999-12-31T23:59:60Z</updated>", b"<source url='file:///'>"),
    ]
)  # fmt: skip


@cache
def samples() -> list[bytes]:
    """Feeds in the shapes of real ones."""
    found = [file.read_bytes() for file in sorted(DATA.iterdir()) if file.suffix in {".xml", ".json"}]
    return [body for body in found if len(body) < 20_000]


@st.composite
def mutated(draw):
    """A feed with scraps put in, cut out, moved and flipped."""
    body = bytearray(draw(st.sampled_from(samples())))
    for _ in range(draw(st.integers(1, 6))):
        at, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
        end = min(end, at + 40)
        what = draw(st.integers(0, 3))
        if what == 0:
            body[at:at] = draw(SCRAPS)
        elif what == 1:
            del body[at:end]
        elif what == 2:
            body[at:at] = body[at:end] * draw(st.integers(1, 3))
        elif body:
            body[at % len(body)] ^= draw(st.integers(1, 255))
    return bytes(body)


@settings(max_examples=often(120), **SLOW)
@given(mutated(), st.sampled_from(["", "text/xml", "application/xml; charset=gbk", "application/json"]))
def test_whatever_becomes_of_a_feed_what_is_written_is_valid_and_inactive(body, content_type):
    assert faults(body, content_type) == []


@settings(max_examples=often(80), **SLOW)
@given(
    st.lists(
        st.one_of(SCRAPS, st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass"))), max_size=12
    )
)
def test_whatever_an_item_says_what_is_written_is_valid_and_inactive(scraps):
    assert faults(item("@").replace(b"@", b"<title>t</title>" + b"".join(scraps))) == []


def test_a_judge_that_finds_nothing_would_be_none(monkeypatch):
    monkeypatch.setattr("coranto.readers.parse_entry.markup.clean", lambda html, _base="": html)
    assert faults(item("<title>t</title><description>&lt;script&gt;alert(1)&lt;/script&gt;</description>"))

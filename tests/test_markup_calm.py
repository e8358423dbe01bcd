"""Calm HTML is cleaned once; cleaning it again would change nothing (which is what "calm" means)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coranto.text import markup
from coranto.text.markup import clean
from coranto.text.markup_calm import is_calm
from examples import often

BASE = "https://a.example/x/"
NAMES = [
    "p",
    "h2",
    "ul",
    "ol",
    "li",
    "blockquote",
    "a",
    "b",
    "em",
    "strong",
    "i",
    "code",
    "sub",
    "q",
    "div",
    "table",
    "td",
    "tr",
    "span",
    "figure",
    "pre",
    "br",
    "img",
    "del",
    "dl",
    "dd",
    "details",
    "ruby",
    "rt",
]
PIECES = st.one_of(
    st.sampled_from(NAMES).map(lambda name: f"<{name}>"),
    st.sampled_from(NAMES).map(lambda name: f"</{name}>"),
    st.sampled_from(["<a href='/y'>", "<a href='http://x.example/'>", "<img src='/i.png'>", "<img>", "<p title='t' lang=zh>", "<ol start=3>"]),
    st.sampled_from(["//%p", "//1.2.999", "http://a.b:99999", "//x.xn--a", "//a..b", "//[::1]/", "mailto:a@b", "//a.b/%"]).map(
        lambda address: f"<img src='{address}'><a href={address}>x</a>"
    ),
    st.sampled_from(["文", " ", "\n", "a & b", "&nbsp;", "&lt;p&gt;", "1 < 2", "\x85", "\ufeff", "data:image/png;base64,AAAA", "<!-- x -->"]),
)  # fmt: skip
NESTED = st.recursive(
    st.sampled_from(["文", " ", "&amp;", "<br>", "<img src='/i.png'>"]),
    lambda inner: st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name}>",
        st.sampled_from(NAMES[:17]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=20,
)


@settings(max_examples=often(600), deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=25), st.lists(NESTED, max_size=4)).map("".join))
def test_what_is_called_calm_does_not_change_any_more(html):
    cleaned = clean(html, BASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markup, "is_calm", lambda _: False)
        assert clean(html, BASE) == cleaned
        if is_calm(cleaned):
            assert clean(cleaned, BASE) == cleaned


@pytest.mark.parametrize(
    "html",
    ["<p>文</p>\n<p>a <a href='/x'><b>b</b></a><br>c</p>", "文", "", "<h2>t</h2><ul><li>a</li><li><p>b</p></li></ul>",
     "<blockquote><p>x</p></blockquote><p><img src='/a.png'></p>", "<p><b>a <i>b</i></b></p>"],
)  # fmt: skip
def test_everyday_html_is_calm(html):
    assert is_calm(clean(html, BASE))


def test_an_address_that_the_sanitiser_drops_when_it_reads_it_again_is_dropped():
    """Found by `make fuzz`: it reads what was written otherwise than what came."""
    assert clean("<p>x<img src='//%p'></p>", BASE) == "<p>x</p>"


@pytest.mark.parametrize(
    "html",
    ["<table><tr><td>x</td></tr></table>", "<div>x</div>", "<pre>\nx</pre>", "<p><b><b>x</b></b></p>", "<ul>x<b>y</b></ul>", "x" * 40_000,
     "data:image/png", "<b><p>x</p></b>", "<li>x</li>", "<video src='/v'></video>"],
)  # fmt: skip
def test_what_a_browser_might_read_otherwise_is_not(html):
    assert not is_calm(clean(html, BASE))

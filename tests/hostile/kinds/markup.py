"""Markup that is active: in every field of RSS, Atom and JSON Feed that may hold any, and in those that may not."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

from hostile.attacks import ATTACKS, Attack
from hostile.catalogue import Path, Seen
from hostile.documents import (
    ATOM_TYPE,
    RSS_TYPE,
    Check,
    atom,
    count,
    each,
    entry,
    every,
    holds,
    item,
    lacks,
    made,
    ours,
    rss,
    said,
    stamp,
)
from inactive import active

_MIB = 1024 * 1024
_BEFORE, _AFTER = "金丝雀甲。", "金丝雀乙。"
_FIELDS = ("描述里", "全文里", "内容里", "对象里")


def inert(seen: Seen) -> list[str]:
    """Nothing active stands in the HTML of any story, and nothing in its other fields is markup."""
    faults = [
        f"{story['title']}: {what}" for story in ours(seen).values() for what in active(story.get("content_html", ""))
    ]
    plain = [
        (name, text)
        for story in ours(seen).values()
        for name in ("title", "summary")
        if "<" in (text := story.get(name, ""))
    ]
    return faults + [f"markup in a {name}: {text[:60]!r}" for name, text in plain]


def _canaries(attack: Attack) -> Check:
    """The harmless text around an attack is there, in each of the fields; HTML may let it swallow the second one."""

    def check(seen: Seen) -> list[str]:
        stories = {story["title"]: story.get("content_html", "") for story in ours(seen).values()}
        faults = [f"the entry with the attack {field} is lost" for field in _FIELDS if field not in stories]
        faults += [
            f"{title}: the text before the attack is lost" for title, html in stories.items() if _BEFORE not in html
        ]
        if not attack.swallows:
            faults += [
                f"{title}: the text behind the attack is lost" for title, html in stories.items() if _AFTER not in html
            ]
        return faults

    return check


def _attacked(attack: Attack) -> Path:
    """One attack: RSS with it in two fields, then Atom, then JSON Feed."""
    html = f"<p>{_BEFORE}</p>{attack.html}<p>{_AFTER}</p>"
    section = f"<![CDATA[{html.replace(']]>', ']]]]><![CDATA[>')}]]>"
    description, encoded, content, jsoned = _FIELDS
    in_rss = rss(
        item(description, 0, text=escape(html)),
        item(encoded, 1, text="摘要。", more=f"<content:encoded>{section}</content:encoded>"),
    )
    in_atom = atom(entry(content, 2, content=f'<content type="html">{escape(html)}</content>'))
    in_json = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "江城样报", "items": [
        {"id": "json", "title": jsoned, "content_html": html, "date_published": stamp(3)}
    ]})  # fmt: skip
    return Path(
        kind="entries",
        name=f"markup-{attack.name}",
        answer=each(in_rss, in_atom, in_json, content_types=(RSS_TYPE, ATOM_TYPE, "application/feed+json")),
        expect="entries",
        polls=3,
        titles=_FIELDS,
        check=every(inert, _canaries(attack)),
    )


def _one(name: str, document: str, *titles: str, check: Check | None = None) -> Path:
    checks = (inert, *([check] if check else []))
    return Path(kind="entries", name=name, answer=said(document), expect="entries", titles=titles, check=every(*checks))


# ---- other kinds of text

_XHTML = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>金丝雀甲。</p>{}<p>金丝雀乙。</p></div></content>'
_BOTH = holds(_BEFORE, _AFTER)


def _xhtml(name: str, inner: str) -> Path:
    return _one(f"xhtml-{name}", atom(entry("格式良好", content=_XHTML.format(inner))), "格式良好", check=_BOTH)


_SVG, _MATH = "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"
_WELL_FORMED = [
    _xhtml("script", "<script>alert(1)</script>"),
    _xhtml("script-with-prefix", '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>'),
    _xhtml("script-in-cdata", "<![CDATA[<script>alert(1)</script>]]>"),
    _xhtml("handler", '<p onclick="alert(1)">文</p><img src="x" onerror="alert(1)"/>'),
    _xhtml("svg", f'<svg xmlns="{_SVG}" onload="alert(1)"><script>alert(1)</script></svg>'),
    _xhtml("math", f'<math xmlns="{_MATH}" href="javascript:alert(1)"><mi>x</mi></math>'),
    _xhtml("javascript", '<a href="java&#10;script:alert(1)">文</a>'),
    _xhtml(
        "closed-comment",
        '<p title="--&gt;&lt;script&gt;alert(1)&lt;/script&gt;">文</p><!-- <script>alert(1)</script> -->',
    ),
]

_LOOKS = "&lt;script&gt;alert(1)&lt;/script&gt; 与 &lt;b&gt;"
_SHOWN = "＜script>alert(1)＜/script> 与 ＜b>"


def _typed(kind: str, title: str = _LOOKS) -> str:
    return atom(entry(f'<title type="{kind}">{title}</title>'))


_TITLES = [
    _one("title-of-type-text-that-looks-like-html", _typed("text"), _SHOWN),
    _one("title-without-type-that-looks-like-html", atom(entry(_LOOKS)), _SHOWN),
    _one("title-of-type-html-escaped-twice", _typed("html", "&amp;lt;b&amp;gt; 标签"), "＜b> 标签"),
    _one("title-of-type-html-with-script", _typed("html", "&lt;script&gt;alert(1)&lt;/script&gt;真的"), "真的"),
    _one("title-of-type-html-with-handler", _typed("html", "&lt;img src=x onerror=alert(1)&gt;真的"), "真的"),
    _one(
        "title-of-type-xhtml-with-script",
        _typed("xhtml", '<div xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script>真的</div>'),
        "真的",
    ),
    _one("title-in-cdata-that-is-html", rss(item("<![CDATA[<b>真</b>&amp;的]]>")), "真&的"),
    _one(
        "title-in-cdata-that-may-be-text",
        rss(item("<![CDATA[<script>alert(1)</script>的]]>")),
        "＜script>alert(1)＜/script>的",
    ),
    _one("title-with-a-bare-bracket", rss(item("a &lt; b &gt; c")), "a ＜ b > c"),
    _one("title-with-an-open-tag", rss(item("&lt;script 真的")), "＜script 真的"),
    _one("title-with-quotes", rss(item("真的\" onmouseover=\"alert(1)' x='")), "真的\" onmouseover=\"alert(1)' x='"),
    _one(
        "text-of-type-text-that-looks-like-html",
        atom(entry("文本", content=f"<content>{_LOOKS}</content>")),
        "文本",
        check=holds("&lt;b&gt;"),
    ),
]

_ACTIVE = escape("<script>alert(1)</script><img src=x onerror=alert(1)>张三")
_FIELDS_OF_TEXT = [
    _one("author-with-markup", rss(item("作者", more=f"<dc:creator>{_ACTIVE}</dc:creator><author>{_ACTIVE}</author>")), "作者", check=lacks("onerror")),
    _one("author-of-atom-with-markup", atom(entry("作者", more=f"<author><name>{_ACTIVE}</name><uri>javascript:alert(1)</uri><email>{_ACTIVE}</email></author>")), "作者", check=lacks("onerror", "javascript")),
    _one("summary-with-markup", atom(entry("摘要", content=f'<summary type="html">{_ACTIVE}</summary><content>正文。</content>')), "摘要"),
    _one("category-with-markup", rss(item("类别", more=f"<category>{_ACTIVE}</category>")), "类别"),
    _one("feed-title-with-markup", rss(item("报名"), head=f"<title>{_ACTIVE}</title>"), "报名"),
    _one("feed-link-with-script", rss(item("报址")).replace("<link>https://paper.example/</link>", "<link>javascript:alert(1)</link>"), "报址", check=lacks("javascript")),
    _one("enclosure-title-with-markup", atom(entry("附件", more=f'<link rel="enclosure" href="https://cdn.example/a.mp3" type="audio/mpeg" title="{_ACTIVE}"/>')), "附件", check=lacks("onerror")),
    _one("language-with-markup", rss(item("语言"), head=f"<language>{_ACTIVE}</language>"), "语言", check=lacks("onerror")),
    _one("guid-with-markup", rss(item("号码", guid=_ACTIVE)), "号码", check=lacks("<script>alert", "<img src=x")),
]  # fmt: skip

# ---- texts that make careless patterns run back and forth

_STORMS: dict[str, Callable[[], str]] = {
    "open-tags": lambda: "<a " * (_MIB // 3),
    "open-brackets": lambda: "<" * _MIB,
    "closing-brackets": lambda: ">" * _MIB,
    "open-comments": lambda: "<!--" * (_MIB // 4),
    "half-closed-comments": lambda: "<!--" + "--!" * (_MIB // 3),
    "open-cdata": lambda: "<![CDATA[" * (_MIB // 9),
    "open-quotes": lambda: "<a href='" + '"' * _MIB,
    "quotes-in-turn": lambda: "<a " + "b='\"'" * (_MIB // 5),
    "blanks": lambda: " " * _MIB + "x",
    "line-ends": lambda: "\n" * _MIB + "x",
    "blanks-in-a-tag": lambda: "<a" + " " * _MIB + "b",
    "ampersands": lambda: "&" * _MIB,
    "half-references": lambda: "&#" * (_MIB // 2),
    "digits-of-a-reference": lambda: "&#" + "1" * _MIB + ";",
    "escaped-again-and-again": lambda: "&" + "amp;" * (_MIB // 4),
    "equals-signs": lambda: "<p " + "a=" * (_MIB // 2) + ">",
    "paragraphs": lambda: "<p>" * (_MIB // 3),
    "empty-paragraphs": lambda: "<p></p>" * (_MIB // 7),
    "nested-links": lambda: "<a href=x>" * (_MIB // 10),
    "tables": lambda: "<table>" * (_MIB // 7),
    "rows-in-cells": lambda: "<table><tr><td>" * (_MIB // 15),
    "bold-in-paragraphs": lambda: "<b><p>" * (_MIB // 6),
    "open-scripts": lambda: "<script>" * (_MIB // 8),
    "svg-in-svg": lambda: "<svg>" * (_MIB // 5),
    "entities-in-addresses": lambda: "<a href='" + "&amp;" * (_MIB // 5) + "'>x</a>",
    "data-address": lambda: "<img src='data:image/png;base64," + "A" * _MIB + "'>",
    "one-word": lambda: "x" * _MIB,
    "address-like": lambda: "http://" * (_MIB // 7),
    "sentence-ends": lambda: "。" * (_MIB // 3),
    "brackets-of-names": lambda: "(" * (_MIB // 2) + ")" * (_MIB // 2),
}


def _storm(name: str, make: Callable[[], str]) -> Path:
    def document(_asked: object) -> str:
        text = f"{_BEFORE}{make()}"
        return rss(item("风暴", text=escape(text)), item(escape(text), 1), item("平静", 2))

    return Path(kind="entries", name=f"storm-{name}", answer=made(document), expect="any", check=inert, slow=True)


def _author(name: str, author: str) -> Path:
    document = rss(item("长作者", more=f"<author>{author}</author><dc:creator>{author}</dc:creator>"))
    return Path(kind="entries", name=name, answer=said(document), expect="any", check=every(count(1), inert))


_AUTHORS = [
    _author("author-of-40-kb", "a" * 40_000),
    _author("author-of-40-kb-of-dots", "a." * 20_000),
    _author("author-of-40-kb-like-an-address", "a@" * 20_000),
    _author("author-of-40-kb-of-blanks", "张" + " " * 40_000 + "三"),
    _author("author-of-40-kb-of-brackets", "(" * 40_000),
    Path(
        kind="entries",
        name="authors-10000",
        answer=made(lambda _asked: atom(entry("一万作者", more="<author><name>张三</name></author>" * 10_000))),
        expect="any",
    ),
]

PATHS = [
    *map(_attacked, ATTACKS),
    *_WELL_FORMED,
    *_TITLES,
    *_FIELDS_OF_TEXT,
    *(_storm(name, make) for name, make in _STORMS.items()),
    *_AUTHORS,
]

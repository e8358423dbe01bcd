"""Formats that are a feed, and JSON that is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hostile.catalogue import Path, Seen, inside
from hostile.documents import ATOM_TYPE, RSS_TYPE, atom, count, entry, every, item, lacks, made, rss, said, stamp
from loopback import Asked

_JSON_TYPE = "application/feed+json"


def _path(name: str, document: str | bytes | Callable[[Asked], str | bytes], *titles: str, **more: Any) -> Path:
    content_type = more.pop("content_type", RSS_TYPE)
    answer = made(document, content_type) if callable(document) else said(document, content_type)
    return Path(kind="format", name=name, answer=answer, titles=titles, **{"expect": "entries", **more})


_RSS_091 = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "@dtd@">'
    '<rss version="0.91"><channel><title>江城样报</title><link>https://paper.example/</link><description>d</description>'
    "<language>zh-cn</language><item><title>九一年的格式</title><link>https://paper.example/1</link>"
    "<description>正文。</description></item></channel></rss>"
)
_RSS_10 = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://paper.example/rss"><title>江城样报</title>'
    "<link>https://paper.example/</link><description>d</description><items><rdf:Seq>"
    '<rdf:li rdf:resource="https://paper.example/1"/></rdf:Seq></items></channel>'
    '<item rdf:about="https://paper.example/1"><title>三元组</title><link>https://paper.example/1</link>'
    "<description>正文。</description><dc:date>2022-01-07T10:00:00+08:00</dc:date></item></rdf:RDF>"
)
_ATOM_03 = (
    '<?xml version="1.0" encoding="utf-8"?><feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="zh">'
    '<title>江城样报</title><link rel="alternate" type="text/html" href="https://paper.example/"/>'
    "<modified>2022-01-07T02:00:00Z</modified><entry><title>零点三</title>"
    '<link rel="alternate" type="text/html" href="https://paper.example/1"/><id>tag:paper.example,2022:1</id>'
    "<issued>2022-01-07T02:00:00Z</issued><modified>2022-01-07T02:00:00Z</modified>"
    '<content type="text/html" mode="escaped">&lt;p&gt;正文。&lt;/p&gt;</content></entry></feed>'
)
_PREFIXED = (
    atom(entry("怪前缀"))
    .replace('xmlns="', 'xmlns:_x-1="')
    .replace("<", "<_x-1:")
    .replace("<_x-1:/", "</_x-1:")
    .replace("<_x-1:?", "<?")
)
_ONE_ENTRY = entry("单独一条").replace("<entry>", '<?xml version="1.0"?><entry xmlns="http://www.w3.org/2005/Atom">')
_CDF = (
    '<?xml version="1.0" encoding="utf-8"?><CHANNEL HREF="https://paper.example/"><TITLE>江城样报</TITLE>'
    '<ABSTRACT>d</ABSTRACT><ITEM HREF="https://paper.example/1"><TITLE>频道定义格式</TITLE><ABSTRACT>正文。</ABSTRACT>'
    "</ITEM></CHANNEL>"
)


def _json(*items: object, **more: object) -> str:
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "江城样报",
        "home_page_url": "https://paper.example/",
    }
    return json.dumps({**head, "items": list(items), **more}, ensure_ascii=False)


def _json_item(title: str, number: int = 1, **more: object) -> dict[str, object]:
    own = {"id": str(number), "url": f"https://paper.example/{number}", "title": title, "content_html": "<p>正文。</p>"}
    return {**own, "date_published": stamp(number), **more}


_ODD: tuple[object, ...] = (0, True, None, [], {}, "", [None], {"a": {}}, -1.5e308, "文")


def _wrong_types(_asked: Asked) -> str:
    """Every field of an item with every type, and a good one behind."""
    names = [*_json_item("x"), "summary", "tags", "authors", "author", "attachments", "language", "image", "_coranto"]
    bad = [{**_json_item(f"错的 {name} {at}", 100 + at), name: odd} for name in names for at, odd in enumerate(_ODD)]
    return _json(_json_item("对的"), *bad, *_ODD, authors=7, language=[], home_page_url={}, hubs="x")


def _right_one_is_there(seen: Seen) -> list[str]:
    right = [story for story in seen.stories.values() if story["title"] == "对的"]
    return [] if len(right) == 1 else ["the item with the right types is lost"]


_DEEP = 100_000
_SURROGATES = _json(_json_item("半个@S字"), _json_item("空@N字", 2)).replace("@S", "\\ud800").replace("@N", "\\u0000")

PATHS = [
    _path(
        "rss-0.91-with-dtd",
        lambda asked: _RSS_091.replace("@dtd@", inside(asked)),
        "九一年的格式",
        check=lacks("/inside"),
    ),
    _path("rss-1.0", _RSS_10, "三元组", content_type="application/rdf+xml"),
    _path("rss-2.0", rss(item("第二版", guid="x")), "第二版"),
    _path("atom-0.3", _ATOM_03, "零点三", content_type="text/xml; charset=utf-8"),
    _path("atom-1.0", atom(entry("正式版")), "正式版", content_type=ATOM_TYPE),
    _path("atom-with-an-odd-prefix", _PREFIXED, "怪前缀", content_type=ATOM_TYPE),
    _path("atom-single-entry", _ONE_ENTRY, "单独一条", content_type="application/atom+xml;type=entry"),
    _path("cdf", _CDF, expect="any", content_type="application/x-cdf"),
    _path("json-feed", _json(_json_item("对象表示")), "对象表示", content_type=_JSON_TYPE),
    _path("json-feed-as-html", _json(_json_item("对象表示")), "对象表示", content_type="text/html"),
    _path(
        "json-feed-1.0",
        _json(_json_item("第一版"), version="https://jsonfeed.org/version/1"),
        "第一版",
        content_type="application/json",
    ),
    _path(
        "json-cut", _json(_json_item("断了"), _json_item("断了", 2))[:-40], expect="error", says="cut", check=count(0)
    ),
    _path("json-null", "null", expect="error", content_type=_JSON_TYPE),
    _path("json-list", json.dumps([_json_item("没有外壳")]), expect="error", content_type=_JSON_TYPE),
    _path("json-number", "12345", expect="error", content_type=_JSON_TYPE),
    _path(
        "json-100000-lists-deep",
        lambda _asked: '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * _DEEP + "]" * _DEEP + "}",
        expect="error",
        content_type=_JSON_TYPE,
    ),
    _path(
        "json-100000-objects-deep",
        lambda _asked: _json(_json_item("深"), _deep=0).replace(
            '"_deep": 0', '"_deep": ' + '{"a":' * _DEEP + "1" + "}" * _DEEP
        ),
        expect="error",
        content_type=_JSON_TYPE,
    ),
    _path(
        "json-id-of-5000-digits",
        _json(_json_item("长号码"), _json_item("另一个长号码", 2)).replace('"id": "1"', '"id": ' + "9" * 5000),
        "长号码",
        "另一个长号码",
        content_type=_JSON_TYPE,
    ),
    _path("json-wrong-types", _wrong_types, content_type=_JSON_TYPE, check=_right_one_is_there),
    _path(
        "json-lone-surrogates-and-nul",
        _SURROGATES,
        "半个字",
        "空字",
        content_type=_JSON_TYPE,
        check=every(count(2), lacks("\0")),
    ),
]

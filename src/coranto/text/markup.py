"""HTML: clean enough for every reader, or none of it left.  Pure, deterministic, bounded.

``clean`` makes a fragment of foreign HTML safe to show (RELIABILITY R27), ``plain`` takes the text out of it.
"""

from __future__ import annotations

import html as entities
import re
from contextvars import ContextVar
from urllib.parse import urljoin, urlsplit

import nh3

from coranto.text import one_line, xml_safe
from coranto.text.markup_calm import is_calm
from coranto.text.markup_limits import bounded, without_comments

# What is absolute, or starts at the root of its host, and has no sign that could mean anything else.
_EASY = re.compile(r"(https?://[A-Za-z0-9.-]+(?::[0-9]+)?)(?:[/?#][!-\[\]-~]*)?")
_EASY_PATH = re.compile(r"(?!//)(?:/(?!\.)[!-\"$-.0-:<->@-\[\]-~]*)++(?:\?[!-\"$-\[\]-~]+)?")
_ROUNDS = 5  # a parser mends what is badly nested in one or two; more would be a bug
_MAX_ADDRESS = 8192

_TAGS = (
    "a abbr acronym address article aside audio b bdi bdo big blockquote br caption cite code col colgroup data dd del "
    "details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p pre q rp "
    "rt ruby s samp section small source strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul "
    "var video wbr"
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "audio": {"src"},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"datetime"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"height", "poster", "src", "width"},
}
_ADDRESSES = frozenset({"href", "poster", "src"})
# Their content is no text for people; inside svg and math other parsing rules hold, which attacks live on.
# Not object: what stands in it is for those who cannot show it, and one that never ends holds the whole article.
_WITHOUT_CONTENT = {
    "button",
    "iframe",
    "math",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
}
_MEDIA = {"controls": "", "preload": "none"}

# A parser takes what stands in these for text and would show the tags inside; noscript holds the real picture.
_RAW_TAGS = re.compile(r"</?(?:noembed|noframes|noscript|plaintext|xmp)(?=[\s/>])[^<>]*>", re.IGNORECASE)
_IMAGE = re.compile(r"<img((?: [^\s=<>]+=\"[^\"<>]*\")*)>")
_PIXEL = re.compile(r" (?:width|height)=\"[01](?:px)?\"")
_IDLE = re.compile(
    r"<source>"  # what is left of <picture>
    r"|<a(?: [^\s=<>]+=\"[^\"<>]*\")*></a>"
    r"|<(p|figure)(?: [^\s=<>]+=\"[^\"<>]*\")*>(?:\s|&nbsp;|<br>)*+</\1>"
)
_PRE = re.compile(r"(<pre(?: [^\s=<>]+=\"[^\"<>]*\")*>)\n+")

_CONTROLS = re.compile("[\u0000-\u001f\u007f-\u009f]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# A host with signs that none has (RFC 3986 3.2.2) leads nowhere, and a quote ends what it is quoted in.
_USABLE = re.compile(r"https?://[^\s/?#\\<>\"'`^{|}]++(?=[/?#\\]|\Z)|mailto:[^\s@?]+@[^\s@]", re.IGNORECASE)

_UNSEEN = re.compile(r"<(/?)(?:script|style)(?=[\s/>])[^<>]*>", re.IGNORECASE)
_BREAKS = re.compile(
    r"</?(?:address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|"
    r"form|h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)"
    r"(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_HUGE_REFERENCE = re.compile(r"&#[0-9]{9,};?")


def clean(html: str, base: str = "") -> str:
    """``html`` as a fragment that is safe in any reader and in XML.

    Only tags and attributes of running text stay; nothing active, no ids, classes or styles; addresses are absolute
    (http, https, mailto) or gone; every picture has an ``alt``; all tags are closed.  ``clean(clean(x)) == clean(x)``.

    Args:
        html: foreign HTML, of any length and shape.
        base: the absolute http(s) address that relative ones are resolved against; without it they go.
    """
    _BASE.set(base)
    seen = xml_safe(html)
    for _ in range(_ROUNDS):
        before, seen = seen, _tidy(_CLEANER.clean(bounded(_RAW_TAGS.sub("", seen))))
        if seen == before or (is_calm(seen) and not _IDLE.search(seen)):
            break
    return seen


def plain(html: str) -> str:
    """The text of ``html`` in one line: tags gone, references decoded, a blank where a block or line ends."""
    text = html
    if "<" in text:
        text = _without_unseen(without_comments(text))
        text = _ANY_TAG.sub("", _BREAKS.sub(" ", text))
    if "&" in text:  # a number of thousands of digits is refused by int() with an exception
        text = entities.unescape(_HUGE_REFERENCE.sub("", text))
    return one_line(text)


def absolute(address: str, base: str = "") -> str:
    """``address`` as an absolute http, https or mailto address; empty if it is none and cannot become one.

    ``//host/x`` becomes ``https://host/x``, ``HTTP:`` becomes ``http:`` (RFC 3986 3.1).  A bare fragment leads nowhere,
    since ids do not stay.
    """
    if len(address) <= _MAX_ADDRESS and _EASY.fullmatch(address):
        return address
    if _EASY_PATH.fullmatch(address) and (known := _EASY.fullmatch(base)):
        return known[1] + address if len(address) <= _MAX_ADDRESS else ""
    address = _CONTROLS.sub("", address).strip().replace(" ", "%20")
    if len(address) > _MAX_ADDRESS:
        return ""
    try:
        if "\\" in address and not address.lower().startswith("mailto:"):
            address = _as_browsers_read(address)
        if address.startswith("//"):
            address = "https:" + address
        elif address and address[0] != "#" and not _SCHEME.match(address) and _USABLE.match(base):
            address = urljoin(base, address)
        urlsplit(address)
    except ValueError:  # brackets that hold no IPv6 address, letters that stand for a slash
        return ""
    scheme, colon, rest = address.partition(":")
    return scheme.lower() + colon + rest if _USABLE.match(address) else ""  # readers compare as written


def _as_browsers_read(address: str) -> str:
    r"""A backslash before ``?`` and ``#`` is a slash: escaped, ``https://a.example\@b.example/`` would lead to another host."""
    at = min((found for sign in "?#" if (found := address.find(sign)) >= 0), default=len(address))
    return address[:at].replace("\\", "/") + address[at:]


# What relative addresses of the text in hand count from: to build a cleaner for each costs more than to clean an entry.
_BASE: ContextVar[str] = ContextVar("base", default="")


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name in _ADDRESSES:
        return xml_safe(absolute(value, _BASE.get())) or None
    return one_line(value)


_CLEANER = nh3.Cleaner(
    tags=frozenset(_TAGS.split()),
    clean_content_tags=_WITHOUT_CONTENT,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    link_rel=None,
    url_schemes={"http", "https", "mailto"},
    set_tag_attribute_values={"audio": _MEDIA, "video": _MEDIA},
)


def _tidy(html: str) -> str:
    """What the sanitiser leaves to do.  Its output has no raw ``<`` or ``>`` but in tags, so patterns are exact."""
    html = xml_safe(html)
    if "<pre" in html:
        html = _PRE.sub(r"\1", html)  # a parser eats one newline there each time
    if "<img" in html:
        html = _IMAGE.sub(_image, html)
    return _IDLE.sub("", html)


def _image(found: re.Match[str]) -> str:
    attributes = found[1]
    if ' src="' not in attributes or len(_PIXEL.findall(attributes)) == 2:
        return ""  # nothing to see, or a counting pixel
    return found[0] if ' alt="' in attributes else f'<img{attributes} alt="">'


def _without_unseen(html: str) -> str:
    """``html`` without scripts and styles."""
    kept, start, inside = [], 0, False
    for edge in _UNSEEN.finditer(html):
        if not inside:
            kept.append(html[start : edge.start()])
        inside, start = not edge[1], edge.end()
    if not inside:
        kept.append(html[start:])
    return "".join(kept)

"""What stands in a post beside the article: widgets, navigation, the source's address, the credit.  Pure, linear.

The shapes are those of posts in the wild (SEED 4.9, 4.10, 5).  What changes from crawl to crawl without a change of
the article must not reach a feed: else every footer change would look like an edit (SEED K4).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from coranto.text.markup_limits import VOID

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*+)>")
_HIDDEN = re.compile(r"display\s*+:\s*+none", re.IGNORECASE)
_NO_COMMENT = r"(?:[^<]++|<(?!!--))*+"
_CHART_BLOCK = re.compile(rf"<!--\s*+EM_StockImg_Start\s*+-->{_NO_COMMENT}<!--\s*+EM_StockImg_End\s*+-->")
# A live chart: its address carries a token and shows another picture each day (SEED 4.11).
_CHART = re.compile(r"<img\b[^<>]*?(?:/GetPic\.aspx\?|//webquote\w{0,20}pic\.)[^<>]*>", re.IGNORECASE)
_SPAN = re.compile(r"</?span\b[^<>]*>", re.IGNORECASE)
_NO_BLOCK = r"(?:[^<]++|<(?!/?(?:blockquote|center|div|figure|h[1-6]|ol|p|pre|table|ul)\b))*+"
_CENTER = re.compile(rf"<center\b[^<>]*>({_NO_BLOCK})</center>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>")
_EMPTY = re.compile(r"<(a|p)\b[^<>]*>(?:\s|&nbsp;|<br\s*+/?>)*+</\1>", re.IGNORECASE)

_FOOTER = re.compile(r"(?:[ \t｜|·/]*+\[(?:返回|回到|Back to|Return to)[^\[\]\n]*+\]\([^()\s]*+\))++[ \t｜|·/]*+")
_CLOSING = re.compile(r"[ \t]*+<(https?://[^\s<>]++)?>[ \t]*+", re.IGNORECASE)
_CREDIT = re.compile(r"[（(]\s*+文章来源\s*+[:：]\s*+([^（）()]{1,80}?)\s*+[）)]")
_BYLINE = re.compile(r"[。！？!?.…”\"][ \t]*[（(]([^（）()\d。，,;；:：!！?？]{2,30})[）)]$")


class Body(NamedTuple):
    """A post's body, taken apart."""

    text: str  # the article, in Markdown or HTML
    link: str  # the closing source link; empty if there is none


def without_widgets(html: str) -> str:
    """``html`` without what is not the article: hidden paragraphs, live charts, stock-code spans, empty paragraphs.

    ``<center>``, which no longer exists, becomes a paragraph, or a figure around a picture (SEED 4.10).
    """
    html = _CHART.sub("", _CHART_BLOCK.sub("", html))
    html = _SPAN.sub("", _without_hidden(html))
    html = _CENTER.sub(_uncentred, html)
    return _EMPTY.sub("", _EMPTY.sub("", html))  # twice: a link that lost its chart empties its paragraph


def taken_apart(body: str) -> Body:
    """The article and its closing source link; navigation after it is dropped (SEED 4.9, six shapes).

    Args:
        body: what follows the front matter, line ends as LF.
    """
    rest, line = _last_line(body)
    while line and _FOOTER.fullmatch(line):
        rest, line = _last_line(rest)
    closing = _CLOSING.fullmatch(line)
    if not closing:
        return Body(text=f"{rest}\n{line}".strip("\n"), link="")
    return Body(text=rest.strip("\n"), link=closing[1] or "")


def digest(text: str) -> str:
    """The quotation that opens a rolling-news post (``> …``), without its marks; empty if no article follows it."""
    if not text.startswith(">"):
        return ""
    quoted, _, article = text.partition("\n\n")
    return re.sub(r"(?m)^[ \t]*>[ \t]?", "", quoted) if article.strip() else ""


def credit(text: str) -> str:
    """The name in ``（文章来源：NAME）``, the last one; ``text`` is plain."""
    found = _CREDIT.match(text, text.rfind("文章来源") - 1) if "文章来源" in text else None
    return found[1] if found else ""


def byline(paragraph: str) -> str:
    """The name in brackets after a paragraph's last sentence: ``…。（NAME）``; ``paragraph`` is plain."""
    found = _BYLINE.search(paragraph[-40:].rstrip())
    return found[1].strip() if found else ""


def _last_line(text: str) -> tuple[str, str]:
    rest, _, line = text.rstrip().rpartition("\n")
    return rest, line


def _without_hidden(html: str) -> str:
    """``html`` without elements that a style hides; one that is never closed loses its tag only."""
    if not _HIDDEN.search(html):
        return html
    kept, start, name, depth = [], 0, "", 0
    for tag in _TAG.finditer(html):
        if depth:
            if tag[2].lower() == name:
                depth += -1 if tag[1] else 1
                start = start if depth else tag.end()
        elif not tag[1] and _HIDDEN.search(tag[3]):
            kept.append(html[start : tag.start()])
            start, name = tag.end(), tag[2].lower()
            depth = 0 if name in VOID else 1
    return "".join([*kept, html[start:]])


def _uncentred(found: re.Match[str]) -> str:
    inside = found[1].strip()
    if not inside:
        return ""
    name = "p" if _ANY_TAG.sub("", inside).strip() else "figure"
    return f"<{name}>{inside}</{name}>"

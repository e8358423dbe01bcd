"""What makes a feed readable that somebody opens in a browser: a stylesheet, and a link to the page for people.

Browsers show XML with CSS where they are told `application/xml` (LIBRARIES 4); XSLT is gone from them.  Readers pass over
both (RFC 4287 6.3; RSS 2.0 "Extending RSS").
"""

from __future__ import annotations

from lxml import etree

from coranto.model import Feed
from coranto.writers.assets import FOLDER
from coranto.writers.phrases import is_chinese

_XHTML = "http://www.w3.org/1999/xhtml"
_INSTRUCTION = f'<?xml-stylesheet type="text/css" href="../{FOLDER}/feed.css"?>'.encode()
_NOTES = (
    "This is a feed: copy its address from the address bar into your feed reader, or open the page for people.",
    "这是订阅源：把地址栏中的网址复制到阅读器即可订阅。点此打开网页版。",
)


def styled(document: bytes) -> bytes:
    """An XML document with the instruction that names its stylesheet (xml-stylesheet 1.0)."""
    declaration, end, rest = document.partition(b"?>\n")
    return declaration + end + _INSTRUCTION + b"\n" + rest


def link(parent: etree._Element, feed: Feed) -> None:
    """Append the note to whoever sees this, a link to the page: in an element of XHTML, which browsers make one."""
    note = etree.SubElement(parent, f"{{{_XHTML}}}a", href=feed.base, nsmap={"xhtml": _XHTML})
    note.text = _NOTES[is_chinese(feed.language)]

"""Everyday feeds, fast: well-formed RSS 2.0 and Atom 1.0 in UTF-8 that say what they say in the usual way.  Pure.

Everything else is for feedparser (`parse_xml`), which knows twenty years of odd feeds.  So this package never guesses: at
the first element, attribute or shape that it does not know it gives up; where it does not give up, it says field by field
what the slower tier would say (tests/test_parse_strict.py).
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import ParseError, XMLParser

from coranto.readers.parse_raw import RawFeed
from coranto.readers.strict import atom, rss
from coranto.readers.strict.fields import OddError

_MOST_BYTES = 2 * 1024 * 1024  # a longer one is rare, and parse_scan has counted bounds for it
_MOST_TAGS = 40_000
_BOM = b"\xef\xbb\xbf"
# A stray BOM, and what feedparser takes for windows-1252.
_REFERENCES = re.compile(rb"&#(?:0*(?:65279|12[89]|1[345][0-9])|[xX]0*(?:[fF][eE][fF]{2}|[89][0-9a-fA-F]));")
_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]")


def read(body: bytes) -> RawFeed | None:
    """What a feed document says; ``None`` if it is no everyday one.

    Args:
        body: The document, in UTF-8 whatever it declares.
    """
    if _is_odd(body):
        return None
    parser = XMLParser(encoding="utf-8")  # noqa: S314  there are no entities
    try:
        parser.feed(body)
        root = parser.close()
        return rss.read(root) if root.tag == "rss" else atom.read(root)
    except (ParseError, ValueError, OddError):
        return None


def _is_odd(body: bytes) -> bool:
    return (
        len(body) > _MOST_BYTES
        or body.count(b"<") > _MOST_TAGS
        or b"<!DOCTYPE" in body
        or b"\0" in body  # UTF-16, which expat would read all the same
        or body.find(_BOM, 1) >= 0
        or (b"&#" in body and _REFERENCES.search(body) is not None)
        or (b"\xc2" in body and _CONTROLS.search(body) is not None)
    )

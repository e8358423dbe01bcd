"""A judge of HTML that shares nothing with our cleaning: what in a fragment could run, load or submit (R27).

It reads with lxml, not with the sanitiser's parser, and by a list of what is dangerous, not of what is allowed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import lxml.html
from lxml import etree

from coranto.model import Entry, Words

_TAGS = (
    "animate animatecolor animatemotion animatetransform applet base basefont bgsound button command embed foreignobject "
    "form frame frameset handler iframe image input isindex keygen layer ilayer link listener listing math meta noembed "
    "noframes noscript object optgroup option param plaintext portal script select set slot style svg template textarea "
    "title use xml xmp xss"
)
_ATTRIBUTES = (
    "action actiontype archive attributename autofocus background begin classid code codebase codetype contenteditable "
    "data datafld dataformatas datasrc dynsrc formaction formmethod formtarget from handler http-equiv icon is lowsrc "
    "manifest ping profile seeksegmenttime srcdoc srcset style target to usemap values xmlns"
)
_LINKING = "href src poster cite longdesc background action data formaction"
_ACTIVE_TAGS, _ACTIVE_ATTRIBUTES, _ADDRESSES = (frozenset(one.split()) for one in (_TAGS, _ATTRIBUTES, _LINKING))
_SAFE = re.compile(r"(?:https?://[^\s/]|mailto:[^\s@]+@)", re.IGNORECASE)
_SCRIPTED = re.compile(
    r"(?:java|vb|live|j)script:|mocha:|data:[^,]*(?:html|xml|script)|file:|about:|chrome:", re.IGNORECASE
)
_IGNORED = re.compile("[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\ufeff]")
_WORDS = frozenset({"title", "alt", "content", "summary"})  # attributes that people read


def active(fragment: str) -> list[str]:
    """What is active in ``fragment``; empty if nothing is."""
    return list(dict.fromkeys(_found(fragment)))


def active_entry(entry: Entry) -> list[str]:
    """What is active in any field of an entry: markup in its HTML, addresses that are none of the web."""
    words = entry.words or Words()
    addresses = [entry.link, *entry.permalinks, *(one.url for one in words.enclosures)]
    addresses += [one.uri for one in words.authors]
    bad = [f"address {one!r}" for one in addresses if one and not re.match(r"https?://[^\s/?#\\<>\"']", one)]
    texts = [entry.title, entry.own_id, words.summary, words.language, *entry.categories]
    texts += [field for one in words.authors for field in (one.name, one.email)]
    texts += [field for one in words.enclosures for field in (one.type, one.title)]
    bad += [
        f"control character in {one!r}" for one in texts if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", one)
    ]
    bad += [
        f"media type {one.type!r}"
        for one in words.enclosures
        if not re.fullmatch(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+", one.type)
    ]
    return active(words.content) + bad


def text_of(fragment: str) -> str:
    """The text of a fragment, as lxml reads it: every reference decoded, blanks folded."""
    tree = _tree(fragment)
    return " ".join("".join(tree.itertext()).split()) if tree is not None else ""


def addresses_of(fragment: str) -> set[str]:
    """Where the links of a fragment lead and what its pictures and media load."""
    tree = _tree(fragment)
    nodes = [] if tree is None else [node for node in tree.iter() if isinstance(node.tag, str)]
    return {value for node in nodes for name in ("href", "src", "poster") if (value := (node.get(name) or "").strip())}


def _tree(fragment: str) -> lxml.html.HtmlElement | None:
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    body = f"<html><body><div>{fragment}</div></body></html>".encode("utf-8", "replace").replace(b"\0", b"")
    try:
        return lxml.html.document_fromstring(body, parser=parser)
    except etree.ParserError:
        return None


def _found(fragment: str) -> Iterator[str]:
    tree = _tree(fragment)
    if tree is None:
        return
    for node in tree.iter():
        if not isinstance(node.tag, str):
            yield f"no running text: {etree.tostring(node, with_tail=False)[:60]!r}"
            continue
        name = node.tag.lower()
        if name.rpartition(":")[2] in _ACTIVE_TAGS or ":" in name:
            yield f"tag <{name}>"
        for attribute, value in node.attrib.items():
            yield from _judged(name, attribute.lower(), value)


def _judged(tag: str, attribute: str, value: str) -> Iterator[str]:
    if attribute.startswith("on") or attribute in _ACTIVE_ATTRIBUTES or ":" in attribute or "}" in attribute:
        yield f"attribute {attribute}={value[:60]!r} of <{tag}>"
    if attribute in _WORDS:
        return
    seen = _decoded(value)
    if _SCRIPTED.match(seen) or (attribute in _ADDRESSES and not _SAFE.match(seen)):
        yield f"address {attribute}={value[:60]!r} of <{tag}>"


def _decoded(value: str) -> str:
    """What a lenient reader may make of a value: references decoded, however often, and ignored characters gone."""
    for _ in range(5):
        plain = _IGNORED.sub("", html.unescape(value))
        if plain == value:
            break
        value = plain
    return value

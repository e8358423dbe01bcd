"""Lists of subscriptions as OPML 2.0: written for our readers, read from those of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from coranto.model import Listing
from coranto.text import one_line
from coranto.writers import FILES, SiteHead
from coranto.writers.addresses import iri
from coranto.writers.fit import headline, line


class OpmlError(ValueError):
    """A list that cannot be read; its message is for the person who brought it."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription of a list: ``category`` is the folder that it lies in, empty at the top."""

    title: str
    url: str
    category: str = ""


def write(site: SiteHead, listings: Sequence[Listing]) -> bytes:
    """The feeds of ``listings``, in their order, as an OPML document.

    Without a date, so that the file changes only when the list does; without the feed of all stories, so that
    whoever imports the list sees no story twice.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = headline(site.title) or iri(site.url)
    body = etree.SubElement(root, "body")
    file = _subscribed(site.formats)
    for listing in listings:
        _outline(body, listing, file, site.language)
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")


def subscriptions(title: str, outlines: Sequence[Outline]) -> bytes:
    """``outlines`` as an OPML document that other programs take: one folder for each category, the rest at the top.

    `read` gives them back, those at the top first.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = line(title)
    body = etree.SubElement(root, "body")
    folders = {"": body}
    for one in sorted(outlines, key=lambda one: one.category != ""):
        if one.category not in folders:
            name = line(one.category)
            folders[one.category] = etree.SubElement(body, "outline", text=name, title=name)
        name = line(one.title) or line(one.url)
        etree.SubElement(folders[one.category], "outline", type="rss", text=name, title=name, xmlUrl=iri(one.url))
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")


def _subscribed(formats: tuple[str, ...]) -> str:
    """The file that a subscriber of the list gets: the best format of those that are written."""
    return next((FILES[name] for name in FILES if name in formats), FILES["atom"])


def _outline(body: etree._Element, listing: Listing, file: str, language: str) -> None:
    title = headline(listing.category.title) or line(listing.category.key)
    base = iri(listing.base)
    outline = etree.SubElement(body, "outline", type="rss", text=title, title=title, xmlUrl=base + file, htmlUrl=base)
    if listing.category.description:
        outline.set("description", line(listing.category.description))
    if language:
        outline.set("language", line(language))


def read(data: bytes) -> tuple[Outline, ...]:
    """The subscriptions of an OPML document, in its order.

    The outline around a subscription names its category; else its own ``category`` attribute does (OPML 2.0).
    Names of attributes are read in any case: programs differ.

    Raises:
        OpmlError: it is not XML, not OPML, or declares entities.
    """
    root = _parse(data)
    return tuple(outline for element in root.iter("outline") if (outline := _subscription(element)).url)


def _parse(data: bytes) -> etree._Element:
    # Nothing is expanded in texts or fetched; in attributes, where XML always expands, libxml2 bounds the growth.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise OpmlError(f"line {error.lineno or 1}: not well-formed XML: {error.msg}") from error
    dtd: Any = root.getroottree().docinfo.internalDTD  # Any: lxml's stubs know no entities
    if dtd is not None and dtd.entities():
        raise OpmlError("the list declares entities, which may be an attack: remove its DOCTYPE")
    if root.tag != "opml":
        raise OpmlError(f"not an OPML list: its root is <{etree.QName(root).localname}>; export the list as OPML")
    return root


def _subscription(element: etree._Element) -> Outline:
    attributes = _attributes(element)
    url = attributes.get("xmlurl", "")
    return Outline(_name(attributes) or url, url, _category(element, attributes))


def _category(element: etree._Element, attributes: dict[str, str]) -> str:
    parent = element.getparent()
    if parent is not None and parent.tag == "outline":
        return _name(_attributes(parent))
    return attributes.get("category", "").split(",")[0].strip("/ ")


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name).lower(): one_line(str(value)) for name, value in element.attrib.items()}


def _name(attributes: dict[str, str]) -> str:
    return attributes.get("text") or attributes.get("title") or ""

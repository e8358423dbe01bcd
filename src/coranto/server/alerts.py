"""The operators' feed: the newest changes of sources' states, as Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coranto.client.address import without_login
from coranto.server import wording
from coranto.settings.values import Settings
from coranto.store.alerts import Alert
from coranto.text import one_line
from coranto.text.anchors import anchor
from coranto.writers.addresses import identifier, iri, language
from coranto.writers.fit import UNDETERMINED, line, rfc3339

if TYPE_CHECKING:
    from lxml import etree

MOST = 50  # changes in the feed
PATH = "status/alerts.xml"  # below the site

# RFC 4287 4.1.1 asks for a date, also of a feed in which nothing has happened yet; readers distrust one before 1990.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"


def feed(alerts: Sequence[Alert], settings: Settings) -> bytes:
    """The feed, the same bytes for the same changes.

    Args:
        alerts: the newest first.
        settings: of the site.
    """
    from lxml import etree

    root = _head(alerts, settings)
    for alert in alerts:
        _entry(root, alert, settings)
    etree.indent(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _head(alerts: Sequence[Alert], settings: Settings) -> etree._Element:
    from lxml import etree

    site = settings.site
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]  # its stubs know no default namespace
    root.set(f"{{{_XML}}}lang", language(site.language) or UNDETERMINED)
    title = line(site.title) or iri(site.url)
    _add(root, "id", identifier(f"tag:{site.tag}:alerts"))
    _add(root, "title", f"{title}: {wording.words(site.language)['feed']}")
    _add(root, "updated", rfc3339(max((alert.at for alert in alerts), default=BEGINNING)))
    _add(_add(root, "author"), "name", title)
    _add(root, "link", rel="self", type="application/atom+xml", href=iri(site.url + PATH))
    _add(root, "link", rel="alternate", type="text/html", href=iri(site.url + "status"))
    return root


def _entry(root: etree._Element, alert: Alert, settings: Settings) -> None:
    site = settings.site
    entry = _add(root, "entry")
    _add(entry, "id", identifier(f"tag:{site.tag}:alert/{alert.id}"))
    _add(entry, "title", f"{_place(alert)}: {wording.state(alert.health, site.language)}")
    _add(entry, "updated", rfc3339(alert.at))
    _add(entry, "published", rfc3339(alert.at))
    _add(entry, "link", rel="alternate", type="text/html", href=_link(alert, site.url))
    _add(entry, "category", term=alert.health, label=wording.state(alert.health, site.language))
    _add(entry, "content", _told(alert, site.language), type="text")


def _link(alert: Alert, url: str) -> str:
    """Where the source stands on the status page; one of its own, since some readers take entries with one link for one."""
    return iri(f"{url}status?alert={alert.id}#{anchor(without_login(alert.key))}")


def _place(alert: Alert) -> str:
    """The source by its key, which names the address without its scheme, fit to be shown."""
    key = without_login(alert.key)
    return line(key.partition("://")[2] or key.removeprefix("posts:").removeprefix("file:"))


def _told(alert: Alert, tag: str) -> str:
    """What was and is, why, and what to do; the reason is in English, as everywhere."""
    words = wording.words(tag)
    now = wording.state(alert.health, tag)
    changed = (
        words["changed"].format(wording.state(alert.before, tag), now) if alert.before else words["first"].format(now)
    )
    why = line(one_line(alert.why)) or (words["over"] if alert.health == "healthy" else words["look"])
    return f"{changed}\n{why}"


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    from lxml import etree

    element = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text or None
    return element

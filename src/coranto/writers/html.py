"""Pages for people: one beside the feeds of each category, and the index of the site.

No script, no remote font, colours by the reader's preference; what an article brings along cannot run (the page
says so to the browser in a Content-Security-Policy of its own, for hosts that send none).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from coranto.model import Feed, Listing
from coranto.text.anchors import anchor
from coranto.writers import FILES, LABELS, TYPES, SiteHead
from coranto.writers.addresses import address, iri, language
from coranto.writers.fit import UNDETERMINED, fit, headline, line, plain, rfc3339, second

_ENGLISH = {
    "skip": "Skip to the stories",
    "subscribe": "Subscribe",
    "how": "Copy one of these addresses into your feed reader:",
    "updated": "Updated",
    "from": "from ",
    "by": "by ",
    "filed": "in ",
    "full": "Full text",
    "files": "Files",
    "copies": "Also at",
    "empty": "No stories yet.",
    "stories": "Stories: ",
    "comma": ", ",
    "all": "All stories",
    "opml": "All feeds (OPML)",
    "home": "All categories",
}
_CHINESE = {
    "skip": "跳到正文",
    "subscribe": "订阅",
    "how": "把下面的一个地址复制到你的阅读器里：",
    "updated": "更新于",
    "from": "来源：",
    "by": "作者：",
    "filed": "分类：",
    "full": "全文",
    "files": "附件",
    "copies": "另见",
    "empty": "还没有文章。",
    "stories": "文章数：",
    "comma": "、",
    "all": "全部文章",
    "opml": "全部订阅源（OPML）",
    "home": "全部分类",
}


@dataclass(frozen=True, slots=True)
class Subscription:
    """One document that a reader can subscribe to, as a page shows it."""

    label: str
    type: str
    url: str


def category_page(feed: Feed) -> bytes:
    """The page of a category: how to subscribe, and its stories in the order of the feed."""
    return render(fit(feed))


def render(feed: Feed) -> bytes:
    """The page of a feed that is already fit (`coranto.writers.fit`)."""
    return _page(
        "category.html.j2",
        feed.language,
        feed=feed,
        subscriptions=_subscriptions(feed.base, feed.formats),
    )


def index_page(site: SiteHead, listings: Sequence[Listing]) -> bytes:
    """The page of the site: its categories in the order of ``listings``, and how to subscribe to each."""
    everything = iri(site.all_base)
    return _page(
        "index.html.j2",
        language(site.language) or UNDETERMINED,
        title=headline(site.title) or iri(site.url),
        description=plain(site.description),
        icon=address(site.icon),
        updated=site.updated,
        opml_url=iri(site.opml_url),
        all_base=everything,
        subscriptions=_subscriptions(everything, site.formats),
        rows=[_row(listing, site.formats) for listing in listings],
    )


def _row(listing: Listing, formats: tuple[str, ...]) -> dict[str, object]:
    base = iri(listing.base)
    return {
        "title": headline(listing.category.title) or line(listing.category.key),
        "description": plain(listing.category.description),
        "base": base,
        "stories": listing.stories,
        "newest": listing.newest,
        "latest": headline(listing.latest),
        "subscriptions": _subscriptions(base, formats),
    }


def _subscriptions(base: str, formats: tuple[str, ...]) -> list[Subscription]:
    return [Subscription(LABELS[name], TYPES[name], base + FILES[name]) for name in FILES if name in formats]


def _page(template: str, lang: str, **values: object) -> bytes:
    phrases = _CHINESE if lang.lower().startswith("zh") else _ENGLISH
    page = _environment().get_template(template).render(lang=lang, say=phrases, **values)
    return page.encode()


@cache
def _environment() -> Environment:
    """The templates of this package: compiled once, everything escaped but what a template calls safe."""
    environment = Environment(
        loader=PackageLoader("coranto.writers"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["anchor"] = anchor
    environment.filters["iso"] = rfc3339
    environment.filters["minute"] = _minute
    return environment


def _minute(moment: datetime) -> str:
    """``moment`` for a person; in UTC, and saying so, since a page knows no reader's zone."""
    return second(moment).isoformat(" ", "minutes").removesuffix("+00:00") + " UTC"

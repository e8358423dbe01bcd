"""Pages for people: one beside the feeds of each category, the index of the site, and those that the server makes.

One small script of ours, no remote font, colours by the reader's preference; what an article brings along cannot run
(the page says so to the browser in a Content-Security-Policy of its own, for hosts that send none).  Links between
pages are relative: a copy of the folder works wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.runtime import Context
from jinja2.utils import pass_context

from coranto.model import Feed, Listing, Story
from coranto.text import markup
from coranto.text.anchors import anchor
from coranto.writers import FILES, LABELS, TYPES, SiteHead, phrases
from coranto.writers.addresses import address, iri, language
from coranto.writers.assets import versioned
from coranto.writers.fit import UNDETERMINED, fit, headline, line, plain, rfc3339

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https:; media-src http: https:; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page allows a browser to load and run (Content Security Policy 3)."""

_PICTURE = re.compile(r"<img(?=(?: [^\s=<>]+=\"[^\"<>]*\")*>)")


@dataclass(frozen=True, slots=True)
class Reader:
    """A program that a feed can be opened in; one without a name is whatever the device has."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """One document that a reader can subscribe to, as a page shows it."""

    name: str  # of its file
    label: str
    type: str
    url: str

    @property
    def readers(self) -> tuple[Reader, ...]:
        """Links that open it in a reader."""
        whole = quote(self.url, safe="")
        return (
            Reader("", f"feed:{self.url}"),
            Reader("Inoreader", f"https://www.inoreader.com/feed/{whole}"),
            Reader("Feedly", f"https://feedly.com/i/subscription/feed/{whole}"),
        )


def category_page(feed: Feed) -> bytes:
    """The page of a category: how to subscribe, and its stories in the order of the feed."""
    return render(fit(feed))


def render(feed: Feed) -> bytes:
    """The page of a feed that is already fit (`coranto.writers.fit`)."""
    return page(
        "category.html.j2",
        feed.language,
        feed.timezone,
        root="../",
        feed=feed,
        icon=feed.icon,
        subscriptions=_subscriptions(feed.base, feed.formats),
    )


def index_page(site: SiteHead, listings: Sequence[Listing], newest: Feed | None = None) -> bytes:
    """The page of the site: its newest stories, its categories in the order of ``listings``, how to subscribe."""
    everything = iri(site.all_base)
    subscriptions = _subscriptions(everything, site.formats)
    return page(
        "index.html.j2",
        language(site.language) or UNDETERMINED,
        site.timezone,
        root="",
        title=headline(site.title) or iri(site.url),
        url=iri(site.url),
        description=plain(site.description),
        icon=address(site.icon),
        updated=site.updated,
        headlines=fit(newest).stories if newest else (),
        linked=newest.linked if newest else None,
        subscriptions=subscriptions,
        files=subscriptions,
        rows=[_row(listing) for listing in listings],
    )


def missing_page(title: str, tag: str, zone: str = "UTC") -> bytes:
    """The page for an address at which there is nothing."""
    return page("missing.html.j2", language(tag) or UNDETERMINED, zone, root="/", title=headline(title))


def page(template: str, lang: str, zone: str, *, root: str, **values: object) -> bytes:
    """A page from a template of this package.

    Args:
        template: its name.
        lang: of the page (BCP 47).
        zone: the IANA zone in which it tells the time.
        root: the way from the page to the site's own folder, with a slash at the end; '' if it stands there.
        values: what the template shows.
    """
    shown = {"icon": "", "subscriptions": (), **values}
    rendered = (
        _environment()
        .get_template(template)
        .render(
            lang=lang,
            zone=zone,
            say=phrases.phrases(lang),
            policy=POLICY,
            asset=partial(_asset, root),
            root=root,
            **shown,
        )
    )
    return rendered.encode()


def _asset(root: str, name: str) -> str:
    return f"{root}assets/{versioned(name)}"


def _row(listing: Listing) -> dict[str, object]:
    return {
        "title": headline(listing.category.title) or line(listing.category.key),
        "description": plain(listing.category.description),
        "path": _path(listing.category.folder),
        "stories": listing.stories,
        "newest": listing.newest,
        "latest": headline(listing.latest),
    }


def _subscriptions(base: str, formats: tuple[str, ...]) -> list[Subscription]:
    return [
        Subscription(FILES[name], LABELS[name], TYPES[name], base + FILES[name]) for name in FILES if name in formats
    ]


# -- what templates call


def _path(folder: str) -> str:
    """A folder's name as it stands in an address."""
    return quote(folder, safe="()", errors="replace")


def _brief(story: Story) -> bool:
    """Whether the summary of a story is its whole text: then it is shown once."""
    content = story.content
    return bool(content) and "<img" not in content and plain(markup.plain(content)) == story.summary


def _lazy(content: str) -> str:
    """Clean HTML whose pictures are loaded when they are looked at: none as long as a text is folded."""
    return _PICTURE.sub('<img loading="lazy"', content)


def _key_kind(say: dict[str, str], key: str) -> str:
    return say[key.partition(":")[0]]


def _key_value(key: str) -> str:
    return key.partition(":")[2]


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
    environment.filters |= {
        "anchor": anchor,
        "brief": _brief,
        "day": _in_place(phrases.day),
        "iso": rfc3339,
        "kind": pass_context(lambda context, key: _key_kind(context["say"], key)),
        "lazy": _lazy,
        "minute": _in_place(phrases.minute),
        "path": _path,
        "clock": pass_context(lambda context, moment: phrases.clock(moment, context["zone"])),
        "short": pass_context(lambda context, moment: phrases.short(moment, context["zone"])),
        "value": _key_value,
    }
    return environment


def _in_place(tell: Callable[[datetime, str, str], str]) -> Callable[[Context, datetime], str]:
    """A way to tell the time, in the language and the zone of the page."""

    @pass_context
    def told(context: Context, moment: datetime) -> str:
        return tell(moment, context["lang"], context["zone"])

    return told

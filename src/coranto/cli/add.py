"""``coranto add``: find the feed at an address, try it, give the lines for settings.yaml."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coranto.cli import options, say
from coranto.cli.adding import web_form, write_or_print
from coranto.cli.failures import Refused
from coranto.cli.lines import Wanted, block
from coranto.client.address import without_login
from coranto.settings import Settings

if TYPE_CHECKING:
    from coranto.cli.trying import Tried


@click.command()
@click.argument("url", metavar="URL")
@click.option("--write", is_flag=True, help="Append the lines to the settings.")
@click.option(
    "--category", "categories", metavar="NAME", multiple=True, help="File its entries under NAME; repeatable."
)
@options.common
def add(url: str, file: Path, *, as_json: bool, write: bool, categories: tuple[str, ...]) -> None:
    """Find the feed at an address, try it, print the lines for settings.yaml.

    URL is the address of a feed, of a page that names one, or the path of a file.  At most five requests are made.  With
    --write the lines are appended to the settings, in which nothing else is touched.
    """
    settings = options.site(file, touch=False)
    url = web_form(url)
    if "://" in url and not _is_address(url):
        raise Refused(f"{url}: only http(s) addresses and files can be added")
    if _subscribed(settings, _as_written(url, settings)):
        _tell_known(url, as_json=as_json)
        return
    tried = _try(url, settings)
    wanted = Wanted(_as_written(tried.url, settings), categories)
    if _subscribed(settings, wanted.url):
        _tell_known(tried.url, as_json=as_json)
        return
    if not as_json:
        _tell(tried)
    written = write_or_print(file, [wanted], write=write, quiet=as_json)
    if as_json:
        say.document(_document(tried, wanted, written=written))


def _is_address(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _as_written(url: str, settings: Settings) -> str:
    """What settings call a feed: an address as it is, a file by its path from the settings' folder."""
    if _is_address(url):
        return url
    place, home = os.path.abspath(url), str(settings.file.parent)  # noqa: PTH100 - resolve() follows links
    return os.path.relpath(place, home) if Path(place).is_relative_to(home) else place


def _subscribed(settings: Settings, url: str) -> bool:
    from coranto.settings.patterns import upstream_key

    return upstream_key(url) in {upstream.key for upstream in settings.upstreams}


def _try(url: str, settings: Settings) -> Tried:
    from dataclasses import replace

    from coranto import __version__
    from coranto.cli.trying import Trial
    from coranto.client import Client
    from coranto.readers.parse_apart import Parsers

    fetch = replace(settings.fetch, contact=settings.fetch.contact or settings.site.url)
    with Client(fetch, __version__) as client, Parsers(1) as parsers:
        trial = Trial(settings, client, parsers.parse, say.aside)
        if _is_address(url):
            return trial.address(url)
        return trial.file(Path(url))


def _tell_known(url: str, *, as_json: bool) -> None:
    if as_json:
        say.document({"subscribed": True, "feed": without_login(url), "written": False})
    else:
        say.out(f"{without_login(url)} stands in the settings already")


def _tell(tried: Tried) -> None:
    if len(tried.offered) > 1:
        say.aside(f"the page names {len(tried.offered)} feeds:")
        for found in tried.offered:
            say.aside(f"  {found.url}  {found.title}")
    document = tried.document
    say.aside(
        f"{document.source.title or without_login(tried.url)}: {say.count(len(document.entries), 'entry', 'entries')}"
    )
    newest = _newest(tried)
    if newest:
        say.aside(f"newest: {newest[0]}  {newest[1]}")


def _newest(tried: Tried) -> tuple[str, str] | None:
    dated = [(entry.published, entry.title) for entry in tried.document.entries if entry.published]
    if not dated:
        return None
    moment, title = max(dated)
    return f"{moment:%Y-%m-%d %H:%M} UTC", title


def _document(tried: Tried, wanted: Wanted, *, written: bool) -> dict[str, object]:
    newest = _newest(tried)
    return {
        "subscribed": False,
        "feed": without_login(wanted.url),
        "title": tried.document.source.title,
        "entries": len(tried.document.entries),
        "newest": {"date": newest[0], "title": newest[1]} if newest else None,
        "offered": [{"url": found.url, "type": found.type, "title": found.title} for found in tried.offered],
        "lines": block([wanted]),
        "written": written,
    }

"""``coranto opml import`` and ``coranto opml export``: subscriptions from and to other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coranto.cli import options, say
from coranto.cli.adding import web_form, write_or_print
from coranto.cli.failures import PARTLY, Refused
from coranto.cli.lines import Wanted
from coranto.client.address import without_login
from coranto.settings import Settings

if TYPE_CHECKING:
    from coranto.writers.opml import Outline


@click.group()
def opml() -> None:
    """Bring subscriptions in from other programs, or take them out."""


@opml.command("import")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Append the lines to the settings.")
@options.common
@click.pass_context
def import_(ctx: click.Context, source: Path, file: Path, *, as_json: bool, write: bool) -> None:
    """Print the `upstreams:` lines for the feeds of an OPML list that are not in the settings yet.

    The folder that a feed lies in becomes its category.  With --write the lines are appended to the settings, in which
    nothing else is touched.
    """
    settings = options.site(file, touch=False)
    wanted, left_out = _new(_outlines(source), settings)
    for line in left_out:
        say.aside(line)
    written = write_or_print(file, wanted, write=write, quiet=as_json)
    if as_json:
        new = [{"url": one.url, "category": list(one.categories)} for one in wanted]
        say.document({"new": new, "left_out": left_out, "written": written})
    elif not wanted:
        say.aside("nothing new: every feed of the list is in the settings already")
    if left_out:
        ctx.exit(PARTLY)


def _outlines(source: Path) -> Sequence[Outline]:
    from coranto.writers.opml import OpmlError, read

    try:
        return read(source.read_bytes())
    except OpmlError as error:
        raise Refused(f"{source}: {error}") from error


def _new(outlines: Sequence[Outline], settings: Settings) -> tuple[list[Wanted], list[str]]:
    """The subscriptions that are new, and a line for each that settings could not take."""
    from coranto.settings import shapes
    from coranto.settings.patterns import upstream_key

    known = {upstream.key for upstream in settings.upstreams}
    wanted, left_out = [], []
    for one in outlines:
        url = web_form(one.url)
        try:
            shapes.web_address(url)
        except ValueError:
            left_out.append(f'left out: "{one.title}": {one.url} is no http(s) address')
            continue
        key = upstream_key(url)
        if key not in known:
            known.add(key)
            wanted.append(Wanted(url, (one.category,) if one.category else ()))
    return wanted, left_out


@opml.command("export")
@click.argument("target", metavar="[FILE]", required=False, type=click.Path(dir_okay=False, path_type=Path))
@options.common
def export(target: Path | None, file: Path, *, as_json: bool) -> None:
    """Write the subscriptions of the settings as OPML 2.0 to FILE, or to stdout.

    Upstreams that are files, and passwords, are left out: they mean nothing to another program.
    """
    settings = options.site(file, touch=False)
    from coranto.writers.opml import subscriptions

    outlines = _subscribed(settings)
    for upstream in settings.upstreams:
        if upstream.path is not None:
            say.aside(f"left out: {upstream.url} is a file")
    body = subscriptions(settings.site.title, outlines)
    if target is not None:
        target.write_bytes(body)
    if as_json:
        listed = [{"title": one.title, "url": one.url, "category": one.category or None} for one in outlines]
        say.document({"subscriptions": listed, "file": str(target.absolute()) if target else None})
    elif target is None:
        click.echo(body.decode(), nl=False)
    else:
        say.aside(f"wrote {say.count(len(outlines), 'subscription')} to {target}")


def _subscribed(settings: Settings) -> list[Outline]:
    """Our subscriptions under the first of their categories; titles as the feeds state them, if they were read."""
    from coranto.writers.opml import Outline

    titles = _titles(settings)
    return [
        Outline(
            title=titles.get(one.key) or without_login(one.url),
            url=without_login(one.url),
            category=one.categories[0] if one.categories else "",
        )
        for one in settings.upstreams
        if one.path is None
    ]


def _titles(settings: Settings) -> dict[str, str]:
    from coranto.store import looking_into

    with looking_into(settings.store) as store:
        return {} if store is None else {source.key: source.title for source in store.sources.all().values()}
